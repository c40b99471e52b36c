/* process.h -- what a program that serves is, before it has any thread. */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>

/*
 * What every thread inherits: files are for their owner alone, memory holds
 * keys and is not for others to look at, signals wait for process_wait(), as
 * many files as the system gives, jansson that aborts for lack of memory,
 * libsodium. False: libsodium does not work here.
 */
bool process_prepare(void) __attribute__((warn_unused_result));

/* Has somebody sent SIGTERM or SIGINT? It stays so until process_wait(). */
bool process_ends(void);

/* Until somebody sends SIGTERM or SIGINT. */
void process_wait(void);

#endif
