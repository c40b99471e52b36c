/* kl_calendar_year.h -- the notice of one year, and what it changes. */
#ifndef KL_CALENDAR_YEAR_H
#define KL_CALENDAR_YEAR_H

#include "kl_calendar.h"
#include "kl_words.h"

enum {
	KL_CALENDAR_YEAR_FIRST = 2010,
	KL_CALENDAR_YEAR_LAST = 2099,
	KL_CALENDAR_YEAR_DAYS_MAX = 128,      /* that one notice names */
	KL_CALENDAR_YEAR_NAME_MAX = 64,       /* bytes of a day's name */
	KL_CALENDAR_NOTICES_MAX = 90,         /* one of each year */
	KL_CALENDAR_PUBLISHED_SIZE = 1 << 20, /* bytes of all days of a level */
};

/* What is wrong with a day of a notice. */
enum kl_calendar_year_fault {
	KL_YEAR_SOUND,
	KL_YEAR_COUNT,   /* year-count: none, or too many */
	KL_YEAR_FORM,    /* year-form */
	KL_YEAR_DATE,    /* year-date: none, or of another century */
	KL_YEAR_OUTSIDE, /* year-outside */
	KL_YEAR_TWICE,   /* year-twice */
	KL_YEAR_FAULTS,
};

/* What each is called; NULL for KL_YEAR_SOUND. */
const struct kl_words *kl_calendar_year_words(
    enum kl_calendar_year_fault fault);

/* What one notice publishes. */
struct kl_calendar_notice {
	int32_t year;
	const struct kl_calendar_day *days;
	size_t count;
};

/*
 * Append to `days` what a list names: [{"date": "2026-01-01", "name": "元旦",
 * "working": false}, …], each day once, within the year, the December before
 * it or the January after it, as notices at the turn of a year do. Borrows the
 * names. `*fault` and `*index` say what is refused, and of which day.
 *
 * KL_MALFORMED   a fault
 * KL_NO_MEMORY   or more than `days` has room for
 */
enum kl_result kl_calendar_year_read(const json_t *list, int32_t year,
    struct kl_buf *days, enum kl_calendar_year_fault *fault,
    size_t *index) KL_MUST_CHECK;

/*
 * The level that a region has published: `base`, which for all but the nation
 * has no days, and its notices by year, of each the one that counts. Of a day
 * that several name the later year's notice holds, and any of them before the
 * base. The horizon of a base that has one moves to the end of each further
 * year without a gap; days that are published beyond a gap hold, but all from
 * the gap on stays provisional. turnaround §2.
 *
 * `days` is emptied and then holds what `level` borrows; names are borrowed.
 *
 * KL_RANGE       more than KL_CALENDAR_NOTICES_MAX, or not by ascending year
 * KL_NO_MEMORY
 */
enum kl_result kl_calendar_publish(const struct kl_calendar_level *base,
    const struct kl_calendar_notice notices[], size_t count,
    struct kl_buf *days, struct kl_calendar_level *level) KL_MUST_CHECK;

/* A day that works under one calendar and not under the other. */
struct kl_calendar_change {
	int32_t day;
	bool working;     /* afterwards */
	bool provisional; /* was it so before */
};

/*
 * The days from `from` to `to`, both from KL_DATE_FIRST to KL_CALENDAR_LAST,
 * that `after` makes another kind of day: how many, the first `limit` of them
 * into `changes`.
 */
size_t kl_calendar_diff(const struct kl_calendar *before,
    const struct kl_calendar *after, int32_t from, int32_t to,
    struct kl_calendar_change changes[], size_t limit) KL_MUST_CHECK;

/* The first and the last day of a year of the notices. */
int32_t kl_calendar_year_first(int32_t year);
int32_t kl_calendar_year_last(int32_t year);

#endif
