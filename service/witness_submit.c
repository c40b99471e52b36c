#include "witness_submit.h"

#include "log_keys.h"

#include <stdio.h>
#include <string.h>

static enum error make_path(
    struct db *db, uint64_t from, uint64_t to, struct kl_proof_path *path)
{
	struct arena arena = { 0 };
	enum error error;

	path->count = 0;
	if (from == 0 || from == to)
		return ERR_OK;
	error = db_begin(db, DB_READ);
	db_use(db, &arena);
	if (!error)
		error = log_read_consistency(
		    log_tiles_begin(db, &arena), from, to, path);
	db_roll_back(db);
	arena_clear(&arena);
	return error == ERR_NOT_FOUND ? ERR_DATABASE : error;
}

static const char *words_of(enum kl_witness_outcome outcome)
{
	switch (outcome) {
	case KL_WITNESS_RETRY:
		return "it keeps saying another size";
	case KL_WITNESS_AHEAD:
		return "it says that it knows a larger log of ours";
	case KL_WITNESS_FORKED:
		return "it says that it knows another log of ours";
	case KL_WITNESS_NO:
	case KL_WITNESS_LATER:
	case KL_WITNESS_DONE:
		break;
	}
	return "no cosignature";
}

static void explain(struct submission *submission, long status)
{
	snprintf(submission->reason, sizeof(submission->reason),
	    "%s (status %ld)", words_of(submission->outcome), status);
}

/* Once. */
static enum error submit(struct submission *submission,
    const struct kl_note *note, const struct kl_checkpoint *checkpoint)
{
	struct kl_buf request = KL_BUF(KL_WITNESS_REQUEST_MAX);
	struct kl_proof_path path;
	enum error error = make_path(
	    submission->db, submission->known, checkpoint->size, &path);
	long status = 0;

	if (!error)
		error = error_of_lib(
		    kl_witness_request_write(&request, submission->known, &path,
			submission->note, submission->note_size));
	if (!error && !witness_call_add(submission->call, &request, &status,
			  &submission->body)) {
		submission->outcome = KL_WITNESS_LATER;
		snprintf(submission->reason, sizeof(submission->reason), "%s",
		    witness_call_fault(submission->call));
	} else if (!error) {
		submission->outcome = kl_witness_reply_read(checkpoint, note,
		    submission->known, submission->witness, status,
		    (const char *)submission->body.data, submission->body.size,
		    &submission->reply);
		explain(submission, status);
	}
	kl_buf_clear(&request);
	return error;
}

enum error submit_checkpoint(struct submission *submission)
{
	struct kl_checkpoint checkpoint;
	struct kl_note note;
	enum error error = error_of_lib(kl_checkpoint_open(submission->note,
	    submission->note_size, log_note_key(), &note, &checkpoint));

	if (!error && submission->known > checkpoint.size)
		submission->known = 0; /* it will say what it knows */
	for (int i = 0; i < WITNESS_RETRIES_MAX && !error; i++) {
		error = submit(submission, &note, &checkpoint);
		if (error || submission->outcome != KL_WITNESS_RETRY)
			break;
		submission->known = submission->reply.size;
	}
	if (!error && submission->outcome == KL_WITNESS_DONE)
		submission->known = checkpoint.size;
	return error;
}
