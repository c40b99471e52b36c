/* party_wait.c -- how klero party waits: in time, and no trouble to anybody. */
#include "party.h"

#include <sodium.h>
#include <time.h>

enum {
	DAY_S = 86400,
	PAUSE_MS_MIN = 250,
	PAUSE_MS_MAX = 30000,
	UNKNOWN_MS_MAX = 2000, /* how long there is to commit nobody knows */
	POLLS = 50,            /* until the deadline, at least */
	TRIES = 10,            /* … though each of them fails */
	SECOND_MS = 1000,
};

/* Until the next thing of the draw has its time: then it is asked again. */
static int64_t next_time_ms(const struct party *party)
{
	const struct kl_declare *declare = &party->told.declare;
	const int64_t times[] = { declare->commit_by, declare->reveal_by,
		kl_declare_beacon_due(declare) };

	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++)
		if (times[i] > party->now)
			return (times[i] - party->now) * SECOND_MS;
	return PAUSE_MS_MAX;
}

static int64_t smaller(int64_t one, int64_t other)
{
	return one < other ? one : other;
}

/* The more often the sooner it must be done; the longer nothing happens the
 * less often; what fails, less and less. */
static int64_t choose_pause(const struct party *party, unsigned failures)
{
	int64_t pause_ms = (party->now - party->since) * SECOND_MS / 4;
	int64_t left_ms =
	    smaller(party->deadline - party->now, DAY_S) * SECOND_MS;

	if (party->deadline == INT64_MAX) /* not frozen yet */
		pause_ms = smaller(pause_ms, UNKNOWN_MS_MAX);
	pause_ms = smaller(pause_ms, left_ms / POLLS);
	if (pause_ms < PAUSE_MS_MIN || party->options->rehearsal)
		pause_ms = PAUSE_MS_MIN;
	for (unsigned i = 1; i < failures && pause_ms < PAUSE_MS_MAX; i++)
		pause_ms *= 2;
	/* Of the time that is left enough tries stay. */
	if (pause_ms > left_ms / TRIES && !party->options->rehearsal)
		pause_ms = left_ms / TRIES;
	if (pause_ms < party->retry_after_s * SECOND_MS)
		pause_ms = party->retry_after_s * SECOND_MS;
	if (left_ms > 0)
		pause_ms = smaller(pause_ms, left_ms / 2 + PAUSE_MS_MIN);
	return smaller(pause_ms, PAUSE_MS_MAX);
}

void party_pause(const struct party *party, unsigned failures)
{
	int64_t pause_ms = choose_pause(party, failures);
	struct timespec pause;

	/* Nobody's asking keeps pace with anybody else's. */
	pause_ms += randombytes_uniform((uint32_t)pause_ms / 2 + 1);
	if (party->deadline != INT64_MAX && !party->options->rehearsal)
		pause_ms =
		    smaller(pause_ms, next_time_ms(party) + PAUSE_MS_MIN);
	pause = (struct timespec){ pause_ms / SECOND_MS,
		pause_ms % SECOND_MS * 1000000 };
	nanosleep(&pause, NULL);
}

bool party_is_over(const struct party *party)
{
	int64_t now =
	    party->options->rehearsal ? party->now : (int64_t)time(NULL);

	return now >= party->deadline;
}
