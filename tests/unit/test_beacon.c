/* drand chains: what is pinned, chain info, rounds and their signatures. */
#include "beacons.h"

static struct kl_drand_signature signature_at(const char *path, size_t index)
{
	const char *hex = recorded_signature(path, index);
	struct kl_drand_signature signature;

	assert_int_equal(kl_unhex(hex, strlen(hex), signature.bytes,
			     sizeof(signature.bytes)),
	    KL_OK);
	return signature;
}

/* --- chain info ----------------------------------------------------------- */

static enum kl_result read_json(const json_t *info, struct kl_chain *chain)
{
	char *text = json_dumps(info, 0);
	enum kl_result result = kl_chain_read(text, strlen(text), chain);

	free(text);
	return result;
}

/* What is built in is what the chain says of itself. */
static void pins_quicknet(void **state)
{
	struct kl_chain chain = recorded_chain(DRAND_VECTORS "quicknet.json");
	struct kl_hash other = kl_hash_of("other", 5);

	(void)state;
	assert_memory_equal(&chain.hash, &kl_quicknet.hash, KL_HASH_SIZE);
	assert_memory_equal(chain.key, kl_quicknet.key, sizeof(chain.key));
	assert_int_equal(chain.genesis, kl_quicknet.genesis);
	assert_int_equal(chain.period_s, kl_quicknet.period_s);
	assert_ptr_equal(kl_chain_pinned(&chain.hash), &kl_quicknet);
	assert_null(kl_chain_pinned(&other));
}

static void reads_chain_info(void **state)
{
	struct kl_chain chain =
	    recorded_chain(DRAND_VECTORS "walkthrough.json");

	(void)state;
	assert_hash(&chain.hash, "af8b6fc95693b058a3a59efe586eb31c2c352fe00cf40"
				 "c62a427d87c34f7a235");
	assert_int_equal(chain.genesis, 1687506816);
	assert_int_equal(chain.period_s, 3);
}

/* One member of quicknet's info changed; NULL: taken away. */
static enum kl_result read_with(const char *name, json_t *value)
{
	json_auto_t *file = vectors_load(DRAND_VECTORS "quicknet.json");
	json_t *info = member(file, "chain_info");
	struct kl_chain chain = { .period_s = -1 };
	enum kl_result result;

	if (value)
		json_object_set_new(info, name, value);
	else
		json_object_del(info, name);
	result = read_json(info, &chain);
	assert_true(!result || chain.period_s == -1);
	return result;
}

static void refuses_what_is_no_chain_info(void **state)
{
	static const char *const needed[] = { "public_key", "period",
		"genesis_time", "hash", "groupHash", "schemeID" };

	(void)state;
	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++) {
		assert_int_equal(read_with(needed[i], NULL), KL_MALFORMED);
		assert_int_equal(
		    read_with(needed[i], json_true()), KL_MALFORMED);
		assert_int_equal(
		    read_with(needed[i], json_array()), KL_MALFORMED);
	}
	assert_int_equal(read_with("hash", json_string("52DB")), KL_MALFORMED);
	assert_int_equal(read_with("metadata", json_true()), KL_MALFORMED);
	assert_int_equal(
	    read_with("metadata", json_pack("{s:i}", "beaconID", 1)),
	    KL_MALFORMED);
	assert_int_equal(read_with("more", json_integer(1)), KL_OK);
}

static void refuses_another_scheme(void **state)
{
	json_auto_t *retired =
	    vectors_load(DRAND_VECTORS "fastnet-retired.json");
	json_auto_t *chained = vectors_load(DRAND_VECTORS "default.json");
	struct kl_chain chain;

	(void)state;
	assert_int_equal(
	    read_with("schemeID", json_string("bls-unchained-on-g1")),
	    KL_RANGE);
	assert_int_equal(
	    read_json(member(retired, "chain_info"), &chain), KL_RANGE);
	/* Its key is of 48 bytes. */
	assert_int_equal(
	    read_json(member(chained, "chain_info"), &chain), KL_MALFORMED);
}

/* Of another hash, another key, another group, another id. */
static void recomputes_the_hash(void **state)
{
	json_auto_t *other = vectors_load(DRAND_VECTORS "walkthrough.json");
	const json_t *info = member(other, "chain_info");

	(void)state;
	assert_int_equal(
	    read_with("hash", json_incref(member(info, "hash"))), KL_MISMATCH);
	assert_int_equal(
	    read_with("public_key", json_incref(member(info, "public_key"))),
	    KL_MISMATCH);
	assert_int_equal(
	    read_with("groupHash", json_incref(member(info, "groupHash"))),
	    KL_MISMATCH);
	assert_int_equal(read_with("period", json_integer(30)), KL_MISMATCH);
	assert_int_equal(
	    read_with("genesis_time", json_integer(1692803368)), KL_MISMATCH);
	assert_int_equal(read_with("metadata", NULL), KL_MISMATCH);
	assert_int_equal(
	    read_with("metadata", json_pack("{s:s}", "beaconID", "default")),
	    KL_MISMATCH);
}

/* The info of a chain that never was, with the hash it would have. */
static enum kl_result read_made(
    int64_t genesis, int64_t period, const char *id, const char *key)
{
	uint64_t big_genesis = htobe64((uint64_t)genesis);
	uint32_t big_period = htobe32((uint32_t)period);
	uint8_t group[KL_HASH_SIZE] = { 1 }, bytes[KL_BLS_KEY_SIZE];
	char group_hex[KL_HASH_HEX], hash_hex[KL_HASH_HEX];
	struct kl_hasher hasher;
	struct kl_hash hash;
	struct kl_chain chain;
	json_auto_t *info = NULL;

	assert_int_equal(
	    kl_unhex(key, strlen(key), bytes, sizeof(bytes)), KL_OK);
	kl_hasher_init(&hasher);
	kl_hasher_add(&hasher, &big_period, sizeof(big_period));
	kl_hasher_add(&hasher, &big_genesis, sizeof(big_genesis));
	kl_hasher_add(&hasher, bytes, sizeof(bytes));
	kl_hasher_add(&hasher, group, sizeof(group));
	if (strcmp(id, "default") != 0)
		kl_hasher_add_text(&hasher, id);
	hash = kl_hasher_end(&hasher);
	kl_hash_hex(&hash, hash_hex);
	kl_hex(group, sizeof(group), group_hex);
	info = json_pack("{s:s, s:I, s:I, s:s, s:s, s:s, s:{s:s}}",
	    "public_key", key, "period", (json_int_t)period, "genesis_time",
	    (json_int_t)genesis, "hash", hash_hex, "groupHash", group_hex,
	    "schemeID", "bls-unchained-g1-rfc9380", "metadata", "beaconID", id);
	return read_json(info, &chain);
}

static void keeps_the_limits_of_chains(void **state)
{
	json_auto_t *file = vectors_load(DRAND_VECTORS "quicknet.json");
	json_auto_t *points = vectors_load("tests/vectors/bls/points.json");
	const json_t *off = json_array_get(member(points, "keys"), 0);
	const char *key = text_of(member(file, "chain_info"), "public_key");

	(void)state;
	assert_int_equal(read_made(0, 1, "default", key), KL_OK);
	assert_int_equal(read_made(0, 1, "test", key), KL_OK);
	assert_int_equal(
	    read_made(KL_TIME_MAX, UINT32_MAX, "test", key), KL_OK);
	assert_int_equal(read_made(-1, 1, "test", key), KL_RANGE);
	assert_int_equal(read_made(KL_TIME_MAX + 1, 1, "test", key), KL_RANGE);
	assert_int_equal(read_made(0, 0, "test", key), KL_RANGE);
	assert_int_equal(
	    read_made(0, (int64_t)UINT32_MAX + 1, "test", key), KL_RANGE);
	assert_int_equal(
	    read_made(0, 1, "test", text_of(off, "point")), KL_RANGE);
}

static void keeps_the_limits_of_texts(void **state)
{
	static char text[KL_CHAIN_INFO_SIZE_MAX + 1];
	json_auto_t *file = vectors_load(DRAND_VECTORS "quicknet.json");
	char *info = json_dumps(member(file, "chain_info"), 0);
	size_t size = strlen(info);
	struct kl_chain chain;

	(void)state;
	memset(text, ' ', sizeof(text));
	memcpy(text, info, size);
	free(info);
	assert_int_equal(kl_chain_read(text, size - 1, &chain), KL_MALFORMED);
	assert_int_equal(
	    kl_chain_read(text, KL_CHAIN_INFO_SIZE_MAX, &chain), KL_OK);
	assert_int_equal(
	    kl_chain_read(text, sizeof(text), &chain), KL_TOO_LARGE);
	assert_int_equal(kl_chain_read("{\"a\":-0}", 8, &chain), KL_MALFORMED);
	assert_int_equal(kl_chain_read("", 0, &chain), KL_MALFORMED);
}

/* --- rounds --------------------------------------------------------------- */

static void finds_the_round_of_a_time(void **state)
{
	const struct kl_chain *chain = &kl_quicknet;
	int64_t genesis = chain->genesis;

	(void)state;
	assert_int_equal(kl_chain_round(chain, KL_TIME_MIN), 1);
	assert_int_equal(kl_chain_round(chain, genesis - 1), 1);
	assert_int_equal(kl_chain_round(chain, genesis), 1);
	assert_int_equal(kl_chain_round(chain, genesis + 1), 2);
	assert_int_equal(kl_chain_round(chain, genesis + 3), 2);
	assert_int_equal(kl_chain_round(chain, genesis + 4), 3);
	for (int64_t i = -2; i <= 0; i++)
		assert_int_equal(
		    kl_chain_round(chain, QUICKNET_TIME + i), QUICKNET_ROUND);
	assert_int_equal(
	    kl_chain_round(chain, QUICKNET_TIME + 1), QUICKNET_ROUND + 1);
	assert_int_equal(kl_chain_time(chain, 1), genesis);
	assert_int_equal(kl_chain_time(chain, QUICKNET_ROUND), QUICKNET_TIME);
}

/* The recorded ones say when they are. */
static void knows_when_recorded_rounds_are(void **state)
{
	json_auto_t *file = vectors_load(DRAND_VECTORS "quicknet.json");
	json_t *round;
	size_t index;

	(void)state;
	json_array_foreach (member(file, "rounds"), index, round) {
		int64_t time = (int64_t)number_of(round, "round_time_unix");
		int64_t number = (int64_t)number_of(round, "round");

		assert_int_equal(kl_chain_time(&kl_quicknet, number), time);
		assert_int_equal(kl_chain_round(&kl_quicknet, time), number);
	}
}

/* No round overflows, however far. */
static void ends_with_time(void **state)
{
	struct kl_chain chain = { .genesis = 10, .period_s = UINT32_MAX };
	int64_t last = (KL_TIME_MAX - 10) / UINT32_MAX + 1;

	(void)state;
	assert_int_equal(
	    kl_chain_time(&chain, last), 10 + (last - 1) * UINT32_MAX);
	assert_int_equal(kl_chain_time(&chain, last + 1), KL_TIME_MAX);
	assert_int_equal(kl_chain_time(&chain, KL_INTEGER_MAX), KL_TIME_MAX);
	assert_int_equal(
	    kl_chain_time(&kl_quicknet, KL_INTEGER_MAX), KL_TIME_MAX);
}

/* --- signatures ----------------------------------------------------------- */

static void verifies_recorded_rounds(void **state)
{
	json_auto_t *file = vectors_load(DRAND_VECTORS "quicknet.json");
	struct kl_chain other =
	    recorded_chain(DRAND_VECTORS "walkthrough.json");
	json_t *round;
	size_t index;

	(void)state;
	json_array_foreach (member(file, "rounds"), index, round) {
		struct kl_drand_signature signature =
		    signature_at(DRAND_VECTORS "quicknet.json", index);
		struct kl_hash randomness =
		    kl_hash_of(&signature, sizeof(signature));
		int64_t number = (int64_t)number_of(round, "round");

		assert_int_equal(
		    kl_chain_verify(&kl_quicknet, number, &signature), KL_OK);
		assert_int_equal(
		    kl_chain_verify(&kl_quicknet, number + 1, &signature),
		    KL_MISMATCH);
		assert_int_equal(
		    kl_chain_verify(&other, number, &signature), KL_MISMATCH);
		/* What proves nothing is right all the same. */
		assert_hash(&randomness, text_of(round, "randomness"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pins_quicknet),
		cmocka_unit_test(reads_chain_info),
		cmocka_unit_test(refuses_what_is_no_chain_info),
		cmocka_unit_test(refuses_another_scheme),
		cmocka_unit_test(recomputes_the_hash),
		cmocka_unit_test(keeps_the_limits_of_chains),
		cmocka_unit_test(keeps_the_limits_of_texts),
		cmocka_unit_test(finds_the_round_of_a_time),
		cmocka_unit_test(knows_when_recorded_rounds_are),
		cmocka_unit_test(ends_with_time),
		cmocka_unit_test(verifies_recorded_rounds),
	};

	return cmocka_run_group_tests_name("kl_beacon", tests, NULL, NULL);
}
