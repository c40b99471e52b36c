#include "kl_requirement.h"

#include <string.h>

/* --- the words ------------------------------------------------------------ */

static const struct kl_words reasons[KL_REQUIREMENT_REASONS] = {
	[KL_REQUIREMENT_NONE] = {
	    .code = "qualification-none",
	    .english = "has no qualification of the kind",
	    .chinese = "没有该类资质",
	},
	[KL_REQUIREMENT_SCOPE] = {
	    .code = "qualification-scope",
	    .english = "has the qualification, but not for this scope",
	    .chinese = "资质的专业范围不符",
	},
	[KL_REQUIREMENT_LEVEL_UNKNOWN] = {
	    .code = "qualification-level-unknown",
	    .english = "has the qualification without a level that is known",
	    .chinese = "资质未注明可识别的等级",
	},
	[KL_REQUIREMENT_LEVEL] = {
	    .code = "qualification-level",
	    .english = "has the qualification of too low a level",
	    .chinese = "资质等级低于要求",
	},
	[KL_REQUIREMENT_EXPIRED] = {
	    .code = "qualification-expired",
	    .english = "has a qualification that has expired",
	    .chinese = "资质已过有效期",
	},
	[KL_REQUIREMENT_NOT_YET] = {
	    .code = "qualification-not-yet",
	    .english = "has a qualification that is not valid yet",
	    .chinese = "资质尚未生效",
	},
	[KL_REQUIREMENT_PAUSED] = {
	    .code = "qualification-paused",
	    .english = "has a qualification that is paused",
	    .chinese = "资质已暂停使用",
	},
};

const struct kl_words *kl_requirement_words(enum kl_requirement_reason reason)
{
	return reason ? &reasons[reason] : NULL;
}

/* --- levels --------------------------------------------------------------- */

/* The ladder of a kind; NULL when there is none, or more than one. */
static const struct kl_ladder *find_ladder(
    const struct kl_requirements *requirements, const char *kind)
{
	const struct kl_ladder *found = NULL;

	for (size_t i = 0; i < requirements->ladder_count; i++) {
		if (strcmp(requirements->ladders[i].kind, kind) != 0)
			continue;
		if (found)
			return NULL;
		found = &requirements->ladders[i];
	}
	return found;
}

/* Its place from above; the count when it is not there. */
static size_t place_of(const struct kl_ladder *ladder, const char *level)
{
	size_t place = 0;

	while (
	    place < ladder->count && strcmp(ladder->levels[place], level) != 0)
		place++;
	return place;
}

/* --- is it asked as it should be ------------------------------------------ */

static bool is_within(
    const struct kl_requirements *requirements, size_t qualification_count)
{
	if (requirements->count > KL_REQUIREMENTS_MAX ||
	    requirements->ladder_count > KL_LADDERS_MAX ||
	    qualification_count > KL_QUALIFICATIONS_MAX)
		return false;
	for (size_t i = 0; i < requirements->count; i++)
		if (requirements->list[i].count > KL_ALTERNATIVES_MAX)
			return false;
	for (size_t i = 0; i < requirements->ladder_count; i++)
		if (requirements->ladders[i].count > KL_LEVELS_MAX)
			return false;
	return true;
}

static bool is_sound(const struct kl_requirements *requirements,
    const struct kl_requirement *requirement)
{
	for (size_t i = 0; i < requirement->count; i++) {
		const struct kl_alternative *each =
		    &requirement->alternatives[i];
		const struct kl_ladder *ladder =
		    find_ladder(requirements, each->kind);

		if (!each->level_min)
			continue;
		if (!ladder ||
		    place_of(ladder, each->level_min) == ladder->count)
			return false;
	}
	return requirement->count > 0;
}

/* --- matching ------------------------------------------------------------- */

static bool has_scope(
    const struct kl_qualification *qualification, const char *scope)
{
	for (size_t i = 0; i < qualification->scope_count; i++)
		if (strcmp(qualification->scopes[i], scope) == 0)
			return true;
	return false;
}

static enum kl_requirement_reason judge_level(
    const struct kl_ladder *ladder, const char *level, const char *level_min)
{
	size_t place = level ? place_of(ladder, level) : ladder->count;

	if (place == ladder->count)
		return KL_REQUIREMENT_LEVEL_UNKNOWN;
	return place > place_of(ladder, level_min) ? KL_REQUIREMENT_LEVEL
						   : KL_REQUIREMENT_MET;
}

static enum kl_requirement_reason judge(const struct kl_alternative *asked,
    const struct kl_ladder *ladder, const struct kl_qualification *has,
    int32_t day)
{
	enum kl_requirement_reason reason = KL_REQUIREMENT_MET;

	if (strcmp(has->kind, asked->kind) != 0)
		return KL_REQUIREMENT_NONE;
	if (asked->scope && !has_scope(has, asked->scope))
		return KL_REQUIREMENT_SCOPE;
	if (asked->level_min)
		reason = judge_level(ladder, has->level, asked->level_min);
	if (reason)
		return reason;
	if (day > has->period.until)
		return KL_REQUIREMENT_EXPIRED;
	if (day < has->period.from)
		return KL_REQUIREMENT_NOT_YET;
	return has->state == KL_QUALIFICATION_PAUSED ? KL_REQUIREMENT_PAUSED
						     : KL_REQUIREMENT_MET;
}

/* How near it is: of the reasons the later one, and MET before all. */
static int nearness(enum kl_requirement_reason reason)
{
	return reason ? (int)reason : KL_REQUIREMENT_REASONS;
}

static struct kl_requirement_match match(
    const struct kl_requirements *requirements,
    const struct kl_requirement *requirement,
    const struct kl_qualification qualifications[], size_t count, int32_t day)
{
	struct kl_requirement_match best = { KL_REQUIREMENT_NONE, 0, count };

	for (size_t i = 0; i < requirement->count * count; i++) {
		const struct kl_alternative *asked =
		    &requirement->alternatives[i / count];
		enum kl_requirement_reason reason =
		    judge(asked, find_ladder(requirements, asked->kind),
			&qualifications[i % count], day);

		if (nearness(reason) > nearness(best.reason))
			best = (struct kl_requirement_match){ reason, i / count,
				i % count };
	}
	return best;
}

enum kl_result kl_requirement_match(const struct kl_requirements *requirements,
    const struct kl_qualification qualifications[], size_t count, int32_t day,
    struct kl_requirement_match matches[], size_t *unmet_count)
{
	size_t unmet = 0;

	if (!is_within(requirements, count))
		return KL_TOO_LARGE;
	for (size_t i = 0; i < requirements->count; i++)
		if (!is_sound(requirements, &requirements->list[i]))
			return KL_RANGE;
	for (size_t i = 0; i < requirements->count; i++) {
		matches[i] = match(requirements, &requirements->list[i],
		    qualifications, count, day);
		unmet += matches[i].reason != KL_REQUIREMENT_MET;
	}
	*unmet_count = unmet;
	return KL_OK;
}
