/* A rise is found wherever it is, and binds nobody who was there before. */
#include "kl_fee_change.h"
#include "unit.h"
#include "words.h"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

enum { FEN = 1000000 }; /* a rate of one fen */

static const struct kl_fee_bracket at_10[] = { { .rate = 10 * FEN } };
static const struct kl_fee_bracket at_9_and_a_half[] = { { .rate = 9 * FEN +
								   FEN / 2 } };
static const struct kl_fee_bracket at_11[] = { { .rate = 11 * FEN } };
static const struct kl_fee_bracket at_least_more[] = { { .rate =
							     10 * FEN + 1 } };
static const struct kl_fee_bracket later_cheap[] = {
	{ .above = 0, .rate = 10 * FEN },
	{ .above = 100, .rate = 9 * FEN },
};
static const struct kl_fee_bracket later_dear[] = {
	{ .above = 0, .rate = 10 * FEN },
	{ .above = 100, .rate = 12 * FEN },
};
static const struct kl_fee_bracket first_cheap[] = {
	{ .above = 0, .rate = 5 * FEN },
	{ .above = 100, .rate = 15 * FEN },
};
static const struct kl_fee_bracket table[] = {
	{ .above = 0, .fee_fen = 100 },
	{ .above = 50, .fee_fen = 300 },
};
static const struct kl_fee_bracket wider_table[] = {
	{ .above = 0, .fee_fen = 100 },
	{ .above = 49, .fee_fen = 300 },
};

#define LINEAR(brackets_)                                                      \
	.formula = KL_FEE_LINEAR, .brackets = (brackets_), .bracket_count = 1
#define STAGED(brackets_)                                                      \
	.formula = KL_FEE_STAGED, .brackets = (brackets_), .bracket_count = 2
#define TABLE(brackets_)                                                       \
	.formula = KL_FEE_TABLE, .brackets = (brackets_), .bracket_count = 2
#define OPEN .max_fen = KL_FEE_OPEN

static const struct {
	struct kl_fee_schedule before, now;
	enum kl_fee_change change;
	int64_t quantity;
} cases[] = {
	/* The same, said in the same way or in another. */
	{ { LINEAR(at_10), OPEN }, { LINEAR(at_10), OPEN }, KL_FEE_SAME, 0 },
	{ { LINEAR(at_10), .min_fen = 50, .max_fen = 50 },
	    { .base_fen = 50, .max_fen = 50 }, KL_FEE_SAME, 0 },
	{ { LINEAR(at_10), .max_fen = 0 }, { .base_fen = 0, OPEN }, KL_FEE_SAME,
	    0 },
	/* The base, from nothing on. */
	{ { .base_fen = 50, OPEN }, { .base_fen = 51, OPEN }, KL_FEE_RISE, 0 },
	{ { .base_fen = 50, OPEN }, { .base_fen = 49, OPEN }, KL_FEE_FALL, 0 },
	/* The rate, from the first unit on, be it by the least. */
	{ { LINEAR(at_10), OPEN }, { LINEAR(at_11), OPEN }, KL_FEE_RISE, 1 },
	{ { LINEAR(at_11), OPEN }, { LINEAR(at_10), OPEN }, KL_FEE_FALL, 1 },
	{ { LINEAR(at_10), OPEN }, { LINEAR(at_least_more), OPEN }, KL_FEE_RISE,
	    1 },
	/* Over a border; on it, it is as before. */
	{ { LINEAR(at_10), OPEN }, { STAGED(later_dear), OPEN }, KL_FEE_RISE,
	    101 },
	{ { LINEAR(at_10), OPEN }, { STAGED(later_cheap), OPEN }, KL_FEE_FALL,
	    101 },
	/* Cheaper first: 5·100 + 15·(q − 100) over 10·q from 201 on. */
	{ { LINEAR(at_10), OPEN }, { STAGED(first_cheap), OPEN }, KL_FEE_RISE,
	    201 },
	{ { STAGED(first_cheap), OPEN }, { LINEAR(at_10), OPEN }, KL_FEE_RISE,
	    1 },
	/* … unless a maximum stops it there. */
	{ { LINEAR(at_10), OPEN }, { STAGED(first_cheap), .max_fen = 2000 },
	    KL_FEE_FALL, 1 },
	{ { LINEAR(at_10), OPEN }, { STAGED(first_cheap), .max_fen = 2001 },
	    KL_FEE_FALL, 1 },
	{ { LINEAR(at_10), OPEN }, { STAGED(first_cheap), .max_fen = 2011 },
	    KL_FEE_RISE, 201 },
	/* The bounds alone. */
	{ { LINEAR(at_10), .min_fen = 95, OPEN },
	    { LINEAR(at_10), .min_fen = 96, OPEN }, KL_FEE_RISE, 0 },
	{ { LINEAR(at_10), .max_fen = 95 }, { LINEAR(at_10), .max_fen = 96 },
	    KL_FEE_RISE, 10 },
	{ { LINEAR(at_10), OPEN }, { LINEAR(at_10), .max_fen = 95 },
	    KL_FEE_FALL, 10 },
	{ { LINEAR(at_10), .max_fen = KL_INTEGER_MAX }, { LINEAR(at_10), OPEN },
	    KL_FEE_RISE, 900719925474100 },
	/* Higher from 7 to 9 alone, where no border is. */
	{ { LINEAR(at_9_and_a_half), .base_fen = 3, OPEN },
	    { LINEAR(at_10), .max_fen = 95 }, KL_FEE_RISE, 7 },
	/* A dearer rate that a minimum hides at first. */
	{ { LINEAR(at_10), .min_fen = 500, OPEN },
	    { LINEAR(at_11), .min_fen = 500, OPEN }, KL_FEE_RISE, 46 },
	/* The discount, alone and against the rate. */
	{ { LINEAR(at_10), OPEN }, { LINEAR(at_10), .discount_bp = 1, OPEN },
	    KL_FEE_FALL, 1 },
	{ { LINEAR(at_10), .discount_bp = 1000, OPEN },
	    { LINEAR(at_10), .discount_bp = 999, OPEN }, KL_FEE_RISE, 1 },
	{ { LINEAR(at_10), OPEN }, { LINEAR(at_11), .discount_bp = 1000, OPEN },
	    KL_FEE_FALL, 1 },
	/* A table: the border moves by one. */
	{ { TABLE(table), OPEN }, { TABLE(wider_table), OPEN }, KL_FEE_RISE,
	    50 },
	{ { TABLE(wider_table), OPEN }, { TABLE(table), OPEN }, KL_FEE_FALL,
	    50 },
	/* A base in place of a rate, and the other way round. */
	{ { LINEAR(at_10), OPEN }, { .base_fen = 5, OPEN }, KL_FEE_RISE, 0 },
	{ { .base_fen = 5, OPEN }, { LINEAR(at_10), OPEN }, KL_FEE_RISE, 1 },
	{ { .base_fen = 10, OPEN }, { LINEAR(at_10), OPEN }, KL_FEE_RISE, 2 },
	/* Nobody can compare metres with items. */
	{ { .unit = KL_FEE_PER_ITEM, OPEN },
	    { .unit = KL_FEE_PER_SQUARE_METRE, OPEN }, KL_FEE_OTHER_UNIT, 0 },
};

static void finds_a_rise_wherever_it_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct kl_fee_difference difference;

		assert_int_equal(kl_fee_compare(&cases[i].before, &cases[i].now,
				     &difference),
		    KL_OK);
		if (difference.change != cases[i].change ||
		    difference.quantity != cases[i].quantity)
			fail_msg("case %zu: %s at %ld", i,
			    kl_fee_change_words(difference.change)->code,
			    (long)difference.quantity);
	}
}

/* --- against every quantity ----------------------------------------------- */

enum { ROUNDS = 300, FAR = 600, BRACKETS = 3, STEP = 40 };

static uint32_t chance = 1;

static int64_t pick(uint32_t below)
{
	chance = chance * 1664525 + 1013904223;
	return (int64_t)(chance >> 8) % below;
}

/* In whole fen, so that rounding hides nothing; from 80 on it stands still. */
static struct kl_fee_schedule pick_schedule(
    struct kl_fee_bracket brackets[static BRACKETS])
{
	bool tabled = pick(2) == 0;
	int64_t fee_fen = 0;
	struct kl_fee_schedule schedule = {
		.formula = tabled ? KL_FEE_TABLE : KL_FEE_STAGED,
		.base_fen = pick(4),
		.brackets = brackets,
		.bracket_count = BRACKETS,
		.min_fen = pick(20),
		.max_fen = pick(3) == 0 ? KL_FEE_OPEN : 20 + pick(100),
	};

	for (size_t i = 0; i < BRACKETS; i++) {
		fee_fen += pick(40);
		brackets[i] = (struct kl_fee_bracket){
			.above = i == 0 ? 0
					: (int64_t)(i - 1) * STEP + 1 +
					      pick(STEP - 1),
			.rate = tabled || i + 1 == BRACKETS ? 0 : pick(4) * FEN,
			.fee_fen = tabled ? fee_fen : 0,
		};
	}
	return schedule;
}

static int64_t fee_of(const struct kl_fee_schedule *schedule, int64_t quantity)
{
	int64_t fee_fen;

	assert_int_equal(kl_fee(schedule, quantity, &fee_fen), KL_OK);
	return fee_fen;
}

/* The first quantity for which `one` is higher, or FAR. */
static int64_t look_for_higher(
    const struct kl_fee_schedule *one, const struct kl_fee_schedule *other)
{
	int64_t quantity = 0;

	while (
	    quantity < FAR && fee_of(one, quantity) <= fee_of(other, quantity))
		quantity++;
	return quantity;
}

static void agrees_with_every_quantity(void **state)
{
	size_t seen[KL_FEE_CHANGES] = { 0 };

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct kl_fee_bracket old[BRACKETS], new[BRACKETS];
		struct kl_fee_schedule before = pick_schedule(old);
		struct kl_fee_schedule now = pick_schedule(new);
		int64_t rise, fall;
		struct kl_fee_difference difference;

		if (i % 3 == 0) { /* one that can only be lower */
			now = before;
			now.max_fen = before.min_fen + 1;
		}
		rise = look_for_higher(&now, &before);
		fall = look_for_higher(&before, &now);
		assert_int_equal(
		    kl_fee_compare(&before, &now, &difference), KL_OK);
		seen[difference.change]++;
		if (rise < FAR) {
			assert_int_equal(difference.change, KL_FEE_RISE);
			assert_int_equal(difference.quantity, rise);
		} else if (fall < FAR) {
			assert_int_equal(difference.change, KL_FEE_FALL);
			assert_int_equal(difference.quantity, fall);
		} else {
			assert_int_equal(difference.change, KL_FEE_SAME);
		}
	}
	assert_true(seen[KL_FEE_RISE] > 50 && seen[KL_FEE_FALL] > 50);
}

/* As many brackets as there may be, and the rise is in the last. */
static void looks_at_every_bracket(void **state)
{
	struct kl_fee_bracket old[KL_FEE_BRACKETS_MAX];
	struct kl_fee_bracket new[KL_FEE_BRACKETS_MAX];
	struct kl_fee_schedule before = { STAGED(old), OPEN };
	struct kl_fee_schedule now = { STAGED(new), .min_fen = 1,
		.max_fen = KL_INTEGER_MAX };
	struct kl_fee_difference difference;

	(void)state;
	for (size_t i = 0; i < KL_FEE_BRACKETS_MAX; i++)
		new[i] = old[i] =
		    (struct kl_fee_bracket){ .above = (int64_t)i * 1000,
			    .rate = FEN };
	before.bracket_count = now.bracket_count = KL_FEE_BRACKETS_MAX;
	before.min_fen = 1;
	new[0].rate--; /* which takes the last as long to make up for */
	new[KL_FEE_BRACKETS_MAX - 1].rate++;
	assert_int_equal(kl_fee_compare(&before, &now, &difference), KL_OK);
	assert_int_equal(difference.change, KL_FEE_RISE);
	assert_int_equal(difference.quantity, 1000 * KL_FEE_BRACKETS_MAX + 1);
}

static void refuses_faulty_schedules(void **state)
{
	const struct kl_fee_schedule sound = { .max_fen = 1 };
	const struct kl_fee_schedule faulty = { .max_fen = -1 };
	struct kl_fee_difference difference = { KL_FEE_FALL, 7 };

	(void)state;
	assert_int_equal(
	    kl_fee_compare(&faulty, &sound, &difference), KL_RANGE);
	assert_int_equal(
	    kl_fee_compare(&sound, &faulty, &difference), KL_RANGE);
	assert_int_equal(difference.change, KL_FEE_FALL);
	assert_int_equal(difference.quantity, 7);
}

/* --- whom it binds -------------------------------------------------------- */

#define VERSION(at_, fen_)                                                     \
	{                                                                      \
		(at_),                                                         \
		{                                                              \
			.base_fen = (fen_), .max_fen = KL_FEE_OPEN             \
		}                                                              \
	}

/* Down, up, up over the first, down, and in another unit. */
static const struct kl_fee_version versions[] = {
	VERSION(100, 50),
	VERSION(200, 40),
	VERSION(300, 45),
	VERSION(400, 60),
	VERSION(500, 30),
	{ 600, { .unit = KL_FEE_PER_MU, .max_fen = KL_FEE_OPEN } },
};

static void binds_by_no_later_rise(void **state)
{
	static const struct {
		int64_t published_at, at;
		size_t index;
	} bindings[] = {
		{ 100, 100, 0 },
		{ 100, 199, 0 },
		{ 100, 200, 1 }, /* lower: for him, too */
		{ 199, 300, 1 },
		{ 199, 499, 1 }, /* neither rise */
		{ 200, 300, 1 },
		{ 300, 300, 2 }, /* published after the rise */
		{ 300, 499, 2 },
		{ 399, 400, 2 },
		{ 400, 400, 3 },
		{ 100, 500, 4 },
		{ 400, 500, 4 },
		{ 500, 600, 4 },
		{ 600, 600, 5 },
		{ 600, 9999, 5 },
		{ 0, 100, 0 }, /* before there was a listing */
		{ 0, 450, 1 },
		{ INT64_MIN, INT64_MAX, 4 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bindings); i++) {
		size_t index = 99;

		assert_int_equal(
		    kl_fee_binding(versions, COUNT(versions),
			bindings[i].published_at, bindings[i].at, &index),
		    KL_OK);
		if (index != bindings[i].index)
			fail_msg("case %zu: version %zu", i, index);
	}
}

static void refuses_odd_versions(void **state)
{
	struct kl_fee_version odd[] = { VERSION(100, 50), VERSION(100, 40) };
	size_t index = 99;

	(void)state;
	assert_int_equal(kl_fee_binding(odd, 2, 100, 100, &index), KL_RANGE);
	odd[1].effective_at = 99;
	assert_int_equal(kl_fee_binding(odd, 2, 100, 100, &index), KL_RANGE);
	odd[1].effective_at = 101;
	odd[1].schedule.discount_bp = KL_FEE_DISCOUNT_MAX + 1;
	assert_int_equal(kl_fee_binding(odd, 2, 100, 100, &index), KL_RANGE);
	odd[1].schedule.discount_bp = 0;
	assert_int_equal(kl_fee_binding(odd, 0, 100, 100, &index), KL_RANGE);
	assert_int_equal(kl_fee_binding(odd, 2, 0, 99, &index), KL_RANGE);
	assert_int_equal(kl_fee_binding(odd, 2, 101, 100, &index), KL_RANGE);
	assert_int_equal(index, 99);
	assert_int_equal(kl_fee_binding(odd, 2, 100, 100, &index), KL_OK);
	assert_int_equal(index, 0);
}

static void counts_the_versions(void **state)
{
	static struct kl_fee_version many[KL_FEE_VERSIONS_MAX + 1];
	size_t index = 99;

	(void)state;
	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = (struct kl_fee_version){ .effective_at = (int64_t)i };
	assert_int_equal(
	    kl_fee_binding(many, COUNT(many), 0, 9999, &index), KL_TOO_LARGE);
	assert_int_equal(index, 99);
	assert_int_equal(
	    kl_fee_binding(many, KL_FEE_VERSIONS_MAX, 0, 9999, &index), KL_OK);
	assert_int_equal(index, KL_FEE_VERSIONS_MAX - 1);
}

static void has_words(void **state)
{
	(void)state;
	for (int i = 0; i < KL_FEE_CHANGES; i++) {
		enum kl_fee_change change = (enum kl_fee_change)i;

		check_words(kl_fee_change_words(change));
		assert_int_equal(kl_fee_binds_earlier(change),
		    change == KL_FEE_SAME || change == KL_FEE_FALL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_a_rise_wherever_it_is),
		cmocka_unit_test(agrees_with_every_quantity),
		cmocka_unit_test(looks_at_every_bracket),
		cmocka_unit_test(refuses_faulty_schedules),
		cmocka_unit_test(binds_by_no_later_rise),
		cmocka_unit_test(refuses_odd_versions),
		cmocka_unit_test(counts_the_versions),
		cmocka_unit_test(has_words),
	};

	return cmocka_run_group_tests_name("kl_fee_change", tests, NULL, NULL);
}
