/* The same by libblst, where it was there to build with. */
#include "kl_bls.h"

#ifdef KLERO_BLST

#include <blst.h>
#include <string.h>

static const char ciphersuite[] = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";

static enum kl_result result_of(BLST_ERROR error)
{
	if (error == BLST_SUCCESS)
		return KL_OK;
	return error == BLST_BAD_ENCODING ? KL_MALFORMED : KL_RANGE;
}

static enum kl_result read_key(
    const uint8_t key[static KL_BLS_KEY_SIZE], blst_p2_affine *point)
{
	enum kl_result result = result_of(blst_p2_uncompress(point, key));

	if (!result &&
	    (blst_p2_affine_is_inf(point) || !blst_p2_affine_in_g2(point)))
		result = KL_RANGE;
	return result;
}

enum kl_result kl_bls_key_check(const uint8_t key[static KL_BLS_KEY_SIZE])
{
	blst_p2_affine point;

	return read_key(key, &point);
}

enum kl_result kl_bls_verify(const uint8_t key[static KL_BLS_KEY_SIZE],
    const void *message, size_t size,
    const uint8_t signature[static KL_BLS_SIGNATURE_SIZE])
{
	blst_p2_affine key_point;
	blst_p1_affine point;
	enum kl_result result = read_key(key, &key_point);

	if (!result)
		result = result_of(blst_p1_uncompress(&point, signature));
	if (!result &&
	    (blst_p1_affine_is_inf(&point) || !blst_p1_affine_in_g1(&point)))
		result = KL_RANGE;
	if (result)
		return result;
	return blst_core_verify_pk_in_g2(&key_point, &point, true, message,
		   size, (const uint8_t *)ciphersuite, strlen(ciphersuite),
		   NULL, 0) == BLST_SUCCESS
		   ? KL_OK
		   : KL_MISMATCH;
}

#endif
