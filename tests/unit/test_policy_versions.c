/* A policy below another, and which of several binds. */
#include "policy.h"

enum { PLACES_MAX = 4 };

#define DAYS(n)  "{\"n\":" #n ",\"unit\":\"day\"}"
#define HOURS(n) "{\"n\":" #n ",\"unit\":\"hour\"}"

/* --- inheritance ---------------------------------------------------------- */

#define NAMES(region)                                                          \
	"\"region\":\"" region "\",\"version\":\"1\","                         \
	"\"effective_from\":\"2027-01-01\""

/* What comes of `text` below the default policy; the caller's. */
static json_t *below(const char *text)
{
	json_auto_t *nation = vectors_load(POLICY);
	json_auto_t *own = json_of(text);
	const json_t *chain[] = { nation, own };
	json_t *profile;

	assert_int_equal(kl_policy_merge(chain, 2, &profile), KL_OK);
	return profile;
}

/* The member that is stated is another one; all that stands beside it stays. */
static void replaces_members(void **state)
{
	static const struct {
		const char *stated, *path, *text;
	} cases[] = {
		{ "\"draw\":{\"delay_s\":600}", "draw.delay_s", "600" },
		{ "\"draw\":{\"level_c_reason\":null}", "draw.level_c_reason",
		    "null" },
		{ "\"draw\":{\"beacons\":[\"drand\"]}", "draw.beacons",
		    "[\"drand\"]" },
		{ "\"draw\":{\"templates\":{}}", "draw.templates", "{}" },
		{ "\"result\":{\"publicity\":" HOURS(96) "}",
		    "result.publicity", HOURS(96) },
		{ "\"service\":{\"pause_max_days\":{\"default\":9}}",
		    "service.pause_max_days", "{\"default\":9}" },
		{ "\"levels_percent\":[50,60,70]", "levels_percent",
		    "[50,60,70]" },
		{ "\"entry\":{}", "draw.delay_s", "300" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_auto_t *expected = vectors_load(POLICY);
		json_auto_t *profile = NULL;
		char text[256];

		snprintf(text, sizeof(text), "{" NAMES("county") ",%s}",
		    cases[i].stated);
		profile = below(text);
		put(expected, "region", "\"county\"");
		put(expected, "version", "\"1\"");
		put(expected, "effective_from", "\"2027-01-01\"");
		put(expected, cases[i].path, cases[i].text);
		assert_true(json_equal(profile, expected));
	}
}

static void comes_down_from_the_nation(void **state)
{
	json_auto_t *nation = vectors_load(POLICY);
	json_auto_t *province =
	    json_of("{" NAMES("province") ",\"gate\":{\"tender_limit_fen\":1,"
					  "\"direct_max_fen\":1}}");
	json_auto_t *city =
	    json_of("{" NAMES("city") ",\"gate\":{\"tender_limit_fen\":2},"
				      "\"levels_percent\":[1,2,3]}");
	json_auto_t *county = json_of("{" NAMES("county") "}");
	const json_t *chain[PLACES_MAX] = { nation, province, city, county };
	json_auto_t *expected = vectors_load(POLICY);
	json_t *profile;

	(void)state;
	assert_int_equal(kl_policy_merge(chain, PLACES_MAX, &profile), KL_OK);
	put(expected, "gate.tender_limit_fen", "2");
	put(expected, "gate.direct_max_fen", "1");
	put(expected, "levels_percent", "[1,2,3]");
	put(expected, "region", "\"county\"");
	put(expected, "version", "\"1\"");
	put(expected, "effective_from", "\"2027-01-01\"");
	assert_true(json_equal(profile, expected));
	/* It shares nothing with what it came from. */
	put(city, "levels_percent", "[4,5,6]");
	json_array_clear(kl_policy_at(nation, "draw.beacons"));
	assert_true(json_equal(profile, expected));
	json_decref(profile);
}

static void inherits_no_name(void **state)
{
	json_auto_t *profile = below("{}");

	(void)state;
	assert_faults(
	    profile, "form /region, form /version, form /effective_from");
}

/* kl_policy_check() is to see what is wrong, at whichever place it stands. */
static void hides_nothing(void **state)
{
	static const struct {
		const char *stated, *faults;
	} cases[] = {
		{ "\"draw\":{\"qourum\":1}", "unknown-member " },
		{ "\"draw.quorum\":1", "unknown-member " },
		{ "\"payment\":7",
		    "unknown-member , form /payment/due, form /payment/max" },
		{ "\"payment\":{\"due\":{\"n\":7}}", "form /payment/due" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_auto_t *nation = vectors_load(POLICY);
		json_auto_t *city = NULL, *profile = NULL;
		json_auto_t *county = json_of("{" NAMES("county") "}");
		const json_t *chain[3] = { nation };
		char text[256];

		snprintf(text, sizeof(text), "{%s}", cases[i].stated);
		chain[1] = city = json_of(text);
		chain[2] = county;
		assert_int_equal(kl_policy_merge(chain, 3, &profile), KL_OK);
		assert_faults(profile, cases[i].faults);
	}
}

static void merges_objects_only(void **state)
{
	json_auto_t *nation = vectors_load(POLICY);
	json_auto_t *number = json_of("7");
	json_auto_t *payment = json_of("{\"payment\":{\"due\":" DAYS(1) "}}");
	json_auto_t *broken = json_of("{\"payment\":7}");
	json_auto_t *again = NULL;
	const json_t *one[] = { nation, number }, *other[] = { NULL };
	const json_t *mended[] = { broken, payment };
	json_t *profile = NULL;

	(void)state;
	assert_int_equal(kl_policy_merge(one, 2, &profile), KL_MALFORMED);
	assert_int_equal(kl_policy_merge(other, 1, &profile), KL_MALFORMED);
	assert_null(profile);
	assert_int_equal(kl_policy_merge(NULL, 0, &profile), KL_OK);
	assert_int_equal(json_object_size(profile), 0);
	json_decref(profile);
	assert_int_equal(kl_policy_merge(mended, 2, &again), KL_OK);
	assert_true(json_equal(again, payment));
}

/* --- which binds ---------------------------------------------------------- */

/* In no order at all. */
static const struct kl_policy_version versions[] = {
	{ "city", "2", "2027-01-01", 20 },
	{ "nation", "1", "2026-01-01", 1 },
	{ "city", "1", "2026-07-01", 10 },
	{ "city", "1b", "2026-07-01", 30 }, /* adopted later, the same date */
	{ "elsewhere", "1", "2026-01-01", 40 },
	{ "province", "2", "2026-03-01", 7 },
	{ "city", "0", "2026-06-01", 50 }, /* later still, an earlier date */
	{ "province", "1", "2026-02-01", 8 },
};

enum { VERSIONS = sizeof(versions) / sizeof(*versions) };

static const char *in_force(const struct kl_policy_version list[],
    const char *const regions[], size_t region_count, const char *date)
{
	size_t found = 99;

	assert_int_equal(kl_policy_in_force(list, VERSIONS, regions,
			     region_count, date, &found),
	    KL_OK);
	assert_true(found <= VERSIONS);
	return found < VERSIONS ? list[found].version : "-";
}

static void finds_what_binds(void **state)
{
	static const char *const regions[] = { "nation", "province", "city",
		"county" };
	static const struct {
		size_t region_count;
		const char *date, *version;
	} cases[] = {
		{ 1, "2025-12-31", "-" },
		{ 1, "2026-01-01", "1" },
		{ 2, "2026-01-31", "1" }, /* the nation's */
		{ 2, "2026-02-01", "1" }, /* its own */
		{ 2, "2026-02-28", "1" },
		{ 2, "2026-03-01", "2" },
		{ 3, "2026-05-31", "2" }, /* the province's */
		{ 3, "2026-06-01", "0" },
		{ 3, "2026-06-30", "0" },
		{ 3, "2026-07-01", "1b" },
		{ 3, "2026-12-31", "1b" },
		{ 3, "2027-01-01", "2" },
		{ 4, "2099-12-31", "2" }, /* a county without any */
		{ 0, "2026-07-01", "-" },
	};
	struct kl_policy_version backwards[VERSIONS];

	(void)state;
	for (size_t i = 0; i < VERSIONS; i++)
		backwards[VERSIONS - 1 - i] = versions[i];
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_string_equal(in_force(versions, regions,
					cases[i].region_count, cases[i].date),
		    cases[i].version);
		assert_string_equal(in_force(backwards, regions,
					cases[i].region_count, cases[i].date),
		    cases[i].version);
	}
}

/* Which of two of the same name it is, the place says. */
static void prefers_the_narrower_region(void **state)
{
	static const char *const regions[] = { "nation", "province" };
	size_t found;

	(void)state;
	assert_int_equal(kl_policy_in_force(versions, VERSIONS, regions, 2,
			     "2026-01-31", &found),
	    KL_OK);
	assert_string_equal(versions[found].region, "nation");
	assert_int_equal(kl_policy_in_force(versions, VERSIONS, regions, 2,
			     "2026-02-01", &found),
	    KL_OK);
	assert_string_equal(versions[found].region, "province");
	assert_int_equal(
	    kl_policy_in_force(NULL, 0, regions, 2, "2026-02-01", &found),
	    KL_OK);
	assert_int_equal(found, 0);
}

static void refuses_dates_that_are_none(void **state)
{
	static const char *const region = "nation";
	static const char *const bad[] = { "", "2026-1-1", "2027-02-29",
		"2026-01-01 ", "2026-01-01T00:00:00Z" };
	size_t found = 99;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		const struct kl_policy_version list[] = {
			{ "nation", "1", "2026-01-01", 1 },
			{ "elsewhere", "1", bad[i], 2 },
		};

		assert_int_equal(
		    kl_policy_in_force(list, 1, &region, 1, bad[i], &found),
		    KL_MALFORMED);
		assert_int_equal(kl_policy_in_force(
				     list, 2, &region, 1, "2026-01-01", &found),
		    KL_MALFORMED);
	}
	assert_int_equal(found, 99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replaces_members),
		cmocka_unit_test(comes_down_from_the_nation),
		cmocka_unit_test(inherits_no_name),
		cmocka_unit_test(hides_nothing),
		cmocka_unit_test(merges_objects_only),
		cmocka_unit_test(finds_what_binds),
		cmocka_unit_test(prefers_the_narrower_region),
		cmocka_unit_test(refuses_dates_that_are_none),
	};

	return cmocka_run_group_tests_name(
	    "kl_policy versions", tests, NULL, NULL);
}
