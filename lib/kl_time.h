/* kl_time.h -- times as klero texts write them: YYYY-MM-DDTHH:MM:SSZ. */
#ifndef KL_TIME_H
#define KL_TIME_H

#include "kl_base.h"

enum { KL_TIME_SIZE = 20, KL_TIME_TEXT = KL_TIME_SIZE + 1 };

/* 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z in seconds since 1970. */
#define KL_TIME_MIN INT64_C(-62135596800)
#define KL_TIME_MAX INT64_C(253402300799)

/*
 * Read `size` bytes as one time: a real Gregorian date, seconds 00 to 59.
 * protocol §2. `*seconds` counts from 1970-01-01T00:00:00Z.
 *
 * KL_MALFORMED   another form, a date or an hour that does not exist
 */
enum kl_result kl_time_read(
    const char *text, size_t size, int64_t *seconds) KL_MUST_CHECK;

/* Write `seconds`, from KL_TIME_MIN to KL_TIME_MAX, and a NUL. */
void kl_time_write(int64_t seconds, char text[static KL_TIME_TEXT]);

#endif
