/* kl_sign.h -- Ed25519: keys, signatures, and their hex. protocol §2. */
#ifndef KL_SIGN_H
#define KL_SIGN_H

#include "kl_base.h"

enum {
	KL_PUBLIC_KEY_SIZE = 32,
	KL_PUBLIC_KEY_HEX = 2 * KL_PUBLIC_KEY_SIZE + 1,
	KL_SEED_SIZE = 32, /* of RFC 8032: what a private key file holds */
	KL_SIGNATURE_SIZE = 64,
	KL_SIGNATURE_HEX = 2 * KL_SIGNATURE_SIZE + 1,
};

struct kl_public_key {
	uint8_t bytes[KL_PUBLIC_KEY_SIZE];
};

struct kl_signature {
	uint8_t bytes[KL_SIGNATURE_SIZE];
};

/*
 * What signs: made from a seed, never stored. Whoever declared it wipes it
 * with kl_signer_clear().
 */
struct kl_signer {
	uint8_t secret[KL_SEED_SIZE + KL_PUBLIC_KEY_SIZE]; /* libsodium's */
	struct kl_public_key key;
};

/*
 * Is this a key that a signature could be checked with: its y below p, a point
 * of the curve, not one of the eight of small order? RFC 8032 §5.1.3.
 *
 * KL_RANGE   it is not
 */
enum kl_result kl_public_key_check(
    const struct kl_public_key *key) KL_MUST_CHECK;

/*
 * Read 64 lower-case digits as a key and check it.
 *
 * KL_MALFORMED   no such hex
 * KL_RANGE       as kl_public_key_check()
 */
enum kl_result kl_public_key_read(
    const char *hex, size_t size, struct kl_public_key *key) KL_MUST_CHECK;

/* 64 lower-case digits and a NUL. */
void kl_public_key_hex(
    const struct kl_public_key *key, char hex[static KL_PUBLIC_KEY_HEX]);

bool kl_public_key_equal(
    const struct kl_public_key *left, const struct kl_public_key *right);

/*
 * Read 128 lower-case digits. Whether they sign anything is kl_verify()'s.
 *
 * KL_MALFORMED   no such hex
 */
enum kl_result kl_signature_read(
    const char *hex, size_t size, struct kl_signature *signature) KL_MUST_CHECK;

/* 128 lower-case digits and a NUL. */
void kl_signature_hex(
    const struct kl_signature *signature, char hex[static KL_SIGNATURE_HEX]);

/*
 * Did `key` sign these bytes? As libsodium verifies: RFC 8032 without
 * cofactor, S below the order, A canonical, neither A nor R of small order.
 *
 * KL_MISMATCH   it did not
 */
enum kl_result kl_verify(const struct kl_public_key *key, const void *message,
    size_t size, const struct kl_signature *signature) KL_MUST_CHECK;

/* The signer of a seed; the same seed gives the same key. RFC 8032 §5.1.5. */
void kl_signer_make(
    struct kl_signer *signer, const uint8_t seed[static KL_SEED_SIZE]);

/* Sign; the same message gives the same bytes. RFC 8032 §5.1.6. */
struct kl_signature kl_sign(
    const struct kl_signer *signer, const void *message, size_t size);

/* Wipe it. Clearing twice is harmless. */
void kl_signer_clear(struct kl_signer *signer);

#endif
