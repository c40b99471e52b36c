#include "kl_beacon.h"

#include "kl_canon.h"

#include <assert.h>

static const char scheme[] = "bls-unchained-g1-rfc9380";

/* drand.love, api.drand.sh/v2/chains: quicknet, launched in August 2023. */
const struct kl_chain kl_quicknet = {
	.hash = { {
			0x52, 0xdb, 0x9b, 0xa7, 0x0e, 0x0c, 0xc0, 0xf6,
			0xea, 0xf7, 0x80, 0x3d, 0xd0, 0x74, 0x47, 0xa1,
			0xf5, 0x47, 0x77, 0x35, 0xfd, 0x3f, 0x66, 0x17,
			0x92, 0xba, 0x94, 0x60, 0x0c, 0x84, 0xe9, 0x71,
	} },
	.key = {
		0x83, 0xcf, 0x0f, 0x28, 0x96, 0xad, 0xee, 0x7e,
		0xb8, 0xb5, 0xf0, 0x1f, 0xca, 0xd3, 0x91, 0x22,
		0x12, 0xc4, 0x37, 0xe0, 0x07, 0x3e, 0x91, 0x1f,
		0xb9, 0x00, 0x22, 0xd3, 0xe7, 0x60, 0x18, 0x3c,
		0x8c, 0x4b, 0x45, 0x0b, 0x6a, 0x0a, 0x6c, 0x3a,
		0xc6, 0xa5, 0x77, 0x6a, 0x2d, 0x10, 0x64, 0x51,
		0x0d, 0x1f, 0xec, 0x75, 0x8c, 0x92, 0x1c, 0xc2,
		0x2b, 0x0e, 0x17, 0xe6, 0x3a, 0xaf, 0x4b, 0xcb,
		0x5e, 0xd6, 0x63, 0x04, 0xde, 0x9c, 0xf8, 0x09,
		0xbd, 0x27, 0x4c, 0xa7, 0x3b, 0xab, 0x4a, 0xf5,
		0xa6, 0xe9, 0xc7, 0x6a, 0x4b, 0xc0, 0x9e, 0x76,
		0xea, 0xe8, 0x99, 0x1e, 0xf5, 0xec, 0xe4, 0x5a,
	},
	.genesis = 1692803367,
	.period_s = 3,
};

const struct kl_chain *kl_chain_pinned(const struct kl_hash *hash)
{
	return kl_hash_equal(hash, &kl_quicknet.hash) ? &kl_quicknet : NULL;
}

/* --- chain info ----------------------------------------------------------- */

/* Values and brackets that chain info may have. */
enum { TOKENS_MAX = 256 };

/* What the JSON says, before it is put together. */
struct info {
	struct kl_hash hash, group;
	uint8_t key[KL_BLS_KEY_SIZE];
	int64_t genesis, period_s;
	const char *scheme;
	const char *id; /* NULL: not there */
};

static bool take_hex(
    const json_t *object, const char *name, void *bytes, size_t size)
{
	const json_t *value = json_object_get(object, name);

	return json_is_string(value) &&
	       !kl_unhex(json_string_value(value), json_string_length(value),
		   bytes, size);
}

static bool take_number(const json_t *object, const char *name, int64_t *number)
{
	const json_t *value = json_object_get(object, name);

	*number = json_integer_value(value);
	return json_is_integer(value);
}

static bool take(const json_t *object, struct info *info)
{
	const json_t *metadata = json_object_get(object, "metadata");
	const json_t *id = json_object_get(metadata, "beaconID");

	info->scheme = json_string_value(json_object_get(object, "schemeID"));
	info->id = json_string_value(id);
	return take_hex(object, "hash", &info->hash, sizeof(info->hash)) &&
	       take_hex(
		   object, "groupHash", &info->group, sizeof(info->group)) &&
	       take_hex(object, "public_key", info->key, sizeof(info->key)) &&
	       take_number(object, "genesis_time", &info->genesis) &&
	       take_number(object, "period", &info->period_s) && info->scheme &&
	       (!metadata || json_is_object(metadata)) && (!id || info->id);
}

static struct kl_hash hash_of(const struct info *info)
{
	uint32_t period = htobe32((uint32_t)info->period_s);
	uint64_t genesis = htobe64((uint64_t)info->genesis);
	struct kl_hasher hasher;

	kl_hasher_init(&hasher);
	kl_hasher_add(&hasher, &period, sizeof(period));
	kl_hasher_add(&hasher, &genesis, sizeof(genesis));
	kl_hasher_add(&hasher, info->key, sizeof(info->key));
	kl_hasher_add(&hasher, &info->group, sizeof(info->group));
	if (info->id && strcmp(info->id, "default") != 0)
		kl_hasher_add_text(&hasher, info->id);
	return kl_hasher_end(&hasher);
}

static enum kl_result check(const struct info *info, struct kl_chain *chain)
{
	struct kl_hash hash;

	if (strcmp(info->scheme, scheme) != 0 || info->genesis < 0 ||
	    info->genesis > KL_TIME_MAX || info->period_s < 1 ||
	    info->period_s > UINT32_MAX)
		return KL_RANGE;
	hash = hash_of(info);
	if (!kl_hash_equal(&hash, &info->hash))
		return KL_MISMATCH;
	if (kl_bls_key_check(info->key))
		return KL_RANGE;
	*chain = (struct kl_chain){ .hash = hash,
		.genesis = info->genesis,
		.period_s = info->period_s };
	memcpy(chain->key, info->key, sizeof(chain->key));
	return KL_OK;
}

enum kl_result kl_chain_read(
    const char *json, size_t size, struct kl_chain *chain)
{
	struct info info;
	enum kl_result result;
	json_t *object;

	if (size > KL_CHAIN_INFO_SIZE_MAX)
		return KL_TOO_LARGE;
	result = kl_canon_read(json, size, TOKENS_MAX, &object, NULL);
	if (result)
		return result == KL_RANGE ? KL_MALFORMED : result;
	result = take(object, &info) ? check(&info, chain) : KL_MALFORMED;
	json_decref(object);
	return result;
}

/* --- rounds --------------------------------------------------------------- */

/* Round n is at genesis + (n - 1) period: ⌈(due - genesis) / period⌉ + 1. */
int64_t kl_chain_round(const struct kl_chain *chain, int64_t due)
{
	int64_t elapsed = due - chain->genesis;

	if (elapsed <= 0)
		return 1;
	return (elapsed + chain->period_s - 1) / chain->period_s + 1;
}

int64_t kl_chain_time(const struct kl_chain *chain, int64_t round)
{
	int64_t last = (KL_TIME_MAX - chain->genesis) / chain->period_s;

	if (round - 1 > last)
		return KL_TIME_MAX;
	return chain->genesis + (round - 1) * chain->period_s;
}

enum kl_result kl_chain_verify(const struct kl_chain *chain, int64_t round,
    const struct kl_drand_signature *signature)
{
	uint64_t big = htobe64((uint64_t)round);
	struct kl_hash message = kl_hash_of(&big, sizeof(big));

	static_assert((int)KL_DRAND_SIGNATURE_SIZE == KL_BLS_SIGNATURE_SIZE,
	    "a signature is a point of G1");
	return kl_bls_verify(
	    chain->key, &message, sizeof(message), signature->bytes);
}
