/*
 * The optimal ate pairing of BLS12-381:
 * draft-irtf-cfrg-pairing-friendly-curves-11 §2.2 and appendix A; Vercauteren,
 * Optimal pairings (2008).
 *
 * A point (x, y) of E' is (x / w^2, y / w^3) on E over Fp12, as w^6 = 1 + u. So
 * the line of slope m through (x, y) of E' is at P of E, times w^3,
 *
 *     (m x - y)  -  m P.x w^2  +  P.y w^3
 *
 * and the w^3, like any factor of Fp2, is gone after the final exponentiation:
 * it lies in Fp4. That frees us of denominators in m as well.
 */
#include "kl_bls_private.h"

/* The line that touches E' at `t`, at P: m = 3 X^2 / (2 Y Z). Times 2 Y Z^3. */
static void tangent(const struct kl_point *t, const struct kl_point *p,
    struct kl_fp2 line[static 3])
{
	struct kl_fp2 xx = kl_fp2_sqr(t->x), zz = kl_fp2_sqr(t->z);
	struct kl_fp2 xx3 = kl_fp2_add(kl_fp2_double(xx), xx);
	struct kl_fp2 yz = kl_fp2_double(kl_fp2_mul(t->y, t->z));

	line[0] =
	    kl_fp2_sub(kl_fp2_mul(xx3, t->x), kl_fp2_double(kl_fp2_sqr(t->y)));
	line[1] = kl_fp2_neg(kl_fp2_mul(kl_fp2_mul(xx3, zz), p->x));
	line[2] = kl_fp2_mul(kl_fp2_mul(yz, zz), p->y);
}

/* The line through `t` and Q, at P: m = (Q.y Z^3 - Y) / (Z (Q.x Z^2 - X)).
 * Times that denominator. */
static void chord(const struct kl_point *t, const struct kl_pair *pair,
    struct kl_fp2 line[static 3])
{
	const struct kl_point *p = &pair->p, *q = &pair->q;
	struct kl_fp2 zz = kl_fp2_sqr(t->z);
	struct kl_fp2 above =
	    kl_fp2_sub(kl_fp2_mul(q->y, kl_fp2_mul(zz, t->z)), t->y);
	struct kl_fp2 below =
	    kl_fp2_mul(kl_fp2_sub(kl_fp2_mul(q->x, zz), t->x), t->z);

	line[0] = kl_fp2_sub(kl_fp2_mul(above, q->x), kl_fp2_mul(below, q->y));
	line[1] = kl_fp2_neg(kl_fp2_mul(above, p->x));
	line[2] = kl_fp2_mul(below, p->y);
}

/* Both of Miller's loops in one, from the second bit of x downwards. x is
 * negative, so this leads to the inverse of the pairing: 1 where that is 1. */
static void miller(const struct kl_pair pairs[static 2], struct kl_fp12 *f)
{
	struct kl_point t[2] = { pairs[0].q, pairs[1].q };
	struct kl_fp2 line[3];

	kl_fp12_one(f);
	for (uint64_t bit = UINT64_C(1) << 62; bit > 0; bit >>= 1) {
		kl_fp12_sqr(f, f);
		for (size_t i = 0; i < 2; i++) {
			tangent(&t[i], &pairs[i].p, line);
			kl_fp12_mul_line(f, line, f);
			t[i] = kl_point_double(&t[i]);
		}
		for (size_t i = 0; i < 2 && (KL_BLS_X & bit); i++) {
			chord(&t[i], &pairs[i], line);
			kl_fp12_mul_line(f, line, f);
			t[i] = kl_point_add(&t[i], &pairs[i].q);
		}
	}
}

/* a^x, of an element whose conjugate is its inverse. */
static void power_x(const struct kl_fp12 *a, struct kl_fp12 *out)
{
	struct kl_fp12 power = *a;

	for (uint64_t bit = UINT64_C(1) << 62; bit > 0; bit >>= 1) {
		kl_fp12_sqr(&power, &power);
		if (KL_BLS_X & bit)
			kl_fp12_mul(&power, a, &power);
	}
	kl_fp12_conjugate(&power, out);
}

/* a^(x - 1), likewise. */
static void power_x_less_1(const struct kl_fp12 *a, struct kl_fp12 *out)
{
	struct kl_fp12 inverse;

	kl_fp12_conjugate(a, &inverse);
	power_x(a, out);
	kl_fp12_mul(out, &inverse, out);
}

/* f^((p^6 - 1) (p^2 + 1)): what is left lies in the cyclotomic subgroup. */
static void easy_part(const struct kl_fp12 *f, struct kl_fp12 *out)
{
	struct kl_fp12 a, b;

	kl_fp12_inv(f, &a);
	kl_fp12_conjugate(f, &b);
	kl_fp12_mul(&a, &b, &a);
	kl_fp12_frobenius(&a, &b);
	kl_fp12_frobenius(&b, &b);
	kl_fp12_mul(&a, &b, out);
}

/*
 * g^(3 (p^4 - p^2 + 1) / r). Hayashida, Hayasaka, Teruya: Efficient final
 * exponentiation via cyclotomic structure (2020), theorem 1, for which
 *
 *     3 (p^4 - p^2 + 1) / r = (x - 1)^2 (x + p) (x^2 + p^2 - 1) + 3
 *
 * r is no multiple of 3, so the cube is 1 where the value is.
 */
static void hard_part(const struct kl_fp12 *g, struct kl_fp12 *out)
{
	struct kl_fp12 a, b, c;

	power_x_less_1(g, &a);
	power_x_less_1(&a, &a);
	power_x(&a, &b); /* x + p */
	kl_fp12_frobenius(&a, &c);
	kl_fp12_mul(&b, &c, &a);
	power_x(&a, &b); /* x^2 + p^2 - 1 */
	power_x(&b, &b);
	kl_fp12_frobenius(&a, &c);
	kl_fp12_frobenius(&c, &c);
	kl_fp12_mul(&b, &c, &b);
	kl_fp12_conjugate(&a, &c);
	kl_fp12_mul(&b, &c, &b);
	kl_fp12_sqr(g, &c); /* + 3 */
	kl_fp12_mul(&c, g, &c);
	kl_fp12_mul(&b, &c, out);
}

bool kl_pairs_cancel(const struct kl_pair pairs[static 2])
{
	struct kl_fp12 f;

	miller(pairs, &f);
	easy_part(&f, &f);
	hard_part(&f, &f);
	return kl_fp12_is_one(&f);
}
