/* migrate.c -- klero migrate: bring a database to the newest schema. */
#include "migrate.h"

#include "command.h"
#include "version.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* A long ALTER is waited for; the lock of another run, for a while. */
enum { ANSWER_S_MAX = 3600, LOCK_WAIT_S = 60, APP_VERSION_MAX = 64 };

struct options {
	struct db_settings settings;
	const char *folder;
	bool check;
};

/* A line of the journal. */
struct record {
	uint64_t version, step, steps, finished;
	const char *name;
	struct kl_hash sha256;
};

/* How far the journal says the database has come. */
struct journal {
	struct record *records;
	size_t count;
};

static const char create_journal[] =
    "CREATE TABLE IF NOT EXISTS schema_migration ("
    "version SMALLINT UNSIGNED NOT NULL PRIMARY KEY,"
    "name VARCHAR(60) NOT NULL,"
    /* of the file; of the steps done so long as it is not finished */
    "sha256 BINARY(32) NOT NULL,"
    "step SMALLINT UNSIGNED NOT NULL," /* how many are done */
    "steps SMALLINT UNSIGNED NOT NULL,"
    "started_at DATETIME(6) NOT NULL,"
    "finished_at DATETIME(6),"
    "app_version VARCHAR(64) NOT NULL,"
    "CHECK (step <= steps)"
    ") ENGINE = InnoDB ROW_FORMAT = DYNAMIC "
    "DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin";

/* A schema change may take its time, and wait for readers. */
static const char patient[] =
    "SET SESSION max_statement_time = 0, idle_transaction_timeout = 0, "
    "lock_wait_timeout = 60, innodb_lock_wait_timeout = 60";

/* The name is at most 64 bytes, a schema's too. */
#define LOCK "CONCAT('klero_migrate_', MD5(DATABASE()))"
static const struct db_statement take_lock = {
	"SELECT COALESCE(GET_LOCK(" LOCK ", ?), 0)",
};
static const struct db_statement own_lock = {
	"SELECT COALESCE(IS_USED_LOCK(" LOCK ") = CONNECTION_ID(), 0)",
};
static const struct db_statement has_journal = {
	"SELECT COUNT(*) FROM information_schema.tables "
	"WHERE table_schema = DATABASE() AND table_name = 'schema_migration'",
};
static const struct db_statement list_records = {
	"SELECT version, name, sha256, step, steps, finished_at IS NOT NULL "
	"FROM schema_migration ORDER BY version LIMIT ?",
};
static const struct db_statement insert_record = {
	"INSERT INTO schema_migration (version, name, sha256, step, steps, "
	"started_at, app_version) VALUES (?, ?, ?, 0, ?, UTC_TIMESTAMP(6), ?)",
};
static const struct db_statement update_record = {
	"UPDATE schema_migration SET sha256 = ?, step = ?, steps = ?, "
	"app_version = ? WHERE version = ? AND finished_at IS NULL",
};
static const struct db_statement finish_record = {
	"UPDATE schema_migration SET sha256 = ?, finished_at = "
	"UTC_TIMESTAMP(6) WHERE version = ? AND step = steps "
	"AND finished_at IS NULL",
};

static int unusable(struct db *db)
{
	fprintf(stderr, "migrate: the database failed: %s\n", db_message(db));
	return COMMAND_UNUSABLE;
}

/* --- the journal against the files ---------------------------------------- */

static enum error read_journal(
    struct db *db, struct arena *arena, struct journal *journal)
{
	uint64_t there;
	struct record record;
	enum error error =
	    db_row(db, &has_journal, DB_NO_IN, DB_OUT(db_to_u64(&there)));

	journal->count = 0;
	if (error || !there)
		return error;
	journal->records = arena_alloc(
	    arena, (MIGRATIONS_MAX + 1) * sizeof(*journal->records));
	db_use(db, arena);
	db_query(db, &list_records, DB_IN(db_u64(MIGRATIONS_MAX + 1)),
	    DB_OUT(db_to_u64(&record.version), db_to_text(&record.name),
		db_to_bytes(&record.sha256, sizeof(record.sha256)),
		db_to_u64(&record.step), db_to_u64(&record.steps),
		db_to_u64(&record.finished)));
	while (db_next(db))
		journal->records[journal->count++] = record;
	return db_finish(db);
}

/* Why a database with this record cannot go on; NULL when it can. */
static const char *complaint_of(
    const struct migrations *files, const struct journal *journal, size_t i)
{
	const struct record *record = &journal->records[i];
	const struct migration *file = &files->list[i];
	struct kl_hash hash;

	if (record->version != i + 1)
		return "the journal has a gap before it";
	if (i >= files->count)
		return "the database is newer than these files";
	if (strcmp(record->name, file->name) != 0)
		return "it was applied under another name";
	if (!record->finished && i + 1 < journal->count)
		return "later files were applied before it was finished";
	if (!record->finished && record->step > file->step_count)
		return "what was applied of it is missing now";
	hash = record->finished ? file->sha256
				: migration_prefix(file, record->step);
	if (!kl_hash_equal(&hash, &record->sha256))
		return "it was edited after it was applied";
	return NULL;
}

static bool agree(const struct migrations *files, const struct journal *journal)
{
	for (size_t i = 0; i < journal->count; i++) {
		const char *complaint = complaint_of(files, journal, i);

		if (!complaint)
			continue;
		fprintf(stderr, "migrate: %s: %s\n", journal->records[i].name,
		    complaint);
		return false;
	}
	return true;
}

static bool at_head(
    const struct migrations *files, const struct journal *journal)
{
	return journal->count == files->count &&
	       journal->records[journal->count - 1].finished;
}

/* --- applying ------------------------------------------------------------- */

static struct db_in app_version(void)
{
	size_t size = strlen(VERSION);

	return (struct db_in){ DB_IN_TEXT, 0, VERSION,
		size < APP_VERSION_MAX ? size : APP_VERSION_MAX };
}

/* The connection may have been replaced, and the lock is gone with it. */
static enum error begin_locked(struct db *db)
{
	uint64_t ours = 0;
	enum error error = db_begin(db, DB_WRITE);

	if (!error)
		error =
		    db_row(db, &own_lock, DB_NO_IN, DB_OUT(db_to_u64(&ours)));
	if (!error && !ours)
		error = ERR_BUSY;
	if (error)
		db_roll_back(db);
	return error;
}

static enum error change_one(struct db *db,
    const struct db_statement *statement, const struct db_in *in, size_t count)
{
	uint64_t affected;
	enum error error = db_exec(db, statement, in, count, &affected);

	if (!error && affected != 1)
		return ERR_STATE;
	return error;
}

static enum error note_step(
    struct db *db, const struct migration *file, size_t version, size_t done)
{
	struct kl_hash hash = migration_prefix(file, done);

	return change_one(db, &update_record,
	    DB_IN(db_bytes(&hash, sizeof(hash)), db_u64(done),
		db_u64(file->step_count), app_version(), db_u64(version)));
}

/*
 * Rows that the step changes and its line in the journal are one transaction.
 * A change of schema commits by itself, before that line: killed in between,
 * the step is run again (migrations/README.md).
 */
static enum error apply_step(
    struct db *db, const struct migration *file, size_t version, size_t i)
{
	const struct migration_step *step = &file->steps[i];
	enum error error = begin_locked(db);

	if (error)
		return error;
	error = db_script_statement(db, step->sql, step->size);
	if (error)
		fprintf(stderr, "migrate: %s:%u: %s\n", file->name, step->line,
		    db_message(db));
	if (!error)
		error = note_step(db, file, version, i + 1);
	if (!error)
		return db_commit(db);
	db_roll_back(db);
	return error;
}

static enum error begin_file(
    struct db *db, const struct migration *file, size_t version)
{
	struct kl_hash hash = migration_prefix(file, 0);
	enum error error = begin_locked(db);

	if (error)
		return error;
	error = db_exec(db, &insert_record,
	    DB_IN(db_u64(version), db_text(file->name),
		db_bytes(&hash, sizeof(hash)), db_u64(file->step_count),
		app_version()),
	    NULL);
	if (!error)
		return db_commit(db);
	db_roll_back(db);
	return error;
}

static enum error finish_file(
    struct db *db, const struct migration *file, size_t version)
{
	enum error error = begin_locked(db);

	if (error)
		return error;
	error = note_step(db, file, version, file->step_count);
	if (!error)
		error = change_one(db, &finish_record,
		    DB_IN(db_bytes(&file->sha256, sizeof(file->sha256)),
			db_u64(version)));
	if (!error)
		return db_commit(db);
	db_roll_back(db);
	return error;
}

static enum error apply_file(struct db *db, const struct migration *file,
    size_t version, const struct record *record)
{
	size_t done = record ? record->step : 0;
	enum error error = ERR_OK;

	printf(
	    "%s: steps %zu to %zu\n", file->name, done + 1, file->step_count);
	if (!record)
		error = begin_file(db, file, version);
	for (size_t i = done; i < file->step_count && !error; i++)
		error = apply_step(db, file, version, i);
	return error ? error : finish_file(db, file, version);
}

static enum error apply(struct db *db, const struct migrations *files,
    const struct journal *journal)
{
	enum error error = ERR_OK;

	for (size_t i = 0; i < files->count && !error; i++) {
		const struct record *record =
		    i < journal->count ? &journal->records[i] : NULL;

		if (!record || !record->finished)
			error = apply_file(db, &files->list[i], i + 1, record);
	}
	if (error)
		fprintf(stderr, "migrate: not finished: %s\n", db_message(db));
	return error;
}

/* --- the command ---------------------------------------------------------- */

static int check(struct db *db, const struct migrations *files)
{
	struct arena arena = { 0 };
	struct journal journal = { 0 };
	int status = COMMAND_REFUSED;

	if (db_begin(db, DB_READ) || read_journal(db, &arena, &journal))
		status = unusable(db);
	else if (!agree(files, &journal))
		status = COMMAND_REFUSED;
	else if (at_head(files, &journal))
		status = COMMAND_DONE;
	else
		fprintf(stderr, "migrate: behind: %zu of %zu files\n",
		    journal.count, files->count);
	db_roll_back(db);
	arena_clear(&arena);
	return status;
}

static int migrate_locked(struct db *db, const struct migrations *files)
{
	struct arena arena = { 0 };
	struct journal journal = { 0 };
	int status = COMMAND_DONE;

	if (db_script_statement(
		db, create_journal, sizeof(create_journal) - 1) ||
	    read_journal(db, &arena, &journal))
		status = unusable(db);
	else if (!agree(files, &journal))
		status = COMMAND_REFUSED;
	else if (apply(db, files, &journal))
		status = COMMAND_REFUSED;
	arena_clear(&arena);
	return status;
}

static int migrate(struct db *db, const struct migrations *files)
{
	uint64_t ours = 0;

	if (db_script_statement(db, patient, sizeof(patient) - 1) ||
	    db_row(db, &take_lock, DB_IN(db_u64(LOCK_WAIT_S)),
		DB_OUT(db_to_u64(&ours))))
		return unusable(db);
	if (ours)
		return migrate_locked(db, files);
	fprintf(stderr, "migrate: another run has held the lock for %d s\n",
	    LOCK_WAIT_S);
	return COMMAND_REFUSED;
}

static int run_with(const struct options *options)
{
	struct migrations files;
	struct db *db = NULL;
	int status = COMMAND_UNUSABLE;

	if (migrations_read(&files, options->folder))
		db = db_open(&options->settings);
	if (db)
		status =
		    options->check ? check(db, &files) : migrate(db, &files);
	db_close(db);
	migrations_clear(&files);
	return status;
}

static bool read_options(int argc, char *argv[], struct options *options)
{
	static const struct option names[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "name", required_argument, NULL, 'n' },
		{ "user", required_argument, NULL, 'u' },
		{ "dir", required_argument, NULL, 'd' },
		{ "check", no_argument, NULL, 'c' },
		{ 0 },
	};
	struct db_settings *settings = &options->settings;
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (option == 's')
			settings->socket = optarg;
		else if (option == 'n')
			settings->name = optarg;
		else if (option == 'u')
			settings->user = optarg;
		else if (option == 'd')
			options->folder = optarg;
		else if (option == 'c')
			options->check = true;
		else
			return false;
	}
	return optind == argc && settings->socket && settings->name &&
	       settings->user;
}

static int run(int argc, char *argv[])
{
	struct options options = {
		.settings = { .timeout_s = ANSWER_S_MAX },
		.folder = "migrations",
	};

	if (read_options(argc, argv, &options))
		return run_with(&options);
	fprintf(stderr,
	    "usage: klero migrate --socket PATH --name SCHEMA --user ACCOUNT\n"
	    "                     [--dir FOLDER] [--check]\n");
	return COMMAND_UNUSABLE;
}

const struct command migrate_command = {
	"migrate",
	"bring a database to the newest schema, or --check it",
	run,
};
