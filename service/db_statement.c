/* db_statement.c -- statements, prepared once a connection, and their values.
 */
#include "db_private.h"

#include "diary.h"

#include <assert.h>
#include <mysql.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	/* Open addressing: a quarter stays free. */
	SLOTS = 2048,
	DB_STATEMENTS_MAX = SLOTS / 4 * 3,
	SMALL_SIZE = 256,
};

struct db_cache {
	struct {
		const struct db_statement *statement;
		MYSQL_STMT *handle;
	} slots[SLOTS];
	size_t count;
};

/* Of the statement under way; a query's until db_finish(). */
struct db_cells {
	MYSQL_STMT *handle;
	const struct db_statement *statement;
	enum error error;
	MYSQL_BIND in[DB_CELLS_MAX], binds[DB_CELLS_MAX];
	struct db_out out[DB_CELLS_MAX];
	size_t out_count;
	MYSQL_TIME times[DB_CELLS_MAX];
	uint64_t numbers[DB_CELLS_MAX];
	unsigned long sizes[DB_CELLS_MAX];
	my_bool nulls[DB_CELLS_MAX], errors[DB_CELLS_MAX];
	uint8_t small[DB_CELLS_MAX][SMALL_SIZE]; /* what fits */
};

void db_statements_open(struct db *db)
{
	db->cache = calloc(1, sizeof(*db->cache));
	db->cells = calloc(1, sizeof(*db->cells));
	if (!db->cache || !db->cells)
		abort();
}

void db_statements_forget(struct db *db)
{
	for (size_t i = 0; i < SLOTS; i++)
		if (db->cache->slots[i].statement)
			mysql_stmt_close(db->cache->slots[i].handle);
	memset(db->cache, 0, sizeof(*db->cache));
}

void db_statements_close(struct db *db)
{
	free(db->cache);
	free(db->cells);
}

/* --- preparing ------------------------------------------------------------ */

enum error db_fail_statement(
    struct db *db, MYSQL_STMT *handle, const struct db_statement *statement)
{
	return db_fail(db, mysql_stmt_errno(handle),
	    mysql_stmt_sqlstate(handle), mysql_stmt_error(handle),
	    statement->sql);
}

static size_t slot_of(const struct db_statement *statement)
{
	/* Fibonacci hashing: the upper bits are the mixed ones. */
	uint64_t mixed =
	    (uint64_t)(uintptr_t)statement * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(mixed >> 53);
}

static MYSQL_STMT *prepare(
    struct db *db, const struct db_statement *statement, enum error *error)
{
	MYSQL_STMT *handle = mysql_stmt_init(db->connection);

	if (!handle)
		abort();
	db->unanswered = false;
	if (!mysql_stmt_prepare(handle, statement->sql, strlen(statement->sql)))
		return handle;
	*error = db_fail_statement(db, handle, statement);
	mysql_stmt_close(handle);
	return NULL;
}

MYSQL_STMT *db_prepared(
    struct db *db, const struct db_statement *statement, enum error *error)
{
	struct db_cache *cache = db->cache;
	size_t i = slot_of(statement);
	MYSQL_STMT *handle;

	*error = db_ready(db);
	if (*error)
		return NULL;
	for (; cache->slots[i].statement; i = (i + 1) % SLOTS)
		if (cache->slots[i].statement == statement)
			return cache->slots[i].handle;
	assert(cache->count < DB_STATEMENTS_MAX);
	handle = prepare(db, statement, error);
	if (!handle)
		return NULL;
	cache->slots[i].statement = statement;
	cache->slots[i].handle = handle;
	cache->count++;
	return handle;
}

bool db_check(struct db *db, const struct db_statement *const statements[])
{
	for (size_t i = 0; statements[i]; i++) {
		enum error error;

		if (!db_prepared(db, statements[i], &error)) {
			diary_write("db_statement", "{s:s, s:s}", "sql",
			    statements[i]->sql, "message", db->message);
			return false;
		}
	}
	return true;
}

/* --- values going in ------------------------------------------------------ */

struct db_in db_text(const char *text)
{
	if (!text)
		return db_null();
	return (struct db_in){ DB_IN_TEXT, 0, text, strlen(text) };
}

struct db_in db_time(int64_t seconds)
{
	if (seconds == DB_TIME_NONE)
		return db_null();
	return (
	    struct db_in){ .kind = DB_IN_TIME, .number = (uint64_t)seconds };
}

void db_split_time(int64_t seconds, MYSQL_TIME *to)
{
	const time_t clock = (time_t)seconds;
	struct tm tm = { 0 };

	if (!gmtime_r(&clock, &tm))
		abort();
	*to = (MYSQL_TIME){
		.time_type = MYSQL_TIMESTAMP_DATETIME,
		.year = (unsigned)(tm.tm_year + 1900),
		.month = (unsigned)(tm.tm_mon + 1),
		.day = (unsigned)tm.tm_mday,
		.hour = (unsigned)tm.tm_hour,
		.minute = (unsigned)tm.tm_min,
		.second = (unsigned)tm.tm_sec,
	};
}

static const enum enum_field_types types[] = {
	[DB_IN_NULL] = MYSQL_TYPE_NULL,
	[DB_IN_U64] = MYSQL_TYPE_LONGLONG,
	[DB_IN_BYTES] = MYSQL_TYPE_BLOB,
	[DB_IN_TEXT] = MYSQL_TYPE_STRING,
	[DB_IN_TIME] = MYSQL_TYPE_DATETIME,
};

static void bind_in(struct db_cells *cells, size_t i, const struct db_in *in)
{
	MYSQL_BIND *bind = &cells->in[i];

	*bind = (MYSQL_BIND){ .buffer_type = types[in->kind] };
	switch (in->kind) {
	case DB_IN_NULL:
		break;
	case DB_IN_U64:
		bind->buffer = (void *)(uintptr_t)&in->number;
		bind->is_unsigned = true;
		break;
	case DB_IN_BYTES:
	case DB_IN_TEXT:
		bind->buffer =
		    (void *)(uintptr_t)(in->size > 0 ? in->bytes : "");
		bind->buffer_length = in->size;
		break;
	case DB_IN_TIME:
		db_split_time((int64_t)in->number, &cells->times[i]);
		bind->buffer = &cells->times[i];
		break;
	}
}

static enum error execute(struct db *db, const struct db_statement *statement,
    const struct db_in *in, size_t in_count)
{
	struct db_cells *cells = db->cells;
	enum error error;
	MYSQL_STMT *handle = db_prepared(db, statement, &error);
	unsigned rows = 0;

	cells->handle = handle;
	cells->statement = statement;
	if (!handle)
		return error;
	assert(!db->begun || db->mode != DB_READ_ONE || !db->asked);
	db->asked = true;
	assert(in_count <= DB_CELLS_MAX);
	assert(in_count == mysql_stmt_param_count(handle));
	for (size_t i = 0; i < in_count; i++)
		bind_in(cells, i, &in[i]);
	db->unanswered = false;
	mysql_stmt_attr_set(handle, STMT_ATTR_ARRAY_SIZE, &rows);
	if (in_count > 0 && mysql_stmt_bind_param(handle, cells->in))
		return db_fail_statement(db, handle, statement);
	if (mysql_stmt_execute(handle))
		return db_fail_statement(db, handle, statement);
	return ERR_OK;
}

enum error db_exec(struct db *db, const struct db_statement *statement,
    const struct db_in *in, size_t in_count, uint64_t *affected)
{
	enum error error = execute(db, statement, in, in_count);

	if (error)
		return error;
	assert(mysql_stmt_field_count(db->cells->handle) == 0);
	if (affected)
		*affected = mysql_stmt_affected_rows(db->cells->handle);
	return ERR_OK;
}

/* --- rows coming out ------------------------------------------------------ */

/* What is not of a fixed size is measured, and copied if it is small. */
static void bind_out(struct db_cells *cells, size_t i)
{
	MYSQL_BIND *bind = &cells->binds[i];

	/* The connector says what was cut off, and of some types never that
	 * nothing was: what an earlier statement left would stand. */
	cells->errors[i] = 0;
	*bind = (MYSQL_BIND){
		.length = &cells->sizes[i],
		.is_null = &cells->nulls[i],
		.error = &cells->errors[i],
	};
	switch (cells->out[i].kind) {
	case DB_OUT_U64:
		bind->buffer_type = MYSQL_TYPE_LONGLONG;
		bind->is_unsigned = true;
		bind->buffer = &cells->numbers[i];
		break;
	case DB_OUT_TIME:
		bind->buffer_type = MYSQL_TYPE_DATETIME;
		bind->buffer = &cells->times[i];
		break;
	case DB_OUT_TEXT:
	case DB_OUT_BYTES:
	case DB_OUT_BLOB:
		bind->buffer_type = cells->out[i].kind == DB_OUT_TEXT
					? MYSQL_TYPE_STRING
					: MYSQL_TYPE_BLOB;
		bind->buffer = cells->small[i];
		bind->buffer_length = SMALL_SIZE;
		break;
	}
}

void db_query(struct db *db, const struct db_statement *statement,
    const struct db_in *in, size_t in_count, const struct db_out *out,
    size_t out_count)
{
	struct db_cells *cells = db->cells;

	cells->error = execute(db, statement, in, in_count);
	db->active = true;
	if (cells->error)
		return;
	assert(out_count <= DB_CELLS_MAX);
	assert(out_count == mysql_stmt_field_count(cells->handle));
	memcpy(cells->out, out, out_count * sizeof(*out));
	cells->out_count = out_count;
	for (size_t i = 0; i < out_count; i++)
		bind_out(cells, i);
	if (mysql_stmt_bind_result(cells->handle, cells->binds) ||
	    mysql_stmt_store_result(cells->handle))
		cells->error = db_fail_statement(db, cells->handle, statement);
}

/* The schema and the code disagree about a column. */
static enum error refuse(struct db *db, size_t column, const char *expected)
{
	diary_write("db_cell", "{s:i, s:s, s:s}", "column", (int)column,
	    "expected", expected, "sql", db->cells->statement->sql);
	return db_lose(db, ERR_DATABASE);
}

/* Nothing is handed over before every column of the row has passed. */
static enum error check_cell(struct db *db, size_t i)
{
	const struct db_cells *cells = db->cells;
	bool null = cells->nulls[i];

	switch (cells->out[i].kind) {
	case DB_OUT_U64:
		if (null || cells->errors[i])
			return refuse(db, i, "a number that is not negative");
		return ERR_OK;
	case DB_OUT_TIME:
		if (!null && (cells->errors[i] || cells->times[i].month == 0))
			return refuse(db, i, "a time");
		return ERR_OK;
	case DB_OUT_BYTES:
		if (!null && cells->sizes[i] != cells->out[i].size)
			return refuse(db, i, "bytes of its size");
		return ERR_OK;
	case DB_OUT_BLOB:
		if (null)
			return refuse(db, i, "bytes");
		return ERR_OK;
	case DB_OUT_TEXT:
		return ERR_OK;
	}
	return ERR_INTERNAL;
}

/* All of column `i`, to a place of exactly its size. */
static enum error fetch(struct db *db, size_t i, void *to)
{
	struct db_cells *cells = db->cells;
	unsigned long size = cells->sizes[i];
	my_bool cut = 0;
	MYSQL_BIND bind = {
		.buffer_type = cells->binds[i].buffer_type,
		.buffer = to,
		.buffer_length = size,
		.length = &size,
		.error = &cut,
	};

	if (size <= SMALL_SIZE) {
		memcpy(to, cells->small[i], size);
		return ERR_OK;
	}
	if (mysql_stmt_fetch_column(cells->handle, &bind, (unsigned)i, 0))
		return db_fail_statement(db, cells->handle, cells->statement);
	return cut ? refuse(db, i, "bytes as measured") : ERR_OK;
}

static int64_t seconds_of(const MYSQL_TIME *time)
{
	struct tm tm = {
		.tm_year = (int)time->year - 1900,
		.tm_mon = (int)time->month - 1,
		.tm_mday = (int)time->day,
		.tm_hour = (int)time->hour,
		.tm_min = (int)time->minute,
		.tm_sec = (int)time->second,
	};

	return timegm(&tm);
}

static enum error deliver_bytes(struct db *db, size_t i, const uint8_t **to)
{
	const struct db_cells *cells = db->cells;
	uint8_t *bytes;
	enum error error;

	assert(db->arena);
	bytes = arena_alloc(db->arena, cells->sizes[i] + 1);
	error = fetch(db, i, bytes);
	if (!error)
		*to = bytes;
	return error;
}

static enum error deliver(struct db *db, size_t i)
{
	const struct db_cells *cells = db->cells;
	const struct db_out *out = &cells->out[i];
	bool null = cells->nulls[i];
	const uint8_t *bytes = NULL;
	enum error error = ERR_OK;

	switch (out->kind) {
	case DB_OUT_U64:
		*(uint64_t *)out->to = cells->numbers[i];
		break;
	case DB_OUT_TIME:
		*(int64_t *)out->to =
		    null ? DB_TIME_NONE : seconds_of(&cells->times[i]);
		break;
	case DB_OUT_BYTES:
		if (!null)
			return fetch(db, i, out->to);
		memset(out->to, 0, out->size);
		break;
	case DB_OUT_TEXT:
		if (!null)
			error = deliver_bytes(db, i, &bytes);
		if (!error)
			*(const char **)out->to = (const char *)bytes;
		break;
	case DB_OUT_BLOB:
		error = deliver_bytes(db, i, &bytes);
		if (!error)
			*(struct db_blob *)out->to =
			    (struct db_blob){ bytes, cells->sizes[i] };
		break;
	}
	return error;
}

bool db_next(struct db *db)
{
	struct db_cells *cells = db->cells;
	int status;

	assert(db->active);
	if (cells->error)
		return false;
	status = mysql_stmt_fetch(cells->handle);
	if (status == MYSQL_NO_DATA)
		return false;
	/* MYSQL_DATA_TRUNCATED is each column's own `error`. */
	if (status != 0 && status != MYSQL_DATA_TRUNCATED)
		cells->error =
		    db_fail_statement(db, cells->handle, cells->statement);
	for (size_t i = 0; i < cells->out_count && !cells->error; i++)
		cells->error = check_cell(db, i);
	for (size_t i = 0; i < cells->out_count && !cells->error; i++)
		cells->error = deliver(db, i);
	return !cells->error;
}

enum error db_finish(struct db *db)
{
	assert(db->active);
	db->active = false;
	if (db->cells->handle)
		mysql_stmt_free_result(db->cells->handle);
	return db->cells->error;
}

enum error db_row(struct db *db, const struct db_statement *statement,
    const struct db_in *in, size_t in_count, const struct db_out *out,
    size_t out_count)
{
	enum error error;
	bool found;

	db_query(db, statement, in, in_count, out, out_count);
	found = db_next(db);
	error = db_finish(db);
	if (error)
		return error;
	return found ? ERR_OK : ERR_NOT_FOUND;
}
