/* kl_pulse.h -- pulses of the NIST beacon: are they genuine, do they join? */
#ifndef KL_PULSE_H
#define KL_PULSE_H

#include "kl_buf.h"
#include "kl_seed.h"

#include <jansson.h>

enum {
	KL_PULSE_HASH_SIZE = KL_NIST_OUTPUT_SIZE, /* of all its hashes */
	KL_PULSE_TEXT_MAX = 256, /* bytes of its uri, version, time */
	KL_RSA_SIZE_MIN = 256,   /* bytes of a modulus: 2048 bits */
	KL_RSA_SIZE_MAX = 512,   /* 4096 bits */
	KL_CERTIFICATE_SIZE_MAX = 64 << 10, /* bytes of a PEM file */
};

/* The key pulses are signed with; its exponent is 65537. */
struct kl_certificate {
	struct kl_certificate_id id;      /* SHA-512 of the certificate's DER */
	uint8_t modulus[KL_RSA_SIZE_MAX]; /* `size` bytes, big-endian */
	size_t size;
};

/* The one that is built in: NIST's of 2018. It ran out in 2019 and signs on,
 * so dates are not looked at. protocol §2. */
extern const struct kl_certificate kl_nist_certificate;

/* The certificate of this id, if it is built in; otherwise NULL. */
const struct kl_certificate *kl_certificate_pinned(
    const struct kl_certificate_id *id);

/*
 * Read the first certificate of a PEM file (RFC 7468): its id, and its RSA key
 * (RFC 5280 §4.1, RFC 8017 appendix A.1.1). Nothing else of it is looked at,
 * and nobody's signature of it: who gives it vouches for it.
 *
 * KL_MALFORMED   no certificate, or not DER as far as the key
 * KL_RANGE       no RSA key of 2048 to 4096 bits, odd, with exponent 65537
 * KL_TOO_LARGE   over KL_CERTIFICATE_SIZE_MAX
 * KL_NO_MEMORY
 */
enum kl_result kl_certificate_read(const char *pem, size_t size,
    struct kl_certificate *certificate) KL_MUST_CHECK;

/* The time of the first pulse that is not earlier than `due`: there is one each
 * whole minute. protocol §2. */
int64_t kl_pulse_time(int64_t due);

/* Some hash of a pulse: 128 digits, of upper or lower case as served. */
bool kl_pulse_hash(
    const json_t *value, uint8_t hash[static KL_PULSE_HASH_SIZE]);

/*
 * Is it the pulse of that minute, under the certificate of this id, and in
 * order: statusCode 0? Whether it is genuine is kl_pulse_verify()'s.
 */
bool kl_pulse_is_of(
    const json_t *pulse, const struct kl_certificate_id *id, int64_t time);

/*
 * Append what is signed of a pulse: format 2.0 of NISTIR 8213 (draft), as
 * tests/vectors/nist/format.json has it. The pulse is the object under
 * `pulse`, as served.
 *
 * KL_MALFORMED   a member that the format needs is missing or of another
 *                form: version `Version 2.0`, cipherSuite 0, listValues
 *                previous, hour, day, month, year in this order
 * KL_TOO_LARGE   `out` is full
 * KL_NO_MEMORY
 */
enum kl_result kl_pulse_message(
    const json_t *pulse, struct kl_buf *out) KL_MUST_CHECK;

/*
 * What seed.txt says of the value in beacon.txt, all but its seal; with nist
 * `pulse` is the one that it names, else not looked at. protocol §2.
 *
 * KL_MALFORMED   the pulse has no pulseIndex or outputValue of their form
 */
enum kl_result kl_seed_of(const struct kl_beacon *beacon, const json_t *pulse,
    struct kl_seed *seed) KL_MUST_CHECK;

/*
 * Is the pulse this certificate's? Its signature is RSASSA-PKCS1-v1_5 with
 * SHA-512 (RFC 8017 §8.2), its certificateId this one's, and its outputValue
 * SHA-512(message || signature).
 *
 * KL_MALFORMED   as above; so for signatureValue and outputValue
 * KL_MISMATCH    it is not
 * KL_NO_MEMORY
 */
enum kl_result kl_pulse_verify(const json_t *pulse,
    const struct kl_certificate *certificate) KL_MUST_CHECK;

/*
 * Is `later` the very next pulse after `earlier`, both verified? It is of the
 * same chain, has the next index and the earlier output as `previous`, and
 * its localRandomValue is what the earlier one committed itself to.
 *
 * KL_MALFORMED   a member of either is missing or of another form
 * KL_MISMATCH    it is not
 */
enum kl_result kl_pulse_follows(
    const json_t *earlier, const json_t *later) KL_MUST_CHECK;

#endif
