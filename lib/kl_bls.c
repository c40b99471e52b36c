#include "kl_bls.h"

#ifndef KLERO_BLST /* else kl_bls_blst.c */

#include "kl_bls_private.h"

/* draft-irtf-cfrg-bls-signature-05 §4.2.1, for signatures in G1. */
static const char ciphersuite[] = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";

enum kl_result kl_bls_key_check(const uint8_t key[static KL_BLS_KEY_SIZE])
{
	struct kl_point point;

	return kl_g2_read(key, &point);
}

/* e(hash, key) = e(signature, generator), as a product that is 1. */
enum kl_result kl_bls_verify(const uint8_t key[static KL_BLS_KEY_SIZE],
    const void *message, size_t size,
    const uint8_t signature[static KL_BLS_SIGNATURE_SIZE])
{
	struct kl_point signed_point, hash;
	struct kl_pair pairs[2];
	enum kl_result result = kl_g2_read(key, &pairs[0].q);

	if (!result)
		result = kl_g1_read(signature, &signed_point);
	if (result)
		return result;
	hash = kl_bls_hash(message, size, ciphersuite);
	pairs[0].p = kl_point_affine(&hash);
	pairs[1].p = kl_point_neg(&signed_point);
	pairs[1].q = kl_g2_generator();
	return kl_pairs_cancel(pairs) ? KL_OK : KL_MISMATCH;
}

#endif
