/* Each value has one canonical form or none: tests/vectors/canon.json. */
#include "kl_canon.h"
#include "unit.h"

enum { TOKENS_MAX = 64 };

static const char *name_of(enum kl_result result)
{
	static const char *const names[] = {
		[KL_OK] = "ok",
		[KL_MALFORMED] = "malformed",
		[KL_RANGE] = "range",
		[KL_TOO_LARGE] = "too-large",
		[KL_MISMATCH] = "mismatch",
		[KL_NO_MEMORY] = "no-memory",
	};

	return names[result];
}

static enum kl_result canonical(struct kl_buf *out, const char *input)
{
	json_auto_t *value = NULL;
	enum kl_result result =
	    kl_canon_read(input, strlen(input), TOKENS_MAX, &value, NULL);

	return result ? result : kl_canon_write(out, value);
}

static void check_vector(const json_t *vector)
{
	const char *input, *why, *form = "", *expected = "ok";
	struct kl_buf out = KL_BUF(4096);
	const char *got;

	assert_int_equal(
	    json_unpack((json_t *)vector, "{s:s, s:s, s?s, s?s !}", "why", &why,
		"input", &input, "canonical", &form, "refused", &expected),
	    0);
	got = name_of(canonical(&out, input));
	if (strcmp(got, expected) != 0)
		fail_msg("%s: %s, expected %s", why, got, expected);
	if (strcmp(got, "ok") == 0 &&
	    (out.size != strlen(form) || memcmp(out.data, form, out.size) != 0))
		fail_msg("%s: %.*s", why, (int)out.size, (char *)out.data);
	kl_buf_clear(&out);
}

static void follows_the_vectors(void **state)
{
	json_auto_t *vectors =
	    json_load_file("tests/vectors/canon.json", 0, NULL);

	(void)state;
	assert_true(json_array_size(vectors) > 0);
	for (size_t i = 0; i < json_array_size(vectors); i++)
		check_vector(json_array_get(vectors, i));
}

static void refuses_nul_in_text(void **state)
{
	json_auto_t *value = json_stringn("a\0b", 3);
	struct kl_buf out = KL_BUF(4096);

	(void)state;
	assert_int_equal(kl_canon_write(&out, value), KL_RANGE);
	kl_buf_clear(&out);
}

/* `innermost`, taken over, inside `depth` arrays. */
static enum kl_result write_nested(json_t *innermost, unsigned depth)
{
	json_auto_t *value = innermost;
	struct kl_buf out = KL_BUF(4096);
	enum kl_result result;

	for (unsigned i = 0; i < depth; i++)
		value = json_pack("[o]", value);
	result = kl_canon_write(&out, value);
	kl_buf_clear(&out);
	return result;
}

static void stops_at_its_depth(void **state)
{
	(void)state;
	assert_int_equal(write_nested(json_true(), KL_CANON_DEPTH_MAX), KL_OK);
	assert_int_equal(
	    write_nested(json_true(), KL_CANON_DEPTH_MAX + 1), KL_TOO_LARGE);
	assert_int_equal(
	    write_nested(json_object(), KL_CANON_DEPTH_MAX - 1), KL_OK);
	assert_int_equal(
	    write_nested(json_object(), KL_CANON_DEPTH_MAX), KL_TOO_LARGE);
}

static void stops_at_the_limit_of_its_buffer(void **state)
{
	json_auto_t *value = json_pack("[iii]", 1, 2, 3);
	struct kl_buf exact = KL_BUF(sizeof("[1,2,3]") - 1);
	struct kl_buf small = KL_BUF(sizeof("[1,2,3]") - 2);

	(void)state;
	assert_int_equal(kl_canon_write(&exact, value), KL_OK);
	assert_int_equal(kl_canon_write(&small, value), KL_TOO_LARGE);
	kl_buf_clear(&exact);
	kl_buf_clear(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_the_vectors),
		cmocka_unit_test(refuses_nul_in_text),
		cmocka_unit_test(stops_at_its_depth),
		cmocka_unit_test(stops_at_the_limit_of_its_buffer),
	};

	return cmocka_run_group_tests_name("kl_canon", tests, NULL, NULL);
}
