/* Clocks: the cases of tests/vectors/clock, chance against a reading day by
 * day, and the rules that people have missed elsewhere, each by its name. */
#include "clocks.h"

#define CASES "tests/vectors/clock/cases.json"

static void agrees_with_each_case(void **state)
{
	json_auto_t *cases = vectors_load(CASES);
	const json_t *one;
	size_t i;

	(void)state;
	assert_true(json_array_size(cases) >= 30);
	json_array_foreach (cases, i, one) {
		json_auto_t *out = clocks_shown(member(one, "in"));

		if (!json_equal(out, member(one, "out")))
			fail_msg("%s", text_of(one, "name"));
	}
}

/* --- a second reading, day by day ----------------------------------------- */

/* Who holds it on this day, and is it paused? turnaround §1 and §3. */
static enum kl_holder stands(const struct kl_clock_event events[], size_t count,
    int32_t day, bool *paused)
{
	enum kl_holder held = KL_HOLDER_NOBODY, waited_for = held;
	int32_t until = KL_DATE_NONE;

	for (size_t i = 0; i < count; i++) {
		const struct kl_clock_event *event = &events[i];

		if (kl_date_of(event->at) >= day || event->kind == KL_CLOCK_END)
			continue;
		if (event->kind != KL_CLOCK_PAUSE) {
			held = event->holder;
			until = KL_DATE_NONE;
		} else if (event->founded &&
			   event->expected_end >= kl_date_of(event->at)) {
			waited_for = event->holder;
			until = event->expected_end;
		}
	}
	*paused = day <= until;
	return *paused ? waited_for : held;
}

/* Enough for any limit here, however much of it is paused. */
enum { SEEN = 2000 };

static struct kl_clock day_by_day(const struct kl_clock_terms *terms,
    const struct kl_clock_event events[], size_t count, int32_t today)
{
	struct kl_clock clock = { .due = KL_DATE_NONE, .ended = KL_DATE_NONE };
	int32_t start = kl_date_of(events[0].at), last = today;
	int64_t counted = 0;
	bool paused_last = false;

	if (events[count - 1].kind == KL_CLOCK_END)
		last = clock.ended = kl_date_of(events[count - 1].at);
	for (int32_t day = start + 1; day < last + SEEN; day++) {
		bool paused;
		enum kl_holder holder = stands(events, count, day, &paused);
		bool counts = !paused && (terms->counts >> holder & 1) &&
			      (!terms->limit.workdays ||
				  kl_calendar_works(terms->calendar, day));

		counted += counts;
		if (counts && counted == terms->limit.count)
			clock.due = day;
		if (day > last)
			continue;
		clock.used += counts;
		clock.days[holder]++;
		clock.paused_days += paused;
		clock.wall_days++;
		paused_last = paused;
	}
	while (clock.due != KL_DATE_NONE &&
	       !kl_calendar_works(terms->calendar, clock.due))
		clock.due++;
	(void)stands(events, count, last + 1, &clock.paused);
	clock.paused &= clock.ended == KL_DATE_NONE;
	clock.overdue = clock.due == KL_DATE_NONE
			    ? clock.used > terms->limit.count
			    : last > clock.due;
	if (clock.overdue)
		clock.level = clock.used * 100 > 120 * terms->limit.count
				  ? KL_CLOCK_RED
				  : KL_CLOCK_YELLOW;
	else if (!paused_last && !clock.paused)
		clock.level = clock.used * 100 >= 90 * terms->limit.count
				  ? KL_CLOCK_WARN
			      : clock.used * 100 >= 70 * terms->limit.count
				  ? KL_CLOCK_REMIND
				  : KL_CLOCK_NONE;
	return clock;
}

static void assert_same(
    const struct kl_clock *clock, const struct kl_clock *expected)
{
	assert_int_equal(clock->due, expected->due);
	assert_int_equal(clock->ended, expected->ended);
	assert_int_equal(clock->used, expected->used);
	assert_memory_equal(clock->days, expected->days, sizeof(clock->days));
	assert_int_equal(clock->paused_days, expected->paused_days);
	assert_int_equal(clock->wall_days, expected->wall_days);
	assert_int_equal(clock->paused, expected->paused);
	assert_int_equal(clock->overdue, expected->overdue);
	assert_int_equal(clock->level, expected->level);
}

/* Enough to be paused twice on one day and to be returned in between. */
enum { CHANCES = 4000, EVENTS = 12, SEED = 20261129 };

static struct kl_clock_event by_chance(
    struct clocks_chance *chance, int64_t at, bool last)
{
	struct kl_clock_event event = {
		.at = at,
		.kind = KL_CLOCK_HOLD + clocks_below(chance, 5),
		.holder = clocks_below(chance, 3),
		.founded = clocks_below(chance, 4) > 0,
		.expected_end =
		    kl_date_of(at) - 2 + (int32_t)clocks_below(chance, 20),
	};

	if (last && clocks_below(chance, 2) == 0)
		event.kind = KL_CLOCK_END;
	if (event.kind == KL_CLOCK_PAUSE)
		event.holder = clocks_below(chance, KL_HOLDERS);
	return event;
}

static void agrees_with_a_reading_day_by_day(void **state)
{
	struct clocks_chance chance = { SEED };

	for (size_t i = 0; i < CHANCES; i++) {
		struct kl_clock_event events[EVENTS];
		size_t count = 1 + clocks_below(&chance, EVENTS);
		int64_t at =
		    kl_date_begins(20000) + clocks_below(&chance, 500) * 86400;
		struct kl_clock_terms terms = clocks_terms(*state);
		struct kl_clock clock, expected;
		int32_t today;

		terms.limit.count = 1 + clocks_below(&chance, 30);
		terms.limit.workdays = clocks_below(&chance, 2);
		terms.counts = 1 + clocks_below(&chance, KL_CLOCK_EVERYBODY);
		for (size_t j = 0; j < count; j++) {
			events[j] = by_chance(&chance, at, j + 1 == count);
			at += clocks_below(&chance, 8) * 43200;
		}
		events[0].kind = KL_CLOCK_START;
		events[0].holder = clocks_below(&chance, 3);
		today = kl_date_of(events[count - 1].at) +
			(int32_t)clocks_below(&chance, 30);
		assert_int_equal(
		    kl_clock_read(&terms, events, count, today, &clock, NULL),
		    KL_OK);
		expected = day_by_day(&terms, events, count, today);
		assert_same(&clock, &expected);
	}
}

/* --- the rules that people have missed elsewhere -------------------------- */

/* A limit of working days that all use, on this day. */
static struct kl_clock on(
    const char *today, int n, const char *unit, const char *events)
{
	return clocks_of("{\"calendar\": \"cn\", \"limit\": {\"n\": %d, "
			 "\"unit\": \"%s\"}, \"today\": \"%s\", "
			 "\"events\": [%s]}",
	    n, unit, today, events);
}

static void assert_due(const struct kl_clock *clock, const char *date)
{
	char due[KL_DATE_TEXT];

	kl_date_write(clock->due, due);
	assert_string_equal(due, date);
}

#define PAUSED_ONCE                                                            \
	START("2026-11-02", "authority")                                       \
	", " PAUSE("2026-11-04", "third_party", "2026-11-13")

/* GLPI #15605, #6902 */
static void another_limit_keeps_all_pauses(void **state)
{
	struct kl_clock ten = on("2026-11-23", 10, "workday", PAUSED_ONCE);
	struct kl_clock five = on("2026-11-23", 5, "workday", PAUSED_ONCE);
	struct kl_clock all = on("2026-11-23", 15, "day", PAUSED_ONCE);

	(void)state;
	assert_int_equal(ten.paused_days, 9);
	assert_int_equal(five.paused_days, 9);
	assert_int_equal(all.paused_days, 9);
	assert_due(&ten, "2026-11-25");
	assert_due(&five, "2026-11-18");
	assert_int_equal(ten.used, five.used);
}

/* GLPI #23359 */
static void from_delivery_to_return_is_review_and_no_pause(void **state)
{
	struct kl_clock clock = on("2026-11-20", 20, "workday",
	    START("2026-11-02", "intermediary") ", " EVENT(
		"2026-11-06", "deliver", "authority") ", " EVENT("2026-11-13",
		"return", "intermediary"));

	(void)state;
	assert_int_equal(clock.paused_days, 0);
	assert_int_equal(clock.days[KL_HOLDER_AUTHORITY], 7);
	assert_int_equal(clock.days[KL_HOLDER_INTERMEDIARY], 11);
	assert_int_equal(clock.rounds, 2);
}

/* GLPI #24481 */
static void no_alarm_while_paused_and_new_ones_after_it(void **state)
{
#define NEARLY                                                                 \
	START("2026-11-02", "authority")                                       \
	", " PAUSE("2026-11-13", "third_party", "2026-11-20")
	struct kl_clock before = on("2026-11-13", 10, "workday", NEARLY);
	struct kl_clock paused = on("2026-11-18", 10, "workday", NEARLY);
	struct kl_clock after = on("2026-11-23", 10, "workday", NEARLY);

	(void)state;
	assert_int_equal(before.used, 9);
	assert_int_equal(before.level, KL_CLOCK_NONE); /* from tomorrow on */
	assert_int_equal(paused.used, 9);
	assert_int_equal(paused.level, KL_CLOCK_NONE);
	assert_true(paused.paused);
	assert_int_equal(after.used, 10);
	assert_int_equal(after.level, KL_CLOCK_WARN);
	assert_due(&after, "2026-11-23");
}

/* GLPI #15429 */
static void one_time_zone_whatever_the_offset(void **state)
{
	static const char *const same[] = { "2026-11-16T16:30:00Z",
		"2026-11-17T00:30:00+08:00", "2026-11-16T04:30:00-12:00",
		"2026-11-16T20:30:00+04:00" };

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		struct kl_clock clock = clocks_of(
		    "{\"calendar\": \"cn\", \"limit\": {\"n\": 3, \"unit\": "
		    "\"workday\"}, \"today\": \"2026-11-20\", \"events\": "
		    "[{\"at\": \"%s\", \"kind\": \"start\", \"holder\": "
		    "\"owner\"}]}",
		    same[i]);

		assert_int_equal(clock.used, 3);
		assert_due(&clock, "2026-11-20");
	}
}

/* GLPI #687, jBPM #1830, #1342, #233 */
static void a_case_may_begin_at_any_hour_of_any_day(void **state)
{
	static const char *const begins[] = { "2026-10-03T00:00:00",
		"2026-10-03T12:30:00", "2026-10-03T23:59:59",
		"2026-10-07T03:00:00" };

	(void)state;
	for (size_t i = 0; i < sizeof(begins) / sizeof(*begins); i++) {
		struct kl_clock clock = clocks_of(
		    "{\"calendar\": \"cn\", \"limit\": {\"n\": 3, \"unit\": "
		    "\"workday\"}, \"today\": \"2026-10-08\", \"events\": "
		    "[{\"at\": \"%s+08:00\", \"kind\": \"start\", \"holder\": "
		    "\"owner\"}]}",
		    begins[i]);

		assert_int_equal(clock.used, 1);
		assert_due(&clock, "2026-10-10");
	}
}

/* Jmix #790, Zammad #390 */
static void a_day_is_a_day_and_never_24_hours_of_work(void **state)
{
	struct kl_clock clock =
	    on("2026-11-17", 1, "workday", START("2026-11-16", "owner"));

	(void)state;
	assert_int_equal(clock.used, 1);
	assert_due(&clock, "2026-11-17");
	assert_int_equal(clock.margin, 0);
	assert_false(clock.overdue);
}

/* Zammad #1322: the clock knows events, and not by which channel they came. */
static void an_answer_counts_however_it_came(void **state)
{
	struct kl_clock clock = on("2026-11-27", 5, "workday",
	    START("2026-11-16", "authority") ", " END("2026-11-20"));

	(void)state;
	assert_int_equal(clock.used, 4);
	assert_true(clock.on_time);
	assert_int_equal(clock.wall_days, 4);
}

/* pm4py #558; test_calendar.c changes each layer below it. */
static void a_calendar_is_not_ignored(void **state)
{
	static const char *const calendars[][2] = {
		{ "\"cn\"", "2026-10-10" },
		{ "{\"days_off\": [], \"workdays\": [], \"horizon\": "
		  "\"2026-12-31\"}",
		    "2026-10-05" },
		{ "{\"days_off\": [\"2026-10-01\"], \"workdays\": [], "
		  "\"horizon\": \"2026-12-31\"}",
		    "2026-10-06" },
		{ "{\"days_off\": [], \"workdays\": [\"2026-10-03\"], "
		  "\"horizon\": \"2026-12-31\"}",
		    "2026-10-03" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(calendars) / sizeof(*calendars); i++) {
		struct kl_clock clock = clocks_of(
		    "{\"calendar\": %s, \"limit\": {\"n\": 5, \"unit\": "
		    "\"workday\"}, \"today\": \"2026-09-29\", \"events\": "
		    "[" START("2026-09-28", "owner") "]}",
		    calendars[i][0]);

		assert_due(&clock, calendars[i][1]);
	}
}

/* Dynamics: "SLA timer doesn't pause on a holiday" */
static void a_pause_on_a_day_off_costs_the_working_time_lost(void **state)
{
#define BEGUN START("2026-11-16", "authority")
	struct kl_clock without = on("2026-11-18", 10, "workday", BEGUN);
	struct kl_clock weekend = on("2026-11-30", 10, "workday",
	    BEGUN ", " PAUSE("2026-11-20", "third_party", "2026-11-22"));
	struct kl_clock monday = on("2026-11-30", 10, "workday",
	    BEGUN ", " PAUSE("2026-11-20", "third_party", "2026-11-23"));

	(void)state;
	assert_due(&without, "2026-11-30");
	assert_due(&weekend, "2026-11-30");
	assert_int_equal(weekend.paused_days, 2);
	assert_due(&monday, "2026-12-01");
}

/* 2015, 2019 and 2020: the clock computes with the calendar that it is given,
 * so who keeps a due day with its calendar keeps the day. */
static struct kl_clock due_by(const char *calendar)
{
	return clocks_of("{\"calendar\": %s, \"limit\": {\"n\": 20, \"unit\": "
			 "\"workday\"}, \"today\": \"2026-09-30\", \"events\": "
			 "[" START("2026-09-28", "owner") "]}",
	    calendar);
}

static void another_calendar_moves_only_what_is_computed_with_it(void **state)
{
#define BEFORE                                                                 \
	"{\"days_off\": [], \"workdays\": [], "                                \
	"\"horizon\": \"2026-12-31\"}"
	struct kl_clock kept = due_by(BEFORE), amended = due_by("\"cn\"");
	struct kl_clock again = due_by(BEFORE);

	(void)state;
	assert_int_not_equal(kept.due, amended.due);
	assert_int_equal(kept.due, again.due);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_each_case),
		cmocka_unit_test(agrees_with_a_reading_day_by_day),
		cmocka_unit_test(another_limit_keeps_all_pauses),
		cmocka_unit_test(
		    from_delivery_to_return_is_review_and_no_pause),
		cmocka_unit_test(no_alarm_while_paused_and_new_ones_after_it),
		cmocka_unit_test(one_time_zone_whatever_the_offset),
		cmocka_unit_test(a_case_may_begin_at_any_hour_of_any_day),
		cmocka_unit_test(a_day_is_a_day_and_never_24_hours_of_work),
		cmocka_unit_test(an_answer_counts_however_it_came),
		cmocka_unit_test(a_calendar_is_not_ignored),
		cmocka_unit_test(
		    a_pause_on_a_day_off_costs_the_working_time_lost),
		cmocka_unit_test(
		    another_calendar_moves_only_what_is_computed_with_it),
	};

	return cmocka_run_group_tests(tests, clocks_national, clocks_clear);
}
