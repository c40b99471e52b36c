/* batch.c -- how a batch enters the log. */
#include "batch.h"

#include "clock.h"
#include "config.h"
#include "diary.h"

#include <stdlib.h>

static const struct act_table entry_table = {
	{ "INSERT INTO log_entry (idx, event_id, leaf, kind, subject, bytes)"
	  " VALUES (?, ?, ?, ?, ?, ?)" },
	6,
	{ { 1 }, { 2 } },
};

static const struct act_table tile_table = {
	{ "INSERT INTO log_tile (level, idx, hashes) VALUES (?, ?, ?)" },
	3,
	{ { 1, 2 } },
};

static const struct db_statement lock_head = {
	"SELECT size, root, fence, " CLOCK_OF_DATABASE
	" FROM log_head WHERE id = 0 FOR UPDATE",
};

static const struct db_statement move_head = {
	"UPDATE log_head SET size = ?, root = ?, frontier = ?"
	" WHERE id = 0 AND size = ? AND root = ? AND fence = ?",
};

const struct db_statement *const batch_statements[] = {
	&entry_table.insert,
	&tile_table.insert,
	&lock_head,
	&move_head,
	NULL,
};

/* A rehearsal's time is neither clock's, but they must be right all the same:
 * it may join them. */
static enum error check_time(struct batch *batch, uint64_t database_us)
{
	int64_t most_us = (int64_t)batch->config->clock_skew_ms * 1000;
	int64_t ahead_us = batch->at * 1000000 - (int64_t)database_us;

	if (!clock_stands() && ahead_us > batch->skew_us)
		batch->skew_us = ahead_us;
	return most_us > 0 && batch->skew_us > most_us ? ERR_CLOCK : ERR_OK;
}

enum error batch_lock(struct batch *batch, uint64_t fence)
{
	const struct tree *tree = batch->tree;
	int64_t before_us = clock_machine_us();
	uint64_t size, found, database_us;
	struct kl_hash root;
	enum error error = db_row(batch->db, &lock_head, DB_NO_IN,
	    DB_OUT(db_to_u64(&size), db_to_bytes(root.bytes, KL_HASH_SIZE),
		db_to_u64(&found), db_to_u64(&database_us)));

	if (error)
		return error == ERR_NOT_FOUND ? ERR_STATE : error;
	batch->skew_us =
	    clock_skew_us(before_us, clock_machine_us(), (int64_t)database_us);
	if (found == fence && size == tree->size &&
	    kl_hash_equal(&root, &tree->root))
		return check_time(batch, database_us);
	diary_write("writer_head", "{s:I, s:I, s:I, s:I}", "fence",
	    (json_int_t)fence, "found", (json_int_t)found, "size",
	    (json_int_t)tree->size, "found_size", (json_int_t)size);
	return ERR_STATE;
}

struct append {
	struct stage *stage;
	enum error error;
};

static void store_tile(
    void *context, unsigned level, uint64_t index, const uint8_t *hashes)
{
	struct append *append = context;
	enum error error = stage_add(append->stage, &tile_table,
	    DB_IN(
		db_u64(level), db_u64(index), db_bytes(hashes, KL_TILE_SIZE)));

	if (!append->error)
		append->error = error;
}

static enum error store_entry(
    struct stage *stage, uint64_t index, const struct batch_event *event)
{
	return stage_add(stage, &entry_table,
	    DB_IN(db_u64(index), db_bytes(event->id.bytes, KL_EVENT_ID_SIZE),
		db_bytes(event->leaf.bytes, KL_HASH_SIZE), db_text(event->kind),
		db_text(event->subject), db_bytes(event->bytes, event->size)));
}

enum error batch_append(struct batch *batch, struct tree *after)
{
	struct append append = { &batch->stage, ERR_OK };

	*after = *batch->tree;
	for (size_t i = 0; i < batch->event_count && !append.error; i++) {
		const struct batch_event *event = &batch->events[i];
		uint64_t index = after->size;

		tree_append(after, &event->leaf, store_tile, &append);
		if (!append.error)
			append.error = store_entry(&batch->stage, index, event);
	}
	tree_finish(after);
	return append.error;
}

enum error batch_send(
    struct batch *batch, const struct tree *after, uint64_t fence)
{
	const struct tree *tree = batch->tree;
	uint8_t frontier[KL_TREE_BYTES_MAX];
	size_t size = kl_tree_write(&after->peaks, frontier);
	enum error error = stage_send(&batch->stage, batch->db, NULL);
	uint64_t moved = 0;

	if (error || after->size == tree->size)
		return error;
	error = db_exec(batch->db, &move_head,
	    DB_IN(db_u64(after->size),
		db_bytes(after->root.bytes, KL_HASH_SIZE),
		db_bytes(frontier, size), db_u64(tree->size),
		db_bytes(tree->root.bytes, KL_HASH_SIZE), db_u64(fence)),
	    &moved);
	if (error)
		return error;
	return moved == 1 ? ERR_OK : ERR_STATE;
}
