/* writer_queue.c -- the queues of acts, and what runs next. */
#include "clock.h"
#include "idempotency.h"
#include "writer_private.h"

#include <time.h>

enum {
	IDLE_MS_MAX = 1000,     /* then it looks at the clock: it may be set */
	STRAGGLER_POLL_MS = 20, /* while acts in flight are waited for */
	ARRIVING_MS = 20,       /* from being stamped to being expected */
	AFTER_FAILURE_MS = 200, /* when it could not read what is due */
	US = 1000000,
};

struct writer writer_one = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.changed = PTHREAD_COND_INITIALIZER,
};

static void lock(void)
{
	pthread_mutex_lock(&writer_one.lock);
}

static void unlock(void)
{
	pthread_mutex_unlock(&writer_one.lock);
}

void writer_wake(void)
{
	lock();
	pthread_cond_signal(&writer_one.changed);
	unlock();
}

/* --- acts in flight, by stamp --------------------------------------------- */

static bool is_expected(const struct request *request)
{
	return request->earlier || writer_one.earliest == request;
}

/* They come nearly in order: seek from the end. */
static void expect(struct request *request)
{
	struct writer *writer = &writer_one;
	struct request *before = writer->latest;

	while (before && before->stamp_us > request->stamp_us)
		before = before->earlier;
	request->earlier = before;
	request->later = before ? before->later : writer->earliest;
	if (request->later)
		request->later->earlier = request;
	else
		writer->latest = request;
	if (before)
		before->later = request;
	else
		writer->earliest = request;
}

static void dismiss(struct request *request)
{
	struct writer *writer = &writer_one;

	if (!is_expected(request))
		return;
	if (request->earlier)
		request->earlier->later = request->later;
	else
		writer->earliest = request->later;
	if (request->later)
		request->later->earlier = request->earlier;
	else
		writer->latest = request->earlier;
	request->earlier = request->later = NULL;
	pthread_cond_signal(&writer->changed);
}

void writer_expect(struct request *request)
{
	lock();
	if (!is_expected(request))
		expect(request);
	unlock();
}

void writer_dismiss(struct request *request)
{
	lock();
	dismiss(request);
	unlock();
}

static bool in_flight_before(int64_t time)
{
	const struct request *earliest = writer_one.earliest;

	return earliest && earliest->stamp_us < time * US;
}

/* --- queues --------------------------------------------------------------- */

static enum act_queue queue_of(const struct request *request)
{
	if (request->route->proves_itself)
		return QUEUE_DEADLINE;
	return request->route->bulk ? QUEUE_BULK : QUEUE_PEOPLE;
}

static void put_last(struct act_list *list, struct request *request)
{
	request->next = NULL;
	if (list->last)
		list->last->next = request;
	else
		list->first = request;
	list->last = request;
}

static void put_first(struct act_list *list, struct request *request)
{
	request->next = list->first;
	list->first = request;
	if (!list->last)
		list->last = request;
}

static void make_act(struct request *request)
{
	struct act *act = arena_alloc(&request->arena, sizeof(*act));

	writer_random(act->seed, sizeof(act->seed));
	act->queue = queue_of(request);
	idempotency_name(request, act);
	request->act = act;
}

enum error writer_submit(struct request *request)
{
	struct writer *writer = &writer_one;
	enum error error = ERR_OK;

	if (writer_works())
		make_act(request);
	else
		error = ERR_BUSY;
	lock();
	if (writer->stopping ||
	    writer->waiting >= writer->parts->config->act_queue)
		error = ERR_BUSY;
	if (error) {
		dismiss(request);
	} else {
		if (!is_expected(request))
			expect(request);
		put_last(&writer->queues[request->act->queue], request);
		writer->waiting++;
		pthread_cond_signal(&writer->changed);
	}
	unlock();
	return error;
}

/* Those stamped before `before_us`, of one queue, at most `count`. */
static void take_from(enum act_queue queue, int64_t before_us, size_t count,
    struct writer_batch *batch)
{
	struct act_list *list = &writer_one.queues[queue], rest = { 0 };
	struct request *request = list->first;

	while (request) {
		struct request *next = request->next;

		if (count > 0 && request->stamp_us < before_us) {
			batch->acts[batch->count++] = request;
			writer_one.waiting--;
			count--;
		} else {
			put_last(&rest, request);
		}
		request = next;
	}
	*list = rest;
}

static void take_acts(int64_t before_us, struct writer_batch *batch)
{
	const struct config *config = writer_one.parts->config;

	for (enum act_queue queue = 0; queue < QUEUES; queue++) {
		size_t room = config->batch_acts - batch->count;

		if (queue == QUEUE_BULK && room > config->batch_bulk_acts)
			room = config->batch_bulk_acts;
		take_from(queue, before_us, room, batch);
	}
}

/* Bulk acts that took too long to come to their turn. */
void writer_give_back(struct writer_batch *batch, size_t count)
{
	lock();
	for (size_t i = count; i > batch->count; i--) {
		struct request *request = batch->acts[i - 1];

		put_first(&writer_one.queues[request->act->queue], request);
		writer_one.waiting++;
	}
	unlock();
}

/* --- what runs next ------------------------------------------------------- */

static int64_t later(int64_t left, int64_t right)
{
	return left > right ? left : right;
}

static bool is_due(int64_t time, int64_t now)
{
	return time != DB_TIME_NONE && time <= now;
}

/* Just after its time, one stamped before may not be on the list yet. */
static bool may_arrive(int64_t due, int64_t now_us, int64_t waited_ms)
{
	return now_us - due * US < US && waited_ms < ARRIVING_MS;
}

/*
 * A due act waits for the acts that came before its time: they run first, at
 * a time before it. Those still on their way are waited for, but not for ever.
 */
static enum writer_next next_before_due(
    int64_t now_us, struct writer_batch *batch, int64_t *wait_ms)
{
	struct writer *writer = &writer_one;
	int64_t due = writer->due_first, second = writer->due_second;
	int64_t now = now_us / US, waited_ms;
	int64_t limit_ms =
	    (int64_t)writer->parts->config->deadline_wait_s * 1000;

	take_acts(due * US, batch);
	batch->at = later(writer->last_at, due - 1);
	if (batch->count > 0)
		return NEXT_ACTS;
	if (writer->waits_for != due) {
		writer->waits_for = due;
		writer->waits_since_ms = clock_steady_ms();
	}
	waited_ms = clock_steady_ms() - writer->waits_since_ms;
	*wait_ms = STRAGGLER_POLL_MS;
	if (may_arrive(due, now_us, waited_ms) ||
	    (in_flight_before(due) && waited_ms < limit_ms))
		return NEXT_WAIT;
	batch->dues = true;
	batch->at = later(writer->last_at, now);
	if (is_due(second, now) && in_flight_before(second))
		batch->at = later(writer->last_at, second - 1);
	return NEXT_DUES;
}

/* Where a rehearsal's time goes on to, once all so far is published, which is
 * told by writer_wake(). */
static bool time_moves(void)
{
	const struct writer *writer = &writer_one;
	int64_t now, next;

	if (!clock_stands() || !writer->due_known ||
	    !writer->parts->published || !writer_may_write())
		return false;
	now = clock_now();
	next = clock_next(now, writer->target, writer->due_first);
	if (next == now || writer->parts->published() < writer->size)
		return false;
	clock_move(next);
	return true;
}

/* While the clocks differ nothing runs, and nobody is to wait for a due act to
 * be told so. */
static bool refuses(struct writer_batch *batch)
{
	const struct writer *writer = &writer_one;

	if (!atomic_load(&writer->skewed))
		return false;
	take_acts(INT64_MAX, batch);
	return batch->count > 0 || writer->stopping;
}

static enum writer_next choose(struct writer_batch *batch, int64_t *wait_ms)
{
	struct writer *writer = &writer_one;
	int64_t now_us = writer->parts->clock_us();
	int64_t now = now_us / US;

	*wait_ms = writer->due_known ? IDLE_MS_MAX : AFTER_FAILURE_MS;
	batch->count = 0;
	batch->dues = false;
	if (is_due(writer->due_first, now) && !refuses(batch))
		return next_before_due(now_us, batch, wait_ms);
	take_acts(INT64_MAX, batch);
	batch->at = later(writer->last_at, now);
	if (batch->count > 0)
		return NEXT_ACTS;
	if (writer->stopping)
		return NEXT_END;
	if (time_moves()) {
		*wait_ms = 0;
		return NEXT_WAIT;
	}
	if (writer->due_first != DB_TIME_NONE &&
	    writer->due_first * US - now_us < *wait_ms * 1000)
		*wait_ms = (writer->due_first * US - now_us) / 1000 + 1;
	return NEXT_WAIT;
}

static void wait_for(int64_t ms)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += ms / 1000;
	end.tv_nsec += ms % 1000 * 1000000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_nsec -= 1000000000;
		end.tv_sec++;
	}
	pthread_cond_clockwait(
	    &writer_one.changed, &writer_one.lock, CLOCK_MONOTONIC, &end);
}

enum writer_next writer_choose(struct writer_batch *batch)
{
	enum writer_next next;
	int64_t wait_ms;

	lock();
	next = choose(batch, &wait_ms);
	if (next == NEXT_WAIT)
		wait_for(wait_ms);
	unlock();
	return next;
}
