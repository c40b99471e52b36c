#include "password.h"

#include <errno.h>
#include <sodium.h>
#include <stdatomic.h>
#include <string.h>

_Static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_STRBYTES, "of libsodium");

static unsigned long long passes;
static size_t memory;
static char nobody[PASSWORD_HASH_SIZE];
static atomic_ullong count;

static enum error hash(const char *password, char to[static PASSWORD_HASH_SIZE])
{
	memset(to, 0, PASSWORD_HASH_SIZE);
	return crypto_pwhash_str_alg(to, password, strlen(password), passes,
		   memory, crypto_pwhash_ALG_ARGON2ID13)
		   ? ERR_BUSY
		   : ERR_OK;
}

bool password_open(const struct config *config)
{
	char secret[crypto_auth_KEYBYTES * 2 + 1];
	uint8_t bytes[crypto_auth_KEYBYTES];

	passes = config->password_passes;
	memory = (size_t)config->password_mb << 20;
	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2hex(secret, sizeof(secret), bytes, sizeof(bytes));
	return !hash(secret, nobody);
}

enum error password_hash(
    const char *password, char to[static PASSWORD_HASH_SIZE])
{
	atomic_fetch_add(&count, 1);
	return hash(password, to);
}

/* A stored hash has the cost of when it was made; nobody's has today's. */
enum error password_check(
    const char *password, const char *stored, bool *matches)
{
	char copy[PASSWORD_HASH_SIZE] = ""; /* libsodium reads all of it */
	bool known = stored && strlen(stored) < sizeof(copy);
	int fault;

	memcpy(copy, known ? stored : nobody,
	    known ? strlen(stored) : sizeof(nobody));
	atomic_fetch_add(&count, 1);
	errno = 0;
	fault = crypto_pwhash_str_verify(copy, password, strlen(password));
	if (fault && errno == ENOMEM)
		return ERR_BUSY;
	*matches = !fault && known;
	return ERR_OK;
}

uint64_t password_count(void)
{
	return atomic_load(&count);
}
