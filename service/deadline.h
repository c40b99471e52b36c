/* deadline.h -- sockets that are shut down when their time is over. */
#ifndef DEADLINE_H
#define DEADLINE_H

#include <stdint.h>

/*
 * A time-out that any byte prolongs holds a connection for ever: these are
 * absolute. A thread looks four times a second and shuts down what is late;
 * closing stays with whoever opened the socket.
 */
struct deadlines;
struct deadline;

struct deadlines *deadlines_start(void);          /* aborts if it cannot */
void deadlines_stop(struct deadlines *deadlines); /* NULL is fine */

/* `seconds` from now on; the socket stays open until deadline_remove(). */
struct deadline *deadline_add(
    struct deadlines *deadlines, int socket, unsigned seconds);
void deadline_remove(struct deadline *deadline); /* NULL is fine */

/* A new request begins: `all_s` for all of it, `part_s` for its next part. */
void deadline_begin(struct deadline *deadline, unsigned all_s, unsigned part_s);

/* The next part may take `seconds`, within what all may take; 0: just that. */
void deadline_next(struct deadline *deadline, unsigned seconds);

/* How many sockets are watched. */
unsigned deadlines_count(struct deadlines *deadlines);

#endif
