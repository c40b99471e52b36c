#include "due.h"

#include "diary.h"

#include <string.h>

/* After the first failure and after the second. */
static const int64_t retry_s[DUE_FAILURES_MAX] = { 1, 10, 0 };

static const struct db_statement select_first = {
	"SELECT try_at FROM due FORCE INDEX (by_time)"
	" WHERE state = 'waiting' ORDER BY try_at LIMIT 1",
};

static const struct db_statement select_after = {
	"SELECT try_at FROM due FORCE INDEX (by_time)"
	" WHERE state = 'waiting' AND try_at > ? ORDER BY try_at LIMIT 1",
};

static const struct db_statement select_due = {
	"SELECT kind, subject, seq, failures, at, try_at"
	" FROM due FORCE INDEX (by_time)"
	" WHERE state = 'waiting' AND try_at = ?"
	" ORDER BY at, kind, subject, seq LIMIT 64",
};

static const struct db_statement count_parked = {
	"SELECT COUNT(*) FROM due FORCE INDEX (by_time)"
	" WHERE state = 'parked'",
};

static const struct db_statement mark_done = {
	"UPDATE due SET state = 'done'"
	" WHERE kind = ? AND subject = ? AND seq = ? AND state = 'waiting'",
};

static const struct db_statement mark_failed = {
	"UPDATE due SET failures = failures + 1, try_at = ?, state = ?"
	" WHERE kind = ? AND subject = ? AND seq = ? AND state = 'waiting'"
	" AND failures = ?",
};

const struct db_statement *const due_statements[] = {
	&select_first,
	&select_after,
	&select_due,
	&count_parked,
	&mark_done,
	&mark_failed,
	NULL,
};

static enum error first_of(struct db *db, const struct db_statement *select,
    const struct db_in *in, size_t in_count, int64_t *time)
{
	enum error error =
	    db_row(db, select, in, in_count, DB_OUT(db_to_time(time)));

	if (error == ERR_NOT_FOUND)
		*time = DB_TIME_NONE;
	return error == ERR_NOT_FOUND ? ERR_OK : error;
}

enum error due_next(struct db *db, int64_t *first, int64_t *second)
{
	int64_t found, after = DB_TIME_NONE;
	enum error error = first_of(db, &select_first, DB_NO_IN, &found);

	if (!error && found != DB_TIME_NONE)
		error =
		    first_of(db, &select_after, DB_IN(db_time(found)), &after);
	if (error)
		return error;
	*first = found;
	*second = after;
	return ERR_OK;
}

enum error due_count_parked(struct db *db, uint64_t *count)
{
	return db_row(db, &count_parked, DB_NO_IN, DB_OUT(db_to_u64(count)));
}

enum error due_list(struct db *db, int64_t try_at,
    struct due_row rows[static DUE_AT_ONCE_MAX], size_t *count)
{
	struct due_row row;

	*count = 0;
	db_query(db, &select_due, DB_IN(db_time(try_at)),
	    DB_OUT(db_to_text(&row.kind), db_to_text(&row.subject),
		db_to_u64(&row.seq), db_to_u64(&row.failures),
		db_to_time(&row.at), db_to_time(&row.try_at)));
	while (db_next(db) && *count < DUE_AT_ONCE_MAX)
		rows[(*count)++] = row;
	return db_finish(db);
}

enum error due_done(struct db *db, const struct due_row *row)
{
	uint64_t changed = 0;
	enum error error = db_exec(db, &mark_done,
	    DB_IN(db_text(row->kind), db_text(row->subject), db_u64(row->seq)),
	    &changed);

	if (error)
		return error;
	return changed == 1 ? ERR_OK : ERR_STATE;
}

enum error due_failed(
    struct db *db, const struct due_row *row, int64_t now, bool *parked)
{
	*parked = row->failures + 1 >= DUE_FAILURES_MAX;
	return db_exec(db, &mark_failed,
	    DB_IN(db_time(*parked ? row->try_at : now + retry_s[row->failures]),
		db_text(*parked ? "parked" : "waiting"), db_text(row->kind),
		db_text(row->subject), db_u64(row->seq), db_u64(row->failures)),
	    NULL);
}

struct kl_event_id due_event_id(const struct due_row *row)
{
	const uint64_t seq = row->seq;
	struct kl_event_id id;
	struct kl_hasher hasher;
	struct kl_hash hash;
	uint8_t number[8];

	for (size_t i = 0; i < sizeof(number); i++)
		number[i] = (uint8_t)(seq >> (56 - 8 * i));
	kl_hasher_init(&hasher);
	kl_hasher_add_text(&hasher, "klero due\n");
	kl_hasher_add_text(&hasher, row->subject);
	kl_hasher_add_text(&hasher, "\n");
	kl_hasher_add_text(&hasher, row->kind);
	kl_hasher_add_text(&hasher, "\n");
	kl_hasher_add(&hasher, number, sizeof(number));
	hash = kl_hasher_end(&hasher);
	memcpy(id.bytes, hash.bytes, sizeof(id.bytes));
	return id;
}

handler *due_handler(const struct resource *const *resource, const char *kind)
{
	for (; *resource; resource++) {
		const struct due *due = (*resource)->dues;

		for (; due && due->name; due++)
			if (strcmp(due->name, kind) == 0)
				return due->handle;
	}
	return NULL;
}
