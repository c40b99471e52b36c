#include "kl_fee_change.h"

#include "kl_fee_private.h"

#include <stdlib.h>

/* --- the words ------------------------------------------------------------ */

static const struct kl_words changes[KL_FEE_CHANGES] = {
	[KL_FEE_SAME] = {
	    .code = "same",
	    .english = "the fee is the same",
	    .chinese = "收费不变",
	},
	[KL_FEE_FALL] = {
	    .code = "fall",
	    .english = "the fee falls, and rises for no quantity",
	    .chinese = "收费降低,任何数量均未提高",
	},
	[KL_FEE_RISE] = {
	    .code = "rise",
	    .english = "the fee rises, and binds later notices only",
	    .chinese = "收费提高,仅对以后发布的公告生效",
	},
	[KL_FEE_OTHER_UNIT] = {
	    .code = "other-unit",
	    .english = "the unit is another, so that it binds later notices "
		       "only",
	    .chinese = "计费单位不同,仅对以后发布的公告生效",
	},
};

const struct kl_words *kl_fee_change_words(enum kl_fee_change change)
{
	return &changes[change];
}

/* --- where two schedules bend --------------------------------------------- */

enum { ENDS = 2, PER_BRACKET = 2, PER_BOUND = 2, BOUNDS = 2, SCHEDULES = 2 };
enum {
	BENDS_MAX = ENDS + SCHEDULES * (PER_BRACKET * KL_FEE_BRACKETS_MAX +
					   PER_BOUND * BOUNDS)
};

/* Between two of these, next to each other, both schedules are straight. */
struct bends {
	int64_t list[BENDS_MAX];
	size_t count;
};

static void add_bend(struct bends *bends, int64_t quantity)
{
	if (quantity >= 0 && quantity <= KL_INTEGER_MAX)
		bends->list[bends->count++] = quantity;
}

/* The first quantity whose fee, not held back, reaches the bound. */
static int64_t find_reaching(
    const struct kl_fee_schedule *schedule, int64_t bound_fen)
{
	kl_fee_wide bound =
	    (kl_fee_wide)bound_fen * kl_fee_parts(schedule->unit);
	int64_t low = 0, high = KL_INTEGER_MAX + 1;

	while (low < high) {
		int64_t middle = low + (high - low) / 2;

		if (kl_fee_exact(schedule, middle) >= bound)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static void add_bends(
    struct bends *bends, const struct kl_fee_schedule *schedule)
{
	const int64_t bounds[BOUNDS] = { schedule->min_fen, schedule->max_fen };

	for (size_t i = 0; i < schedule->bracket_count; i++) {
		add_bend(bends, schedule->brackets[i].above);
		add_bend(bends, schedule->brackets[i].above + 1);
	}
	for (size_t i = 0; i < BOUNDS; i++) {
		int64_t reaching = find_reaching(schedule, bounds[i]);

		add_bend(bends, reaching - 1);
		add_bend(bends, reaching);
	}
}

static int by_quantity(const void *left, const void *right)
{
	int64_t one = *(const int64_t *)left, other = *(const int64_t *)right;

	return (one > other) - (one < other);
}

/* --- comparing ------------------------------------------------------------ */

static bool is_higher(const struct kl_fee_schedule *one,
    const struct kl_fee_schedule *other, int64_t quantity)
{
	return kl_fee_bounded(one, quantity) > kl_fee_bounded(other, quantity);
}

/* The least quantity for which `one` is higher; false when there is none. */
static bool find_higher(const struct bends *bends,
    const struct kl_fee_schedule *one, const struct kl_fee_schedule *other,
    int64_t *quantity)
{
	int64_t low, high;
	size_t i = 0;

	while (i < bends->count && !is_higher(one, other, bends->list[i]))
		i++;
	if (i == bends->count)
		return false;
	high = bends->list[i];
	low = i == 0 ? high - 1 : bends->list[i - 1];
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;

		if (is_higher(one, other, middle))
			high = middle;
		else
			low = middle;
	}
	*quantity = high;
	return true;
}

/* Both are sound. */
static struct kl_fee_difference compare(
    const struct kl_fee_schedule *before, const struct kl_fee_schedule *now)
{
	struct bends bends = { .list = { 0, KL_INTEGER_MAX }, .count = ENDS };
	struct kl_fee_difference found = { KL_FEE_SAME, 0 };

	if (before->unit != now->unit)
		return (struct kl_fee_difference){ KL_FEE_OTHER_UNIT, 0 };
	add_bends(&bends, before);
	add_bends(&bends, now);
	qsort(bends.list, bends.count, sizeof(*bends.list), by_quantity);
	if (find_higher(&bends, now, before, &found.quantity))
		found.change = KL_FEE_RISE;
	else if (find_higher(&bends, before, now, &found.quantity))
		found.change = KL_FEE_FALL;
	return found;
}

enum kl_result kl_fee_compare(const struct kl_fee_schedule *before,
    const struct kl_fee_schedule *now, struct kl_fee_difference *difference)
{
	if (kl_fee_fault(before) || kl_fee_fault(now))
		return KL_RANGE;
	*difference = compare(before, now);
	return KL_OK;
}

/* --- whom it binds -------------------------------------------------------- */

bool kl_fee_binds_earlier(enum kl_fee_change change)
{
	return change == KL_FEE_SAME || change == KL_FEE_FALL;
}

static bool in_order(const struct kl_fee_version versions[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (kl_fee_fault(&versions[i].schedule))
			return false;
		if (i > 0 &&
		    versions[i].effective_at <= versions[i - 1].effective_at)
			return false;
	}
	return true;
}

enum kl_result kl_fee_binding(const struct kl_fee_version versions[],
    size_t count, int64_t published_at, int64_t at, size_t *index)
{
	size_t binding = 0;

	if (count > KL_FEE_VERSIONS_MAX)
		return KL_TOO_LARGE;
	if (count == 0 || !in_order(versions, count) ||
	    versions[0].effective_at > at || published_at > at)
		return KL_RANGE;
	for (size_t i = 1; i < count && versions[i].effective_at <= at; i++) {
		enum kl_fee_change change =
		    compare(&versions[binding].schedule, &versions[i].schedule)
			.change;

		if (versions[i].effective_at <= published_at ||
		    kl_fee_binds_earlier(change))
			binding = i;
	}
	*index = binding;
	return KL_OK;
}
