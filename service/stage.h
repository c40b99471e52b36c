/* stage.h -- rows gathered for one bulk INSERT a table. */
#ifndef STAGE_H
#define STAGE_H

#include "act.h"

/*
 * Gathered rows name their UNIQUE keys, so a duplicate among them is refused
 * to the act that brings it. Marks undo what an act has gathered. All memory
 * is the batch's arena. All zero is an empty stage.
 */
struct stage_rows {
	const struct act_table *table;
	struct db_in *cells;
	size_t count, capacity; /* rows */
	size_t sent;            /* of them in the database already */
};

struct stage_key {
	const struct act_table *table;
	uint8_t key;
	uint64_t digest;
	const struct db_in *row;
	struct stage_key *next;
};

enum { STAGE_TABLES_MAX = 32, STAGE_BUCKETS = 4096 };

struct stage {
	struct arena *arena;
	struct stage_rows tables[STAGE_TABLES_MAX];
	size_t table_count;
	struct stage_key *buckets[STAGE_BUCKETS];
	struct stage_key **order; /* the keys as they came, for undoing */
	size_t key_count, key_capacity;
};

/* How much was gathered when an act began. */
struct stage_mark {
	size_t rows[STAGE_TABLES_MAX];
	size_t table_count, key_count;
};

/* Copies the values. ERR_CONFLICT: a row gathered earlier has such a key. */
enum error stage_add(struct stage *stage, const struct act_table *table,
    const struct db_in *in, size_t in_count) MUST_CHECK;

void stage_mark(const struct stage *stage, struct stage_mark *mark);

/* Forget what came after `mark`; none of it may have been sent, or all of it
 * was undone in the database. */
void stage_undo(struct stage *stage, const struct stage_mark *mark);

/*
 * Send the rows before `mark`, or with NULL all of them; those sent before
 * are not sent again. Errors as db_bulk().
 */
enum error stage_send(struct stage *stage, struct db *db,
    const struct stage_mark *mark) MUST_CHECK;

bool stage_is_sent(const struct stage *stage);

#endif
