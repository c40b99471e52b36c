#include "deadline.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	LOOK_MS = 250,
	LAST_WORD_MS = 2000, /* to tell a client that it is late */
	LINGER_MS = 2000,
	LINGERING_MAX = 128,
	DRAINED_MAX = 1 << 20, /* bytes at a look */
	GROUP_BITS = 10,
};

struct deadline {
	struct deadlines *owner;
	struct deadline *next, **link;
	int socket;
	uint32_t address;
	atomic_llong at_ms;    /* when it is shut down */
	atomic_llong since_ms; /* it waits for what it waits for */
	atomic_uint phase;
	atomic_bool late;
	bool ending;      /* on its way out; under the lock */
	long long end_ms; /* of the request; its own thread's alone */
};

struct deadlines {
	pthread_t thread;
	pthread_mutex_t lock; /* of the list, and of ending */
	pthread_cond_t ending;
	bool ended;
	struct deadline *first;
	unsigned count, with_address;
	struct lingering {
		int socket; /* a copy, ours to close */
		long long until_ms;
	} lingering[LINGERING_MAX];
	unsigned lingering_count;
};

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static long long load(const atomic_llong *number)
{
	return atomic_load_explicit(number, memory_order_relaxed);
}

static void store(atomic_llong *number, long long value)
{
	atomic_store_explicit(number, value, memory_order_relaxed);
}

static enum deadline_phase phase_of(const struct deadline *deadline)
{
	return (enum deadline_phase)atomic_load_explicit(
	    &deadline->phase, memory_order_relaxed);
}

/* Whoever is in the middle of a request hears why; once. */
static void shut(struct deadline *deadline, long long now)
{
	deadline->ending = true;
	if (phase_of(deadline) == DEADLINE_READING &&
	    !atomic_exchange(&deadline->late, true)) {
		store(&deadline->at_ms, now + LAST_WORD_MS);
		shutdown(deadline->socket, SHUT_RD);
	} else {
		shutdown(deadline->socket, SHUT_RDWR);
	}
}

static void shut_late(struct deadlines *deadlines)
{
	long long now = now_ms();

	for (struct deadline *d = deadlines->first; d; d = d->next)
		if (load(&d->at_ms) <= now)
			shut(d, now);
}

/* Read out what is there; has the other end closed? */
static bool drain(int socket)
{
	char sink[4096];
	ssize_t got = 1;

	for (size_t drained = 0; got > 0 && drained < DRAINED_MAX;
	     drained += (size_t)got)
		got = recv(socket, sink, sizeof(sink), MSG_DONTWAIT);
	return got == 0 || (got < 0 && errno != EAGAIN);
}

static void end_lingering(struct deadlines *deadlines, long long at_ms)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < deadlines->lingering_count; i++) {
		struct lingering *one = &deadlines->lingering[i];

		if (drain(one->socket) || one->until_ms <= at_ms)
			close(one->socket);
		else
			deadlines->lingering[kept++] = *one;
	}
	deadlines->lingering_count = kept;
}

static void *watch(void *context)
{
	struct deadlines *deadlines = context;

	pthread_setname_np(pthread_self(), "deadlines");
	pthread_mutex_lock(&deadlines->lock);
	while (!deadlines->ended) {
		struct timespec until;

		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += LOOK_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(
		    &deadlines->ending, &deadlines->lock, &until);
		shut_late(deadlines);
		end_lingering(deadlines, now_ms());
	}
	end_lingering(deadlines, LLONG_MAX);
	pthread_mutex_unlock(&deadlines->lock);
	return NULL;
}

struct deadlines *deadlines_start(void)
{
	struct deadlines *deadlines = calloc(1, sizeof(*deadlines));
	pthread_condattr_t steady;

	if (!deadlines)
		abort();
	pthread_mutex_init(&deadlines->lock, NULL);
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&deadlines->ending, &steady);
	pthread_condattr_destroy(&steady);
	if (pthread_create(&deadlines->thread, NULL, watch, deadlines))
		abort();
	return deadlines;
}

void deadlines_stop(struct deadlines *deadlines)
{
	if (!deadlines)
		return;
	pthread_mutex_lock(&deadlines->lock);
	deadlines->ended = true;
	pthread_cond_signal(&deadlines->ending);
	pthread_mutex_unlock(&deadlines->lock);
	pthread_join(deadlines->thread, NULL);
	pthread_cond_destroy(&deadlines->ending);
	pthread_mutex_destroy(&deadlines->lock);
	free(deadlines);
}

struct deadline *deadline_add(
    struct deadlines *deadlines, int socket, uint32_t address, unsigned seconds)
{
	struct deadline *deadline = calloc(1, sizeof(*deadline));

	if (!deadline)
		abort();
	deadline->owner = deadlines;
	deadline->socket = socket;
	deadline->address = address;
	deadline_begin(deadline, DEADLINE_IDLE, seconds, seconds);
	pthread_mutex_lock(&deadlines->lock);
	deadline->next = deadlines->first;
	deadline->link = &deadlines->first;
	if (deadline->next)
		deadline->next->link = &deadline->next;
	deadlines->first = deadline;
	deadlines->count++;
	deadlines->with_address += address != 0;
	pthread_mutex_unlock(&deadlines->lock);
	return deadline;
}

void deadline_remove(struct deadline *deadline)
{
	if (!deadline)
		return;
	pthread_mutex_lock(&deadline->owner->lock);
	*deadline->link = deadline->next;
	if (deadline->next)
		deadline->next->link = deadline->link;
	deadline->owner->count--;
	deadline->owner->with_address -= deadline->address != 0;
	pthread_mutex_unlock(&deadline->owner->lock);
	free(deadline);
}

void deadline_begin(struct deadline *deadline, enum deadline_phase phase,
    unsigned all_s, unsigned part_s)
{
	deadline->end_ms = now_ms() + all_s * 1000LL;
	deadline_next(deadline, phase, part_s);
}

void deadline_next(
    struct deadline *deadline, enum deadline_phase phase, unsigned seconds)
{
	long long now = now_ms(), at = now + seconds * 1000LL;

	if (seconds == 0 || at > deadline->end_ms)
		at = deadline->end_ms;
	store(&deadline->since_ms, now);
	store(&deadline->at_ms, at);
	deadline_turn(deadline, phase);
}

void deadline_turn(struct deadline *deadline, enum deadline_phase phase)
{
	atomic_store_explicit(&deadline->phase, phase, memory_order_relaxed);
}

bool deadline_is_late(const struct deadline *deadline)
{
	return atomic_load(&deadline->late);
}

bool deadline_is_working(const struct deadline *deadline)
{
	return phase_of(deadline) == DEADLINE_WORKING;
}

void deadline_linger(struct deadline *deadline)
{
	struct deadlines *deadlines = deadline->owner;
	int copy;

	pthread_mutex_lock(&deadlines->lock);
	if (deadlines->lingering_count < LINGERING_MAX) {
		copy = fcntl(deadline->socket, F_DUPFD_CLOEXEC, 0);
		if (copy >= 0)
			deadlines->lingering[deadlines->lingering_count++] =
			    (struct lingering){ copy, now_ms() + LINGER_MS };
	}
	pthread_mutex_unlock(&deadlines->lock);
}

/* --- making room ---------------------------------------------------------- */

/* Addresses fall into groups; who shares one by chance shares its fate. */
static unsigned group_of(uint32_t address)
{
	return (address * UINT32_C(2654435761)) >> (32 - GROUP_BITS);
}

/* Of those that stay: how many in each group, in all, and with `address`. */
struct crowd {
	unsigned groups[1 << GROUP_BITS];
	unsigned all, same, largest; /* a group */
};

static void count(
    const struct deadlines *deadlines, uint32_t address, struct crowd *crowd)
{
	memset(crowd, 0, sizeof(*crowd));
	for (const struct deadline *d = deadlines->first; d; d = d->next) {
		unsigned group = group_of(d->address);

		if (d->ending || d->address == 0)
			continue;
		crowd->all++;
		crowd->same += d->address == address;
		if (++crowd->groups[group] > crowd->groups[crowd->largest])
			crowd->largest = group;
	}
}

/* Of that group, and with `address` unless it is 0. */
static bool make_room(
    const struct deadline *newest, unsigned group, uint32_t address)
{
	struct deadline *found = NULL;

	for (struct deadline *d = newest->owner->first; d; d = d->next)
		if (d != newest && !d->ending && d->address != 0 &&
		    group_of(d->address) == group &&
		    (address == 0 || d->address == address) &&
		    phase_of(d) != DEADLINE_WORKING &&
		    (!found || load(&d->since_ms) < load(&found->since_ms)))
			found = d;
	if (found)
		shut(found, now_ms());
	return found != NULL;
}

bool deadline_fits(struct deadline *newest, unsigned most, unsigned most_each)
{
	struct deadlines *deadlines = newest->owner;
	struct crowd crowd;
	bool fits = true;

	pthread_mutex_lock(&deadlines->lock);
	if (most_each > 0 || deadlines->with_address > most) {
		count(deadlines, newest->address, &crowd);
		if (most_each > 0 && crowd.same > most_each)
			fits = make_room(
			    newest, group_of(newest->address), newest->address);
		else if (crowd.all > most)
			fits = make_room(newest, crowd.largest, 0);
	}
	if (!fits)
		newest->ending = true;
	pthread_mutex_unlock(&deadlines->lock);
	return fits;
}

unsigned deadlines_count(struct deadlines *deadlines)
{
	unsigned count;

	pthread_mutex_lock(&deadlines->lock);
	count = deadlines->count;
	pthread_mutex_unlock(&deadlines->lock);
	return count;
}
