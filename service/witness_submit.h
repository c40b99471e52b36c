/* witness_submit.h -- a checkpoint to a witness, and what it says to it. */
#ifndef WITNESS_SUBMIT_H
#define WITNESS_SUBMIT_H

#include "kl_witness.h"
#include "log_read.h"
#include "witness_call.h"

enum { WITNESS_RETRIES_MAX = 3 }; /* when it knows another size */

/* A checkpoint of ours, to a witness. */
struct submission {
	struct db *db; /* with nothing under way */
	struct witness_call *call;
	const struct kl_note_key *witness;
	const char *note; /* signed, maybe cosigned: note_size bytes */
	size_t note_size;

	uint64_t known; /* leaves it is said to know; set to what it says */

	/* What came of it. */
	enum kl_witness_outcome outcome;
	struct kl_witness_reply reply; /* points into `body` */
	struct kl_buf body;            /* the caller's to clear */
	char reason[80];               /* in words, but for DONE */
};

/*
 * Submit it, again from the size that the witness knows if that is no larger
 * than ours: KL_WITNESS_RETRY when it keeps saying another one,
 * KL_WITNESS_LATER when there is no answer.
 *
 * ERR_BUSY ERR_DATABASE   no proof could be made; `outcome` is not set
 */
enum error submit_checkpoint(struct submission *submission) MUST_CHECK;

#endif
