#include "kl_pack.h"

#include "kl_pack_private.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	/* Every attempt has at least the seven texts that are always there. */
	ATTEMPTS_MAX = KL_PACK_FILES_MAX / 7 + 1,
	WARNINGS_MAX = 40 * ATTEMPTS_MAX,
};

/* A pass, and the one that must be without findings before it. */
static const struct pass {
	void (*check)(struct kl_pack_attempt *attempt);
	bool needs_log, needs_policy;
} passes[] = {
	{ kl_pack_check_digests, false, false },
	{ kl_pack_check_policy, false, true },
	{ kl_pack_check_keys, false, false },
	{ kl_pack_check_times, false, false },
	{ kl_pack_check_log, true, false },
	{ kl_pack_check_known, false, false },
	{ kl_pack_check_beacon, false, false },
	{ kl_pack_check_result, false, false },
	{ kl_pack_check_after, false, false },
};

/* A pack has its policy, or nothing is checked; a log may not tell it. */
void kl_pack_run_passes(struct kl_pack_attempt *attempt)
{
	for (size_t i = 0; i < sizeof(passes) / sizeof(*passes); i++)
		if ((!passes[i].needs_log || !attempt->options->bare) &&
		    (!passes[i].needs_policy || attempt->policy))
			passes[i].check(attempt);
}

/* Can the texts be asked what else must be there? */
static bool is_readable(const struct kl_pack_attempt *attempt)
{
	return attempt->sound[KL_PACK_DECLARE] &&
	       attempt->sound[KL_PACK_CLOSE] &&
	       attempt->sound[KL_PACK_LOCK] ==
		   (attempt->texts[KL_PACK_LOCK] != NULL) &&
	       attempt->sound[KL_PACK_SEAL] ==
		   (attempt->texts[KL_PACK_SEAL] != NULL);
}

/* What people should hear of the parties, and of how it ended. */
static void report_attempt(struct kl_pack_attempt *attempt)
{
	struct kl_pack_report *report = attempt->report;
	const struct kl_declare *declare = &attempt->declare;
	struct kl_attempt_report said = {
		.attempt = declare->attempt,
		.draw = declare->draw,
		.project = declare->project,
		.reason = attempt->close.reason,
		.known = attempt->close.known,
		.annulled = attempt->texts[KL_PACK_ANNUL] != NULL,
		.beacon = declare->beacon.kind,
		.parties = declare->party_count,
	};
	bool is_last = *attempt->prefix == '\0';

	for (size_t i = 0; i < attempt->lock.count; i++)
		said.committed += !attempt->lock.parties[i].absent;
	for (size_t i = 0; i < attempt->seal.count; i++) {
		const struct kl_sealed *sealed = &attempt->seal.parties[i];

		said.revealed += sealed->reveal == KL_REVEALED;
		if (!is_last && sealed->reveal == KL_WITHHELD &&
		    said.reason == KL_CLOSE_PARTY)
			kl_pack_warn(
			    report, KL_WARNING_REDRAWN_WITHHELD, sealed->party);
		if (is_last && sealed->reveal == KL_WITHHELD)
			kl_pack_warn(
			    report, KL_WARNING_PARTY_WITHHELD, sealed->party);
		if (is_last && sealed->reveal == KL_ABSENT)
			kl_pack_warn(
			    report, KL_WARNING_PARTY_ABSENT, sealed->party);
	}
	if (is_last && !attempt->options->bare &&
	    !kl_pack_leaf_of(attempt, KL_EVENT_DRAFTED, 0))
		kl_pack_warn(report, KL_WARNING_DRAFT_UNPROVEN, declare->draw);
	kl_buf_add(&report->attempts, &said, sizeof(said));
}

/*
 * All passes over one attempt. What is read stays in `attempt`, which the
 * caller clears. False when its files or forms do not let us go on.
 */
static bool examine(struct kl_pack_attempt *attempt)
{
	kl_pack_take_texts(attempt);
	kl_pack_check_forms(attempt);
	if (attempt->result)
		return false;
	if (is_readable(attempt)) {
		kl_pack_check_presence(attempt);
		if (*attempt->prefix == '\0')
			kl_pack_check_previous_names(attempt);
	}
	/* Also when the report had no room left for what it is. */
	if (attempt->faulty)
		return false;
	kl_pack_run_passes(attempt);
	report_attempt(attempt);
	return !attempt->result;
}

/* Findings of another part of the pack stand after those there are. */
static struct kl_pack_attempt begin(const struct kl_pack_options *options,
    struct kl_pack_index *index, struct kl_pack_report *report, int64_t number)
{
	struct kl_pack_attempt attempt = {
		.options = options,
		.index = index,
		.report = report,
		.findings_from = report->finding_count,
	};

	if (number > 0)
		snprintf(attempt.prefix, sizeof(attempt.prefix),
		    "previous/%lld/", (long long)number);
	return attempt;
}

static void keep_summary(
    const struct kl_pack_attempt *attempt, struct kl_buf *summaries)
{
	struct kl_pack_summary summary;

	kl_pack_summarize(attempt, &summary);
	kl_buf_add(summaries, &summary, sizeof(summary));
}

/* previous/<n>/, checked like a pack of its own. */
static enum kl_result examine_previous(const struct kl_pack_attempt *last,
    int64_t number, struct kl_buf *summaries)
{
	struct kl_pack_attempt attempt =
	    begin(last->options, last->index, last->report, number);

	if (examine(&attempt)) {
		if (attempt.declare.attempt != number)
			kl_pack_find_in(&attempt, KL_FINDING_PREVIOUS_ATTEMPT,
			    KL_PACK_DECLARE, KL_DECLARE_ATTEMPT);
		keep_summary(&attempt, summaries);
	}
	kl_pack_clear(&attempt);
	return attempt.result;
}

/* The earlier attempts, what joins them, and the level of this one. */
static void examine_rest(struct kl_pack_attempt *attempt)
{
	struct kl_buf summaries =
	    KL_BUF((ATTEMPTS_MAX + 1) * sizeof(struct kl_pack_summary));
	const struct kl_pack_summary *list;
	int64_t earlier = attempt->declare.attempt - 1;
	size_t count;

	/* With more than these some must be missing: so it is found. */
	if (earlier > ATTEMPTS_MAX)
		earlier = ATTEMPTS_MAX;
	for (int64_t i = 1; i <= earlier && !attempt->result; i++)
		attempt->result = examine_previous(attempt, i, &summaries);
	keep_summary(attempt, &summaries);
	if (kl_buf_result(&summaries))
		attempt->result = kl_buf_result(&summaries);
	if (!attempt->result) {
		list = (const struct kl_pack_summary *)summaries.data;
		count = summaries.size / sizeof(*list);
		attempt->findings_from = attempt->report->finding_count;
		if ((int64_t)count == attempt->declare.attempt)
			kl_pack_check_previous(attempt, list, count);
		kl_pack_judge(attempt, list, count);
	}
	kl_buf_clear(&summaries);
}

/* --- the report ----------------------------------------------------------- */

static int by_attempt(const void *left, const void *right)
{
	const struct kl_attempt_report *one = left, *other = right;

	return (one->attempt > other->attempt) -
	       (one->attempt < other->attempt);
}

static int by_rank(const void *left, const void *right)
{
	const struct kl_award *one = left, *other = right;

	if (one->attempt != other->attempt)
		return one->attempt < other->attempt ? -1 : 1;
	return (one->rank > other->rank) - (one->rank < other->rank);
}

/* This attempt was examined first, but is told last. */
static enum kl_result sort_report(struct kl_pack_report *report)
{
	if (kl_buf_result(&report->warnings) ||
	    kl_buf_result(&report->attempts) || kl_buf_result(&report->awards))
		return KL_NO_MEMORY;
	if (report->attempts.size > 0)
		qsort(report->attempts.data,
		    report->attempts.size / sizeof(struct kl_attempt_report),
		    sizeof(struct kl_attempt_report), by_attempt);
	if (report->awards.size > 0)
		qsort(report->awards.data,
		    report->awards.size / sizeof(struct kl_award),
		    sizeof(struct kl_award), by_rank);
	return KL_OK;
}

enum kl_result kl_pack_verify(const struct kl_file files[], size_t count,
    const struct kl_pack_options *options, struct kl_pack_report *report)
{
	struct kl_pack_index index;
	struct kl_pack_attempt attempt;
	enum kl_result result = kl_pack_index_make(&index, files, count);

	*report = (struct kl_pack_report){
		.warnings = KL_BUF(WARNINGS_MAX * sizeof(struct kl_warning)),
		.attempts = KL_BUF(
		    (ATTEMPTS_MAX + 1) * sizeof(struct kl_attempt_report)),
		.awards = KL_BUF(SIZE_MAX / 2),
	};
	if (!result) {
		attempt = begin(options, &index, report, 0);
		kl_pack_check_names(&attempt);
		if (examine(&attempt))
			examine_rest(&attempt);
		kl_pack_clear(&attempt);
		result = attempt.result;
	}
	if (!result)
		result = sort_report(report);
	if (result)
		kl_pack_report_clear(report);
	kl_pack_index_clear(&index);
	return result;
}
