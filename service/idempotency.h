/* idempotency.h -- what a repeated request is answered with. */
#ifndef IDEMPOTENCY_H
#define IDEMPOTENCY_H

#include "batch.h"

/*
 * The event id of an act is H(account, Idempotency-Key), of one that proves
 * itself H(route, canonical body): so a replay finds what was answered, however
 * late, and one in other JSON the same receipt.
 * Only successes are kept. service design §3.
 */

/* A batch looks its acts up together. */
enum { IDEMPOTENCY_MAX = 256 };

/* What was answered. */
struct answer {
	struct kl_event_id event_id;
	struct kl_hash digest;
	uint64_t status, log_size, signs;
	const char *content_type, *location, *etag; /* each may be NULL */
	struct db_blob reply;
	struct sealed sealed; /* what a receipt in it is completed with */
};

/* Set event_id, digest and keeps of `act`. A request without a key has an id
 * of its own, from the act's seed, and is not kept. */
void idempotency_name(const struct request *request, struct act *act);

/* The answers to these acts that are kept, into db_use()'s arena. In the
 * writer's transaction. ERR_BUSY ERR_DATABASE */
enum error idempotency_find(struct db *db, const struct kl_event_id ids[],
    size_t count, struct answer answers[static IDEMPOTENCY_MAX],
    size_t *found) MUST_CHECK;

/* Keep the answer that stands in `request` with its act. */
enum error idempotency_keep(struct request *request) MUST_CHECK;

/* Give the request this answer. ERR_KEY_REUSED: it was to another body. */
enum error idempotency_replay(
    struct request *request, const struct answer *answer) MUST_CHECK;

/* Prepared as writer; ends with NULL. */
extern const struct db_statement *const idempotency_statements[];

#endif
