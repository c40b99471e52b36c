/* clock.h -- what time it is: the one source for all who ask. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Of a real log, the machine's time. Of a rehearsal's (service design §8) time
 * stands still and is moved forward by an operator's act, until it joins the
 * machine's for ever. Any thread may ask.
 */

/* Since 1970, UTC. */
int64_t clock_now_us(void);
int64_t clock_now(void);

/* The machine's own time, in a rehearsal too. */
int64_t clock_machine_us(void);
int64_t clock_machine(void);

/* The same as a column of a SELECT, by the database's clock: when the statement
 * began. */
#define CLOCK_OF_DATABASE                                                      \
	"TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))"

/*
 * By how much the database's clock differs from ours at least: it was asked
 * between `before_us` and `after_us`. Never negative.
 */
int64_t clock_skew_us(int64_t before_us, int64_t after_us, int64_t database_us);

/* Milliseconds of a clock that nobody sets, since some moment or other: for
 * what waits. */
int64_t clock_steady_ms(void);

/* Is the log a rehearsal's, be its time joined or not? Every answer says so. */
bool clock_rehearses(void);

/* Does time stand still until it is moved? */
bool clock_stands(void);

/* It is a rehearsal's, and time stands at `now`. Before there are threads. */
void clock_rehearse(int64_t now);

/* It goes on to `now`; never back. The writer's alone, like the next. */
void clock_move(int64_t now);

/* A rehearsal's log, whose time is the machine's from now on. */
void clock_join(void);

/*
 * Where time that is on its way from `now` to `target` stands next: at the
 * first due act on the way, so that each happens at its own time.
 */
int64_t clock_next(int64_t now, int64_t target, int64_t due);

#endif
