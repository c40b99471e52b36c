/* beacons.h -- genuine values of beacons, for packs that are made here. */
#ifndef BEACONS_H
#define BEACONS_H

#include "kl_beacon.h"
#include "kl_canon.h"
#include "kl_pulse.h"
#include "vectors.h"

#define DRAND_VECTORS "tests/vectors/drand/"
#define NIST_VECTORS  "tests/vectors/nist/"

enum { PULSE_MAX = 8192 };

/* Round 32398885 of quicknet, at 2026-09-21T14:13:39Z. */
#define QUICKNET_ROUND 32398885
#define QUICKNET_TIME  INT64_C(1790000019)

/* Pulse 54609 of NIST's chain 1, at 2018-08-30T17:43:00Z. */
#define NIST_TIME      INT64_C(1535650980)

/* A signature as recorded, of the round that is `index`th in a file. */
static inline const char *recorded_signature(const char *path, size_t index)
{
	static char hex[2 * KL_DRAND_SIGNATURE_SIZE + 1];
	json_auto_t *file = vectors_load(path);

	snprintf(hex, sizeof(hex), "%s",
	    text_of(
		json_array_get(member(file, "rounds"), index), "signature"));
	return hex;
}

/* The chain of such a file. */
static inline struct kl_chain recorded_chain(const char *path)
{
	json_auto_t *file = vectors_load(path);
	char *info = json_dumps(member(file, "chain_info"), 0);
	struct kl_chain chain;

	assert_int_equal(kl_chain_read(info, strlen(info), &chain), KL_OK);
	free(info);
	return chain;
}

/* Canonical JSON, as a pack has it; good until the next call. */
static inline const char *pulse_text(const json_t *pulse)
{
	static char text[PULSE_MAX];
	struct kl_buf out = KL_BUF(PULSE_MAX - 1);

	assert_int_equal(kl_canon_write(&out, pulse), KL_OK);
	memcpy(text, out.data, out.size);
	text[out.size] = '\0';
	kl_buf_clear(&out);
	return text;
}

/* NIST's pulse 54609. */
static inline const char *nist_pulse(void)
{
	json_auto_t *file = vectors_load(NIST_VECTORS "pulse-54609.json");

	return pulse_text(member(file, "pulse"));
}

/* One of two that follow each other, of a certificate nobody pins; the first
 * is of 2026-07-08T10:05:00Z. */
static inline const char *test_pulse(size_t index)
{
	json_auto_t *file = vectors_load(NIST_VECTORS "test-pulses.json");

	return pulse_text(json_array_get(member(file, "pulses"), index));
}

static inline struct kl_certificate test_certificate(void)
{
	json_auto_t *file = vectors_load(NIST_VECTORS "test-pulses.json");
	const char *pem = text_of(file, "certificate");
	struct kl_certificate certificate;

	assert_int_equal(
	    kl_certificate_read(pem, strlen(pem), &certificate), KL_OK);
	return certificate;
}

#endif
