/* fsck_texts.c -- texts that are too large for a leaf, and stray secrets. */
#include "fsck.h"

#include "kl_seed.h"

#include <inttypes.h>
#include <string.h>

/* Texts have up to 16 MB. */
enum { CHUNK = 8, TOLD_MAX = 100, KEY_SIZE = 64 };

static const struct db_statement select_texts = {
	"SELECT sha256, event_index, bytes FROM log_text"
	" WHERE sha256 > ? ORDER BY sha256 LIMIT ?",
};

static const struct db_statement select_first = {
	"SELECT event_index FROM log_text WHERE sha256 = ?",
};

/* The index has all that is asked for. */
static const struct db_statement select_stray = {
	"SELECT event_index, part FROM event_private FORCE INDEX (by_opener)"
	" WHERE event_index >= ? OR part NOT IN ('event', 'members') LIMIT ?",
};

struct text {
	struct kl_hash sha256;
	uint64_t event_index;
	struct db_blob bytes;
};

/* --- texts ---------------------------------------------------------------- */

static void tell(struct fsck *fsck, enum fsck_code code,
    const struct kl_hash *sha256, const char *member)
{
	char hex[KL_HASH_HEX];

	kl_hash_hex(sha256, hex);
	fsck_tell(&fsck->report, code, "log_text", hex, member);
}

/* Does the entry name the pulse that its beacon.txt rests on? */
static bool names_pulse(
    const struct kl_leaf *leaf, const struct kl_hash *sha256)
{
	const json_t *text = json_object_get(leaf->data, "text");
	struct kl_beacon beacon;

	return strcmp(leaf->kind, "draw.beacon") == 0 && text &&
	       !kl_beacon_read(&beacon, json_string_value(text),
		   json_string_length(text), NULL) &&
	       beacon.kind == KL_BEACON_NIST &&
	       kl_hash_equal(&beacon.pulse, sha256);
}

/* Does the entry name this text by its digest? */
static enum error names(struct fsck *fsck, uint64_t index,
    const struct kl_hash *sha256, bool *named)
{
	json_auto_t *value = NULL;
	char hex[KL_HASH_HEX];
	struct kl_leaf leaf;
	const char *digest = NULL;
	enum error error = fsck_event_at(fsck, index, &value, &leaf);

	kl_hash_hex(sha256, hex);
	if (!error)
		digest =
		    json_string_value(json_object_get(leaf.data, "digest"));
	*named = digest ? strcmp(digest, hex) == 0
			: !error && names_pulse(&leaf, sha256);
	return error == ERR_NOT_FOUND ? ERR_OK : error;
}

static enum error check_text(struct fsck *fsck, const struct text *text)
{
	struct kl_hash hash = kl_hash_of(text->bytes.bytes, text->bytes.size);
	bool named = false;
	enum error error =
	    names(fsck, text->event_index, &text->sha256, &named);

	if (error)
		return error;
	if (!kl_hash_equal(&hash, &text->sha256))
		tell(fsck, FSCK_DIGEST, &text->sha256, "bytes");
	if (!named &&
	    !fsck_is_marked(fsck->marks, FSCK_HOLE, text->event_index))
		tell(fsck, FSCK_DIFFERS, &text->sha256, "event_index");
	return ERR_OK;
}

enum error fsck_text_of(
    struct fsck *fsck, uint64_t index, const struct kl_hash *sha256)
{
	uint64_t first = 0;
	bool named = false;
	enum error error = db_row(fsck->db, &select_first,
	    DB_IN(db_bytes(sha256->bytes, KL_HASH_SIZE)),
	    DB_OUT(db_to_u64(&first)));

	if (error == ERR_NOT_FOUND)
		tell(fsck, FSCK_MISSING, sha256, "-");
	if (error || first <= index)
		return error == ERR_NOT_FOUND ? ERR_OK : error;
	/* If that one does not name it either, check_text() tells. */
	error = names(fsck, first, sha256, &named);
	if (!error && named)
		tell(fsck, FSCK_DIFFERS, sha256, "event_index");
	return error;
}

enum error fsck_texts(struct fsck *fsck)
{
	struct text texts[CHUNK], row = { 0 };
	struct kl_hash last = { { 0 } };
	size_t count = CHUNK;
	enum error error = ERR_OK;

	while (!error && count == CHUNK) {
		count = 0;
		db_use(fsck->db, &fsck->arena);
		db_query(fsck->db, &select_texts,
		    DB_IN(db_bytes(last.bytes, KL_HASH_SIZE), db_u64(CHUNK)),
		    DB_OUT(db_to_bytes(row.sha256.bytes, KL_HASH_SIZE),
			db_to_u64(&row.event_index), db_to_blob(&row.bytes)));
		while (db_next(fsck->db) && count < CHUNK)
			texts[count++] = row;
		error = db_finish(fsck->db);
		for (size_t i = 0; !error && i < count; i++)
			error = check_text(fsck, &texts[i]);
		last = row.sha256;
		arena_clear(&fsck->arena);
	}
	return error;
}

/* --- what no entry asks for ----------------------------------------------- */

enum error fsck_private(struct fsck *fsck)
{
	const char *part;
	uint64_t index;

	db_use(fsck->db, &fsck->arena);
	db_query(fsck->db, &select_stray,
	    DB_IN(db_u64(fsck->size), db_u64(TOLD_MAX)),
	    DB_OUT(db_to_u64(&index), db_to_text(&part)));
	while (db_next(fsck->db)) {
		char key[KEY_SIZE];

		snprintf(key, sizeof(key), "%" PRIu64 "/%s", index, part);
		fsck_tell(
		    &fsck->report, FSCK_UNKNOWN, "event_private", key, "-");
	}
	return db_finish(fsck->db);
}
