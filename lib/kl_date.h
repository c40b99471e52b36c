/* kl_date.h -- days as people in China count them: YYYY-MM-DD. */
#ifndef KL_DATE_H
#define KL_DATE_H

#include "kl_base.h"

/*
 * A day is its number, counted from 1970-01-01, which is 0. Its borders are
 * those of Asia/Shanghai, UTC+8 without a summer time since 1991.
 */

enum {
	KL_DATE_SIZE = 10,
	KL_DATE_TEXT = KL_DATE_SIZE + 1,
	KL_DATE_FIRST = 14610, /* 2010-01-01 */
	KL_DATE_LAST = 47481,  /* 2099-12-31 */
	KL_DATE_NONE = -1,     /* where there may be no day */
	KL_DATE_ENDS = 2932896 /* 9999-12-31 */
};

/*
 * Read `size` bytes as one day of 2010 to 2099. turnaround §8.
 *
 * KL_MALFORMED   another form, or a day that does not exist
 * KL_RANGE       a day of another century
 */
enum kl_result kl_date_read(
    const char *text, size_t size, int32_t *day) KL_MUST_CHECK;

/* Write a day from 0 to 9999-12-31, and a NUL. */
void kl_date_write(int32_t day, char text[static KL_DATE_TEXT]);

/* 1 is Monday, 7 Sunday: ISO 8601. */
unsigned kl_date_weekday(int32_t day);

/* The day in Shanghai at `seconds` since 1970-01-01T00:00:00Z, not before. */
int32_t kl_date_of(int64_t seconds);

/* The same day so many months later, or the last of that month where it is too
 * short; KL_DATE_ENDS at the latest. 民法典 §202. */
int32_t kl_date_months_after(int32_t day, uint32_t months);

/* When a day begins in Shanghai: seconds since 1970-01-01T00:00:00Z. */
int64_t kl_date_begins(int32_t day);

/*
 * Read `size` bytes as a time of RFC 3339 in whole seconds, with `Z` or an
 * offset: 2026-11-16T10:00:00+08:00. `*seconds` counts from
 * 1970-01-01T00:00:00Z.
 *
 * KL_MALFORMED   another form, a date, an hour or an offset that does not
 *                exist, a leap second
 */
enum kl_result kl_instant_read(
    const char *text, size_t size, int64_t *seconds) KL_MUST_CHECK;

#endif
