#include "worker.h"

#include "clock.h"
#include "db.h"
#include "diary.h"
#include "route.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
	WORKERS_MAX = 64, /* of a crew */
	LOOK_MS = 250,
	RECONNECT_MS = 1000,
	FINISH_AT_ONCE = 8, /* answers that one worker takes together */
	READING_NICE = 10,
};

struct queue {
	struct request *first, **end;
	unsigned count, count_max;
};

/*
 * Who reads gives way to all others: that work is never done while many ask,
 * and neither acts nor the pages that are ready may wait for a turn beside it.
 * So does who hashes passwords, which is made to take long.
 */
enum crew_id { ACTING, HASHING, READING, CREWS };

static const char *const crew_names[CREWS] = { "act-worker", "slow-worker",
	"read-worker" };

struct crew {
	pthread_cond_t come;
	pthread_t threads[WORKERS_MAX];
	unsigned thread_count;
};

/* There is one set of workers in a program. */
static struct {
	pthread_mutex_t lock; /* of all that follows */
	struct crew crews[CREWS];
	struct queue queues[JOBS];
	struct request *parked; /* wait for the log to grow */
	unsigned parked_count;
	uint64_t log_size, published_size;
	bool draining, stopping;
	/* Constant while threads run. */
	worker_run *run[JOBS];
	struct db_settings settings;
} pool = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* --- queues, under the lock ----------------------------------------------- */

static struct crew *crew_of(enum job job)
{
	return &pool.crews[job == JOB_READ || job == JOB_PART ? READING
			   : job == JOB_SLOW                  ? HASHING
							      : ACTING];
}

/* A chain by next. One worker is woken, who wakes another if he leaves
 * something: to wake costs as much as many a job. */
static void append(enum job job, struct request *first)
{
	struct queue *queue = &pool.queues[job];

	*queue->end = first;
	for (; *queue->end; queue->end = &(*queue->end)->next)
		queue->count++;
	pthread_cond_signal(&crew_of(job)->come);
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
		append(JOB_READ, request);
	}
}

static void wait_a_little(struct crew *crew)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += LOOK_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&crew->come, &pool.lock, &until);
}

/* Answers first, for they free what an act holds. */
static enum job most_urgent(const struct crew *crew)
{
	enum job job = 0;

	while (job < JOBS && (crew != crew_of(job) || !pool.queues[job].first))
		job++;
	return job;
}

/* The next job; of answers, a chain of them. NULL: we are to end. */
static struct request *take(struct crew *crew, enum job *job)
{
	bool reads = crew == crew_of(JOB_READ);
	struct request *request = NULL;

	pthread_mutex_lock(&pool.lock);
	for (;;) {
		if (reads)
			unpark();
		*job = most_urgent(crew);
		if (*job < JOBS || pool.stopping)
			break;
		if (reads && pool.parked)
			wait_a_little(crew);
		else
			pthread_cond_wait(&crew->come, &pool.lock);
	}
	if (*job < JOBS)
		request = take_from(&pool.queues[*job],
		    *job == JOB_FINISH ? FINISH_AT_ONCE : 1);
	if (most_urgent(crew) < JOBS)
		pthread_cond_signal(&crew->come);
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

/* Where it is forbidden, all are equal. */
static void begin_as(const struct crew *crew)
{
	enum crew_id id = (enum crew_id)(crew - pool.crews);

	pthread_setname_np(pthread_self(), crew_names[id]);
	if (id != ACTING)
		setpriority(PRIO_PROCESS, (id_t)gettid(), READING_NICE);
}

static void *work(void *context)
{
	struct crew *crew = context;
	struct db *db = NULL;
	struct request *request, *next;
	int64_t next_ms = 0;
	enum job job;

	begin_as(crew);
	db = reconnected(db, &next_ms);
	while ((request = take(crew, &job)) != NULL) {
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
	for (enum crew_id crew = 0; crew < CREWS; crew++)
		pthread_cond_init(&pool.crews[crew].come, &steady);
	pthread_condattr_destroy(&steady);
	pool.settings =
	    (struct db_settings){ config->db_socket, config->db_name,
		    config->db_reader, (unsigned)config->db_timeout_s };
	for (enum job job = 0; job < JOBS; job++) {
		pool.run[job] = run[job];
		pool.queues[job] = (struct queue){
			.end = &pool.queues[job].first,
			.count_max =
			    (unsigned)(job == JOB_SLOW ? config->slow_queue
						       : config->work_queue),
		};
	}
}

static bool start_crew(struct crew *crew, uint64_t count)
{
	while (crew->thread_count < count) {
		if (pthread_create(
			&crew->threads[crew->thread_count], NULL, work, crew))
			return false;
		crew->thread_count++;
	}
	return true;
}

bool workers_start(
    const struct config *config, worker_run *const run[static JOBS])
{
	prepare_pool(config, run);
	if (start_crew(&pool.crews[ACTING], config->act_workers) &&
	    start_crew(&pool.crews[HASHING], config->slow_workers) &&
	    start_crew(&pool.crews[READING], config->read_workers))
		return true;
	diary_write("workers-failed", NULL);
	workers_stop();
	return false;
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
		append(job, request);
	pthread_mutex_unlock(&pool.lock);
	return error;
}

void worker_finish(struct request *first)
{
	pthread_mutex_lock(&pool.lock);
	append(JOB_FINISH, first);
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
		append(JOB_READ, request);
	} else {
		request->next = pool.parked;
		pool.parked = request;
		pool.parked_count++;
		/* To watch its time. */
		pthread_cond_signal(&pool.crews[READING].come);
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

static void join_crew(struct crew *crew)
{
	for (unsigned i = 0; i < crew->thread_count; i++)
		pthread_join(crew->threads[i], NULL);
	crew->thread_count = 0;
	pthread_cond_destroy(&crew->come);
}

void workers_stop(void)
{
	if (pool.crews[ACTING].thread_count == 0)
		return;
	workers_drain();
	pthread_mutex_lock(&pool.lock);
	pool.stopping = true;
	for (enum crew_id crew = 0; crew < CREWS; crew++)
		pthread_cond_broadcast(&pool.crews[crew].come);
	pthread_mutex_unlock(&pool.lock);
	for (enum crew_id crew = 0; crew < CREWS; crew++)
		join_crew(&pool.crews[crew]);
}

unsigned worker_waiting(enum job job)
{
	unsigned count;

	pthread_mutex_lock(&pool.lock);
	count = pool.queues[job].count;
	pthread_mutex_unlock(&pool.lock);
	return count;
}
