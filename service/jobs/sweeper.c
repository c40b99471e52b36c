#include "sweeper.h"

#include "clock.h"
#include "diary.h"
#include "upkeep.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum {
	HOUR_S = 3600,
	DAY_S = 24 * HOUR_S,
	TOTP_STEP_S = 30,
	TOTP_KEPT_S = HOUR_S, /* far longer than a code is good for */
	ROUNDS_MAX = 1000,    /* of one statement, at one look */
};

/*
 * A few rows at a time, so that nobody waits for long. A recovery code that
 * was used stays: it would be good again.
 */
static const struct db_statement delete_parts = {
	"DELETE FROM file_part WHERE made_at < ? AND NOT EXISTS "
	"(SELECT 1 FROM file WHERE file.id = file_part.file) LIMIT 16",
};
static const struct db_statement delete_sessions = {
	"DELETE FROM session WHERE made_at < ? LIMIT 500",
};
static const struct db_statement delete_codes = {
	"DELETE FROM totp_use WHERE step < ? LIMIT 500",
};

const struct db_statement *const sweeper_upkeeps[] = { &delete_parts,
	&delete_sessions, &delete_codes, NULL };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t wanted;
	pthread_t thread;
	bool started, ending;
	const struct config *config;
} sweeper = { .lock = PTHREAD_MUTEX_INITIALIZER,
	.wanted = PTHREAD_COND_INITIALIZER };

static bool is_ending(void)
{
	bool ending;

	pthread_mutex_lock(&sweeper.lock);
	ending = sweeper.ending;
	pthread_mutex_unlock(&sweeper.lock);
	return ending;
}

/* What fails, a later look does; the database says why in the diary. */
static void sweep_all(
    const char *what, const struct db_statement *statement, struct db_in before)
{
	uint64_t removed = 0, count = 1;

	for (unsigned i = 0; i < ROUNDS_MAX && count > 0 && !is_ending(); i++) {
		count = 0;
		if (upkeep_exec(statement, &before, 1, &count))
			break;
		removed += count;
	}
	if (removed > 0)
		diary_write("swept", "{s:s, s:I}", "what", what, "rows",
		    (json_int_t)removed);
}

/* A session is kept after its longest life: where somebody has logged in from
 * is known by it, see login.c. */
static void sweep(void)
{
	const struct config *config = sweeper.config;
	int64_t now = clock_machine();

	sweep_all("file_part", &delete_parts,
	    db_time(now - (int64_t)config->orphan_hours * HOUR_S));
	sweep_all("session", &delete_sessions,
	    db_time(now - (int64_t)config->session_s -
		    (int64_t)config->session_days * DAY_S));
	sweep_all("totp_use", &delete_codes,
	    db_u64((uint64_t)((now - TOTP_KEPT_S) / TOTP_STEP_S)));
}

static bool wait_s(uint64_t seconds)
{
	struct timespec end;
	bool goes_on;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += (time_t)seconds;
	pthread_mutex_lock(&sweeper.lock);
	while (
	    !sweeper.ending && pthread_cond_clockwait(&sweeper.wanted,
				   &sweeper.lock, CLOCK_MONOTONIC, &end) == 0)
		;
	goes_on = !sweeper.ending;
	pthread_mutex_unlock(&sweeper.lock);
	return goes_on;
}

static void *work(void *context)
{
	(void)context;
	pthread_setname_np(pthread_self(), "sweeper");
	do
		sweep();
	while (wait_s(sweeper.config->sweep_s));
	db_thread_end();
	return NULL;
}

void sweeper_start(const struct config *config)
{
	sweeper.config = config;
	sweeper.ending = false;
	if (pthread_create(&sweeper.thread, NULL, work, NULL))
		abort();
	sweeper.started = true;
}

void sweeper_stop(void)
{
	if (!sweeper.started)
		return;
	pthread_mutex_lock(&sweeper.lock);
	sweeper.ending = true;
	pthread_cond_broadcast(&sweeper.wanted);
	pthread_mutex_unlock(&sweeper.lock);
	pthread_join(sweeper.thread, NULL);
	sweeper.started = false;
}
