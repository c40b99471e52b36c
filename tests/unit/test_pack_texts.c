/* Whatever is wrong with a text of a pack, its finding comes first. */
#include "fault.h"

static void make_unlocked(struct plan *plan)
{
	plan->with_lock = plan->with_seal = false;
	plan->with_beacon = plan->with_result = false;
	plan->reason = KL_CLOSE_CANCELLED;
}

static void make_replaced(struct plan *plan)
{
	plan->replace_count = 1;
	plan->replaces[0].approvers[1] = 1;
}

static void make_annulled(struct plan *plan)
{
	plan->annul = true;
	plan->annul_approvers[1] = 1;
}

static void make_withheld(struct plan *plan)
{
	plan->parts[2] = WITHHOLDS;
}

static void make_other_draft(struct plan *plan)
{
	plan->other_draft = true;
}

static void set_project_number(struct plan *plan)
{
	plan->notice = "{\"project_code\":1}";
}

static void set_project(struct plan *plan)
{
	plan->project = "P-9";
}

static void set_names_short(struct plan *plan)
{
	plan->names_short = true;
}

static void set_exclude_first(struct plan *plan)
{
	plan->exclude_first = true;
}

static void set_select(struct plan *plan)
{
	make_unlocked(plan);
	plan->select = plan->entries + 1;
}

static void set_absent_required(struct plan *plan)
{
	plan->owner_required = true;
	plan->parts[2] = IS_ABSENT;
}

static void set_plain_policy(struct plan *plan)
{
	plan->policy = plain_policy;
}

static void set_rehearsal(struct plan *plan)
{
	plan->origin = "log.example/rehearsal";
}

static void set_wrong_signer(struct plan *plan)
{
	plan->wrong_signer = true;
}

static void set_secret(struct plan *plan)
{
	plan->secrets[1] = plan->secrets[0];
}

static void set_draft_until(struct plan *plan)
{
	plan->draft_until = 3600;
}

static void set_chain(struct plan *plan)
{
	plan->chain = HEX_64;
}

static void set_round(struct plan *plan)
{
	plan->round++;
}

static void set_time(struct plan *plan)
{
	plan->beacon_time--;
}

static void set_minute(struct plan *plan)
{
	plan->beacon_time += 60;
}

static void add_stranger(struct trial *trial)
{
	add_file(trial->world, "", "notes.txt", "", 0);
}

static void add_nested(struct trial *trial)
{
	add_file(trial->world, "previous/1/", "previous/1/close.txt", "", 0);
}

static void add_twice(struct trial *trial)
{
	add_file(trial->world, "", "roster.txt", "", 0);
}

static void add_pulse(struct trial *trial)
{
	add_file(trial->world, "", "pulse.json", "{}", 2);
}

static void add_previous(struct trial *trial)
{
	add_file(trial->world, "previous/1/", "close.txt", "", 0);
}

static void add_gap(struct trial *trial)
{
	struct made_file *file = world_file(trial->world, "close.txt");

	add_file(trial->world, "", "replace-2.txt", file->bytes, file->size);
}

static void trust_nobody(struct trial *trial)
{
	trial->options.trust = NULL;
}

static void trust_another_log(struct trial *trial)
{
	trial->world->trust.logs[0].key = signer_of(7).key;
}

static void trust_another_name(struct trial *trial)
{
	strcpy(trial->world->trust.logs[0].name, "log.example/other");
}

/* With two others there is one more than a draw may have. */
#define FIFTEEN                                                                \
	"\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\","         \
	"\"k\",\"l\",\"m\",\"n\",\"o\""

/* declare.txt has two witnesses and three parties. */
static const struct fault faults[] = {
	{ KL_FINDING_FILE_NAME, "notes.txt", 0, .spoil = add_stranger },
	{ KL_FINDING_FILE_NAME, "previous/1/previous/1/close.txt", 0,
	    .spoil = add_nested },
	{ KL_FINDING_FILE_TWICE, "roster.txt", 0, .spoil = add_twice },
	{ KL_FINDING_FILE_MISSING, "roster.txt", 0, .file = "roster.txt",
	    .removed = true },
	{ KL_FINDING_FILE_MISSING, "seed.txt", 0, .file = "seed.txt",
	    .removed = true },
	{ KL_FINDING_FILE_MISSING, "lock.txt", 0, .file = "lock.txt",
	    .removed = true },
	{ KL_FINDING_FILE_MISSING, "commit-owner.txt", 0,
	    .file = "commit-owner.txt", .removed = true },
	{ KL_FINDING_FILE_MISSING, "log/closed", 0, .file = "log/closed",
	    .removed = true },
	{ KL_FINDING_FILE_MISSING, "log/seal.proof", 0,
	    .file = "log/seal.proof", .removed = true },
	{ KL_FINDING_FILE_MISSING, "log/committed-owner.leaf", 0,
	    .file = "log/committed-owner.leaf", .removed = true },
	{ KL_FINDING_FILE_MISSING, "draft.txt", 0, .plan = make_other_draft,
	    .file = "draft.txt", .removed = true },
	{ KL_FINDING_FILE_MISSING, "log/last", 0, .plan = make_replaced,
	    .file = "log/last", .removed = true },
	{ KL_FINDING_FILE_UNEXPECTED, "pulse.json", 0, .spoil = add_pulse },
	{ KL_FINDING_FILE_UNEXPECTED, "previous/1/close.txt", 0,
	    .spoil = add_previous },
	{ KL_FINDING_FILE_UNEXPECTED, "replace-2.txt", 0, .spoil = add_gap },

	{ KL_FINDING_FORM_NOTICE, "notice.json", 1, .file = "notice.json",
	    .edit = { "{", "{ " } },
	{ KL_FINDING_FORM_POLICY, "policy.json", 1, .file = "policy.json",
	    .edit = { "30", "30.0" } },
	{ KL_FINDING_FORM_ROSTER, "roster.txt", 5, .file = "roster.txt",
	    .edit = { "E00000002 1", "E00000002 01" } },
	{ KL_FINDING_FORM_NAMES, "names.txt", 2, .file = "names.txt",
	    .edit = { "E00000002 ", "E00000002  " } },
	{ KL_FINDING_FORM_EXCLUDED, "excluded.txt", 3, .file = "excluded.txt",
	    .edit = { "entries 1", "entries 01" } },
	{ KL_FINDING_FORM_DECLARE, "declare.txt", 9, .file = "declare.txt",
	    .edit = { "quorum 1", "quorum 3" } },
	{ KL_FINDING_FORM_CLOSE, "close.txt", 6, .file = "close.txt",
	    .edit = { "known yes", "known no" } },
	{ KL_FINDING_FORM_DRAFT, "draft.txt", 1, .plan = make_other_draft,
	    .file = "draft.txt", .edit = { "klero/1", "klero/2" } },
	{ KL_FINDING_FORM_LOCK, "lock.txt", 1, .file = "lock.txt",
	    .edit = { "klero/1", "klero/2" } },
	{ KL_FINDING_FORM_COMMIT, "commit-owner.txt", 1,
	    .file = "commit-owner.txt", .edit = { "klero/1", "klero/2" } },
	{ KL_FINDING_FORM_SEAL, "seal.txt", 1, .file = "seal.txt",
	    .edit = { "klero/1", "klero/2" } },
	{ KL_FINDING_FORM_BEACON, "beacon.txt", 1, .file = "beacon.txt",
	    .edit = { "klero/1", "klero/2" } },
	{ KL_FINDING_FORM_PULSE, "pulse.json", 1, .setting = NIST,
	    .file = "pulse.json", .edit = { "{", "{ " } },
	{ KL_FINDING_FORM_SEED, "seed.txt", 1, .file = "seed.txt",
	    .edit = { "klero/1", "klero/2" } },
	{ KL_FINDING_FORM_RESULT, "result.txt", 3, .file = "result.txt",
	    .edit = { "rank 1", "rank 2" } },
	{ KL_FINDING_FORM_REPLACE, "replace.txt", 5, .plan = make_replaced,
	    .file = "replace.txt", .edit = { "refused", "disliked" } },
	{ KL_FINDING_FORM_ANNUL, "annul.txt", 1, .plan = make_annulled,
	    .file = "annul.txt", .edit = { "klero/1", "klero/2" } },
	{ KL_FINDING_FORM_CHECKPOINT, "log/closed", 0, .file = "log/closed",
	    .edit = { "\n\n", "\n" } },
	/* More than a number may be: 2^53, and the digits there are. */
	{ KL_FINDING_FORM_CHECKPOINT, "log/closed", 0, .file = "log/closed",
	    .edit = { "klero\n", "klero\n9007199254740992" } },
	{ KL_FINDING_FORM_CONSISTENCY, "log/consistency", 1,
	    .file = "log/consistency", .edit = { "old ", "olt " } },
	{ KL_FINDING_FORM_LEAF, "log/seed.leaf", 1, .file = "log/seed.leaf",
	    .edit = { "\"v\":1", "\"v\":2" } },
	{ KL_FINDING_FORM_LEAF, "log/seed.leaf", 1, .file = "log/seed.leaf",
	    .edit = { "\"v\":1", "\"v\":1,\"w\":1" } },
	{ KL_FINDING_FORM_PROOF, "log/seed.proof", 0, .file = "log/seed.proof",
	    .edit = { "@v1", "@v2" } },
	{ KL_FINDING_FORM_PROOF, "log/seed.proof", 0, .file = "log/seed.proof",
	    .edit = { "index ", "index 9007199254740992" } },

	{ KL_FINDING_DRAW_DIFFERS, "roster.txt", 2, .file = "roster.txt",
	    .edit = { "draw D-1", "draw D-2" } },
	{ KL_FINDING_DRAW_DIFFERS, "draft.txt", 2, .plan = make_other_draft,
	    .file = "draft.txt", .edit = { "draw D-1", "draw D-2" } },
	{ KL_FINDING_DRAW_DIFFERS, "excluded.txt", 2, .file = "excluded.txt",
	    .edit = { "draw D-1", "draw D-2" } },
	{ KL_FINDING_DIGEST_NOTICE, "declare.txt", 10, .file = "notice.json",
	    .edit = { "P-1", "P-2" } },
	{ KL_FINDING_PROJECT_DIFFERS, "declare.txt", 3, .plan = set_project },
	{ KL_FINDING_PROJECT_DIFFERS, "declare.txt", 3,
	    .plan = set_project_number },
	{
	    KL_FINDING_DIGEST_POLICY,
	    "declare.txt",
	    11,
	    .file = "policy.json",
	    .edit = { "no network", "no" },
	    .setting = NONE,
	},
	{ KL_FINDING_DIGEST_DRAFT, "declare.txt", 12, .plan = make_other_draft,
	    .file = "draft.txt", .edit = { "E00000006", "E00000007" } },
	{ KL_FINDING_DIGEST_ROSTER, "declare.txt", 13, .file = "roster.txt",
	    .edit = { "E00000005 1", "E00000005 2" } },
	{ KL_FINDING_DIGEST_NAMES, "declare.txt", 14, .file = "names.txt",
	    .edit = { "机构E00000001", "机构E00000009" } },
	{ KL_FINDING_DIGEST_EXCLUDED, "declare.txt", 15, .file = "excluded.txt",
	    .edit = { "affiliated", "tied" } },
	{ KL_FINDING_NAMES_DIFFER, "names.txt", 5, .plan = set_names_short },
	{ KL_FINDING_EXCLUDED_ENTERED, "excluded.txt", 4,
	    .plan = set_exclude_first },
	{ KL_FINDING_SELECT_ENTRIES, "declare.txt", 16, .plan = set_select },
	{ KL_FINDING_DECLARE_DIFFERS, "close.txt", 2, .file = "close.txt",
	    .flip = "declare " },
	{ KL_FINDING_DECLARE_DIFFERS, "lock.txt", 2, .file = "lock.txt",
	    .flip = "declare " },
	{ KL_FINDING_DECLARE_DIFFERS, "seal.txt", 2, .file = "seal.txt",
	    .flip = "declare " },
	{ KL_FINDING_DECLARE_DIFFERS, "beacon.txt", 2, .file = "beacon.txt",
	    .flip = "declare " },
	{ KL_FINDING_DECLARE_DIFFERS, "commit-owner.txt", 2,
	    .file = "commit-owner.txt", .flip = "declare " },
	{ KL_FINDING_LOCK_PARTIES, "lock.txt", 5, .file = "lock.txt",
	    .edit = { "commit owner", "commit other" } },
	{ KL_FINDING_LOCK_ABSENT, "lock.txt", 5, .plan = set_absent_required },
	{ KL_FINDING_DIGEST_LOCK, "seal.txt", 3, .file = "seal.txt",
	    .flip = "lock " },
	{ KL_FINDING_SEAL_PARTIES, "seal.txt", 6, .plan = make_withheld,
	    .file = "seal.txt", .edit = { "secret owner", "secret other" } },
	{ KL_FINDING_SEAL_ABSENT, "seal.txt", 6, .plan = make_withheld,
	    .file = "seal.txt", .edit = { "withheld", "absent" } },
	{ KL_FINDING_COMMIT_PARTY, "commit-owner.txt", 3,
	    .file = "commit-owner.txt",
	    .edit = { "party owner", "party other" } },
	{ KL_FINDING_DIGEST_COMMIT, "lock.txt", 5, .file = "commit-owner.txt",
	    .flip = "secret " },
	{ KL_FINDING_SEAL_SECRET, "seal.txt", 6, .file = "seal.txt",
	    .flip = "secret owner " },
	{ KL_FINDING_DIGEST_PULSE, "beacon.txt", 3, .setting = NIST,
	    .file = "pulse.json",
	    .edit = { "Index\":54609", "Index\":54608" } },
	{ KL_FINDING_DIGEST_SEAL, "seed.txt", 2, .file = "seed.txt",
	    .flip = "seal " },
	{ KL_FINDING_DIGEST_SEED, "result.txt", 2, .file = "result.txt",
	    .flip = "seed " },
	{ KL_FINDING_DIGEST_RESULT, "close.txt", 5, .file = "close.txt",
	    .flip = "detail " },
	{ KL_FINDING_DIGEST_CLOSE, "replace.txt", 2, .plan = make_replaced,
	    .file = "replace.txt", .flip = "close " },
	{ KL_FINDING_DIGEST_CLOSE, "annul.txt", 2, .plan = make_annulled,
	    .file = "annul.txt", .flip = "close " },

	{ KL_FINDING_POLICY_MEMBER, "policy.json", 1,
	    .policy = { "\"alternates_max\":100,", "" } },
	{ KL_FINDING_POLICY_MEMBER, "policy.json", 1,
	    .policy = { "\"123456\"", "\"123455\"" } },
	{ KL_FINDING_POLICY_MEMBER, "policy.json", 1,
	    .policy = { "\"draw\"", "\"drew\"" } },
	/* Each member of its kind. */
	{ KL_FINDING_POLICY_MEMBER, "policy.json", 1,
	    .policy = { "\"beacons\":[\"drand\",\"nist\",\"public\",\"none\"]",
		"\"beacons\":{}" } },
	{ KL_FINDING_POLICY_MEMBER, "policy.json", 1,
	    .policy = { "[\"drand\"", "[7" } },
	{ KL_FINDING_POLICY_MEMBER, "policy.json", 1,
	    .policy = { "\"level_c_reason\":null", "\"level_c_reason\":7" } },
	{ KL_FINDING_POLICY_MEMBER, "policy.json", 1,
	    .policy = { "\"delay_min_s\":30", "\"delay_min_s\":\"\"" } },
	{ KL_FINDING_POLICY_MEMBER, "policy.json", 1,
	    .policy = { "\"delay_min_s\":30", "\"delay_min_s\":-1" } },
	{ KL_FINDING_POLICY_MEMBER, "policy.json", 1,
	    .policy = { "\"123456\"", "\"12345é\"" } },
	{ KL_FINDING_POLICY_MEMBER, "policy.json", 1,
	    .policy = { "\"123456\"", "\"12345 \"" } },
	{ KL_FINDING_POLICY_MEMBER, "policy.json", 1,
	    .policy = { "\"123456\"", "\"\"" } },
	{ KL_FINDING_POLICY_MEMBER, "policy.json", 1,
	    .policy = { "\"123456\"", "7" } },
	{ KL_FINDING_POLICY_MEMBER, "policy.json", 1,
	    .policy = { "\"length\":25", "\"length\":\"\"" } },
	{ KL_FINDING_POLICY_MEMBER, "policy.json", 1,
	    .policy = { "\"length\":25", "\"length\":0" } },
	{ KL_FINDING_POLICY_MEMBER, "policy.json", 1,
	    .policy = { "\"required_parties\":[\"operator\",",
		"\"required_parties\":[7," } },
	{ KL_FINDING_POLICY_MEMBER, "policy.json", 1,
	    .policy = { "\"weight_max\":1000", "\"weight_max\":null" } },
	{ KL_FINDING_POLICY_MEMBER, "policy.json", 1,
	    .policy = { "\"none\"]", "\"moon\"]" } },
	{ KL_FINDING_POLICY_MEMBER, "policy.json", 1,
	    .policy = { "\"nist\"", "\"drand\"" } },
	{ KL_FINDING_POLICY_MEMBER, "policy.json", 1,
	    .policy = { "\"supervisor\"]", "\"Supervisor\"]" } },
	{ KL_FINDING_POLICY_MEMBER, "policy.json", 1,
	    .policy = { "\"supervisor\"]", "\"operator\"]" } },
	{ KL_FINDING_POLICY_MEMBER, "policy.json", 1,
	    .policy = { "\"supervisor\"]", "\"supervisor\"," FIFTEEN "]" } },
	{ KL_FINDING_POLICY_MEMBER, "policy.json", 1,
	    .policy = { "\"dice\"", "\"dice \"" } },
	{ KL_FINDING_POLICY_BEACON, "declare.txt", 23,
	    .policy = { "\"public\",", "" } },
	{ KL_FINDING_POLICY_REASON, "declare.txt", 23, .setting = NONE,
	    .plan = set_plain_policy },
	{ KL_FINDING_POLICY_DELAY, "declare.txt", 22,
	    .policy = { "\"delay_min_s\":30", "\"delay_min_s\":301" } },
	{ KL_FINDING_POLICY_ENTRANTS, "roster.txt", 3,
	    .policy = { "\"min_entrants\":3", "\"min_entrants\":6" } },
	{ KL_FINDING_POLICY_PARTIES, "declare.txt", 19,
	    .policy = { "\"supervisor\"]", "\"owner\"]" } },
	{ KL_FINDING_POLICY_PARTIES, "declare.txt", 17,
	    .policy = { "\"supervisor\"]", "\"entrants\"]" } },
	{ KL_FINDING_POLICY_WEIGHT, "roster.txt", 4,
	    .policy = { "\"weight_max\":1000", "\"weight_max\":2" } },
	{ KL_FINDING_POLICY_ALTERNATES, "declare.txt", 16,
	    .policy = { "\"alternates_max\":100", "\"alternates_max\":1" } },
	{ KL_FINDING_POLICY_TEMPLATE, "declare.txt", 23,
	    .policy = { "\"dice\"", "\"dicf\"" } },
	{ KL_FINDING_POLICY_QUORUM, "declare.txt", 9,
	    .policy = { "\"quorum\":1", "\"quorum\":2" } },

	{ KL_FINDING_KEYS_NOT_ANCHORED, "declare.txt", 6,
	    .spoil = trust_nobody },
	{ KL_FINDING_LOG_UNTRUSTED, "declare.txt", 6,
	    .spoil = trust_another_log },
	{ KL_FINDING_LOG_UNTRUSTED, "declare.txt", 6,
	    .spoil = trust_another_name },
	{ KL_FINDING_LOG_REHEARSAL, "declare.txt", 6, .plan = set_rehearsal },
	{ KL_FINDING_COMMIT_SIGNATURE, "lock.txt", 5,
	    .plan = set_wrong_signer },
	{ KL_FINDING_SECRET_TWICE, "seal.txt", 5, .plan = set_secret },

	{ KL_FINDING_DRAFT_TIME, "declare.txt", 12, .plan = set_draft_until },
	{ KL_FINDING_CHAIN_UNKNOWN, "declare.txt", 23, .setting = DRAND,
	    .plan = set_chain },
	{ KL_FINDING_CERTIFICATE_UNKNOWN, "declare.txt", 23, .setting = PLAIN },
	{ KL_FINDING_BEACON_TIME, "declare.txt", 23, .plan = set_time },
	{ KL_FINDING_BEACON_TIME, "declare.txt", 23, .setting = DRAND,
	    .plan = set_round },
	{ KL_FINDING_BEACON_TIME, "declare.txt", 23, .setting = NIST,
	    .plan = set_minute },
};

static void finds_each_fault(void **state)
{
	(void)state;
	check_faults(faults, sizeof(faults) / sizeof(*faults),
	    KL_FINDING_FILE_MISSING, KL_FINDING_BEACON_TIME);
}

/* A byte more than a text may have. */
static void finds_files_too_large(void **state)
{
	static const uint8_t bytes[KL_TEXT_SIZE_MAX + 1];
	struct kl_file file = { "roster.txt", bytes, KL_TEXT_SIZE_MAX };
	struct kl_pack_options options = { .bare = true };
	struct kl_pack_report report;

	(void)state;
	assert_int_equal(kl_pack_verify(&file, 1, &options, &report), KL_OK);
	assert_int_equal(report.findings[0].code, KL_FINDING_FILE_MISSING);
	kl_pack_report_clear(&report);
	file.size++;
	assert_int_equal(kl_pack_verify(&file, 1, &options, &report), KL_OK);
	assert_int_equal(report.findings[0].code, KL_FINDING_FILE_SIZE);
	assert_string_equal(report.findings[0].file, "roster.txt");
	kl_pack_report_clear(&report);
}

static void refuses_too_many_files(void **state)
{
	static struct kl_file files[KL_PACK_FILES_MAX + 1];
	struct kl_pack_options options = { .bare = true };
	struct kl_pack_report report;

	(void)state;
	for (size_t i = 0; i <= KL_PACK_FILES_MAX; i++)
		files[i] = (struct kl_file){ "x", (const uint8_t *)"", 0 };
	assert_int_equal(
	    kl_pack_verify(files, KL_PACK_FILES_MAX, &options, &report), KL_OK);
	assert_int_equal(report.findings[0].code, KL_FINDING_FILE_NAME);
	kl_pack_report_clear(&report);
	assert_int_equal(
	    kl_pack_verify(files, KL_PACK_FILES_MAX + 1, &options, &report),
	    KL_TOO_LARGE);
}

static void takes_no_file_at_all(void **state)
{
	struct kl_pack_options options = { .bare = true };
	struct kl_pack_report report;

	(void)state;
	assert_int_equal(kl_pack_verify(NULL, 0, &options, &report), KL_OK);
	assert_int_equal(report.finding_count, 7);
	assert_int_equal(report.findings[0].code, KL_FINDING_FILE_MISSING);
	kl_pack_report_clear(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_each_fault),
		cmocka_unit_test(finds_files_too_large),
		cmocka_unit_test(refuses_too_many_files),
		cmocka_unit_test(takes_no_file_at_all),
	};

	return cmocka_run_group_tests_name("kl_pack: texts", tests, NULL, NULL);
}
