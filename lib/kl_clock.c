#include "kl_clock.h"

#include "kl_time.h"

enum { PERCENT = 100 };

const char *kl_holder_name(enum kl_holder holder)
{
	static const char *const names[KL_HOLDERS] = {
		[KL_HOLDER_OWNER] = "owner",
		[KL_HOLDER_INTERMEDIARY] = "intermediary",
		[KL_HOLDER_AUTHORITY] = "authority",
		[KL_HOLDER_THIRD_PARTY] = "third_party",
		[KL_HOLDER_NOBODY] = "nobody",
	};

	return names[holder];
}

const char *kl_clock_kind_name(enum kl_clock_kind kind)
{
	static const char *const names[KL_CLOCK_KINDS] = {
		[KL_CLOCK_START] = "start",
		[KL_CLOCK_HOLD] = "hold",
		[KL_CLOCK_RESUME] = "resume",
		[KL_CLOCK_DELIVER] = "deliver",
		[KL_CLOCK_RETURN] = "return",
		[KL_CLOCK_PAUSE] = "pause",
		[KL_CLOCK_END] = "end",
	};

	return names[kind];
}

const char *kl_clock_level_name(enum kl_clock_level level)
{
	static const char *const names[KL_CLOCK_LEVELS] = {
		[KL_CLOCK_NONE] = "none",
		[KL_CLOCK_REMIND] = "remind",
		[KL_CLOCK_WARN] = "warn",
		[KL_CLOCK_YELLOW] = "yellow",
		[KL_CLOCK_RED] = "red",
	};

	return names[level];
}

/* --- what is refused ------------------------------------------------------ */

static const char *fault_of_terms(const struct kl_clock_terms *terms)
{
	unsigned before = 0;

	if (terms->limit.count < 1 || terms->limit.count > KL_CLOCK_LIMIT_MAX)
		return "limit.n is from 1 to 10000";
	if (terms->counts == 0 || terms->counts > KL_CLOCK_EVERYBODY)
		return "counts is one holder or more";
	for (size_t i = 0; i < KL_CLOCK_THRESHOLDS; i++) {
		if (terms->thresholds[i] <= before ||
		    terms->thresholds[i] > KL_CLOCK_PERCENT_MAX)
			return "levels are rising, from 1 to 1000";
		before = terms->thresholds[i];
	}
	return NULL;
}

static bool is_date(int32_t day)
{
	return day >= KL_DATE_FIRST && day <= KL_DATE_LAST;
}

static const char *fault_of_holder(const struct kl_clock_event *event)
{
	switch (event->kind) {
	case KL_CLOCK_START:
	case KL_CLOCK_HOLD:
	case KL_CLOCK_RESUME:
	case KL_CLOCK_DELIVER:
	case KL_CLOCK_RETURN:
		if (event->holder > KL_HOLDER_AUTHORITY)
			return "only owner, intermediary and authority can be "
			       "handed it";
		break;
	case KL_CLOCK_PAUSE:
		if (event->expected_end != KL_DATE_NONE &&
		    !is_date(event->expected_end))
			return "expected_end is a day of 2010 to 2099";
		break;
	case KL_CLOCK_END:
	case KL_CLOCK_KINDS:
		break;
	}
	return NULL;
}

static const char *fault_of_event(
    const struct kl_clock_event events[], size_t index, int32_t today)
{
	const struct kl_clock_event *event = &events[index];

	if ((event->kind == KL_CLOCK_START) != (index == 0))
		return "the first, and no other, is start";
	if (index > 0 && events[index - 1].kind == KL_CLOCK_END)
		return "nothing comes after the end";
	if (index > 0 && event->at < events[index - 1].at)
		return "it is earlier than the one before it";
	if (event->at < 0 || event->at > KL_TIME_MAX ||
	    !is_date(kl_date_of(event->at)))
		return "at is a time of 2010 to 2099";
	if (kl_date_of(event->at) > today)
		return "it is later than today";
	return fault_of_holder(event);
}

static struct kl_clock_fault fault_of(const struct kl_clock_terms *terms,
    const struct kl_clock_event events[], size_t count, int32_t today)
{
	struct kl_clock_fault fault = { SIZE_MAX, fault_of_terms(terms) };

	if (!fault.why && !is_date(today))
		fault.why = "today is a day of 2010 to 2099";
	if (!fault.why && count == 0)
		fault.why = "there is no start";
	for (size_t i = 0; i < count && !fault.why; i++) {
		fault.why = fault_of_event(events, i, today);
		if (fault.why)
			fault.event = i;
	}
	return fault;
}

/* --- who holds it --------------------------------------------------------- */

static bool is_valid(const struct kl_clock_event *pause)
{
	return pause->founded && pause->expected_end >= kl_date_of(pause->at);
}

static void take(struct kl_clock_walk *walk, const struct kl_clock_event *event)
{
	switch (event->kind) {
	case KL_CLOCK_START:
	case KL_CLOCK_HOLD:
	case KL_CLOCK_RESUME:
	case KL_CLOCK_DELIVER:
	case KL_CLOCK_RETURN:
		walk->held = event->holder;
		walk->paused_until = KL_DATE_NONE;
		break;
	case KL_CLOCK_PAUSE:
		if (is_valid(event)) {
			walk->waited_for = event->holder;
			walk->paused_until = event->expected_end;
		}
		break;
	case KL_CLOCK_END:
	case KL_CLOCK_KINDS:
		break;
	}
}

/* What stands on walk->day: all that happened on a day before it. */
static void catch_up(struct kl_clock_walk *walk)
{
	while (walk->next < walk->count &&
	       kl_date_of(walk->events[walk->next].at) < walk->day)
		take(walk, &walk->events[walk->next++]);
}

void kl_clock_walk_start(struct kl_clock_walk *walk,
    const struct kl_clock_event events[], size_t count)
{
	*walk = (struct kl_clock_walk){
		.events = events,
		.count = count,
		.day = kl_date_of(events[0].at) + 1,
		.paused_until = KL_DATE_NONE,
	};
	catch_up(walk);
}

static int32_t earlier(int32_t left, int32_t right)
{
	return left < right ? left : right;
}

struct kl_clock_span kl_clock_walk_next(
    struct kl_clock_walk *walk, int32_t last)
{
	struct kl_clock_span span = { .first = walk->day, .last = last };

	catch_up(walk);
	if (walk->next < walk->count)
		span.last =
		    earlier(span.last, kl_date_of(walk->events[walk->next].at));
	span.paused = walk->paused_until >= walk->day;
	if (span.paused)
		span.last = earlier(span.last, walk->paused_until);
	span.holder = span.paused ? walk->waited_for : walk->held;
	walk->day = span.last + 1;
	return span;
}

void kl_clock_seconds(const struct kl_clock_event events[], size_t count,
    int64_t until, int64_t seconds[static KL_HOLDERS])
{
	struct kl_clock_walk walk = { .paused_until = KL_DATE_NONE };

	for (size_t i = 0; i < KL_HOLDERS; i++)
		seconds[i] = 0;
	for (size_t i = 0; i < count && events[i].kind != KL_CLOCK_END; i++) {
		int64_t from = events[i].at;
		int64_t to = i + 1 < count ? events[i + 1].at : until;
		int64_t pause_ends;

		take(&walk, &events[i]);
		if (to > until)
			to = until;
		if (from >= to)
			continue;
		pause_ends = kl_date_begins(walk.paused_until + 1);
		if (pause_ends > to)
			pause_ends = to;
		if (walk.paused_until != KL_DATE_NONE && pause_ends > from) {
			seconds[walk.waited_for] += pause_ends - from;
			from = pause_ends;
		}
		seconds[walk.held] += to - from;
	}
}

/* --- what it shows -------------------------------------------------------- */

static bool is_counted(
    const struct kl_clock_terms *terms, const struct kl_clock_span *span)
{
	return !span->paused && (terms->counts >> span->holder & 1);
}

static int64_t counted_in(
    const struct kl_clock_terms *terms, const struct kl_clock_span *span)
{
	if (!is_counted(terms, span))
		return 0;
	if (!terms->limit.workdays)
		return span->last - span->first + 1;
	return kl_calendar_count(terms->calendar, span->first - 1, span->last);
}

/* The n-th counted day of a span that has as many. */
static enum kl_result due_in(const struct kl_clock_terms *terms,
    const struct kl_clock_span *span, int64_t n, int32_t *due)
{
	struct kl_days left = { n, terms->limit.workdays };

	return kl_calendar_due(terms->calendar, span->first - 1, left, due);
}

/* The days lived through, up to `until`. */
static enum kl_result live(const struct kl_clock_terms *terms,
    struct kl_clock_walk *walk, int32_t until, struct kl_clock *clock,
    bool *paused)
{
	enum kl_result result = KL_OK;

	while (walk->day <= until && !result) {
		struct kl_clock_span span = kl_clock_walk_next(walk, until);
		int64_t counted = counted_in(terms, &span);
		int64_t left = terms->limit.count - clock->used;

		if (left > 0 && counted >= left)
			result = due_in(terms, &span, left, &clock->due);
		clock->used += counted;
		clock->days[span.holder] += span.last - span.first + 1;
		clock->wall_days += span.last - span.first + 1;
		if (span.paused)
			clock->paused_days += span.last - span.first + 1;
		*paused = span.paused;
	}
	return result;
}

/* As if what stands now went on. */
static enum kl_result foresee(const struct kl_clock_terms *terms,
    struct kl_clock_walk walk, int64_t left, int32_t *due)
{
	while (walk.day <= KL_CALENDAR_LAST) {
		struct kl_clock_span span =
		    kl_clock_walk_next(&walk, KL_CALENDAR_LAST);
		int64_t counted = counted_in(terms, &span);

		if (counted >= left)
			return due_in(terms, &span, left, due);
		if (!span.paused && !is_counted(terms, &span))
			return KL_OK; /* none in sight */
		left -= counted;
	}
	return KL_RANGE;
}

static enum kl_clock_level level_of(const struct kl_clock_terms *terms,
    const struct kl_clock *clock, bool paused)
{
	int64_t used = clock->used * PERCENT;
	int64_t n = terms->limit.count;

	if (clock->overdue)
		return used > terms->thresholds[2] * n ? KL_CLOCK_RED
						       : KL_CLOCK_YELLOW;
	if (paused || clock->paused)
		return KL_CLOCK_NONE;
	if (used >= terms->thresholds[1] * n)
		return KL_CLOCK_WARN;
	return used >= terms->thresholds[0] * n ? KL_CLOCK_REMIND
						: KL_CLOCK_NONE;
}

/* What follows from the days that were used, and from the due day. */
static void conclude(const struct kl_clock_terms *terms, int32_t today,
    bool paused, struct kl_clock *clock)
{
	int32_t last = clock->ended == KL_DATE_NONE ? today : clock->ended;

	clock->margin = terms->limit.count - clock->used;
	clock->percent = clock->used * PERCENT / terms->limit.count;
	clock->overdue =
	    clock->due == KL_DATE_NONE ? clock->margin < 0 : last > clock->due;
	clock->on_time = clock->ended != KL_DATE_NONE && !clock->overdue;
	clock->provisional =
	    kl_calendar_provisional(terms->calendar, today) ||
	    (clock->due != KL_DATE_NONE &&
		kl_calendar_provisional(terms->calendar, clock->due));
	clock->level = level_of(terms, clock, paused);
}

enum kl_result kl_clock_read(const struct kl_clock_terms *terms,
    const struct kl_clock_event events[], size_t count, int32_t today,
    struct kl_clock *clock, struct kl_clock_fault *fault)
{
	struct kl_clock_fault why = fault_of(terms, events, count, today);
	struct kl_clock made = { .due = KL_DATE_NONE, .rounds = 1 };
	struct kl_clock_walk walk;
	bool paused = false;
	int32_t until = today;
	enum kl_result result;

	if (why.why) {
		if (fault)
			*fault = why;
		return KL_MALFORMED;
	}
	made.ended = KL_DATE_NONE;
	if (events[count - 1].kind == KL_CLOCK_END)
		made.ended = until = kl_date_of(events[count - 1].at);
	for (size_t i = 0; i < count; i++)
		made.rounds += events[i].kind == KL_CLOCK_RETURN;
	kl_clock_walk_start(&walk, events, count);
	result = live(terms, &walk, until, &made, &paused);
	catch_up(&walk);
	made.paused =
	    made.ended == KL_DATE_NONE && walk.paused_until >= walk.day;
	if (!result && made.due == KL_DATE_NONE)
		result = foresee(
		    terms, walk, terms->limit.count - made.used, &made.due);
	if (result)
		return result;
	conclude(terms, today, paused, &made);
	*clock = made;
	return KL_OK;
}
