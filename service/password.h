/* password.h -- Argon2id: the one place that hashes passwords. */
#ifndef PASSWORD_H
#define PASSWORD_H

#include "config.h"
#include "error.h"

#include <stdint.h>

/* With its NUL; a string of libsodium. RFC 9106. */
enum { PASSWORD_HASH_SIZE = 128 };

/* Set the cost, and make the hash that nobody's password has. False: there is
 * not the memory for it. */
bool password_open(const struct config *config) MUST_CHECK;

/* Only on a slow worker: each takes password_mb of memory and some time.
 * ERR_BUSY   there is not the memory for it now */
enum error password_hash(
    const char *password, char hash[static PASSWORD_HASH_SIZE]) MUST_CHECK;

/*
 * Is `hash` that of `password`? With a NULL hash the same work is done, for
 * nothing. ERR_BUSY likewise: it is not known.
 */
enum error password_check(
    const char *password, const char *hash, bool *matches) MUST_CHECK;

/* How often either was done. Any thread. */
uint64_t password_count(void);

#endif
