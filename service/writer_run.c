/* writer_run.c -- one batch: run, log, commit, answer; again if need be. */
#include "clock.h"
#include "diary.h"
#include "writer_private.h"

#include <stdlib.h>
#include <time.h>

enum {
	RERUNS_MAX = 3,
	RERUN_PAUSE_MS = 10, /* and twice as long each time */
	SETTLE_PAUSE_MS = 100,
	SKEWED_PAUSE_MS = 100,
};

/* How a run of a batch ended. */
enum outcome {
	COMMITTED,
	FAILED,     /* rolled back: run again */
	CONFLICTED, /* a gathered row is there already: find out whose */
	UNKNOWN,    /* COMMIT was not answered */
	LOST,       /* the log is another writer's */
	SKEWED,     /* it is not known what time it is: wait */
};

static void pause_ms(int64_t ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	writer_beat();
	nanosleep(&time, NULL);
}

/* --- the batch ------------------------------------------------------------ */

static enum error fill_and_send(struct run *run, bool first)
{
	struct writer *writer = run->writer;
	struct batch *batch = &run->batch;
	enum error error = batch_lock(batch, writer->fence);

	if (!error && run->looks_first)
		error = writer_find_answers(run);
	if (!error && writer->parts->load)
		error = writer->parts->load(
		    batch, run->acts->acts, run->acts->count);
	if (!error)
		error = writer_run_acts(run, first);
	db_use(batch->db, &batch->arena);
	if (!error)
		error = batch_append(batch, writer->after);
	if (!error)
		error = batch_send(batch, writer->after, writer->fence);
	return error;
}

static enum outcome outcome_of(struct run *run, enum error error)
{
	run->failure = error;
	if (error == ERR_STATE)
		return LOST;
	if (error == ERR_CLOCK && run->batch.skew_us > 0)
		return SKEWED;
	if (error == ERR_CONFLICT && run->batch.staging)
		return CONFLICTED;
	return FAILED;
}

static enum outcome run_once(struct run *run, bool first)
{
	struct batch *batch = &run->batch;
	enum error error = db_begin(batch->db, DB_WRITE);

	if (error)
		return outcome_of(run, error);
	db_use(batch->db, &batch->arena);
	error = fill_and_send(run, first);
	if (error || !run->changes) {
		db_roll_back(batch->db);
		return error ? outcome_of(run, error) : COMMITTED;
	}
	error = db_commit(batch->db);
	if (error == ERR_UNKNOWN_OUTCOME)
		return UNKNOWN;
	return error ? outcome_of(run, error) : COMMITTED;
}

/* Is the batch there? The head tells, once nobody can move it any more. It is
 * asked for as long as a connection and an answer may take. */
static enum outcome settle(struct writer *writer)
{
	const int64_t end_ms =
	    clock_steady_ms() + INT64_C(2000) * writer->settings.timeout_s;
	struct kl_hash root = writer->after->root;
	uint64_t size = writer->after->size;
	uint64_t before = writer->tree->size;
	enum error error;

	writer->settled = false;
	while ((error = writer_take(writer, false)) &&
	       clock_steady_ms() < end_ms) {
		if (error == ERR_STATE) {
			writer_give_up(writer);
			return UNKNOWN;
		}
		pause_ms(SETTLE_PAUSE_MS);
	}
	diary_write("writer_settled", "{s:I, s:b, s:b}", "size",
	    (json_int_t)size, "settled", !error, "committed",
	    !error && size > before && writer->tree->size == size);
	if (error)
		return UNKNOWN;
	if (size > before && writer->tree->size == size &&
	    kl_hash_equal(&writer->tree->root, &root))
		return COMMITTED;
	return FAILED;
}

/* --- the end of a batch --------------------------------------------------- */

/* What it prepared from has changed. It keeps its place by time: a due act of
 * later goes on waiting for it. Does it come again? */
static bool goes_again(struct writer *writer, struct request *request)
{
	if (request->act->end != ERR_STALE)
		return false;
	request_forget(request);
	if (request->stale++ < WRITER_AGAIN_MAX) {
		writer->parts->again(request);
		return true;
	}
	request->act->end = ERR_BUSY;
	return false;
}

static void count(struct writer *writer, struct request *request)
{
	request->error = request->act->end;
	atomic_fetch_add(&writer->acts, 1);
	if (request->error)
		atomic_fetch_add(&writer->refusals, 1);
	writer_dismiss(request);
}

static void end_due(struct request *request)
{
	const struct due_row *row = request->act->due;
	enum error error = request->act->end;

	if (error && error != ERR_CLOCK) {
		diary_write(request->act->parked ? "due_parked" : "due_failed",
		    "{s:s, s:s, s:I, s:s, s:s}", "kind", row->kind, "subject",
		    row->subject, "seq", (json_int_t)row->seq, "error",
		    error_info(error)->slug, "detail",
		    request->detail ? request->detail : "");
	}
	request_clear(request);
	free(request);
}

static void end_acts(struct run *run)
{
	struct request *first = NULL, **end = &first;

	for (size_t i = 0; i < run->acts->count; i++) {
		struct request *request = run->acts->acts[i];

		request->act->batch = NULL;
		if (request->act->due) {
			end_due(request);
		} else if (!goes_again(run->writer, request)) {
			count(run->writer, request);
			*end = request;
			end = &request->next;
		}
	}
	*end = NULL;
	if (first)
		run->writer->parts->done(first);
}

static void keep(struct run *run)
{
	struct writer *writer = run->writer;
	struct batch *batch = &run->batch;

	if (batch->event_count > 0)
		writer->last_at = batch->at;
	/* A COMMIT that was settled has loaded its tree already. */
	if (batch->tree == writer->tree && batch->event_count > 0) {
		struct tree *before = writer->tree;

		writer->tree = writer->after;
		writer->after = before;
	}
	memory_keep(writer->memory);
	if (batch->due_changed || run->acts->dues || clock_stands())
		writer->due_known = false;
	atomic_store(&writer->size, writer->tree->size);
	atomic_fetch_add(&writer->batches, 1);
	if (writer->parts->shows && batch->shows)
		writer->parts->shows(batch->shows);
	if (writer->parts->grown && batch->event_count > 0)
		writer->parts->grown(writer->tree->size);
}

/* It could not even be refused: count that by itself. */
static void fail_due(struct run *run)
{
	struct act *act = run->acts->acts[0]->act;
	struct db *db = run->writer->db;
	bool counted;

	act->parked = false;
	if (!act->due || db_begin(db, DB_WRITE))
		return;
	counted = !due_failed(db, act->due, run->acts->at, &act->parked);
	if (!counted)
		db_roll_back(db);
	if (!counted || db_commit(db))
		act->parked = false;
}

/* Nobody's act is to blame: none has happened, or nobody knows. */
static void fail_all(struct run *run, enum error error)
{
	for (size_t i = 0; i < run->acts->count; i++) {
		struct request *request = run->acts->acts[i];

		request_forget(request);
		request->act->end = error;
	}
	run->writer->due_known = false;
	end_acts(run);
}

static void open_run(struct run *run, bool staging, bool looks_first)
{
	struct writer *writer = run->writer;

	run->batch = (struct batch){
		.db = writer->db,
		.config = writer->parts->config,
		.memory = writer->memory,
		.tree = writer->tree,
		.at = run->acts->at,
		.staging = staging,
	};
	run->batch.stage.arena = &run->batch.arena;
	run->answer_count = 0;
	run->looks_first = looks_first;
	run->changes = false;
	run->began_ms = clock_steady_ms();
}

static void close_run(struct run *run)
{
	memory_forget(run->writer->memory, false);
	arena_clear(&run->batch.arena);
}

/* Run until it is known what becomes of it; `tries` of them at most. */
static enum outcome run_often(struct run *run, unsigned tries)
{
	struct writer *writer = run->writer;
	enum outcome outcome = FAILED;
	bool staging = writer->parts->config->batch_staging, first = true;
	bool looks_first = !staging; /* at once it would be to that act alone */

	for (unsigned tried = 0; outcome != COMMITTED && tried < tries;
	     first = false) {
		if (!first) {
			memory_forget(writer->memory, true);
			close_run(run);
			atomic_fetch_add(&writer->reruns, 1);
		}
		writer_beat();
		open_run(run, staging, looks_first);
		outcome = run_once(run, first);
		if (outcome == UNKNOWN)
			outcome = settle(writer);
		if (outcome == UNKNOWN || outcome == LOST || outcome == SKEWED)
			break;
		staging = staging && !(outcome == CONFLICTED && looks_first);
		looks_first = looks_first || outcome == CONFLICTED;
		if (outcome == FAILED && ++tried < tries)
			pause_ms(RERUN_PAUSE_MS << tried);
	}
	return outcome;
}

static enum error error_of(enum outcome outcome)
{
	return outcome == UNKNOWN  ? ERR_UNKNOWN_OUTCOME
	       : outcome == SKEWED ? ERR_CLOCK
				   : ERR_BUSY;
}

/* Told when it begins and when it is over. */
static void note_skew(struct run *run, bool skewed)
{
	struct writer *writer = run->writer;

	atomic_store(&writer->skew_us, run->batch.skew_us);
	if (atomic_exchange(&writer->skewed, skewed) != skewed)
		diary_write(skewed ? "clock_skewed" : "clock_agrees", "{s:I}",
		    "skew_us", (json_int_t)run->batch.skew_us);
	if (skewed)
		pause_ms(SKEWED_PAUSE_MS);
}

static void end_run(struct run *run, enum outcome outcome)
{
	if (outcome == COMMITTED || outcome == SKEWED)
		note_skew(run, outcome == SKEWED);
	if (outcome == LOST)
		writer_give_up(run->writer);
	if (outcome == COMMITTED) {
		keep(run);
		end_acts(run);
	} else {
		memory_forget(run->writer->memory, true);
		fail_all(run, error_of(outcome));
	}
	close_run(run);
}

static bool is_ours(struct writer *writer)
{
	enum error error = ERR_OK;

	if (!writer->settled)
		error = writer_take(writer, false);
	if (error == ERR_STATE)
		writer_give_up(writer);
	return !error && writer_may_write();
}

/* What a COMMIT left open may have been settled since the time was chosen. */
static bool may_run(struct run *run)
{
	if (!is_ours(run->writer))
		return false;
	if (run->acts->at < run->writer->last_at)
		run->acts->at = run->writer->last_at;
	return true;
}

/* The database itself refuses something again and again: find out whose. */
static void run_each_alone(struct run *run)
{
	struct writer_batch *acts = run->acts, one = *acts;

	run->acts = &one;
	for (size_t i = 0; i < acts->count; i++) {
		enum outcome outcome;

		one.acts[0] = acts->acts[i];
		one.count = 1;
		if (!may_run(run)) {
			fail_all(run, ERR_BUSY);
			continue;
		}
		outcome = run_often(run, 1);
		if (outcome == FAILED)
			fail_due(run);
		end_run(run, outcome);
	}
	run->acts = acts;
}

/* Of one act, and not of the whole database: an entry that is in the log
 * already is found at the end of the batch. */
static bool is_somebodys(enum error failure)
{
	return failure == ERR_DATABASE || failure == ERR_CONFLICT;
}

void writer_run(struct writer *writer, struct writer_batch *acts)
{
	struct run *run = calloc(1, sizeof(*run));
	enum outcome outcome;

	if (!run)
		abort();
	run->writer = writer;
	run->acts = acts;
	if (!may_run(run)) {
		fail_all(run, ERR_BUSY);
		free(run);
		return;
	}
	outcome = run_often(run, 1 + RERUNS_MAX);
	if (outcome == FAILED && is_somebodys(run->failure)) {
		memory_forget(writer->memory, true);
		close_run(run);
		run_each_alone(run);
	} else {
		end_run(run, outcome);
	}
	free(run);
}
