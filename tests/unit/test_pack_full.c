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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_no_further_when_full),
	};

	return cmocka_run_group_tests_name("kl_pack: full", tests, NULL, NULL);
}
