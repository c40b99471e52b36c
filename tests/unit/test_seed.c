/* beacon.txt, what attesters sign, seed.txt. */
#include "changes.h"

#define BEACON_HEAD     "klero/1 beacon\ndeclare " HASH_A "\n"
#define DRAND_SIGNATURE HASH_A "cccccccccccccccccccccccccccccccc"

static void keeps_the_rules_of_a_public_beacon(void **state)
{
	static const char good[] =
	    BEACON_HEAD "public dice25 !41~6\n"
			"attest operator " SIGNATURE "\n"
			"attest supervisor " SIGNATURE "\n";
	static const char second[] = "attest supervisor " SIGNATURE "\n";
	static const struct change changes[] = {
		{ "dice25", "-", 3, "token" },
		{ " !41~6", "", 3, "missing" },
		{ " !41~6", " 41 6", 3, "goes on" },
		{ " !41~6", " 41\xc3\xa9", 3, "printable" },
		{ "supervisor", "entrants", 0, NULL },
		{ "supervisor", "owner", 6, "neither supervisor" },
		{ "supervisor", "operator", 5, "twice" },
		{ second, "", 5, "fewer than two" },
		{ SIGNATURE, HASH_A, 4, "hex" },
		{ NULL, "attest owner " SIGNATURE "\n", 0, NULL },
		{ NULL, "attest operator " SIGNATURE "\n", 6, "twice" },
		{ NULL, "approve owner " SIGNATURE "\n", 6, "after its end" },
	};

	(void)state;
	CHECK_CHANGES("beacon", good, changes);
	assert_int_equal(kl_attest_line(0), 4);
}

static void keeps_the_rules_of_other_beacons(void **state)
{
	static const char drand[] =
	    BEACON_HEAD "drand " HASH_A " 7 " DRAND_SIGNATURE "\n";
	static const struct change drand_changes[] = {
		{ " 7 ", " 0 ", 3, "bounds" },
		{ " 7 ", " 07 ", 3, "integer" },
		{ DRAND_SIGNATURE, SIGNATURE, 3, "hex" },
		{ DRAND_SIGNATURE, HASH_A, 3, "hex" },
		{ "drand", "none", 3, "no beacon" },
		{ "drand", "moon", 3, "words" },
		{ NULL, "attest operator " SIGNATURE "\n", 4, "after its end" },
	};
	static const char nist[] =
	    BEACON_HEAD "nist " HASH_A HASH_B " " HASH_C "\n";
	static const struct change nist_changes[] = {
		{ HASH_A HASH_B, HASH_A, 3, "hex" },
		{ HASH_C, "-", 3, "hex" },
	};

	(void)state;
	CHECK_CHANGES("beacon", drand, drand_changes);
	CHECK_CHANGES("beacon", nist, nist_changes);
}

static void writes_what_attesters_sign(void **state)
{
	static const char good[] = "klero/1 public\n"
				   "declare " HASH_A "\n"
				   "seal " HASH_B "\n"
				   "value 4162\n";
	static const struct change changes[] = {
		{ "klero/1 public", "klero/1 beacon", 1, "another word" },
		{ "4162", "41 62", 4, "goes on" },
		{ "4162", "", 4, "empty" },
	};

	(void)state;
	CHECK_CHANGES("attestation", good, changes);
}

static void keeps_the_rules_of_a_seed(void **state)
{
	static const char good[] = "klero/1 seed\n"
				   "seal " HASH_A "\n"
				   "beacon none\n";
	static const struct change changes[] = {
		{ "none", "none -", 3, "goes on" },
		{ "none", "moon", 3, "words" },
		{ "none", "public 416", 0, NULL },
		{ "none", "public", 3, "missing" },
		{ "none", "nist 5 " HASH_A HASH_B, 0, NULL },
		{ "none", "nist 5 " HASH_A, 3, "hex" },
		{ "none", "nist -5 " HASH_A HASH_B, 3, "integer" },
		{ "none", "drand 1 " HASH_A, 0, NULL },
		{ "none", "drand 0 " HASH_A, 3, "bounds" },
		{ "none", "drand 1 " HASH_A HASH_B, 3, "hex" },
	};

	(void)state;
	CHECK_CHANGES("seed", good, changes);
}

static void writes_no_empty_value(void **state)
{
	struct kl_attestation attestation = { .value = { "", 0 } };
	struct kl_buf out = KL_BUF(KL_TEXT_SIZE_MAX);

	(void)state;
	assert_int_equal(kl_attestation_write(&attestation, &out), KL_RANGE);
	kl_buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_the_rules_of_a_public_beacon),
		cmocka_unit_test(keeps_the_rules_of_other_beacons),
		cmocka_unit_test(writes_what_attesters_sign),
		cmocka_unit_test(keeps_the_rules_of_a_seed),
		cmocka_unit_test(writes_no_empty_value),
	};

	return cmocka_run_group_tests_name("kl_seed", tests, NULL, NULL);
}
