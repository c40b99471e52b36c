/* clocks.h -- clocks from JSON, and chance, for the tests of kl_clock. */
#ifndef CLOCKS_H
#define CLOCKS_H

#include "kl_clock_json.h"
#include "vectors.h"

#include <stdarg.h>

#define NOTICE                                                                 \
	"\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""
#define AT(date) "{\"at\": \"" date "T10:00:00+08:00\""
#define EVENT(date, kind, holder)                                              \
	AT(date) ", \"kind\": \"" kind "\", \"holder\": \"" holder "\"}"
#define START(date, holder) EVENT(date, "start", holder)
#define END(date)           AT(date) ", \"kind\": \"end\"}"
#define PAUSE(date, holder, until)                                             \
	AT(date)                                                               \
	", \"kind\": \"pause\", \"holder\": \"" holder "\", "                  \
	"\"basis\": \"expert-review\", \"notice\": " NOTICE ", "               \
	"\"expected_end\": \"" until "\"}"

/* Read it as far as it can be; what is refused is in `fault`. */
static inline enum kl_result clocks_read(
    const json_t *in, struct kl_clock *clock, struct kl_clock_fault *fault)
{
	struct kl_clock_input input = KL_CLOCK_INPUT;
	enum kl_result result = kl_clock_input_read(&input, in, fault);

	if (!result)
		result = kl_clock_read(&input.terms,
		    (const struct kl_clock_event *)input.events.data,
		    input.event_count, input.today, clock, fault);
	kl_clock_input_clear(&input);
	kl_clock_input_clear(&input); /* twice does no harm */
	return result;
}

static inline struct kl_clock clocks_taken(const json_t *in)
{
	struct kl_clock_fault fault;
	struct kl_clock clock;

	if (clocks_read(in, &clock, &fault))
		fail_msg("event %zu: %s", fault.event, fault.why);
	return clock;
}

/* What it shows; the caller's. */
static inline json_t *clocks_shown(const json_t *in)
{
	struct kl_clock clock = clocks_taken(in);

	return kl_clock_json(&clock);
}

enum { CLOCKS_TEXT_MAX = 4096 };

__attribute__((format(printf, 1, 2))) static inline struct kl_clock clocks_of(
    const char *format, ...)
{
	char text[CLOCKS_TEXT_MAX];
	json_auto_t *in = NULL;
	va_list words;

	va_start(words, format);
	vsnprintf(text, sizeof(text), format, words);
	va_end(words);
	in = json_loads(text, 0, NULL);
	if (!in)
		fail_msg("no JSON: %s", text);
	return clocks_taken(in);
}

/* The national calendar as the state of a group of tests. */
static inline int clocks_national(void **state)
{
	static struct kl_calendar calendar = KL_CALENDAR;

	*state = &calendar;
	return kl_calendar_make(&calendar, &kl_calendar_cn, 1);
}

static inline int clocks_clear(void **state)
{
	kl_calendar_clear(*state);
	return 0;
}

static inline struct kl_clock_terms clocks_terms(
    const struct kl_calendar *calendar)
{
	return (struct kl_clock_terms){
		.calendar = calendar,
		.limit = { 20, true },
		.counts = KL_CLOCK_EVERYBODY,
		.thresholds = { 70, 90, 120 },
	};
}

/* xorshift64: the same each time. */
struct clocks_chance {
	uint64_t state;
};

static inline unsigned clocks_below(struct clocks_chance *chance, unsigned n)
{
	chance->state ^= chance->state << 13;
	chance->state ^= chance->state >> 7;
	chance->state ^= chance->state << 17;
	return (unsigned)(chance->state >> 33) % n;
}

#endif
