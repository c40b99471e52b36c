/* fsck_cosigned.c -- cosignatures: each of a checkpoint that is there. */
#include "fsck.h"

#include <inttypes.h>
#include <string.h>

enum { CHUNK = 1000, KEY_SIZE = 24 + KL_PUBLIC_KEY_HEX };

static const struct db_statement select_lines = {
	"SELECT c.size, c.witness, c.cosigned_at, c.line, COALESCE(s.note, '')"
	" FROM log_cosignature c LEFT JOIN log_checkpoint s ON s.size = c.size"
	" WHERE c.size > ? OR (c.size = ? AND c.witness > ?)"
	" ORDER BY c.size, c.witness LIMIT ?",
};

struct row {
	uint64_t size;
	struct kl_public_key witness;
	int64_t at;
	struct db_blob line, note; /* the checkpoint's; empty: there is none */
};

static void tell(struct fsck *fsck, enum fsck_code code, const struct row *row,
    const char *member)
{
	char key[KEY_SIZE], hex[KL_PUBLIC_KEY_HEX];

	kl_public_key_hex(&row->witness, hex);
	snprintf(key, sizeof(key), "%" PRIu64 "/%s", row->size, hex);
	fsck_tell(&fsck->report, code, "log_cosignature", key, member);
}

/* The note that the line would be under: by the key of the row, and the name
 * that the line says. */
static enum kl_result verify(const struct kl_buf *bytes, const struct row *row,
    struct kl_note_verdict *verdict)
{
	const struct kl_note_line *last;
	struct kl_note_key key;
	struct kl_note note;
	enum kl_result result =
	    kl_note_read((const char *)bytes->data, bytes->size, &note);

	if (result)
		return result;
	last = &note.lines[note.count - 1];
	result = kl_note_key_make(&key, last->name, last->name_size,
	    KL_KEY_COSIGNATURE, &row->witness);
	return result ? result : kl_note_verify(&note, &key, 1, verdict);
}

static void check(struct fsck *fsck, const struct row *row)
{
	struct kl_buf bytes = KL_BUF(KL_NOTE_SIZE_MAX);
	struct kl_note_verdict verdict;
	struct kl_note note;

	if (row->note.size == 0) {
		tell(fsck, FSCK_UNKNOWN, row, "-");
		return;
	}
	/* One that is not a note has been told of as such. */
	if (kl_note_read((const char *)row->note.bytes, row->note.size, &note))
		return;
	kl_buf_add(&bytes, note.text, note.text_size);
	kl_buf_add_byte(&bytes, '\n');
	kl_buf_add(&bytes, row->line.bytes, row->line.size);
	if (verify(&bytes, row, &verdict))
		tell(fsck, FSCK_SIGNATURE, row, "line");
	else if ((int64_t)verdict.time != row->at)
		tell(fsck, FSCK_COLUMN, row, "cosigned_at");
	kl_buf_clear(&bytes);
}

enum error fsck_cosigned(struct fsck *fsck)
{
	struct row row = { 0 };
	size_t count = CHUNK;
	enum error error = ERR_OK;

	while (!error && count == CHUNK) {
		const uint64_t size = row.size;
		const struct kl_public_key witness = row.witness;

		count = 0;
		db_use(fsck->db, &fsck->arena);
		db_query(fsck->db, &select_lines,
		    DB_IN(db_u64(size), db_u64(size),
			db_bytes(witness.bytes, sizeof(witness.bytes)),
			db_u64(CHUNK)),
		    DB_OUT(db_to_u64(&row.size),
			db_to_bytes(
			    row.witness.bytes, sizeof(row.witness.bytes)),
			db_to_time(&row.at), db_to_blob(&row.line),
			db_to_blob(&row.note)));
		for (; db_next(fsck->db); count++)
			check(fsck, &row);
		error = db_finish(fsck->db);
		arena_clear(&fsck->arena);
	}
	return error;
}
