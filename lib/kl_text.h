/* kl_text.h -- what all klero/1 texts have in common. protocol §2. */
#ifndef KL_TEXT_H
#define KL_TEXT_H

#include "kl_buf.h"
#include "kl_hash.h"
#include "kl_leaf.h"
#include "kl_sign.h"
#include "kl_time.h"

/*
 * Every text X has a struct, and two functions that are one description read
 * in two directions, so what is read and what is written cannot differ:
 *
 *   enum kl_result kl_X_read(struct kl_X *x, const char *text, size_t size,
 *       struct kl_fault *fault);
 *   enum kl_result kl_X_write(const struct kl_X *x, struct kl_buf *out);
 *
 * Reading accepts exactly the texts that writing makes. Spans point into
 * `text`, which must stay. `fault`, unless NULL, says why reading failed.
 * Writing appends to `out`; after a failure `out` holds a prefix of no use.
 *
 * KL_MALFORMED   (read) the text breaks the format or one of its rules
 * KL_RANGE       (write) the value breaks one of its rules
 * KL_TOO_LARGE   over KL_TEXT_SIZE_MAX, or `out` is full
 * KL_NO_MEMORY
 *
 * A rule that needs a second text (k against the roster, parties against the
 * declaration, signatures, digests) is not checked here.
 */

enum {
	KL_TEXT_SIZE_MAX = 16 << 20, /* bytes of any text */
	KL_ENTRIES_MAX = 100000,     /* of a roster, or excluded */
	KL_WEIGHT_MAX = 1000,        /* of one entry */
	KL_UNITS_MAX = 1000000,      /* the sum of a roster's weights */
	KL_SELECT_MAX = 100000,      /* k; alternates too */
	KL_PARTIES_MIN = 2,
	KL_PARTIES_MAX = 16,
	KL_WITNESSES_MAX = 16,
	KL_DELAY_S_MAX = 2592000,
	KL_NAME_SIZE_MAX = 256, /* bytes of an entrant's name */
	KL_PARTY_ID_SIZE_MAX = 32,
	KL_KEY_NAME_SIZE_MAX = 255, /* an origin, a witness */
};

/* Bytes of somebody else, not NUL-terminated. */
struct kl_span {
	const char *at;
	size_t size;
};

/* A party's signature of something, under its id. */
struct kl_signed {
	struct kl_span party;
	struct kl_signature signature;
};

/* Where reading stopped, and why: an English phrase that lives for ever. */
struct kl_fault {
	size_t line; /* from 1 */
	const char *why;
};

/* A NUL-terminated string as a span of it. */
struct kl_span kl_span_of(const char *text);
bool kl_span_equal(struct kl_span left, struct kl_span right);
bool kl_span_is(struct kl_span span, const char *text);

/* Below, at or above zero, as the bytes of `left` sort to those of `right`. */
int kl_span_compare(struct kl_span left, struct kl_span right);

/* [a-z][a-z0-9-]{0,31} */
bool kl_is_party_id(const char *text, size_t size);

/* A C2SP key name as klero uses it: 1 to 255 of 0x21–0x7E without `+`. */
bool kl_is_key_name(const char *text, size_t size);

/*
 * An entrant's name: 1 to KL_NAME_SIZE_MAX bytes of valid UTF-8, without
 * control, direction and invisible characters, without a space at either
 * end. protocol §2, names.txt.
 */
bool kl_is_name(const char *text, size_t size);

#endif
