/* Odd results, ends and earlier attempts: all that is told of each. */
#include "told.h"

/* --- the ranking ---------------------------------------------------------- */

static void award_all(struct plan *plan)
{
	plan->alternates = 4;
	plan->names_short = true;
}

/* Who comes last in the ranking, or would, among these entries. */
static void take_last_ranked(struct trial *trial)
{
	edit_file(trial->world, "roster.txt", "entry E00000004 1\n", "");
}

static void enter_last_ranked(struct trial *trial)
{
	append(trial->world, "roster.txt", "entry E00000049 1\n");
}

static void tells_of_rankings(void **state)
{
	static const struct odd odds[] = {
		{ { .plan = award_all }, "names.txt:5 names-differ\n" },
		/* A rank too many, and one too few, at the end. */
		{ { .spoil = take_last_ranked,
		      .file = "roster.txt",
		      .edit = { "entries 5", "entries 4" },
		      .bare = true },
		    "declare.txt:13 digest-roster\n"
		    "names.txt:4 names-differ\n"
		    "result.txt:7 result-differs\n" },
		{ { .spoil = enter_last_ranked,
		      .file = "roster.txt",
		      .edit = { "entries 5", "entries 6" },
		      .bare = true },
		    "declare.txt:13 digest-roster\n"
		    "names.txt:6 names-differ\n"
		    "result.txt:8 result-differs\n" },
	};

	(void)state;
	CHECK_ODDS(odds);
}

/* --- why it was closed ---------------------------------------------------- */

static void be_too_few(struct plan *plan)
{
	close_by(plan, KL_CLOSE_TOO_FEW);
	plan->with_lock = plan->with_seal = false;
	plan->parts[1] = plan->parts[2] = IS_ABSENT;
}

static void be_too_few_without_beacon(struct plan *plan)
{
	be_too_few(plan);
	plan->known = true;
}

static void be_absent(struct plan *plan)
{
	close_by(plan, KL_CLOSE_ABSENT);
	plan->with_lock = plan->with_seal = false;
	plan->parts[1] = IS_ABSENT;
}

static void be_unwitnessed(struct plan *plan)
{
	close_by(plan, KL_CLOSE_UNWITNESSED);
	plan->with_seal = false;
}

static void be_unwitnessed_in_time(struct plan *plan)
{
	be_unwitnessed(plan);
	plan->cosigned[1] = 7300;
}

static void be_alone(struct plan *plan)
{
	plan->quorum = plan->witnesses = 0;
	memset(plan->cosigned, 0, sizeof(plan->cosigned));
}

static void be_unwitnessed_alone(struct plan *plan)
{
	be_unwitnessed(plan);
	be_alone(plan);
}

static void stand_still_alone(struct plan *plan)
{
	be_unwitnessed_alone(plan);
	plan->with_lock = false;
}

static void be_unsealed(struct plan *plan)
{
	close_by(plan, KL_CLOSE_UNSEALED);
	plan->parts[2] = WITHHOLDS;
	plan->cosigned[2] = 7600;
}

static void be_unsealed_with_all(struct plan *plan)
{
	be_unsealed(plan);
	plan->parts[2] = REVEALS;
}

static void enter_seal_late(struct world *world)
{
	world_event(world, "seal")->at = START + 7500;
}

static void miss_beacon(struct plan *plan)
{
	close_by(plan, KL_CLOSE_BEACON);
}

static void be_void(struct plan *plan)
{
	close_by(plan, KL_CLOSE_PARTY);
	plan->parts[2] = WITHHOLDS;
}

static void cancel_with_absent(struct plan *plan)
{
	close_by(plan, KL_CLOSE_CANCELLED);
	plan->with_seal = false;
	plan->reveals_logged = true;
	plan->parts[2] = IS_ABSENT;
}

static void rename_close(struct world *world)
{
	strcpy(world_event(world, "close")->kind, "draw.sealed");
}

static void rename_seal(struct world *world)
{
	strcpy(world_event(world, "seal")->kind, "draw.locked");
}

static void tells_of_reasons(void **state)
{
	static const struct odd odds[] = {
		{ { .plan = be_too_few, .bend = rename_close },
		    "log/close.leaf:1 leaf-event\n"
		    "shadow-unknown D-1\n" },
		/* Without a lock there is no shadow of a result. */
		{ { .setting = NONE, .plan = be_too_few_without_beacon },
		    "shadow-unknown D-1\n" },
		{ { .plan = be_absent, .bare = true }, "shadow-unknown D-1\n" },
		{ { .plan = be_unwitnessed_in_time }, "shadow-unknown D-1\n" },
		{ { .plan = be_unwitnessed_alone },
		    "close.txt:4 reason-untrue\n"
		    "shadow-unknown D-1\n" },
		{ { .plan = stand_still_alone }, "shadow-unknown D-1\n" },
		{ { .plan = be_unwitnessed, .bare = true },
		    "shadow-unknown D-1\n" },
		{ { .plan = be_unwitnessed_alone, .bare = true },
		    "close.txt:4 reason-untrue\n"
		    "shadow-unknown D-1\n" },
		{ { .plan = stand_still_alone, .bare = true },
		    "shadow-unknown D-1\n" },
		{ { .plan = be_unsealed, .bare = true },
		    "shadow-unknown D-1\n"
		    "party-withheld owner\n" },
		{ { .plan = be_unsealed_with_all },
		    "close.txt:4 reason-untrue\n"
		    "shadow-unknown D-1\n" },
		{ { .setting = NONE, .plan = be_unsealed },
		    "close.txt:4 reason-untrue\n"
		    "party-withheld owner\n" },
		{ { .plan = be_unsealed, .bend = enter_seal_late },
		    "shadow-unknown D-1\n"
		    "party-withheld owner\n" },
		{ { .plan = be_unsealed, .bend = rename_seal },
		    "log/seal.leaf:1 leaf-event\n"
		    "shadow-unknown D-1\n"
		    "party-withheld owner\n" },
		{ { .setting = NONE, .plan = miss_beacon },
		    "close.txt:4 reason-untrue\n" },
		{ { .plan = be_void }, "close.txt:4 reason-untrue\n"
				       "shadow-unknown D-1\n"
				       "party-withheld owner\n" },
		{ { .setting = NONE, .plan = cancel_with_absent }, "" },
	};

	(void)state;
	CHECK_ODDS(odds);
}

/* --- afterwards ----------------------------------------------------------- */

static void make_replaced(struct plan *plan)
{
	plan->replace_count = 1;
	plan->replaces[0].approvers[1] = 1;
}

static void make_replaced_twice(struct plan *plan)
{
	make_replaced(plan);
	plan->replace_count = 2;
	plan->replaces[1].approvers[1] = 1;
	plan->replaces[1].out = "E00000001";
}

static void tells_of_replacements(void **state)
{
	static const struct odd odds[] = {
		{ { .plan = make_replaced,
		      .file = "replace.txt",
		      .edit = { "approve operator", "approve stranger" },
		      .bare = true },
		    "replace.txt:7 approve-party\n"
		    "replace.txt:8 approve-signature\n" },
		/* Who has gone cannot go again. */
		{ { .plan = make_replaced_twice },
		    "replace-2.txt:3 replace-out\n" },
		/* An earlier attempt has replacements of its own. */
		{ { .setting = AGAIN, .first = make_replaced }, "" },
	};

	(void)state;
	CHECK_ODDS(odds);
}

/* --- attempts before ------------------------------------------------------ */

static void make_withheld(struct plan *first)
{
	first->parts[2] = WITHHOLDS;
}

static void rename_last_declare(struct world *world)
{
	strcpy(world_event(world, "declare")->kind, "draw.roster");
}

static void rename_first_declare(struct world *world)
{
	for (size_t i = 0; i < world->event_count; i++)
		if (world->events[i].attempt == 0 &&
		    strcmp(world->events[i].stem, "declare") == 0)
			strcpy(world->events[i].kind, "draw.roster");
}

static void declare_another_log(struct trial *trial)
{
	struct made *made = &trial->world->made[0];
	struct kl_buf text = KL_BUF(FILE_MAX);

	made->declared.log_key = signer_of(7).key;
	assert_int_equal(kl_declare_write(&made->declared, &text), KL_OK);
	write_file(trial->world, "previous/1/declare.txt", &text);
}

static void tells_of_attempts_before(void **state)
{
	static const struct odd odds[] = {
		/* It went on after a withheld secret: nothing was redrawn. */
		{ { .setting = AGAIN, .first = make_withheld }, "" },
		{ { .setting = AGAIN, .bare = true }, "" },
		{ { .setting = AGAIN, .bend = rename_last_declare },
		    "log/declare.leaf:1 leaf-event\n" },
		{ { .setting = AGAIN, .bend = rename_first_declare },
		    "previous/1/log/declare.leaf:1 leaf-event\n" },
		{ { .setting = AGAIN,
		      .spoil = declare_another_log,
		      .bare = true },
		    "previous/1/beacon.txt:2 declare-differs\n"
		    "previous/1/close.txt:2 declare-differs\n"
		    "previous/1/commit-operator.txt:2 declare-differs\n"
		    "previous/1/commit-owner.txt:2 declare-differs\n"
		    "previous/1/commit-supervisor.txt:2 declare-differs\n"
		    "previous/1/lock.txt:2 declare-differs\n"
		    "previous/1/seal.txt:2 declare-differs\n"
		    "previous/1/declare.txt:6 log-untrusted\n"
		    "previous/1/lock.txt:3 commit-signature\n"
		    "previous/1/lock.txt:4 commit-signature\n"
		    "previous/1/lock.txt:5 commit-signature\n"
		    "previous/1/beacon.txt:4 attest-signature\n"
		    "previous/1/beacon.txt:5 attest-signature\n"
		    "previous/1/declare.txt:6 previous-log\n" },
	};

	(void)state;
	CHECK_ODDS(odds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_of_rankings),
		cmocka_unit_test(tells_of_reasons),
		cmocka_unit_test(tells_of_replacements),
		cmocka_unit_test(tells_of_attempts_before),
	};

	return cmocka_run_group_tests_name(
	    "kl_pack: odd ends", tests, NULL, NULL);
}
