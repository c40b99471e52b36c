/* Fees: each formula, where its brackets meet, its bounds, its rounding. */
#include "kl_fee.h"
#include "unit.h"
#include "words.h"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

enum { YUAN = 100, WAN = 10000 * YUAN }; /* in fen */

/* --- what it comes to ----------------------------------------------------- */

struct sum {
	int64_t quantity, fee_fen;
};

static void check_sums(const struct kl_fee_schedule *schedule,
    const struct sum sums[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t fee_fen = -1;

		assert_int_equal(
		    kl_fee(schedule, sums[i].quantity, &fee_fen), KL_OK);
		if (fee_fen != sums[i].fee_fen)
			fail_msg("%ld costs %ld, not %ld",
			    (long)sums[i].quantity, (long)fee_fen,
			    (long)sums[i].fee_fen);
	}
}

static void takes_one_fee(void **state)
{
	static const struct kl_fee_schedule flat = {
		.unit = KL_FEE_PER_ITEM,
		.formula = KL_FEE_FLAT,
		.base_fen = 500 * YUAN,
		.max_fen = KL_FEE_OPEN,
	};
	static const struct sum sums[] = {
		{ 0, 50000 },
		{ 1, 50000 },
		{ KL_INTEGER_MAX, 50000 },
	};

	(void)state;
	check_sums(&flat, sums, COUNT(sums));
}

static void takes_a_rate(void **state)
{
	/* 2.5 yuan a square metre and 300 yuan to begin with. */
	static const struct kl_fee_bracket metre[] = { { .rate = 250000000 } };
	static const struct kl_fee_schedule measured = {
		.unit = KL_FEE_PER_SQUARE_METRE,
		.formula = KL_FEE_LINEAR,
		.base_fen = 300 * YUAN,
		.brackets = metre,
		.bracket_count = 1,
		.max_fen = KL_FEE_OPEN,
	};
	static const struct sum measures[] = {
		{ 0, 30000 }, { 1, 30000 }, /* a quarter of a fen */
		{ 2, 30001 },               /* half a fen */
		{ 1000, 30250 },            /* a square metre */
		{ 1234567, 338642 },        /* 1,234.567: 308,641.75 fen */
	};
	/* 0.35 parts of a hundred of the investment. */
	static const struct kl_fee_bracket share[] = { { .rate = 3500 } };
	static const struct kl_fee_schedule invested = {
		.unit = KL_FEE_PER_INVESTMENT,
		.formula = KL_FEE_LINEAR,
		.brackets = share,
		.bracket_count = 1,
		.max_fen = KL_FEE_OPEN,
	};
	static const struct sum sums[] = {
		{ 0, 0 },
		{ 142, 0 }, /* 0.497 fen */
		{ 143, 1 }, /* 0.5005 fen */
		{ 6000LL * WAN, 21LL * WAN },
		{ KL_INTEGER_MAX, 31525197391593 },
	};

	(void)state;
	check_sums(&measured, measures, COUNT(measures));
	check_sums(&invested, sums, COUNT(sums));
}

/* 计价格[2002]1980号, works: its own example is 6000万 → 22.55万. */
static const struct kl_fee_bracket tender[] = {
	{ .above = 0, .rate = 10000 },
	{ .above = 100LL * WAN, .rate = 7000 },
	{ .above = 500LL * WAN, .rate = 5500 },
	{ .above = 1000LL * WAN, .rate = 3500 },
	{ .above = 5000LL * WAN, .rate = 2000 },
	{ .above = 10000LL * WAN, .rate = 500 },
	{ .above = 100000LL * WAN, .rate = 100 },
};
static const struct kl_fee_schedule tendering = {
	.unit = KL_FEE_PER_INVESTMENT,
	.formula = KL_FEE_STAGED,
	.brackets = tender,
	.bracket_count = COUNT(tender),
	.max_fen = KL_FEE_OPEN,
};

static void takes_each_part_at_its_rate(void **state)
{
	static const struct sum sums[] = {
		{ 0, 0 },
		{ 100LL * WAN, 1LL * WAN },
		{ 100LL * WAN + 1, 1LL * WAN },
		{ 100LL * WAN + 72, 1LL * WAN + 1 }, /* 0.504 fen */
		{ 500LL * WAN, 38000LL * YUAN },
		{ 1000LL * WAN, 65500LL * YUAN },
		{ 5000LL * WAN, 205500LL * YUAN },
		{ 6000LL * WAN, 225500LL * YUAN },
		{ 10000LL * WAN, 305500LL * YUAN },
		{ 100000LL * WAN, 755500LL * YUAN },
		{ 200000LL * WAN, 855500LL * YUAN },
	};
	struct kl_fee_schedule lowered = tendering;
	int64_t fee_fen;

	(void)state;
	check_sums(&tendering, sums, COUNT(sums));
	/* 下浮 20 % of it, and 100 %. */
	lowered.discount_bp = 2000;
	assert_int_equal(kl_fee(&lowered, 6000LL * WAN, &fee_fen), KL_OK);
	assert_int_equal(fee_fen, 180400LL * YUAN);
	lowered.discount_bp = KL_FEE_DISCOUNT_MAX;
	assert_int_equal(kl_fee(&lowered, 6000LL * WAN, &fee_fen), KL_OK);
	assert_int_equal(fee_fen, 0);
}

/* A border belongs to the bracket below it. */
static void takes_the_fee_of_the_bracket(void **state)
{
	static const struct kl_fee_bracket brackets[] = {
		{ .above = 0, .fee_fen = 5LL * WAN },
		{ .above = 3000LL * WAN, .fee_fen = 6LL * WAN },
		{ .above = 20000LL * WAN, .fee_fen = 6LL * WAN },
		{ .above = 100000LL * WAN, .fee_fen = 15LL * WAN },
	};
	static const struct kl_fee_schedule table = {
		.unit = KL_FEE_PER_INVESTMENT,
		.formula = KL_FEE_TABLE,
		.base_fen = 1,
		.brackets = brackets,
		.bracket_count = COUNT(brackets),
		.max_fen = KL_FEE_OPEN,
	};
	static const struct sum sums[] = {
		{ 0, 1 },
		{ 1, 5LL * WAN + 1 },
		{ 3000LL * WAN, 5LL * WAN + 1 },
		{ 3000LL * WAN + 1, 6LL * WAN + 1 },
		{ 20000LL * WAN + 1, 6LL * WAN + 1 },
		{ 100000LL * WAN, 6LL * WAN + 1 },
		{ 100000LL * WAN + 1, 15LL * WAN + 1 },
		{ KL_INTEGER_MAX, 15LL * WAN + 1 },
	};
	/* The same scale of a thousand holds for a table by measure. */
	struct kl_fee_schedule measured = table;
	int64_t fee_fen;

	(void)state;
	check_sums(&table, sums, COUNT(sums));
	measured.unit = KL_FEE_PER_KILOMETRE;
	assert_int_equal(kl_fee(&measured, 1, &fee_fen), KL_OK);
	assert_int_equal(fee_fen, 5LL * WAN + 1);
}

/* The discount is taken off first, then the bounds hold what is charged. */
static void keeps_to_its_bounds(void **state)
{
	static const struct kl_fee_bracket each[] = { { .rate = 100000000 } };
	static const struct kl_fee_schedule bounded = {
		.unit = KL_FEE_PER_ITEM,
		.formula = KL_FEE_LINEAR,
		.brackets = each,
		.bracket_count = 1,
		.discount_bp = 5000,
		.min_fen = 200,
		.max_fen = 350,
	};
	static const struct sum sums[] = {
		{ 0, 200 },
		{ 3, 200 },
		{ 4, 200 },
		{ 5, 250 },
		{ 7, 350 },
		{ 8, 350 },
		{ KL_INTEGER_MAX, 350 },
	};

	(void)state;
	check_sums(&bounded, sums, COUNT(sums));
}

/* Half a fen is rounded up, once, at the end. */
static void rounds_once(void **state)
{
	static const struct {
		int64_t base_fen;
		uint32_t discount_bp;
		int64_t fee_fen;
	} cases[] = {
		{ 1, 5000, 1 },
		{ 1, 5001, 0 },
		{ 1, 4999, 1 },
		{ 3, 5000, 2 },
		{ 10000, 1, 9999 },
		{ 5000, 1, 5000 },
		{ 5001, 1, 5000 },
		{ KL_INTEGER_MAX, 0, KL_INTEGER_MAX },
	};
	/* 0.3 fen and 0.2 fen: each alone would be rounded to none. */
	static const struct kl_fee_bracket parts[] = {
		{ .above = 0, .rate = 300000 },
		{ .above = 1, .rate = 200000 },
	};
	struct kl_fee_schedule schedule = { .max_fen = KL_FEE_OPEN };
	int64_t fee_fen;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		schedule.base_fen = cases[i].base_fen;
		schedule.discount_bp = cases[i].discount_bp;
		assert_int_equal(kl_fee(&schedule, 1, &fee_fen), KL_OK);
		assert_int_equal(fee_fen, cases[i].fee_fen);
	}
	schedule = (struct kl_fee_schedule){ .formula = KL_FEE_STAGED,
		.brackets = parts,
		.bracket_count = 2,
		.max_fen = KL_FEE_OPEN };
	assert_int_equal(kl_fee(&schedule, 1, &fee_fen), KL_OK);
	assert_int_equal(fee_fen, 0);
	assert_int_equal(kl_fee(&schedule, 2, &fee_fen), KL_OK);
	assert_int_equal(fee_fen, 1);
}

static void never_overflows(void **state)
{
	static const struct kl_fee_bracket dear[] = { { .rate =
							    KL_INTEGER_MAX } };
	struct kl_fee_schedule schedule = {
		.unit = KL_FEE_PER_ITEM,
		.formula = KL_FEE_LINEAR,
		.base_fen = KL_INTEGER_MAX,
		.brackets = dear,
		.bracket_count = 1,
		.max_fen = KL_FEE_OPEN,
	};
	int64_t fee_fen = 7;

	(void)state;
	assert_int_equal(kl_fee(&schedule, 0, &fee_fen), KL_OK);
	assert_int_equal(fee_fen, KL_INTEGER_MAX);
	fee_fen = 7;
	assert_int_equal(kl_fee(&schedule, 1, &fee_fen), KL_TOO_LARGE);
	assert_int_equal(
	    kl_fee(&schedule, KL_INTEGER_MAX, &fee_fen), KL_TOO_LARGE);
	assert_int_equal(fee_fen, 7);
	/* A maximum holds it, and so does a unit of a thousand parts. */
	schedule.max_fen = KL_INTEGER_MAX;
	assert_int_equal(kl_fee(&schedule, KL_INTEGER_MAX, &fee_fen), KL_OK);
	assert_int_equal(fee_fen, KL_INTEGER_MAX);
	schedule.unit = KL_FEE_PER_MU;
	schedule.max_fen = 9;
	assert_int_equal(kl_fee(&schedule, KL_INTEGER_MAX, &fee_fen), KL_OK);
	assert_int_equal(fee_fen, 9);
	/* The sum is over, the rounded half of it within. */
	schedule.base_fen = 0;
	schedule.unit = KL_FEE_PER_INVESTMENT;
	schedule.max_fen = KL_FEE_OPEN;
	schedule.discount_bp = 5000;
	assert_int_equal(kl_fee(&schedule, 2000000, &fee_fen), KL_OK);
	assert_int_equal(fee_fen, KL_INTEGER_MAX);
	assert_int_equal(kl_fee(&schedule, 2000001, &fee_fen), KL_TOO_LARGE);
}

static void refuses_odd_quantities(void **state)
{
	static const int64_t odd[] = { -1, INT64_MIN, KL_INTEGER_MAX + 1,
		INT64_MAX };
	int64_t fee_fen = 7;

	(void)state;
	for (size_t i = 0; i < COUNT(odd); i++)
		assert_int_equal(
		    kl_fee(&tendering, odd[i], &fee_fen), KL_RANGE);
	assert_int_equal(fee_fen, 7);
}

/* --- the range ------------------------------------------------------------ */

static void gives_the_range(void **state)
{
	struct kl_fee_schedule schedule = tendering;
	struct kl_fee_range range = { 7, 7 };

	(void)state;
	assert_int_equal(
	    kl_fee_range(&schedule, 100LL * WAN, 500LL * WAN, &range), KL_OK);
	assert_int_equal(range.min_fen, 1LL * WAN);
	assert_int_equal(range.max_fen, 38000LL * YUAN);
	assert_int_equal(kl_fee_range(&schedule, 9, 9, &range), KL_OK);
	assert_int_equal(range.min_fen, range.max_fen);
	schedule.min_fen = 3000LL * YUAN;
	schedule.max_fen = 80LL * WAN;
	assert_int_equal(
	    kl_fee_range(&schedule, 0, KL_INTEGER_MAX, &range), KL_OK);
	assert_int_equal(range.min_fen, 3000LL * YUAN);
	assert_int_equal(range.max_fen, 80LL * WAN);
	range.min_fen = 7;
	assert_int_equal(kl_fee_range(&schedule, 10, 9, &range), KL_RANGE);
	assert_int_equal(kl_fee_range(&schedule, -1, 9, &range), KL_RANGE);
	assert_int_equal(
	    kl_fee_range(&schedule, 0, KL_INTEGER_MAX + 1, &range), KL_RANGE);
	assert_int_equal(range.min_fen, 7);
}

static void gives_an_open_range(void **state)
{
	static const struct kl_fee_bracket dear[] = { { .rate =
							    KL_INTEGER_MAX } };
	const struct kl_fee_schedule schedule = {
		.formula = KL_FEE_LINEAR,
		.brackets = dear,
		.bracket_count = 1,
		.max_fen = KL_FEE_OPEN,
	};
	struct kl_fee_range range = { 7, 7 };

	(void)state;
	assert_int_equal(kl_fee_range(&schedule, 0, 1000000, &range), KL_OK);
	assert_int_equal(range.min_fen, 0);
	assert_int_equal(range.max_fen, KL_INTEGER_MAX);
	assert_int_equal(kl_fee_range(&schedule, 0, 1000001, &range), KL_OK);
	assert_true(range.max_fen == KL_FEE_OPEN);
	range.min_fen = 7;
	assert_int_equal(
	    kl_fee_range(&schedule, 1000001, 1000001, &range), KL_TOO_LARGE);
	assert_int_equal(range.min_fen, 7);
}

/* --- words ---------------------------------------------------------------- */

static void has_words(void **state)
{
	(void)state;
	for (int i = 0; i < KL_FEE_UNITS; i++) {
		check_words(kl_fee_unit_words((enum kl_fee_unit)i));
		assert_int_equal(kl_fee_unit_scale((enum kl_fee_unit)i),
		    i >= KL_FEE_PER_PERSON_DAY && i <= KL_FEE_PER_KILOMETRE
			? 1000
			: 1);
	}
	for (int i = 0; i < KL_FEE_FORMULAS; i++)
		check_words(kl_fee_formula_words((enum kl_fee_formula)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_one_fee),
		cmocka_unit_test(takes_a_rate),
		cmocka_unit_test(takes_each_part_at_its_rate),
		cmocka_unit_test(takes_the_fee_of_the_bracket),
		cmocka_unit_test(keeps_to_its_bounds),
		cmocka_unit_test(rounds_once),
		cmocka_unit_test(never_overflows),
		cmocka_unit_test(refuses_odd_quantities),
		cmocka_unit_test(gives_the_range),
		cmocka_unit_test(gives_an_open_range),
		cmocka_unit_test(has_words),
	};

	return cmocka_run_group_tests_name("kl_fee", tests, NULL, NULL);
}
