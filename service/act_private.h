/* act_private.h -- what act.c and act_event.c share. */
#ifndef ACT_PRIVATE_H
#define ACT_PRIVATE_H

#include "batch.h"

/* A failure of the database is the batch's; a refusal is the act's. */
enum error act_of_database(struct batch *batch, enum error error);

/* The data of an event, borrowed: an object, or with NULL its canonical JSON
 * (kl_leaf_write_bytes). */
struct event_data {
	const json_t *object;
	const struct kl_buf *text;
};

/* One event, sealed if its kind is; `opens_with` then. */
enum error act_write_event(struct request *request, enum event event,
    const char *subject, uint64_t seq, struct event_data data,
    const char *opens_with, uint64_t *index) MUST_CHECK;

/* Keep the salt of an object's private members as of this event. */
enum error act_keep_salt(struct request *request, uint64_t index,
    const uint8_t salt[static KL_SALT_SIZE]) MUST_CHECK;

#endif
