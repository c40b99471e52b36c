/* rehearsal.h -- the time of a rehearsal's log: where it is and where it goes.
 */
#ifndef REHEARSAL_H
#define REHEARSAL_H

#include "act.h"

/* One row, `time`, from the first act that moves time. */
struct rehearsal {
	struct object object; /* state: moved, joining, joined */
	int64_t target;       /* where time was sent last */
};
extern struct kind rehearsal_kind;

/*
 * Before there are threads: if the stored log is a rehearsal's, set the clock
 * to where its time stood. That it can be told from what is stored alone is
 * what a restart in the middle of a move needs: each due act on the way
 * happens at its own time, and time goes on only when all before is published.
 * Of a log that is not there, or not readable, log_check() tells.
 */
void rehearsal_begin(struct db *db);

/* Where time goes: DB_TIME_NONE if it was never sent. May join the clock to
 * the machine's. The writer's alone. ERR_BUSY ERR_DATABASE */
enum error rehearsal_learn(struct db *db, int64_t *target) MUST_CHECK;

/* Prepared as reader by who calls rehearsal_begin(); ends with NULL. */
extern const struct db_statement *const rehearsal_statements[];

#endif
