/* Limits of days and of working days, one against the other. */
#include "kl_limit.h"
#include "unit.h"

static void compares_what_no_calendar_turns_round(void **state)
{
	static const struct {
		struct kl_days promise, limit;
		enum kl_limit_order order;
	} cases[] = {
		{ { 20, true }, { 20, true }, KL_LIMIT_WITHIN },
		{ { 21, true }, { 20, true }, KL_LIMIT_OVER },
		{ { 20, false }, { 20, false }, KL_LIMIT_WITHIN },
		{ { 21, false }, { 20, false }, KL_LIMIT_OVER },
		{ { 20, false }, { 20, true }, KL_LIMIT_WITHIN },
		{ { 21, false }, { 20, true }, KL_LIMIT_UNKNOWN },
		{ { 21, true }, { 20, false }, KL_LIMIT_OVER },
		{ { 20, true }, { 20, false }, KL_LIMIT_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(
		    kl_limit_compare(&cases[i].promise, &cases[i].limit),
		    cases[i].order);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares_what_no_calendar_turns_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
