/* Working days: the national calendar day by day, arithmetic on it, and each
 * layer that may be put on it. */
#include "kl_calendar.h"
#include "vectors.h"

#define NATIONAL   "tests/vectors/calendar/cn-2010-2026.json"
#define ARITHMETIC "tests/vectors/calendar/cn-workday-arithmetic.json"

static int32_t day_of(const char *text)
{
	int32_t day;

	if (kl_date_read(text, strlen(text), &day))
		fail_msg("%s is no date", text);
	return day;
}

static int national(void **state)
{
	static struct kl_calendar calendar = KL_CALENDAR;

	*state = &calendar;
	return kl_calendar_make(&calendar, &kl_calendar_cn, 1);
}

static int clear(void **state)
{
	kl_calendar_clear(*state);
	kl_calendar_clear(*state); /* twice does no harm */
	return 0;
}

/* --- the national one ----------------------------------------------------- */

/* Each day that a list names is named as that, for the same. */
static void agrees_with_list(const struct kl_calendar *calendar,
    const json_t *list, enum kl_day_kind kind)
{
	const json_t *one;
	size_t i;

	json_array_foreach (list, i, one) {
		const char *date = text_of(one, "date");
		struct kl_calendar_look look =
		    kl_calendar_look(calendar, day_of(date));

		if (look.kind != kind)
			fail_msg("%s is of kind %d", date, (int)look.kind);
		assert_string_equal(look.named->name, text_of(one, "name"));
		assert_ptr_equal(look.level, &calendar->levels[0]);
		assert_non_null(strstr(look.named->source, "gov.cn/"));
	}
}

static int32_t agrees_with_year(const struct kl_calendar *calendar,
    const char *year, const json_t *of, size_t *named)
{
	char date[KL_DATE_TEXT];
	int32_t first, last;

	snprintf(date, sizeof(date), "%s-01-01", year);
	first = day_of(date);
	last = first + (int32_t)number_of(of, "days_in_year") - 1;
	kl_date_write(last, date);
	assert_string_equal(date + 4, "-12-31");
	assert_int_equal(kl_calendar_count(calendar, first - 1, last),
	    number_of(of, "working_days"));
	agrees_with_list(calendar, member(of, "off_days"), KL_DAY_OFF);
	agrees_with_list(
	    calendar, member(of, "makeup_work_days"), KL_DAY_MAKEUP);
	*named += json_array_size(member(of, "off_days")) +
		  json_array_size(member(of, "makeup_work_days"));
	return last;
}

static void is_the_national_calendar(void **state)
{
	json_auto_t *file = vectors_load(NATIONAL);
	const char *year;
	json_t *of;
	int32_t last = 0;
	size_t named = 0;

	json_object_foreach (member(file, "years"), year, of)
		last = agrees_with_year(*state, year, of, &named);
	assert_int_equal(last, kl_calendar_cn.horizon);
	assert_int_equal(named, kl_calendar_cn.count);
}

static void adds_and_counts(void **state)
{
	json_auto_t *file = vectors_load(ARITHMETIC);
	const json_t *one;
	int32_t day;
	size_t i;

	json_array_foreach (member(file, "add"), i, one) {
		assert_int_equal(
		    kl_calendar_add(*state, day_of(text_of(one, "start")),
			(int64_t)number_of(one, "working_days"), &day),
		    KL_OK);
		assert_int_equal(day, day_of(text_of(one, "last_day")));
	}
	assert_true(i >= 90);
	json_array_foreach (member(file, "count"), i, one)
		assert_int_equal(
		    kl_calendar_count(*state, day_of(text_of(one, "from")),
			day_of(text_of(one, "to"))),
		    number_of(
			one, "working_days_after_from_up_to_and_including_to"));
	assert_true(i >= 50);
}

/* Each day is counted once, and adding undoes counting. */
static void agrees_with_itself(void **state)
{
	const struct kl_calendar *calendar = *state;
	int32_t from = KL_DATE_FIRST - 1, day;
	int64_t n = 0;

	for (int32_t to = KL_DATE_FIRST; to <= KL_CALENDAR_LAST; to++) {
		bool works = kl_calendar_works(calendar, to);

		n += works;
		assert_int_equal(kl_calendar_count(calendar, from, to), n);
		assert_int_equal(kl_calendar_look(calendar, to).working, works);
		if (!works)
			continue;
		assert_int_equal(
		    kl_calendar_add(calendar, from, n, &day), KL_OK);
		assert_int_equal(day, to);
	}
	assert_int_equal(
	    kl_calendar_add(calendar, from, n + 1, &day), KL_RANGE);
	assert_int_equal(
	    kl_calendar_add(calendar, KL_CALENDAR_LAST, 1, &day), KL_RANGE);
	assert_int_equal(kl_calendar_count(calendar, from, from), 0);
	assert_int_equal(
	    kl_calendar_count(calendar, KL_DATE_LAST, KL_DATE_FIRST), 0);
}

/* --- layers --------------------------------------------------------------- */

enum { LAYERS = 4 };

static const struct {
	const char *what, *date;
	struct kl_calendar_level level;
	bool works, works_then;
	enum kl_day_kind kind;
} layers[] = {
	{ "a local holiday", "2026-11-23",
	    { .name = "province",
		.horizon = KL_DATE_NONE,
		.days = (const struct kl_calendar_day[]){ { 20780, false,
		    "壮族三月三", "桂政发" } },
		.count = 1 },
	    true, false, KL_DAY_OFF },
	{ "a local make-up day", "2026-11-22",
	    { .name = "city",
		.horizon = KL_DATE_NONE,
		.days = (const struct kl_calendar_day[]){ { 20779, true, NULL,
		    NULL } },
		.count = 1 },
	    false, true, KL_DAY_MAKEUP },
	{ "work on a national holiday", "2026-10-01",
	    { .name = "office",
		.horizon = KL_DATE_NONE,
		.days = (const struct kl_calendar_day[]){ { 20727, true, "值班",
		    NULL } },
		.count = 1 },
	    false, true, KL_DAY_MAKEUP },
	{ "a day that is named twice", "2026-11-24",
	    { .name = "office",
		.horizon = KL_DATE_NONE,
		.days = (const struct kl_calendar_day[]){ { 20781, true, "b",
							      NULL },
		    { 20781, false, "a", NULL }, { 20781, false, "c", NULL } },
		.count = 3 },
	    true, true, KL_DAY_MAKEUP },
	{ "a week with Saturdays", "2026-11-28",
	    { .name = "office", .week = 0x3f, .horizon = KL_DATE_NONE }, false,
	    true, KL_DAY_WEEKDAY },
	{ "a week without Mondays", "2026-11-23",
	    { .name = "office", .week = 0x3e, .horizon = KL_DATE_NONE }, true,
	    false, KL_DAY_WEEKEND },
	{ "a national holiday in a week with Saturdays", "2026-10-03",
	    { .name = "office", .week = 0x3f, .horizon = KL_DATE_NONE }, false,
	    false, KL_DAY_OFF },
};

static void each_layer_moves_a_day(void **state)
{
	for (size_t i = 0; i < sizeof(layers) / sizeof(*layers); i++) {
		struct kl_calendar stacked = KL_CALENDAR;
		const struct kl_calendar_level levels[] = { kl_calendar_cn,
			layers[i].level };
		int32_t day = day_of(layers[i].date);
		struct kl_calendar_look look;

		print_message("%s\n", layers[i].what);
		assert_int_equal(kl_calendar_make(&stacked, levels, 2), KL_OK);
		look = kl_calendar_look(&stacked, day);
		assert_int_equal(
		    kl_calendar_works(*state, day), layers[i].works);
		assert_int_equal(look.working, layers[i].works_then);
		assert_int_equal(look.kind, layers[i].kind);
		if (layers[i].level.count > 0)
			assert_string_equal(
			    look.level->name, layers[i].level.name);
		kl_calendar_clear(&stacked);
	}
}

/* The most local one that says something has the last word. */
static void the_most_local_has_the_last_word(void **state)
{
	int32_t day = day_of("2026-10-01");
	const struct kl_calendar_day works = { day, true, "works", NULL };
	const struct kl_calendar_day off = { day, false, "off", NULL };
	struct kl_calendar_level levels[] = { kl_calendar_cn,
		{ .name = "province",
		    .week = 0x3f,
		    .horizon = day + 9,
		    .days = &works,
		    .count = 1 },
		{ .name = "city",
		    .horizon = KL_DATE_NONE,
		    .days = &off,
		    .count = 1 },
		{ .name = "office", .horizon = day + 99 } };
	struct kl_calendar calendar = KL_CALENDAR;

	(void)state;
	assert_int_equal(kl_calendar_make(&calendar, levels, LAYERS), KL_OK);
	assert_string_equal(
	    kl_calendar_look(&calendar, day).level->name, "city");
	assert_false(kl_calendar_works(&calendar, day));
	assert_true(kl_calendar_works(&calendar, day_of("2026-11-28")));
	assert_int_equal(calendar.horizon, day + 9);
	assert_false(kl_calendar_provisional(&calendar, day + 9));
	assert_true(kl_calendar_provisional(&calendar, day + 10));
	assert_true(kl_calendar_look(&calendar, day + 10).provisional);

	assert_int_equal(kl_calendar_make(&calendar, levels, 2), KL_OK);
	assert_true(kl_calendar_works(&calendar, day));
	levels[0].horizon = levels[1].horizon = KL_DATE_NONE;
	assert_int_equal(kl_calendar_make(&calendar, levels, 2), KL_OK);
	assert_false(kl_calendar_provisional(&calendar, KL_CALENDAR_LAST));
	kl_calendar_clear(&calendar);
}

static enum kl_result making(
    const struct kl_calendar_level levels[], size_t count)
{
	struct kl_calendar calendar = KL_CALENDAR;
	enum kl_result result = kl_calendar_make(&calendar, levels, count);

	kl_calendar_clear(&calendar);
	return result;
}

static void refuses_what_is_no_calendar(void **state)
{
	struct kl_calendar_level levels[KL_CALENDAR_LEVELS_MAX + 1];
	struct kl_calendar_day day = { KL_DATE_FIRST, false, NULL, NULL };

	(void)state;
	for (size_t i = 0; i <= KL_CALENDAR_LEVELS_MAX; i++)
		levels[i] = kl_calendar_cn;
	assert_int_equal(making(levels, 0), KL_RANGE);
	assert_int_equal(making(levels, KL_CALENDAR_LEVELS_MAX), KL_OK);
	assert_int_equal(making(levels, KL_CALENDAR_LEVELS_MAX + 1), KL_RANGE);
	levels[1].week = KL_WEEK_MAX;
	assert_int_equal(making(levels, 2), KL_OK);
	levels[1].week = KL_WEEK_MAX + 1;
	assert_int_equal(making(levels, 2), KL_RANGE);
	levels[0].week = 0;
	assert_int_equal(making(levels, 1), KL_RANGE);
	levels[0] = kl_calendar_cn;
	levels[1].week = 0;
	levels[1].days = &day;
	levels[1].count = 1;
	assert_int_equal(making(levels, 2), KL_OK);
	day.day = KL_DATE_FIRST - 1;
	assert_int_equal(making(levels, 2), KL_RANGE);
	day.day = KL_DATE_LAST;
	assert_int_equal(making(levels, 2), KL_OK);
	day.day = KL_DATE_LAST + 1;
	assert_int_equal(making(levels, 2), KL_RANGE);
}

/* --- as JSON -------------------------------------------------------------- */

enum { ROOM = 3 };

static enum kl_result reading(const char *text, struct kl_buf *days,
    struct kl_calendar_level *level, const char **why)
{
	json_auto_t *object = json_loads(text, JSON_DECODE_ANY, NULL);

	assert_non_null(object);
	return kl_calendar_read(object, days, level, why);
}

static void reads_a_calendar(void **state)
{
	struct kl_buf days = KL_BUF(ROOM * sizeof(struct kl_calendar_day));
	struct kl_calendar_level level;
	const char *why;

	(void)state;
	assert_int_equal(
	    reading("{\"days_off\": [\"2026-11-03\", \"2026-11-04\"],"
		    " \"workdays\": [\"2026-11-07\"],"
		    " \"horizon\": \"2027-12-31\"}",
		&days, &level, &why),
	    KL_OK);
	assert_int_equal(level.count, ROOM);
	assert_int_equal(level.week, KL_WEEK_STANDARD);
	assert_int_equal(level.horizon, day_of("2027-12-31"));
	assert_int_equal(level.days[1].day, day_of("2026-11-04"));
	assert_false(level.days[1].working);
	assert_int_equal(level.days[2].day, day_of("2026-11-07"));
	assert_true(level.days[2].working);
	assert_int_equal(
	    reading("{\"days_off\": [], \"workdays\": [\"2026-11-07\"],"
		    " \"horizon\": \"2027-12-31\"}",
		&days, &level, &why),
	    KL_TOO_LARGE);
	assert_string_equal(why, "too many days");
	kl_buf_clear(&days);
}

static void refuses_another_form(void **state)
{
	static const char *const malformed[] = { "[]", "{}", "null", "\"cn\"",
		"{\"days_off\": [], \"workdays\": []}",
		"{\"days_off\": [], \"horizon\": \"2027-12-31\"}",
		"{\"workdays\": [], \"horizon\": \"2027-12-31\"}",
		"{\"days_off\": [], \"workdays\": [], \"week\": 5,"
		" \"horizon\": \"2027-12-31\"}",
		"{\"days_off\": {}, \"workdays\": [],"
		" \"horizon\": \"2027-12-31\"}",
		"{\"days_off\": [], \"workdays\": null,"
		" \"horizon\": \"2027-12-31\"}",
		"{\"days_off\": [1], \"workdays\": [],"
		" \"horizon\": \"2027-12-31\"}",
		"{\"days_off\": [], \"workdays\": [\"2026-02-29\"],"
		" \"horizon\": \"2027-12-31\"}",
		"{\"days_off\": [\"2009-12-31\"], \"workdays\": [],"
		" \"horizon\": \"2027-12-31\"}",
		"{\"days_off\": [], \"workdays\": [], \"horizon\": null}",
		"{\"days_off\": [], \"workdays\": [],"
		" \"horizon\": \"2100-01-01\"}" };
	struct kl_buf days = KL_BUF(1 << 10);

	(void)state;
	for (size_t i = 0; i < sizeof(malformed) / sizeof(*malformed); i++) {
		struct kl_calendar_level level;
		const char *why = NULL;

		if (reading(malformed[i], &days, &level, &why) != KL_MALFORMED)
			fail_msg("%s is taken", malformed[i]);
		assert_non_null(why);
	}
	kl_buf_clear(&days);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_the_national_calendar),
		cmocka_unit_test(adds_and_counts),
		cmocka_unit_test(agrees_with_itself),
		cmocka_unit_test(each_layer_moves_a_day),
		cmocka_unit_test(the_most_local_has_the_last_word),
		cmocka_unit_test(refuses_what_is_no_calendar),
		cmocka_unit_test(reads_a_calendar),
		cmocka_unit_test(refuses_another_form),
	};

	return cmocka_run_group_tests(tests, national, clear);
}
