/* The fields Fp and Fp2 of BLS12-381, on GMP's functions for fixed sizes. */
#include "kl_bls_private.h"
#include "kl_hash.h"

#include <string.h>

/* draft-irtf-cfrg-pairing-friendly-curves-11 §4.2.1, the low limb first. */
static const mp_limb_t p[KL_FP_LIMBS] = {
	0xb9feffffffffaaab,
	0x1eabfffeb153ffff,
	0x6730d2a0f6b0f624,
	0x64774b84f38512bf,
	0x4b1ba7b6434bacd7,
	0x1a0111ea397fe69a,
};

/* -1 / p mod 2^64 */
static const mp_limb_t p_inverse = 0x89f3fffcfffcfffd;

enum { WIDE_LIMBS = KL_FP_WIDE / 8 };

/* --- to and from bytes ---------------------------------------------------- */

/* `count` limbs, mod p. */
static struct kl_fp reduce(const mp_limb_t limbs[], mp_size_t count)
{
	mp_limb_t shifted[KL_FP_LIMBS + WIDE_LIMBS] = { 0 };
	mp_limb_t quotient[WIDE_LIMBS + 1];
	struct kl_fp a;

	mpn_copyi(shifted + KL_FP_LIMBS, limbs, count);
	mpn_tdiv_qr(
	    quotient, a.limbs, 0, shifted, KL_FP_LIMBS + count, p, KL_FP_LIMBS);
	return a;
}

static void read_limbs(const uint8_t *bytes, mp_limb_t limbs[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t limb;

		memcpy(&limb, bytes + (count - 1 - i) * sizeof(limb),
		    sizeof(limb));
		limbs[i] = be64toh(limb);
	}
}

struct kl_fp kl_fp_of(unsigned number)
{
	mp_limb_t limb = number;

	return reduce(&limb, 1);
}

bool kl_fp_read(const uint8_t bytes[static KL_FP_SIZE], struct kl_fp *a)
{
	mp_limb_t limbs[KL_FP_LIMBS];

	read_limbs(bytes, limbs, KL_FP_LIMBS);
	if (mpn_cmp(limbs, p, KL_FP_LIMBS) >= 0)
		return false;
	*a = reduce(limbs, KL_FP_LIMBS);
	return true;
}

struct kl_fp kl_fp_of_hex(const char *hex)
{
	uint8_t bytes[KL_FP_SIZE];
	struct kl_fp a;
	enum kl_result result = kl_unhex(hex, KL_FP_HEX, bytes, sizeof(bytes));
	bool read = !result && kl_fp_read(bytes, &a);

	assert(read);
	(void)read;
	return a;
}

struct kl_fp kl_fp_reduce(const uint8_t bytes[static KL_FP_WIDE])
{
	mp_limb_t limbs[WIDE_LIMBS];

	read_limbs(bytes, limbs, WIDE_LIMBS);
	return reduce(limbs, WIDE_LIMBS);
}

/* --- Fp ------------------------------------------------------------------- */

/* wide / 2^384 mod p, of a number below 2^384 p: so often p is added that the
 * lower half becomes 0. What is carried out of each step waits in the limb
 * that became 0. Montgomery 1985; the sum of both halves is below 2 p. */
static struct kl_fp redc(mp_limb_t wide[static 2 * KL_FP_LIMBS])
{
	struct kl_fp a;

	for (size_t i = 0; i < KL_FP_LIMBS; i++)
		wide[i] =
		    mpn_addmul_1(wide + i, p, KL_FP_LIMBS, wide[i] * p_inverse);
	mpn_add_n(a.limbs, wide + KL_FP_LIMBS, wide, KL_FP_LIMBS);
	if (mpn_cmp(a.limbs, p, KL_FP_LIMBS) >= 0)
		mpn_sub_n(a.limbs, a.limbs, p, KL_FP_LIMBS);
	return a;
}

struct kl_fp kl_fp_mul(struct kl_fp a, struct kl_fp b)
{
	mp_limb_t wide[2 * KL_FP_LIMBS];

	mpn_mul_n(wide, a.limbs, b.limbs, KL_FP_LIMBS);
	return redc(wide);
}

struct kl_fp kl_fp_sqr(struct kl_fp a)
{
	mp_limb_t wide[2 * KL_FP_LIMBS];

	mpn_sqr(wide, a.limbs, KL_FP_LIMBS);
	return redc(wide);
}

/* 2 p is below 2^384, so nothing is carried. */
struct kl_fp kl_fp_add(struct kl_fp a, struct kl_fp b)
{
	mpn_add_n(a.limbs, a.limbs, b.limbs, KL_FP_LIMBS);
	if (mpn_cmp(a.limbs, p, KL_FP_LIMBS) >= 0)
		mpn_sub_n(a.limbs, a.limbs, p, KL_FP_LIMBS);
	return a;
}

struct kl_fp kl_fp_sub(struct kl_fp a, struct kl_fp b)
{
	if (mpn_sub_n(a.limbs, a.limbs, b.limbs, KL_FP_LIMBS))
		mpn_add_n(a.limbs, a.limbs, p, KL_FP_LIMBS);
	return a;
}

struct kl_fp kl_fp_neg(struct kl_fp a)
{
	return kl_fp_sub((struct kl_fp){ { 0 } }, a);
}

bool kl_fp_is_zero(struct kl_fp a)
{
	return mpn_zero_p(a.limbs, KL_FP_LIMBS) != 0;
}

bool kl_fp_equal(struct kl_fp a, struct kl_fp b)
{
	return mpn_cmp(a.limbs, b.limbs, KL_FP_LIMBS) == 0;
}

/* The number itself. */
static struct kl_fp plain(struct kl_fp a)
{
	mp_limb_t wide[2 * KL_FP_LIMBS] = { 0 };

	mpn_copyi(wide, a.limbs, KL_FP_LIMBS);
	return redc(wide);
}

bool kl_fp_is_odd(struct kl_fp a)
{
	return plain(a).limbs[0] & 1;
}

bool kl_fp_is_large(struct kl_fp a)
{
	mp_limb_t half[KL_FP_LIMBS];

	mpn_rshift(half, p, KL_FP_LIMBS, 1);
	a = plain(a);
	return mpn_cmp(a.limbs, half, KL_FP_LIMBS) > 0;
}

/* p / divisor, rounded down. */
static void divide_p(mp_limb_t quotient[static KL_FP_LIMBS], unsigned divisor)
{
	mpn_divrem_1(quotient, 0, p, KL_FP_LIMBS, divisor);
}

static bool has_bit(const mp_limb_t limbs[], size_t bit)
{
	return limbs[bit / GMP_NUMB_BITS] >> bit % GMP_NUMB_BITS & 1;
}

/* a^((p - 3) / 4): roots and inverses are made of it, as p is 3 mod 4. */
static struct kl_fp pow_p_over_4(struct kl_fp a)
{
	struct kl_fp power = kl_fp_of(1);
	mp_limb_t exponent[KL_FP_LIMBS];

	divide_p(exponent, 4);
	for (size_t bit = KL_FP_LIMBS * GMP_NUMB_BITS; bit-- > 0;) {
		power = kl_fp_sqr(power);
		if (has_bit(exponent, bit))
			power = kl_fp_mul(power, a);
	}
	return power;
}

/* a^(p - 2), as 4 (p - 3) / 4 + 1 = p - 2. */
struct kl_fp kl_fp_inv(struct kl_fp a)
{
	return kl_fp_mul(kl_fp_sqr(kl_fp_sqr(pow_p_over_4(a))), a);
}

/* a^((p + 1) / 4). RFC 9380 appendix I.1. */
bool kl_fp_sqrt(struct kl_fp a, struct kl_fp *root)
{
	struct kl_fp candidate = kl_fp_mul(pow_p_over_4(a), a);

	if (!kl_fp_equal(kl_fp_sqr(candidate), a))
		return false;
	*root = candidate;
	return true;
}

/* --- Fp2 ------------------------------------------------------------------ */

struct kl_fp2 kl_fp2_of(struct kl_fp re, struct kl_fp im)
{
	return (struct kl_fp2){ re, im };
}

struct kl_fp2 kl_fp2_add(struct kl_fp2 a, struct kl_fp2 b)
{
	return kl_fp2_of(kl_fp_add(a.re, b.re), kl_fp_add(a.im, b.im));
}

struct kl_fp2 kl_fp2_sub(struct kl_fp2 a, struct kl_fp2 b)
{
	return kl_fp2_of(kl_fp_sub(a.re, b.re), kl_fp_sub(a.im, b.im));
}

struct kl_fp2 kl_fp2_neg(struct kl_fp2 a)
{
	return kl_fp2_of(kl_fp_neg(a.re), kl_fp_neg(a.im));
}

struct kl_fp2 kl_fp2_double(struct kl_fp2 a)
{
	return kl_fp2_add(a, a);
}

/* Karatsuba: (a.re + a.im) (b.re + b.im) has both mixed products. */
struct kl_fp2 kl_fp2_mul(struct kl_fp2 a, struct kl_fp2 b)
{
	struct kl_fp re = kl_fp_mul(a.re, b.re), im = kl_fp_mul(a.im, b.im);
	struct kl_fp all =
	    kl_fp_mul(kl_fp_add(a.re, a.im), kl_fp_add(b.re, b.im));

	return kl_fp2_of(kl_fp_sub(re, im), kl_fp_sub(kl_fp_sub(all, re), im));
}

/* (re + im) (re - im) + 2 re im u */
struct kl_fp2 kl_fp2_sqr(struct kl_fp2 a)
{
	struct kl_fp mixed = kl_fp_mul(a.re, a.im);

	return kl_fp2_of(
	    kl_fp_mul(kl_fp_add(a.re, a.im), kl_fp_sub(a.re, a.im)),
	    kl_fp_add(mixed, mixed));
}

struct kl_fp2 kl_fp2_mul_xi(struct kl_fp2 a)
{
	return kl_fp2_of(kl_fp_sub(a.re, a.im), kl_fp_add(a.re, a.im));
}

struct kl_fp2 kl_fp2_conjugate(struct kl_fp2 a)
{
	return kl_fp2_of(a.re, kl_fp_neg(a.im));
}

/* The conjugate over the norm, which is in Fp. */
struct kl_fp2 kl_fp2_inv(struct kl_fp2 a)
{
	struct kl_fp norm =
	    kl_fp_inv(kl_fp_add(kl_fp_sqr(a.re), kl_fp_sqr(a.im)));

	return kl_fp2_of(
	    kl_fp_mul(a.re, norm), kl_fp_neg(kl_fp_mul(a.im, norm)));
}

struct kl_fp2 kl_fp2_pow_p_over(struct kl_fp2 a, unsigned divisor)
{
	struct kl_fp2 power = { kl_fp_of(1), { { 0 } } };
	mp_limb_t exponent[KL_FP_LIMBS];

	divide_p(exponent, divisor);
	for (size_t bit = KL_FP_LIMBS * GMP_NUMB_BITS; bit-- > 0;) {
		power = kl_fp2_sqr(power);
		if (has_bit(exponent, bit))
			power = kl_fp2_mul(power, a);
	}
	return power;
}

/*
 * Adj, Rodríguez-Henríquez: Square root computation over even extension
 * fields (2012), algorithm 9. With b = a^((p - 3) / 4), a b is a root of
 * a (a b^2), and a b^2 is of norm 1 where a has a root: -1, and u is its root;
 * or ((1 + a b^2)^((p - 1) / 2))^2 is its inverse.
 */
bool kl_fp2_sqrt(struct kl_fp2 a, struct kl_fp2 *root)
{
	struct kl_fp2 one = { kl_fp_of(1), { { 0 } } };
	struct kl_fp2 power = kl_fp2_pow_p_over(a, 4);
	struct kl_fp2 candidate = kl_fp2_mul(power, a);
	struct kl_fp2 more = kl_fp2_add(one, kl_fp2_mul(candidate, power));

	if (kl_fp2_is_zero(more))
		candidate = kl_fp2_of(kl_fp_neg(candidate.im), candidate.re);
	else
		candidate = kl_fp2_mul(kl_fp2_pow_p_over(more, 2), candidate);
	if (!kl_fp2_equal(kl_fp2_sqr(candidate), a))
		return false;
	*root = candidate;
	return true;
}

bool kl_fp2_is_zero(struct kl_fp2 a)
{
	return kl_fp_is_zero(a.re) && kl_fp_is_zero(a.im);
}

bool kl_fp2_equal(struct kl_fp2 a, struct kl_fp2 b)
{
	return kl_fp_equal(a.re, b.re) && kl_fp_equal(a.im, b.im);
}
