/* Markets: quartiles as spreadsheets have them, fences at the border, gaps. */
#include "kl_market.h"
#include "unit.h"
#include "words.h"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static const struct kl_market_rule usual = {
	.fence_bp = 15000,
	.offers_min = 4,
	.suppliers_min = 3,
};

enum { VALUES_MAX = 12 };

/* Each value is a fee, and as many days; the i-th of an institution of its own.
 */
static struct kl_market sum_up(const int64_t values[], size_t count,
    const struct kl_market_rule *rule, struct kl_offer_outliers outliers[])
{
	static const char *const names[VALUES_MAX] = { "a", "b", "c", "d", "e",
		"f", "g", "h", "i", "j", "k", "l" };
	struct kl_offer offers[VALUES_MAX];
	struct kl_market market;

	for (size_t i = 0; i < count; i++)
		offers[i] = (struct kl_offer){ names[i], values[i],
			values[count - 1 - i] };
	assert_int_equal(
	    kl_market(offers, count, rule, outliers, &market), KL_OK);
	return market;
}

/* --- quartiles ------------------------------------------------------------ */

/* Reckoned by QUARTILE.INC, then rounded. */
static const struct {
	int64_t values[VALUES_MAX];
	size_t count;
	struct kl_quartiles quartiles;
} cases[] = {
	{ { 0 }, 0, { 0, 0, 0, 0, 0 } },
	{ { 7 }, 1, { 7, 7, 7, 7, 7 } },
	{ { 1, 2 }, 2, { 1, 1, 2, 2, 2 } },         /* 1.25 1.5 1.75 */
	{ { 10, 20 }, 2, { 10, 13, 15, 18, 20 } },  /* 12.5 15 17.5 */
	{ { 3, 1, 2 }, 3, { 1, 2, 2, 3, 3 } },      /* 1.5 2 2.5 */
	{ { 4, 1, 3, 2 }, 4, { 1, 2, 3, 3, 4 } },   /* 1.75 2.5 3.25 */
	{ { 0, 1, 1, 10 }, 4, { 0, 1, 1, 3, 10 } }, /* 0.75 1 3.25 */
	{ { 5, 4, 3, 2, 1 }, 5, { 1, 2, 3, 4, 5 } },
	{ { 1, 2, 3, 4, 5, 0 }, 6, { 0, 1, 3, 4, 5 } }, /* 1.25 2.5 3.75 */
	{ { 6, 7, 15, 36, 39, 40, 41, 42, 43, 47, 49 }, 11,
	    { 6, 26, 40, 43, 49 } }, /* 25.5 40 42.5 */
	{ { KL_INTEGER_MAX, KL_INTEGER_MAX - 1 }, 2,
	    { KL_INTEGER_MAX - 1, KL_INTEGER_MAX - 1, KL_INTEGER_MAX,
		KL_INTEGER_MAX, KL_INTEGER_MAX } },
};

static void check_quartiles(
    const struct kl_quartiles *found, const struct kl_quartiles *expected)
{
	assert_int_equal(found->least, expected->least);
	assert_int_equal(found->lower, expected->lower);
	assert_int_equal(found->median, expected->median);
	assert_int_equal(found->upper, expected->upper);
	assert_int_equal(found->most, expected->most);
}

static void reckons_as_spreadsheets_do(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct kl_offer_outliers outliers[VALUES_MAX];
		struct kl_market market =
		    sum_up(cases[i].values, cases[i].count, &usual, outliers);

		check_quartiles(&market.fee_fen, &cases[i].quartiles);
		check_quartiles(&market.days, &cases[i].quartiles);
	}
}

static void keeps_fees_and_days_apart(void **state)
{
	static const struct kl_offer offers[] = {
		{ "a", 100, 5 },
		{ "b", 200, 3 },
		{ "c", 300, 1 },
	};
	static const struct kl_quartiles fees = { 100, 150, 200, 250, 300 };
	static const struct kl_quartiles days = { 1, 2, 3, 4, 5 };
	struct kl_offer_outliers outliers[COUNT(offers)];
	struct kl_market market;

	(void)state;
	assert_int_equal(
	    kl_market(offers, COUNT(offers), &usual, outliers, &market), KL_OK);
	check_quartiles(&market.fee_fen, &fees);
	check_quartiles(&market.days, &days);
}

/* --- outliers ------------------------------------------------------------- */

static enum kl_outlier judge_last(
    const int64_t values[], size_t count, const struct kl_market_rule *rule)
{
	struct kl_offer_outliers outliers[VALUES_MAX];

	(void)sum_up(values, count, rule, outliers);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(outliers[i].fee, outliers[count - 1 - i].days);
	return outliers[count - 1].fee;
}

/* The last of them, at its fence and one past it. */
static void finds_what_stands_out(void **state)
{
	static const struct {
		int64_t values[VALUES_MAX];
		size_t count;
		enum kl_outlier outlier;
	} fenced[] = {
		/* Quartiles 100 and 200, so that the fences are -50, 350. */
		{ { 100, 100, 150, 200, 350 }, 5, KL_OUTLIER_NONE },
		{ { 100, 100, 150, 200, 351 }, 5, KL_OUTLIER_HIGH },
		{ { 100, 150, 200, 200, 0 }, 5, KL_OUTLIER_NONE },
		/* 600 and 700: 450 and 850. */
		{ { 600, 650, 700, 700, 450 }, 5, KL_OUTLIER_NONE },
		{ { 600, 650, 700, 700, 449 }, 5, KL_OUTLIER_LOW },
		/* 1.5 and 6.5: 14. 1.5 and 6.75: 14.625. */
		{ { 0, 2, 4, 14 }, 4, KL_OUTLIER_NONE },
		{ { 0, 2, 4, 15 }, 4, KL_OUTLIER_HIGH },
		/* 7.25 and 9: 4.625. 8.75 and 9: 8.375. */
		{ { 8, 9, 9, 5 }, 4, KL_OUTLIER_NONE },
		{ { 8, 9, 9, 9, 9, 9, 9, 5 }, 8, KL_OUTLIER_LOW },
		/* Of equals everything stands out. */
		{ { 9, 9, 9, 9, 10 }, 5, KL_OUTLIER_HIGH },
		{ { 9, 9, 9, 9, 8 }, 5, KL_OUTLIER_LOW },
		{ { 9, 9, 9, 9, 9 }, 5, KL_OUTLIER_NONE },
		{ { 0, 0, 0, 0, KL_INTEGER_MAX }, 5, KL_OUTLIER_HIGH },
		{ { KL_INTEGER_MAX, KL_INTEGER_MAX, KL_INTEGER_MAX,
		      KL_INTEGER_MAX, 0 },
		    5, KL_OUTLIER_LOW },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(fenced); i++)
		if (judge_last(fenced[i].values, fenced[i].count, &usual) !=
		    fenced[i].outlier)
			fail_msg("case %zu", i);
}

/* Rounded quartiles would have other fences. */
static void fences_before_rounding(void **state)
{
	static const int64_t low[] = { 10, 20, 20, 30, 50 };
	static const int64_t quarters[] = { 2, 2, 3, 4, 4, 7 };
	struct kl_market_rule rule = usual;

	(void)state;
	/* 20 and 30: at a factor of 2 the fence is 50, at 1.9999 below it. */
	rule.fence_bp = 20000;
	assert_int_equal(judge_last(low, 5, &rule), KL_OUTLIER_NONE);
	rule.fence_bp = 19999;
	assert_int_equal(judge_last(low, 5, &rule), KL_OUTLIER_HIGH);
	/* 2.25 and 4: at 12/7 of 1.75 it is 7, with 2 for 2.25 it is more. */
	rule.fence_bp = 17143;
	assert_int_equal(judge_last(quarters, 6, &rule), KL_OUTLIER_NONE);
	rule.fence_bp = 17142;
	assert_int_equal(judge_last(quarters, 6, &rule), KL_OUTLIER_HIGH);
	rule.fence_bp = KL_FENCE_BP_MAX;
	assert_int_equal(judge_last(quarters, 6, &rule), KL_OUTLIER_NONE);
	rule.fence_bp = 1;
	assert_int_equal(judge_last(quarters, 6, &rule), KL_OUTLIER_HIGH);
}

/* The spread is at least so much of the median; never less than it is. */
static void spares_what_differs_little(void **state)
{
	static const int64_t at[] = { 1000, 1000, 1000, 1000, 1075 };
	static const int64_t over[] = { 1000, 1000, 1000, 1000, 1076 };
	static const int64_t under[] = { 1000, 1000, 1000, 1000, 924 };
	static const int64_t wide[] = { 1000, 1000, 1000, 1200, 1500 };
	struct kl_market_rule rule = usual;

	(void)state;
	rule.spread_min_bp = 500;
	assert_int_equal(judge_last(at, 5, &rule), KL_OUTLIER_NONE);
	assert_int_equal(judge_last(over, 5, &rule), KL_OUTLIER_HIGH);
	assert_int_equal(judge_last(under, 5, &rule), KL_OUTLIER_LOW);
	assert_int_equal(judge_last(wide, 5, &rule), KL_OUTLIER_NONE);
	rule.spread_min_bp = KL_SPREAD_BP_MAX;
	assert_int_equal(judge_last(under, 5, &rule), KL_OUTLIER_NONE);
}

static void says_nothing_of_few(void **state)
{
	static const int64_t values[] = { 9, 9, 9, 9, 10 };
	struct kl_market_rule rule = usual;

	(void)state;
	rule.offers_min = 6;
	assert_int_equal(judge_last(values, 5, &rule), KL_OUTLIER_NONE);
	rule.offers_min = 5;
	assert_int_equal(judge_last(values, 5, &rule), KL_OUTLIER_HIGH);
}

/* --- suppliers ------------------------------------------------------------ */

static void counts_each_supplier_once(void **state)
{
	static const struct kl_offer offers[] = {
		{ "b", 1, 1 },
		{ "a", 2, 1 },
		{ "b", 3, 1 },
		{ "a", 4, 1 },
		{ "ab", 5, 1 },
	};
	static const struct {
		size_t count, suppliers, gap;
	} counts[] = {
		{ 0, 0, 3 },
		{ 1, 1, 2 },
		{ 2, 2, 1 },
		{ 4, 2, 1 },
		{ 5, 3, 0 },
	};
	struct kl_market_rule rule = usual;
	struct kl_offer_outliers outliers[COUNT(offers)];
	struct kl_market market;

	(void)state;
	for (size_t i = 0; i < COUNT(counts); i++) {
		assert_int_equal(kl_market(offers, counts[i].count, &rule,
				     outliers, &market),
		    KL_OK);
		assert_int_equal(market.suppliers, counts[i].suppliers);
		assert_int_equal(market.gap, counts[i].gap);
	}
	rule.suppliers_min = 2;
	assert_int_equal(
	    kl_market(offers, COUNT(offers), &rule, outliers, &market), KL_OK);
	assert_int_equal(market.gap, 0);
}

/* --- errors and limits ---------------------------------------------------- */

static void refuses_what_is_out_of_range(void **state)
{
	static const struct {
		int64_t fee_fen, days;
		uint32_t fence_bp, spread_min_bp;
		enum kl_result result;
	} limits[] = {
		{ 0, 0, 1, 0, KL_OK },
		{ KL_INTEGER_MAX, KL_INTEGER_MAX, KL_FENCE_BP_MAX,
		    KL_SPREAD_BP_MAX, KL_OK },
		{ -1, 0, 1, 0, KL_RANGE },
		{ 0, -1, 1, 0, KL_RANGE },
		{ KL_INTEGER_MAX + 1, 0, 1, 0, KL_RANGE },
		{ 0, KL_INTEGER_MAX + 1, 1, 0, KL_RANGE },
		{ 0, 0, 0, 0, KL_RANGE },
		{ 0, 0, KL_FENCE_BP_MAX + 1, 0, KL_RANGE },
		{ 0, 0, 1, KL_SPREAD_BP_MAX + 1, KL_RANGE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(limits); i++) {
		const struct kl_offer offers[] = { { "a", 1, 1 },
			{ "b", limits[i].fee_fen, limits[i].days } };
		const struct kl_market_rule rule = {
			.fence_bp = limits[i].fence_bp,
			.spread_min_bp = limits[i].spread_min_bp,
		};
		struct kl_offer_outliers outliers[2] = { { KL_OUTLIERS,
		    KL_OUTLIERS } };
		struct kl_market market = { .suppliers = 7 };

		assert_int_equal(kl_market(offers, 2, &rule, outliers, &market),
		    limits[i].result);
		assert_int_equal(market.suppliers, limits[i].result ? 7 : 2);
		assert_int_equal(
		    outliers[0].fee == KL_OUTLIERS, limits[i].result != KL_OK);
	}
}

static void takes_very_many(void **state)
{
	static struct kl_offer offers[KL_OFFERS_MAX + 1];
	static struct kl_offer_outliers outliers[KL_OFFERS_MAX];
	static const struct kl_quartiles expected = { 0, 25000, 50000, 74999,
		99999 };
	struct kl_market market = { .suppliers = 7 };

	(void)state;
	for (size_t i = 0; i <= KL_OFFERS_MAX; i++)
		offers[i] = (struct kl_offer){ i % 3 ? "a" : "b",
			(int64_t)(i * 7919 % KL_OFFERS_MAX), 1 };
	assert_int_equal(
	    kl_market(offers, KL_OFFERS_MAX + 1, &usual, outliers, &market),
	    KL_TOO_LARGE);
	assert_int_equal(market.suppliers, 7);
	assert_int_equal(
	    kl_market(offers, KL_OFFERS_MAX, &usual, outliers, &market), KL_OK);
	assert_int_equal(market.suppliers, 2);
	check_quartiles(&market.fee_fen, &expected);
}

static void has_words(void **state)
{
	(void)state;
	assert_null(kl_outlier_words(KL_OUTLIER_NONE));
	for (int i = KL_OUTLIER_NONE + 1; i < KL_OUTLIERS; i++)
		check_words(kl_outlier_words((enum kl_outlier)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reckons_as_spreadsheets_do),
		cmocka_unit_test(keeps_fees_and_days_apart),
		cmocka_unit_test(finds_what_stands_out),
		cmocka_unit_test(fences_before_rounding),
		cmocka_unit_test(spares_what_differs_little),
		cmocka_unit_test(says_nothing_of_few),
		cmocka_unit_test(counts_each_supplier_once),
		cmocka_unit_test(refuses_what_is_out_of_range),
		cmocka_unit_test(takes_very_many),
		cmocka_unit_test(has_words),
	};

	return cmocka_run_group_tests_name("kl_market", tests, NULL, NULL);
}
