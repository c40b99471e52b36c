/* deadline.h -- connections that are shut down when their time is over. */
#ifndef DEADLINE_H
#define DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A time-out that any byte prolongs holds a connection for ever: these are
 * absolute. A thread looks four times a second and shuts down what is late;
 * closing stays with whoever opened the socket. The same list tells who has
 * to make room when there are too many.
 */
struct deadlines;
struct deadline;

/* What a connection waits for. */
enum deadline_phase {
	DEADLINE_IDLE,    /* for a request; it is shut down without a word */
	DEADLINE_READING, /* for the rest of one: see deadline_is_late() */
	DEADLINE_WORKING, /* for us; it never makes room for another */
	DEADLINE_SENDING, /* for its client to take the answer */
};

struct deadlines *deadlines_start(void);          /* aborts if it cannot */
void deadlines_stop(struct deadlines *deadlines); /* NULL is fine */

/*
 * Idle from now on, for `seconds`; the socket stays open until
 * deadline_remove(). `address` is of the client, 0 for one of the machine's own
 * that never has to make room.
 */
struct deadline *deadline_add(struct deadlines *deadlines, int socket,
    uint32_t address, unsigned seconds);
void deadline_remove(struct deadline *deadline); /* NULL is fine */

/* A request or a pause begins: `all_s` for all of it, `part_s` for its next
 * part. */
void deadline_begin(struct deadline *deadline, enum deadline_phase phase,
    unsigned all_s, unsigned part_s);

/* The next part begins and may take `seconds`, within what all may take; 0:
 * just that. */
void deadline_next(
    struct deadline *deadline, enum deadline_phase phase, unsigned seconds);

/* Another phase of the same part. */
void deadline_turn(struct deadline *deadline, enum deadline_phase phase);

/*
 * Its time to send a request is over: its socket gives no more bytes, so that
 * whoever reads it wakes up and tells the client. A moment later it is shut
 * down altogether.
 */
bool deadline_is_late(const struct deadline *deadline);

/* Is it we who are waited for? */
bool deadline_is_working(const struct deadline *deadline);

/*
 * Its connection will be closed after an answer, and the client may still be
 * sending: what nobody reads would make it lose the answer. So we go on reading
 * by ourselves, until it has closed its end, two seconds at most. RFC 9112
 * §9.6.
 */
void deadline_linger(struct deadline *deadline);

/*
 * `newest` was added. If there are now more than `most_each` (0: no matter)
 * with its address, then one of those has to make room; else, if there are more
 * than `most` with an address, one of the address that has most of them, so
 * that a flood drowns itself. It is the one that has waited for its client for
 * longest. False if there is none: then `newest` should not stay.
 */
bool deadline_fits(struct deadline *newest, unsigned most, unsigned most_each);

/* How many sockets are watched. */
unsigned deadlines_count(struct deadlines *deadlines);

#endif
