#include "kl_policy_private.h"

/* --- more, or less? ------------------------------------------------------- */

/*
 * Each comparison is above zero when `after` is more than `before`, below when
 * it is less, and zero when neither can be said.
 */

static int sign(int64_t number)
{
	return (number > 0) - (number < 0);
}

static int compare_numbers(const json_t *before, const json_t *after)
{
	return sign(json_integer_value(after) - json_integer_value(before));
}

/* n working days are never shorter than n days; how much longer, a calendar
 * says. */
static int64_t least_seconds(const json_t *duration)
{
	const json_t *n = json_object_get(duration, "n");

	return kl_policy_is_workdays(duration)
		   ? json_integer_value(n) * KL_POLICY_DAY_S
		   : kl_policy_seconds(duration);
}

static int compare_durations(const json_t *before, const json_t *after)
{
	int64_t longer = least_seconds(after) - least_seconds(before);
	bool was = kl_policy_is_workdays(before);
	bool is = kl_policy_is_workdays(after);

	if (was == is || kl_policy_seconds(is ? after : before) == 0)
		return sign(longer);
	return is ? longer >= 0 : -(longer <= 0);
}

/* What all the steps say that say anything. */
struct steps {
	bool up, down;
};

static void take_step(struct steps *steps, int step)
{
	steps->up = steps->up || step > 0;
	steps->down = steps->down || step < 0;
}

static int sum_of(const struct steps *steps)
{
	return steps->up - steps->down;
}

static int compare_lists(const json_t *before, const json_t *after)
{
	struct steps steps = { false, false };

	if (json_array_size(before) != json_array_size(after))
		return 0;
	for (size_t i = 0; i < json_array_size(after); i++)
		take_step(&steps, compare_numbers(json_array_get(before, i),
				      json_array_get(after, i)));
	return sum_of(&steps);
}

/* Whether there are some in `words` that `others` does not have. */
static bool adds(const json_t *words, const json_t *others)
{
	size_t i;
	json_t *word;

	json_array_foreach (words, i, word)
		if (!kl_policy_holds(others, json_string_value(word)))
			return true;
	return false;
}

/* --- maps ----------------------------------------------------------------- */

/* Of what a map does not name it says what it says by default. */
static const json_t *item_of(const json_t *map, const char *name)
{
	const json_t *item = json_object_get(map, name);

	return item ? item : json_object_get(map, "default");
}

/* The steps from `before` to `after` of all that `names` has names of. */
static void take_names(struct steps *steps, const json_t *names,
    const json_t *before, const json_t *after)
{
	const char *name;
	json_t *item;

	json_object_foreach ((json_t *)(uintptr_t)names, name, item) {
		const json_t *was = item_of(before, name);
		const json_t *is = item_of(after, name);

		if (was && is)
			take_step(steps, compare_numbers(was, is));
		else
			*steps = (struct steps){ true, true };
	}
}

static int compare_maps(const json_t *before, const json_t *after)
{
	struct steps steps = { false, false };

	take_names(&steps, before, before, after);
	take_names(&steps, after, before, after);
	return sum_of(&steps);
}

/* Is all of `less` in `more`, as it stands there? */
static bool has_all(const json_t *more, const json_t *less)
{
	const char *name;
	json_t *item;

	json_object_foreach ((json_t *)(uintptr_t)less, name, item)
		if (!json_equal(json_object_get(more, name), item))
			return false;
	return true;
}

/* --- one member ----------------------------------------------------------- */

static int compare(const struct kl_policy_member *member, const json_t *before,
    const json_t *after)
{
	switch (member->type) {
	case KL_POLICY_NUMBER:
		return compare_numbers(before, after);
	case KL_POLICY_FLAG:
		return json_is_true(after) - json_is_true(before);
	case KL_POLICY_TEXT_OR_NULL:
		return json_is_null(before) - json_is_null(after);
	case KL_POLICY_CHOICES:
	case KL_POLICY_WORDS:
		return adds(after, before) - adds(before, after);
	case KL_POLICY_NUMBERS:
		return compare_lists(before, after);
	case KL_POLICY_DURATION:
	case KL_POLICY_CLOCKED:
		return compare_durations(before, after);
	case KL_POLICY_OBJECT:
		return compare_maps(before, after);
	case KL_POLICY_TEMPLATES:
		return has_all(after, before) - has_all(before, after);
	case KL_POLICY_TOKEN:
	case KL_POLICY_DATE:
	case KL_POLICY_CHOICE:
		break;
	}
	return 0;
}

static enum kl_policy_effect effect_of(const struct kl_policy_member *member,
    const json_t *before, const json_t *after)
{
	int step;

	if (kl_policy_judge(member, before) || kl_policy_judge(member, after))
		return KL_POLICY_CHANGES;
	step = compare(member, before, after);
	if (step == 0 || member->stricter == KL_POLICY_NEITHER)
		return KL_POLICY_CHANGES;
	return (step > 0) == (member->stricter == KL_POLICY_HIGHER)
		   ? KL_POLICY_TIGHTENS
		   : KL_POLICY_LOOSENS;
}

size_t kl_policy_diff(const json_t *before, const json_t *after,
    struct kl_policy_change changes[static KL_POLICY_MEMBERS])
{
	size_t count = 0;

	for (size_t i = 0; i < KL_POLICY_MEMBERS; i++) {
		const struct kl_policy_member *member = kl_policy_member(i);
		const json_t *was = kl_policy_at(before, member->path);
		const json_t *is = kl_policy_at(after, member->path);

		if (was == is || json_equal(was, is))
			continue;
		changes[count++] = (struct kl_policy_change){ member, was, is,
			effect_of(member, was, is) };
	}
	return count;
}

/* --- words ---------------------------------------------------------------- */

static const struct kl_policy_term effects[] = {
	[KL_POLICY_CHANGES] = { "changes", { "变更", "changes" } },
	[KL_POLICY_TIGHTENS] = { "tightens", { "收紧", "tightens" } },
	[KL_POLICY_LOOSENS] = { "loosens", { "放宽", "loosens" } },
};

const char *kl_policy_effect_word(enum kl_policy_effect effect)
{
	return effects[effect].word;
}

struct kl_policy_words kl_policy_effect_words(enum kl_policy_effect effect)
{
	return effects[effect].what;
}
