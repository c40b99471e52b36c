/* fsck_signed.c -- checkpoints, the high-water file, and whose log it is. */
#include "fsck.h"

#include "kl_canon.h"

#include <inttypes.h>
#include <string.h>

enum { TOLD_MAX = 100, KEY_SIZE = 24 };

static const struct db_statement select_first = {
	"SELECT leaf, bytes FROM log_entry WHERE idx = 0",
};

static const struct db_statement select_checkpoints = {
	"SELECT size, root, note FROM log_checkpoint"
	" WHERE size > ? AND size <= ? ORDER BY size",
};

static const struct db_statement select_beyond = {
	"SELECT size FROM log_checkpoint WHERE size > ? OR size = 0"
	" ORDER BY size LIMIT ?",
};

static const struct db_statement has_checkpoint = {
	"SELECT COUNT(*) FROM log_checkpoint WHERE size = ?",
};

static void tell(
    struct fsck *fsck, enum fsck_code code, uint64_t size, const char *member)
{
	char key[KEY_SIZE];

	snprintf(key, sizeof(key), "%" PRIu64, size);
	fsck_tell(&fsck->report, code, "log_checkpoint", key, member);
}

static void tell_file(
    struct fsck *fsck, enum fsck_code code, const char *member)
{
	fsck_tell(&fsck->report, code, "high-water",
	    fsck->config->high_water_file, member);
}

/* --- whose log it is ------------------------------------------------------ */

static const char *text_of(const json_t *data, const char *name)
{
	const char *text = json_string_value(json_object_get(data, name));

	return text ? text : "";
}

static void take_key(struct fsck *fsck, const json_t *data)
{
	const char *hex = text_of(data, "log_key");
	const char *origin = fsck->config->log_origin;
	struct kl_public_key key;

	if (strcmp(text_of(data, "origin"), origin) != 0)
		fsck_tell_entry(&fsck->report, FSCK_FOREIGN, 0, "origin");
	if (kl_public_key_read(hex, strlen(hex), &key))
		return;
	if (fsck->has_key) {
		if (!kl_public_key_equal(&key, &fsck->key.key))
			fsck_tell_entry(
			    &fsck->report, FSCK_FOREIGN, 0, "log_key");
		return;
	}
	fsck->has_key = !kl_note_key_make(
	    &fsck->key, origin, strlen(origin), KL_KEY_NOTE, &key);
}

static void open_high_water(struct fsck *fsck)
{
	struct kl_checkpoint checkpoint;
	struct kl_note note;

	if (fsck->high_water == HIGH_WATER_ABSENT)
		tell_file(fsck, FSCK_MISSING, "-");
	if (fsck->high_water != HIGH_WATER_READ || !fsck->has_key)
		return;
	if (kl_checkpoint_open(
		fsck->note, fsck->note_size, &fsck->key, &note, &checkpoint)) {
		tell_file(fsck, FSCK_SIGNATURE, "note");
		return;
	}
	fsck->signed_size = checkpoint.size;
	fsck->signed_root = checkpoint.root;
}

enum error fsck_signed_open(struct fsck *fsck)
{
	json_auto_t *value = NULL;
	struct kl_hash leaf, hash;
	struct db_blob bytes;
	enum error error;

	db_use(fsck->db, &fsck->arena);
	error = db_row(fsck->db, &select_first, DB_NO_IN,
	    DB_OUT(db_to_bytes(leaf.bytes, KL_HASH_SIZE), db_to_blob(&bytes)));
	if (error && error != ERR_NOT_FOUND)
		return error;
	if (!error) {
		hash = kl_leaf_hash(bytes.bytes, bytes.size);
		if (kl_hash_equal(&hash, &leaf) &&
		    !kl_canon_check(
			(const char *)bytes.bytes, bytes.size, &value))
			take_key(fsck, json_object_get(value, "data"));
	}
	open_high_water(fsck);
	arena_clear(&fsck->arena);
	return ERR_OK;
}

/* --- checkpoints ---------------------------------------------------------- */

enum error fsck_checkpoints_read(struct fsck *fsck, uint64_t from, uint64_t end,
    struct fsck_checkpoint *list, size_t *count)
{
	struct fsck_checkpoint row;

	*count = 0;
	db_use(fsck->db, &fsck->arena);
	db_query(fsck->db, &select_checkpoints,
	    DB_IN(db_u64(from), db_u64(end)),
	    DB_OUT(db_to_u64(&row.size),
		db_to_bytes(row.root.bytes, KL_HASH_SIZE),
		db_to_blob(&row.note)));
	while (db_next(fsck->db) && *count < FSCK_CHECKPOINTS_MAX)
		list[(*count)++] = row;
	return db_finish(fsck->db);
}

/* What is signed is the note: the columns are a copy of it. */
void fsck_checkpoint(struct fsck *fsck,
    const struct fsck_checkpoint *checkpoint, const struct kl_hash *root)
{
	struct kl_checkpoint said;
	struct kl_note note;

	if (!fsck->has_key) {
		if (root && !kl_hash_equal(&checkpoint->root, root))
			tell(fsck, FSCK_TREE, checkpoint->size, "root");
		return;
	}
	if (kl_checkpoint_open((const char *)checkpoint->note.bytes,
		checkpoint->note.size, &fsck->key, &note, &said))
		tell(fsck, FSCK_SIGNATURE, checkpoint->size, "note");
	else if (said.size != checkpoint->size)
		tell(fsck, FSCK_COLUMN, checkpoint->size, "size");
	else if (!kl_hash_equal(&said.root, &checkpoint->root))
		tell(fsck, FSCK_COLUMN, checkpoint->size, "root");
	else if (root && !kl_hash_equal(&said.root, root))
		tell(fsck, FSCK_TREE, checkpoint->size, "note");
}

void fsck_high_water(struct fsck *fsck, const struct kl_hash *root)
{
	if (root && !kl_hash_equal(&fsck->signed_root, root))
		tell_file(fsck, FSCK_TREE, "root");
}

/* --- the end -------------------------------------------------------------- */

/* Stored before it was written to the file. */
static enum error need(struct fsck *fsck, uint64_t size)
{
	uint64_t count = 0;
	enum error error = db_row(fsck->db, &has_checkpoint,
	    DB_IN(db_u64(size)), DB_OUT(db_to_u64(&count)));

	if (!error && count == 0)
		tell(fsck, FSCK_MISSING, size, "-");
	return error;
}

enum error fsck_signed_end(struct fsck *fsck)
{
	uint64_t size;
	enum error error;

	if (fsck->signed_size > fsck->size)
		tell_file(fsck, FSCK_BEHIND, "size");
	db_use(fsck->db, &fsck->arena);
	db_query(fsck->db, &select_beyond,
	    DB_IN(db_u64(fsck->size), db_u64(TOLD_MAX)),
	    DB_OUT(db_to_u64(&size)));
	while (db_next(fsck->db))
		tell(fsck, FSCK_BEYOND, size, "-");
	error = db_finish(fsck->db);
	if (!error)
		error = need(fsck, 1);
	if (!error && fsck->signed_size > 1 && fsck->signed_size <= fsck->size)
		error = need(fsck, fsck->signed_size);
	return error;
}
