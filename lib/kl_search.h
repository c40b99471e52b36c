/* kl_search.h -- listings that somebody can shop in: filters, words, order. */
#ifndef KL_SEARCH_H
#define KL_SEARCH_H

#include "kl_gram.h"

/*
 * An index of listings that is made at once, asked any number of times by any
 * number of threads, and thrown away when listings have changed.
 */

enum {
	KL_SEARCH_ITEMS_MAX = 1000000,
	KL_SEARCH_TEXTS = 6,         /* of one item */
	KL_SEARCH_TOKENS_MAX = 1000, /* regions or marks of one item */
	KL_SEARCH_REGIONS_MAX = 8,
	KL_SEARCH_PAGE_MAX = 200,
	KL_SEARCH_COUNT_MAX = 10000 /* further nobody counts */
};

/* What is sorted by; of equals the id decides. */
enum kl_search_order {
	KL_SEARCH_BY_FEE,    /* the lowest first */
	KL_SEARCH_BY_DAYS,   /* the shortest first */
	KL_SEARCH_BY_NEWEST, /* the latest first */
	KL_SEARCH_BY_ID,
	KL_SEARCH_ORDERS,
};

/* "fee", "days", "newest", "id"; KL_SEARCH_ORDERS for none of them. */
const char *kl_search_order_name(enum kl_search_order order);
enum kl_search_order kl_search_order_named(const char *name);

/* A listing. Tokens are compared byte by byte; all is borrowed while the index
 * is made, and `id` for as long as it lives. */
struct kl_search_item {
	const char *id;
	const char *texts[KL_SEARCH_TEXTS]; /* in which words are looked for;
					       NULL for less */
	const char *category, *institution;
	const char *const *regions; /* none: offered everywhere */
	size_t region_count;
	const char *const *marks; /* what it has: qualifications */
	size_t mark_count;
	int64_t fee_fen, days, since; /* what it is sorted by */
	uint32_t grade;               /* the higher the better */
};

/* What is wanted; NULL, KL_SEARCH_ANY and 0 leave something open. */
#define KL_SEARCH_ANY INT64_MAX
struct kl_search_query {
	struct kl_question words;
	const char *category, *institution, *mark;
	/* Offered in one of these, a region and whoever is above it, or
	 * everywhere. */
	const char *regions[KL_SEARCH_REGIONS_MAX];
	size_t region_count;
	int64_t fee_max_fen, days_max;
	uint32_t grade_min;
	enum kl_search_order order;
	/* The last one that was seen: its value and id. NULL: from the first */
	const char *after_id;
	int64_t after_value;
	size_t limit; /* 1 to KL_SEARCH_PAGE_MAX */
};

struct kl_search_found {
	size_t indexes[KL_SEARCH_PAGE_MAX]; /* of the items, in order */
	size_t count;
	bool more;    /* there are others after these */
	size_t total; /* of all pages, at most KL_SEARCH_COUNT_MAX */
};

struct kl_search {
	size_t count;
	struct kl_grams grams;
	struct kl_buf items;  /* how each is shown and sorted */
	struct kl_buf lists;  /* uint32_t: their regions and marks */
	struct kl_buf blocks; /* what most are refused by, side by side */
	struct kl_buf places; /* uint32_t of each text in owners, and the end */
	struct kl_buf owners; /* uint32_t: the items of each text */
	struct kl_buf tokens; /* the tokens that have numbers */
	struct kl_buf names;  /* const char * of each token, in order */
	struct kl_buf orders[KL_SEARCH_ORDERS]; /* uint32_t: items in order */
};

/*
 * Make the index of `count` items, no two of one id. To be given back with
 * kl_search_clear(), which does nothing the second time.
 *
 * KL_MALFORMED   a text is no UTF-8
 * KL_TOO_LARGE   over a limit here or in kl_gram.h
 * KL_NO_MEMORY
 */
enum kl_result kl_search_make(struct kl_search *search,
    const struct kl_search_item items[], size_t count) KL_MUST_CHECK;
void kl_search_clear(struct kl_search *search);

/* The id of an item, and by what it is sorted in an order. */
const char *kl_search_id(const struct kl_search *search, size_t index);
int64_t kl_search_value(
    const struct kl_search *search, size_t index, enum kl_search_order order);

/*
 * Find a page. O(items), of which few are looked at alone; without a lock.
 *
 * KL_RANGE       a limit out of its bounds, too many regions
 * KL_NO_MEMORY
 */
enum kl_result kl_search_find(const struct kl_search *search,
    const struct kl_search_query *query,
    struct kl_search_found *found) KL_MUST_CHECK;

#endif
