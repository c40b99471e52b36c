/* kl_clock.h -- who held a matter on which day, and is it late. turnaround. */
#ifndef KL_CLOCK_H
#define KL_CLOCK_H

#include "kl_calendar.h"

enum kl_holder {
	KL_HOLDER_OWNER,
	KL_HOLDER_INTERMEDIARY,
	KL_HOLDER_AUTHORITY,
	KL_HOLDER_THIRD_PARTY, /* only while paused, as the next */
	KL_HOLDER_NOBODY,
	KL_HOLDERS,
};

enum kl_clock_kind {
	KL_CLOCK_START,
	KL_CLOCK_HOLD,
	KL_CLOCK_RESUME,
	KL_CLOCK_DELIVER,
	KL_CLOCK_RETURN,
	KL_CLOCK_PAUSE,
	KL_CLOCK_END,
	KL_CLOCK_KINDS,
};

enum kl_clock_level {
	KL_CLOCK_NONE,
	KL_CLOCK_REMIND,
	KL_CLOCK_WARN,
	KL_CLOCK_YELLOW,
	KL_CLOCK_RED,
	KL_CLOCK_LEVELS,
};

/* The token of each, as texts and events have it. */
const char *kl_holder_name(enum kl_holder holder);
const char *kl_clock_kind_name(enum kl_clock_kind kind);
const char *kl_clock_level_name(enum kl_clock_level level);

enum {
	KL_CLOCK_LIMIT_MAX = 10000,  /* days of a limit */
	KL_CLOCK_PERCENT_MAX = 1000, /* of a level */
	KL_CLOCK_THRESHOLDS = 3,
	KL_CLOCK_EVERYBODY = (1 << KL_HOLDERS) - 1,
};

/*
 * What happened. A pause stops the clock only if it is founded, which is to
 * say that it has a written notice and a basis that the policy knows, and has
 * an expected end, not before its own date. turnaround §3.
 */
struct kl_clock_event {
	int64_t at; /* seconds since 1970 */
	enum kl_clock_kind kind;
	enum kl_holder holder; /* of all but the end */
	bool founded;          /* of a pause */
	int32_t expected_end;  /* of a pause: a day, or KL_DATE_NONE */
};

/* What a clock counts, and against which limit. */
struct kl_clock_terms {
	const struct kl_calendar *calendar; /* borrowed */
	struct kl_days limit;
	unsigned counts; /* bit 1 << holder: whose days */
	unsigned
	    thresholds[KL_CLOCK_THRESHOLDS]; /* percent: remind, warn, red */
};

/* What a clock shows. */
struct kl_clock {
	int32_t due;   /* the last day in time; KL_DATE_NONE: none in sight */
	int32_t ended; /* KL_DATE_NONE: it runs */
	bool on_time;  /* once ended */
	bool overdue;
	int64_t used, margin; /* counted days, and those that are left */
	int64_t percent;      /* used, of the limit, rounded down */
	enum kl_clock_level level;
	bool paused; /* does what stands after today stop it tomorrow? */
	int64_t paused_days;
	int64_t rounds; /* 1, and one more for each return */
	int64_t days[KL_HOLDERS];
	int64_t wall_days;
	bool provisional; /* the due day, or today, is not published yet */
};

/* Why terms or events are refused: an English phrase that lives for ever. */
struct kl_clock_fault {
	size_t event; /* its index; SIZE_MAX: it is none of an event */
	const char *why;
};

/*
 * Read the clock on a day in Shanghai. What happens on a day still leaves it to
 * what was before (民法典 §201); a limit of all days ends on a working day
 * (§203); turnaround §1 to §6. `fault`, unless NULL, says what is refused.
 *
 * KL_MALFORMED   a limit, thresholds or holders out of their bounds; there is
 *                no start, or it is not the first, or there are two; something
 *                after the end; a third party or nobody who is handed it; an
 *                earlier time after a later one, a time later than today, a
 *                day that is not of 2010 to 2099
 * KL_RANGE       a due day after KL_CALENDAR_LAST
 */
enum kl_result kl_clock_read(const struct kl_clock_terms *terms,
    const struct kl_clock_event events[], size_t count, int32_t today,
    struct kl_clock *clock, struct kl_clock_fault *fault) KL_MUST_CHECK;

/* Days one after another in one state. */
struct kl_clock_span {
	int32_t first, last;
	enum kl_holder holder;
	bool paused;
};

/*
 * The spans of a clock, one after another: of the days after the start, for
 * ever. For events that kl_clock_read() takes.
 */
struct kl_clock_walk {
	const struct kl_clock_event *events; /* borrowed */
	size_t count, next;
	int32_t day; /* the first that has not been told of */
	enum kl_holder held, waited_for;
	int32_t paused_until; /* KL_DATE_NONE: not paused */
};

void kl_clock_walk_start(struct kl_clock_walk *walk,
    const struct kl_clock_event events[], size_t count);

/* The next span, cut off after `last`, which is not before walk->day. */
struct kl_clock_span kl_clock_walk_next(
    struct kl_clock_walk *walk, int32_t last);

/*
 * The same by the second, for finer analytics (§4): how long each held it from
 * the start to the end or, if that is earlier, to `until`. A pause ends when
 * its last day does.
 */
void kl_clock_seconds(const struct kl_clock_event events[], size_t count,
    int64_t until, int64_t seconds[static KL_HOLDERS]);

#endif
