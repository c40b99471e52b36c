/* CSV: rows as RFC 4180 has them, and nothing a spreadsheet would run. */
#include "kl_csv.h"
#include "unit.h"

#include <stdio.h>

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

/* All rows, cells ended by |, rows by the line they begin on. */
static enum kl_result show(const char *text, char *shown, size_t size)
{
	char copy[1024];
	struct kl_csv csv;
	struct kl_csv_row row;
	size_t used = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	kl_csv_begin(&csv, copy);
	*shown = '\0';
	while (kl_csv_more(&csv)) {
		enum kl_result result = kl_csv_next(&csv, &row);

		if (result)
			return result;
		for (size_t i = 0; i < row.count; i++)
			used += (size_t)snprintf(
			    shown + used, size - used, "%s|", row.cells[i]);
		used += (size_t)snprintf(
		    shown + used, size - used, "%zu;", row.line);
	}
	return KL_OK;
}

static void reads_rows(void **state)
{
	static const struct {
		const char *text, *rows;
	} cases[] = {
		{ "", "" },
		{ "a", "a|1;" },
		{ "a,b\n", "a|b|1;" },
		{ "\xef\xbb\xbf"
		  "a,b\r\nc,d",
		    "a|b|1;c|d|2;" },
		{ ",\n\n", "||1;|2;" },
		{ "\"a,b\",\"\"\n", "a,b||1;" },
		{ "\"a\"\"b\",c\n", "a\"b|c|1;" },
		{ "\"a\r\nb\"\nc\n", "a\r\nb|1;c|3;" },
		{ "\"a\"", "a|1;" },
		{ "\"\"\"\"", "\"|1;" },
		{ "a,", "a||1;" },
	};
	char shown[256];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(
		    show(cases[i].text, shown, sizeof(shown)), KL_OK);
		assert_string_equal(shown, cases[i].rows);
	}
}

static void refuses_what_is_none(void **state)
{
	static const char *const cases[] = { "\"a", "\"a\"\"", "\"a\"b", "a\"b",
		"a\rb", "a,\"b\"\rc", "\"a\" \n", "\"" };
	char shown[256];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
		    show(cases[i], shown, sizeof(shown)), KL_MALFORMED);
}

static void counts_cells(void **state)
{
	char text[2 * KL_CSV_COLUMNS_MAX], shown[1024];

	(void)state;
	memset(text, ',', KL_CSV_COLUMNS_MAX);
	text[KL_CSV_COLUMNS_MAX - 1] = '\0';
	assert_int_equal(show(text, shown, sizeof(shown)), KL_OK);
	text[KL_CSV_COLUMNS_MAX - 1] = ',';
	text[KL_CSV_COLUMNS_MAX] = '\0';
	assert_int_equal(show(text, shown, sizeof(shown)), KL_TOO_LARGE);
}

static void writes_what_no_spreadsheet_runs(void **state)
{
	static const struct {
		const char *text;
		bool number;
		const char *cell;
	} cases[] = {
		{ "", false, "" },
		{ "a", false, "a" },
		{ "a,b", false, "\"a,b\"" },
		{ "a\"b", false, "\"a\"\"b\"" },
		{ "a\nb", false, "\"a\nb\"" },
		{ "a\rb", false, "\"a\rb\"" },
		{ "=1+1", false, "'=1+1" },
		{ "+1", false, "'+1" },
		{ "-1", false, "'-1" },
		{ "@a", false, "'@a" },
		{ "\ta", false, "'\ta" },
		{ "\ra", false, "\"'\ra\"" },
		{ "=\"a\"", false, "\"'=\"\"a\"\"\"" },
		{ "-1", true, "-1" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct kl_buf out = KL_BUF(64);

		kl_csv_add(&out, cases[i].text, strlen(cases[i].text),
		    cases[i].number);
		kl_buf_add_byte(&out, '\0');
		assert_int_equal(kl_buf_result(&out), KL_OK);
		assert_string_equal((char *)out.data, cases[i].cell);
		kl_buf_clear(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_rows),
		cmocka_unit_test(refuses_what_is_none),
		cmocka_unit_test(counts_cells),
		cmocka_unit_test(writes_what_no_spreadsheet_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
