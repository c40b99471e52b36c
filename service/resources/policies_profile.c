/* policies_profile.c -- what a policy says; what it must say, lib knows. */
#include "policies.h"

#include <assert.h>

#include <string.h>

/* --- reading -------------------------------------------------------------- */

json_t *policy_member(const struct policy *policy, const char *path)
{
	json_auto_t *all = json_loads(policy->text, 0, NULL);
	json_t *member = kl_policy_at(all, path);

	assert(member); /* it was checked when it was adopted */
	return json_is_null(member) ? NULL : json_incref(member);
}

uint64_t policy_number(const struct policy *policy, const char *path)
{
	json_auto_t *member = policy_member(policy, path);

	return (uint64_t)json_integer_value(member);
}

int64_t policy_duration(const struct policy *policy, const char *path)
{
	json_auto_t *member = policy_member(policy, path);

	assert(kl_policy_member_named(path)->type == KL_POLICY_CLOCKED);
	return kl_policy_seconds(member);
}

bool policy_has(const struct policy *policy, const char *path, const char *word)
{
	json_auto_t *member = policy_member(policy, path);
	size_t i;
	json_t *item;

	json_array_foreach (member, i, item)
		if (strcmp(json_string_value(item), word) == 0)
			return true;
	return false;
}

/* --- checking ------------------------------------------------------------- */

enum error policy_check(struct request *request, const json_t *policy)
{
	struct kl_policy_fault faults[PROBLEMS_MAX];
	size_t count = kl_policy_check(policy, faults, PROBLEMS_MAX);

	for (size_t i = 0; i < count && i < PROBLEMS_MAX; i++)
		(void)request_complain(request,
		    arena_copy(&request->arena, faults[i].pointer),
		    faults[i].code, faults[i].what.chinese,
		    faults[i].what.english,
		    request_number(request, (uint64_t)faults[i].minimum),
		    request_number(request, (uint64_t)faults[i].maximum), NULL);
	return count > 0 ? ERR_INVALID : ERR_OK;
}
