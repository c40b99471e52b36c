/* Numbers have one form, and a largest. */
#include "kl_line.h"
#include "unit.h"

#include <stdio.h>

static enum kl_result read(const char *text, uint64_t max, uint64_t *number)
{
	return kl_decimal_read(kl_span_of(text), max, number);
}

static void reads_decimals_up_to_a_largest(void **state)
{
	uint64_t number;

	(void)state;
	for (uint64_t max = 0; max < 30; max++) {
		char at[8], beyond[8];

		snprintf(at, sizeof(at), "%u", (unsigned)max);
		snprintf(beyond, sizeof(beyond), "%u", (unsigned)max + 1);
		assert_int_equal(read(at, max, &number), KL_OK);
		assert_int_equal(number, max);
		assert_int_equal(read(beyond, max, &number), KL_RANGE);
	}
	assert_int_equal(
	    read("18446744073709551615", UINT64_MAX, &number), KL_OK);
	assert_true(number == UINT64_MAX);
	assert_int_equal(
	    read("18446744073709551616", UINT64_MAX, &number), KL_RANGE);
	assert_int_equal(
	    read("99999999999999999999999", UINT64_MAX, &number), KL_RANGE);
}

static void refuses_a_second_form(void **state)
{
	static const char *const bad[] = { "", "00", "01", "+1", "-1", " 1",
		"1 ", "1.0", "0x1", "1e3", "99999999999999999999999x" };
	uint64_t number;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(
		    read(bad[i], UINT64_MAX, &number), KL_MALFORMED);
}

static void takes_whole_lines(void **state)
{
	struct kl_span rest = kl_span_of("a\n\nlast"), line;

	(void)state;
	assert_true(kl_line_take(&rest, &line));
	assert_true(kl_span_is(line, "a"));
	assert_true(kl_line_take(&rest, &line));
	assert_int_equal(line.size, 0);
	assert_false(kl_line_take(&rest, &line));
	assert_true(kl_span_is(rest, "last"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_decimals_up_to_a_largest),
		cmocka_unit_test(refuses_a_second_form),
		cmocka_unit_test(takes_whole_lines),
	};

	return cmocka_run_group_tests_name("kl_line", tests, NULL, NULL);
}
