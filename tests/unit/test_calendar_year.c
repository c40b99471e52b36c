/* The notice of a year: what it may name, what is published with it, and what
 * it changes. */
#include "kl_calendar_year.h"
#include "unit.h"

static int32_t day_of(const char *text)
{
	int32_t day;

	if (kl_date_read(text, strlen(text), &day))
		fail_msg("%s is no date", text);
	return day;
}

enum { ROOM = KL_CALENDAR_YEAR_DAYS_MAX * sizeof(struct kl_calendar_day) };

/* --- reading -------------------------------------------------------------- */

static void reads(const char *text, int32_t year,
    enum kl_calendar_year_fault wanted, size_t at)
{
	json_t *list = json_loads(text, JSON_DECODE_ANY, NULL);
	struct kl_buf days = KL_BUF(ROOM);
	enum kl_calendar_year_fault fault;
	size_t index;
	enum kl_result result =
	    kl_calendar_year_read(list, year, &days, &fault, &index);

	assert_int_equal(
	    result, wanted == KL_YEAR_SOUND ? KL_OK : KL_MALFORMED);
	assert_int_equal(fault, wanted);
	assert_int_equal(index, at);
	kl_buf_clear(&days);
	json_decref(list);
}

#define OFF(date) "{\"date\":\"" date "\",\"name\":\"n\",\"working\":false}"

static void test_reading(void **state)
{
	(void)state;
	reads("[" OFF("2026-01-01") "," OFF("2026-12-31") "]", 2026,
	    KL_YEAR_SOUND, 1);
	reads("[" OFF("2025-12-01") "," OFF("2027-01-31") "]", 2026,
	    KL_YEAR_SOUND, 1);
	reads("[" OFF("2025-11-30") "]", 2026, KL_YEAR_OUTSIDE, 0);
	reads("[" OFF("2027-02-01") "]", 2026, KL_YEAR_OUTSIDE, 0);
	reads("[" OFF("2026-01-01") "," OFF("2026-01-01") "]", 2026,
	    KL_YEAR_TWICE, 1);
	reads("[" OFF("2009-12-31") "]", 2010, KL_YEAR_DATE, 0);
	reads("[" OFF("2100-01-01") "]", 2099, KL_YEAR_DATE, 0);
	reads("[" OFF("2099-12-31") "]", 2099, KL_YEAR_SOUND, 0);
	reads("[" OFF("2026-02-29") "]", 2026, KL_YEAR_DATE, 0);
	reads("[]", 2026, KL_YEAR_COUNT, 0);
	reads("{}", 2026, KL_YEAR_COUNT, 0);
	reads("[5]", 2026, KL_YEAR_FORM, 0);
	reads("[{\"date\":\"2026-01-01\",\"name\":\"n\"}]", 2026, KL_YEAR_FORM,
	    0);
	reads("[{\"date\":1,\"name\":\"n\",\"working\":true}]", 2026,
	    KL_YEAR_FORM, 0);
	reads("[{\"date\":\"2026-01-01\",\"name\":\"\",\"working\":true}]",
	    2026, KL_YEAR_FORM, 0);
	reads("[{\"date\":\"2026-01-01\",\"name\":5,\"working\":true}]", 2026,
	    KL_YEAR_FORM, 0);
	reads("[{\"date\":\"2026-01-01\",\"name\":\"n\",\"working\":1}]", 2026,
	    KL_YEAR_FORM, 0);
	reads("[{\"date\":\"2026-01-01\",\"name\":\"n\",\"working\":true,"
	      "\"x\":1}]",
	    2026, KL_YEAR_FORM, 0);
}

static json_t *many(size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		char date[KL_DATE_TEXT];

		kl_date_write(day_of("2026-01-01") + (int32_t)i, date);
		json_array_append_new(
		    list, json_pack("{s:s, s:s, s:b}", "date", date, "name",
			      "n", "working", 1));
	}
	return list;
}

static void test_limits(void **state)
{
	enum kl_calendar_year_fault fault;
	size_t index;

	(void)state;
	for (size_t more = 0; more <= 1; more++) {
		struct kl_buf days = KL_BUF(ROOM);
		json_t *list = many(KL_CALENDAR_YEAR_DAYS_MAX + more);

		assert_int_equal(
		    kl_calendar_year_read(list, 2026, &days, &fault, &index),
		    more ? KL_MALFORMED : KL_OK);
		assert_int_equal(fault, more ? KL_YEAR_COUNT : KL_YEAR_SOUND);
		kl_buf_clear(&days);
		json_decref(list);
	}
}

/* A name of 64 bytes is one, of 65 none; names are of the list. */
static void test_names(void **state)
{
	char name[KL_CALENDAR_YEAR_NAME_MAX + 2] = { 0 };
	enum kl_calendar_year_fault fault;
	size_t index;

	(void)state;
	for (size_t size = KL_CALENDAR_YEAR_NAME_MAX;
	     size <= KL_CALENDAR_YEAR_NAME_MAX + 1; size++) {
		struct kl_buf days = KL_BUF(ROOM);
		json_t *list;
		bool fits = size == KL_CALENDAR_YEAR_NAME_MAX;

		memset(name, 'x', size);
		list = json_pack("[{s:s, s:s, s:b}]", "date", "2026-01-01",
		    "name", name, "working", 0);
		assert_int_equal(
		    kl_calendar_year_read(list, 2026, &days, &fault, &index),
		    fits ? KL_OK : KL_MALFORMED);
		if (fits)
			assert_string_equal(
			    ((struct kl_calendar_day *)days.data)->name, name);
		kl_buf_clear(&days);
		json_decref(list);
	}
}

static void test_no_room(void **state)
{
	struct kl_buf days = KL_BUF(1);
	json_t *list = json_loads("[" OFF("2026-01-01") "]", 0, NULL);
	enum kl_calendar_year_fault fault;
	size_t index;

	(void)state;
	assert_int_equal(
	    kl_calendar_year_read(list, 2026, &days, &fault, &index),
	    KL_TOO_LARGE);
	kl_buf_clear(&days);
	json_decref(list);
}

static void test_words(void **state)
{
	(void)state;
	assert_null(kl_calendar_year_words(KL_YEAR_SOUND));
	for (enum kl_calendar_year_fault fault = KL_YEAR_SOUND + 1;
	     fault < KL_YEAR_FAULTS; fault++) {
		const struct kl_words *words = kl_calendar_year_words(fault);

		assert_memory_equal(words->code, "year-", 5);
		assert_true(*words->chinese && *words->english);
	}
}

/* --- publishing ----------------------------------------------------------- */

static struct kl_calendar_day one(const char *date, bool working)
{
	return (struct kl_calendar_day){ day_of(date), working, date, NULL };
}

static const struct kl_calendar_level nothing = {
	.name = "here",
	.horizon = KL_DATE_NONE,
};

static enum kl_result publish(const struct kl_calendar_level *base,
    const struct kl_calendar_notice notices[], size_t count,
    struct kl_buf *days, struct kl_calendar_level *level)
{
	*days = (struct kl_buf)KL_BUF(KL_CALENDAR_PUBLISHED_SIZE);
	return kl_calendar_publish(base, notices, count, days, level);
}

static const struct kl_calendar_day *find(
    const struct kl_calendar_level *level, const char *date)
{
	const struct kl_calendar_day *found = NULL;

	for (size_t i = 0; i < level->count; i++)
		if (level->days[i].day == day_of(date)) {
			assert_null(found); /* each day once */
			found = &level->days[i];
		}
	return found;
}

static void test_later_year_holds(void **state)
{
	const struct kl_calendar_day early[] = { one("2026-12-31", false),
		one("2026-05-04", false) };
	const struct kl_calendar_day late[] = { one("2026-12-31", true) };
	const struct kl_calendar_notice notices[] = { { 2026, early, 2 },
		{ 2027, late, 1 } };
	struct kl_calendar_level level;
	struct kl_buf days;

	(void)state;
	assert_int_equal(publish(&nothing, notices, 2, &days, &level), KL_OK);
	assert_int_equal(level.count, 2);
	assert_true(find(&level, "2026-12-31")->working);
	assert_false(find(&level, "2026-05-04")->working);
	assert_string_equal(level.name, "here");
	assert_int_equal(level.horizon, KL_DATE_NONE);
	kl_buf_clear(&days);
}

/* What corrects the nation's own days, and what goes on after them. */
static void test_horizon(void **state)
{
	const struct kl_calendar_day correction[] = { one("2026-01-01", true) };
	const struct kl_calendar_day next[] = { one("2027-01-01", false) };
	const struct kl_calendar_day gap[] = { one("2029-01-01", false) };
	const struct kl_calendar_notice notices[] = { { 2026, correction, 1 },
		{ 2027, next, 1 }, { 2029, gap, 1 } };
	struct kl_calendar_level level;
	struct kl_buf days;

	(void)state;
	assert_int_equal(
	    publish(&kl_calendar_cn, notices, 3, &days, &level), KL_OK);
	assert_int_equal(level.count, kl_calendar_cn.count + 2);
	assert_true(find(&level, "2026-01-01")->working);
	assert_int_equal(level.horizon, day_of("2027-12-31"));
	assert_non_null(find(&level, "2029-01-01"));
	kl_buf_clear(&days);
	assert_int_equal(
	    publish(&kl_calendar_cn, notices, 1, &days, &level), KL_OK);
	assert_int_equal(level.horizon, day_of("2026-12-31"));
	kl_buf_clear(&days);
}

static void test_published_in_order(void **state)
{
	const struct kl_calendar_day day = one("2026-01-01", true);
	struct kl_calendar_notice all[KL_CALENDAR_NOTICES_MAX + 1];
	struct kl_calendar_level level = { .count = 7 };
	struct kl_buf days;

	(void)state;
	for (size_t i = 0; i <= KL_CALENDAR_NOTICES_MAX; i++)
		all[i] = (struct kl_calendar_notice){
			KL_CALENDAR_YEAR_FIRST + (int32_t)i, &day, 1
		};
	assert_int_equal(
	    publish(&nothing, all, KL_CALENDAR_NOTICES_MAX + 1, &days, &level),
	    KL_RANGE);
	assert_int_equal(level.count, 7); /* as it was */
	assert_int_equal(
	    publish(&nothing, all, KL_CALENDAR_NOTICES_MAX, &days, &level),
	    KL_OK);
	assert_int_equal(level.count, 1);
	kl_buf_clear(&days);
	all[1].year = all[0].year;
	assert_int_equal(publish(&nothing, all, 2, &days, &level), KL_RANGE);
	assert_int_equal(publish(&nothing, NULL, 0, &days, &level), KL_OK);
	assert_int_equal(level.count, 0);
	kl_buf_clear(&days);
}

static void test_little_room(void **state)
{
	struct kl_buf days = KL_BUF(sizeof(struct kl_calendar_day));
	struct kl_calendar_level level;

	(void)state;
	assert_int_equal(
	    kl_calendar_publish(&kl_calendar_cn, NULL, 0, &days, &level),
	    KL_TOO_LARGE);
	kl_buf_clear(&days);
}

/* --- what follows --------------------------------------------------------- */

static void test_diff(void **state)
{
	const struct kl_calendar_day more[] = { one("2026-11-16", false),
		one("2026-10-01", false), one("2027-01-09", true) };
	const struct kl_calendar_level levels[] = { kl_calendar_cn,
		{ .name = "here",
		    .days = more,
		    .count = 3,
		    .horizon = KL_DATE_NONE } };
	struct kl_calendar before = KL_CALENDAR, after = KL_CALENDAR;
	struct kl_calendar_change changes[2];
	int32_t from = day_of("2026-01-01"), to = day_of("2027-12-31");

	(void)state;
	assert_int_equal(kl_calendar_make(&before, levels, 1), KL_OK);
	assert_int_equal(kl_calendar_make(&after, levels, 2), KL_OK);
	assert_int_equal(
	    kl_calendar_diff(&before, &after, from, to, changes, 2), 2);
	assert_int_equal(changes[0].day, day_of("2026-11-16"));
	assert_false(changes[0].working);
	assert_false(changes[0].provisional);
	assert_int_equal(changes[1].day, day_of("2027-01-09"));
	assert_true(changes[1].working && changes[1].provisional);
	assert_int_equal(
	    kl_calendar_diff(&before, &after, from, to, changes, 1), 2);
	assert_int_equal(kl_calendar_diff(&before, &after, from,
			     day_of("2026-11-15"), NULL, 0),
	    0);
	kl_calendar_clear(&before);
	kl_calendar_clear(&after);
}

static int32_t due(
    const struct kl_calendar *calendar, const char *from, struct kl_days limit)
{
	int32_t day = KL_DATE_NONE;

	assert_int_equal(
	    kl_calendar_due(calendar, day_of(from), limit, &day), KL_OK);
	return day;
}

static void test_due(void **state)
{
	struct kl_calendar calendar = KL_CALENDAR;
	int32_t day;

	(void)state;
	assert_int_equal(
	    kl_calendar_make(&calendar, &kl_calendar_cn, 1), KL_OK);
	assert_int_equal(
	    due(&calendar, "2026-09-30", (struct kl_days){ 2, true }),
	    day_of("2026-10-09"));
	assert_int_equal(
	    due(&calendar, "2026-09-30", (struct kl_days){ 0, true }),
	    day_of("2026-09-30"));
	/* 1 to 7 October are off, the 8th is a Thursday. */
	assert_int_equal(
	    due(&calendar, "2026-09-30", (struct kl_days){ 3, false }),
	    day_of("2026-10-08"));
	assert_int_equal(
	    due(&calendar, "2026-09-30", (struct kl_days){ 9, false }),
	    day_of("2026-10-09"));
	assert_int_equal(kl_calendar_due(&calendar, KL_CALENDAR_LAST,
			     (struct kl_days){ 1, false }, &day),
	    KL_RANGE);
	assert_int_equal(kl_calendar_due(&calendar, KL_CALENDAR_LAST,
			     (struct kl_days){ 1, true }, &day),
	    KL_RANGE);
	kl_calendar_clear(&calendar);
}

static void test_week(void **state)
{
	uint8_t week = 0;

	(void)state;
	assert_int_equal(kl_week_read("1111100", 7, &week), KL_OK);
	assert_int_equal(week, KL_WEEK_STANDARD);
	assert_int_equal(kl_week_read("0000001", 7, &week), KL_OK);
	assert_int_equal(week, 0x40);
	assert_int_equal(kl_week_read("111110", 6, &week), KL_MALFORMED);
	assert_int_equal(kl_week_read("1111120", 7, &week), KL_MALFORMED);
	assert_int_equal(kl_week_read("111110/", 7, &week), KL_MALFORMED);
	assert_int_equal(kl_week_read("0000000", 7, &week), KL_MALFORMED);
	assert_int_equal(week, 0x40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_later_year_holds),
		cmocka_unit_test(test_horizon),
		cmocka_unit_test(test_published_in_order),
		cmocka_unit_test(test_little_room),
		cmocka_unit_test(test_diff),
		cmocka_unit_test(test_due),
		cmocka_unit_test(test_week),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
