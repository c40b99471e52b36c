/* inlet.h -- what libmicrohttpd gets to read: only what is in form. */
#ifndef INLET_H
#define INLET_H

#include "deadline.h"
#include "form.h"

/*
 * libmicrohttpd has no hook between a socket and its parser, but it asks for
 * recv(), and the dynamic linker looks for that in the program first. So
 * inlet.c defines it: for a socket with an inlet it hands on whole heads that
 * are in form (form.h) and bodies, for any other it is recv() as ever.
 *
 * What is not in form, or comes too late, libmicrohttpd never sees. It gets a
 * stand-in, a request for INLET_STAND_IN, which nobody can send, in the
 * language the client wants: its answer is the refusal inlet_fault(). A body
 * that does not come, or not in time, is filled up with zeros: inlet_cut().
 *
 * An inlet is used by the thread of its connection alone.
 */
struct inlet;

#define INLET_STAND_IN "!"

/* Is it our recv() that others get? Nothing may be served otherwise. */
bool inlets_work(void);

/* Borrows the socket, until inlet_close(); owns the deadline. */
struct inlet *inlet_open(int socket, struct deadline *deadline);
void inlet_close(struct inlet *inlet); /* NULL is fine */

struct deadline *inlet_deadline(const struct inlet *inlet);

/* Refuse whatever comes. */
void inlet_refuse(struct inlet *inlet, const struct form_fault *fault);

/* Why the rest of what comes is refused; NULL if it is not. */
const struct form_fault *inlet_fault(const struct inlet *inlet);

/* Idle, or reading when a head has begun. */
enum deadline_phase inlet_phase(const struct inlet *inlet);

/* Why the body of this request is not the client's to the end; NULL if it is.
 */
const struct form_fault *inlet_cut(const struct inlet *inlet);

#endif
