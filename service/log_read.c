#include "log_read.h"

#include "kl_canon.h"
#include "kl_time.h"

#include <string.h>

static const struct db_statement select_head = {
	"SELECT size, root, frontier, fence, holder FROM log_head WHERE id = 0",
};

static const struct db_statement select_leaf = {
	"SELECT bytes FROM log_entry WHERE idx = ?",
};

static const struct db_statement select_leaves = {
	"SELECT idx, bytes FROM log_entry WHERE idx >= ? AND idx < ?"
	" ORDER BY idx",
};

static const struct db_statement select_covering = {
	"SELECT size, root, note FROM log_checkpoint WHERE size > ?"
	" ORDER BY size LIMIT 1",
};

static const struct db_statement select_text = {
	"SELECT event_index, bytes FROM log_text WHERE sha256 = ?",
};

const struct db_statement *const log_read_statements[] = {
	&select_head,
	&select_leaf,
	&select_leaves,
	&select_covering,
	&select_text,
	NULL,
};

enum error log_read_head(struct db *db, struct log_head *head)
{
	return db_row(db, &select_head, DB_NO_IN,
	    DB_OUT(db_to_u64(&head->size),
		db_to_bytes(head->root.bytes, KL_HASH_SIZE),
		db_to_blob(&head->frontier), db_to_u64(&head->fence),
		db_to_bytes(head->holder, HOLDER_SIZE)));
}

bool log_head_is(const struct log_head *head, const struct tree *tree)
{
	uint8_t frontier[KL_TREE_BYTES_MAX];
	size_t size = kl_tree_write(&tree->peaks, frontier);

	return head->size == tree->size &&
	       kl_hash_equal(&head->root, &tree->root) &&
	       size == head->frontier.size &&
	       (size == 0 || memcmp(frontier, head->frontier.bytes, size) == 0);
}

enum error log_read_at(struct db *db, uint64_t index, int64_t *at)
{
	json_auto_t *leaf = NULL;
	struct db_blob bytes;
	const char *text;
	enum kl_result result;
	enum error error = log_read_leaf(db, index, &bytes);

	if (error)
		return error;
	result = kl_canon_check((const char *)bytes.bytes, bytes.size, &leaf);
	if (result) /* for want of memory it is not known what it is */
		return result == KL_NO_MEMORY ? ERR_BUSY : ERR_NOT_FOUND;
	text = json_string_value(json_object_get(leaf, "at"));
	if (!text || kl_time_read(text, strlen(text), at))
		return ERR_NOT_FOUND;
	return ERR_OK;
}

enum error log_read_leaf(struct db *db, uint64_t index, struct db_blob *leaf)
{
	return db_row(
	    db, &select_leaf, DB_IN(db_u64(index)), DB_OUT(db_to_blob(leaf)));
}

/* --- proofs --------------------------------------------------------------- */

enum { NEIGHBOURS = 2 };

struct kept_tile {
	uint64_t index;
	unsigned width; /* 0: there is none */
	struct kl_hash hashes[KL_TILE_WIDTH];
};

struct log_tiles {
	struct db *db;
	struct kept_tile kept[KL_TILE_LEVELS][NEIGHBOURS];
};

struct log_tiles *log_tiles_begin(struct db *db, struct arena *arena)
{
	struct log_tiles *tiles = arena_alloc(arena, sizeof(*tiles));

	tiles->db = db;
	return tiles;
}

/* A proof in a tree of `size` leaves. Lib knows results, we know errors: the
 * first one is kept beside. */
struct source {
	struct log_tiles *tiles;
	uint64_t size;
	enum error error;
};

/* The tile, as wide as the tree has it: the proof may need all of that. */
static enum error keep(
    struct source *source, const struct kl_tile *tile, struct kept_tile *kept)
{
	unsigned width = kl_tile_width(source->size, tile->level, tile->index);
	enum error error;

	if (kept->index == tile->index && kept->width >= width)
		return ERR_OK;
	kept->width = 0;
	error = tree_tile(source->tiles->db, (unsigned)tile->level, tile->index,
	    width, kept->hashes);
	if (error)
		return error;
	kept->index = tile->index;
	kept->width = width;
	return ERR_OK;
}

/* The hash over the 2^level leaves from index * 2^level on. */
static enum kl_result get(
    void *context, unsigned level, uint64_t index, struct kl_hash *hash)
{
	struct source *source = context;
	struct kl_tile_span span = kl_tile_of_node(level, index);
	struct kept_tile *kept;

	source->error = ERR_NOT_FOUND;
	if (span.tile.level >= KL_TILE_LEVELS)
		return KL_MISMATCH;
	kept =
	    &source->tiles->kept[span.tile.level][span.tile.index % NEIGHBOURS];
	source->error = keep(source, &span.tile, kept);
	if (source->error)
		return KL_MISMATCH;
	*hash = kl_tile_node(&span, kept->hashes[0].bytes);
	return KL_OK;
}

static enum error error_of(const struct source *source, enum kl_result result)
{
	if (source->error)
		return source->error;
	return result == KL_RANGE ? ERR_NOT_FOUND : error_of_lib(result);
}

enum error log_read_inclusion(struct log_tiles *tiles, uint64_t index,
    uint64_t size, struct kl_proof_path *path)
{
	struct source source = { tiles, size, ERR_OK };
	const struct kl_tree_source hashes = { get, &source };

	return error_of(&source, kl_inclusion_make(index, size, &hashes, path));
}

enum error log_read_consistency(struct log_tiles *tiles, uint64_t old_size,
    uint64_t new_size, struct kl_proof_path *path)
{
	struct source source = { tiles, new_size, ERR_OK };
	const struct kl_tree_source hashes = { get, &source };

	return error_of(
	    &source, kl_consistency_make(old_size, new_size, &hashes, path));
}

enum error log_read_covering(
    struct db *db, uint64_t index, struct log_checkpoint *checkpoint)
{
	return db_row(db, &select_covering, DB_IN(db_u64(index)),
	    DB_OUT(db_to_u64(&checkpoint->size),
		db_to_bytes(checkpoint->root.bytes, KL_HASH_SIZE),
		db_to_blob(&checkpoint->note)));
}

/* --- tiles ---------------------------------------------------------------- */

static struct db_blob kept(struct arena *arena, const void *bytes, size_t size)
{
	return (struct db_blob){ (const uint8_t *)arena_text(
				     arena, bytes ? bytes : "", size),
		size };
}

static enum error read_bundle(struct db *db, struct arena *arena,
    const struct kl_tile *tile, struct db_blob *bytes)
{
	uint64_t first = tile->index * KL_TILE_WIDTH, index;
	struct kl_buf out = KL_BUF(KL_BUNDLE_SIZE_MAX);
	enum kl_result result = KL_OK;
	struct db_blob entry;
	unsigned count = 0;
	enum error error;

	db_query(db, &select_leaves,
	    DB_IN(db_u64(first), db_u64(first + tile->width)),
	    DB_OUT(db_to_u64(&index), db_to_blob(&entry)));
	while (!result && db_next(db)) {
		result = kl_bundle_add(&out, entry.bytes, entry.size);
		count++;
	}
	error = db_finish(db);
	if (!error)
		error = error_of_lib(result);
	if (!error && count != tile->width)
		error = ERR_NOT_FOUND;
	if (!error)
		*bytes = kept(arena, out.data, out.size);
	kl_buf_clear(&out);
	return error;
}

enum error log_read_tile(struct db *db, struct arena *arena,
    const struct kl_tile *tile, struct db_blob *bytes)
{
	struct kl_hash hashes[KL_TILE_WIDTH];
	enum error error;

	if (tile->level == KL_TILE_ENTRIES)
		return read_bundle(db, arena, tile, bytes);
	if (tile->level >= KL_TILE_LEVELS)
		return ERR_NOT_FOUND;
	error = tree_tile(
	    db, (unsigned)tile->level, tile->index, tile->width, hashes);
	if (!error)
		*bytes = kept(arena, hashes, tile->width * KL_HASH_SIZE);
	return error;
}

/* --- texts ---------------------------------------------------------------- */

enum error log_proof_text(struct log_tiles *tiles, struct arena *arena,
    uint64_t index, uint64_t size, const void *note, size_t note_size,
    struct db_blob *text)
{
	struct kl_proof proof = {
		.index = index, .checkpoint = note, .checkpoint_size = note_size
	};
	struct kl_buf out = KL_BUF(KL_PROOF_SIZE_MAX);
	enum error error = log_read_inclusion(tiles, index, size, &proof.path);

	if (!error)
		error = error_of_lib(kl_proof_write(&out, &proof));
	if (!error)
		*text = kept(arena, out.data, out.size);
	kl_buf_clear(&out);
	return error;
}

enum error log_read_text(struct db *db, const struct kl_hash *sha256,
    struct db_blob *text, uint64_t *event_index)
{
	return db_row(db, &select_text,
	    DB_IN(db_bytes(sha256->bytes, KL_HASH_SIZE)),
	    DB_OUT(db_to_u64(event_index), db_to_blob(text)));
}
