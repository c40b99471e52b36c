/* kl_beacon.h -- drand: which round there is when, and is its value genuine. */
#ifndef KL_BEACON_H
#define KL_BEACON_H

#include "kl_bls.h"
#include "kl_seed.h"

enum { KL_CHAIN_INFO_SIZE_MAX = 16 << 10 }; /* bytes of its JSON */

/* A drand chain of scheme bls-unchained-g1-rfc9380. */
struct kl_chain {
	struct kl_hash hash;
	uint8_t key[KL_BLS_KEY_SIZE];
	int64_t genesis;  /* time of round 1 */
	int64_t period_s; /* from 1, between two rounds */
};

/* The one that is built in. protocol §2: pinned by hash, key and scheme. */
extern const struct kl_chain kl_quicknet;

/* The chain of this hash, if it is built in; otherwise NULL. */
const struct kl_chain *kl_chain_pinned(const struct kl_hash *hash);

/*
 * Read chain info as drand serves it at /<hash>/info: public_key, period,
 * genesis_time, hash, groupHash, schemeID, metadata.beaconID, written in any
 * way that has a canonical form. What else it has is not looked at. The hash
 * is recomputed as drand does it:
 *
 *   SHA-256(u32be period || i64be genesis_time || public_key || groupHash ||
 *       beaconID, unless that is `default` or not there)
 *
 * It does not cover the scheme, so that must be ours.
 *
 * KL_MALFORMED   no JSON object of protocol §6, a member missing or of another
 *                form
 * KL_RANGE       another scheme, a time or a period that is none, a key that
 *                kl_bls_key_check() refuses
 * KL_MISMATCH    this is not its hash
 * KL_TOO_LARGE   over KL_CHAIN_INFO_SIZE_MAX, or deeper than JSON of ours
 * KL_NO_MEMORY
 */
enum kl_result kl_chain_read(
    const char *json, size_t size, struct kl_chain *chain) KL_MUST_CHECK;

/* The first round, from 1, that is not earlier than `due`. protocol §2. */
int64_t kl_chain_round(const struct kl_chain *chain, int64_t due);

/* When a round, from 1, is; KL_TIME_MAX for those after that. */
int64_t kl_chain_time(const struct kl_chain *chain, int64_t round);

/*
 * Is this the chain's signature of the round, from 1? What is signed is
 * SHA-256(u64be round). A round has one signature, so one randomness.
 *
 * KL_MALFORMED   not the one encoding of a point
 * KL_RANGE       not on the curve, not in the subgroup, infinity
 * KL_MISMATCH    not that round's, or not that chain's
 */
enum kl_result kl_chain_verify(const struct kl_chain *chain, int64_t round,
    const struct kl_drand_signature *signature) KL_MUST_CHECK;

#endif
