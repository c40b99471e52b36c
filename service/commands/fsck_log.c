/* fsck_log.c -- the entries one after another, the tree over them, the head. */
#include "fsck.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	CHUNK = 1024,    /* entries read at a time; whole tiles */
	TOLD_MAX = 100,  /* of a gap, or of what is beyond the end */
	PENDING_MAX = 64 /* of which it is told only at the end what is wrong */
};

#define COLUMNS                                                                \
	"SELECT e.idx, e.event_id, e.leaf, e.kind, e.subject, e.bytes,"        \
	" p.event_index IS NOT NULL, m.event_index IS NOT NULL, p.salt,"       \
	" p.event, p.opens_with, s.bytes FROM log_entry e"                     \
	" LEFT JOIN event_private p"                                           \
	" ON p.event_index = e.idx AND p.part = 'event'"                       \
	" LEFT JOIN event_private m"                                           \
	" ON m.event_index = e.idx AND m.part = 'members'"                     \
	" LEFT JOIN log_entry s ON e.kind = 'opened'"                          \
	" AND s.idx = CAST(e.subject AS UNSIGNED)"

static const struct db_statement select_entries = {
	COLUMNS " WHERE e.idx >= ? AND e.idx < ? ORDER BY e.idx",
};

static const struct db_statement select_end = {
	"SELECT COALESCE(MAX(idx) + 1, 0) FROM log_entry",
};

static const struct db_statement select_beyond = {
	"SELECT idx FROM log_entry WHERE idx >= ? ORDER BY idx LIMIT ?",
};

static const struct db_statement select_tile = {
	"SELECT hashes FROM log_tile WHERE level = ? AND idx = ?",
};

static const struct db_statement select_more_tiles = {
	"SELECT level, idx FROM log_tile WHERE level = ? AND idx >= ?"
	" ORDER BY idx LIMIT ?",
};

static const struct db_statement select_high_tiles = {
	"SELECT level, idx FROM log_tile WHERE level >= ? LIMIT ?",
};

/* A tile that the entries have filled, to be compared with the stored one. */
struct filled {
	unsigned level;
	uint64_t index;
	struct kl_hash digest;
};

/* The pass. */
struct pass {
	struct fsck *fsck;
	struct tree *tree;  /* of what is thought to have been hashed */
	struct tree *other; /* the same with `bytes` where it differs */
	bool known;         /* false: something is missing in the tree */
	bool split;         /* there is an entry that is pending */
	uint64_t pending[PENDING_MAX];
	size_t pending_count;
	struct filled *filled;
	size_t filled_count, filled_capacity;
	struct fsck_checkpoint *signed_sizes; /* of this chunk */
	size_t signed_count, signed_next;
};

static void tell_tile(struct fsck *fsck, enum fsck_code code, uint64_t level,
    uint64_t index, const char *member)
{
	char key[64];

	snprintf(key, sizeof(key), "%" PRIu64 "/%" PRIu64, level, index);
	fsck_tell(&fsck->report, code, "log_tile", key, member);
}

/* --- the tree ------------------------------------------------------------- */

static void note_tile(
    void *context, unsigned level, uint64_t index, const uint8_t *hashes)
{
	struct pass *pass = context;

	if (pass->filled_count == pass->filled_capacity) {
		pass->filled_capacity = 2 * pass->filled_capacity + 16;
		pass->filled = reallocarray(
		    pass->filled, pass->filled_capacity, sizeof(*pass->filled));
		if (!pass->filled)
			abort();
	}
	pass->filled[pass->filled_count++] =
	    (struct filled){ level, index, kl_hash_of(hashes, KL_TILE_SIZE) };
}

/* The root now. Of two trees, the one that was signed. */
static const struct kl_hash *root_of(
    struct pass *pass, const struct kl_hash *wanted)
{
	tree_finish(pass->tree);
	if (!pass->split || kl_hash_equal(&pass->tree->root, wanted))
		return &pass->tree->root;
	tree_finish(pass->other);
	return &pass->other->root;
}

/* What was signed of this size. */
static void check_signed(struct pass *pass)
{
	struct fsck *fsck = pass->fsck;
	uint64_t size = pass->tree->size;

	if (size == fsck->signed_size)
		fsck_high_water(fsck,
		    pass->known ? root_of(pass, &fsck->signed_root) : NULL);
	while (pass->signed_next < pass->signed_count &&
	       pass->signed_sizes[pass->signed_next].size <= size) {
		const struct fsck_checkpoint *checkpoint =
		    &pass->signed_sizes[pass->signed_next++];

		fsck_checkpoint(fsck, checkpoint,
		    pass->known ? root_of(pass, &checkpoint->root) : NULL);
	}
}

static void append(
    struct pass *pass, const struct kl_hash *leaf, const struct kl_hash *other)
{
	if (!pass->split && !kl_hash_equal(leaf, other)) {
		*pass->other = *pass->tree;
		pass->split = true;
	}
	tree_append(pass->tree, leaf, note_tile, pass);
	if (pass->split)
		tree_append(pass->other, other, NULL, NULL);
	check_signed(pass);
}

static enum error check_tile(struct pass *pass, const struct filled *filled)
{
	struct db_blob hashes;
	struct kl_hash digest;
	enum error error = db_row(pass->fsck->db, &select_tile,
	    DB_IN(db_u64(filled->level), db_u64(filled->index)),
	    DB_OUT(db_to_blob(&hashes)));

	if (error == ERR_NOT_FOUND)
		tell_tile(pass->fsck, FSCK_MISSING, filled->level,
		    filled->index, "-");
	if (error)
		return error == ERR_NOT_FOUND ? ERR_OK : error;
	digest = kl_hash_of(hashes.bytes, hashes.size);
	if (pass->known && !kl_hash_equal(&digest, &filled->digest))
		tell_tile(pass->fsck, FSCK_TREE, filled->level, filled->index,
		    "hashes");
	return ERR_OK;
}

static enum error check_tiles(struct pass *pass)
{
	enum error error = ERR_OK;

	for (size_t i = 0; !error && i < pass->filled_count; i++)
		error = check_tile(pass, &pass->filled[i]);
	pass->filled_count = 0;
	return error;
}

/* The leaf hash as the stored tile has it. ERR_NOT_FOUND: no such tile. */
static enum error hash_in_tile(
    struct pass *pass, uint64_t index, struct kl_hash *hash)
{
	struct db_blob hashes;
	enum error error = db_row(pass->fsck->db, &select_tile,
	    DB_IN(db_u64(0), db_u64(index / KL_TILE_WIDTH)),
	    DB_OUT(db_to_blob(&hashes)));

	if (!error)
		memcpy(hash->bytes,
		    hashes.bytes + index % KL_TILE_WIDTH * KL_HASH_SIZE,
		    KL_HASH_SIZE);
	return error;
}

/* --- one entry ------------------------------------------------------------ */

/* Bytes and leaf do not agree: the tile knows which was hashed, else the head
 * will tell. `*good`: the bytes are. */
static enum error decide(struct pass *pass, const struct fsck_entry *entry,
    const struct kl_hash *hash, bool *good)
{
	struct kl_hash in_tile;
	enum error error = hash_in_tile(pass, entry->index, &in_tile);

	*good = false;
	if (error && error != ERR_NOT_FOUND)
		return error;
	if (error) {
		if (pass->pending_count < PENDING_MAX)
			pass->pending[pass->pending_count++] = entry->index;
		append(pass, &entry->leaf, hash);
		return ERR_OK;
	}
	*good = kl_hash_equal(hash, &in_tile);
	fsck_tell_entry(&pass->fsck->report, *good ? FSCK_COLUMN : FSCK_LEAF,
	    entry->index, *good ? "leaf" : "bytes");
	append(pass, &in_tile, &in_tile);
	return ERR_OK;
}

static enum error take(struct pass *pass, const struct fsck_entry *entry)
{
	struct kl_hash hash =
	    kl_leaf_hash(entry->bytes.bytes, entry->bytes.size);
	bool good = kl_hash_equal(&hash, &entry->leaf);
	enum error error = ERR_OK;

	if (good)
		append(pass, &hash, &hash);
	else
		error = decide(pass, entry, &hash, &good);
	if (error)
		return error;
	if (good)
		return fsck_entry(pass->fsck, entry);
	fsck_entry_lost(pass->fsck, entry);
	return ERR_OK;
}

static enum error take_gap(struct pass *pass, uint64_t from, uint64_t to)
{
	struct fsck *fsck = pass->fsck;

	for (uint64_t index = from; index < to; index++) {
		struct kl_hash hash = { { 0 } };
		enum error error = hash_in_tile(pass, index, &hash);

		if (error && error != ERR_NOT_FOUND)
			return error;
		pass->known &= !error;
		append(pass, &hash, &hash);
		if (index - from < TOLD_MAX)
			fsck_tell_entry(
			    &fsck->report, FSCK_MISSING, index, "-");
		fsck_mark(fsck->marks, FSCK_HOLE, index);
		fsck_replay_hole(&fsck->replay, NULL, NULL);
	}
	return ERR_OK;
}

/* --- chunks --------------------------------------------------------------- */

static enum error read_chunk(struct fsck *fsck, uint64_t from, uint64_t end,
    struct fsck_entry *entries, size_t *count)
{
	struct fsck_entry row = { 0 };

	*count = 0;
	db_use(fsck->db, &fsck->arena);
	db_query(fsck->db, &select_entries, DB_IN(db_u64(from), db_u64(end)),
	    DB_OUT(db_to_u64(&row.index),
		db_to_bytes(row.id.bytes, KL_EVENT_ID_SIZE),
		db_to_bytes(row.leaf.bytes, KL_HASH_SIZE),
		db_to_text(&row.kind), db_to_text(&row.subject),
		db_to_blob(&row.bytes), db_to_u64(&row.has_event),
		db_to_u64(&row.has_members),
		db_to_bytes(row.salt, KL_SALT_SIZE), db_to_text(&row.event),
		db_to_text(&row.opens_with), db_to_text(&row.opened)));
	while (db_next(fsck->db) && *count < CHUNK)
		entries[(*count)++] = row;
	return db_finish(fsck->db);
}

static enum error take_chunk(
    struct pass *pass, uint64_t from, uint64_t end, struct fsck_entry *entries)
{
	uint64_t next = from;
	size_t count;
	enum error error = read_chunk(pass->fsck, from, end, entries, &count);

	pass->signed_next = 0;
	if (!error)
		error = fsck_checkpoints_read(pass->fsck, from, end,
		    pass->signed_sizes, &pass->signed_count);
	for (size_t i = 0; !error && i < count; i++) {
		error = take_gap(pass, next, entries[i].index);
		if (!error)
			error = take(pass, &entries[i]);
		next = entries[i].index + 1;
	}
	if (!error)
		error = take_gap(pass, next, end);
	if (!error)
		error = check_tiles(pass);
	arena_clear(&pass->fsck->arena);
	return error;
}

static uint64_t end_of(uint64_t from, uint64_t size)
{
	return size - from > CHUNK ? from + CHUNK : size;
}

/* --- the head ------------------------------------------------------------- */

static enum error tell_beyond(struct fsck *fsck)
{
	uint64_t index;

	db_use(fsck->db, &fsck->arena);
	db_query(fsck->db, &select_beyond,
	    DB_IN(db_u64(fsck->size), db_u64(TOLD_MAX)),
	    DB_OUT(db_to_u64(&index)));
	while (db_next(fsck->db))
		fsck_tell_entry(&fsck->report, FSCK_BEYOND, index, "-");
	return db_finish(fsck->db);
}

/* Which is wrong: the size in the head, or the number of entries? */
static enum error find_size(struct fsck *fsck, struct tree *tree)
{
	uint64_t end = 0;
	enum error error = log_read_head(fsck->db, &fsck->head);

	fsck->headless = error == ERR_NOT_FOUND;
	if (fsck->headless)
		fsck_tell(&fsck->report, FSCK_MISSING, "log_head", "0", "-");
	else if (error)
		return error;
	error =
	    db_row(fsck->db, &select_end, DB_NO_IN, DB_OUT(db_to_u64(&end)));
	if (error)
		return error;
	fsck->size = fsck->headless ? end : fsck->head.size;
	if (end == fsck->size)
		return ERR_OK;
	error = tree_load(fsck->db, end, tree);
	if (error == ERR_NOT_FOUND)
		return end > fsck->size ? tell_beyond(fsck) : ERR_OK;
	if (error)
		return error;
	if (!kl_hash_equal(&tree->root, &fsck->head.root))
		return end > fsck->size ? tell_beyond(fsck) : ERR_OK;
	fsck_tell(&fsck->report, FSCK_TREE, "log_head", "0", "size");
	fsck->size = end;
	return ERR_OK;
}

static void check_head(struct pass *pass)
{
	struct fsck *fsck = pass->fsck;
	const struct log_head *head = &fsck->head;
	uint8_t frontier[KL_TREE_BYTES_MAX];
	bool other;
	size_t size;

	tree_finish(pass->tree);
	tree_finish(pass->other);
	other = pass->split && kl_hash_equal(&pass->other->root, &head->root);
	for (size_t i = 0; i < pass->pending_count; i++)
		fsck_tell_entry(&fsck->report, other ? FSCK_COLUMN : FSCK_LEAF,
		    pass->pending[i], other ? "leaf" : "bytes");
	if (!pass->known || fsck->headless)
		return;
	if (!other && !kl_hash_equal(&pass->tree->root, &head->root))
		fsck_tell(&fsck->report, FSCK_TREE, "log_head", "0", "root");
	size = kl_tree_write(
	    other ? &pass->other->peaks : &pass->tree->peaks, frontier);
	if (size != head->frontier.size || size == 0 ||
	    memcmp(frontier, head->frontier.bytes, size) != 0)
		fsck_tell(
		    &fsck->report, FSCK_TREE, "log_head", "0", "frontier");
}

static enum error tell_tiles(struct fsck *fsck,
    const struct db_statement *statement, const struct db_in *in, size_t count)
{
	uint64_t level, index;

	db_use(fsck->db, &fsck->arena);
	db_query(fsck->db, statement, in, count,
	    DB_OUT(db_to_u64(&level), db_to_u64(&index)));
	while (db_next(fsck->db))
		tell_tile(fsck, FSCK_BEYOND, level, index, "-");
	return db_finish(fsck->db);
}

static enum error check_more_tiles(struct fsck *fsck)
{
	enum error error = tell_tiles(fsck, &select_high_tiles,
	    DB_IN(db_u64(KL_TILE_LEVELS), db_u64(TOLD_MAX)));

	for (int level = 0; !error && level < KL_TILE_LEVELS; level++)
		error = tell_tiles(fsck, &select_more_tiles,
		    DB_IN(db_u64((unsigned)level),
			db_u64(kl_tile_full_count(fsck->size, level)),
			db_u64(TOLD_MAX)));
	return error;
}

static enum error run(struct pass *pass)
{
	struct fsck *fsck = pass->fsck;
	struct fsck_entry *entries = calloc(CHUNK, sizeof(*entries));
	enum error error;

	if (!entries)
		abort();
	db_use(fsck->db, &fsck->kept);
	error = find_size(fsck, pass->tree);
	tree_init(pass->tree);
	for (uint64_t from = 0; !error && from < fsck->size; from += CHUNK)
		error =
		    take_chunk(pass, from, end_of(from, fsck->size), entries);
	if (!error)
		check_head(pass);
	if (!error)
		error = check_more_tiles(fsck);
	if (!error && fsck->replay.approved)
		fsck_tell_entry(
		    &fsck->report, FSCK_MISSING, fsck->size, "kind");
	free(entries);
	return error;
}

enum error fsck_log(struct fsck *fsck)
{
	struct pass pass = { .fsck = fsck, .known = true };
	enum error error;

	pass.tree = calloc(1, sizeof(*pass.tree));
	pass.other = calloc(1, sizeof(*pass.other));
	pass.signed_sizes =
	    calloc(FSCK_CHECKPOINTS_MAX, sizeof(*pass.signed_sizes));
	if (!pass.tree || !pass.other || !pass.signed_sizes)
		abort();
	error = run(&pass);
	free(pass.filled);
	free(pass.signed_sizes);
	free(pass.tree);
	free(pass.other);
	return error;
}

enum error fsck_log_again(struct fsck *fsck)
{
	struct fsck_entry *entries = calloc(CHUNK, sizeof(*entries));
	enum error error = ERR_OK;

	if (!entries)
		abort();
	for (uint64_t from = 0; !error && from < fsck->size; from += CHUNK) {
		size_t count = 0;

		error = read_chunk(
		    fsck, from, end_of(from, fsck->size), entries, &count);
		for (size_t i = 0; !error && i < count; i++)
			if (fsck_is_marked(
				fsck->marks, FSCK_HOLE, entries[i].index))
				fsck_entry_lost(fsck, &entries[i]);
			else
				error = fsck_entry(fsck, &entries[i]);
		arena_clear(&fsck->arena);
	}
	free(entries);
	return error;
}
