/* A log hears its witness rightly, and believes nothing else. */
#include "witness_world.h"

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
		cmocka_unit_test(finds_the_line_of_its_witness),
		cmocka_unit_test(believes_no_line),
		cmocka_unit_test(tells_alarms_from_delays),
		cmocka_unit_test(reads_no_reply_beyond_its_limit),
		cmocka_unit_test(writes_requests_as_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
