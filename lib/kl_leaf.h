/* kl_leaf.h -- what one entry of the log says, as bytes. protocol §7. */
#ifndef KL_LEAF_H
#define KL_LEAF_H

#include "kl_buf.h"
#include "kl_hash.h"

#include <jansson.h>

enum {
	KL_LEAF_SIZE_MAX = 65535, /* bytes: an entry bundle counts in 16 bits */
	KL_LEAF_TEXT_MAX = 32768, /* bytes: a longer text stands as a digest */
	KL_EVENT_ID_SIZE = 16,
	KL_EVENT_ID_HEX = 2 * KL_EVENT_ID_SIZE + 1,
	KL_SALT_SIZE = 32,
	KL_TOKEN_SIZE_MAX = 64,
};

/* An event's identity; unique in a log. */
struct kl_event_id {
	uint8_t bytes[KL_EVENT_ID_SIZE];
};

bool kl_event_id_equal(
    const struct kl_event_id *left, const struct kl_event_id *right);

/* Everything a leaf holds. All is borrowed. */
struct kl_leaf {
	int64_t at; /* seconds since 1970; never goes back in a log */
	const char *organisation, *role; /* tokens; both NULL: by is {} */
	const json_t *data;              /* an object */
	struct kl_event_id id;
	const char *kind, *subject; /* tokens; subject "-" when sealed */
	uint64_t seq;               /* the subject's version after it */
};

/* [A-Za-z0-9._:-]{1,64} and not `-`. protocol §2. */
bool kl_is_token(const char *text, size_t size);

/*
 * Append the canonical JSON of `leaf` to `out`.
 *
 * KL_RANGE       an organisation, role, kind or subject that is no token
 *                (organisation and subject may be `-`), a time or a number
 *                out of bounds, data without canonical form
 * KL_TOO_LARGE   over KL_LEAF_SIZE_MAX
 * KL_NO_MEMORY
 */
enum kl_result kl_leaf_write(
    struct kl_buf *out, const struct kl_leaf *leaf) KL_MUST_CHECK;

/*
 * The same with the data as bytes: the canonical JSON of an object, of at most
 * KL_CANON_DEPTH_MAX - 1 arrays and objects one in another. `leaf->data` is not
 * looked at. Errors as above.
 */
enum kl_result kl_leaf_write_bytes(struct kl_buf *out,
    const struct kl_leaf *leaf, const void *data, size_t size) KL_MUST_CHECK;

/*
 * Read one entry of the log: the only bytes that kl_leaf_write() makes of what
 * is in it. `leaf` points into `*value`, which is the caller's to
 * json_decref().
 *
 * KL_MALFORMED   not JSON, other members, a member of another type or form
 * KL_RANGE       a value that kl_leaf_write() refuses
 * KL_TOO_LARGE   over KL_LEAF_SIZE_MAX, or too deep
 * KL_MISMATCH    not in canonical form
 * KL_NO_MEMORY
 */
enum kl_result kl_leaf_read(const char *bytes, size_t size, json_t **value,
    struct kl_leaf *leaf) KL_MUST_CHECK;

/* H(salt || canonical event): what a sealed leaf shows of its event. */
struct kl_hash kl_leaf_seal(const uint8_t salt[static KL_SALT_SIZE],
    const void *event, size_t event_size);

/*
 * Append the leaf that stands for a sealed event: kind `sealed`, subject `-`,
 * nobody, and data {"digest": …}. Errors as kl_leaf_write().
 */
enum kl_result kl_leaf_write_sealed(struct kl_buf *out, int64_t at,
    const struct kl_event_id *id, const struct kl_hash *digest) KL_MUST_CHECK;

#endif
