/* The pass of what came after a result: replacements and annulment. */
#include "kl_pack_private.h"

#include <stdio.h>
#include <string.h>

/* --- who approved --------------------------------------------------------- */

/*
 * Declared parties in declared order, each over all bytes before its line.
 * The lines are the last of the text, `line` is the first of them.
 */
static void check_approvals(struct kl_pack_attempt *attempt,
    const struct kl_file *file, const char *name,
    const struct kl_signed approvals[], size_t count, size_t line)
{
	const struct kl_declare *declare = &attempt->declare;
	const char *text = (const char *)file->bytes;
	size_t size = 0, next = 0;

	for (size_t i = 1; i < line; i++)
		size += (size_t)((const char *)memchr(
				     text + size, '\n', file->size - size) -
				 (text + size)) +
			1;
	for (size_t i = 0; i < count; i++) {
		size_t party = kl_declare_party(declare, approvals[i].party);

		if (party >= declare->party_count || party < next) {
			kl_pack_find(
			    attempt, KL_FINDING_APPROVE_PARTY, name, line + i);
		} else {
			next = party + 1;
			if (kl_verify(&declare->parties[party].key, text, size,
				&approvals[i].signature))
				kl_pack_find(attempt,
				    KL_FINDING_APPROVE_SIGNATURE, name,
				    line + i);
		}
		size += (size_t)((const char *)memchr(
				     text + size, '\n', file->size - size) -
				 (text + size)) +
			1;
	}
}

/* --- replacements --------------------------------------------------------- */

/* The awards of this attempt in the report: by rank, nobody left out that
 * could be selected. */
static struct kl_award *awards_of(
    struct kl_pack_attempt *attempt, size_t *count)
{
	struct kl_award *awards =
	    (struct kl_award *)attempt->report->awards.data;
	size_t all = attempt->report->awards.size / sizeof(*awards),
	       first = all;

	while (
	    first > 0 && awards[first - 1].attempt == attempt->declare.attempt)
		first--;
	*count = all - first;
	return awards ? awards + first : NULL;
}

static bool is_selected(const struct kl_award *award)
{
	return !award->gone && (award->role == KL_SELECTED || award->came);
}

static struct kl_award *find_selected(
    struct kl_award awards[], size_t count, struct kl_span id)
{
	for (size_t i = 0; i < count; i++)
		if (kl_span_equal(awards[i].id, id) && is_selected(&awards[i]))
			return &awards[i];
	return NULL;
}

/* The next alternate in rank: each comes once. */
static struct kl_award *next_alternate(struct kl_award awards[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (awards[i].role == KL_ALTERNATE && !awards[i].came)
			return &awards[i];
	return NULL;
}

static void check_replace(struct kl_pack_attempt *attempt,
    const struct kl_replace *replace, const char *name)
{
	size_t count;
	struct kl_award *awards = awards_of(attempt, &count);
	struct kl_award *out = find_selected(awards, count, replace->out);
	struct kl_award *in = next_alternate(awards, count);

	if (!out)
		kl_pack_find(attempt, KL_FINDING_REPLACE_OUT, name, 3);
	if (replace->has_in ? !in || !kl_span_equal(in->id, replace->in)
			    : in != NULL)
		kl_pack_find(attempt, KL_FINDING_REPLACE_IN, name, 4);
	if (out) {
		out->gone = true;
		out->reason = replace->reason;
	}
	if (in)
		in->came = replace->has_in;
}

void kl_pack_check_after(struct kl_pack_attempt *attempt)
{
	const struct kl_pack_replace *replaces =
	    (const struct kl_pack_replace *)attempt->replaces.data;
	const struct kl_annul *annul = &attempt->annul;

	for (size_t i = 0; i < attempt->replace_count; i++) {
		const struct kl_replace *replace = &replaces[i].replace;
		char name[40];

		if (i == 0)
			snprintf(name, sizeof(name), "replace.txt");
		else
			snprintf(name, sizeof(name), "replace-%zu.txt", i + 1);
		check_replace(attempt, replace, name);
		check_approvals(attempt, replaces[i].file, name,
		    replace->approvals, replace->approval_count,
		    kl_replace_line(0));
	}
	if (attempt->texts[KL_PACK_ANNUL])
		check_approvals(attempt, attempt->texts[KL_PACK_ANNUL],
		    kl_pack_name(KL_PACK_ANNUL), annul->approvals,
		    annul->approval_count, kl_annul_line(0));
}
