/* Requirements as JSON: what is read, and what is not. */
#include "kl_requirement_json.h"
#include "unit.h"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static json_t *json_of(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

	assert_non_null(value);
	return value;
}

static void reads_what_is_asked_for(void **state)
{
	json_auto_t *value = json_of(
	    "{\"all\":[{\"any\":[{\"kind\":\"survey\",\"level_min\":\"乙级\"},"
	    "{\"kind\":\"plan\",\"scope\":\"water\"}]}],"
	    "\"ladders\":[{\"kind\":\"survey\",\"levels\":[\"甲级\",\"乙级\"]}]"
	    "}");
	struct kl_requirement_sheet sheet;
	const struct kl_requirements *all = &sheet.requirements;
	const char *why;

	(void)state;
	assert_int_equal(kl_requirement_read(value, &sheet, &why), KL_OK);
	assert_int_equal(all->count, 1);
	assert_int_equal(all->list[0].count, 2);
	assert_string_equal(all->list[0].alternatives[0].level_min, "乙级");
	assert_null(all->list[0].alternatives[0].scope);
	assert_string_equal(all->list[0].alternatives[1].scope, "water");
	assert_int_equal(all->ladder_count, 1);
	assert_string_equal(all->ladders[0].levels[0], "甲级");
}

static void refuses_the_rest(void **state)
{
#define ASKS             "{\"all\":[{\"any\":[{\"kind\":\"a\"}]}],"
#define ONE(alternative) "{\"all\":[{\"any\":[" alternative "]}]}"
	static const struct {
		const char *text;
		enum kl_result result;
	} cases[] = {
		{ ONE("{\"kind\":\"a\"}"), KL_OK },
		{ ASKS "\"ladders\":[]}", KL_OK },
		{ "[]", KL_MALFORMED },
		{ ASKS "\"more\":1}", KL_MALFORMED },
		{ "{}", KL_MALFORMED },
		{ "{\"all\":{}}", KL_MALFORMED },
		{ "{\"all\":[]}", KL_RANGE },
		{ "{\"all\":[7]}", KL_MALFORMED },
		{ "{\"all\":[{}]}", KL_MALFORMED },
		{ "{\"all\":[{\"any\":[],\"more\":1}]}", KL_MALFORMED },
		{ ONE(""), KL_RANGE },
		{ ONE("7"), KL_MALFORMED },
		{ ONE("{}"), KL_MALFORMED },
		{ ONE("{\"kind\":\"甲\"}"), KL_MALFORMED },
		{ ONE("{\"kind\":\"a\",\"more\":1}"), KL_MALFORMED },
		{ ONE("{\"kind\":\"a\",\"scope\":7}"), KL_MALFORMED },
		{ ONE("{\"kind\":\"a\",\"level_min\":\"\"}"), KL_MALFORMED },
		{ ONE("{\"kind\":\"a\",\"level_min\":7}"), KL_MALFORMED },
		{ ONE("{\"kind\":\"a\",\"level_min\":\"甲级\"}"), KL_RANGE },
		{ ASKS "\"ladders\":{}}", KL_MALFORMED },
		{ ASKS "\"ladders\":[7]}", KL_MALFORMED },
		{ ASKS "\"ladders\":[{\"kind\":\"a\"}]}", KL_MALFORMED },
		{ ASKS "\"ladders\":[{\"levels\":[]}]}", KL_MALFORMED },
		{ ASKS "\"ladders\":[{\"kind\":\"a\",\"levels\":[7]}]}",
		    KL_MALFORMED },
		{ ASKS "\"ladders\":[{\"kind\":\"a\",\"levels\":[],"
		       "\"more\":1}]}",
		    KL_MALFORMED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		json_auto_t *value = json_of(cases[i].text);
		struct kl_requirement_sheet sheet;
		const char *why = NULL;

		assert_int_equal(
		    kl_requirement_read(value, &sheet, &why), cases[i].result);
		assert_non_null(why);
	}
}

/* `most` times `item` in the list at `name` of `value`. */
static void fill(json_t *list, size_t most, const char *item)
{
	for (size_t i = 0; i < most; i++)
		json_array_append_new(list, json_of(item));
}

static enum kl_result read_with(
    size_t all, size_t any, size_t ladders, size_t levels)
{
	json_auto_t *value = json_of("{\"all\":[],\"ladders\":[]}");
	json_t *list = json_object_get(value, "all");
	struct kl_requirement_sheet sheet;
	const char *why;

	fill(list, all, "{\"any\":[]}");
	for (size_t i = 0; i < all; i++)
		fill(json_object_get(json_array_get(list, i), "any"), any,
		    "{\"kind\":\"a\"}");
	list = json_object_get(value, "ladders");
	fill(list, ladders, "{\"kind\":\"b\",\"levels\":[]}");
	for (size_t i = 0; i < ladders; i++)
		fill(json_object_get(json_array_get(list, i), "levels"), levels,
		    "\"甲级\"");
	return kl_requirement_read(value, &sheet, &why);
}

static void keeps_its_limits(void **state)
{
	(void)state;
	assert_int_equal(read_with(KL_REQUIREMENTS_MAX, KL_ALTERNATIVES_MAX,
			     KL_SHEET_LADDERS_MAX, KL_LEVELS_MAX),
	    KL_OK);
	assert_int_equal(
	    read_with(KL_REQUIREMENTS_MAX + 1, 1, 0, 0), KL_TOO_LARGE);
	assert_int_equal(
	    read_with(1, KL_ALTERNATIVES_MAX + 1, 0, 0), KL_TOO_LARGE);
	assert_int_equal(
	    read_with(1, 1, KL_SHEET_LADDERS_MAX + 1, 0), KL_TOO_LARGE);
	assert_int_equal(read_with(1, 1, 1, KL_LEVELS_MAX + 1), KL_TOO_LARGE);
}

static void measures_a_level(void **state)
{
	char level[KL_LEVEL_SIZE_MAX + 2];

	(void)state;
	for (size_t size = KL_LEVEL_SIZE_MAX; size < sizeof(level); size++) {
		struct kl_requirement_sheet sheet;
		const char *why;
		json_auto_t *value = NULL;

		memset(level, 'a', size);
		level[size] = '\0';
		value = json_pack("{s:[{s:[{s:s}]}], s:[{s:s, s:[s]}]}", "all",
		    "any", "kind", "a", "ladders", "kind", "a", "levels",
		    level);
		assert_int_equal(kl_requirement_read(value, &sheet, &why),
		    size > KL_LEVEL_SIZE_MAX ? KL_MALFORMED : KL_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_is_asked_for),
		cmocka_unit_test(refuses_the_rest),
		cmocka_unit_test(keeps_its_limits),
		cmocka_unit_test(measures_a_level),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
