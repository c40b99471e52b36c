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

static int digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return -1;
}

enum kl_result kl_unhex(
    const char *hex, size_t hex_size, void *bytes, size_t size)
{
	uint8_t *to = bytes;

	if (hex_size != 2 * size)
		return KL_MALFORMED;
	for (size_t i = 0; i < hex_size; i++)
		if (digit_value(hex[i]) < 0)
			return KL_MALFORMED;
	for (size_t i = 0; i < size; i++)
		to[i] = (uint8_t)(digit_value(hex[2 * i]) << 4 |
				  digit_value(hex[2 * i + 1]));
	return KL_OK;
}
