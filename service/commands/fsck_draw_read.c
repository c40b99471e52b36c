/* fsck_draw_read.c -- the events of a draw, and the texts they have. */
#include "fsck_draw.h"

#include "fsck_rules.h"
#include "kl_canon.h"
#include "kl_seed.h"
#include "kl_time.h"

#include <inttypes.h>
#include <string.h>

enum { JSON_MAX = 1 << 20 };

static const struct db_statement select_events = {
	"SELECT idx, bytes FROM log_entry WHERE subject = ?"
	" AND kind LIKE 'draw.%' ORDER BY idx LIMIT ?",
};

static const struct db_statement select_text = {
	"SELECT bytes FROM log_text WHERE sha256 = ?",
};

/* --- events --------------------------------------------------------------- */

static void add_event(
    struct fsck_draw *draw, uint64_t index, const struct db_blob *bytes)
{
	struct fsck_draw_event *event = &draw->events[draw->event_count];

	*event = (struct fsck_draw_event){ .index = index };
	if (kl_leaf_read((const char *)bytes->bytes, bytes->size, &event->value,
		&event->leaf)) {
		draw->unreadable = true;
		return;
	}
	event->event = fsck_event_named(event->leaf.kind);
	draw->event_count++;
	/* In their order, and none left out. */
	draw->unreadable |=
	    event->leaf.seq != draw->event_count || event->event == EVENT_COUNT;
}

static enum error read_events(struct fsck_draw *draw, const char *id)
{
	struct db_blob bytes;
	uint64_t index;

	db_query(draw->fsck->db, &select_events,
	    DB_IN(db_text(id), db_u64(FSCK_DRAW_EVENTS_MAX)),
	    DB_OUT(db_to_u64(&index), db_to_blob(&bytes)));
	while (db_next(draw->fsck->db))
		add_event(draw, index, &bytes);
	return db_finish(draw->fsck->db);
}

/* --- texts ---------------------------------------------------------------- */

static const struct {
	enum event event;
	const char *file;
} files[] = {
	{ EVENT_DRAW_DRAFTED, "draft.txt" },
	{ EVENT_DRAW_ROSTER, "roster.txt" },
	{ EVENT_DRAW_NAMES, "names.txt" },
	{ EVENT_DRAW_EXCLUDED, "excluded.txt" },
	{ EVENT_DRAW_DECLARED, "declare.txt" },
	{ EVENT_DRAW_LOCKED, "lock.txt" },
	{ EVENT_DRAW_SEALED, "seal.txt" },
	{ EVENT_DRAW_BEACON, "beacon.txt" },
	{ EVENT_DRAW_SEEDED, "seed.txt" },
	{ EVENT_DRAW_RESULT, "result.txt" },
	{ EVENT_DRAW_CLOSED, "close.txt" },
	{ EVENT_DRAW_ANNULLED, "annul.txt" },
};

/* NULL: it has none. `replaced` counts those so far. */
static const char *file_of(struct fsck_draw *draw,
    const struct fsck_draw_event *event, uint64_t *replaced)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (files[i].event == event->event)
			return files[i].file;
	if (event->event == EVENT_DRAW_REVEALED)
		return arena_format(draw->arena, "commit-%s.txt",
		    json_string_value(
			json_object_get(event->leaf.data, "party")));
	if (event->event != EVENT_DRAW_REPLACED)
		return NULL;
	if (++*replaced == 1)
		return "replace.txt";
	return arena_format(draw->arena, "replace-%" PRIu64 ".txt", *replaced);
}

/* The bytes of text->hash, kept beside the log. */
static enum error find_beside(
    struct fsck_draw *draw, struct fsck_draw_text *text)
{
	struct db_blob bytes;
	struct kl_hash hash;
	enum error error = db_row(draw->fsck->db, &select_text,
	    DB_IN(db_bytes(text->hash.bytes, KL_HASH_SIZE)),
	    DB_OUT(db_to_blob(&bytes)));

	if (error)
		return error;
	hash = kl_hash_of(bytes.bytes, bytes.size);
	text->bytes = (const char *)bytes.bytes;
	text->size = bytes.size;
	return kl_hash_equal(&hash, &text->hash) ? ERR_OK : ERR_NOT_FOUND;
}

/* One that is too large for a leaf. */
static enum error find_large(
    struct fsck_draw *draw, const json_t *data, struct fsck_draw_text *text)
{
	const char *hex = json_string_value(json_object_get(data, "digest"));

	if (!hex || kl_unhex(hex, strlen(hex), text->hash.bytes, KL_HASH_SIZE))
		return ERR_NOT_FOUND;
	return find_beside(draw, text);
}

static enum error count_text(
    struct fsck_draw *draw, struct fsck_draw_text *text, enum error error)
{
	draw->unreadable |= error == ERR_NOT_FOUND;
	if (error)
		return error == ERR_NOT_FOUND ? ERR_OK : error;
	kl_hash_hex(&text->hash, text->hex);
	draw->text_count++;
	return ERR_OK;
}

/* The pulse that beacon.txt names, if it is of one. */
static enum error add_pulse(
    struct fsck_draw *draw, const struct fsck_draw_text *said)
{
	struct fsck_draw_text *text = &draw->texts[draw->text_count];
	struct kl_beacon *beacon = arena_alloc(draw->arena, sizeof(*beacon));

	if (draw->text_count == FSCK_DRAW_TEXTS_MAX ||
	    kl_beacon_read(beacon, said->bytes, said->size, NULL) ||
	    beacon->kind != KL_BEACON_NIST)
		return ERR_OK;
	*text = (struct fsck_draw_text){ .file = "pulse.json",
		.index = said->index,
		.hash = beacon->pulse };
	return count_text(draw, text, find_beside(draw, text));
}

static enum error add_text(struct fsck_draw *draw,
    const struct fsck_draw_event *event, const char *file)
{
	struct fsck_draw_text *text = &draw->texts[draw->text_count];
	const json_t *said = json_object_get(event->leaf.data, "text");
	enum error error = ERR_OK;

	if (draw->text_count == FSCK_DRAW_TEXTS_MAX)
		return ERR_OK;
	*text = (struct fsck_draw_text){ .file = file, .index = event->index };
	if (said) {
		text->bytes = json_string_value(said);
		text->size = json_string_length(said);
		text->hash = kl_hash_of(text->bytes, text->size);
	} else {
		error = find_large(draw, event->leaf.data, text);
	}
	error = count_text(draw, text, error);
	if (error || event->event != EVENT_DRAW_BEACON || draw->unreadable)
		return error;
	return add_pulse(draw, text);
}

const struct fsck_draw_text *fsck_draw_text(
    const struct fsck_draw *draw, const char *file)
{
	for (size_t i = 0; i < draw->text_count; i++)
		if (strcmp(draw->texts[i].file, file) == 0)
			return &draw->texts[i];
	return NULL;
}

void fsck_draw_compare(const struct fsck_draw *draw, enum fsck_code code,
    const char *file, const char *member, struct kl_buf *bytes,
    enum kl_result result)
{
	const struct fsck_draw_text *text = fsck_draw_text(draw, file);
	struct kl_hash hash = kl_hash_of(bytes->data, bytes->size);

	if (text && (result || !kl_hash_equal(&hash, &text->hash)))
		fsck_tell(&draw->fsck->report, code, "draw",
		    draw->row->object.id, member);
	kl_buf_clear(bytes);
}

static enum error read_row(struct fsck_draw *draw, const char *id)
{
	struct db_out out[MEMBERS_MAX];
	void *row = kind_make(&draw_kind, draw->arena);
	size_t count = kind_fetch(&draw_kind, row, out);

	draw->row = row;
	return db_row(
	    draw->fsck->db, draw_kind.select, DB_IN(db_text(id)), out, count);
}

enum error fsck_draw_read(struct fsck_draw *draw, const char *id, uint64_t seq)
{
	uint64_t replaced = 0;
	enum error error = read_row(draw, id);

	draw->unreadable = error == ERR_NOT_FOUND;
	if (error)
		return draw->unreadable ? ERR_OK : error;
	draw->events = arena_alloc(
	    draw->arena, FSCK_DRAW_EVENTS_MAX * sizeof(*draw->events));
	draw->texts = arena_alloc(
	    draw->arena, FSCK_DRAW_TEXTS_MAX * sizeof(*draw->texts));
	error = read_events(draw, id);
	draw->unreadable |= seq && draw->event_count != seq;
	for (size_t i = 0; !error && i < draw->event_count; i++) {
		const char *file = file_of(draw, &draw->events[i], &replaced);

		if (file)
			error = add_text(draw, &draw->events[i], file);
	}
	return error;
}

void fsck_draw_clear(struct fsck_draw *draw)
{
	for (; draw; draw = draw->earlier) {
		for (size_t i = 0; i < draw->event_count; i++)
			json_decref(draw->events[i].value);
		draw->event_count = 0;
	}
}

/* --- a row from an after-image -------------------------------------------- */

static const char *canonical(const json_t *value, struct arena *arena)
{
	struct kl_buf bytes = KL_BUF(JSON_MAX);
	const char *text = NULL;

	if (!kl_canon_write(&bytes, value))
		text = arena_text(arena, (const char *)bytes.data, bytes.size);
	kl_buf_clear(&bytes);
	return text;
}

static void set_member(const struct member *member, void *row,
    const json_t *value, struct arena *arena)
{
	void *to = (char *)row + member->offset;
	const char *text = json_string_value(value);

	switch (member->type) {
	case MEMBER_NUMBER:
		*(uint64_t *)to = (uint64_t)json_integer_value(value);
		break;
	case MEMBER_FLAG:
		*(uint64_t *)to = json_is_true(value);
		break;
	case MEMBER_TIME:
		if (!text || kl_time_read(text, strlen(text), to))
			*(int64_t *)to = DB_TIME_NONE;
		break;
	case MEMBER_JSON:
		if (!json_is_null(value))
			*(const char **)to = canonical(value, arena);
		break;
	case MEMBER_TEXT:
	case MEMBER_PROSE:
	case MEMBER_TOKEN:
	case MEMBER_CHOICE:
	case MEMBER_USCC:
	case MEMBER_HASH:
		*(const char **)to = arena_copy(arena, text);
		break;
	}
}

void *fsck_row_of(const struct kind *kind, const char *id, const json_t *data,
    struct arena *arena)
{
	struct object *row = kind_make(kind, arena);

	row->id = arena_copy(arena, id);
	for (const struct member *m = kind->members; m->name; m++)
		if (json_object_get(data, m->name))
			set_member(
			    m, row, json_object_get(data, m->name), arena);
	return row;
}
