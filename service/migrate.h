/* migrate.h -- the schema as files of SQL, and how far a database has come. */
#ifndef MIGRATE_H
#define MIGRATE_H

#include "db.h"
#include "kl_hash.h"

enum {
	MIGRATIONS_MAX = 999,
	MIGRATION_NAME_MAX = 60,      /* of NNNN_name.sql, in bytes */
	MIGRATION_SIZE_MAX = 1 << 20, /* of a file, in bytes */
	MIGRATION_STEPS_MAX = 1000,   /* statements of a file */
};

/* One statement, without its semicolon. Borrows from the file's text. */
struct migration_step {
	const char *sql;
	size_t size;
	unsigned line; /* where it begins; the first is 1 */
};

struct migration {
	char name[MIGRATION_NAME_MAX + 1];
	struct kl_hash sha256; /* of the file */
	struct migration_step *steps;
	size_t step_count;
};

/* Version n is list[n - 1]. All zero is valid and empty. */
struct migrations {
	struct arena arena;
	struct migration *list;
	size_t count;
};

/*
 * Split the text of a file into its statements, which live in `arena` and
 * borrow from `text`. Quotes and comments are understood, DELIMITER is not.
 * False with `*complaint` and `*line`: no statement at all, one without its
 * semicolon, an empty one, an open quote or comment, a NUL, more than
 * MIGRATION_STEPS_MAX, or a statement that cannot be a step because it is
 * about the session or the transaction (migrations/README.md).
 */
bool migration_split(struct arena *arena, const char *text, size_t size,
    struct migration *to, const char **complaint, unsigned *line) MUST_CHECK;

/*
 * Read NNNN_name.sql of `folder`: 0001 and on without a gap; other files but
 * those named *.sql are passed over. What is wrong is explained on stderr.
 * Cleared by migrations_clear() in either case.
 */
bool migrations_read(
    struct migrations *migrations, const char *folder) MUST_CHECK;
void migrations_clear(struct migrations *migrations);

/* The hash of the first `count` steps: what a file half applied stands for. */
struct kl_hash migration_prefix(
    const struct migration *migration, size_t count);

/*
 * Is the schema exactly the one of file `version`, whose hash is `sha256` as
 * 64 hex digits (schema_version.h), and wholly applied? Needs SELECT on
 * schema_migration. If not, the diary tells what is there; also if it cannot
 * be read.
 */
bool migrate_at_head(
    struct db *db, unsigned version, const char *sha256) MUST_CHECK;

#endif
