/* writer_take.c -- whose log it is: fence, tree, and what a COMMIT did. */
#include "diary.h"
#include "kl_canon.h"
#include "kl_time.h"
#include "writer_private.h"

#include <string.h>

static const struct db_statement take_first = {
	"UPDATE log_head SET fence = fence + 1, holder = ? WHERE id = 0",
};

/* Waits for the transaction of a lost connection, or dooms it. */
static const struct db_statement take_again = {
	"UPDATE log_head SET fence = fence + 1 WHERE id = 0 AND holder = ?",
};

static const struct db_statement select_head = {
	"SELECT size, root, frontier, fence FROM log_head WHERE id = 0",
};

static const struct db_statement select_leaf = {
	"SELECT bytes FROM log_entry WHERE idx = ?",
};

const struct db_statement *const writer_take_statements[] = {
	&take_first,
	&take_again,
	&select_head,
	&select_leaf,
	NULL,
};

struct head {
	uint64_t size, fence;
	struct kl_hash root;
	struct db_blob frontier;
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

static enum error read_head(struct writer *writer, struct head *head)
{
	return db_row(writer->db, &select_head, DB_NO_IN,
	    DB_OUT(db_to_u64(&head->size),
		db_to_bytes(head->root.bytes, KL_HASH_SIZE),
		db_to_blob(&head->frontier), db_to_u64(&head->fence)));
}

static bool adds_up(const struct head *head, const struct tree *tree)
{
	uint8_t frontier[KL_TREE_BYTES_MAX];
	size_t size = kl_tree_write(&tree->peaks, frontier);

	return kl_hash_equal(&head->root, &tree->root) &&
	       size == head->frontier.size &&
	       memcmp(frontier, head->frontier.bytes, size) == 0;
}

/* The time of the last entry. */
static enum error read_last_at(
    struct writer *writer, uint64_t size, int64_t *at)
{
	json_auto_t *leaf = NULL;
	struct db_blob bytes;
	const char *text;
	enum error error = db_row(writer->db, &select_leaf,
	    DB_IN(db_u64(size - 1)), DB_OUT(db_to_blob(&bytes)));

	if (error)
		return error;
	if (kl_canon_check((const char *)bytes.bytes, bytes.size, &leaf))
		return ERR_NOT_FOUND;
	text = json_string_value(json_object_get(leaf, "at"));
	if (!text || kl_time_read(text, strlen(text), at))
		return ERR_NOT_FOUND;
	return ERR_OK;
}

static enum error take(struct writer *writer, bool first, struct head *head)
{
	int64_t last_at = 0;
	enum error error = raise_fence(writer, first);

	if (!error)
		error = read_head(writer, head);
	if (!error && head->size == 0)
		error = ERR_NOT_FOUND;
	if (!error)
		error = tree_load(writer->db, head->size, writer->after);
	if (!error && !adds_up(head, writer->after))
		error = ERR_NOT_FOUND;
	if (!error)
		error = read_last_at(writer, head->size, &last_at);
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
	struct head head;
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
		diary_write("writer_superseded", "{s:I}", "fence",
		    (json_int_t)writer->fence);
}
