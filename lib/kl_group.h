/* kl_group.h -- groups of affiliated institutions, and why they are one. */
#ifndef KL_GROUP_H
#define KL_GROUP_H

#include "kl_affiliation.h"

/*
 * Whom affiliations join, directly or over others, is one group: of it at most
 * one may enter one draw (kl_eligible.h). 招标投标法实施条例 §34; 政府采购法
 * 实施条例 §18. An office in a public body joins nobody, nor does a holder that
 * is of the State; whom an owner of that kind holds, kl_tied.h finds.
 */

enum { KL_GROUP_MAX = 100000 };

/* Where an institution belongs. */
struct kl_membership {
	size_t representative; /* the index of the member whose identifier is
				  the least by bytes: the group's name */
	size_t count;          /* members; 1: it is in no group */
};

/*
 * Say for each of `count` institutions, given in any order, where it belongs.
 * Who is not among them joins others but is no member. O(n log n). Borrows.
 *
 * KL_RANGE       an institution is there twice
 * KL_TOO_LARGE   more than KL_GROUP_MAX
 * KL_NO_MEMORY
 */
enum kl_result kl_group(const struct kl_affiliations *affiliations,
    const char *const institutions[], size_t count,
    struct kl_membership memberships[]) KL_MUST_CHECK;

/*
 * How `one` is affiliated with `other`: a shortest path, the same whatever the
 * order of the list, and read backwards the one from `other` to `one`. None has
 * no steps when both are the same. The caller clears `path`.
 *
 * KL_MISMATCH    they are of no one group
 * KL_NO_MEMORY
 */
enum kl_result kl_group_explain(const struct kl_affiliations *affiliations,
    const char *one, const char *other,
    struct kl_affiliation_path *path) KL_MUST_CHECK;

#endif
