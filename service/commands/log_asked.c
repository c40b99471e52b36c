/* log_asked.c -- what is asked of a log once all its entries were read. */
#include "kl_witness.h"
#include "log_run.h"

#include <string.h>
#include <time.h>

static int64_t now(void)
{
	return (int64_t)time(NULL);
}

/* Of what the whole log comes to. */
static enum audit_outcome fail_in_the_end(
    struct audit_check *check, const char *code, const char *why)
{
	check->fault.at_end = true;
	return audit_fail_at(check, check->path, code, why);
}

/* --- whose it is, and of when --------------------------------------------- */

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
		return audit_fail_at(check, check->path, "signature",
		    "the key that entry 0 names has not signed it");
	return AUDIT_GOOD;
}

/* A log takes a cosignature whose time is so far from its own. */
static bool is_before(int64_t at, int64_t entry)
{
	return at <= entry - KL_WITNESS_SKEW_S;
}

/* A witness signs what it has seen, and not before it is there. */
static enum audit_outcome check_times(struct audit_check *check)
{
	for (size_t i = 0; i < check->trust.witness_count; i++) {
		const struct kl_note_verdict *verdict = &check->verdicts[i];
		int64_t at = (int64_t)verdict->time;

		if (!verdict->has_signed)
			continue;
		if (at > now() + KL_WITNESS_SKEW_S)
			return fail_in_the_end(check, "cosignature-time",
			    "a witness signed it in the future");
		if (!check->entries.rehearsal &&
		    is_before(at, check->entries.at))
			return fail_in_the_end(check, "cosignature-time",
			    "a witness signed it before its last entry");
	}
	return AUDIT_GOOD;
}

/* When a witness that we trust has cosigned it last; INT64_MIN: none has. */
static int64_t last_cosigned(const struct audit_check *check)
{
	int64_t last = INT64_MIN;

	for (size_t i = 0; i < check->trust.witness_count; i++)
		if (check->verdicts[i].has_signed &&
		    (int64_t)check->verdicts[i].time > last)
			last = (int64_t)check->verdicts[i].time;
	return last;
}

/* Is the log alive? The sign of it are the cosignatures of witnesses that we
 * trust; its own word, the last entry, only where we trust none. */
static enum audit_outcome check_age(struct audit_check *check)
{
	int64_t most = (int64_t)check->options->age_max_s;
	bool witnessed = check->trust.witness_count > 0;
	int64_t last = witnessed ? last_cosigned(check) : check->entries.at;

	if (most == 0 || last >= now() - most)
		return AUDIT_GOOD;
	return fail_in_the_end(check, "stale",
	    witnessed ? "no witness has cosigned it as late as was asked for"
		      : "no entry is as new as was asked for");
}

/* --- what the last entry leaves open -------------------------------------- */

/* Of a rehearsal, where time is not real, only its own. */
static struct audit_end end_of(const struct audit_check *check)
{
	struct audit_end end = { .at = check->entries.at,
		.overdue_s = (int64_t)check->options->overdue_s };
	int64_t cosigned = last_cosigned(check);

	if (!check->entries.rehearsal && cosigned > end.at && cosigned <= now())
		end.at = cosigned;
	return end;
}

static enum audit_outcome check_late(struct audit_check *check)
{
	struct audit_end end = end_of(check);

	return audit_notices_late(&check->entries, &end, &check->fault);
}

static enum audit_outcome check_sealed(struct audit_check *check)
{
	struct audit_end end = end_of(check);

	check->doubt = audit_notices_doubt(&check->entries, &end);
	return audit_notices_sealed(&check->entries, &end, &check->fault);
}

static enum audit_outcome check_promised(struct audit_check *check)
{
	struct audit_end end = end_of(check);

	return audit_notices_promised(&check->entries, &end, &check->fault);
}

static enum audit_outcome check_receipts(struct audit_check *check)
{
	return audit_receipts_end(&check->entries, now(), &check->fault);
}

/* It is a witness of nothing if it is none: nobody is accused. */
static enum audit_outcome check_proofs(struct audit_check *check)
{
	return audit_receipts_prove(&check->entries) ? AUDIT_GOOD
						     : AUDIT_UNUSABLE;
}

enum audit_outcome (*const audit_asked[])(struct audit_check *check) = {
	check_owner,
	check_times,
	check_late,
	check_sealed,
	check_promised,
	check_receipts,
	check_proofs,
	check_age,
	NULL,
};
