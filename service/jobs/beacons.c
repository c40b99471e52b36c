/* beacons.c -- bring the values that draws await, from the relays they are at.
 *
 * A courier: what a relay says goes to POST /v1/draws/{id}/beacon as it is, as
 * if anybody brought it, and is hostile until it has proved itself there.
 */
#include "beacons.h"

#include "clock.h"
#include "db.h"
#include "diary.h"
#include "fetch.h"
#include "kl_attempt.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	REPLY_MAX = 32768, /* bytes of a value, as the route takes it */
	URL_MAX = 512,
	AT_ONCE_MAX = 16, /* draws in one round */
	ID_MAX = 64,
	TOLD_MAX = 64, /* draws whose silence is remembered */
	KEY_BYTES = 16,
	MS_PER_S = 1000,
	CREATED = 201,
	CONFLICT = 409,
	OK = 200,
};

/* The oldest first, from where the last round ended. A day after its time a
 * value makes no result any more: kl_attempt_is_stale(). */
static const struct db_statement select_awaited = {
	"SELECT id, beacon, beacon_source, beacon_round, beacon_time FROM draw"
	" WHERE (state = 'stopped' OR state = 'sealed' AND beacon_time > ?)"
	" AND beacon_source IS NOT NULL AND beacon_time <= ?"
	" AND (beacon_time, id) > (?, ?) ORDER BY beacon_time, id LIMIT ?",
};

static const struct db_statement *const statements[] = {
	&select_awaited,
	NULL,
};

/* A value that is awaited. */
struct awaited {
	const char *id, *source;
	bool drand; /* else nist */
	uint64_t round;
	int64_t time;
};

static struct {
	const struct config *config;
	struct db *db;
	struct fetch *fetch;
	unsigned port;
	unsigned turn; /* which relay is asked first */
	/* The draws whose silence was told last, in a ring. */
	char told[TOLD_MAX][ID_MAX + 1];
	size_t told_next;
	/* Where the last round ended, if there are more. */
	int64_t after_time;
	char after[ID_MAX + 1];
	pthread_t thread;
	bool started;
	atomic_bool ending;
	pthread_mutex_t lock;
	pthread_cond_t wanted;
} job = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.wanted = PTHREAD_COND_INITIALIZER,
};

/* --- what is awaited ------------------------------------------------------ */

/* The next round goes on after `last`, or begins anew: however many are silent,
 * the others have their turn. */
static void remember(const struct awaited *last)
{
	job.after_time = last ? last->time : 0;
	snprintf(job.after, sizeof(job.after), "%s", last ? last->id : "");
}

/* The texts are in `arena`. */
static size_t read_awaited(
    struct arena *arena, struct awaited list[static AT_ONCE_MAX])
{
	int64_t now = clock_now(), day = kl_attempt_overdue_at(0);
	struct awaited row;
	const char *beacon;
	size_t count = 0;

	db_use(job.db, arena);
	if (db_begin(job.db, DB_READ))
		return 0; /* it is looked at again */
	db_query(job.db, &select_awaited,
	    DB_IN(db_time(now - day), db_time(now), db_time(job.after_time),
		db_text(job.after), db_u64(AT_ONCE_MAX)),
	    DB_OUT(db_to_text(&row.id), db_to_text(&beacon),
		db_to_text(&row.source), db_to_u64(&row.round),
		db_to_time(&row.time)));
	while (db_next(job.db) && count < AT_ONCE_MAX) {
		row.drand = strcmp(beacon, "drand") == 0;
		list[count++] = row;
	}
	if (db_finish(job.db))
		count = 0;
	db_roll_back(job.db);
	remember(count == AT_ONCE_MAX ? &list[count - 1] : NULL);
	return count;
}

/* --- asking a relay ------------------------------------------------------- */

/* The relay `number` of a list by commas, without a slash at its end, or an
 * empty one. */
static void relay_at(const char *list, unsigned number, char relay[URL_MAX])
{
	size_t size;

	for (; number > 0 && *list; number--) {
		list += strcspn(list, ",");
		list += *list == ',';
	}
	size = strcspn(list, ",");
	while (size > 0 && list[size - 1] == '/')
		size--;
	snprintf(relay, URL_MAX, "%.*s", (int)size, list);
}

static unsigned relay_count(const char *list)
{
	unsigned count = 1;

	if (strcmp(list, "none") == 0)
		return 0;
	for (; *list; list++)
		count += *list == ',';
	return count;
}

/* drand: HTTP API v1, /<chain>/public/<round>. NIST beacon 2.0: the pulse of a
 * time in milliseconds. False: it is too long. */
static bool write_url(
    const struct awaited *awaited, const char *relay, char url[URL_MAX])
{
	int size;

	if (awaited->drand)
		size = snprintf(url, URL_MAX, "%s/%s/public/%" PRIu64, relay,
		    awaited->source, awaited->round);
	else
		size = snprintf(url, URL_MAX, "%s/pulse/time/%" PRId64, relay,
		    awaited->time * MS_PER_S);
	return size > 0 && size < URL_MAX;
}

/* "" or why there is nothing. */
static const char *ask(
    const struct awaited *awaited, const char *relay, struct kl_buf *value)
{
	static const char *const headers[] = { "User-Agent: klerod",
		"Accept: application/json", NULL };
	char url[URL_MAX];
	const struct fetch_request request = {
		.url = url,
		.headers = headers,
		.timeout_s = (unsigned)job.config->beacon_timeout_s,
		.ending = &job.ending,
	};
	struct fetch_reply reply;

	if (!write_url(awaited, relay, url))
		return "its address is too long";
	if (!fetch_ask(job.fetch, &request, &reply, value))
		return fetch_fault(job.fetch);
	if (reply.status != OK)
		return "it has no such value";
	return value->size > 0 ? "" : "its answer is empty";
}

/* --- bringing it ---------------------------------------------------------- */

/* "" or why it was not taken. */
static const char *bring(
    const struct awaited *awaited, const struct kl_buf *value)
{
	const struct config *config = job.config;
	char url[URL_MAX], host[URL_MAX], key[URL_MAX];
	char hex[2 * KEY_BYTES + 1];
	uint8_t once[KEY_BYTES];
	const char *const headers[] = { host, key,
		"Content-Type: application/json", NULL };
	const struct fetch_request request = {
		.url = url,
		.headers = headers,
		.body = value->data,
		.body_size = value->size,
		.timeout_s = (unsigned)config->http_request_s,
		.ending = &job.ending,
	};
	struct kl_buf said = KL_BUF(REPLY_MAX);
	struct fetch_reply reply;
	bool whole;

	randombytes_buf(once, sizeof(once));
	kl_hex(once, sizeof(once), hex);
	snprintf(key, sizeof(key), "Idempotency-Key: %s", hex);
	snprintf(host, sizeof(host), "Host: %.*s",
	    (int)strcspn(config->http_hosts, ","), config->http_hosts);
	snprintf(url, sizeof(url), "http://%s:%u/v1/draws/%s/beacon",
	    config->http_address, job.port, awaited->id);
	whole = fetch_ask(job.fetch, &request, &reply, &said);
	kl_buf_clear(&said);
	if (!whole)
		return fetch_fault(job.fetch);
	/* 409: somebody else was first, or nothing can be taken any more. */
	if (reply.status == CREATED || reply.status == CONFLICT)
		return "";
	return reply.status == 422 || reply.status == 400
		   ? "what it says is not the value that was declared"
		   : "this service is busy";
}

/* --- one draw ------------------------------------------------------------- */

static bool is_told(const char *id)
{
	for (size_t i = 0; i < TOLD_MAX; i++)
		if (strcmp(job.told[i], id) == 0)
			return true;
	return false;
}

static void remember_told(const char *id)
{
	snprintf(job.told[job.told_next], sizeof(job.told[0]), "%s", id);
	job.told_next = (job.told_next + 1) % TOLD_MAX;
}

/* Once for each draw. */
static void tell(
    const struct awaited *awaited, const char *relay, const char *reason)
{
	if (atomic_load(&job.ending) || is_told(awaited->id))
		return;
	diary_write("beacon_silent", "{s:s, s:s, s:s}", "draw", awaited->id,
	    "relay", relay, "reason", reason);
}

static bool try_relay(
    const struct awaited *awaited, const char *relay, struct kl_buf *value)
{
	const char *reason = ask(awaited, relay, value);

	if (!*reason)
		reason = bring(awaited, value);
	if (*reason)
		tell(awaited, relay, reason);
	return !*reason;
}

/* Relay after relay until one has it: that value or none. */
static bool fetch_value(const struct awaited *awaited)
{
	const char *list =
	    awaited->drand ? job.config->drand_relays : job.config->nist_relays;
	struct kl_buf value = KL_BUF(REPLY_MAX);
	unsigned count = relay_count(list);
	bool done = false;

	for (unsigned i = 0; i < count && !done && !atomic_load(&job.ending);
	     i++) {
		char relay[URL_MAX];

		relay_at(list, (job.turn + i) % count, relay);
		done = try_relay(awaited, relay, &value);
	}
	kl_buf_clear(&value);
	return done;
}

static void work_through(void)
{
	struct awaited list[AT_ONCE_MAX];
	struct arena arena = { 0 };
	size_t count = read_awaited(&arena, list);

	for (size_t i = 0; i < count && !atomic_load(&job.ending); i++) {
		if (fetch_value(&list[i]))
			continue;
		job.turn++; /* another relay first, the next time */
		if (!is_told(list[i].id))
			remember_told(list[i].id);
	}
	arena_clear(&arena);
}

/* --- the thread ----------------------------------------------------------- */

static bool wait_a_while(void)
{
	int64_t end_ms = clock_steady_ms() + (int64_t)job.config->beacon_ms;
	const struct timespec end = { end_ms / MS_PER_S,
		end_ms % MS_PER_S * 1000000 };
	bool goes_on;

	pthread_mutex_lock(&job.lock);
	while (!atomic_load(&job.ending) &&
	       pthread_cond_clockwait(
		   &job.wanted, &job.lock, CLOCK_MONOTONIC, &end) == 0)
		;
	goes_on = !atomic_load(&job.ending);
	pthread_mutex_unlock(&job.lock);
	return goes_on;
}

static void *work(void *context)
{
	(void)context;
	pthread_setname_np(pthread_self(), "beacons");
	while (wait_a_while())
		work_through();
	db_close(job.db);
	job.db = NULL;
	db_thread_end();
	return NULL;
}

bool beacons_start(const struct config *config, unsigned port)
{
	/* Borrowed by the connection, and by each that follows it. */
	static struct db_settings settings;

	assert(!job.started);
	if (relay_count(config->drand_relays) == 0 &&
	    relay_count(config->nist_relays) == 0)
		return true; /* values are carried in */
	job.config = config;
	job.port = port;
	atomic_store(&job.ending, false);
	settings = (struct db_settings){ config->db_socket, config->db_name,
		config->db_reader, (unsigned)config->db_timeout_s };
	job.db = db_open(&settings);
	if (!job.db || !db_check(job.db, statements)) {
		db_close(job.db);
		return false;
	}
	job.fetch = fetch_open();
	if (pthread_create(&job.thread, NULL, work, NULL))
		abort();
	job.started = true;
	return true;
}

void beacons_stop(void)
{
	if (!job.started)
		return;
	pthread_mutex_lock(&job.lock);
	atomic_store(&job.ending, true);
	pthread_cond_broadcast(&job.wanted);
	pthread_mutex_unlock(&job.lock);
	pthread_join(job.thread, NULL);
	fetch_close(job.fetch);
	job.started = false;
}
