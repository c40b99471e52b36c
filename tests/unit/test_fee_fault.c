/* Fee schedules: what is wrong with one, and what comes first. */
#include "kl_fee.h"
#include "unit.h"
#include "words.h"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static void check_fault(
    const struct kl_fee_schedule *schedule, const char *code)
{
	const struct kl_words *words =
	    kl_fee_fault_words(kl_fee_fault(schedule));
	struct kl_fee_range range = { 7, 7 };
	int64_t fee_fen = 7;

	if (!code) {
		assert_null(words);
		assert_int_equal(kl_fee(schedule, 1, &fee_fen), KL_OK);
		return;
	}
	assert_non_null(words);
	assert_string_equal(words->code, code);
	assert_int_equal(kl_fee(schedule, 1, &fee_fen), KL_RANGE);
	assert_int_equal(kl_fee_range(schedule, 1, 2, &range), KL_RANGE);
	assert_int_equal(fee_fen, 7);
	assert_int_equal(range.min_fen, 7);
}

static void finds_faults_of_the_whole(void **state)
{
	static const struct {
		const char *code;
		int64_t base_fen;
		uint32_t discount_bp;
		int64_t min_fen, max_fen;
	} cases[] = {
		{ NULL, 0, 0, 0, 0 },
		{ NULL, KL_INTEGER_MAX, KL_FEE_DISCOUNT_MAX, KL_INTEGER_MAX,
		    KL_INTEGER_MAX },
		{ NULL, 0, 0, 5, KL_FEE_OPEN },
		{ "fee-base", -1, 0, 0, 0 },
		{ "fee-base", KL_INTEGER_MAX + 1, 0, 0, KL_FEE_OPEN },
		{ "fee-bounds", 0, 0, -1, 0 },
		{ "fee-bounds", 0, 0, 1, 0 },
		{ "fee-bounds", 0, 0, 0, -1 },
		{ "fee-bounds", 0, 0, 0, KL_INTEGER_MAX + 1 },
		{ "fee-bounds", 0, 0, KL_INTEGER_MAX + 1, KL_FEE_OPEN },
		{ "fee-discount", 0, KL_FEE_DISCOUNT_MAX + 1, 0, 0 },
		{ "fee-base", -1, KL_FEE_DISCOUNT_MAX + 1, 1, 0 },
		{ "fee-bounds", 0, KL_FEE_DISCOUNT_MAX + 1, 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct kl_fee_schedule schedule = {
			.base_fen = cases[i].base_fen,
			.discount_bp = cases[i].discount_bp,
			.min_fen = cases[i].min_fen,
			.max_fen = cases[i].max_fen,
		};

		check_fault(&schedule, cases[i].code);
	}
}

static void counts_the_brackets(void **state)
{
	static const struct {
		enum kl_fee_formula formula;
		size_t count;
		bool sound;
	} cases[] = {
		{ KL_FEE_FLAT, 0, true },
		{ KL_FEE_FLAT, 1, false },
		{ KL_FEE_LINEAR, 0, false },
		{ KL_FEE_LINEAR, 1, true },
		{ KL_FEE_LINEAR, 2, false },
		{ KL_FEE_STAGED, 0, false },
		{ KL_FEE_STAGED, KL_FEE_BRACKETS_MAX, true },
		{ KL_FEE_STAGED, KL_FEE_BRACKETS_MAX + 1, false },
		{ KL_FEE_TABLE, 0, false },
		{ KL_FEE_TABLE, KL_FEE_BRACKETS_MAX, true },
		{ KL_FEE_TABLE, KL_FEE_BRACKETS_MAX + 1, false },
	};
	struct kl_fee_bracket brackets[KL_FEE_BRACKETS_MAX + 1] = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(brackets); i++)
		brackets[i].above = (int64_t)i;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct kl_fee_schedule schedule = {
			.formula = cases[i].formula,
			.brackets = brackets,
			.bracket_count = cases[i].count,
			.max_fen = KL_FEE_OPEN,
		};

		check_fault(&schedule, cases[i].sound ? NULL : "fee-brackets");
	}
}

static void finds_faults_of_brackets(void **state)
{
	static const struct {
		const char *code;
		enum kl_fee_formula formula;
		struct kl_fee_bracket first, second;
	} cases[] = {
		{ NULL, KL_FEE_STAGED, { 0, KL_INTEGER_MAX, 0 },
		    { KL_INTEGER_MAX, 0, 0 } },
		{ NULL, KL_FEE_TABLE, { 0, 0, KL_INTEGER_MAX },
		    { 1, 0, KL_INTEGER_MAX } },
		{ "fee-bracket-order", KL_FEE_STAGED, { 1, 0, 0 },
		    { 2, 0, 0 } },
		{ "fee-bracket-order", KL_FEE_STAGED, { -1, 0, 0 },
		    { 2, 0, 0 } },
		{ "fee-bracket-order", KL_FEE_STAGED, { 0, 0, 0 },
		    { 0, 0, 0 } },
		{ "fee-bracket-order", KL_FEE_TABLE, { 0, 0, 0 },
		    { KL_INTEGER_MAX + 1, 0, 0 } },
		{ "fee-bracket-foreign", KL_FEE_STAGED, { 0, 1, 1 },
		    { 2, 0, 0 } },
		{ "fee-bracket-foreign", KL_FEE_TABLE, { 0, 0, 1 },
		    { 2, 1, 1 } },
		{ "fee-bracket-value", KL_FEE_STAGED, { 0, 0, 0 },
		    { 2, -1, 0 } },
		{ "fee-bracket-value", KL_FEE_STAGED,
		    { 0, KL_INTEGER_MAX + 1, 0 }, { 2, 0, 0 } },
		{ "fee-bracket-value", KL_FEE_TABLE, { 0, 0, -1 },
		    { 2, 0, 0 } },
		{ "fee-bracket-value", KL_FEE_TABLE, { 0, 0, 0 },
		    { 2, 0, KL_INTEGER_MAX + 1 } },
		{ "fee-table-falls", KL_FEE_TABLE, { 0, 0, 2 }, { 2, 0, 1 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct kl_fee_bracket brackets[] = { cases[i].first,
			cases[i].second };
		const struct kl_fee_schedule schedule = {
			.formula = cases[i].formula,
			.brackets = brackets,
			.bracket_count = COUNT(brackets),
			.max_fen = KL_INTEGER_MAX,
		};

		check_fault(&schedule, cases[i].code);
	}
}

static void has_words(void **state)
{
	(void)state;
	for (int i = KL_FEE_SOUND + 1; i < KL_FEE_FAULTS; i++)
		check_words(kl_fee_fault_words((enum kl_fee_fault)i));
	assert_null(kl_fee_fault_words(KL_FEE_SOUND));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_faults_of_the_whole),
		cmocka_unit_test(counts_the_brackets),
		cmocka_unit_test(finds_faults_of_brackets),
		cmocka_unit_test(has_words),
	};

	return cmocka_run_group_tests_name("kl_fee_fault", tests, NULL, NULL);
}
