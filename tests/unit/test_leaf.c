/* A leaf is one canonical object; a sealed one tells only a digest. */
#include "kl_leaf.h"
#include "unit.h"

static const struct kl_event_id some_id = { { 0xab, 1, 2, 3 } };

static enum kl_result write_with(const char *kind, const char *subject,
    int64_t at, size_t text_size, struct kl_buf *out)
{
	char *text = test_calloc(1, text_size + 1);
	json_auto_t *data = NULL;
	enum kl_result result;

	memset(text, 'x', text_size);
	data = json_pack("{s:s}", "text", text);
	test_free(text);
	result = kl_leaf_write(out, &(struct kl_leaf){ at, "kw", "operator",
					data, some_id, kind, subject, 7 });
	return result;
}

static void writes_its_members_in_order(void **state)
{
	static const char expected[] =
	    "{\"at\":\"2026-07-01T00:00:00Z\",\"by\":{\"org\":\"kw\","
	    "\"role\":\"operator\"},\"data\":{\"text\":\"xx\"},"
	    "\"id\":\"ab010203000000000000000000000000\","
	    "\"kind\":\"draw.locked\",\"seq\":7,\"subject\":\"D-1\",\"v\":1}";
	struct kl_buf out = KL_BUF(KL_LEAF_SIZE_MAX);

	(void)state;
	assert_int_equal(
	    write_with("draw.locked", "D-1", 1782864000, 2, &out), KL_OK);
	assert_int_equal(out.size, sizeof(expected) - 1);
	assert_memory_equal(out.data, expected, out.size);
	kl_buf_clear(&out);
}

static void refuses_what_is_no_token(void **state)
{
	struct kl_buf out = KL_BUF(KL_LEAF_SIZE_MAX);
	char longest[KL_TOKEN_SIZE_MAX + 2] = { 0 };

	(void)state;
	memset(longest, 't', KL_TOKEN_SIZE_MAX);
	assert_int_equal(write_with(longest, "a", 0, 1, &out), KL_OK);
	longest[KL_TOKEN_SIZE_MAX] = 't';
	assert_int_equal(write_with(longest, "a", 0, 1, &out), KL_RANGE);
	assert_int_equal(write_with("-", "a", 0, 1, &out), KL_RANGE);
	assert_int_equal(write_with("a", "-", 0, 1, &out), KL_OK);
	assert_int_equal(write_with("a", "", 0, 1, &out), KL_RANGE);
	assert_int_equal(write_with("a", "a b", 0, 1, &out), KL_RANGE);
	assert_int_equal(
	    write_with("a", "a", INT64_C(253402300800), 1, &out), KL_RANGE);
	kl_buf_clear(&out);
}

static void stops_at_its_size(void **state)
{
	struct kl_buf out = KL_BUF(2 * KL_LEAF_SIZE_MAX);
	size_t frame;

	(void)state;
	assert_int_equal(write_with("a", "a", 0, 0, &out), KL_OK);
	frame = out.size;
	kl_buf_clear(&out);
	assert_int_equal(
	    write_with("a", "a", 0, KL_LEAF_SIZE_MAX - frame, &out), KL_OK);
	kl_buf_clear(&out);
	assert_int_equal(
	    write_with("a", "a", 0, KL_LEAF_SIZE_MAX - frame + 1, &out),
	    KL_TOO_LARGE);
	kl_buf_clear(&out);
}

static void seals_with_its_salt(void **state)
{
	static const uint8_t salt[KL_SALT_SIZE] = { 1 };
	struct kl_buf out = KL_BUF(KL_LEAF_SIZE_MAX);
	uint8_t both[KL_SALT_SIZE + 2] = { 1 };
	struct kl_hash digest = kl_leaf_seal(salt, "{}", 2);
	struct kl_hash whole;
	char hex[KL_HASH_HEX];

	(void)state;
	memcpy(both + KL_SALT_SIZE, "{}", 2);
	whole = kl_hash_of(both, sizeof(both));
	assert_true(kl_hash_equal(&digest, &whole));
	assert_int_equal(
	    kl_leaf_write_sealed(&out, 0, &some_id, &digest), KL_OK);
	kl_buf_add_byte(&out, '\0');
	kl_hash_hex(&digest, hex);
	assert_non_null(strstr((char *)out.data, hex));
	assert_non_null(strstr((char *)out.data, "\"by\":{},"));
	assert_non_null(strstr((char *)out.data,
	    "\"kind\":\"sealed\",\"seq\":0,\"subject\":\"-\""));
	kl_buf_clear(&out);
}

static enum kl_result read_text(const char *text)
{
	json_t *value = NULL;
	struct kl_leaf leaf;
	enum kl_result result = kl_leaf_read(text, strlen(text), &value, &leaf);

	json_decref(value);
	return result;
}

#define ID "\"id\":\"ab010203000000000000000000000000\","

static void reads_only_what_it_writes(void **state)
{
	static const struct {
		const char *text;
		enum kl_result result;
	} cases[] = {
		{ "{\"at\":\"2026-07-01T00:00:00Z\",\"by\":{},\"data\":{}," ID
		  "\"kind\":\"a\",\"seq\":0,\"subject\":\"-\",\"v\":1}",
		    KL_OK },
		{ "{\"at\":\"2026-07-01T00:00:00Z\",\"by\":{\"org\":\"o\","
		  "\"role\":\"r\"},\"data\":{}," ID
		  "\"kind\":\"a\",\"seq\":1,\"subject\":\"s\",\"v\":1}",
		    KL_OK },
		{ "{\"at\":\"2026-07-01T00:00:00Z\",\"by\":{\"org\":\"-\","
		  "\"role\":\"anyone\"},\"data\":{}," ID
		  "\"kind\":\"a\",\"seq\":1,\"subject\":\"s\",\"v\":1}",
		    KL_OK },
		/* a name instead of a token, no role */
		{ "{\"at\":\"2026-07-01T00:00:00Z\",\"by\":{\"org\":\"A B\","
		  "\"role\":\"r\"},\"data\":{}," ID
		  "\"kind\":\"a\",\"seq\":1,\"subject\":\"s\",\"v\":1}",
		    KL_RANGE },
		{ "{\"at\":\"2026-07-01T00:00:00Z\",\"by\":{\"org\":\"o\","
		  "\"role\":\"-\"},\"data\":{}," ID
		  "\"kind\":\"a\",\"seq\":1,\"subject\":\"s\",\"v\":1}",
		    KL_RANGE },
		/* a space */
		{ "{\"at\":\"2026-07-01T00:00:00Z\", \"by\":{},\"data\":{}," ID
		  "\"kind\":\"a\",\"seq\":0,\"subject\":\"-\",\"v\":1}",
		    KL_MISMATCH },
		/* one member more, one less */
		{ "{\"at\":\"2026-07-01T00:00:00Z\",\"by\":{},\"data\":{}," ID
		  "\"kind\":\"a\",\"seq\":0,\"subject\":\"-\",\"v\":1,"
		  "\"w\":1}",
		    KL_MALFORMED },
		{ "{\"at\":\"2026-07-01T00:00:00Z\",\"by\":{},\"data\":{}," ID
		  "\"kind\":\"a\",\"seq\":0,\"subject\":\"-\"}",
		    KL_MALFORMED },
		/* another version, a negative seq, half a person */
		{ "{\"at\":\"2026-07-01T00:00:00Z\",\"by\":{},\"data\":{}," ID
		  "\"kind\":\"a\",\"seq\":0,\"subject\":\"-\",\"v\":2}",
		    KL_RANGE },
		{ "{\"at\":\"2026-07-01T00:00:00Z\",\"by\":{},\"data\":{}," ID
		  "\"kind\":\"a\",\"seq\":-1,\"subject\":\"-\",\"v\":1}",
		    KL_RANGE },
		{ "{\"at\":\"2026-07-01T00:00:00Z\",\"by\":{\"org\":\"o\"},"
		  "\"data\":{}," ID
		  "\"kind\":\"a\",\"seq\":0,\"subject\":\"-\",\"v\":1}",
		    KL_MALFORMED },
		{ "{\"at\":\"2026-07-01T00:00:00Z\",\"by\":[],\"data\":{}," ID
		  "\"kind\":\"a\",\"seq\":0,\"subject\":\"-\",\"v\":1}",
		    KL_MALFORMED },
		{ "", KL_MALFORMED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (read_text(cases[i].text) != cases[i].result)
			fail_msg(
			    "%s: %d", cases[i].text, read_text(cases[i].text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_its_members_in_order),
		cmocka_unit_test(refuses_what_is_no_token),
		cmocka_unit_test(stops_at_its_size),
		cmocka_unit_test(seals_with_its_salt),
		cmocka_unit_test(reads_only_what_it_writes),
	};

	return cmocka_run_group_tests_name("kl_leaf", tests, NULL, NULL);
}
