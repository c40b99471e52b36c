/* Which passwords are taken: length, common ones, what others know. */
#include "kl_password.h"
#include "unit.h"

static const char *const nothing[] = { NULL };

static void repeat(char *to, const char *what, size_t times)
{
	*to = '\0';
	while (times-- > 0)
		strcat(to, what);
}

static void counts_characters(void **state)
{
	char text[4 * KL_PASSWORD_MAX + 16];

	(void)state;
	assert_int_equal(
	    kl_password_fault("kaoqin-lu37", nothing), KL_PASSWORD_SHORT);
	assert_int_equal(
	    kl_password_fault("kaoqin-lu37x", nothing), KL_PASSWORD_GOOD);
	assert_int_equal(kl_password_fault("一二三四五六七八九十甲", nothing),
	    KL_PASSWORD_SHORT);
	assert_int_equal(kl_password_fault("一二三四五六七八九十甲乙", nothing),
	    KL_PASSWORD_GOOD);
	repeat(text, "qd4kxw7m", KL_PASSWORD_MAX / 8);
	assert_int_equal(kl_password_fault(text, nothing), KL_PASSWORD_GOOD);
	strcat(text, "z");
	assert_int_equal(kl_password_fault(text, nothing), KL_PASSWORD_LONG);
	repeat(text, "𠀀𠀁𠀂𠀃", KL_PASSWORD_MAX / 4);
	assert_int_equal(kl_password_fault(text, nothing), KL_PASSWORD_GOOD);
	assert_int_equal(kl_password_fault("", nothing), KL_PASSWORD_SHORT);
}

static void wants_no_mixture(void **state)
{
	static const char *const good[] = {
		"onlysmallletters",
		"ONLY CAPITAL ONES",
		"with blanks in it",
		"tr0ub4dor&3#x$y%",
		"我家门前有两棵枣树还有人",
		"passwords are for people",
		"1qaz2wsx3edc!tomorrow",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		if (kl_password_fault(good[i], nothing) != KL_PASSWORD_GOOD)
			fail_msg("%s", good[i]);
}

static void refuses_common_ones(void **state)
{
	static const char *const common[] = {
		"123456789012",
		"Password1234",
		"2026!password",
		"PASSWORDpassword",
		"qwertyuiop12",
		"woaini1314520",
		"1qaz2wsx3edc",
		"1Qaz2wsX3edc4rfv",
		"p@ssw0rd2026!!!",
		"zhongguo2026!",
		"aaaaaaaaaaaa",
		"abababababab",
		"abcdabcdabcd",
		"!@#$%^&*()_+",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(common) / sizeof(*common); i++)
		if (kl_password_fault(common[i], nothing) != KL_PASSWORD_COMMON)
			fail_msg("%s: %d", common[i],
			    (int)kl_password_fault(common[i], nothing));
}

static void looks_at_what_is_known(void **state)
{
	const char *const known[] = { "wangwu", "", "某县水利局", NULL };

	(void)state;
	assert_int_equal(
	    kl_password_fault("wangwu-wangwu-9", known), KL_PASSWORD_KNOWN);
	assert_int_equal(
	    kl_password_fault("WangWu+7charss", known), KL_PASSWORD_GOOD);
	assert_int_equal(
	    kl_password_fault("WangWu+7chars", known), KL_PASSWORD_KNOWN);
	assert_int_equal(
	    kl_password_fault("某县水利局某县水利局1234567", known),
	    KL_PASSWORD_KNOWN);
	assert_int_equal(
	    kl_password_fault("某县水利局某县水利局12345678", known),
	    KL_PASSWORD_GOOD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_characters),
		cmocka_unit_test(wants_no_mixture),
		cmocka_unit_test(refuses_common_ones),
		cmocka_unit_test(looks_at_what_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
