/* Points of E and E' in Jacobian coordinates. */
#include "kl_bls_private.h"

/* The order of G1 and G2, the low limb first.
 * draft-irtf-cfrg-pairing-friendly-curves-11 §4.2.1 */
static const mp_limb_t r[KL_FR_LIMBS] = {
	0xffffffff00000001,
	0x53bda402fffe5bfe,
	0x3339d80809a1d805,
	0x73eda753299d7d48,
};

struct kl_point kl_point_of(struct kl_fp2 x, struct kl_fp2 y)
{
	return (struct kl_point){ x, y, { kl_fp_of(1), { { 0 } } } };
}

bool kl_point_is_infinite(const struct kl_point *a)
{
	return kl_fp2_is_zero(a->z);
}

struct kl_point kl_point_neg(const struct kl_point *a)
{
	return (struct kl_point){ a->x, kl_fp2_neg(a->y), a->z };
}

/* hyperelliptic.org/EFD, short Weierstrass, a = 0, dbl-2009-l. Infinity gives
 * infinity; there is no point with y = 0, for neither curve's order is even. */
struct kl_point kl_point_double(const struct kl_point *a)
{
	struct kl_fp2 xx = kl_fp2_sqr(a->x), yy = kl_fp2_sqr(a->y);
	struct kl_fp2 s = kl_fp2_double(kl_fp2_double(kl_fp2_mul(a->x, yy)));
	struct kl_fp2 m = kl_fp2_add(kl_fp2_double(xx), xx);
	struct kl_fp2 y4 = kl_fp2_double(kl_fp2_double(kl_fp2_sqr(yy)));
	struct kl_point sum;

	sum.x = kl_fp2_sub(kl_fp2_sqr(m), kl_fp2_double(s));
	sum.y =
	    kl_fp2_sub(kl_fp2_mul(m, kl_fp2_sub(s, sum.x)), kl_fp2_double(y4));
	sum.z = kl_fp2_double(kl_fp2_mul(a->y, a->z));
	return sum;
}

/* EFD, add-1998-cmo-2. Of a point and its negative h is 0, so z is. */
struct kl_point kl_point_add(const struct kl_point *a, const struct kl_point *b)
{
	struct kl_fp2 zz1 = kl_fp2_sqr(a->z), zz2 = kl_fp2_sqr(b->z);
	struct kl_fp2 u1 = kl_fp2_mul(a->x, zz2);
	struct kl_fp2 s1 = kl_fp2_mul(a->y, kl_fp2_mul(zz2, b->z));
	struct kl_fp2 h = kl_fp2_sub(kl_fp2_mul(b->x, zz1), u1);
	struct kl_fp2 d =
	    kl_fp2_sub(kl_fp2_mul(b->y, kl_fp2_mul(zz1, a->z)), s1);
	struct kl_fp2 hh = kl_fp2_sqr(h), hhh = kl_fp2_mul(hh, h);
	struct kl_fp2 v = kl_fp2_mul(u1, hh);
	struct kl_point sum;

	if (kl_point_is_infinite(a))
		return *b;
	if (kl_point_is_infinite(b))
		return *a;
	if (kl_fp2_is_zero(h) && kl_fp2_is_zero(d))
		return kl_point_double(a);
	sum.x = kl_fp2_sub(kl_fp2_sub(kl_fp2_sqr(d), hhh), kl_fp2_double(v));
	sum.y = kl_fp2_sub(
	    kl_fp2_mul(d, kl_fp2_sub(v, sum.x)), kl_fp2_mul(s1, hhh));
	sum.z = kl_fp2_mul(kl_fp2_mul(a->z, b->z), h);
	return sum;
}

struct kl_point kl_point_mul(
    const struct kl_point *a, const mp_limb_t scalar[], size_t count)
{
	struct kl_point sum = { 0 };

	for (size_t bit = count * GMP_NUMB_BITS; bit-- > 0;) {
		sum = kl_point_double(&sum);
		if (scalar[bit / GMP_NUMB_BITS] >> bit % GMP_NUMB_BITS & 1)
			sum = kl_point_add(&sum, a);
	}
	return sum;
}

struct kl_point kl_point_affine(const struct kl_point *a)
{
	struct kl_fp2 z1 = kl_fp2_inv(a->z), z2 = kl_fp2_sqr(z1);

	return kl_point_of(
	    kl_fp2_mul(a->x, z2), kl_fp2_mul(a->y, kl_fp2_mul(z2, z1)));
}

/* The definition, and nothing cleverer. */
bool kl_point_has_order_r(const struct kl_point *a)
{
	struct kl_point multiple = kl_point_mul(a, r, KL_FR_LIMBS);

	return kl_point_is_infinite(&multiple);
}
