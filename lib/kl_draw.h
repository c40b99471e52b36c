/* kl_draw.h -- seed and roster to tickets, ranks and roles. protocol §2. */
#ifndef KL_DRAW_H
#define KL_DRAW_H

#include "kl_ranking.h"
#include "kl_roster.h"

/*
 * ticket(e, u): SHA-256 of
 * "klero/1 ticket\nseed <S>\nentry <e>\nunit <u>\n".
 */
struct kl_hash kl_ticket(
    const struct kl_hash *seed, struct kl_span id, uint32_t unit);

/* T(e): the smallest ticket of units 1 to `weight`, which is at least 1. */
struct kl_hash kl_ticket_smallest(
    const struct kl_hash *seed, const struct kl_entry *entry);

/*
 * Rank the whole roster under `seed`, the hash S of seed.txt: the first
 * `select` are selected, the next `alternates` are alternates, as far as there
 * are any, the rest is not selected. The result is ready for
 * kl_ranking_write(); a shadow result (protocol §3) is the same computation
 * under the seed that would have been.
 *
 * `*ranking` is the caller's, to kl_ranking_clear(); its ids point to where
 * those of `roster` point.
 *
 * KL_RANGE       select is 0 or more than there are entries, or over
 *                KL_SELECT_MAX; alternates over KL_SELECT_MAX; a weight or
 *                their sum out of bounds, no entry at all or too many
 * KL_NO_MEMORY
 */
enum kl_result kl_draw(const struct kl_roster *roster,
    const struct kl_hash *seed, size_t select, size_t alternates,
    struct kl_ranking *ranking) KL_MUST_CHECK;

#endif
