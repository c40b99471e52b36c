/* What a clock refuses, and of which event it says so; levels at their bounds;
 * the ledger by the second. */
#include "clocks.h"

/* --- levels --------------------------------------------------------------- */

/* The limit of a clock that began on 2026-11-02, and what it says. */
static const struct {
	const char *today;
	int n, percent;
	enum kl_clock_level level;
} levels[] = {
	{ "2026-11-02", 10, 0, KL_CLOCK_NONE },
	{ "2026-11-10", 10, 60, KL_CLOCK_NONE },
	{ "2026-11-11", 10, 70, KL_CLOCK_REMIND },
	{ "2026-11-12", 10, 80, KL_CLOCK_REMIND },
	{ "2026-11-13", 10, 90, KL_CLOCK_WARN },
	{ "2026-11-16", 10, 100, KL_CLOCK_WARN },
	{ "2026-11-17", 10, 110, KL_CLOCK_YELLOW },
	{ "2026-11-18", 10, 120, KL_CLOCK_YELLOW },
	{ "2026-11-19", 10, 130, KL_CLOCK_RED },
	{ "2026-11-11", 9, 77, KL_CLOCK_REMIND },
};

static void levels_rise_at_their_bounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++) {
		struct kl_clock clock = clocks_of(
		    "{\"calendar\": \"cn\", \"limit\": {\"n\": %d, \"unit\": "
		    "\"workday\"}, \"today\": \"%s\", \"events\": "
		    "[" START("2026-11-02", "owner") "]}",
		    levels[i].n, levels[i].today);

		assert_int_equal(clock.percent, levels[i].percent);
		assert_int_equal(clock.level, levels[i].level);
		assert_int_equal(clock.overdue, clock.margin < 0);
	}
}

/* --- what is refused ------------------------------------------------------ */

#define HEAD                                                                   \
	"{\"calendar\": \"cn\", \"limit\": {\"n\": 5, \"unit\": "              \
	"\"workday\"}, \"today\": \"2026-11-23\""
#define WITH(members)                                                          \
	HEAD ", " members ", \"events\": [" START("2026-11-16", "owner") "]}"
#define EVENTS(events) HEAD ", \"events\": [" events "]}"
#define AFTER(events)  EVENTS(START("2026-11-16", "owner") ", " events)
#define BEGINS         "\"events\": [" START("2026-11-16", "owner") "]}"
#define TODAY          ", \"today\": \"2026-11-23\", " BEGINS
#define LIMIT(limit)   "{\"calendar\": \"cn\", \"limit\": " limit TODAY
#define PAUSED(members)                                                        \
	AFTER(AT("2026-11-17") ", \"kind\": \"pause\", \"holder\": "           \
			       "\"nobody\"" members "}")

enum { NO_EVENT = -1 };

static const struct {
	int event;
	const char *text, *why;
} refused[] = {
	{ NO_EVENT, "[]", "it has calendar" },
	{ NO_EVENT, "{}", "limit is" },
	{ NO_EVENT, WITH("\"more\": 1"), "nothing else" },
	{ NO_EVENT, LIMIT("5"), "limit is" },
	{ NO_EVENT, LIMIT("{\"n\": 5}"), "limit is" },
	{ NO_EVENT, LIMIT("{\"n\": 5.0, \"unit\": \"day\"}"), "limit is" },
	{ NO_EVENT, LIMIT("{\"n\": \"5\", \"unit\": \"day\"}"), "limit is" },
	{ NO_EVENT, LIMIT("{\"n\": 5, \"unit\": \"hour\"}"), "limit is" },
	{ NO_EVENT, LIMIT("{\"n\": 5, \"unit\": \"day\\u0000\"}"), "limit is" },
	{ NO_EVENT, LIMIT("{\"n\": 5, \"unit\": \"day\", \"x\": 1}"),
	    "limit is" },
	{ NO_EVENT, LIMIT("{\"n\": 0, \"unit\": \"day\"}"), "limit.n" },
	{ NO_EVENT, LIMIT("{\"n\": -1, \"unit\": \"day\"}"), "limit.n" },
	{ NO_EVENT, LIMIT("{\"n\": 10001, \"unit\": \"day\"}"), "limit.n" },
	{ NO_EVENT, WITH("\"counts\": []"), "counts" },
	{ NO_EVENT, WITH("\"counts\": null"), "counts" },
	{ NO_EVENT, WITH("\"counts\": \"owner\""), "counts" },
	{ NO_EVENT, WITH("\"counts\": [\"owner\", \"owner\"]"), "counts" },
	{ NO_EVENT, WITH("\"counts\": [\"someone\"]"), "counts" },
	{ NO_EVENT, WITH("\"counts\": [1]"), "counts" },
	{ NO_EVENT, WITH("\"levels\": [70, 90]"), "levels" },
	{ NO_EVENT, WITH("\"levels\": [70, 90, 120, 150]"), "levels" },
	{ NO_EVENT, WITH("\"levels\": [70, 70, 120]"), "levels" },
	{ NO_EVENT, WITH("\"levels\": [70, 120, 90]"), "levels" },
	{ NO_EVENT, WITH("\"levels\": [0, 90, 120]"), "levels" },
	{ NO_EVENT, WITH("\"levels\": [70, 90, 1001]"), "levels" },
	{ NO_EVENT, WITH("\"levels\": [70, 90.5, 120]"), "levels" },
	{ NO_EVENT, WITH("\"levels\": null"), "levels" },
	{ NO_EVENT, WITH("\"levels\": {}"), "levels" },
	{ NO_EVENT, WITH("\"bases\": null"), "bases" },
	{ NO_EVENT, WITH("\"bases\": \"season\""), "bases" },
	{ NO_EVENT, WITH("\"bases\": [1]"), "bases" },
	{ NO_EVENT, "{\"limit\": {\"n\": 5, \"unit\": \"day\"}" TODAY,
	    "calendar" },
	{ NO_EVENT,
	    "{\"calendar\": \"de\", \"limit\": {\"n\": 5, \"unit\": "
	    "\"day\"}" TODAY,
	    "calendar" },
	{ NO_EVENT,
	    "{\"calendar\": {}, \"limit\": {\"n\": 5, \"unit\": "
	    "\"day\"}" TODAY,
	    "days_off" },
	{ NO_EVENT,
	    "{\"calendar\": \"cn\", \"limit\": {\"n\": 5, \"unit\": "
	    "\"day\"}, " BEGINS,
	    "today" },
	{ NO_EVENT,
	    "{\"calendar\": \"cn\", \"limit\": {\"n\": 5, \"unit\": "
	    "\"day\"}, \"today\": \"2026-11-31\", " BEGINS,
	    "today" },
	{ NO_EVENT,
	    "{\"calendar\": \"cn\", \"limit\": {\"n\": 5, \"unit\": "
	    "\"day\"}, \"today\": \"2100-01-01\", " BEGINS,
	    "today" },
	{ NO_EVENT, HEAD "}", "events" },
	{ NO_EVENT, HEAD ", \"events\": {}}", "events" },
	{ NO_EVENT, EVENTS(""), "no start" },
	{ 0, EVENTS("1"), "kind" },
	{ 0, EVENTS("{}"), "kind" },
	{ 0, EVENTS(EVENT("2026-11-16", "begin", "owner")), "kind" },
	{ 0, EVENTS(EVENT("2026-11-16", "hold", "owner")), "start" },
	{ 0, EVENTS(END("2026-11-16")), "start" },
	{ 0, EVENTS(EVENT("2026-11-16", "start", "third_party")), "handed" },
	{ 0, EVENTS(EVENT("2009-12-31", "start", "owner")), "2010" },
	{ 0, EVENTS(EVENT("1969-12-31", "start", "owner")), "2010" },
	{ 0, EVENTS(EVENT("9999-12-31", "start", "owner")), "2010" },
	{ 0, EVENTS(START("2026-11-24", "owner")), "later than today" },
	{ 1, AFTER(START("2026-11-17", "owner")), "start" },
	{ 1, AFTER(EVENT("2026-11-15", "hold", "owner")), "earlier" },
	{ 1, AFTER(EVENT("2026-11-24", "hold", "owner")), "later than today" },
	{ 1, AFTER(EVENT("2026-11-17", "hold", "nobody")), "handed" },
	{ 1, AFTER(EVENT("2026-11-17", "resume", "third_party")), "handed" },
	{ 1, AFTER(EVENT("2026-11-17", "deliver", "nobody")), "handed" },
	{ 1, AFTER(EVENT("2026-11-17", "return", "nobody")), "handed" },
	{ 1, AFTER(EVENT("2026-11-17", "hold", "court")), "holder" },
	{ 1, AFTER(EVENT("2026-11-17", "end", "owner")), "does not have" },
	{ 1, AFTER(AT("2026-11-17") ", \"kind\": \"hold\"}"), "holder" },
	{ 1,
	    AFTER(AT("2026-11-17") ", \"kind\": \"hold\", \"holder\": "
				   "\"owner\", \"notice\": null}"),
	    "does not have" },
	{ 1, AFTER("{\"kind\": \"end\"}"), "at is" },
	{ 1, AFTER("{\"kind\": \"end\", \"at\": 5}"), "at is" },
	{ 1, AFTER("{\"kind\": \"end\", \"at\": \"2026-11-17T10:00:00\"}"),
	    "at is" },
	{ 2, AFTER(END("2026-11-17") ", " END("2026-11-17")), "after the end" },
	{ 2, AFTER(END("2026-11-17") ", " EVENT("2026-11-17", "hold", "owner")),
	    "after the end" },
	{ 1, PAUSED(", \"basis\": 1"), "basis" },
	{ 1, PAUSED(", \"notice\": 1"), "notice" },
	{ 1, PAUSED(", \"notice\": \"abc\""), "notice" },
	{ 1,
	    PAUSED(", \"notice\": \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\""),
	    "notice" },
	{ 1, PAUSED(", \"expected_end\": \"soon\""), "expected_end" },
	{ 1, PAUSED(", \"expected_end\": 5"), "expected_end" },
	{ 1, PAUSED(", \"expected_end\": \"2100-01-01\""), "expected_end" },
	{ 1, PAUSED(", \"more\": 5"), "does not have" },
	{ 1, AFTER(AT("2026-11-17") ", \"kind\": \"pause\"}"), "holder" },
};

static void says_what_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		json_auto_t *in =
		    json_loads(refused[i].text, JSON_ALLOW_NUL, NULL);
		struct kl_clock_fault fault = { 0 };
		struct kl_clock clock;

		if (!in)
			fail_msg("no JSON: %s", refused[i].text);
		if (clocks_read(in, &clock, &fault) != KL_MALFORMED)
			fail_msg("taken: %s", refused[i].text);
		if (fault.event != (size_t)refused[i].event ||
		    !strstr(fault.why, refused[i].why))
			fail_msg("%s: event %zu: %s", refused[i].text,
			    fault.event, fault.why);
	}
}

static void takes_what_stands_at_the_bounds(void **state)
{
	static const char *const taken[] = { LIMIT("{\"n\": 1, \"unit\": "
						   "\"day\"}"),
		LIMIT("{\"n\": 10000, \"unit\": \"workday\"}"),
		WITH("\"levels\": [1, 2, 1000]"), WITH("\"bases\": []"),
		WITH("\"counts\": [\"nobody\", \"third_party\", \"owner\", "
		     "\"intermediary\", \"authority\"]"),
		PAUSED(", \"basis\": null, \"notice\": null, "
		       "\"expected_end\": null"),
		PAUSED(""), AFTER(EVENT("2026-11-23", "hold", "owner")) };

	(void)state;
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++) {
		json_auto_t *in = json_loads(taken[i], 0, NULL);

		(void)clocks_taken(in);
	}
}

/* A policy that knows other codes. */
static void takes_a_pause_for_a_basis_of_the_policy(void **state)
{
	static const struct {
		const char *bases;
		int paused_days;
	} cases[] = {
		{ "", 2 },
		{ "\"bases\": [\"expert-review\"], ", 2 },
		{ "\"bases\": [\"season\", \"expert-review\"], ", 2 },
		{ "\"bases\": [\"season\"], ", 0 },
		{ "\"bases\": [], ", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct kl_clock clock = clocks_of(HEAD
		    ", %s\"events\": [" START("2026-11-16", "owner") ", " PAUSE(
			"2026-11-17", "nobody", "2026-11-19") "]}",
		    cases[i].bases);

		assert_int_equal(clock.paused_days, cases[i].paused_days);
		assert_int_equal(
		    clock.days[KL_HOLDER_NOBODY], cases[i].paused_days);
	}
}

/* Terms that JSON cannot say, and a day that no calendar reaches. */
static void refuses_terms_of_a_program(void **state)
{
	static const struct kl_calendar_level once = { .week = 1,
		.horizon = KL_DATE_NONE };
	struct kl_calendar rare = KL_CALENDAR;
	struct kl_clock_event start = { .at = kl_date_begins(KL_DATE_LAST) };
	struct kl_clock_terms terms = clocks_terms(*state);
	struct kl_clock clock;

	assert_int_equal(
	    kl_clock_read(&terms, &start, 1, KL_DATE_LAST, &clock, NULL),
	    KL_OK);
	terms.counts = 0;
	assert_int_equal(
	    kl_clock_read(&terms, &start, 1, KL_DATE_LAST, &clock, NULL),
	    KL_MALFORMED);
	terms.counts = KL_CLOCK_EVERYBODY + 1;
	assert_int_equal(
	    kl_clock_read(&terms, &start, 1, KL_DATE_LAST, &clock, NULL),
	    KL_MALFORMED);
	terms = clocks_terms(*state);
	assert_int_equal(
	    kl_clock_read(&terms, &start, 1, KL_DATE_LAST + 1, &clock, NULL),
	    KL_MALFORMED);
	assert_int_equal(kl_calendar_make(&rare, &once, 1), KL_OK);
	terms.calendar = &rare;
	terms.limit.count = KL_CLOCK_LIMIT_MAX;
	assert_int_equal(
	    kl_clock_read(&terms, &start, 1, KL_DATE_LAST, &clock, NULL),
	    KL_RANGE);
	kl_calendar_clear(&rare);
}

/* --- by the second -------------------------------------------------------- */

static struct kl_clock_event event(
    int64_t at, enum kl_clock_kind kind, enum kl_holder holder)
{
	return (struct kl_clock_event){ .at = at,
		.kind = kind,
		.holder = holder,
		.expected_end = KL_DATE_NONE };
}

enum { HOUR = 3600 };

static void tells_who_held_it_by_the_second(void **state)
{
	int64_t noon = kl_date_begins(20780) + 12 * HOUR;
	int64_t seconds[KL_HOLDERS];
	struct kl_clock_event events[] = {
		event(noon, KL_CLOCK_START, KL_HOLDER_OWNER),
		event(noon + HOUR, KL_CLOCK_HOLD, KL_HOLDER_INTERMEDIARY),
		event(noon + 3 * HOUR, KL_CLOCK_PAUSE, KL_HOLDER_NOBODY),
		event(noon + 40 * HOUR, KL_CLOCK_RESUME, KL_HOLDER_AUTHORITY),
		event(noon + 44 * HOUR, KL_CLOCK_END, KL_HOLDER_OWNER),
	};
	size_t count = sizeof(events) / sizeof(*events);

	(void)state;
	events[2].founded = true;
	events[2].expected_end = 20780; /* ends at midnight: nine hours */
	kl_clock_seconds(events, count, noon + 99 * HOUR, seconds);
	assert_int_equal(seconds[KL_HOLDER_OWNER], HOUR);
	assert_int_equal(seconds[KL_HOLDER_NOBODY], 9 * HOUR);
	assert_int_equal(seconds[KL_HOLDER_INTERMEDIARY], (2 + 28) * HOUR);
	assert_int_equal(seconds[KL_HOLDER_AUTHORITY], 4 * HOUR);
	assert_int_equal(seconds[KL_HOLDER_THIRD_PARTY], 0);

	events[2].expected_end = 20790; /* lifted before it ends */
	kl_clock_seconds(events, count, noon + 41 * HOUR, seconds);
	assert_int_equal(seconds[KL_HOLDER_NOBODY], 37 * HOUR);
	assert_int_equal(seconds[KL_HOLDER_AUTHORITY], HOUR);

	events[2].founded = false; /* changes nothing */
	kl_clock_seconds(events, 3, noon + 4 * HOUR, seconds);
	assert_int_equal(seconds[KL_HOLDER_INTERMEDIARY], 3 * HOUR);
	kl_clock_seconds(events, count, noon - HOUR, seconds);
	assert_int_equal(seconds[KL_HOLDER_OWNER], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_rise_at_their_bounds),
		cmocka_unit_test(says_what_is_refused),
		cmocka_unit_test(takes_what_stands_at_the_bounds),
		cmocka_unit_test(takes_a_pause_for_a_basis_of_the_policy),
		cmocka_unit_test(refuses_terms_of_a_program),
		cmocka_unit_test(tells_who_held_it_by_the_second),
	};

	return cmocka_run_group_tests(tests, clocks_national, clocks_clear);
}
