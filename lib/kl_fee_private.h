/* kl_fee_private.h -- a fee before it is rounded, for kl_fee and its change. */
#ifndef KL_FEE_PRIVATE_H
#define KL_FEE_PRIVATE_H

#include "kl_fee.h"

/* Every rate times every quantity, less a discount, is below 2^121. */
__extension__ typedef unsigned __int128 kl_fee_wide;

/* How many of the parts in which a fee of this unit is exact are one fen. */
kl_fee_wide kl_fee_parts(enum kl_fee_unit unit);

/* The formula less the discount, in these parts; of a sound schedule. */
kl_fee_wide kl_fee_exact(
    const struct kl_fee_schedule *schedule, int64_t quantity);

/* The same between the minimum and the maximum. */
kl_fee_wide kl_fee_bounded(
    const struct kl_fee_schedule *schedule, int64_t quantity);

#endif
