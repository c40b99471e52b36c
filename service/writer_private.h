/* writer_private.h -- what the writer's thread and its batches share. */
#ifndef WRITER_PRIVATE_H
#define WRITER_PRIVATE_H

#include "batch.h"
#include "due.h"
#include "idempotency.h"
#include "log_read.h"
#include "writer.h"

#include <pthread.h>
#include <stdatomic.h>

enum { BATCH_ACTS_MAX = 256 };

struct act_list {
	struct request *first, *last;
};

struct writer {
	const struct writer_parts *parts;
	struct db_settings settings;
	pthread_t thread;
	bool started;

	/* Any thread. */
	atomic_uint_fast64_t size;
	atomic_bool superseded; /* another writer has the log */
	atomic_bool halted;     /* writer_halt() */
	atomic_bool skewed;     /* the clocks differ: no acts */
	atomic_llong skew_us;
	atomic_llong beat_ms; /* when its thread was last seen */
	atomic_uint_fast64_t acts, batches, reruns, refusals, parked;

	/* Under the lock. */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct act_list queues[QUEUES];
	unsigned waiting;
	struct request *earliest, *latest; /* in flight, by stamp */
	bool stopping;

	/* The writer's thread alone. */
	struct db *db;
	struct memory *memory;
	struct tree *tree, *after; /* as committed; as it will be */
	uint64_t fence;
	uint8_t holder[HOLDER_SIZE]; /* who we are, among writers */
	bool settled; /* tree and fence are those of the database */
	int64_t last_at;
	int64_t due_first, due_second;
	int64_t target; /* where a rehearsal's time goes */
	bool due_known;
	int64_t waits_for, waits_since_ms; /* a due act, for acts before it */
};

/* What goes into one commit: acts that were sent, or due acts. */
struct writer_batch {
	struct request *acts[BATCH_ACTS_MAX];
	size_t count;
	int64_t at;
	bool dues;
};

/* The one writer of the program. */
extern struct writer writer_one;

enum writer_next { NEXT_WAIT, NEXT_ACTS, NEXT_DUES, NEXT_END };

/* What to run now. NEXT_WAIT: it has waited, look again. */
enum writer_next writer_choose(struct writer_batch *batch);

/* The acts from batch->count up to `count` come to their turn again. */
void writer_give_back(struct writer_batch *batch, size_t count);

void writer_random(void *bytes, size_t size);

/*
 * Run them to their end: each act is answered, each due act freed. `count`
 * comes back smaller when bulk acts took too long: what follows was not run.
 */
void writer_run(struct writer *writer, struct writer_batch *batch);

/* One run of the acts of a batch, or a part of it. */
struct run {
	struct writer *writer;
	struct writer_batch *acts;
	struct batch batch;
	struct answer answers[IDEMPOTENCY_MAX];
	size_t answer_count;
	bool looks_first;   /* for answers of before, see writer_find_answers */
	bool changes;       /* there is something to commit */
	enum error failure; /* why it was rolled back */
	int64_t began_ms;
};

/*
 * Look up what was answered before, to all acts. That is a sixth of what a
 * batch costs the database, and seldom finds any: so they are first run as if
 * all were new. One that is not new is refused, and looked up then; or it
 * succeeds again, and its answer's key refuses the batch as a whole
 * (ERR_CONFLICT): that run looks first.
 * ERR_BUSY ERR_DATABASE
 */
enum error writer_find_answers(struct run *run) MUST_CHECK;

/*
 * Run each act, or replay it; how it ended is act->end. In the first run the
 * list is cut where bulk acts take too long. Without looks_first those refused
 * are looked up at the end.
 * ERR_CONFLICT ERR_BUSY ERR_DATABASE: the batch is lost
 */
enum error writer_run_acts(struct run *run, bool first) MUST_CHECK;

/*
 * Make the log ours (`first`) or see that it still is, with a higher fence,
 * and load the tree. A failure leaves it unsettled.
 * ERR_STATE      another writer has it
 * ERR_NOT_FOUND  there is no log, or its right edge does not add up
 * ERR_BUSY ERR_DATABASE
 */
enum error writer_take(struct writer *writer, bool first) MUST_CHECK;

/* Another writer has the log: never write again. */
void writer_give_up(struct writer *writer);

/* May anything be written? Once not, never again. Any thread. */
bool writer_may_write(void);

/* Its thread is here. */
void writer_beat(void);

/* Prepared as writer; ends with NULL. */
extern const struct db_statement *const writer_take_statements[];

#endif
