/* A proof file is read in one form and stands or falls with every byte. */
#include "kl_proof.h"
#include "vectors.h"

static struct kl_note_key golden_key(void)
{
	json_t *file = vectors_load(TLOG "golden/golden_checkpoints.json");
	const char *text = text_of(member(file, "log_key"), "vkey");
	struct kl_note_key key;

	assert_int_equal(kl_note_key_read(text, strlen(text), &key), KL_OK);
	json_decref(file);
	return key;
}

static enum kl_result open_proof(const char *bytes, size_t size,
    const struct kl_hash *leaf, const struct kl_note_key *log)
{
	struct kl_checkpoint checkpoint;
	struct kl_proof proof;
	struct kl_note note;
	enum kl_result result = kl_proof_read(bytes, size, &proof);

	if (result)
		return result;
	return kl_proof_verify(&proof, leaf, log, &note, &checkpoint);
}

static void check_path(const json_t *hashes, const struct kl_proof_path *path)
{
	assert_int_equal(path->count, json_array_size(hashes));
	for (size_t i = 0; i < path->count; i++)
		assert_hash(&path->hashes[i],
		    json_string_value(json_array_get(hashes, i)));
}

static void check_golden(const json_t *vector, const struct kl_note_key *log)
{
	const char *bytes = text_of(vector, "tlog_proof");
	const char *entry = text_of(vector, "entry");
	struct kl_hash leaf = kl_leaf_hash(entry, strlen(entry));
	struct kl_buf out = KL_BUF(KL_PROOF_SIZE_MAX);
	struct kl_checkpoint checkpoint;
	struct kl_proof proof;
	struct kl_note note;

	assert_hash(&leaf, text_of(vector, "leaf_hash_hex"));
	assert_int_equal(kl_proof_read(bytes, strlen(bytes), &proof), KL_OK);
	assert_int_equal(proof.index, number_of(vector, "index"));
	check_path(member(vector, "proof_hex"), &proof.path);
	assert_int_equal(kl_proof_write(&out, &proof), KL_OK);
	assert_int_equal(out.size, strlen(bytes));
	assert_memory_equal(out.data, bytes, out.size);
	assert_int_equal(
	    kl_proof_verify(&proof, &leaf, log, &note, &checkpoint), KL_OK);
	assert_int_equal(checkpoint.size, number_of(vector, "size"));
	leaf = kl_leaf_hash(entry, strlen(entry) - 1);
	assert_int_equal(
	    open_proof(bytes, strlen(bytes), &leaf, log), KL_MISMATCH);
	kl_buf_clear(&out);
}

static void verifies_the_golden_ones(void **state)
{
	json_t *file = vectors_load(TLOG "golden/golden_proofs.json");
	json_t *proofs = member(file, "proofs");
	struct kl_note_key log = golden_key();

	(void)state;
	assert_int_equal(json_array_size(proofs), 12);
	for (size_t i = 0; i < json_array_size(proofs); i++)
		check_golden(json_array_get(proofs, i), &log);
	print_message("golden_proofs.json: 12 proofs\n");
	json_decref(file);
}

/* The cosignatures are not the log's: cut them off first. */
static void refuses_every_altered_bit(void **state)
{
	json_t *file = vectors_load(TLOG "golden/golden_proofs.json");
	json_t *vector = json_array_get(member(file, "proofs"), 8);
	char *bytes = strdup(text_of(vector, "tlog_proof"));
	struct kl_hash leaf = hash_of_hex(text_of(vector, "leaf_hash_hex"));
	struct kl_note_key log = golden_key();
	size_t size = (size_t)(strstr(bytes, "\u2014 witness") - bytes);

	(void)state;
	assert_int_equal(open_proof(bytes, size, &leaf, &log), KL_OK);
	for (size_t bit = 0; bit < 8 * size; bit++) {
		char good = bytes[bit / 8];

		bytes[bit / 8] = (char)(good ^ 1 << bit % 8);
		assert_int_not_equal(
		    open_proof(bytes, size, &leaf, &log), KL_OK);
		bytes[bit / 8] = good;
	}
	free(bytes);
	json_decref(file);
}

#define FIRST "c2sp.org/tlog-proof@v1\n"
#define HASH  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"

static enum kl_result read_text(const char *text)
{
	struct kl_proof proof;

	return kl_proof_read(text, strlen(text), &proof);
}

static void refuses_another_form(void **state)
{
	static const char *const bad[] = {
		"",
		FIRST,
		FIRST "index 0\n",
		FIRST "index 00\n\n",
		FIRST "index 0\r\n\n",
		FIRST "index  0\n\n",
		FIRST "index\n\n",
		FIRST "extra \nextra \nindex 0\n\n",
		FIRST "extra AA\nindex 0\n\n",
		FIRST "index 0\nextra AAAA\n\n",
		FIRST "index 0\nAAAA\n\n",
		FIRST "index 0\n" HASH,
		"c2sp.org/tlog-proof@v2\nindex 0\n\n",
		FIRST "index 0\n " HASH "\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (read_text(bad[i]) != KL_MALFORMED)
			fail_msg("%s was taken", bad[i]);
	assert_int_equal(read_text(FIRST "index 0\n\n"), KL_OK);
	assert_int_equal(read_text(FIRST "extra \nindex 0\n\n"), KL_OK);
	assert_int_equal(
	    read_text(FIRST "extra AAAA\nindex 0\n" HASH "\n"), KL_OK);
	assert_int_equal(
	    read_text(FIRST "index 9223372036854775806\n\n"), KL_OK);
	assert_int_equal(
	    read_text(FIRST "index 9223372036854775807\n\n"), KL_RANGE);
}

static enum kl_result read_with(size_t hashes, size_t extra)
{
	struct kl_buf out = KL_BUF(KL_PROOF_SIZE_MAX);
	struct kl_proof proof;
	enum kl_result result;

	kl_buf_add_text(&out, FIRST "extra ");
	for (size_t i = 0; i < extra; i++)
		kl_buf_add_byte(&out, 'A');
	kl_buf_add_text(&out, "\nindex 0\n");
	for (size_t i = 0; i < hashes; i++)
		kl_buf_add_text(&out, HASH);
	kl_buf_add_text(&out, "\n");
	result = kl_proof_read((char *)out.data, out.size, &proof);
	kl_buf_clear(&out);
	return result;
}

static void stops_at_its_limits(void **state)
{
	char *large = malloc(KL_PROOF_SIZE_MAX + 1);
	static const char head[] = FIRST "index 0\n\n";
	struct kl_proof proof;

	(void)state;
	assert_int_equal(read_with(KL_PROOF_HASHES_MAX, 0), KL_OK);
	assert_int_equal(read_with(KL_PROOF_HASHES_MAX + 1, 0), KL_TOO_LARGE);
	assert_int_equal(read_with(0, KL_PROOF_EXTRA_MAX), KL_OK);
	assert_int_equal(read_with(0, KL_PROOF_EXTRA_MAX + 4), KL_TOO_LARGE);
	memset(large, 'x', KL_PROOF_SIZE_MAX + 1);
	memcpy(large, head, sizeof(head) - 1);
	assert_int_equal(
	    kl_proof_read(large, KL_PROOF_SIZE_MAX, &proof), KL_OK);
	assert_int_equal(
	    kl_proof_read(large, KL_PROOF_SIZE_MAX + 1, &proof), KL_TOO_LARGE);
	free(large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verifies_the_golden_ones),
		cmocka_unit_test(refuses_every_altered_bit),
		cmocka_unit_test(refuses_another_form),
		cmocka_unit_test(stops_at_its_limits),
	};

	return cmocka_run_group_tests_name("kl_proof", tests, NULL, NULL);
}
