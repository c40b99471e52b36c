/* An entry read where it stands is what kl_leaf_read() makes of it: of entries,
 * and of each of them with any one byte changed, left out or put in twice. */
#include "kl_canon.h"
#include "kl_view.h"
#include "unit.h"

static const char *const entries[] = {
	"{\"at\":\"2026-07-01T00:00:00Z\",\"by\":{\"org\":\"kw\",\"role\":"
	"\"operator\"},\"data\":{\"a\\\"b\":[1,-20,0,true,null,{\"x\":false}],"
	"\"text\":\"\\u001f\\n\\\\\\\"\xe4\xb8\xad\x7f\",\"z\":"
	"9007199254740991},\"id\":\"ab010203000000000000000000000000\","
	"\"kind\":\"draw.locked\",\"seq\":7,\"subject\":\"D-1\",\"v\":1}",
	"{\"at\":\"2026-02-28T23:59:59Z\",\"by\":{},\"data\":{\"digest\":"
	"\"00\"},\"id\":\"ffffffffffffffffffffffffffffffff\",\"kind\":"
	"\"sealed\",\"seq\":0,\"subject\":\"-\",\"v\":1}",
	/* Sixteen levels, the most there may be. */
	"{\"at\":\"2026-07-01T00:00:00Z\",\"by\":{\"org\":\"-\",\"role\":\"a\"}"
	",\"data\":{\"a\":[[[[[[[[[[[[[[]]]]]]]]]]]]]]},"
	"\"id\":\"ab010203000000000000000000000000\",\"kind\":\"a.b\","
	"\"seq\":9007199254740991,\"subject\":\"x\",\"v\":1}",
};

static void compare(const struct kl_leaf *leaf, const struct kl_view *view)
{
	struct kl_buf data = KL_BUF(KL_LEAF_SIZE_MAX);

	assert_int_equal(kl_canon_write(&data, leaf->data), KL_OK);
	assert_int_equal(data.size, view->data.size);
	assert_memory_equal(data.data, view->data.at, data.size);
	kl_buf_clear(&data);
	assert_int_equal(leaf->at, view->at);
	assert_int_equal(leaf->seq, view->seq);
	assert_memory_equal(&leaf->id, &view->id, sizeof(leaf->id));
	assert_true(kl_span_is(view->kind, leaf->kind));
	assert_true(kl_span_is(view->subject, leaf->subject));
	assert_int_equal(
	    view->organisation.size > 0, leaf->organisation != NULL);
}

static enum kl_result read_both(const char *text, size_t size)
{
	json_auto_t *value = NULL, *object = NULL;
	struct kl_leaf leaf;
	struct kl_view view;
	enum kl_result result = kl_leaf_read(text, size, &value, &leaf);
	bool canonical = kl_canon_check(text, size, &object) == KL_OK;

	assert_int_equal(kl_view_read(text, size, &view), result);
	if (!result)
		compare(&leaf, &view);
	assert_int_equal(
	    canonical, *text == '{' && kl_scan_value(text, size, 0) == size);
	return result;
}

static void reads_what_a_leaf_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(entries) / sizeof(*entries); i++)
		assert_int_equal(
		    read_both(entries[i], strlen(entries[i])), KL_OK);
}

/* Each byte replaced by each of those that mean something. */
static void judges_a_changed_byte_alike(void **state)
{
	static const char bytes[] = "\"\\{}[],:-0189aAfu.eE n\n\x01\x1f\x7f\x80"
				    "\xc3\xed\xf4";
	char text[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(entries) / sizeof(*entries); i++)
		for (size_t at = 0; entries[i][at]; at++)
			for (size_t b = 0; b < sizeof(bytes); b++) {
				size_t size = strlen(entries[i]);

				memcpy(text, entries[i], size);
				text[at] = bytes[b];
				(void)read_both(text, size);
			}
}

static void judges_a_byte_too_few_or_too_many_alike(void **state)
{
	char text[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(entries) / sizeof(*entries); i++)
		for (size_t at = 0; entries[i][at]; at++) {
			size_t size = strlen(entries[i]);

			memcpy(text, entries[i], at);
			memcpy(text + at, entries[i] + at + 1, size - at - 1);
			(void)read_both(text, size - 1);
			memcpy(text + at + 1, entries[i] + at, size - at);
			text[at] = entries[i][at];
			(void)read_both(text, size + 1);
		}
}

static void finds_members(void **state)
{
	static const char text[] =
	    "{\"a\":{\"b\":\"no\"},\"b\":\"x\\u0001\\t\xe4\xb8\xad\"}";
	struct kl_span object = { text, sizeof(text) - 1 }, value;
	struct kl_buf said = KL_BUF(64);

	(void)state;
	assert_true(kl_scan_member(object, "b", &value));
	assert_true(kl_scan_text(value, &said));
	assert_int_equal(said.size, 6);
	assert_memory_equal(said.data, "x\x01\t\xe4\xb8\xad", 6);
	assert_false(kl_scan_member(object, "c", &value));
	assert_true(kl_scan_member(object, "a", &value));
	assert_false(kl_scan_text(value, &said));
	kl_buf_clear(&said);
}

/* At every place of a long text, as eight bytes are looked at together. */
static void says_what_a_text_says(void **state)
{
	static const char *const parts[] = { "", "\\\"", "\\\\", "\\u0001",
		"\\n", "\xe4\xb8\xad", "\xf0\x9f\x8e\xb2\\t\\t", "\x7f" };
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		for (int before = 0; before < 300; before++) {
			struct kl_buf said = KL_BUF(512);
			int size =
			    snprintf(text, sizeof(text), "\"%0*d%s%0*d\"",
				before, 0, parts[i], before % 17, 0);
			struct kl_span value = { text, (size_t)size };
			json_auto_t *json =
			    json_loadb(text, value.size, JSON_DECODE_ANY, NULL);

			assert_int_equal(
			    kl_scan_value(text, value.size, 0), value.size);
			assert_true(kl_scan_text(value, &said));
			assert_int_equal(said.size, json_string_length(json));
			assert_memory_equal(
			    said.data, json_string_value(json), said.size);
			value.size--;
			assert_false(kl_scan_text(value, &said));
			kl_buf_clear(&said);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_a_leaf_is),
		cmocka_unit_test(judges_a_changed_byte_alike),
		cmocka_unit_test(judges_a_byte_too_few_or_too_many_alike),
		cmocka_unit_test(finds_members),
		cmocka_unit_test(says_what_a_text_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
