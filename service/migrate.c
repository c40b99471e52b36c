/* migrate.c -- reading migrations, and asking how far a database has come. */
#include "migrate.h"

#include "diary.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- statements ----------------------------------------------------------- */

struct scanner {
	const char *at, *end;
	unsigned line;
	const char *complaint;
};

static void advance(struct scanner *scanner)
{
	if (*scanner->at == '\n')
		scanner->line++;
	scanner->at++;
}

static bool sees(const struct scanner *scanner, const char *text)
{
	size_t size = strlen(text);

	return (size_t)(scanner->end - scanner->at) >= size &&
	       memcmp(scanner->at, text, size) == 0;
}

static void skip_line(struct scanner *scanner)
{
	while (scanner->at < scanner->end && *scanner->at != '\n')
		advance(scanner);
}

static void skip_block(struct scanner *scanner)
{
	scanner->at += 2;
	while (scanner->at < scanner->end && !sees(scanner, "*/"))
		advance(scanner);
	if (scanner->at < scanner->end)
		scanner->at += 2;
	else
		scanner->complaint = "a comment that does not end";
}

/* As MariaDB reads it: "--" opens a comment only before white space. */
static bool skip_comment(struct scanner *scanner)
{
	bool dashes =
	    sees(scanner, "--") && (scanner->end - scanner->at == 2 ||
				       isspace((unsigned char)scanner->at[2]));

	if (dashes || sees(scanner, "#"))
		skip_line(scanner);
	else if (sees(scanner, "/*"))
		skip_block(scanner);
	else
		return false;
	return true;
}

/* A doubled quote reads as two quoted texts side by side: the same end. */
static void skip_quoted(struct scanner *scanner)
{
	const char quote = *scanner->at;

	advance(scanner);
	while (scanner->at < scanner->end && *scanner->at != quote) {
		if (*scanner->at == '\\' && quote != '`' &&
		    scanner->end - scanner->at > 1)
			advance(scanner);
		advance(scanner);
	}
	if (scanner->at < scanner->end)
		advance(scanner);
	else
		scanner->complaint = "a quote that does not end";
}

static void skip_blank(struct scanner *scanner)
{
	while (scanner->at < scanner->end && !scanner->complaint) {
		if (isspace((unsigned char)*scanner->at))
			advance(scanner);
		else if (!skip_comment(scanner))
			return;
	}
}

static void skip_statement(struct scanner *scanner)
{
	while (scanner->at < scanner->end && !scanner->complaint &&
	       *scanner->at != ';') {
		if (strchr("'\"`", *scanner->at))
			skip_quoted(scanner);
		else if (!skip_comment(scanner))
			advance(scanner);
	}
}

/*
 * A file taken up again in the middle has a new session, and each step is a
 * transaction together with its line in the journal.
 */
static bool is_step(const struct migration_step *step)
{
	static const char *const words[] = { "BEGIN", "COMMIT", "DELIMITER",
		"FLUSH", "LOCK", "RELEASE", "ROLLBACK", "SAVEPOINT", "SET",
		"START", "UNLOCK", "USE", "XA" };
	size_t size = 0;

	while (size < step->size && isalpha((unsigned char)step->sql[size]))
		size++;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strlen(words[i]) == size &&
		    strncasecmp(words[i], step->sql, size) == 0)
			return false;
	return true;
}

static void add_step(struct scanner *scanner, struct migration *to)
{
	struct migration_step *step = &to->steps[to->step_count];

	if (to->step_count == MIGRATION_STEPS_MAX) {
		scanner->complaint = "more statements than a file may have";
		return;
	}
	step->line = scanner->line;
	step->sql = scanner->at;
	skip_statement(scanner);
	step->size = (size_t)(scanner->at - step->sql);
	if (scanner->complaint)
		return;
	if (scanner->at == scanner->end)
		scanner->complaint = "a statement without its semicolon";
	else if (step->size == 0)
		scanner->complaint = "an empty statement";
	else if (!is_step(step))
		scanner->complaint = "a statement that cannot be a step";
	else
		advance(scanner);
	if (!scanner->complaint)
		to->step_count++;
	else
		scanner->line = step->line;
}

bool migration_split(struct arena *arena, const char *text, size_t size,
    struct migration *to, const char **complaint, unsigned *line)
{
	struct scanner scanner = { text, text + size, 1, NULL };

	to->step_count = 0;
	to->steps =
	    arena_alloc(arena, MIGRATION_STEPS_MAX * sizeof(*to->steps));
	if (memchr(text, '\0', size))
		scanner.complaint = "a NUL";
	skip_blank(&scanner);
	while (scanner.at < scanner.end && !scanner.complaint) {
		add_step(&scanner, to);
		skip_blank(&scanner);
	}
	if (!scanner.complaint && to->step_count == 0)
		scanner.complaint = "no statement";
	if (!scanner.complaint)
		return true;
	*complaint = scanner.complaint;
	*line = scanner.line;
	return false;
}

struct kl_hash migration_prefix(const struct migration *migration, size_t count)
{
	struct kl_hasher hasher;

	kl_hasher_init(&hasher);
	for (size_t i = 0; i < count; i++) {
		kl_hasher_add(
		    &hasher, migration->steps[i].sql, migration->steps[i].size);
		kl_hasher_add_text(&hasher, ";\n");
	}
	return kl_hasher_end(&hasher);
}

/* --- files ---------------------------------------------------------------- */

static bool ends_with(const char *name, const char *end)
{
	size_t size = strlen(name), end_size = strlen(end);

	return size >= end_size && strcmp(name + size - end_size, end) == 0;
}

static int is_sql(const struct dirent *entry)
{
	return ends_with(entry->d_name, ".sql");
}

/* NNNN_name.sql; 0 is no version. */
static unsigned version_of(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	unsigned version = 0;

	if (strlen(name) > MIGRATION_NAME_MAX)
		return 0;
	for (int i = 0; i < 4; i++) {
		if (name[i] < '0' || name[i] > '9')
			return 0;
		version = version * 10 + (unsigned)(name[i] - '0');
	}
	if (name[4] != '_' || name[5 + strspn(name + 5, letters)] != '.' ||
	    strspn(name + 5, letters) + 5 + strlen(".sql") != strlen(name))
		return 0;
	return version <= MIGRATIONS_MAX ? version : 0;
}

/* The whole file, or NULL with errno. */
static char *read_file(
    struct arena *arena, int folder, const char *name, size_t *size)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
	FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
	struct stat stat;
	char *text = NULL;

	if (!file)
		return NULL;
	if (fstat(fd, &stat) == 0 && stat.st_size <= MIGRATION_SIZE_MAX) {
		text = arena_alloc(arena, (size_t)stat.st_size + 1);
		*size = fread(text, 1, (size_t)stat.st_size, file);
		if (ferror(file))
			text = NULL;
	} else {
		errno = EFBIG;
	}
	fclose(file);
	return text;
}

static bool read_one(
    struct migrations *migrations, int folder, const char *name)
{
	struct migration *migration = &migrations->list[migrations->count];
	const char *complaint;
	unsigned line;
	size_t size;
	char *text;

	if (migrations->count == MIGRATIONS_MAX ||
	    version_of(name) != migrations->count + 1) {
		fprintf(stderr,
		    "%s: expected NNNN_name.sql with %04zu: no gap, nothing "
		    "twice\n",
		    name, migrations->count + 1);
		return false;
	}
	text = read_file(&migrations->arena, folder, name, &size);
	if (!text) {
		fprintf(stderr, "%s: %s\n", name, strerror(errno));
		return false;
	}
	if (!migration_split(
		&migrations->arena, text, size, migration, &complaint, &line)) {
		fprintf(stderr, "%s:%u: %s\n", name, line, complaint);
		return false;
	}
	memcpy(migration->name, name, strlen(name) + 1);
	migration->sha256 = kl_hash_of(text, size);
	migrations->count++;
	return true;
}

bool migrations_read(struct migrations *migrations, const char *folder)
{
	struct dirent **entries;
	bool good = true;
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int count = scandir(folder, &entries, is_sql, alphasort);

	memset(migrations, 0, sizeof(*migrations));
	if (fd < 0 || count < 0) {
		fprintf(stderr, "%s: %s\n", folder, strerror(errno));
		count = 0;
		good = false;
	}
	migrations->list = arena_alloc(
	    &migrations->arena, MIGRATIONS_MAX * sizeof(*migrations->list));
	for (int i = 0; i < count; i++) {
		good = good && read_one(migrations, fd, entries[i]->d_name);
		free(entries[i]);
	}
	if (count > 0)
		free(entries);
	if (fd >= 0)
		close(fd);
	if (good && migrations->count == 0) {
		fprintf(stderr, "%s: no migrations\n", folder);
		good = false;
	}
	return good;
}

void migrations_clear(struct migrations *migrations)
{
	arena_clear(&migrations->arena);
	memset(migrations, 0, sizeof(*migrations));
}

/* --- the database --------------------------------------------------------- */

static const struct db_statement select_last = {
	"SELECT version, sha256, finished_at IS NOT NULL FROM schema_migration "
	"ORDER BY version DESC LIMIT 1",
};

bool migrate_at_head(struct db *db, unsigned version, const char *sha256)
{
	uint64_t is = 0, finished = 0;
	struct kl_hash hash;
	char hex[KL_HASH_HEX] = "";
	enum error error = db_begin(db, DB_READ);

	if (!error)
		error = db_row(db, &select_last, DB_NO_IN,
		    DB_OUT(db_to_u64(&is), db_to_bytes(&hash, sizeof(hash)),
			db_to_u64(&finished)));
	db_roll_back(db);
	if (!error)
		kl_hash_hex(&hash, hex);
	if (!error && finished && is == version && strcmp(hex, sha256) == 0)
		return true;
	diary_write("schema", "{s:i, s:b, s:s, s:i, s:s}", "is", (int)is,
	    "finished", finished != 0, "sha256", hex, "wanted", (int)version,
	    "wanted_sha256", sha256);
	return false;
}
