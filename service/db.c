/* db.c -- a connection, its transactions, and what its failures mean. */
#include "db_private.h"

#include "diary.h"

#include <assert.h>
#include <errmsg.h>
#include <mysql.h>
#include <mysqld_error.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- what failures mean --------------------------------------------------- */

enum meaning {
	MEANS_BUG,      /* the statement or the schema is wrong */
	MEANS_CONFLICT, /* a duplicate key: only the statement is undone */
	MEANS_UNDONE,   /* begin again */
	MEANS_STOPPED,  /* somebody or a limit stopped it: begin again */
	MEANS_GONE,     /* the connection is of no further use */
};

static enum meaning meaning_of(unsigned code)
{
	switch (code) {
	case ER_DUP_ENTRY:
	case ER_DUP_ENTRY_WITH_KEY_NAME:
		return MEANS_CONFLICT;
	case ER_LOCK_DEADLOCK:
	case ER_LOCK_WAIT_TIMEOUT:
	case ER_CHECKREAD: /* innodb_snapshot_isolation: a lost update */
		return MEANS_UNDONE;
	case ER_QUERY_INTERRUPTED:
	case ER_STATEMENT_TIMEOUT:
	case ER_RECORD_FILE_FULL: /* the disk, as all that follow */
	case ER_DISK_FULL:
	case ER_ERROR_ON_WRITE:
	case ER_TEMP_FILE_WRITE_FAILURE:
		return MEANS_STOPPED;
	case ER_UNKNOWN_COM_ERROR: /* a Galera node that is not ready */
	case ER_SERVER_SHUTDOWN:
	case ER_ABORTING_CONNECTION:
	case ER_NET_PACKET_TOO_LARGE:
	case ER_NET_READ_ERROR:
	case ER_NET_READ_INTERRUPTED:
	case ER_NET_ERROR_ON_WRITE:
	case ER_NET_WRITE_INTERRUPTED:
	case ER_NEW_ABORTING_CONNECTION:
	case ER_CONNECTION_KILLED:
		return MEANS_GONE;
	}
	/* What the client library found out by itself. */
	if ((code >= CR_MIN_ERROR && code <= CR_MAX_ERROR) ||
	    (code >= CER_MIN_ERROR && code <= CER_MAX_ERROR))
		return MEANS_GONE;
	return MEANS_BUG;
}

/* Class 22 is "data exception": its messages quote the value. */
static void tell(
    unsigned code, const char *sqlstate, const char *message, const char *sql)
{
	if (strncmp(sqlstate, "22", 2) == 0)
		message = "(quotes a value)";
	diary_write("db_error", "{s:i, s:s, s:s, s:s}", "code", (int)code,
	    "sqlstate", sqlstate, "message", message, "sql", sql ? sql : "");
}

enum error db_lose(struct db *db, enum error error)
{
	if (db->begun && !db->lost)
		db->lost = error;
	return error;
}

enum error db_fail(struct db *db, unsigned code, const char *sqlstate,
    const char *message, const char *sql)
{
	enum meaning meaning = meaning_of(code);

	/* The library is in the middle of an answer, and would not survive that
	 * its statement is closed. */
	if (code == CR_OUT_OF_MEMORY) {
		tell(code, sqlstate, message, sql);
		abort();
	}
	db->unanswered = true;
	snprintf(db->message, sizeof(db->message), "%s", message);
	if (meaning == MEANS_CONFLICT)
		return ERR_CONFLICT;
	if (meaning == MEANS_GONE)
		db->broken = true;
	if (meaning != MEANS_UNDONE)
		tell(code, sqlstate, message, sql);
	return db_lose(db, meaning == MEANS_BUG ? ERR_DATABASE : ERR_BUSY);
}

static enum error fail_connection(struct db *db, const char *sql)
{
	return db_fail(db, mysql_errno(db->connection),
	    mysql_sqlstate(db->connection), mysql_error(db->connection), sql);
}

enum error db_ready(const struct db *db)
{
	assert(!db->active);
	if (db->lost)
		return db->lost;
	return db->broken ? ERR_BUSY : ERR_OK;
}

const char *db_message(const struct db *db)
{
	return db->message;
}

bool db_broken(const struct db *db)
{
	return db->broken;
}

/* --- the connection ------------------------------------------------------- */

static bool set_options(MYSQL *connection, unsigned timeout_s)
{
	/* The library reads each through a pointer of exactly this type. */
	const my_bool yes = 1, no = 0;
	const unsigned off = 0;
	my_bool reconnects = 1;

	return !mysql_optionsv(
		   connection, MYSQL_OPT_CONNECT_TIMEOUT, &timeout_s) &&
	       !mysql_optionsv(
		   connection, MYSQL_OPT_READ_TIMEOUT, &timeout_s) &&
	       !mysql_optionsv(
		   connection, MYSQL_OPT_WRITE_TIMEOUT, &timeout_s) &&
	       !mysql_optionsv(connection, MYSQL_OPT_RECONNECT, &no) &&
	       !mysql_optionsv(connection, MYSQL_OPT_LOCAL_INFILE, &off) &&
	       !mysql_optionsv(
		   connection, MYSQL_REPORT_DATA_TRUNCATION, &yes) &&
	       !mysql_optionsv(connection, MYSQL_SET_CHARSET_NAME, "utf8mb4") &&
	       !mysql_get_optionv(
		   connection, MYSQL_OPT_RECONNECT, &reconnects) &&
	       !reconnects;
}

static bool can_bulk(MYSQL *connection)
{
	uint64_t extended = 0; /* the library writes 8 bytes, not an int */

	if (mariadb_get_infov(connection,
		MARIADB_CONNECTION_EXTENDED_SERVER_CAPABILITIES, &extended))
		return false;
	return extended & (MARIADB_CLIENT_STMT_BULK_OPERATIONS >> 32);
}

static bool log_in(struct db *db)
{
	const struct db_settings *settings = db->settings;

	if (!set_options(db->connection, settings->timeout_s)) {
		diary_write("db_options", NULL);
		return false;
	}
	if (!mysql_real_connect(db->connection, NULL, settings->user, NULL,
		settings->name, 0, settings->socket, CLIENT_FOUND_ROWS)) {
		(void)fail_connection(db, NULL);
		return false;
	}
	if (!can_bulk(db->connection)) {
		diary_write("db_setting", "{s:s, s:s, s:s}", "name",
		    "bulk protocol", "is", "absent", "wanted", "present");
		return false;
	}
	return db_session_begin(db);
}

static void disconnect(struct db *db)
{
	if (!db->connection)
		return;
	db_statements_forget(db);
	mysql_close(db->connection);
	db->connection = NULL;
	db->broken = true;
}

static bool connect_again(struct db *db)
{
	disconnect(db);
	db->connection = mysql_init(NULL);
	if (!db->connection)
		abort();
	db->broken = false;
	if (log_in(db))
		return true;
	disconnect(db);
	return false;
}

/* mysql_library_init() may not run twice at once. */
static void begin_library(void)
{
	if (mysql_library_init(0, NULL, NULL))
		abort();
}

struct db *db_open(const struct db_settings *settings)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct db *db = calloc(1, sizeof(*db));

	if (!db)
		abort();
	pthread_once(&once, begin_library);
	db->settings = settings;
	db_statements_open(db);
	if (connect_again(db))
		return db;
	db_close(db);
	return NULL;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	disconnect(db);
	db_statements_close(db);
	free(db);
}

void db_use(struct db *db, struct arena *arena)
{
	db->arena = arena;
}

void db_thread_end(void)
{
	mysql_thread_end();
}

/* --- transactions --------------------------------------------------------- */

enum error db_command(struct db *db, const char *sql)
{
	db->unanswered = false;
	if (mysql_query(db->connection, sql))
		return fail_connection(db, sql);
	return ERR_OK;
}

/* A reader's snapshot is taken now; a writer's at its first plain read, so
 * that what it locks first is also what it then sees. */
static enum error start(struct db *db, enum db_mode mode)
{
	if (mode == DB_READ_ONE)
		return ERR_OK;
	if (mode == DB_READ)
		return db_command(db,
		    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
	return db_command(db, "START TRANSACTION READ WRITE");
}

enum error db_begin(struct db *db, enum db_mode mode)
{
	enum error error = ERR_OK;

	assert(!db->begun && !db->active);
	if (!db->broken)
		error = start(db, mode);
	if (db->broken)
		error = connect_again(db) ? start(db, mode) : ERR_BUSY;
	if (error)
		return error;
	db->begun = true;
	db->mode = mode;
	db->asked = false;
	db->lost = ERR_OK;
	if (mode != DB_WRITE || !db->read_only)
		return ERR_OK;
	db_roll_back(db);
	diary_write("db_setting", "{s:s, s:s, s:s}", "name", "read_only", "is",
	    "1", "wanted", "0");
	return ERR_DATABASE;
}

/* Any other error may have come after it was done: a full disk under the
 * binary log, or an answer that was not the server's. */
static bool tells_undone(unsigned code)
{
	return meaning_of(code) == MEANS_UNDONE;
}

/*
 * Sending and hearing apart. A server that did not get all of COMMIT undoes
 * the transaction; one that got it and fell silent may have done either.
 */
static enum error send_commit(struct db *db)
{
	static const char sql[] = "COMMIT";
	enum error error;

	db->unanswered = false;
	if (mysql_send_query(db->connection, sql, sizeof(sql) - 1)) {
		db->broken = true;
		(void)fail_connection(db, sql);
		return ERR_BUSY;
	}
	if (!mysql_read_query_result(db->connection))
		return ERR_OK;
	error = fail_connection(db, sql);
	if (db->mode == DB_READ || tells_undone(mysql_errno(db->connection)))
		return error;
	db->broken = true;
	return ERR_UNKNOWN_OUTCOME;
}

enum error db_commit(struct db *db)
{
	enum error error = db->lost;

	assert(db->begun && !db->active);
	if (!error && db->mode != DB_READ_ONE)
		error = send_commit(db);
	if (error)
		db_roll_back(db);
	db->begun = false;
	return error;
}

void db_roll_back(struct db *db)
{
	assert(!db->active);
	if (db->begun && !db->broken && db->mode != DB_READ_ONE &&
	    db_command(db, "ROLLBACK"))
		db->broken = true;
	if (db->broken)
		disconnect(db);
	db->begun = false;
	db->lost = ERR_OK;
}

bool db_in_transaction(struct db *db)
{
	unsigned status = 0;

	if (db->broken)
		return false;
	if (db->unanswered && mysql_ping(db->connection)) {
		(void)fail_connection(db, NULL);
		return false;
	}
	db->unanswered = false;
	return !mariadb_get_infov(
		   db->connection, MARIADB_CONNECTION_SERVER_STATUS, &status) &&
	       (status & SERVER_STATUS_IN_TRANS);
}

enum error db_savepoint(struct db *db)
{
	enum error error = db_ready(db);

	assert(db->begun);
	return error ? error : db_command(db, "SAVEPOINT act");
}

enum error db_roll_back_to_savepoint(struct db *db)
{
	enum error error = db_ready(db);

	assert(db->begun);
	return error ? error : db_command(db, "ROLLBACK TO SAVEPOINT act");
}

/* --- for klero migrate ---------------------------------------------------- */

enum error db_script_statement(struct db *db, const char *sql, size_t size)
{
	enum error error = db_ready(db);
	MYSQL_RES *rows;

	if (error)
		return error;
	db->unanswered = false;
	if (mysql_real_query(db->connection, sql, size))
		return fail_connection(db, NULL);
	rows = mysql_store_result(db->connection);
	if (!rows && mysql_field_count(db->connection) > 0)
		return fail_connection(db, NULL);
	mysql_free_result(rows);
	return ERR_OK;
}
