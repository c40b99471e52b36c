/* Compressed points, as zcash serialises them: zkcrypto/pairing, src/bls12_381
 * README.md; draft-irtf-cfrg-pairing-friendly-curves-11 appendix C. */
#include "kl_bls_private.h"

#include <string.h>

/* The three flags in the first byte. */
enum {
	IS_COMPRESSED = 0x80,
	IS_INFINITE = 0x40,
	IS_LARGE = 0x20, /* y is the larger of the two roots */
	FLAGS = IS_COMPRESSED | IS_INFINITE | IS_LARGE,
};

/* Compressed, and not infinity: that is the two flags and zeros. */
static enum kl_result check_flags(const uint8_t bytes[], size_t size)
{
	static const uint8_t zeros[KL_BLS_KEY_SIZE];

	if (!(bytes[0] & IS_COMPRESSED))
		return KL_MALFORMED;
	if (!(bytes[0] & IS_INFINITE))
		return KL_OK;
	return bytes[0] == (IS_COMPRESSED | IS_INFINITE) &&
		       memcmp(bytes + 1, zeros, size - 1) == 0
		   ? KL_RANGE
		   : KL_MALFORMED;
}

/* The coordinate whose first byte has the flags. */
static bool read_first(const uint8_t bytes[static KL_FP_SIZE], struct kl_fp *a)
{
	uint8_t plain[KL_FP_SIZE];

	memcpy(plain, bytes, sizeof(plain));
	plain[0] &= (uint8_t)~FLAGS;
	return kl_fp_read(plain, a);
}

/* The one of both roots that the flag says. */
static struct kl_fp2 choose(struct kl_fp2 y, uint8_t first)
{
	/* Larger is first of all what has the larger imaginary part. */
	bool large =
	    kl_fp_is_zero(y.im) ? kl_fp_is_large(y.re) : kl_fp_is_large(y.im);
	bool wanted = first & IS_LARGE;

	return large == wanted ? y : kl_fp2_neg(y);
}

static enum kl_result finish(
    struct kl_fp2 x, struct kl_fp2 y, uint8_t first, struct kl_point *point)
{
	struct kl_point read = kl_point_of(x, choose(y, first));

	if (!kl_point_has_order_r(&read))
		return KL_RANGE;
	*point = read;
	return KL_OK;
}

/* y^2 = x^3 + 4 */
enum kl_result kl_g1_read(
    const uint8_t bytes[static KL_BLS_SIGNATURE_SIZE], struct kl_point *point)
{
	enum kl_result result = check_flags(bytes, KL_BLS_SIGNATURE_SIZE);
	struct kl_fp2 x = { 0 }, y = { 0 };
	struct kl_fp square;

	if (result)
		return result;
	if (!read_first(bytes, &x.re))
		return KL_MALFORMED;
	square = kl_fp_add(kl_fp_mul(kl_fp_sqr(x.re), x.re), kl_fp_of(4));
	if (!kl_fp_sqrt(square, &y.re))
		return KL_RANGE;
	return finish(x, y, bytes[0], point);
}

/* y^2 = x^3 + 4 (1 + u); the imaginary part of x stands first. */
enum kl_result kl_g2_read(
    const uint8_t bytes[static KL_BLS_KEY_SIZE], struct kl_point *point)
{
	enum kl_result result = check_flags(bytes, KL_BLS_KEY_SIZE);
	struct kl_fp2 x, y, square;

	if (result)
		return result;
	if (!read_first(bytes, &x.im) || !kl_fp_read(bytes + KL_FP_SIZE, &x.re))
		return KL_MALFORMED;
	square = kl_fp2_add(
	    kl_fp2_mul(kl_fp2_sqr(x), x), kl_fp2_of(kl_fp_of(4), kl_fp_of(4)));
	if (!kl_fp2_sqrt(square, &y))
		return KL_RANGE;
	return finish(x, y, bytes[0], point);
}

/* draft-irtf-cfrg-pairing-friendly-curves-11 §4.2.1: x'_0, x'_1, y'_0, y'_1 */
struct kl_point kl_g2_generator(void)
{
	struct kl_fp2 x, y;

	x.re = kl_fp_of_hex("024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02"
			    "b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8");
	x.im = kl_fp_of_hex("13e02b6052719f607dacd3a088274f65596bd0d09920b61a"
			    "b5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e");
	y.re = kl_fp_of_hex("0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a7"
			    "6d429a695160d12c923ac9cc3baca289e193548608b82801");
	y.im = kl_fp_of_hex("0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af"
			    "267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be");
	return kl_point_of(x, y);
}
