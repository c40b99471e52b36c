/* worker.h -- threads that read, and do beforehand and afterwards for acts. */
#ifndef WORKER_H
#define WORKER_H

#include "config.h"
#include "request.h"

/* What a worker does for a request. JOB_FINISH goes before JOB_PREPARE. */
enum job {
	JOB_FINISH,  /* answer an act that is committed or refused */
	JOB_PREPARE, /* permit and prepare an act, hand it to the writer; or do
			all of what is upkeep */
	JOB_SLOW,    /* the same where passwords are hashed */
	JOB_READ,    /* answer a GET from the database */
	JOB_PART,    /* take a part of a body, below all others, too */
	JOBS
};

/*
 * Does the job; request->db is the worker's own connection of the reader,
 * with the request's arena, or NULL while there is no database.
 */
typedef void worker_run(struct request *request);

/*
 * Start config->act_workers threads for what acts need, ->slow_workers for
 * JOB_SLOW, and ->read_workers for JOB_READ and JOB_PART; the last three run
 * with less priority than anything else of the program. Borrows `config`; `run`
 * has one function a job. False on failure, which is in the diary.
 */
bool workers_start(
    const struct config *config, worker_run *const run[static JOBS]) MUST_CHECK;

/*
 * Queue a job that is not JOB_FINISH. From any thread; waits for nothing.
 * ERR_BUSY   config->work_queue (->slow_queue of JOB_SLOW) of them wait
 * already, or we are stopping
 */
enum error worker_submit(enum job job, struct request *request) MUST_CHECK;

/*
 * Queue JOB_FINISH for a chain by next of acts that have ended. request->error
 * ERR_OK: it is committed, the reply is in `request`, log_size is set, and
 * page_shows() was called; else nothing is stored. Their number is bounded by
 * the writer's queue. From any thread; waits for nothing.
 */
void worker_finish(struct request *first);

/*
 * JOB_READ, when the log has `size` entries, or so many are published if the
 * route asks for that. After WORKER_PARKED_S_MAX it is
 * done all the same: the job tells whether it came too early.
 * ERR_BUSY   as above
 */
enum { WORKER_PARKED_S_MAX = 5 };
enum error worker_park(struct request *request, uint64_t size) MUST_CHECK;

/* The log has `size` entries now: of the writer, after COMMIT. */
void worker_wake(uint64_t size);

/* So many are published now. */
void worker_wake_published(uint64_t size);

/* Park nothing any more, and do what is parked. Before the writer stops. */
void workers_drain(void);

/* Do what is queued, then end. Twice is harmless. */
void workers_stop(void);

/* How many wait in the queue of `job`. */
unsigned worker_waiting(enum job job);

#endif
