/* peer_db.h -- one statement on one connection, for the C peers. */
#ifndef PEER_DB_H
#define PEER_DB_H

#include "peer.h"

#include <mysql.h>

enum { PEER_COLUMNS = 40, PEER_CELL = 4096, PEER_LIMIT = 51 };

struct peer_db {
	MYSQL *connection;
	MYSQL_STMT *statement; /* takes a text and a limit */
	unsigned columns;
	MYSQL_BIND in[2], out[PEER_COLUMNS];
	char value[128];
	unsigned long value_size, sizes[PEER_COLUMNS];
	long long limit;
	my_bool nulls[PEER_COLUMNS];
	char cells[PEER_COLUMNS][PEER_CELL];
};

/* Whatever fails ends the program. */
static inline struct peer_db *peer_db_open(const char *socket, const char *user,
    const char *database, const char *statement)
{
	struct peer_db *db = calloc(1, sizeof(*db));

	if (!db)
		exit(1);
	db->connection = mysql_init(NULL);
	if (!db->connection || !mysql_real_connect(db->connection, NULL, user,
				   NULL, database, 0, socket, 0)) {
		fprintf(stderr, "%s\n", mysql_error(db->connection));
		exit(1);
	}
	db->statement = mysql_stmt_init(db->connection);
	if (mysql_stmt_prepare(db->statement, statement, strlen(statement)) ||
	    mysql_stmt_param_count(db->statement) != 2) {
		fprintf(stderr, "%s: %s\n", statement,
		    mysql_stmt_error(db->statement));
		exit(1);
	}
	db->columns = mysql_stmt_field_count(db->statement);
	db->limit = PEER_LIMIT;
	db->in[0] = (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_STRING,
		.buffer = db->value,
		.length = &db->value_size };
	db->in[1] = (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_LONGLONG,
		.buffer = &db->limit };
	for (unsigned i = 0; i < db->columns && i < PEER_COLUMNS; i++)
		db->out[i] = (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_STRING,
			.buffer = db->cells[i],
			.buffer_length = PEER_CELL,
			.length = &db->sizes[i],
			.is_null = &db->nulls[i] };
	if (mysql_stmt_bind_param(db->statement, db->in) ||
	    mysql_stmt_bind_result(db->statement, db->out))
		exit(1);
	return db;
}

/* Ask for what comes after `value`; then peer_db_next() until false. */
static inline void peer_db_ask(struct peer_db *db, const char *value)
{
	db->value_size = strlen(value);
	memcpy(db->value, value, db->value_size);
	if (mysql_stmt_execute(db->statement) ||
	    mysql_stmt_store_result(db->statement)) {
		fprintf(stderr, "%s\n", mysql_stmt_error(db->statement));
		exit(1);
	}
}

static inline bool peer_db_next(struct peer_db *db)
{
	return mysql_stmt_fetch(db->statement) == 0;
}

/* The lines of a file, ended by NULL. */
static inline char **peer_lines(const char *path)
{
	size_t size, count = 0;
	char *text = peer_read(path, &size);
	char **lines = calloc(size + 1, sizeof(*lines));

	if (!lines)
		exit(1);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		lines[count++] = line;
	return lines;
}

#endif
