/* However an attempt ends, its pack verifies and tells who was selected. */
#include "trial.h"

/* --- who was selected ----------------------------------------------------- */

static void tells_who_was_selected(void **state)
{
	struct plan plan = plan_public();
	struct trial trial = try_plan(&plan);
	const struct kl_attempt_report *attempts;

	(void)state;
	expect_awards(&trial, "1.1 selected\n1.2 alternate\n1.3 alternate\n");
	assert_int_equal(kl_pack_attempts(&trial.report, &attempts), 1);
	assert_int_equal(attempts[0].parties, 3);
	assert_int_equal(attempts[0].committed, 3);
	assert_int_equal(attempts[0].revealed, 3);
	assert_int_equal(attempts[0].reason, KL_CLOSE_DRAWN);
	end(&trial);
}

static void follows_replacements(void **state)
{
	struct plan plan = plan_public();
	struct trial trial;

	(void)state;
	plan.replace_count = 3;
	for (size_t i = 0; i < 3; i++)
		plan.replaces[i].approvers[1] = 1;
	plan.replaces[2].none_left = true;
	trial = try_plan(&plan);
	expect_awards(&trial, "1.1 selected gone\n1.2 alternate gone came\n"
			      "1.3 alternate gone came\n");
	end(&trial);
}

static void takes_a_long_roster(void **state)
{
	struct plan plan = plan_public();
	struct trial trial;

	(void)state;
	plan.entries = ENTRIES_MAX; /* texts over 32 KiB: digests in the log */
	plan.other_draft = true;
	trial = try_plan(&plan);
	assert_true(world_file(trial.world, "result.txt")->size > 32768);
	end(&trial);
}

/* --- attempts that gave no result ----------------------------------------- */

static struct plan without_result(enum kl_close_reason reason)
{
	struct plan plan = plan_public();

	plan.with_beacon = false;
	plan.with_result = false;
	plan.reason = reason;
	plan.known = true; /* closed at 7600, after the beacon time */
	return plan;
}

static void takes_every_reason(void **state)
{
	struct trial trial;
	struct plan plan = without_result(KL_CLOSE_BEACON);

	(void)state;
	trial = try_plan(&plan);
	assert_true(has_warning(&trial, KL_WARNING_SHADOW_UNKNOWN, "D-1"));
	end(&trial);
	plan = without_result(KL_CLOSE_PARTY);
	plan.withheld_void = true;
	plan.parts[1] = WITHHOLDS;
	trial = try_plan(&plan);
	end(&trial);
	plan = without_result(KL_CLOSE_CANCELLED);
	trial = try_plan(&plan);
	end(&trial);
	plan = without_result(KL_CLOSE_UNSEALED);
	plan.parts[1] = WITHHOLDS;
	plan.cosigned[2] = 7600;
	trial = try_plan(&plan);
	end(&trial);
	plan = without_result(KL_CLOSE_WITHHELD);
	plan.with_seal = false;
	trial = try_plan(&plan);
	end(&trial);
	plan = without_result(KL_CLOSE_UNWITNESSED);
	plan.with_seal = false;
	plan.cosigned[1] = 0;
	trial = try_plan(&plan);
	end(&trial);
	plan.with_lock = false; /* the log stood still until reveal-by */
	plan.cosigned[1] = 3610;
	trial = try_plan(&plan);
	end(&trial);
	plan = without_result(KL_CLOSE_TOO_FEW);
	plan.with_lock = plan.with_seal = false;
	plan.parts[1] = plan.parts[2] = IS_ABSENT;
	trial = try_plan(&plan);
	end(&trial);
	plan = without_result(KL_CLOSE_ABSENT);
	plan.with_lock = plan.with_seal = false;
	plan.parts[1] = IS_ABSENT;
	trial = try_plan(&plan);
	end(&trial);
}

/* The outcome could be known: who would have won is told. */
static void shows_the_shadow_result(void **state)
{
	struct plan plan = without_result(KL_CLOSE_CANCELLED);
	struct plan good = plan_public();
	struct trial trial, other;
	const struct kl_award *awards, *drawn;

	(void)state;
	plan.with_beacon = true;
	trial = try_plan(&plan);
	other = try_plan(&good);
	expect_awards(&trial, "1.1 shadow selected\n1.2 shadow alternate\n"
			      "1.3 shadow alternate\n");
	kl_pack_awards(&trial.report, &awards);
	kl_pack_awards(&other.report, &drawn);
	assert_true(kl_span_equal(awards[0].id, drawn[0].id));
	end(&trial);
	end(&other);
}

/* Cancelled before the seal, but somebody had revealed: with no beacon, the
 * seal that would have been gives the shadow. */
static void shows_a_shadow_without_a_seal(void **state)
{
	struct plan plan = plan_none();
	struct trial trial;

	(void)state;
	plan.with_seal = plan.with_result = false;
	plan.reveals_logged = true;
	plan.parts[2] = WITHHOLDS;
	plan.reason = KL_CLOSE_CANCELLED;
	trial = try_plan(&plan);
	expect_awards(&trial, "1.1 shadow selected\n1.2 shadow alternate\n"
			      "1.3 shadow alternate\n");
	end(&trial);
}

/* --- attempts one after another ------------------------------------------- */

static struct plan again(const struct plan *first, const char *draw)
{
	struct plan plan = plan_public();

	plan.draw = draw;
	plan.attempt = first->attempt + 1;
	plan.start = first->start + 100000;
	for (size_t i = 0; i < PARTIES; i++)
		plan.secrets[i] = (uint8_t)(first->secrets[i] + 10);
	return plan;
}

static void follows_a_void_attempt(void **state)
{
	struct plan first = without_result(KL_CLOSE_PARTY);
	struct plan second;
	struct trial trial = begin();
	const struct kl_attempt_report *attempts;

	(void)state;
	first.withheld_void = true;
	first.parts[1] = WITHHOLDS;
	first.cosigned[3] = 7439; /* a minute before the beacon */
	first.known = false;
	second = again(&first, "D-2");
	make_attempt(trial.world, &first, "previous/1/");
	world_event(trial.world, "close")->at = START + 7300;
	make_attempt(trial.world, &second, "");
	verify(&trial);
	expect_good(&trial);
	expect_level(&trial, KL_LEVEL_B, "beacon or supervisor, owner", NULL);
	assert_true(
	    has_warning(&trial, KL_WARNING_REDRAWN_WITHHELD, "supervisor"));
	assert_int_equal(kl_pack_attempts(&trial.report, &attempts), 2);
	assert_int_equal(attempts[0].attempt, 1);
	assert_int_equal(attempts[0].reason, KL_CLOSE_PARTY);
	assert_int_equal(attempts[1].attempt, 2);
	end(&trial);
}

static void follows_an_annulled_result(void **state)
{
	struct plan first = plan_public(), second, third;
	struct trial trial = begin();

	(void)state;
	first.annul = true;
	first.annul_approvers[1] = 1;
	second = again(&first, "D-2");
	second.annul = true;
	second.annul_approvers[1] = 1;
	third = again(&second, "D-3");
	make_attempt(trial.world, &first, "previous/1/");
	make_attempt(trial.world, &second, "previous/2/");
	make_attempt(trial.world, &third, "");
	verify(&trial);
	expect_good(&trial);
	expect_level(&trial, KL_LEVEL_C, "beacon or supervisor, owner",
	    &(enum kl_cap){ KL_CAP_REDRAWN_KNOWN });
	expect_awards(&trial, "1.1 selected\n1.2 alternate\n1.3 alternate\n"
			      "2.1 selected\n2.2 alternate\n2.3 alternate\n"
			      "3.1 selected\n3.2 alternate\n3.3 alternate\n");
	end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_who_was_selected),
		cmocka_unit_test(follows_replacements),
		cmocka_unit_test(takes_a_long_roster),
		cmocka_unit_test(takes_every_reason),
		cmocka_unit_test(shows_the_shadow_result),
		cmocka_unit_test(shows_a_shadow_without_a_seal),
		cmocka_unit_test(follows_a_void_attempt),
		cmocka_unit_test(follows_an_annulled_result),
	};

	return cmocka_run_group_tests_name(
	    "kl_pack: attempts", tests, NULL, NULL);
}
