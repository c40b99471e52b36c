/* totp.h -- one-time codes of an authenticator, by liboath. RFC 6238. */
#ifndef TOTP_H
#define TOTP_H

#include "error.h"

#include <stdbool.h>
#include <stdint.h>

/* 6 digits, a step each 30 s, one step early or late; SHA-1, which is all that
 * many authenticators know. The secret is base32 of 20 to 64 bytes. */
enum {
	TOTP_DIGITS = 6,
	TOTP_SECRET_MIN = 32, /* characters */
	TOTP_SECRET_MAX = 104,
};

/* Does it look random, and decode? */
bool totp_secret_good(const char *secret) MUST_CHECK;

/*
 * Is `code` that of `secret` at `now`, seconds since 1970? `*step` is then the
 * step it is of: who takes it sees that each is taken once.
 */
bool totp_check(const char *secret, const char *code, int64_t now,
    uint64_t *step) MUST_CHECK;

#endif
