/* log_kinds.c -- which kinds of events there are. */
#include "event.h"
#include "log_audit.h"

#include <pthread.h>
#include <string.h>

/* A log is mostly of few kinds, so each is found at its first place. */
enum { PLACES = 1024 }; /* a power of two, far more than there are kinds */

static struct {
	const char *name;
	size_t size;
} places[PLACES];
static pthread_once_t filled = PTHREAD_ONCE_INIT;

/* By its ends and its size: this is asked of every entry. Kinds are ours, so
 * nobody chooses where they fall. */
static size_t place_of(const char *text, size_t size)
{
	uint32_t first = 0, last = 0;

	if (size < sizeof(first))
		return 0;
	memcpy(&first, text, sizeof(first));
	memcpy(&last, text + size - sizeof(last), sizeof(last));
	return ((first * 31 ^ last) * 2654435761U + size) >> 16 & (PLACES - 1);
}

static void add(const char *name)
{
	size_t size = strlen(name), place = place_of(name, size);

	while (places[place].name)
		place = (place + 1) & (PLACES - 1);
	places[place].name = name;
	places[place].size = size;
}

static void fill(void)
{
	for (int event = 0; event < EVENT_COUNT; event++)
		add(event_info((enum event)event)->name);
	add("sealed");
}

bool audit_kind_known(struct kl_span kind)
{
	size_t place;

	pthread_once(&filled, fill);
	place = place_of(kind.at, kind.size);
	for (; places[place].name; place = (place + 1) & (PLACES - 1))
		if (places[place].size == kind.size &&
		    memcmp(places[place].name, kind.at, kind.size) == 0)
			return true;
	return false;
}
