/* Scopes are words, each once. */
#include "kl_scope.h"
#include "unit.h"

static void reads_words(void **state)
{
	static const struct {
		const char *words;
		unsigned set;
	} cases[] = {
		{ "read", KL_SCOPE_READ },
		{ "signup read", KL_SCOPE_READ | KL_SCOPE_SIGNUP },
		{ "read manage notices signup draw registration",
		    KL_SCOPE_ALL },
	};
	unsigned set;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(kl_scopes_read(cases[i].words, &set), KL_OK);
		assert_int_equal(set, cases[i].set);
	}
}

static void refuses_others(void **state)
{
	static const struct {
		const char *words;
		enum kl_result result;
	} cases[] = {
		{ "", KL_MALFORMED },
		{ " ", KL_MALFORMED },
		{ "read ", KL_MALFORMED },
		{ " read", KL_MALFORMED },
		{ "read  draw", KL_MALFORMED },
		{ "reads", KL_RANGE },
		{ "rea", KL_RANGE },
		{ "Read", KL_RANGE },
		{ "read,draw", KL_RANGE },
		{ "read draw read", KL_RANGE },
	};
	unsigned set = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (kl_scopes_read(cases[i].words, &set) != cases[i].result)
			fail_msg("\"%s\"", cases[i].words);
	assert_int_equal(set, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_words),
		cmocka_unit_test(refuses_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
