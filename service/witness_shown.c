#include "witness_shown.h"

#include "diary.h"
#include "kl_checkpoint.h"
#include "kl_witness.h"
#include "log_keys.h"
#include "log_read.h"
#include "tree.h"

#include <stdlib.h>

enum { OK = 200, NOT_FOUND = 404 };

/* Has our log had this root at this size? It is read now that the witness has
 * spoken: somebody else may be writing it still. */
static enum error read_log(struct db *db,
    const struct kl_checkpoint *checkpoint, struct witness_shown *shown)
{
	struct tree *tree = calloc(1, sizeof(*tree));
	struct log_head head = { 0 };
	enum error error;

	if (!tree)
		abort();
	error = log_read_head(db, &head);
	if (!error && checkpoint->size <= head.size)
		error = tree_load(db, checkpoint->size, tree);
	shown->head_size = head.size;
	if (!error && checkpoint->size > head.size)
		shown->shows = WITNESS_SHOWS_LARGER;
	else if (!error)
		shown->shows = kl_hash_equal(&tree->root, &checkpoint->root)
				   ? WITNESS_SHOWS_OURS
				   : WITNESS_SHOWS_ANOTHER;
	free(tree);
	return error == ERR_NOT_FOUND ? ERR_DATABASE : error;
}

static enum error compare(struct db *db, const struct kl_note_key *witness,
    struct witness_shown *shown)
{
	const char *bytes = shown->note.data ? (char *)shown->note.data : "";
	struct kl_checkpoint checkpoint;
	struct arena arena = { 0 };
	struct kl_note note;
	enum error error;

	shown->reason = "it shows no checkpoint of ours";
	if (kl_checkpoint_open(
		bytes, shown->note.size, log_note_key(), &note, &checkpoint))
		return ERR_OK;
	shown->size = checkpoint.size;
	shown->cosigned = !kl_note_verify(&note, witness, 1, NULL);
	error = db_begin(db, DB_READ);
	db_use(db, &arena);
	if (!error)
		error = read_log(db, &checkpoint, shown);
	db_roll_back(db);
	arena_clear(&arena);
	return error;
}

enum error witness_show(struct db *db, struct witness_call *call,
    const struct kl_note_key *witness, struct witness_shown *shown)
{
	long status = 0;

	*shown =
	    (struct witness_shown){ .note = KL_BUF(KL_WITNESS_REQUEST_MAX) };
	if (!witness_call_latest(call, log_origin(), &status, &shown->note)) {
		shown->reason = witness_call_fault(call);
		return ERR_OK;
	}
	if (status == OK)
		return compare(db, witness, shown);
	shown->absent = status == NOT_FOUND;
	shown->reason = "it does not say what it knows";
	return ERR_OK;
}

bool witness_alarms(
    const struct witness_shown *shown, const struct kl_note_key *witness)
{
	static const char *const reasons[] = {
		[WITNESS_SHOWS_NONE] = NULL,
		[WITNESS_SHOWS_OURS] = NULL,
		[WITNESS_SHOWS_LARGER] = "rolled-back",
		[WITNESS_SHOWS_ANOTHER] = "forked",
	};
	const char *reason = reasons[shown->shows];

	if (reason)
		diary_write("witness_alarm", "{s:s, s:s, s:I, s:I, s:s%}",
		    "witness", witness->name, "reason", reason, "knows",
		    (json_int_t)shown->size, "size",
		    (json_int_t)shown->head_size, "note",
		    (const char *)shown->note.data, shown->note.size);
	return reason != NULL;
}
