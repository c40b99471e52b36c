/* Groups: whom they join, how they are named, why two are in one. */
#include "affiliations.h"
#include "kl_group.h"

#include <stdio.h>

/* --- the cases ------------------------------------------------------------ */

#define LIST_MAX 6

struct group_case {
	struct kl_affiliation list[LIST_MAX];
	size_t count;
	const char *path; /* from a to b, and NULL if there is none */
};

static const struct group_case cases[] = {
	/* Each kind joins by itself … */
	{ { TIE("a", LEGAL_REPRESENTATIVE, "p"),
	      TIE("b", LEGAL_REPRESENTATIVE, "p") },
	    2, "a ^legal-representative p vlegal-representative b" },
	{ { SHARE("a", "p", 500), SHARE("b", "p", 10000) }, 2,
	    "a ^shareholder p vshareholder b" },
	{ { TIE("a", CONTROLLER, "p"), TIE("b", DIRECTOR, "p") }, 2,
	    "a ^controller p vdirector b" },
	{ { TIE("a", PARENT, "b") }, 1, "a ^parent b" },
	{ { TIE("b", PARENT, "a") }, 1, "a vparent b" },
	/* … but no office, no small share, nobody of the State. */
	{ { TIE("p", OFFICE, "z"), TIE("q", OFFICE, "z"),
	      TIE("a", DIRECTOR, "p"), TIE("b", DIRECTOR, "q") },
	    4, NULL },
	{ { SHARE("a", "p", 499), SHARE("b", "p", 500) }, 2, NULL },
	{ { STATE("a", CONTROLLER, "s"), STATE("b", CONTROLLER, "s") }, 2,
	    NULL },
	{ { STATE("a", PARENT, "b") }, 1, NULL },
	{ { STATE("a", CONTROLLER, "s"), STATE("b", CONTROLLER, "s"),
	      TIE("a", DIRECTOR, "p"), TIE("b", DIRECTOR, "p") },
	    4, "a ^director p vdirector b" },
	/* Nobody in common. */
	{ { TIE("a", DIRECTOR, "p"), TIE("b", DIRECTOR, "q") }, 2, NULL },
	{ { TIE("a", DIRECTOR, "p") }, 1, NULL },
	{ { TIE("b", DIRECTOR, "p") }, 1, NULL },
	{ { TIE("c", DIRECTOR, "p") }, 0, NULL },
	/* Over a third, who need not be on the roll. */
	{ { TIE("a", PARENT, "x"), TIE("x", CONTROLLER, "p"),
	      TIE("b", CONTROLLER, "p") },
	    3, "a ^parent x ^controller p vcontroller b" },
	/* The shorter way, then the name, the kind, the larger share. */
	{ { TIE("a", DIRECTOR, "c"), TIE("c", DIRECTOR, "d"),
	      TIE("b", DIRECTOR, "d"), TIE("a", CONTROLLER, "z"),
	      TIE("b", CONTROLLER, "z") },
	    5, "a ^controller z vcontroller b" },
	{ { TIE("a", LEGAL_REPRESENTATIVE, "q"),
	      TIE("b", LEGAL_REPRESENTATIVE, "q"), TIE("a", DIRECTOR, "p"),
	      TIE("b", DIRECTOR, "p") },
	    4, "a ^director p vdirector b" },
	{ { TIE("a", DIRECTOR, "p"), TIE("b", DIRECTOR, "p"),
	      TIE("a", CONTROLLER, "p"), TIE("b", CONTROLLER, "p"),
	      SHARE("a", "p", 600), SHARE("b", "p", 600) },
	    6, "a ^shareholder p vshareholder b" },
	/* Each holds the other: up comes first. */
	{ { TIE("b", PARENT, "a"), TIE("a", PARENT, "b") }, 2, "a ^parent b" },
};

static void check_case(const struct group_case *each,
    const struct kl_affiliation list[], const char *where)
{
	const char *const institutions[] = { "b", "a" };
	struct kl_membership memberships[2];
	struct kl_affiliations made = make_affiliations(list, each->count);
	struct kl_affiliation_path path = { .count = 7 };
	enum kl_result result = kl_group_explain(&made, "a", "b", &path);

	assert_int_equal(kl_group(&made, institutions, 2, memberships), KL_OK);
	if (result != (each->path ? KL_OK : KL_MISMATCH))
		fail_msg("case %td: %d, %s", each - cases, result, where);
	if (each->path) {
		check_path(list, &path, "a", "b");
		check_path_text(list, &path, "a", each->path);
		kl_affiliation_path_clear(&path);
		kl_affiliation_path_clear(&path);
		assert_int_equal(path.count, 0);
	} else {
		assert_int_equal(path.count, 7);
	}
	assert_int_equal(memberships[1].representative, 1);
	assert_int_equal(memberships[0].representative, each->path ? 1 : 0);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(memberships[i].count, each->path ? 2 : 1);
	kl_affiliations_clear(&made);
}

static void joins_and_explains(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct kl_affiliation list[LIST_MAX];

		memcpy(list, cases[i].list, sizeof(list));
		check_case(&cases[i], list, "as listed");
		for (int round = 0; round < 10; round++) {
			shuffle(list, cases[i].count);
			check_case(&cases[i], list, "shuffled");
		}
	}
}

/* Of a larger share and a longer time, the one that says more is told. */
static void tells_the_one_that_says_most(void **state)
{
	static const struct kl_affiliation list[] = {
		{ "a", "b", KL_BY_SHAREHOLDER, 600, false, EVER },
		{ "a", "b", KL_BY_SHAREHOLDER, 700, true, EVER },
		{ "a", "b", KL_BY_SHAREHOLDER, 700, false, { 5, 30000 } },
		{ "a", "b", KL_BY_SHAREHOLDER, 700, false, { 4, 30000 } },
		{ "a", "b", KL_BY_SHAREHOLDER, 700, false, { 4, 30001 } },
	};
	size_t expected = COUNT(list) - 1;

	(void)state;
	for (size_t first = 0; first < COUNT(list); first++) {
		struct kl_affiliation turned[COUNT(list)];
		struct kl_affiliations made;
		struct kl_affiliation_path path;

		for (size_t i = 0; i < COUNT(list); i++)
			turned[i] = list[(first + i) % COUNT(list)];
		made = make_affiliations(turned, COUNT(list));
		assert_int_equal(
		    kl_group_explain(&made, "a", "b", &path), KL_OK);
		assert_int_equal(path.count, 1);
		assert_int_equal(path.steps[0].index,
		    (expected + COUNT(list) - first) % COUNT(list));
		kl_affiliation_path_clear(&path);
		kl_affiliations_clear(&made);
	}
}

static void reads_backwards_the_same(void **state)
{
	static const struct kl_affiliation list[] = {
		TIE("a", DIRECTOR, "p"),
		TIE("c", DIRECTOR, "p"),
		TIE("c", DIRECTOR, "q"),
		TIE("b", DIRECTOR, "q"),
		TIE("a", DIRECTOR, "r"),
		TIE("d", DIRECTOR, "r"),
		TIE("d", DIRECTOR, "o"),
		TIE("b", DIRECTOR, "o"),
	};
	struct kl_affiliations made = make_affiliations(list, COUNT(list));
	struct kl_affiliation_path path;

	(void)state;
	assert_int_equal(kl_group_explain(&made, "a", "b", &path), KL_OK);
	check_path_text(list, &path, "a",
	    "a ^director p vdirector c ^director q vdirector b");
	kl_affiliation_path_clear(&path);
	/* From b alone it would be o, d, r. */
	assert_int_equal(kl_group_explain(&made, "b", "a", &path), KL_OK);
	check_path_text(list, &path, "b",
	    "b ^director q vdirector c ^director p vdirector a");
	kl_affiliation_path_clear(&path);
	assert_int_equal(kl_group_explain(&made, "b", "b", &path), KL_OK);
	assert_int_equal(path.count, 0);
	kl_affiliation_path_clear(&path);
	assert_int_equal(kl_group_explain(&made, "?", "?", &path), KL_OK);
	kl_affiliation_path_clear(&path);
	kl_affiliations_clear(&made);
}

/* --- against all the ways there are --------------------------------------- */

enum { NAMES = 10, ROUNDS = 300, FAR = 99 };

static const char *const names[NAMES] = { "a", "b", "c", "d", "e", "f", "g",
	"h", "i", "j" };

static size_t pick_list(struct kl_affiliation list[static NAMES])
{
	static const struct kl_affiliation kinds[] = { TIE("", DIRECTOR, ""),
		TIE("", OFFICE, ""), STATE("", PARENT, ""), TIE("", PARENT, ""),
		SHARE("", "", 499), SHARE("", "", 501) };
	size_t count = pick(NAMES + 1);

	for (size_t i = 0; i < count; i++) {
		uint32_t held = pick(NAMES);

		list[i] = kinds[pick(COUNT(kinds))];
		list[i].held = names[held];
		list[i].holder = names[(held + 1 + pick(NAMES - 1)) % NAMES];
	}
	return count;
}

static void measure_all(
    const struct kl_affiliation list[], size_t count, size_t far[NAMES][NAMES])
{
	for (size_t i = 0; i < NAMES; i++)
		for (size_t j = 0; j < NAMES; j++)
			far[i][j] = i == j ? 0 : FAR;
	for (size_t i = 0; i < count; i++) {
		size_t held = (size_t)(*list[i].held - 'a');
		size_t holder = (size_t)(*list[i].holder - 'a');

		if (list[i].kind == KL_BY_OFFICE || list[i].holder_is_state ||
		    list[i].share_bp == 499)
			continue;
		far[held][holder] = far[holder][held] = 1;
	}
	for (size_t k = 0; k < NAMES; k++)
		for (size_t i = 0; i < NAMES * NAMES; i++) {
			size_t over = far[i / NAMES][k] + far[k][i % NAMES];

			if (over < far[i / NAMES][i % NAMES])
				far[i / NAMES][i % NAMES] = over;
		}
}

static void check_pair(const struct kl_affiliation list[],
    const struct kl_affiliations *made, size_t one, size_t other, size_t far)
{
	struct kl_affiliation_path path;
	enum kl_result result =
	    kl_group_explain(made, names[one], names[other], &path);

	assert_int_equal(result, far < FAR ? KL_OK : KL_MISMATCH);
	if (result)
		return;
	assert_int_equal(path.count, far);
	check_path(list, &path, names[one], names[other]);
	kl_affiliation_path_clear(&path);
}

static void agrees_with_all_ways(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct kl_affiliation list[NAMES];
		size_t far[NAMES][NAMES], count = pick_list(list);
		struct kl_affiliations made = make_affiliations(list, count);
		struct kl_membership memberships[NAMES];

		measure_all(list, count, far);
		assert_int_equal(
		    kl_group(&made, names, NAMES, memberships), KL_OK);
		for (size_t i = 0; i < NAMES; i++) {
			size_t first = NAMES, members = 0;

			for (size_t j = NAMES; j-- > 0;) {
				check_pair(list, &made, i, j, far[i][j]);
				if (far[i][j] == FAR)
					continue;
				first = j;
				members++;
			}
			assert_int_equal(memberships[i].representative, first);
			assert_int_equal(memberships[i].count, members);
		}
		kl_affiliations_clear(&made);
	}
}

/* --- limits --------------------------------------------------------------- */

static void refuses_one_that_is_there_twice(void **state)
{
	static const struct kl_affiliation list[] = { TIE("a", DIRECTOR, "p") };
	const char *const twice[] = { "b", "a", "c", "a" };
	const char *const unknown[] = { "y", "x", "y" };
	struct kl_affiliations made = make_affiliations(list, 1);
	struct kl_membership memberships[4] = { { 7, 7 } };

	(void)state;
	assert_int_equal(kl_group(&made, twice, 4, memberships), KL_RANGE);
	assert_int_equal(kl_group(&made, unknown, 3, memberships), KL_RANGE);
	assert_int_equal(memberships[0].representative, 7);
	assert_int_equal(kl_group(&made, twice, 3, memberships), KL_OK);
	assert_int_equal(memberships[0].representative, 0);
	assert_int_equal(kl_group(&made, NULL, 0, NULL), KL_OK);
	kl_affiliations_clear(&made);
}

enum { ID_SIZE = 8, CHAIN = 100000 };

/* A chain of a hundred thousand, and as many institutions on it. */
static void takes_a_long_chain(void **state)
{
	static char ids[CHAIN + 1][ID_SIZE];
	static const char *institutions[KL_GROUP_MAX + 1];
	static struct kl_affiliation list[CHAIN];
	static struct kl_membership memberships[KL_GROUP_MAX];
	struct kl_affiliations made;
	struct kl_affiliation_path path;

	(void)state;
	for (size_t i = 0; i <= CHAIN; i++) {
		/* Scattered over all names: 7919 is prime. */
		snprintf(ids[i], ID_SIZE, "%06zu", i * 7919 % (CHAIN + 1));
		institutions[i] = ids[i];
	}
	for (size_t i = 0; i < CHAIN; i++)
		list[i] =
		    (struct kl_affiliation)TIE(ids[i], PARENT, ids[i + 1]);
	made = make_affiliations(list, CHAIN);
	assert_int_equal(
	    kl_group(&made, institutions, KL_GROUP_MAX + 1, memberships),
	    KL_TOO_LARGE);
	assert_int_equal(
	    kl_group(&made, institutions, KL_GROUP_MAX, memberships), KL_OK);
	for (size_t i = 0; i < KL_GROUP_MAX; i++) {
		assert_int_equal(memberships[i].representative, 0);
		assert_int_equal(memberships[i].count, KL_GROUP_MAX);
	}
	assert_int_equal(
	    kl_group_explain(&made, ids[CHAIN], ids[0], &path), KL_OK);
	assert_int_equal(path.count, CHAIN);
	check_path(list, &path, ids[CHAIN], ids[0]);
	kl_affiliation_path_clear(&path);
	kl_affiliations_clear(&made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(joins_and_explains),
		cmocka_unit_test(tells_the_one_that_says_most),
		cmocka_unit_test(reads_backwards_the_same),
		cmocka_unit_test(agrees_with_all_ways),
		cmocka_unit_test(refuses_one_that_is_there_twice),
		cmocka_unit_test(takes_a_long_chain),
	};

	return cmocka_run_group_tests_name("kl_group", tests, NULL, NULL);
}
