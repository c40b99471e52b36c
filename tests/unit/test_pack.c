/* Good packs verify, and the report says what they amount to. */
#include "trial.h"

/* --- levels --------------------------------------------------------------- */

static void reaches_level_b(void **state)
{
	struct plan plan = plan_public();
	struct trial trial = try_plan(&plan);

	(void)state;
	expect_level(&trial, KL_LEVEL_B, "beacon or supervisor, owner", NULL);
	assert_int_equal(count_warnings(&trial), 0);
	end(&trial);
}

static void reaches_level_c(void **state)
{
	struct plan plan = plan_none();
	struct trial trial = try_plan(&plan);

	(void)state;
	expect_level(&trial, KL_LEVEL_C, "supervisor, owner",
	    &(enum kl_cap){ KL_CAP_POLICY_C });
	end(&trial);
}

/* With quorum 0 nobody cosigns, and nobody asks for it. */
static void is_unwitnessed(void **state)
{
	struct plan plan = plan_public();
	struct trial trial;

	(void)state;
	plan.quorum = 0;
	plan.witnesses = 0;
	memset(plan.cosigned, 0, sizeof(plan.cosigned));
	trial = try_plan(&plan);
	expect_level(&trial, KL_LEVEL_C, "beacon or supervisor, owner",
	    &(enum kl_cap){ KL_CAP_UNWITNESSED });
	end(&trial);
}

/* Too late for the beacon, but everything was revealed. */
static void is_unsealed(void **state)
{
	struct plan plan = plan_public();
	struct trial trial;

	(void)state;
	plan.cosigned[2] = 7499;
	trial = try_plan(&plan);
	expect_level(&trial, KL_LEVEL_B, "beacon or supervisor, owner", NULL);
	end(&trial);
	plan.cosigned[2] = 7500;
	trial = try_plan(&plan);
	expect_level(&trial, KL_LEVEL_C, "beacon or supervisor, owner",
	    &(enum kl_cap){ KL_CAP_UNSEALED });
	end(&trial);
	plan.parts[2] = IS_ABSENT;
	trial = try_plan(&plan);
	expect_level(&trial, KL_LEVEL_C, "beacon or supervisor",
	    &(enum kl_cap){ KL_CAP_UNSEALED });
	assert_true(has_warning(&trial, KL_WARNING_PARTY_ABSENT, "owner"));
	end(&trial);
}

/* Without a beacon too a seal that no witness saw is told. */
static void is_unsealed_without_a_beacon(void **state)
{
	struct plan plan = plan_none();
	struct trial trial;

	(void)state;
	plan.cosigned[2] = 0;
	trial = try_plan(&plan);
	assert_true(trial.report.caps[KL_CAP_UNSEALED]);
	end(&trial);
	plan = plan_none();
	trial = try_plan(&plan);
	assert_false(trial.report.caps[KL_CAP_UNSEALED]);
	end(&trial);
}

static char short_policy[sizeof(plain_policy)];

static void is_short(void **state)
{
	struct plan plan = plan_public();
	struct trial trial;

	(void)state;
	strcpy(short_policy, plain_policy);
	memcpy(strstr(short_policy, "\"delay_min_s\":30"), "\"delay_min_s\":10",
	    16);
	plan.policy = short_policy;
	plan.delay = 30;
	trial = try_plan(&plan);
	expect_level(&trial, KL_LEVEL_B, "beacon or supervisor, owner", NULL);
	end(&trial);
	plan.delay = 29;
	trial = try_plan(&plan);
	expect_level(&trial, KL_LEVEL_C, "beacon or supervisor, owner",
	    &(enum kl_cap){ KL_CAP_SHORT_DELAY });
	end(&trial);
}

/* 2^63 possibilities: one bit less than it takes. */
static void is_low(void **state)
{
	struct plan plan = plan_public();
	struct trial trial;

	(void)state;
	plan.template = "coin";
	plan.value = "0101010101010101010101010101010"
		     "01010101010101010101010101010101";
	trial = try_plan(&plan);
	expect_level(&trial, KL_LEVEL_C, "beacon or supervisor, owner",
	    &(enum kl_cap){ KL_CAP_LOW_ENTROPY });
	end(&trial);
}

/* However often the only letter there is. */
static void is_low_of_one_letter(void **state)
{
	static char policy[2048];
	struct plan plan = plan_public();
	struct trial trial;
	char *alphabet;

	(void)state;
	strcpy(policy, plain_policy);
	alphabet = strstr(policy, "\"01\"");
	memmove(alphabet + 2, alphabet + 3, strlen(alphabet + 3) + 1);
	plan.policy = policy;
	plan.template = "coin";
	plan.value = "0000000000000000000000000000000"
		     "00000000000000000000000000000000";
	trial = try_plan(&plan);
	expect_level(&trial, KL_LEVEL_C, "beacon or supervisor, owner",
	    &(enum kl_cap){ KL_CAP_LOW_ENTROPY });
	end(&trial);
}

static void is_unproven_when_bare(void **state)
{
	struct plan plan = plan_public();
	struct trial trial = begin();

	(void)state;
	trial.options.bare = true;
	make_attempt(trial.world, &plan, "");
	world_verify(trial.world, &trial.options, &trial.report);
	expect_good(&trial);
	expect_level(&trial, KL_LEVEL_UNPROVEN, "beacon", NULL);
	assert_true(
	    has_warning(&trial, KL_WARNING_PARTY_UNVERIFIED, "supervisor"));
	end(&trial);
}

static void says_that_it_is_a_rehearsal(void **state)
{
	struct plan plan = plan_public();
	struct trial trial = begin();

	(void)state;
	plan.origin = "log.example/klero/rehearsal";
	trial.options.rehearsal = true;
	make_attempt(trial.world, &plan, "");
	verify(&trial);
	expect_good(&trial);
	assert_int_equal(trial.report.level, KL_LEVEL_REHEARSAL);
	end(&trial);
}

/* A notice may do without a project of its own. */
static void takes_a_notice_without_project(void **state)
{
	static const char *const notices[] = { "{}",
		"{\"project_code\":null}" };

	(void)state;
	for (size_t i = 0; i < sizeof(notices) / sizeof(*notices); i++) {
		struct plan plan = plan_public();
		struct trial trial;

		plan.notice = notices[i];
		trial = try_plan(&plan);
		end(&trial);
	}
}

/* Each by its name, and to the last byte. */
static void knows_its_helpers(void **state)
{
	static const char *const names[] = { "README.txt", "verify.sh" };
	char path[64], bytes[FILE_MAX];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		FILE *file;
		size_t size;

		snprintf(path, sizeof(path), "service/pack/%s", names[i]);
		file = fopen(path, "rb");
		assert_non_null(file);
		size = fread(bytes, 1, sizeof(bytes), file);
		fclose(file);
		assert_true(kl_pack_knows_helper(names[i], bytes, size));
		assert_false(kl_pack_knows_helper(names[1 - i], bytes, size));
		assert_false(kl_pack_knows_helper(names[i], bytes, size - 1));
	}
}

/* --- whom it rests on ----------------------------------------------------- */

static void rests_on_known_parties_alone(void **state)
{
	struct plan plan = plan_public();
	struct trial trial = begin();

	(void)state;
	plan.parts[2] = WITHHOLDS;
	make_attempt(trial.world, &plan, "");
	make_log(trial.world);
	trial.world->trust.party_count = 1; /* the operator's */
	trial.options.trust = &trial.world->trust;
	world_verify(trial.world, &trial.options, &trial.report);
	expect_good(&trial);
	expect_level(&trial, KL_LEVEL_B, "beacon", NULL);
	assert_true(
	    has_warning(&trial, KL_WARNING_PARTY_UNVERIFIED, "supervisor"));
	assert_true(has_warning(&trial, KL_WARNING_PARTY_UNVERIFIED, "owner"));
	assert_true(has_warning(&trial, KL_WARNING_PARTY_WITHHELD, "owner"));
	assert_int_equal(count_warnings(&trial), 3);
	end(&trial);
}

static void rests_on_nothing(void **state)
{
	struct plan plan = plan_none();
	struct trial trial = begin();

	(void)state;
	make_attempt(trial.world, &plan, "");
	make_log(trial.world);
	trial.world->trust.party_count = 1;
	trial.options.trust = &trial.world->trust;
	world_verify(trial.world, &trial.options, &trial.report);
	expect_good(&trial);
	expect_level(&trial, KL_LEVEL_C, "nothing shown",
	    &(enum kl_cap){ KL_CAP_POLICY_C });
	end(&trial);
}

/* One of the two witnesses was given: enough for a quorum of one. */
static void counts_given_witnesses_alone(void **state)
{
	struct plan plan = plan_public();
	struct trial trial = begin();

	(void)state;
	make_attempt(trial.world, &plan, "");
	make_log(trial.world);
	trial.world->trust.witness_count = 1;
	trial.options.trust = &trial.world->trust;
	world_verify(trial.world, &trial.options, &trial.report);
	expect_good(&trial);
	assert_true(
	    has_warning(&trial, KL_WARNING_WITNESS_UNVERIFIED, "two.example"));
	end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reaches_level_b),
		cmocka_unit_test(reaches_level_c),
		cmocka_unit_test(is_unwitnessed),
		cmocka_unit_test(is_unsealed),
		cmocka_unit_test(is_unsealed_without_a_beacon),
		cmocka_unit_test(is_short),
		cmocka_unit_test(is_low),
		cmocka_unit_test(is_low_of_one_letter),
		cmocka_unit_test(is_unproven_when_bare),
		cmocka_unit_test(says_that_it_is_a_rehearsal),
		cmocka_unit_test(takes_a_notice_without_project),
		cmocka_unit_test(knows_its_helpers),
		cmocka_unit_test(rests_on_known_parties_alone),
		cmocka_unit_test(rests_on_nothing),
		cmocka_unit_test(counts_given_witnesses_alone),
	};

	return cmocka_run_group_tests_name(
	    "kl_pack: levels", tests, NULL, NULL);
}
