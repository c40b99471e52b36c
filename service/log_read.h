/* log_read.h -- what the stored log says: leaves, tiles, proofs, texts. */
#ifndef LOG_READ_H
#define LOG_READ_H

#include "kl_proof.h"
#include "kl_tile.h"
#include "request.h"
#include "tree.h"

/*
 * Each takes a connection with a transaction under way, and gives memory of
 * db_use()'s arena, or of `arena`. None asks what is published: who shows it to
 * the world compares with publisher_size() first. All: ERR_BUSY ERR_DATABASE
 */

/* The head row: how far the log is, and who writes it. ERR_NOT_FOUND: there is
 * no log. */
enum { HOLDER_SIZE = 16 };
struct log_head {
	uint64_t size, fence;
	struct kl_hash root;
	struct db_blob frontier;
	uint8_t holder[HOLDER_SIZE]; /* zeros before the first writer */
};
enum error log_read_head(struct db *db, struct log_head *head) MUST_CHECK;

/* Do size, root and frontier of the row say what the tree says? */
bool log_head_is(const struct log_head *head, const struct tree *tree);

/* The time of entry `index`. ERR_NOT_FOUND: no such entry, or no leaf. */
enum error log_read_at(struct db *db, uint64_t index, int64_t *at) MUST_CHECK;

/* The bytes of entry `index`. ERR_NOT_FOUND: the log is not that long. */
enum error log_read_leaf(
    struct db *db, uint64_t index, struct db_blob *leaf) MUST_CHECK;

/*
 * What proofs are made from. A partial tile is put together from up to 256 full
 * ones below it, so those that were read are kept for the next proof: of each
 * level two, as all that is wanted at one time stands beside one another. Of
 * one transaction, in its arena.
 */
struct log_tiles;
struct log_tiles *log_tiles_begin(struct db *db, struct arena *arena);

/* ERR_NOT_FOUND   index is not below size, or the log is not that long */
enum error log_read_inclusion(struct log_tiles *tiles, uint64_t index,
    uint64_t size, struct kl_proof_path *path) MUST_CHECK;

/* ERR_NOT_FOUND   old_size is 0 or above new_size, or the log is shorter */
enum error log_read_consistency(struct log_tiles *tiles, uint64_t old_size,
    uint64_t new_size, struct kl_proof_path *path) MUST_CHECK;

/*
 * The first stored checkpoint that covers entry `index`, a signed note.
 * ERR_NOT_FOUND   none does yet
 */
struct log_checkpoint {
	uint64_t size;
	struct kl_hash root;
	struct db_blob note;
};
enum error log_read_covering(struct db *db, uint64_t index,
    struct log_checkpoint *checkpoint) MUST_CHECK;

/*
 * The bytes of a tile or a bundle, of exactly its width.
 * ERR_NOT_FOUND   the log does not fill it so far
 */
enum error log_read_tile(struct db *db, struct arena *arena,
    const struct kl_tile *tile, struct db_blob *bytes) MUST_CHECK;

/* C2SP tlog-proof of entry `index` against the checkpoint (a signed note of
 * that size), NUL-terminated. ERR_NOT_FOUND as log_read_inclusion(). */
enum error log_proof_text(struct log_tiles *tiles, struct arena *arena,
    uint64_t index, uint64_t size, const void *note, size_t note_size,
    struct db_blob *text) MUST_CHECK;

/* A text that is too large for a leaf, and the first entry that names it.
 * ERR_NOT_FOUND */
enum error log_read_text(struct db *db, const struct kl_hash *sha256,
    struct db_blob *text, uint64_t *event_index) MUST_CHECK;

/* Prepared as reader; ends with NULL. */
extern const struct db_statement *const log_read_statements[];

#endif
