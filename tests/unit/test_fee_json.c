/* Fee schedules as JSON: what is read, and what is not. */
#include "kl_fee_json.h"
#include "unit.h"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static json_t *json_of(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

	assert_non_null(value);
	return value;
}

static void reads_every_member(void **state)
{
	json_auto_t *value = json_of(
	    "{\"unit\":\"investment\",\"formula\":\"staged\",\"base_fen\":5,"
	    "\"brackets\":[{\"above\":0,\"rate\":7},{\"above\":10,\"rate\":3}],"
	    "\"discount_bp\":1000,\"min_fen\":2,\"max_fen\":9}");
	struct kl_fee_sheet sheet;
	const char *where = NULL;

	(void)state;
	assert_int_equal(kl_fee_read(value, &sheet, &where), KL_OK);
	assert_null(where);
	assert_int_equal(sheet.schedule.unit, KL_FEE_PER_INVESTMENT);
	assert_int_equal(sheet.schedule.formula, KL_FEE_STAGED);
	assert_int_equal(sheet.schedule.base_fen, 5);
	assert_int_equal(sheet.schedule.bracket_count, 2);
	assert_int_equal(sheet.schedule.brackets[0].rate, 7);
	assert_int_equal(sheet.schedule.brackets[1].above, 10);
	assert_int_equal(sheet.schedule.discount_bp, 1000);
	assert_int_equal(sheet.schedule.min_fen, 2);
	assert_int_equal(sheet.schedule.max_fen, 9);
	assert_int_equal(kl_fee_fault(&sheet.schedule), KL_FEE_SOUND);
}

static void takes_what_is_left_out_as_nothing(void **state)
{
	static const char *const texts[] = {
		"{\"unit\":\"item\",\"formula\":\"flat\"}",
		"{\"unit\":\"item\",\"formula\":\"flat\",\"max_fen\":null}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		json_auto_t *value = json_of(texts[i]);
		struct kl_fee_sheet sheet;
		const char *where;

		assert_int_equal(kl_fee_read(value, &sheet, &where), KL_OK);
		assert_int_equal(sheet.schedule.base_fen, 0);
		assert_int_equal(sheet.schedule.bracket_count, 0);
		assert_int_equal(sheet.schedule.discount_bp, 0);
		assert_true(sheet.schedule.max_fen == KL_FEE_OPEN);
	}
}

static void names_what_is_odd(void **state)
{
#define FLAT "{\"unit\":\"item\",\"formula\":\"flat\","
	static const struct {
		const char *text, *where;
	} cases[] = {
		{ "[]", "" },
		{ "7", "" },
		{ FLAT "\"more\":1}", "" },
		{ "{\"formula\":\"flat\"}", "unit" },
		{ "{\"unit\":7,\"formula\":\"flat\"}", "unit" },
		{ "{\"unit\":\"yard\",\"formula\":\"flat\"}", "unit" },
		{ "{\"unit\":\"item\"}", "formula" },
		{ "{\"unit\":\"item\",\"formula\":\"free\"}", "formula" },
		{ FLAT "\"base_fen\":1.5}", "base_fen" },
		{ FLAT "\"base_fen\":\"1\"}", "base_fen" },
		{ FLAT "\"brackets\":{}}", "brackets" },
		{ FLAT "\"brackets\":[7]}", "brackets" },
		{ FLAT "\"brackets\":[{\"more\":7}]}", "brackets" },
		{ FLAT "\"brackets\":[{\"above\":\"7\"}]}", "brackets" },
		{ FLAT "\"brackets\":[{\"rate\":\"7\"}]}", "brackets" },
		{ FLAT "\"brackets\":[{\"fee_fen\":\"7\"}]}", "brackets" },
		{ FLAT "\"discount_bp\":\"1\"}", "discount_bp" },
		{ FLAT "\"discount_bp\":-1}", "discount_bp" },
		{ FLAT "\"discount_bp\":4294967296}", "discount_bp" },
		{ FLAT "\"min_fen\":\"1\"}", "min_fen" },
		{ FLAT "\"max_fen\":\"1\"}", "max_fen" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		json_auto_t *value = json_of(cases[i].text);
		struct kl_fee_sheet sheet;
		const char *where = NULL;

		assert_int_equal(
		    kl_fee_read(value, &sheet, &where), KL_MALFORMED);
		assert_string_equal(where, cases[i].where);
	}
#undef FLAT
}

static void counts_the_brackets(void **state)
{
	(void)state;
	for (size_t most = KL_FEE_BRACKETS_MAX; most < KL_FEE_BRACKETS_MAX + 2;
	     most++) {
		json_auto_t *value = json_of("{\"unit\":\"item\",\"formula\":"
					     "\"table\",\"brackets\":[]}");
		struct kl_fee_sheet sheet;
		const char *where;

		for (size_t i = 0; i < most; i++)
			json_array_append_new(
			    json_object_get(value, "brackets"), json_object());
		assert_int_equal(kl_fee_read(value, &sheet, &where),
		    most > KL_FEE_BRACKETS_MAX ? KL_MALFORMED : KL_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_member),
		cmocka_unit_test(takes_what_is_left_out_as_nothing),
		cmocka_unit_test(names_what_is_odd),
		cmocka_unit_test(counts_the_brackets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
