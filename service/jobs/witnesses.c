/* witnesses.c -- submit what is published to the witnesses, each by itself. */
#include "witnesses.h"

#include "clock.h"
#include "diary.h"
#include "publisher.h"
#include "witness_shown.h"
#include "witness_submit.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	PAUSE_MS = 1000, /* after a failure, twice as long after each more */
	PAUSE_MS_MAX = 30000,
	REASON_SIZE = 80,
};

static const struct db_statement insert_line = {
	"INSERT INTO log_cosignature (size, witness, cosigned_at, line)"
	" VALUES (?, ?, ?, ?)",
};

static const struct db_statement select_lines = {
	"SELECT line FROM log_cosignature WHERE size = ? ORDER BY cosigned_at",
};

static const struct db_statement *const statements[] = {
	&insert_line,
	&select_lines,
	NULL,
};

/* One of them, and its thread, whose own all of it is. */
struct link {
	const struct kl_note_key *key;
	struct witness_call *call;
	struct db *db;
	pthread_t thread;
	uint64_t known; /* leaves it has cosigned, as far as we know */
	uint64_t done;  /* the checkpoint it has cosigned last */
	int64_t next_ms;
	unsigned failures;
	char told[REASON_SIZE]; /* why there was none the last time */
};

static struct {
	const struct witnesses_parts *parts;
	struct db_settings settings;
	struct link links[KL_TRUST_WITNESSES_MAX];
	size_t count; /* of threads that run */
	atomic_bool ending, alarmed;

	pthread_mutex_t lock;
	pthread_cond_t wanted;
	uint64_t published; /* under the lock */
} jobs = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.wanted = PTHREAD_COND_INITIALIZER,
};

/* --- what is told --------------------------------------------------------- */

/* Why there is no cosignature: once, until it is another reason or over. */
static void tell(struct link *link, const char *reason)
{
	if (strncmp(link->told, reason, sizeof(link->told) - 1) == 0)
		return;
	if (*reason)
		diary_write("witness_silent", "{s:s, s:s, s:I}", "witness",
		    link->key->name, "reason", reason, "cosigned",
		    (json_int_t)link->done);
	else
		diary_write("witness_speaks", "{s:s, s:I}", "witness",
		    link->key->name, "cosigned", (json_int_t)link->done);
	snprintf(link->told, sizeof(link->told), "%s", reason);
}

/* --- one checkpoint ------------------------------------------------------- */

/* ERR_CONFLICT: it is there already, from an earlier time. */
static enum error store(
    struct link *link, uint64_t size, const struct kl_witness_reply *reply)
{
	enum error error = db_begin(link->db, DB_WRITE);

	if (!error)
		error = db_exec(link->db, &insert_line,
		    DB_IN(db_u64(size),
			db_bytes(link->key->key.bytes, KL_PUBLIC_KEY_SIZE),
			db_time((int64_t)reply->time),
			db_bytes(reply->line.at, reply->line.size)),
		    NULL);
	if (!error)
		return db_commit(link->db);
	db_roll_back(link->db);
	return error;
}

static bool is_of_now(uint64_t time)
{
	int64_t now = clock_machine();

	return time <= INT64_MAX && (int64_t)time > now - KL_WITNESS_SKEW_S &&
	       (int64_t)time < now + KL_WITNESS_SKEW_S;
}

/* Is it enough by now? Then others may see it so. Of 0 entries: the newest of
 * which it is. */
static enum error show_quorum(struct db *db, uint64_t size)
{
	struct arena arena = { 0 };
	struct cosigned cosigned;
	enum error error = db_begin(db, DB_READ);

	db_use(db, &arena);
	if (!error && size > 0)
		error = witnesses_quorum(db, &arena, size, &cosigned);
	else if (!error)
		error = witnesses_last_quorum(db, &arena, &cosigned);
	db_roll_back(db);
	if (!error)
		publisher_quorum(cosigned.size, &cosigned.root,
		    cosigned.note.bytes, cosigned.note.size);
	arena_clear(&arena);
	return error == ERR_NOT_FOUND ? ERR_OK : error;
}

/* "" or why it is of no use. */
static const char *keep(
    struct link *link, uint64_t size, const struct kl_witness_reply *reply)
{
	enum error error;

	if (!is_of_now(reply->time))
		return "its clock and ours differ";
	error = store(link, size, reply);
	if ((error && error != ERR_CONFLICT) || show_quorum(link->db, size))
		return "our database failed";
	link->done = size;
	if (!error) {
		publisher_cosigned(size, reply->line.at, reply->line.size);
		jobs.parts->cosigned(size);
	}
	return "";
}

/* It says that it knows more of ours, or another log: can it show it? Why there
 * is no cosignature stays the reason otherwise. */
static const char *look_at_it(struct link *link, const char *reason)
{
	struct witness_shown shown;

	if (witness_show(link->db, link->call, link->key, &shown))
		reason = "our database failed";
	else if (witness_alarms(&shown, link->key) &&
		 !atomic_exchange(&jobs.alarmed, true))
		jobs.parts->alarmed("a witness knows another log of ours");
	kl_buf_clear(&shown.note);
	return reason;
}

static const char *judge(
    struct link *link, struct submission *submission, uint64_t size)
{
	switch (submission->outcome) {
	case KL_WITNESS_DONE:
		return keep(link, size, &submission->reply);
	case KL_WITNESS_AHEAD:
	case KL_WITNESS_FORKED:
		return look_at_it(link, submission->reason);
	case KL_WITNESS_RETRY:
	case KL_WITNESS_LATER:
	case KL_WITNESS_NO:
		break;
	}
	return submission->reason;
}

/* False: there is no cosignature, and why is told. */
static bool submit(struct link *link)
{
	struct published latest;
	struct submission submission = {
		.db = link->db,
		.call = link->call,
		.witness = link->key,
		.note = latest.note,
		.known = link->known,
		.body = KL_BUF(KL_WITNESS_REPLY_MAX),
	};
	const char *reason = "our database failed";

	publisher_latest(&latest);
	submission.note_size = latest.note_size;
	if (!submit_checkpoint(&submission))
		reason = judge(link, &submission, latest.size);
	link->known = submission.known;
	if (!atomic_load(&jobs.ending))
		tell(link, reason);
	kl_buf_clear(&submission.body);
	return !*reason;
}

/* --- a thread ------------------------------------------------------------- */

static struct timespec moment_of(int64_t ms)
{
	return (struct timespec){ ms / 1000, ms % 1000 * 1000000 };
}

/* Its pause is over, and something is published that it has not cosigned. */
static bool wait_for_work(struct link *link)
{
	const struct timespec end = moment_of(link->next_ms);
	bool goes_on;

	pthread_mutex_lock(&jobs.lock);
	while (!atomic_load(&jobs.ending) &&
	       pthread_cond_clockwait(
		   &jobs.wanted, &jobs.lock, CLOCK_MONOTONIC, &end) == 0)
		;
	while (!atomic_load(&jobs.ending) && jobs.published <= link->done)
		pthread_cond_wait(&jobs.wanted, &jobs.lock);
	goes_on = !atomic_load(&jobs.ending);
	pthread_mutex_unlock(&jobs.lock);
	return goes_on;
}

static int64_t pause_of(const struct link *link)
{
	int64_t pause_ms = PAUSE_MS;

	if (link->failures == 0)
		return (int64_t)jobs.parts->config->witness_ms;
	for (unsigned i = 1; i < link->failures && pause_ms < PAUSE_MS_MAX; i++)
		pause_ms *= 2;
	return pause_ms < PAUSE_MS_MAX ? pause_ms : PAUSE_MS_MAX;
}

/* Once we do not sign any more, nothing is submitted either. */
static void *work(void *context)
{
	struct link *link = context;

	pthread_setname_np(pthread_self(), "witnesses");
	while (wait_for_work(link) && publisher_works()) {
		link->failures = submit(link) ? 0 : link->failures + 1;
		link->next_ms = clock_steady_ms() + pause_of(link);
	}
	db_close(link->db);
	link->db = NULL;
	db_thread_end();
	return NULL;
}

/* --- starting and stopping ------------------------------------------------ */

/* What is there of the latest checkpoint from before. */
static bool show_stored(struct db *db)
{
	struct arena arena = { 0 };
	struct db_blob line;
	uint64_t size = publisher_size();
	enum error error = db_begin(db, DB_READ);

	db_use(db, &arena);
	if (!error) {
		db_query(db, &select_lines, DB_IN(db_u64(size)),
		    DB_OUT(db_to_blob(&line)));
		while (db_next(db))
			publisher_cosigned(
			    size, (const char *)line.bytes, line.size);
		error = db_finish(db);
	}
	db_roll_back(db);
	arena_clear(&arena);
	return !error;
}

static bool start_link(size_t i)
{
	const struct kl_trust *trust = witnesses_trust();
	struct kl_span url = trust->witness_urls[i];
	struct link *link = &jobs.links[i];

	*link = (struct link){ .key = &trust->witnesses[i] };
	link->db = db_open(&jobs.settings);
	if (!link->db || !db_check(link->db, statements) ||
	    !db_check(link->db, witnesses_statements) ||
	    (i == 0 && (!show_stored(link->db) || show_quorum(link->db, 0)))) {
		db_close(link->db);
		return false;
	}
	link->call = witness_call_open(url.at, url.size,
	    (unsigned)jobs.parts->config->witness_timeout_s, &jobs.ending);
	if (pthread_create(&link->thread, NULL, work, link))
		abort();
	return true;
}

bool witnesses_start(const struct witnesses_parts *parts)
{
	const struct config *config = parts->config;

	assert(jobs.count == 0);
	jobs.parts = parts;
	jobs.settings =
	    (struct db_settings){ config->db_socket, config->db_name,
		    config->db_upkeep, (unsigned)config->db_timeout_s };
	atomic_store(&jobs.ending, false);
	atomic_store(&jobs.alarmed, false);
	witnesses_wake(publisher_size());
	while (jobs.count < witnesses_trust()->witness_count) {
		if (!start_link(jobs.count))
			return false;
		jobs.count++;
	}
	return true;
}

void witnesses_stop(void)
{
	pthread_mutex_lock(&jobs.lock);
	atomic_store(&jobs.ending, true);
	pthread_cond_broadcast(&jobs.wanted);
	pthread_mutex_unlock(&jobs.lock);
	while (jobs.count > 0) {
		struct link *link = &jobs.links[--jobs.count];

		pthread_join(link->thread, NULL);
		witness_call_close(link->call);
	}
}

void witnesses_wake(uint64_t size)
{
	pthread_mutex_lock(&jobs.lock);
	if (size > jobs.published)
		jobs.published = size;
	pthread_cond_broadcast(&jobs.wanted);
	pthread_mutex_unlock(&jobs.lock);
}
