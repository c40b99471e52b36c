/* caller.h -- who asks: from a key to an account, and what it may do. */
#ifndef CALLER_H
#define CALLER_H

#include "db.h"
#include "request.h"

/*
 * A key is 64 hex digits that its holder made; the account has SHA-256 of
 * these. The admin socket needs none: who can open it is the operator.
 */

/* Does it matter who asks? Not for public pages, nor for acts that prove
 * themselves. */
bool caller_matters(const struct request *request);

/*
 * Set request->caller of an act from what is remembered of its key, and see
 * that its role may take this route, as caller_find() does but without a
 * database: caller_recheck() sees later whether that still holds.
 * ERR_NOT_FOUND   caller_find() must look: what is asked is no act, its key is
 *                 not remembered, or what was remembered had changed
 * ERR_FORBIDDEN
 */
enum error caller_recall(struct request *request) MUST_CHECK;

/*
 * Set request->caller from its key, inside a transaction of the reader, and
 * see that its role may take this route. Without a key the caller stays
 * nobody, who may take only routes of anyone.
 * ERR_UNAUTHENTICATED   an unknown or revoked key
 * ERR_FORBIDDEN ERR_BUSY ERR_DATABASE
 */
enum error caller_find(struct request *request) MUST_CHECK;

/*
 * In the writer, before the handler: is the account still as it was?
 * ERR_STALE   no: what is remembered of its key is forgotten
 * ERR_BUSY ERR_DATABASE
 */
enum error caller_recheck(struct request *request) MUST_CHECK;

/* In the writer, before a batch: bring the accounts of its callers, and the
 * institutions they are of, into memory. ERR_BUSY ERR_DATABASE */
struct batch;
enum error caller_load(
    struct batch *batch, struct request *const acts[], size_t count) MUST_CHECK;

/* Prepared as reader; ends with NULL. */
extern const struct db_statement *const caller_statements[];

#endif
