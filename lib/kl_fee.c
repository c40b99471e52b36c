#include "kl_fee_private.h"

enum { MILLION = 1000000, THOUSAND = 1000, WHOLE_BP = 10000 };

/* --- the words ------------------------------------------------------------ */

static const struct kl_words units[KL_FEE_UNITS] = {
	[KL_FEE_PER_ITEM] = { "item", "per item", "每项" },
	[KL_FEE_PER_VISIT] = { "visit", "per visit", "每次" },
	[KL_FEE_PER_SAMPLE] = { "sample", "per sample", "每组样品" },
	[KL_FEE_PER_POINT] = { "point", "per monitoring point", "每点位" },
	[KL_FEE_PER_PERSON_DAY] = { "person-day", "per day of a person",
	    "每工日" },
	[KL_FEE_PER_SQUARE_METRE] = { "square-metre", "per square metre",
	    "每平方米" },
	[KL_FEE_PER_MU] = { "mu", "per mu", "每亩" },
	[KL_FEE_PER_KILOMETRE] = { "kilometre", "per kilometre", "每公里" },
	[KL_FEE_PER_INVESTMENT] = { "investment",
	    "by the investment or another sum", "按计费额(投资额、合同额等)" },
};

static const int64_t scales[KL_FEE_UNITS] = {
	[KL_FEE_PER_ITEM] = 1,
	[KL_FEE_PER_VISIT] = 1,
	[KL_FEE_PER_SAMPLE] = 1,
	[KL_FEE_PER_POINT] = 1,
	[KL_FEE_PER_PERSON_DAY] = THOUSAND,
	[KL_FEE_PER_SQUARE_METRE] = THOUSAND,
	[KL_FEE_PER_MU] = THOUSAND,
	[KL_FEE_PER_KILOMETRE] = THOUSAND,
	[KL_FEE_PER_INVESTMENT] = 1,
};

static const struct kl_words formulas[KL_FEE_FORMULAS] = {
	[KL_FEE_FLAT] = { "flat", "one fee, whatever the quantity", "定额" },
	[KL_FEE_LINEAR] = { "linear", "one rate for every unit", "单价或费率" },
	[KL_FEE_STAGED] = { "staged", "each part at the rate of its bracket",
	    "差额定率累进" },
	[KL_FEE_TABLE] = { "table", "the fee of the bracket it lies in",
	    "分档定额" },
};

static const struct kl_words faults[KL_FEE_FAULTS] = {
	[KL_FEE_BASE] = {
	    .code = "fee-base",
	    .english = "the base fee is out of range",
	    .chinese = "基本费超出允许范围",
	},
	[KL_FEE_BOUNDS] = {
	    .code = "fee-bounds",
	    .english = "the minimum is over the maximum or out of range",
	    .chinese = "最低收费高于最高收费或超出允许范围",
	},
	[KL_FEE_DISCOUNT] = {
	    .code = "fee-discount",
	    .english = "the discount is more than the whole fee",
	    .chinese = "下浮率超过百分之百",
	},
	[KL_FEE_BRACKETS] = {
	    .code = "fee-brackets",
	    .english = "the formula needs another number of brackets",
	    .chinese = "计费档数与计费方式不符",
	},
	[KL_FEE_BRACKET_ORDER] = {
	    .code = "fee-bracket-order",
	    .english = "the brackets do not ascend from zero",
	    .chinese = "计费档未从零起逐档递增",
	},
	[KL_FEE_BRACKET_FOREIGN] = {
	    .code = "fee-bracket-foreign",
	    .english = "a bracket has a value that the formula does not use",
	    .chinese = "计费档含有该计费方式不用的数值",
	},
	[KL_FEE_BRACKET_VALUE] = {
	    .code = "fee-bracket-value",
	    .english = "a bracket's rate or fee is out of range",
	    .chinese = "计费档的费率或费用超出允许范围",
	},
	[KL_FEE_TABLE_FALLS] = {
	    .code = "fee-table-falls",
	    .english = "a higher bracket has a lower fee",
	    .chinese = "较高一档的费用低于较低一档",
	},
};

const struct kl_words *kl_fee_unit_words(enum kl_fee_unit unit)
{
	return &units[unit];
}

const struct kl_words *kl_fee_formula_words(enum kl_fee_formula formula)
{
	return &formulas[formula];
}

const struct kl_words *kl_fee_fault_words(enum kl_fee_fault fault)
{
	return fault ? &faults[fault] : NULL;
}

int64_t kl_fee_unit_scale(enum kl_fee_unit unit)
{
	return scales[unit];
}

/* --- is it sound ---------------------------------------------------------- */

static bool in_range(int64_t value)
{
	return value >= 0 && value <= KL_INTEGER_MAX;
}

static bool has_bounds(const struct kl_fee_schedule *schedule)
{
	return in_range(schedule->min_fen) &&
	       (in_range(schedule->max_fen) ||
		   schedule->max_fen == KL_FEE_OPEN) &&
	       schedule->min_fen <= schedule->max_fen;
}

static bool has_brackets(enum kl_fee_formula formula, size_t count)
{
	static const struct {
		size_t min, max;
	} counts[KL_FEE_FORMULAS] = {
		[KL_FEE_FLAT] = { 0, 0 },
		[KL_FEE_LINEAR] = { 1, 1 },
		[KL_FEE_STAGED] = { 1, KL_FEE_BRACKETS_MAX },
		[KL_FEE_TABLE] = { 1, KL_FEE_BRACKETS_MAX },
	};

	return count >= counts[formula].min && count <= counts[formula].max;
}

static bool ascends(const struct kl_fee_bracket brackets[], size_t index)
{
	if (index == 0)
		return brackets[0].above == 0;
	return brackets[index].above > brackets[index - 1].above &&
	       brackets[index].above <= KL_INTEGER_MAX;
}

enum kl_fee_fault kl_fee_fault(const struct kl_fee_schedule *schedule)
{
	const struct kl_fee_bracket *brackets = schedule->brackets;
	bool tabled = schedule->formula == KL_FEE_TABLE;

	if (!in_range(schedule->base_fen))
		return KL_FEE_BASE;
	if (!has_bounds(schedule))
		return KL_FEE_BOUNDS;
	if (schedule->discount_bp > KL_FEE_DISCOUNT_MAX)
		return KL_FEE_DISCOUNT;
	if (!has_brackets(schedule->formula, schedule->bracket_count))
		return KL_FEE_BRACKETS;
	for (size_t i = 0; i < schedule->bracket_count; i++) {
		if (!ascends(brackets, i))
			return KL_FEE_BRACKET_ORDER;
		if ((tabled ? brackets[i].rate : brackets[i].fee_fen) != 0)
			return KL_FEE_BRACKET_FOREIGN;
		if (!in_range(tabled ? brackets[i].fee_fen : brackets[i].rate))
			return KL_FEE_BRACKET_VALUE;
		if (i > 0 && brackets[i].fee_fen < brackets[i - 1].fee_fen)
			return KL_FEE_TABLE_FALLS;
	}
	return KL_FEE_SOUND;
}

/* --- what it comes to ----------------------------------------------------- */

kl_fee_wide kl_fee_parts(enum kl_fee_unit unit)
{
	return (kl_fee_wide)MILLION * WHOLE_BP * (uint64_t)scales[unit];
}

/* What the bracket adds, in millionths of a fen per `scale`. */
static kl_fee_wide share_of(
    const struct kl_fee_schedule *schedule, size_t index, int64_t quantity)
{
	const struct kl_fee_bracket *bracket = &schedule->brackets[index];
	bool last = index + 1 == schedule->bracket_count ||
		    quantity <= bracket[1].above;
	int64_t end = last ? quantity : bracket[1].above;
	int64_t scale = scales[schedule->unit];

	if (schedule->formula == KL_FEE_TABLE)
		return last ? (kl_fee_wide)bracket->fee_fen * MILLION *
				  (uint64_t)scale
			    : 0;
	return (kl_fee_wide)bracket->rate * (uint64_t)(end - bracket->above);
}

kl_fee_wide kl_fee_exact(
    const struct kl_fee_schedule *schedule, int64_t quantity)
{
	kl_fee_wide sum = (kl_fee_wide)schedule->base_fen * MILLION *
			  (uint64_t)scales[schedule->unit];

	for (size_t i = 0; i < schedule->bracket_count &&
			   schedule->brackets[i].above < quantity;
	     i++)
		sum += share_of(schedule, i, quantity);
	return sum * (WHOLE_BP - schedule->discount_bp);
}

kl_fee_wide kl_fee_bounded(
    const struct kl_fee_schedule *schedule, int64_t quantity)
{
	kl_fee_wide fee = kl_fee_exact(schedule, quantity);
	kl_fee_wide fen = kl_fee_parts(schedule->unit);
	kl_fee_wide least = (kl_fee_wide)schedule->min_fen * fen;
	kl_fee_wide most = (kl_fee_wide)schedule->max_fen * fen;

	if (fee < least)
		return least;
	if (schedule->max_fen != KL_FEE_OPEN && fee > most)
		return most;
	return fee;
}

enum kl_result kl_fee(
    const struct kl_fee_schedule *schedule, int64_t quantity, int64_t *fee_fen)
{
	kl_fee_wide fen = kl_fee_parts(schedule->unit), rounded;

	if (!in_range(quantity) || kl_fee_fault(schedule))
		return KL_RANGE;
	rounded = (kl_fee_bounded(schedule, quantity) + fen / 2) / fen;
	if (rounded > KL_INTEGER_MAX)
		return KL_TOO_LARGE;
	*fee_fen = (int64_t)rounded;
	return KL_OK;
}

enum kl_result kl_fee_range(const struct kl_fee_schedule *schedule,
    int64_t least, int64_t most, struct kl_fee_range *range)
{
	int64_t min_fen, max_fen;
	enum kl_result result;

	if (least > most || !in_range(most))
		return KL_RANGE;
	result = kl_fee(schedule, least, &min_fen);
	if (result)
		return result;
	if (kl_fee(schedule, most, &max_fen))
		max_fen = KL_FEE_OPEN;
	*range = (struct kl_fee_range){ min_fen, max_fen };
	return KL_OK;
}
