#include "kl_search_private.h"

#include <stdlib.h>
#include <string.h>

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

uint32_t kl_search_number(const struct kl_buf *set, const char *text)
{
	const char *const *found = NULL;

	if (text && set->size > 0)
		found = bsearch(&text, set->data, set->size / sizeof(text),
		    sizeof(text), by_text);
	return found ? (uint32_t)(found - (const char *const *)set->data)
		     : KL_SEARCH_NONE;
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

static struct kl_search_part add_list(
    struct kl_search *search, const char *const tokens[], size_t count)
{
	struct kl_search_part part = {
		(uint32_t)(search->lists.size / sizeof(uint32_t)),
		(uint32_t)count,
	};

	for (size_t i = 0; i < count; i++) {
		uint32_t number = kl_search_number(&search->names, tokens[i]);

		kl_buf_add(&search->lists, &number, sizeof(number));
	}
	return part;
}

static void add_entry(
    struct kl_search *search, const struct kl_search_item *item)
{
	struct kl_search_entry entry = {
		.fee_fen = item->fee_fen,
		.days = item->days,
		.since = item->since,
		.id = item->id,
		.regions = add_list(search, item->regions, item->region_count),
		.marks = add_list(search, item->marks, item->mark_count),
	};

	kl_buf_add(&search->items, &entry, sizeof(entry));
}

/* Their places come when they are sorted. */
static void add_block(
    struct kl_search *search, const struct kl_search_item items[], size_t first)
{
	struct kl_search_block block;
	size_t left = search->count - first;

	memset(&block, 0xff, sizeof(block));
	for (size_t k = 0; k < left && k < KL_SEARCH_BLOCK; k++) {
		const struct kl_search_item *item = &items[first + k];

		block.category[k] =
		    kl_search_number(&search->names, item->category);
		block.institution[k] =
		    kl_search_number(&search->names, item->institution);
		block.grade[k] = item->grade;
	}
	kl_buf_add(&search->blocks, &block, sizeof(block));
}

/* Who has a text: the items of each, one text after another. */
static void add_owners(struct kl_search *search,
    const struct kl_search_item items[], const struct kl_buf *texts)
{
	size_t count = texts->size / sizeof(char *);
	uint32_t *places, *owners;

	for (size_t i = 0; i <= count; i++)
		kl_buf_add(&search->places, &(uint32_t){ 0 }, 4);
	for (size_t i = 0; i < search->count * KL_SEARCH_TEXTS; i++)
		kl_buf_add(&search->owners, &(uint32_t){ 0 }, 4);
	if (kl_buf_result(&search->places) || kl_buf_result(&search->owners))
		return;
	places = (uint32_t *)search->places.data;
	owners = (uint32_t *)search->owners.data;
	for (size_t i = 0; i < search->count; i++)
		for (size_t k = 0; k < KL_SEARCH_TEXTS; k++)
			if (items[i].texts[k])
				places[kl_search_number(
				    texts, items[i].texts[k])]++;
	for (size_t i = 1; i <= count; i++)
		places[i] += places[i - 1];
	for (size_t i = search->count; i-- > 0;)
		for (size_t k = 0; k < KL_SEARCH_TEXTS; k++)
			if (items[i].texts[k])
				owners[--places[kl_search_number(
				    texts, items[i].texts[k])]] = (uint32_t)i;
}

int64_t kl_search_entry_value(
    const struct kl_search_entry *entry, enum kl_search_order order)
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

int kl_search_compare(const struct kl_search_entry *entry,
    enum kl_search_order order, int64_t value, const char *id)
{
	int64_t own = kl_search_entry_value(entry, order);

	if (own != value)
		return own < value ? -1 : 1;
	return strcmp(entry->id, id);
}

struct sorting {
	const struct kl_search_entry *entries;
	enum kl_search_order order;
};

static int by_order(const void *left, const void *right, void *context)
{
	const struct sorting *sorting = context;
	const struct kl_search_entry *other =
	    &sorting->entries[*(const uint32_t *)right];

	return kl_search_compare(&sorting->entries[*(const uint32_t *)left],
	    sorting->order, kl_search_entry_value(other, sorting->order),
	    other->id);
}

static enum kl_result sort(struct kl_search *search, enum kl_search_order order)
{
	struct kl_buf *to = &search->orders[order];
	struct sorting sorting = { kl_search_entries(search), order };
	const uint32_t *sorted;

	for (uint32_t i = 0; i < search->count; i++)
		kl_buf_add(to, &i, sizeof(i));
	if (kl_buf_result(to))
		return kl_buf_result(to);
	if (search->count > 0)
		qsort_r(to->data, search->count, sizeof(uint32_t), by_order,
		    &sorting);
	sorted = (const uint32_t *)to->data;
	for (uint32_t i = 0; i < search->count; i++)
		kl_search_blocks(search)[sorted[i] / KL_SEARCH_BLOCK]
		    .places[order][sorted[i] % KL_SEARCH_BLOCK] = i;
	return KL_OK;
}

static enum kl_result fill(struct kl_search *search,
    const struct kl_search_item items[], const struct kl_buf *texts)
{
	const struct kl_buf *made[] = { &search->items, &search->lists,
		&search->blocks, &search->places, &search->owners };
	enum kl_result result = kl_grams_make(&search->grams,
	    (const char *const *)texts->data, texts->size / sizeof(char *));

	if (result)
		return result;
	for (size_t i = 0; i < search->count; i++)
		add_entry(search, &items[i]);
	for (size_t i = 0; i < search->count; i += KL_SEARCH_BLOCK)
		add_block(search, items, i);
	add_owners(search, items, texts);
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]) && !result; i++)
		result = kl_buf_result(made[i]);
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
		.items = KL_BUF(most * sizeof(struct kl_search_entry)),
		.lists = KL_BUF((size_t)KL_GRAM_SIZE_MAX),
		.blocks = KL_BUF((most / KL_SEARCH_BLOCK + 1) *
				 sizeof(struct kl_search_block)),
		.places = KL_BUF((most * KL_SEARCH_TEXTS + 1) * 4),
		.owners = KL_BUF(most * KL_SEARCH_TEXTS * 4),
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
	kl_buf_clear(&search->blocks);
	kl_buf_clear(&search->places);
	kl_buf_clear(&search->owners);
	kl_buf_clear(&search->tokens);
	kl_buf_clear(&search->names);
	for (enum kl_search_order order = 0; order < KL_SEARCH_ORDERS; order++)
		kl_buf_clear(&search->orders[order]);
	search->count = 0;
}
