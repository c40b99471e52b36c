/*
 * Every attack on a draw that what it leaves behind must show: what is done,
 * who sees it, and by which word. VERIFY has one evidence pack, AUDIT the
 * whole log but no cosignature, PARTY what there is before a secret is given.
 * An attack against which one of them has nothing is shown by another, or not
 * here: those at the end of this file.
 */
#include "attacks.h"

enum finder { VERIFY, AUDIT, PARTY };

struct attack {
	const char *what;
	enum finder who;
	const char *word; /* first finding, or a cap, a warning, a refusal */
	struct fault by;  /* how; its code, file and line are not looked at */
};

/* --- the table ------------------------------------------------------------ */

static const struct attack attacks[] = {
	/* The beacon. */
	{ "a value with the right SHA-256 that nobody signed", VERIFY,
	    "beacon-forged", { .setting = DRAND, .plan = forged_beacon } },
	{ "a value with the right SHA-256 that nobody signed", AUDIT,
	    "beacon-forged", { .setting = DRAND, .plan = forged_beacon } },
	{ "a relay serves another round's signature", VERIFY, "beacon-forged",
	    { .setting = DRAND, .plan = another_round } },
	{ "a relay serves another round's signature", AUDIT, "beacon-forged",
	    { .setting = DRAND, .plan = another_round } },
	{ "it was down, so the next round was used", VERIFY, "beacon-differs",
	    { .setting = DRAND, .bend = next_round } },
	{ "it was down, so the next round was used", AUDIT, "beacon-differs",
	    { .setting = DRAND, .bend = next_round } },
	{ "a convenient round is declared", VERIFY, "beacon-time",
	    { .setting = DRAND, .plan = later_round } },
	{ "a convenient round is declared", AUDIT, "beacon-time",
	    { .setting = DRAND, .plan = later_round } },
	{ "a convenient time is declared", PARTY, "beacon-time",
	    { .plan = soon_beacon } },
	{ "the value is known while secrets are still given", AUDIT,
	    "beacon-early", { .bend = beacon_early } },
	{ "a second value is put after the first", AUDIT, "draw-event",
	    { .bend = second_beacon } },
	{ "a second value is attested", AUDIT, "value-twice",
	    { .bend = dispute } },
	{ "a value that can be guessed", VERIFY, "low-entropy",
	    { .plan = low_entropy } },
	{ "a value that can be guessed, where that will not do", VERIFY,
	    "level-low", { .plan = low_entropy, .spoil = at_least_b } },
	{ "a template the policy does not have", PARTY, "policy-template",
	    { .plan = own_template } },
	{ "no time for the seal to be witnessed", PARTY, "policy-delay",
	    { .plan = short_delay } },

	/* The roster. */
	{ "the roster is swapped", VERIFY, "digest-roster",
	    { .file = "roster.txt",
		.edit = { "E00000002 1", "E00000002 2" } } },
	{ "the roster is swapped in the log", AUDIT, "digest-roster",
	    { .bend = roster_weight } },
	{ "the roster is swapped before a secret is given", PARTY,
	    "digest-roster",
	    { .file = "roster.txt",
		.edit = { "E00000002 1", "E00000002 2" } } },
	{ "another roster follows the lock", AUDIT, "draw-event",
	    { .bend = roster_after_lock } },
	{ "the exclusions are swapped", VERIFY, "digest-excluded",
	    { .file = "excluded.txt", .edit = { "affiliated", "suspended" } } },
	{ "the favourite is let in though excluded", VERIFY, "excluded-entered",
	    { .plan = excluded_first } },
	{ "nearly everybody is turned away", PARTY, "policy-entrants",
	    { .plan = few } },
	{ "the objection window is over before the draft", PARTY,
	    "draft-window", { .plan = late_draft } },

	/* Commitments and reveals. */
	{ "a party copies another's commitment", PARTY, "copied",
	    { .plan = copied } },
	{ "a party opens another's commitment", VERIFY, "commit-party",
	    { .plan = names_other } },
	{ "a party opens another's commitment", AUDIT, "commit-party",
	    { .plan = names_other } },
	{ "a party signs two commitments", AUDIT, "committed-twice",
	    { .bend = commit_twice } },
	{ "somebody commits in a party's name", AUDIT, "commit-signature",
	    { .plan = wrong_signer } },
	{ "somebody commits in a party's name", VERIFY, "commit-signature",
	    { .plan = wrong_signer } },
	{ "a commitment in time is left out of the lock", VERIFY,
	    "commitment-left-out", { .plan = absent_left_out } },
	{ "a commitment in time is left out of the lock", AUDIT,
	    "commitment-left-out", { .plan = absent_left_out } },
	{ "a commitment in time is left out of the lock", PARTY,
	    "commitment-left-out", { .plan = absent_left_out } },
	{ "our own commitment is kept from the log", PARTY, "own-absent",
	    { .plan = own_censored } },
	{ "our own commitment is altered", PARTY, "own-differs",
	    { .file = "lock.txt", .flip = "commit supervisor " } },
	{ "the lock is set while commitments still come", AUDIT, "lock-early",
	    { .bend = lock_early } },
	{ "a reveal is taken before the lock", AUDIT, "reveal-early",
	    { .bend = reveal_early } },
	{ "a reveal is left out of the seal", VERIFY, "reveal-left-out",
	    { .plan = withheld_left_out } },
	{ "a reveal is left out of the seal", AUDIT, "reveal-left-out",
	    { .plan = withheld_left_out } },
	{ "a reveal is taken too late", VERIFY, "reveal-late",
	    { .bend = reveal_late } },
	{ "a reveal is taken too late", AUDIT, "reveal-late",
	    { .bend = reveal_late } },
	{ "a secret is withheld once the value is known", VERIFY, "seal-late",
	    { .plan = withholds, .bend = seal_late } },
	{ "a secret is withheld once the value is known", AUDIT, "seal-late",
	    { .plan = withholds, .bend = seal_late } },
	{ "another seal follows the first", AUDIT, "draw-event",
	    { .bend = second_seal } },
	{ "without a beacon the operator looks first", AUDIT,
	    "operator-not-first",
	    { .setting = NONE, .bend = operator_not_first } },
	{ "without a beacon the operator looks first", VERIFY,
	    "operator-not-first",
	    { .setting = NONE, .bend = operator_not_first } },
	{ "one makes the secrets of two", VERIFY, "secret-twice",
	    { .plan = same_secret } },
	{ "one makes the secrets of two", AUDIT, "secret-twice",
	    { .plan = same_secret } },
	{ "a secret that is known is used again", VERIFY, "secret-reused",
	    { .setting = AGAIN, .plan = old_secret } },
	{ "a secret that is known is used again", AUDIT, "secret-reused",
	    { .setting = AGAIN, .plan = old_secret } },
	{ "a party is the operator's sock puppet", VERIFY, "party-unverified",
	    { .spoil = owner_unknown } },
	{ "a party is the operator's sock puppet", PARTY, "party-key",
	    { .spoil = owner_is_another } },

	/* The result, and drawing until it fits. */
	{ "another ranking is shown", AUDIT, "result-differs",
	    { .plan = other_select } },
	{ "another ranking is shown", VERIFY, "result-differs",
	    { .plan = other_select } },
	{ "a second result follows", AUDIT, "draw-event",
	    { .bend = second_result } },
	{ "the draw is declared anew under way", AUDIT, "draw-event",
	    { .bend = redeclared } },
	{ "two draws for one attempt, and the lucky one shown", AUDIT,
	    "declared-twice", { .setting = AGAIN, .plan = same_attempt } },
	{ "an attempt is passed over", AUDIT, "attempt-gap",
	    { .setting = AGAIN, .plan = gap } },
	{ "an attempt is passed over", VERIFY, "file-missing",
	    { .setting = AGAIN, .plan = gap } },
	{ "drawn again though a result stands", VERIFY, "previous-stands",
	    { .setting = AGAIN, .first = not_annulled } },
	{ "drawn again though a result stands", AUDIT, "previous-stands",
	    { .setting = AGAIN, .first = not_annulled } },
	{ "cancelled when it was known, which is denied", VERIFY, "known-false",
	    { .plan = cancelled_unknown } },
	{ "cancelled when it was known, which is denied", AUDIT, "known-false",
	    { .plan = cancelled_unknown } },
	{ "cancelled when it was known, with a closing dated back", VERIFY,
	    "known-false",
	    { .plan = cancelled_unknown, .bend = close_backdated } },
	{ "the closing is dated back behind the seal", VERIFY, "log-order",
	    { .bend = close_before_seal } },
	{ "the closing is dated back behind the seal", AUDIT, "log-order",
	    { .bend = close_before_seal } },
	{ "cancelled when it was known, and drawn again", VERIFY,
	    "redrawn-known", { .setting = AGAIN, .first = cancelled_first } },
	{ "cancelled, dated back, shown to no witness, and drawn again", VERIFY,
	    "redrawn-known",
	    { .setting = AGAIN,
		.first = cancelled_unwitnessed,
		.bend = first_close_backdated } },
	{ "a party withholds, so that it is drawn again", VERIFY,
	    "redrawn-withheld", { .setting = AGAIN, .first = party_voids } },
	{ "the winner is replaced by who was not next", VERIFY, "replace-in",
	    { .plan = wrong_in } },
	{ "the winner is replaced by who was not next", AUDIT, "replace-in",
	    { .plan = wrong_in } },

	/* The log and its witnesses. */
	{ "a log of other keys", VERIFY, "log-untrusted",
	    { .spoil = other_log_key } },
	{ "a pack that vouches for itself", VERIFY, "keys-not-anchored",
	    { .spoil = nobodys_keys } },
	{ "the log is forked, and its witnesses sign both", VERIFY,
	    "checkpoint-tree", { .spoil = fork_at_lock } },
	{ "the log is rolled back", VERIFY, "checkpoint-tree",
	    { .spoil = roll_back } },
	{ "only one view was witnessed, and another is shown", VERIFY,
	    "close-unwitnessed", { .plan = closing_not_cosigned } },
	{ "a cosignature is forged", VERIFY, "checkpoint-witness",
	    { .spoil = forge_cosignature } },
	{ "one witness of two lies about the time", VERIFY,
	    "declare-unwitnessed",
	    { .plan = two_must_cosign, .spoil = one_lies_of_time } },
	{ "all the server has is written anew", VERIFY, "declare-unwitnessed",
	    { .plan = never_cosigned } },
	{ "all the server has is written anew", PARTY, "not-witnessed",
	    { .plan = never_cosigned } },
	{ "there were never to be witnesses", VERIFY, "unwitnessed",
	    { .plan = no_quorum } },
};

/* --- who sees it ---------------------------------------------------------- */

static bool has_cap(const struct trial *trial, const char *word)
{
	for (int i = 0; i < KL_CAP_COUNT; i++)
		if (trial->report.caps[i] && strcmp(kl_cap_word(i), word) == 0)
			return true;
	return false;
}

static bool has_warned(const struct trial *trial, const char *word)
{
	const struct kl_warning *warnings;
	size_t count = kl_pack_warnings(&trial->report, &warnings);

	for (size_t i = 0; i < count; i++)
		if (strcmp(kl_warning_word(warnings[i].code), word) == 0)
			return true;
	return false;
}

static bool verifier_sees(const struct attack *attack)
{
	struct trial trial = begin();
	const char *first = "nothing";
	bool seen;

	verify_fault(&trial, &attack->by);
	if (trial.report.finding_count > 0) {
		first = kl_finding_word(trial.report.findings[0].code);
		seen = strcmp(first, attack->word) == 0;
	} else {
		seen = has_cap(&trial, attack->word) ||
		       has_warned(&trial, attack->word);
	}
	if (!seen)
		print_error("verify: %s: %s\n", attack->what, first);
	end(&trial);
	return seen;
}

static bool auditor_sees(const struct attack *attack)
{
	const struct audit_case one = { .setting = attack->by.setting,
		.plan = attack->by.plan,
		.first = attack->by.first,
		.bend = attack->by.bend };
	struct world *world = audit_world(&one);
	bool seen;

	run_audit(world);
	seen = audit.finding_count > 0 &&
	       strcmp(audit.findings[0].code, attack->word) == 0;
	if (!seen) {
		print_error("audit: %s\n", attack->what);
		print_findings();
	}
	world_close(world);
	return seen;
}

/* Before it commits as before it reveals: whenever there is something to see,
 * and at the latest before its secret is gone. */
static bool party_sees(const struct attack *attack)
{
	struct plan plan = plan_locked();
	struct trial trial = { .world = NULL };
	const struct kl_finding *finding;
	struct party party;
	const char *word;
	bool seen;

	if (attack->by.plan)
		attack->by.plan(&plan);
	party = open_party(&plan, attack->by.bend);
	sign_own(&party);
	trial.world = party.world;
	if (attack->by.spoil)
		attack->by.spoil(&trial);
	if (attack->by.edit[0])
		edit_file(party.world, attack->by.file, attack->by.edit[0],
		    attack->by.edit[1]);
	if (attack->by.flip)
		flip_digit(party.world, attack->by.file, attack->by.flip);
	word = kl_party_word(ask(&party));
	finding = kl_party_finding(&party.report);
	if (party.told.code == KL_PARTY_FINDING)
		word = kl_finding_word(finding->code);
	seen = strcmp(word, attack->word) == 0;
	if (!seen)
		print_error("party: %s: %s\n", attack->what, word);
	close_party(&party);
	return seen;
}

static void each_attack_is_seen(void **state)
{
	static bool (*const see[])(const struct attack *attack) = {
		[VERIFY] = verifier_sees,
		[AUDIT] = auditor_sees,
		[PARTY] = party_sees,
	};
	size_t missed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(attacks) / sizeof(*attacks); i++)
		missed += !see[attacks[i].who](&attacks[i]);
	assert_int_equal(missed, 0);
}

/*
 * Not from what lib is given alone:
 * - a commitment that was taken against a receipt and never logged: whoever
 *   holds the receipt looks its entry up in the log, klero party;
 * - two views of the log, each with a quorum of its own, a log that is shorter
 *   than it was: whoever has seen the other, klero party, klero witness;
 * - all rewritten where the quorum is 0 or all witnesses lie: the receipts;
 * - reveals dated back after the beacon by operator and witnesses together;
 * - another project's name for the same thing, another log of the operator,
 *   shell firms on the roster: people.
 */

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_attack_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
