/* batch.h -- many acts to one commit: what writer.c and act.c share. */
#ifndef BATCH_H
#define BATCH_H

#include "act.h"
#include "memory.h"
#include "stage.h"
#include "tree.h"

enum act_queue { QUEUE_DEADLINE, QUEUE_PEOPLE, QUEUE_BULK, QUEUES };

/* An event of this batch, on its way into the log. */
struct batch_event {
	struct kl_event_id id;
	struct kl_hash leaf;
	const uint8_t *bytes; /* the leaf */
	size_t size;
	/* Of a sealed one; NULL for others. */
	const uint8_t *salt;
	const char *event; /* its canonical bytes, and a NUL */
};

struct batch {
	struct arena arena;
	struct db *db;
	struct memory *memory;   /* the writer's */
	const struct tree *tree; /* as it was when the batch began */
	struct stage stage;
	struct batch_event *events;
	size_t event_count, event_capacity;
	int64_t at;
	unsigned shows; /* set of enum collection that changed */
	bool staging;   /* gather inserts; else send each at once */
	bool careful;   /* send after each act, to find who conflicts */
	bool due_changed;
	enum error failure; /* of the database: run the batch again */
};

/* One act: made before its first run, in its request's arena. */
struct act {
	struct batch *batch;
	struct kl_event_id event_id; /* of its first event */
	uint8_t seed[32];            /* where its random bytes come from */
	struct kl_hash digest;       /* of account, route and body */
	enum act_queue queue;
	bool signs; /* a receipt is to be signed after the commit */

	/* Of the run under way. */
	unsigned event_count;
	bool saved; /* the savepoint is ours */
	struct stage_mark stage_mark;
	size_t memory_mark, event_mark;
	unsigned shows_mark;
};

/* Before and after each run of an act. */
void batch_begin_act(struct batch *batch, struct act *act);

/* Undo what the act did. ERR_BUSY or ERR_DATABASE: the batch is lost. */
enum error batch_undo_act(struct batch *batch, struct act *act) MUST_CHECK;

/* With the events of all acts: the log's rows, gathered. */
enum error batch_append(struct batch *batch, struct tree *after) MUST_CHECK;

#endif
