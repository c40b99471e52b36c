/* base64 has one text for each byte string. */
#include "kl_base64.h"
#include "unit.h"

/* RFC 4648 §10. */
static void writes_and_reads_the_rfc(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" },
		{ "\xfb\xff\xbf", "+/+/" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t size = strlen(cases[i][0]);
		size_t text_size = strlen(cases[i][1]);
		struct kl_buf out = KL_BUF(KL_BASE64_SIZE(size));
		uint8_t bytes[8];

		kl_base64_add(&out, cases[i][0], size);
		assert_int_equal(kl_buf_result(&out), KL_OK);
		assert_int_equal(out.size, text_size);
		if (size > 0)
			assert_memory_equal(out.data, cases[i][1], text_size);
		assert_int_equal(
		    kl_base64_read(cases[i][1], text_size, bytes, size), KL_OK);
		assert_memory_equal(bytes, cases[i][0], size);
		assert_int_equal(
		    kl_base64_read(cases[i][1], text_size, bytes, size + 1),
		    KL_MALFORMED);
		kl_buf_clear(&out);
	}
}

static void refuses_every_second_text(void **state)
{
	static const char *const bad[] = {
		"Z",
		"Zg",
		"Zg=",
		"Zg===",
		"Zm8",
		"Zm9v=",
		"=",
		"==",
		"===",
		"====",
		"Z===",
		"Zg==Zg==",
		"Zh==",
		"Zo==",
		"Zm9=",
		"Zm8\n",
		"Zm 8",
		"-_-_",
		"Zg=A",
		"Zm9v\n",
		"Zm9\xc3",
	};
	size_t size;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (kl_base64_check(bad[i], strlen(bad[i]), &size) !=
		    KL_MALFORMED)
			fail_msg("%s was taken", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_and_reads_the_rfc),
		cmocka_unit_test(refuses_every_second_text),
	};

	return cmocka_run_group_tests_name("kl_base64", tests, NULL, NULL);
}
