#include "worker.h"

#include "clock.h"
#include "db.h"
#include "diary.h"
#include "route.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum {
	WORKERS_MAX = 64,
	LOOK_MS = 250,
	RECONNECT_MS = 1000,
	FINISH_AT_ONCE = 8, /* answers that one worker takes together */
};

struct queue {
	struct request *first, **end;
	unsigned count, count_max;
};

/* There is one set of workers in a program. */
static struct {
	pthread_mutex_t lock; /* of all that follows */
	pthread_cond_t come;
	struct queue queues[JOBS];
	struct request *parked; /* wait for the log to grow */
	unsigned parked_count;
	uint64_t log_size, published_size;
	bool draining, stopping;
	/* Constant while threads run. */
	worker_run *run[JOBS];
	struct db_settings settings;
	pthread_t threads[WORKERS_MAX];
	unsigned thread_count;
} pool = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* --- queues, under the lock ----------------------------------------------- */

/* A chain by next. One worker is woken, who wakes another if he leaves
 * something: to wake costs as much as many a job. */
static void append(struct queue *queue, struct request *first)
{
	*queue->end = first;
	for (; *queue->end; queue->end = &(*queue->end)->next)
		queue->count++;
	pthread_cond_signal(&pool.come);
}

/* The first `most` of them, as a chain. */
static struct request *take_from(struct queue *queue, unsigned most)
{
	struct request *first = queue->first, **end = &queue->first;

	for (; *end && most > 0; end = &(*end)->next, most--)
		queue->count--;
	queue->first = *end;
	if (!queue->first)
		queue->end = &queue->first;
	*end = NULL;
	return first;
}

static bool is_full(const struct queue *queue)
{
	return queue->count >= queue->count_max;
}

static bool is_long_enough(const struct request *request)
{
	return request->min_size <= (request->route->published
					    ? pool.published_size
					    : pool.log_size);
}

static bool has_waited(const struct request *request, int64_t now_ms)
{
	return now_ms - request->came_ms >= WORKER_PARKED_S_MAX * INT64_C(1000);
}

/* Those parked whose time has come. They were counted when they were parked,
 * so the queue takes them over its limit. */
static void unpark(void)
{
	struct request **link = &pool.parked;
	int64_t now_ms = *link ? clock_steady_ms() : 0;

	while (*link) {
		struct request *request = *link;

		if (!is_long_enough(request) && !pool.draining &&
		    !has_waited(request, now_ms)) {
			link = &request->next;
			continue;
		}
		*link = request->next;
		request->next = NULL;
		pool.parked_count--;
		append(&pool.queues[JOB_READ], request);
	}
}

static void wait_a_little(void)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += LOOK_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&pool.come, &pool.lock, &until);
}

/* Answers first, for they free what an act holds; then who came first. */
static enum job most_urgent(void)
{
	const struct request *act = pool.queues[JOB_PREPARE].first;
	const struct request *read = pool.queues[JOB_READ].first;

	if (pool.queues[JOB_FINISH].first)
		return JOB_FINISH;
	if (act && read)
		return act->came_ms <= read->came_ms ? JOB_PREPARE : JOB_READ;
	return act ? JOB_PREPARE : read ? JOB_READ : JOBS;
}

/* The next job; of answers, a chain of them. NULL: we are to end. */
static struct request *take(enum job *job)
{
	struct request *request = NULL;

	pthread_mutex_lock(&pool.lock);
	for (;;) {
		unpark();
		*job = most_urgent();
		if (*job < JOBS || pool.stopping)
			break;
		if (pool.parked)
			wait_a_little();
		else
			pthread_cond_wait(&pool.come, &pool.lock);
	}
	if (*job < JOBS)
		request = take_from(&pool.queues[*job],
		    *job == JOB_FINISH ? FINISH_AT_ONCE : 1);
	if (most_urgent() < JOBS)
		pthread_cond_signal(&pool.come);
	pthread_mutex_unlock(&pool.lock);
	return request;
}

/* --- threads -------------------------------------------------------------- */

/* A connection that lives, or NULL; asks the server at most once a second. */
static struct db *reconnected(struct db *db, int64_t *next_ms)
{
	int64_t now_ms = clock_steady_ms();

	if (db && db_broken(db)) {
		db_close(db);
		db = NULL;
	}
	if (!db && now_ms >= *next_ms) {
		*next_ms = now_ms + RECONNECT_MS;
		db = db_open(&pool.settings);
	}
	return db;
}

static void run(struct db *db, enum job job, struct request *request)
{
	request->db = db;
	if (db)
		db_use(db, &request->arena);
	pool.run[job](request);
}

static void *work(void *context)
{
	struct db *db = NULL;
	struct request *request, *next;
	int64_t next_ms = 0;
	enum job job;

	(void)context;
	pthread_setname_np(pthread_self(), "worker");
	db = reconnected(db, &next_ms);
	while ((request = take(&job)) != NULL) {
		if (job != JOB_FINISH)
			db = reconnected(db, &next_ms);
		for (; request; request = next) {
			next = request->next;
			run(db, job, request);
		}
	}
	db_close(db);
	db_thread_end();
	return NULL;
}

static void prepare_pool(
    const struct config *config, worker_run *const run[static JOBS])
{
	pthread_condattr_t steady;

	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&pool.come, &steady);
	pthread_condattr_destroy(&steady);
	pool.settings =
	    (struct db_settings){ config->db_socket, config->db_name,
		    config->db_reader, (unsigned)config->db_timeout_s };
	for (enum job job = 0; job < JOBS; job++) {
		pool.run[job] = run[job];
		pool.queues[job] = (struct queue){
			.end = &pool.queues[job].first,
			.count_max = (unsigned)config->work_queue,
		};
	}
}

bool workers_start(
    const struct config *config, worker_run *const run[static JOBS])
{
	prepare_pool(config, run);
	for (unsigned i = 0; i < config->workers; i++) {
		if (pthread_create(&pool.threads[i], NULL, work, NULL)) {
			diary_write("workers-failed", NULL);
			workers_stop();
			return false;
		}
		pool.thread_count++;
	}
	return true;
}

enum error worker_submit(enum job job, struct request *request)
{
	struct queue *queue = &pool.queues[job];
	enum error error = ERR_OK;

	request->next = NULL;
	pthread_mutex_lock(&pool.lock);
	if (is_full(queue) || pool.stopping)
		error = ERR_BUSY;
	else
		append(queue, request);
	pthread_mutex_unlock(&pool.lock);
	return error;
}

void worker_finish(struct request *first)
{
	pthread_mutex_lock(&pool.lock);
	append(&pool.queues[JOB_FINISH], first);
	pthread_mutex_unlock(&pool.lock);
}

enum error worker_park(struct request *request, uint64_t size)
{
	struct queue *queue = &pool.queues[JOB_READ];
	enum error error = ERR_OK;

	request->next = NULL;
	pthread_mutex_lock(&pool.lock);
	request->min_size = size;
	if (pool.stopping || is_full(queue) ||
	    pool.parked_count >= queue->count_max) {
		error = ERR_BUSY;
	} else if (is_long_enough(request) || pool.draining) {
		append(queue, request);
	} else {
		request->next = pool.parked;
		pool.parked = request;
		pool.parked_count++;
		pthread_cond_signal(&pool.come); /* to watch its time */
	}
	pthread_mutex_unlock(&pool.lock);
	return error;
}

static void wake(uint64_t *known, uint64_t size)
{
	pthread_mutex_lock(&pool.lock);
	if (size > *known) {
		*known = size;
		unpark();
	}
	pthread_mutex_unlock(&pool.lock);
}

void worker_wake(uint64_t size)
{
	wake(&pool.log_size, size);
}

void worker_wake_published(uint64_t size)
{
	wake(&pool.published_size, size);
}

void workers_drain(void)
{
	pthread_mutex_lock(&pool.lock);
	pool.draining = true;
	unpark();
	pthread_mutex_unlock(&pool.lock);
}

void workers_stop(void)
{
	if (pool.thread_count == 0)
		return;
	workers_drain();
	pthread_mutex_lock(&pool.lock);
	pool.stopping = true;
	pthread_cond_broadcast(&pool.come);
	pthread_mutex_unlock(&pool.lock);
	for (unsigned i = 0; i < pool.thread_count; i++)
		pthread_join(pool.threads[i], NULL);
	pool.thread_count = 0;
	pthread_cond_destroy(&pool.come);
}

unsigned worker_waiting(enum job job)
{
	unsigned count;

	pthread_mutex_lock(&pool.lock);
	count = pool.queues[job].count;
	pthread_mutex_unlock(&pool.lock);
	return count;
}
