/* kl_affiliation_private.h -- the graph inside, for kl_group and kl_tied. */
#ifndef KL_AFFILIATION_PRIVATE_H
#define KL_AFFILIATION_PRIVATE_H

#include "kl_affiliation.h"

/* A name is known by its place in the order of bytes. */
#define KL_NO_NAME UINT32_MAX

/* One affiliation as seen from one of its two. */
struct kl_affiliation_link {
	uint32_t from, to;
	bool up; /* `to` is the holder */
	const struct kl_affiliation *affiliation;
};

uint32_t kl_affiliations_find(
    const struct kl_affiliations *affiliations, const char *name);

/* All links from all names, in the order of names. */
const struct kl_affiliation_link *kl_affiliations_links(
    const struct kl_affiliations *affiliations, size_t *count);

/* Which links a search follows. */
struct kl_affiliation_way {
	uint32_t from;
	bool up_only;   /* else it goes either way, but by no office */
	uint32_t state; /* the one that may be reached though it is of the
			   State, or KL_NO_NAME */
};

bool kl_affiliation_joins(const struct kl_affiliation *affiliation);

/* One name in a search. */
struct kl_affiliation_reach {
	uint32_t distance; /* in steps; KL_NO_NAME: not reached */
	uint32_t link;     /* by which it was reached first */
	uint32_t queued;   /* of the i-th of the array: who was reached i-th */
};

/*
 * Search from way->from, breadth first, in the order of names, kinds and
 * shares, so that it does not depend on the order of the list: of the shortest
 * paths it finds the first one. `reach` becomes a kl_affiliation_reach for each
 * name; the caller clears it, whatever the result.
 *
 * KL_NO_MEMORY
 */
enum kl_result kl_affiliations_search(
    const struct kl_affiliations *affiliations,
    const struct kl_affiliation_way *way, struct kl_buf *reach) KL_MUST_CHECK;

/* Write the reach[to].distance steps to `to`; `back`: from there. */
void kl_affiliations_trace(const struct kl_affiliations *affiliations,
    const struct kl_affiliation_reach reach[], uint32_t to, bool back,
    struct kl_affiliation_step steps[]);

/*
 * Make room for `count` steps.
 *
 * KL_NO_MEMORY   and nothing is to be cleared
 */
enum kl_result kl_affiliation_path_make(
    size_t count, struct kl_affiliation_path *path) KL_MUST_CHECK;

/* Append the value so many times. */
void kl_affiliation_fill(
    struct kl_buf *buf, const void *value, size_t size, size_t count);

#endif
