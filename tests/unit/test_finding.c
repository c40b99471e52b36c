/* The table of codes is tests/vectors/findings.json, line by line. */
#include "kl_finding.h"
#include "unit.h"

#include <jansson.h>
#include <stdio.h>

static void follows_the_vectors(void **state)
{
	json_auto_t *rows =
	    json_load_file("tests/vectors/findings.json", 0, NULL);

	(void)state;
	assert_int_equal(json_array_size(rows), KL_FINDING_CODES);
	for (int i = 0; i < KL_FINDING_CODES; i++) {
		const char *code, *phase, *chinese, *english;
		json_int_t order;

		assert_int_equal(json_unpack(json_array_get(rows, (size_t)i),
				     "{s:s, s:s, s:I, s:s, s:s !}", "code",
				     &code, "phase", &phase, "order", &order,
				     "zh", &chinese, "en", &english),
		    0);
		assert_int_equal(order, i + 1);
		assert_string_equal(code, kl_finding_word(i));
		assert_string_equal(phase, kl_check_word(kl_finding_check(i)));
		assert_string_equal(chinese, kl_finding_chinese(i));
		assert_string_equal(english, kl_finding_english(i));
	}
}

/* The passes stand one after another, and no code twice. */
static void is_in_order(void **state)
{
	(void)state;
	for (int i = 1; i < KL_FINDING_CODES; i++) {
		assert_true(kl_finding_check(i - 1) <= kl_finding_check(i));
		for (int j = 0; j < i; j++)
			assert_string_not_equal(
			    kl_finding_word(i), kl_finding_word(j));
	}
}

/* lib/README.md tells the same order: a line for each code. */
static void is_told_in_prose(void **state)
{
	static char text[1 << 17];
	FILE *file = fopen("lib/README.md", "rb");
	const char *at;
	char row[160];

	(void)state;
	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	at = text;
	for (int i = 0; i < KL_FINDING_CODES; i++) {
		snprintf(row, sizeof(row), "| `%s` | %s |\n",
		    kl_finding_word(i), kl_finding_english(i));
		at = strstr(at, row);
		if (!at)
			fail_msg("not there, or not in its place: %s", row);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_the_vectors),
		cmocka_unit_test(is_in_order),
		cmocka_unit_test(is_told_in_prose),
	};

	return cmocka_run_group_tests_name("kl_finding", tests, NULL, NULL);
}
