#include "stream.h"

#include "clock.h"
#include "publisher.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>

enum {
	EVENT_MAX = 256,     /* bytes of one event */
	EVENTS_AT_ONCE = 32, /* of a stream, before it is taken */
	BEGINNING_MAX = 256, /* what a stream begins with */
	TEXT_MAX = BEGINNING_MAX + EVENT_MAX * EVENTS_AT_ONCE,
	DRAW_MAX = 64,
	RECONNECT_MS = 1000,
	REST_MS = 60000, /* when nobody listens */
};

static const char beat[] = ":\n\n";

static const struct db_statement select_events = {
	"SELECT idx, kind FROM log_entry FORCE INDEX (by_subject)"
	" WHERE subject = ? AND idx >= ? AND idx < ? ORDER BY idx LIMIT ?",
};

const struct db_statement *const stream_statements[] = { &select_events, NULL };

struct stream {
	struct stream *next, **link;
	struct stream_line line;
	char draw[DRAW_MAX + 1];
	uint64_t from; /* the first entry that it may still have to tell */
	int64_t beat_ms, end_ms;
	char text[TEXT_MAX];
	size_t size, taken;
	bool resting, ended;
};

/* There is one set of streams in a program. */
static struct {
	pthread_mutex_t lock; /* of all that follows, and of every stream */
	pthread_cond_t work;
	struct stream *first;
	unsigned count;
	uint64_t published;
	bool stopping;
	/* Constant while the thread runs. */
	const struct config *config;
	struct db_settings settings;
	pthread_t thread;
	bool started;
	/* Its own. */
	struct db *db;
	int64_t retry_ms;
} streams = { .lock = PTHREAD_MUTEX_INITIALIZER, .stopping = true };

/* What a stream is asked to tell next. */
struct wanted {
	char draw[DRAW_MAX + 1];
	uint64_t from, to;
};

/* The answer, and where to go on from. */
struct told {
	char text[EVENT_MAX * EVENTS_AT_ONCE];
	size_t size;
	uint64_t from;
};

/* --- one stream, under the lock ------------------------------------------- */

static bool is_taken(const struct stream *stream)
{
	return stream->taken == stream->size;
}

static void wake(struct stream *stream)
{
	if (stream->resting)
		stream->line.wake(stream->line.connection);
	stream->resting = false;
}

static void end(struct stream *stream)
{
	stream->ended = true;
	wake(stream);
}

/* Only of one whose text is taken: what fits an empty text always fits. */
static void say(struct stream *stream, const char *text, size_t size)
{
	assert(is_taken(stream) && size <= sizeof(stream->text));
	memcpy(stream->text, text, size);
	stream->size = size;
	stream->taken = 0;
	stream->beat_ms =
	    clock_steady_ms() + (int64_t)streams.config->stream_beat_s * 1000;
	wake(stream);
}

static bool is_behind(const struct stream *stream)
{
	return !stream->ended && is_taken(stream) &&
	       stream->from < streams.published;
}

/* --- what was published --------------------------------------------------- */

/* A connection that lives, or NULL; asks the server at most once a second. */
static struct db *connected(void)
{
	int64_t now_ms = clock_steady_ms();

	if (streams.db && db_broken(streams.db)) {
		db_close(streams.db);
		streams.db = NULL;
	}
	if (!streams.db && now_ms >= streams.retry_ms) {
		streams.retry_ms = now_ms + RECONNECT_MS;
		streams.db = db_open(&streams.settings);
	}
	return streams.db;
}

static enum error read_events(
    struct db *db, const struct wanted *wanted, struct told *told)
{
	const char *kind;
	uint64_t index;
	unsigned count = 0;

	told->size = 0;
	told->from = wanted->to;
	db_query(db, &select_events,
	    DB_IN(db_text(wanted->draw), db_u64(wanted->from),
		db_u64(wanted->to), db_u64(EVENTS_AT_ONCE)),
	    DB_OUT(db_to_u64(&index), db_to_text(&kind)));
	while (db_next(db)) {
		int size = snprintf(told->text + told->size, EVENT_MAX,
		    "id: %" PRIu64 "\ndata: {\"index\":%" PRIu64
		    ",\"kind\":\"%s\"}\n\n",
		    index, index, kind);

		assert(size > 0 && size < EVENT_MAX);
		told->size += (size_t)size;
		if (++count == EVENTS_AT_ONCE)
			told->from = index + 1;
	}
	return db_finish(db);
}

/* False: the database does not answer now. */
static bool fetch(const struct wanted *wanted, struct told *told)
{
	struct db *db = connected();
	struct arena arena = { 0 };
	enum error error;

	if (!db)
		return false;
	db_use(db, &arena);
	error = db_begin(db, DB_READ_ONE);
	if (!error) {
		error = read_events(db, wanted, told);
		if (error)
			db_roll_back(db);
		else
			error = db_commit(db);
	}
	db_use(db, NULL);
	arena_clear(&arena);
	return !error;
}

/* To all who want just that: most listen to the same draw. */
static void hand_out(const struct wanted *wanted, const struct told *told)
{
	for (struct stream *s = streams.first; s; s = s->next) {
		if (!is_behind(s) || s->from != wanted->from ||
		    strcmp(s->draw, wanted->draw) != 0)
			continue;
		s->from = told->from;
		if (told->size > 0)
			say(s, told->text, told->size);
	}
}

/* --- the thread, under the lock ------------------------------------------- */

static const struct stream *one_behind(void)
{
	const struct stream *stream = streams.first;

	while (stream && !is_behind(stream))
		stream = stream->next;
	return stream;
}

/* Lets go of the lock while it asks the database. False: not now. */
static bool serve(const struct stream *stream)
{
	static struct told told; /* of this thread alone */
	struct wanted wanted = { .from = stream->from,
		.to = streams.published };
	bool good;

	memcpy(wanted.draw, stream->draw, sizeof(wanted.draw));
	pthread_mutex_unlock(&streams.lock);
	good = fetch(&wanted, &told);
	pthread_mutex_lock(&streams.lock);
	if (good)
		hand_out(&wanted, &told);
	return good;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* End those whose time is over, let the others beat. When to look again. */
static int64_t look_after(void)
{
	int64_t now_ms = clock_steady_ms(), next_ms = now_ms + REST_MS;

	for (struct stream *s = streams.first; s; s = s->next) {
		if (s->ended)
			continue;
		if (s->end_ms <= now_ms)
			end(s);
		else if (s->beat_ms <= now_ms && is_taken(s))
			say(s, beat, sizeof(beat) - 1);
		if (is_taken(s))
			next_ms = earlier(next_ms, s->beat_ms);
		next_ms = earlier(next_ms, s->end_ms);
	}
	return next_ms;
}

static void wait_until(int64_t at_ms)
{
	const struct timespec at = { at_ms / 1000, at_ms % 1000 * 1000000 };

	pthread_cond_timedwait(&streams.work, &streams.lock, &at);
}

static void *work(void *context)
{
	const struct stream *stream;
	int64_t next_ms;

	(void)context;
	pthread_setname_np(pthread_self(), "streams");
	pthread_mutex_lock(&streams.lock);
	while (!streams.stopping) {
		next_ms = look_after();
		stream = one_behind();
		if (stream && serve(stream))
			continue;
		if (stream)
			next_ms =
			    earlier(next_ms, clock_steady_ms() + RECONNECT_MS);
		wait_until(next_ms);
	}
	for (struct stream *s = streams.first; s; s = s->next)
		end(s);
	pthread_mutex_unlock(&streams.lock);
	db_close(streams.db);
	streams.db = NULL;
	db_thread_end();
	return NULL;
}

/* --- starting and stopping ------------------------------------------------ */

void streams_start(const struct config *config)
{
	pthread_condattr_t steady;

	assert(!streams.started);
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&streams.work, &steady);
	pthread_condattr_destroy(&steady);
	streams.config = config;
	streams.settings =
	    (struct db_settings){ config->db_socket, config->db_name,
		    config->db_reader, (unsigned)config->db_timeout_s };
	streams.stopping = false;
	streams.started = true;
	if (pthread_create(&streams.thread, NULL, work, NULL))
		abort();
}

void streams_stop(void)
{
	if (!streams.started)
		return;
	pthread_mutex_lock(&streams.lock);
	streams.stopping = true;
	pthread_cond_signal(&streams.work);
	pthread_mutex_unlock(&streams.lock);
	pthread_join(streams.thread, NULL);
	streams.started = false;
}

void streams_published(uint64_t size)
{
	pthread_mutex_lock(&streams.lock);
	if (size > streams.published)
		streams.published = size;
	if (streams.first)
		pthread_cond_signal(&streams.work);
	pthread_mutex_unlock(&streams.lock);
}

/* --- what http.c asks ----------------------------------------------------- */

static bool crowds(uint32_t address)
{
	uint64_t most = streams.config->streams_per_address, same = 0;

	if (most == 0 || address == 0)
		return false;
	for (const struct stream *s = streams.first; s; s = s->next)
		same += s->line.address == address;
	return same >= most;
}

static struct stream *make(
    const struct request *request, const struct stream_line *line)
{
	struct stream *stream = calloc(1, sizeof(*stream));

	if (!stream)
		abort();
	assert(strlen(request->stream_of) <= DRAW_MAX &&
	       request->text_size <= BEGINNING_MAX);
	memcpy(stream->draw, request->stream_of, strlen(request->stream_of));
	stream->line = *line;
	stream->from = request->stream_from;
	/* After a start nobody has told us of what was published before. */
	if (request->published->size > streams.published)
		streams.published = request->published->size;
	stream->end_ms =
	    clock_steady_ms() + (int64_t)streams.config->stream_s * 1000;
	say(stream, request->text, request->text_size);
	stream->next = streams.first;
	stream->link = &streams.first;
	if (stream->next)
		stream->next->link = &stream->next;
	streams.first = stream;
	streams.count++;
	return stream;
}

enum error stream_open(struct request *request, const struct stream_line *line,
    struct stream **stream)
{
	enum error error = ERR_OK;

	pthread_mutex_lock(&streams.lock);
	if (streams.stopping || streams.count >= streams.config->streams)
		error = ERR_BUSY;
	else if (crowds(line->address))
		error = ERR_TOO_MANY;
	else
		*stream = make(request, line);
	pthread_mutex_unlock(&streams.lock);
	return error;
}

ssize_t stream_take(struct stream *stream, char *to, size_t size)
{
	size_t left;
	ssize_t taken = 0;

	pthread_mutex_lock(&streams.lock);
	left = stream->size - stream->taken;
	if (left > 0) {
		taken = (ssize_t)(left < size ? left : size);
		memcpy(to, stream->text + stream->taken, (size_t)taken);
		stream->taken += (size_t)taken;
		if (is_taken(stream))
			pthread_cond_signal(&streams.work);
	} else if (stream->ended || streams.stopping) {
		taken = STREAM_END;
	} else {
		stream->resting = true;
		stream->line.rest(stream->line.connection);
	}
	pthread_mutex_unlock(&streams.lock);
	return taken;
}

void stream_close(struct stream *stream)
{
	if (!stream)
		return;
	pthread_mutex_lock(&streams.lock);
	*stream->link = stream->next;
	if (stream->next)
		stream->next->link = stream->link;
	streams.count--;
	pthread_mutex_unlock(&streams.lock);
	free(stream);
}

unsigned streams_count(void)
{
	unsigned count;

	pthread_mutex_lock(&streams.lock);
	count = streams.count;
	pthread_mutex_unlock(&streams.lock);
	return count;
}
