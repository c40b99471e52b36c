/* batch.h -- many acts to one commit: what writer.c and act.c share. */
#ifndef BATCH_H
#define BATCH_H

#include "act.h"
#include "memory.h"
#include "stage.h"
#include "tree.h"

struct config;
struct due_row;

enum act_queue { QUEUE_DEADLINE, QUEUE_PEOPLE, QUEUE_BULK, QUEUES };

/* An event of this batch, on its way into the log. */
struct batch_event {
	struct kl_event_id id;
	struct kl_hash leaf;
	const uint8_t *bytes; /* the leaf */
	size_t size;
	const char *kind, *subject; /* as the leaf shows them */
	/* Of a sealed one; NULL for others. */
	const uint8_t *salt;
	const char *event; /* its canonical bytes, and a NUL */
};

struct batch {
	struct arena arena;
	struct db *db;
	const struct config *config;
	struct memory *memory;   /* the writer's */
	const struct tree *tree; /* as it was when the batch began */
	struct stage stage;
	struct batch_event *events;
	size_t event_count, event_capacity;
	int64_t at;
	int64_t skew_us; /* batch_lock(): of the database's clock and ours */
	unsigned shows;  /* set of enum collection that changed */
	/* Gather inserts; else send each at once: it is then known to whom a
	 * conflict belongs. */
	bool staging;
	bool due_changed;
	enum error failure; /* of the database: run the batch again */
};

/* A sealed event whose receipt an answer carries: `event` is its canonical
 * bytes, NULL when there is none, or when it was erased. */
struct sealed {
	bool there;
	uint64_t index;
	uint8_t salt[KL_SALT_SIZE];
	const char *event;
};

/* One act: made before its first run, in its request's arena. */
struct act {
	struct batch *batch;
	struct kl_event_id event_id; /* of its first event */
	uint8_t seed[32];            /* where its random bytes come from */
	struct kl_hash digest;       /* of account, route and body */
	enum act_queue queue;
	bool keeps;                /* its answer is kept for a replay */
	const struct due_row *due; /* it happens by itself; NULL: it was sent */
	bool parked;               /* a due act that failed too often */

	/* Of the run under way. */
	uint32_t event_count;
	bool by_itself;      /* act_by_itself() */
	bool signs;          /* a receipt is to be signed after the commit */
	const char *receipt; /* its text; NULL in a replay: the answer has it */
	struct sealed sealed; /* and what is then put into it */
	bool saved;           /* the savepoint is ours */
	struct stage_mark stage_mark;
	size_t memory_mark, event_mark;
	unsigned shows_mark;
	enum error end; /* ERR_OK: it happened, or had before */
};

/*
 * Bring the rows of these ids into memory, those that are there and are not in
 * it yet, at most KIND_MANY, of a kind that is hot. Before the first act.
 * ERR_BUSY ERR_DATABASE
 */
enum error batch_load(struct batch *batch, const struct kind *kind,
    const char *const ids[], size_t count) MUST_CHECK;

/* Before and after each run of an act. */
void batch_begin_act(struct batch *batch, struct act *act);

/* Undo what the act did. ERR_BUSY or ERR_DATABASE: the batch is lost. */
enum error batch_undo_act(struct batch *batch, struct act *act) MUST_CHECK;

/*
 * With the events of all acts: the log's rows, gathered, and the tree as it
 * will be.
 * ERR_CONFLICT   an event id is in the log already
 */
enum error batch_append(struct batch *batch, struct tree *after) MUST_CHECK;

/* Lock the head, and see that the log is ours and as `tree` says, and that it
 * is the time that it should be.
 * ERR_STATE   it is not: another writer has it
 * ERR_CLOCK   the clocks differ, or the log is ahead of them: what is written
 *             now would have a time that no deadline can be judged by */
enum error batch_lock(struct batch *batch, uint64_t fence) MUST_CHECK;

/* Send what is gathered, and move the head from `tree` to `after`.
 * ERR_CONFLICT   a row is there already
 * ERR_STATE      the head is not what it was */
enum error batch_send(
    struct batch *batch, const struct tree *after, uint64_t fence) MUST_CHECK;

/* Prepared as writer; end with NULL. */
extern const struct db_statement *const act_statements[];
extern const struct db_statement *const act_event_statements[];
extern const struct db_statement *const batch_statements[];

#endif
