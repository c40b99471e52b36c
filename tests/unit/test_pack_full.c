/* More findings than a report keeps: the first ones stay, the rest count. */
#include "fault.h"

static void enter_many(struct plan *plan)
{
	plan->entries = KL_PACK_FINDINGS_MAX + 44;
}

static void make_replaced(struct plan *first)
{
	first->replace_count = 1;
	first->replaces[0].approvers[1] = 1;
}

static void empty_file(struct world *world, const char *name)
{
	world_file(world, name)->size = 0;
}

/* As many findings about weights as there are entries, of this attempt. */
static const struct fault too_heavy = { .setting = AGAIN,
	.policy = { "\"weight_max\":1000", "\"weight_max\":0" },
	.plan = enter_many,
	.first = make_replaced };

/* An earlier attempt that cannot be read is not looked into, though there is
 * no room left to say why. */
static void reads_no_further_when_full(void **state)
{
	static const char *const names[] = { "previous/1/replace.txt",
		"previous/1/lock.txt", "previous/1/seal.txt",
		"previous/1/seed.txt", "previous/1/roster.txt" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct kl_attempt_report *attempts;
		struct trial trial = begin();

		make_world(&trial, &too_heavy);
		empty_file(trial.world, names[i]);
		trial.options.trust = &trial.world->trust;
		trial.options.bare = true;
		world_verify(trial.world, &trial.options, &trial.report);
		assert_int_equal(
		    trial.report.finding_count, KL_PACK_FINDINGS_MAX);
		assert_int_equal(trial.report.findings_left, 44 + 1);
		assert_int_equal(kl_pack_attempts(&trial.report, &attempts), 1);
		assert_int_equal(attempts[0].attempt, 2);
		end(&trial);
	}
}

static void require_another(struct plan *plan)
{
	static char policy[2048];
	char *at;

	plan->entries = KL_PACK_FINDINGS_MAX + 44;
	strcpy(policy, plain_policy);
	at = strstr(policy, "\"supervisor\"");
	memcpy(at, "\"lawyers777\"", strlen("\"supervisor\""));
	at = strstr(policy, "\"weight_max\":1000");
	memcpy(at, "\"weight_max\":0}} ", strlen("\"weight_max\":1000"));
	at[strlen("\"weight_max\":0}}")] = '\0';
	plan->policy = policy;
}

/* What comes earlier in their order takes the place of the last. */
static void keeps_the_first_of_them(void **state)
{
	struct fault fault = { .plan = require_another, .bare = true };
	struct trial trial = begin();
	const struct kl_finding *findings = trial.report.findings;

	(void)state;
	verify_fault(&trial, &fault);
	assert_int_equal(trial.report.finding_count, KL_PACK_FINDINGS_MAX);
	assert_int_equal(trial.report.findings_left, 44 + 1);
	assert_int_equal(findings[0].code, KL_FINDING_POLICY_PARTIES);
	for (size_t i = 1; i < KL_PACK_FINDINGS_MAX; i++) {
		assert_int_equal(findings[i].code, KL_FINDING_POLICY_WEIGHT);
		assert_int_equal(findings[i].line, kl_entry_line(i - 1));
	}
	end(&trial);
}

/* Of more attempts than there can be files for, some are missing. */
static void misses_all_of_many_attempts(void **state)
{
	static struct plan plan;
	struct fault fault = { .plan = NULL, .bare = true };
	struct trial trial = begin();

	(void)state;
	plan = plan_public();
	plan.attempt = KL_INTEGER_MAX;
	make_attempt(trial.world, &plan, "");
	trial.options.bare = fault.bare;
	world_verify(trial.world, &trial.options, &trial.report);
	assert_int_equal(trial.report.finding_count, KL_PACK_FINDINGS_MAX);
	assert_int_equal(
	    trial.report.findings[0].code, KL_FINDING_FILE_MISSING);
	assert_string_equal(
	    trial.report.findings[0].file, "previous/1/close.txt");
	/* Seven texts of each, of one attempt more than there can be. */
	assert_int_equal(
	    (trial.report.finding_count + trial.report.findings_left) % 7, 0);
	assert_true(trial.report.findings_left >
		    KL_PACK_FILES_MAX - KL_PACK_FINDINGS_MAX);
	end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_no_further_when_full),
		cmocka_unit_test(keeps_the_first_of_them),
		cmocka_unit_test(misses_all_of_many_attempts),
	};

	return cmocka_run_group_tests_name("kl_pack: full", tests, NULL, NULL);
}
