#include "kl_hash.h"

#include <string.h>

void kl_hasher_init(struct kl_hasher *hasher)
{
	SHA256_Init(&hasher->context);
}

void kl_hasher_add(struct kl_hasher *hasher, const void *bytes, size_t size)
{
	if (size > 0)
		SHA256_Update(&hasher->context, bytes, size);
}

void kl_hasher_add_text(struct kl_hasher *hasher, const char *text)
{
	kl_hasher_add(hasher, text, strlen(text));
}

struct kl_hash kl_hasher_end(struct kl_hasher *hasher)
{
	struct kl_hash hash;

	SHA256_Final(hash.bytes, &hasher->context);
	return hash;
}

struct kl_hash kl_hash_of(const void *bytes, size_t size)
{
	struct kl_hasher hasher;

	kl_hasher_init(&hasher);
	kl_hasher_add(&hasher, bytes, size);
	return kl_hasher_end(&hasher);
}

bool kl_hash_equal(const struct kl_hash *left, const struct kl_hash *right)
{
	return memcmp(left->bytes, right->bytes, sizeof(left->bytes)) == 0;
}

void kl_hex(const void *bytes, size_t size, char *hex)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *byte = bytes;

	for (size_t i = 0; i < size; i++) {
		*hex++ = digits[byte[i] >> 4];
		*hex++ = digits[byte[i] & 15];
	}
	*hex = '\0';
}

void kl_hash_hex(const struct kl_hash *hash, char hex[static KL_HASH_HEX])
{
	kl_hex(hash->bytes, sizeof(hash->bytes), hex);
}

/* One more than what the digit stands for; 0 of what is none. */
static const uint8_t digits[256] = {
	['0'] = 1,
	['1'] = 2,
	['2'] = 3,
	['3'] = 4,
	['4'] = 5,
	['5'] = 6,
	['6'] = 7,
	['7'] = 8,
	['8'] = 9,
	['9'] = 10,
	['a'] = 11,
	['b'] = 12,
	['c'] = 13,
	['d'] = 14,
	['e'] = 15,
	['f'] = 16,
};

static unsigned digit_at(const char *hex)
{
	return digits[(uint8_t)*hex];
}

enum kl_result kl_unhex(
    const char *hex, size_t hex_size, void *bytes, size_t size)
{
	uint8_t *to = bytes;

	if (hex_size != 2 * size)
		return KL_MALFORMED;
	for (size_t i = 0; i < hex_size; i++)
		if (digit_at(hex + i) == 0)
			return KL_MALFORMED;
	for (size_t i = 0; i < size; i++)
		to[i] = (uint8_t)((digit_at(hex + 2 * i) - 1) << 4 |
				  (digit_at(hex + 2 * i + 1) - 1));
	return KL_OK;
}
