#include "kl_calendar.h"

#include <string.h>

/* The day before the first has the count 0. */
static uint16_t *count_at(const struct kl_calendar *calendar, int32_t day)
{
	return (uint16_t *)calendar->counts.data + (day - (KL_DATE_FIRST - 1));
}

static bool is_level(const struct kl_calendar_level *level)
{
	if (level->week > KL_WEEK_MAX)
		return false;
	for (size_t i = 0; i < level->count; i++)
		if (level->days[i].day < KL_DATE_FIRST ||
		    level->days[i].day > KL_DATE_LAST)
			return false;
	return true;
}

static uint8_t week_of(const struct kl_calendar *calendar)
{
	size_t i = calendar->level_count - 1;

	while (calendar->levels[i].week == 0)
		i--;
	return calendar->levels[i].week;
}

static bool works_in(uint8_t week, int32_t day)
{
	return week >> (kl_date_weekday(day) - 1) & 1;
}

/* Days off first: of a day that is named twice the make-up day holds. */
static void mark(
    struct kl_calendar *calendar, const struct kl_calendar_level *level)
{
	for (int working = 0; working <= 1; working++)
		for (size_t i = 0; i < level->count; i++)
			if (level->days[i].working == working)
				*count_at(calendar, level->days[i].day) =
				    (uint16_t)working;
}

/* 1 for each day that works, then their sums. */
static enum kl_result fill(struct kl_calendar *calendar)
{
	uint8_t week = week_of(calendar);

	kl_buf_empty(&calendar->counts);
	for (int32_t day = KL_DATE_FIRST - 1; day <= KL_CALENDAR_LAST; day++) {
		uint16_t works = day >= KL_DATE_FIRST && works_in(week, day);

		kl_buf_add(&calendar->counts, &works, sizeof(works));
	}
	if (kl_buf_result(&calendar->counts))
		return kl_buf_result(&calendar->counts);
	for (size_t i = 0; i < calendar->level_count; i++)
		mark(calendar, &calendar->levels[i]);
	for (int32_t day = KL_DATE_FIRST; day <= KL_CALENDAR_LAST; day++)
		*count_at(calendar, day) += *count_at(calendar, day - 1);
	return KL_OK;
}

static int32_t earliest(int32_t left, int32_t right)
{
	if (left == KL_DATE_NONE || right == KL_DATE_NONE)
		return left == KL_DATE_NONE ? right : left;
	return left < right ? left : right;
}

enum kl_result kl_calendar_make(struct kl_calendar *calendar,
    const struct kl_calendar_level levels[], size_t count)
{
	if (count == 0 || count > KL_CALENDAR_LEVELS_MAX || levels[0].week == 0)
		return KL_RANGE;
	for (size_t i = 0; i < count; i++)
		if (!is_level(&levels[i]))
			return KL_RANGE;
	calendar->level_count = count;
	calendar->horizon = KL_DATE_NONE;
	for (size_t i = 0; i < count; i++) {
		calendar->levels[i] = levels[i];
		calendar->horizon =
		    earliest(calendar->horizon, levels[i].horizon);
	}
	return fill(calendar);
}

void kl_calendar_clear(struct kl_calendar *calendar)
{
	kl_buf_clear(&calendar->counts);
	calendar->level_count = 0;
}

bool kl_calendar_works(const struct kl_calendar *calendar, int32_t day)
{
	return *count_at(calendar, day) != *count_at(calendar, day - 1);
}

bool kl_calendar_provisional(const struct kl_calendar *calendar, int32_t day)
{
	return calendar->horizon != KL_DATE_NONE && day > calendar->horizon;
}

/* What the level says of the day: its make-up day before its day off. */
static const struct kl_calendar_day *named_by(
    const struct kl_calendar_level *level, int32_t day)
{
	const struct kl_calendar_day *named = NULL;

	for (size_t i = 0; i < level->count; i++)
		if (level->days[i].day == day &&
		    (!named || level->days[i].working))
			named = &level->days[i];
	return named;
}

struct kl_calendar_look kl_calendar_look(
    const struct kl_calendar *calendar, int32_t day)
{
	struct kl_calendar_look look = {
		.working = kl_calendar_works(calendar, day),
		.provisional = kl_calendar_provisional(calendar, day),
	};

	for (size_t i = calendar->level_count; i-- > 0 && !look.named;) {
		look.named = named_by(&calendar->levels[i], day);
		if (look.named)
			look.level = &calendar->levels[i];
	}
	if (look.named)
		look.kind = look.working ? KL_DAY_MAKEUP : KL_DAY_OFF;
	else
		look.kind = look.working ? KL_DAY_WEEKDAY : KL_DAY_WEEKEND;
	return look;
}

int64_t kl_calendar_count(
    const struct kl_calendar *calendar, int32_t from, int32_t to)
{
	if (to <= from)
		return 0;
	return *count_at(calendar, to) - *count_at(calendar, from);
}

enum kl_result kl_calendar_add(
    const struct kl_calendar *calendar, int32_t from, int64_t n, int32_t *day)
{
	int32_t low = from + 1, high = KL_CALENDAR_LAST;

	if (low > high || kl_calendar_count(calendar, from, high) < n)
		return KL_RANGE;
	while (low < high) {
		int32_t middle = low + (high - low) / 2;

		if (kl_calendar_count(calendar, from, middle) < n)
			low = middle + 1;
		else
			high = middle;
	}
	*day = low;
	return KL_OK;
}

enum kl_result kl_calendar_due(const struct kl_calendar *calendar, int32_t from,
    struct kl_days limit, int32_t *due)
{
	int64_t last = from + limit.count;

	if (limit.count == 0) {
		*due = from;
		return KL_OK;
	}
	if (limit.workdays)
		return kl_calendar_add(calendar, from, limit.count, due);
	if (last > KL_CALENDAR_LAST)
		return KL_RANGE;
	if (!kl_calendar_works(calendar, (int32_t)last))
		return kl_calendar_add(calendar, (int32_t)last, 1, due);
	*due = (int32_t)last;
	return KL_OK;
}

enum kl_result kl_week_read(const char *text, size_t size, uint8_t *week)
{
	uint8_t bits = 0;

	if (size != KL_WEEK_SIZE)
		return KL_MALFORMED;
	for (size_t i = 0; i < size; i++) {
		if (text[i] != '0' && text[i] != '1')
			return KL_MALFORMED;
		bits |= (uint8_t)((text[i] - '0') << i);
	}
	if (bits == 0)
		return KL_MALFORMED;
	*week = bits;
	return KL_OK;
}
