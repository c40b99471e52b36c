/* kl_fee_change.h -- is a fee schedule a rise, and whom does it bind. */
#ifndef KL_FEE_CHANGE_H
#define KL_FEE_CHANGE_H

#include "kl_fee.h"

/* What a schedule is to the one before it. */
enum kl_fee_change {
	KL_FEE_SAME,       /* same, for every quantity */
	KL_FEE_FALL,       /* fall: lower for some, higher for none */
	KL_FEE_RISE,       /* rise: higher for at least one quantity */
	KL_FEE_OTHER_UNIT, /* other-unit: nobody can tell */
	KL_FEE_CHANGES,
};

const struct kl_words *kl_fee_change_words(enum kl_fee_change change);

struct kl_fee_difference {
	enum kl_fee_change change;
	int64_t quantity; /* RISE, FALL: the least for which it is one; or 0 */
};

/*
 * Compare `now` with `before` for every quantity from 0 to KL_INTEGER_MAX,
 * exactly, before rounding: what rounding hides at one quantity shows at
 * another. A ceiling is kept by a schedule that is no rise over it.
 *
 * KL_RANGE       kl_fee_fault() finds a fault in one of them
 */
enum kl_result kl_fee_compare(const struct kl_fee_schedule *before,
    const struct kl_fee_schedule *now,
    struct kl_fee_difference *difference) KL_MUST_CHECK;

/* Does such a change bind notices that were there before it? They were
 * published for the fee of their time: a rise, and what nobody can compare,
 * binds later ones only. */
bool kl_fee_binds_earlier(enum kl_fee_change change);

/* One version of a listing's fee. */
struct kl_fee_version {
	int64_t effective_at; /* seconds since 1970 */
	struct kl_fee_schedule schedule;
};

enum { KL_FEE_VERSIONS_MAX = 1000 };

/*
 * Which of `count` versions, in ascending order of effective_at, binds at `at`
 * for a notice published at `published_at`: the one in force when it was
 * published, or the first if there was none yet; instead of it each later one,
 * in force by `at`, that is no rise over the one that binds so far.
 *
 * KL_RANGE       versions out of order or with a fault, none in force at `at`,
 *                or published after `at`
 * KL_TOO_LARGE   more than KL_FEE_VERSIONS_MAX
 */
enum kl_result kl_fee_binding(const struct kl_fee_version versions[],
    size_t count, int64_t published_at, int64_t at,
    size_t *index) KL_MUST_CHECK;

#endif
