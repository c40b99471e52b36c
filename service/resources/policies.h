/* policies.h -- the numbers a locality may change, complete, versioned,
 * of a region. */
#ifndef POLICIES_H
#define POLICIES_H

#include "act.h"
#include "kl_policy.h"

enum { POLICY_SIZE_MAX = 32768, POLICY_REGION_MAX = KL_POLICY_REGION_MAX };

struct policy {
	struct object object; /* id: <region>-<version> */
	const char *region, *version;
	const char *text;   /* policy.json: canonical, as adopted */
	const char *digest; /* H(text), 64 hex digits */
};
extern struct kind policy_kind;

/*
 * The policy in force in a region today: of the region, or of the nearest above
 * it that has one, the one in force last. In an act. kl_policy_in_force().
 * ERR_NO_POLICY   there is none
 * ERR_BUSY ERR_DATABASE
 */
enum error policy_in_force(struct request *request, const char *region,
    const struct policy **policy) MUST_CHECK;

/*
 * The id of the policy in force on a day, YYYY-MM-DD; "" for none. Of a GET, or
 * of an act after act_direct().
 * ERR_NOT_FOUND   there is no such region
 * ERR_BUSY ERR_DATABASE
 */
enum error policy_id_on(struct request *request, const char *region,
    const char *date, const char **id) MUST_CHECK;

/*
 * Members by path, "draw.min_entrants". An adopted policy has every member of
 * the table in kl_policy.h, of its type and within bounds, so these cannot
 * fail.
 */

/* A new reference; NULL for JSON's null. */
json_t *policy_member(const struct policy *policy, const char *path);

uint64_t policy_number(const struct policy *policy, const char *path);

/* Seconds of {n, unit}; of one that may not be in working days. */
int64_t policy_duration(const struct policy *policy, const char *path);

/* Is `word` in this array of texts? */
bool policy_has(
    const struct policy *policy, const char *path, const char *word);

/*
 * Is this a complete policy? Each fault is a complaint. In policies_profile.c.
 * ERR_INVALID
 */
enum error policy_check(
    struct request *request, const json_t *policy) MUST_CHECK;

#endif
