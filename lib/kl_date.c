#include "kl_date.h"

#include "kl_time.h"

#include <stdio.h>
#include <string.h>

enum {
	MINUTE_S = 60,
	HOUR_S = 3600,
	DAY_S = 86400,
	SHANGHAI_S = 8 * HOUR_S,
	OFFSET_SIZE = 6, /* +08:00 */
	CLOCK_SIZE = KL_TIME_SIZE - 1,
	MONTH_AT = 5, /* in YYYY-MM-DD */
	DAY_AT = 8,
	YEAR_MONTHS = 12,
	MONTH_LAST = 9999 * YEAR_MONTHS + YEAR_MONTHS - 1,
};

enum kl_result kl_date_read(const char *text, size_t size, int32_t *day)
{
	char time[KL_TIME_TEXT] = "0000-00-00T00:00:00Z";
	int64_t seconds;

	if (size != KL_DATE_SIZE)
		return KL_MALFORMED;
	memcpy(time, text, KL_DATE_SIZE);
	if (kl_time_read(time, KL_TIME_SIZE, &seconds))
		return KL_MALFORMED;
	if (seconds / DAY_S < KL_DATE_FIRST || seconds / DAY_S > KL_DATE_LAST)
		return KL_RANGE;
	*day = (int32_t)(seconds / DAY_S);
	return KL_OK;
}

void kl_date_write(int32_t day, char text[static KL_DATE_TEXT])
{
	char time[KL_TIME_TEXT];

	kl_time_write((int64_t)day * DAY_S, time);
	memcpy(text, time, KL_DATE_SIZE);
	text[KL_DATE_SIZE] = '\0';
}

unsigned kl_date_weekday(int32_t day)
{
	return (unsigned)(day + 3) % 7 + 1; /* day 0 was a Thursday */
}

/* The day with this number in the month counted from 0000-01; false for a day
 * that it does not have. */
static bool day_in_month(uint32_t month, unsigned number, int32_t *day)
{
	char text[sizeof("4294967295-4294967295-4294967295T00:00:00Z")];
	int64_t seconds;

	snprintf(text, sizeof(text), "%04u-%02u-%02uT00:00:00Z",
	    month / YEAR_MONTHS, month % YEAR_MONTHS + 1, number);
	if (kl_time_read(text, strlen(text), &seconds))
		return false;
	*day = (int32_t)(seconds / DAY_S);
	return true;
}

static unsigned digits(const char *text, size_t from, size_t to)
{
	unsigned number = 0;

	for (size_t i = from; i < to; i++)
		number = number * 10 + (unsigned)(text[i] - '0');
	return number;
}

int32_t kl_date_months_after(int32_t day, uint32_t months)
{
	char text[KL_DATE_TEXT];
	int32_t after = KL_DATE_ENDS;
	unsigned number;
	uint64_t total;

	kl_date_write(day, text);
	number = digits(text, DAY_AT, KL_DATE_SIZE);
	total = (uint64_t)digits(text, 0, MONTH_AT - 1) * YEAR_MONTHS +
		digits(text, MONTH_AT, DAY_AT - 1) - 1 + months;
	if (total > MONTH_LAST)
		return KL_DATE_ENDS;
	while (!day_in_month((uint32_t)total, number, &after))
		number--;
	return after;
}

int32_t kl_date_of(int64_t seconds)
{
	return (int32_t)((seconds + SHANGHAI_S) / DAY_S);
}

int64_t kl_date_begins(int32_t day)
{
	return (int64_t)day * DAY_S - SHANGHAI_S;
}

/* +HH:MM or -HH:MM */
static bool read_offset(const char *text, int64_t *seconds)
{
	int digits[] = { text[1] - '0', text[2] - '0', text[4] - '0',
		text[5] - '0' };
	int64_t offset;

	if ((text[0] != '+' && text[0] != '-') || text[3] != ':')
		return false;
	for (size_t i = 0; i < sizeof(digits) / sizeof(*digits); i++)
		if (digits[i] < 0 || digits[i] > 9)
			return false;
	if (digits[0] * 10 + digits[1] > 23 || digits[2] > 5)
		return false;
	offset = (digits[0] * 10 + digits[1]) * HOUR_S +
		 (digits[2] * 10 + digits[3]) * MINUTE_S;
	*seconds = text[0] == '+' ? offset : -offset;
	return true;
}

enum kl_result kl_instant_read(const char *text, size_t size, int64_t *seconds)
{
	char time[KL_TIME_TEXT] = "0000-00-00T00:00:00Z";
	int64_t local, offset = 0;

	if (size == KL_TIME_SIZE)
		return kl_time_read(text, size, seconds);
	if (size != CLOCK_SIZE + OFFSET_SIZE)
		return KL_MALFORMED;
	memcpy(time, text, CLOCK_SIZE);
	if (kl_time_read(time, KL_TIME_SIZE, &local) ||
	    !read_offset(text + CLOCK_SIZE, &offset))
		return KL_MALFORMED;
	*seconds = local - offset;
	return KL_OK;
}
