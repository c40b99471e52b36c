/* The table of a policy, and each of its members at its bounds and past them.
 */
#include "policy.h"

#define R8  "rrrrrrrr"
#define R16 R8 R8
#define R31 R16 R8 "rrrrrrr"
#define W8  "\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\""
#define REFERENCES                                                             \
	"\"item\":1,\"visit\":1,\"sample\":1,\"point\":1,\"person-day\":1,"    \
	"\"square-metre\":1,\"mu\":1,\"kilometre\":1"
#define W16 W8 ",\"i\",\"j\",\"k\",\"l\",\"m\",\"n\",\"o\",\"p\""

/* --- the table ------------------------------------------------------------ */

static bool is_numeric(const struct kl_policy_member *member)
{
	return member->type == KL_POLICY_NUMBER ||
	       member->type == KL_POLICY_NUMBERS ||
	       member->type == KL_POLICY_DURATION ||
	       member->type == KL_POLICY_CLOCKED ||
	       member->type == KL_POLICY_TEMPLATES ||
	       (member->type == KL_POLICY_OBJECT && !member->values);
}

static void tells_all_of_each_member(void **state)
{
	(void)state;
	for (size_t i = 0; i < KL_POLICY_MEMBERS; i++) {
		const struct kl_policy_member *member = kl_policy_member(i);
		struct kl_policy_words unit =
		    kl_policy_unit_words(member->unit);

		assert_ptr_equal(kl_policy_member_named(member->path), member);
		assert_words(&member->name, member->path);
		assert_words(&member->sentence, member->path);
		assert_words(&member->source, member->path);
		if (is_numeric(member) != (member->unit != KL_POLICY_NO_UNIT))
			fail_msg("%s: its unit", member->path);
		if (is_numeric(member)) {
			assert_words(&unit, member->path);
			assert_true(kl_policy_unit_word(member->unit)[0]);
			assert_true(member->minimum < member->maximum);
		}
		assert_true(kl_policy_type_word(member->type)[0]);
	}
	assert_null(kl_policy_member_named("draw"));
	assert_null(kl_policy_member_named("draw.qourum"));
}

/* Every word that the default policy has in a list or as a name. */
static void assert_term(const struct kl_policy_term terms[], const char *word)
{
	for (; terms->word; terms++)
		if (strcmp(terms->word, word) == 0) {
			assert_words(&terms->what, word);
			return;
		}
	fail_msg("%s has no words", word);
}

static void tells_what_each_word_means(void **state)
{
	json_auto_t *profile = vectors_load(POLICY);

	(void)state;
	for (size_t i = 0; i < KL_POLICY_MEMBERS; i++) {
		const struct kl_policy_member *member = kl_policy_member(i);
		json_t *value = kl_policy_at(profile, member->path), *item;
		const char *name;
		size_t at;

		if (!member->terms)
			continue;
		if (json_is_string(value))
			assert_term(member->terms, json_string_value(value));
		json_array_foreach (value, at, item)
			assert_term(member->terms, json_string_value(item));
		json_object_foreach (value, name, item) {
			assert_term(member->terms, name);
			if (member->values)
				assert_term(
				    member->values, json_string_value(item));
		}
	}
}

static size_t count_members(const json_t *folder, const char *in)
{
	size_t count = 0;
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)folder, name, value) {
		char path[KL_POLICY_POINTER_SIZE];

		snprintf(
		    path, sizeof(path), "%s%s%s", in, in[0] ? "." : "", name);
		if (kl_policy_member_named(path))
			count++;
		else if (json_is_object(value))
			count += count_members(value, path);
		else
			fail_msg("%s is not in the table", path);
	}
	return count;
}

static void has_the_members_of_the_default_policy(void **state)
{
	json_auto_t *profile = vectors_load(POLICY);

	(void)state;
	assert_int_equal(count_members(profile, ""), KL_POLICY_MEMBERS);
	for (size_t i = 0; i < KL_POLICY_MEMBERS; i++)
		if (!kl_policy_at(profile, kl_policy_member(i)->path))
			fail_msg("%s is missing", kl_policy_member(i)->path);
	assert_null(kl_policy_at(profile, "draw.beacons.drand"));
}

/* --- what is wrong -------------------------------------------------------- */

static void pointer_of(const char *path, char pointer[KL_POLICY_POINTER_SIZE])
{
	snprintf(pointer, KL_POLICY_POINTER_SIZE, "/%s", path);
	for (char *at = pointer; *at; at++)
		if (*at == '.')
			*at = '/';
}

/* Whatever else a value at its bound may contradict, it is good by itself. */
static void assert_good(const char *path, json_t *value)
{
	json_auto_t *profile = vectors_load(POLICY);
	struct kl_policy_fault faults[FAULTS_MAX];
	char pointer[KL_POLICY_POINTER_SIZE];
	size_t count;

	pointer_of(path, pointer);
	put_value(profile, path, json_incref(value));
	count = kl_policy_check(profile, faults, FAULTS_MAX);
	for (size_t i = 0; i < count; i++)
		if (strcmp(faults[i].pointer, pointer) == 0)
			fail_msg("%s: %s", path, faults[i].what.english);
}

static void assert_bad(const char *path, const char *code, json_t *value)
{
	json_auto_t *profile = vectors_load(POLICY);
	char pointer[KL_POLICY_POINTER_SIZE], expected[128];

	pointer_of(path, pointer);
	snprintf(expected, sizeof(expected), "%s %s", code, pointer);
	put_value(profile, path, json_incref(value));
	assert_faults(profile, expected);
}

/* --- each member ---------------------------------------------------------- */

/* JSON arrays: values at its bounds, of another form, and one past them. */
struct bounds {
	const char *path, *good, *ill, *past;
};

#define S(n)        "{\"n\":" #n ",\"unit\":\"second\"}"
#define HOURS(n)    "{\"n\":" #n ",\"unit\":\"hour\"}"
#define DAYS(n)     "{\"n\":" #n ",\"unit\":\"day\"}"
#define WORKDAYS(n) "{\"n\":" #n ",\"unit\":\"workday\"}"
#define NO_DURATIONS                                                           \
	"[2,null,[],{},{\"n\":1},{\"unit\":\"day\"}," S(-1) "," S(             \
	    1.5) ","                                                           \
		 "{\"n\":1,\"unit\":\"week\"},{\"n\":1,\"unit\":\"month\"},"   \
		 "{\"n\":1,\"unit\":\"\"},{\"n\":1,\"unit\":7},"               \
		 "{\"n\":1,\"unit\":\"day\",\"of\":1}," S(31622401) "]"
#define DURATION(path)                                                         \
	{                                                                      \
		path,                                                          \
		    "[" S(0) "," S(31622400) "," HOURS(8784) "," DAYS(         \
			366) "," WORKDAYS(0) "," WORKDAYS(261) "]",            \
		    NO_DURATIONS,                                              \
		    "[" HOURS(8785) "," DAYS(367) "," WORKDAYS(262) "]"        \
	}
#define CLOCKED(path, least, less)                                             \
	{                                                                      \
		path, "[" S(least) "," S(31622400) "," DAYS(366) "]",          \
		    "[null," less S(31622401) "," HOURS(8785) "," DAYS(        \
			367) "," WORKDAYS(1) "]",                              \
		    "[]"                                                       \
	}
#define UP_TO(path, most, more)                                                \
	{                                                                      \
		path, "[0," #most "]", "[]",                                   \
		    "[-1," #more ",\"3\",1.5,null,[1]]"                        \
	}
#define FROM_1(path, most, more)                                               \
	{                                                                      \
		path, "[1," #most "]", "[]", "[0," #more ",\"3\",1.5]"         \
	}
#define MONEY(path) UP_TO(path, 9007199254740991, 9007199254740992)

static const struct bounds members[] = {
	{ "region", "[\"" R31 "r\",\"r\",\"a.b:c_d-E\"]",
	    "[\"" R31 "rr\",\"\",\"-\",\"a b\",\"\\u00e4\",7,null]", "[]" },
	{ "version", "[\"" R31 "\",\"1\"]", "[\"" R31 "r\",\"\",2026]", "[]" },
	{ "effective_from", "[\"2028-02-29\",\"2010-01-01\",\"2099-12-31\"]",
	    "[\"2027-02-29\",\"2027-1-1\",\"2027-01-01 "
	    "\",\"2009-12-31\",\"2100-01-01\",\"\",20270101]",
	    "[]" },
	{ "draw.beacons", "[[\"drand\"],[\"none\",\"drand\"]]",
	    "[[\"drand\",\"drand\"],[\"moon\"],[7],\"drand\",{},null]", "[]" },
	{ "draw.beacon_default", "[\"nist\",\"none\"]",
	    "[\"moon\",\"\",null,[\"drand\"]]", "[]" },
	{ "draw.level_c_reason", "[null,\"s\"]", "[\"\",7,[],false]", "[]" },
	{ "draw.required_parties", "[[\"operator\",\"a\"]]",
	    "[[\"operator\",\"a\",\"a\"],[\"operator\",7],\"operator\",{}]",
	    "[]" },
	{ "draw.optional_parties", "[[],[\"notary\"]]",
	    "[[\"a\",\"a\"],[\"a b\"],null]", "[]" },
	UP_TO("draw.delay_min_s", 2592000, 2592001),
	{ "draw.delay_s", "[30,2592000]", "[]", "[2592001,-1,\"3\",1.5]" },
	FROM_1("draw.min_entrants", 100000, 100001),
	FROM_1("draw.weight_max", 1000, 1001),
	{ "draw.alternates", "[0,100000]", "[]", "[-1,100001]" },
	UP_TO("draw.alternates_max", 100000, 100001),
	{ "draw.withheld", "[\"continue\",\"void\"]", "[\"stop\",null]", "[]" },
	UP_TO("draw.quorum", 16, 17),
	CLOCKED("draw.objection", 1, S(0) ","),
	CLOCKED("draw.commit", 1, S(0) ","),
	CLOCKED("draw.reveal", 1, S(0) ","),
	{ "draw.templates",
	    "[{\"a\":{\"alphabet\":\"!\",\"length\":1}},"
	    "{\"a\":{\"alphabet\":\"01~\",\"length\":255}}]",
	    "[[],null,{\"a\":{\"alphabet\":\"01\",\"length\":0}},"
	    "{\"a\":{\"alphabet\":\"01\",\"length\":256}},"
	    "{\"a\":{\"alphabet\":\"\",\"length\":1}},"
	    "{\"a\":{\"alphabet\":\"010\",\"length\":1}},"
	    "{\"a\":{\"alphabet\":\"0 1\",\"length\":1}},"
	    "{\"a\":{\"alphabet\":\"0\\u007f\",\"length\":1}},"
	    "{\"a\":{\"alphabet\":\"\\u00e4\",\"length\":1}},"
	    "{\"a\":{\"alphabet\":\"01\",\"length\":\"1\"}},"
	    "{\"a\":{\"alphabet\":\"01\",\"length\":1,\"of\":1}},"
	    "{\"a\":{\"length\":1}},{\"a\":7},"
	    "{\"a b\":{\"alphabet\":\"01\",\"length\":1}}]",
	    "[]" },
	DURATION("entry.form_check"),
	DURATION("entry.draft"),
	FROM_1("entry.share_min_bp", 10000, 10001),
	{ "entry.deemed_pass", "[true,false]", "[0,null,\"true\"]", "[]" },
	DURATION("entry.publicity"),
	UP_TO("entry.staff_social_months", 120, 121),
	UP_TO("entry.clean_years", 100, 101),
	UP_TO("entry.reentry_years", 100, 101),
	{ "entry.expiry_reminders_days",
	    "[[],[0,3660],[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]]",
	    "[[-1],[1.5],[\"x\"],7,{},"
	    "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]]",
	    "[[1,3661]]" },
	DURATION("notice.review"),
	CLOCKED("notice.signup_min", 0, ""),
	{ "notice.signup", "[" HOURS(24) "," DAYS(366) "," WORKDAYS(261) "]",
	    NO_DURATIONS, "[" DAYS(367) "," WORKDAYS(262) "]" },
	DURATION("notice.extend_once"),
	{ "notice.too_few",
	    "[{\"two\":\"failed\",\"one\":\"failed\",\"none\":\"failed\"}]",
	    "[{\"two\":\"failed\",\"one\":\"failed\"},{},[],"
	    "{\"two\":\"failed\",\"one\":\"failed\",\"none\":3},"
	    "{\"two\":\"failed\",\"one\":\"failed\",\"none\":\"draw\"},"
	    "{\"two\":\"failed\",\"one\":\"failed\",\"none\":\"failed\","
	    "\"three\":\"failed\"}]",
	    "[]" },
	MONEY("gate.tender_limit_fen"),
	MONEY("gate.procurement_limit_fen"),
	{ "gate.direct_max_fen", "[0,50000000]", "[]",
	    "[-1,9007199254740992,\"3\",1.5]" },
	UP_TO("gate.split_window_months", 120, 121),
	DURATION("result.publicity"),
	DURATION("result.objection_answer"),
	{ "result.confirm", "[" S(0) "," DAYS(30) "," WORKDAYS(21) "]",
	    NO_DURATIONS, "[" DAYS(367) "]" },
	DURATION("result.award_notice"),
	{ "result.contract", "[" S(0) "," DAYS(30) "," WORKDAYS(21) "]",
	    NO_DURATIONS, "[" DAYS(367) "]" },
	DURATION("result.contract_max"),
	DURATION("result.filing"),
	DURATION("result.publish_contract"),
	UP_TO("service.extensions_max", 100, 101),
	DURATION("service.extension_max"),
	DURATION("service.extension_ask_before"),
	DURATION("service.correction"),
	{ "service.pause_max_days",
	    "[{\"default\":0,\"season\":3660},{\"default\":60}]",
	    "[[],{\"default\":\"60\"},{\"default\":60,\"a b\":1},"
	    "{\"default\":[60]},{\"default\":1.5}]",
	    "[{\"default\":3661},{\"default\":60,\"season\":-1}]" },
	{ "service.pause_basis", "[[\"expert-review\",\"season\",\"our-own\"]]",
	    "[[\"season\",\"season\"],[\"a b\"],[\"\"],[7],[" W16
	    ",\"q\"],{},null]",
	    "[]" },
	DURATION("complaint.within"),
	DURATION("complaint.accept"),
	DURATION("complaint.decide"),
	UP_TO("complaint.upheld_year_remove", 1000, 1001),
	DURATION("evaluation.window"),
	{ "evaluation.silent", "[\"neutral\"]", "[\"full\",null]", "[]" },
	{ "payment.due", "[" S(0) "," DAYS(30) "," WORKDAYS(21) "]",
	    NO_DURATIONS, "[" HOURS(721) "," DAYS(31) "," WORKDAYS(22) "]" },
	{ "payment.max", "[" DAYS(30) "," DAYS(60) "," WORKDAYS(42) "]",
	    NO_DURATIONS, "[" HOURS(1441) "," DAYS(61) "," WORKDAYS(43) "]" },
	{ "levels_percent", "[[1,2,1000]]",
	    "[[\"x\"],70,[-1,2,3],[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]]",
	    "[[0,2,3],[1,2,1001]]" },
	DURATION("supervision.order_answer"),
	UP_TO("supervision.orders_before_recommendation", 100, 101),
	{ "credit.weights",
	    "[{\"time\":100,\"quality\":0,\"integrity\":0,\"fee\":0,"
	    "\"owner\":0}]",
	    "[{\"time\":100,\"quality\":0,\"integrity\":0,\"fee\":0},[],"
	    "{\"time\":{\"deep\":1}},{\"a b\":1},{\"time\":\"a b\"},"
	    "{\"time\":100,\"quality\":0,\"integrity\":0,\"fee\":0,"
	    "\"owner\":0,\"other\":0}]",
	    "[{\"time\":101,\"quality\":0,\"integrity\":0,\"fee\":0,"
	    "\"owner\":-1}]" },
	{ "credit.grades", "[{\"AAA\":100,\"AA\":2,\"A\":1,\"B\":0}]",
	    "[{\"AAA\":95,\"AA\":85,\"A\":75},[],"
	    "{\"AAA\":95,\"AA\":85,\"A\":75,\"B\":60,\"C\":0},"
	    "{\"AAA\":95,\"AA\":85,\"A\":75,\"B\":\"60\"}]",
	    "[{\"AAA\":101,\"AA\":2,\"A\":1,\"B\":0},"
	    "{\"AAA\":95,\"AA\":85,\"A\":75,\"B\":-1}]" },
	{ "credit.draw_excluded", "[[],[\"D\"],[\"B\",\"C\",\"D\"]]",
	    "[[\"C\",\"C\"],[\"E\"],[\"N\"],\"C\",null]", "[]" },
	{ "sanction.suspend_months", "[[],[1,120]]",
	    "[[-1],[1.5],[\"x\"],7,{}]", "[[1,121],[0]]" },
	UP_TO("sanction.refuse_award_months_min", 1200, 1201),
	FROM_1("market.fence_bp", 100000, 100001),
	UP_TO("market.spread_min_bp", 10000, 10001),
	FROM_1("market.offers_min", 100000, 100001),
	UP_TO("market.suppliers_min", 1000, 1001),
	{ "market.reference", "[{" REFERENCES ",\"investment\":9007199254740}]",
	    "[{" REFERENCES "},{" REFERENCES ",\"yard\":1},[],null,7,"
	    "{" REFERENCES ",\"investment\":\"1\"}]",
	    "[{" REFERENCES ",\"investment\":0},"
	    "{" REFERENCES ",\"investment\":9007199254741}]" },
	FROM_1("two_person_hours", 720, 721),
};

static void keeps_each_member_within_its_bounds(void **state)
{
	(void)state;
	assert_int_equal(sizeof(members) / sizeof(*members), KL_POLICY_MEMBERS);
	for (size_t i = 0; i < KL_POLICY_MEMBERS; i++) {
		json_auto_t *good = json_of(members[i].good);
		json_auto_t *ill = json_of(members[i].ill);
		json_auto_t *past = json_of(members[i].past);
		json_t *value;
		size_t at;

		assert_non_null(kl_policy_member_named(members[i].path));
		json_array_foreach (good, at, value)
			assert_good(members[i].path, value);
		json_array_foreach (ill, at, value)
			assert_bad(members[i].path, "form", value);
		json_array_foreach (past, at, value)
			assert_bad(members[i].path, "bounds", value);
	}
}

static void misses_each_member(void **state)
{
	(void)state;
	for (size_t i = 0; i < KL_POLICY_MEMBERS; i++) {
		const struct kl_policy_member *member = kl_policy_member(i);
		json_auto_t *profile = vectors_load(POLICY);
		struct kl_policy_fault fault;
		char pointer[KL_POLICY_POINTER_SIZE];

		put(profile, member->path, NULL);
		pointer_of(member->path, pointer);
		assert_int_equal(kl_policy_check(profile, &fault, 1), 1);
		assert_string_equal(fault.pointer, pointer);
		assert_string_equal(fault.code,
		    member->type == KL_POLICY_NUMBER ? "bounds" : "form");
		assert_int_equal(fault.minimum, member->minimum);
		assert_int_equal(fault.maximum, member->maximum);
	}
}

static void tells_the_bounds(void **state)
{
	static const struct {
		const char *path, *text;
		int64_t minimum, maximum;
		const char *english;
	} cases[] = {
		{ "draw.quorum", "17", 0, 16,
		    "must be an integer from {0} to {1}" },
		{ "draw.commit", WORKDAYS(1), 1, 31622400,
		    "must be {n, unit} of {0} to {1} seconds; working days "
		    "only once there is a calendar" },
		{ "payment.max", DAYS(61), 0, 5184000,
		    "must be of {0} to {1} seconds, a working day counting as "
		    "7/5 days" },
		{ "levels_percent", "[0,1,2]", 1, 1000,
		    "each number must be an integer from {0} to {1}" },
		{ "draw.delay_s", "29", 30, 2592000,
		    "must not be below delay_min_s" },
		{ "draw.beacons", "7", 0, 0,
		    "must be of the form it has in the default policy" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_auto_t *profile = vectors_load(POLICY);
		struct kl_policy_fault fault;

		put(profile, cases[i].path, cases[i].text);
		assert_int_equal(kl_policy_check(profile, &fault, 1), 1);
		assert_int_equal(fault.minimum, cases[i].minimum);
		assert_int_equal(fault.maximum, cases[i].maximum);
		assert_string_equal(fault.what.english, cases[i].english);
	}
}

/* What is ready to be adopted can be. */
static void takes_the_policies_that_come_with_it(void **state)
{
	json_auto_t *profile = vectors_load(POLICY);
	json_auto_t *county = vectors_load("ops/data/county.json");

	(void)state;
	assert_faults(profile, "");
	assert_faults(member(county, "policy"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_all_of_each_member),
		cmocka_unit_test(tells_what_each_word_means),
		cmocka_unit_test(has_the_members_of_the_default_policy),
		cmocka_unit_test(takes_the_policies_that_come_with_it),
		cmocka_unit_test(keeps_each_member_within_its_bounds),
		cmocka_unit_test(misses_each_member),
		cmocka_unit_test(tells_the_bounds),
	};

	return cmocka_run_group_tests_name("kl_policy", tests, NULL, NULL);
}
