/* Who may enter: each reason alone, which comes first, one of a group. */
#include "kl_eligible.h"
#include "kl_leaf.h"
#include "unit.h"

static const struct kl_terms terms = {
	.days_max = { 20, true },
	.amount_max_fen = 4800000,
	.owner_group = "city-build",
};
static const struct kl_entrant good = {
	.active = true,
	.listing = KL_LISTING_OPEN,
	.promised = { 20, true },
	.fee_min_fen = 4800000,
	.fee_max_fen = 9900000,
};

static const char *judge(struct kl_entrant entrant)
{
	struct kl_verdict verdict;

	assert_int_equal(kl_eligible(&terms, &entrant, 1, &verdict), KL_OK);
	return kl_eligibility_code(verdict.eligibility);
}

static void names_each_reason(void **state)
{
	struct kl_entrant entrant = good;

	(void)state;
	assert_null(judge(good));
	entrant.promised.count = 21;
	assert_string_equal(judge(entrant), "too-slow");
	entrant = good;
	entrant.fee_min_fen = 4800001;
	assert_string_equal(judge(entrant), "over-limit");
	entrant = good;
	entrant.active = false;
	assert_string_equal(judge(entrant), "not-active");
	entrant = good;
	entrant.unqualified = true;
	assert_string_equal(judge(entrant), "unqualified");
	entrant = good;
	entrant.listing = KL_LISTING_NONE;
	assert_string_equal(judge(entrant), "no-listing");
	entrant.listing = KL_LISTING_WITHDRAWN;
	assert_string_equal(judge(entrant), "listing-withdrawn");
	entrant = good;
	entrant.affiliation_group = "city-build";
	assert_string_equal(judge(entrant), "affiliated-owner");
	entrant.affiliation_group = "city-builds";
	assert_null(judge(entrant));
	entrant.tied = true;
	assert_string_equal(judge(entrant), "tied");
}

/* Everything is wrong; mend one thing after another. */
static void tells_the_first_reason(void **state)
{
	struct kl_entrant entrant = {
		.affiliation_group = "city-build",
		.tied = true,
		.unqualified = true,
		.listing = KL_LISTING_NONE,
		.promised = { 99, true },
		.fee_min_fen = 9900000,
		.fee_max_fen = 9900000,
	};

	(void)state;
	assert_string_equal(judge(entrant), "no-listing");
	entrant.listing = KL_LISTING_WITHDRAWN;
	assert_string_equal(judge(entrant), "listing-withdrawn");
	entrant.listing = KL_LISTING_OPEN;
	assert_string_equal(judge(entrant), "not-active");
	entrant.active = true;
	assert_string_equal(judge(entrant), "unqualified");
	entrant.unqualified = false;
	assert_string_equal(judge(entrant), "too-slow");
	entrant.promised.count = 1;
	assert_string_equal(judge(entrant), "over-limit");
	entrant.fee_min_fen = 1;
	assert_string_equal(judge(entrant), "affiliated-owner");
	entrant.affiliation_group = NULL;
	assert_string_equal(judge(entrant), "tied");
	entrant.tied = false;
	assert_null(judge(entrant));
}

enum { ENTRANTS = 8 };

static void keeps_one_of_a_group(void **state)
{
	static const char *const groups[ENTRANTS] = { "b", "a", NULL, "a", "b",
		NULL, "a", "c" };
	static const size_t stays[ENTRANTS] = { 0, 3, 2, 3, 0, 5, 3, 7 };
	struct kl_entrant entrants[ENTRANTS];
	struct kl_verdict verdicts[ENTRANTS];

	(void)state;
	for (size_t i = 0; i < ENTRANTS; i++) {
		entrants[i] = good;
		entrants[i].affiliation_group = groups[i];
	}
	/* The first of group a may not enter himself: he keeps nobody out. */
	entrants[1].active = false;
	assert_int_equal(
	    kl_eligible(&terms, entrants, ENTRANTS, verdicts), KL_OK);
	assert_int_equal(verdicts[1].eligibility, KL_INELIGIBLE_NOT_ACTIVE);
	for (size_t i = 0; i < ENTRANTS; i++) {
		if (i == 1)
			continue;
		if (stays[i] == i) {
			assert_int_equal(verdicts[i].eligibility, KL_ELIGIBLE);
			continue;
		}
		assert_int_equal(
		    verdicts[i].eligibility, KL_INELIGIBLE_AFFILIATED);
		assert_int_equal(verdicts[i].affiliated_with, stays[i]);
	}
}

/* What is judged in two pieces comes out as in one. */
static void goes_on_where_it_stopped(void **state)
{
	struct kl_entrant entrants[] = { good, good, good };
	struct kl_verdict whole[3], piece[2];

	(void)state;
	for (size_t i = 0; i < 3; i++)
		entrants[i].affiliation_group = "a";
	assert_int_equal(kl_eligible(&terms, entrants, 3, whole), KL_OK);
	entrants[1].group_taken = entrants[2].group_taken = true;
	assert_int_equal(kl_eligible(&terms, entrants + 1, 2, piece), KL_OK);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(
		    piece[i].eligibility, whole[i + 1].eligibility);
		assert_int_equal(piece[i].affiliated_with, 2);
	}
	/* Whoever is out for another reason is out for that one, and takes no
	 * group's place. */
	entrants[0].tied = true;
	assert_int_equal(kl_eligible(&terms, entrants, 1, whole), KL_OK);
	assert_int_equal(whole[0].eligibility, KL_INELIGIBLE_TIED);
	entrants[1].active = false;
	assert_int_equal(kl_eligible(&terms, entrants + 1, 2, piece), KL_OK);
	assert_int_equal(piece[0].eligibility, KL_INELIGIBLE_NOT_ACTIVE);
	entrants[1].active = true;
	entrants[1].affiliation_group = NULL;
	assert_int_equal(kl_eligible(&terms, entrants + 1, 2, piece), KL_OK);
	assert_int_equal(piece[0].eligibility, KL_ELIGIBLE);
}

/* Five working days are a week; the limit itself is within it. */
static void compares_days_with_working_days(void **state)
{
	static const struct {
		struct kl_days promised, allowed;
		bool within;
	} cases[] = {
		{ { 5, true }, { 7, false }, true },
		{ { 5, true }, { 6, false }, false },
		{ { 6, true }, { 8, false }, false },
		{ { 6, true }, { 9, false }, true },
		{ { 7, false }, { 7, true }, true },
		{ { 8, false }, { 7, true }, false },
		{ { 7, false }, { 7, false }, true },
		{ { 8, false }, { 7, false }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct kl_terms asked = terms;
		struct kl_entrant entrant = good;
		struct kl_verdict verdict;

		asked.days_max = cases[i].allowed;
		entrant.promised = cases[i].promised;
		assert_int_equal(
		    kl_eligible(&asked, &entrant, 1, &verdict), KL_OK);
		assert_int_equal(verdict.eligibility,
		    cases[i].within ? KL_ELIGIBLE : KL_INELIGIBLE_TOO_SLOW);
	}
}

static void knows_no_group_without_an_owner(void **state)
{
	struct kl_terms alone = terms;
	struct kl_entrant entrants[] = { good, good };
	struct kl_verdict verdicts[2];

	(void)state;
	alone.owner_group = NULL;
	assert_int_equal(kl_eligible(&alone, entrants, 2, verdicts), KL_OK);
	assert_int_equal(verdicts[0].eligibility, KL_ELIGIBLE);
	assert_int_equal(verdicts[1].eligibility, KL_ELIGIBLE);
	assert_int_equal(kl_eligible(&alone, NULL, 0, NULL), KL_OK);
}

static void has_words_for_every_reason(void **state)
{
	(void)state;
	assert_null(kl_eligibility_code(KL_ELIGIBLE));
	assert_null(kl_eligibility_chinese(KL_ELIGIBLE));
	assert_null(kl_eligibility_english(KL_ELIGIBLE));
	for (int i = KL_ELIGIBLE + 1; i < KL_ELIGIBILITIES; i++) {
		enum kl_eligibility reason = (enum kl_eligibility)i;
		const char *code = kl_eligibility_code(reason);

		assert_true(kl_is_token(code, strlen(code)));
		assert_non_null(kl_eligibility_chinese(reason));
		assert_non_null(kl_eligibility_english(reason));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_each_reason),
		cmocka_unit_test(tells_the_first_reason),
		cmocka_unit_test(keeps_one_of_a_group),
		cmocka_unit_test(goes_on_where_it_stopped),
		cmocka_unit_test(compares_days_with_working_days),
		cmocka_unit_test(knows_no_group_without_an_owner),
		cmocka_unit_test(has_words_for_every_reason),
	};

	return cmocka_run_group_tests_name("kl_eligible", tests, NULL, NULL);
}
