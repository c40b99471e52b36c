/* finder.c -- the index as it is now, and the thread that renews it. */
#include "finder.h"

#include "clock.h"
#include "db.h"
#include "diary.h"
#include "page.h"
#include "route.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { MS_PER_S = 1000, NS_PER_MS = 1000000, REST = 4 /* for 1 of work */ };

#define OF (SHOWS_LISTINGS | SHOWS_INSTITUTIONS | SHOWS_CATEGORIES)

/* An index, and who looks at it: freed when nobody does any more. */
struct held {
	struct found_index *index;
	unsigned users;
	struct held *next;
};

static struct {
	const struct config *config;
	struct db *db;
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t wanted;
	bool ending;       /* under the lock, as what follows */
	struct held *held; /* the first one is that of now */
} finder = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.wanted = PTHREAD_COND_INITIALIZER,
};

/* --- who holds it --------------------------------------------------------- */

/* Under the lock: those but the first that nobody uses. */
static struct held *take_unused(void)
{
	struct held *unused = NULL, **link = &finder.held;

	while (*link) {
		struct held *held = *link;

		if (held != finder.held && held->users == 0) {
			*link = held->next;
			held->next = unused;
			unused = held;
		} else {
			link = &held->next;
		}
	}
	return unused;
}

static void free_all(struct held *held)
{
	while (held) {
		struct held *next = held->next;

		finder_free(held->index);
		free(held);
		held = next;
	}
}

const struct found_index *finder_take(void)
{
	const struct found_index *index = NULL;

	pthread_mutex_lock(&finder.lock);
	if (finder.held) {
		finder.held->users++;
		index = finder.held->index;
	}
	pthread_mutex_unlock(&finder.lock);
	return index;
}

void finder_give(const struct found_index *index)
{
	struct held *unused;

	pthread_mutex_lock(&finder.lock);
	for (struct held *held = finder.held; held; held = held->next)
		if (held->index == index)
			held->users--;
	unused = take_unused();
	pthread_mutex_unlock(&finder.lock);
	free_all(unused);
}

static void show(struct found_index *index)
{
	struct held *held = arena_malloc(sizeof(*held)), *unused;

	pthread_mutex_lock(&finder.lock);
	*held = (struct held){ index, 0, finder.held };
	finder.held = held;
	unused = take_unused();
	pthread_mutex_unlock(&finder.lock);
	free_all(unused);
	page_shows(SHOWS_SEARCH);
}

/* --- the thread ----------------------------------------------------------- */

static bool wait_ms(int64_t ms)
{
	int64_t end_ms = clock_steady_ms() + ms;
	const struct timespec end = { end_ms / MS_PER_S,
		end_ms % MS_PER_S * NS_PER_MS };
	bool goes_on;

	pthread_mutex_lock(&finder.lock);
	while (!finder.ending && pthread_cond_clockwait(&finder.wanted,
				     &finder.lock, CLOCK_MONOTONIC, &end) == 0)
		;
	goes_on = !finder.ending;
	pthread_mutex_unlock(&finder.lock);
	return goes_on;
}

/* What fails is tried again; the database says why in the diary. */
static bool renew(void)
{
	struct found_index *index;

	if (finder_read(finder.db, &index))
		return false;
	show(index);
	return true;
}

/* Its version is taken before it is read: what changes meanwhile is read
 * again. It rests longer than it works, however much there is. */
static void *work(void *context)
{
	uint64_t made = UINT64_MAX;
	int64_t pause_ms = 0;

	(void)context;
	pthread_setname_np(pthread_self(), "finder");
	while (wait_ms(pause_ms)) {
		int64_t begun_ms = clock_steady_ms();
		uint64_t version = page_version(OF);

		if (version != made && renew())
			made = version;
		pause_ms = REST * (clock_steady_ms() - begun_ms);
		if (pause_ms < (int64_t)finder.config->search_ms)
			pause_ms = (int64_t)finder.config->search_ms;
	}
	db_close(finder.db);
	finder.db = NULL;
	db_thread_end();
	return NULL;
}

bool finder_start(const struct config *config)
{
	/* Borrowed by the connection, and by each that follows it. */
	static struct db_settings settings;

	assert(!finder.started);
	finder.config = config;
	finder.ending = false;
	settings = (struct db_settings){ config->db_socket, config->db_name,
		config->db_reader, (unsigned)config->db_timeout_s };
	finder.db = db_open(&settings);
	if (!finder.db || !db_check(finder.db, finder_statements)) {
		db_close(finder.db);
		finder.db = NULL;
		return false;
	}
	if (pthread_create(&finder.thread, NULL, work, NULL))
		abort();
	finder.started = true;
	return true;
}

void finder_stop(void)
{
	if (!finder.started)
		return;
	pthread_mutex_lock(&finder.lock);
	finder.ending = true;
	pthread_cond_broadcast(&finder.wanted);
	pthread_mutex_unlock(&finder.lock);
	pthread_join(finder.thread, NULL);
	free_all(finder.held);
	finder.held = NULL;
	finder.started = false;
}
