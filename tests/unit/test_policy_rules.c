/* What the members of a policy say must fit together. */
#include "policy.h"

enum { CHANGES_MAX = 3 };

#define DAYS(n)      "{\"n\":" #n ",\"unit\":\"day\"}"
#define WORKDAYS(n)  "{\"n\":" #n ",\"unit\":\"workday\"}"
#define HOURS(n)     "{\"n\":" #n ",\"unit\":\"hour\"}"
#define FEN_MAX      "9007199254740991"
#define TEMPLATE(of) "{\"alphabet\":\"" of "\",\"length\":5}"
#define P8           "\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\""

/* Some changes of the default policy, and all that is wrong then. */
struct rule {
	struct change changes[CHANGES_MAX];
	const char *faults;
};

static void assert_rules(const struct rule rules[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		json_auto_t *profile = changed(rules[i].changes, CHANGES_MAX);

		assert_faults(profile, rules[i].faults);
	}
}

#define ASSERT_RULES(rules) assert_rules(rules, sizeof(rules) / sizeof(*rules))

/* --- the draw ------------------------------------------------------------- */

#define REQUIRED            "draw.required_parties"
#define OPTIONAL            "draw.optional_parties"

static void wants_parties_that_can_hold_a_draw(void **state)
{
	static const char fault[] = "form /draw/required_parties";
	static const struct rule rules[] = {
		{ { { REQUIRED, "[\"supervisor\",\"operator\"]" } }, "" },
		{ { { REQUIRED, "[\"operator\"]" } }, fault },
		{ { { REQUIRED, "[\"supervisor\",\"notary\"]" } }, fault },
		{ { { REQUIRED, "[\"operator\",\"Supervisor\"]" } }, fault },
		{ { { REQUIRED, "[\"operator\",\"9\"]" } }, fault },
		{ { { REQUIRED, "[\"operator\",\"owner\"]" } }, fault },
		{ { { OPTIONAL, "[\"supervisor\"]" } }, fault },
		{ { { OPTIONAL, "[\"a.b\"]" } }, fault },
		{ { { OPTIONAL, "[" P8 ",\"i\",\"j\",\"k\",\"l\",\"m\","
				"\"entrants\"]" } },
		    "" },
		{ { { OPTIONAL, "[" P8 ",\"i\",\"j\",\"k\",\"l\",\"m\",\"n\","
				"\"entrants\"]" } },
		    fault },
	};

	(void)state;
	ASSERT_RULES(rules);
}

static void wants_an_attester_and_a_template_for_public(void **state)
{
	static const char fault[] = "form /draw/beacons";
	static const char two[] = "[\"operator\",\"owner\"]";
	static const char dry[] = "[\"drand\",\"none\"]";
	static const struct rule rules[] = {
		{ { { REQUIRED, two }, { OPTIONAL, "[\"entrants\"]" } }, "" },
		{ { { REQUIRED, two }, { OPTIONAL, "[\"supervisor\"]" } }, "" },
		{ { { REQUIRED, "[\"operator\",\"entrants\"]" },
		      { OPTIONAL, "[]" } },
		    "" },
		{ { { REQUIRED, two }, { OPTIONAL, "[\"notary\"]" } }, fault },
		{ { { REQUIRED, two }, { OPTIONAL, "[]" },
		      { "draw.beacons", dry } },
		    "" },
		{ { { "draw.templates", "{}" } }, "form /draw/templates" },
		{ { { "draw.templates", "{}" }, { "draw.beacons", dry } }, "" },
		{ { { "draw.templates",
		      "{\"a\":" TEMPLATE("00") ",\"b\":" TEMPLATE(
			  "01") ",\"c\":7}" } },
		    "form /draw/templates, form /draw/templates" },
	};

	(void)state;
	ASSERT_RULES(rules);
}

static void wants_defaults_that_are_allowed(void **state)
{
	static const char beacon[] = "form /draw/beacon_default";
	static const struct rule rules[] = {
		{ { { "draw.beacons", "[\"none\"]" } }, beacon },
		{ { { "draw.beacons", "[\"none\",\"nist\"]" },
		      { "draw.beacon_default", "\"nist\"" } },
		    "" },
		{ { { "draw.beacons", "[]" } }, beacon },
		{ { { "draw.delay_min_s", "300" } }, "" },
		{ { { "draw.delay_min_s", "301" } }, "bounds /draw/delay_s" },
		{ { { "draw.delay_s", "29" } }, "bounds /draw/delay_s" },
		{ { { "draw.alternates_max", "2" } }, "" },
		{ { { "draw.alternates_max", "1" } },
		    "bounds /draw/alternates" },
	};

	(void)state;
	ASSERT_RULES(rules);
}

/* --- the steps ------------------------------------------------------------ */

static void wants_times_within_each_other(void **state)
{
	static const struct rule rules[] = {
		{ { { "notice.signup", HOURS(24) } }, "" },
		{ { { "notice.signup", HOURS(23) } }, "bounds /notice/signup" },
		{ { { "notice.signup_min", HOURS(100) } }, "" }, /* 3 · 7/5 */
		{ { { "notice.signup_min", HOURS(101) } },
		    "bounds /notice/signup" },
		{ { { "result.confirm", WORKDAYS(21) } }, "" },
		{ { { "result.confirm", WORKDAYS(22) } },
		    "bounds /result/confirm" },
		{ { { "result.confirm", DAYS(366) },
		      { "result.contract_max", DAYS(366) } },
		    "" },
		{ { { "result.contract_max", DAYS(10) } }, "" },
		{ { { "result.contract_max", DAYS(9) } },
		    "bounds /result/contract" },
		{ { { "result.contract", DAYS(366) },
		      { "result.contract_max", DAYS(366) } },
		    "" },
		{ { { "result.contract_max", DAYS(1) } },
		    "bounds /result/confirm, bounds /result/contract" },
		{ { { "payment.max", DAYS(30) } }, "" },
		{ { { "payment.max", DAYS(29) } }, "bounds /payment/due" },
		{ { { "payment.max", WORKDAYS(22) } }, "" },
	};

	(void)state;
	ASSERT_RULES(rules);
}

static void wants_direct_choices_below_the_limits(void **state)
{
	static const char direct[] = "gate.direct_max_fen";
	static const char procurement[] = "gate.procurement_limit_fen";
	static const char tender[] = "gate.tender_limit_fen";
	static const char fault[] = "bounds /gate/direct_max_fen";
	static const struct rule rules[] = {
		{ { { direct, "50000000" } }, "" },
		{ { { direct, "50000001" } }, fault },
		{ { { direct, "100000000" }, { procurement, "100000000" } },
		    "" },
		{ { { direct, "100000001" }, { procurement, "100000001" } },
		    fault },
		{ { { direct, "100000001" } }, fault }, /* once */
		{ { { direct, FEN_MAX }, { procurement, FEN_MAX },
		      { tender, FEN_MAX } },
		    "" },
		{ { { procurement, FEN_MAX } }, "" }, /* above a tender's */
	};

	(void)state;
	ASSERT_RULES(rules);
}

#define WAYS(two, one, none)                                                   \
	"{\"two\":\"" two "\",\"one\":\"" one "\",\"none\":\"" none "\"}"
#define DRAW   "draw_with_reason"
#define DIRECT "direct_with_second_approval"

static void wants_a_way_that_can_be_gone(void **state)
{
	static const char fault[] = "form /notice/too_few";
	static const struct rule rules[] = {
		{ { { "notice.too_few", WAYS(DRAW, "failed", "failed") } },
		    "" },
		{ { { "notice.too_few", WAYS("failed", DIRECT, "failed") } },
		    "" },
		{ { { "notice.too_few", WAYS(DIRECT, "failed", "failed") } },
		    fault },
		{ { { "notice.too_few", WAYS("failed", DRAW, "failed") } },
		    fault },
		{ { { "notice.too_few", WAYS("failed", "failed", DIRECT) } },
		    fault },
		{ { { "notice.too_few", WAYS(DIRECT, DRAW, DRAW) } }, fault },
	};

	(void)state;
	ASSERT_RULES(rules);
}

static void wants_pauses_of_the_list(void **state)
{
	static const char days[] = "service.pause_max_days";
	static const char bases[] = "service.pause_basis";
	static const char fault[] = "form /service/pause_max_days";
	static const struct rule rules[] = {
		{ { { days, "{\"default\":60,\"litigation\":1}" } }, "" },
		{ { { days, "{\"default\":60,\"holiday\":1}" } }, fault },
		{ { { days, "{\"default\":60,\"holiday\":1}" },
		      { bases, "[\"holiday\"]" } },
		    "" },
		{ { { bases, "[\"season\"]" } }, fault },
		{ { { days, "{\"season\":60}" } }, fault },
		{ { { days, "{\"default\":0}" }, { bases, "[]" } }, "" },
	};

	(void)state;
	ASSERT_RULES(rules);
}

static void wants_levels_that_rise(void **state)
{
	static const char fault[] = "form /levels_percent";
	static const struct rule rules[] = {
		{ { { "levels_percent", "[1,2,3]" } }, "" },
		{ { { "levels_percent", "[70,70,120]" } }, fault },
		{ { { "levels_percent", "[70,120,120]" } }, fault },
		{ { { "levels_percent", "[90,70,120]" } }, fault },
		{ { { "levels_percent", "[70,90]" } }, fault },
		{ { { "levels_percent", "[70,90,100,120]" } }, fault },
		{ { { "levels_percent", "[]" } }, fault },
	};

	(void)state;
	ASSERT_RULES(rules);
}

/* --- credit --------------------------------------------------------------- */

#define WEIGHTS(time, owner)                                                   \
	"{\"time\":" #time ",\"quality\":30,\"integrity\":20,\"fee\":10,"      \
	"\"owner\":" #owner "}"
#define GRADES(aaa, aa, a, b)                                                  \
	"{\"AAA\":" #aaa ",\"AA\":" #aa ",\"A\":" #a ",\"B\":" #b "}"

static void wants_credit_that_adds_up(void **state)
{
	static const char weights[] = "form /credit/weights";
	static const char grades[] = "form /credit/grades";
	static const char excluded[] = "form /credit/draw_excluded";
	static const struct rule rules[] = {
		{ { { "credit.weights", WEIGHTS(40, 0) } }, "" },
		{ { { "credit.weights", WEIGHTS(40, 1) } }, weights },
		{ { { "credit.weights", WEIGHTS(39, 0) } }, weights },
		{ { { "credit.grades", GRADES(4, 3, 2, 1) } }, "" },
		{ { { "credit.grades", GRADES(3, 3, 2, 1) } }, grades },
		{ { { "credit.grades", GRADES(4, 2, 2, 1) } }, grades },
		{ { { "credit.grades", GRADES(4, 3, 2, 2) } }, grades },
		{ { { "credit.grades", GRADES(60, 75, 85, 95) } }, grades },
		{ { { "credit.draw_excluded",
		      "[\"AAA\",\"AA\",\"A\",\"B\",\"C\",\"D\"]" } },
		    "" },
		{ { { "credit.draw_excluded", "[\"C\"]" } }, excluded },
		{ { { "credit.draw_excluded", "[\"D\",\"B\"]" } }, excluded },
		{ { { "credit.draw_excluded", "[\"AAA\"]" } }, excluded },
	};

	(void)state;
	ASSERT_RULES(rules);
}

/* --- what the table does not have ----------------------------------------- */

#define LONG "0123456789012345678901234567890123456789012345678901234567890123"

static void knows_no_other_members(void **state)
{
	static const char fault[] = "unknown-member ";
	static const struct {
		const char *in, *name, *faults;
	} cases[] = {
		{ NULL, "hello", fault },
		{ NULL, "", fault },
		{ NULL, "draw.quorum", fault },
		{ NULL, "dra", fault },
		{ NULL, LONG, fault },
		{ "draw", "qourum", fault },
		{ "draw", "commit.n", fault },
		{ "draw", "", fault },
		{ "gate", LONG, fault },
		{ "payment.due", "hello", "form /payment/due" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_auto_t *profile = vectors_load(POLICY);
		json_t *in =
		    cases[i].in ? kl_policy_at(profile, cases[i].in) : profile;

		json_object_set_new(in, cases[i].name, json_integer(0));
		assert_faults(profile, cases[i].faults);
	}
}

/* A folder that is none is unknown, and its members are missing. */
static void misses_what_was_in_a_folder(void **state)
{
	json_auto_t *profile = vectors_load(POLICY);

	(void)state;
	put(profile, "payment", "7");
	assert_faults(
	    profile, "unknown-member , form /payment/due, form /payment/max");
	put(profile, "payment", NULL);
	assert_faults(profile, "form /payment/due, form /payment/max");
	assert_int_equal(kl_policy_check(NULL, NULL, 0), KL_POLICY_MEMBERS);
}

/* --- all at once ---------------------------------------------------------- */

static void tells_everything_at_once(void **state)
{
	json_auto_t *profile = vectors_load(POLICY);
	struct kl_policy_fault faults[3] = { 0 };

	(void)state;
	put(profile, "hello", "1");
	put(profile, "draw.quorum", "17");
	put(profile, "draw.delay_min_s", "\"x\"");
	put(profile, "draw.delay_s", "0"); /* below what nobody can read */
	put(profile, "draw.alternates_max", "0");
	put(profile, "payment.due", DAYS(31)); /* too long anyway */
	put(profile, "payment.max", DAYS(1));
	put(profile, "two_person_hours", "0");
	assert_faults(profile,
	    "unknown-member , bounds /draw/delay_min_s, bounds /draw/quorum, "
	    "bounds /payment/due, bounds /two_person_hours, "
	    "bounds /draw/alternates");
	assert_int_equal(kl_policy_check(profile, NULL, 0), 6);
	assert_int_equal(kl_policy_check(profile, faults, 2), 6);
	assert_string_equal(faults[1].pointer, "/draw/delay_min_s");
	assert_null(faults[2].code);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wants_parties_that_can_hold_a_draw),
		cmocka_unit_test(wants_an_attester_and_a_template_for_public),
		cmocka_unit_test(wants_defaults_that_are_allowed),
		cmocka_unit_test(wants_times_within_each_other),
		cmocka_unit_test(wants_direct_choices_below_the_limits),
		cmocka_unit_test(wants_a_way_that_can_be_gone),
		cmocka_unit_test(wants_pauses_of_the_list),
		cmocka_unit_test(wants_levels_that_rise),
		cmocka_unit_test(wants_credit_that_adds_up),
		cmocka_unit_test(knows_no_other_members),
		cmocka_unit_test(misses_what_was_in_a_folder),
		cmocka_unit_test(tells_everything_at_once),
	};

	return cmocka_run_group_tests_name(
	    "kl_policy rules", tests, NULL, NULL);
}
