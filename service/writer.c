/* writer.c -- the thread of acts: start, due acts, end. */
#include "writer.h"

#include "clock.h"
#include "diary.h"
#include "idempotency.h"
#include "log_read.h"
#include "rehearsal.h"
#include "writer_private.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

enum { MEMORY_ROWS_MAX = 200000, TAKE_TRIES = 10, SILENT_MS_MAX = 5000 };

static void lock(void)
{
	pthread_mutex_lock(&writer_one.lock);
}

static void unlock(void)
{
	pthread_mutex_unlock(&writer_one.lock);
}

void writer_random(void *bytes, size_t size)
{
	if (writer_one.parts->random)
		writer_one.parts->random(bytes, size);
	else
		randombytes_buf(bytes, size);
}

/* --- due acts ------------------------------------------------------------- */

static void learn_dues(struct writer *writer)
{
	int64_t first = DB_TIME_NONE, second = DB_TIME_NONE;
	uint64_t parked = 0;
	bool writes = writer_may_write();
	enum error error = writes ? db_begin(writer->db, DB_READ) : ERR_OK;

	if (!error && writes)
		error = due_next(writer->db, &first, &second);
	if (!error && writes)
		error = due_count_parked(writer->db, &parked);
	if (!error && writes && clock_stands())
		error = rehearsal_learn(writer->db, &writer->target);
	db_roll_back(writer->db);
	writer->due_known = !error;
	if (!error && writes)
		atomic_store(&writer->parked, parked);
	writer->due_first = first;
	writer->due_second = second;
}

static struct request *request_of(const struct due_row *row)
{
	struct request *request = calloc(1, sizeof(*request));
	struct due_row *copy;
	struct act *act;

	if (!request)
		abort();
	copy = arena_alloc(&request->arena, sizeof(*copy));
	act = arena_alloc(&request->arena, sizeof(*act));
	*copy = *row;
	copy->kind = arena_copy(&request->arena, row->kind);
	copy->subject = arena_copy(&request->arena, row->subject);
	writer_random(act->seed, sizeof(act->seed));
	act->due = copy;
	act->event_id = due_event_id(copy);
	request->act = act;
	request->caller.role = ROLE_SERVICE;
	request->params[0] = copy->subject;
	request->params[1] = request_number(request, copy->seq);
	return request;
}

static enum error fill_dues(struct writer *writer, struct writer_batch *batch)
{
	struct due_row rows[DUE_AT_ONCE_MAX];
	struct arena arena = { 0 };
	size_t count = 0;
	enum error error = db_begin(writer->db, DB_READ);

	if (!error) {
		db_use(writer->db, &arena);
		error = due_list(writer->db, writer->due_first, rows, &count);
	}
	db_roll_back(writer->db);
	for (size_t i = 0; !error && i < count; i++)
		batch->acts[batch->count++] = request_of(&rows[i]);
	arena_clear(&arena);
	return error;
}

static void run_dues(struct writer *writer, struct writer_batch *batch)
{
	if (fill_dues(writer, batch) || batch->count == 0)
		writer->due_known = false;
	else
		writer_run(writer, batch);
}

/* --- the thread ----------------------------------------------------------- */

static void *work(void *context)
{
	struct writer *writer = context;
	struct writer_batch batch;
	enum writer_next next;

	pthread_setname_np(pthread_self(), "writer");
	for (;;) {
		size_t count;

		writer_beat();

		if (!writer->due_known || !writer_may_write())
			learn_dues(writer);
		next = writer_choose(&batch);
		if (next == NEXT_END)
			break;
		count = batch.count;
		if (next == NEXT_DUES)
			run_dues(writer, &batch);
		if (next == NEXT_ACTS)
			writer_run(writer, &batch);
		if (next == NEXT_ACTS)
			writer_give_back(&batch, count);
	}
	db_thread_end();
	return NULL;
}

static bool check_statements(struct writer *writer)
{
	const struct db_statement *const *const lists[] = {
		act_statements,
		act_event_statements,
		batch_statements,
		idempotency_statements,
		due_statements,
		writer_take_statements,
		tree_statements,
		log_read_statements,
		kind_statements(true),
		kind_statements(false),
	};
	const struct resource *const *resource = writer->parts->resources;

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (!db_check(writer->db, lists[i]))
			return false;
	for (; *resource; resource++)
		if ((*resource)->writes &&
		    !db_check(writer->db, (*resource)->writes))
			return false;
	return true;
}

static bool take_log(struct writer *writer)
{
	enum error error = ERR_BUSY;

	for (int i = 0; error == ERR_BUSY && i < TAKE_TRIES; i++)
		error = writer_take(writer, true);
	if (error)
		diary_write(
		    "writer_start", "{s:s}", "error", error_info(error)->slug);
	return !error;
}

static void *must(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

static void close_writer(struct writer *writer)
{
	db_close(writer->db);
	memory_close(writer->memory);
	free(writer->tree);
	free(writer->after);
	writer->db = NULL;
	writer->memory = NULL;
	writer->tree = writer->after = NULL;
}

static void open_writer(struct writer *writer, const struct writer_parts *parts)
{
	const struct config *config = parts->config;

	writer->parts = parts;
	writer->settings =
	    (struct db_settings){ config->db_socket, config->db_name,
		    config->db_writer, (unsigned)config->db_timeout_s };
	writer->stopping = false;
	writer->settled = writer->due_known = false;
	writer->last_at = 0;
	writer->due_first = writer->due_second = DB_TIME_NONE;
	writer->target = DB_TIME_NONE;
	writer->waits_for = DB_TIME_NONE;
	atomic_store(&writer->superseded, false);
	atomic_store(&writer->halted, false);
	atomic_store(&writer->skewed, false);
	writer_beat();
	randombytes_buf(writer->holder, sizeof(writer->holder));
	writer->memory = memory_open(MEMORY_ROWS_MAX);
	writer->tree = must(calloc(1, sizeof(*writer->tree)));
	writer->after = must(calloc(1, sizeof(*writer->after)));
	writer->db = db_open(&writer->settings);
}

bool writer_start(const struct writer_parts *parts)
{
	struct writer *writer = &writer_one;

	assert(!writer->started);
	open_writer(writer, parts);
	if (!writer->db || !check_statements(writer) || !take_log(writer)) {
		close_writer(writer);
		return false;
	}
	writer->started = true;
	if (pthread_create(&writer->thread, NULL, work, writer))
		abort();
	return true;
}

void writer_halt(void)
{
	atomic_store(&writer_one.halted, true);
	writer_wake();
}

void writer_stop(void)
{
	struct writer *writer = &writer_one;

	if (!writer->started)
		return;
	lock();
	writer->stopping = true;
	pthread_cond_signal(&writer->changed);
	unlock();
	pthread_join(writer->thread, NULL);
	close_writer(writer);
	lock();
	writer->started = false;
	unlock();
}

/* --- what others ask ------------------------------------------------------ */

bool writer_works(void)
{
	bool works;

	lock();
	works =
	    writer_one.started && !writer_one.stopping && writer_may_write();
	unlock();
	return works;
}

void writer_beat(void)
{
	atomic_store(&writer_one.beat_ms, clock_steady_ms());
}

/* Between two beats are a statement and a COMMIT, each as long as it may. */
bool writer_beats(void)
{
	int64_t silent_ms =
	    clock_steady_ms() - atomic_load(&writer_one.beat_ms);

	return silent_ms <
	       SILENT_MS_MAX + 2000 * (int64_t)writer_one.settings.timeout_s;
}

bool writer_bears(int64_t skew_us)
{
	int64_t most_us =
	    (int64_t)writer_one.parts->config->clock_skew_ms * 1000;

	return most_us == 0 || skew_us <= most_us;
}

uint64_t writer_log_size(void)
{
	return atomic_load(&writer_one.size);
}

unsigned writer_waiting(void)
{
	unsigned waiting;

	lock();
	waiting = writer_one.waiting;
	unlock();
	return waiting;
}

const char *writer_metrics(struct arena *arena)
{
	struct writer *writer = &writer_one;

	return arena_format(arena,
	    "klero_acts_total %" PRIuFAST64 "\n"
	    "klero_acts_refused_total %" PRIuFAST64 "\n"
	    "klero_batches_total %" PRIuFAST64 "\n"
	    "klero_batch_reruns_total %" PRIuFAST64 "\n"
	    "klero_dues_parked %" PRIuFAST64 "\n"
	    "klero_clock_skew_us %lld\n"
	    "klero_acts_waiting %u\n",
	    atomic_load(&writer->acts), atomic_load(&writer->refusals),
	    atomic_load(&writer->batches), atomic_load(&writer->reruns),
	    atomic_load(&writer->parked),
	    (long long)atomic_load(&writer->skew_us), writer_waiting());
}
