/* kl_clock_json.h -- a clock as JSON: what goes in and what comes out. */
#ifndef KL_CLOCK_JSON_H
#define KL_CLOCK_JSON_H

#include "kl_clock.h"

enum { KL_CLOCK_EVENTS_MAX = 100000 };

/* What a clock is read from; the terms point at its calendar. */
struct kl_clock_input {
	struct kl_clock_terms terms;
	struct kl_calendar calendar;
	struct kl_buf days;   /* of a calendar of its own */
	struct kl_buf events; /* of struct kl_clock_event */
	size_t event_count;
	int32_t today;
};

#define KL_CLOCK_INPUT                                                         \
	{                                                                      \
		.calendar = KL_CALENDAR, .days = KL_BUF(1 << 24),              \
		.events = KL_BUF(                                              \
		    KL_CLOCK_EVENTS_MAX * sizeof(struct kl_clock_event)),      \
	}

/*
 * Read the object of turnaround §8. A pause is founded when its basis is one of
 * `bases` (those of §3 where there are none), and it has a notice.
 * kl_clock_input_clear() gives back what it holds, also after a failure.
 *
 * KL_MALFORMED   another member or another type; `fault` says where and why.
 *                What kl_clock_read() refuses is not looked for.
 * KL_TOO_LARGE   over KL_CLOCK_EVENTS_MAX events; too many days
 * KL_NO_MEMORY
 */
enum kl_result kl_clock_input_read(struct kl_clock_input *input,
    const json_t *object, struct kl_clock_fault *fault) KL_MUST_CHECK;
void kl_clock_input_clear(struct kl_clock_input *input);

/* What a clock shows, member by member of §8; yours, NULL without memory. */
json_t *kl_clock_json(const struct kl_clock *clock);

#endif
