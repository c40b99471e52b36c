/* Odd beacons, results, ends and earlier attempts: all that is told of each. */
#include "told.h"

/* --- the beacon ----------------------------------------------------------- */

static void take_owner_from_seal(struct trial *trial)
{
	drop_last_line(trial->world, "seal.txt");
	remove_file(trial->world, "commit-owner.txt");
}

static void tell_of_drand(struct trial *trial)
{
	struct kl_beacon beacon = { .declare = trial->world->made[0].declare,
		.kind = KL_BEACON_DRAND,
		.round = 1 };
	struct kl_buf text = KL_BUF(FILE_MAX);

	assert_int_equal(kl_beacon_write(&beacon, &text), KL_OK);
	write_file(trial->world, "beacon.txt", &text);
}

static void set_long_seed_value(struct plan *plan)
{
	plan->seed_value = "41625336152461345261632551";
}

static void tells_of_beacons(void **state)
{
	static const struct odd odds[] = {
		/* Who has no line in the seal has not revealed. */
		{ { .spoil = take_owner_from_seal,
		      .file = "beacon.txt",
		      .edit = { "attest operator", "attest owner" },
		      .bare = true },
		    "seal.txt:6 seal-parties\n"
		    "seed.txt:2 digest-seal\n"
		    "beacon.txt:4 attest-party\n"
		    "beacon.txt:5 attest-signature\n" },
		{ { .spoil = tell_of_drand, .bare = true },
		    "beacon.txt:3 beacon-differs\n"
		    "seed.txt:3 seed-beacon\n" },
		{ { .setting = NIST,
		      .file = "beacon.txt",
		      .flip = "nist ",
		      .bare = true },
		    "beacon.txt:3 beacon-differs\n"
		    "beacon.txt:3 beacon-unchecked\n" },
		{ { .setting = DRAND,
		      .file = "beacon.txt",
		      .flip = "drand ",
		      .bare = true },
		    "beacon.txt:3 beacon-differs\n"
		    "beacon.txt:3 beacon-unchecked\n" },
		{ { .setting = DRAND,
		      .file = "beacon.txt",
		      .edit = { "30233912", "30233913" },
		      .bare = true },
		    "beacon.txt:3 beacon-differs\n"
		    "seed.txt:3 seed-beacon\n"
		    "beacon.txt:3 beacon-unchecked\n" },
		{ { .plan = set_long_seed_value, .bare = true },
		    "seed.txt:3 seed-beacon\n" },
	};

	(void)state;
	CHECK_ODDS(odds);
}

/* --- a pulse -------------------------------------------------------------- */

#define HEX_128 HEX_64 HEX_64
#define PULSE(from, to)                                                        \
	{                                                                      \
		.setting = NIST, .file = "pulse.json", .edit = { from, to },   \
		.bare = true                                                   \
	}

#define DIFFERS                                                                \
	"beacon.txt:3 digest-pulse\n"                                          \
	"pulse.json:1 pulse-differs\n"                                         \
	"beacon.txt:3 beacon-unchecked\n"
#define NO_SEED                                                                \
	"beacon.txt:3 digest-pulse\n"                                          \
	"seed.txt:3 seed-beacon\n"                                             \
	"beacon.txt:3 beacon-unchecked\n"

static void cancel_known(struct plan *plan)
{
	plan->with_result = false;
	plan->reason = KL_CLOSE_CANCELLED;
}

static void tells_of_pulses(void **state)
{
	static const struct odd odds[] = {
		{ PULSE("\"" HEX_128 "\",\"out", "1,\"out"), DIFFERS },
		{ PULSE("ateId\":\"0", "ateId\":\""), DIFFERS },
		{ PULSE("ateId\":\"0", "ateId\":\"A"), DIFFERS },
		{ PULSE("ateId\":\"0", "ateId\":\"g"), DIFFERS },
		{ PULSE("\"timeStamp", "\"timeStomp"), DIFFERS },
		{ PULSE(".000Z", ".00Z"), DIFFERS },
		{ PULSE("10:05", "10:06"), DIFFERS },
		{ PULSE(".000Z", ".001Z"), DIFFERS },
		{ PULSE("statusCode", "statusCodd"), DIFFERS },
		{ PULSE("\"statusCode\":0", "\"statusCode\":null"), DIFFERS },
		/* No seed follows from these. */
		{ PULSE("outputValue", "outputValuf"), NO_SEED },
		{ PULSE("pulseIndex", "pulseIndey"), NO_SEED },
		{ PULSE("\"pulseIndex\":7", "\"pulseIndex\":\"7\""), NO_SEED },
		{ { .setting = NIST,
		      .plan = cancel_known,
		      .file = "pulse.json",
		      .edit = { "outputValue", "outputValuf" },
		      .bare = true },
		    "beacon.txt:3 digest-pulse\n"
		    "beacon.txt:3 beacon-unchecked\n"
		    "shadow-unknown D-1\n" },
	};

	(void)state;
	CHECK_ODDS(odds);
}

/* It is served in upper case, and stands in our texts in lower case. */
static void set_letters(struct plan *plan)
{
	static char pulse[sizeof(plain_pulse)];

	strcpy(pulse, plain_pulse);
	for (char *at = pulse; (at = strstr(at, "00000000"));)
		memcpy(at, "ABABABAB", 8);
	plan->pulse = pulse;
	plan->nist = 0xab;
}

static void set_no_output(struct plan *plan)
{
	static char pulse[sizeof(plain_pulse)];

	strcpy(pulse, plain_pulse);
	memcpy(strstr(pulse, "outputValue"), "outputValuf", 11);
	*(strstr(pulse, "Index\":7") + strlen("Index\":")) = '0';
	plan->pulse = pulse;
	plan->seed_of_nothing = true;
}

static void set_no_index(struct plan *plan)
{
	static char pulse[sizeof(plain_pulse)];

	strcpy(pulse, plain_pulse);
	memcpy(strstr(pulse, "pulseIndex"), "pulseIndey", 10);
	plan->pulse = pulse;
	plan->seed_of_nothing = true;
}

static void reads_a_pulse_in_upper_case(void **state)
{
	static const struct odd odds[] = {
		{ { .setting = NIST, .plan = set_letters },
		    "beacon.txt:3 beacon-unchecked\n" },
		/* A seed of nothing does not follow from what is not there. */
		{ { .setting = NIST, .plan = set_no_index },
		    "seed.txt:3 seed-beacon\n"
		    "beacon.txt:3 beacon-unchecked\n" },
		{ { .setting = NIST, .plan = set_no_output },
		    "seed.txt:3 seed-beacon\n"
		    "beacon.txt:3 beacon-unchecked\n" },
	};

	(void)state;
	CHECK_ODDS(odds);
}

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
		cmocka_unit_test(tells_of_beacons),
		cmocka_unit_test(tells_of_pulses),
		cmocka_unit_test(reads_a_pulse_in_upper_case),
		cmocka_unit_test(tells_of_rankings),
		cmocka_unit_test(tells_of_reasons),
		cmocka_unit_test(tells_of_replacements),
		cmocka_unit_test(tells_of_attempts_before),
	};

	return cmocka_run_group_tests_name(
	    "kl_pack: odd ends", tests, NULL, NULL);
}
