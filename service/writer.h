/* writer.h -- the one thread of acts: queue, batch, log, commit. */
#ifndef WRITER_H
#define WRITER_H

#include "config.h"
#include "log_keys.h"
#include "request.h"
#include "route.h"

struct batch;
struct log_head;

/*
 * There is one writer in a program. Acts are serial: their order is the order
 * of the log, and an answer means committed and in the log. service design §2.
 */
struct writer_parts {
	const struct config *config;
	const struct resource *const *resources; /* whose dues it runs */
	/* The acts of a batch have ended, a chain by next, each with its
	 * request->error: worker_finish(). On the writer's thread. */
	void (*done)(struct request *first);
	/* What it was prepared from has changed: prepare it again, then
	 * writer_submit() or writer_dismiss() it. Until then it is in flight.
	 * On the writer's thread. */
	void (*again)(struct request *request);
	/* After COMMIT, before any act of the batch is answered. */
	void (*shows)(unsigned collections); /* page_shows() */
	void (*grown)(uint64_t size);        /* worker_wake() and publisher */
	/* Is the caller still who he was when the act was queued? Runs as
	 * part of the act, before its handler; NULL for no check. */
	handler *recheck;
	/* Before a batch: bring what all its acts want together into memory.
	 * NULL for nothing. */
	enum error (*load)(
	    struct batch *batch, struct request *const acts[], size_t count);
	int64_t (*clock_us)(void); /* clock_now_us() */
	/* How much of the log is published: a rehearsal's time waits for it.
	 * NULL: nothing is. */
	uint64_t (*published)(void);
	void (*random)(void *bytes, size_t size); /* NULL: libsodium's */
};

/*
 * Take the log over from whoever wrote before (a higher fence), load the tree
 * and start. Borrows `parts` until writer_stop(). False on failure, which is
 * in the diary: log_check() says first whether the log is as it should be.
 */
bool writer_start(const struct writer_parts *parts) MUST_CHECK;

/*
 * Nothing is written any more, for a reason that is told elsewhere: no act is
 * taken, those that are queued end with ERR_BUSY, no due act happens and a
 * rehearsal's time stands. A batch under way still ends. Until writer_stop();
 * any thread.
 */
void writer_halt(void);

/* Do what is queued, then end. Twice is harmless. */
void writer_stop(void);

/* Does it take acts? Not once another writer has taken the log over, or after
 * writer_halt(). */
bool writer_works(void);

/* Is the log ours, by this head? If not, we never write again. Any thread. */
bool writer_holds(const struct log_head *head);

/*
 * An act is complete at the gate (stamp_us is set): until it has ended, or is
 * dismissed, a due act of a later time waits for it. Never waits.
 */
void writer_expect(struct request *request);

/* It will not be submitted. Harmless if it was not expected. */
void writer_dismiss(struct request *request);

/*
 * Queue an act: route, caller, params, body, input and prepared are set. Its
 * end is told by parts->done(), once: with ERR_OK it is committed, the answer
 * is in `request` (a replay's too: `text`, and no `reply`), log_size is set;
 * otherwise nothing is stored. With ERR_BUSY nothing more comes, and it is
 * dismissed. One that is stale (ERR_STALE) comes back by parts->again() first,
 * WRITER_AGAIN_MAX times, and ends with ERR_BUSY then.
 *
 * ERR_BUSY   config->act_queue of them wait already, or it does not work
 */
enum { WRITER_AGAIN_MAX = 3 };
enum error writer_submit(struct request *request) MUST_CHECK;

/* The clock was set: look at it again. */
void writer_wake(void);

/* Does its thread go round? It may be silent for as long as the database may
 * be. Any thread. */
bool writer_beats(void);

/* Does it take acts while the clocks differ by that? Any thread. */
bool writer_bears(int64_t skew_us);

/* The size of the log as committed. Any thread. */
uint64_t writer_log_size(void);

/* How many acts wait. */
unsigned writer_waiting(void);

/* Prometheus text: acts, batches, reruns, refusals, parked dues. In `arena`. */
const char *writer_metrics(struct arena *arena);

#endif
