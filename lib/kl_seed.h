/* kl_seed.h -- the last randomness: beacon.txt, its attestation, seed.txt. */
#ifndef KL_SEED_H
#define KL_SEED_H

#include "kl_declare.h"
#include "kl_text.h"

enum { KL_DRAND_SIGNATURE_SIZE = 48, KL_NIST_OUTPUT_SIZE = 64 };

/* Scheme bls-unchained-g1-rfc9380: one point of G1. */
struct kl_drand_signature {
	uint8_t bytes[KL_DRAND_SIGNATURE_SIZE];
};

struct kl_nist_output {
	uint8_t bytes[KL_NIST_OUTPUT_SIZE];
};

/*
 * beacon.txt. Only the members of its kind mean anything; the kind is never
 * none. With public: at least two attest, in declared order, nobody twice,
 * one of them `supervisor` or `entrants`.
 */
struct kl_beacon {
	struct kl_hash declare;
	enum kl_beacon_kind kind;
	struct kl_span template, value;           /* public */
	struct kl_certificate_id certificate;     /* nist */
	struct kl_hash pulse;                     /* nist: H(pulse.json) */
	struct kl_hash chain;                     /* drand */
	int64_t round;                            /* drand: from 1 */
	struct kl_drand_signature signature;      /* drand */
	struct kl_signed attests[KL_PARTIES_MAX]; /* public */
	size_t attest_count;
};

enum kl_result kl_beacon_read(struct kl_beacon *beacon, const char *text,
    size_t size, struct kl_fault *fault) KL_MUST_CHECK;
enum kl_result kl_beacon_write(
    const struct kl_beacon *beacon, struct kl_buf *out) KL_MUST_CHECK;

/* The line of attester `index` in beacon.txt, from 1. */
static inline size_t kl_attest_line(size_t index)
{
	return index + 4;
}

/* What an attester of a public value signs. protocol §2, beacon.txt. */
struct kl_attestation {
	struct kl_hash declare, seal; /* D, E */
	struct kl_span value;
};

enum kl_result kl_attestation_read(struct kl_attestation *attestation,
    const char *text, size_t size, struct kl_fault *fault) KL_MUST_CHECK;
enum kl_result kl_attestation_write(
    const struct kl_attestation *attestation, struct kl_buf *out) KL_MUST_CHECK;

/* seed.txt; its hash S makes the tickets. */
struct kl_seed {
	struct kl_hash seal; /* E */
	enum kl_beacon_kind kind;
	struct kl_span value;         /* public */
	int64_t pulse_index;          /* nist */
	struct kl_nist_output output; /* nist */
	int64_t round;                /* drand: from 1 */
	struct kl_hash randomness;    /* drand: SHA-256 of the signature */
};

enum kl_result kl_seed_read(struct kl_seed *seed, const char *text, size_t size,
    struct kl_fault *fault) KL_MUST_CHECK;
enum kl_result kl_seed_write(
    const struct kl_seed *seed, struct kl_buf *out) KL_MUST_CHECK;

#endif
