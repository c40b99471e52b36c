/* Requirements: each reason at its border, the nearest of several, limits. */
#include "kl_requirement.h"
#include "unit.h"
#include "words.h"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))
#define LIST(list_) (list_), COUNT(list_)

enum { TODAY = 20000 };

static const char *const survey_levels[] = { "a", "b", "c" };
static const char *const design_levels[] = { "top", "first" };
static const struct kl_ladder ladders[] = {
	{ "survey", LIST(survey_levels) },
	{ "design", LIST(design_levels) },
};

static const char *const scopes[] = { "water", "road" };
static const struct kl_qualification good = {
	.kind = "survey",
	.level = "b",
	.scopes = scopes,
	.scope_count = COUNT(scopes),
	.period = { TODAY, TODAY },
};

/* What one qualification comes to under one requirement. */
static const char *judge(
    struct kl_alternative asked, struct kl_qualification has, int32_t day)
{
	const struct kl_requirement requirement = { &asked, 1 };
	const struct kl_requirements requirements = { &requirement, 1,
		LIST(ladders) };
	struct kl_requirement_match match = { KL_REQUIREMENT_REASONS, 7, 7 };
	const struct kl_words *words;
	size_t unmet = 7;

	assert_int_equal(
	    kl_requirement_match(&requirements, &has, 1, day, &match, &unmet),
	    KL_OK);
	words = kl_requirement_words(match.reason);
	assert_int_equal(unmet, words ? 1 : 0);
	assert_int_equal(match.alternative, 0);
	assert_int_equal(
	    match.qualification, match.reason == KL_REQUIREMENT_NONE ? 1 : 0);
	return words ? words->code : "met";
}

static void names_each_reason(void **state)
{
	static const struct kl_alternative asked = { "survey", "b", "road" };
	struct kl_qualification has = good;

	(void)state;
	assert_string_equal(judge(asked, good, TODAY), "met");
	has.kind = "surveys";
	assert_string_equal(judge(asked, has, TODAY), "qualification-none");
	has = good;
	has.scope_count = 1;
	assert_string_equal(judge(asked, has, TODAY), "qualification-scope");
	has.scope_count = 0;
	assert_string_equal(judge(asked, has, TODAY), "qualification-scope");
	has = good;
	has.level = NULL;
	assert_string_equal(
	    judge(asked, has, TODAY), "qualification-level-unknown");
	has.level = "top"; /* of another ladder */
	assert_string_equal(
	    judge(asked, has, TODAY), "qualification-level-unknown");
	has.level = "c";
	assert_string_equal(judge(asked, has, TODAY), "qualification-level");
	has.level = "a";
	assert_string_equal(judge(asked, has, TODAY), "met");
	assert_string_equal(
	    judge(asked, good, TODAY + 1), "qualification-expired");
	assert_string_equal(
	    judge(asked, good, TODAY - 1), "qualification-not-yet");
	has = good;
	has.state = KL_QUALIFICATION_PAUSED;
	assert_string_equal(judge(asked, has, TODAY), "qualification-paused");
	has.period = (struct kl_period){ KL_PERIOD_EVER, KL_PERIOD_OPEN };
	has.state = KL_QUALIFICATION_ACTIVE;
	assert_string_equal(judge(asked, has, INT32_MIN), "met");
	assert_string_equal(judge(asked, has, INT32_MAX), "met");
}

/* Everything is wrong; mend one thing after another. */
static void tells_the_first_reason(void **state)
{
	static const struct kl_alternative asked = { "survey", "b", "rail" };
	static const char *const rail[] = { "rail" };
	struct kl_qualification has = { .kind = "design",
		.period = { TODAY - 9, TODAY - 1 },
		.state = KL_QUALIFICATION_PAUSED };

	(void)state;
	assert_string_equal(judge(asked, has, TODAY), "qualification-none");
	has.kind = "survey";
	assert_string_equal(judge(asked, has, TODAY), "qualification-scope");
	has.scopes = rail;
	has.scope_count = 1;
	assert_string_equal(
	    judge(asked, has, TODAY), "qualification-level-unknown");
	has.level = "c";
	assert_string_equal(judge(asked, has, TODAY), "qualification-level");
	has.level = "b";
	assert_string_equal(judge(asked, has, TODAY), "qualification-expired");
	has.period = (struct kl_period){ TODAY + 1, TODAY + 9 };
	assert_string_equal(judge(asked, has, TODAY), "qualification-not-yet");
	has.period.from = TODAY;
	assert_string_equal(judge(asked, has, TODAY), "qualification-paused");
	has.state = KL_QUALIFICATION_ACTIVE;
	assert_string_equal(judge(asked, has, TODAY), "met");
}

/* Who asks for less takes whatever there is. */
static void asks_for_no_more_than_it_says(void **state)
{
	static const struct kl_alternative any = { "survey", NULL, NULL };
	static const struct kl_alternative low = { "survey", "c", NULL };
	static const struct kl_alternative bare = { "licence", NULL, NULL };
	struct kl_qualification has = good;

	(void)state;
	has.scope_count = 0;
	assert_string_equal(judge(low, has, TODAY), "met");
	has.level = "c";
	assert_string_equal(judge(low, has, TODAY), "met");
	has.level = "?";
	assert_string_equal(judge(any, has, TODAY), "met");
	has.level = NULL;
	assert_string_equal(judge(any, has, TODAY), "met");
	has.kind = "licence"; /* of which there is no ladder */
	assert_string_equal(judge(bare, has, TODAY), "met");
}

/* --- several -------------------------------------------------------------- */

static const struct kl_alternative one_of[] = {
	{ "survey", "a", NULL },
	{ "design", "top", NULL },
	{ "survey", "b", "rail" },
};

static const struct {
	struct kl_qualification has[2];
	enum kl_requirement_reason reason;
	size_t alternative, qualification;
} nearest[] = {
	/* Neither is of a kind that is asked for. */
	{ { { .kind = "x" }, { .kind = "y" } }, KL_REQUIREMENT_NONE, 0, 2 },
	/* Too low for the one, of no scope for the last. */
	{ { { .kind = "x" }, { .kind = "survey", .level = "b" } },
	    KL_REQUIREMENT_LEVEL, 0, 1 },
	/* Expired is nearer than too low. */
	{ { { .kind = "survey", .level = "b" },
	      { .kind = "design", .level = "top", .period = { 1, 2 } } },
	    KL_REQUIREMENT_EXPIRED, 1, 1 },
	/* As near as each other: the first. */
	{ { { .kind = "design", .level = "first" },
	      { .kind = "survey", .level = "b" } },
	    KL_REQUIREMENT_LEVEL, 0, 1 },
	{ { { .kind = "survey", .level = "b" },
	      { .kind = "survey", .level = "c" } },
	    KL_REQUIREMENT_LEVEL, 0, 0 },
	/* Paused is not met, although nothing is nearer. */
	{ { { .kind = "survey",
		.level = "a",
		.period = { 1, TODAY },
		.state = KL_QUALIFICATION_PAUSED },
	      { .kind = "design", .level = "top", .period = { 1, TODAY } } },
	    KL_REQUIREMENT_MET, 1, 1 },
	/* Both meet it. */
	{ { { .kind = "design", .level = "top", .period = { 1, TODAY } },
	      { .kind = "survey", .level = "a", .period = { 1, TODAY } } },
	    KL_REQUIREMENT_MET, 0, 1 },
};

static void chooses_the_nearest(void **state)
{
	const struct kl_requirement requirement = { LIST(one_of) };
	const struct kl_requirements requirements = { &requirement, 1,
		LIST(ladders) };

	(void)state;
	for (size_t i = 0; i < COUNT(nearest); i++) {
		struct kl_requirement_match match;
		size_t unmet;

		assert_int_equal(kl_requirement_match(&requirements,
				     nearest[i].has, 2, TODAY, &match, &unmet),
		    KL_OK);
		assert_int_equal(match.reason, nearest[i].reason);
		assert_int_equal(match.alternative, nearest[i].alternative);
		assert_int_equal(match.qualification, nearest[i].qualification);
	}
}

/* Whatever is wrong is told at once. */
static void tells_every_requirement(void **state)
{
	static const struct kl_alternative asked[] = {
		{ "survey", "a", NULL },
		{ "survey", "b", NULL },
		{ "design", NULL, NULL },
	};
	static const struct kl_requirement list[] = {
		{ &asked[0], 1 },
		{ &asked[1], 1 },
		{ &asked[2], 1 },
	};
	const struct kl_requirements requirements = { LIST(list),
		LIST(ladders) };
	const struct kl_requirements none = { .count = 0 };
	struct kl_requirement_match matches[COUNT(list)];
	size_t unmet = 7;

	(void)state;
	assert_int_equal(kl_requirement_match(
			     &requirements, &good, 1, TODAY, matches, &unmet),
	    KL_OK);
	assert_int_equal(unmet, 2);
	assert_int_equal(matches[0].reason, KL_REQUIREMENT_LEVEL);
	assert_int_equal(matches[1].reason, KL_REQUIREMENT_MET);
	assert_int_equal(matches[2].reason, KL_REQUIREMENT_NONE);
	/* Nothing is there, and nothing is asked for. */
	assert_int_equal(kl_requirement_match(
			     &requirements, NULL, 0, TODAY, matches, &unmet),
	    KL_OK);
	assert_int_equal(unmet, 3);
	assert_int_equal(matches[1].reason, KL_REQUIREMENT_NONE);
	assert_int_equal(matches[1].qualification, 0);
	assert_int_equal(
	    kl_requirement_match(&none, &good, 1, TODAY, NULL, &unmet), KL_OK);
	assert_int_equal(unmet, 0);
}

/* --- errors and limits ---------------------------------------------------- */

static enum kl_result ask(struct kl_alternative alternatives[], size_t count,
    const struct kl_ladder steps[], size_t step_count)
{
	static const struct kl_alternative sound = { "survey", NULL, NULL };
	const struct kl_requirement list[] = { { &sound, 1 },
		{ alternatives, count } };
	const struct kl_requirements requirements = { LIST(list), steps,
		step_count };
	struct kl_requirement_match matches[COUNT(list)] = { { 7, 7, 7 } };
	size_t unmet = 7;
	enum kl_result result = kl_requirement_match(
	    &requirements, &good, 1, TODAY, matches, &unmet);

	assert_int_equal(unmet == 7, result != KL_OK);
	assert_int_equal(matches[0].alternative == 7, result != KL_OK);
	return result;
}

static void refuses_what_nobody_can_meet(void **state)
{
	static const struct kl_ladder twice[] = {
		{ "survey", LIST(survey_levels) },
		{ "survey", LIST(survey_levels) },
	};
	struct kl_alternative list[] = { { "survey", NULL, NULL },
		{ "survey", "a", NULL } };

	(void)state;
	assert_int_equal(ask(list, 2, LIST(ladders)), KL_OK);
	assert_int_equal(ask(list, 0, LIST(ladders)), KL_RANGE);
	list[1].level_min = "top";
	assert_int_equal(ask(list, 2, LIST(ladders)), KL_RANGE);
	list[1].level_min = "c";
	assert_int_equal(ask(list, 2, LIST(ladders)), KL_OK);
	assert_int_equal(ask(list, 2, ladders + 1, 1), KL_RANGE);
	assert_int_equal(ask(list, 2, twice, 1), KL_OK);
	assert_int_equal(ask(list, 2, twice, 2), KL_RANGE);
	assert_int_equal(ask(list, 1, twice, 2), KL_OK);
}

/* The last of as many alternatives, ladders and levels as there may be. */
static void counts_alternatives_and_ladders(void **state)
{
	static struct kl_alternative asked[KL_ALTERNATIVES_MAX + 1];
	static struct kl_ladder many[KL_LADDERS_MAX + 1];
	static const char *levels[KL_LEVELS_MAX + 1];

	(void)state;
	for (size_t i = 0; i <= KL_LEVELS_MAX; i++)
		levels[i] = "x";
	levels[KL_LEVELS_MAX - 1] = "last";
	for (size_t i = 0; i <= KL_LADDERS_MAX; i++)
		many[i] = (struct kl_ladder){ "x", levels, KL_LEVELS_MAX };
	many[KL_LADDERS_MAX - 1].kind = "survey";
	for (size_t i = 0; i <= KL_ALTERNATIVES_MAX; i++)
		asked[i] = (struct kl_alternative){ "survey", "last", NULL };
	assert_int_equal(
	    ask(asked, KL_ALTERNATIVES_MAX, many, KL_LADDERS_MAX), KL_OK);
	assert_int_equal(
	    ask(asked, KL_ALTERNATIVES_MAX + 1, many, KL_LADDERS_MAX),
	    KL_TOO_LARGE);
	assert_int_equal(
	    ask(asked, KL_ALTERNATIVES_MAX, many, KL_LADDERS_MAX + 1),
	    KL_TOO_LARGE);
	many[KL_LADDERS_MAX - 1].count++;
	assert_int_equal(ask(asked, KL_ALTERNATIVES_MAX, many, KL_LADDERS_MAX),
	    KL_TOO_LARGE);
}

static void counts_requirements_and_qualifications(void **state)
{
	static const struct kl_alternative asked = { "survey", NULL, NULL };
	static struct kl_requirement list[KL_REQUIREMENTS_MAX + 1];
	static struct kl_qualification has[KL_QUALIFICATIONS_MAX + 1];
	struct kl_requirements requirements = { list, KL_REQUIREMENTS_MAX, NULL,
		0 };
	struct kl_requirement_match matches[KL_REQUIREMENTS_MAX];
	size_t unmet = 7;

	(void)state;
	for (size_t i = 0; i <= KL_REQUIREMENTS_MAX; i++)
		list[i] = (struct kl_requirement){ &asked, 1 };
	for (size_t i = 0; i <= KL_QUALIFICATIONS_MAX; i++)
		has[i].kind = "x";
	has[KL_QUALIFICATIONS_MAX - 1] = good;
	assert_int_equal(kl_requirement_match(&requirements, has,
			     KL_QUALIFICATIONS_MAX + 1, TODAY, matches, &unmet),
	    KL_TOO_LARGE);
	requirements.count++;
	assert_int_equal(kl_requirement_match(&requirements, has,
			     KL_QUALIFICATIONS_MAX, TODAY, matches, &unmet),
	    KL_TOO_LARGE);
	assert_int_equal(unmet, 7);
	requirements.count--;
	assert_int_equal(kl_requirement_match(&requirements, has,
			     KL_QUALIFICATIONS_MAX, TODAY, matches, &unmet),
	    KL_OK);
	assert_int_equal(unmet, 0);
	assert_int_equal(matches[KL_REQUIREMENTS_MAX - 1].qualification,
	    KL_QUALIFICATIONS_MAX - 1);
}

static void has_words(void **state)
{
	(void)state;
	assert_null(kl_requirement_words(KL_REQUIREMENT_MET));
	for (int i = KL_REQUIREMENT_MET + 1; i < KL_REQUIREMENT_REASONS; i++)
		check_words(
		    kl_requirement_words((enum kl_requirement_reason)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_each_reason),
		cmocka_unit_test(tells_the_first_reason),
		cmocka_unit_test(asks_for_no_more_than_it_says),
		cmocka_unit_test(chooses_the_nearest),
		cmocka_unit_test(tells_every_requirement),
		cmocka_unit_test(refuses_what_nobody_can_meet),
		cmocka_unit_test(counts_alternatives_and_ladders),
		cmocka_unit_test(counts_requirements_and_qualifications),
		cmocka_unit_test(has_words),
	};

	return cmocka_run_group_tests_name("kl_requirement", tests, NULL, NULL);
}
