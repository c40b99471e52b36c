/* Names of files, and the header they go out in. */
#include "kl_attachment.h"
#include "unit.h"

#include <string.h>

static void takes_names(void **state)
{
	static const char *const names[] = { "a", "a.pdf", "证书.pdf", "a b",
		"CONTRACT.pdf", "CO.pdf", "COMA", "COM", "LPT.txt", "NULL",
		"a.CON", "nu{", "COM-", "COM10", "com\xe4\xb8\x80", "-x",
		"a..b" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (kl_attachment_check(names[i]))
			fail_msg("\"%s\"", names[i]);
}

static void refuses_others(void **state)
{
	static const char *const names[] = { "", ".", "..", ".pdf", "a.", " a",
		"a ", "a/b", "a\\b", "a:b", "a*", "a?", "a\"", "a<", "a>", "a|",
		"CON", "con.pdf", "Prn", "aux.", "NUL.tar.gz", "COM0", "com9.x",
		"LPT1" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (kl_attachment_check(names[i]) != KL_MALFORMED)
			fail_msg("\"%s\"", names[i]);
}

/* RFC 6266 §5; RFC 8187 §3.2.3. */
static void writes_it(void **state)
{
	static const struct {
		const char *name, *value;
	} cases[] = {
		{ "a b-1.pdf", "attachment; filename=\"a b-1.pdf\"" },
		{ "£ and € rates", "attachment; filename=\"_ and _ rates\"; "
				   "filename*=UTF-8''%C2%A3%20and%20%E2%82%AC%"
				   "20rates" },
		{ "a\"\\%\x7f\n", "attachment; filename=\"a_____\"; "
				  "filename*=UTF-8''a%22%5C%25%7F%0A" },
		{ "é!#$&+-.^_`|~az09AZ'()*{",
		    "attachment; filename=\"_!#$&+-.^_`|~az09AZ'()*{\"; "
		    "filename*=UTF-8''%C3%A9!#$&+-.^_`|~az09AZ%27%28%29%2A%"
		    "7B" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct kl_buf out = KL_BUF(400);

		kl_attachment_write(&out, cases[i].name);
		kl_buf_add_byte(&out, '\0');
		assert_int_equal(kl_buf_result(&out), KL_OK);
		assert_string_equal((char *)out.data, cases[i].value);
		kl_buf_clear(&out);
	}
}

enum { HEAD = 30 };

/* A local header of a ZIP. */
static size_t add_entry(uint8_t *to, const char *name)
{
	memset(to, 0, HEAD);
	memcpy(to, "PK\3\4", 4);
	to[26] = (uint8_t)strlen(name);
	memcpy(to + HEAD, name, strlen(name));
	return HEAD + strlen(name);
}

static void knows_ofd(void **state)
{
	uint8_t bytes[200];
	size_t first = add_entry(bytes, "Doc_0/");
	size_t size = first + add_entry(bytes + first, "OFD.xml");

	(void)state;
	assert_true(kl_attachment_is_ofd(bytes, size));
	assert_false(kl_attachment_is_ofd(bytes, size - 1));
	assert_false(kl_attachment_is_ofd(bytes, first));
	assert_false(kl_attachment_is_ofd(bytes, 3));
	assert_false(kl_attachment_is_ofd(bytes + 1, size - 1));
	bytes[first + 27] = 1; /* a longer name */
	assert_false(kl_attachment_is_ofd(bytes, size));
	size = first + add_entry(bytes + first, "OFD.xmk");
	assert_false(kl_attachment_is_ofd(bytes, size));
	size = first + add_entry(bytes + first, "OFD.xmls");
	assert_false(kl_attachment_is_ofd(bytes, size));
	memset(bytes + size, 0, 100);
	assert_false(kl_attachment_is_ofd(bytes, size + 100));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_names),
		cmocka_unit_test(refuses_others),
		cmocka_unit_test(writes_it),
		cmocka_unit_test(knows_ofd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
