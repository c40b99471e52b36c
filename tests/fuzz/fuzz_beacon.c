/*
 * Chain info, pulses, certificates, and bytes as points: whatever is taken
 * keeps its rules, and nothing but what was recorded is genuine.
 */
#include "kl_beacon.h"
#include "kl_canon.h"
#include "kl_pulse.h"

#include <assert.h>
#include <string.h>

enum { TOKENS_MAX = 1024, MESSAGE_MAX = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A chain that is read has a key, and its rounds and times agree. */
static void check_chain(const char *text, size_t size)
{
	struct kl_chain chain;

	if (kl_chain_read(text, size, &chain))
		return;
	assert(!kl_bls_key_check(chain.key));
	assert(chain.period_s > 0 && chain.genesis >= 0);
	for (int64_t round = 1; round < KL_INTEGER_MAX / 4; round *= 3) {
		int64_t time = kl_chain_time(&chain, round);

		assert(time <= KL_TIME_MAX);
		if (time == KL_TIME_MAX)
			break;
		assert(kl_chain_round(&chain, time) == round);
		assert(kl_chain_round(&chain, time + 1) == round + 1);
	}
}

/* The outputs of both recorded pulses begin so. */
static bool is_recorded(const json_t *pulse)
{
	static const uint8_t first[][4] = { { 0x76, 0x65, 0xf0, 0x54 },
		{ 0x20, 0x69, 0x5b, 0x01 } };
	uint8_t output[KL_PULSE_HASH_SIZE];

	return kl_pulse_hash(json_object_get(pulse, "outputValue"), output) &&
	       (memcmp(output, first[0], 4) == 0 ||
		   memcmp(output, first[1], 4) == 0);
}

static void check_pulse(const char *text, size_t size)
{
	struct kl_buf message = KL_BUF(MESSAGE_MAX);
	json_t *object, *pulse;

	if (kl_canon_read(text, size, TOKENS_MAX, &object, NULL))
		return;
	pulse = json_object_get(object, "pulse");
	pulse = pulse ? pulse : object;
	if (kl_pulse_message(pulse, &message))
		assert(kl_pulse_verify(pulse, &kl_nist_certificate));
	else if (!kl_pulse_verify(pulse, &kl_nist_certificate))
		assert(is_recorded(pulse));
	assert(kl_pulse_follows(pulse, pulse));
	kl_buf_clear(&message);
	json_decref(object);
}

/* A certificate with the pinned id is the pinned one. */
static void check_certificate(const char *text, size_t size)
{
	struct kl_certificate certificate;

	if (kl_certificate_read(text, size, &certificate))
		return;
	assert(certificate.size >= KL_RSA_SIZE_MIN);
	assert(certificate.size <= KL_RSA_SIZE_MAX);
	if (kl_certificate_pinned(&certificate.id))
		assert(memcmp(&certificate, &kl_nist_certificate,
			   sizeof(certificate)) == 0);
}

/* A point has one encoding: not without the flag, nor with that of infinity.
 * Its negative is a point as well. */
static void check_key(const uint8_t *data)
{
	uint8_t key[KL_BLS_KEY_SIZE];

	memcpy(key, data, sizeof(key));
	if (kl_bls_key_check(key))
		return;
	key[0] ^= 0x20;
	assert(!kl_bls_key_check(key));
	key[0] ^= 0x40;
	assert(kl_bls_key_check(key));
	key[0] ^= 0xc0;
	assert(kl_bls_key_check(key));
}

/* Round 1 of quicknet has one signature. */
static void check_signature(const uint8_t *data)
{
	static const uint8_t recorded[] = { 0xb5, 0x5e, 0x7c, 0xb2, 0xd5, 0xc6,
		0x13, 0xee, 0x0b, 0x2e, 0x28, 0xd6, 0x75, 0x0a, 0xab, 0xbb,
		0x78, 0xc3, 0x9d, 0xcc, 0x96, 0xbd, 0x9d, 0x38, 0xc2, 0xc2,
		0xe1, 0x21, 0x98, 0xdf, 0x95, 0x57, 0x1d, 0xe8, 0xe8, 0xe4,
		0x02, 0xa0, 0xcc, 0x48, 0x87, 0x1c, 0x70, 0x89, 0xa2, 0xb3,
		0xaf, 0x4b };
	struct kl_drand_signature signature;

	memcpy(signature.bytes, data, sizeof(signature.bytes));
	assert((kl_chain_verify(&kl_quicknet, 1, &signature) == KL_OK) ==
	       (memcmp(data, recorded, sizeof(recorded)) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = size > 0 ? (const char *)data : "";

	check_chain(text, size);
	check_pulse(text, size);
	check_certificate(text, size);
	if (size >= KL_DRAND_SIGNATURE_SIZE)
		check_signature(data);
	if (size >= KL_BLS_KEY_SIZE)
		check_key(data);
	return 0;
}
