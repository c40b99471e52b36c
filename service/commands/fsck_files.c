/* fsck_files.c -- files of evidence have the bytes that the log says. */
#include "files.h"
#include "fsck.h"
#include "upload.h"

#include <string.h>

enum { FILES_AT_ONCE = 100 };

struct stored {
	const char *id, *sha256;
	uint64_t size;
};

/* As the log tells of them: a row that differs is another finding. */
#define TOLD(member)                                                           \
	"JSON_VALUE(CONVERT(e.bytes USING utf8mb4), '$.data." member "')"
static const struct db_statement select_files = {
	"SELECT e.idx, e.subject, " TOLD("sha256") ", CAST(" TOLD(
	    "size") " AS UNSIGNED) FROM log_entry e FORCE INDEX (by_kind) "
		    "WHERE e.kind = 'file.stored' AND e.idx >= ? "
		    "ORDER BY e.idx LIMIT 100",
};
static const struct db_statement select_part = {
	"SELECT bytes FROM file_part WHERE file = ? AND number = ?",
};
static const struct db_statement count_parts = {
	"SELECT COUNT(*) FROM file_part WHERE file = ?",
};

static uint64_t parts_of(uint64_t size)
{
	return (size + UPLOAD_PART - 1) / UPLOAD_PART;
}

/* One part after another: a file may be larger than what we hold. */
static enum error hash_parts(struct fsck *fsck, const struct stored *file,
    struct kl_hash *hash, uint64_t *size)
{
	struct arena arena = { 0 };
	struct kl_hasher hasher;
	struct db_blob part;
	enum error error = ERR_OK;

	*size = 0;
	kl_hasher_init(&hasher);
	for (uint64_t i = 0; i < parts_of(file->size) && !error; i++) {
		db_use(fsck->db, &arena);
		error = db_row(fsck->db, &select_part,
		    DB_IN(db_text(file->id), db_u64(i)),
		    DB_OUT(db_to_blob(&part)));
		if (!error) {
			kl_hasher_add(&hasher, part.bytes, part.size);
			*size += part.size;
		}
		arena_clear(&arena);
	}
	db_use(fsck->db, &fsck->arena);
	*hash = kl_hasher_end(&hasher);
	return error;
}

static enum error check_file(struct fsck *fsck, const struct stored *file)
{
	struct kl_hash hash;
	char hex[KL_HASH_HEX];
	uint64_t count, size;
	enum error error = hash_parts(fsck, file, &hash, &size);

	if (error == ERR_NOT_FOUND) {
		fsck_tell(
		    &fsck->report, FSCK_MISSING, "file_part", file->id, "-");
		return ERR_OK;
	}
	if (error)
		return error;
	kl_hash_hex(&hash, hex);
	if (size != file->size || strcmp(hex, file->sha256) != 0)
		fsck_tell(&fsck->report, FSCK_DIFFERS, "file_part", file->id,
		    "bytes");
	error = db_row(fsck->db, &count_parts, DB_IN(db_text(file->id)),
	    DB_OUT(db_to_u64(&count)));
	if (!error && count > parts_of(file->size))
		fsck_tell(
		    &fsck->report, FSCK_UNKNOWN, "file_part", file->id, "-");
	return error;
}

/* What became no file is no finding: it is swept. */
enum error fsck_files(struct fsck *fsck)
{
	struct stored files[FILES_AT_ONCE], next;
	size_t count = FILES_AT_ONCE;
	uint64_t index = 0, from = 0;
	enum error error = ERR_OK;

	if (fsck->replay.holes)
		return ERR_OK;
	while (!error && count == FILES_AT_ONCE) {
		db_use(fsck->db, &fsck->arena);
		db_query(fsck->db, &select_files, DB_IN(db_u64(from)),
		    DB_OUT(db_to_u64(&index), db_to_text(&next.id),
			db_to_text(&next.sha256), db_to_u64(&next.size)));
		for (count = 0; count < FILES_AT_ONCE && db_next(fsck->db);
		     count++)
			files[count] = next;
		error = db_finish(fsck->db);
		for (size_t i = 0; i < count && !error; i++)
			error = check_file(fsck, &files[i]);
		from = index + 1;
		arena_clear(&fsck->arena);
	}
	return error;
}
