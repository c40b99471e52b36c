/* bodies.h -- every kind of body there is, and an example of each. */
#ifndef BODIES_H
#define BODIES_H

#include "kind.h"
#include "route.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { BODIES_MAX = 64 };

struct bodies {
	const struct kind *kinds[BODIES_MAX];
	size_t count;
};

static inline void bodies_add(struct bodies *bodies, const struct kind *kind)
{
	for (size_t i = 0; i < bodies->count; i++)
		if (bodies->kinds[i] == kind)
			return;
	assert(bodies->count < BODIES_MAX);
	bodies->kinds[bodies->count++] = kind;
}

/* What some route reads, and every kind that has a table. */
static inline void bodies_find(struct bodies *bodies)
{
	bodies->count = 0;
	for (size_t i = 0; kinds[i]; i++)
		bodies_add(bodies, kinds[i]);
	for (size_t i = 0; resources[i]; i++)
		for (const struct route *r = resources[i]->routes;
		     r && r->method; r++)
			if (r->input)
				bodies_add(bodies, r->input);
}

/* The shortest, or the longest text that may stand there. */
static inline json_t *bodies_text(const struct member *member, bool longest)
{
	size_t size = longest ? member->maximum : member->minimum;
	char *text = malloc(size + 1);
	json_t *value;

	assert(text);
	memset(text, 'a', size);
	text[size] = '\0';
	value = json_string(text);
	free(text);
	return value;
}

static inline json_t *bodies_value(const struct member *member, bool longest)
{
	switch (member->type) {
	case MEMBER_TEXT:
	case MEMBER_PROSE:
	case MEMBER_TOKEN:
		return bodies_text(member, longest);
	case MEMBER_CHOICE:
		return json_stringn(
		    member->choices, strcspn(member->choices, " "));
	case MEMBER_USCC:
		return json_string("91350100M000100Y43");
	case MEMBER_HASH:
		return json_string("000102030405060708090a0b0c0d0e0f"
				   "000102030405060708090a0b0c0d0e0f");
	case MEMBER_NUMBER:
		return json_integer(
		    (json_int_t)(longest ? member->maximum : member->minimum));
	case MEMBER_FLAG:
		return json_boolean(longest);
	case MEMBER_TIME:
		return json_string("2026-07-01T08:00:00Z");
	case MEMBER_JSON:
		return longest ? json_object() : json_array();
	}
	return NULL;
}

/* As text, to be freed: each bit of `choice` decides about one member. */
static inline char *bodies_example(const struct kind *kind, unsigned choice)
{
	json_auto_t *body = json_object();
	char *text;

	for (const struct member *m = kind->members; m->name; m++) {
		bool longest = choice & 1, left_out = choice & 2;

		choice = choice >> 1 | choice << 31;
		if (!(m->flags & MEMBER_IN) ||
		    ((m->flags & MEMBER_OPTIONAL) && left_out))
			continue;
		json_object_set_new(body, m->name, bodies_value(m, longest));
	}
	text = json_dumps(body, JSON_COMPACT);
	assert(text);
	return text;
}

#endif
