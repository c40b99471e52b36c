/* writer_act.c -- one act after another: handler, answer, replay. */
#include "clock.h"
#include "receipt.h"
#include "writer_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { BULK_MS_MAX = 20 }; /* bulk acts of one batch */

/* --- one act -------------------------------------------------------------- */

static enum error write_text(struct request *request)
{
	if (request->reply) {
		char *text = json_dumps(request->reply, JSON_COMPACT);

		json_decref(request->reply);
		request->reply = NULL;
		if (!text)
			return ERR_INTERNAL;
		return request_reply_bytes(
		    request, request->status, NULL, text, strlen(text));
	}
	if (request->text)
		return ERR_OK;
	return request_reply_bytes(request,
	    request->status ? request->status : 204, NULL, strdup(""), 0);
}

/* The answer as it will be sent, but for a receipt's signature. */
static enum error write_reply(struct request *request)
{
	const struct act *act = request->act;
	const struct batch *batch = act->batch;
	enum error error = write_text(request);

	request->log_size = batch->tree->size + batch->event_count;
	return !error && act->signs ? receipt_begin(request) : error;
}

static enum error call_handler(struct run *run, struct request *request)
{
	const struct act *act = request->act;
	handler *recheck = run->writer->parts->recheck;
	handler *due;

	if (act->due) {
		due =
		    due_handler(run->writer->parts->resources, act->due->kind);
		return due ? due(request) : ERR_NOT_FOUND;
	}
	if (recheck) {
		enum error error = recheck(request);

		if (error)
			return error;
	}
	return request->route->handle(request);
}

static enum error finish(struct run *run, struct request *request)
{
	struct act *act = request->act;
	enum error error = ERR_OK;

	if (act->due) {
		error = act_direct(request);
		return error ? error : due_done(run->batch.db, act->due);
	}
	error = write_reply(request);
	if (!error && act->keeps)
		error = idempotency_keep(request);
	return error;
}

/* What is recorded of an act that was refused: of a due one, that it was. */
static enum error record_failure(struct run *run, struct act *act)
{
	struct batch *batch = &run->batch;
	enum error error;

	if (!act->due)
		return ERR_OK;
	error = due_failed(batch->db, act->due, batch->at, &act->parked);
	if (error)
		return batch->failure = error;
	run->changes = true;
	batch->due_changed = true;
	return ERR_OK;
}

static void run_act(struct run *run, struct request *request)
{
	struct batch *batch = &run->batch;
	struct act *act = request->act;
	enum error error;

	batch_begin_act(batch, act);
	request->db = batch->db;
	db_use(batch->db, &request->arena);
	assert(db_in_transaction(batch->db) || db_broken(batch->db));
	error = call_handler(run, request);
	if (!error)
		error = finish(run, request);
	act->end = error;
	if (!error)
		run->changes = true;
	else if (!batch_undo_act(batch, act))
		(void)record_failure(run, act);
	request->db = NULL;
}

/* --- replays -------------------------------------------------------------- */

/* What was answered before this batch, or earlier in it. */
static const struct answer *find_answer(
    const struct run *run, size_t index, struct answer *earlier)
{
	const struct act *act = run->acts->acts[index]->act;

	for (size_t i = 0; i < run->answer_count; i++)
		if (kl_event_id_equal(
			&run->answers[i].event_id, &act->event_id))
			return &run->answers[i];
	for (size_t i = 0; i < index; i++) {
		const struct request *other = run->acts->acts[i];

		if (other->act->end ||
		    !kl_event_id_equal(&other->act->event_id, &act->event_id))
			continue;
		*earlier = (struct answer){
			.digest = other->act->digest,
			.status = other->status,
			.log_size = other->log_size,
			.signs = other->act->signs,
			.sealed = other->act->sealed,
			.content_type = other->content_type,
			.location = other->location,
			.etag = other->etag,
			.reply = { (const uint8_t *)other->text,
			    other->text_size },
		};
		return earlier;
	}
	return NULL;
}

/* Of all acts, or of those that were refused. */
static enum error find_answers(struct run *run, bool refused)
{
	struct kl_event_id ids[IDEMPOTENCY_MAX];
	size_t count = 0;

	for (size_t i = 0; i < run->acts->count; i++) {
		const struct act *act = run->acts->acts[i]->act;

		if (act->keeps && (act->end || !refused))
			ids[count++] = act->event_id;
	}
	db_use(run->batch.db, &run->batch.arena);
	return idempotency_find(
	    run->batch.db, ids, count, run->answers, &run->answer_count);
}

enum error writer_find_answers(struct run *run)
{
	return find_answers(run, false);
}

/* Also an answer of before is for a caller who may still ask. */
static enum error replay(
    struct run *run, struct request *request, const struct answer *answer)
{
	handler *recheck = run->writer->parts->recheck;
	enum error error;

	batch_begin_act(&run->batch, request->act);
	request->db = run->batch.db;
	db_use(request->db, &request->arena);
	error = recheck ? recheck(request) : ERR_OK;
	request->db = NULL;
	return error ? error : idempotency_replay(request, answer);
}

/* --- all of them ---------------------------------------------------------- */

static bool takes_too_long(const struct run *run, const struct request *request)
{
	return request->act->queue == QUEUE_BULK &&
	       clock_steady_ms() - run->began_ms > BULK_MS_MAX;
}

/* The key was used in this batch, but only after this act: what is found of
 * it, sent already, is none of its business. */
static bool is_used_later(const struct run *run, size_t index)
{
	const struct act *act = run->acts->acts[index]->act;

	for (size_t i = index + 1; i < run->acts->count; i++) {
		const struct act *other = run->acts->acts[i]->act;

		if (!other->end &&
		    kl_event_id_equal(&other->event_id, &act->event_id))
			return true;
	}
	return false;
}

/* Those refused may have happened before. */
static void look_up_refused(struct run *run)
{
	enum error error = find_answers(run, true);

	if (error)
		run->batch.failure = error;
	for (size_t i = 0; i < run->acts->count && !run->batch.failure; i++) {
		struct request *request = run->acts->acts[i];
		const struct answer *answer;
		struct answer earlier;

		if (!request->act->keeps || !request->act->end ||
		    is_used_later(run, i))
			continue;
		answer = find_answer(run, i, &earlier);
		if (answer)
			request->act->end = replay(run, request, answer);
	}
}

enum error writer_run_acts(struct run *run, bool first)
{
	struct writer_batch *acts = run->acts;

	for (size_t i = 0; i < acts->count && !run->batch.failure; i++) {
		struct request *request = acts->acts[i];
		const struct answer *answer;
		struct answer earlier;

		if (first && i > 0 && takes_too_long(run, request)) {
			acts->count = i;
			break;
		}
		request_forget(request);
		request->act->batch = &run->batch;
		request->act->signs = request->act->parked = false;
		request->act->receipt = NULL;
		answer =
		    request->act->keeps ? find_answer(run, i, &earlier) : NULL;
		if (answer)
			request->act->end = replay(run, request, answer);
		else
			run_act(run, request);
	}
	if (!run->looks_first && !run->batch.failure)
		look_up_refused(run);
	return run->batch.failure;
}
