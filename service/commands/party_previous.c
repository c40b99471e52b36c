/* party_previous.c -- the attempt before this one: how it ended. protocol §3 */
#include "party.h"

#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 256, PAGE_SIZE_MAX = 1 << 20 };

/* Of it a party looks at these; without an annulment there is none. */
static const struct {
	const char *kind, *stem;
	bool needed;
} kinds[] = {
	{ "draw.declared", "declare", true },
	{ "draw.closed", "close", true },
	{ "draw.annulled", "annul", false },
};

/* Which attempt that is; 0: there is none, or nothing is declared yet. */
static int64_t number_of(const struct party *party)
{
	const struct kl_buf *text =
	    party_set_find(&party->texts, "declare.txt");
	struct kl_declare declare;

	if (!text || kl_declare_read(
			 &declare, (const char *)text->data, text->size, NULL))
		return 0;
	return declare.attempt - 1;
}

/* The draw it was, as the service has it; the lib sees whether it is the one
 * that the declaration names. */
static enum kl_party_code find_draw(
    struct party *party, char draw[static KL_TOKEN_SIZE_MAX + 1])
{
	json_auto_t *json = NULL;
	const char *previous;
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "/v1/draws/%s", party->options->draw);
	if (!party_get(party, path, PAGE_SIZE_MAX))
		return KL_PARTY_UNREACHABLE;
	json = party_answer_json(party);
	previous = json_string_value(json_object_get(json, "previous"));
	if (!previous || !kl_is_token(previous, strlen(previous)))
		return party_about(party, KL_PARTY_EVENTS_BAD, path);
	snprintf(draw, KL_TOKEN_SIZE_MAX + 1, "%s", previous);
	return KL_PARTY_GOOD;
}

static enum kl_party_code take(
    struct party *party, size_t kind, int64_t number, json_t *item)
{
	struct party_event *event = &party->previous[party->previous_count];
	char stem[PARTY_NAME_SIZE];
	json_t *value = NULL;
	struct kl_leaf leaf;
	enum kl_party_code code =
	    party_event_read(item, &event->index, &event->leaf, &value, &leaf);

	snprintf(event->stem, sizeof(event->stem), "%s", kinds[kind].stem);
	snprintf(stem, sizeof(stem), "previous/%lld/%s", (long long)number,
	    kinds[kind].stem);
	if (!code && strcmp(leaf.kind, kinds[kind].kind) != 0)
		code = KL_PARTY_EVENTS_BAD;
	if (!code)
		code = party_text_take(party, stem, leaf.data);
	json_decref(value);
	if (code)
		kl_buf_clear(&event->leaf);
	else
		party->previous_count++;
	return code;
}

/* The event of a kind, of which a draw has one at most. */
static enum kl_party_code fetch(
    struct party *party, size_t kind, int64_t number, const char *draw)
{
	json_auto_t *json = NULL;
	json_t *item;
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "/v1/events?subject=%s&kind=%s&limit=1",
	    draw, kinds[kind].kind);
	if (!party_get(party, path, PAGE_SIZE_MAX))
		return KL_PARTY_UNREACHABLE;
	party_about(party, KL_PARTY_EVENTS_BAD, path);
	json = party_answer_json(party);
	item = json_array_get(json_object_get(json, "items"), 0);
	if (item)
		return take(party, kind, number, item);
	return kinds[kind].needed ? KL_PARTY_EVENTS_BAD : KL_PARTY_GOOD;
}

/* It ended before this one was declared, so what there is does not change. */
enum kl_party_code party_previous_look(struct party *party)
{
	int64_t number = number_of(party);
	char draw[KL_TOKEN_SIZE_MAX + 1];
	enum kl_party_code code;

	if (number == 0 || party->has_previous)
		return KL_PARTY_GOOD;
	party_previous_clear(party);
	code = find_draw(party, draw);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds) && !code; i++)
		code = fetch(party, i, number, draw);
	party->has_previous = !code;
	return code;
}

enum kl_party_code party_previous_gather(
    struct party *party, struct party_set *set)
{
	char prefix[PARTY_NAME_SIZE];
	enum kl_party_code code = KL_PARTY_GOOD;

	snprintf(prefix, sizeof(prefix), "previous/%lld/",
	    (long long)number_of(party));
	for (size_t i = 0; i < party->previous_count && !code; i++)
		code = party_event_put(party, set, prefix, &party->previous[i]);
	return code;
}

void party_previous_clear(struct party *party)
{
	for (size_t i = 0; i < party->previous_count; i++)
		kl_buf_clear(&party->previous[i].leaf);
	party->previous_count = 0;
}
