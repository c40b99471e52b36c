/* witness_hear.c -- hear the witnesses before anything is signed. */
#include "clock.h"
#include "diary.h"
#include "high_water.h"
#include "kl_checkpoint.h"
#include "kl_witness.h"
#include "log_keys.h"
#include "process.h"
#include "witness_shown.h"
#include "witness_submit.h"
#include "witnesses.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	LOOK_MS = 100,   /* are we told to end? */
	AGAIN_MS = 1000, /* from one try to the next */
	OK = 200,
	NOT_FOUND = 404,
};

enum heard {
	SILENT,  /* no answer, or none that proves anything */
	AGREES,  /* it has cosigned what our log continues */
	ALARMED, /* it shows one of ours that our log does not continue */
};

/* One witness, and its thread, whose own all of it is but for the rest. */
struct ear {
	const struct kl_note_key *key;
	struct db *db;
	struct witness_call *call;
	bool told; /* that it is silent */
	pthread_t thread;
	/* Under the lock. */
	bool asked; /* once at least */
	enum heard heard;
};

/* One start. */
static struct {
	bool first; /* no log is begun yet: the next three are not set */
	struct db_settings settings;
	char note[HIGH_WATER_MAX]; /* what we have signed last */
	size_t note_size;
	struct ear ears[KL_TRUST_WITNESSES_MAX];
	size_t count;
	atomic_bool ending;
	pthread_mutex_t lock;
	pthread_cond_t changed;
} hearing = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.changed = PTHREAD_COND_INITIALIZER,
};

/* --- one of them ---------------------------------------------------------- */

static enum heard be_silent(struct ear *ear, const char *reason)
{
	if (!ear->told && !atomic_load(&hearing.ending)) {
		diary_write("witness_silent", "{s:s, s:s}", "witness",
		    ear->key->name, "reason", reason);
		ear->told = true;
	}
	return SILENT;
}

static enum heard fail(struct ear *ear)
{
	return be_silent(ear, "our database failed");
}

/* What we have signed last it may have again: so it can show that it agrees. */
static enum heard submit_signed(struct ear *ear)
{
	struct submission submission = {
		.db = ear->db,
		.call = ear->call,
		.witness = ear->key,
		.note = hearing.note,
		.note_size = hearing.note_size,
		.body = KL_BUF(KL_WITNESS_REPLY_MAX),
	};
	enum error error = submit_checkpoint(&submission);
	enum heard heard = AGREES;

	if (error)
		heard = fail(ear);
	else if (submission.outcome != KL_WITNESS_DONE)
		heard = be_silent(ear, submission.reason);
	kl_buf_clear(&submission.body);
	return heard;
}

static enum heard judge(struct ear *ear, const struct witness_shown *shown)
{
	if (witness_alarms(shown, ear->key))
		return ALARMED;
	if (shown->shows == WITNESS_SHOWS_OURS)
		return shown->cosigned
			   ? AGREES
			   : be_silent(
				 ear, "it has not cosigned what it shows");
	if (shown->absent) /* it knows nothing of us, or shows nothing there */
		return submit_signed(ear);
	return be_silent(ear, shown->reason);
}

/* Nothing is signed yet: whatever it shows of our key was signed before. */
static enum heard judge_first(struct ear *ear, struct witness_shown *shown)
{
	const char *bytes = shown->note.data ? (char *)shown->note.data : "";
	struct kl_checkpoint checkpoint;
	struct kl_note note;

	if (kl_checkpoint_open(
		bytes, shown->note.size, log_note_key(), &note, &checkpoint))
		return be_silent(ear, "it shows no checkpoint of ours");
	shown->shows = WITNESS_SHOWS_LARGER;
	shown->size = checkpoint.size;
	return witness_alarms(shown, ear->key) ? ALARMED : SILENT;
}

/* Before a log is begun there is nothing to compare with. */
static enum heard hear_first(struct ear *ear)
{
	struct witness_shown shown = { .note = KL_BUF(KL_WITNESS_REQUEST_MAX) };
	enum heard heard;
	long status = 0;

	if (!witness_call_latest(ear->call, log_origin(), &status, &shown.note))
		heard = be_silent(ear, witness_call_fault(ear->call));
	else if (status == NOT_FOUND)
		heard = AGREES;
	else if (status == OK)
		heard = judge_first(ear, &shown);
	else
		heard = be_silent(ear, "it does not say what it knows");
	kl_buf_clear(&shown.note);
	return heard;
}

static enum heard hear_again(struct ear *ear)
{
	struct witness_shown shown;
	enum error error;
	enum heard heard;

	if (!ear->db)
		ear->db = db_open(&hearing.settings);
	if (!ear->db)
		return fail(ear);
	error = witness_show(ear->db, ear->call, ear->key, &shown);
	heard = error ? fail(ear) : judge(ear, &shown);
	kl_buf_clear(&shown.note);
	return heard;
}

static enum heard hear(struct ear *ear)
{
	return hearing.first ? hear_first(ear) : hear_again(ear);
}

/* --- its thread ----------------------------------------------------------- */

static struct timespec moment_of(int64_t ms)
{
	return (struct timespec){ ms / 1000, ms % 1000 * 1000000 };
}

/* Under the lock; false: the time is over. */
static bool wait_until(int64_t ms)
{
	const struct timespec end = moment_of(ms);

	return pthread_cond_clockwait(
		   &hearing.changed, &hearing.lock, CLOCK_MONOTONIC, &end) == 0;
}

/* Tell the one who waits; and is it to be asked again, after a pause? */
static bool goes_on(struct ear *ear, enum heard heard)
{
	int64_t again_ms = clock_steady_ms() + AGAIN_MS;
	bool again;

	pthread_mutex_lock(&hearing.lock);
	ear->asked = true;
	ear->heard = heard;
	pthread_cond_broadcast(&hearing.changed);
	while (heard == SILENT && !atomic_load(&hearing.ending) &&
	       wait_until(again_ms))
		;
	again = heard == SILENT && !atomic_load(&hearing.ending);
	pthread_mutex_unlock(&hearing.lock);
	return again;
}

static void *listen(void *context)
{
	struct ear *ear = context;

	pthread_setname_np(pthread_self(), "hearing");
	while (goes_on(ear, hear(ear)))
		;
	db_close(ear->db);
	ear->db = NULL;
	db_thread_end();
	return NULL;
}

static void start(const struct config *config)
{
	const struct kl_trust *trust = witnesses_trust();

	atomic_store(&hearing.ending, false);
	for (hearing.count = 0; hearing.count < trust->witness_count;
	     hearing.count++) {
		size_t i = hearing.count;
		struct kl_span url = trust->witness_urls[i];
		struct ear *ear = &hearing.ears[i];

		*ear = (struct ear){ .key = &trust->witnesses[i] };
		ear->call = witness_call_open(url.at, url.size,
		    (unsigned)config->witness_timeout_s, &hearing.ending);
		if (pthread_create(&ear->thread, NULL, listen, ear))
			abort();
	}
}

static void stop(void)
{
	pthread_mutex_lock(&hearing.lock);
	atomic_store(&hearing.ending, true);
	pthread_cond_broadcast(&hearing.changed);
	pthread_mutex_unlock(&hearing.lock);
	while (hearing.count > 0) {
		struct ear *ear = &hearing.ears[--hearing.count];

		pthread_join(ear->thread, NULL);
		witness_call_close(ear->call);
	}
}

/* --- all of them ---------------------------------------------------------- */

/* What is known by now. */
struct known {
	bool all_asked, enough, alarmed;
};

static struct known look(void)
{
	struct kl_note_verdict verdicts[KL_TRUST_WITNESSES_MAX] = { 0 };
	struct known known = { .all_asked = true };

	for (size_t i = 0; i < witnesses_trust()->witness_count; i++) {
		const struct ear *ear = &hearing.ears[i];

		known.all_asked &= ear->asked;
		known.alarmed |= ear->heard == ALARMED;
		verdicts[i].has_signed = ear->heard == AGREES;
	}
	known.enough = kl_trust_enough(witnesses_trust(), verdicts);
	return known;
}

/* Until nothing more is to be learnt, or there is no time for it. */
static void wait_for_them(int64_t end_ms)
{
	struct known known;

	pthread_mutex_lock(&hearing.lock);
	for (known = look();
	     !known.alarmed && !(known.all_asked && known.enough) &&
	     clock_steady_ms() < end_ms && !process_ends();
	     known = look())
		(void)wait_until(clock_steady_ms() + LOOK_MS);
	pthread_mutex_unlock(&hearing.lock);
}

static int hear_all(const struct config *config)
{
	int64_t end_ms =
	    clock_steady_ms() + 1000 * (int64_t)config->witness_hear_s;
	struct known known;

	start(config);
	wait_for_them(end_ms);
	stop();
	known = look();
	if (known.alarmed)
		return LOG_REFUSED;
	if (known.enough || process_ends())
		return EXIT_SUCCESS;
	diary_write("witnesses", "{s:s, s:s}", "path", config->witness_file,
	    "reason", "too few of them answer");
	return EXIT_FAILURE;
}

int witnesses_hear(const struct config *config)
{
	if (witnesses_trust()->witness_count == 0)
		return EXIT_SUCCESS;
	hearing.first = false;
	hearing.settings =
	    (struct db_settings){ config->db_socket, config->db_name,
		    config->db_reader, (unsigned)config->db_timeout_s };
	if (high_water_read(config->high_water_file, hearing.note,
		&hearing.note_size) != HIGH_WATER_READ)
		return EXIT_FAILURE;
	return hear_all(config);
}

int witnesses_hear_first(const struct config *config)
{
	hearing.first = true;
	return witnesses_trust()->witness_count > 0 ? hear_all(config)
						    : EXIT_SUCCESS;
}
