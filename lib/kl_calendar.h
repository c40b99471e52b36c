/* kl_calendar.h -- which days are working days, and why. turnaround §2. */
#ifndef KL_CALENDAR_H
#define KL_CALENDAR_H

#include "kl_buf.h"
#include "kl_date.h"

#include <jansson.h>

enum {
	KL_CALENDAR_LEVELS_MAX = 8, /* national, province, city, office, … */
	KL_CALENDAR_LAST = 65743,   /* 2149-12-31: the last day it knows */
	KL_WEEK_STANDARD = 0x1f,    /* Monday to Friday */
	KL_WEEK_MAX = 0x7f,
	KL_CALENDAR_DAYS = KL_CALENDAR_LAST - KL_DATE_FIRST + 2,
	KL_CALENDAR_SIZE = KL_CALENDAR_DAYS * sizeof(uint16_t),
};

/* A number of days, of all days or of working days. */
struct kl_days {
	int64_t count;
	bool workdays;
};

/* A day off, or a make-up working day (调休). */
struct kl_calendar_day {
	int32_t day; /* KL_DATE_FIRST to KL_DATE_LAST */
	bool working;
	const char *name, *source; /* for what, by which document; or NULL */
};

/*
 * What one authority has published. Of several levels the later one, which is
 * the more local, has the last word on the days that it names and on the week;
 * of a day that it names twice the make-up day holds.
 */
struct kl_calendar_level {
	const char *name;
	uint8_t week; /* bit 0 is Monday: what works; 0: as the level before */
	int32_t horizon; /* the last day published; KL_DATE_NONE: not said */
	const struct kl_calendar_day *days;
	size_t count;
};

/* National: the State Council's notices of 2010 to 2026. */
extern const struct kl_calendar_level kl_calendar_cn;

enum kl_day_kind {
	KL_DAY_WEEKDAY, /* works, as each week */
	KL_DAY_WEEKEND, /* does not */
	KL_DAY_OFF,
	KL_DAY_MAKEUP,
};

/* One day of a calendar; `level` and `name` where a level named the day. */
struct kl_calendar_look {
	enum kl_day_kind kind;
	bool working;
	bool provisional; /* past the horizon */
	const struct kl_calendar_level *level;
	const struct kl_calendar_day *named;
};

/* Levels put on one another, once, for any number of questions. */
struct kl_calendar {
	struct kl_calendar_level levels[KL_CALENDAR_LEVELS_MAX];
	size_t level_count;
	int32_t horizon;      /* the earliest of the levels', or KL_DATE_NONE */
	struct kl_buf counts; /* of each day: working days up to it */
};

#define KL_CALENDAR                                                            \
	{                                                                      \
		.counts = KL_BUF(KL_CALENDAR_SIZE)                             \
	}

/*
 * Put `count` levels on one another, the national one first. Their days are
 * borrowed for as long as the calendar lives; kl_calendar_clear() gives back
 * the rest, also after a failure.
 *
 * KL_RANGE       no level, over KL_CALENDAR_LEVELS_MAX; a day out of its
 *                bounds; a week or, in the first level, no week
 * KL_NO_MEMORY
 */
enum kl_result kl_calendar_make(struct kl_calendar *calendar,
    const struct kl_calendar_level levels[], size_t count) KL_MUST_CHECK;
void kl_calendar_clear(struct kl_calendar *calendar);

/* A day from KL_DATE_FIRST to KL_CALENDAR_LAST. */
bool kl_calendar_works(const struct kl_calendar *calendar, int32_t day);
struct kl_calendar_look kl_calendar_look(
    const struct kl_calendar *calendar, int32_t day);

/* Is it past the last day that has been published? */
bool kl_calendar_provisional(const struct kl_calendar *calendar, int32_t day);

/* Working days in (from, to]; 0 where `to` is not after `from`. Both are days
 * from KL_DATE_FIRST - 1 to KL_CALENDAR_LAST. */
int64_t kl_calendar_count(
    const struct kl_calendar *calendar, int32_t from, int32_t to);

/*
 * The n-th working day after `from`, n ≥ 1: the day itself is not counted
 * (民法典 §201; 行政许可法 §82 counts working days).
 *
 * KL_RANGE   it would be after KL_CALENDAR_LAST
 */
enum kl_result kl_calendar_add(const struct kl_calendar *calendar, int32_t from,
    int64_t n, int32_t *day) KL_MUST_CHECK;

/*
 * The last day in time of a limit that runs from the day after `from`: the
 * n-th working day, or the n-th day and, if that is no working day, the next
 * one. 民法典 §201, §203; turnaround §1. A limit of 0 ends on `from`.
 *
 * KL_RANGE       it would be after KL_CALENDAR_LAST
 */
enum kl_result kl_calendar_due(const struct kl_calendar *calendar, int32_t from,
    struct kl_days limit, int32_t *due) KL_MUST_CHECK;

/* A week as text, Monday first: "1111100". KL_MALFORMED: another form, or no
 * day of it works. */
enum { KL_WEEK_SIZE = 7 };
enum kl_result kl_week_read(
    const char *text, size_t size, uint8_t *week) KL_MUST_CHECK;

/*
 * Append to `days` the days of {"days_off": [dates], "workdays": [dates],
 * "horizon": date}, and make a level of them with the standard week, which
 * borrows `days` and is of no use once that grows. turnaround §8. `why`, an
 * English phrase, says why it is refused.
 *
 * KL_MALFORMED   another member or none of one, a date of another form or
 *                century
 * KL_TOO_LARGE   more days than `days` has room for
 * KL_NO_MEMORY
 */
enum kl_result kl_calendar_read(const json_t *object, struct kl_buf *days,
    struct kl_calendar_level *level, const char **why) KL_MUST_CHECK;

#endif
