/* db_private.h -- what the files of db share; nobody else includes it. */
#ifndef DB_PRIVATE_H
#define DB_PRIVATE_H

#include "db.h"

struct st_mysql;
struct st_mysql_stmt;
struct st_mysql_time;
struct db_cache;
struct db_cells;

enum { DB_MESSAGE_MAX = 512 };

struct db {
	const struct db_settings *settings;
	struct st_mysql *connection; /* NULL: there is none */
	struct db_cache *cache;      /* what is prepared on it */
	struct db_cells *cells;      /* the values on their way */
	struct arena *arena;
	bool begun;      /* our transaction, until it is committed or undone */
	bool asked;      /* of DB_READ_ONE: its query */
	bool active;     /* from db_query() to db_finish() */
	bool broken;     /* the connection is of no further use */
	bool read_only;  /* the server takes no writes */
	bool unanswered; /* what it last said carried no status: ask it */
	enum db_mode mode;
	enum error lost; /* why what was begun can only be rolled back */
	char message[DB_MESSAGE_MAX];
};

/*
 * What the server's error `code` means, with everything that follows from it
 * for `db`. `sql` is ours and goes into the diary; NULL if there is none.
 */
enum error db_fail(struct db *db, unsigned code, const char *sqlstate,
    const char *message, const char *sql);

/* The same for what a prepared statement met. */
enum error db_fail_statement(struct db *db, struct st_mysql_stmt *handle,
    const struct db_statement *statement);

/* A failure the server knows nothing of: the transaction is lost with it. */
enum error db_lose(struct db *db, enum error error);

/* May a statement be sent now? Not when the transaction is lost. */
enum error db_ready(const struct db *db) MUST_CHECK;

/* SQL without values; ours, never a client's. */
enum error db_command(struct db *db, const char *sql) MUST_CHECK;

/* On a fresh connection: make the session ours and read everything back. */
bool db_session_begin(struct db *db) MUST_CHECK;

/* The statement, prepared on this connection. NULL and `*error` if not. */
struct st_mysql_stmt *db_prepared(struct db *db,
    const struct db_statement *statement, enum error *error) MUST_CHECK;

/* `seconds` since 1970 as the server's DATETIME, UTC. */
void db_split_time(int64_t seconds, struct st_mysql_time *to);

/* Room for statements and values; what is prepared ends with a connection. */
void db_statements_open(struct db *db);
void db_statements_forget(struct db *db);
void db_statements_close(struct db *db);

#endif
