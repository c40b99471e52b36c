/* bench_clock.c -- clocks of 30 events each, read one after another. */
#include "kl_clock.h"
#include "peer.h"

enum { EVENTS = 30, STEP_S = 43200, BEGINS = 20400, ROUND = 6 };

/* A matter that goes around: held, paused, resumed, delivered, returned. */
static void make_events(struct kl_clock_event events[static EVENTS])
{
	static const struct {
		enum kl_clock_kind kind;
		enum kl_holder holder;
	} round[ROUND] = {
		{ KL_CLOCK_HOLD, KL_HOLDER_INTERMEDIARY },
		{ KL_CLOCK_PAUSE, KL_HOLDER_THIRD_PARTY },
		{ KL_CLOCK_RESUME, KL_HOLDER_INTERMEDIARY },
		{ KL_CLOCK_DELIVER, KL_HOLDER_AUTHORITY },
		{ KL_CLOCK_RETURN, KL_HOLDER_INTERMEDIARY },
		{ KL_CLOCK_HOLD, KL_HOLDER_OWNER },
	};
	int64_t at = kl_date_begins(BEGINS);

	for (size_t i = 0; i < EVENTS; i++, at += (1 + i % 5) * STEP_S) {
		events[i].at = at;
		events[i].kind =
		    i == 0 ? KL_CLOCK_START : round[i % ROUND].kind;
		events[i].holder = round[i % ROUND].holder;
		events[i].founded = true;
		events[i].expected_end = kl_date_of(at) + 3;
	}
}

/* Seconds of so many clocks, each of another limit; below zero if one failed.
 */
static double clocks_s(
    const struct kl_calendar *calendar, uint64_t count, int64_t *used)
{
	struct kl_clock_event events[EVENTS];
	struct kl_clock_terms terms = { .calendar = calendar,
		.counts = 1 << KL_HOLDER_INTERMEDIARY,
		.thresholds = { 70, 90, 120 } };
	double from;

	make_events(events);
	from = peer_now_s();
	for (uint64_t i = 0; i < count; i++) {
		struct kl_clock clock;

		terms.limit = (struct kl_days){ 1 + (int64_t)(i % 60), i & 1 };
		if (kl_clock_read(
			&terms, events, EVENTS, BEGINS + 120, &clock, NULL))
			return -1;
		*used += clock.used;
	}
	return peer_now_s() - from;
}

/* bench_clock CLOCKS: seconds for so many; as JSON. */
int main(int count, char **args)
{
	struct kl_calendar calendar = KL_CALENDAR;
	uint64_t clocks = count == 2 ? strtoull(args[1], NULL, 10) : 0;
	int64_t used = 0;
	double took;

	if (clocks == 0 || kl_calendar_make(&calendar, &kl_calendar_cn, 1))
		return 2;
	took = clocks_s(&calendar, clocks, &used);
	kl_calendar_clear(&calendar);
	if (took < 0)
		return 1;
	printf("{\"clocks_s\": %.6f, \"used\": %lld}\n", took, (long long)used);
	return 0;
}
