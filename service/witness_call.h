/* witness_call.h -- ask a witness over HTTP. Its answer is anybody's. */
#ifndef WITNESS_CALL_H
#define WITNESS_CALL_H

#include "error.h"
#include "kl_buf.h"

#include <stdatomic.h>

/* For one thread at a time. */
struct witness_call;

/*
 * To the witness below `url` (http or https); no redirect is followed. An
 * answer has `timeout_s`, and ends early once `ending` is set; NULL: never.
 * Borrows `ending`. Aborts for lack of memory.
 */
struct witness_call *witness_call_open(const char *url, size_t url_size,
    unsigned timeout_s, const atomic_bool *ending);
void witness_call_close(struct witness_call *call); /* NULL is fine */

/*
 * POST add-checkpoint. `reply` is emptied and gets the body, of which more than
 * its limit is no answer. False: none came, and witness_call_fault() says why.
 */
bool witness_call_add(struct witness_call *call, const struct kl_buf *body,
    long *status, struct kl_buf *reply) MUST_CHECK;

/* GET what it has cosigned last of this origin; likewise. */
bool witness_call_latest(struct witness_call *call, const char *origin,
    long *status, struct kl_buf *reply) MUST_CHECK;

/* In words, of the last one that failed. */
const char *witness_call_fault(const struct witness_call *call);

#endif
