/* Affiliations: which can be used, which count, and until when. */
#include "affiliations.h"
#include "kl_group.h"
#include "words.h"

static const struct kl_affiliation good = TIE("a", DIRECTOR, "p");
static const struct kl_affiliation share = SHARE("a", "p", 500);

static void refuse(const struct kl_affiliation *affiliation, const char *why)
{
	struct kl_affiliations made = { .name_count = 7 };

	assert_string_equal(kl_affiliation_fault(affiliation), why);
	assert_int_equal(
	    kl_affiliations_make(affiliation, 1, &rule, &made), KL_RANGE);
	assert_int_equal(made.name_count, 7);
}

static void refuses_faulty_ones(void **state)
{
	static const char shares[] =
	    "a shareholder has a share, and nobody else";
	struct kl_affiliation bad = good;

	(void)state;
	assert_null(kl_affiliation_fault(&good));
	assert_null(kl_affiliation_fault(&share));
	bad.held = "";
	refuse(&bad, "both must be named");
	bad = good;
	bad.holder = "";
	refuse(&bad, "both must be named");
	bad.holder = "a";
	refuse(&bad, "nobody holds himself");
	bad = good;
	bad.share_bp = 1;
	refuse(&bad, shares);
	bad = share;
	bad.share_bp = 0;
	refuse(&bad, shares);
	bad.share_bp = 1;
	assert_null(kl_affiliation_fault(&bad));
	bad.share_bp = 10000;
	assert_null(kl_affiliation_fault(&bad));
	bad.share_bp = 10001;
	refuse(&bad, "a share is at most the whole");
	bad = good;
	bad.period = (struct kl_period){ 7, 7 };
	assert_null(kl_affiliation_fault(&bad));
	bad.period.until = 6;
	refuse(&bad, "it must not end before it begins");
}

static void refuses_one_in_many(void **state)
{
	const struct kl_affiliation list[] = { good, good,
		TIE("a", DIRECTOR, "") };
	struct kl_affiliations made = { .name_count = 7 };

	(void)state;
	assert_int_equal(kl_affiliations_make(list, 3, &rule, &made), KL_RANGE);
	assert_int_equal(made.name_count, 7);
	assert_int_equal(kl_affiliations_make(list, 2, &rule, &made), KL_OK);
	assert_int_equal(made.name_count, 2);
	kl_affiliations_clear(&made);
}

/* From its first day to its last; a share from the policy's on. */
static void counts_what_holds_on_the_day(void **state)
{
	static const struct {
		struct kl_period period;
		enum kl_affiliation_kind kind;
		uint32_t share_bp;
		bool counts;
	} cases[] = {
		{ EVER, KL_BY_DIRECTOR, 0, true },
		{ { 20000, 20000 }, KL_BY_DIRECTOR, 0, true },
		{ { 20001, KL_PERIOD_OPEN }, KL_BY_DIRECTOR, 0, false },
		{ { KL_PERIOD_EVER, 19999 }, KL_BY_DIRECTOR, 0, false },
		{ EVER, KL_BY_SHAREHOLDER, 499, false },
		{ EVER, KL_BY_SHAREHOLDER, 500, true },
		{ { 20001, 20001 }, KL_BY_SHAREHOLDER, 500, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct kl_affiliation affiliation = {
			.held = "a",
			.holder = "p",
			.kind = cases[i].kind,
			.share_bp = cases[i].share_bp,
			.period = cases[i].period,
		};
		struct kl_affiliations made =
		    make_affiliations(&affiliation, 1);

		assert_int_equal(kl_affiliation_counts(&affiliation, &rule),
		    cases[i].counts);
		assert_int_equal(made.name_count, cases[i].counts ? 2 : 0);
		kl_affiliations_clear(&made);
	}
}

static void holds_from_day_to_day(void **state)
{
	static const struct kl_period period = { 5, 7 };
	static const struct kl_period always = EVER;

	(void)state;
	assert_false(kl_period_holds(period, 4));
	assert_true(kl_period_holds(period, 5));
	assert_true(kl_period_holds(period, 7));
	assert_false(kl_period_holds(period, 8));
	assert_true(kl_period_holds(always, INT32_MIN));
	assert_true(kl_period_holds(always, INT32_MAX));
}

/* As many as there may be, of which the last two count. */
static void takes_very_many(void **state)
{
	const struct kl_affiliation old = { "a", "p", KL_BY_DIRECTOR, 0, false,
		{ 1, 2 } };
	static struct kl_affiliation list[KL_AFFILIATIONS_MAX];
	const char *const institutions[] = { "b", "a" };
	struct kl_membership memberships[2];
	struct kl_affiliations made = { .name_count = 7 };

	(void)state;
	for (size_t i = 0; i < KL_AFFILIATIONS_MAX; i++)
		list[i] = old;
	list[KL_AFFILIATIONS_MAX - 2] = good;
	list[KL_AFFILIATIONS_MAX - 1] =
	    (struct kl_affiliation)TIE("b", CONTROLLER, "p");
	assert_int_equal(
	    kl_affiliations_make(list, KL_AFFILIATIONS_MAX + 1, &rule, &made),
	    KL_TOO_LARGE);
	assert_int_equal(made.name_count, 7);
	made = make_affiliations(list, KL_AFFILIATIONS_MAX);
	assert_int_equal(made.name_count, 3);
	assert_int_equal(kl_group(&made, institutions, 2, memberships), KL_OK);
	assert_int_equal(memberships[0].representative, 1);
	kl_affiliations_clear(&made);
	kl_affiliations_clear(&made);
	assert_int_equal(made.name_count, 0);
}

static void has_words(void **state)
{
	(void)state;
	for (int i = 0; i < KL_AFFILIATION_KINDS; i++)
		check_words(kl_affiliation_words((enum kl_affiliation_kind)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_faulty_ones),
		cmocka_unit_test(refuses_one_in_many),
		cmocka_unit_test(counts_what_holds_on_the_day),
		cmocka_unit_test(holds_from_day_to_day),
		cmocka_unit_test(takes_very_many),
		cmocka_unit_test(has_words),
	};

	return cmocka_run_group_tests_name("kl_affiliation", tests, NULL, NULL);
}
