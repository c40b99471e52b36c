/* What a policy changes of the one before it, and which way. */
#include "policy.h"

enum { CHANGES_MAX = 3 };

#define DAYS(n)     "{\"n\":" #n ",\"unit\":\"day\"}"
#define WORKDAYS(n) "{\"n\":" #n ",\"unit\":\"workday\"}"
#define HOURS(n)    "{\"n\":" #n ",\"unit\":\"hour\"}"

/* Of all others less is stricter. */
static const char *const stricter_when_more[] = { "draw.delay_min_s",
	"draw.min_entrants", "draw.required_parties", "draw.quorum",
	"draw.objection", "entry.publicity", "entry.staff_social_months",
	"entry.clean_years", "entry.reentry_years", "notice.signup_min",
	"gate.split_window_months", "result.publicity",
	"service.extension_ask_before", "credit.grades", "credit.draw_excluded",
	"sanction.refuse_award_months_min", "market.suppliers_min" };
static const char *const neither[] = { "region", "version", "effective_from",
	"draw.beacon_default", "draw.delay_s", "draw.optional_parties",
	"draw.alternates", "draw.withheld", "entry.expiry_reminders_days",
	"notice.signup", "notice.extend_once", "notice.too_few",
	"evaluation.silent", "credit.weights", "market.reference",
	"sanction.suspend_months" };

static bool is_among(const char *path, const char *const paths[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(paths[i], path) == 0)
			return true;
	return false;
}

static void knows_which_way_is_stricter(void **state)
{
	(void)state;
	for (size_t i = 0; i < KL_POLICY_MEMBERS; i++) {
		const struct kl_policy_member *member = kl_policy_member(i);
		enum kl_policy_stricter expected = KL_POLICY_LOWER;

		if (is_among(member->path, stricter_when_more,
			sizeof(stricter_when_more) /
			    sizeof(*stricter_when_more)))
			expected = KL_POLICY_HIGHER;
		if (is_among(member->path, neither,
			sizeof(neither) / sizeof(*neither)))
			expected = KL_POLICY_NEITHER;
		if (member->stricter != expected)
			fail_msg("%s", member->path);
	}
}

/* The default policy, with one member before and after. */
struct step {
	const char *path, *before, *after;
	enum kl_policy_effect effect;
};

static enum kl_policy_effect reverse(enum kl_policy_effect effect)
{
	switch (effect) {
	case KL_POLICY_CHANGES:
		return KL_POLICY_CHANGES;
	case KL_POLICY_TIGHTENS:
		return KL_POLICY_LOOSENS;
	case KL_POLICY_LOOSENS:
		return KL_POLICY_TIGHTENS;
	}
	return KL_POLICY_CHANGES;
}

static void assert_change(const struct step *step, const json_t *before,
    const json_t *after, enum kl_policy_effect effect)
{
	struct kl_policy_change changes[KL_POLICY_MEMBERS];

	assert_int_equal(kl_policy_diff(before, after, changes), 1);
	assert_string_equal(changes[0].member->path, step->path);
	assert_ptr_equal(changes[0].before, kl_policy_at(before, step->path));
	assert_ptr_equal(changes[0].after, kl_policy_at(after, step->path));
	if (changes[0].effect != effect)
		fail_msg("%s from %s to %s: %s", step->path, step->before,
		    step->after, kl_policy_effect_word(changes[0].effect));
}

static void assert_steps(const struct step steps[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		json_auto_t *before = vectors_load(POLICY);
		json_auto_t *after = vectors_load(POLICY);

		put(before, steps[i].path, steps[i].before);
		put(after, steps[i].path, steps[i].after);
		assert_change(&steps[i], before, after, steps[i].effect);
		assert_change(
		    &steps[i], after, before, reverse(steps[i].effect));
	}
}

#define ASSERT_STEPS(steps) assert_steps(steps, sizeof(steps) / sizeof(*steps))

static void tells_looser_from_stricter(void **state)
{
	static const struct step steps[] = {
		{ "gate.tender_limit_fen", "1", "2", KL_POLICY_LOOSENS },
		{ "draw.min_entrants", "3", "2", KL_POLICY_LOOSENS },
		{ "draw.quorum", "0", "16", KL_POLICY_TIGHTENS },
		{ "draw.delay_s", "300", "301", KL_POLICY_CHANGES },
		{ "entry.deemed_pass", "false", "true", KL_POLICY_LOOSENS },
		{ "draw.level_c_reason", "null", "\"a\"", KL_POLICY_LOOSENS },
		{ "draw.level_c_reason", "\"a\"", "\"b\"", KL_POLICY_CHANGES },
		{ "draw.withheld", "\"void\"", "\"continue\"",
		    KL_POLICY_CHANGES },
		{ "version", "\"1\"", "\"2\"", KL_POLICY_CHANGES },
		{ "effective_from", "\"2026-01-01\"", "\"2027-01-01\"",
		    KL_POLICY_CHANGES },
	};

	(void)state;
	ASSERT_STEPS(steps);
}

static void compares_times(void **state)
{
	static const struct step steps[] = {
		{ "payment.due", DAYS(1), DAYS(2), KL_POLICY_LOOSENS },
		{ "payment.due", DAYS(1), HOURS(24), KL_POLICY_CHANGES },
		{ "payment.due", DAYS(1), HOURS(25), KL_POLICY_LOOSENS },
		{ "payment.due", WORKDAYS(1), WORKDAYS(2), KL_POLICY_LOOSENS },
		{ "payment.due", DAYS(5), WORKDAYS(5), KL_POLICY_LOOSENS },
		{ "payment.due", DAYS(5), WORKDAYS(6), KL_POLICY_LOOSENS },
		{ "payment.due", DAYS(6), WORKDAYS(5), KL_POLICY_CHANGES },
		{ "payment.due", DAYS(0), WORKDAYS(0), KL_POLICY_CHANGES },
		{ "payment.due", DAYS(1), WORKDAYS(0), KL_POLICY_TIGHTENS },
		{ "draw.commit", HOURS(2), HOURS(1), KL_POLICY_TIGHTENS },
		{ "result.publicity", DAYS(3), DAYS(4), KL_POLICY_TIGHTENS },
	};

	(void)state;
	ASSERT_STEPS(steps);
}

static void compares_sets_and_lists(void **state)
{
	static const struct step steps[] = {
		{ "draw.beacons", "[\"drand\"]", "[\"none\",\"drand\"]",
		    KL_POLICY_LOOSENS },
		{ "draw.beacons", "[\"drand\",\"nist\"]",
		    "[\"drand\",\"none\"]", KL_POLICY_CHANGES },
		{ "draw.beacons", "[\"drand\",\"nist\"]",
		    "[\"nist\",\"drand\"]", KL_POLICY_CHANGES },
		{ "draw.required_parties", "[\"operator\",\"a\"]",
		    "[\"operator\",\"a\",\"b\"]", KL_POLICY_TIGHTENS },
		{ "credit.draw_excluded", "[\"D\"]", "[\"D\",\"C\"]",
		    KL_POLICY_TIGHTENS },
		{ "levels_percent", "[70,90,120]", "[60,90,110]",
		    KL_POLICY_TIGHTENS },
		{ "levels_percent", "[70,90,120]", "[60,90,130]",
		    KL_POLICY_CHANGES },
		{ "levels_percent", "[70,90,120]", "[60,90]",
		    KL_POLICY_CHANGES },
	};

	(void)state;
	ASSERT_STEPS(steps);
}

#define GRADES(aaa, b)   "{\"AAA\":" #aaa ",\"AA\":85,\"A\":75,\"B\":" #b "}"
#define TEMPLATE(length) "{\"alphabet\":\"01\",\"length\":" #length "}"

static void compares_maps(void **state)
{
	static const char days[] = "service.pause_max_days";
	static const char templates[] = "draw.templates";
	static const struct step steps[] = {
		{ "credit.grades", GRADES(95, 60), GRADES(96, 60),
		    KL_POLICY_TIGHTENS },
		{ "credit.grades", GRADES(95, 60), GRADES(96, 59),
		    KL_POLICY_CHANGES },
		{ days, "{\"default\":60}", "{\"default\":61}",
		    KL_POLICY_LOOSENS },
		{ days, "{\"default\":60}", "{\"default\":60,\"season\":61}",
		    KL_POLICY_LOOSENS },
		{ days, "{\"default\":60}", "{\"default\":60,\"season\":60}",
		    KL_POLICY_CHANGES },
		{ days, "{\"default\":60,\"season\":70}",
		    "{\"default\":65,\"season\":70}", KL_POLICY_LOOSENS },
		{ days, "{\"default\":60,\"season\":70}", "{\"default\":65}",
		    KL_POLICY_CHANGES },
		{ days, "{\"season\":70}", "{\"default\":60,\"season\":80}",
		    KL_POLICY_CHANGES },
		{ templates, "{}", "{\"a\":" TEMPLATE(9) "}",
		    KL_POLICY_LOOSENS },
		{ templates, "{\"a\":" TEMPLATE(9) "}",
		    "{\"a\":" TEMPLATE(8) ",\"b\":" TEMPLATE(9) "}",
		    KL_POLICY_CHANGES },
		{ "notice.too_few", "{}", "{\"two\":\"failed\"}",
		    KL_POLICY_CHANGES },
	};

	(void)state;
	ASSERT_STEPS(steps);
}

/* What nobody can read is neither; nor is what was not there. */
static void says_no_more_than_it_knows(void **state)
{
	static const struct step steps[] = {
		{ "draw.quorum", "1", "17", KL_POLICY_CHANGES },
		{ "draw.quorum", "1", "\"1\"", KL_POLICY_CHANGES },
		{ "payment.due", DAYS(1), "{\"n\":2}", KL_POLICY_CHANGES },
		{ "draw.beacons", "[\"drand\"]", "[\"drand\",7]",
		    KL_POLICY_CHANGES },
	};
	struct kl_policy_change changes[KL_POLICY_MEMBERS];
	json_auto_t *before = vectors_load(POLICY);
	json_auto_t *after = vectors_load(POLICY);

	(void)state;
	ASSERT_STEPS(steps);
	put(before, "draw.quorum", NULL);
	assert_int_equal(kl_policy_diff(before, after, changes), 1);
	assert_null(changes[0].before);
	assert_int_equal(json_integer_value(changes[0].after), 1);
	assert_int_equal(changes[0].effect, KL_POLICY_CHANGES);
	assert_int_equal(
	    kl_policy_diff(NULL, after, changes), KL_POLICY_MEMBERS);
	assert_string_equal(changes[0].member->path, "region");
	assert_int_equal(kl_policy_diff(after, after, changes), 0);
}

static void tells_changes_in_the_order_of_the_table(void **state)
{
	static const struct change later[] = { { "two_person_hours", "48" },
		{ "draw.quorum", "2" }, { "result.filing", DAYS(1) } };
	static const char *const paths[] = { "draw.quorum", "result.filing",
		"two_person_hours" };
	struct kl_policy_change changes[KL_POLICY_MEMBERS];
	json_auto_t *before = vectors_load(POLICY);
	json_auto_t *after = changed(later, CHANGES_MAX);

	(void)state;
	assert_int_equal(kl_policy_diff(before, after, changes), CHANGES_MAX);
	for (size_t i = 0; i < CHANGES_MAX; i++)
		assert_string_equal(changes[i].member->path, paths[i]);
}

static void has_words_for_every_effect(void **state)
{
	(void)state;
	for (int i = KL_POLICY_CHANGES; i <= KL_POLICY_LOOSENS; i++) {
		enum kl_policy_effect effect = (enum kl_policy_effect)i;
		struct kl_policy_words words = kl_policy_effect_words(effect);

		assert_words(&words, kl_policy_effect_word(effect));
	}
	assert_string_equal(
	    kl_policy_effect_word(KL_POLICY_LOOSENS), "loosens");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_which_way_is_stricter),
		cmocka_unit_test(tells_looser_from_stricter),
		cmocka_unit_test(compares_times),
		cmocka_unit_test(compares_sets_and_lists),
		cmocka_unit_test(compares_maps),
		cmocka_unit_test(says_no_more_than_it_knows),
		cmocka_unit_test(tells_changes_in_the_order_of_the_table),
		cmocka_unit_test(has_words_for_every_effect),
	};

	return cmocka_run_group_tests_name("kl_policy diff", tests, NULL, NULL);
}
