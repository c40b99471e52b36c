/* witness_hear.c -- hear the witnesses before anything is signed. */
#include "clock.h"
#include "diary.h"
#include "high_water.h"
#include "log_keys.h"
#include "witness_submit.h"
#include "witnesses.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { OK = 200, NOT_FOUND = 404 };

enum heard {
	SILENT, /* no answer, or none that makes sense */
	AGREES, /* our log continues what it knows */
	BEHIND, /* it knows a larger one of ours */
	FORKED, /* it knows one that ours does not continue */
};

/* One start. */
struct hearing {
	struct db *db;
	unsigned timeout_s;
	uint64_t head_size; /* of our log, when a witness has spoken */
	char note[HIGH_WATER_MAX];
	size_t note_size;
	bool told[KL_TRUST_WITNESSES_MAX];
	struct kl_note_verdict verdicts[KL_TRUST_WITNESSES_MAX];
};

static const struct kl_note_key *key_of(size_t i)
{
	return &witnesses_trust()->witnesses[i];
}

static void tell(struct hearing *hearing, size_t i, const char *reason)
{
	if (!hearing->told[i])
		diary_write("witness_silent", "{s:s, s:s}", "witness",
		    key_of(i)->name, "reason", reason);
	hearing->told[i] = true;
}

static void tell_alarm(
    const struct hearing *hearing, size_t i, const char *reason, uint64_t size)
{
	diary_write("witness_alarm", "{s:s, s:s, s:I, s:I}", "witness",
	    key_of(i)->name, "reason", reason, "knows", (json_int_t)size,
	    "size", (json_int_t)hearing->head_size);
}

/*
 * How far our log is, now that the witness has spoken: somebody else may be
 * writing it still.
 */
static enum error read_head(struct hearing *hearing)
{
	struct arena arena = { 0 };
	struct log_head head = { 0 };
	enum error error = db_begin(hearing->db, DB_READ);

	db_use(hearing->db, &arena);
	if (!error)
		error = log_read_head(hearing->db, &head);
	db_roll_back(hearing->db);
	arena_clear(&arena);
	hearing->head_size = head.size;
	return error;
}

/* Is our log so long? */
static enum heard measure(struct hearing *hearing, size_t i, uint64_t size)
{
	if (read_head(hearing)) {
		tell(hearing, i, "our database failed");
		return SILENT;
	}
	if (size <= hearing->head_size)
		return AGREES;
	tell_alarm(hearing, i, "rolled-back", size);
	return BEHIND;
}

/* Has our log had this root at this size? */
static enum heard compare(
    struct hearing *hearing, size_t i, const struct kl_checkpoint *checkpoint)
{
	struct arena arena = { 0 };
	struct tree *tree;
	enum heard heard = measure(hearing, i, checkpoint->size);
	enum error error;

	if (heard != AGREES)
		return heard;
	tree = calloc(1, sizeof(*tree));
	if (!tree)
		abort();
	error = db_begin(hearing->db, DB_READ);
	db_use(hearing->db, &arena);
	if (!error)
		error = tree_load(hearing->db, checkpoint->size, tree);
	db_roll_back(hearing->db);
	if (error)
		heard = SILENT;
	else if (!kl_hash_equal(&tree->root, &checkpoint->root))
		heard = FORKED;
	if (heard == FORKED)
		tell_alarm(hearing, i, "forked", checkpoint->size);
	if (error)
		tell(hearing, i, "our database failed");
	free(tree);
	arena_clear(&arena);
	return heard;
}

/* It must be ours, and cosigned: nobody else's word can stop us. */
static enum heard take_latest(
    struct hearing *hearing, size_t i, const struct kl_buf *reply)
{
	struct kl_checkpoint checkpoint;
	struct kl_note note;

	if (!reply->data ||
	    kl_checkpoint_open((const char *)reply->data, reply->size,
		log_note_key(), &note, &checkpoint) ||
	    kl_note_verify(&note, key_of(i), 1, NULL)) {
		tell(hearing, i, "no checkpoint of ours that it has cosigned");
		return SILENT;
	}
	return compare(hearing, i, &checkpoint);
}

/* What we have signed last it may have again; it will say if it knows more. */
static enum heard submit_signed(
    struct hearing *hearing, size_t i, struct witness_call *call)
{
	struct submission submission = {
		.db = hearing->db,
		.call = call,
		.witness = key_of(i),
		.note = hearing->note,
		.note_size = hearing->note_size,
		.body = KL_BUF(KL_WITNESS_REPLY_MAX),
	};
	enum heard heard = SILENT;
	uint64_t knows;

	if (submit_checkpoint(&submission)) {
		tell(hearing, i, "our database failed");
		kl_buf_clear(&submission.body);
		return SILENT;
	}
	knows = submission.reply.size;
	switch (submission.outcome) {
	case KL_WITNESS_DONE:
		heard = AGREES;
		break;
	case KL_WITNESS_AHEAD:
		/* Than what is in our file; the database may well be, too. */
		heard = measure(hearing, i, knows);
		break;
	case KL_WITNESS_FORKED:
		heard = FORKED;
		tell_alarm(hearing, i, "forked", submission.known);
		break;
	case KL_WITNESS_RETRY:
	case KL_WITNESS_LATER:
	case KL_WITNESS_NO:
		tell(hearing, i, submission.reason);
		break;
	}
	kl_buf_clear(&submission.body);
	return heard;
}

static enum heard hear(struct hearing *hearing, size_t i)
{
	struct kl_span url = witnesses_trust()->witness_urls[i];
	struct kl_buf reply = KL_BUF(KL_WITNESS_REQUEST_MAX);
	struct witness_call *call =
	    witness_call_open(url.at, url.size, hearing->timeout_s, NULL);
	enum heard heard = SILENT;
	long status = 0;

	if (!witness_call_latest(call, log_origin(), &status, &reply))
		tell(hearing, i, witness_call_fault(call));
	else if (status == OK)
		heard = take_latest(hearing, i, &reply);
	else if (status == NOT_FOUND) /* or it shows nothing there */
		heard = submit_signed(hearing, i, call);
	else
		tell(hearing, i, "it does not say what it knows");
	witness_call_close(call);
	kl_buf_clear(&reply);
	return heard;
}

/* 0: none of them says no. */
static int hear_all(struct hearing *hearing)
{
	int status = 0;

	for (size_t i = 0; i < witnesses_trust()->witness_count; i++) {
		enum heard heard;

		if (hearing->verdicts[i].has_signed)
			continue;
		heard = hear(hearing, i);
		hearing->verdicts[i].has_signed = heard == AGREES;
		if (heard == BEHIND || heard == FORKED)
			status = LOG_REFUSED;
	}
	return status;
}

int witnesses_hear(const struct config *config, struct db *db)
{
	const struct timespec pause = { 1, 0 };
	int64_t end_ms = clock_steady_ms() + 1000 * HEAR_S_MAX;
	struct hearing hearing = { .db = db,
		.timeout_s = (unsigned)config->witness_timeout_s };

	if (witnesses_trust()->witness_count == 0)
		return EXIT_SUCCESS;
	if (high_water_read(config->high_water_file, hearing.note,
		&hearing.note_size) != HIGH_WATER_READ)
		return EXIT_FAILURE;
	while (clock_steady_ms() < end_ms) {
		int status = hear_all(&hearing);

		if (status ||
		    kl_trust_enough(witnesses_trust(), hearing.verdicts))
			return status;
		nanosleep(&pause, NULL);
	}
	diary_write("witnesses", "{s:s, s:s}", "path", config->witness_file,
	    "reason", "too few of them answer");
	return EXIT_FAILURE;
}
