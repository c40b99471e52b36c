/* kl_base64.h -- base64 with padding, one text for each byte string. */
#ifndef KL_BASE64_H
#define KL_BASE64_H

#include "kl_buf.h"

/* Digits for `size_` bytes, padding included. */
#define KL_BASE64_SIZE(size_) (((size_) + 2) / 3 * 4)

/* Append the base64 of `size` bytes. RFC 4648 §4. */
void kl_base64_add(struct kl_buf *out, const void *bytes, size_t size);

/*
 * Read `text_size` digits as exactly `size` bytes.
 *
 * KL_MALFORMED   another length, another alphabet, padding that is missing or
 *                too much, bits set in the last digit that carry nothing
 *                (RFC 4648 §3.5: else one value had several texts)
 */
enum kl_result kl_base64_read(
    const char *text, size_t text_size, void *bytes, size_t size) KL_MUST_CHECK;

/*
 * How many bytes these digits stand for, once they are known to be base64.
 *
 * KL_MALFORMED   as above
 */
enum kl_result kl_base64_check(
    const char *text, size_t text_size, size_t *size) KL_MUST_CHECK;

#endif
