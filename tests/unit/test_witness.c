/* A witness answers as the protocol says. */
#include "witness_world.h"

static void read_seed(const char *hex, struct kl_signer *signer)
{
	uint8_t seed[KL_SEED_SIZE];

	assert_int_equal(kl_unhex(hex, strlen(hex), seed, sizeof(seed)), KL_OK);
	kl_signer_make(signer, seed);
}

/* The witness of golden_witness.json, before its first request. */
static void open_golden(struct witness *witness, json_t *file)
{
	const char *log = text_of(member(file, "log"), "vkey");
	const char *vkey = text_of(member(file, "witness"), "vkey");
	char text[KL_NOTE_KEY_TEXT];

	*witness =
	    (struct witness){ .time = (uint64_t)number_of(file, "time") };
	assert_int_equal(
	    kl_note_key_read(log, strlen(log), &witness->log), KL_OK);
	read_seed(
	    text_of(member(file, "witness"), "seed_hex"), &witness->signer);
	key_of(text_of(member(file, "witness"), "name"), KL_KEY_COSIGNATURE,
	    &witness->signer.key, &witness->key);
	kl_note_key_write(&witness->key, text);
	assert_string_equal(text, vkey);
}

static void take_step(struct witness *witness, const json_t *step, size_t i)
{
	json_t *request = member(step, "request");
	json_t *response = json_object_get(step, "response");
	json_t *part = json_object_get(step, "response_contains");
	json_t *spec = json_object_get(step, "status_spec");
	struct kl_buf reply = KL_BUF(KL_WITNESS_REPLY_MAX);
	unsigned wanted =
	    (unsigned)json_integer_value(spec ? spec : member(step, "status"));
	enum kl_witness_status status = ask(witness, json_string_value(request),
	    json_string_length(request), &reply);

	if (status != wanted)
		fail_msg("step %zu: %d, not %u", i, status, wanted);
	if (response) {
		assert_int_equal(reply.size, json_string_length(response));
		assert_memory_equal(
		    reply.data, json_string_value(response), reply.size);
	} else if (status == KL_WITNESS_COSIGNED) {
		assert_memory_equal(reply.data, json_string_value(part),
		    json_string_length(part));
	} else {
		assert_int_equal(reply.size, 0);
	}
	kl_buf_clear(&reply);
}

static void answers_as_others(void **state)
{
	json_t *file = vectors_load(TLOG "golden/golden_witness.json");
	json_t *steps = member(file, "steps");
	struct witness witness;

	(void)state;
	open_golden(&witness, file);
	assert_int_equal(json_array_size(steps), 17);
	for (size_t i = 0; i < json_array_size(steps); i++)
		take_step(&witness, json_array_get(steps, i), i);
	assert_int_equal(witness.state.size, 70000);
	print_message("golden_witness.json: 17 steps\n");
	json_decref(file);
}

static void answers_as_a_recorded_witness_should(void **state)
{
	json_t *file = vectors_load(TLOG "witness_litewitness.json");
	json_t *steps = member(file, "steps");
	struct witness witness = { .time = 1 };
	const char *hex = text_of(file, "log_public_key_hex");
	struct kl_public_key log;

	(void)state;
	assert_int_equal(kl_public_key_read(hex, strlen(hex), &log), KL_OK);
	key_of(text_of(file, "log_origin"), KL_KEY_NOTE, &log, &witness.log);
	read_seed(hex, &witness.signer);
	key_of(text_of(file, "witness_name"), KL_KEY_COSIGNATURE,
	    &witness.signer.key, &witness.key);
	assert_int_equal(json_array_size(steps), 9);
	for (size_t i = 0; i < json_array_size(steps); i++)
		take_step(&witness, json_array_get(steps, i), i);
	assert_int_equal(witness.state.size, number_of(file, "final_size"));
	print_message("witness_litewitness.json: 9 steps\n");
	json_decref(file);
}

/* --- what no vector has --------------------------------------------------- */

static void begins_with_nothing_and_keeps_to_it(void **state)
{
	struct kl_buf reply = KL_BUF(KL_WITNESS_REPLY_MAX);
	struct kl_hash empty = kl_hash_of(NULL, 0), one = root_of(1, 'x');
	struct world world;

	(void)state;
	open_world(&world);
	assert_int_equal(submit(&world, 0, 0, &one, &reply), 422);
	assert_int_equal(submit(&world, 1, 1, &one, &reply), 409);
	assert_memory_equal(reply.data, "0\n", 2);
	assert_int_equal(submit(&world, 0, 0, &empty, &reply), 200);
	assert_int_equal(submit(&world, 0, 0, &empty, &reply), 200);
	assert_int_equal(submit(&world, 0, 1, &one, &reply), 200);
	assert_int_equal(submit(&world, 0, 0, &empty, &reply), 409);
	kl_buf_clear(&reply);
}

static enum kl_result read_text(const char *text, size_t size)
{
	struct kl_witness_request request;

	return kl_witness_request_read(text, size, &request);
}

static void wants_a_request_in_one_form(void **state)
{
	static const char *const heads[] = { "", "old\n", "old 0", "old 0\n",
		"Old 0\n\n", "old  0\n\n", "old 0 \n\n", "old -1\n\n",
		"old 0\r\n\n", "old 0\nAA==\n\n", "old 0\n\n\n" };
	struct kl_hash root = root_of(1, 'x');
	struct kl_buf bytes = KL_BUF(KL_NOTE_SIZE_MAX);
	struct world world;

	(void)state;
	open_world(&world);
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		kl_buf_add_text(&bytes, heads[i]);
		sign(&world, 1, &root, &bytes);
		if (!read_text((const char *)bytes.data, bytes.size))
			fail_msg("%s: taken", heads[i]);
		bytes.size = 0;
	}
	kl_buf_add_text(&bytes, "old 9223372036854775808\n\n");
	sign(&world, 1, &root, &bytes);
	assert_int_equal(
	    read_text((const char *)bytes.data, bytes.size), KL_RANGE);
	kl_buf_clear(&bytes);
}

static void write_with(struct world *world, size_t hashes, struct kl_buf *out)
{
	struct kl_hash root = root_of(1, 'x');

	out->size = 0;
	kl_buf_add_text(out, "old 1\n");
	for (size_t i = 0; i < hashes; i++) {
		kl_base64_add(out, root.bytes, sizeof(root.bytes));
		kl_buf_add_byte(out, '\n');
	}
	kl_buf_add_byte(out, '\n');
	sign(world, 1, &root, out);
}

static void takes_no_more_than_its_limits(void **state)
{
	struct kl_proof_path path = { .count = KL_WITNESS_PROOF_MAX };
	struct kl_buf bytes = KL_BUF(KL_NOTE_SIZE_MAX), other = bytes;
	struct world world;

	(void)state;
	open_world(&world);
	write_with(&world, KL_WITNESS_PROOF_MAX, &bytes);
	assert_int_equal(
	    read_text((const char *)bytes.data, bytes.size), KL_OK);
	assert_int_equal(
	    kl_witness_request_write(&other, 1, &path, "", 0), KL_OK);
	write_with(&world, KL_WITNESS_PROOF_MAX + 1, &bytes);
	assert_int_equal(
	    read_text((const char *)bytes.data, bytes.size), KL_TOO_LARGE);
	path.count++;
	assert_int_equal(
	    kl_witness_request_write(&other, 1, &path, "", 0), KL_TOO_LARGE);
	write_with(&world, 0, &bytes);
	while (bytes.size < KL_WITNESS_REQUEST_MAX + 1)
		kl_buf_add_byte(&bytes, '\n');
	assert_int_equal(
	    read_text((const char *)bytes.data, bytes.size), KL_TOO_LARGE);
	assert_int_equal(
	    read_text((const char *)bytes.data, bytes.size - 1), KL_MALFORMED);
	kl_buf_clear(&bytes);
	kl_buf_clear(&other);
}

/* Of an origin with two keys, each that has signed must have done so well. */
static void trusts_each_key_of_an_origin(void **state)
{
	struct kl_buf bytes = KL_BUF(KL_NOTE_SIZE_MAX);
	struct kl_witness_request request;
	struct kl_note_key logs[3];
	struct world world;
	uint8_t seed[KL_SEED_SIZE] = { 3 };
	struct kl_signer other;

	(void)state;
	open_world(&world);
	kl_signer_make(&other, seed);
	key_of("other.example", KL_KEY_NOTE, &other.key, &logs[0]);
	key_of("log.example", KL_KEY_NOTE, &other.key, &logs[1]);
	logs[2] = world.witness.log;
	write_with(&world, 0, &bytes);
	assert_int_equal(kl_witness_request_read(
			     (const char *)bytes.data, bytes.size, &request),
	    KL_OK);
	assert_int_equal(kl_witness_admit(&request, logs, 3), 200);
	assert_int_equal(kl_witness_admit(&request, logs, 2), 403);
	assert_int_equal(kl_witness_admit(&request, logs, 1), 404);
	assert_int_equal(kl_note_sign(&bytes, "another", 7, &logs[1], &other),
	    KL_OK); /* and now a bad line of a trusted key */
	assert_int_equal(kl_witness_request_read(
			     (const char *)bytes.data, bytes.size, &request),
	    KL_OK);
	assert_int_equal(kl_witness_admit(&request, logs, 3), 403);
	assert_int_equal(kl_witness_admit(&request, logs + 2, 1), 200);
	kl_buf_clear(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_as_others),
		cmocka_unit_test(answers_as_a_recorded_witness_should),
		cmocka_unit_test(begins_with_nothing_and_keeps_to_it),
		cmocka_unit_test(wants_a_request_in_one_form),
		cmocka_unit_test(takes_no_more_than_its_limits),
		cmocka_unit_test(trusts_each_key_of_an_origin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
