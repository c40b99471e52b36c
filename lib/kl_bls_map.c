/* Messages to points of G1: RFC 9380, suite BLS12381G1_XMD:SHA-256_SSWU_RO_ */
#include "kl_bls_private.h"
#include "kl_hash.h"

#include <string.h>

/* §8.8.1: the isogenous curve y^2 = x^3 + A x + B, and Z. */
static const char isogenous_a[] =
    "00144698a3b8e9433d693a02c96d4982b0ea985383ee66a8"
    "d8e8981aefd881ac98936f8da0e0f97f5cf428082d584c1d";
static const char isogenous_b[] =
    "12e2908d11688030018b12e8753eee3b2016c1f0f24f4070"
    "a0b9c14fcef35ef55a23215a316ceaa5d1cc48e98e172be0";
enum { SSWU_Z = 11 };

/* h_eff of §8.8.1, 1 - x: multiplying by it leads into G1. */
static const mp_limb_t cofactor = KL_BLS_X + 1;

/* --- bytes ---------------------------------------------------------------- */

enum { BLOCK_SIZE = 64, BLOCKS = KL_BLS_EXPANDED / KL_HASH_SIZE };

/* One block b_i: what came before, its number, and DST_prime. */
static struct kl_hash end_block(
    struct kl_hasher *hasher, uint8_t number, const char *dst)
{
	uint8_t dst_size = (uint8_t)strlen(dst);

	assert(strlen(dst) <= UINT8_MAX);
	kl_hasher_add(hasher, &number, 1);
	kl_hasher_add_text(hasher, dst);
	kl_hasher_add(hasher, &dst_size, 1);
	return kl_hasher_end(hasher);
}

void kl_bls_expand(const void *message, size_t size, const char *dst,
    uint8_t out[static KL_BLS_EXPANDED])
{
	static const uint8_t z_pad[BLOCK_SIZE],
	    l_i_b[] = { 0, KL_BLS_EXPANDED };
	struct kl_hash first, block = { { 0 } };
	struct kl_hasher hasher;

	kl_hasher_init(&hasher);
	kl_hasher_add(&hasher, z_pad, sizeof(z_pad));
	kl_hasher_add(&hasher, message, size);
	kl_hasher_add(&hasher, l_i_b, sizeof(l_i_b));
	first = end_block(&hasher, 0, dst);
	for (uint8_t i = 0; i < BLOCKS; i++) {
		for (size_t j = 0; j < KL_HASH_SIZE; j++)
			block.bytes[j] ^= first.bytes[j];
		kl_hasher_init(&hasher);
		kl_hasher_add(&hasher, &block, sizeof(block));
		block = end_block(&hasher, i + 1, dst);
		memcpy(out + i * KL_HASH_SIZE, &block, sizeof(block));
	}
}

/* --- points --------------------------------------------------------------- */

/* x^3 + A x + B */
static struct kl_fp right_side(struct kl_fp x, struct kl_fp a, struct kl_fp b)
{
	return kl_fp_add(kl_fp_mul(kl_fp_add(kl_fp_sqr(x), a), x), b);
}

/*
 * Simplified SWU of §6.6.2. Where the first candidate is no x of a point, Z u^2
 * times it is one. What the RFC does with the inverse of 0 is where tv is 0.
 */
struct kl_point kl_bls_map(struct kl_fp u)
{
	struct kl_fp a = kl_fp_of_hex(isogenous_a);
	struct kl_fp b = kl_fp_of_hex(isogenous_b);
	struct kl_fp z = kl_fp_of(SSWU_Z);
	struct kl_fp zu = kl_fp_mul(z, kl_fp_sqr(u));
	struct kl_fp tv = kl_fp_add(kl_fp_sqr(zu), zu);
	struct kl_fp x, y, below;
	bool found;

	/* -B / A (1 + 1 / tv), and B / (Z A) where tv is 0 */
	below = kl_fp_mul(a, kl_fp_is_zero(tv) ? z : kl_fp_neg(tv));
	x = kl_fp_mul(
	    kl_fp_mul(b, kl_fp_add(tv, kl_fp_of(1))), kl_fp_inv(below));
	found = kl_fp_sqrt(right_side(x, a, b), &y);
	if (!found) {
		x = kl_fp_mul(zu, x);
		found = kl_fp_sqrt(right_side(x, a, b), &y);
	}
	assert(found);
	if (kl_fp_is_odd(u) != kl_fp_is_odd(y))
		y = kl_fp_neg(y);
	return kl_bls_isogeny(x, y);
}

/* hash_to_field of §5.2 with m = 1, and hash_to_curve of §3. */
struct kl_point kl_bls_hash(const void *message, size_t size, const char *dst)
{
	uint8_t uniform[KL_BLS_EXPANDED];
	struct kl_point first, second, sum;

	kl_bls_expand(message, size, dst, uniform);
	first = kl_bls_map(kl_fp_reduce(uniform));
	second = kl_bls_map(kl_fp_reduce(uniform + KL_FP_WIDE));
	sum = kl_point_add(&first, &second);
	return kl_point_mul(&sum, &cofactor, 1);
}
