/* A witness answers as the protocol says, and a log hears it rightly. */
#include "kl_witness.h"
#include "vectors.h"

/* A witness that keeps its one log in memory. */
struct witness {
	struct kl_note_key log, key;
	struct kl_signer signer;
	struct kl_witness_state state;
	uint64_t time;
};

static enum kl_witness_status ask(struct witness *witness, const char *bytes,
    size_t size, struct kl_buf *reply)
{
	struct kl_witness_request request;
	enum kl_witness_status status = KL_WITNESS_BAD_REQUEST;

	if (kl_witness_request_read(bytes, size, &request))
		return status;
	status = kl_witness_admit(&request, &witness->log, 1);
	if (status == KL_WITNESS_COSIGNED)
		status = kl_witness_decide(&request, &witness->state);
	assert_int_equal(
	    kl_witness_reply_write(reply, &request, status, &witness->state,
		&witness->key, &witness->signer, witness->time),
	    KL_OK);
	if (status == KL_WITNESS_COSIGNED)
		witness->state =
		    (struct kl_witness_state){ request.checkpoint.size,
			    request.checkpoint.root };
	return status;
}

static void key_of(const char *name, enum kl_key_type type,
    const struct kl_public_key *public_key, struct kl_note_key *key)
{
	assert_int_equal(
	    kl_note_key_make(key, name, strlen(name), type, public_key), KL_OK);
}

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

/* --- what no vector has ----------------------------------------------------
 */

/* A log of ours that signs whatever it is told to, and its witness. */
struct world {
	struct witness witness;
	struct kl_signer log;
};

static void open_world(struct world *world)
{
	static const char name[] = "log.example";
	uint8_t seed[KL_SEED_SIZE] = { 1 };

	*world = (struct world){ .witness.time = 1000 };
	kl_signer_make(&world->log, seed);
	key_of(name, KL_KEY_NOTE, &world->log.key, &world->witness.log);
	seed[0] = 2;
	kl_signer_make(&world->witness.signer, seed);
	key_of("witness.example", KL_KEY_COSIGNATURE,
	    &world->witness.signer.key, &world->witness.key);
}

/* The tree of `size` leaves, of which leaf 0 may differ. */
static struct kl_hash root_of(uint64_t size, char first)
{
	struct kl_tree tree = { 0 };
	struct kl_hash formed[KL_TILE_LEVELS];

	for (uint64_t i = 0; i < size; i++) {
		char entry = (char)(i == 0 ? first : 'x');
		struct kl_hash leaf = kl_leaf_hash(&entry, 1);

		kl_tree_append(&tree, &leaf, formed);
	}
	return kl_tree_root(&tree);
}

static void sign(struct world *world, uint64_t size, const struct kl_hash *root,
    struct kl_buf *note)
{
	assert_int_equal(kl_checkpoint_sign(note, &world->witness.log,
			     &world->log, size, root),
	    KL_OK);
}

static enum kl_witness_status submit(struct world *world, uint64_t old_size,
    uint64_t size, const struct kl_hash *root, struct kl_buf *reply)
{
	struct kl_buf note = KL_BUF(KL_NOTE_SIZE_MAX);
	struct kl_buf request = KL_BUF(KL_WITNESS_REQUEST_MAX);
	enum kl_witness_status status;

	sign(world, size, root, &note);
	assert_int_equal(kl_witness_request_write(&request, old_size, NULL,
			     (const char *)note.data, note.size),
	    KL_OK);
	status = ask(
	    &world->witness, (const char *)request.data, request.size, reply);
	kl_buf_clear(&request);
	kl_buf_clear(&note);
	return status;
}

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

/* --- the log's side --------------------------------------------------------
 */

/* A log that has a signed checkpoint, and what its witness says to it. */
struct heard {
	struct world world;
	struct kl_buf note_bytes, reply_bytes;
	struct kl_note note;
	struct kl_checkpoint checkpoint;
	struct kl_witness_reply reply;
};

static void open_heard(struct heard *heard)
{
	struct kl_hash root = root_of(5, 'x');

	*heard = (struct heard){ .note_bytes = KL_BUF(KL_NOTE_SIZE_MAX),
		.reply_bytes = KL_BUF(KL_NOTE_SIZE_MAX) };
	open_world(&heard->world);
	sign(&heard->world, 5, &root, &heard->note_bytes);
	assert_int_equal(kl_checkpoint_open((char *)heard->note_bytes.data,
			     heard->note_bytes.size, &heard->world.witness.log,
			     &heard->note, &heard->checkpoint),
	    KL_OK);
	assert_int_equal(
	    submit(&heard->world, 0, 5, &root, &heard->reply_bytes), 200);
}

static void close_heard(struct heard *heard)
{
	kl_buf_clear(&heard->note_bytes);
	kl_buf_clear(&heard->reply_bytes);
}

static enum kl_witness_outcome hear(
    struct heard *heard, long status, const void *body, size_t size)
{
	return kl_witness_reply_read(&heard->checkpoint, &heard->note, 3,
	    &heard->world.witness.key, status, body, size, &heard->reply);
}

static void finds_the_line_of_its_witness(void **state)
{
	struct kl_buf body = KL_BUF(KL_NOTE_SIZE_MAX);
	struct kl_buf *line;
	struct heard heard;

	(void)state;
	open_heard(&heard);
	line = &heard.reply_bytes;
	assert_int_equal(
	    hear(&heard, 200, line->data, line->size), KL_WITNESS_DONE);
	assert_int_equal(heard.reply.time, 1000);
	assert_int_equal(heard.reply.line.size, line->size);
	/* Lines of keys we do not know, before and behind; then a second. */
	assert_int_equal(kl_note_sign(&body, "whatever", 8,
			     &heard.world.witness.log, &heard.world.log),
	    KL_OK);
	for (size_t i = 0; i < 2; i++)
		kl_buf_add(&body, line->data, line->size);
	assert_int_equal(
	    hear(&heard, 200, body.data, body.size), KL_WITNESS_DONE);
	assert_int_equal(heard.reply.line.size, line->size);
	assert_memory_equal(heard.reply.line.at, line->data, line->size);
	kl_buf_clear(&body);
	close_heard(&heard);
}

static void believes_no_line(void **state)
{
	struct kl_buf *line;
	struct heard heard;
	char copy[256];

	(void)state;
	open_heard(&heard);
	line = &heard.reply_bytes;
	assert_int_equal(hear(&heard, 200, "", 0), KL_WITNESS_NO);
	assert_int_equal(
	    hear(&heard, 200, line->data, line->size - 1), KL_WITNESS_NO);
	memcpy(copy, line->data, line->size);
	for (size_t i = 0; i < line->size; i++) {
		copy[i] ^= 1;
		if (hear(&heard, 200, copy, line->size) != KL_WITNESS_NO)
			fail_msg("byte %zu may differ", i);
		copy[i] ^= 1;
	}
	/* It is another text that a body with an empty line would make. */
	copy[line->size] = '\n';
	memcpy(copy + line->size + 1, line->data, 1);
	assert_int_equal(
	    hear(&heard, 200, copy, line->size + 1), KL_WITNESS_NO);
	/* Good, but of another tree. */
	heard.note.text_size -= 2;
	assert_int_equal(
	    hear(&heard, 200, line->data, line->size), KL_WITNESS_NO);
	close_heard(&heard);
}

static void tells_alarms_from_delays(void **state)
{
	static const struct {
		long status;
		const char *body;
		enum kl_witness_outcome outcome;
		uint64_t size;
	} cases[] = {
		{ 409, "4\n", KL_WITNESS_RETRY, 4 },
		{ 409, "5\n", KL_WITNESS_RETRY, 5 },
		{ 409, "0\n", KL_WITNESS_RETRY, 0 },
		{ 409, "6\n", KL_WITNESS_AHEAD, 6 },
		{ 409, "9223372036854775807\n", KL_WITNESS_AHEAD, INT64_MAX },
		{ 409, "9223372036854775808\n", KL_WITNESS_NO, 0 },
		{ 409, "3\n", KL_WITNESS_NO, 0 }, /* it is what we said */
		{ 409, "6", KL_WITNESS_NO, 0 },
		{ 409, "06\n", KL_WITNESS_NO, 0 },
		{ 409, "6\n\n", KL_WITNESS_NO, 0 },
		{ 409, "", KL_WITNESS_NO, 0 },
		{ 422, "", KL_WITNESS_FORKED, 0 },
		{ 422, "no\n", KL_WITNESS_FORKED, 0 },
		{ 400, "", KL_WITNESS_NO, 0 },
		{ 403, "", KL_WITNESS_NO, 0 },
		{ 404, "", KL_WITNESS_NO, 0 },
		{ 302, "", KL_WITNESS_NO, 0 },
		{ 201, "", KL_WITNESS_NO, 0 },
		{ 429, "", KL_WITNESS_LATER, 0 },
		{ 500, "", KL_WITNESS_LATER, 0 },
		{ 503, "", KL_WITNESS_LATER, 0 },
	};
	struct heard heard;

	(void)state;
	open_heard(&heard);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		enum kl_witness_outcome outcome = hear(&heard, cases[i].status,
		    cases[i].body, strlen(cases[i].body));

		if (outcome != cases[i].outcome ||
		    heard.reply.size != cases[i].size)
			fail_msg("%ld %s: %d", cases[i].status, cases[i].body,
			    outcome);
	}
	close_heard(&heard);
}

static void reads_no_reply_beyond_its_limit(void **state)
{
	struct kl_buf body = KL_BUF(KL_NOTE_SIZE_MAX);
	struct heard heard;

	(void)state;
	open_heard(&heard);
	kl_buf_add(&body, heard.reply_bytes.data, heard.reply_bytes.size);
	while (body.size + heard.reply_bytes.size <= KL_WITNESS_REPLY_MAX)
		kl_buf_add(
		    &body, heard.reply_bytes.data, heard.reply_bytes.size);
	/* A hundred signatures at most, of which ours is one. */
	assert_int_equal(
	    hear(&heard, 200, body.data, body.size), KL_WITNESS_NO);
	assert_int_equal(
	    hear(&heard, 200, body.data, 99 * heard.reply_bytes.size),
	    KL_WITNESS_DONE);
	while (body.size < KL_WITNESS_REPLY_MAX)
		kl_buf_add_byte(&body, 'x');
	assert_int_equal(
	    hear(&heard, 422, body.data, body.size), KL_WITNESS_FORKED);
	kl_buf_add_byte(&body, 'x');
	assert_int_equal(
	    hear(&heard, 422, body.data, body.size), KL_WITNESS_NO);
	kl_buf_clear(&body);
	close_heard(&heard);
}

/* Our own requests are those of the golden exchanges. */
static void writes_requests_as_others(void **state)
{
	json_t *file = vectors_load(TLOG "golden/golden_witness.json");
	json_t *steps = member(file, "steps");

	(void)state;
	for (size_t i = 0; i + 2 < json_array_size(steps); i++) {
		const char *text = text_of(json_array_get(steps, i), "request");
		struct kl_buf out = KL_BUF(KL_WITNESS_REQUEST_MAX);
		struct kl_witness_request request;

		assert_int_equal(
		    kl_witness_request_read(text, strlen(text), &request),
		    KL_OK);
		assert_int_equal(
		    kl_witness_request_write(&out, request.old_size,
			&request.path, request.note.text,
			strlen(request.note.text)),
		    KL_OK);
		assert_int_equal(out.size, strlen(text));
		assert_memory_equal(out.data, text, out.size);
		kl_buf_clear(&out);
	}
	json_decref(file);
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
		cmocka_unit_test(finds_the_line_of_its_witness),
		cmocka_unit_test(believes_no_line),
		cmocka_unit_test(tells_alarms_from_delays),
		cmocka_unit_test(reads_no_reply_beyond_its_limit),
		cmocka_unit_test(writes_requests_as_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
