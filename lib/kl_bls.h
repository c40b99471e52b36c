/* kl_bls.h -- BLS signatures on BLS12-381, verified and nothing else. */
#ifndef KL_BLS_H
#define KL_BLS_H

#include "kl_base.h"

enum {
	KL_BLS_SIGNATURE_SIZE = 48, /* a point of G1, compressed */
	KL_BLS_KEY_SIZE = 96,       /* a point of G2, compressed */
};

/*
 * The short-signature form of draft-irtf-cfrg-bls-signature-05, ciphersuite
 * BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_: drand's
 * bls-unchained-g1-rfc9380. Points are compressed as in zcash: big-endian, with
 * three flags in the first byte; the draft's §2.5 lets the ciphersuite choose,
 * and drand chose that.
 *
 * All is public, so nothing here hides how long it takes. It neither keeps
 * anything nor asks for memory. With KLERO_BLST the same two functions are
 * those of libblst.
 */

/*
 * Is this a key? KeyValidate of §2.5: a point of order r, not infinity.
 *
 * KL_MALFORMED   not the one encoding of a point: not compressed, or a
 *                coordinate of p or more
 * KL_RANGE       infinity, not on the curve, or not in the subgroup
 */
enum kl_result kl_bls_key_check(
    const uint8_t key[static KL_BLS_KEY_SIZE]) KL_MUST_CHECK;

/*
 * Is this the key's signature of the message? CoreVerify of §2.7; the key is
 * checked as well. There is exactly one, for each key and message.
 *
 * KL_MALFORMED   key or signature, as above
 * KL_RANGE       key or signature, as above
 * KL_MISMATCH    it is not
 */
enum kl_result kl_bls_verify(const uint8_t key[static KL_BLS_KEY_SIZE],
    const void *message, size_t size,
    const uint8_t signature[static KL_BLS_SIGNATURE_SIZE]) KL_MUST_CHECK;

#endif
