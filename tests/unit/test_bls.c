/* BLS signatures: recorded rounds, RFC 9380, and what is no point. */
#include "kl_bls_private.h"
#include "vectors.h"

#define BLS   "tests/vectors/bls/"
#define DRAND "tests/vectors/drand/"

enum { MESSAGE_SIZE = KL_HASH_SIZE };

static void read_hex(const char *hex, void *bytes, size_t size)
{
	if (kl_unhex(hex, strlen(hex), bytes, size))
		fail_msg("%s: not %zu bytes", hex, size);
}

/* --- rounds --------------------------------------------------------------- */

/* What a round signs. */
static struct kl_hash message_of(uint64_t round)
{
	uint64_t big = htobe64(round);

	return kl_hash_of(&big, sizeof(big));
}

static enum kl_result verify(const uint8_t key[static KL_BLS_KEY_SIZE],
    uint64_t round, const uint8_t signature[static KL_BLS_SIGNATURE_SIZE])
{
	struct kl_hash message = message_of(round);

	return kl_bls_verify(key, &message, MESSAGE_SIZE, signature);
}

static json_t *load_chain(const char *path, uint8_t key[static KL_BLS_KEY_SIZE])
{
	json_t *chain = vectors_load(path);

	read_hex(text_of(member(chain, "chain_info"), "public_key"), key,
	    KL_BLS_KEY_SIZE);
	return chain;
}

/* Each for its round, for no other's, and for none next to it. */
static void takes_recorded_rounds(void **state)
{
	static const char *const paths[] = { DRAND "quicknet.json",
		DRAND "walkthrough.json" };
	uint8_t key[KL_BLS_KEY_SIZE], signature[KL_BLS_SIGNATURE_SIZE];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		json_t *chain = load_chain(paths[i], key);
		json_t *rounds = member(chain, "rounds"), *round, *other;
		size_t index, at;

		json_array_foreach (rounds, index, round) {
			uint64_t number = number_of(round, "round");

			read_hex(text_of(round, "signature"), signature,
			    sizeof(signature));
			assert_int_equal(
			    verify(key, number + 1, signature), KL_MISMATCH);
			json_array_foreach (rounds, at, other)
				assert_int_equal(
				    verify(key, number_of(other, "round"),
					signature),
				    at == index ? KL_OK : KL_MISMATCH);
		}
		assert_true(json_array_size(rounds) > 0);
		json_decref(chain);
	}
}

/* Signed under the name of another ciphersuite, by another key. */
static void refuses_another_scheme_and_key(void **state)
{
	uint8_t key[KL_BLS_KEY_SIZE], other[KL_BLS_KEY_SIZE];
	uint8_t signature[KL_BLS_SIGNATURE_SIZE];
	json_t *retired = load_chain(DRAND "fastnet-retired.json", key);
	json_t *quicknet = load_chain(DRAND "quicknet.json", other);
	json_t *round = json_array_get(member(retired, "rounds"), 0);

	(void)state;
	read_hex(text_of(round, "signature"), signature, sizeof(signature));
	assert_int_equal(kl_bls_key_check(key), KL_OK);
	assert_int_equal(verify(key, 1, signature), KL_MISMATCH);
	assert_int_equal(verify(other, 1, signature), KL_MISMATCH);
	json_decref(retired);
	json_decref(quicknet);
}

static void refuses_every_flipped_bit(void **state)
{
	uint8_t key[KL_BLS_KEY_SIZE], signature[KL_BLS_SIGNATURE_SIZE];
	json_t *chain = load_chain(DRAND "quicknet.json", key);
	json_t *round = json_array_get(member(chain, "rounds"), 1);
	uint64_t number = number_of(round, "round");

	(void)state;
	read_hex(text_of(round, "signature"), signature, sizeof(signature));
	for (size_t bit = 0; bit < 8 * sizeof(signature); bit++) {
		signature[bit / 8] ^= 1 << bit % 8;
		if (!verify(key, number, signature))
			fail_msg("bit %zu", bit);
		signature[bit / 8] ^= 1 << bit % 8;
	}
	for (size_t bit = 0; bit < 8 * sizeof(key); bit += 5) {
		key[bit / 8] ^= 1 << bit % 8;
		if (!verify(key, number, signature))
			fail_msg("bit %zu of the key", bit);
		key[bit / 8] ^= 1 << bit % 8;
	}
	assert_int_equal(verify(key, number, signature), KL_OK);
	/* The other root is a point of G1 as well. */
	signature[0] ^= 0x20;
	assert_int_equal(verify(key, number, signature), KL_MISMATCH);
	json_decref(chain);
}

/* --- points --------------------------------------------------------------- */

static enum kl_result result_of(const json_t *point)
{
	return strcmp(text_of(point, "result"), "range") == 0 ? KL_RANGE
							      : KL_MALFORMED;
}

static void refuses_what_is_no_signature(void **state)
{
	uint8_t key[KL_BLS_KEY_SIZE], signature[KL_BLS_SIGNATURE_SIZE];
	json_t *points = vectors_load(BLS "points.json"), *point;
	json_t *chain = load_chain(DRAND "quicknet.json", key);
	size_t index;

	(void)state;
	assert_true(json_array_size(member(points, "signatures")) > 0);
	json_array_foreach (member(points, "signatures"), index, point) {
		read_hex(text_of(point, "point"), signature, sizeof(signature));
		if (verify(key, 1000, signature) != result_of(point))
			fail_msg("%s", text_of(point, "what"));
	}
	json_decref(points);
	json_decref(chain);
}

static void refuses_what_is_no_key(void **state)
{
	uint8_t key[KL_BLS_KEY_SIZE], signature[KL_BLS_SIGNATURE_SIZE];
	json_t *points = vectors_load(BLS "points.json"), *point;
	json_t *chain = load_chain(DRAND "quicknet.json", key);
	json_t *round = json_array_get(member(chain, "rounds"), 0);
	size_t index;

	(void)state;
	read_hex(text_of(round, "signature"), signature, sizeof(signature));
	assert_true(json_array_size(member(points, "keys")) > 0);
	json_array_foreach (member(points, "keys"), index, point) {
		read_hex(text_of(point, "point"), key, sizeof(key));
		if (kl_bls_key_check(key) != result_of(point) ||
		    verify(key, 1, signature) != result_of(point))
			fail_msg("%s", text_of(point, "what"));
	}
	json_decref(points);
	json_decref(chain);
}

/* --- RFC 9380 ------------------------------------------------------------- */

static struct kl_fp fp_of(const char *hex)
{
	return kl_fp_of_hex(hex + strlen("0x"));
}

static void expect_point(const struct kl_point *point, const json_t *expected)
{
	struct kl_point affine = kl_point_affine(point);
	struct kl_fp none = kl_fp_of(0);

	assert_true(kl_fp_equal(affine.x.re, fp_of(text_of(expected, "x"))));
	assert_true(kl_fp_equal(affine.y.re, fp_of(text_of(expected, "y"))));
	assert_true(kl_fp_equal(affine.x.im, none));
	assert_true(kl_fp_equal(affine.y.im, none));
}

static void check_hash(const char *dst, const json_t *vector)
{
	const char *message = text_of(vector, "msg");
	uint8_t uniform[KL_BLS_EXPANDED];
	struct kl_point point;

	kl_bls_expand(message, strlen(message), dst, uniform);
	for (size_t i = 0; i < 2; i++) {
		struct kl_fp u = kl_fp_reduce(uniform + i * KL_FP_WIDE);
		json_t *expected = json_array_get(member(vector, "u"), i);

		assert_true(kl_fp_equal(u, fp_of(json_string_value(expected))));
		point = kl_bls_map(u);
		expect_point(&point, member(vector, i == 0 ? "Q0" : "Q1"));
	}
	point = kl_bls_hash(message, strlen(message), dst);
	expect_point(&point, member(vector, "P"));
	assert_true(kl_point_has_order_r(&point));
}

static void hashes_as_rfc_9380(void **state)
{
	json_t *suite =
	    vectors_load(BLS "BLS12381G1_XMD_SHA-256_SSWU_RO_.json");
	json_t *vector;
	size_t index;

	(void)state;
	assert_int_equal(json_array_size(member(suite, "vectors")), 5);
	json_array_foreach (member(suite, "vectors"), index, vector)
		check_hash(text_of(suite, "dst"), vector);
	json_decref(suite);
}

/* Values that no hash is known to give; 0 has no inverse. */
static void maps_odd_values(void **state)
{
	static const mp_limb_t cofactor = KL_BLS_X + 1;
	json_t *points = vectors_load(BLS "points.json"), *map;
	uint8_t bytes[KL_BLS_SIGNATURE_SIZE];
	size_t index;

	(void)state;
	assert_true(json_array_size(member(points, "maps")) > 0);
	json_array_foreach (member(points, "maps"), index, map) {
		struct kl_point found, expected;

		read_hex(text_of(map, "cleared"), bytes, sizeof(bytes));
		assert_int_equal(kl_g1_read(bytes, &expected), KL_OK);
		found = kl_bls_map(kl_fp_of_hex(text_of(map, "u")));
		found = kl_point_mul(&found, &cofactor, 1);
		found = kl_point_affine(&found);
		assert_memory_equal(&found, &expected, sizeof(found));
	}
	json_decref(points);
}

/* --- the curve and the tower ---------------------------------------------- */

static void expect_same(const struct kl_point *a, const struct kl_point *b)
{
	struct kl_point left = kl_point_affine(a), right = kl_point_affine(b);

	assert_memory_equal(&left, &right, sizeof(left));
}

static void adds_what_is_alike_or_infinite(void **state)
{
	static const mp_limb_t three = 3;
	struct kl_point g = kl_g2_generator(), none = { 0 };
	struct kl_point minus = kl_point_neg(&g), twice = kl_point_double(&g);
	struct kl_point sum;

	(void)state;
	sum = kl_point_add(&g, &none);
	expect_same(&sum, &g);
	sum = kl_point_add(&none, &g);
	expect_same(&sum, &g);
	sum = kl_point_add(&g, &g);
	expect_same(&sum, &twice);
	sum = kl_point_add(&twice, &minus);
	expect_same(&sum, &g);
	sum = kl_point_add(&g, &minus);
	assert_true(kl_point_is_infinite(&sum));
	sum = kl_point_add(&none, &none);
	assert_true(kl_point_is_infinite(&sum));
	sum = kl_point_double(&none);
	assert_true(kl_point_is_infinite(&sum));
	sum = kl_point_mul(&g, &three, 1);
	twice = kl_point_add(&twice, &g);
	expect_same(&sum, &twice);
	assert_true(kl_point_has_order_r(&g));
}

/* Half of Fp has a root in Fp, and the other half, as 11, in Fp2 alone; 1 + u
 * has none. */
static void takes_roots_of_squares_alone(void **state)
{
	struct kl_fp none = kl_fp_of(0);
	struct kl_fp2 a = { kl_fp_of(7), kl_fp_of(9) }, square, root;
	struct kl_fp found;

	(void)state;
	square = kl_fp2_sqr(a);
	assert_true(kl_fp2_sqrt(square, &root));
	assert_true(kl_fp2_equal(kl_fp2_sqr(root), square));
	for (unsigned i = 0; i < 30; i++) {
		square = kl_fp2_of(kl_fp_of(i), none);
		assert_true(kl_fp2_sqrt(square, &root));
		assert_true(kl_fp2_equal(kl_fp2_sqr(root), square));
	}
	assert_true(kl_fp_sqrt(kl_fp_of(49), &found));
	assert_true(kl_fp_equal(kl_fp_sqr(found), kl_fp_of(49)));
	assert_false(kl_fp_sqrt(kl_fp_of(11), &found));
	assert_false(kl_fp_sqrt(kl_fp_neg(kl_fp_of(49)), &found));
	assert_false(kl_fp2_sqrt(kl_fp2_mul_xi(kl_fp2_sqr(a)), &root));
	assert_true(kl_fp_is_zero(kl_fp_inv(none)));
}

/* Some element with nothing special about it. */
static struct kl_fp12 some_element(void)
{
	struct kl_fp12 a;

	for (unsigned i = 0; i < 6; i++)
		a.c[i] = kl_fp2_of(kl_fp_of(7 + i * i), kl_fp_of(100 - 9 * i));
	return a;
}

static void keeps_the_laws_of_fp12(void **state)
{
	struct kl_fp12 a = some_element(), b, c, d;

	(void)state;
	kl_fp12_sqr(&a, &b);
	kl_fp12_mul(&a, &a, &c);
	assert_memory_equal(&b, &c, sizeof(b));
	kl_fp12_inv(&a, &b);
	assert_false(kl_fp12_is_one(&b));
	kl_fp12_mul(&a, &b, &c);
	assert_true(kl_fp12_is_one(&c));
	/* a^(p^6) in six steps, a^(p^12) in twelve. */
	c = a;
	for (int i = 0; i < 6; i++)
		kl_fp12_frobenius(&c, &c);
	kl_fp12_conjugate(&a, &b);
	assert_memory_equal(&b, &c, sizeof(b));
	/* (a b)^p = a^p b^p */
	kl_fp12_sqr(&a, &b);
	kl_fp12_mul(&a, &b, &c);
	kl_fp12_frobenius(&c, &c);
	kl_fp12_frobenius(&a, &d);
	kl_fp12_frobenius(&b, &b);
	kl_fp12_mul(&b, &d, &b);
	assert_memory_equal(&b, &c, sizeof(b));
}

/* e(a P, b Q) = e(b P, a Q), and the pairing of generators is not 1. */
static void is_bilinear(void **state)
{
	static const mp_limb_t a = 1234567, b = 7654321;
	struct kl_point p = kl_bls_hash("p", 1, "test"), q = kl_g2_generator();
	struct kl_pair pairs[2];
	struct kl_point scaled;

	(void)state;
	scaled = kl_point_mul(&p, &a, 1);
	pairs[0].p = kl_point_affine(&scaled);
	scaled = kl_point_mul(&q, &b, 1);
	pairs[0].q = kl_point_affine(&scaled);
	scaled = kl_point_mul(&p, &b, 1);
	pairs[1].p = kl_point_affine(&scaled);
	scaled = kl_point_mul(&q, &a, 1);
	pairs[1].q = kl_point_affine(&scaled);
	assert_false(kl_pairs_cancel(pairs));
	pairs[1].p = kl_point_neg(&pairs[1].p);
	assert_true(kl_pairs_cancel(pairs));
	/* e(P, Q)^2 is not 1 either. */
	pairs[0].p = pairs[1].p = kl_point_affine(&p);
	pairs[0].q = pairs[1].q = q;
	assert_false(kl_pairs_cancel(pairs));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_recorded_rounds),
		cmocka_unit_test(refuses_another_scheme_and_key),
		cmocka_unit_test(refuses_every_flipped_bit),
		cmocka_unit_test(refuses_what_is_no_signature),
		cmocka_unit_test(refuses_what_is_no_key),
		cmocka_unit_test(hashes_as_rfc_9380),
		cmocka_unit_test(maps_odd_values),
		cmocka_unit_test(adds_what_is_alike_or_infinite),
		cmocka_unit_test(takes_roots_of_squares_alone),
		cmocka_unit_test(keeps_the_laws_of_fp12),
		cmocka_unit_test(is_bilinear),
	};

	return cmocka_run_group_tests_name("kl_bls", tests, NULL, NULL);
}
