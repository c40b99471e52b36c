/* market.h -- what the listings of a category come to, side by side. */
#ifndef MARKET_H
#define MARKET_H

#include "categories.h"
#include "kl_fee.h"
#include "kl_market.h"

/* One listing. */
struct offer {
	const char *listing, *institution, *fee;
	uint64_t days;
	const char *unit;  /* of the days */
	unsigned fee_unit; /* KL_FEE_UNITS: it has no structure */
	int64_t fee_fen;   /* of the reference quantity */
	enum kl_outlier fee_is, days_are;
};

/* What everything is made of. */
struct market {
	const char *policy; /* id of it */
	struct kl_market_rule rule;
	uint64_t size;                   /* of the log, in this snapshot */
	int64_t reference[KL_FEE_UNITS]; /* so many of each unit */
	struct offer *list;
	size_t count;
	/* Of a group: what is compared, and whose it is. */
	struct kl_offer *offers;
	struct kl_offer_outliers *outliers;
	size_t *places;
};

/*
 * Begin: the rule of the policy in force today in ?region=, or in the only one.
 * ERR_INVALID    no such region
 * ERR_NO_POLICY  none, or one that was adopted before there was a rule
 * ERR_BUSY ERR_DATABASE
 */
enum error market_begin(
    struct request *request, struct market *market) MUST_CHECK;
json_t *market_rule_json(const struct market *market);

/* What a category comes to by that rule; with `outliers`, unless that is NULL,
 * those of its listings that stand out. Both are the caller's.
 * ERR_BUSY ERR_DATABASE ERR_INTERNAL */
enum error market_read(struct request *request, const char *category,
    struct market *market, json_t **sum, json_t **outliers) MUST_CHECK;

/*
 * market_kept.c: what was made before, and holds still. A snapshot of the
 * database begins with how many entries its log has, so that what has changed
 * until then is forgotten.
 * ERR_BUSY ERR_DATABASE
 */
enum error market_kept_begin(
    struct request *request, uint64_t *size) MUST_CHECK;

/* False: it is not kept. `outliers` may be NULL. */
bool market_kept(const char *policy, const char *category, uint64_t size,
    json_t **sum, json_t **outliers);
void market_keep(const char *policy, const char *category, uint64_t size,
    const json_t *sum, const json_t *outliers);

#define MARKET_SHOWS                                                           \
	(SHOWS_CATEGORIES | SHOWS_LISTINGS | SHOWS_POLICIES | SHOWS_REGIONS)

#define MARKET_REGION                                                          \
	{                                                                      \
		.name = "region", .type = MEMBER_TOKEN,                        \
		.maximum = KL_POLICY_REGION_MAX, .flags = MEMBER_OPTIONAL,     \
		.help = "Whose policy's rule; without, of the only region"     \
	}

#endif
