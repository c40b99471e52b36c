#include "kl_search.h"

#include <stdlib.h>
#include <string.h>

/* No token has this number: of what is not given, or is not there at all. */
#define NONE UINT32_MAX

/* Some of the numbers in search->lists. */
struct part {
	uint32_t first, count;
};

/* An item as it is asked for. Texts end with NONE. */
struct entry {
	int64_t fee_fen, days, since;
	const char *id;
	uint32_t texts[KL_SEARCH_TEXTS];
	struct part regions, marks;
	uint32_t category, institution, grade;
};

static const char *const order_names[KL_SEARCH_ORDERS] = {
	[KL_SEARCH_BY_FEE] = "fee",
	[KL_SEARCH_BY_DAYS] = "days",
	[KL_SEARCH_BY_NEWEST] = "newest",
	[KL_SEARCH_BY_ID] = "id",
};

const char *kl_search_order_name(enum kl_search_order order)
{
	return order_names[order];
}

enum kl_search_order kl_search_order_named(const char *name)
{
	enum kl_search_order order = 0;

	while (
	    order < KL_SEARCH_ORDERS && strcmp(order_names[order], name) != 0)
		order++;
	return order;
}

static const struct entry *entries_of(const struct kl_search *search)
{
	return (const struct entry *)search->items.data;
}

/* --- words as numbers ----------------------------------------------------- */

static int by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Sort `list`, and leave each once. */
static void make_set(struct kl_buf *list)
{
	const char **all = (const char **)list->data;
	size_t count = list->size / sizeof(*all), kept = 0;

	if (count > 0)
		qsort(all, count, sizeof(*all), by_text);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || strcmp(all[i], all[kept - 1]) != 0)
			all[kept++] = all[i];
	list->size = kept * sizeof(*all);
}

static uint32_t number_of(const struct kl_buf *set, const char *text)
{
	const char *const *found = NULL;

	if (text && set->size > 0)
		found = bsearch(&text, set->data, set->size / sizeof(text),
		    sizeof(text), by_text);
	return found ? (uint32_t)(found - (const char *const *)set->data)
		     : NONE;
}

static void add(struct kl_buf *list, const char *text)
{
	if (text)
		kl_buf_add(list, &text, sizeof(text));
}

/* All texts of the items, each once. */
static void gather_texts(
    const struct kl_search_item items[], size_t count, struct kl_buf *texts)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < KL_SEARCH_TEXTS; k++)
			add(texts, items[i].texts[k]);
	make_set(texts);
}

static void gather_tokens(
    const struct kl_search_item items[], size_t count, struct kl_buf *tokens)
{
	for (size_t i = 0; i < count; i++) {
		add(tokens, items[i].category);
		add(tokens, items[i].institution);
		for (size_t k = 0; k < items[i].region_count; k++)
			add(tokens, items[i].regions[k]);
		for (size_t k = 0; k < items[i].mark_count; k++)
			add(tokens, items[i].marks[k]);
	}
	make_set(tokens);
}

/* Copies of the tokens, so that whoever gave them may go. */
static void keep_tokens(struct kl_search *search, const struct kl_buf *tokens)
{
	const char *const *all = (const char *const *)tokens->data;
	size_t count = tokens->size / sizeof(*all), place = 0;

	for (size_t i = 0; i < count; i++)
		kl_buf_add(&search->tokens, all[i], strlen(all[i]) + 1);
	if (kl_buf_result(&search->tokens))
		return;
	for (size_t i = 0; i < count; i++) {
		const char *name = (const char *)search->tokens.data + place;

		kl_buf_add(&search->names, &name, sizeof(name));
		place += strlen(name) + 1;
	}
}

/* --- making it ------------------------------------------------------------ */

static struct part add_list(
    struct kl_search *search, const char *const tokens[], size_t count)
{
	struct part part = {
		(uint32_t)(search->lists.size / sizeof(uint32_t)),
		(uint32_t)count,
	};

	for (size_t i = 0; i < count; i++) {
		uint32_t number = number_of(&search->names, tokens[i]);

		kl_buf_add(&search->lists, &number, sizeof(number));
	}
	return part;
}

static void add_entry(struct kl_search *search,
    const struct kl_search_item *item, const struct kl_buf *texts)
{
	struct entry entry = {
		.fee_fen = item->fee_fen,
		.days = item->days,
		.since = item->since,
		.id = item->id,
		.category = number_of(&search->names, item->category),
		.institution = number_of(&search->names, item->institution),
		.regions = add_list(search, item->regions, item->region_count),
		.marks = add_list(search, item->marks, item->mark_count),
		.grade = item->grade,
	};

	for (size_t k = 0; k < KL_SEARCH_TEXTS; k++)
		entry.texts[k] = number_of(texts, item->texts[k]);
	kl_buf_add(&search->items, &entry, sizeof(entry));
}

static int64_t value_of(const struct entry *entry, enum kl_search_order order)
{
	switch (order) {
	case KL_SEARCH_BY_FEE:
		return entry->fee_fen;
	case KL_SEARCH_BY_DAYS:
		return entry->days;
	case KL_SEARCH_BY_NEWEST:
		return -entry->since;
	case KL_SEARCH_BY_ID:
	case KL_SEARCH_ORDERS:
		break;
	}
	return 0;
}

static int compare_to(const struct entry *entry, enum kl_search_order order,
    int64_t value, const char *id)
{
	int64_t own = value_of(entry, order);

	if (own != value)
		return own < value ? -1 : 1;
	return strcmp(entry->id, id);
}

struct sorting {
	const struct entry *entries;
	enum kl_search_order order;
};

static int by_order(const void *left, const void *right, void *context)
{
	const struct sorting *sorting = context;
	const struct entry *other = &sorting->entries[*(const uint32_t *)right];

	return compare_to(&sorting->entries[*(const uint32_t *)left],
	    sorting->order, value_of(other, sorting->order), other->id);
}

static enum kl_result sort(struct kl_search *search, enum kl_search_order order)
{
	struct kl_buf *to = &search->orders[order];
	struct sorting sorting = { entries_of(search), order };

	for (uint32_t i = 0; i < search->count; i++)
		kl_buf_add(to, &i, sizeof(i));
	if (kl_buf_result(to))
		return kl_buf_result(to);
	if (search->count > 0)
		qsort_r(to->data, search->count, sizeof(uint32_t), by_order,
		    &sorting);
	return KL_OK;
}

static enum kl_result fill(struct kl_search *search,
    const struct kl_search_item items[], const struct kl_buf *texts)
{
	enum kl_result result = kl_grams_make(&search->grams,
	    (const char *const *)texts->data, texts->size / sizeof(char *));

	for (size_t i = 0; i < search->count && !result; i++)
		add_entry(search, &items[i], texts);
	if (!result)
		result = kl_buf_result(&search->items);
	if (!result)
		result = kl_buf_result(&search->lists);
	for (enum kl_search_order order = 0;
	     order < KL_SEARCH_ORDERS && !result; order++)
		result = sort(search, order);
	return result;
}

static enum kl_result number(struct kl_search *search,
    const struct kl_search_item items[], struct kl_buf *texts,
    struct kl_buf *tokens)
{
	enum kl_result result;

	gather_texts(items, search->count, texts);
	gather_tokens(items, search->count, tokens);
	result = kl_buf_result(texts);
	if (!result)
		result = kl_buf_result(tokens);
	if (result)
		return result;
	keep_tokens(search, tokens);
	result = kl_buf_result(&search->tokens);
	return result ? result : kl_buf_result(&search->names);
}

static bool is_within(const struct kl_search_item items[], size_t count)
{
	if (count > KL_SEARCH_ITEMS_MAX)
		return false;
	for (size_t i = 0; i < count; i++)
		if (items[i].region_count > KL_SEARCH_TOKENS_MAX ||
		    items[i].mark_count > KL_SEARCH_TOKENS_MAX)
			return false;
	return true;
}

enum kl_result kl_search_make(
    struct kl_search *search, const struct kl_search_item items[], size_t count)
{
	const size_t most = KL_SEARCH_ITEMS_MAX;
	struct kl_buf texts = KL_BUF(most * KL_SEARCH_TEXTS * sizeof(char *));
	struct kl_buf tokens = KL_BUF((size_t)KL_GRAM_SIZE_MAX);
	enum kl_result result = KL_TOO_LARGE;

	*search = (struct kl_search){
		.count = count,
		.items = KL_BUF(most * sizeof(struct entry)),
		.lists = KL_BUF((size_t)KL_GRAM_SIZE_MAX),
		.tokens = KL_BUF((size_t)KL_GRAM_SIZE_MAX),
		.names = KL_BUF((size_t)KL_GRAM_SIZE_MAX),
	};
	for (enum kl_search_order order = 0; order < KL_SEARCH_ORDERS; order++)
		search->orders[order] =
		    (struct kl_buf)KL_BUF(most * sizeof(uint32_t));
	if (is_within(items, count))
		result = number(search, items, &texts, &tokens);
	if (!result)
		result = fill(search, items, &texts);
	kl_buf_clear(&texts);
	kl_buf_clear(&tokens);
	if (result)
		kl_search_clear(search);
	return result;
}

void kl_search_clear(struct kl_search *search)
{
	kl_grams_clear(&search->grams);
	kl_buf_clear(&search->items);
	kl_buf_clear(&search->lists);
	kl_buf_clear(&search->tokens);
	kl_buf_clear(&search->names);
	for (enum kl_search_order order = 0; order < KL_SEARCH_ORDERS; order++)
		kl_buf_clear(&search->orders[order]);
	search->count = 0;
}

/* --- asking --------------------------------------------------------------- */

const char *kl_search_id(const struct kl_search *search, size_t index)
{
	return entries_of(search)[index].id;
}

int64_t kl_search_value(
    const struct kl_search *search, size_t index, enum kl_search_order order)
{
	return value_of(&entries_of(search)[index], order);
}

/* A question as numbers: of what is not there NONE, which no item has. */
struct wanted {
	const struct kl_search_query *query;
	const uint8_t *has; /* of each text: the terms in it */
	uint8_t terms;      /* all of them */
	uint32_t category, institution, mark;
	uint32_t regions[KL_SEARCH_REGIONS_MAX];
};

static bool has_words(const struct wanted *wanted, const struct entry *entry)
{
	uint8_t has = 0;

	if (wanted->terms == 0)
		return true;
	for (size_t k = 0; k < KL_SEARCH_TEXTS; k++)
		if (entry->texts[k] != NONE)
			has |= wanted->has[entry->texts[k]];
	return has == wanted->terms;
}

static bool is_in(
    const struct kl_search *search, struct part part, uint32_t number)
{
	const uint32_t *list = (const uint32_t *)search->lists.data;

	for (uint32_t i = 0; i < part.count; i++)
		if (list[part.first + i] == number)
			return true;
	return false;
}

static bool is_offered(const struct kl_search *search,
    const struct wanted *wanted, const struct entry *entry)
{
	if (wanted->query->region_count == 0 || entry->regions.count == 0)
		return true;
	for (size_t i = 0; i < wanted->query->region_count; i++)
		if (is_in(search, entry->regions, wanted->regions[i]))
			return true;
	return false;
}

static bool is_wanted(const struct kl_search *search,
    const struct wanted *wanted, const struct entry *entry)
{
	const struct kl_search_query *query = wanted->query;

	return (!query->category || entry->category == wanted->category) &&
	       (!query->institution ||
		   entry->institution == wanted->institution) &&
	       entry->fee_fen <= query->fee_max_fen &&
	       entry->days <= query->days_max &&
	       entry->grade >= query->grade_min &&
	       is_offered(search, wanted, entry) &&
	       (!query->mark || is_in(search, entry->marks, wanted->mark)) &&
	       has_words(wanted, entry);
}

/* The first place after what was seen last. */
static size_t first_after(const struct kl_search *search,
    const struct kl_search_query *query, const uint32_t *order)
{
	size_t low = 0, high = search->count;

	while (query->after_id && low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_to(&entries_of(search)[order[middle]], query->order,
			query->after_value, query->after_id) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t count_all(
    const struct kl_search *search, const struct wanted *wanted)
{
	size_t total = 0;

	for (size_t i = 0; i < search->count && total < KL_SEARCH_COUNT_MAX;
	     i++)
		total += is_wanted(search, wanted, &entries_of(search)[i]);
	return total;
}

static void find_page(const struct kl_search *search,
    const struct wanted *wanted, struct kl_search_found *found)
{
	const struct kl_search_query *query = wanted->query;
	const uint32_t *order =
	    (const uint32_t *)search->orders[query->order].data;

	for (size_t i = first_after(search, query, order);
	     i < search->count && !found->more; i++) {
		if (!is_wanted(search, wanted, &entries_of(search)[order[i]]))
			continue;
		if (found->count < query->limit)
			found->indexes[found->count++] = order[i];
		else
			found->more = true;
	}
}

static void translate(const struct kl_search *search, struct wanted *wanted)
{
	const struct kl_search_query *query = wanted->query;

	wanted->terms = (uint8_t)((1U << query->words.count) - 1);
	wanted->category = number_of(&search->names, query->category);
	wanted->institution = number_of(&search->names, query->institution);
	wanted->mark = number_of(&search->names, query->mark);
	for (size_t i = 0; i < query->region_count; i++)
		wanted->regions[i] =
		    number_of(&search->names, query->regions[i]);
}

enum kl_result kl_search_find(const struct kl_search *search,
    const struct kl_search_query *query, struct kl_search_found *found)
{
	struct wanted wanted = { .query = query };
	struct kl_buf has = KL_BUF(KL_GRAM_TEXTS_MAX);
	struct kl_search_found seen = { .count = 0 };
	enum kl_result result;

	if (query->limit == 0 || query->limit > KL_SEARCH_PAGE_MAX ||
	    query->region_count > KL_SEARCH_REGIONS_MAX ||
	    query->order >= KL_SEARCH_ORDERS)
		return KL_RANGE;
	kl_grams_find(&search->grams, &query->words, &has);
	result = kl_buf_result(&has);
	if (!result) {
		wanted.has = has.data;
		translate(search, &wanted);
		seen.total = count_all(search, &wanted);
		find_page(search, &wanted, &seen);
		*found = seen;
	}
	kl_buf_clear(&has);
	return result;
}
