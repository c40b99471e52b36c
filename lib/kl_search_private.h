/* kl_search_private.h -- how listings are kept, for kl_search and its asking.
 */
#ifndef KL_SEARCH_PRIVATE_H
#define KL_SEARCH_PRIVATE_H

#include "kl_search.h"

/* No token has this number: of what is not given, or is not there at all. */
#define KL_SEARCH_NONE UINT32_MAX

/* Some of the numbers in search->lists. */
struct kl_search_part {
	uint32_t first, count;
};

/* An item as it is shown and sorted. */
struct kl_search_entry {
	int64_t fee_fen, days, since;
	const char *id;
	struct kl_search_part regions, marks;
};

/*
 * What most items are refused by, of so many of them side by side: one question
 * is put to all at once. A place is that of the item in an order; behind the
 * last item all are KL_SEARCH_NONE.
 */
enum { KL_SEARCH_BLOCK = 64 };
struct kl_search_block {
	uint32_t places[KL_SEARCH_ORDERS][KL_SEARCH_BLOCK];
	uint32_t category[KL_SEARCH_BLOCK];
	uint32_t institution[KL_SEARCH_BLOCK];
	uint32_t grade[KL_SEARCH_BLOCK];
};

static inline const struct kl_search_entry *kl_search_entries(
    const struct kl_search *search)
{
	return (const struct kl_search_entry *)search->items.data;
}

static inline struct kl_search_block *kl_search_blocks(
    const struct kl_search *search)
{
	return (struct kl_search_block *)search->blocks.data;
}

/* What an entry is sorted by; and how it stands to another of this value and
 * id: below, at or above 0. */
int64_t kl_search_entry_value(
    const struct kl_search_entry *entry, enum kl_search_order order);
int kl_search_compare(const struct kl_search_entry *entry,
    enum kl_search_order order, int64_t value, const char *id);

/* The number of a token, or KL_SEARCH_NONE. */
uint32_t kl_search_number(const struct kl_buf *set, const char *text);

#endif
