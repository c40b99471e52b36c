/* Canonical JSON is RFC 8785's, or refused: cyberphone's own test data. */
#include "kl_canon.h"
#include "vectors.h"

/* The value alone: RFC 8785 permits any at the top, we an object. */
static enum kl_result canonical(
    struct kl_buf *out, const char *text, size_t size)
{
	json_auto_t *value = json_loadb(text, size, JSON_DECODE_ANY, NULL);

	assert_non_null(value);
	return kl_canon_write(out, value);
}

/* Three have keys that are not ASCII or are empty, two have reals. */
static bool is_permitted(const char *name)
{
	return strcmp(name, "arrays") == 0 || strcmp(name, "unicode") == 0;
}

static void check_case(const json_t *vector)
{
	size_t size, form_size;
	uint8_t *input = bytes_of_hex(text_of(vector, "input_hex"), &size);
	uint8_t *form = bytes_of_hex(text_of(vector, "output_hex"), &form_size);
	struct kl_buf out = KL_BUF(65536);
	enum kl_result result = canonical(&out, (char *)input, size);
	struct kl_hash hash = kl_hash_of(form, form_size);

	assert_hash(&hash, text_of(vector, "sha256_output"));
	if (is_permitted(text_of(vector, "name"))) {
		assert_int_equal(result, KL_OK);
		assert_int_equal(out.size, form_size);
		assert_memory_equal(out.data, form, form_size);
	} else {
		assert_int_equal(result, KL_RANGE);
	}
	kl_buf_clear(&out);
	free(input);
	free(form);
}

static void writes_the_cases_or_refuses(void **state)
{
	json_t *file = vectors_load(TLOG "rfc8785/cases.json");
	json_t *cases = member(file, "cases");

	(void)state;
	assert_int_equal(json_array_size(cases), 6);
	for (size_t i = 0; i < json_array_size(cases); i++)
		check_case(json_array_get(cases, i));
	print_message("cases.json: 2 byte-exact, 4 refused\n");
	json_decref(file);
}

/* --- where jansson writes something else ---------------------------------- */

static bool is_written_as(const char *input, const char *form)
{
	struct kl_buf out = KL_BUF(4096);
	json_t *value = NULL;
	bool taken = !kl_canon_read(input, strlen(input), 64, &value, NULL) &&
		     !kl_canon_write(&out, value);
	bool same = taken && out.size == strlen(form) &&
		    memcmp(out.data, form, out.size) == 0;

	if (taken && !same)
		fail_msg("%s: %.*s", input, (int)out.size, (char *)out.data);
	json_decref(value);
	kl_buf_clear(&out);
	return same;
}

/* What `text` is by jansson, which the vectors say is RFC 8785 here. */
static bool is_written_the_same(const char *text)
{
	json_auto_t *value = json_loads(text, 0, NULL);
	char *form = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
	bool same = is_written_as(text, form);

	free(form);
	return same;
}

/* As RFC 8785 has it or not at all, and never as jansson alone has it. */
static void writes_no_form_of_jansson(void **state)
{
	json_t *file = vectors_load("tests/vectors/json/jcs-vs-jansson.json");
	json_t *same = member(file, "same"), *differs = member(file, "differs");
	size_t taken = 0;

	(void)state;
	for (size_t i = 0; i < json_array_size(same); i++)
		taken += is_written_the_same(
		    json_string_value(json_array_get(same, i)));
	assert_int_equal(taken, 3); /* the other has keys beyond ASCII */
	for (size_t i = 0; i < json_array_size(differs); i++) {
		json_t *vector = json_array_get(differs, i);

		taken += is_written_as(
		    text_of(vector, "in"), text_of(vector, "jcs"));
	}
	assert_int_equal(taken, 4); /* the controls; no reals, no large ones */
	json_decref(file);
}

/* --- numbers -------------------------------------------------------------- */

/* Do the digits stand for an integer that a double holds exactly? */
static bool is_safe_integer(const char *digits)
{
	char *end;
	long long value = strtoll(digits, &end, 10);

	return *end == '\0' && value >= -KL_INTEGER_MAX &&
	       value <= KL_INTEGER_MAX;
}

/* `text` is how ECMAScript writes a number. True: canonical here too. */
static bool check_number(const char *text)
{
	char document[64];
	struct kl_buf out = KL_BUF(64);
	json_t *value = NULL;
	bool safe = is_safe_integer(text);
	enum kl_result result;

	snprintf(document, sizeof(document), "{\"n\":%s}", text);
	result = kl_canon_read(
	    document, strlen(document), sizeof(document), &value, NULL);
	if (!result)
		result = kl_canon_write(&out, value);
	if (safe != !result)
		fail_msg("%s: %d", text, result);
	if (safe) {
		assert_int_equal(out.size, strlen(document));
		assert_memory_equal(out.data, document, out.size);
	}
	json_decref(value);
	kl_buf_clear(&out);
	return safe;
}

static void takes_integers_alone(void **state)
{
	FILE *file = fopen(TLOG "rfc8785/numbers_1000.txt", "r");
	json_t *cases = vectors_load(TLOG "rfc8785/cases.json");
	json_t *samples = member(cases, "number_samples");
	char line[64];
	size_t lines = 0, safe = 0;

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		char *text = strchr(line, ',') + 1;

		text[strcspn(text, "\n")] = '\0';
		safe += check_number(text);
		lines++;
	}
	fclose(file);
	assert_int_equal(lines, 1000);
	for (size_t i = 0; i < json_array_size(samples); i++)
		check_number(json_string_value(
		    json_array_get(json_array_get(samples, i), 1)));
	print_message("numbers_1000.txt: %zu byte-exact, %zu refused\n", safe,
	    lines - safe);
	json_decref(cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_the_cases_or_refuses),
		cmocka_unit_test(writes_no_form_of_jansson),
		cmocka_unit_test(takes_integers_alone),
	};

	return cmocka_run_group_tests_name("RFC 8785", tests, NULL, NULL);
}
