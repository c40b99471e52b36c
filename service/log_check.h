/* log_check.h -- is the log in the database the one we signed? */
#ifndef LOG_CHECK_H
#define LOG_CHECK_H

#include "config.h"
#include "db.h"

/*
 * Before anything is written: refuse a database that is behind the high-water
 * file or has another root at its size, a file that is missing, unsigned or of
 * another log, a right edge of the tree that does not add up, a clock before
 * the last entry. Each refusal is a line `log_refused` of the diary with its
 * `reason`:
 *
 *	no-log             the database has no log: klerod --init
 *	no-high-water      there is a log, but no file
 *	bad-high-water     not a checkpoint signed by our key, or no file
 *	                   that we may read
 *	foreign-log        entry 0 names another origin or other keys
 *	rehearsal          entry 0 and the origin differ in whether it is one
 *	rolled-back        the database has fewer entries than were signed
 *	forked             another root at the size that was signed
 *	broken-tree        tiles, leaves, frontier and root do not agree
 *	broken-entry       the last entries do not hash to their leaves
 *	clock              our clock is before the last entry
 *	unreadable         the file or the database cannot be read just now
 *
 * `db` is a reader's connection with nothing under way. `now` is seconds. The
 * status to end with: 0, LOG_REFUSED, or 1 for `unreadable`, which may pass.
 */
int log_check(
    const struct config *config, struct db *db, int64_t now) MUST_CHECK;

#endif
