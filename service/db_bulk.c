/* db_bulk.c -- many rows to one INSERT: MariaDB's bulk protocol. */
#include "db_private.h"

#include "diary.h"

#include <assert.h>
#include <jansson.h>
#include <mysql.h>
#include <string.h>

/*
 * All rows travel in one packet. db_session.c makes sure that the server
 * takes 64 MiB; each value comes with at most 10 bytes of its own.
 */
enum { BULK_SIZE_MAX = 60 << 20, VALUE_SIZE = 10 };

/* A column as the client library wants it: one array for each aspect. */
struct column {
	void **values; /* a number each, or a pointer to a value */
	unsigned long *sizes;
	char *nulls;
};

static enum enum_field_types type_of(
    const struct db_in *in, size_t column_count, size_t row_count)
{
	for (size_t row = 0; row < row_count; row++) {
		switch (in[row * column_count].kind) {
		case DB_IN_U64:
			return MYSQL_TYPE_LONGLONG;
		case DB_IN_BYTES:
			return MYSQL_TYPE_BLOB;
		case DB_IN_TEXT:
			return MYSQL_TYPE_STRING;
		case DB_IN_TIME:
			return MYSQL_TYPE_DATETIME;
		case DB_IN_NULL:
			break;
		}
	}
	return MYSQL_TYPE_STRING; /* NULL in each row */
}

static void put(struct arena *arena, struct column *column, size_t row,
    const struct db_in *in)
{
	MYSQL_TIME *time;

	switch (in->kind) {
	case DB_IN_NULL:
		column->nulls[row] = STMT_INDICATOR_NULL;
		break;
	case DB_IN_U64:
		((uint64_t *)column->values)[row] = in->number;
		break;
	case DB_IN_BYTES:
	case DB_IN_TEXT:
		column->values[row] =
		    (void *)(uintptr_t)(in->size > 0 ? in->bytes : "");
		column->sizes[row] = in->size;
		break;
	case DB_IN_TIME:
		time = arena_alloc(arena, sizeof(*time));
		db_split_time((int64_t)in->number, time);
		column->values[row] = time;
		break;
	}
}

static void bind(struct arena *arena, MYSQL_BIND *bind, const struct db_in *in,
    size_t column_count, size_t row_count)
{
	struct column column = {
		.values = arena_alloc(arena, row_count * sizeof(uint64_t)),
		.sizes = arena_alloc(arena, row_count * sizeof(unsigned long)),
		.nulls = arena_alloc(arena, row_count),
	};
	enum enum_field_types type = type_of(in, column_count, row_count);

	for (size_t row = 0; row < row_count; row++) {
		const struct db_in *cell = &in[row * column_count];

		assert(cell->kind == DB_IN_NULL || type == type_of(cell, 1, 1));
		put(arena, &column, row, cell);
	}
	bind->buffer_type = type;
	bind->is_unsigned = type == MYSQL_TYPE_LONGLONG;
	bind->buffer = column.values;
	bind->length = column.sizes;
	bind->u.indicator = column.nulls;
}

static enum error send(struct db *db, MYSQL_STMT *handle,
    const struct db_statement *insert, const MYSQL_BIND *binds,
    unsigned row_count)
{
	db->unanswered = false;
	if (mysql_stmt_attr_set(handle, STMT_ATTR_ARRAY_SIZE, &row_count) ||
	    mysql_stmt_bind_param(handle, (MYSQL_BIND *)(uintptr_t)binds) ||
	    mysql_stmt_execute(handle))
		return db_fail_statement(db, handle, insert);
	return ERR_OK;
}

static bool fits(const struct db_in *in, size_t count)
{
	size_t size = 0;

	for (size_t i = 0; i < count; i++) {
		if (in[i].size > BULK_SIZE_MAX)
			return false;
		size += in[i].size + VALUE_SIZE;
		if (size > BULK_SIZE_MAX)
			return false;
	}
	return true;
}

enum error db_bulk(struct db *db, const struct db_statement *insert,
    const struct db_in *in, size_t column_count, size_t row_count)
{
	struct arena arena = { 0 };
	enum error error;
	MYSQL_STMT *handle = db_prepared(db, insert, &error);
	MYSQL_BIND *binds;

	if (!handle)
		return error;
	if (row_count == 0)
		return ERR_OK;
	assert(column_count > 0 && column_count <= DB_CELLS_MAX);
	assert(column_count == mysql_stmt_param_count(handle));
	if (!fits(in, row_count * column_count)) {
		diary_write("db_bulk", "{s:s, s:I, s:i}", "sql", insert->sql,
		    "rows", (json_int_t)row_count, "size_max", BULK_SIZE_MAX);
		return db_lose(db, ERR_DATABASE);
	}
	binds = arena_alloc(&arena, column_count * sizeof(*binds));
	for (size_t i = 0; i < column_count; i++)
		bind(&arena, &binds[i], &in[i], column_count, row_count);
	error = send(db, handle, insert, binds, (unsigned)row_count);
	arena_clear(&arena);
	return error;
}
