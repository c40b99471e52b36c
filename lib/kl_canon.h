/* kl_canon.h -- canonical JSON: one value, one byte string. */
#ifndef KL_CANON_H
#define KL_CANON_H

#include "kl_base.h"
#include "kl_buf.h"

#include <jansson.h>

/* Arrays and objects one in another; the one at the top is 1. protocol §6. */
enum { KL_CANON_DEPTH_MAX = 16 };

/*
 * Canonical means RFC 8785, restricted to what needs no judgement: object
 * keys are printable ASCII, not empty and in byte order, no spaces, integers
 * in shortest decimal, no other numbers, only the escapes JSON requires.
 * protocol §6.
 */

/*
 * Read `size` bytes as one JSON object, strictly enough for kl_canon_write().
 * At most `tokens_max` values, keys and brackets: an array of empty objects
 * costs eighty times its size in memory, so the text is measured first.
 *
 * `*value` is the caller's, to json_decref(). `why`, unless NULL, tells where
 * it stopped when the result is KL_MALFORMED.
 *
 * Where its allocator fails, jansson 2.14 loses bytes of a text and may read
 * past it: give it one that aborts, json_set_alloc_funcs().
 *
 * KL_MALFORMED   not one JSON object in UTF-8, an integer beyond 64 bits, a
 *                key twice, a lone surrogate, a NUL
 * KL_RANGE       a negative zero
 * KL_TOO_LARGE   deeper than KL_CANON_DEPTH_MAX, or more than `tokens_max`
 * KL_NO_MEMORY
 */
enum kl_result kl_canon_read(const char *text, size_t size, size_t tokens_max,
    json_t **value, json_error_t *why) KL_MUST_CHECK;

/*
 * Append the canonical form of `value` to `out`: of a whole document, or of a
 * part that will stand in one.
 *
 * Borrows `value`; never modifies it. On failure `out` holds a prefix of no
 * use: clear it.
 *
 * KL_RANGE       a number that is no integer within KL_INTEGER_MAX on either
 *                side of zero, a key that is empty or not printable ASCII, a
 *                NUL in text
 * KL_TOO_LARGE   more than KL_CANON_DEPTH_MAX arrays and objects one in
 *                another, or `out` is full
 * KL_NO_MEMORY
 */
enum kl_result kl_canon_write(
    struct kl_buf *out, const json_t *value) KL_MUST_CHECK;

/*
 * Append `size` bytes of UTF-8 as a text of JSON, with its quotes.
 *
 * KL_RANGE       a NUL
 */
enum kl_result kl_canon_write_text(
    struct kl_buf *out, const char *text, size_t size) KL_MUST_CHECK;

/*
 * Are these bytes their own canonical form, and an object? `*value`, unless
 * NULL, is then the caller's, to json_decref().
 *
 * KL_MALFORMED KL_RANGE KL_TOO_LARGE KL_NO_MEMORY   as above
 * KL_MISMATCH    JSON, but written in another way
 */
enum kl_result kl_canon_check(
    const char *text, size_t size, json_t **value) KL_MUST_CHECK;

#endif
