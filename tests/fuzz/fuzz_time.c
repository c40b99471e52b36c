/*
 * A time that is read is written as the same text, and libc agrees about the
 * second; every second in bounds is written as a time that is read.
 */
#include "fuzz.h"

#include "kl_time.h"

#include <stdio.h>
#include <time.h>

static bool takes(const char *text, size_t size)
{
	int64_t seconds;

	return !kl_time_read(text, size, &seconds);
}

static void check_text(const char *text, size_t size, int64_t seconds)
{
	char written[KL_TIME_TEXT];
	struct tm parts = { 0 };
	time_t at = (time_t)seconds;

	assert(seconds >= KL_TIME_MIN && seconds <= KL_TIME_MAX);
	kl_time_write(seconds, written);
	assert(strlen(written) == size && memcmp(written, text, size) == 0);
	gmtime_r(&at, &parts);
	assert(timegm(&parts) == at);
	snprintf(written, sizeof(written), "%04u-%02u-%02uT%02u:%02u:%02uZ",
	    (unsigned)(parts.tm_year + 1900) % 10000u,
	    (unsigned)(parts.tm_mon + 1) % 100u, (unsigned)parts.tm_mday % 100u,
	    (unsigned)parts.tm_hour % 100u, (unsigned)parts.tm_min % 100u,
	    (unsigned)parts.tm_sec % 100u);
	assert(memcmp(written, text, size) == 0);
	fuzz_ends(takes, text, size);
}

/* Eight bytes as a second within bounds. */
static void check_second(const uint8_t *data)
{
	uint64_t span = (uint64_t)(KL_TIME_MAX - KL_TIME_MIN) + 1, number;
	char text[KL_TIME_TEXT];
	enum kl_result result;
	int64_t seconds, again;

	memcpy(&number, data, sizeof(number));
	seconds = KL_TIME_MIN + (int64_t)(number % span);
	kl_time_write(seconds, text);
	result = kl_time_read(text, strlen(text), &again);
	assert(result == KL_OK && again == seconds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t seconds;

	if (!kl_time_read((const char *)data, size, &seconds))
		check_text((const char *)data, size, seconds);
	if (size >= sizeof(uint64_t))
		check_second(data);
	return 0;
}
