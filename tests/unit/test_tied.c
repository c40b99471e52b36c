/* Who is tied to an authority, by what, and who only seems to be. */
#include "affiliations.h"
#include "kl_tied.h"
#include "words.h"

/* --- the cases: institution a, authorities z and y ------------------------ */

#define LIST_MAX 6

struct tied_case {
	struct kl_affiliation list[LIST_MAX];
	size_t count;
	const char *code, *path; /* NULL: untied */
	const char *authority;
};

static const struct tied_case cases[] = {
	/* By the authority itself, in each way. */
	{ { TIE("a", PARENT, "z") }, 1, "tied-authority", "a ^parent z", "z" },
	{ { SHARE("a", "z", 500) }, 1, "tied-authority", "a ^shareholder z",
	    "z" },
	{ { SHARE("a", "z", 499) }, 1, NULL, NULL, NULL },
	{ { TIE("a", CONTROLLER, "y"), TIE("a", PARENT, "x") }, 2,
	    "tied-authority", "a ^controller y", "y" },
	/* By what it runs. */
	{ { TIE("a", PARENT, "x"), TIE("x", PARENT, "z") }, 2,
	    "tied-subordinate", "a ^parent x ^parent z", "z" },
	{ { SHARE("a", "w", 600), TIE("w", CONTROLLER, "x"),
	      TIE("x", PARENT, "z") },
	    3, "tied-subordinate", "a ^shareholder w ^controller x ^parent z",
	    "z" },
	/* By what is above both. */
	{ { TIE("a", PARENT, "x"), TIE("z", PARENT, "x") }, 2, "tied-superior",
	    "a ^parent x vparent z", "z" },
	{ { TIE("a", PARENT, "w"), TIE("w", PARENT, "x"), TIE("z", PARENT, "v"),
	      TIE("v", PARENT, "x") },
	    4, "tied-superior", "a ^parent w ^parent x vparent v vparent z",
	    "z" },
	/* By whoever holds an office in it, above it, below it. */
	{ { TIE("a", LEGAL_REPRESENTATIVE, "p"), TIE("p", OFFICE, "z") }, 2,
	    "tied-official", "a ^legal-representative p ^office z", "z" },
	{ { TIE("a", DIRECTOR, "p"), TIE("p", OFFICE, "x"),
	      TIE("z", PARENT, "x") },
	    3, "tied-official", "a ^director p ^office x vparent z", "z" },
	{ { SHARE("a", "p", 600), TIE("p", OFFICE, "x"),
	      TIE("x", PARENT, "z") },
	    3, "tied-official", "a ^shareholder p ^office x ^parent z", "z" },
	{ { TIE("a", DIRECTOR, "p"), TIE("z", LEGAL_REPRESENTATIVE, "p") }, 2,
	    "tied-official", "a ^director p vlegal-representative z", "z" },
	{ { SHARE("a", "p", 600), TIE("z", DIRECTOR, "p") }, 2, "tied-official",
	    "a ^shareholder p vdirector z", "z" },
	{ { TIE("a", PARENT, "x"), TIE("z", LEGAL_REPRESENTATIVE, "p"),
	      TIE("p", OFFICE, "x") },
	    3, "tied-official", "a ^parent x voffice p vlegal-representative z",
	    "z" },
	/* A company's own leaders on the way up are no officials. */
	{ { TIE("a", LEGAL_REPRESENTATIVE, "z") }, 1, "tied-authority",
	    "a ^legal-representative z", "z" },
	/* It may be what stands above an authority itself … */
	{ { TIE("z", PARENT, "a"), TIE("y", PARENT, "z") }, 2, "tied-superior",
	    "a vparent z", "z" },
	/* … but below is not above: what both hold, whom both have. */
	{ { TIE("x", PARENT, "a"), TIE("x", PARENT, "z") }, 2, NULL, NULL,
	    NULL },
	{ { TIE("a", DIRECTOR, "p"), TIE("x", DIRECTOR, "p"),
	      TIE("x", PARENT, "z") },
	    3, NULL, NULL, NULL },
	/* Whatever is of the State is not tied by that … */
	{ { STATE("a", CONTROLLER, "s"), STATE("z", PARENT, "s") }, 2, NULL,
	    NULL, NULL },
	{ { STATE("a", CONTROLLER, "s"), TIE("s", PARENT, "z") }, 2, NULL, NULL,
	    NULL },
	{ { TIE("a", CONTROLLER, "s"), STATE("z", PARENT, "s") }, 2, NULL, NULL,
	    NULL },
	/* … but if it is who approves, directly or over another. */
	{ { STATE("a", CONTROLLER, "z") }, 1, "tied-authority",
	    "a ^controller z", "z" },
	{ { TIE("a", PARENT, "x"), STATE("x", PARENT, "z") }, 2,
	    "tied-subordinate", "a ^parent x ^parent z", "z" },
	{ { STATE("a", CONTROLLER, "y"), STATE("y", PARENT, "z") }, 2,
	    "tied-authority", "a ^controller y", "y" },
	/* The shortest; then the first authority; then the nearest to it. */
	{ { TIE("a", PARENT, "x"), TIE("x", PARENT, "y"),
	      TIE("a", DIRECTOR, "z") },
	    3, "tied-authority", "a ^director z", "z" },
	{ { TIE("a", PARENT, "z"), TIE("a", PARENT, "y") }, 2, "tied-authority",
	    "a ^parent y", "y" },
	{ { TIE("a", PARENT, "w"), TIE("z", PARENT, "w"), TIE("a", PARENT, "x"),
	      TIE("x", PARENT, "z") },
	    4, "tied-subordinate", "a ^parent x ^parent z", "z" },
	{ { TIE("a", PARENT, "x"), TIE("z", PARENT, "x"), TIE("a", PARENT, "w"),
	      TIE("z", PARENT, "w") },
	    4, "tied-superior", "a ^parent w vparent z", "z" },
	{ { TIE("z", PARENT, "w"), TIE("a", PARENT, "w"), TIE("a", PARENT, "x"),
	      TIE("x", PARENT, "v"), TIE("v", PARENT, "z") },
	    5, "tied-superior", "a ^parent w vparent z", "z" },
	/* Only one of them is in any affiliation. */
	{ { TIE("a", PARENT, "x") }, 1, NULL, NULL, NULL },
	{ { TIE("z", PARENT, "x") }, 1, NULL, NULL, NULL },
	{ { TIE("b", PARENT, "z") }, 0, NULL, NULL, NULL },
};

static void check_case(const struct tied_case *each,
    const struct kl_affiliation list[], const char *const authorities[])
{
	struct kl_affiliations made = make_affiliations(list, each->count);
	struct kl_tied tied = { .reason = KL_TIED_REASONS };
	const struct kl_words *words;

	assert_int_equal(kl_tied(&made, "a", authorities, 2, &tied), KL_OK);
	words = kl_tied_words(tied.reason);
	if (!words != !each->code || (words && strcmp(words->code, each->code)))
		fail_msg("case %td: %s", each - cases,
		    words ? words->code : "untied");
	if (each->code) {
		check_path(list, &tied.path, "a", each->authority);
		check_path_text(list, &tied.path, "a", each->path);
		assert_string_equal(
		    authorities[tied.authority], each->authority);
	}
	kl_tied_clear(&tied);
	kl_tied_clear(&tied);
	assert_int_equal(tied.path.count, 0);
	kl_affiliations_clear(&made);
}

static void finds_who_is_tied(void **state)
{
	static const char *const ascending[] = { "y", "z" };
	static const char *const descending[] = { "z", "y" };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct kl_affiliation list[LIST_MAX];

		memcpy(list, cases[i].list, sizeof(list));
		check_case(&cases[i], list, ascending);
		for (int round = 0; round < 10; round++) {
			shuffle(list, cases[i].count);
			check_case(&cases[i], list,
			    round % 2 ? ascending : descending);
		}
	}
}

/* An authority that itself is listed is tied, whoever stands behind it. */
static void ties_an_authority_to_itself(void **state)
{
	static const struct kl_affiliation list[] = { TIE("a", PARENT, "z"),
		TIE("z", PARENT, "x") };
	static const char *const authorities[] = { "z", "a" };
	static const char *const others[] = { "p", "q" };
	struct kl_affiliations made = make_affiliations(list, COUNT(list));
	struct kl_tied tied;

	(void)state;
	assert_int_equal(kl_tied(&made, "a", authorities, 2, &tied), KL_OK);
	assert_int_equal(tied.reason, KL_TIED_AUTHORITY);
	assert_int_equal(tied.authority, 1);
	assert_int_equal(tied.path.count, 0);
	kl_tied_clear(&tied);
	/* … and when nobody is known of either. */
	assert_int_equal(kl_tied(&made, "q", others, 2, &tied), KL_OK);
	assert_int_equal(tied.reason, KL_TIED_AUTHORITY);
	assert_int_equal(tied.authority, 1);
	kl_tied_clear(&tied);
	kl_affiliations_clear(&made);
}

/* --- against everybody above both ----------------------------------------- */

enum { NAMES = 8, LINKS = 12, ROUNDS = 500, FAR = 99, STATED = 3 };

static const char *const names[NAMES] = { "a", "b", "c", "d", "e", "f", "g",
	"h" };

/* How far above `from` everybody is, when only `state` may be of the State. */
static void climb(const struct kl_affiliation list[], size_t count, size_t from,
    size_t state, size_t far[NAMES])
{
	for (size_t i = 0; i < NAMES; i++)
		far[i] = i == from ? 0 : FAR;
	for (size_t round = 0; round < NAMES; round++)
		for (size_t i = 0; i < count; i++) {
			size_t held = (size_t)(*list[i].held - 'a');
			size_t holder = (size_t)(*list[i].holder - 'a');

			if (list[i].holder_is_state && holder != state)
				continue;
			if (far[held] + 1 < far[holder])
				far[holder] = far[held] + 1;
		}
}

static size_t look_for_nearest(const struct kl_affiliation list[], size_t count,
    size_t institution, size_t authority)
{
	size_t up[NAMES], down[NAMES], nearest = FAR;

	climb(list, count, institution, authority, up);
	climb(list, count, authority, NAMES, down);
	for (size_t i = 0; i < NAMES; i++)
		if (up[i] + down[i] < nearest)
			nearest = up[i] + down[i];
	return nearest;
}

static void agrees_with_everybody_above(void **state)
{
	size_t seen = 0;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct kl_affiliation list[LINKS];
		struct kl_affiliations made;

		for (size_t i = 0; i < LINKS; i++) {
			uint32_t held = pick(NAMES);

			list[i] =
			    (struct kl_affiliation)TIE(names[held], PARENT,
				names[(held + 1 + pick(NAMES - 1)) % NAMES]);
			list[i].holder_is_state = pick(STATED) == 0;
		}
		made = make_affiliations(list, LINKS);
		for (size_t i = 1; i < NAMES; i++) {
			size_t far = look_for_nearest(list, LINKS, 0, i);
			struct kl_tied tied;

			assert_int_equal(
			    kl_tied(&made, "a", &names[i], 1, &tied), KL_OK);
			assert_int_equal(tied.reason == KL_UNTIED, far == FAR);
			if (far < FAR) {
				assert_int_equal(tied.path.count, far);
				check_path(list, &tied.path, "a", names[i]);
				seen += far > 2;
			}
			kl_tied_clear(&tied);
		}
		kl_affiliations_clear(&made);
	}
	assert_true(seen > 100);
}

/* --- limits --------------------------------------------------------------- */

static void counts_the_authorities(void **state)
{
	static const struct kl_affiliation list[] = { TIE("a", PARENT, "z") };
	const char *authorities[KL_AUTHORITIES_MAX + 1];
	struct kl_affiliations made = make_affiliations(list, COUNT(list));
	struct kl_tied tied = { .reason = KL_TIED_SUPERIOR };

	(void)state;
	for (size_t i = 0; i < KL_AUTHORITIES_MAX; i++)
		authorities[i] = "y";
	authorities[KL_AUTHORITIES_MAX - 1] = "z";
	authorities[KL_AUTHORITIES_MAX] = "z";
	assert_int_equal(
	    kl_tied(&made, "a", authorities, KL_AUTHORITIES_MAX + 1, &tied),
	    KL_TOO_LARGE);
	assert_int_equal(tied.reason, KL_TIED_SUPERIOR);
	assert_int_equal(
	    kl_tied(&made, "a", authorities, KL_AUTHORITIES_MAX, &tied), KL_OK);
	assert_int_equal(tied.authority, KL_AUTHORITIES_MAX - 1);
	kl_tied_clear(&tied);
	assert_int_equal(kl_tied(&made, "a", NULL, 0, &tied), KL_OK);
	assert_int_equal(tied.reason, KL_UNTIED);
	kl_affiliations_clear(&made);
}

static void has_words(void **state)
{
	(void)state;
	assert_null(kl_tied_words(KL_UNTIED));
	for (int i = KL_UNTIED + 1; i < KL_TIED_REASONS; i++)
		check_words(kl_tied_words((enum kl_tied_reason)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_who_is_tied),
		cmocka_unit_test(ties_an_authority_to_itself),
		cmocka_unit_test(agrees_with_everybody_above),
		cmocka_unit_test(counts_the_authorities),
		cmocka_unit_test(has_words),
	};

	return cmocka_run_group_tests_name("kl_tied", tests, NULL, NULL);
}
