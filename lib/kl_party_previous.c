/* The attempt before this one, as far as a party can see to it. protocol §3 */
#include "kl_party_private.h"

#include <stdio.h>

/* What it was, how it ended, and that its result does not stand. */
static const enum kl_pack_text texts[] = { KL_PACK_DECLARE, KL_PACK_CLOSE,
	KL_PACK_ANNUL };

static void take_texts(struct kl_pack_attempt *earlier)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		enum kl_pack_text text = texts[i];
		const struct kl_file *file =
		    kl_pack_use(earlier, kl_pack_name(text));

		earlier->texts[text] = file;
		if (file)
			earlier->hashes[text] =
			    kl_hash_of(file->bytes, file->size);
		else if (text != KL_PACK_ANNUL)
			kl_pack_find_in(
			    earlier, KL_FINDING_FILE_MISSING, text, 0);
	}
}

/* Each text is an entry of the log that we see. */
static void check_entries(struct kl_pack_attempt *earlier)
{
	const struct kl_pack_leaf *leaves =
	    (const struct kl_pack_leaf *)earlier->leaves.data;
	char name[KL_PACK_STEM_MAX + 16];

	for (size_t i = 0; i < earlier->leaf_count; i++) {
		if (!leaves[i].text)
			continue;
		snprintf(name, sizeof(name), "log/%s.leaf", leaves[i].stem);
		if (!leaves[i].leaf)
			kl_pack_find(earlier, KL_FINDING_FILE_MISSING, name, 0);
		snprintf(name, sizeof(name), "log/%s.proof", leaves[i].stem);
		if (!leaves[i].proof_file)
			kl_pack_find(earlier, KL_FINDING_FILE_MISSING, name, 0);
	}
	if (!earlier->faulty)
		kl_pack_check_leaves(earlier);
}

/* Do its texts belong together, and is the annulment approved? */
static void check_texts(struct kl_pack_attempt *earlier, int64_t number)
{
	if (earlier->declare.attempt != number)
		kl_pack_find_in(earlier, KL_FINDING_PREVIOUS_ATTEMPT,
		    KL_PACK_DECLARE, KL_DECLARE_ATTEMPT);
	if (!kl_hash_equal(
		&earlier->close.declare, &earlier->hashes[KL_PACK_DECLARE]))
		kl_pack_find_in(
		    earlier, KL_FINDING_DECLARE_DIFFERS, KL_PACK_CLOSE, 2);
	kl_pack_check_after_digests(earlier);
	kl_pack_check_after(earlier);
}

static void join(
    struct kl_pack_attempt *attempt, const struct kl_pack_attempt *earlier)
{
	struct kl_pack_summary summaries[2];

	kl_pack_summarize(earlier, &summaries[0]);
	kl_pack_summarize(attempt, &summaries[1]);
	/* This one has not ended. */
	summaries[1].logged =
	    kl_pack_leaf_of(attempt, KL_EVENT_DECLARED, 0) != NULL;
	attempt->findings_from = attempt->report->finding_count;
	kl_pack_check_previous(attempt, summaries, 2);
}

void kl_party_check_previous(struct kl_pack_attempt *attempt)
{
	struct kl_pack_attempt earlier = {
		.options = attempt->options,
		.index = attempt->index,
		.report = attempt->report,
		.findings_from = attempt->report->finding_count,
	};
	int64_t number = attempt->declare.attempt - 1;

	if (number == 0)
		return;
	snprintf(earlier.prefix, sizeof(earlier.prefix), "previous/%lld/",
	    (long long)number);
	take_texts(&earlier);
	kl_pack_check_forms(&earlier);
	earlier.marks[KL_PACK_CLOSED] = attempt->marks[KL_PACK_CLOSED];
	earlier.marks[KL_PACK_LAST] = attempt->marks[KL_PACK_CLOSED];
	if (!earlier.faulty && !earlier.result) {
		check_entries(&earlier);
		check_texts(&earlier, number);
		join(attempt, &earlier);
	}
	if (earlier.result)
		attempt->result = earlier.result;
	kl_pack_clear(&earlier);
}
