#include "stored.h"

#include "log_read.h"
#include "tree.h"

enum { CHUNK = 1024 };

static const struct db_statement select_entries = {
	"SELECT idx, leaf, bytes FROM log_entry WHERE idx >= ? AND idx < ?"
	" ORDER BY idx",
};

const struct db_statement *const stored_statements[] = {
	&select_entries,
	NULL,
};

/* A tile that the entries say is full: is the stored one the same? */
struct full_tile {
	struct full_tile *next;
	unsigned level;
	uint64_t index;
	struct kl_hash digest;
};

struct reading {
	struct db *db;
	struct arena *arena;
	bool (*holds)(const struct log_head *head);
	struct full_tile *tiles;
	const char *fault; /* what is stored is not what it should be */
};

static void note_tile(
    void *context, unsigned level, uint64_t index, const uint8_t *hashes)
{
	struct reading *reading = context;
	struct full_tile *tile = arena_alloc(reading->arena, sizeof(*tile));

	*tile = (struct full_tile){ reading->tiles, level, index,
		kl_hash_of(hashes, KL_TILE_SIZE) };
	reading->tiles = tile;
}

/* The stored bytes are hashed again, and must give the stored leaves. */
static enum error read_chunk(
    struct reading *reading, struct tree *tree, uint64_t end)
{
	struct arena arena = { 0 };
	struct kl_hash leaf, hash;
	struct db_blob bytes;
	uint64_t index;
	enum error error;

	db_use(reading->db, &arena);
	db_query(reading->db, &select_entries,
	    DB_IN(db_u64(tree->size), db_u64(end)),
	    DB_OUT(db_to_u64(&index), db_to_bytes(leaf.bytes, KL_HASH_SIZE),
		db_to_blob(&bytes)));
	while (!reading->fault && db_next(reading->db)) {
		hash = kl_leaf_hash(bytes.bytes, bytes.size);
		if (index != tree->size)
			reading->fault = "an entry is missing";
		else if (!kl_hash_equal(&hash, &leaf))
			reading->fault = "an entry is not what was hashed";
		else
			tree_append(tree, &hash, note_tile, reading);
	}
	error = db_finish(reading->db);
	arena_clear(&arena);
	if (!error && !reading->fault && tree->size != end)
		reading->fault = "an entry is missing";
	return error;
}

static enum error check_tiles(struct reading *reading)
{
	const struct full_tile *tile = reading->tiles;
	struct kl_hash hashes[KL_TILE_WIDTH], digest;

	for (; tile && !reading->fault; tile = tile->next) {
		enum error error = tree_tile(reading->db, tile->level,
		    tile->index, KL_TILE_WIDTH, hashes);

		if (error && error != ERR_NOT_FOUND)
			return error;
		digest = kl_hash_of(hashes, sizeof(hashes));
		if (error || !kl_hash_equal(&digest, &tile->digest))
			reading->fault = "a tile is not that of its entries";
	}
	return ERR_OK;
}

static enum error read_on(struct reading *reading, struct tree *tree)
{
	struct log_head head;
	enum error error;

	db_use(reading->db, reading->arena);
	error = log_read_head(reading->db, &head);
	if (error)
		return error;
	if (!reading->holds(&head))
		reading->fault = "another writer has the log";
	else if (head.size < tree->size)
		reading->fault = "the log is shorter than was signed";
	while (!error && !reading->fault && tree->size < head.size) {
		uint64_t end = tree->size + CHUNK;

		error = read_chunk(
		    reading, tree, end < head.size ? end : head.size);
	}
	tree_finish(tree);
	if (!error && !reading->fault)
		error = check_tiles(reading);
	if (!error && !reading->fault && !log_head_is(&head, tree))
		reading->fault = "the head is not that of its entries";
	return error;
}

enum error stored_read_on(struct db *db, struct arena *arena,
    bool (*holds)(const struct log_head *head), struct tree *tree,
    const char **fault)
{
	struct reading reading = { db, arena, holds, NULL, NULL };
	enum error error = read_on(&reading, tree);

	*fault = reading.fault;
	return error;
}
