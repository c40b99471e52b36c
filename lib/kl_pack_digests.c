/* The third pass: what one text says of another. */
#include "kl_pack_private.h"

#include <stdio.h>
#include <string.h>

static bool is_there(
    const struct kl_pack_attempt *attempt, enum kl_pack_text text)
{
	return attempt->texts[text] != NULL;
}

/* The digest that stands in `file` on `line` must be that of `text`. */
static void check_digest(struct kl_pack_attempt *attempt,
    enum kl_finding_code code, enum kl_pack_text text,
    const struct kl_hash *said, const char *file, size_t line)
{
	if (!kl_hash_equal(said, &attempt->hashes[text]))
		kl_pack_find(attempt, code, file, line);
}

/* --- the freeze ----------------------------------------------------------- */

static void check_declared(struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;
	const struct {
		enum kl_finding_code code;
		enum kl_pack_text text;
		const struct kl_hash *said;
		enum kl_declare_line line;
	} digests[] = {
		{ KL_FINDING_DIGEST_NOTICE, KL_PACK_NOTICE, &declare->notice,
		    KL_DECLARE_NOTICE },
		{ KL_FINDING_DIGEST_POLICY, KL_PACK_POLICY, &declare->policy,
		    KL_DECLARE_POLICY },
		{ KL_FINDING_DIGEST_DRAFT, KL_PACK_DRAFT, &declare->draft,
		    KL_DECLARE_DRAFT },
		{ KL_FINDING_DIGEST_ROSTER, KL_PACK_ROSTER, &declare->roster,
		    KL_DECLARE_ROSTER },
		{ KL_FINDING_DIGEST_NAMES, KL_PACK_NAMES, &declare->names,
		    KL_DECLARE_NAMES },
		{ KL_FINDING_DIGEST_EXCLUDED, KL_PACK_EXCLUDED,
		    &declare->excluded, KL_DECLARE_EXCLUDED },
	};

	/* Without draft.txt the draft is the roster: presence has seen to
	 * that, both digests are one. */
	for (size_t i = 0; i < sizeof(digests) / sizeof(*digests); i++)
		if (is_there(attempt, digests[i].text))
			check_digest(attempt, digests[i].code, digests[i].text,
			    digests[i].said, kl_pack_name(KL_PACK_DECLARE),
			    kl_declare_line(declare, digests[i].line));
}

static void check_draw(struct kl_pack_attempt *attempt, struct kl_span draw,
    enum kl_pack_text text)
{
	if (is_there(attempt, text) &&
	    !kl_span_equal(draw, attempt->declare.draw))
		kl_pack_find_in(attempt, KL_FINDING_DRAW_DIFFERS, text, 2);
}

/* The project is the notice's project_code, where there is one. */
static void check_project(struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;
	const json_t *code = json_object_get(attempt->notice, "project_code");

	if (!code || json_typeof(code) == JSON_NULL)
		return;
	if (json_typeof(code) != JSON_STRING ||
	    !kl_span_is(declare->project, json_string_value(code)))
		kl_pack_find_in(attempt, KL_FINDING_PROJECT_DIFFERS,
		    KL_PACK_DECLARE,
		    kl_declare_line(declare, KL_DECLARE_PROJECT));
}

/* One name for each entry, in the same order. */
static void check_names(struct kl_pack_attempt *attempt)
{
	const struct kl_roster *roster = &attempt->roster;
	const struct kl_names *names = &attempt->names;
	size_t i = 0;

	while (i < roster->count && i < names->count &&
	       kl_span_equal(roster->entries[i].id, names->entries[i].id))
		i++;
	if (i < roster->count || i < names->count)
		kl_pack_find_in(
		    attempt, KL_FINDING_NAMES_DIFFER, KL_PACK_NAMES, i + 1);
}

static void check_excluded(struct kl_pack_attempt *attempt)
{
	const struct kl_excluded *excluded = &attempt->excluded;

	for (size_t i = 0; i < excluded->count; i++)
		if (kl_roster_find(&attempt->roster, excluded->entries[i].id))
			kl_pack_find_in(attempt, KL_FINDING_EXCLUDED_ENTERED,
			    KL_PACK_EXCLUDED, kl_entry_line(i));
}

/* --- the secrets ---------------------------------------------------------- */

static void check_declare(struct kl_pack_attempt *attempt, const char *file,
    const struct kl_hash *said)
{
	check_digest(attempt, KL_FINDING_DECLARE_DIFFERS, KL_PACK_DECLARE, said,
	    file, 2);
}

/* The lock has a line for each party, as declared; the required are there. */
static void check_lock(struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;
	const struct kl_lock *lock = &attempt->lock;

	check_declare(attempt, kl_pack_name(KL_PACK_LOCK), &lock->declare);
	for (size_t i = 0; i < lock->count || i < declare->party_count; i++) {
		if (i >= lock->count || i >= declare->party_count ||
		    !kl_span_equal(
			lock->parties[i].party, declare->parties[i].id)) {
			kl_pack_find_in(attempt, KL_FINDING_LOCK_PARTIES,
			    KL_PACK_LOCK, kl_lock_line(i));
			return;
		}
		if (lock->parties[i].absent && declare->parties[i].required)
			kl_pack_find_in(attempt, KL_FINDING_LOCK_ABSENT,
			    KL_PACK_LOCK, kl_lock_line(i));
	}
}

/* Whatever the seal says of its party, each is for this declaration. */
static void check_commits(struct kl_pack_attempt *attempt)
{
	for (size_t i = 0; i < attempt->declare.party_count; i++) {
		const struct kl_pack_commit *commit = &attempt->commits[i];
		struct kl_span party = attempt->declare.parties[i].id;
		char name[KL_PARTY_ID_SIZE_MAX + 16];

		if (!commit->file)
			continue;
		snprintf(name, sizeof(name), "commit-%.*s.txt", (int)party.size,
		    party.at);
		check_declare(attempt, name, &commit->commit.declare);
	}
}

static void check_reveal(struct kl_pack_attempt *attempt, size_t i)
{
	const struct kl_pack_commit *commit = &attempt->commits[i];
	const struct kl_locked *locked = &attempt->lock.parties[i];
	const struct kl_sealed *sealed = &attempt->seal.parties[i];
	struct kl_span party = attempt->declare.parties[i].id;
	char name[KL_PARTY_ID_SIZE_MAX + 16];

	if ((sealed->reveal == KL_ABSENT) != locked->absent)
		kl_pack_find_in(attempt, KL_FINDING_SEAL_ABSENT, KL_PACK_SEAL,
		    kl_seal_line(i));
	/* A secret in the seal has its file: presence has seen to that. */
	if (sealed->reveal != KL_REVEALED)
		return;
	snprintf(
	    name, sizeof(name), "commit-%.*s.txt", (int)party.size, party.at);
	if (!kl_span_equal(commit->commit.party, party))
		kl_pack_find(attempt, KL_FINDING_COMMIT_PARTY, name, 3);
	if (!kl_hash_equal(&commit->hash, &locked->commit))
		kl_pack_find_in(attempt, KL_FINDING_DIGEST_COMMIT, KL_PACK_LOCK,
		    kl_lock_line(i));
	if (memcmp(&commit->commit.secret, &sealed->secret,
		sizeof(sealed->secret)) != 0)
		kl_pack_find_in(attempt, KL_FINDING_SEAL_SECRET, KL_PACK_SEAL,
		    kl_seal_line(i));
}

static void check_seal(struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;
	const struct kl_seal *seal = &attempt->seal;

	check_declare(attempt, kl_pack_name(KL_PACK_SEAL), &seal->declare);
	check_digest(attempt, KL_FINDING_DIGEST_LOCK, KL_PACK_LOCK, &seal->lock,
	    kl_pack_name(KL_PACK_SEAL), 3);
	check_commits(attempt);
	for (size_t i = 0; i < seal->count || i < declare->party_count; i++) {
		if (i >= seal->count || i >= declare->party_count ||
		    !kl_span_equal(
			seal->parties[i].party, declare->parties[i].id)) {
			kl_pack_find_in(attempt, KL_FINDING_SEAL_PARTIES,
			    KL_PACK_SEAL, kl_seal_line(i));
			return;
		}
		if (i < attempt->lock.count)
			check_reveal(attempt, i);
	}
}

/* --- the rest ------------------------------------------------------------- */

void kl_pack_check_after_digests(struct kl_pack_attempt *attempt)
{
	const struct kl_pack_replace *replaces =
	    (const struct kl_pack_replace *)attempt->replaces.data;

	for (size_t i = 0; i < attempt->replace_count; i++) {
		char name[40];

		if (i == 0)
			snprintf(name, sizeof(name), "replace.txt");
		else
			snprintf(name, sizeof(name), "replace-%zu.txt", i + 1);
		check_digest(attempt, KL_FINDING_DIGEST_CLOSE, KL_PACK_CLOSE,
		    &replaces[i].replace.close, name, 2);
	}
	if (is_there(attempt, KL_PACK_ANNUL))
		check_digest(attempt, KL_FINDING_DIGEST_CLOSE, KL_PACK_CLOSE,
		    &attempt->annul.close, kl_pack_name(KL_PACK_ANNUL), 2);
}

static void check_chain(struct kl_pack_attempt *attempt)
{
	if (is_there(attempt, KL_PACK_BEACON))
		check_declare(attempt, kl_pack_name(KL_PACK_BEACON),
		    &attempt->beacon.declare);
	if (is_there(attempt, KL_PACK_PULSE))
		check_digest(attempt, KL_FINDING_DIGEST_PULSE, KL_PACK_PULSE,
		    &attempt->beacon.pulse, kl_pack_name(KL_PACK_BEACON), 3);
	if (is_there(attempt, KL_PACK_SEED))
		check_digest(attempt, KL_FINDING_DIGEST_SEAL, KL_PACK_SEAL,
		    &attempt->seed.seal, kl_pack_name(KL_PACK_SEED), 2);
	if (is_there(attempt, KL_PACK_RESULT))
		check_digest(attempt, KL_FINDING_DIGEST_SEED, KL_PACK_SEED,
		    &attempt->ranking.seed, kl_pack_name(KL_PACK_RESULT), 2);
	if (!is_there(attempt, KL_PACK_CLOSE))
		return; /* a log may tell of one that is not over */
	if (is_there(attempt, KL_PACK_RESULT))
		check_digest(attempt, KL_FINDING_DIGEST_RESULT, KL_PACK_RESULT,
		    &attempt->close.detail, kl_pack_name(KL_PACK_CLOSE), 5);
	check_declare(
	    attempt, kl_pack_name(KL_PACK_CLOSE), &attempt->close.declare);
}

void kl_pack_check_digests(struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;

	check_draw(attempt, attempt->roster.draw, KL_PACK_ROSTER);
	check_draw(attempt, attempt->draft.draw, KL_PACK_DRAFT);
	check_draw(attempt, attempt->excluded.draw, KL_PACK_EXCLUDED);
	check_declared(attempt);
	check_project(attempt);
	check_names(attempt);
	check_excluded(attempt);
	if (declare->select > attempt->roster.count)
		kl_pack_find_in(attempt, KL_FINDING_SELECT_ENTRIES,
		    KL_PACK_DECLARE,
		    kl_declare_line(declare, KL_DECLARE_SELECT));
	if (is_there(attempt, KL_PACK_LOCK))
		check_lock(attempt);
	if (is_there(attempt, KL_PACK_SEAL))
		check_seal(attempt);
	check_chain(attempt);
	kl_pack_check_after_digests(attempt);
}
