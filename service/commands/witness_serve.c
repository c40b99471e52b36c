/* witness_serve.c -- what a witness answers: c2sp.org/tlog-witness. */
#include "witness.h"

#include "clock.h"
#include "diary.h"
#include "dispatch.h"
#include "kl_line.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BEAT_S = 1 };

#define TEXT_TYPE "text/plain; charset=utf-8"

/*
 * One thread decides, writes and cosigns, one request after another: what is
 * recorded when it decides is recorded when it writes.
 */
static struct {
	const struct witness *witness;
	const char *prefix;
	pthread_t thread;
	atomic_uint beats;

	pthread_mutex_t lock;
	pthread_cond_t wanted;
	/* Under the lock. The thread alone changes it, and may read without. */
	struct witness_state *state;
	struct request *first, **end;
	size_t waiting;
	bool stopping;

	/* The thread's own. */
	int told; /* of the file, the failure before; 0: none */
	bool clock_told;
} serve = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.wanted = PTHREAD_COND_INITIALIZER,
};

/* --- answers -------------------------------------------------------------- */

static const char *words_of(enum kl_witness_status status)
{
	switch (status) {
	case KL_WITNESS_BAD_REQUEST:
		return "not an add-checkpoint request, or an old size above "
		       "that of the checkpoint\n";
	case KL_WITNESS_UNSIGNED:
		return "not signed by a key that is trusted for this origin\n";
	case KL_WITNESS_UNKNOWN:
		return "this origin is not witnessed here\n";
	case KL_WITNESS_INCONSISTENT:
		return "not shown to continue what was cosigned before\n";
	case KL_WITNESS_COSIGNED:
	case KL_WITNESS_CONFLICT:
		break;
	}
	return "";
}

/* `bytes` is copied. */
static void reply(struct request *request, unsigned status, const char *type,
    const void *bytes, size_t size)
{
	char *copy = malloc(size + 1);

	if (!copy)
		abort();
	memcpy(copy, bytes, size);
	if (request_reply_bytes(request, status, type, copy, size))
		abort(); /* only memory can lack */
}

static void refuse(struct request *request, enum kl_witness_status status)
{
	const char *words = words_of(status);

	reply(request, status, TEXT_TYPE, words, strlen(words));
}

/* --- on an epoll thread --------------------------------------------------- */

enum place { NOWHERE, ADD_CHECKPOINT, CHECKPOINT, HEALTH };

/* `/<64 hex digits>/checkpoint`: the SHA-256 of an origin. */
static bool read_name(const char *path, struct kl_hash *name)
{
	size_t digits = KL_HASH_HEX - 1;

	return *path == '/' && strlen(path) > digits + 1 &&
	       strcmp(path + 1 + digits, "/checkpoint") == 0 &&
	       !kl_unhex(path + 1, digits, name->bytes, sizeof(name->bytes));
}

static enum place place_of(const char *path, struct kl_hash *name)
{
	size_t size = strlen(serve.prefix);

	if (strcmp(path, "/healthz") == 0)
		return HEALTH;
	if (strncmp(path, serve.prefix, size) != 0)
		return NOWHERE;
	path += size;
	if (strcmp(path, "/add-checkpoint") == 0)
		return ADD_CHECKPOINT;
	return read_name(path, name) ? CHECKPOINT : NOWHERE;
}

static enum error head(struct request *request, size_t body_size)
{
	struct kl_hash name;
	enum place place = place_of(request->path, &name);
	bool posts = strcmp(request->method, "POST") == 0;
	bool gets = strcmp(request->method, "GET") == 0 ||
		    strcmp(request->method, "HEAD") == 0;

	if (place == NOWHERE)
		return ERR_NOT_FOUND;
	if (place == ADD_CHECKPOINT ? !posts : !gets) {
		request->allow = place == ADD_CHECKPOINT ? "POST" : "GET, HEAD";
		return ERR_METHOD;
	}
	if (body_size > KL_WITNESS_REQUEST_MAX)
		return request_fail(request, ERR_TOO_LARGE, "不超过 {0} 字节",
		    "at most {0} bytes",
		    request_number(request, KL_WITNESS_REQUEST_MAX), NULL);
	return ERR_OK;
}

/* The latest we have cosigned, for whoever watches us. */
static enum error show(struct request *request, const struct kl_hash *name)
{
	const struct witness_state *state = serve.state;
	enum error error = ERR_NOT_FOUND;

	pthread_mutex_lock(&serve.lock);
	for (size_t i = 0; i < state->count && error; i++) {
		const struct witness_record *record = &state->records[i];
		struct kl_hash hash =
		    kl_hash_of(record->origin, strlen(record->origin));

		if (!kl_hash_equal(&hash, name))
			continue;
		reply(request, 200, TEXT_TYPE, record->note, record->note_size);
		error = ERR_OK;
	}
	pthread_mutex_unlock(&serve.lock);
	return error;
}

/* Strangers go no further: only what a log we trust has signed may wait. */
static bool admit(struct request *request)
{
	const struct witness *witness = serve.witness;
	struct kl_witness_request *asked =
	    arena_alloc(&request->arena, sizeof(*asked));
	enum kl_witness_status status = KL_WITNESS_BAD_REQUEST;

	if (!kl_witness_request_read(
		request->body_text, request->body_size, asked))
		status =
		    kl_witness_admit(asked, witness->logs, witness->log_count);
	if (status == KL_WITNESS_COSIGNED) {
		request->prepared = asked;
		return true;
	}
	refuse(request, status);
	return false;
}

static bool now(struct request *request)
{
	struct kl_hash name;

	switch (place_of(request->path, &name)) {
	case ADD_CHECKPOINT:
		return !admit(request);
	case CHECKPOINT:
		if (show(request, &name))
			dispatch_problem(request, ERR_NOT_FOUND);
		break;
	case HEALTH:
		reply(request, 200, TEXT_TYPE, "ok\n", 3);
		break;
	case NOWHERE:
		assert(false); /* head() */
	}
	return true;
}

static void queue(struct request *request)
{
	bool taken;

	pthread_mutex_lock(&serve.lock);
	taken = !serve.stopping && serve.waiting < WITNESS_QUEUE_MAX;
	if (taken) {
		request->next = NULL;
		*serve.end = request;
		serve.end = &request->next;
		serve.waiting++;
		pthread_cond_signal(&serve.wanted);
	}
	pthread_mutex_unlock(&serve.lock);
	if (taken)
		return;
	dispatch_problem(request, ERR_BUSY);
	http_finish(request);
}

/* No body of a witness comes in parts. */
const struct http_stages witness_stages = { head, now, queue, NULL,
	dispatch_problem };

/* --- the thread: one request ---------------------------------------------- */

static struct kl_span origin_of(const struct kl_witness_request *asked)
{
	return (struct kl_span){ asked->checkpoint.origin,
		asked->checkpoint.origin_size };
}

static bool is_signature_of(
    const struct kl_note_line *line, const struct kl_note_key *key)
{
	return memcmp(&line->id, &key->id, sizeof(key->id)) == 0 &&
	       kl_span_is(
		   (struct kl_span){ line->name, line->name_size }, key->name);
}

/* The checkpoint with those of its signatures that we have checked. */
static void add_signed(
    struct kl_buf *out, const struct kl_witness_request *asked)
{
	const struct witness *witness = serve.witness;
	const struct kl_note *note = &asked->note;

	kl_buf_add(out, note->text, note->text_size);
	kl_buf_add_byte(out, '\n');
	for (size_t key = 0; key < witness->log_count; key++)
		for (size_t i = 0; i < note->count; i++) {
			const struct kl_note_line *line = &note->lines[i];

			if (!is_signature_of(line, &witness->logs[key]))
				continue;
			kl_buf_add_text(out, "\u2014 ");
			kl_buf_add(out, line->name, line->name_size);
			kl_buf_add_byte(out, ' ');
			kl_buf_add(out, line->base64, line->base64_size);
			kl_buf_add_byte(out, '\n');
			break;
		}
}

/* Two signatures over two trees of one size: the log has lied to somebody, and
 * this note is the proof. */
static void tell_fork(
    const struct kl_witness_request *asked, const struct witness_record *record)
{
	struct kl_buf note = KL_BUF(2 * KL_WITNESS_REQUEST_MAX);

	if (!record || asked->checkpoint.size != record->state.size ||
	    kl_hash_equal(&asked->checkpoint.root, &record->state.root))
		return;
	add_signed(&note, asked);
	kl_buf_add_byte(&note, '\0');
	if (!kl_buf_result(&note))
		diary_write("witness_fork", "{s:s, s:I, s:s, s:s}", "origin",
		    record->origin, "size", (json_int_t)record->state.size,
		    "cosigned", record->note, "other", (const char *)note.data);
	kl_buf_clear(&note);
}

/* Is our clock where it has been, at least? */
static bool has_time(uint64_t time)
{
	uint64_t last = witness_state_time(serve.state);

	if (time < last && !serve.clock_told)
		diary_write("witness_clock", "{s:I, s:I}", "now",
		    (json_int_t)time, "cosigned", (json_int_t)last);
	serve.clock_told = time < last;
	return time >= last;
}

static bool tell_failure(int number)
{
	if (number && number != serve.told)
		diary_write("witness_state", "{s:s, s:s}", "path",
		    serve.state->path, "reason", strerror(number));
	serve.told = number;
	return !number;
}

static void put(struct witness_record *record)
{
	pthread_mutex_lock(&serve.lock);
	witness_state_put(serve.state, record);
	pthread_mutex_unlock(&serve.lock);
}

/* First it is on disk, then it is known to us, then it may be told. */
static bool record(const struct kl_witness_request *asked,
    const struct kl_buf *line, uint64_t time)
{
	struct kl_buf note = KL_BUF(2 * KL_WITNESS_REQUEST_MAX);
	struct kl_span origin = origin_of(asked);
	struct witness_record made = {
		.state = { asked->checkpoint.size, asked->checkpoint.root },
		.time = time,
		.origin = strndup(origin.at, origin.size),
	};
	bool saved;

	add_signed(&note, asked);
	kl_buf_add(&note, line->data, line->size);
	kl_buf_add_byte(&note, '\0');
	if (!made.origin || kl_buf_result(&note))
		abort(); /* only memory can lack */
	made.note = (char *)note.data;
	made.note_size = note.size - 1;
	saved = tell_failure(
	    witness_state_save(serve.state, &serve.witness->key, &made));
	if (saved)
		put(&made);
	witness_record_clear(&made);
	return saved;
}

/* Has this very text been cosigned in this second? Its line is the same. */
static bool is_recorded(const struct witness_record *record,
    const struct kl_witness_request *asked, uint64_t time)
{
	return record && record->time == time &&
	       record->note_size > asked->note.text_size &&
	       record->note[asked->note.text_size] == '\n' &&
	       memcmp(record->note, asked->note.text, asked->note.text_size) ==
		   0;
}

static void cosign(struct request *request, const struct witness_record *before,
    const struct kl_buf *line, uint64_t time)
{
	const struct kl_witness_request *asked = request->prepared;

	if (has_time(time) &&
	    (is_recorded(before, asked, time) || record(asked, line, time)))
		reply(request, KL_WITNESS_COSIGNED, TEXT_TYPE, line->data,
		    line->size);
	else
		dispatch_problem(request, ERR_BUSY);
}

static void take(struct request *request)
{
	const struct witness *witness = serve.witness;
	const struct kl_witness_request *asked = request->prepared;
	const struct witness_record *known =
	    witness_state_find(serve.state, origin_of(asked));
	const struct kl_witness_state state =
	    known ? known->state : (struct kl_witness_state){ 0 };
	enum kl_witness_status status = kl_witness_decide(asked, &state);
	struct kl_buf body = KL_BUF(KL_WITNESS_REPLY_MAX);
	int64_t now_s = clock_now();
	uint64_t time = now_s > 0 ? (uint64_t)now_s : 1;

	if (kl_witness_reply_write(&body, asked, status, &state, &witness->key,
		&witness->signer, time))
		abort(); /* only memory can lack */
	if (status == KL_WITNESS_COSIGNED) {
		cosign(request, known, &body, time);
	} else if (status == KL_WITNESS_CONFLICT) {
		reply(request, status, KL_WITNESS_SIZE_TYPE, body.data,
		    body.size);
	} else {
		tell_fork(asked, known);
		refuse(request, status);
	}
	kl_buf_clear(&body);
}

/* --- the thread ----------------------------------------------------------- */

/* NULL: nothing has come within BEAT_S, or it is over and nothing is left. */
static struct request *next(bool *goes_on)
{
	struct request *request;
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += BEAT_S;
	pthread_mutex_lock(&serve.lock);
	while (!serve.first && !serve.stopping &&
	       pthread_cond_clockwait(
		   &serve.wanted, &serve.lock, CLOCK_MONOTONIC, &end) == 0)
		;
	request = serve.first;
	if (request) {
		serve.first = request->next;
		serve.waiting--;
	}
	if (!serve.first)
		serve.end = &serve.first;
	*goes_on = request || !serve.stopping;
	pthread_mutex_unlock(&serve.lock);
	return request;
}

static void *work(void *context)
{
	bool goes_on = true;

	(void)context;
	pthread_setname_np(pthread_self(), "witness");
	while (goes_on) {
		struct request *request = next(&goes_on);

		atomic_fetch_add(&serve.beats, 1);
		if (request) {
			take(request);
			http_finish(request);
		}
	}
	return NULL;
}

void witness_serve_use(const struct witness *witness,
    struct witness_state *state, const char *prefix)
{
	serve.witness = witness;
	serve.state = state;
	serve.prefix = prefix;
}

void witness_serve_start(void)
{
	pthread_mutex_lock(&serve.lock);
	serve.end = &serve.first;
	serve.stopping = false;
	pthread_mutex_unlock(&serve.lock);
	if (pthread_create(&serve.thread, NULL, work, NULL))
		abort();
}

void witness_serve_stop(void)
{
	pthread_mutex_lock(&serve.lock);
	serve.stopping = true;
	pthread_cond_signal(&serve.wanted);
	pthread_mutex_unlock(&serve.lock);
	pthread_join(serve.thread, NULL);
}

bool witness_serve_beats(void)
{
	static unsigned last;
	unsigned beats = atomic_load(&serve.beats), before = last;

	last = beats;
	return beats != before;
}
