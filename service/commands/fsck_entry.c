/* fsck_entry.c -- one entry: its columns, its form, its seal. */
#include "fsck.h"

#include "kl_line.h"

#include <string.h>

static const struct db_statement select_event = {
	"SELECT e.bytes, p.event FROM log_entry e"
	" LEFT JOIN event_private p ON p.event_index = e.idx"
	" AND p.part = 'event' WHERE e.idx = ?",
};

static void tell(struct fsck *fsck, enum fsck_code code,
    const struct fsck_entry *entry, const char *member)
{
	fsck_tell_entry(&fsck->report, code, entry->index, member);
}

static void tell_private(struct fsck *fsck, enum fsck_code code,
    const struct fsck_entry *entry, const char *part, const char *member)
{
	char key[64];

	snprintf(key, sizeof(key), "%llu/%s", (unsigned long long)entry->index,
	    part);
	fsck_tell(&fsck->report, code, "event_private", key, member);
}

/* --- columns -------------------------------------------------------------- */

static bool is_by_columns(
    const struct fsck_entry *entry, const struct kl_leaf *leaf)
{
	return strcmp(entry->kind, leaf->kind) == 0 &&
	       strcmp(entry->subject, leaf->subject) == 0;
}

static void check_columns(struct fsck *fsck, const struct fsck_entry *entry,
    const struct kl_leaf *leaf)
{
	if (!kl_event_id_equal(&entry->id, &leaf->id)) {
		tell(fsck, FSCK_COLUMN, entry, "event_id");
		fsck->ids_doubted = true;
	}
	if (strcmp(entry->kind, leaf->kind) != 0)
		tell(fsck, FSCK_COLUMN, entry, "kind");
	if (strcmp(entry->subject, leaf->subject) != 0)
		tell(fsck, FSCK_COLUMN, entry, "subject");
}

/* --- what is sealed ------------------------------------------------------- */

static bool digest_of(const struct kl_leaf *leaf, struct kl_hash *digest)
{
	const char *hex = NULL;

	return strcmp(leaf->kind, "sealed") == 0 && !leaf->organisation &&
	       strcmp(leaf->subject, "-") == 0 && leaf->seq == 0 &&
	       json_unpack((json_t *)leaf->data, "{s:s !}", "digest", &hex) ==
		   0 &&
	       !kl_unhex(hex, strlen(hex), digest->bytes, KL_HASH_SIZE);
}

/* The event that the sealed leaf stands for: of the same id and time. */
static bool read_sealed(const struct kl_leaf *leaf, const char *event,
    json_t **value, struct kl_leaf *sealed)
{
	if (kl_leaf_read(event, strlen(event), value, sealed))
		return false;
	return kl_event_id_equal(&sealed->id, &leaf->id) &&
	       sealed->at == leaf->at && sealed->organisation;
}

static void take_sealed(struct fsck *fsck, const struct fsck_entry *entry,
    const struct kl_leaf *leaf)
{
	json_auto_t *value = NULL;
	struct kl_leaf sealed;
	struct kl_hash wanted, is;

	if (fsck->replay.first)
		fsck_mark(fsck->marks, FSCK_SEALED, entry->index);
	if (!digest_of(leaf, &wanted)) {
		if (fsck->replay.first)
			tell(fsck, FSCK_FORM, entry, "bytes");
		fsck_replay_hole(&fsck->replay, NULL, NULL);
		return;
	}
	if (entry->event)
		is = kl_leaf_seal(
		    entry->salt, entry->event, strlen(entry->event));
	if (entry->event && kl_hash_equal(&is, &wanted) &&
	    read_sealed(leaf, entry->event, &value, &sealed)) {
		fsck_replay_event(
		    &fsck->replay, entry->index, &sealed, entry->opens_with);
		return;
	}
	if (fsck->replay.first)
		tell_private(fsck, entry->has_event ? FSCK_SEAL : FSCK_MISSING,
		    entry, "event", entry->has_event ? "event" : "-");
	fsck_entry_lost(fsck, entry);
}

/* What an opening shows must be what was sealed, and opened once. */
static void take_opened(struct fsck *fsck, const struct fsck_entry *entry,
    const struct kl_leaf *leaf)
{
	json_auto_t *value = NULL, *inner = NULL;
	struct kl_leaf sealed, event;
	struct kl_hash wanted, is;
	uint8_t salt[KL_SALT_SIZE];
	const char *text = NULL, *hex = NULL;
	uint64_t index = 0;

	if (kl_decimal_read(kl_span_of(leaf->subject), INT64_MAX, &index) ||
	    json_unpack((json_t *)leaf->data, "{s:s, s:s !}", "event", &text,
		"salt", &hex) ||
	    kl_unhex(hex, strlen(hex), salt, sizeof(salt))) {
		tell(fsck, FSCK_FORM, entry, "data");
		return;
	}
	if (fsck_is_marked(fsck->marks, FSCK_HOLE, index))
		return;
	is = kl_leaf_seal(salt, text, strlen(text));
	if (!entry->opened ||
	    kl_leaf_read(
		entry->opened, strlen(entry->opened), &value, &sealed) ||
	    !digest_of(&sealed, &wanted) || !kl_hash_equal(&is, &wanted) ||
	    index >= entry->index)
		tell(fsck, FSCK_SEAL, entry, "data");
	else if (fsck_is_marked(fsck->marks, FSCK_OPENED, index))
		tell(fsck, FSCK_TWICE, entry, "subject");
	else if (!read_sealed(&sealed, text, &inner, &event))
		tell(fsck, FSCK_SEAL, entry, "data");
	else
		fsck_replay_opened(&fsck->replay, entry->index,
		    json_string_value(json_object_get(event.data, "notice")));
	fsck_mark(fsck->marks, FSCK_OPENED, index);
}

/* --- all ------------------------------------------------------------------ */

/* The digest of private members and the salt for it come together. */
static void check_private(struct fsck *fsck, const struct fsck_entry *entry,
    const struct kl_leaf *leaf)
{
	bool sealed = strcmp(leaf->kind, "sealed") == 0;
	bool hides = json_object_get(leaf->data, "private");

	if (entry->has_event && !sealed)
		tell_private(fsck, FSCK_UNKNOWN, entry, "event", "-");
	if (entry->has_members && !hides)
		tell_private(fsck, FSCK_UNKNOWN, entry, "members", "-");
	if (!entry->has_members && hides)
		tell_private(fsck, FSCK_MISSING, entry, "members", "-");
}

/* A text that is too large stands elsewhere. */
static enum error check_text(struct fsck *fsck, const struct fsck_entry *entry,
    const struct kl_leaf *leaf)
{
	const char *hex =
	    json_string_value(json_object_get(leaf->data, "digest"));
	struct kl_hash sha256;

	if (!hex || !json_object_get(leaf->data, "size") ||
	    kl_unhex(hex, strlen(hex), sha256.bytes, KL_HASH_SIZE))
		return ERR_OK;
	return fsck_text_of(fsck, entry->index, &sha256);
}

static enum error judge(struct fsck *fsck, const struct fsck_entry *entry,
    const struct kl_leaf *leaf)
{
	check_columns(fsck, entry, leaf);
	check_private(fsck, entry, leaf);
	if (strcmp(leaf->kind, "opened") != 0)
		return check_text(fsck, entry, leaf);
	/* It was looked for by its columns. */
	if (is_by_columns(entry, leaf))
		take_opened(fsck, entry, leaf);
	else
		fsck->replay.holes = true;
	return ERR_OK;
}

enum error fsck_entry(struct fsck *fsck, const struct fsck_entry *entry)
{
	json_auto_t *value = NULL;
	struct kl_leaf leaf;

	if (kl_leaf_read((const char *)entry->bytes.bytes, entry->bytes.size,
		&value, &leaf)) {
		if (fsck->replay.first)
			tell(fsck, FSCK_FORM, entry, "bytes");
		fsck_entry_lost(fsck, entry);
		return ERR_OK;
	}
	if (strcmp(leaf.kind, "sealed") == 0)
		take_sealed(fsck, entry, &leaf);
	else
		fsck_replay_event(&fsck->replay, entry->index, &leaf, NULL);
	return fsck->replay.first ? judge(fsck, entry, &leaf) : ERR_OK;
}

/* Its columns, or what was sealed, may still say what it was about. */
void fsck_entry_lost(struct fsck *fsck, const struct fsck_entry *entry)
{
	json_auto_t *value = NULL;
	struct kl_leaf leaf;

	fsck_mark(fsck->marks, FSCK_HOLE, entry->index);
	if (strcmp(entry->kind, "sealed") != 0)
		fsck_replay_hole(&fsck->replay, entry->kind, entry->subject);
	else if (entry->event && !kl_leaf_read(entry->event,
				     strlen(entry->event), &value, &leaf))
		fsck_replay_hole(&fsck->replay, leaf.kind, leaf.subject);
	else
		fsck_replay_hole(&fsck->replay, NULL, NULL);
}

enum error fsck_event_at(
    struct fsck *fsck, uint64_t index, json_t **value, struct kl_leaf *leaf)
{
	struct db_blob bytes;
	const char *event;
	enum error error;

	db_use(fsck->db, &fsck->arena);
	error = db_row(fsck->db, &select_event, DB_IN(db_u64(index)),
	    DB_OUT(db_to_blob(&bytes), db_to_text(&event)));
	if (error)
		return error;
	if (event)
		bytes =
		    (struct db_blob){ (const uint8_t *)event, strlen(event) };
	return kl_leaf_read((const char *)bytes.bytes, bytes.size, value, leaf)
		   ? ERR_NOT_FOUND
		   : ERR_OK;
}
