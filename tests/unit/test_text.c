/* What all texts share: spans, ids, key names, the names of entrants. */
#include "kl_text.h"
#include "unit.h"

static bool name_ok(const char *name)
{
	return kl_is_name(name, strlen(name));
}

static void sorts_spans_by_bytes(void **state)
{
	struct kl_span empty = { 0 };

	(void)state;
	assert_true(kl_span_compare(empty, kl_span_of("a")) < 0);
	assert_true(kl_span_compare(kl_span_of("a"), kl_span_of("ab")) < 0);
	assert_true(kl_span_compare(kl_span_of("ab"), kl_span_of("b")) < 0);
	assert_true(kl_span_compare(kl_span_of("Z"), kl_span_of("a")) < 0);
	assert_true(kl_span_compare(kl_span_of("~"), kl_span_of("\x80")) < 0);
	assert_true(kl_span_equal(kl_span_of("ab"), kl_span_of("ab")));
	assert_true(kl_span_equal(empty, empty));
	assert_false(kl_span_is(kl_span_of("ab"), "a"));
}

static void knows_a_party(void **state)
{
	static const char longest[] = "a0123456789-0123456789-012345678";

	(void)state;
	assert_true(kl_is_party_id("a", 1));
	assert_true(kl_is_party_id("az-09", 5));
	assert_true(kl_is_party_id("z", 1));
	assert_true(kl_is_party_id(longest, 32));
	assert_false(kl_is_party_id("a0123456789-0123456789-0123456789", 33));
	assert_false(kl_is_party_id("", 0));
	assert_false(kl_is_party_id("0a", 2));
	assert_false(kl_is_party_id("-a", 2));
	assert_false(kl_is_party_id("A", 1));
	assert_false(kl_is_party_id("a_", 2));
	assert_false(kl_is_party_id("aB", 2));
}

static void knows_a_key_name(void **state)
{
	char longest[KL_KEY_NAME_SIZE_MAX + 1];

	(void)state;
	memset(longest, 'k', sizeof(longest));
	assert_true(kl_is_key_name("example.org/klero", 17));
	assert_true(kl_is_key_name("!~", 2));
	assert_true(kl_is_key_name(longest, KL_KEY_NAME_SIZE_MAX));
	assert_false(kl_is_key_name(longest, KL_KEY_NAME_SIZE_MAX + 1));
	assert_false(kl_is_key_name("", 0));
	assert_false(kl_is_key_name("a+b", 3));
	assert_false(kl_is_key_name("a b", 3));
	assert_false(kl_is_key_name("a\x7f", 2));
	assert_false(kl_is_key_name("\xc3\xa9", 2));
}

static void knows_a_name(void **state)
{
	char longest[KL_NAME_SIZE_MAX + 1];

	(void)state;
	memset(longest, 'n', sizeof(longest));
	assert_true(kl_is_name(longest, KL_NAME_SIZE_MAX));
	assert_false(kl_is_name(longest, KL_NAME_SIZE_MAX + 1));
	assert_true(name_ok("n"));
	assert_true(name_ok("示例(江西)有限公司 & Co."));
	assert_false(name_ok(""));
	assert_false(name_ok(" a"));
	assert_false(name_ok("a "));
	assert_false(name_ok(" "));
	assert_true(name_ok("a \xc2\xa0 \xe3\x80\x80 b"));
	assert_false(name_ok("\xc2\xa0"
			     "a"));
	assert_false(name_ok("a\xc2\xa0"));
	assert_false(name_ok("\xe3\x80\x80"
			     "a"));
	assert_false(name_ok("a\xe3\x80\x80"));
}

static size_t encode(uint32_t point, char bytes[static 4])
{
	if (point < 0x80) {
		bytes[0] = (char)point;
		return 1;
	}
	if (point < 0x800) {
		bytes[0] = (char)(0xc0 | point >> 6);
		bytes[1] = (char)(0x80 | (point & 63));
		return 2;
	}
	if (point < 0x10000) {
		bytes[0] = (char)(0xe0 | point >> 12);
		bytes[1] = (char)(0x80 | (point >> 6 & 63));
		bytes[2] = (char)(0x80 | (point & 63));
		return 3;
	}
	bytes[0] = (char)(0xf0 | point >> 18);
	bytes[1] = (char)(0x80 | (point >> 12 & 63));
	bytes[2] = (char)(0x80 | (point >> 6 & 63));
	bytes[3] = (char)(0x80 | (point & 63));
	return 4;
}

/* protocol §2, names.txt, and the surrogates, which are not UTF-8. */
static bool is_allowed(uint32_t point)
{
	return !(point <= 0x1f || (point >= 0x7f && point <= 0x9f) ||
		 point == 0x2028 || point == 0x2029 ||
		 (point >= 0x200b && point <= 0x200f) ||
		 (point >= 0x202a && point <= 0x202e) ||
		 (point >= 0x2066 && point <= 0x2069) || point == 0xfeff ||
		 (point >= 0xd800 && point <= 0xdfff));
}

static void judges_every_code_point(void **state)
{
	char name[6] = { 'a' };

	(void)state;
	for (uint32_t point = 0; point <= 0x110000; point++) {
		size_t size = encode(point, name + 1);
		bool allowed = is_allowed(point) && point <= 0x10ffff;

		name[1 + size] = 'z';
		if (kl_is_name(name, size + 2) != allowed)
			fail_msg("U+%04X", point);
	}
}

static void refuses_broken_utf8(void **state)
{
	static const char *const broken[] = {
		"a\x80",
		"a\xc3",
		"a\xc3(",
		"a\xe7\xa4",
		"a\xe7\xa4(",
		"a\xf0\x9f\x98",
		"a\xff",
		"a\xc0\xa1",
		"a\xc1\xbf",
		"a\xe0\x9f\xbf",
		"a\xf0\x8f\xbf\xbf",
		"a\xf5\x80\x80\x80",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++)
		if (name_ok(broken[i]))
			fail_msg("case %zu is taken", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorts_spans_by_bytes),
		cmocka_unit_test(knows_a_party),
		cmocka_unit_test(knows_a_key_name),
		cmocka_unit_test(knows_a_name),
		cmocka_unit_test(judges_every_code_point),
		cmocka_unit_test(refuses_broken_utf8),
	};

	return cmocka_run_group_tests_name("kl_text", tests, NULL, NULL);
}
