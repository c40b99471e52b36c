/* What the table of a policy says besides bounds: where each number is from,
 * and what holds where no policy does. */
#include "policy.h"

/* --- sources -------------------------------------------------------------- */

enum { ARTICLES_MAX = 8 };

/* The articles that a source names, in order. */
struct articles {
	unsigned list[ARTICLES_MAX];
	size_t count;
};

static void add_article(
    struct articles *articles, unsigned article, const char *path)
{
	if (article == 0 || articles->count == ARTICLES_MAX)
		fail_msg("%s: articles that cannot be read", path);
	articles->list[articles->count++] = article;
}

static bool take(const char **at, const char *word)
{
	size_t size = strlen(word);

	if (strncmp(*at, word, size) != 0)
		return false;
	*at += size;
	return true;
}

/* 二十八, or 28 between blanks; 0 when it is none. */
static unsigned read_number(const char **at)
{
	static const char *const digits[] = { "一", "二", "三", "四", "五",
		"六", "七", "八", "九" };
	unsigned tens = 0, ones = 0;
	bool digit;

	if (take(at, " "))
		return (unsigned)strtoul(*at, (char **)(uintptr_t)at, 10);
	do {
		digit = false;
		for (unsigned i = 0; i < 9 && !digit; i++) {
			digit = take(at, digits[i]);
			ones = digit ? i + 1 : ones;
		}
		if (take(at, "十")) {
			tens = ones ? ones : 1;
			ones = 0;
			digit = true;
		}
	} while (digit);
	return tens * 10 + ones;
}

static struct articles in_chinese(const char *at, const char *path)
{
	struct articles articles = { .count = 0 };

	while ((at = strstr(at, "第"))) {
		unsigned number;

		at += strlen("第");
		number = read_number(&at);
		(void)take(&at, " ");
		if (take(&at, "条")) /* and not 款, 项, 号令 */
			add_article(&articles, number, path);
	}
	return articles;
}

static struct articles in_english(const char *at, const char *path)
{
	struct articles articles = { .count = 0 };

	while ((at = strstr(at, "art. "))) {
		at += strlen("art. ");
		add_article(&articles, (unsigned)strtoul(at, NULL, 10), path);
	}
	return articles;
}

static void names_the_same_articles_in_both_languages(void **state)
{
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < KL_POLICY_MEMBERS; i++) {
		const struct kl_policy_member *member = kl_policy_member(i);
		struct articles chinese =
		    in_chinese(member->source.chinese, member->path);
		struct articles english =
		    in_english(member->source.english, member->path);

		if (chinese.count != english.count ||
		    memcmp(chinese.list, english.list,
			chinese.count * sizeof(*chinese.list)) != 0)
			fail_msg("%s: its articles differ", member->path);
		count += chinese.count;
	}
	assert_true(count > 0);
}

/* Read in the laws themselves: what a member is from, and where it says so. */
static void names_the_articles_of_the_laws(void **state)
{
	static const struct {
		const char *path, *law;
		unsigned article;
	} cases[] = {
		{ "gate.tender_limit_fen", "必须招标的工程项目规定", 5 },
		{ "gate.procurement_limit_fen", "政府采购法第", 8 },
		{ "gate.split_window_months", "政府采购法实施条例", 28 },
		{ "result.publicity", "招标投标法实施条例", 54 },
		{ "result.objection_answer", "招标投标法实施条例", 54 },
		{ "result.award_notice", "政府采购法实施条例", 43 },
		{ "result.contract_max", "招标投标法第", 46 },
		{ "result.filing", "政府采购法第", 47 },
		{ "result.publish_contract", "政府采购法实施条例", 50 },
		{ "service.extensions_max", "财产处置参考价规定", 19 },
		{ "service.extension_max", "财产处置参考价规定", 19 },
		{ "service.extension_ask_before", "财产处置参考价规定", 19 },
		{ "service.correction", "财产处置参考价规定", 20 },
		{ "service.pause_basis", "行政许可法", 45 },
		{ "complaint.within", "招标投标法实施条例", 60 },
		{ "complaint.accept", "招标投标法实施条例", 61 },
		{ "complaint.decide", "招标投标法实施条例", 61 },
		{ "payment.due", "保障中小企业款项支付条例", 9 },
		{ "payment.max", "保障中小企业款项支付条例", 9 },
		{ "entry.publicity", "指定管理人的规定", 11 },
		{ "entry.reentry_years", "指定管理人的规定", 9 },
		{ "sanction.refuse_award_months_min", "指定管理人的规定", 39 },
		{ "draw.min_entrants", "指定管理人的规定", 21 },
		{ "draw.alternates", "指定管理人的规定", 21 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *source =
		    kl_policy_member_named(cases[i].path)->source.chinese;
		struct articles articles = in_chinese(source, cases[i].path);

		if (!strstr(source, cases[i].law) || articles.count == 0 ||
		    articles.list[0] != cases[i].article)
			fail_msg("%s: %s", cases[i].path, source);
	}
}

/* --- where there is no policy --------------------------------------------- */

static void assert_standard(
    const struct kl_policy_member *member, const json_t *value)
{
	bool several = member->type == KL_POLICY_NUMBERS;
	size_t count = several ? json_array_size(value) : 1;

	if (!several)
		assert_int_equal(member->type, KL_POLICY_NUMBER);
	for (size_t i = 0; i < KL_POLICY_STANDARDS; i++)
		if (member->standard[i] !=
		    (i < count ? json_integer_value(
				     several ? json_array_get(value, i) : value)
			       : 0))
			fail_msg("%s: its standard", member->path);
}

static void has_the_standards_of_the_default_policy(void **state)
{
	json_auto_t *profile = vectors_load(POLICY);
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < KL_POLICY_MEMBERS; i++) {
		const struct kl_policy_member *member = kl_policy_member(i);

		if (member->standard[0] == 0)
			continue;
		assert_standard(member, kl_policy_at(profile, member->path));
		assert_int_equal(
		    kl_policy_standard(member->path), member->standard[0]);
		count++;
	}
	assert_int_equal(count, 3);
}

/* Of klero clock, when none are given. */
static void knows_the_bases_of_the_default_policy(void **state)
{
	json_auto_t *profile = vectors_load(POLICY);
	json_t *bases = kl_policy_at(profile, "service.pause_basis");
	const struct kl_policy_term *terms =
	    kl_policy_member_named("service.pause_basis")->terms;
	size_t count = 0;

	(void)state;
	for (; terms[count].word; count++)
		assert_string_equal(terms[count].word,
		    json_string_value(json_array_get(bases, count)));
	assert_int_equal(count, json_array_size(bases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_the_same_articles_in_both_languages),
		cmocka_unit_test(names_the_articles_of_the_laws),
		cmocka_unit_test(has_the_standards_of_the_default_policy),
		cmocka_unit_test(knows_the_bases_of_the_default_policy),
	};

	return cmocka_run_group_tests_name(
	    "kl_policy table", tests, NULL, NULL);
}
