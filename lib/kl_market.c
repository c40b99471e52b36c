#include "kl_market.h"

#include "kl_buf.h"

#include <stdlib.h>
#include <string.h>

/* A quartile is exact in quarters, a fence in quarters of bp times bp. */
enum { QUARTERS = 4, BP = 10000 };
__extension__ typedef __int128 wide;

/* --- the words ------------------------------------------------------------ */

static const struct kl_words words[KL_OUTLIERS] = {
	[KL_OUTLIER_LOW] = {
	    .code = "low",
	    .english = "far below the other listings of the category",
	    .chinese = "明显低于同类挂牌",
	},
	[KL_OUTLIER_HIGH] = {
	    .code = "high",
	    .english = "far above the other listings of the category",
	    .chinese = "明显高于同类挂牌",
	},
};

const struct kl_words *kl_outlier_words(enum kl_outlier outlier)
{
	return outlier ? &words[outlier] : NULL;
}

/* --- quartiles ------------------------------------------------------------ */

static int by_value(const void *left, const void *right)
{
	int64_t one = *(const int64_t *)left, other = *(const int64_t *)right;

	return (one > other) - (one < other);
}

/* Four times the quartile, exactly; of one value or more, in order. */
static int64_t quartile_of(const int64_t values[], size_t count, size_t number)
{
	size_t place = (count - 1) * number;
	const int64_t *at = &values[place / QUARTERS];
	int64_t part = (int64_t)(place % QUARTERS);

	if (part == 0)
		return *at * QUARTERS;
	return at[0] * (QUARTERS - part) + at[1] * part;
}

static int64_t round_quarters(int64_t quarters)
{
	return (quarters + QUARTERS / 2) / QUARTERS;
}

/* The fences of one measure, scaled as a value times QUARTERS · BP · BP. */
struct fences {
	wide low, high;
};

static void sum_up(int64_t values[], size_t count,
    const struct kl_market_rule *rule, struct kl_quartiles *quartiles,
    struct fences *fences)
{
	int64_t lower, median, upper;
	wide spread, least;

	qsort(values, count, sizeof(*values), by_value);
	lower = quartile_of(values, count, 1);
	median = quartile_of(values, count, 2);
	upper = quartile_of(values, count, 3);
	*quartiles = (struct kl_quartiles){
		.least = values[0],
		.lower = round_quarters(lower),
		.median = round_quarters(median),
		.upper = round_quarters(upper),
		.most = values[count - 1],
	};
	spread = (wide)(upper - lower) * BP;
	least = (wide)median * rule->spread_min_bp;
	if (spread < least)
		spread = least;
	fences->low = (wide)lower * BP * BP - spread * rule->fence_bp;
	fences->high = (wide)upper * BP * BP + spread * rule->fence_bp;
}

static enum kl_outlier judge(const struct fences *fences, int64_t value)
{
	wide scaled = (wide)value * QUARTERS * BP * BP;

	if (scaled < fences->low)
		return KL_OUTLIER_LOW;
	return scaled > fences->high ? KL_OUTLIER_HIGH : KL_OUTLIER_NONE;
}

/* --- suppliers ------------------------------------------------------------ */

static int by_name(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static size_t count_suppliers(const char *institutions[], size_t count)
{
	size_t suppliers = 1;

	qsort(institutions, count, sizeof(*institutions), by_name);
	for (size_t i = 1; i < count; i++)
		suppliers += strcmp(institutions[i - 1], institutions[i]) != 0;
	return suppliers;
}

/* --- all of it ------------------------------------------------------------ */

static bool in_range(int64_t value)
{
	return value >= 0 && value <= KL_INTEGER_MAX;
}

static bool is_sound(const struct kl_offer offers[], size_t count,
    const struct kl_market_rule *rule)
{
	if (rule->fence_bp == 0 || rule->fence_bp > KL_FENCE_BP_MAX ||
	    rule->spread_min_bp > KL_SPREAD_BP_MAX)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!in_range(offers[i].fee_fen) || !in_range(offers[i].days))
			return false;
	return true;
}

/* Each measure of the offers by itself, to be sorted. */
struct columns {
	struct kl_buf fees, days, institutions;
};

static enum kl_result columns_make(
    const struct kl_offer offers[], size_t count, struct columns *columns)
{
	enum kl_result result;

	for (size_t i = 0; i < count; i++) {
		kl_buf_add(&columns->fees, &offers[i].fee_fen, sizeof(int64_t));
		kl_buf_add(&columns->days, &offers[i].days, sizeof(int64_t));
		kl_buf_add(&columns->institutions, &offers[i].institution,
		    sizeof(const char *));
	}
	result = kl_buf_result(&columns->fees);
	if (!result)
		result = kl_buf_result(&columns->days);
	return result ? result : kl_buf_result(&columns->institutions);
}

static void columns_clear(struct columns *columns)
{
	kl_buf_clear(&columns->fees);
	kl_buf_clear(&columns->days);
	kl_buf_clear(&columns->institutions);
}

static void judge_all(const struct kl_offer offers[], size_t count,
    const struct kl_market_rule *rule, struct columns *columns,
    struct kl_offer_outliers outliers[], struct kl_market *market)
{
	struct fences fee, days;

	sum_up(
	    (int64_t *)columns->fees.data, count, rule, &market->fee_fen, &fee);
	sum_up(
	    (int64_t *)columns->days.data, count, rule, &market->days, &days);
	market->suppliers =
	    count_suppliers((const char **)columns->institutions.data, count);
	for (size_t i = 0; i < count; i++) {
		outliers[i] = (struct kl_offer_outliers){ KL_OUTLIER_NONE,
			KL_OUTLIER_NONE };
		if (count < rule->offers_min)
			continue;
		outliers[i].fee = judge(&fee, offers[i].fee_fen);
		outliers[i].days = judge(&days, offers[i].days);
	}
}

enum kl_result kl_market(const struct kl_offer offers[], size_t count,
    const struct kl_market_rule *rule, struct kl_offer_outliers outliers[],
    struct kl_market *market)
{
	struct columns columns = {
		.fees = KL_BUF(count * sizeof(int64_t)),
		.days = KL_BUF(count * sizeof(int64_t)),
		.institutions = KL_BUF(count * sizeof(const char *)),
	};
	struct kl_market found = { .suppliers = 0 };
	enum kl_result result;

	if (count > KL_OFFERS_MAX)
		return KL_TOO_LARGE;
	if (!is_sound(offers, count, rule))
		return KL_RANGE;
	result = columns_make(offers, count, &columns);
	if (!result && count > 0)
		judge_all(offers, count, rule, &columns, outliers, &found);
	columns_clear(&columns);
	if (result)
		return result;
	if (found.suppliers < rule->suppliers_min)
		found.gap = rule->suppliers_min - found.suppliers;
	*market = found;
	return KL_OK;
}
