/* fsck_rows.c -- the rows of every kind, against what the log tells of them. */
#include "fsck.h"

#include "draws.h"
#include "kl_canon.h"
#include "signups.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 500, KEY_SIZE = 64 };

static const struct db_statement select_salt = {
	"SELECT salt FROM event_private"
	" WHERE event_index = ? AND part = 'members'",
};

/* Its events before the last one. */
static const struct db_statement select_salts = {
	"SELECT e.idx, e.bytes, p.salt FROM log_entry e JOIN event_private p"
	" ON p.event_index = e.idx AND p.part = 'members'"
	" WHERE e.subject = ? AND e.idx < ?",
};

/* One kind's table. */
struct table {
	struct fsck *fsck;
	struct kind *kind;
	void *row;
	struct db_out out[MEMBERS_MAX];
	size_t out_count;
	const char *last; /* id of the row before */
};

static void tell(
    const struct table *table, enum fsck_code code, const char *member)
{
	const struct object *object = table->row;

	fsck_tell(
	    &table->fsck->report, code, table->kind->table, object->id, member);
}

/* --- one row -------------------------------------------------------------- */

/* Of the members as of its last event; NULL when there is none. */
static enum error find_salt(const struct table *table,
    const struct fsck_object *object, const uint8_t **salt,
    uint8_t found[static KL_SALT_SIZE])
{
	enum error error;

	*salt = NULL;
	if (!kind_has_private(table->kind))
		return ERR_OK;
	error =
	    db_row(table->fsck->db, &select_salt, DB_IN(db_u64(object->last)),
		DB_OUT(db_to_bytes(found, KL_SALT_SIZE)));
	if (!error)
		*salt = found;
	return error == ERR_NOT_FOUND ? ERR_OK : error;
}

static const char *private_of(const json_t *data)
{
	const char *hex = json_string_value(json_object_get(data, "private"));

	return hex ? hex : "";
}

/* Where nothing private changes, each event's salt gives its digest. */
static void check_salt(const struct table *table, uint64_t index,
    const struct db_blob *bytes, const uint8_t *salt)
{
	json_auto_t *value = NULL, *is = NULL;
	struct kl_leaf leaf;
	char key[KEY_SIZE];

	if (kl_leaf_read(
		(const char *)bytes->bytes, bytes->size, &value, &leaf) ||
	    strncmp(
		leaf.kind, table->kind->table, strlen(table->kind->table)) != 0)
		return;
	is = kind_event_data(table->kind, table->row, salt);
	if (strcmp(private_of(is), private_of(leaf.data)) == 0)
		return;
	snprintf(key, sizeof(key), "%" PRIu64 "/members", index);
	fsck_tell(
	    &table->fsck->report, FSCK_SEAL, "event_private", key, "salt");
}

/* Is what was private before known no more? */
static bool private_changes(const struct kind *kind)
{
	for (const struct member *m = kind->members; m->name; m++)
		if ((m->flags & MEMBER_LATER) &&
		    (m->flags & (MEMBER_PRIVATE | MEMBER_SECRET)))
			return true;
	return false;
}

static enum error check_salts(
    const struct table *table, const struct fsck_object *object)
{
	const struct object *row = table->row;
	struct fsck *fsck = table->fsck;
	uint8_t salt[KL_SALT_SIZE];
	struct db_blob bytes;
	uint64_t index;

	if (object->seq < 2 || !kind_has_private(table->kind) ||
	    private_changes(table->kind))
		return ERR_OK;
	db_query(fsck->db, &select_salts,
	    DB_IN(db_text(row->id), db_u64(object->last)),
	    DB_OUT(db_to_u64(&index), db_to_blob(&bytes),
		db_to_bytes(salt, sizeof(salt))));
	while (db_next(fsck->db))
		check_salt(table, index, &bytes, salt);
	return db_finish(fsck->db);
}

/* Did somebody do it for another, and is the rest as the row has it? */
static bool is_by_delegate(
    const struct table *table, const uint8_t *salt, const json_t *data)
{
	json_auto_t *is = NULL;
	json_t *by = json_object_get(data, "by");

	if (!by)
		return false;
	is = kind_event_data(table->kind, table->row, salt);
	return !json_object_set(is, "by", by) && json_equal(is, data);
}

/* The members, one by one, beside the event that told of them last. */
static enum error compare(
    const struct table *table, struct fsck_object *object, const uint8_t *salt)
{
	struct fsck *fsck = table->fsck;
	json_auto_t *value = NULL;
	struct kl_leaf leaf;
	enum error error;

	if (fsck_row_is(object, table->kind, table->row, salt))
		return check_salts(table, object);
	object->doubted = 1;
	error = fsck_event_at(fsck, object->last, &value, &leaf);
	if (error)
		return error == ERR_NOT_FOUND ? ERR_OK : error;
	if (is_by_delegate(table, salt, leaf.data))
		return check_salts(table, object);
	/* What is told as differing as JSON may be only written otherwise. */
	if (!fsck_row_tell(
		&fsck->report, table->kind, table->row, salt, leaf.data) &&
	    (salt || !kind_has_private(table->kind)))
		tell(table, FSCK_DIFFERS, "-");
	return ERR_OK;
}

/* An object, or a list, as kl_canon_write() writes it. */
static bool is_canonical_text(const char *text)
{
	size_t size = strlen(text);
	struct kl_buf bytes = KL_BUF(size + 1);
	json_auto_t *list = NULL;
	bool good;

	if (*text != '[')
		return !kl_canon_check(text, size, NULL);
	list = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	good = list && !kl_canon_write(&bytes, list) && bytes.size == size &&
	       memcmp(bytes.data, text, size) == 0;
	kl_buf_clear(&bytes);
	return good;
}

/* JSON is stored in its one form. */
static bool is_canonical(const struct table *table)
{
	bool good = true;

	for (const struct member *m = table->kind->members; m->name; m++) {
		const char *text;

		if (m->type != MEMBER_JSON || (m->flags & MEMBER_PASSING))
			continue;
		text = *(const char **)((char *)table->row + m->offset);
		if (!text || is_canonical_text(text))
			continue;
		tell(table, FSCK_FORM, m->name);
		good = false;
	}
	return good;
}

static void check_object(const struct table *table, struct fsck_object *object)
{
	const struct object *row = table->row;
	const char *state = fsck_object_state(object);
	uint64_t before = table->fsck->report.count;

	if (row->seq != object->seq)
		tell(table, FSCK_DIFFERS, "seq");
	if (row->event_index != object->last)
		tell(table, FSCK_DIFFERS, "event_index");
	if (table->kind == &draw_kind && (!state || strcmp(row->state, state)))
		tell(table, FSCK_DIFFERS, "state");
	if (table->fsck->report.count > before)
		object->doubted = 1;
}

static enum error check_row(const struct table *table)
{
	struct fsck *fsck = table->fsck;
	const struct object *row = table->row;
	struct fsck_object *object;
	uint8_t found[KL_SALT_SIZE];
	const uint8_t *salt;
	enum error error;

	if (!fsck_replay_is_ours(&fsck->replay, table->kind, row->id))
		return ERR_OK;
	object = fsck_replay_find(&fsck->replay, table->kind, row->id);
	if (object)
		object->seen = 1;
	else if (!fsck_is_marked(fsck->marks, FSCK_HOLE, row->event_index))
		tell(table, FSCK_UNKNOWN, "-");
	if (!object || object->doubted)
		return ERR_OK;
	if (fsck->replay.holes &&
	    fsck_is_marked(fsck->marks, FSCK_HOLE, row->event_index)) {
		object->doubted = 1;
		return ERR_OK;
	}
	if (!is_canonical(table)) {
		object->doubted = 1;
		return ERR_OK;
	}
	check_object(table, object);
	/* The events of a draw are its texts: fsck_draws(). */
	if (table->kind == &draw_kind)
		return ERR_OK;
	error = find_salt(table, object, &salt, found);
	return error ? error : compare(table, object, salt);
}

/* --- all rows of a kind --------------------------------------------------- */

static enum error check_chunk(struct table *table, bool *more)
{
	struct fsck *fsck = table->fsck;
	void **rows = arena_alloc(&fsck->arena, CHUNK * sizeof(*rows));
	size_t count = 0;
	enum error error;

	db_use(fsck->db, &fsck->arena);
	db_query(fsck->db, table->kind->scan,
	    DB_IN(db_text(table->last), db_u64(CHUNK)), table->out,
	    table->out_count);
	while (db_next(fsck->db) && count < CHUNK) {
		rows[count] = arena_alloc(&fsck->arena, table->kind->size);
		memcpy(rows[count++], table->row, table->kind->size);
	}
	error = db_finish(fsck->db);
	for (size_t i = 0; !error && i < count; i++) {
		uint64_t before = fsck->report.count;

		memcpy(table->row, rows[i], table->kind->size);
		error = check_row(table);
		fsck->signups_doubted |=
		    table->kind == &signup_kind && fsck->report.count > before;
	}
	*more = count == CHUNK;
	return error;
}

static enum error check_kind(struct fsck *fsck, struct kind *kind)
{
	struct table table = { .fsck = fsck, .kind = kind };
	struct arena arena = { 0 };
	char last[KL_TOKEN_SIZE_MAX + 1] = "";
	enum error error = ERR_OK;

	table.row = kind_make(kind, &arena);
	table.out_count = kind_fetch(kind, table.row, table.out);
	table.last = last;
	for (bool more = true; !error && more;) {
		error = check_chunk(&table, &more);
		if (more)
			snprintf(last, sizeof(last), "%s",
			    ((struct object *)table.row)->id);
		arena_clear(&fsck->arena);
	}
	arena_clear(&arena);
	return error;
}

/* --- what has no row ------------------------------------------------------ */

static enum error tell_missing(
    struct fsck *fsck, const struct fsck_object *object)
{
	json_auto_t *value = NULL;
	struct kl_leaf leaf;
	enum error error = fsck_event_at(fsck, object->last, &value, &leaf);

	if (!error)
		fsck_tell(&fsck->report, FSCK_MISSING,
		    kinds[object->kind]->table, leaf.subject, "-");
	return error == ERR_NOT_FOUND ? ERR_OK : error;
}

enum error fsck_rows(struct fsck *fsck)
{
	enum error error = ERR_OK;

	for (size_t i = 0; !error && kinds[i]; i++)
		error = check_kind(fsck, kinds[i]);
	for (size_t i = 0; !error && i < fsck->replay.capacity; i++) {
		const struct fsck_object *object = &fsck->replay.objects[i];

		if (!object->used || object->seen || object->doubted ||
		    object->kind == FSCK_NO_TABLE)
			continue;
		error = tell_missing(fsck, object);
		fsck->signups_doubted |= kinds[object->kind] == &signup_kind;
		arena_clear(&fsck->arena);
	}
	return error;
}
