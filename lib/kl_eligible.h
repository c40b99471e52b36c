/* kl_eligible.h -- who may enter, and the reason code if not. */
#ifndef KL_ELIGIBLE_H
#define KL_ELIGIBLE_H

#include "kl_calendar.h"

/* Why not; in the order in which the rules are tried. */
enum kl_eligibility {
	KL_ELIGIBLE,
	KL_INELIGIBLE_NO_LISTING,        /* no-listing: in the category */
	KL_INELIGIBLE_LISTING_WITHDRAWN, /* listing-withdrawn */
	KL_INELIGIBLE_NOT_ACTIVE,        /* not-active: the institution */
	KL_INELIGIBLE_UNQUALIFIED,       /* unqualified: kl_requirement.h */
	KL_INELIGIBLE_TOO_SLOW,          /* too-slow: more than days_max */
	KL_INELIGIBLE_OVER_LIMIT,        /* over-limit: over amount_max_fen */
	KL_INELIGIBLE_AFFILIATED_OWNER,  /* affiliated-owner */
	KL_INELIGIBLE_TIED,              /* tied: to the approving authority */
	KL_INELIGIBLE_AFFILIATED,        /* affiliated: with an earlier one */
	KL_ELIGIBILITIES,
};

/* The stable token for excluded.txt, and what people read; NULL if eligible. */
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
	bool group_taken; /* by one of it that was judged before: he stays */
	bool active;      /* the institution */
	bool unqualified; /* it lacks what the category asks for */
	bool tied; /* to who approves what the category serves: kl_tied.h */
	enum kl_listing_state listing; /* in the notice's category */
	struct kl_days promised;       /* of the listing */
	int64_t fee_min_fen, fee_max_fen;
};

/* What the notice asks for. */
struct kl_terms {
	struct kl_days days_max;
	int64_t amount_max_fen;
	const char *owner_group; /* the owner's affiliation group, or NULL */
};

/* What came out for one entrant. */
struct kl_verdict {
	enum kl_eligibility eligibility;
	size_t affiliated_with; /* AFFILIATED: the index of who stays, or
				   `count` when he was judged before */
};

/*
 * Judge `count` entrants, in order of sign-up, into as many `verdicts`. The
 * first rule of the table that fails is the reason. A fee is over the limit
 * when even the lowest of the listing is. Of one affiliation group the
 * earliest who is eligible otherwise stays, and the later ones are affiliated
 * with him. Groups are compared byte by byte. Without a calendar a working day
 * counts as kl_policy.h says, and a day, which is never longer, as a working
 * day.
 *
 * Judged in pieces it comes out the same, when each piece says whose groups
 * those before it have taken.
 *
 * KL_NO_MEMORY
 */
enum kl_result kl_eligible(const struct kl_terms *terms,
    const struct kl_entrant entrants[], size_t count,
    struct kl_verdict verdicts[]) KL_MUST_CHECK;

#endif
