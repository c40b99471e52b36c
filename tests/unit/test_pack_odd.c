/* Odd files, texts, policies and keys: all that is told of each, no more. */
#include "told.h"

/* --- files ---------------------------------------------------------------- */

static void cancel(struct plan *plan)
{
	close_by(plan, KL_CLOSE_CANCELLED);
}

static void cancel_unsealed(struct plan *plan)
{
	cancel(plan);
	plan->with_seal = false;
}

static void make_other_draft(struct plan *plan)
{
	plan->other_draft = true;
}

static void remove_draft_entry(struct trial *trial)
{
	remove_file(trial->world, "log/draft.leaf");
	remove_file(trial->world, "log/draft.proof");
}

static void remove_seed_entry(struct trial *trial)
{
	remove_file(trial->world, "log/seed.leaf");
	remove_file(trial->world, "log/seed.proof");
}

static void add_replace_as(struct trial *trial, const char *name)
{
	const struct made *made = &trial->world->made[0];
	struct kl_replace replace = { .close = made->close,
		.out = kl_span_of("E00000001"),
		.in = kl_span_of("E00000002"),
		.has_in = true,
		.approval_count = 2 };
	struct kl_buf text = KL_BUF(FILE_MAX);

	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(
		    kl_replace_write_statement(&replace, i, &text), KL_OK);
		replace.approvals[i] = approve(i, &text);
		kl_buf_clear(&text);
	}
	assert_int_equal(kl_replace_write(&replace, &text), KL_OK);
	add_text(trial->world, "", name, &text);
}

static void add_replace(struct trial *trial)
{
	add_replace_as(trial, "replace.txt");
}

static void add_replaces(struct trial *trial)
{
	add_replace(trial);
	add_replace_as(trial, "replace-2.txt");
}

static void name_one_more(struct trial *trial)
{
	append(trial->world, "names.txt", "E00000006 机构六\n");
}

static void lock_one_more(struct trial *trial)
{
	append(trial->world, "lock.txt", "commit other absent -\n");
}

static void seal_one_more(struct trial *trial)
{
	append(trial->world, "seal.txt", "secret other absent\n");
}

static void tells_of_files(void **state)
{
	static const struct odd odds[] = {
		/* A value that was public must be shown, if there is a seal. */
		{ { .setting = DRAND, .plan = cancel, .bare = true },
		    "beacon.txt:0 file-missing\n" },
		{ { .setting = DRAND, .plan = cancel_unsealed, .bare = true },
		    "shadow-unknown D-1\n" },
		/* Nobody has to prove when the draft was published. */
		{ { .spoil = remove_draft_entry }, "draft-unproven D-1\n" },
		{ { .plan = make_other_draft, .spoil = remove_draft_entry },
		    "log/draft.leaf:0 file-missing\n"
		    "log/draft.proof:0 file-missing\n" },
		{ { .spoil = remove_seed_entry },
		    "log/seed.leaf:0 file-missing\n"
		    "log/seed.proof:0 file-missing\n" },
		/* Nobody was selected, so nobody is replaced. */
		{ { .plan = cancel, .spoil = add_replace, .bare = true },
		    "replace.txt:0 file-unexpected\n" },
		{ { .plan = cancel, .spoil = add_replaces, .bare = true },
		    "replace-2.txt:0 file-unexpected\n"
		    "replace.txt:0 file-unexpected\n" },
		{ { .spoil = name_one_more, .bare = true },
		    "declare.txt:14 digest-names\n"
		    "names.txt:6 names-differ\n" },
		{ { .spoil = lock_one_more, .bare = true },
		    "lock.txt:6 lock-parties\n"
		    "seal.txt:3 digest-lock\n" },
		{ { .spoil = seal_one_more, .bare = true },
		    "seal.txt:7 seal-parties\n"
		    "seed.txt:2 digest-seal\n"
		    "beacon.txt:4 attest-signature\n"
		    "beacon.txt:5 attest-signature\n"
		    "party-absent other\n" },
	};

	(void)state;
	CHECK_ODDS(odds);
}

/* What we put in is known by its bytes, anything else is told. */
static void tells_of_helpers(void **state)
{
	static char bytes[FILE_MAX];
	static const struct {
		const char *name, *told;
		size_t less;
	} cases[] = {
		{ "README.txt", "", 0 },
		{ "verify.sh", "", 0 },
		{ "README.txt", "helper-unknown README.txt\n", 1 },
		{ "verify.sh", "helper-unknown verify.sh\n", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct odd odd = { { 0 }, cases[i].told };
		struct trial trial = begin();
		char path[64];
		FILE *file;
		size_t size;

		snprintf(path, sizeof(path), "service/pack/%s", cases[i].name);
		file = fopen(path, "rb");
		assert_non_null(file);
		size = fread(bytes, 1, sizeof(bytes), file);
		fclose(file);
		add_file(trial.world, "", cases[i].name, bytes,
		    size - cases[i].less);
		verify_fault(&trial, &odd.with);
		check_told(&odd, &trial, i);
		end(&trial);
	}
}

/* --- the policy ----------------------------------------------------------- */

static void tells_of_policies(void **state)
{
	static const struct odd odds[] = {
		{ { .policy = { "\"drand\",", "1," } },
		    "policy.json:1 policy-member\n"
		    "beacon.txt:3 beacon-value\n" },
		{ { .policy = { "\"templates\":", "\"templated\":" } },
		    "policy.json:1 policy-member\n"
		    "beacon.txt:3 beacon-value\n" },
		{ { .policy = { "{\"coin\":{\"alphabet\":\"01\",\"length\":63},"
				"\"dice\":{\"alphabet\":\"123456\",\"length\":"
				"25}}",
			"[]" } },
		    "policy.json:1 policy-member\n"
		    "beacon.txt:3 beacon-value\n" },
	};

	(void)state;
	CHECK_ODDS(odds);
}

/* --- keys and times ------------------------------------------------------- */

static void set_short_origin(struct plan *plan)
{
	plan->origin = "log";
}

static void set_chain(struct plan *plan)
{
	plan->chain = HEX_64;
}

static void accept_another_chain(struct trial *trial)
{
	static struct kl_chain chain;

	chain = recorded_chain(DRAND_VECTORS "walkthrough.json");
	trial->options.chain = &chain;
}

static void accept_another_certificate(struct trial *trial)
{
	static struct kl_certificate certificate;

	certificate = test_certificate();
	trial->options.certificate = &certificate;
}

static void be_ready_for_a_rehearsal(struct trial *trial)
{
	trial->options.rehearsal = true;
}

/* Before the chain began: its first round is the first that is not earlier. */
static void set_first_round(struct plan *plan)
{
	plan->start = 1500000000;
	plan->round = 1;
	plan->signature = recorded_signature(DRAND_VECTORS "quicknet.json", 0);
}

static void set_second_round(struct plan *plan)
{
	set_first_round(plan);
	plan->round = 2;
}

static void set_minute_before(struct plan *plan)
{
	plan->beacon_time -= 60;
}

static void set_half_minute(struct plan *plan)
{
	plan->beacon_time += 30;
}

static void tells_of_keys_and_times(void **state)
{
	static const struct odd odds[] = {
		{ { .plan = set_short_origin }, "" },
		{ { .spoil = be_ready_for_a_rehearsal }, "" },
		{ { .setting = DRAND,
		      .plan = set_chain,
		      .spoil = accept_another_chain,
		      .bare = true },
		    "declare.txt:23 chain-unknown\n" },
		{ { .setting = DRAND, .plan = set_first_round, .bare = true },
		    "" },
		{ { .setting = DRAND, .plan = set_second_round, .bare = true },
		    "declare.txt:23 beacon-time\n"
		    "beacon.txt:3 beacon-forged\n" },
		{ { .setting = NIST, .plan = set_minute_before, .bare = true },
		    "declare.txt:23 beacon-time\n"
		    "pulse.json:1 pulse-differs\n" },
		{ { .setting = NIST, .plan = set_half_minute, .bare = true },
		    "declare.txt:23 beacon-time\n"
		    "pulse.json:1 pulse-differs\n" },
		{ { .setting = PLAIN,
		      .spoil = accept_another_certificate,
		      .bare = true },
		    "declare.txt:23 certificate-unknown\n" },
		/* What is pinned needs no word, and what is accepted no pin. */
		{ { .setting = DRAND,
		      .spoil = accept_another_chain,
		      .bare = true },
		    "" },
		{ { .setting = NIST,
		      .spoil = accept_another_certificate,
		      .bare = true },
		    "" },
	};

	(void)state;
	CHECK_ODDS(odds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_of_files),
		cmocka_unit_test(tells_of_helpers),
		cmocka_unit_test(tells_of_policies),
		cmocka_unit_test(tells_of_keys_and_times),
	};

	return cmocka_run_group_tests_name("kl_pack: odd", tests, NULL, NULL);
}
