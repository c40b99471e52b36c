#include "kl_calendar_year.h"

#include <stdio.h>
#include <string.h>

static const struct kl_words words[KL_YEAR_FAULTS] = {
	[KL_YEAR_COUNT] = { "year-count", "a list of 1 to 128 days",
	    "应为 1 至 128 日的列表" },
	[KL_YEAR_FORM] = { "year-form",
	    "an object of date, name (1 to 64 bytes) and working (true or "
	    "false)",
	    "应为含 date、name(1 至 64 字节)与 working(true 或 false)的对象" },
	[KL_YEAR_DATE] = { "year-date", "YYYY-MM-DD, from 2010 to 2099",
	    "应为 2010 至 2099 年间的 YYYY-MM-DD" },
	[KL_YEAR_OUTSIDE] = { "year-outside",
	    "within the year, the December before it or the January after it",
	    "应在该年、上年 12 月或次年 1 月之内" },
	[KL_YEAR_TWICE] = { "year-twice", "a day is named once only",
	    "同一日只列一次" },
};

const struct kl_words *kl_calendar_year_words(enum kl_calendar_year_fault fault)
{
	return fault == KL_YEAR_SOUND ? NULL : &words[fault];
}

/* --- days of a year ------------------------------------------------------- */

static int32_t day_of(int32_t year, const char *rest)
{
	char text[KL_DATE_TEXT];
	int32_t day = KL_DATE_NONE;

	snprintf(text, sizeof(text), "%04u-%s", (unsigned)year % 10000U, rest);
	return kl_date_read(text, KL_DATE_SIZE, &day) ? KL_DATE_NONE : day;
}

int32_t kl_calendar_year_first(int32_t year)
{
	return day_of(year, "01-01");
}

int32_t kl_calendar_year_last(int32_t year)
{
	return day_of(year, "12-31");
}

/* A month more at either end. */
static bool is_near(int32_t year, int32_t day)
{
	enum { MONTH = 31 };

	return day >= kl_calendar_year_first(year) - MONTH &&
	       day <= kl_calendar_year_last(year) + MONTH;
}

/* --- reading -------------------------------------------------------------- */

static enum kl_calendar_year_fault read_day(
    const json_t *item, int32_t year, struct kl_calendar_day *day)
{
	const json_t *date = json_object_get(item, "date");
	const json_t *name = json_object_get(item, "name");
	const json_t *working = json_object_get(item, "working");
	size_t size = json_string_length(name);

	if (json_object_size(item) != 3 || !json_is_string(date) ||
	    !json_is_boolean(working) || size == 0 ||
	    size > KL_CALENDAR_YEAR_NAME_MAX)
		return KL_YEAR_FORM;
	day->working = json_is_true(working);
	day->name = json_string_value(name);
	if (kl_date_read(
		json_string_value(date), json_string_length(date), &day->day))
		return KL_YEAR_DATE;
	return is_near(year, day->day) ? KL_YEAR_SOUND : KL_YEAR_OUTSIDE;
}

static bool is_named(const struct kl_buf *days, size_t from, int32_t day)
{
	const struct kl_calendar_day *all =
	    (const struct kl_calendar_day *)days->data;

	for (size_t i = from; i < days->size / sizeof(*all); i++)
		if (all[i].day == day)
			return true;
	return false;
}

enum kl_result kl_calendar_year_read(const json_t *list, int32_t year,
    struct kl_buf *days, enum kl_calendar_year_fault *fault, size_t *index)
{
	size_t count = json_array_size(list);
	size_t before = days->size / sizeof(struct kl_calendar_day);

	*index = 0;
	*fault = KL_YEAR_COUNT;
	if (count == 0 || count > KL_CALENDAR_YEAR_DAYS_MAX)
		return KL_MALFORMED;
	for (size_t i = 0; i < count; i++) {
		struct kl_calendar_day day = { .source = NULL };

		*index = i;
		*fault = read_day(json_array_get(list, i), year, &day);
		if (*fault == KL_YEAR_SOUND && is_named(days, before, day.day))
			*fault = KL_YEAR_TWICE;
		if (*fault != KL_YEAR_SOUND)
			return KL_MALFORMED;
		kl_buf_add(days, &day, sizeof(day));
	}
	return kl_buf_result(days);
}

/* --- publishing ----------------------------------------------------------- */

/* Which days are named already, by what was added before. */
struct named {
	struct kl_buf bits; /* a byte for each day */
};

static void add_new(struct named *named, const struct kl_calendar_day *days,
    size_t count, struct kl_buf *to)
{
	for (size_t i = 0; i < count; i++)
		if (!named->bits.data[days[i].day - KL_DATE_FIRST])
			kl_buf_add(to, &days[i], sizeof(days[i]));
	for (size_t i = 0; i < count; i++)
		named->bits.data[days[i].day - KL_DATE_FIRST] = 1;
}

static enum kl_result gather(const struct kl_calendar_level *base,
    const struct kl_calendar_notice notices[], size_t count,
    struct kl_buf *days)
{
	enum { ALL = KL_DATE_LAST - KL_DATE_FIRST + 1 };
	struct named named = { .bits = KL_BUF(ALL) };
	static const uint8_t zeros[ALL];
	enum kl_result result;

	kl_buf_add(&named.bits, zeros, sizeof(zeros));
	result = kl_buf_result(&named.bits);
	for (size_t i = count; i > 0 && !result; i--)
		add_new(
		    &named, notices[i - 1].days, notices[i - 1].count, days);
	if (!result)
		add_new(&named, base->days, base->count, days);
	kl_buf_clear(&named.bits);
	return result ? result : kl_buf_result(days);
}

/* To the end of each year that follows without a gap. */
static int32_t move_horizon(
    int32_t horizon, const struct kl_calendar_notice notices[], size_t count)
{
	for (size_t i = 0; i < count && horizon != KL_DATE_NONE; i++)
		if (kl_calendar_year_first(notices[i].year) == horizon + 1)
			horizon = kl_calendar_year_last(notices[i].year);
	return horizon;
}

enum kl_result kl_calendar_publish(const struct kl_calendar_level *base,
    const struct kl_calendar_notice notices[], size_t count,
    struct kl_buf *days, struct kl_calendar_level *level)
{
	enum kl_result result;

	if (count > KL_CALENDAR_NOTICES_MAX)
		return KL_RANGE;
	for (size_t i = 1; i < count; i++)
		if (notices[i].year <= notices[i - 1].year)
			return KL_RANGE;
	kl_buf_empty(days);
	result = gather(base, notices, count, days);
	if (result)
		return result;
	*level = *base;
	level->days = (const struct kl_calendar_day *)days->data;
	level->count = days->size / sizeof(struct kl_calendar_day);
	level->horizon = move_horizon(base->horizon, notices, count);
	return KL_OK;
}

/* --- what follows --------------------------------------------------------- */

size_t kl_calendar_diff(const struct kl_calendar *before,
    const struct kl_calendar *after, int32_t from, int32_t to,
    struct kl_calendar_change changes[], size_t limit)
{
	size_t count = 0;

	for (int32_t day = from; day <= to; day++) {
		bool working = kl_calendar_works(after, day);

		if (working == kl_calendar_works(before, day))
			continue;
		if (count < limit)
			changes[count] = (struct kl_calendar_change){ day,
				working, kl_calendar_provisional(before, day) };
		count++;
	}
	return count;
}
