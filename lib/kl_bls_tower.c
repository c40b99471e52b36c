/* Fp12 = Fp2[w] / (w^6 - (1 + u)), where the values of the pairing are. */
#include "kl_bls_private.h"

#include <string.h>

enum { DEGREE = KL_FP12_DEGREE, TERMS = 2 * DEGREE - 1 };

/* (1 + u)^(i (p - 1) / 6), as Montgomery has it: a test reckons them anew. */
const struct kl_fp2 kl_fp12_frobenius_of[KL_FP12_DEGREE] = {
	{ { { 0x760900000002fffd, 0xebf4000bc40c0002, 0x5f48985753c758ba,
	      0x77ce585370525745, 0x5c071a97a256ec6d, 0x15f65ec3fa80e493 } },
	    { { 0 } } },
	{ { { 0x07089552b319d465, 0xc6695f92b50a8313, 0x97e83cccd117228f,
	      0xa35baecab2dc29ee, 0x1ce393ea5daace4d, 0x08f2220fb0fb66eb } },
	    { { 0xb2f66aad4ce5d646, 0x5842a06bfc497cec, 0xcf4895d42599d394,
		0xc11b9cba40a8e8d0, 0x2e3813cbe5a0de89,
		0x110eefda88847faf } } },
	{ { { 0 } }, { { 0xcd03c9e48671f071, 0x5dab22461fcda5d2,
			 0x587042afd3851b95, 0x8eb60ebe01bacb9e,
			 0x03f97d6e83d050d2, 0x18f0206554638741 } } },
	{ { { 0x7bcfa7a25aa30fda, 0xdc17dec12a927e7c, 0x2f088dd86b4ebef1,
	      0xd1ca2087da74d4a7, 0x2da2596696cebc1d, 0x0e2b7eedbbfd87d2 } },
	    { { 0x7bcfa7a25aa30fda, 0xdc17dec12a927e7c, 0x2f088dd86b4ebef1,
		0xd1ca2087da74d4a7, 0x2da2596696cebc1d,
		0x0e2b7eedbbfd87d2 } } },
	{ { { 0x890dc9e4867545c3, 0x2af322533285a5d5, 0x50880866309b7e2c,
	      0xa20d1b8c7e881024, 0x14e4f04fe2db9068, 0x14e56d3f1564853a } },
	    { { 0 } } },
	{ { { 0x82d83cf50dbce43f, 0xa2813e53df9d018f, 0xc6f0caa53c65e181,
	      0x7525cf528d50fe95, 0x4a85ed50f4798a6b, 0x171da0fd6cf8eebd } },
	    { { 0x3726c30af242c66c, 0x7c2ac1aad1b6fe70, 0xa04007fbba4b14a2,
		0xef517c3266341429, 0x0095ba654ed2226b,
		0x02e370eccc86f7dd } } },
};

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
	for (size_t i = 0; i < DEGREE; i++)
		out->c[i] = kl_fp2_mul(
		    kl_fp2_conjugate(a->c[i]), kl_fp12_frobenius_of[i]);
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
