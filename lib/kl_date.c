#include "kl_date.h"

#include "kl_time.h"

#include <string.h>

enum {
	MINUTE_S = 60,
	HOUR_S = 3600,
	DAY_S = 86400,
	SHANGHAI_S = 8 * HOUR_S,
	OFFSET_SIZE = 6, /* +08:00 */
	CLOCK_SIZE = KL_TIME_SIZE - 1,
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
