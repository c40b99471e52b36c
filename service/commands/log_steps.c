/* log_steps.c -- what klero log check asks of a log, step by step. */
#include "command.h"
#include "log_run.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CATCH_UP_S = 5 };

enum audit_outcome audit_fail_at(struct audit_check *check, const char *path,
    const char *code, const char *why)
{
	snprintf(check->fault.path, sizeof(check->fault.path), "%s", path);
	return audit_fail(&check->fault, code, why);
}

/* --- A: the checkpoint ---------------------------------------------------- */

static enum audit_outcome read_trust(struct audit_check *check)
{
	const char *path = check->options->trust;
	size_t line;

	if (!path)
		return AUDIT_GOOD;
	if (!command_read("log", path, &check->trust_text))
		return AUDIT_UNUSABLE;
	if (!kl_trust_read(check->trust_text.data
			       ? (const char *)check->trust_text.data
			       : "",
		check->trust_text.size, &check->trust, &line))
		return AUDIT_GOOD;
	fprintf(stderr, "log: %s:%zu: not a policy\n", path, line);
	return AUDIT_UNUSABLE;
}

/* Signed by a log we trust, and by enough witnesses. */
static enum audit_outcome check_signatures(struct audit_check *check)
{
	const struct kl_checkpoint *checkpoint = &check->checkpoint;
	const struct kl_note_key *key;

	if (!check->options->trust)
		return AUDIT_GOOD;
	key = kl_trust_log(&check->trust,
	    (struct kl_span){ checkpoint->origin, checkpoint->origin_size });
	if (!key)
		return audit_fail_at(check, check->path, "untrusted",
		    "no log with this origin is trusted");
	if (kl_note_verify(&check->note, key, 1, NULL))
		return audit_fail_at(check, check->path, "signature",
		    "its log has not signed it");
	if (kl_trust_quorum(&check->trust, &check->note, check->verdicts))
		return audit_fail_at(check, check->path, "witnesses",
		    "too few witnesses have signed it, or one wrongly");
	check->key = *key;
	check->has_key = true;
	return AUDIT_GOOD;
}

static enum audit_outcome open_note(
    struct audit_check *check, enum audit_got got)
{
	struct kl_checkpoint *checkpoint = &check->checkpoint;

	if (got == AUDIT_MISSING)
		fprintf(stderr, "log: %s: no log: it has no checkpoint\n",
		    check->source.base);
	if (got == AUDIT_MISSING || got == AUDIT_UNREADABLE)
		return AUDIT_UNUSABLE;
	if (got == AUDIT_TOO_LARGE || check->bytes.size == 0 ||
	    kl_note_read((const char *)check->bytes.data, check->bytes.size,
		&check->note) ||
	    kl_checkpoint_read(
		check->note.text, check->note.text_size, checkpoint))
		return audit_fail_at(check, check->path, "checkpoint-form",
		    "it is no signed checkpoint");
	if (checkpoint->has_extensions)
		return audit_fail_at(check, check->path, "checkpoint-form",
		    "it has more than three lines");
	return check_signatures(check);
}

static enum audit_outcome read_latest(struct audit_check *check)
{
	check->path = "checkpoint";
	return open_note(check,
	    audit_source_read(&check->source, check->path, &check->bytes));
}

/* A log may serve apart, beside its latest one, the newest that its witnesses
 * have cosigned. */
static enum audit_outcome read_checkpoint(struct audit_check *check)
{
	enum audit_got got = AUDIT_MISSING;

	check->path = "cosigned";
	if (check->options->trust && check->trust.needs_quorum)
		got = audit_source_read(
		    &check->source, check->path, &check->bytes);
	return got == AUDIT_MISSING ? read_latest(check)
				    : open_note(check, got);
}

/* --- C: what we knew ------------------------------------------------------ */

static enum audit_outcome add_known(struct audit_check *check, const char *path)
{
	struct audit_known *known = &check->known[check->known_count];

	known->path = path;
	check->known_count++; /* from now on it is cleared */
	if (!audit_known_read(
		known, &check->checkpoint, check->has_key ? &check->key : NULL))
		return AUDIT_UNUSABLE;
	if (path == check->options->copy)
		check->copy_size = known->size;
	return AUDIT_GOOD;
}

/* Nothing is known before the first time. */
static bool has_state(const struct audit_options *options)
{
	return options->state &&
	       (access(options->state, F_OK) == 0 || errno != ENOENT);
}

/* What is read of the copy before is what the log must begin with. */
static enum audit_outcome read_copy(struct audit_check *check)
{
	const char *copy = check->options->copy;
	struct kl_buf note = KL_BUF(KL_NOTE_SIZE_MAX);
	enum audit_got got;

	if (!copy)
		return AUDIT_GOOD;
	got = audit_folder_read(copy, "checkpoint", &note);
	kl_buf_clear(&note);
	return got == AUDIT_MISSING ? AUDIT_GOOD : add_known(check, copy);
}

/* A proof of an entry has a checkpoint in it. */
static enum audit_outcome add_proofs(struct audit_check *check)
{
	enum audit_outcome outcome = AUDIT_GOOD;

	for (size_t i = 0; i < check->entries.receipt_count && !outcome; i++)
		if (check->receipts[i].is_proof)
			outcome = add_known(check, check->receipts[i].path);
	return outcome;
}

/* One that says nothing is told of, and accuses nobody. */
static void ask_witnesses(struct audit_check *check)
{
	const struct kl_trust *trust = &check->trust;

	if (!check->options->ask_witnesses)
		return;
	for (size_t i = 0; i < trust->witness_count; i++) {
		struct audit_known *known = &check->known[check->known_count];

		if (audit_witness_ask(known,
			&check->answers[check->answer_count++],
			trust->witness_urls[i], &trust->witnesses[i],
			&check->checkpoint, &check->key))
			check->known_count++;
		else
			kl_buf_clear(&known->bytes);
	}
}

/*
 * Somebody has seen more than enough have cosigned by now. A witness may have
 * cosigned first what others are still about to: it is worth a few seconds.
 */
static enum audit_outcome catch_up(struct audit_check *check, uint64_t size)
{
	enum audit_outcome outcome = AUDIT_GOOD;
	int tries =
	    check->answer_count > 0 && check->source.fetch ? CATCH_UP_S : 0;

	while (tries-- > 0 && !outcome && size > check->checkpoint.size) {
		sleep(1);
		outcome = read_checkpoint(check);
	}
	if (!outcome && size > check->checkpoint.size)
		outcome = read_latest(check);
	return outcome;
}

static enum audit_outcome compare_sizes(struct audit_check *check)
{
	const struct audit_known *largest;
	enum audit_outcome outcome = AUDIT_GOOD;

	if (check->known_count == 0)
		return AUDIT_GOOD;
	audit_known_sort(check->known, check->known_count);
	largest = &check->known[check->known_count - 1];
	if (largest->size > check->checkpoint.size)
		outcome = catch_up(check, largest->size);
	if (outcome || largest->size <= check->checkpoint.size)
		return outcome;
	check->fault.known = largest;
	return audit_fail_at(check, check->path, "rolled-back",
	    "the log is smaller than it was");
}

static enum audit_outcome read_known(struct audit_check *check)
{
	const struct audit_options *options = check->options;
	enum audit_outcome outcome = read_copy(check);

	if (!outcome && has_state(options))
		outcome = add_known(check, options->state);
	for (size_t i = 0; i < options->known_count && !outcome; i++)
		outcome = add_known(check, options->known[i]);
	if (!outcome)
		outcome = add_proofs(check);
	if (outcome)
		return outcome;
	ask_witnesses(check);
	return compare_sizes(check);
}

static enum audit_outcome read_receipts(struct audit_check *check)
{
	struct audit_entries *entries = &check->entries;

	entries->receipts = check->receipts;
	for (size_t i = 0; i < check->options->receipt_count; i++) {
		entries->receipt_count++; /* from now on it is cleared */
		if (!audit_receipt_read(
			&check->receipts[i], check->options->receipts[i]))
			return AUDIT_UNUSABLE;
	}
	return AUDIT_GOOD;
}

/* --- all of them ---------------------------------------------------------- */

static enum audit_outcome open_draws(struct audit_check *check)
{
	check->entries.draws = audit_draws_open(
	    &check->source, check->checkpoint.size, check->options);
	return AUDIT_GOOD;
}

static enum audit_outcome check_draws(struct audit_check *check)
{
	return audit_draws_end(check->entries.draws, &check->fault);
}

static enum audit_outcome read_tree(struct audit_check *check)
{
	enum audit_outcome outcome;

	check->entries.now = (int64_t)time(NULL);
	outcome = audit_tree(&check->source, &check->checkpoint, check->known,
	    check->known_count, &check->entries, &check->fault);
	if (outcome == AUDIT_FAULT &&
	    strcmp(check->fault.path, "checkpoint") == 0)
		return audit_fail_at(
		    check, check->path, check->fault.code, check->fault.why);
	return outcome;
}

/*
 * Which is to be told first: that it has another past; then where in the log it
 * is, those of no entry at its beginning or, of what it comes to, at its end.
 */
static bool comes_before(
    const struct audit_fault *left, const struct audit_fault *right)
{
	uint64_t places[2];
	const struct audit_fault *both[2] = { left, right };

	if (left->known || right->known)
		return left->known && !right->known;
	for (size_t i = 0; i < 2; i++)
		places[i] = both[i]->has_index ? both[i]->index
			    : both[i]->at_end  ? UINT64_MAX
					       : 0;
	return places[0] < places[1];
}

static void keep_fault(
    struct audit_check *check, const struct audit_fault *fault)
{
	size_t at = check->fault_count++;

	while (at > 0 && comes_before(fault, &check->faults[at - 1])) {
		check->faults[at] = check->faults[at - 1];
		at--;
	}
	check->faults[at] = *fault;
}

/* False: nothing can be said, or no more than was. */
static bool take_step(
    struct audit_check *check, enum audit_outcome (*step)(struct audit_check *))
{
	enum audit_outcome outcome;

	check->fault = (struct audit_fault){ .code = NULL };
	outcome = step(check);
	if (outcome == AUDIT_FAULT)
		keep_fault(check, &check->fault);
	check->unusable |= outcome == AUDIT_UNUSABLE;
	return outcome == AUDIT_GOOD;
}

static void run(struct audit_check *check)
{
	static enum audit_outcome (*const steps[])(
	    struct audit_check *) = { read_trust, read_checkpoint,
		read_receipts, read_known, open_draws };

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (!take_step(check, steps[i]))
			return;
	/* What is wrong with one of these hides nothing of the others. */
	if (take_step(check, read_tree))
		for (size_t i = 0; audit_asked[i]; i++)
			(void)take_step(check, audit_asked[i]);
	/* Of draws, as far as they were read. */
	(void)take_step(check, check_draws);
}

enum audit_outcome audit_check_run(
    struct audit_check *check, const struct audit_options *options)
{
	*check = (struct audit_check){
		.options = options,
		.bytes = KL_BUF(KL_NOTE_SIZE_MAX),
		.trust_text = KL_BUF(KL_TRUST_SIZE_MAX),
	};
	audit_entries_begin(&check->entries);
	check->entries.tree_only = options->tree_only;
	audit_source_open(&check->source, options->base);
	check->source.copy = options->copy;
	run(check);
	if (check->fault_count > 0)
		check->fault = check->faults[0];
	if (check->fault_count > 0)
		return AUDIT_FAULT;
	return check->unusable ? AUDIT_UNUSABLE : AUDIT_GOOD;
}

void audit_check_clear(struct audit_check *check)
{
	audit_source_close(&check->source);
	kl_buf_clear(&check->bytes);
	kl_buf_clear(&check->trust_text);
	for (size_t i = 0; i < check->known_count; i++)
		kl_buf_clear(&check->known[i].bytes);
	for (size_t i = 0; i < check->entries.receipt_count; i++)
		audit_receipt_clear(&check->receipts[i]);
	audit_draws_close(check->entries.draws);
	audit_entries_clear(&check->entries);
}
