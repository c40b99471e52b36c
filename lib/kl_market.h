/* kl_market.h -- what a category's listings tell: suppliers, fees, days. */
#ifndef KL_MARKET_H
#define KL_MARKET_H

#include "kl_base.h"
#include "kl_words.h"

/* One listing of the category. The fee is that for one quantity, the same for
 * all (kl_fee.h), the days are all of one unit; both 0 to KL_INTEGER_MAX. */
struct kl_offer {
	const char *institution; /* borrowed; compared byte by byte */
	int64_t fee_fen, days;
};

/* The published rule. */
struct kl_market_rule {
	uint32_t fence_bp;      /* 15000: one and a half times the spread */
	uint32_t spread_min_bp; /* of the median the spread at least counts
				   as, lest one fen stand out of equals */
	size_t offers_min;      /* with fewer, nothing stands out */
	size_t suppliers_min;   /* with fewer, there is a gap */
};

enum {
	KL_OFFERS_MAX = 100000,
	KL_FENCE_BP_MAX = 100000,
	KL_SPREAD_BP_MAX = 10000
};

/*
 * Of values in order, the quartile k stands at place (n - 1)·k/4 from 0,
 * between two of them in proportion: Hyndman and Fan's type 7, which is
 * QUARTILE.INC of spreadsheets, so that anyone can reckon it again. Rounded
 * once, half up. Without offers all are 0.
 */
struct kl_quartiles {
	int64_t least, lower, median, upper, most;
};

struct kl_market {
	size_t suppliers; /* institutions, each once */
	size_t gap;       /* how many are lacking of suppliers_min, or 0 */
	struct kl_quartiles fee_fen, days;
};

/*
 * Tukey's fences: a value stands out when it lies further than fence_bp of the
 * spread below the lower quartile or above the upper one, before rounding. The
 * spread is the distance of the two.
 */
enum kl_outlier {
	KL_OUTLIER_NONE,
	KL_OUTLIER_LOW,  /* low: how is that to be done well? */
	KL_OUTLIER_HIGH, /* high */
	KL_OUTLIERS,
};

/* What each is called; NULL for KL_OUTLIER_NONE. */
const struct kl_words *kl_outlier_words(enum kl_outlier outlier);

struct kl_offer_outliers {
	enum kl_outlier fee, days;
};

/*
 * Sum up `count` offers, and say of each whether it stands out, into as many
 * `outliers`. O(n log n). That fees and limits are public is of 优化营商环境条
 * 例 §43; the measures are ours.
 *
 * KL_RANGE       an amount out of range, fence_bp of 0 or over KL_FENCE_BP_MAX,
 *                spread_min_bp over KL_SPREAD_BP_MAX
 * KL_TOO_LARGE   more than KL_OFFERS_MAX
 * KL_NO_MEMORY
 */
enum kl_result kl_market(const struct kl_offer offers[], size_t count,
    const struct kl_market_rule *rule, struct kl_offer_outliers outliers[],
    struct kl_market *market) KL_MUST_CHECK;

#endif
