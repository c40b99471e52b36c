/* Checkpoints are read strictly and written as another program does. */
#include "kl_checkpoint.h"
#include "vectors.h"

static void check_body(const json_t *vector)
{
	json_t *body = member(vector, "body");
	bool ok = json_is_true(member(vector, "ok"));
	struct kl_checkpoint checkpoint;
	enum kl_result result = kl_checkpoint_read(
	    json_string_value(body), json_string_length(body), &checkpoint);

	if (ok != !result)
		fail_msg("%s: %d", text_of(vector, "desc"), result);
}

static void reads_bodies_as_others(void **state)
{
	json_t *file = vectors_load(TLOG "checkpoint.json");
	json_t *bodies = member(file, "bodies");

	(void)state;
	assert_int_equal(json_array_size(bodies), 18);
	for (size_t i = 0; i < json_array_size(bodies); i++)
		check_body(json_array_get(bodies, i));
	print_message("checkpoint.json: 18 bodies\n");
	json_decref(file);
}

static struct kl_note_key key_of(const json_t *vector)
{
	json_t *vkey = json_object_get(vector, "vkey");
	struct kl_note_key key = { 0 };
	struct kl_signer signer;
	const char *name = text_of(vector, "origin");
	uint8_t seed[KL_SEED_SIZE];

	if (vkey) {
		assert_int_equal(kl_note_key_read(json_string_value(vkey),
				     json_string_length(vkey), &key),
		    KL_OK);
	} else if (json_object_get(vector, "seed_hex")) {
		assert_int_equal(kl_unhex(text_of(vector, "seed_hex"), 64, seed,
				     sizeof(seed)),
		    KL_OK);
		kl_signer_make(&signer, seed);
		assert_int_equal(kl_note_key_make(&key, name, strlen(name),
				     KL_KEY_NOTE, &signer.key),
		    KL_OK);
	}
	return key;
}

static void check_signed(const json_t *vector)
{
	const char *bytes = text_of(vector, "signed");
	const char *origin = text_of(vector, "origin");
	struct kl_note_key key = key_of(vector);
	struct kl_checkpoint checkpoint;
	struct kl_note note;

	assert_int_equal(kl_note_read(bytes, strlen(bytes), &note), KL_OK);
	assert_int_equal(
	    kl_checkpoint_read(note.text, note.text_size, &checkpoint), KL_OK);
	assert_int_equal(checkpoint.size, number_of(vector, "size"));
	assert_int_equal(checkpoint.origin_size, strlen(origin));
	assert_memory_equal(checkpoint.origin, origin, strlen(origin));
	assert_int_equal(kl_note_verify(&note, &key, 1, NULL),
	    json_object_get(vector, "ok") ? KL_OK : KL_MISMATCH);
}

static void reads_signed_ones_as_others(void **state)
{
	json_t *file = vectors_load(TLOG "checkpoint.json");
	json_t *vectors = member(file, "checkpoints");

	(void)state;
	assert_int_equal(json_array_size(vectors), 4);
	for (size_t i = 0; i < json_array_size(vectors); i++)
		check_signed(json_array_get(vectors, i));
	print_message("checkpoint.json: 4 signed\n");
	json_decref(file);
}

static void hashes_origins_bare(void **state)
{
	json_t *file = vectors_load(TLOG "checkpoint.json");
	json_t *cases = member(member(file, "origin_ids"), "cases");

	(void)state;
	for (size_t i = 0; i < json_array_size(cases); i++) {
		json_t *vector = json_array_get(cases, i);
		const char *origin = text_of(vector, "origin");
		struct kl_hash hash = kl_hash_of(origin, strlen(origin));

		assert_hash(&hash, text_of(vector, "sha256"));
	}
	print_message(
	    "checkpoint.json: %zu origin ids\n", json_array_size(cases));
	json_decref(file);
}

/* --- the golden log: our signers give the same bytes ---------------------- */

struct cast {
	struct kl_note_key log, witnesses[2];
	struct kl_signer log_signer, signers[2];
};

static void read_actor(
    const json_t *vector, struct kl_note_key *key, struct kl_signer *signer)
{
	char hex[KL_PUBLIC_KEY_HEX], vkey[KL_NOTE_KEY_TEXT];
	const char *name = text_of(vector, "name");
	uint8_t seed[KL_SEED_SIZE];

	assert_int_equal(
	    kl_unhex(text_of(vector, "seed_hex"), 64, seed, sizeof(seed)),
	    KL_OK);
	kl_signer_make(signer, seed);
	kl_public_key_hex(&signer->key, hex);
	assert_string_equal(hex, text_of(vector, "public_hex"));
	assert_int_equal(
	    kl_note_key_make(key, name, strlen(name),
		(enum kl_key_type)number_of(vector, "type"), &signer->key),
	    KL_OK);
	kl_note_key_write(key, vkey);
	assert_string_equal(vkey, text_of(vector, "vkey"));
}

static void check_golden(const json_t *vector, const struct cast *cast)
{
	struct kl_hash root = hash_of_hex(text_of(vector, "root_hex"));
	const char *body = text_of(vector, "body");
	const char *whole = text_of(vector, "cosigned");
	struct kl_buf out = KL_BUF(KL_NOTE_SIZE_MAX);
	struct kl_note_verdict verdicts[2];
	struct kl_checkpoint checkpoint;
	struct kl_note note;

	assert_int_equal(kl_checkpoint_sign(&out, &cast->log, &cast->log_signer,
			     number_of(vector, "size"), &root),
	    KL_OK);
	assert_int_equal(out.size, strlen(text_of(vector, "signed")));
	assert_memory_equal(out.data, text_of(vector, "signed"), out.size);
	assert_int_equal(
	    kl_note_cosign(&out, body, strlen(body), &cast->witnesses[0],
		&cast->signers[0], number_of(vector, "w1_time")),
	    KL_OK);
	assert_int_equal(
	    kl_note_cosign(&out, body, strlen(body), &cast->witnesses[1],
		&cast->signers[1], number_of(vector, "w2_time")),
	    KL_OK);
	assert_int_equal(out.size, strlen(whole));
	assert_memory_equal(out.data, whole, out.size);
	assert_int_equal(kl_checkpoint_open(whole, strlen(whole), &cast->log,
			     &note, &checkpoint),
	    KL_OK);
	assert_int_equal(
	    kl_note_verify(&note, cast->witnesses, 2, verdicts), KL_OK);
	assert_int_equal(verdicts[0].time, number_of(vector, "w1_time"));
	assert_int_equal(verdicts[1].time, number_of(vector, "w2_time"));
	kl_buf_clear(&out);
}

static void signs_the_golden_ones(void **state)
{
	json_t *file = vectors_load(TLOG "golden/golden_checkpoints.json");
	json_t *vectors = member(file, "checkpoints");
	struct cast cast;

	(void)state;
	read_actor(member(file, "log_key"), &cast.log, &cast.log_signer);
	read_actor(member(file, "w1"), &cast.witnesses[0], &cast.signers[0]);
	read_actor(member(file, "w2"), &cast.witnesses[1], &cast.signers[1]);
	assert_int_equal(json_array_size(vectors), 11);
	for (size_t i = 0; i < json_array_size(vectors); i++)
		check_golden(json_array_get(vectors, i), &cast);
	print_message("golden_checkpoints.json: 11 of 3 signatures\n");
	json_decref(file);
}

/* Any bit of it altered, and it is no checkpoint of this log. */
static void refuses_every_altered_bit(void **state)
{
	json_t *file = vectors_load(TLOG "golden/golden_checkpoints.json");
	json_t *vector = json_array_get(member(file, "checkpoints"), 5);
	const char *good = text_of(vector, "signed");
	size_t size = strlen(good);
	char *bytes = strdup(good);
	struct kl_checkpoint checkpoint;
	struct kl_signer signer;
	struct kl_note_key key;
	struct kl_note note;

	(void)state;
	read_actor(member(file, "log_key"), &key, &signer);
	for (size_t bit = 0; bit < 8 * size; bit++) {
		bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
		assert_int_not_equal(
		    kl_checkpoint_open(bytes, size, &key, &note, &checkpoint),
		    KL_OK);
		bytes[bit / 8] = good[bit / 8];
	}
	free(bytes);
	json_decref(file);
}

/* --- what our own log never writes ---------------------------------------- */

static enum kl_result open_signed(const char *text, const char *key_name)
{
	static const uint8_t seed[KL_SEED_SIZE] = { 5 };
	struct kl_buf out = KL_BUF(4096);
	struct kl_checkpoint checkpoint;
	struct kl_signer signer;
	struct kl_note_key key;
	struct kl_note note;
	enum kl_result result;

	kl_signer_make(&signer, seed);
	assert_int_equal(kl_note_key_make(&key, key_name, strlen(key_name),
			     KL_KEY_NOTE, &signer.key),
	    KL_OK);
	kl_buf_add_text(&out, text);
	kl_buf_add_text(&out, "\n");
	assert_int_equal(
	    kl_note_sign(&out, text, strlen(text), &key, &signer), KL_OK);
	result = kl_checkpoint_open(
	    (char *)out.data, out.size, &key, &note, &checkpoint);
	kl_buf_clear(&out);
	return result;
}

#define ROOT "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"

static void opens_only_our_own_form(void **state)
{
	(void)state;
	assert_int_equal(open_signed("log\n1\n" ROOT, "log"), KL_OK);
	assert_int_equal(open_signed("log\n1\n" ROOT, "other"), KL_RANGE);
	assert_int_equal(
	    open_signed("log\n1\n" ROOT "more\n", "log"), KL_RANGE);
	assert_int_equal(open_signed("log\n0\n" ROOT, "log"), KL_MALFORMED);
	assert_int_equal(
	    open_signed("log\n9223372036854775807\n" ROOT, "log"), KL_OK);
	assert_int_equal(
	    open_signed("log\n9223372036854775808\n" ROOT, "log"), KL_RANGE);
	assert_int_equal(open_signed("log\n01\n" ROOT, "log"), KL_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_bodies_as_others),
		cmocka_unit_test(reads_signed_ones_as_others),
		cmocka_unit_test(hashes_origins_bare),
		cmocka_unit_test(signs_the_golden_ones),
		cmocka_unit_test(refuses_every_altered_bit),
		cmocka_unit_test(opens_only_our_own_form),
	};

	return cmocka_run_group_tests_name("kl_checkpoint", tests, NULL, NULL);
}
