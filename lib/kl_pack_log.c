/* The pass of the log: its checkpoints, and that it only grew between them. */
#include "kl_pack_private.h"

#include <stdlib.h>
#include <string.h>

/* --- who has signed a checkpoint ------------------------------------------ */

/* The key of a witness counts if it was declared, and given to us. */
static bool is_given(
    const struct kl_pack_attempt *attempt, const struct kl_note_key *witness)
{
	const struct kl_trust *trust = attempt->options->trust;

	if (!trust)
		return true; /* keys-not-anchored says it already */
	for (size_t i = 0; i < trust->witness_count; i++)
		if (strcmp(trust->witnesses[i].name, witness->name) == 0 &&
		    kl_public_key_equal(
			&trust->witnesses[i].key, &witness->key))
			return true;
	return false;
}

static int by_time(const void *left, const void *right)
{
	int64_t one = *(const int64_t *)left, other = *(const int64_t *)right;

	return (one > other) - (one < other);
}

/* What a declared witness says of a checkpoint: nothing, unless the verifier
 * was given its key. A false signature spoils the whole note, c2sp.org. */
static struct kl_note_verdict ask(struct kl_pack_attempt *attempt,
    enum kl_pack_mark number, const struct kl_witness *witness)
{
	struct kl_note_verdict nothing = { .has_signed = false }, verdict;
	struct kl_note_key key = kl_note_key_of(witness->name.at,
	    witness->name.size, KL_KEY_COSIGNATURE, &witness->key);
	enum kl_result result;

	if (!is_given(attempt, &key)) {
		kl_pack_warn(attempt->report, KL_WARNING_WITNESS_UNVERIFIED,
		    witness->name);
		return nothing;
	}
	result = kl_note_judge(&attempt->marks[number].note, &key, 1, &verdict);
	if (result == KL_OK)
		return verdict;
	if (result == KL_NO_MEMORY)
		attempt->result = result;
	else
		kl_pack_find(attempt, KL_FINDING_CHECKPOINT_WITNESS,
		    kl_pack_mark_name(number), 0);
	return nothing;
}

/*
 * Has the quorum cosigned it, and when? The time that counts is the latest of
 * that quorum: of the earliest that make one up. protocol §3.
 */
static void weigh(struct kl_pack_attempt *attempt, enum kl_pack_mark number)
{
	const struct kl_declare *declare = &attempt->declare;
	struct kl_pack_checkpoint *mark = &attempt->marks[number];
	int64_t times[KL_WITNESSES_MAX];
	size_t count = 0;

	for (size_t i = 0; i < declare->witness_count; i++) {
		struct kl_note_verdict verdict =
		    ask(attempt, number, &declare->witnesses[i]);

		if (verdict.has_signed)
			times[count++] = (int64_t)verdict.time;
	}
	qsort(times, count, sizeof(*times), by_time);
	mark->witnessed = count >= declare->quorum;
	if (mark->witnessed && declare->quorum > 0)
		mark->time = times[declare->quorum - 1];
}

static void open_marks(struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;
	struct kl_note_key log = kl_note_key_of(declare->origin.at,
	    declare->origin.size, KL_KEY_NOTE, &declare->log_key);

	for (int i = 0; i < KL_PACK_MARKS; i++) {
		struct kl_pack_checkpoint *mark = &attempt->marks[i];
		const struct kl_file *file = mark->file;

		if (!file)
			continue;
		mark->opened = !kl_checkpoint_open((const char *)file->bytes,
		    file->size, &log, &mark->note, &mark->checkpoint);
		if (mark->opened)
			weigh(attempt, i);
		else
			kl_pack_find(attempt, KL_FINDING_CHECKPOINT_LOG,
			    kl_pack_mark_name(i), 0);
	}
}

/* --- the log only grew ---------------------------------------------------- */

static void find_step(struct kl_pack_attempt *attempt, size_t line)
{
	kl_pack_find(
	    attempt, KL_FINDING_CHECKPOINT_TREE, "log/consistency", line);
}

/* From one checkpoint to the next one, with the next of the steps given. */
static bool take_step(struct kl_pack_attempt *attempt, size_t *taken,
    const struct kl_checkpoint *old, const struct kl_checkpoint *new)
{
	const struct kl_step *step = &attempt->steps.steps[*taken];

	if (old->size == new->size && kl_hash_equal(&old->root, &new->root))
		return true;
	if (*taken == attempt->steps.count) {
		find_step(attempt, 0);
		return false;
	}
	(*taken)++;
	if (step->old_size == old->size && step->new_size == new->size &&
	    !kl_consistency_check(
		old->size, new->size, &old->root, &new->root, &step->path))
		return true;
	find_step(attempt, step->line);
	return false;
}

static void check_growth(struct kl_pack_attempt *attempt)
{
	const struct kl_checkpoint *last = NULL;
	size_t taken = 0;

	for (int i = 0; i < KL_PACK_MARKS; i++) {
		const struct kl_pack_checkpoint *mark = &attempt->marks[i];

		if (!mark->file)
			continue;
		if (last &&
		    !take_step(attempt, &taken, last, &mark->checkpoint))
			return;
		last = &mark->checkpoint;
	}
	if (taken < attempt->steps.count)
		find_step(attempt, attempt->steps.steps[taken].line);
}

/* --- each checkpoint covers its text -------------------------------------- */

static const struct kl_pack_leaf *last_after(
    const struct kl_pack_attempt *attempt)
{
	const struct kl_pack_leaf *annulled =
	    kl_pack_leaf_of(attempt, KL_EVENT_ANNULLED, 0);

	if (annulled || attempt->replace_count == 0)
		return annulled;
	return kl_pack_leaf_of(
	    attempt, KL_EVENT_REPLACED, attempt->replace_count - 1);
}

static const struct kl_pack_leaf *covered_by(
    const struct kl_pack_attempt *attempt, enum kl_pack_mark mark)
{
	switch (mark) {
	case KL_PACK_DECLARED:
		return kl_pack_leaf_of(attempt, KL_EVENT_DECLARED, 0);
	case KL_PACK_LOCKED:
		return kl_pack_leaf_of(attempt, KL_EVENT_LOCKED, 0);
	case KL_PACK_SEALED:
		return kl_pack_leaf_of(attempt, KL_EVENT_SEALED, 0);
	case KL_PACK_CLOSED:
		return kl_pack_leaf_of(attempt, KL_EVENT_CLOSED, 0);
	case KL_PACK_LAST:
		return last_after(attempt);
	}
	return NULL;
}

static void check_cover(struct kl_pack_attempt *attempt)
{
	for (int i = 0; i < KL_PACK_MARKS; i++) {
		const struct kl_pack_leaf *leaf = covered_by(attempt, i);

		if (attempt->marks[i].file && leaf &&
		    leaf->proof.index >= attempt->marks[i].checkpoint.size)
			kl_pack_find(attempt, KL_FINDING_CHECKPOINT_EARLY,
			    kl_pack_mark_name(i), 2);
	}
}

void kl_pack_check_log(struct kl_pack_attempt *attempt)
{
	open_marks(attempt);
	check_growth(attempt);
	kl_pack_check_leaves(attempt);
	check_cover(attempt);
	kl_pack_check_order(attempt);
}
