/* kl_party_private.h -- the parts that kl_party is made of. */
#ifndef KL_PARTY_PRIVATE_H
#define KL_PARTY_PRIVATE_H

#include "kl_pack_private.h"
#include "kl_party.h"

/* --- kl_party_previous.c -------------------------------------------------- */

/*
 * Does the declaration of a later attempt name the one before it, which is
 * over, without a result that stands? After the pass of the log.
 */
void kl_party_check_previous(struct kl_pack_attempt *attempt);

#endif
