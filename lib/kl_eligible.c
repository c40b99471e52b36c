#include "kl_eligible.h"

#include "kl_buf.h"
#include "kl_policy.h"

#include <stdlib.h>
#include <string.h>

/* --- the codes ------------------------------------------------------------ */

static const struct {
	const char *code, *english, *chinese;
} reasons[KL_ELIGIBILITIES] = {
	[KL_INELIGIBLE_NO_LISTING] = {
	    .code = "no-listing",
	    .english = "has no listing in the category",
	    .chinese = "未挂牌该类服务",
	},
	[KL_INELIGIBLE_LISTING_WITHDRAWN] = {
	    .code = "listing-withdrawn",
	    .english = "has withdrawn its listing",
	    .chinese = "该类服务已下架",
	},
	[KL_INELIGIBLE_NOT_ACTIVE] = {
	    .code = "not-active",
	    .english = "is not active on the roll",
	    .chinese = "机构未处于正常状态",
	},
	[KL_INELIGIBLE_UNQUALIFIED] = {
	    .code = "unqualified",
	    .english = "lacks a qualification that the category asks for",
	    .chinese = "不具备该类服务要求的资质",
	},
	[KL_INELIGIBLE_TOO_SLOW] = {
	    .code = "too-slow",
	    .english = "promises more days than the notice allows",
	    .chinese = "承诺时限超过采购要求",
	},
	[KL_INELIGIBLE_OVER_LIMIT] = {
	    .code = "over-limit",
	    .english = "asks more than the notice allows",
	    .chinese = "收费超过采购金额上限",
	},
	[KL_INELIGIBLE_AFFILIATED_OWNER] = {
	    .code = "affiliated-owner",
	    .english = "is affiliated with the owner",
	    .chinese = "与项目业主存在关联关系",
	},
	[KL_INELIGIBLE_TIED] = {
	    .code = "tied",
	    .english = "is not decoupled from the approving authority",
	    .chinese = "与审批部门未脱钩",
	},
	[KL_INELIGIBLE_AFFILIATED] = {
	    .code = "affiliated",
	    .english = "is affiliated with one that signed up earlier",
	    .chinese = "与先报名的机构存在关联关系",
	},
};

const char *kl_eligibility_code(enum kl_eligibility eligibility)
{
	return reasons[eligibility].code;
}

const char *kl_eligibility_chinese(enum kl_eligibility eligibility)
{
	return reasons[eligibility].chinese;
}

const char *kl_eligibility_english(enum kl_eligibility eligibility)
{
	return reasons[eligibility].english;
}

/* --- each by itself ------------------------------------------------------- */

static bool is_same_group(const char *left, const char *right)
{
	return left && right && strcmp(left, right) == 0;
}

static bool is_slower(
    const struct kl_days *promised, const struct kl_days *allowed)
{
	if (promised->workdays && !allowed->workdays)
		return promised->count * KL_POLICY_WORKDAY_S >
		       allowed->count * KL_POLICY_DAY_S;
	return promised->count > allowed->count;
}

static enum kl_eligibility judge(
    const struct kl_terms *terms, const struct kl_entrant *entrant)
{
	if (entrant->listing == KL_LISTING_NONE)
		return KL_INELIGIBLE_NO_LISTING;
	if (entrant->listing == KL_LISTING_WITHDRAWN)
		return KL_INELIGIBLE_LISTING_WITHDRAWN;
	if (!entrant->active)
		return KL_INELIGIBLE_NOT_ACTIVE;
	if (entrant->unqualified)
		return KL_INELIGIBLE_UNQUALIFIED;
	if (is_slower(&entrant->promised, &terms->days_max))
		return KL_INELIGIBLE_TOO_SLOW;
	if (entrant->fee_min_fen > terms->amount_max_fen)
		return KL_INELIGIBLE_OVER_LIMIT;
	if (is_same_group(entrant->affiliation_group, terms->owner_group))
		return KL_INELIGIBLE_AFFILIATED_OWNER;
	if (entrant->tied)
		return KL_INELIGIBLE_TIED;
	return KL_ELIGIBLE;
}

/* --- one of a group ------------------------------------------------------- */

struct member {
	const char *group;
	size_t index; /* of the entrant */
};

static int by_group(const void *left, const void *right)
{
	const struct member *one = left, *other = right;
	int order = strcmp(one->group, other->group);

	return order
		   ? order
		   : (one->index > other->index) - (one->index < other->index);
}

static void keep_first(
    const struct member members[], size_t count, struct kl_verdict verdicts[])
{
	size_t first = 0;

	for (size_t i = 1; i < count; i++) {
		if (strcmp(members[i].group, members[first].group) != 0) {
			first = i;
			continue;
		}
		verdicts[members[i].index] = (struct kl_verdict){
			KL_INELIGIBLE_AFFILIATED,
			members[first].index,
		};
	}
}

enum kl_result kl_eligible(const struct kl_terms *terms,
    const struct kl_entrant entrants[], size_t count,
    struct kl_verdict verdicts[])
{
	struct kl_buf memory = KL_BUF(count * sizeof(struct member));
	size_t member_count = 0;

	for (size_t i = 0; i < count; i++) {
		struct member member = { entrants[i].affiliation_group, i };

		verdicts[i] =
		    (struct kl_verdict){ judge(terms, &entrants[i]), 0 };
		if (verdicts[i].eligibility || !member.group)
			continue;
		if (entrants[i].group_taken) {
			verdicts[i] =
			    (struct kl_verdict){ KL_INELIGIBLE_AFFILIATED,
				    count };
			continue;
		}
		kl_buf_add(&memory, &member, sizeof(member));
		member_count++;
	}
	if (kl_buf_result(&memory)) {
		kl_buf_clear(&memory);
		return KL_NO_MEMORY;
	}
	if (member_count > 0) {
		qsort(
		    memory.data, member_count, sizeof(struct member), by_group);
		keep_first(
		    (const struct member *)memory.data, member_count, verdicts);
	}
	kl_buf_clear(&memory);
	return KL_OK;
}
