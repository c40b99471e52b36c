/* log/consistency: read and written again it is the same text, or refused. */
#include "kl_steps.h"
#include "unit.h"

#define HASH_A "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
#define HASH_B "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n"

static void takes_good_texts(void **state)
{
	static const char *const texts[] = {
		"old 1\nnew 2\n",
		"old 1\nnew 9007199254740991\n",
		"old 1\nnew 2\n" HASH_A,
		"old 7\nnew 9\n" HASH_A HASH_B "\nold 9\nnew 10\n" HASH_B,
		"old 1\nnew 2\n\nold 2\nnew 3\n\nold 3\nnew 4\n\nold 4\nnew "
		"5\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct kl_buf out = KL_BUF(4096);
		struct kl_steps steps;
		struct kl_fault fault;

		assert_int_equal(
		    kl_steps_read(&steps, texts[i], strlen(texts[i]), &fault),
		    KL_OK);
		assert_int_equal(steps.steps[0].line, 1);
		assert_int_equal(kl_steps_write(&steps, &out), KL_OK);
		assert_int_equal(out.size, strlen(texts[i]));
		assert_memory_equal(out.data, texts[i], out.size);
		kl_buf_clear(&out);
	}
}

static void refuses_bad_texts(void **state)
{
	static const struct {
		const char *text;
		size_t line;
	} cases[] = {
		{ "", 1 },
		{ "\n", 1 },
		{ "old 1\n", 2 },
		{ "old 0\nnew 2\n", 1 },
		{ "old 01\nnew 2\n", 1 },
		{ "old 1 \nnew 2\n", 1 },
		{ "old 2\nnew 2\n", 2 },
		{ "old 2\nnew 1\n", 2 },
		{ "old 2\nnew 9007199254740992\n", 2 },
		{ "old 9007199254740992\nnew 9007199254740993\n", 1 },
		{ "old 1\nnew 2", 2 },
		{ "old 1\nnew 2\nAAAA\n", 3 },
		{ "old 1\nnew 2\n\n", 3 },
		{ "old 1\nnew 2\n\n\nold 2\nnew 3\n", 4 },
		{ "old 1\nnew 2\n" HASH_A "old 2\nnew 3\n", 4 },
		{ "old 1\nnew 2\n\nold 2\nnew 3\n\nold 3\nnew 4\n\n"
		  "old 4\nnew 5\n\nold 5\nnew 6\n",
		    12 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct kl_steps steps = { .count = 9 };
		struct kl_fault fault = { 0 };

		if (!kl_steps_read(
			&steps, cases[i].text, strlen(cases[i].text), &fault))
			fail_msg("taken: %s", cases[i].text);
		if (fault.line != cases[i].line)
			fail_msg("line %zu (%s) of %s", fault.line, fault.why,
			    cases[i].text);
		assert_int_equal(steps.count, 9);
	}
}

static void stops_at_its_limit_of_hashes(void **state)
{
	struct kl_buf text = KL_BUF(8192);
	struct kl_steps steps;
	struct kl_fault fault;

	(void)state;
	kl_buf_add_text(&text, "old 1\nnew 2\n");
	for (size_t i = 0; i < KL_PROOF_HASHES_MAX; i++)
		kl_buf_add_text(&text, HASH_A);
	assert_int_equal(
	    kl_steps_read(&steps, (char *)text.data, text.size, &fault), KL_OK);
	kl_buf_add_text(&text, HASH_A);
	assert_int_equal(
	    kl_steps_read(&steps, (char *)text.data, text.size, &fault),
	    KL_MALFORMED);
	assert_int_equal(fault.line, KL_PROOF_HASHES_MAX + 3);
	kl_buf_clear(&text);
}

static void writes_good_steps_alone(void **state)
{
	struct kl_steps steps = { .count = 0 };
	struct kl_buf out = KL_BUF(4096);

	(void)state;
	assert_int_equal(kl_steps_write(&steps, &out), KL_RANGE);
	steps.count = KL_STEPS_MAX + 1;
	assert_int_equal(kl_steps_write(&steps, &out), KL_RANGE);
	steps = (struct kl_steps){ .count = 1,
		.steps = { { .old_size = 2, .new_size = 2 } } };
	assert_int_equal(kl_steps_write(&steps, &out), KL_RANGE);
	steps.steps[0].new_size = (uint64_t)KL_INTEGER_MAX + 1;
	assert_int_equal(kl_steps_write(&steps, &out), KL_RANGE);
	steps.steps[0].old_size = 0;
	assert_int_equal(kl_steps_write(&steps, &out), KL_RANGE);
	kl_buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_good_texts),
		cmocka_unit_test(refuses_bad_texts),
		cmocka_unit_test(stops_at_its_limit_of_hashes),
		cmocka_unit_test(writes_good_steps_alone),
	};

	return cmocka_run_group_tests_name("kl_steps", tests, NULL, NULL);
}
