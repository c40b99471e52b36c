/* kl_ranking.h -- the outcome of the tickets: result.txt. */
#ifndef KL_RANKING_H
#define KL_RANKING_H

#include "kl_text.h"

enum kl_role { KL_SELECTED, KL_ALTERNATE, KL_NOT_SELECTED };

/* One line; its rank is its index + 1. */
struct kl_ranked {
	struct kl_hash ticket; /* T */
	struct kl_span id;
	enum kl_role role;
	uint32_t alternate; /* from 1; 0 for the other roles */
};

/*
 * result.txt: every entry of the roster, ascending by (T, id), first the
 * selected (at least one), then alternate-1 …, then the rest. `memory` holds
 * the list, unless it is the writer's own array.
 */
struct kl_ranking {
	struct kl_hash seed; /* S */
	const struct kl_ranked *entries;
	size_t count; /* 1 to KL_ENTRIES_MAX */
	struct kl_buf memory;
};

enum kl_result kl_ranking_read(struct kl_ranking *ranking, const char *text,
    size_t size, struct kl_fault *fault) KL_MUST_CHECK;
enum kl_result kl_ranking_write(
    const struct kl_ranking *ranking, struct kl_buf *out) KL_MUST_CHECK;
void kl_ranking_clear(struct kl_ranking *ranking);

/* The order of ranks: ascending (T, id). Below, at or above zero. */
int kl_ranked_compare(
    const struct kl_ranked *left, const struct kl_ranked *right);

/* The line of entry `index` in result.txt, from 1. */
static inline size_t kl_ranked_line(size_t index)
{
	return index + 3;
}

#endif
