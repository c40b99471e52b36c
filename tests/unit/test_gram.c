/* Words in texts without blanks: what is found is what a plain search finds. */
#include "kl_gram.h"
#include "unit.h"

#include <stdlib.h>

static struct kl_question ask(const char *text)
{
	struct kl_question question = { .count = 9 };

	assert_int_equal(
	    kl_question_read(text, strlen(text), &question), KL_OK);
	return question;
}

static struct kl_grams make(const char *const texts[], size_t count)
{
	struct kl_grams grams;

	assert_int_equal(kl_grams_make(&grams, texts, count), KL_OK);
	return grams;
}

/* Of each text, the terms in it. */
static unsigned has[32];

static void note(void *context, size_t term, uint32_t text)
{
	unsigned bit = 1U << term;

	assert_ptr_equal(context, has);
	assert_int_equal(has[text] & bit, 0); /* each pair is told once */
	has[text] |= bit;
}

/* Which of the texts have all terms, as bits. */
static unsigned found(const struct kl_grams *grams, const char *text)
{
	struct kl_question question = ask(text);
	unsigned all = (1U << question.count) - 1, bits = 0;

	memset(has, 0, sizeof(has));
	kl_grams_find(grams, &question, note, has);
	for (size_t i = 0; i < grams->count; i++)
		if (has[i] == all)
			bits |= 1U << i;
	return bits;
}

static void test_words(void **state)
{
	static const char *const texts[] = { "环境影响报告书编制",
		"环境影响报告表编制", "工程测量 GPS", "Ｇｐｓ　测量(1:500)",
		"" };
	struct kl_grams grams = make(texts, 5);

	(void)state;
	assert_int_equal(found(&grams, "环境"), 3);
	assert_int_equal(found(&grams, "报告书"), 1);
	assert_int_equal(found(&grams, "书"), 1);
	assert_int_equal(found(&grams, "测量"), 12);
	assert_int_equal(found(&grams, "gps"), 12);
	assert_int_equal(found(&grams, "GPS 测量"), 12);
	assert_int_equal(found(&grams, "测量　工程"), 4);
	assert_int_equal(found(&grams, "1:500"), 8);
	assert_int_equal(found(&grams, "环境 测量"), 0);
	assert_int_equal(found(&grams, "境环"), 0);
	assert_int_equal(found(&grams, "环影"), 0);
	/* Each gram of it is somewhere, but not one after the other. */
	assert_int_equal(found(&grams, "报告编制"), 0);
	assert_int_equal(found(&grams, "图"), 0);
	assert_int_equal(found(&grams, ""), 31);
	assert_int_equal(found(&grams, " \t\n"), 31);
	kl_grams_clear(&grams);
	kl_grams_clear(&grams);
}

static void test_far_characters(void **state)
{
	static const char *const texts[] = { "é𠀀x", "\x7f\xc2\x80" };
	struct kl_grams grams = make(texts, 2);

	(void)state;
	assert_int_equal(found(&grams, "𠀀"), 1);
	assert_int_equal(found(&grams, "é𠀀"), 1);
	assert_int_equal(found(&grams, "𠀀X"), 1);
	assert_int_equal(found(&grams, "\xc2\x80"), 2);
	kl_grams_clear(&grams);
}

static void test_question(void **state)
{
	char text[KL_GRAM_QUESTION_SIZE_MAX + 1];
	struct kl_question question;

	(void)state;
	question = ask("  A b　ｃ ");
	assert_int_equal(question.count, 3);
	assert_memory_equal(question.folded + question.terms[2].start, "c", 1);
	assert_int_equal(ask("1 2 3 4 5 6 7 8").count, KL_GRAM_TERMS_MAX);
	assert_int_equal(
	    kl_question_read("1 2 3 4 5 6 7 8 9", 17, &question), KL_TOO_LARGE);
	assert_int_equal(kl_question_read("1 2 3 4 5 6 7 8 9 0", 19, &question),
	    KL_TOO_LARGE);
	assert_int_equal(kl_question_read("\xff", 1, &question), KL_MALFORMED);
	memset(text, 'x', sizeof(text));
	assert_int_equal(
	    kl_question_read(text, sizeof(text) - 1, &question), KL_OK);
	assert_int_equal(question.terms[0].size, KL_GRAM_QUESTION_SIZE_MAX);
	assert_int_equal(
	    kl_question_read(text, sizeof(text), &question), KL_TOO_LARGE);
}

static void test_limits(void **state)
{
	static char text[KL_GRAM_TEXT_SIZE_MAX + 2];
	const char *one = text;
	struct kl_grams grams;

	(void)state;
	memset(text, 'x', KL_GRAM_TEXT_SIZE_MAX);
	grams = make(&one, 1);
	assert_int_equal(found(&grams, "xx"), 1);
	kl_grams_clear(&grams);
	text[KL_GRAM_TEXT_SIZE_MAX] = 'x';
	assert_int_equal(kl_grams_make(&grams, &one, 1), KL_TOO_LARGE);
	one = "\xff";
	assert_int_equal(kl_grams_make(&grams, &one, 1), KL_MALFORMED);
	assert_int_equal(
	    kl_grams_make(&grams, NULL, KL_GRAM_TEXTS_MAX + 1), KL_TOO_LARGE);
	grams = make(NULL, 0);
	assert_int_equal(found(&grams, "x"), 0);
	kl_grams_clear(&grams);
}

/* Texts and terms by chance out of few characters, against strstr(). */
static void test_by_chance(void **state)
{
	static const char *const characters[] = { "工", "程", "测", "a", "1" };
	enum { TEXTS = 24, ROUNDS = 400 };
	static char texts[TEXTS][64];
	const char *list[TEXTS];
	unsigned seed = 20261129;

	(void)state;
	for (size_t round = 0; round < ROUNDS; round++) {
		struct kl_grams grams;
		char term[32] = "";
		unsigned wanted = 0;

		for (size_t i = 0; i < TEXTS; i++) {
			list[i] = texts[i];
			texts[i][0] = '\0';
			for (int n = rand_r(&seed) % 12; n > 0; n--)
				strcat(texts[i], characters[rand_r(&seed) % 5]);
		}
		for (int n = 1 + rand_r(&seed) % 4; n > 0; n--)
			strcat(term, characters[rand_r(&seed) % 5]);
		for (size_t i = 0; i < TEXTS; i++)
			if (strstr(texts[i], term))
				wanted |= 1U << i;
		grams = make(list, TEXTS);
		assert_int_equal(found(&grams, term), wanted);
		kl_grams_clear(&grams);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_far_characters),
		cmocka_unit_test(test_question),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_by_chance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
