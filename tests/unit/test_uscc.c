/* Unified social credit codes: GB 32100-2015. */
#include "kl_uscc.h"
#include "unit.h"

static const char *fault_of(const char *code)
{
	return kl_uscc_fault(code, strlen(code));
}

static void takes_real_codes(void **state)
{
	/* Made up; two of public registers; of tests/vectors/klero. */
	static const char *const codes[] = {
		"91999999MA35000016",
		"91350100M000100Y43",
		"91110000802100433B",
		"91360702MA35000017",
		"91360702MA3500008W",
		"91360702MA35000090",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (fault_of(codes[i]))
			fail_msg("%s: %s", codes[i], fault_of(codes[i]));
}

static void tells_what_is_wrong(void **state)
{
	static const struct {
		const char *code, *why;
	} cases[] = {
		{ "", "18 characters" },
		{ "91360702MA3500001", "18 characters" },
		{ "91360702MA350000177", "18 characters" },
		{ "91360702MA35000018", "check digit" },
		{ "91360702MA35000071", "check digit" },
		{ "91360702ma35000017", "other than" },
		{ "91360702MI35000017", "other than" },
		{ "91360702MA3500001O", "other than" },
		{ "91360702M A5000017", "other than" },
		{ "9136070AMA35000017", "3 to 8" },
		{ "91A60702MA35000017", "3 to 8" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *why = fault_of(cases[i].code);

		if (!why || !strstr(why, cases[i].why))
			fail_msg("%s: %s", cases[i].code, why ? why : "taken");
	}
	assert_non_null(kl_uscc_fault("91360702MA350\0001", 18));
}

/* A prime modulus: one wrong digit, or two swapped, is always seen. */
static void sees_each_wrong_digit_and_swap(void **state)
{
	static const char digits[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	static const char good[] = "91350100M000100Y43";

	(void)state;
	for (size_t i = 0; i < KL_USCC_SIZE; i++) {
		char code[KL_USCC_SIZE + 1];

		for (const char *digit = digits; *digit; digit++) {
			memcpy(code, good, sizeof(good));
			code[i] = *digit;
			assert_int_equal(
			    fault_of(code) == NULL, *digit == good[i]);
		}
		if (i == 0 || good[i] == good[i - 1])
			continue;
		memcpy(code, good, sizeof(good));
		code[i] = good[i - 1];
		code[i - 1] = good[i];
		assert_non_null(fault_of(code));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_real_codes),
		cmocka_unit_test(tells_what_is_wrong),
		cmocka_unit_test(sees_each_wrong_digit_and_swap),
	};

	return cmocka_run_group_tests_name("kl_uscc", tests, NULL, NULL);
}
