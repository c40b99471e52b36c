/* kl_bls_private.h -- the fields, curves and maps that kl_bls is made of. */
#ifndef KL_BLS_PRIVATE_H
#define KL_BLS_PRIVATE_H

#include "kl_bls.h"

#include <assert.h>
#include <gmp.h>

/*
 * BLS12-381: draft-irtf-cfrg-pairing-friendly-curves-11 §4.2.1. All follows
 * from the parameter x = -0xd201000000010000:
 *
 *   r = x^4 - x^2 + 1                the order of G1, G2 and of the pairing
 *   p = (x - 1)^2 (x^4 - x^2 + 1) / 3 + x
 *   E:  Y^2 = X^3 + 4                over Fp, has G1
 *   E': Y^2 = X^3 + 4 (1 + u)        over Fp2, has G2; the twist of E
 */
#define KL_BLS_X UINT64_C(0xd201000000010000) /* without its sign */

enum {
	KL_FP_LIMBS = 6,
	KL_FP_SIZE = 48, /* bytes */
	KL_FP_HEX = 2 * KL_FP_SIZE,
	KL_FR_LIMBS = 4,
	KL_FP_WIDE = 64, /* L of RFC 9380 §8.8.1: bytes of a hash made an Fp */
};
static_assert(GMP_NUMB_BITS == 64, "constants are written in limbs of 64 bits");

/* --- kl_bls_field.c ------------------------------------------------------- */

/* a < p, kept as a * 2^384 mod p (Montgomery 1985), the low limb first: equal
 * numbers have equal limbs. */
struct kl_fp {
	mp_limb_t limbs[KL_FP_LIMBS];
};

/* re + im u, where u^2 = -1. */
struct kl_fp2 {
	struct kl_fp re, im;
};

struct kl_fp kl_fp_of(unsigned number);
/* The number of KL_FP_HEX digits; asserts that it is one, below p. */
struct kl_fp kl_fp_of_hex(const char *hex);
/* Big-endian; false, and nothing read, if it is p or more. */
bool kl_fp_read(const uint8_t bytes[static KL_FP_SIZE], struct kl_fp *a);
/* Big-endian, mod p. RFC 9380 §5.2. */
struct kl_fp kl_fp_reduce(const uint8_t bytes[static KL_FP_WIDE]);

struct kl_fp kl_fp_add(struct kl_fp a, struct kl_fp b);
struct kl_fp kl_fp_sub(struct kl_fp a, struct kl_fp b);
struct kl_fp kl_fp_neg(struct kl_fp a);
struct kl_fp kl_fp_mul(struct kl_fp a, struct kl_fp b);
struct kl_fp kl_fp_sqr(struct kl_fp a);
/* 1 / a, and 0 for 0. */
struct kl_fp kl_fp_inv(struct kl_fp a);
/* One of the two square roots; false if there is none. */
bool kl_fp_sqrt(struct kl_fp a, struct kl_fp *root);
bool kl_fp_is_zero(struct kl_fp a);
bool kl_fp_equal(struct kl_fp a, struct kl_fp b);
/* Is it odd? sgn0 of RFC 9380 §4.1. */
bool kl_fp_is_odd(struct kl_fp a);
/* Is it more than p / 2, so larger than -a? */
bool kl_fp_is_large(struct kl_fp a);

struct kl_fp2 kl_fp2_of(struct kl_fp re, struct kl_fp im);
struct kl_fp2 kl_fp2_add(struct kl_fp2 a, struct kl_fp2 b);
struct kl_fp2 kl_fp2_sub(struct kl_fp2 a, struct kl_fp2 b);
struct kl_fp2 kl_fp2_neg(struct kl_fp2 a);
struct kl_fp2 kl_fp2_double(struct kl_fp2 a);
struct kl_fp2 kl_fp2_mul(struct kl_fp2 a, struct kl_fp2 b);
struct kl_fp2 kl_fp2_sqr(struct kl_fp2 a);
/* (1 + u) a */
struct kl_fp2 kl_fp2_mul_xi(struct kl_fp2 a);
struct kl_fp2 kl_fp2_inv(struct kl_fp2 a);
bool kl_fp2_sqrt(struct kl_fp2 a, struct kl_fp2 *root);
/* a^p: the other root of u^2 = -1 in place of u. */
struct kl_fp2 kl_fp2_conjugate(struct kl_fp2 a);
/* a^n, n = p / divisor rounded down. */
struct kl_fp2 kl_fp2_pow_p_over(struct kl_fp2 a, unsigned divisor);
bool kl_fp2_is_zero(struct kl_fp2 a);
bool kl_fp2_equal(struct kl_fp2 a, struct kl_fp2 b);

/* --- kl_bls_tower.c ------------------------------------------------------- */

/* The sum of c[i] w^i, where w^6 = 1 + u: Fp12 above Fp2 in one step. */
struct kl_fp12 {
	struct kl_fp2 c[6];
};

void kl_fp12_one(struct kl_fp12 *a);
/* Of these `out` may be any input. */
void kl_fp12_mul(
    const struct kl_fp12 *a, const struct kl_fp12 *b, struct kl_fp12 *out);
void kl_fp12_sqr(const struct kl_fp12 *a, struct kl_fp12 *out);
/* a (l0 + l2 w^2 + l3 w^3) */
void kl_fp12_mul_line(const struct kl_fp12 *a,
    const struct kl_fp2 line[static 3], struct kl_fp12 *out);
/* a^(p^6): -w in place of w. Of an element of norm 1 it is the inverse. */
void kl_fp12_conjugate(const struct kl_fp12 *a, struct kl_fp12 *out);
/* a^p */
void kl_fp12_frobenius(const struct kl_fp12 *a, struct kl_fp12 *out);
/* 1 / a; a is not 0. */
void kl_fp12_inv(const struct kl_fp12 *a, struct kl_fp12 *out);
bool kl_fp12_is_one(const struct kl_fp12 *a);

/* --- kl_bls_curve.c ------------------------------------------------------- */

/* (x / z^2, y / z^3), infinity when z is 0: of E', or with real x, y, z of E.
 * What is added and doubled does not depend on the curve's constant. */
struct kl_point {
	struct kl_fp2 x, y, z;
};

struct kl_point kl_point_of(struct kl_fp2 x, struct kl_fp2 y);
bool kl_point_is_infinite(const struct kl_point *a);
struct kl_point kl_point_neg(const struct kl_point *a);
struct kl_point kl_point_double(const struct kl_point *a);
struct kl_point kl_point_add(
    const struct kl_point *a, const struct kl_point *b);
/* The scalar has `count` limbs, the low one first. */
struct kl_point kl_point_mul(
    const struct kl_point *a, const mp_limb_t scalar[], size_t count);
/* The same point with z = 1; a is not infinite. */
struct kl_point kl_point_affine(const struct kl_point *a);
/* Is r times the point infinity? So it is in G1, or in G2. */
bool kl_point_has_order_r(const struct kl_point *a);

/* --- kl_bls_isogeny.c, kl_bls_map.c --------------------------------------- */

enum { KL_BLS_EXPANDED = 2 * KL_FP_WIDE };

/* A point of the curve that is 11-isogenous to E, as one of E. RFC 9380 E.2. */
struct kl_point kl_bls_isogeny(struct kl_fp x, struct kl_fp y);
/* map_to_curve of RFC 9380 §6.6.3; not yet in G1. */
struct kl_point kl_bls_map(struct kl_fp u);
/* expand_message_xmd with SHA-256. RFC 9380 §5.3.1. */
void kl_bls_expand(const void *message, size_t size, const char *dst,
    uint8_t out[static KL_BLS_EXPANDED]);
/* hash_to_curve of RFC 9380 §3 to G1. */
struct kl_point kl_bls_hash(const void *message, size_t size, const char *dst);

/* --- kl_bls_pairing.c ----------------------------------------------------- */

/* P of G1 and Q of G2, both with z = 1. */
struct kl_pair {
	struct kl_point p, q;
};

/* Is e(P0, Q0) e(P1, Q1) = 1? */
bool kl_pairs_cancel(const struct kl_pair pairs[static 2]);

/* --- kl_bls_point.c ------------------------------------------------------- */

/* Decompressed and checked, with z = 1. As kl_bls_key_check(). */
enum kl_result kl_g1_read(const uint8_t bytes[static KL_BLS_SIGNATURE_SIZE],
    struct kl_point *point) KL_MUST_CHECK;
enum kl_result kl_g2_read(const uint8_t bytes[static KL_BLS_KEY_SIZE],
    struct kl_point *point) KL_MUST_CHECK;
/* The generator of G2. */
struct kl_point kl_g2_generator(void);

#endif
