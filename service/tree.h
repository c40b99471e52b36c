/* tree.h -- the tree of the log in memory, as its tables hold it. */
#ifndef TREE_H
#define TREE_H

#include "db.h"
#include "kl_tile.h"

/*
 * The tree and its partial tiles: what is needed to append, and to store a
 * tile when it becomes full. All zero is the empty tree, but for its root:
 * tree_init() sets that.
 */
struct tree {
	uint64_t size;
	struct kl_hash root;
	struct kl_tree peaks;
	struct kl_hash partial[KL_TILE_LEVELS][KL_TILE_WIDTH];
};

void tree_init(struct tree *tree);

/*
 * Append a leaf. `full`, if any, is called for each tile that it fills, from
 * level 0 on, with KL_TILE_SIZE bytes borrowed until it returns. The root is
 * brought up to date by tree_finish(), once after any number of leaves.
 */
typedef void tree_full(
    void *context, unsigned level, uint64_t index, const uint8_t *hashes);
void tree_append(struct tree *tree, const struct kl_hash *leaf, tree_full *full,
    void *context);
void tree_finish(struct tree *tree);

/*
 * The first `count` hashes of tile `index` of `level`: from the tile where it
 * is full, else from what is below it.
 *
 * ERR_NOT_FOUND   they are not all there, or a tile is not whole
 * ERR_BUSY ERR_DATABASE
 */
enum error tree_tile(struct db *db, unsigned level, uint64_t index,
    unsigned count, struct kl_hash hashes[static KL_TILE_WIDTH]) MUST_CHECK;

/*
 * The tree as it was at `size`, from the stored leaf hashes and full tiles of
 * its right edge. Nothing says yet that it is the right one: compare the root.
 *
 * ERR_NOT_FOUND   rows are missing, or a tile is not whole
 * ERR_BUSY ERR_DATABASE
 */
enum error tree_load(
    struct db *db, uint64_t size, struct tree *tree) MUST_CHECK;

/* Prepared as reader, writer and upkeep; ends with NULL. */
extern const struct db_statement *const tree_statements[];

#endif
