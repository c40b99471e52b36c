#include "kl_seed.h"

#include "kl_walk.h"

/* --- beacon.txt ----------------------------------------------------------- */

static void walk_value(struct kl_walk *walk, struct kl_beacon *beacon)
{
	kl_walk_beacon_kind(walk, &beacon->kind);
	switch (beacon->kind) {
	case KL_BEACON_NONE:
		kl_walk_require(walk, false, "there is no beacon to tell of");
		break;
	case KL_BEACON_PUBLIC:
		kl_walk_token(walk, &beacon->template);
		kl_walk_field(walk, &beacon->value);
		break;
	case KL_BEACON_NIST:
		kl_walk_hex(walk, beacon->certificate.bytes,
		    sizeof(beacon->certificate.bytes));
		kl_walk_hash(walk, &beacon->pulse);
		break;
	case KL_BEACON_DRAND:
		kl_walk_hash(walk, &beacon->chain);
		kl_walk_number(walk, &beacon->round, 1, KL_INTEGER_MAX);
		kl_walk_hex(
		    walk, beacon->signature.bytes, KL_DRAND_SIGNATURE_SIZE);
		break;
	}
	kl_walk_end_line(walk);
}

static void walk_beacon(struct kl_walk *walk, struct kl_beacon *beacon)
{
	kl_walk_kind(walk, "beacon");
	kl_walk_hash_line(walk, "declare", &beacon->declare);
	walk_value(walk, beacon);
	if (beacon->kind == KL_BEACON_PUBLIC)
		kl_walk_signed(walk, "attest", true, beacon->attests,
		    &beacon->attest_count);
}

enum kl_result kl_beacon_read(struct kl_beacon *beacon, const char *text,
    size_t size, struct kl_fault *fault)
{
	struct kl_walk walk = kl_walk_read(text, size);
	struct kl_beacon read = { 0 };

	walk_beacon(&walk, &read);
	if (kl_walk_end(&walk, fault) == KL_OK)
		*beacon = read;
	return walk.result;
}

enum kl_result kl_beacon_write(
    const struct kl_beacon *beacon, struct kl_buf *out)
{
	struct kl_walk walk = kl_walk_write(out);
	struct kl_beacon copy = *beacon;

	walk_beacon(&walk, &copy);
	return kl_walk_end(&walk, NULL);
}

/* --- what attesters sign -------------------------------------------------- */

static void walk_attestation(
    struct kl_walk *walk, struct kl_attestation *attestation)
{
	kl_walk_kind(walk, "public");
	kl_walk_hash_line(walk, "declare", &attestation->declare);
	kl_walk_hash_line(walk, "seal", &attestation->seal);
	kl_walk_word(walk, "value");
	kl_walk_field(walk, &attestation->value);
	kl_walk_end_line(walk);
}

enum kl_result kl_attestation_read(struct kl_attestation *attestation,
    const char *text, size_t size, struct kl_fault *fault)
{
	struct kl_walk walk = kl_walk_read(text, size);
	struct kl_attestation read = { 0 };

	walk_attestation(&walk, &read);
	if (kl_walk_end(&walk, fault) == KL_OK)
		*attestation = read;
	return walk.result;
}

enum kl_result kl_attestation_write(
    const struct kl_attestation *attestation, struct kl_buf *out)
{
	struct kl_walk walk = kl_walk_write(out);
	struct kl_attestation copy = *attestation;

	walk_attestation(&walk, &copy);
	return kl_walk_end(&walk, NULL);
}

/* --- seed.txt ------------------------------------------------------------- */

static void walk_seed(struct kl_walk *walk, struct kl_seed *seed)
{
	kl_walk_kind(walk, "seed");
	kl_walk_hash_line(walk, "seal", &seed->seal);
	kl_walk_word(walk, "beacon");
	kl_walk_beacon_kind(walk, &seed->kind);
	switch (seed->kind) {
	case KL_BEACON_NONE:
		break;
	case KL_BEACON_PUBLIC:
		kl_walk_field(walk, &seed->value);
		break;
	case KL_BEACON_NIST:
		kl_walk_number(walk, &seed->pulse_index, 0, KL_INTEGER_MAX);
		kl_walk_hex(walk, seed->output.bytes, KL_NIST_OUTPUT_SIZE);
		break;
	case KL_BEACON_DRAND:
		kl_walk_number(walk, &seed->round, 1, KL_INTEGER_MAX);
		kl_walk_hash(walk, &seed->randomness);
		break;
	}
	kl_walk_end_line(walk);
}

enum kl_result kl_seed_read(
    struct kl_seed *seed, const char *text, size_t size, struct kl_fault *fault)
{
	struct kl_walk walk = kl_walk_read(text, size);
	struct kl_seed read = { 0 };

	walk_seed(&walk, &read);
	if (kl_walk_end(&walk, fault) == KL_OK)
		*seed = read;
	return walk.result;
}

enum kl_result kl_seed_write(const struct kl_seed *seed, struct kl_buf *out)
{
	struct kl_walk walk = kl_walk_write(out);
	struct kl_seed copy = *seed;

	walk_seed(&walk, &copy);
	return kl_walk_end(&walk, NULL);
}
