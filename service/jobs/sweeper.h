/* sweeper.h -- upkeep that nobody needs any more is removed, now and then. */
#ifndef SWEEPER_H
#define SWEEPER_H

#include "config.h"
#include "db.h"

/* Every config->sweep_s, from the start on. Borrows `config`. After
 * upkeep_open(). */
void sweeper_start(const struct config *config);
void sweeper_stop(void); /* twice is harmless */

/* Prepared as upkeep; ends with NULL. */
extern const struct db_statement *const sweeper_upkeeps[];

#endif
