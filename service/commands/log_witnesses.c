/* log_witnesses.c -- what witnesses have cosigned last of a log. */
#include "log_run.h"
#include "witness_call.h"

enum { ANSWER_S_MAX = 20, OK = 200, NOT_FOUND = 404 };

/* Put what it shows in `known`. NULL, or why there is nothing. */
static const char *hear(
    struct witness_call *call, struct audit_known *known, const char *origin)
{
	long status = 0;

	if (!witness_call_latest(call, origin, &status, &known->bytes))
		return witness_call_fault(call);
	if (status == OK)
		return NULL;
	return status == NOT_FOUND ? "it knows no such log"
				   : "it does not say what it knows";
}

/* Its own signature makes it its word; that of the log makes it a proof. */
static bool has_cosigned(
    const struct audit_known *known, const struct kl_note_key *witness)
{
	struct kl_note note;

	return !kl_note_read(
		   (const char *)known->bytes.data, known->bytes.size, &note) &&
	       !kl_note_verify(&note, witness, 1, NULL);
}

bool audit_witness_ask(struct audit_known *known, struct audit_answer *answer,
    struct kl_span url, const struct kl_note_key *witness,
    const struct kl_checkpoint *now, const struct kl_note_key *key)
{
	struct witness_call *call;

	*known = (struct audit_known){ .path = witness->name,
		.bytes = KL_BUF(KL_NOTE_SIZE_MAX) };
	*answer = (struct audit_answer){ .witness = witness->name };
	answer->silent = "the trust file does not say where it is";
	if (url.size == 0)
		return false;
	call = witness_call_open(url.at, url.size, ANSWER_S_MAX, NULL);
	answer->silent = hear(call, known, key->name);
	witness_call_close(call);
	if (answer->silent ||
	    !audit_known_take(known, now, key, &answer->silent))
		return false;
	answer->size = known->size;
	answer->silent = has_cosigned(known, witness)
			     ? NULL
			     : "it has not cosigned what it shows";
	return true;
}
