#include "totp.h"

#include <oath.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { STEP_S = 30, BYTES_MIN = 20, BYTES_MAX = 64, DISTINCT_MIN = 10 };

struct secret {
	uint8_t bytes[BYTES_MAX];
	size_t size;
};

static bool decode(const char *text, struct secret *secret)
{
	char *bytes = NULL;
	size_t size = 0;
	bool good =
	    strlen(text) <= TOTP_SECRET_MAX &&
	    oath_base32_decode(text, strlen(text), &bytes, &size) == OATH_OK &&
	    size >= BYTES_MIN && size <= BYTES_MAX;

	if (good) {
		memcpy(secret->bytes, bytes, size);
		secret->size = size;
	}
	if (bytes)
		sodium_memzero(bytes, size);
	free(bytes);
	return good;
}

/* Twenty random bytes have 19 or so different ones, and hardly ever nine. */
bool totp_secret_good(const char *text)
{
	struct secret secret;
	bool seen[256] = { false };
	size_t distinct = 0;

	if (strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != strlen(text) ||
	    !decode(text, &secret))
		return false;
	for (size_t i = 0; i < secret.size; i++) {
		distinct += !seen[secret.bytes[i]];
		seen[secret.bytes[i]] = true;
	}
	sodium_memzero(&secret, sizeof(secret));
	return distinct >= DISTINCT_MIN;
}

bool totp_check(const char *text, const char *code, int64_t now, uint64_t *step)
{
	struct secret secret;
	char is[TOTP_DIGITS + 1];
	bool found = false;

	if (strlen(code) != TOTP_DIGITS || !decode(text, &secret))
		return false;
	for (int64_t at = now - STEP_S; at <= now + STEP_S; at += STEP_S)
		if (at >= 0 &&
		    oath_totp_generate((const char *)secret.bytes, secret.size,
			(time_t)at, STEP_S, 0, TOTP_DIGITS, is) == OATH_OK &&
		    sodium_memcmp(is, code, TOTP_DIGITS) == 0) {
			*step = (uint64_t)at / STEP_S;
			found = true;
		}
	sodium_memzero(&secret, sizeof(secret));
	return found;
}
