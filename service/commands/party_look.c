/* party_look.c -- what the log has of this draw, as files of a pack. */
#include "party.h"

#include "kl_canon.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 256, PAGE = 200, PAGE_SIZE_MAX = 32 << 20 };

/* The events that a party looks at. A stem of many ends in `-`. */
static const struct {
	const char *kind, *stem;
	bool has_text;
} kinds[] = {
	{ "draw.drafted", "draft", true },
	{ "draw.roster", "roster", true },
	{ "draw.names", "names", true },
	{ "draw.excluded", "excluded", true },
	{ "draw.declared", "declare", true },
	{ "draw.committed", "committed-", false },
	{ "draw.locked", "lock", true },
	{ "draw.revealed", "revealed-", false },
	{ "draw.sealed", "seal", true },
	{ "draw.closed", "close", true },
};

const struct party_event *party_event_of(
    const struct party *party, const char *stem)
{
	for (size_t i = 0; i < party->event_count; i++)
		if (strcmp(party->events[i].stem, stem) == 0)
			return &party->events[i];
	return NULL;
}

const struct party_event *party_event_at(
    const struct party *party, uint64_t index)
{
	for (size_t i = 0; i < party->event_count; i++)
		if (party->events[i].index == index)
			return &party->events[i];
	return NULL;
}

/* --- texts ---------------------------------------------------------------- */

/* A text too large for an entry stands apart, under its digest. */
static enum kl_party_code fetch_text(
    struct party *party, const json_t *data, struct kl_buf *out)
{
	const char *hex = json_string_value(json_object_get(data, "digest"));
	struct kl_hash said, hash;
	char path[PATH_SIZE];

	if (!hex || kl_unhex(hex, strlen(hex), said.bytes, KL_HASH_SIZE))
		return KL_PARTY_EVENTS_BAD;
	snprintf(path, sizeof(path), "/log/texts/%s", hex);
	if (!party_get(party, path, KL_TEXT_SIZE_MAX))
		return KL_PARTY_UNREACHABLE;
	hash = kl_hash_of(party->answer.data, party->answer.size);
	if (!kl_hash_equal(&hash, &said))
		return KL_PARTY_EVENTS_BAD;
	kl_buf_add(out, party->answer.data, party->answer.size);
	return KL_PARTY_GOOD;
}

enum kl_party_code party_text_take(
    struct party *party, const char *stem, const json_t *data)
{
	const json_t *text = json_object_get(data, "text");
	char name[PARTY_NAME_SIZE + 8];
	struct kl_buf *out;

	snprintf(name, sizeof(name), "%s.txt", stem);
	out = party_set_add(&party->texts, name);
	if (!out)
		return party_about(party, KL_PARTY_EVENT_TWICE, name);
	if (!json_is_string(text))
		return fetch_text(party, data, out);
	kl_buf_add(out, json_string_value(text), json_string_length(text));
	return KL_PARTY_GOOD;
}

/* notice.json and policy.json: no entries, but the declaration binds them. */
static enum kl_party_code fetch_bound(struct party *party, const char *name)
{
	char path[PATH_SIZE];
	struct kl_buf *out;

	if (party_set_find(&party->texts, name))
		return KL_PARTY_GOOD;
	snprintf(path, sizeof(path), "/v1/draws/%s/texts/%s",
	    party->options->draw, name);
	if (!party_get(party, path, KL_TEXT_SIZE_MAX))
		return KL_PARTY_UNREACHABLE;
	out = party_set_add(&party->texts, name);
	if (!out)
		return KL_PARTY_EVENTS_BAD;
	kl_buf_add(out, party->answer.data, party->answer.size);
	return KL_PARTY_GOOD;
}

/* --- events --------------------------------------------------------------- */

/* What it is called in a pack; "" when we do not look at it. */
static bool name_event(const struct kl_leaf *leaf,
    char stem[static PARTY_NAME_SIZE], bool *has_text)
{
	const char *party =
	    json_string_value(json_object_get(leaf->data, "party"));

	*stem = '\0';
	*has_text = false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strcmp(leaf->kind, kinds[i].kind) != 0)
			continue;
		*has_text = kinds[i].has_text;
		if (!*has_text &&
		    (!party || !kl_is_party_id(party, strlen(party))))
			return false;
		snprintf(stem, PARTY_NAME_SIZE, "%s%s", kinds[i].stem,
		    *has_text ? "" : party);
	}
	return true;
}

/* The one event that was told before this one, or none. */
static uint64_t next_index(const struct party *party)
{
	return party->event_count
		   ? party->events[party->event_count - 1].index + 1
		   : 0;
}

static enum kl_party_code keep(struct party *party, uint64_t index,
    const struct kl_leaf *leaf, struct kl_buf *bytes)
{
	struct party_event event = { .index = index };
	bool has_text;
	enum kl_party_code code = KL_PARTY_GOOD;

	if (strcmp(leaf->subject, party->options->draw) != 0 ||
	    index < next_index(party) ||
	    party->event_count == PARTY_EVENTS_MAX ||
	    !name_event(leaf, event.stem, &has_text))
		return KL_PARTY_EVENTS_BAD;
	if (*event.stem && party_event_of(party, event.stem))
		return party_about(party, KL_PARTY_EVENT_TWICE, event.stem);
	if (has_text)
		code = party_text_take(party, event.stem, leaf->data);
	if (code)
		return code;
	event.leaf = *bytes;
	*bytes = (struct kl_buf)KL_BUF(0);
	party->events[party->event_count++] = event;
	return KL_PARTY_GOOD;
}

/* An entry comes as it is, with its index added: without that its canonical
 * form is the very bytes of the log. */
enum kl_party_code party_event_read(json_t *item, uint64_t *index,
    struct kl_buf *bytes, json_t **value, struct kl_leaf *leaf)
{
	json_int_t said = json_integer_value(json_object_get(item, "index"));

	*bytes = (struct kl_buf)KL_BUF(KL_LEAF_SIZE_MAX);
	if (said < 0 || json_object_del(item, "index") ||
	    kl_canon_write(bytes, item) ||
	    kl_leaf_read((char *)bytes->data, bytes->size, value, leaf)) {
		kl_buf_clear(bytes);
		return KL_PARTY_EVENTS_BAD;
	}
	*index = (uint64_t)said;
	return KL_PARTY_GOOD;
}

static enum kl_party_code take_event(struct party *party, json_t *item)
{
	struct kl_buf bytes;
	json_t *value = NULL;
	struct kl_leaf leaf;
	uint64_t index;
	enum kl_party_code code =
	    party_event_read(item, &index, &bytes, &value, &leaf);

	/* What our checkpoint does not cover waits for the next one. */
	if (!code)
		code = index < party->log.checkpoint.size
			   ? keep(party, index, &leaf, &bytes)
			   : KL_PARTY_NOT_CLOSED;
	json_decref(value);
	kl_buf_clear(&bytes);
	return code;
}

static enum kl_party_code read_page(struct party *party, bool *more)
{
	json_auto_t *json = NULL;
	json_t *items, *item, *published;
	char path[PATH_SIZE];
	enum kl_party_code code = KL_PARTY_GOOD;
	size_t i;

	snprintf(path, sizeof(path), "/v1/events?subject=%s&limit=%d",
	    party->options->draw, PAGE);
	if (party->event_count)
		snprintf(path + strlen(path), sizeof(path) - strlen(path),
		    "&after=%" PRIu64, next_index(party) - 1);
	if (!party_get(party, path, PAGE_SIZE_MAX))
		return KL_PARTY_UNREACHABLE;
	party_about(party, code, path);
	json = party_answer_json(party);
	items = json_object_get(json, "items");
	published = json_object_get(json, "published");
	party->log.behind_events = json_integer_value(published) <
				   (json_int_t)party->log.checkpoint.size;
	if (!json_is_array(items))
		return KL_PARTY_EVENTS_BAD;
	*more = json_is_string(json_object_get(json, "next_cursor")) &&
		json_array_size(items) > 0;
	json_array_foreach (items, i, item)
		if (!code)
			code = take_event(party, item);
	return code;
}

enum kl_party_code party_look(struct party *party)
{
	enum kl_party_code code = party_log_look(party);
	bool more = true;

	if (code || !party->log.grown)
		return code;
	while (more && !code)
		code = read_page(party, &more);
	if (code == KL_PARTY_NOT_CLOSED)
		code = KL_PARTY_GOOD;
	/* What broke off goes on from where it was. */
	party->log.behind_events |= code != KL_PARTY_GOOD;
	return code;
}

/* --- the pack so far ------------------------------------------------------ */

static enum kl_party_code put(
    struct party_set *set, const char *name, const struct kl_buf *bytes)
{
	struct kl_buf *out = party_set_add(set, name);

	if (!out)
		return KL_PARTY_EVENTS_BAD;
	kl_buf_add(out, bytes->data, bytes->size);
	return kl_buf_result(out) ? KL_PARTY_EVENTS_BAD : KL_PARTY_GOOD;
}

enum kl_party_code party_event_put(struct party *party, struct party_set *set,
    const char *prefix, const struct party_event *event)
{
	struct kl_buf proof = KL_BUF(KL_PROOF_SIZE_MAX);
	char name[2 * PARTY_NAME_SIZE + 16];
	enum kl_party_code code = party_log_prove(party, event->index, &proof);

	snprintf(name, sizeof(name), "%slog/%s.leaf", prefix, event->stem);
	if (!code)
		code = put(set, name, &event->leaf);
	snprintf(name, sizeof(name), "%slog/%s.proof", prefix, event->stem);
	if (!code)
		code = put(set, name, &proof);
	kl_buf_clear(&proof);
	return code;
}

/* The checkpoint that we committed after, and how the log grew since. */
static enum kl_party_code put_marks(struct party *party, struct party_set *set)
{
	const struct kl_buf *note = &party->log.note;
	const struct kl_buf *old =
	    party->declared.size ? &party->declared : note;
	struct kl_steps steps = { .count = 1 };
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	struct kl_checkpoint declared = party->log.checkpoint;
	struct kl_note read;
	enum kl_party_code code = put(set, "log/declared", old);

	if (!code)
		code = put(set, "log/locked", note);
	if (!code)
		code = put(set, "log/closed", note);
	if (code || kl_note_read((const char *)old->data, old->size, &read) ||
	    kl_checkpoint_read(read.text, read.text_size, &declared) ||
	    declared.size >= party->log.checkpoint.size)
		return code;
	code = party_log_step(party, declared.size, &steps.steps[0]);
	if (!code && kl_steps_write(&steps, &text))
		code = KL_PARTY_EVENTS_BAD;
	if (!code)
		code = put(set, "log/consistency", &text);
	kl_buf_clear(&text);
	return code;
}

/* What was revealed is judged by the lock. */
static bool is_asked_for(
    const struct party_event *event, enum kl_party_step step)
{
	return *event->stem && (step == KL_PARTY_REVEALS ||
				   strncmp(event->stem, "revealed-", 9) != 0);
}

enum kl_party_code party_gather(
    struct party *party, enum kl_party_step step, struct party_set *set)
{
	enum kl_party_code code = fetch_bound(party, "notice.json");

	if (!code)
		code = fetch_bound(party, "policy.json");
	if (!code)
		code = party_previous_look(party);
	for (size_t i = 0; i < party->texts.count && !code; i++)
		code = put(set, party->texts.list[i].name,
		    &party->texts.list[i].bytes);
	for (size_t i = 0; i < party->event_count && !code; i++)
		if (is_asked_for(&party->events[i], step))
			code =
			    party_event_put(party, set, "", &party->events[i]);
	if (!code)
		code = party_previous_gather(party, set);
	return code ? code : put_marks(party, set);
}
