/* kl_eligible.h -- who may enter, and the reason code if not. */
#ifndef KL_ELIGIBLE_H
#define KL_ELIGIBLE_H

#include "kl_base.h"

/* code, Chinese, English. In the order in which they are tried. */
#define KL_INELIGIBLE(X)                                                       \
	X(NO_LISTING, "no-listing", "未挂牌该类服务",                          \
	    "no listing in the category")                                      \
	X(LISTING_WITHDRAWN, "listing-withdrawn", "该类服务已下架",            \
	    "the listing was withdrawn")                                       \
	X(NOT_ACTIVE, "not-active", "机构未处于正常状态",                      \
	    "the institution is not active")                                   \
	X(TOO_SLOW, "too-slow", "承诺时限超过采购要求",                        \
	    "promises more days than the notice allows")                       \
	X(OVER_LIMIT, "over-limit", "收费超过采购金额上限",                    \
	    "asks more than the notice allows")                                \
	X(AFFILIATED_OWNER, "affiliated-owner", "与项目业主存在关联关系",      \
	    "affiliated with the owner")                                       \
	X(AFFILIATED, "affiliated", "与先报名的机构存在关联关系",              \
	    "affiliated with one that signed up earlier")

enum kl_eligibility {
	KL_ELIGIBLE = 0,
#define KL_INELIGIBLE_ENUM(name, code, chinese, english) KL_INELIGIBLE_##name,
	KL_INELIGIBLE(KL_INELIGIBLE_ENUM)
#undef KL_INELIGIBLE_ENUM
	    KL_ELIGIBILITIES,
};

/* The stable token of excluded.txt, and what people read; NULL if eligible. */
const char *kl_eligibility_code(enum kl_eligibility eligibility);
const char *kl_eligibility_chinese(enum kl_eligibility eligibility);
const char *kl_eligibility_english(enum kl_eligibility eligibility);

enum kl_listing_state {
	KL_LISTING_NONE,
	KL_LISTING_WITHDRAWN,
	KL_LISTING_OPEN
};

/* One who signed up, as the roll knows him at the close. Borrowed. */
struct kl_entrant {
	const char *affiliation_group; /* NULL: none */
	bool active;                   /* the institution */
	enum kl_listing_state listing; /* in the notice's category */
	int64_t promised_days;         /* of the listing */
	int64_t fee_min_fen, fee_max_fen;
};

/* What the notice asks for. */
struct kl_terms {
	int64_t days_max;
	int64_t amount_max_fen;
	const char *owner_group; /* the owner's affiliation group, or NULL */
};

/* What came out for one entrant. */
struct kl_verdict {
	enum kl_eligibility eligibility;
	size_t affiliated_with; /* AFFILIATED: the index of who stays */
};

/*
 * Judge `count` entrants, in order of sign-up, into as many `verdicts`. The
 * first rule of the table that fails is the reason. A fee is over the limit
 * when even the lowest of the listing is. Of one affiliation group the
 * earliest who is eligible otherwise stays; the others are affiliated with
 * him.
 *
 * KL_NO_MEMORY
 */
enum kl_result kl_eligible(const struct kl_terms *terms,
    const struct kl_entrant entrants[], size_t count,
    struct kl_verdict verdicts[]) KL_MUST_CHECK;

#endif
