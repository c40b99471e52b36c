/* genesis.h -- klerod --init: the first entry of a new log. */
#ifndef GENESIS_H
#define GENESIS_H

#include "config.h"

/*
 * Begin the log of an empty, migrated database: entry 0 `log.opened` {origin,
 * log_key, receipt_key, version}, the head row, the first checkpoint and the
 * high-water file, which outlives a refused COMMIT. Opens and
 * closes log_keys.h itself. Refuses, with a line `init_refused` in the diary,
 * if the database has a head, an entry or a checkpoint, or the file exists; or
 * if a witness shows a log of this origin that our key has signed: until they
 * are heard (witnesses_hear_first()) nothing is signed. A log is never begun in
 * any other way. Returns the program's exit code: 0 done, LOG_REFUSED, or 1 if
 * too few witnesses answer or it is told to end: nothing has begun.
 */
int genesis(const struct config *config);

#endif
