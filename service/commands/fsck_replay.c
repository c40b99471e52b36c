/* fsck_replay.c -- objects as the log tells them, and rows against that. */
#include "fsck_replay.h"

#include "fsck_rules.h"
#include "kl_canon.h"

#include <stdlib.h>
#include <string.h>

enum { DATA_MAX = KL_LEAF_SIZE_MAX };

/* --- the table ------------------------------------------------------------ */

static void key_of(
    const char *kind, size_t kind_size, const char *id, uint8_t *key)
{
	struct kl_hasher hasher;
	struct kl_hash hash;

	kl_hasher_init(&hasher);
	kl_hasher_add(&hasher, kind, kind_size);
	kl_hasher_add(&hasher, "\n", 1);
	kl_hasher_add_text(&hasher, id);
	hash = kl_hasher_end(&hasher);
	memcpy(key, hash.bytes, FSCK_KEY_SIZE);
}

static bool is_of_part(const struct fsck_replay *replay, const uint8_t *key)
{
	return key[FSCK_KEY_SIZE - 1] % replay->parts == replay->part;
}

/* Keys are parts of hashes, so that nobody can choose where they fall. */
static struct fsck_object *place_of(
    struct fsck_object *objects, size_t capacity, const uint8_t *key)
{
	size_t place = 0;

	memcpy(&place, key, sizeof(place));
	place %= capacity;
	while (objects[place].used &&
	       memcmp(objects[place].key, key, FSCK_KEY_SIZE) != 0)
		place = (place + 1) % capacity;
	return &objects[place];
}

/* Move those of our part to a table of this capacity. */
static void move(struct fsck_replay *replay, size_t capacity)
{
	struct fsck_object *to = calloc(capacity, sizeof(*to));
	size_t count = 0;

	if (!to)
		abort();
	for (size_t i = 0; i < replay->capacity; i++) {
		const struct fsck_object *from = &replay->objects[i];

		if (!from->used || !is_of_part(replay, from->key))
			continue;
		*place_of(to, capacity, from->key) = *from;
		count++;
	}
	free(replay->objects);
	replay->objects = to;
	replay->capacity = capacity;
	replay->count = count;
}

/* At the limit half of the objects are left for later, as long as that can be;
 * a part is a byte's worth. */
static void make_room(struct fsck_replay *replay)
{
	while (replay->first && replay->count >= replay->limit &&
	       replay->parts < UINT8_MAX / 2 + 1) {
		replay->parts *= 2;
		move(replay, replay->capacity);
	}
	if (3 * replay->capacity < 4 * (replay->count + 1))
		move(replay, 2 * replay->capacity);
}

static uint8_t kind_index(const char *event)
{
	size_t size = strcspn(event, ".");

	for (uint8_t i = 0; kinds[i]; i++)
		if (strlen(kinds[i]->table) == size &&
		    memcmp(kinds[i]->table, event, size) == 0)
			return i;
	return FSCK_NO_TABLE;
}

/* The object of such an event, new if it was not there; NULL: it is of another
 * part. */
static struct fsck_object *object_at(
    struct fsck_replay *replay, const char *event, const char *id)
{
	uint8_t key[FSCK_KEY_SIZE];
	struct fsck_object *object;

	key_of(event, strcspn(event, "."), id, key);
	make_room(replay);
	if (!is_of_part(replay, key))
		return NULL;
	object = place_of(replay->objects, replay->capacity, key);
	if (!object->used) {
		*object = (struct fsck_object){ .used = 1,
			.kind = kind_index(event) };
		memcpy(object->key, key, sizeof(key));
		replay->count++;
	}
	return object;
}

struct fsck_object *fsck_replay_find(
    struct fsck_replay *replay, const struct kind *kind, const char *id)
{
	uint8_t key[FSCK_KEY_SIZE];
	struct fsck_object *object;

	key_of(kind->table, strlen(kind->table), id, key);
	object = place_of(replay->objects, replay->capacity, key);
	return object->used ? object : NULL;
}

bool fsck_replay_is_ours(
    const struct fsck_replay *replay, const struct kind *kind, const char *id)
{
	uint8_t key[FSCK_KEY_SIZE];

	key_of(kind->table, strlen(kind->table), id, key);
	return is_of_part(replay, key);
}

const char *fsck_object_state(const struct fsck_object *object)
{
	return object->event ? event_info((enum event)(object->event - 1))->to
			     : NULL;
}

/* --- passes --------------------------------------------------------------- */

static void begin(struct fsck_replay *replay)
{
	replay->capacity = FSCK_OBJECTS_FIRST;
	replay->objects = calloc(replay->capacity, sizeof(*replay->objects));
	if (!replay->objects)
		abort();
	replay->count = 0;
	replay->at = INT64_MIN;
	replay->approved = false;
}

void fsck_replay_open(
    struct fsck_replay *replay, struct fsck_report *report, size_t limit)
{
	*replay = (struct fsck_replay){
		.report = report, .parts = 1, .limit = limit, .first = true
	};
	replay->notices = fsck_notices_open();
	begin(replay);
}

void fsck_replay_close(struct fsck_replay *replay)
{
	free(replay->objects);
	replay->objects = NULL;
	fsck_notices_close(replay->notices);
	replay->notices = NULL;
}

bool fsck_replay_again(struct fsck_replay *replay)
{
	if (replay->part + 1 == replay->parts)
		return false;
	replay->part++;
	replay->first = false;
	free(replay->objects);
	begin(replay);
	return true;
}

/* --- images --------------------------------------------------------------- */

static bool hash_json(const json_t *value, struct kl_hash *hash)
{
	struct kl_buf bytes = KL_BUF(DATA_MAX);
	bool good = value && !kl_canon_write(&bytes, value);

	if (good)
		*hash = kl_hash_of(bytes.data, bytes.size);
	kl_buf_clear(&bytes);
	return good;
}

/* Of the members that never change; 0 when the data is no after-image. */
static uint64_t constant_of(const struct kind *kind, const json_t *data)
{
	json_auto_t *constant = json_object();
	struct kl_hash hash;
	uint64_t number = 0;

	for (const struct member *m = kind->members; m->name; m++)
		if (!(m->flags & (MEMBER_LATER | MEMBER_PASSING)))
			json_object_set(
			    constant, m->name, json_object_get(data, m->name));
	if (json_object_get(data, "state") && hash_json(constant, &hash))
		memcpy(&number, hash.bytes, sizeof(number));
	return number;
}

static void take_image(
    struct fsck_object *object, const struct kind *kind, const json_t *data)
{
	struct kl_hash hash = { { 0 } };

	if (hash_json(data, &hash))
		memcpy(object->image, hash.bytes, FSCK_IMAGE_SIZE);
	object->constant = constant_of(kind, data);
}

/* --- one event ------------------------------------------------------------ */

static void tell(struct fsck_replay *replay, enum fsck_code code,
    uint64_t index, const char *member)
{
	fsck_tell_entry(replay->report, code, index, member);
}

static const char *state_after(
    const struct event_info *info, const struct fsck_object *object)
{
	return *info->to ? info->to : fsck_object_state(object);
}

/* After-images have the state they lead to, and what never changes as it was
 * before. */
static void check_image(struct fsck_replay *replay, uint64_t index,
    const struct event_info *info, const struct fsck_object *object,
    const struct kl_leaf *leaf)
{
	const char *state =
	    json_string_value(json_object_get(leaf->data, "state"));
	const char *after = state_after(info, object);

	if (state && (!after || strcmp(state, after) != 0))
		tell(replay, FSCK_TRANSITION, index, "state");
	else if (object->constant &&
		 object->constant !=
		     constant_of(kinds[object->kind], leaf->data))
		tell(replay, FSCK_DIFFERS, index, "data");
}

static void change(struct fsck_replay *replay, uint64_t index, enum event event,
    struct fsck_object *object, const struct kl_leaf *leaf)
{
	const struct event_info *info = event_info(event);
	bool follows = leaf->seq == object->seq + UINT64_C(1);

	if (!follows && replay->holes)
		object->doubted = 1;
	else if (!follows)
		tell(replay, FSCK_SEQ, index, "seq");
	else if (!object->doubted &&
		 !event_allowed(event, fsck_object_state(object)))
		tell(replay, FSCK_TRANSITION, index, "kind");
	else if (object->kind != FSCK_NO_TABLE)
		check_image(replay, index, info, object, leaf);
	object->seq = (uint32_t)leaf->seq;
	object->last = index & ((UINT64_C(1) << 40) - 1);
	if (*info->to)
		object->event = (uint64_t)event + 1;
	if (object->kind != FSCK_NO_TABLE)
		take_image(object, kinds[object->kind], leaf->data);
}

void fsck_replay_event(struct fsck_replay *replay, uint64_t index,
    const struct kl_leaf *leaf, const char *opens_with)
{
	enum event event = fsck_event_named(leaf->kind);
	struct fsck_object *object = NULL;

	if (replay->first && event == EVENT_COUNT)
		tell(replay, FSCK_UNKNOWN, index, "kind");
	if (event == EVENT_COUNT)
		return;
	if (replay->first)
		fsck_rules(replay, index, event, leaf, opens_with);
	if (replay->first && (event == EVENT_LOG_OPENED) != (index == 0))
		tell(replay, FSCK_TRANSITION, index, "kind");
	/* There are as many openings as sign-ups; a bit tells them. */
	if (event != EVENT_OPENED)
		object = object_at(replay, leaf->kind, leaf->subject);
	else if (replay->first && leaf->seq != 1)
		tell(replay, FSCK_SEQ, index, "seq");
	if (object)
		change(replay, index, event, object, leaf);
}

void fsck_replay_hole(
    struct fsck_replay *replay, const char *kind, const char *subject)
{
	struct fsck_object *object;

	replay->holes = true;
	replay->approved = false;
	if (!kind)
		return;
	object = object_at(replay, kind, subject);
	if (object)
		object->doubted = 1;
}

/* --- rows ----------------------------------------------------------------- */

bool fsck_row_is(const struct fsck_object *object, const struct kind *kind,
    const void *row, const uint8_t *salt)
{
	json_auto_t *data = kind_event_data(kind, row, salt);
	struct kl_hash hash;

	return hash_json(data, &hash) &&
	       memcmp(object->image, hash.bytes, FSCK_IMAGE_SIZE) == 0;
}

/* Private members have one digest together. */
static const char *private_names(const struct kind *kind)
{
	const char *only = NULL;

	for (const struct member *m = kind->members; m->name; m++) {
		if (!(m->flags & (MEMBER_PRIVATE | MEMBER_SECRET)))
			continue;
		if (only)
			return "private";
		only = m->name;
	}
	return only ? only : "private";
}

bool fsck_row_tell(struct fsck_report *report, const struct kind *kind,
    const void *row, const uint8_t *salt, const json_t *data)
{
	json_auto_t *is = kind_event_data(kind, row, salt);
	const char *id = ((const struct object *)row)->id, *name;
	uint64_t before = report->count;
	const json_t *wanted;

	json_object_foreach ((json_t *)data, name, wanted) {
		bool hidden = strcmp(name, "private") == 0;

		/* Without its salt nothing can be said of a digest. */
		if (hidden && !salt)
			continue;
		if (!json_equal(wanted, json_object_get(is, name)))
			fsck_tell(report, FSCK_DIFFERS, kind->table, id,
			    hidden ? private_names(kind) : name);
	}
	return report->count > before;
}
