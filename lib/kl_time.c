#include "kl_time.h"

#include <string.h>

enum { DAY_S = 86400, HOUR_S = 3600, MINUTE_S = 60, ERA_DAYS = 146097 };

static bool is_leap(unsigned year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned days_in_month(unsigned year, unsigned month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

/* Days from 1970-01-01; years are counted from March, so leap days are last. */
static int64_t days_from_civil(unsigned year, unsigned month, unsigned day)
{
	int64_t shifted = (int64_t)year - (month <= 2);
	int64_t era = shifted / 400;
	int64_t year_of_era = shifted - era * 400;
	int64_t day_of_year =
	    (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + (int64_t)day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 -
			     year_of_era / 100 + day_of_year;

	return era * ERA_DAYS + day_of_era - 719468;
}

static bool read_number(
    const char *text, size_t at, size_t digits, unsigned *number)
{
	*number = 0;
	for (size_t i = at; i < at + digits; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*number = *number * 10 + (unsigned)(text[i] - '0');
	}
	return true;
}

enum kl_result kl_time_read(const char *text, size_t size, int64_t *seconds)
{
	unsigned year, month, day, hour, minute, second;

	if (size != KL_TIME_SIZE || text[4] != '-' || text[7] != '-' ||
	    text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
	    text[19] != 'Z')
		return KL_MALFORMED;
	if (!read_number(text, 0, 4, &year) ||
	    !read_number(text, 5, 2, &month) ||
	    !read_number(text, 8, 2, &day) ||
	    !read_number(text, 11, 2, &hour) ||
	    !read_number(text, 14, 2, &minute) ||
	    !read_number(text, 17, 2, &second))
		return KL_MALFORMED;
	if (year < 1 || month < 1 || month > 12 || day < 1 ||
	    day > days_in_month(year, month))
		return KL_MALFORMED;
	if (hour > 23 || minute > 59 || second > 59)
		return KL_MALFORMED;
	*seconds = days_from_civil(year, month, day) * DAY_S + hour * HOUR_S +
		   minute * MINUTE_S + second;
	return KL_OK;
}

static void write_number(char *text, size_t digits, unsigned number)
{
	while (digits-- > 0) {
		text[digits] = (char)('0' + number % 10);
		number /= 10;
	}
}

void kl_time_write(int64_t seconds, char text[static KL_TIME_TEXT])
{
	int64_t since_year_0 = seconds - KL_TIME_MIN;
	int64_t days = since_year_0 / DAY_S + 306; /* from 0000-03-01 */
	unsigned rest = (unsigned)(since_year_0 % DAY_S);
	int64_t era = days / ERA_DAYS;
	unsigned doe = (unsigned)(days % ERA_DAYS); /* day of the era */
	unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned shifted = (5 * doy + 2) / 153; /* months since March */
	unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
	unsigned year = (unsigned)(era * 400) + yoe + (month <= 2);

	memcpy(text, "0000-00-00T00:00:00Z", KL_TIME_TEXT);
	write_number(text, 4, year);
	write_number(text + 5, 2, month);
	write_number(text + 8, 2, doy - (153 * shifted + 2) / 5 + 1);
	write_number(text + 11, 2, rest / HOUR_S);
	write_number(text + 14, 2, rest % HOUR_S / MINUTE_S);
	write_number(text + 17, 2, rest % MINUTE_S);
}
