/* Whatever is wrong in the log comes first among what follows. */
#include "fault.h"

static void make_withheld(struct plan *plan)
{
	plan->parts[2] = WITHHOLDS;
}

static void make_left_out_reveal(struct plan *plan)
{
	plan->parts[2] = WITHHOLDS;
	plan->left_out = true;
}

static void make_left_out_commitment(struct plan *plan)
{
	plan->parts[2] = IS_ABSENT;
	plan->left_out = true;
}

static void make_replaced(struct plan *plan)
{
	plan->replace_count = 1;
	plan->replaces[0].approvers[1] = 1;
}

static void set_draft_until(struct plan *plan)
{
	plan->draft_until = 1;
}

static void set_draft_before(struct plan *plan)
{
	plan->draft_until = -7200;
}

static void cosign_declared_late(struct plan *plan)
{
	plan->cosigned[0] = 3600;
}

static void cosign_declared_never(struct plan *plan)
{
	plan->cosigned[0] = 0;
}

/* Two must cosign; the second does a second too late. */
static void cosign_declared_by_one(struct plan *plan)
{
	plan->quorum = 2;
	plan->cosigned[0] = 3599;
}

static void cosign_locked_late(struct plan *plan)
{
	plan->cosigned[1] = 7200;
}

static void cosign_locked_after_reveal(struct plan *plan)
{
	plan->cosigned[1] = 3701;
}

static void cancel(struct plan *plan, bool known)
{
	plan->with_beacon = plan->with_result = false;
	plan->reason = KL_CLOSE_CANCELLED;
	plan->known = known;
}

/* A reveal needs the lock's cosignatures, whyever it was closed. */
static void cosign_locked_never(struct plan *plan)
{
	cancel(plan, true);
	plan->cosigned[1] = 0;
}

static void cosign_sealed_late(struct plan *plan)
{
	plan->parts[2] = WITHHOLDS;
	plan->cosigned[2] = 7500;
}

static void cosign_closed_never(struct plan *plan)
{
	plan->cosigned[3] = 0;
}

static void cosign_last_never(struct plan *plan)
{
	make_replaced(plan);
	plan->cosigned[4] = 0;
}

static void cancel_unknown(struct plan *plan)
{
	cancel(plan, false);
}

/* What the lock holds is no reveal of its party. */
static void reveal_for_another(struct plan *plan)
{
	cancel(plan, true);
	plan->with_seal = false;
	plan->reveals_logged = true;
	plan->names_other = true;
}

static void set_at(struct world *world, const char *stem, int64_t after)
{
	struct event *event = world_event(world, stem);

	event->at = world->made[event->attempt].plan.start + after;
}

static void swap(struct world *world, const char *one, const char *other)
{
	struct event *left = world_event(world, one);
	struct event *right = world_event(world, other), event = *left;
	int64_t at = right->at, seq = right->seq;

	*left = *right;
	*right = event;
	right->at = at;
	right->seq = seq;
	left->at = event.at;
	left->seq = event.seq;
}

static void rename_seed(struct world *world)
{
	strcpy(world_event(world, "seed")->kind, "draw.sealed");
}

static void move_seed(struct world *world)
{
	strcpy(world_event(world, "seed")->subject, "D-9");
}

static void repeat_id(struct world *world)
{
	world_event(world, "seed")->id = world_event(world, "beacon")->id;
}

/* The names came first into the log: the roster is what repeats it. */
static void repeat_id_before(struct world *world)
{
	swap(world, "roster", "names");
	world_event(world, "roster")->id = world_event(world, "names")->id;
}

static void alter_seed(struct world *world)
{
	json_object_set_new(
	    world_event(world, "seed")->data, "text", json_string("x"));
}

static void add_member(struct world *world)
{
	json_object_set_new(
	    world_event(world, "seed")->data, "more", json_true());
}

static void alter_commitment(struct world *world)
{
	json_object_set_new(world_event(world, "committed-owner")->data,
	    "commit", json_string(HEX_64));
}

static void alter_reveal(struct world *world)
{
	json_object_set_new(world_event(world, "revealed-owner")->data, "text",
	    json_string("x"));
}

static void cover_too_little(struct world *world)
{
	world->made[0].mark_events[0]--;
}

/* The first cosigned checkpoint with the lock has a reveal too. */
static void cover_a_reveal(struct world *world)
{
	world->made[0].mark_events[1]++;
}

static void turn_time_back(struct world *world)
{
	set_at(world, "seed", 7599);
}

static void repeat_seq(struct world *world)
{
	world_event(world, "seed")->seq = world_event(world, "beacon")->seq;
}

static void swap_seed_and_result(struct world *world)
{
	swap(world, "seed", "result");
}

static void swap_reveals(struct world *world)
{
	swap(world, "revealed-operator", "revealed-supervisor");
}

static void declare_late(struct world *world)
{
	set_at(world, "declare", 3600);
	set_at(world, "committed-operator", 3600);
	set_at(world, "committed-supervisor", 3600);
	set_at(world, "committed-owner", 3600);
}

static void commit_late(struct world *world)
{
	set_at(world, "committed-owner", 3600);
}

static void lock_early(struct world *world)
{
	set_at(world, "lock", 3599);
}

static void lock_late(struct world *world)
{
	set_at(world, "lock", 7200);
	set_at(world, "revealed-operator", 7200);
	set_at(world, "revealed-supervisor", 7200);
	set_at(world, "revealed-owner", 7200);
}

static void reveal_late(struct world *world)
{
	set_at(world, "revealed-owner", 7200);
}

static void seal_early(struct world *world)
{
	set_at(world, "seal", 7199);
}

static void take_beacon_early(struct world *world)
{
	set_at(world, "beacon", 7499);
}

static void close_late(struct world *world)
{
	set_at(world, "close", 7500 + 86401);
}

static void sign_by_another(struct trial *trial)
{
	edit_file(trial->world, "log/closed", "\xe2\x80\x94 log.example/klero ",
	    "\xe2\x80\x94 log.example/other ");
}

/* Of a second witness, where one would do. */
static void spoil_cosignature(struct trial *trial)
{
	struct made_file *file = world_file(trial->world, "log/locked");
	uint8_t *last = &file->bytes[file->size - 10];

	*last = *last == 'A' ? 'B' : 'A';
}

static void spoil_hash(struct trial *trial)
{
	struct made_file *file = world_file(trial->world, "log/consistency");
	uint8_t *line = memchr(file->bytes, '\n', file->size);

	line = memchr(line + 1, '\n', 100);
	line[1] = line[1] == 'A' ? 'B' : 'A';
}

static const struct fault faults[] = {
	{ KL_FINDING_CHECKPOINT_LOG, "log/closed", 0,
	    .spoil = sign_by_another },
	{ KL_FINDING_CHECKPOINT_WITNESS, "log/locked", 0,
	    .spoil = spoil_cosignature },
	{ KL_FINDING_CHECKPOINT_TREE, "log/consistency", 0,
	    .file = "log/consistency", .removed = true },
	{ KL_FINDING_CHECKPOINT_TREE, "log/consistency", 1,
	    .spoil = spoil_hash },
	{ KL_FINDING_LEAF_EVENT, "log/seed.leaf", 1, .bend = rename_seed },
	{ KL_FINDING_LEAF_EVENT, "log/seed.leaf", 1, .bend = move_seed },
	{ KL_FINDING_LEAF_EVENT, "log/seed.leaf", 1, .bend = repeat_id },
	{ KL_FINDING_LEAF_EVENT, "log/roster.leaf", 1,
	    .bend = repeat_id_before },
	{ KL_FINDING_LEAF_DATA, "log/seed.leaf", 1, .bend = alter_seed },
	{ KL_FINDING_LEAF_DATA, "log/seed.leaf", 1, .bend = add_member },
	{ KL_FINDING_LEAF_DATA, "log/committed-owner.leaf", 1,
	    .bend = alter_commitment },
	{ KL_FINDING_LEAF_DATA, "log/revealed-owner.leaf", 1,
	    .bend = alter_reveal },
	{ KL_FINDING_LEAF_DATA, "log/revealed-owner.leaf", 1,
	    .plan = reveal_for_another },
	{ KL_FINDING_PROOF_CHECKPOINT, "log/seed.proof", 0,
	    .file = "log/seed.proof",
	    .edit = { "\nlog.example/klero\n", "\nlog.example/other\n" } },
	{ KL_FINDING_PROOF_INCLUSION, "log/seed.proof", 0,
	    .file = "log/seed.leaf", .flip = "\"id\":\"" },
	{ KL_FINDING_CHECKPOINT_EARLY, "log/declared", 2,
	    .bend = cover_too_little },
	{ KL_FINDING_LOG_ORDER, "log/seed.leaf", 1, .bend = turn_time_back },
	{ KL_FINDING_LOG_ORDER, "log/seed.leaf", 1, .bend = repeat_seq },
	{ KL_FINDING_LOG_ORDER, "log/seed.leaf", 1,
	    .bend = swap_seed_and_result },
	{ KL_FINDING_DRAFT_WINDOW, "declare.txt", 12, .plan = set_draft_until },
	{ KL_FINDING_DRAFT_WINDOW, "declare.txt", 12,
	    .plan = set_draft_before },
	{ KL_FINDING_DECLARE_LATE, "log/declare.leaf", 1,
	    .bend = declare_late },
	{ KL_FINDING_DECLARE_UNWITNESSED, "log/declared", 0,
	    .plan = cosign_declared_late },
	{ KL_FINDING_DECLARE_UNWITNESSED, "log/declared", 0,
	    .plan = cosign_declared_never },
	{ KL_FINDING_DECLARE_UNWITNESSED, "log/declared", 0,
	    .plan = cosign_declared_by_one },
	{ KL_FINDING_COMMITMENT_LATE, "log/committed-owner.leaf", 1,
	    .bend = commit_late },
	{ KL_FINDING_COMMITMENT_LEFT_OUT, "log/committed-owner.leaf", 1,
	    .plan = make_left_out_commitment },
	{ KL_FINDING_LOCK_EARLY, "log/lock.leaf", 1, .bend = lock_early },
	{ KL_FINDING_LOCK_LATE, "log/lock.leaf", 1, .bend = lock_late },
	{ KL_FINDING_LOCK_UNWITNESSED, "log/locked", 0,
	    .plan = cosign_locked_late },
	{ KL_FINDING_REVEAL_EARLY, "log/revealed-operator.leaf", 1,
	    .plan = cosign_locked_after_reveal },
	{ KL_FINDING_REVEAL_EARLY, "log/revealed-operator.leaf", 1,
	    .plan = cosign_locked_never },
	{ KL_FINDING_REVEAL_EARLY, "log/revealed-operator.leaf", 1,
	    .bend = cover_a_reveal },
	{ KL_FINDING_REVEAL_LATE, "log/revealed-owner.leaf", 1,
	    .bend = reveal_late },
	{ KL_FINDING_REVEAL_LEFT_OUT, "log/revealed-owner.leaf", 1,
	    .plan = make_left_out_reveal },
	{ KL_FINDING_OPERATOR_NOT_FIRST, "log/revealed-supervisor.leaf", 1,
	    .setting = NONE, .bend = swap_reveals },
	{ KL_FINDING_SEAL_EARLY, "log/seal.leaf", 1, .plan = make_withheld,
	    .bend = seal_early },
	{ KL_FINDING_SEAL_LATE, "log/seal.leaf", 1,
	    .plan = cosign_sealed_late },
	{ KL_FINDING_BEACON_EARLY, "log/beacon.leaf", 1,
	    .bend = take_beacon_early },
	{ KL_FINDING_CLOSE_UNWITNESSED, "log/closed", 0,
	    .plan = cosign_closed_never },
	{ KL_FINDING_CLOSE_UNWITNESSED, "log/last", 0,
	    .plan = cosign_last_never },
	{ KL_FINDING_CLOSE_LATE, "log/close.leaf", 1, .bend = close_late },
	{ KL_FINDING_KNOWN_FALSE, "close.txt", 6, .plan = cancel_unknown },
	{ KL_FINDING_KNOWN_FALSE, "close.txt", 6, .setting = NONE,
	    .plan = cancel_unknown, .bare = true },
};

static void finds_each_fault(void **state)
{
	(void)state;
	check_faults(faults, sizeof(faults) / sizeof(*faults),
	    KL_FINDING_CHECKPOINT_LOG, KL_FINDING_KNOWN_FALSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_each_fault),
	};

	return cmocka_run_group_tests_name("kl_pack: log", tests, NULL, NULL);
}
