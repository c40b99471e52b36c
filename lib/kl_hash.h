/* kl_hash.h -- SHA-256, whole or from a prepared prefix, and its hex. */
#ifndef KL_HASH_H
#define KL_HASH_H

#include "kl_base.h"

#include <endian.h>
#include <string.h>

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

enum { KL_HASH_SIZE = 32, KL_HASH_HEX = 2 * KL_HASH_SIZE + 1 };

/* One SHA-256 value. FIPS 180-4. */
struct kl_hash {
	uint8_t bytes[KL_HASH_SIZE];
};

/*
 * A hash under way. Copying one copies what was added so far: a prefix is
 * hashed once and each message continues a copy of it. All of SHA-256 goes
 * through here: libcrypto's own context is five times faster than libsodium
 * and three times faster than EVP for messages of one block.
 */
struct kl_hasher {
	SHA256_CTX context;
};

void kl_hasher_init(struct kl_hasher *hasher);
void kl_hasher_add(struct kl_hasher *hasher, const void *bytes, size_t size);
void kl_hasher_add_text(struct kl_hasher *hasher, const char *text);

/* The hash of all that was added. `hasher` must be initialised again. */
struct kl_hash kl_hasher_end(struct kl_hasher *hasher);

/* H(x) of protocol §2: the hash of `size` bytes. */
struct kl_hash kl_hash_of(const void *bytes, size_t size);

/* The first bytes as a number: hashes ascend as it does, where it differs. */
static inline uint64_t kl_hash_first(const struct kl_hash *hash)
{
	uint64_t first;

	memcpy(&first, hash->bytes, sizeof(first));
	return be64toh(first);
}

bool kl_hash_equal(const struct kl_hash *left, const struct kl_hash *right);

/* `size` bytes as 2 * size lower-case digits and a NUL. */
void kl_hex(const void *bytes, size_t size, char *hex);

/* The 64 digits of `hash` and a NUL. */
void kl_hash_hex(const struct kl_hash *hash, char hex[static KL_HASH_HEX]);

/*
 * Read exactly 2 * size lower-case digits.
 *
 * KL_MALFORMED   another length, another character, upper case
 */
enum kl_result kl_unhex(
    const char *hex, size_t hex_size, void *bytes, size_t size) KL_MUST_CHECK;

#endif
