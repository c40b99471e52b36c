/* writer_take.c -- whose log it is: fence, tree, and what a COMMIT did. */
#include "diary.h"
#include "log_read.h"
#include "writer_private.h"

#include <string.h>

static const struct db_statement take_first = {
	"UPDATE log_head SET fence = fence + 1, holder = ? WHERE id = 0",
};

/* Waits for the transaction of a lost connection, or dooms it. */
static const struct db_statement take_again = {
	"UPDATE log_head SET fence = fence + 1 WHERE id = 0 AND holder = ?",
};

const struct db_statement *const writer_take_statements[] = {
	&take_first,
	&take_again,
	NULL,
};

static enum error raise_fence(struct writer *writer, bool first)
{
	uint64_t changed = 0;
	enum error error =
	    db_exec(writer->db, first ? &take_first : &take_again,
		DB_IN(db_bytes(writer->holder, HOLDER_SIZE)), &changed);

	if (error)
		return error;
	if (changed == 1)
		return ERR_OK;
	return first ? ERR_NOT_FOUND : ERR_STATE;
}

static enum error take(struct writer *writer, bool first, struct log_head *head)
{
	int64_t last_at = 0;
	enum error error = raise_fence(writer, first);

	if (!error)
		error = log_read_head(writer->db, head);
	if (!error && head->size == 0)
		error = ERR_NOT_FOUND;
	if (!error)
		error = tree_load(writer->db, head->size, writer->after);
	if (!error && !log_head_is(head, writer->after))
		error = ERR_NOT_FOUND;
	if (!error)
		error = log_read_at(writer->db, head->size - 1, &last_at);
	if (error) {
		db_roll_back(writer->db);
		return error;
	}
	error = db_commit(writer->db);
	if (!error)
		writer->last_at = last_at;
	return error == ERR_UNKNOWN_OUTCOME ? ERR_BUSY : error;
}

enum error writer_take(struct writer *writer, bool first)
{
	struct arena arena = { 0 };
	struct tree *before = writer->tree;
	struct log_head head;
	enum error error = db_begin(writer->db, DB_WRITE);

	if (!error) {
		db_use(writer->db, &arena);
		error = take(writer, first, &head);
	}
	if (!error) {
		writer->tree = writer->after;
		writer->after = before;
		writer->fence = head.fence;
		writer->settled = true;
		writer->due_known = false;
		memory_forget(writer->memory, true);
		atomic_store(&writer->size, head.size);
	}
	arena_clear(&arena);
	return error;
}

void writer_give_up(struct writer *writer)
{
	if (!atomic_exchange(&writer->superseded, true))
		diary_write("writer_superseded", NULL);
}

bool writer_may_write(void)
{
	return !atomic_load(&writer_one.superseded) &&
	       !atomic_load(&writer_one.halted);
}

bool writer_holds(const struct log_head *head)
{
	struct writer *writer = &writer_one;

	/* The fence rises with us, too: after a COMMIT that was not answered.
	 */
	if (memcmp(head->holder, writer->holder, HOLDER_SIZE) != 0)
		writer_give_up(writer);
	return !atomic_load(&writer->superseded);
}
