/* A draw as the entries of a log tell it, through the passes of a pack. */
#include "kl_pack_private.h"

/* A report and an attempt over what was told. */
static enum kl_result begin(const struct kl_pack_told *told,
    const struct kl_pack_options *options, struct kl_pack_index *index,
    struct kl_pack_report *report, struct kl_pack_attempt *attempt)
{
	enum kl_result result =
	    kl_pack_index_make(index, told->files, told->count);

	*report = (struct kl_pack_report){
		.warnings = KL_BUF(SIZE_MAX / 2),
		.attempts = KL_BUF(SIZE_MAX / 2),
		.awards = KL_BUF(SIZE_MAX / 2),
	};
	*attempt = (struct kl_pack_attempt){
		.options = options,
		.index = index,
		.told = told->files,
		.told_at = told->indices,
		.report = report,
	};
	return result;
}

static enum kl_result end(
    struct kl_pack_attempt *attempt, enum kl_result result)
{
	const struct kl_pack_report *report = attempt->report;

	if (!result)
		result = attempt->result;
	if (!result && (kl_buf_result(&report->warnings) ||
			   kl_buf_result(&report->awards)))
		result = KL_NO_MEMORY;
	kl_pack_clear(attempt);
	kl_pack_index_clear(attempt->index);
	return result;
}

/* A draft that became the roster has no text of its own: here, where nobody
 * has chosen the files, its digest must be that of the roster. */
static void check_draft(struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;

	if (!attempt->texts[KL_PACK_DRAFT] &&
	    !kl_hash_equal(&declare->draft, &attempt->hashes[KL_PACK_ROSTER]))
		kl_pack_find_in(attempt, KL_FINDING_DIGEST_DRAFT,
		    KL_PACK_DECLARE,
		    kl_declare_line(declare, KL_DECLARE_DRAFT));
}

enum kl_result kl_pack_check_told(const struct kl_pack_told *told,
    const struct kl_pack_options *options, struct kl_pack_report *report,
    int64_t *beacon_time)
{
	struct kl_pack_index index;
	struct kl_pack_attempt attempt;
	enum kl_result result = begin(told, options, &index, report, &attempt);

	if (!result) {
		kl_pack_take_texts(&attempt);
		kl_pack_check_forms(&attempt);
	}
	if (!result && !attempt.faulty && !attempt.result)
		kl_pack_check_presence(&attempt);
	if (!result && !attempt.faulty && !attempt.result) {
		check_draft(&attempt);
		kl_pack_run_passes(&attempt);
	}
	*beacon_time = attempt.beacon_time;
	return end(&attempt, result);
}

enum kl_result kl_pack_check_told_after(const struct kl_pack_told *told,
    const struct kl_pack_options *options, struct kl_pack_report *report)
{
	struct kl_pack_index index;
	struct kl_pack_attempt attempt;
	enum kl_result result = begin(told, options, &index, report, &attempt);

	if (!result) {
		kl_pack_take_texts(&attempt);
		kl_pack_check_forms(&attempt);
	}
	if (!result && !attempt.faulty && !attempt.result) {
		kl_pack_report_awards(&attempt, &attempt.ranking, false);
		kl_pack_check_leaves(&attempt);
		kl_pack_check_after_digests(&attempt);
		kl_pack_check_after(&attempt);
	}
	return end(&attempt, result);
}
