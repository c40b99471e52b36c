#include "kl_search_private.h"

#include <stdlib.h>
#include <string.h>

/* Of so many or fewer all are looked at and sorted; of more the first of an
 * order are soon found by going along it. */
enum { FEW_MAX = 1000 };

const char *kl_search_id(const struct kl_search *search, size_t index)
{
	return kl_search_entries(search)[index].id;
}

int64_t kl_search_value(
    const struct kl_search *search, size_t index, enum kl_search_order order)
{
	return kl_search_entry_value(&kl_search_entries(search)[index], order);
}

/* --- a question as numbers ------------------------------------------------ */

/* Of what is not there KL_SEARCH_NONE, which no item has. */
struct wanted {
	const struct kl_search *search;
	const struct kl_search_query *query;
	uint8_t *has;   /* of each item: the terms in it; NULL: none asked */
	uint32_t terms; /* all of them */
	uint32_t fee_end, days_end; /* places in these orders, below them */
	/* Compared where all bits of the mask are set, and nowhere if none */
	uint32_t category, category_mask, institution, institution_mask;
	uint32_t mark;
	uint32_t regions[KL_SEARCH_REGIONS_MAX];
	bool lists; /* regions or a mark are asked for */
};

/* Those that were asked for and are wanted, by their number; not in order. */
struct few {
	uint32_t indexes[FEW_MAX];
	size_t count;
};

/* The first place in an order whose item stands at `value` and `id` or, with
 * `after`, behind them. An id of NULL is behind all others. */
static uint32_t place_of(const struct kl_search *search,
    enum kl_search_order order, int64_t value, const char *id)
{
	const uint32_t *sorted = (const uint32_t *)search->orders[order].data;
	size_t low = 0, high = search->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct kl_search_entry *entry =
		    &kl_search_entries(search)[sorted[middle]];
		bool is_before =
		    id ? kl_search_compare(entry, order, value, id) <= 0
		       : kl_search_entry_value(entry, order) <= value;

		if (is_before)
			low = middle + 1;
		else
			high = middle;
	}
	return (uint32_t)low;
}

/* What it writes are bytes, which may alias anything: all else is read once. */
static void mark_owners(void *context, size_t term, uint32_t text)
{
	const struct wanted *wanted = context;
	const uint32_t *places = (const uint32_t *)wanted->search->places.data;
	const uint32_t *owners = (const uint32_t *)wanted->search->owners.data;
	const uint32_t *owner = owners + places[text];
	const uint32_t *end = owners + places[text + 1];
	const uint8_t bit = (uint8_t)(1U << term);
	uint8_t *has = wanted->has;

	for (; owner < end; owner++)
		has[*owner] |= bit;
}

static enum kl_result read_words(struct wanted *wanted)
{
	const struct kl_search *search = wanted->search;
	size_t blocks = search->blocks.size / sizeof(struct kl_search_block);

	wanted->terms = (1U << wanted->query->words.count) - 1;
	if (wanted->terms == 0 || blocks == 0)
		return KL_OK;
	wanted->has = calloc(blocks, KL_SEARCH_BLOCK);
	if (!wanted->has)
		return KL_NO_MEMORY;
	kl_grams_find(
	    &search->grams, &wanted->query->words, mark_owners, wanted);
	return KL_OK;
}

static void translate(struct wanted *wanted)
{
	const struct kl_search_query *query = wanted->query;
	const struct kl_search *search = wanted->search;
	const struct kl_buf *names = &search->names;

	wanted->fee_end =
	    place_of(search, KL_SEARCH_BY_FEE, query->fee_max_fen, NULL);
	wanted->days_end =
	    place_of(search, KL_SEARCH_BY_DAYS, query->days_max, NULL);
	wanted->category = kl_search_number(names, query->category);
	wanted->category_mask = query->category ? UINT32_MAX : 0;
	wanted->institution = kl_search_number(names, query->institution);
	wanted->institution_mask = query->institution ? UINT32_MAX : 0;
	wanted->mark = kl_search_number(names, query->mark);
	for (size_t i = 0; i < query->region_count; i++)
		wanted->regions[i] = kl_search_number(names, query->regions[i]);
	wanted->lists = query->region_count > 0 || query->mark;
}

/* --- who is wanted -------------------------------------------------------- */

static bool is_in(
    const struct kl_search *search, struct kl_search_part part, uint32_t number)
{
	const uint32_t *list = (const uint32_t *)search->lists.data;

	for (uint32_t i = 0; i < part.count; i++)
		if (list[part.first + i] == number)
			return true;
	return false;
}

static bool is_offered(
    const struct wanted *wanted, const struct kl_search_entry *entry)
{
	if (wanted->query->region_count == 0 || entry->regions.count == 0)
		return true;
	for (size_t i = 0; i < wanted->query->region_count; i++)
		if (is_in(wanted->search, entry->regions, wanted->regions[i]))
			return true;
	return false;
}

/* What only few are asked for. */
static bool has_lists(const struct wanted *wanted, size_t index)
{
	const struct kl_search_entry *entry =
	    &kl_search_entries(wanted->search)[index];

	return is_offered(wanted, entry) &&
	       (!wanted->query->mark ||
		   is_in(wanted->search, entry->marks, wanted->mark));
}

/* What is wrong with an item but for its lists; 0 for nothing. */
static inline uint32_t refused(
    const struct wanted *wanted, const struct kl_search_block *block, size_t k)
{
	return (uint32_t)(block->places[KL_SEARCH_BY_FEE][k] >=
			  wanted->fee_end) |
	       (uint32_t)(block->places[KL_SEARCH_BY_DAYS][k] >=
			  wanted->days_end) |
	       (uint32_t)(block->grade[k] < wanted->query->grade_min) |
	       ((block->category[k] ^ wanted->category) &
		   wanted->category_mask) |
	       ((block->institution[k] ^ wanted->institution) &
		   wanted->institution_mask);
}

static bool is_wanted(const struct wanted *wanted, size_t index)
{
	const struct kl_search_block *block =
	    &kl_search_blocks(wanted->search)[index / KL_SEARCH_BLOCK];

	return !refused(wanted, block, index % KL_SEARCH_BLOCK) &&
	       (!wanted->has || wanted->has[index] == wanted->terms) &&
	       (!wanted->lists || has_lists(wanted, index));
}

/* --- all of them ---------------------------------------------------------- */

/* Has any of a block all the words? */
static bool judge_words(const uint8_t has[], uint32_t terms, uint32_t no[])
{
	uint32_t all = UINT32_MAX;

	for (size_t k = 0; k < KL_SEARCH_BLOCK; k++)
		no[k] = has[k] ^ terms;
	for (size_t k = 0; k < KL_SEARCH_BLOCK; k++)
		all &= no[k] == 0 ? 0 : UINT32_MAX;
	return all == 0;
}

/* Below which place are they? */
static void judge_places(const uint32_t places[], uint32_t end, uint32_t no[])
{
	for (size_t k = 0; k < KL_SEARCH_BLOCK; k++)
		no[k] |= (uint32_t)(places[k] >= end);
}

static void judge_tokens(const uint32_t of[], uint32_t number, uint32_t no[])
{
	for (size_t k = 0; k < KL_SEARCH_BLOCK; k++)
		no[k] |= of[k] ^ number;
}

static void judge_grades(const uint32_t of[], uint32_t least, uint32_t no[])
{
	for (size_t k = 0; k < KL_SEARCH_BLOCK; k++)
		no[k] |= (uint32_t)(of[k] < least);
}

/* How many of a block may be wanted, and which: no[k] is 0. Each measure
 * without a branch, so that several are asked by one instruction; what nobody
 * asks for is not looked at, for to read it takes the longest. By their fee all
 * are judged: behind the last item there is none. */
static size_t judge(const struct wanted *wanted, size_t nth, uint32_t no[])
{
	const struct kl_search_block *block =
	    &kl_search_blocks(wanted->search)[nth];
	uint32_t count = 0;

	if (!wanted->has)
		memset(no, 0, KL_SEARCH_BLOCK * sizeof(no[0]));
	else if (!judge_words(
		     wanted->has + nth * KL_SEARCH_BLOCK, wanted->terms, no))
		return 0;
	judge_places(block->places[KL_SEARCH_BY_FEE], wanted->fee_end, no);
	if (wanted->days_end < wanted->search->count)
		judge_places(
		    block->places[KL_SEARCH_BY_DAYS], wanted->days_end, no);
	if (wanted->query->grade_min > 0)
		judge_grades(block->grade, wanted->query->grade_min, no);
	if (wanted->category_mask)
		judge_tokens(block->category, wanted->category, no);
	if (wanted->institution_mask)
		judge_tokens(block->institution, wanted->institution, no);
	for (size_t k = 0; k < KL_SEARCH_BLOCK; k++)
		count += no[k] == 0;
	return count;
}

/* Of a block in which some may be wanted. */
static size_t take(const struct wanted *wanted, size_t nth, const uint32_t no[],
    struct few *few)
{
	size_t count = 0;

	for (size_t k = 0; k < KL_SEARCH_BLOCK; k++) {
		size_t index = nth * KL_SEARCH_BLOCK + k;

		if (no[k] || (wanted->lists && !has_lists(wanted, index)))
			continue;
		if (few->count < FEW_MAX)
			few->indexes[few->count++] = (uint32_t)index;
		count++;
	}
	return count;
}

static size_t count_all(const struct wanted *wanted, struct few *few)
{
	size_t blocks =
	    wanted->search->blocks.size / sizeof(struct kl_search_block);
	size_t total = 0;

	for (size_t nth = 0; nth < blocks && total < KL_SEARCH_COUNT_MAX;
	     nth++) {
		uint32_t no[KL_SEARCH_BLOCK];
		size_t count = judge(wanted, nth, no);

		if (count > 0 && (wanted->lists || few->count < FEW_MAX))
			count = take(wanted, nth, no, few);
		total += count;
	}
	return total < KL_SEARCH_COUNT_MAX ? total : KL_SEARCH_COUNT_MAX;
}

/* --- one page of them ----------------------------------------------------- */

static bool add(struct kl_search_found *found, size_t limit, uint32_t index)
{
	found->more = found->count == limit;
	if (!found->more)
		found->indexes[found->count++] = index;
	return !found->more;
}

/* Along the order, until the page is full. */
static void find_along(
    const struct wanted *wanted, uint32_t from, struct kl_search_found *found)
{
	const struct kl_search *search = wanted->search;
	const uint32_t *sorted =
	    (const uint32_t *)search->orders[wanted->query->order].data;

	for (size_t i = from; i < search->count; i++)
		if (is_wanted(wanted, sorted[i]) &&
		    !add(found, wanted->query->limit, sorted[i]))
			return;
}

static int by_number(const void *left, const void *right)
{
	uint32_t one = *(const uint32_t *)left, two = *(const uint32_t *)right;

	return one < two ? -1 : one > two;
}

/* All that are wanted, put in order: their places, then themselves. */
static void find_among(const struct wanted *wanted, struct few *few,
    uint32_t from, struct kl_search_found *found)
{
	const struct kl_search *search = wanted->search;
	enum kl_search_order order = wanted->query->order;
	const uint32_t *sorted = (const uint32_t *)search->orders[order].data;

	for (size_t i = 0; i < few->count; i++)
		few->indexes[i] =
		    kl_search_blocks(search)[few->indexes[i] / KL_SEARCH_BLOCK]
			.places[order][few->indexes[i] % KL_SEARCH_BLOCK];
	qsort(few->indexes, few->count, sizeof(few->indexes[0]), by_number);
	for (size_t i = 0; i < few->count; i++)
		if (few->indexes[i] >= from &&
		    !add(found, wanted->query->limit, sorted[few->indexes[i]]))
			return;
}

static void find_page(
    const struct wanted *wanted, struct kl_search_found *found)
{
	const struct kl_search_query *query = wanted->query;
	struct few few;
	uint32_t from = 0;

	few.count = 0;
	if (query->after_id)
		from = place_of(wanted->search, query->order,
		    query->after_value, query->after_id);
	found->total = count_all(wanted, &few);
	if (found->total < FEW_MAX)
		find_among(wanted, &few, from, found);
	else
		find_along(wanted, from, found);
}

enum kl_result kl_search_find(const struct kl_search *search,
    const struct kl_search_query *query, struct kl_search_found *found)
{
	struct wanted wanted = { .search = search, .query = query };
	struct kl_search_found seen = { .count = 0 };
	enum kl_result result;

	if (query->limit == 0 || query->limit > KL_SEARCH_PAGE_MAX ||
	    query->region_count > KL_SEARCH_REGIONS_MAX ||
	    query->order >= KL_SEARCH_ORDERS)
		return KL_RANGE;
	result = read_words(&wanted);
	if (!result) {
		translate(&wanted);
		find_page(&wanted, &seen);
		*found = seen;
	}
	free(wanted.has);
	return result;
}
