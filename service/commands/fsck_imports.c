/* fsck_imports.c -- files that were brought in are what the log says of them.
 */
#include "fsck.h"

enum { TOLD_MAX = 100 };

#define DIGEST                                                                 \
	"JSON_VALUE(CONVERT(e.bytes USING utf8mb4), '$.data.file_digest')"     \
	" COLLATE utf8mb4_nopad_bin"

static const struct db_statement select_wrong = {
	"SELECT e.subject, f.import IS NULL FROM log_entry e"
	" FORCE INDEX (by_kind) LEFT JOIN import_file f"
	" ON f.import = e.subject WHERE e.kind = 'import.staged'"
	" AND (f.import IS NULL OR SHA2(f.body, 256) <> " DIGEST ") LIMIT ?",
};

static const struct db_statement select_unknown = {
	"SELECT f.import FROM import_file f WHERE NOT EXISTS"
	" (SELECT 1 FROM log_entry e WHERE e.subject = f.import"
	" AND e.kind = 'import.staged') LIMIT ?",
};

enum error fsck_imports(struct fsck *fsck)
{
	const char *id;
	uint64_t gone;
	enum error error;

	if (fsck->replay.holes)
		return ERR_OK;
	db_use(fsck->db, &fsck->arena);
	db_query(fsck->db, &select_wrong, DB_IN(db_u64(TOLD_MAX)),
	    DB_OUT(db_to_text(&id), db_to_u64(&gone)));
	while (db_next(fsck->db))
		fsck_tell(&fsck->report, gone ? FSCK_MISSING : FSCK_DIFFERS,
		    "import_file", id, gone ? "-" : "body");
	error = db_finish(fsck->db);
	if (error)
		return error;
	db_query(fsck->db, &select_unknown, DB_IN(db_u64(TOLD_MAX)),
	    DB_OUT(db_to_text(&id)));
	while (db_next(fsck->db))
		fsck_tell(&fsck->report, FSCK_UNKNOWN, "import_file", id, "-");
	return db_finish(fsck->db);
}
