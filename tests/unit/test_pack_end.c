/* Beacon, result, what came after, the attempts before, and the level. */
#include "fault.h"

static void make_withheld(struct plan *plan)
{
	plan->parts[2] = WITHHOLDS;
}

static void make_replaced(struct plan *plan)
{
	plan->replace_count = 1;
	plan->replaces[0].approvers[1] = 1;
}

static void cancel(struct plan *plan, bool known)
{
	plan->with_beacon = plan->with_result = false;
	plan->reason = KL_CLOSE_CANCELLED;
	plan->known = known;
}

static void set_value(struct plan *plan)
{
	plan->value = "7162533615246134526163255";
}

static void set_short_value(struct plan *plan)
{
	plan->value = "416253361524613452616325";
}

static void set_pulse_status(struct plan *plan)
{
	static char pulse[PULSE_MAX];

	strcpy(pulse, plan->pulse);
	*strstr(pulse, "0,\"timeStamp") = '1';
	plan->pulse = pulse;
}

/* All else is made to follow from it, the seed and the result as well. */
static void set_pulse_output(struct plan *plan)
{
	static char pulse[PULSE_MAX];
	char *digit;

	strcpy(pulse, plan->pulse);
	digit = strstr(pulse, "outputValue") + strlen("outputValue\":\"");
	*digit = *digit == '0' ? '1' : '0';
	plan->pulse = pulse;
}

static void set_pulse_signature(struct plan *plan)
{
	static char pulse[PULSE_MAX];
	char *digit;

	strcpy(pulse, plan->pulse);
	digit = strstr(pulse, "signatureValue") + strlen("signatureValue\":\"");
	*digit = *digit == '0' ? '1' : '0';
	plan->pulse = pulse;
}

/* Genuine, but round 1000's. */
static void sign_another_round(struct plan *plan)
{
	plan->signature = recorded_signature(DRAND_VECTORS "quicknet.json", 1);
}

/* The round after the recorded one, whose signature it gets. */
static void sign_the_round_before(struct plan *plan)
{
	plan->round++;
	plan->start += 3;
}

static void sign_nothing(struct plan *plan)
{
	plan->signature = NULL;
}

static void set_seed_value(struct plan *plan)
{
	plan->seed_value = "5162533615246134526163255";
}

static void set_result_select(struct plan *plan)
{
	plan->result_select = plan->select + 1;
}

static void void_by_party(struct plan *plan)
{
	cancel(plan, true);
	plan->withheld_void = true;
	plan->reason = KL_CLOSE_PARTY;
}

static void fail_unsealed(struct plan *plan)
{
	cancel(plan, true);
	plan->parts[2] = WITHHOLDS;
	plan->reason = KL_CLOSE_UNSEALED;
}

static void fail_unwitnessed(struct plan *plan)
{
	cancel(plan, true);
	plan->with_seal = false;
	plan->reason = KL_CLOSE_UNWITNESSED;
}

static void fail_too_few(struct plan *plan)
{
	cancel(plan, true);
	plan->with_lock = plan->with_seal = false;
	plan->reason = KL_CLOSE_TOO_FEW;
}

static void fail_absent(struct plan *plan)
{
	fail_too_few(plan);
	plan->reason = KL_CLOSE_ABSENT;
}

static void fail_withheld(struct plan *plan)
{
	cancel(plan, true);
	plan->with_seal = false;
	plan->reveals_logged = true;
	plan->reason = KL_CLOSE_WITHHELD;
}

/* --- a reason that is not borne out --------------------------------------- */

static void draw_though_void(struct plan *plan)
{
	make_withheld(plan);
	plan->withheld_void = true;
}

static void be_too_few(struct plan *plan)
{
	fail_too_few(plan);
	plan->parts[1] = plan->parts[2] = IS_ABSENT;
}

static void be_absent(struct plan *plan)
{
	fail_absent(plan);
	plan->parts[1] = IS_ABSENT;
}

static void be_withheld(struct plan *plan)
{
	fail_withheld(plan);
	plan->reveals_logged = false;
}

static void be_unwitnessed(struct plan *plan)
{
	fail_unwitnessed(plan);
	plan->cosigned[0] = 0;
	plan->with_lock = false;
}

static void be_unwitnessed_lock(struct plan *plan)
{
	fail_unwitnessed(plan);
	plan->cosigned[1] = 0;
}

static void stand_still(struct plan *plan)
{
	fail_unwitnessed(plan);
	plan->with_lock = false;
}

static void be_unsealed(struct plan *plan)
{
	fail_unsealed(plan);
	plan->cosigned[2] = 0;
}

static void fail_unsealed_alone(struct plan *plan)
{
	fail_unsealed(plan);
	plan->quorum = plan->witnesses = 0;
	memset(plan->cosigned, 0, sizeof(plan->cosigned));
}

static void miss_the_beacon(struct plan *plan)
{
	cancel(plan, true);
	plan->reason = KL_CLOSE_BEACON;
}

static void close_at(struct world *world, int64_t after)
{
	world_event(world, "close")->at = START + after;
}

static void close_before_commit_by(struct world *world)
{
	close_at(world, 3599);
}

static void close_before_reveal_by(struct world *world)
{
	close_at(world, 7199);
}

static void close_before_beacon(struct world *world)
{
	close_at(world, 7499);
}

/* --- afterwards, and before ----------------------------------------------- */

static void replace_a_stranger(struct plan *plan)
{
	make_replaced(plan);
	plan->replaces[0].out = "E00000099";
}

static void replace_by_a_stranger(struct plan *plan)
{
	make_replaced(plan);
	plan->replaces[0].in = "E00000099";
}

static void replace_by_nobody(struct plan *plan)
{
	make_replaced(plan);
	plan->replaces[0].none_left = true;
}

static void approve_out_of_order(struct plan *plan)
{
	make_replaced(plan);
	plan->replaces[0].approvers[0] = 1;
	plan->replaces[0].approvers[1] = 0;
}

static void number_it_again(struct plan *first)
{
	first->attempt = 2;
}

static void set_other_project(struct plan *first)
{
	first->project = "P-2";
	first->notice = "{}";
}

static void set_other_log(struct plan *first)
{
	first->origin = "log.example/other";
}

static void set_same_draw(struct plan *plan)
{
	plan->draw = "D-1";
}

static void set_wrong_previous(struct plan *plan)
{
	plan->wrong_previous = true;
}

static void leave_result(struct plan *first)
{
	first->annul = false;
}

/* The secrets of the first are public, though it was never sealed. */
static void cancel_unsealed(struct plan *first)
{
	cancel(first, true);
	first->annul = false;
	first->with_seal = false;
	first->reveals_logged = true;
}

static void set_same_secret(struct plan *plan)
{
	plan->secrets[1] = 2;
}

/* The annulment of the first attempt comes after all of the second. */
static void annul_at_the_end(struct world *world)
{
	size_t from = (size_t)(world_event(world, "annul") - world->events);
	struct event event = world->events[from];

	memmove(&world->events[from], &world->events[from + 1],
	    (world->event_count - from - 1) * sizeof(event));
	event.at += 1000000;
	event.seq += 1000;
	world->events[world->event_count - 1] = event;
	world->made[0].mark_events[4] = world->event_count;
	for (size_t i = 0; i < MARKS; i++)
		if (world->made[1].mark_events[i] > 0)
			world->made[1].mark_events[i]--;
}

static void trust_both_logs(struct trial *trial)
{
	struct kl_trust *trust = &trial->world->trust;

	trust->logs[1] = log_key_of(&trial->world->made[0].plan);
	trust->log_count = 2;
}

static void ask_for_level_a(struct trial *trial)
{
	trial->options.level_min = 'A';
}

static void ask_for_level_b(struct trial *trial)
{
	trial->options.level_min = 'B';
}

static const struct fault faults[] = {
	{ KL_FINDING_BEACON_DIFFERS, "beacon.txt", 3, .bare = true,
	    .file = "beacon.txt", .edit = { "dice", "coin" } },
	{ KL_FINDING_BEACON_FORGED, "beacon.txt", 3, .setting = DRAND,
	    .plan = sign_another_round },
	{ KL_FINDING_BEACON_FORGED, "beacon.txt", 3, .setting = DRAND,
	    .plan = sign_the_round_before },
	{ KL_FINDING_BEACON_FORGED, "beacon.txt", 3, .setting = DRAND,
	    .plan = sign_nothing },
	{ KL_FINDING_BEACON_VALUE, "beacon.txt", 3, .plan = set_value },
	{ KL_FINDING_BEACON_VALUE, "beacon.txt", 3, .plan = set_short_value },
	{ KL_FINDING_ATTEST_PARTY, "beacon.txt", 5, .bare = true,
	    .file = "beacon.txt",
	    .edit = { "attest operator", "attest owner" } },
	{ KL_FINDING_ATTEST_PARTY, "beacon.txt", 4, .bare = true,
	    .plan = make_withheld, .file = "beacon.txt",
	    .edit = { "attest operator", "attest owner" } },
	{ KL_FINDING_ATTEST_SIGNATURE, "beacon.txt", 4, .bare = true,
	    .file = "beacon.txt", .flip = "attest operator " },
	{ KL_FINDING_PULSE_DIFFERS, "pulse.json", 1, .setting = NIST,
	    .plan = set_pulse_status },
	{ KL_FINDING_PULSE_FORGED, "pulse.json", 1, .setting = NIST,
	    .plan = set_pulse_output },
	{ KL_FINDING_PULSE_FORGED, "pulse.json", 1, .setting = NIST,
	    .plan = set_pulse_signature },
	{ KL_FINDING_SEED_BEACON, "seed.txt", 3, .plan = set_seed_value },

	{ KL_FINDING_RESULT_DIFFERS, "result.txt", 4,
	    .plan = set_result_select },
	{ KL_FINDING_REASON_UNTRUE, "close.txt", 4, .plan = void_by_party },
	{ KL_FINDING_REASON_UNTRUE, "close.txt", 4, .plan = fail_unsealed },
	{ KL_FINDING_REASON_UNTRUE, "close.txt", 4, .plan = fail_unwitnessed },
	{ KL_FINDING_REASON_UNTRUE, "close.txt", 4, .plan = fail_too_few },
	{ KL_FINDING_REASON_UNTRUE, "close.txt", 4, .plan = fail_absent },
	{ KL_FINDING_REASON_UNTRUE, "close.txt", 4, .plan = fail_withheld },

	{ KL_FINDING_REASON_UNTRUE, "close.txt", 4, .plan = draw_though_void },
	{ KL_FINDING_REASON_UNTRUE, "close.txt", 4, .plan = draw_though_void,
	    .bare = true },
	{ KL_FINDING_REASON_UNTRUE, "close.txt", 4, .setting = NONE,
	    .plan = make_withheld },
	{ KL_FINDING_REASON_UNTRUE, "close.txt", 4,
	    .plan = fail_unsealed_alone },
	/* True, but told before it could be. */
	{ KL_FINDING_REASON_UNTRUE, "close.txt", 4, .plan = be_too_few,
	    .bend = close_before_commit_by },
	{ KL_FINDING_REASON_UNTRUE, "close.txt", 4, .plan = be_absent,
	    .bend = close_before_commit_by },
	{ KL_FINDING_REASON_UNTRUE, "close.txt", 4, .plan = be_unwitnessed,
	    .bend = close_before_commit_by },
	{ KL_FINDING_REASON_UNTRUE, "close.txt", 4, .plan = be_unwitnessed_lock,
	    .bend = close_before_reveal_by },
	{ KL_FINDING_REASON_UNTRUE, "close.txt", 4, .plan = stand_still,
	    .bend = close_before_reveal_by },
	{ KL_FINDING_REASON_UNTRUE, "close.txt", 4, .plan = be_withheld,
	    .bend = close_before_reveal_by },
	{ KL_FINDING_REASON_UNTRUE, "close.txt", 4, .plan = be_unsealed,
	    .bend = close_before_beacon },
	{ KL_FINDING_REASON_UNTRUE, "close.txt", 4, .plan = miss_the_beacon,
	    .bend = close_before_beacon },

	{ KL_FINDING_REPLACE_OUT, "replace.txt", 3,
	    .plan = replace_a_stranger },
	{ KL_FINDING_REPLACE_IN, "replace.txt", 4,
	    .plan = replace_by_a_stranger },
	{ KL_FINDING_REPLACE_IN, "replace.txt", 4, .plan = replace_by_nobody },
	{ KL_FINDING_APPROVE_PARTY, "replace.txt", 8,
	    .plan = approve_out_of_order },
	{ KL_FINDING_APPROVE_SIGNATURE, "replace.txt", 7, .bare = true,
	    .plan = make_replaced, .file = "replace.txt",
	    .flip = "approve operator " },

	{ KL_FINDING_PREVIOUS_ATTEMPT, "previous/1/declare.txt", 4,
	    .setting = AGAIN, .first = number_it_again },
	{ KL_FINDING_PREVIOUS_PROJECT, "previous/1/declare.txt", 3,
	    .setting = AGAIN, .first = set_other_project },
	{ KL_FINDING_PREVIOUS_LOG, "previous/1/declare.txt", 6,
	    .setting = AGAIN, .first = set_other_log,
	    .spoil = trust_both_logs },
	{ KL_FINDING_PREVIOUS_DRAW, "declare.txt", 2, .setting = AGAIN,
	    .plan = set_same_draw },
	{ KL_FINDING_DIGEST_PREVIOUS, "declare.txt", 5, .setting = AGAIN,
	    .plan = set_wrong_previous },
	{ KL_FINDING_PREVIOUS_STANDS, "declare.txt", 5, .setting = AGAIN,
	    .first = leave_result },
	{ KL_FINDING_PREVIOUS_ORDER, "declare.txt", 0, .setting = AGAIN,
	    .bend = annul_at_the_end },
	{ KL_FINDING_SECRET_REUSED, "seal.txt", 5, .setting = AGAIN,
	    .plan = set_same_secret },
	{ KL_FINDING_SECRET_REUSED, "seal.txt", 5, .setting = AGAIN,
	    .first = cancel_unsealed, .plan = set_same_secret },
	/* An earlier attempt is checked like a pack of its own. */
	{ KL_FINDING_DIGEST_ROSTER, "previous/1/declare.txt", 13,
	    .setting = AGAIN, .file = "previous/1/roster.txt",
	    .edit = { "E00000005 1", "E00000005 2" } },
	{ KL_FINDING_FILE_MISSING, "previous/1/close.txt", 0, .setting = AGAIN,
	    .file = "previous/1/close.txt", .removed = true },

	{ KL_FINDING_LEVEL_LOW, "declare.txt", 0, .spoil = ask_for_level_a },
	{ KL_FINDING_LEVEL_LOW, "declare.txt", 0, .setting = NONE,
	    .spoil = ask_for_level_b },
	{ KL_FINDING_LEVEL_LOW, "declare.txt", 0, .bare = true,
	    .spoil = ask_for_level_b },
};

static void finds_each_fault(void **state)
{
	(void)state;
	check_faults(faults, sizeof(faults) / sizeof(*faults),
	    KL_FINDING_BEACON_DIFFERS, KL_FINDING_LEVEL_LOW);
}

/* A level that is reached is no finding. */
static void takes_the_level_asked_for(void **state)
{
	static const struct {
		enum setting setting;
		char level;
	} cases[] = { { DRAND, 'A' }, { NIST, 'A' }, { DRAND, 'C' },
		{ PUBLIC, 'B' }, { PUBLIC, 'C' }, { NONE, 'C' } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct plan plan = plan_of(cases[i].setting);
		struct trial trial = begin();

		trial.options.level_min = cases[i].level;
		make_attempt(trial.world, &plan, "");
		verify(&trial);
		expect_good(&trial);
		end(&trial);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_each_fault),
		cmocka_unit_test(takes_the_level_asked_for),
	};

	return cmocka_run_group_tests_name("kl_pack: end", tests, NULL, NULL);
}
