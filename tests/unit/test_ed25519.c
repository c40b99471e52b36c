/* Ed25519 at the edge: tests/vectors/ed25519.json, which the verifier of web/
 * reads as well. protocol §2. */
#include "kl_sign.h"
#include "vectors.h"

static const char path[] = "tests/vectors/ed25519.json";

static void takes_no_key_but_those(void **state)
{
	json_auto_t *file = vectors_load(path);
	const json_t *list = member(file, "keys"), *one;
	size_t index, taken = 0;

	(void)state;
	json_array_foreach (list, index, one) {
		const char *hex = text_of(one, "key");
		bool good = json_is_true(member(one, "good"));
		struct kl_public_key key;
		enum kl_result result =
		    kl_public_key_read(hex, strlen(hex), &key);

		if (result != (good ? KL_OK : KL_RANGE))
			fail_msg("%s: %d", text_of(one, "why"), result);
		taken += good;
	}
	assert_true(taken > 0 && taken < index);
}

static enum kl_result verify(const json_t *one)
{
	struct kl_public_key key;
	struct kl_signature signature;
	size_t size;
	uint8_t *message = bytes_of_hex(text_of(one, "message"), &size);
	const char *hex = text_of(one, "signature"), *of = text_of(one, "key");
	enum kl_result result;

	assert_int_equal(
	    kl_unhex(of, strlen(of), key.bytes, sizeof(key.bytes)), KL_OK);
	assert_int_equal(
	    kl_signature_read(hex, strlen(hex), &signature), KL_OK);
	result = kl_verify(&key, message, size, &signature);
	free(message);
	return result;
}

/* Also under keys that no text may have. */
static void takes_no_signature_but_those(void **state)
{
	json_auto_t *file = vectors_load(path);
	const json_t *list = member(file, "signatures"), *one;
	size_t index, taken = 0;

	(void)state;
	json_array_foreach (list, index, one) {
		bool good = json_is_true(member(one, "good"));
		enum kl_result result = verify(one);

		if (result != (good ? KL_OK : KL_MISMATCH))
			fail_msg("%s: %d", text_of(one, "why"), result);
		taken += good;
	}
	assert_true(taken > 0 && taken < index);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_no_key_but_those),
		cmocka_unit_test(takes_no_signature_but_those),
	};

	return cmocka_run_group_tests_name(
	    "kl_sign: the edge of Ed25519", tests, NULL, NULL);
}
