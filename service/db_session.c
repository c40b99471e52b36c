/* db_session.c -- what a session must be like, set and then read back. */
#include "db_private.h"

#include "diary.h"

#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* Snapshot isolation came with 10.11.8. */
	SERVER_VERSION_MIN = 101108,
	SESSION_SQL_MAX = 1024,
};

#define SQL_MODE                                                               \
	"STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,"                      \
	"ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,"                   \
	"ONLY_FULL_GROUP_BY"

/*
 * At this many the server ends a recursion with what it has found by then, and
 * only warns: as many as can be said. That one takes too long is an error.
 */
#define ITERATIONS_MAX "4294967295"

/*
 * The server gives up a statement in half the time we wait for its answer,
 * so that a slow one is an error and not a lost connection.
 */
static const char session[] =
    "SET SESSION sql_mode = '" SQL_MODE "', time_zone = '+00:00', "
    "tx_isolation = 'REPEATABLE-READ', tx_read_only = OFF, "
    "autocommit = ON, innodb_snapshot_isolation = ON, "
    "innodb_lock_wait_timeout = 1, lock_wait_timeout = 1, "
    "max_recursive_iterations = " ITERATIONS_MAX ", "
    "max_statement_time = %u.%u, idle_transaction_timeout = %u";

enum wanted { IS, IS_NOT_BELOW, HAS_EACH };

/* X(name, expression, what is asked of it, value) */
#define SETTINGS_WANTED(X)                                                     \
	X("innodb_flush_log_at_trx_commit",                                    \
	    "@@innodb_flush_log_at_trx_commit", IS, "1")                       \
	X("sync_binlog", "IF(@@log_bin, @@sync_binlog, 1)", IS, "1")           \
	X("innodb_doublewrite", "@@innodb_doublewrite + 0", IS, "1")           \
	X("secure_timestamp", "@@secure_timestamp", IS, "YES")                 \
	X("max_allowed_packet", "@@max_allowed_packet", IS_NOT_BELOW,          \
	    "67108864")                                                        \
	X("collation_database", "@@collation_database", IS,                    \
	    "utf8mb4_nopad_bin")                                               \
	X("character_set_client", "@@character_set_client", IS, "utf8mb4")     \
	X("character_set_results", "@@character_set_results", IS, "utf8mb4")   \
	X("sql_mode", "@@sql_mode", HAS_EACH, SQL_MODE)                        \
	X("time_zone", "@@time_zone", IS, "+00:00")                            \
	X("tx_isolation", "@@tx_isolation", IS, "REPEATABLE-READ")             \
	X("innodb_snapshot_isolation", "@@innodb_snapshot_isolation", IS, "1") \
	X("autocommit", "@@autocommit", IS, "1")                               \
	X("max_recursive_iterations", "@@max_recursive_iterations",            \
	    IS_NOT_BELOW, ITERATIONS_MAX)

struct setting {
	const char *name;
	enum wanted wanted;
	const char *value;
};

#define SETTING(name, expression, wanted, value) { name, wanted, value },
static const struct setting settings[] = { SETTINGS_WANTED(SETTING) };
#undef SETTING
enum { SETTINGS_COUNT = sizeof(settings) / sizeof(*settings) };

#define EXPRESSION(name, expression, wanted, value) expression ", "
static const char read_back[] =
    "SELECT " SETTINGS_WANTED(EXPRESSION) "@@read_only";
#undef EXPRESSION

static bool has(const char *list, const char *word, size_t size)
{
	while (*list) {
		size_t length = strcspn(list, ",");

		if (length == size && memcmp(list, word, size) == 0)
			return true;
		list += length;
		list += strspn(list, ",");
	}
	return false;
}

static bool has_each(const char *list, const char *words)
{
	while (*words) {
		size_t length = strcspn(words, ",");

		if (!has(list, words, length))
			return false;
		words += length;
		words += strspn(words, ",");
	}
	return true;
}

static bool satisfies(const struct setting *setting, const char *is)
{
	switch (setting->wanted) {
	case IS:
		return strcmp(is, setting->value) == 0;
	case IS_NOT_BELOW:
		return strtoull(is, NULL, 10) >=
		       strtoull(setting->value, NULL, 10);
	case HAS_EACH:
		return has_each(is, setting->value);
	}
	return false;
}

/* All of them are told, so that one look at the diary is enough. */
static bool check(struct db *db, MYSQL_ROW row)
{
	bool right = true;

	for (size_t i = 0; i < SETTINGS_COUNT; i++) {
		const char *is = row[i] ? row[i] : "(unknown)";

		if (satisfies(&settings[i], is))
			continue;
		diary_write("db_setting", "{s:s, s:s, s:s}", "name",
		    settings[i].name, "is", is, "wanted", settings[i].value);
		right = false;
	}
	db->read_only =
	    !row[SETTINGS_COUNT] || strcmp(row[SETTINGS_COUNT], "0") != 0;
	return right;
}

static bool check_version(MYSQL *connection)
{
	unsigned long version = mysql_get_server_version(connection);

	if (mariadb_connection(connection) && version >= SERVER_VERSION_MIN)
		return true;
	diary_write("db_setting", "{s:s, s:s, s:s}", "name", "version", "is",
	    mysql_get_server_info(connection), "wanted",
	    "MariaDB 10.11.8 or later");
	return false;
}

bool db_session_begin(struct db *db)
{
	const unsigned timeout_s = db->settings->timeout_s;
	char sql[SESSION_SQL_MAX];
	MYSQL_RES *rows;
	MYSQL_ROW row;
	bool right;

	if (!check_version(db->connection))
		return false;
	snprintf(sql, sizeof(sql), session, timeout_s / 2, timeout_s % 2 * 5,
	    timeout_s);
	if (db_command(db, sql) || db_command(db, read_back))
		return false;
	rows = mysql_store_result(db->connection);
	row = rows ? mysql_fetch_row(rows) : NULL;
	right = row && check(db, row);
	mysql_free_result(rows);
	return right;
}
