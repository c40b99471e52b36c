/* The pass of what came after a result: replacements and annulment. */
#include "kl_pack_private.h"

#include <stdio.h>
#include <stdlib.h>
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

/* Those of an attempt who could be selected, while replacements are followed:
 * there may be very many of either. */
struct seats {
	struct kl_award *awards; /* by rank */
	size_t count, next;      /* the first that may be the next alternate */
	struct kl_buf by_id;     /* of struct kl_award *, ascending */
};

static int by_id(const void *left, const void *right)
{
	const struct kl_award *const *one = left, *const *other = right;
	int order = kl_span_compare((*one)->id, (*other)->id);

	/* By rank, if whoever wrote the ranking has put one into it twice. */
	return 2 * ((order > 0) - (order < 0)) + (*one > *other) -
	       (*one < *other);
}

/* The awards of this attempt in the report: by rank, nobody left out that
 * could be selected. */
static void open_seats(struct kl_pack_attempt *attempt, struct seats *seats)
{
	struct kl_award *awards =
	    (struct kl_award *)attempt->report->awards.data;
	size_t all = attempt->report->awards.size / sizeof(*awards),
	       first = all;

	while (
	    first > 0 && awards[first - 1].attempt == attempt->declare.attempt)
		first--;
	*seats = (struct seats){ .count = all - first };
	seats->by_id = (struct kl_buf)KL_BUF(seats->count * sizeof(awards) + 1);
	if (seats->count > 0)
		seats->awards = awards + first;
	for (size_t i = 0; i < seats->count; i++) {
		const struct kl_award *award = &seats->awards[i];

		kl_buf_add(&seats->by_id, &award, sizeof(award));
	}
	if (kl_buf_result(&seats->by_id))
		attempt->result = KL_NO_MEMORY;
	else if (seats->count > 0)
		qsort(seats->by_id.data, seats->count, sizeof(awards), by_id);
}

static bool is_selected(const struct kl_award *award)
{
	return !award->gone && (award->role == KL_SELECTED || award->came);
}

static struct kl_award *find_selected(
    const struct seats *seats, struct kl_span id)
{
	struct kl_award **list = (struct kl_award **)(void *)seats->by_id.data;
	size_t low = 0, high = seats->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (kl_span_compare(list[middle]->id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < seats->count && kl_span_equal(list[low]->id, id); low++)
		if (is_selected(list[low]))
			return list[low];
	return NULL;
}

/* The next alternate in rank: each comes once. */
static struct kl_award *next_alternate(struct seats *seats)
{
	while (seats->next < seats->count &&
	       (seats->awards[seats->next].role != KL_ALTERNATE ||
		   seats->awards[seats->next].came))
		seats->next++;
	return seats->next < seats->count ? &seats->awards[seats->next] : NULL;
}

static void check_replace(struct kl_pack_attempt *attempt, struct seats *seats,
    const struct kl_replace *replace, const char *name)
{
	struct kl_award *out = find_selected(seats, replace->out);
	struct kl_award *in = next_alternate(seats);

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

static void check_replaces(struct kl_pack_attempt *attempt, struct seats *seats)
{
	const struct kl_pack_replace *replaces =
	    (const struct kl_pack_replace *)attempt->replaces.data;

	for (size_t i = 0; i < attempt->replace_count; i++) {
		const struct kl_replace *replace = &replaces[i].replace;
		char name[40];

		if (i == 0)
			snprintf(name, sizeof(name), "replace.txt");
		else
			snprintf(name, sizeof(name), "replace-%zu.txt", i + 1);
		check_replace(attempt, seats, replace, name);
		check_approvals(attempt, replaces[i].file, name,
		    replace->approvals, replace->approval_count,
		    kl_replace_line(0));
	}
}

void kl_pack_check_after(struct kl_pack_attempt *attempt)
{
	const struct kl_annul *annul = &attempt->annul;
	struct seats seats;

	if (attempt->replace_count > 0) {
		open_seats(attempt, &seats);
		if (!attempt->result)
			check_replaces(attempt, &seats);
		kl_buf_clear(&seats.by_id);
	}
	if (attempt->texts[KL_PACK_ANNUL])
		check_approvals(attempt, attempt->texts[KL_PACK_ANNUL],
		    kl_pack_name(KL_PACK_ANNUL), annul->approvals,
		    annul->approval_count, kl_annul_line(0));
}
