/* upkeep.h -- what is stored without an event: sessions and their kin. */
#ifndef UPKEEP_H
#define UPKEEP_H

#include "config.h"
#include "db.h"

/*
 * One connection of the account klero_upkeep for all who ask: what it does is
 * short and seldom. Service design §3.
 */

/* Borrows `config` until upkeep_close(). False on failure, which is in the
 * diary. */
bool upkeep_open(const struct config *config) MUST_CHECK;
void upkeep_close(void);

/*
 * One statement in a transaction of its own; `*affected`, unless NULL, counts
 * the rows it changed. Any thread; waits for the others.
 * ERR_CONFLICT   a duplicate key
 * ERR_BUSY       there is no database, or it is not known what became of it
 * ERR_DATABASE
 */
enum error upkeep_exec(const struct db_statement *statement,
    const struct db_in *in, size_t in_count, uint64_t *affected) MUST_CHECK;

#endif
