/* audit_log.h -- a log with draws as maker.h makes them, bent and made whole
 * again: entries, seqs and hashes fit, whatever it tells. */
#ifndef AUDIT_LOG_H
#define AUDIT_LOG_H

#include "fault.h"

#define AUDIT_ORIGIN "log.example/klero"

/* --- bending -------------------------------------------------------------- */

static inline size_t place_of(struct world *world, const char *stem)
{
	return (size_t)(world_event(world, stem) - world->events);
}

static inline void remove_event(struct world *world, const char *stem)
{
	size_t place = place_of(world, stem);

	json_decref(world->events[place].data);
	world->event_count--;
	memmove(&world->events[place], &world->events[place + 1],
	    (world->event_count - place) * sizeof(struct event));
}

/* To the place before another one. */
static inline void move_event(
    struct world *world, const char *stem, const char *before)
{
	size_t from = place_of(world, stem), to = place_of(world, before);
	struct event event = world->events[from];

	if (to > from) {
		to--;
		memmove(&world->events[from], &world->events[from + 1],
		    (to - from) * sizeof(event));
	} else {
		memmove(&world->events[to + 1], &world->events[to],
		    (from - to) * sizeof(event));
	}
	event.at = to > 0 ? world->events[to - 1].at : event.at;
	world->events[to] = event;
}

/* A copy, as the last event, under the stem `again`. */
static inline struct event *repeat_event(
    struct world *world, const char *stem, const char *before)
{
	const struct event *event = world_event(world, stem);
	struct event *copy;

	world->made_count--;
	copy = add_event(
	    world, event->kind, "again", json_deep_copy(event->data), 0);
	world->made_count++;
	copy->at = world->events[world->event_count - 2].at;
	if (before)
		move_event(world, "again", before);
	return world_event(world, "again");
}

/* All from this one on happens so much later. */
static inline void delay_events(
    struct world *world, const char *stem, int64_t seconds)
{
	for (size_t i = place_of(world, stem); i < world->event_count; i++)
		world->events[i].at += seconds;
}

static inline void set_time(
    struct world *world, const char *stem, int64_t after)
{
	struct event *event = world_event(world, stem);

	event->at = world->made[event->attempt].plan.start + after;
}

/* In the text of an event, without a thought for digests. */
static inline void edit_event(
    struct world *world, const char *stem, const char *from, const char *to)
{
	json_t *data = world_event(world, stem)->data;
	const json_t *text = json_object_get(data, "text");
	struct kl_buf out = KL_BUF(FILE_MAX);

	replace_text(
	    &out, json_string_value(text), json_string_length(text), from, to);
	json_object_set_new(
	    data, "text", json_stringn((const char *)out.data, out.size));
	kl_buf_clear(&out);
}

/* The digit after these bytes becomes another. */
static inline void flip_event(
    struct world *world, const char *stem, const char *after)
{
	json_t *data = world_event(world, stem)->data;
	const json_t *text = json_object_get(data, "text");
	struct kl_buf out = KL_BUF(FILE_MAX);
	uint8_t *at;

	kl_buf_add(&out, json_string_value(text), json_string_length(text));
	at = memmem(out.data, out.size, after, strlen(after));
	assert_non_null(at);
	at += strlen(after);
	*at = *at == '0' ? '1' : '0';
	json_object_set_new(
	    data, "text", json_stringn((const char *)out.data, out.size));
	kl_buf_clear(&out);
}

/* --- whole again ---------------------------------------------------------- */

static inline void add_first(struct world *world, size_t place,
    const char *kind, const char *subject, json_t *data)
{
	struct event *event = &world->events[place];

	memmove(
	    event + 1, event, (world->event_count - place) * sizeof(*event));
	world->event_count++;
	assert_true(world->event_count <= EVENTS_MAX);
	*event = (struct event){
		.data = data, .at = START - 100000, .id = 250 + (int)place
	};
	snprintf(event->kind, sizeof(event->kind), "%s", kind);
	snprintf(event->subject, sizeof(event->subject), "%s", subject);
}

static inline bool is_adopted(const struct world *world, size_t attempt)
{
	for (size_t i = 0; i < attempt; i++)
		if (strcmp(world->made[i].plan.policy,
			world->made[attempt].plan.policy) == 0)
			return true;
	return false;
}

/* Entry 0, and the policies of the attempts. */
static inline void add_opening(struct world *world)
{
	struct kl_signer signer = signer_of(0);
	char key[KL_PUBLIC_KEY_HEX], subject[16];
	size_t place = 1;

	kl_public_key_hex(&signer.key, key);
	add_first(world, 0, "log.opened", "log",
	    json_pack("{s:s, s:s, s:s}", "origin", AUDIT_ORIGIN, "log_key", key,
		"receipt_key", key));
	for (size_t i = 0; i < world->made_count; i++) {
		const char *policy = world->made[i].plan.policy;

		if (is_adopted(world, i))
			continue;
		snprintf(subject, sizeof(subject), "p-%zu", place);
		add_first(world, place++, "policy.adopted", subject,
		    json_pack("{s:o}", "policy", json_loads(policy, 0, NULL)));
	}
}

static inline bool is_same_thing(
    const struct event *left, const struct event *right)
{
	size_t size = strcspn(left->kind, ".");

	return strcmp(left->subject, right->subject) == 0 &&
	       strncmp(left->kind, right->kind, size + 1) == 0;
}

/* Each event raises the version of its subject by one. */
static inline void number_events(struct world *world)
{
	for (size_t i = 0; i < world->event_count; i++) {
		struct event *event = &world->events[i];

		event->seq = 1;
		for (size_t j = 0; j < i; j++)
			event->seq += is_same_thing(event, &world->events[j]);
	}
}

static inline void finish_log(struct world *world)
{
	add_opening(world);
	number_events(world);
	for (size_t i = 0; i < world->event_count; i++)
		make_leaf(world, i);
}

/* A text of any attempt by its hash, as a log serves the large ones. */
static inline const struct made_file *text_by_hash(
    const struct world *world, const struct kl_hash *hash)
{
	for (size_t i = 0; i < world->file_count; i++) {
		const struct made_file *file = &world->files[i];
		struct kl_hash one = kl_hash_of(file->bytes, file->size);

		if (kl_hash_equal(&one, hash))
			return file;
	}
	return NULL;
}

#endif
