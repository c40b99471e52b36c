#include "kl_policy_private.h"

/* --- faults --------------------------------------------------------------- */

void kl_policy_tell(struct kl_policy_trial *trial, const char *path,
    const char *code, const struct kl_policy_words *what, int64_t minimum,
    int64_t maximum)
{
	for (size_t i = 0; i < KL_POLICY_MEMBERS; i++)
		if (strcmp(kl_policy_member(i)->path, path) == 0)
			trial->faulty[i] = true;
	if (trial->count < trial->limit) {
		struct kl_policy_fault *fault = &trial->faults[trial->count];
		size_t size = strlen(path);

		*fault = (struct kl_policy_fault){
			.code = code,
			.what = *what,
			.minimum = minimum,
			.maximum = maximum,
		};
		if (size > 0)
			fault->pointer[0] = '/';
		for (size_t i = 0; i < size; i++)
			fault->pointer[i + 1] = path[i] == '.' ? '/' : path[i];
	}
	trial->count++;
}

const json_t *kl_policy_sound(
    const struct kl_policy_trial *trial, const char *path)
{
	for (size_t i = 0; i < KL_POLICY_MEMBERS; i++)
		if (trial->faulty[i] &&
		    strcmp(kl_policy_member(i)->path, path) == 0)
			return NULL;
	return kl_policy_at(trial->profile, path);
}

/* --- member by member ----------------------------------------------------- */

/* A misspelt member would seem to be in force. */
static void find_unknown(struct kl_policy_trial *trial, const json_t *folder,
    const struct kl_policy_path *in)
{
	static const struct kl_policy_words unknown = { "含有未知的成员",
		"a member is unknown" };
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)folder, name, value) {
		struct kl_policy_path path;
		enum kl_policy_known known = kl_policy_find(in, name, &path);

		if (known == KL_POLICY_IS_FOLDER && json_is_object(value))
			find_unknown(trial, value, &path);
		else if (known != KL_POLICY_IS_MEMBER)
			kl_policy_tell(
			    trial, "", "unknown-member", &unknown, 0, 0);
	}
}

static const struct kl_policy_words form = { "应与默认政策参数的形式相同",
	"must be of the form it has in the default policy" };
static const struct kl_policy_words integer = { "应为 {0} 到 {1} 的整数",
	"must be an integer from {0} to {1}" };
static const struct kl_policy_words integers = { "各数应为 {0} 到 {1} 的整数",
	"each number must be an integer from {0} to {1}" };
static const struct kl_policy_words clocked = {
	"应为 {n, unit},{0} 到 {1} 秒;日历建立之前不得用工作日",
	"must be {n, unit} of {0} to {1} seconds; working days only once there "
	"is a calendar"
};
static const struct kl_policy_words lasting = {
	"应为 {0} 到 {1} 秒,一个工作日按 7/5 日计",
	"must be of {0} to {1} seconds, a working day counting as 7/5 days"
};

static void judge(
    struct kl_policy_trial *trial, const struct kl_policy_member *member)
{
	enum kl_policy_flaw flaw =
	    kl_policy_judge(member, kl_policy_at(trial->profile, member->path));
	const struct kl_policy_words *what = &form;
	const char *code = "form";

	if (!flaw)
		return;
	if (member->type == KL_POLICY_NUMBER || flaw == KL_POLICY_OUT_OF_BOUNDS)
		code = "bounds";
	if (member->type == KL_POLICY_CLOCKED)
		what = &clocked;
	else if (member->type == KL_POLICY_NUMBER)
		what = &integer;
	else if (flaw == KL_POLICY_OUT_OF_BOUNDS)
		what =
		    member->type == KL_POLICY_DURATION ? &lasting : &integers;
	kl_policy_tell(
	    trial, member->path, code, what, member->minimum, member->maximum);
}

size_t kl_policy_check(
    const json_t *profile, struct kl_policy_fault faults[], size_t limit)
{
	static const struct kl_policy_path top;
	struct kl_policy_trial trial = {
		.profile = profile,
		.faults = faults,
		.limit = limit,
	};

	find_unknown(&trial, profile, &top);
	for (size_t i = 0; i < KL_POLICY_MEMBERS; i++)
		judge(&trial, kl_policy_member(i));
	kl_policy_compare(&trial);
	return trial.count;
}
