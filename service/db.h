/* db.h -- one connection: statements, rows, bulk inserts, transactions. */
#ifndef DB_H
#define DB_H

#include "arena.h"
#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;

/* Who runs a statement; each account has its own grants (ops/grants.sql). */
enum db_account { DB_READER, DB_WRITER, DB_UPKEEP, DB_ACCOUNTS };

struct db_settings {
	const char *socket, *name, *user;
	unsigned timeout_s; /* to connect, read and write, each */
};

/*
 * A statement is a constant; its address is its identity. It is prepared on
 * a connection when first used there, and by db_check() before we serve.
 */
struct db_statement {
	const char *sql;
};

/* A value going in. Borrowed until the call returns. */
struct db_in {
	enum {
		DB_IN_NULL,
		DB_IN_U64,
		DB_IN_BYTES,
		DB_IN_TEXT,
		DB_IN_TIME
	} kind;
	uint64_t number; /* for time: seconds since 1970, as int64_t */
	const void *bytes;
	size_t size;
};

/*
 * A place a column lands. Text and blobs are allocated in the arena of
 * db_use(); a NULL arrives as NULL in text, as DB_TIME_NONE in time, and
 * anywhere else fails with ERR_DATABASE.
 */
struct db_out {
	enum {
		DB_OUT_U64,
		DB_OUT_BYTES, /* exactly `size` bytes; NULL leaves zeros */
		DB_OUT_TEXT,
		DB_OUT_BLOB, /* `to` is a struct db_blob */
		DB_OUT_TIME, /* `to` is int64_t, whole seconds since 1970 */
	} kind;
	void *to;
	size_t size;
};

/* Bytes of any length, and a NUL after them. */
struct db_blob {
	const uint8_t *bytes;
	size_t size;
};

#define DB_TIME_NONE INT64_MIN

static inline struct db_in db_null(void)
{
	return (struct db_in){ .kind = DB_IN_NULL };
}

static inline struct db_in db_u64(uint64_t number)
{
	return (struct db_in){ .kind = DB_IN_U64, .number = number };
}

static inline struct db_in db_bytes(const void *bytes, size_t size)
{
	return (struct db_in){ DB_IN_BYTES, 0, bytes, size };
}

/* NULL for SQL's NULL. */
struct db_in db_text(const char *text);

/* DB_TIME_NONE for SQL's NULL. */
struct db_in db_time(int64_t seconds);

static inline struct db_out db_to_u64(uint64_t *to)
{
	return (struct db_out){ DB_OUT_U64, to, sizeof(*to) };
}

static inline struct db_out db_to_bytes(void *to, size_t size)
{
	return (struct db_out){ DB_OUT_BYTES, to, size };
}

static inline struct db_out db_to_text(const char **to)
{
	return (struct db_out){ DB_OUT_TEXT, to, 0 };
}

static inline struct db_out db_to_blob(struct db_blob *to)
{
	return (struct db_out){ DB_OUT_BLOB, to, 0 };
}

static inline struct db_out db_to_time(int64_t *to)
{
	return (struct db_out){ DB_OUT_TIME, to, sizeof(*to) };
}

/* Each expands to two arguments: an array and its length. */
#define DB_COUNTED(type, ...)                                                  \
	(const type[]){ __VA_ARGS__ },                                         \
	    sizeof((const type[]){ __VA_ARGS__ }) / sizeof(type)
#define DB_IN(...)  DB_COUNTED(struct db_in, __VA_ARGS__)
#define DB_OUT(...) DB_COUNTED(struct db_out, __VA_ARGS__)
#define DB_NO_IN    NULL, 0

/* Columns a statement may bind or fetch; values in one db_in_list(). */
enum { DB_CELLS_MAX = 256 };

/*
 * Connect, and read back every setting of the session and of the server that
 * a promise rests on (service design §4): durable commits, strict SQL mode,
 * snapshot isolation, UTC. Borrows `settings` until db_close(). NULL on
 * failure; each wrong setting is in the diary by its name. read_only is
 * refused where it matters: in db_begin() of DB_WRITE.
 */
struct db *db_open(const struct db_settings *settings);
void db_close(struct db *db); /* NULL is fine */

/* Text fetched from now on lives in `arena`. */
void db_use(struct db *db, struct arena *arena);

/* Prepare each of `statements` (NULL-terminated) once; false names the bad
 * one in the diary. */
bool db_check(
    struct db *db, const struct db_statement *const statements[]) MUST_CHECK;

/* After a failure: is this connection of no further use? */
bool db_broken(const struct db *db);

/*
 * Inside a transaction every failure but ERR_CONFLICT and ERR_NOT_FOUND loses
 * it: until db_roll_back() nothing more is sent, and each call repeats the
 * failure.
 *
 * Run a statement that returns no rows; `*affected`, unless NULL, counts the
 * rows it changed (rows found, not rows that differ).
 *
 * ERR_CONFLICT   a duplicate key
 * ERR_BUSY       the server undid the transaction (deadlock, lock wait,
 *                snapshot), or the connection is lost: roll back, begin again
 * ERR_DATABASE   anything else, told in the diary
 */
enum error db_exec(struct db *db, const struct db_statement *statement,
    const struct db_in *in, size_t in_count, uint64_t *affected) MUST_CHECK;

/* Fetch the single row. ERR_NOT_FOUND when there is none; else as db_exec. */
enum error db_row(struct db *db, const struct db_statement *statement,
    const struct db_in *in, size_t in_count, const struct db_out *out,
    size_t out_count) MUST_CHECK;

/*
 * Many rows:
 *
 *	db_query(db, &list_draws, DB_IN(...), DB_OUT(...));
 *	while (db_next(db))
 *		...
 *	return db_finish(db);
 *
 * A failure anywhere ends the loop and is told by db_finish(). The result is
 * held in memory; no other statement may run on `db` before db_finish().
 */
void db_query(struct db *db, const struct db_statement *statement,
    const struct db_in *in, size_t in_count, const struct db_out *out,
    size_t out_count);
bool db_next(struct db *db) MUST_CHECK;
enum error db_finish(struct db *db) MUST_CHECK;

/*
 * Run one INSERT for `row_count` rows at once (MariaDB's bulk protocol):
 * `in` holds row_count * column_count values, row by row, those of a column
 * all of one kind or NULL. All rows or none.
 * Errors as db_exec(); ERR_CONFLICT does not say which row.
 */
enum error db_bulk(struct db *db, const struct db_statement *insert,
    const struct db_in *in, size_t column_count, size_t row_count) MUST_CHECK;

/* What a transaction may do. The database itself refuses a write in READ. */
enum db_mode {
	DB_READ,     /* a consistent snapshot, taken now; takes no locks */
	DB_READ_ONE, /* one query, which is a snapshot by itself */
	DB_WRITE,    /* repeatable read; a lost update is refused (ERR_BUSY) */
};

/* A connection found lost when nothing is under way is replaced, once. */
enum error db_begin(struct db *db, enum db_mode mode) MUST_CHECK;

/*
 * Ends the transaction, whatever it returns.
 *
 * ERR_UNKNOWN_OUTCOME   COMMIT was sent and never answered, or by an error
 *                       that does not say what became of it: the connection
 *                       is of no further use, and only the rows will tell
 * ERR_BUSY ERR_DATABASE refused, also by us when the transaction was lost:
 *                       rolled back
 */
enum error db_commit(struct db *db) MUST_CHECK;

/* Never fails: what cannot be rolled back is disconnected. */
void db_roll_back(struct db *db);

/* Does the server still hold our transaction open? */
bool db_in_transaction(struct db *db);

/* One savepoint at a time, inside a transaction. */
enum error db_savepoint(struct db *db) MUST_CHECK;
enum error db_roll_back_to_savepoint(struct db *db) MUST_CHECK;

/* Close a connection and its use of this thread's memory at thread end. */
void db_thread_end(void);

/* For klero migrate alone: SQL that comes from a file of ours. */
enum error db_script_statement(
    struct db *db, const char *sql, size_t size) MUST_CHECK;

/* The server's own words on the last failure; "" if none. */
const char *db_message(const struct db *db);

#endif
