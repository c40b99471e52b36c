/* pulse.h -- threads that never wait: do they go on? */
#ifndef PULSE_H
#define PULSE_H

#include <stdbool.h>

/*
 * Between begin and end a thread does a piece of work that takes no time worth
 * mentioning. One that is still at the same piece when it is looked at again
 * hangs, however well the others do. Costs two stores to memory of its own.
 */
enum { PULSES_MAX = 256 }; /* threads of a program, over its life */

void pulse_begin(void);
void pulse_end(void);

/* Is no thread at the piece of work it was at when this was asked last? For one
 * caller, who asks now and then. */
bool pulses_go_on(void);

#endif
