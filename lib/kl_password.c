#include "kl_password.h"

#include <string.h>

enum { DISTINCT_MIN = 5, BYTES_MAX = 4 * KL_PASSWORD_MAX };

/* As they stand, or with what is no letter before and behind. Short ones are
 * long enough for us only with that around them. */
static const char *const common[] = {
	"", /* digits and signs alone */
	"abc",
	"abcabc",
	"abcd",
	"abcdef",
	"abcdefg",
	"abcdefgh",
	"abcdefghijkl",
	"admin",
	"adminadmin",
	"administrator",
	"aini",
	"asdf",
	"asdfgh",
	"asdfghjkl",
	"changeme",
	"china",
	"default",
	"dragon",
	"football",
	"guest",
	"hello",
	"helloworld",
	"iloveyou",
	"klero",
	"kleroterion",
	"letmein",
	"login",
	"master",
	"mima",
	"monkey",
	"nihao",
	"pass",
	"passw",
	"password",
	"passwordpassword",
	"passwd",
	"princess",
	"qazwsx",
	"qazwsxedc",
	"qazwsxedcrfv",
	"qwer",
	"qwert",
	"qwerty",
	"qwertyuiop",
	"qwertyuiopasdfghjkl",
	"root",
	"secret",
	"sunshine",
	"superman",
	"system",
	"test",
	"testtest",
	"user",
	"welcome",
	"woaini",
	"woshishui",
	"zhongguo",
	"zxcvbn",
	"zxcvbnm",
};

/* Keys beside each other, letters and digits in turn. */
static const char *const patterns[] = {
	"1q2w3e4r5t6y",
	"1qaz2wsx3edc",
	"1qaz2wsx3edc4rfv",
	"a1b2c3d4e5f6",
	"p@ssw0rd",
	"passw0rd",
	"q1w2e3r4t5y6",
	"zaq12wsxcde3",
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static size_t fold(const char *text, char to[static BYTES_MAX + 1])
{
	size_t size = 0;

	for (; *text && size < BYTES_MAX; text++)
		to[size++] = lower(*text);
	to[size] = '\0';
	return size;
}

static size_t count_characters(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

static size_t count_distinct(const char *text)
{
	bool seen[256] = { false };
	size_t count = 0;

	for (; *text; text++) {
		count += !seen[(unsigned char)*text];
		seen[(unsigned char)*text] = true;
	}
	return count;
}

/* A password in lower case. */
static bool is_common(const char *text, size_t size)
{
	size_t begin = 0, end = size;

	if (count_distinct(text) < DISTINCT_MIN)
		return true;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++)
		if (strncmp(text, patterns[i], strlen(patterns[i])) == 0 &&
		    size < strlen(patterns[i]) + KL_PASSWORD_REST)
			return true;
	while (begin < size && !is_letter(text[begin]))
		begin++;
	while (end > begin && !is_letter(text[end - 1]))
		end--;
	for (size_t i = 0; i < sizeof(common) / sizeof(*common); i++)
		if (strlen(common[i]) == end - begin &&
		    memcmp(common[i], text + begin, end - begin) == 0)
			return true;
	return false;
}

/* How many bytes stay when `word` is taken out wherever it stands. */
static size_t rest_without(const char *text, const char *word)
{
	char folded[BYTES_MAX + 1];
	size_t size = fold(word, folded), rest = 0;

	while (*text) {
		if (size > 0 && strncmp(text, folded, size) == 0) {
			text += size;
		} else {
			text++;
			rest++;
		}
	}
	return rest;
}

enum kl_password_fault kl_password_fault(
    const char *password, const char *const known[])
{
	char folded[BYTES_MAX + 1];
	size_t count = count_characters(password), size;

	if (count < KL_PASSWORD_MIN)
		return KL_PASSWORD_SHORT;
	if (count > KL_PASSWORD_MAX)
		return KL_PASSWORD_LONG;
	size = fold(password, folded);
	if (is_common(folded, size))
		return KL_PASSWORD_COMMON;
	for (; *known; known++)
		if (rest_without(folded, *known) < KL_PASSWORD_REST)
			return KL_PASSWORD_KNOWN;
	return KL_PASSWORD_GOOD;
}
