/* Keys and signatures are taken exactly as libsodium verifies them. */
#include "kl_sign.h"
#include "vectors.h"

/* RFC 8032 §7.1, tests 1 to 3. */
static const struct {
	const char *seed, *key, *message, *signature;
} known[] = {
	{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
	    "",
	    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
	    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100"
	    "b" },
	{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
	    "72",
	    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c0"
	    "0" },
	{ "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
	    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
	    "af82",
	    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
	    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40"
	    "a" },
};

static void signs_as_rfc_8032(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		size_t seed_size, size;
		uint8_t *seed = bytes_of_hex(known[i].seed, &seed_size);
		uint8_t *message = bytes_of_hex(known[i].message, &size);
		char key[KL_PUBLIC_KEY_HEX], hex[KL_SIGNATURE_HEX];
		struct kl_signer signer;
		struct kl_signature signature;

		kl_signer_make(&signer, seed);
		signature = kl_sign(&signer, message, size);
		kl_public_key_hex(&signer.key, key);
		kl_signature_hex(&signature, hex);
		assert_string_equal(key, known[i].key);
		assert_string_equal(hex, known[i].signature);
		assert_int_equal(
		    kl_verify(&signer.key, message, size, &signature), KL_OK);
		kl_signer_clear(&signer);
		kl_signer_clear(&signer);
		free(seed);
		free(message);
	}
}

static void refuses_whatever_was_altered(void **state)
{
	struct kl_signer signer;
	struct kl_signature signature;
	static const uint8_t seed[KL_SEED_SIZE] = { 7 };

	(void)state;
	kl_signer_make(&signer, seed);
	signature = kl_sign(&signer, "draw", 4);
	for (size_t bit = 0; bit < 8 * sizeof(signature.bytes); bit++) {
		struct kl_signature bad = signature;

		bad.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_int_equal(
		    kl_verify(&signer.key, "draw", 4, &bad), KL_MISMATCH);
	}
	assert_int_equal(
	    kl_verify(&signer.key, "drew", 4, &signature), KL_MISMATCH);
	assert_int_equal(
	    kl_verify(&signer.key, "draw", 3, &signature), KL_MISMATCH);
}

/* S + l is the same number: a second text of one signature. RFC 8032 §5. */
static void refuses_an_s_beyond_the_order(void **state)
{
	static const uint8_t order[KL_SEED_SIZE] = { 0xed, 0xd3, 0xf5, 0x5c,
		0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9,
		0xde, 0x14, [31] = 0x10 };
	static const uint8_t seed[KL_SEED_SIZE] = { 9 };
	struct kl_signer signer;
	struct kl_signature signature;
	unsigned carry = 0;

	(void)state;
	kl_signer_make(&signer, seed);
	signature = kl_sign(&signer, "", 0);
	for (size_t i = 0; i < sizeof(order); i++) {
		carry += signature.bytes[32 + i] + (unsigned)order[i];
		signature.bytes[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_int_equal(carry, 0);
	assert_int_equal(
	    kl_verify(&signer.key, "", 0, &signature), KL_MISMATCH);
}

#define ZEROS_30 "000000000000000000000000000000000000000000000000000000000000"
#define FFS_30   "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"

static enum kl_result check_key(const char *hex)
{
	struct kl_public_key key;

	return kl_public_key_read(hex, strlen(hex), &key);
}

static void refuses_keys_that_check_nothing(void **state)
{
	static const char *const bad[] = {
		/* the eight points of small order */
		"01" ZEROS_30 "00",
		"ec" FFS_30 "7f",
		"00" ZEROS_30 "00",
		"00" ZEROS_30 "80",
		"26e8958fc2b227b045c3f489f2ef98f0"
		"d5dfac05d3c63339b13802886d53fc05",
		"26e8958fc2b227b045c3f489f2ef98f0"
		"d5dfac05d3c63339b13802886d53fc85",
		"c7176a703d4dd84fba3c0b760d10670f"
		"2a2053fa2c39ccc64ec7fd7792ac037a",
		"c7176a703d4dd84fba3c0b760d10670f"
		"2a2053fa2c39ccc64ec7fd7792ac03fa",
		/* x = 0 with a sign */
		"01" ZEROS_30 "80",
		"ec" FFS_30 "ff",
		/* y is p and more */
		"ed" FFS_30 "7f",
		"ee" FFS_30 "7f",
		"f0" FFS_30 "7f",
		"ff" FFS_30 "ff",
		/* no point has this y */
		"02" ZEROS_30 "00",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (check_key(bad[i]) != KL_RANGE)
			fail_msg("%s was taken", bad[i]);
	assert_int_equal(check_key(known[0].key), KL_OK);
	assert_int_equal(check_key("D75a980182b10ab7d54bfed3c964073a"
				   "0ee172f3daa62325af021a68f707511a"),
	    KL_MALFORMED);
	assert_int_equal(check_key("d75a"), KL_MALFORMED);
}

/* Of two parts, one of small order: it is not of small order itself. */
static void takes_a_key_outside_the_main_subgroup(void **state)
{
	(void)state;
	assert_int_equal(check_key("1f33eaf823e2228d6a6ae3d6f7770f6a"
				   "5246fbb2e48c29691920f9a297c42b03"),
	    KL_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signs_as_rfc_8032),
		cmocka_unit_test(refuses_whatever_was_altered),
		cmocka_unit_test(refuses_an_s_beyond_the_order),
		cmocka_unit_test(refuses_keys_that_check_nothing),
		cmocka_unit_test(takes_a_key_outside_the_main_subgroup),
	};

	return cmocka_run_group_tests_name("kl_sign", tests, NULL, NULL);
}
