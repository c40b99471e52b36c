/* Fp12 = Fp2[w] / (w^6 - (1 + u)), where the values of the pairing are. */
#include "kl_bls_private.h"

#include <string.h>

enum { DEGREE = 6, TERMS = 2 * DEGREE - 1 };

void kl_fp12_one(struct kl_fp12 *a)
{
	memset(a, 0, sizeof(*a));
	a->c[0].re = kl_fp_of(1);
}

/* w^6 = 1 + u */
static void fold(const struct kl_fp2 terms[static TERMS], struct kl_fp12 *out)
{
	out->c[DEGREE - 1] = terms[DEGREE - 1];
	for (size_t i = DEGREE; i < TERMS; i++)
		out->c[i - DEGREE] =
		    kl_fp2_add(terms[i - DEGREE], kl_fp2_mul_xi(terms[i]));
}

void kl_fp12_mul(
    const struct kl_fp12 *a, const struct kl_fp12 *b, struct kl_fp12 *out)
{
	struct kl_fp2 terms[TERMS];

	memset(terms, 0, sizeof(terms));
	for (size_t i = 0; i < DEGREE; i++)
		for (size_t j = 0; j < DEGREE; j++)
			terms[i + j] = kl_fp2_add(
			    terms[i + j], kl_fp2_mul(a->c[i], b->c[j]));
	fold(terms, out);
}

void kl_fp12_sqr(const struct kl_fp12 *a, struct kl_fp12 *out)
{
	struct kl_fp2 terms[TERMS];

	memset(terms, 0, sizeof(terms));
	for (size_t i = 0; i < DEGREE; i++)
		terms[2 * i] = kl_fp2_add(terms[2 * i], kl_fp2_sqr(a->c[i]));
	for (size_t i = 0; i < DEGREE; i++)
		for (size_t j = i + 1; j < DEGREE; j++)
			terms[i + j] = kl_fp2_add(terms[i + j],
			    kl_fp2_double(kl_fp2_mul(a->c[i], a->c[j])));
	fold(terms, out);
}

void kl_fp12_mul_line(const struct kl_fp12 *a,
    const struct kl_fp2 line[static 3], struct kl_fp12 *out)
{
	static const size_t degrees[] = { 0, 2, 3 };
	struct kl_fp2 terms[TERMS];

	memset(terms, 0, sizeof(terms));
	for (size_t i = 0; i < DEGREE; i++)
		for (size_t j = 0; j < 3; j++) {
			struct kl_fp2 *term = &terms[i + degrees[j]];

			*term = kl_fp2_add(*term, kl_fp2_mul(a->c[i], line[j]));
		}
	fold(terms, out);
}

void kl_fp12_conjugate(const struct kl_fp12 *a, struct kl_fp12 *out)
{
	*out = *a;
	for (size_t i = 1; i < DEGREE; i += 2)
		out->c[i] = kl_fp2_neg(out->c[i]);
}

/* w^p = w (w^6)^((p - 1) / 6) = w (1 + u)^((p - 1) / 6) */
void kl_fp12_frobenius(const struct kl_fp12 *a, struct kl_fp12 *out)
{
	struct kl_fp2 xi = { kl_fp_of(1), kl_fp_of(1) };
	struct kl_fp2 factor = kl_fp2_pow_p_over(xi, DEGREE);
	struct kl_fp2 power = { kl_fp_of(1), { { 0 } } };

	for (size_t i = 0; i < DEGREE; i++) {
		out->c[i] = kl_fp2_mul(kl_fp2_conjugate(a->c[i]), power);
		power = kl_fp2_mul(power, factor);
	}
}

/*
 * The product of a and its five conjugates over Fp2, which are a^(p^2),
 * a^(p^4), … a^(p^10), is the norm, in Fp2. So they over the norm are 1 / a.
 */
void kl_fp12_inv(const struct kl_fp12 *a, struct kl_fp12 *out)
{
	struct kl_fp12 conjugate = *a, others, norm;
	struct kl_fp2 factor;

	kl_fp12_one(&others);
	for (size_t i = 1; i < DEGREE; i++) {
		kl_fp12_frobenius(&conjugate, &conjugate);
		kl_fp12_frobenius(&conjugate, &conjugate);
		kl_fp12_mul(&others, &conjugate, &others);
	}
	kl_fp12_mul(a, &others, &norm);
	factor = kl_fp2_inv(norm.c[0]);
	for (size_t i = 0; i < DEGREE; i++)
		out->c[i] = kl_fp2_mul(others.c[i], factor);
}

bool kl_fp12_is_one(const struct kl_fp12 *a)
{
	struct kl_fp12 one;

	kl_fp12_one(&one);
	for (size_t i = 0; i < DEGREE; i++)
		if (!kl_fp2_equal(a->c[i], one.c[i]))
			return false;
	return true;
}
