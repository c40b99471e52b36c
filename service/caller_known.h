/* caller_known.h -- accounts by their keys, as last read: no database asked. */
#ifndef CALLER_KNOWN_H
#define CALLER_KNOWN_H

#include "kl_hash.h"
#include "request.h"

/*
 * What was read may have changed since: good enough only for an act, of which
 * the writer looks again at the account (caller_recheck). Keys of active
 * accounts alone are kept, so nobody fills it with keys he made up. `hash` is
 * SHA-256 of a key. Any thread; never waits for more than a copy.
 */

/* Set request->caller, in its arena. False: not known. */
bool caller_known(struct request *request, const struct kl_hash *hash);

/* It was read just now. May push out another of the same few places. */
void caller_know(const struct kl_hash *hash, const struct caller *caller);

/* It is not so any more. */
void caller_forget(const struct kl_hash *hash);

#endif
