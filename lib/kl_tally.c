#include "kl_tally.h"

#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int64_t median_of(int64_t values[], size_t count)
{
	if (count == 0)
		return 0;
	qsort(values, count, sizeof(*values), by_value);
	return values[(count - 1) / 2];
}

/* --- form checks ---------------------------------------------------------- */

static int by_submission(const void *a, const void *b)
{
	const struct kl_form_event *x = a, *y = b;
	int order = strcmp(x->registration, y->registration);

	if (order == 0)
		order = (x->round > y->round) - (x->round < y->round);
	return order ? order : (x->index > y->index) - (x->index < y->index);
}

static bool is_same(
    const struct kl_form_event *a, const struct kl_form_event *b)
{
	return a->round == b->round &&
	       strcmp(a->registration, b->registration) == 0;
}

/* One submission: events[0] and those after it that are of the same. Sets
 * *used to what a decision of somebody took, or leaves it. */
static size_t add_submission(const struct kl_form_event events[], size_t count,
    uint64_t size, struct kl_form_checks *checks, int64_t *used)
{
	bool late = false, over = false;
	size_t n = 0;

	for (; n < count && is_same(&events[0], &events[n]); n++) {
		if (over || events[n].index >= size)
			continue;
		if (events[n].step == KL_FORM_OVERDUE) {
			late = true;
			continue;
		}
		over = true;
		if (events[n].step == KL_FORM_DEEMED) {
			checks->deemed++;
			continue;
		}
		checks->decided++;
		checks->on_time += !late;
		*used = events[n].used_s;
	}
	checks->overdue += late && !over;
	return n;
}

enum kl_result kl_form_checks(struct kl_form_event events[], size_t count,
    uint64_t size, struct kl_form_checks *checks)
{
	struct kl_form_checks sum = { 0 };
	int64_t *used;

	if (count > KL_FORM_EVENTS_MAX)
		return KL_TOO_LARGE;
	used = calloc(count + 1, sizeof(*used));
	if (!used)
		return KL_NO_MEMORY;
	if (count > 0)
		qsort(events, count, sizeof(*events), by_submission);
	for (size_t i = 0; i < count;)
		i += add_submission(
		    events + i, count - i, size, &sum, &used[sum.decided]);
	sum.median_s = median_of(used, sum.decided);
	free(used);
	*checks = sum;
	return KL_OK;
}

/* --- what is offered ------------------------------------------------------ */

static int by_institution(const void *a, const void *b)
{
	const struct kl_tally_offer *x = a, *y = b;

	return strcmp(x->institution, y->institution);
}

/* Those of no category first. */
static int by_category(const void *a, const void *b)
{
	const struct kl_tally_offer *x = a, *y = b;
	int order;

	if (!x->category || !y->category)
		return !!x->category - !!y->category;
	order = strcmp(x->category, y->category);
	return order ? order : strcmp(x->institution, y->institution);
}

static size_t count_suppliers(
    const struct kl_tally_offer offers[], size_t count)
{
	size_t suppliers = 0;

	for (size_t i = 0; i < count; i++)
		suppliers += i == 0 || strcmp(offers[i - 1].institution,
					   offers[i].institution) != 0;
	return suppliers;
}

/* Of the offers in order by_category(). */
static void count_categories(
    const struct kl_tally_offer offers[], size_t count, struct kl_offers *sum)
{
	size_t end;

	for (size_t i = 0; i < count; i = end) {
		const char *category = offers[i].category;

		for (end = i + 1; end < count && category &&
				  strcmp(offers[end].category, category) == 0;
		     end++)
			;
		if (!category)
			continue;
		sum->categories++;
		sum->single += count_suppliers(offers + i, end - i) == 1;
	}
}

enum kl_result kl_offers_sum(
    struct kl_tally_offer offers[], size_t count, struct kl_offers *sum)
{
	struct kl_offers found = { .listings = count };
	int64_t *days;
	size_t promised = 0;

	if (count > KL_TALLY_OFFERS_MAX)
		return KL_TOO_LARGE;
	days = calloc(count + 1, sizeof(*days));
	if (!days)
		return KL_NO_MEMORY;
	if (count > 0)
		qsort(offers, count, sizeof(*offers), by_institution);
	found.suppliers = count_suppliers(offers, count);
	if (count > 0)
		qsort(offers, count, sizeof(*offers), by_category);
	count_categories(offers, count, &found);
	for (size_t i = 0; i < count; i++)
		if (offers[i].workdays > 0)
			days[promised++] = offers[i].workdays;
	found.median_workdays = median_of(days, promised);
	free(days);
	*sum = found;
	return KL_OK;
}
