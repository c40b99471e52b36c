#include "kl_sign.h"

#include "kl_hash.h"

#include <sodium.h>
#include <string.h>

/* p = 2^255 - 19, the smaller byte first, as keys are written. */
static bool is_below_p(const uint8_t bytes[static KL_PUBLIC_KEY_SIZE])
{
	if ((bytes[31] & 0x7f) != 0x7f)
		return true;
	for (size_t i = 30; i > 0; i--)
		if (bytes[i] != 0xff)
			return true;
	return bytes[0] < 0xed;
}

/* Adding fails when the bytes are no point of the curve. */
static bool twice(struct kl_public_key *point)
{
	return crypto_core_ed25519_add(
		   point->bytes, point->bytes, point->bytes) == 0;
}

/* Eight times a point of small order is the neutral element. */
enum kl_result kl_public_key_check(const struct kl_public_key *key)
{
	static const struct kl_public_key neutral = { { 1 } };
	struct kl_public_key point = *key;

	if (!is_below_p(key->bytes) || !twice(&point) || !twice(&point) ||
	    !twice(&point) || kl_public_key_equal(&point, &neutral))
		return KL_RANGE;
	return KL_OK;
}

enum kl_result kl_public_key_read(
    const char *hex, size_t size, struct kl_public_key *key)
{
	struct kl_public_key read;
	enum kl_result result =
	    kl_unhex(hex, size, read.bytes, sizeof(read.bytes));

	if (!result)
		result = kl_public_key_check(&read);
	if (!result)
		*key = read;
	return result;
}

void kl_public_key_hex(
    const struct kl_public_key *key, char hex[static KL_PUBLIC_KEY_HEX])
{
	kl_hex(key->bytes, sizeof(key->bytes), hex);
}

bool kl_public_key_equal(
    const struct kl_public_key *left, const struct kl_public_key *right)
{
	return memcmp(left->bytes, right->bytes, sizeof(left->bytes)) == 0;
}

enum kl_result kl_signature_read(
    const char *hex, size_t size, struct kl_signature *signature)
{
	return kl_unhex(hex, size, signature->bytes, sizeof(signature->bytes));
}

void kl_signature_hex(
    const struct kl_signature *signature, char hex[static KL_SIGNATURE_HEX])
{
	kl_hex(signature->bytes, sizeof(signature->bytes), hex);
}

enum kl_result kl_verify(const struct kl_public_key *key, const void *message,
    size_t size, const struct kl_signature *signature)
{
	if (crypto_sign_verify_detached(
		signature->bytes, message, size, key->bytes) != 0)
		return KL_MISMATCH;
	return KL_OK;
}

void kl_signer_make(
    struct kl_signer *signer, const uint8_t seed[static KL_SEED_SIZE])
{
	crypto_sign_seed_keypair(signer->key.bytes, signer->secret, seed);
}

struct kl_signature kl_sign(
    const struct kl_signer *signer, const void *message, size_t size)
{
	struct kl_signature signature;

	crypto_sign_detached(
	    signature.bytes, NULL, message, size, signer->secret);
	return signature;
}

void kl_signer_clear(struct kl_signer *signer)
{
	sodium_memzero(signer, sizeof(*signer));
}
