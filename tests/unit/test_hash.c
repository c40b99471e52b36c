/* A hash is the same whichever way its bytes come. */
#include "kl_hash.h"
#include "unit.h"

enum { BYTES = 200 }; /* three blocks and some */

static void fill(uint8_t bytes[static BYTES])
{
	for (unsigned i = 0; i < BYTES; i++)
		bytes[i] = (uint8_t)(7 * i + 1);
}

static void assert_hash(const struct kl_hash *seen, const char *expected)
{
	char hex[KL_HASH_HEX];

	kl_hash_hex(seen, hex);
	assert_string_equal(hex, expected);
}

/* FIPS 180-4, the examples of one block and of two. */
static void is_that_of_the_standard(void **state)
{
	const char *two =
	    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	struct kl_hash hash = kl_hash_of("abc", 3);

	(void)state;
	assert_hash(&hash, "ba7816bf8f01cfea414140de5dae2223"
			   "b00361a396177a9cb410ff61f20015ad");
	hash = kl_hash_of(two, strlen(two));
	assert_hash(&hash, "248d6a61d20638b8e5c026930c3e6039"
			   "a33ce45964ff2167f6ecedd419db06c1");
}

/* Every split of every length: the last block full, just too full, empty. */
static void goes_on_after_any_prefix(void **state)
{
	uint8_t bytes[BYTES];

	(void)state;
	fill(bytes);
	for (size_t size = 0; size <= BYTES; size++) {
		struct kl_hash whole = kl_hash_of(bytes, size);

		for (size_t at = 0; at <= size; at++) {
			struct kl_hasher prefix, copy;
			struct kl_hash split, again;

			kl_hasher_init(&prefix);
			kl_hasher_add(&prefix, bytes, at);
			copy = prefix;
			kl_hasher_add(&copy, bytes + at, size - at);
			split = kl_hasher_end(&copy);
			kl_hasher_add(&prefix, bytes + at, size - at);
			again = kl_hasher_end(&prefix);
			assert_true(kl_hash_equal(&split, &whole));
			assert_true(kl_hash_equal(&again, &whole));
		}
	}
}

/* As memcmp() has them, whatever the machine's order of bytes. */
static void ascends_as_its_first_bytes_do(void **state)
{
	struct kl_hash one = { { 0, 0, 0, 0, 0, 0, 1, 2 } };
	struct kl_hash other = { { 0, 0, 0, 0, 0, 0, 2, 1 } };

	(void)state;
	assert_int_equal(kl_hash_first(&one), 0x0102);
	assert_int_equal(kl_hash_first(&other), 0x0201);
	other.bytes[0] = 0xff;
	assert_int_equal(kl_hash_first(&other), UINT64_C(0xff00000000000201));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_that_of_the_standard),
		cmocka_unit_test(goes_on_after_any_prefix),
		cmocka_unit_test(ascends_as_its_first_bytes_do),
	};

	return cmocka_run_group_tests_name("kl_hash", tests, NULL, NULL);
}
