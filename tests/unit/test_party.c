/* What a party checks before it commits. */
#include "party.h"

/* --- before committing ---------------------------------------------------- */

static void test_commits(void **state)
{
	struct party party = declared();

	(void)state;
	expect(&party, KL_PARTY_GOOD);
	assert_true(party.told.has_declare);
	assert_int_equal(party.told.party, ME);
	assert_false(party.told.committed);
	assert_true(kl_hash_equal(
	    &party.told.declare_hash, &party.world->made[0].declare));
	assert_int_equal(party.told.declare.commit_by, START + 3600);
	close_party(&party);
}

static void test_commit_by(void **state)
{
	struct party party = declared();

	(void)state;
	party.asked.now = START + 3599;
	expect(&party, KL_PARTY_GOOD);
	party.asked.now++;
	expect(&party, KL_PARTY_COMMIT_LATE);
	close_party(&party);
}

/* It may have been brought by somebody else; then no time is too late. */
static void test_has_committed(void **state)
{
	struct plan plan = plan_declared();
	struct party party;

	(void)state;
	plan.parts[ME] = WITHHOLDS;
	party = open_party(&plan, NULL);
	expect(&party, KL_PARTY_COMMIT_OTHER);
	sign_own(&party);
	expect(&party, KL_PARTY_GOOD);
	assert_true(party.told.committed);
	party.asked.now = START + 3600;
	expect(&party, KL_PARTY_GOOD);
	party.asked.commit.bytes[0] ^= 1;
	expect(&party, KL_PARTY_COMMIT_OTHER);
	close_party(&party);
}

static void test_clock(void **state)
{
	struct party party = declared();

	(void)state;
	/* Its witness signed at 10. */
	party.asked.now = START + 10 - KL_PARTY_SKEW_S;
	expect(&party, KL_PARTY_GOOD);
	party.asked.now--;
	expect(&party, KL_PARTY_CLOCK);
	close_party(&party);
}

static void test_log_ahead(void **state)
{
	struct plan plan = plan_declared();
	struct party party;

	(void)state;
	plan.quorum = 0;
	party = open_party(&plan, NULL);
	party.asked.now = START - KL_PARTY_SKEW_S;
	expect(&party, KL_PARTY_GOOD);
	party.asked.now--;
	expect(&party, KL_PARTY_CLOCK);
	close_party(&party);
}

static void test_who(void **state)
{
	struct party party = declared();

	(void)state;
	party.signer = signer_of(9);
	expect(&party, KL_PARTY_NOT_A_PARTY);
	assert_int_equal(party.told.party, SIZE_MAX);
	party.signer = signer_of(1 + ME);
	party.asked.draw = kl_span_of("D-2");
	expect(&party, KL_PARTY_DRAW_OTHER);
	party.asked.draw = kl_span_of("D-1");
	/* The owner is somebody else than the trust says; then unknown. */
	party.world->trust.parties[2].key = signer_of(8).key;
	expect(&party, KL_PARTY_PARTY_KEY);
	assert_true(kl_span_is(party.told.about, "owner"));
	party.world->trust.party_count = 2;
	expect(&party, KL_PARTY_GOOD);
	close_party(&party);
}

static void test_roster(void **state)
{
	struct party party = declared();
	struct kl_hash roster = party.world->made[0].declared.roster;

	(void)state;
	party.asked.roster = &roster;
	expect(&party, KL_PARTY_GOOD);
	roster.bytes[31] ^= 1;
	expect(&party, KL_PARTY_ROSTER_OTHER);
	close_party(&party);
}

/* Every text that the declaration rests on, and every entry of one. */
static void test_missing(void **state)
{
	static const struct {
		const char *file;
		enum kl_party_code code;
	} cases[] = {
		{ "declare.txt", KL_PARTY_NOT_DECLARED },
		{ "notice.json", KL_PARTY_TEXT_MISSING },
		{ "policy.json", KL_PARTY_TEXT_MISSING },
		{ "roster.txt", KL_PARTY_TEXT_MISSING },
		{ "names.txt", KL_PARTY_TEXT_MISSING },
		{ "excluded.txt", KL_PARTY_TEXT_MISSING },
		{ "draft.txt", KL_PARTY_TEXT_MISSING },
		{ "log/draft.leaf", KL_PARTY_NOT_LOGGED },
		{ "log/roster.leaf", KL_PARTY_NOT_LOGGED },
		{ "log/names.leaf", KL_PARTY_NOT_LOGGED },
		{ "log/excluded.leaf", KL_PARTY_NOT_LOGGED },
		{ "log/declare.leaf", KL_PARTY_NOT_LOGGED },
		{ "log/declare.proof", KL_PARTY_NOT_LOGGED },
		{ "log/declared", KL_PARTY_NOT_LOGGED },
		{ "log/closed", KL_PARTY_NOT_LOGGED },
	};
	struct plan plan = plan_declared();

	(void)state;
	plan.other_draft = true;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct party party = open_party(&plan, NULL);

		expect(&party, KL_PARTY_GOOD);
		remove_file(party.world, cases[i].file);
		expect(&party, cases[i].code);
		close_party(&party);
	}
}

/* What the verifier of a pack refuses, the party refuses by the same code. */
static void test_findings(void **state)
{
	static const struct {
		const char *file, *from, *to;
		enum kl_finding_code code;
	} cases[] = {
		{ "declare.txt", "klero/1", "klero/2",
		    KL_FINDING_FORM_DECLARE },
		{ "roster.txt", "E00000001 3", "E00000001 03",
		    KL_FINDING_FORM_ROSTER },
		{ "roster.txt", "E00000001 3", "E00000001 4",
		    KL_FINDING_DIGEST_ROSTER },
		{ "names.txt", "机构", "机关", KL_FINDING_DIGEST_NAMES },
		{ "excluded.txt", "affiliated", "suspended",
		    KL_FINDING_DIGEST_EXCLUDED },
		{ "policy.json", "\"quorum\":1", "\"quorum\":0",
		    KL_FINDING_DIGEST_POLICY },
		{ "notice.json", "P-1", "P-2", KL_FINDING_DIGEST_NOTICE },
		{ "declare.txt", "select 1", "select 2", KL_FINDING_LEAF_DATA },
		{ "log/roster.leaf", "\"seq\":2", "\"seq\":3",
		    KL_FINDING_PROOF_INCLUSION },
		{ "log/declared", "log.example/klero\n", "log.example/other\n",
		    KL_FINDING_CHECKPOINT_LOG },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct party party = declared();

		edit_file(
		    party.world, cases[i].file, cases[i].from, cases[i].to);
		expect_finding(&party, cases[i].code);
		close_party(&party);
	}
}

static void late_beacon(struct plan *plan)
{
	plan->beacon_time = 7499;
}

static void other_log(struct plan *plan)
{
	plan->origin = "log.example/rehearsal";
}

static void no_dice(struct plan *plan)
{
	plan->template = "none";
}

static void few(struct plan *plan)
{
	plan->entries = 2;
}

static void late_draft(struct plan *plan)
{
	plan->draft_until = 1;
}

static void test_rules(void **state)
{
	static const struct {
		void (*change)(struct plan *plan);
		enum kl_finding_code code;
	} cases[] = {
		{ late_beacon, KL_FINDING_BEACON_TIME },
		{ other_log, KL_FINDING_LOG_REHEARSAL },
		{ no_dice, KL_FINDING_POLICY_TEMPLATE },
		{ few, KL_FINDING_POLICY_ENTRANTS },
		{ late_draft, KL_FINDING_DRAFT_WINDOW },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct plan plan = plan_declared();
		struct party party;

		cases[i].change(&plan);
		party = open_party(&plan, NULL);
		expect_finding(&party, cases[i].code);
		close_party(&party);
	}
}

static void test_trust(void **state)
{
	struct party party = declared();

	(void)state;
	party.world->trust.logs[0].key = signer_of(7).key;
	expect_finding(&party, KL_FINDING_LOG_UNTRUSTED);
	close_party(&party);
}

/* --- witnesses ------------------------------------------------------------ */

static void check_cosigned(
    size_t quorum, int64_t cosigned, enum kl_party_code code)
{
	struct plan plan = plan_declared();
	struct party party;

	plan.quorum = quorum;
	plan.cosigned[0] = cosigned;
	party = open_party(&plan, NULL);
	party.asked.now = START + 3599;
	expect(&party, code);
	close_party(&party);
}

/* The second witness signs at the time given, the first a second later. */
static void test_cosigned(void **state)
{
	(void)state;
	check_cosigned(1, 0, KL_PARTY_NOT_WITNESSED);
	check_cosigned(1, 3599, KL_PARTY_GOOD);
	check_cosigned(1, 3600, KL_PARTY_NOT_WITNESSED);
	check_cosigned(2, 3598, KL_PARTY_GOOD);
	check_cosigned(2, 3599, KL_PARTY_NOT_WITNESSED);
	check_cosigned(0, 0, KL_PARTY_GOOD);
}

/* A witness that we do not know counts for nothing. */
static void test_unknown_witness(void **state)
{
	struct party party = declared();

	(void)state;
	party.world->trust.witness_count = 0;
	expect(&party, KL_PARTY_NOT_WITNESSED);
	close_party(&party);
}

/* Whatever was declared, our own quorum must have cosigned. */
static void test_own_quorum(void **state)
{
	struct plan plan = plan_declared();
	struct party party;
	struct kl_trust *trust;

	(void)state;
	plan.quorum = 0;
	plan.cosigned[0] = 0;
	party = open_party(&plan, NULL);
	trust = &party.world->trust;
	trust->voters[0] =
	    (struct kl_trust_voter){ kl_span_of("one"), 0, 0, 0 };
	trust->voter_count = 1;
	expect(&party, KL_PARTY_GOOD);
	trust->needs_quorum = true;
	expect(&party, KL_PARTY_NOT_WITNESSED);
	close_party(&party);
	plan.cosigned[0] = 10;
	party = open_party(&plan, NULL);
	trust = &party.world->trust;
	trust->voters[0] =
	    (struct kl_trust_voter){ kl_span_of("one"), 0, 0, 0 };
	trust->voter_count = 1;
	trust->needs_quorum = true;
	expect(&party, KL_PARTY_GOOD);
	close_party(&party);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commits),
		cmocka_unit_test(test_commit_by),
		cmocka_unit_test(test_has_committed),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_log_ahead),
		cmocka_unit_test(test_who),
		cmocka_unit_test(test_roster),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_findings),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_trust),
		cmocka_unit_test(test_cosigned),
		cmocka_unit_test(test_unknown_witness),
		cmocka_unit_test(test_own_quorum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
