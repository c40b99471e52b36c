/* log_steps.c -- what klero log check asks of a log, step by step. */
#include "command.h"
#include "kl_witness.h"
#include "log_audit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static enum audit_outcome fail_at(struct audit_check *check, const char *path,
    const char *code, const char *why)
{
	snprintf(check->fault.path, sizeof(check->fault.path), "%s", path);
	return audit_fail(&check->fault, code, why);
}

/* --- A: the checkpoint -------------------------------------------------------
 */

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
		return fail_at(check, check->path, "untrusted",
		    "no log with this origin is trusted");
	if (kl_note_verify(&check->note, key, 1, NULL))
		return fail_at(check, check->path, "signature",
		    "its log has not signed it");
	if (kl_trust_quorum(&check->trust, &check->note, check->verdicts))
		return fail_at(check, check->path, "witnesses",
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
		return fail_at(check, check->path, "checkpoint-form",
		    "it is no signed checkpoint");
	if (checkpoint->has_extensions)
		return fail_at(check, check->path, "checkpoint-form",
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

/* --- C: what we knew ---------------------------------------------------------
 */

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

static enum audit_outcome read_known(struct audit_check *check)
{
	const struct audit_options *options = check->options;
	enum audit_outcome outcome = read_copy(check);
	const struct audit_known *largest;

	if (!outcome && has_state(options))
		outcome = add_known(check, options->state);
	for (size_t i = 0; i < options->known_count && !outcome; i++)
		outcome = add_known(check, options->known[i]);
	if (outcome || check->known_count == 0)
		return outcome;
	audit_known_sort(check->known, check->known_count);
	largest = &check->known[check->known_count - 1];
	/* Somebody has seen more than enough have cosigned by now. */
	if (largest->size > check->checkpoint.size)
		outcome = read_latest(check);
	if (outcome || largest->size <= check->checkpoint.size)
		return outcome;
	check->fault.known = largest;
	return fail_at(check, check->path, "rolled-back",
	    "the log is smaller than it was");
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

/* --- what only the entries can tell ------------------------------------------
 */

/* Entry 0 says whose log it is. */
static enum audit_outcome check_owner(struct audit_check *check)
{
	const struct kl_checkpoint *checkpoint = &check->checkpoint;
	const struct audit_entries *entries = &check->entries;
	struct kl_note_key key;

	if (checkpoint->size == 0 || entries->tree_only)
		return AUDIT_GOOD;
	if (strlen(entries->origin) != checkpoint->origin_size ||
	    memcmp(entries->origin, checkpoint->origin,
		checkpoint->origin_size) != 0)
		return audit_fail_entry(&check->fault, 0, "origin",
		    "it names another origin than the checkpoint");
	if (check->has_key) {
		if (kl_public_key_equal(&check->key.key, &entries->log_key))
			return AUDIT_GOOD;
		return audit_fail_entry(&check->fault, 0, "log-key",
		    "it names another key than is trusted");
	}
	if (kl_note_key_make(&key, entries->origin, strlen(entries->origin),
		KL_KEY_NOTE, &entries->log_key) ||
	    kl_note_verify(&check->note, &key, 1, NULL))
		return fail_at(check, check->path, "signature",
		    "the key that entry 0 names has not signed it");
	return AUDIT_GOOD;
}

/* A witness signs what it has seen, and not before it is there. */
static enum audit_outcome check_times(struct audit_check *check)
{
	int64_t now = (int64_t)time(NULL);

	for (size_t i = 0; i < check->trust.witness_count; i++) {
		const struct kl_note_verdict *verdict = &check->verdicts[i];

		if (!verdict->has_signed)
			continue;
		if ((int64_t)verdict->time > now + KL_WITNESS_SKEW_S)
			return fail_at(check, check->path, "cosignature-time",
			    "a witness signed it in the future");
		if ((int64_t)verdict->time < check->entries.at)
			return fail_at(check, check->path, "cosignature-time",
			    "a witness signed it before its last entry");
	}
	return AUDIT_GOOD;
}

/*
 * Is the log alive? The newest sign of it is the latest cosignature of a
 * witness we trust; without any, the last entry.
 */
static enum audit_outcome check_age(struct audit_check *check)
{
	uint64_t most = check->options->age_max_s;
	int64_t newest = check->entries.at;

	for (size_t i = 0; i < check->trust.witness_count; i++)
		if (check->verdicts[i].has_signed &&
		    (int64_t)check->verdicts[i].time > newest)
			newest = (int64_t)check->verdicts[i].time;
	if (most == 0 || (int64_t)time(NULL) - newest <= (int64_t)most)
		return AUDIT_GOOD;
	return fail_at(check, check->path, "stale",
	    "neither a witness nor an entry is as new as was asked for");
}

/* What the last entry leaves open. */
static enum audit_outcome check_end(struct audit_check *check)
{
	enum audit_outcome outcome =
	    audit_notices_end(&check->entries, &check->fault);

	if (check->options->tree_only)
		return AUDIT_GOOD;
	if (outcome == AUDIT_GOOD)
		outcome = audit_receipts_end(
		    &check->entries, (int64_t)time(NULL), &check->fault);
	return outcome;
}

/* --- all of them -------------------------------------------------------------
 */

static enum audit_outcome open_draws(struct audit_check *check)
{
	check->entries.draws = audit_draws_open(
	    &check->source, check->checkpoint.size, check->options);
	return AUDIT_GOOD;
}

static enum audit_outcome read_tree(struct audit_check *check)
{
	enum audit_outcome outcome =
	    audit_tree(&check->source, &check->checkpoint, check->known,
		check->known_count, &check->entries, &check->fault);

	if (outcome == AUDIT_FAULT &&
	    strcmp(check->fault.path, "checkpoint") == 0)
		return fail_at(
		    check, check->path, check->fault.code, check->fault.why);
	return outcome;
}

static enum audit_outcome check_draws(struct audit_check *check)
{
	return audit_draws_end(check->entries.draws, &check->fault);
}

enum audit_outcome audit_check_run(
    struct audit_check *check, const struct audit_options *options)
{
	static enum audit_outcome (*const steps[])(
	    struct audit_check *) = { read_trust, read_checkpoint, read_known,
		read_receipts, open_draws, read_tree, check_owner, check_times,
		check_end, check_age, check_draws };
	enum audit_outcome outcome = AUDIT_GOOD;

	*check = (struct audit_check){
		.options = options,
		.bytes = KL_BUF(KL_NOTE_SIZE_MAX),
		.trust_text = KL_BUF(KL_TRUST_SIZE_MAX),
	};
	audit_entries_begin(&check->entries);
	check->entries.tree_only = options->tree_only;
	audit_source_open(&check->source, options->base);
	check->source.copy = options->copy;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps) && !outcome; i++)
		outcome = steps[i](check);
	return outcome;
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
