#include "tree.h"

#include <assert.h>
#include <string.h>

void tree_init(struct tree *tree)
{
	memset(tree, 0, sizeof(*tree));
	tree_finish(tree);
}

void tree_append(struct tree *tree, const struct kl_hash *leaf, tree_full *full,
    void *context)
{
	struct kl_hash formed[KL_TILE_LEVELS];
	size_t count = kl_tree_append(&tree->peaks, leaf, formed);

	for (unsigned level = 0; level < count; level++) {
		uint64_t index = tree->size >> (8 * level);
		unsigned place = index % KL_TILE_WIDTH;

		tree->partial[level][place] = formed[level];
		if (full && place == KL_TILE_WIDTH - 1)
			full(context, level, index / KL_TILE_WIDTH,
			    tree->partial[level][0].bytes);
	}
	tree->size++;
}

void tree_finish(struct tree *tree)
{
	tree->root = kl_tree_root(&tree->peaks);
}

/* --- from the tables ------------------------------------------------------ */

static const struct db_statement select_leaves = {
	"SELECT idx, leaf FROM log_entry WHERE idx >= ? AND idx < ?"
	" ORDER BY idx",
};

static const struct db_statement select_tiles = {
	"SELECT idx, hashes FROM log_tile"
	" WHERE level = ? AND idx >= ? AND idx < ? ORDER BY idx",
};

const struct db_statement *const tree_statements[] = {
	&select_leaves,
	&select_tiles,
	NULL,
};

/* Each row must be there, the first one being `first`. */
static enum error check_rows(
    struct db *db, uint64_t expected, uint64_t end, bool broken)
{
	enum error error = db_finish(db);

	if (error)
		return error;
	return broken || expected != end ? ERR_NOT_FOUND : ERR_OK;
}

static enum error read_leaves(
    struct db *db, uint64_t first, unsigned count, struct kl_hash hashes[])
{
	uint64_t at = first, index;
	struct kl_hash leaf;
	bool broken = false;

	db_query(db, &select_leaves,
	    DB_IN(db_u64(first), db_u64(first + count)),
	    DB_OUT(db_to_u64(&index), db_to_bytes(leaf.bytes, KL_HASH_SIZE)));
	while (!broken && db_next(db)) {
		broken = index != at;
		if (!broken)
			hashes[at++ - first] = leaf;
	}
	return check_rows(db, at, first + count, broken);
}

/* The roots of full tiles are the hashes of the level above. */
static enum error read_roots(struct db *db, unsigned level, uint64_t first,
    unsigned count, struct kl_hash roots[])
{
	static const struct kl_tile_span halves[2] = {
		{ .first = 0, .count = KL_TILE_WIDTH / 2 },
		{ .first = KL_TILE_WIDTH / 2, .count = KL_TILE_WIDTH / 2 },
	};
	uint8_t hashes[KL_TILE_SIZE];
	uint64_t at = first, index;
	bool broken = false;

	db_query(db, &select_tiles,
	    DB_IN(db_u64(level), db_u64(first), db_u64(first + count)),
	    DB_OUT(db_to_u64(&index), db_to_bytes(hashes, sizeof(hashes))));
	while (!broken && db_next(db)) {
		struct kl_hash left = kl_tile_node(&halves[0], hashes);
		struct kl_hash right = kl_tile_node(&halves[1], hashes);

		broken = index != at;
		if (!broken)
			roots[at++ - first] = kl_node_hash(&left, &right);
	}
	return check_rows(db, at, first + count, broken);
}

static enum error read_full(
    struct db *db, unsigned level, uint64_t index, struct kl_hash hashes[])
{
	uint8_t bytes[KL_TILE_SIZE];
	uint64_t found;
	enum error error = db_row(db, &select_tiles,
	    DB_IN(db_u64(level), db_u64(index), db_u64(index + 1)),
	    DB_OUT(db_to_u64(&found), db_to_bytes(bytes, sizeof(bytes))));

	if (!error)
		memcpy(hashes, bytes, sizeof(bytes));
	return error;
}

enum error tree_tile(struct db *db, unsigned level, uint64_t index,
    unsigned count, struct kl_hash hashes[static KL_TILE_WIDTH])
{
	uint64_t first = index * KL_TILE_WIDTH;
	enum error error;

	assert(level < KL_TILE_LEVELS && count <= KL_TILE_WIDTH);
	error = read_full(db, level, index, hashes);
	if (error != ERR_NOT_FOUND || count == KL_TILE_WIDTH)
		return error;
	if (level == 0)
		return read_leaves(db, first, count, hashes);
	return read_roots(db, level - 1, first, count, hashes);
}

/* Every peak of a tree stands in the partial tile of its level. */
static enum kl_result peak_of(
    void *context, unsigned level, uint64_t index, struct kl_hash *hash)
{
	const struct tree *tree = context;
	struct kl_tile_span span = kl_tile_of_node(level, index);

	*hash = kl_tile_node(&span, tree->partial[span.tile.level][0].bytes);
	return KL_OK;
}

enum error tree_load(struct db *db, uint64_t size, struct tree *tree)
{
	struct kl_tree_source source = { peak_of, tree };

	tree_init(tree);
	for (unsigned level = 0; level < KL_TILE_LEVELS; level++) {
		unsigned width = kl_tile_partial_width(size, (int)level);
		enum error error;

		if (width == 0)
			continue;
		error =
		    tree_tile(db, level, kl_tile_full_count(size, (int)level),
			width, tree->partial[level]);
		if (error)
			return error;
	}
	if (kl_tree_load(size, &source, &tree->peaks))
		return ERR_NOT_FOUND;
	tree->size = size;
	tree_finish(tree);
	return ERR_OK;
}
