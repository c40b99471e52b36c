/* fsck_schema.c -- the journal of migrations against those we know. */
#include "fsck.h"

#include "schema_version.h"

#include <inttypes.h>
#include <string.h>

enum { KEY_SIZE = 24 };

static const struct db_statement select_journal = {
	"SELECT version, name, LOWER(HEX(sha256)), step, steps,"
	" finished_at IS NOT NULL FROM schema_migration ORDER BY version",
};

static const struct {
	const char *name, *sha256;
} files[] = {
#define SCHEMA_FILE(name, sha256) { name, sha256 },
	SCHEMA_FILES(SCHEMA_FILE)
#undef SCHEMA_FILE
};

struct row {
	uint64_t version, step, steps, finished;
	const char *name, *sha256;
};

static void tell(struct fsck *fsck, enum fsck_code code, uint64_t version,
    const char *member)
{
	char key[KEY_SIZE];

	snprintf(key, sizeof(key), "%" PRIu64, version);
	fsck_tell(&fsck->report, code, "schema_migration", key, member);
}

static void check(struct fsck *fsck, const struct row *row)
{
	uint64_t version = row->version;

	if (version < 1 || version > SCHEMA_VERSION) {
		tell(fsck, FSCK_UNKNOWN, version, "-");
		return;
	}
	if (strcmp(row->name, files[version - 1].name) != 0)
		tell(fsck, FSCK_DIFFERS, version, "name");
	if (strcmp(row->sha256, files[version - 1].sha256) != 0)
		tell(fsck, FSCK_DIFFERS, version, "sha256");
	if (row->step != row->steps)
		tell(fsck, FSCK_DIFFERS, version, "step");
	if (!row->finished)
		tell(fsck, FSCK_DIFFERS, version, "finished_at");
}

enum error fsck_schema(struct fsck *fsck)
{
	uint64_t next = 1;
	struct row row;

	db_use(fsck->db, &fsck->arena);
	db_query(fsck->db, &select_journal, DB_NO_IN,
	    DB_OUT(db_to_u64(&row.version), db_to_text(&row.name),
		db_to_text(&row.sha256), db_to_u64(&row.step),
		db_to_u64(&row.steps), db_to_u64(&row.finished)));
	while (db_next(fsck->db)) {
		for (; next < row.version && next <= SCHEMA_VERSION; next++)
			tell(fsck, FSCK_MISSING, next, "-");
		check(fsck, &row);
		next = row.version + 1;
	}
	for (; next <= SCHEMA_VERSION; next++)
		tell(fsck, FSCK_MISSING, next, "-");
	return db_finish(fsck->db);
}
