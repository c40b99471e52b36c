#include "event.h"

#include <assert.h>
#include <string.h>

#define EVENT_INFO(code, name, who, from, to, sealed)                          \
	[code] = { name, who, from, to, sealed },
static const struct event_info infos[EVENT_COUNT] = { EVENTS(EVENT_INFO) };
#undef EVENT_INFO

const struct event_info *event_info(enum event event)
{
	assert(event < EVENT_COUNT);
	return &infos[event];
}

bool event_allowed(enum event event, const char *state)
{
	const char *wanted = state ? state : "-";
	size_t size = strlen(wanted);

	for (const char *at = event_info(event)->from; *at;
	     at += strcspn(at, " ")) {
		at += *at == ' ';
		if (strcspn(at, " ") == size && memcmp(at, wanted, size) == 0)
			return true;
	}
	return false;
}
