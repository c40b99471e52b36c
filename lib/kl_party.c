#include "kl_party.h"

#include "kl_pack_private.h"

#include <string.h>

/* --- words ---------------------------------------------------------------- */

const char *kl_party_word(enum kl_party_code code)
{
	static const char *const words[] = {
#define WORD(name, word, way) word,
		KL_PARTY_CODES(WORD)
#undef WORD
	};

	return words[code];
}

enum kl_party_way kl_party_way(enum kl_party_code code)
{
	static const enum kl_party_way ways[] = {
#define WAY(name, word, way) KL_PARTY_##way,
		KL_PARTY_CODES(WAY)
#undef WAY
	};

	return ways[code];
}

/* --- what is asked -------------------------------------------------------- */

struct asking {
	const struct kl_party_asked *asked;
	struct kl_pack_attempt *attempt;
	struct kl_party_told *told;
};

static enum kl_party_code tell_of(
    const struct asking *asking, enum kl_party_code code, struct kl_span about)
{
	asking->told->about = about;
	return code;
}

static bool reveals(const struct asking *asking)
{
	return asking->asked->step == KL_PARTY_REVEALS;
}

/* What will only come later is no part of the question. */
static void take_texts(const struct asking *asking)
{
	struct kl_pack_attempt *attempt = asking->attempt;

	for (int i = 0; i < KL_PACK_TEXTS; i++) {
		bool asked_for = i <= KL_PACK_DECLARE || i == KL_PACK_DRAFT ||
				 (i == KL_PACK_LOCK && reveals(asking));

		if (asked_for)
			attempt->texts[i] =
			    kl_pack_use(attempt, kl_pack_name(i));
		if (attempt->texts[i])
			attempt->hashes[i] = kl_hash_of(
			    attempt->texts[i]->bytes, attempt->texts[i]->size);
	}
}

/* Of these one waits that they go away: witnesses take their time. */
static bool is_waited_for(enum kl_finding_code code)
{
	return code == KL_FINDING_DECLARE_UNWITNESSED ||
	       code == KL_FINDING_LOCK_UNWITNESSED ||
	       code == KL_FINDING_CLOSE_UNWITNESSED;
}

const struct kl_finding *kl_party_finding(const struct kl_pack_report *report)
{
	for (size_t i = 0; i < report->finding_count; i++)
		if (!is_waited_for(report->findings[i].code))
			return &report->findings[i];
	return NULL;
}

static enum kl_party_code find(const struct asking *asking)
{
	const struct kl_pack_report *report = asking->attempt->report;
	const struct kl_finding *finding = kl_party_finding(report);

	if (finding)
		return tell_of(
		    asking, KL_PARTY_FINDING, kl_span_of(finding->file));
	return report->finding_count > 0 ? KL_PARTY_NOT_WITNESSED
					 : KL_PARTY_GOOD;
}

/* --- what must be there --------------------------------------------------- */

static bool has_draft(const struct kl_pack_attempt *attempt)
{
	return attempt->texts[KL_PACK_DRAFT] ||
	       kl_hash_equal(&attempt->declare.draft, &attempt->declare.roster);
}

static enum kl_party_code check_texts(const struct asking *asking)
{
	const struct kl_pack_attempt *attempt = asking->attempt;

	if (!kl_span_equal(attempt->declare.draw, asking->asked->draw))
		return KL_PARTY_DRAW_OTHER;
	for (int i = 0; i < KL_PACK_DECLARE; i++)
		if (!attempt->texts[i])
			return tell_of(asking, KL_PARTY_TEXT_MISSING,
			    kl_span_of(kl_pack_name(i)));
	if (!has_draft(attempt))
		return tell_of(asking, KL_PARTY_TEXT_MISSING,
		    kl_span_of(kl_pack_name(KL_PACK_DRAFT)));
	if (reveals(asking) && !attempt->texts[KL_PACK_LOCK])
		return KL_PARTY_NOT_LOCKED;
	return KL_PARTY_GOOD;
}

/* An entry comes with its proof; the marks are there. */
static enum kl_party_code check_files(const struct asking *asking)
{
	const struct kl_pack_attempt *attempt = asking->attempt;
	const struct kl_pack_leaf *leaves =
	    (const struct kl_pack_leaf *)attempt->leaves.data;

	for (size_t i = 0; i < attempt->leaf_count; i++)
		if (leaves[i].leaf && !leaves[i].proof_file)
			return tell_of(asking, KL_PARTY_NOT_LOGGED,
			    kl_span_of(leaves[i].leaf->name));
	for (int i = 0; i <= KL_PACK_CLOSED; i++)
		if (i != KL_PACK_SEALED && !attempt->marks[i].file &&
		    (i != KL_PACK_LOCKED || reveals(asking)))
			return tell_of(asking, KL_PARTY_NOT_LOGGED,
			    kl_span_of(kl_pack_mark_name(i)));
	return KL_PARTY_GOOD;
}

/* Each text of the freeze is an entry, and so is every commitment of the
 * lock: that they are sound, the pass of the log has found. */
static enum kl_party_code check_logged(const struct asking *asking)
{
	static const enum kl_pack_event events[] = { KL_EVENT_DRAFTED,
		KL_EVENT_ROSTER, KL_EVENT_NAMES, KL_EVENT_EXCLUDED,
		KL_EVENT_DECLARED, KL_EVENT_LOCKED };
	const struct kl_pack_attempt *attempt = asking->attempt;
	const struct kl_lock *lock = &attempt->lock;
	size_t count =
	    sizeof(events) / sizeof(*events) - (reveals(asking) ? 0 : 1);

	for (size_t i = 0; i < count; i++)
		if (!kl_pack_leaf_of(attempt, events[i], 0))
			return KL_PARTY_NOT_LOGGED;
	for (size_t i = 0; i < lock->count; i++)
		if (!lock->parties[i].absent &&
		    !kl_pack_leaf_of(attempt, KL_EVENT_COMMITTED, i))
			return tell_of(asking, KL_PARTY_NOT_LOGGED,
			    lock->parties[i].party);
	return KL_PARTY_GOOD;
}

/* --- the party itself ----------------------------------------------------- */

/* Does the trust name this party, but with other keys alone? */
static bool has_other_key(
    const struct kl_trust *trust, const struct kl_party *party)
{
	bool named = false;

	for (size_t i = 0; trust && i < trust->party_count; i++)
		named |= kl_span_equal(trust->parties[i].id, party->id);
	return named && !kl_trust_has_party(trust, party->id, &party->key);
}

static enum kl_party_code check_parties(const struct asking *asking)
{
	const struct kl_party_asked *asked = asking->asked;
	const struct kl_declare *declare = &asking->attempt->declare;

	for (size_t i = 0; i < declare->party_count; i++)
		if (kl_public_key_equal(&declare->parties[i].key, asked->key))
			asking->told->party = i;
	if (asking->told->party == SIZE_MAX)
		return KL_PARTY_NOT_A_PARTY;
	for (size_t i = 0; i < declare->party_count; i++)
		if (has_other_key(asked->pack->trust, &declare->parties[i]))
			return tell_of(
			    asking, KL_PARTY_PARTY_KEY, declare->parties[i].id);
	if (asked->roster && !kl_hash_equal(asked->roster, &declare->roster))
		return KL_PARTY_ROSTER_OTHER;
	return KL_PARTY_GOOD;
}

static bool is_own(
    const struct kl_party_asked *asked, const struct kl_locked *locked)
{
	return asked->has_own &&
	       kl_hash_equal(&asked->commit, &locked->commit) &&
	       memcmp(&asked->signature, &locked->signature,
		   sizeof(locked->signature)) == 0;
}

static enum kl_party_code check_copies(const struct asking *asking)
{
	const struct kl_lock *lock = &asking->attempt->lock;

	for (size_t i = 0; i < lock->count; i++)
		for (size_t j = 0; j < i; j++)
			if (!lock->parties[i].absent &&
			    !lock->parties[j].absent &&
			    kl_hash_equal(&lock->parties[i].commit,
				&lock->parties[j].commit))
				return tell_of(asking, KL_PARTY_COPIED,
				    lock->parties[i].party);
	return KL_PARTY_GOOD;
}

/* His own line of the lock, byte for byte. */
static enum kl_party_code check_lock(const struct asking *asking)
{
	const struct kl_pack_attempt *attempt = asking->attempt;
	struct kl_span id = attempt->declare.parties[asking->told->party].id;

	if (!reveals(asking))
		return KL_PARTY_GOOD;
	for (size_t i = 0; i < attempt->lock.count; i++) {
		const struct kl_locked *locked = &attempt->lock.parties[i];

		if (!kl_span_equal(locked->party, id))
			continue;
		if (locked->absent)
			return KL_PARTY_OWN_ABSENT;
		return is_own(asking->asked, locked) ? check_copies(asking)
						     : KL_PARTY_OWN_DIFFERS;
	}
	return KL_PARTY_OWN_ABSENT;
}

/* What the log has of him: his commitment, or what passes for it. */
static enum kl_party_code check_committed(const struct asking *asking)
{
	struct kl_party_told *told = asking->told;
	const struct kl_pack_leaf *leaf =
	    kl_pack_leaf_of(asking->attempt, KL_EVENT_COMMITTED, told->party);
	struct kl_locked said = { .absent = false };
	const char *commit, *sign;

	told->revealed = kl_pack_leaf_of(asking->attempt, KL_EVENT_REVEALED,
			     told->party) != NULL;
	if (!leaf)
		return KL_PARTY_GOOD;
	/* Sound: its data have been read before. */
	commit = json_string_value(json_object_get(leaf->entry.data, "commit"));
	sign =
	    json_string_value(json_object_get(leaf->entry.data, "signature"));
	told->committed =
	    !kl_unhex(
		commit, strlen(commit), said.commit.bytes, KL_HASH_SIZE) &&
	    !kl_signature_read(sign, strlen(sign), &said.signature) &&
	    is_own(asking->asked, &said);
	return told->committed ? KL_PARTY_GOOD : KL_PARTY_COMMIT_OTHER;
}

/* --- time and witnesses --------------------------------------------------- */

/* Also whom he trusts must have cosigned, whatever was declared. */
static enum kl_party_code check_quorum(
    const struct asking *asking, enum kl_pack_mark mark)
{
	struct kl_note_verdict verdicts[KL_TRUST_WITNESSES_MAX];
	struct kl_pack_attempt *attempt = asking->attempt;
	enum kl_result result = kl_trust_quorum(
	    asking->asked->pack->trust, &attempt->marks[mark].note, verdicts);

	if (result == KL_NO_MEMORY)
		attempt->result = result;
	return result ? KL_PARTY_NOT_WITNESSED : KL_PARTY_GOOD;
}

/* The log cannot be ahead of a clock that is right. */
static enum kl_party_code check_clock(const struct asking *asking,
    enum kl_pack_event event, enum kl_pack_mark mark)
{
	const struct kl_pack_attempt *attempt = asking->attempt;
	int64_t latest = asking->asked->now + KL_PARTY_SKEW_S;

	if (kl_pack_leaf_of(attempt, event, 0)->entry.at > latest ||
	    attempt->marks[mark].time > latest)
		return KL_PARTY_CLOCK;
	return check_quorum(asking, mark);
}

static enum kl_party_code check_commit(const struct asking *asking)
{
	enum kl_party_code code =
	    check_clock(asking, KL_EVENT_DECLARED, KL_PACK_DECLARED);

	if (code || asking->told->committed)
		return code;
	return asking->asked->now < asking->attempt->declare.commit_by
		   ? KL_PARTY_GOOD
		   : KL_PARTY_COMMIT_LATE;
}

/* Without a beacon nobody reveals before the operator. protocol §3.4. */
static bool waits_for_operator(const struct asking *asking)
{
	const struct kl_pack_attempt *attempt = asking->attempt;
	size_t leader =
	    kl_declare_party(&attempt->declare, kl_span_of("operator"));

	return attempt->declare.beacon.kind == KL_BEACON_NONE &&
	       asking->told->party != leader &&
	       !kl_pack_leaf_of(attempt, KL_EVENT_REVEALED, leader);
}

static enum kl_party_code check_reveal(const struct asking *asking)
{
	enum kl_party_code code =
	    check_clock(asking, KL_EVENT_LOCKED, KL_PACK_LOCKED);

	if (!code)
		code = check_quorum(asking, KL_PACK_DECLARED);
	if (code || asking->told->revealed)
		return code;
	if (asking->asked->now >= asking->attempt->declare.reveal_by)
		return KL_PARTY_REVEAL_LATE;
	return waits_for_operator(asking) ? KL_PARTY_OPERATOR_FIRST
					  : KL_PARTY_GOOD;
}

static enum kl_party_code check_step(const struct asking *asking)
{
	return reveals(asking) ? check_reveal(asking) : check_commit(asking);
}

/* --- all of it ------------------------------------------------------------ */

static enum kl_party_code check_forms(const struct asking *asking)
{
	struct kl_pack_attempt *attempt = asking->attempt;
	struct kl_party_told *told = asking->told;

	take_texts(asking);
	if (!attempt->texts[KL_PACK_DECLARE])
		return KL_PARTY_NOT_DECLARED;
	kl_pack_check_forms(attempt);
	told->has_declare = attempt->sound[KL_PACK_DECLARE];
	told->declare = attempt->declare;
	told->declare_hash = attempt->hashes[KL_PACK_DECLARE];
	/* Nothing is closed: what asks for the text of it is content. */
	attempt->close.declare = told->declare_hash;
	return find(asking);
}

static enum kl_party_code check_pack(const struct asking *asking)
{
	struct kl_pack_attempt *attempt = asking->attempt;

	kl_pack_check_digests(attempt);
	kl_pack_check_policy(attempt);
	kl_pack_check_keys(attempt);
	kl_pack_check_times(attempt);
	kl_pack_check_log(attempt);
	return find(asking);
}

/* In this order: what concerns him most comes first. */
static enum kl_party_code check(const struct asking *asking)
{
	static enum kl_party_code (*const checks[])(
	    const struct asking *asking) = { check_forms, check_texts,
		check_parties, check_lock, check_files, check_pack,
		check_logged, check_committed, check_step };
	enum kl_party_code code = KL_PARTY_GOOD;

	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		code = checks[i](asking);
		if (code || asking->attempt->result)
			break;
	}
	return code;
}

enum kl_result kl_party_check(const struct kl_file files[], size_t count,
    const struct kl_party_asked *asked, struct kl_pack_report *report,
    struct kl_party_told *told)
{
	struct kl_pack_index index;
	struct kl_pack_attempt attempt = {
		.options = asked->pack, .index = &index, .report = report
	};
	struct asking asking = { asked, &attempt, told };
	enum kl_result result = kl_pack_index_make(&index, files, count);

	*report = (struct kl_pack_report){
		.warnings = KL_BUF(SIZE_MAX / 2),
		.attempts = KL_BUF(0),
		.awards = KL_BUF(0),
	};
	*told = (struct kl_party_told){ .party = SIZE_MAX };
	if (!result) {
		told->code = check(&asking);
		result = attempt.result;
		kl_pack_clear(&attempt);
	}
	kl_pack_index_clear(&index);
	return result;
}

/* --- receipts ------------------------------------------------------------- */

/* A text member of the data; "" when there is none. */
static const char *text_of(const struct kl_leaf *leaf, const char *name)
{
	const char *text = json_string_value(json_object_get(leaf->data, name));

	return text ? text : "";
}

enum kl_result kl_party_receipt_key(const void *leaf, size_t size,
    const struct kl_note_key *log, struct kl_public_key *key)
{
	json_t *value = NULL;
	struct kl_leaf entry;
	struct kl_public_key log_key;
	const char *hex, *receipt;
	enum kl_result result = kl_leaf_read(leaf, size, &value, &entry);

	if (result)
		return result == KL_NO_MEMORY ? result : KL_MISMATCH;
	hex = text_of(&entry, "log_key");
	receipt = text_of(&entry, "receipt_key");
	if (strcmp(entry.kind, "log.opened") != 0 ||
	    strcmp(text_of(&entry, "origin"), log->name) != 0 ||
	    kl_public_key_read(hex, strlen(hex), &log_key) ||
	    !kl_public_key_equal(&log_key, &log->key) ||
	    kl_public_key_read(receipt, strlen(receipt), key))
		result = KL_MISMATCH;
	json_decref(value);
	return result;
}

enum kl_result kl_party_receipt_read(struct kl_receipt *receipt,
    struct kl_span text, struct kl_span signature,
    const struct kl_note_key *log, const struct kl_public_key *key)
{
	struct kl_signature bytes;

	if (kl_receipt_read(receipt, text.at, text.size, NULL) ||
	    kl_signature_read(signature.at, signature.size, &bytes))
		return KL_MALFORMED;
	if (!kl_span_is(receipt->origin, log->name))
		return KL_MISMATCH;
	return kl_verify(key, text.at, text.size, &bytes);
}
