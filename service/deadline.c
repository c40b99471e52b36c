#include "deadline.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum { LOOK_MS = 250 };

struct deadline {
	struct deadlines *owner;
	struct deadline *next, **link;
	int socket;
	atomic_llong at_ms; /* when it is shut down */
	long long end_ms;   /* of the request; its own thread's alone */
};

struct deadlines {
	pthread_t thread;
	pthread_mutex_t lock; /* of the list, and of ending */
	pthread_cond_t ending;
	bool ended;
	struct deadline *first;
	unsigned count;
};

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void shut_late(struct deadlines *deadlines)
{
	long long now = now_ms();

	for (struct deadline *d = deadlines->first; d; d = d->next)
		if (atomic_load_explicit(&d->at_ms, memory_order_relaxed) <=
		    now)
			shutdown(d->socket, SHUT_RDWR);
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
	}
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
    struct deadlines *deadlines, int socket, unsigned seconds)
{
	struct deadline *deadline = calloc(1, sizeof(*deadline));

	if (!deadline)
		abort();
	deadline->owner = deadlines;
	deadline->socket = socket;
	deadline_begin(deadline, seconds, seconds);
	pthread_mutex_lock(&deadlines->lock);
	deadline->next = deadlines->first;
	deadline->link = &deadlines->first;
	if (deadline->next)
		deadline->next->link = &deadline->next;
	deadlines->first = deadline;
	deadlines->count++;
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
	pthread_mutex_unlock(&deadline->owner->lock);
	free(deadline);
}

void deadline_begin(struct deadline *deadline, unsigned all_s, unsigned part_s)
{
	deadline->end_ms = now_ms() + all_s * 1000LL;
	deadline_next(deadline, part_s);
}

void deadline_next(struct deadline *deadline, unsigned seconds)
{
	long long at = now_ms() + seconds * 1000LL;

	if (seconds == 0 || at > deadline->end_ms)
		at = deadline->end_ms;
	atomic_store_explicit(&deadline->at_ms, at, memory_order_relaxed);
}

unsigned deadlines_count(struct deadlines *deadlines)
{
	unsigned count;

	pthread_mutex_lock(&deadlines->lock);
	count = deadlines->count;
	pthread_mutex_unlock(&deadlines->lock);
	return count;
}
