/* Odd things in the log of a pack: all that is told of each, no more. */
#include "told.h"

static void set_at(struct world *world, const char *stem, int64_t after)
{
	world_event(world, stem)->at = START + after;
}

static void set_member(struct world *world, const char *stem,
    const char *member, const char *value)
{
	assert_int_equal(json_object_set_new(world_event(world, stem)->data,
			     member, json_string(value)),
	    0);
}

static void drop_member(
    struct world *world, const char *stem, const char *member)
{
	assert_int_equal(
	    json_object_del(world_event(world, stem)->data, member), 0);
}

/* --- the tree ------------------------------------------------------------- */

/* The declaration may be cosigned first together with the lock. */
static void declare_with_lock(struct world *world)
{
	world->made[0].mark_events[0] = world->made[0].mark_events[1];
}

/* A second tree of the same size, signed by the log as well. */
static void fork_tree(struct trial *trial)
{
	struct world *world = trial->world;
	const struct made *made = &world->made[0];
	struct kl_note_key log = log_key_of(&made->plan);
	struct kl_signer signer = signer_of(0);
	struct kl_buf note = KL_BUF(FILE_MAX);

	assert_int_equal(kl_checkpoint_sign(&note, &log, &signer,
			     size_of_mark(made, 1), &world->hashes[0]),
	    KL_OK);
	write_file(world, "log/declared", &note);
}

static void add_step(struct trial *trial)
{
	append(trial->world, "log/consistency", "\nold 1\nnew 2\n");
}

static void tells_of_trees(void **state)
{
	static const struct odd odds[] = {
		{ { .bend = declare_with_lock }, "" },
		{ { .bend = declare_with_lock, .spoil = fork_tree },
		    "log/consistency:1 checkpoint-tree\n"
		    "log/declared:0 declare-unwitnessed\n" },
		{ { .file = "log/consistency", .edit = { "old 5", "old 4" } },
		    "log/consistency:1 checkpoint-tree\n" },
		{ { .file = "log/consistency", .edit = { "new 9", "new 10" } },
		    "log/consistency:1 checkpoint-tree\n" },
		{ { .spoil = add_step },
		    "log/consistency:26 checkpoint-tree\n" },
	};

	(void)state;
	CHECK_ODDS(odds);
}

/* --- what an entry holds -------------------------------------------------- */

/* Texts so long that the log has their digests. */
static void enter_many(struct plan *plan)
{
	plan->entries = ENTRIES_MAX;
}

static void drop_digest(struct world *world)
{
	drop_member(world, "result", "digest");
}

static void alter_digest(struct world *world)
{
	set_member(world, "result", "digest", HEX_64);
}

static void alter_size(struct world *world)
{
	json_object_set_new(
	    world_event(world, "result")->data, "size", json_integer(40000));
}

static void drop_text(struct world *world)
{
	drop_member(world, "seed", "text");
}

static void shorten_text(struct world *world)
{
	set_member(world, "seed", "text", "klero/1 seed\n");
}

static void take_actor(struct world *world)
{
	world_event(world, "seed")->nobodys = true;
}

static void tells_of_texts(void **state)
{
	static const struct odd odds[] = {
		{ { .plan = enter_many, .bend = drop_digest },
		    "log/result.leaf:1 leaf-data\n" },
		{ { .plan = enter_many, .bend = alter_digest },
		    "log/result.leaf:1 leaf-data\n" },
		{ { .plan = enter_many, .bend = alter_size },
		    "log/result.leaf:1 leaf-data\n" },
		{ { .bend = drop_text }, "log/seed.leaf:1 leaf-data\n" },
		{ { .bend = shorten_text }, "log/seed.leaf:1 leaf-data\n" },
		{ { .bend = take_actor }, "log/seed.leaf:1 leaf-event\n" },
	};

	(void)state;
	CHECK_ODDS(odds);
}

/* --- commitments ---------------------------------------------------------- */

#define COMMITTED "committed-owner"

static void drop_commit(struct world *world)
{
	drop_member(world, COMMITTED, "commit");
}

static void commit_for_another(struct world *world)
{
	set_member(world, COMMITTED, "party", "supervisor");
}

static void commit_no_hex(struct world *world)
{
	set_member(world, COMMITTED, "commit", "x");
}

static void sign_no_hex(struct world *world)
{
	set_member(world, COMMITTED, "signature", "x");
}

static void sign_wrongly(struct world *world)
{
	set_member(world, COMMITTED, "signature", HEX_64 HEX_64);
}

/* Three committed, but it never came to a lock. */
static void cancel_unlocked(struct plan *plan)
{
	close_by(plan, KL_CLOSE_CANCELLED);
	plan->with_lock = plan->with_seal = false;
}

static void tells_of_commitments(void **state)
{
	static const struct odd odds[] = {
		{ { .bend = drop_commit },
		    "log/committed-owner.leaf:1 leaf-data\n" },
		{ { .bend = commit_for_another },
		    "log/committed-owner.leaf:1 leaf-data\n" },
		{ { .bend = commit_no_hex },
		    "log/committed-owner.leaf:1 leaf-data\n" },
		{ { .bend = sign_no_hex },
		    "log/committed-owner.leaf:1 leaf-data\n" },
		{ { .bend = sign_wrongly },
		    "log/committed-owner.leaf:1 leaf-data\n" },
		/* Without a lock a commitment stands on its signature. */
		{ { .plan = cancel_unlocked }, "shadow-unknown D-1\n" },
		{ { .plan = cancel_unlocked, .bend = sign_wrongly },
		    "log/committed-owner.leaf:1 leaf-data\n"
		    "shadow-unknown D-1\n" },
	};

	(void)state;
	CHECK_ODDS(odds);
}

/* --- reveals -------------------------------------------------------------- */

#define REVEALED "revealed-owner"

static void drop_reveal(struct world *world)
{
	drop_member(world, REVEALED, "text");
}

static void reveal_for_another(struct world *world)
{
	set_member(world, REVEALED, "party", "supervisor");
}

static void reveal_a_text(struct world *world)
{
	set_member(world, REVEALED, "text", "x");
}

/* Revealed, but closed before there was a seal. */
static void cancel_unsealed(struct plan *plan)
{
	close_by(plan, KL_CLOSE_CANCELLED);
	plan->with_seal = false;
	plan->reveals_logged = true;
}

/* The owner reveals what nobody locked. */
static void reveal_though_absent(struct plan *plan)
{
	cancel_unsealed(plan);
	plan->parts[2] = IS_ABSENT;
}

static void log_reveal(struct world *world)
{
	const struct made *made = &world->made[0];
	struct event *event = world_event(world, "revealed-supervisor");
	struct kl_buf text = KL_BUF(FILE_MAX);

	assert_int_equal(kl_commit_write(&made->commits[2], &text), KL_OK);
	strcpy(event->stem, REVEALED);
	json_decref(event->data);
	event->data = json_pack(
	    "{s:s, s:s%}", "party", "owner", "text", text.data, text.size);
	kl_buf_clear(&text);
}

/* What was locked is no reveal at all, or one for another declaration. */
static void lock_text(struct world *world, const char *text, size_t size)
{
	struct made *made = &world->made[0];
	struct kl_buf out = KL_BUF(FILE_MAX), said = KL_BUF(FILE_MAX);
	struct kl_hash hash = kl_hash_of(text, size);
	struct kl_signer signer = signer_of(3);
	struct kl_signature signature;
	struct kl_lock lock;
	struct made_file *file = world_file(world, "lock.txt");
	char hex[KL_HASH_HEX], sign[KL_SIGNATURE_HEX];

	assert_int_equal(
	    kl_commitment_write(&(struct kl_commitment){ made->declare,
				    kl_span_of("owner"), hash },
		&said),
	    KL_OK);
	signature = kl_sign(&signer, said.data, said.size);
	assert_int_equal(
	    kl_lock_read(&lock, (const char *)file->bytes, file->size, NULL),
	    KL_OK);
	lock.parties[2].commit = hash;
	lock.parties[2].signature = signature;
	assert_int_equal(kl_lock_write(&lock, &out), KL_OK);
	json_object_set_new(world_event(world, "lock")->data, "text",
	    json_stringn((const char *)out.data, out.size));
	write_file(world, "lock.txt", &out);
	kl_hash_hex(&hash, hex);
	kl_signature_hex(&signature, sign);
	set_member(world, COMMITTED, "commit", hex);
	set_member(world, COMMITTED, "signature", sign);
	json_object_set_new(world_event(world, REVEALED)->data, "text",
	    json_stringn(text, size));
	kl_buf_clear(&said);
}

static void lock_no_reveal(struct world *world)
{
	lock_text(world, "x", 1);
}

static void lock_for_another_draw(struct world *world)
{
	struct kl_commit commit = world->made[0].commits[2];
	struct kl_buf text = KL_BUF(FILE_MAX);

	commit.declare = world->made[0].lock;
	assert_int_equal(kl_commit_write(&commit, &text), KL_OK);
	lock_text(world, (const char *)text.data, text.size);
	kl_buf_clear(&text);
}

static void tells_of_reveals(void **state)
{
	static const struct odd odds[] = {
		{ { .bend = drop_reveal },
		    "log/revealed-owner.leaf:1 leaf-data\n" },
		{ { .bend = reveal_for_another },
		    "log/revealed-owner.leaf:1 leaf-data\n" },
		{ { .bend = reveal_a_text },
		    "log/revealed-owner.leaf:1 leaf-data\n" },
		{ { .plan = reveal_though_absent, .bend = log_reveal },
		    "log/revealed-owner.leaf:1 leaf-data\n"
		    "shadow-unknown D-1\n" },
		{ { .plan = cancel_unsealed, .bend = lock_no_reveal },
		    "log/revealed-owner.leaf:1 leaf-data\n"
		    "shadow-unknown D-1\n" },
		{ { .plan = cancel_unsealed, .bend = lock_for_another_draw },
		    "log/revealed-owner.leaf:1 leaf-data\n"
		    "shadow-unknown D-1\n" },
	};

	(void)state;
	CHECK_ODDS(odds);
}

/* --- order ---------------------------------------------------------------- */

static void make_replaced_twice(struct plan *plan)
{
	plan->replace_count = 2;
	plan->replaces[0].approvers[1] = 1;
	plan->replaces[1].approvers[1] = 1;
}

/* The second replacement was logged before the first. */
static void swap_replaces(struct world *world)
{
	struct event *one = world_event(world, "replace");
	struct event *other = world_event(world, "replace-2"), event = *one;

	*one = *other;
	*other = event;
	other->at = one->at;
	other->seq = one->seq;
	one->at = event.at;
	one->seq = event.seq;
}

/* All had revealed: nobody has to wait for the time. */
static void seal_at_once(struct world *world)
{
	set_at(world, "seal", 7000);
}

static void take_owner_from_seal(struct trial *trial)
{
	drop_last_line(trial->world, "seal.txt");
	remove_file(trial->world, "commit-owner.txt");
}

static void enter_seal_after_beacon(struct world *world)
{
	set_at(world, "seal", 7500);
}

static void cancel(struct plan *plan)
{
	close_by(plan, KL_CLOSE_CANCELLED);
}

static void close_late(struct world *world)
{
	set_at(world, "close", 7500 + 86401);
}

static void tells_of_order(void **state)
{
	static const struct odd odds[] = {
		{ { .plan = make_replaced_twice, .bend = swap_replaces },
		    "log/replace.leaf:1 log-order\n" },
		{ { .bend = seal_at_once }, "" },
		{ { .spoil = take_owner_from_seal },
		    "seal.txt:6 seal-parties\n"
		    "seed.txt:2 digest-seal\n"
		    "log/seal.leaf:1 leaf-data\n"
		    "log/revealed-owner.leaf:1 reveal-left-out\n"
		    "beacon.txt:4 attest-signature\n"
		    "beacon.txt:5 attest-signature\n" },
		{ { .bend = enter_seal_after_beacon }, "" },
		{ { .plan = cancel, .bend = close_late },
		    "closed-late D-1\n"
		    "shadow-unknown D-1\n" },
	};

	(void)state;
	CHECK_ODDS(odds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_of_trees),
		cmocka_unit_test(tells_of_texts),
		cmocka_unit_test(tells_of_commitments),
		cmocka_unit_test(tells_of_reveals),
		cmocka_unit_test(tells_of_order),
	};

	return cmocka_run_group_tests_name(
	    "kl_pack: odd logs", tests, NULL, NULL);
}
