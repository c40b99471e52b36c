/* What may happen in an attempt, at each limit and one past it. */
#include "kl_attempt.h"
#include "kl_time.h"
#include "unit.h"

static const char key_a[] = "aa", key_b[] = "bb", key_c[] = "cc";

/* --- who is declared ------------------------------------------------------ */

static const struct kl_attempt_party enrolled[] = {
	{ .id = "entrants", .key = key_c },
	{ .id = "operator", .key = key_a },
	{ .id = "supervisor", .key = key_b },
};
static const char *const both[] = { "operator", "supervisor" };

static enum kl_result declare(const char *const required[],
    size_t required_count, const char *const optional[], size_t optional_count,
    struct kl_attempt_party parties[static KL_ATTEMPT_PARTIES_MAX],
    size_t *count)
{
	return kl_attempt_declare(required, required_count, optional,
	    optional_count, enrolled, 3, parties, count);
}

static void declares_the_required_then_who_is_enrolled(void **state)
{
	static const char *const optional[] = { "owner", "operator",
		"entrants" };
	struct kl_attempt_party parties[KL_ATTEMPT_PARTIES_MAX];
	size_t count = 0;

	(void)state;
	assert_int_equal(declare(both, 2, optional, 3, parties, &count), KL_OK);
	assert_int_equal(count, 3);
	assert_string_equal(parties[0].id, "operator");
	assert_string_equal(parties[1].id, "supervisor");
	assert_string_equal(parties[2].id, "entrants");
	assert_true(parties[1].required);
	assert_false(parties[2].required);
	assert_string_equal(parties[2].key, key_c);
}

static void refuses_parties_that_cannot_draw(void **state)
{
	static const char *const missing[] = { "operator", "owner" };
	static const char *const strangers[] = { "supervisor", "entrants" };
	static const struct kl_attempt_party twins[] = {
		{ .id = "operator", .key = key_a },
		{ .id = "supervisor", .key = key_a },
	};
	struct kl_attempt_party parties[KL_ATTEMPT_PARTIES_MAX];
	size_t count = 7;

	(void)state;
	assert_int_equal(
	    declare(missing, 2, NULL, 0, parties, &count), KL_RANGE);
	assert_int_equal(declare(both, 1, NULL, 0, parties, &count), KL_RANGE);
	assert_int_equal(
	    declare(strangers, 2, NULL, 0, parties, &count), KL_RANGE);
	assert_int_equal(
	    kl_attempt_declare(both, 2, NULL, 0, twins, 2, parties, &count),
	    KL_MISMATCH);
	assert_int_equal(count, 7);
}

static void declares_as_many_as_there_may_be(void **state)
{
	static const char *const ids[] = { "operator", "a", "b", "c", "d", "e",
		"f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p" };
	struct kl_attempt_party many[KL_ATTEMPT_PARTIES_MAX + 1];
	struct kl_attempt_party parties[KL_ATTEMPT_PARTIES_MAX];
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i <= KL_ATTEMPT_PARTIES_MAX; i++)
		many[i] =
		    (struct kl_attempt_party){ .id = ids[i], .key = ids[i] };
	assert_int_equal(
	    kl_attempt_declare(ids, 16, NULL, 0, many, 17, parties, &count),
	    KL_OK);
	assert_int_equal(count, 16);
	assert_int_equal(
	    kl_attempt_declare(ids, 17, NULL, 0, many, 17, parties, &count),
	    KL_TOO_LARGE);
}

static void reckons_times_from_the_freeze(void **state)
{
	struct kl_attempt_times times;

	(void)state;
	assert_int_equal(kl_attempt_reckon(1000, 10, 20, 30, &times), KL_OK);
	assert_int_equal(times.commit_by, 1010);
	assert_int_equal(times.reveal_by, 1030);
	assert_int_equal(times.beacon, 1060);
	assert_int_equal(kl_attempt_reckon(1000, 1, 1, 0, &times), KL_OK);
	assert_int_equal(kl_attempt_reckon(1000, 0, 1, 0, &times), KL_RANGE);
	assert_int_equal(kl_attempt_reckon(1000, 1, 0, 0, &times), KL_RANGE);
	assert_int_equal(kl_attempt_reckon(1000, 1, 1, -1, &times), KL_RANGE);
	assert_int_equal(
	    kl_attempt_reckon(KL_TIME_MAX - 3, 1, 1, 1, &times), KL_OK);
	assert_int_equal(
	    kl_attempt_reckon(KL_TIME_MAX - 2, 1, 1, 1, &times), KL_RANGE);
}

/* --- what is taken -------------------------------------------------------- */

static void takes_a_commitment_before_commit_by(void **state)
{
	struct kl_attempt_party party = { .id = "operator" };

	(void)state;
	assert_int_equal(kl_attempt_commit(KL_PHASE_DRAFTED, 9, 10, &party, 0),
	    KL_ANSWER_TOO_EARLY);
	assert_int_equal(kl_attempt_commit(KL_PHASE_DECLARED, 9, 10, &party, 0),
	    KL_ANSWER_TAKE);
	assert_int_equal(
	    kl_attempt_commit(KL_PHASE_DECLARED, 10, 10, &party, 0),
	    KL_ANSWER_TOO_LATE);
	assert_int_equal(kl_attempt_commit(KL_PHASE_LOCKED, 9, 10, &party, 0),
	    KL_ANSWER_TOO_LATE);
	party.committed = true;
	assert_int_equal(kl_attempt_commit(KL_PHASE_OVER, 99, 10, &party, 1),
	    KL_ANSWER_SAME);
	assert_int_equal(kl_attempt_commit(KL_PHASE_DECLARED, 9, 10, &party, 0),
	    KL_ANSWER_OTHER);
}

static enum kl_attempt_answer reveal(enum kl_attempt_phase phase, int64_t at,
    const struct kl_attempt_party parties[], size_t index, bool operator_first)
{
	return kl_attempt_reveal(
	    phase, at, 20, parties, 3, index, operator_first);
}

static void takes_a_reveal_between_lock_and_reveal_by(void **state)
{
	struct kl_attempt_party parties[] = {
		{ .id = "supervisor", .committed = true },
		{ .id = "operator", .committed = true },
		{ .id = "owner" },
	};

	(void)state;
	assert_int_equal(reveal(KL_PHASE_DRAFTED, 9, parties, 0, false),
	    KL_ANSWER_TOO_EARLY);
	assert_int_equal(reveal(KL_PHASE_DECLARED, 9, parties, 0, false),
	    KL_ANSWER_TOO_EARLY);
	assert_int_equal(
	    reveal(KL_PHASE_LOCKED, 19, parties, 0, false), KL_ANSWER_TAKE);
	assert_int_equal(
	    reveal(KL_PHASE_LOCKED, 20, parties, 0, false), KL_ANSWER_TOO_LATE);
	assert_int_equal(
	    reveal(KL_PHASE_SEALED, 19, parties, 0, false), KL_ANSWER_TOO_LATE);
	assert_int_equal(reveal(KL_PHASE_LOCKED, 19, parties, 2, false),
	    KL_ANSWER_NOT_LOCKED);
	assert_int_equal(
	    reveal(KL_PHASE_LOCKED, 19, parties, 0, true), KL_ANSWER_NOT_FIRST);
	assert_int_equal(
	    reveal(KL_PHASE_LOCKED, 19, parties, 1, true), KL_ANSWER_TAKE);
	parties[1].revealed = true;
	assert_int_equal(
	    reveal(KL_PHASE_LOCKED, 19, parties, 0, true), KL_ANSWER_TAKE);
	assert_int_equal(
	    reveal(KL_PHASE_OVER, 99, parties, 1, true), KL_ANSWER_SAME);
}

/* --- what is due ---------------------------------------------------------- */

static void locks_two_or_more_with_all_required(void **state)
{
	struct kl_attempt_party parties[] = {
		{ .id = "operator", .required = true },
		{ .id = "supervisor", .required = true },
		{ .id = "owner" },
	};

	(void)state;
	assert_int_equal(
	    kl_attempt_lock(parties, 3, true, false), KL_LOCK_TOO_FEW);
	parties[0].committed = true;
	assert_int_equal(
	    kl_attempt_lock(parties, 3, true, false), KL_LOCK_TOO_FEW);
	parties[2].committed = true;
	assert_int_equal(
	    kl_attempt_lock(parties, 3, true, false), KL_LOCK_ABSENT);
	assert_int_equal(
	    kl_attempt_lock(parties, 3, false, false), KL_LOCK_UNWITNESSED);
	parties[1].committed = true;
	parties[2].committed = false;
	assert_int_equal(
	    kl_attempt_lock(parties, 3, true, false), KL_LOCK_WRITE);
	assert_int_equal(
	    kl_attempt_lock(parties, 3, true, true), KL_LOCK_UNWITNESSED);
	assert_int_equal(
	    kl_attempt_lock(parties, 3, false, false), KL_LOCK_UNWITNESSED);
}

static void wants_a_cosignature_in_time(void **state)
{
	(void)state;
	assert_true(kl_attempt_is_witnessed(1, 9, 10));
	assert_false(kl_attempt_is_witnessed(1, 10, 10));
	assert_false(kl_attempt_is_witnessed(1, INT64_MAX, 10));
	assert_true(kl_attempt_is_witnessed(0, INT64_MAX, 10));
	assert_true(kl_attempt_is_locked(1, 10, 10));
	assert_false(kl_attempt_is_locked(1, 11, 10));
	assert_false(kl_attempt_is_locked(1, INT64_MAX, 10));
	assert_true(kl_attempt_is_locked(0, INT64_MAX, 10));
}

static enum kl_attempt_seal seal(const struct kl_attempt_party parties[],
    bool over, bool withheld_void, bool late)
{
	return kl_attempt_seal(parties, 3, over, true, withheld_void, late);
}

static void seals_when_all_are_in_or_time_is_over(void **state)
{
	struct kl_attempt_party parties[] = {
		{ .id = "operator", .committed = true },
		{ .id = "supervisor", .committed = true },
		{ .id = "owner" },
	};

	(void)state;
	assert_int_equal(seal(parties, false, false, false), KL_SEAL_WAIT);
	assert_int_equal(seal(parties, true, false, false), KL_SEAL_WITHHELD);
	assert_int_equal(seal(parties, true, true, false), KL_SEAL_WITHHELD);
	assert_int_equal(kl_attempt_seal(parties, 3, true, false, true, false),
	    KL_SEAL_UNWITNESSED);
	parties[0].revealed = true;
	assert_int_equal(seal(parties, false, false, false), KL_SEAL_WAIT);
	assert_int_equal(seal(parties, true, false, false), KL_SEAL_WRITE);
	assert_int_equal(seal(parties, true, true, false), KL_SEAL_WRITE_VOID);
	assert_int_equal(seal(parties, true, false, true), KL_SEAL_WRITE_LATE);
	assert_int_equal(seal(parties, true, true, true), KL_SEAL_WRITE_VOID);
	parties[1].revealed = true;
	assert_int_equal(seal(parties, false, true, false), KL_SEAL_WRITE);
	assert_int_equal(seal(parties, true, true, true), KL_SEAL_WRITE);
}

static void stands_with_a_seal_in_time_or_every_secret(void **state)
{
	struct kl_attempt_party parties[] = {
		{ .id = "operator", .committed = true, .revealed = true },
		{ .id = "supervisor", .committed = true },
		{ .id = "owner" },
	};

	(void)state;
	assert_true(kl_attempt_stands(parties, 3, true));
	assert_false(kl_attempt_stands(parties, 3, false));
	parties[1].revealed = true;
	assert_true(kl_attempt_stands(parties, 3, false));
}

static void waits_for_a_value_that_comes_by_itself(void **state)
{
	(void)state;
	assert_true(kl_attempt_waits(true, true, true, false));
	assert_false(kl_attempt_waits(false, true, true, false));
	assert_false(kl_attempt_waits(true, false, true, false));
	assert_false(kl_attempt_waits(true, true, false, false));
	assert_false(kl_attempt_waits(true, true, true, true));
}

static void says_when_the_outcome_could_be_known(void **state)
{
	(void)state;
	assert_false(kl_attempt_known(true, 1060, 999, true));
	assert_true(kl_attempt_known(true, 1060, 1000, false));
	assert_false(kl_attempt_known(false, 0, 1000, false));
	assert_true(kl_attempt_known(false, 0, 1000, true));
}

static void gives_up_a_day_after_the_beacon(void **state)
{
	(void)state;
	assert_false(kl_attempt_is_stale(1000, 1000 + 86400));
	assert_true(kl_attempt_is_stale(1000, 1000 + 86401));
	assert_int_equal(kl_attempt_overdue_at(1000), 1000 + 86401);
}

static void shows_as_failed_what_is_declared_and_not_closed(void **state)
{
	static const enum kl_attempt_phase open[] = { KL_PHASE_DECLARED,
		KL_PHASE_LOCKED, KL_PHASE_SEALED };
	const int64_t last = 1000 + 86400;

	(void)state;
	for (size_t i = 0; i < sizeof(open) / sizeof(*open); i++) {
		assert_false(kl_attempt_is_overdue(open[i], 1000, 0));
		assert_false(kl_attempt_is_overdue(open[i], 1000, last));
		assert_true(kl_attempt_is_overdue(open[i], 1000, last + 1));
	}
	assert_false(kl_attempt_is_overdue(KL_PHASE_DRAFTED, 1000, last + 1));
	assert_false(kl_attempt_is_overdue(KL_PHASE_OVER, 1000, last + 1));
}

static void asks_for_two_and_for_a_watcher(void **state)
{
	static const char *const insiders[] = { "operator", "owner" };
	static const char *const watched[] = { "operator", "entrants" };
	static const char *const supervised[] = { "supervisor", "owner" };

	(void)state;
	assert_true(kl_attempt_suffice(insiders, 2, false));
	assert_false(kl_attempt_suffice(insiders, 1, false));
	assert_false(kl_attempt_suffice(insiders, 2, true));
	assert_true(kl_attempt_suffice(watched, 2, true));
	assert_true(kl_attempt_suffice(supervised, 2, true));
	assert_false(kl_attempt_suffice(supervised, 1, true));
}

static void compares_a_value_with_its_template(void **state)
{
	(void)state;
	assert_true(kl_attempt_matches("123456", 3, "616"));
	assert_false(kl_attempt_matches("123456", 3, "61"));
	assert_false(kl_attempt_matches("123456", 3, "6161"));
	assert_false(kl_attempt_matches("123456", 3, "617"));
	assert_false(kl_attempt_matches("123456", 0, ""));
}

static void finds_the_next_alternate(void **state)
{
	(void)state;
	assert_int_equal(kl_attempt_next(2, 2, 0), 3);
	assert_int_equal(kl_attempt_next(2, 2, 1), 4);
	assert_int_equal(kl_attempt_next(2, 2, 2), 0);
	assert_int_equal(kl_attempt_next(1, 0, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(declares_the_required_then_who_is_enrolled),
		cmocka_unit_test(refuses_parties_that_cannot_draw),
		cmocka_unit_test(declares_as_many_as_there_may_be),
		cmocka_unit_test(reckons_times_from_the_freeze),
		cmocka_unit_test(takes_a_commitment_before_commit_by),
		cmocka_unit_test(takes_a_reveal_between_lock_and_reveal_by),
		cmocka_unit_test(locks_two_or_more_with_all_required),
		cmocka_unit_test(wants_a_cosignature_in_time),
		cmocka_unit_test(seals_when_all_are_in_or_time_is_over),
		cmocka_unit_test(stands_with_a_seal_in_time_or_every_secret),
		cmocka_unit_test(waits_for_a_value_that_comes_by_itself),
		cmocka_unit_test(says_when_the_outcome_could_be_known),
		cmocka_unit_test(gives_up_a_day_after_the_beacon),
		cmocka_unit_test(
		    shows_as_failed_what_is_declared_and_not_closed),
		cmocka_unit_test(asks_for_two_and_for_a_watcher),
		cmocka_unit_test(compares_a_value_with_its_template),
		cmocka_unit_test(finds_the_next_alternate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
