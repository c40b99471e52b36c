/* Days and times as people write them. */
#include "kl_date.h"
#include "unit.h"

static int32_t day_of(const char *text)
{
	int32_t day;

	if (kl_date_read(text, strlen(text), &day))
		fail_msg("%s is refused", text);
	return day;
}

static enum kl_result reading(const char *text)
{
	int32_t day;

	return kl_date_read(text, strlen(text), &day);
}

static void reads_what_it_writes(void **state)
{
	char text[KL_DATE_TEXT];

	(void)state;
	for (int32_t day = KL_DATE_FIRST; day <= KL_DATE_LAST; day++) {
		kl_date_write(day, text);
		assert_int_equal(day_of(text), day);
		assert_int_equal(kl_date_of(kl_date_begins(day)), day);
		assert_int_equal(kl_date_of(kl_date_begins(day) - 1), day - 1);
	}
	assert_int_equal(day_of("2010-01-01"), KL_DATE_FIRST);
	assert_int_equal(day_of("2099-12-31"), KL_DATE_LAST);
}

static void refuses_other_days(void **state)
{
	static const char *const malformed[] = { "", "2026-1-01", "2026-02-29",
		"2026-13-01", "2026-00-10", "2026/01/01", "2026-01-01 ",
		" 2026-01-01", "20260101", "2026-01-0a", "+026-01-01",
		"2026-01-32" };

	(void)state;
	for (size_t i = 0; i < sizeof(malformed) / sizeof(*malformed); i++)
		assert_int_equal(reading(malformed[i]), KL_MALFORMED);
	assert_int_equal(reading("2009-12-31"), KL_RANGE);
	assert_int_equal(reading("2100-01-01"), KL_RANGE);
	assert_int_equal(reading("1969-12-31"), KL_RANGE);
	assert_int_equal(reading("2028-02-29"), KL_OK);
}

static void knows_the_day_of_the_week(void **state)
{
	(void)state;
	assert_int_equal(kl_date_weekday(day_of("2026-11-23")), 1);
	assert_int_equal(kl_date_weekday(day_of("2026-11-29")), 7);
	assert_int_equal(kl_date_weekday(day_of("2010-01-01")), 5);
	assert_int_equal(kl_date_weekday(day_of("2099-12-31")), 4);
}

/* The same moment, written from wherever. */
static void reads_a_time_from_anywhere(void **state)
{
	static const char *const same[] = { "2026-11-16T16:30:00Z",
		"2026-11-17T00:30:00+08:00", "2026-11-16T08:30:00-08:00",
		"2026-11-16T16:30:00-00:00", "2026-11-17T16:29:00+23:59",
		"2026-11-15T16:31:00-23:59" };
	int64_t expected, seconds;

	(void)state;
	assert_int_equal(
	    kl_instant_read(same[0], strlen(same[0]), &expected), KL_OK);
	assert_int_equal(kl_date_of(expected), day_of("2026-11-17"));
	for (size_t i = 1; i < sizeof(same) / sizeof(*same); i++) {
		assert_int_equal(
		    kl_instant_read(same[i], strlen(same[i]), &seconds), KL_OK);
		assert_int_equal(seconds, expected);
	}
}

static void refuses_other_times(void **state)
{
	static const char *const malformed[] = { "2026-11-16T16:30:00",
		"2026-11-16T16:30Z", "2026-11-16T16:30:00.5Z",
		"2026-11-16T16:30:60Z", "2026-11-16T24:00:00Z",
		"2026-11-16 16:30:00Z", "2026-11-16T16:30:00+0800",
		"2026-11-16T16:30:00+24:00", "2026-11-16T16:30:00+08:60",
		"2026-11-16T16:30:00 08:00", "2026-11-16T16:30:00+08-00",
		"2026-11-16T16:30:00+a8:00", "2026-11-16T16:30:00+08:0/",
		"2026-02-30T16:30:00+08:00", "2026-11-16t16:30:00z",
		"2026-11-16T16:30:00+08:001" };
	int64_t seconds;

	(void)state;
	for (size_t i = 0; i < sizeof(malformed) / sizeof(*malformed); i++)
		if (kl_instant_read(malformed[i], strlen(malformed[i]),
			&seconds) != KL_MALFORMED)
			fail_msg("%s is taken", malformed[i]);
}

static void counts_months(void **state)
{
	static const struct {
		const char *from, *to;
		uint32_t months;
	} cases[] = {
		{ "2026-01-15", "2026-01-15", 0 },
		{ "2026-01-15", "2026-02-15", 1 },
		{ "2026-01-31", "2026-02-28", 1 },
		{ "2028-01-31", "2028-02-29", 1 },
		{ "2026-08-31", "2027-08-31", 12 },
		{ "2026-12-31", "2027-06-30", 6 },
		{ "2026-11-30", "2029-11-30", 36 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(kl_date_months_after(
				     day_of(cases[i].from), cases[i].months),
		    day_of(cases[i].to));
	assert_int_equal(kl_date_months_after(KL_DATE_ENDS, 0), KL_DATE_ENDS);
	assert_int_equal(kl_date_months_after(KL_DATE_ENDS, 1), KL_DATE_ENDS);
	assert_int_equal(
	    kl_date_months_after(KL_DATE_LAST, UINT32_MAX), KL_DATE_ENDS);
	assert_int_equal(
	    kl_date_months_after(KL_DATE_ENDS - 31, 1), KL_DATE_ENDS - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_it_writes),
		cmocka_unit_test(refuses_other_days),
		cmocka_unit_test(knows_the_day_of_the_week),
		cmocka_unit_test(counts_months),
		cmocka_unit_test(reads_a_time_from_anywhere),
		cmocka_unit_test(refuses_other_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
