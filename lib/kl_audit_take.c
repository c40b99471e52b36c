/* The events that say more than a text: declared, committed, revealed,
 * disputed. */
#include "kl_audit_private.h"

#include <string.h>

static void find(struct kl_audit_new *new, enum kl_audit_code code)
{
	kl_audit_find_entry(new->audit, code, new->draw, new->index);
}

static void find_pack(struct kl_audit_new *new, enum kl_finding_code code,
    const char *file, size_t line, const char *why)
{
	kl_audit_find_pack(new->audit, code,
	    &(struct kl_audit_place){
		new->draw, new->index, file, line, why, 0 });
}

/* --- a declaration in its project ----------------------------------------- */

static struct kl_audit_draw *draw_at(const struct kl_audit *audit, size_t place)
{
	return &((struct kl_audit_draw *)(void *)audit->draws.data)[place];
}

/* The attempt before this one: over, without a result that stands, and named
 * by its closing. protocol §3. */
static void check_previous(struct kl_audit_new *new,
    const struct kl_declare *declare, const struct kl_audit_draw *previous)
{
	const char *file = kl_pack_name(KL_PACK_DECLARE);
	bool is_over = previous->state == KL_AUDIT_CLOSED ||
		       previous->state == KL_AUDIT_ANNULLED;

	if (!is_over) {
		find_pack(new, KL_FINDING_PREVIOUS_ORDER, file,
		    KL_DECLARE_PREVIOUS, NULL);
		return;
	}
	if (!kl_hash_equal(&declare->previous, &previous->close))
		find_pack(new, KL_FINDING_DIGEST_PREVIOUS, file,
		    KL_DECLARE_PREVIOUS, NULL);
	if (previous->drawn && previous->state != KL_AUDIT_ANNULLED)
		find_pack(new, KL_FINDING_PREVIOUS_STANDS, file,
		    KL_DECLARE_PREVIOUS, NULL);
}

/* Of two declarations of one attempt the first counts. protocol §3. */
static enum kl_result join_project(
    struct kl_audit_new *new, const struct kl_declare *declare)
{
	struct kl_audit *audit = new->audit;
	struct kl_audit_key key =
	    kl_audit_key_of(audit, declare->project.at, declare->project.size);
	uint64_t *place = kl_audit_table_at(&audit->project_ids, &key);
	struct kl_audit_project made = { 0 }, *project;

	if (!place)
		return KL_NO_MEMORY;
	if (*place == 0) {
		kl_buf_add(&audit->projects, &made, sizeof(made));
		*place = audit->projects.size / sizeof(made);
	}
	if (kl_buf_result(&audit->projects))
		return kl_buf_result(&audit->projects);
	project = &((
	    struct kl_audit_project *)(void *)audit->projects.data)[*place - 1];
	if (declare->attempt <= project->attempt) {
		find(new, KL_AUDIT_DECLARED_TWICE);
		return KL_OK;
	}
	if (declare->attempt > project->attempt + 1)
		find(new, KL_AUDIT_ATTEMPT_GAP);
	else if (declare->attempt > 1)
		check_previous(new, declare, draw_at(audit, project->draw));
	project->attempt = declare->attempt;
	project->draw = (size_t)(new->draw - draw_at(audit, 0));
	return KL_OK;
}

/* One that cannot be read is there all the same: the draw rests on it. */
enum kl_result kl_audit_declared(struct kl_audit_new *new)
{
	struct kl_audit_text text;
	struct kl_declare declare;
	struct kl_fault fault;
	enum kl_result result;

	if (!kl_audit_has_text(new->leaf->data)) {
		new->refused = true;
		find(new, KL_AUDIT_DRAW_DATA);
		return KL_OK;
	}
	result = kl_audit_text_read(
	    new->audit, new->draw, new->index, new->leaf->data, &text);
	if (!result &&
	    kl_declare_read(&declare, text.text, text.size, &fault)) {
		find_pack(new, KL_FINDING_FORM_DECLARE,
		    kl_pack_name(KL_PACK_DECLARE), fault.line, fault.why);
		result = KL_MISMATCH;
	}
	if (!result) {
		new->draw->declare = kl_hash_of(text.text, text.size);
		new->audit->declared++;
		result = join_project(new, &declare);
	}
	if (!result)
		result = kl_audit_check_entrants(new, &declare);
	if (!result)
		result = kl_audit_keep(new, 0);
	if (result == KL_MISMATCH)
		new->draw->state = KL_AUDIT_UNREADABLE;
	kl_buf_clear(&text.apart);
	return result == KL_MISMATCH ? KL_OK : result;
}

/* --- what a draw has declared --------------------------------------------- */

enum kl_result kl_audit_told_read(struct kl_audit_new *new,
    enum kl_pack_event kind, struct kl_audit_told *told)
{
	const struct kl_audit_event *event =
	    kl_audit_event_of(new->draw, kind, 0);
	const uint8_t *bytes;
	struct kl_leaf leaf;
	size_t size;
	enum kl_result result;

	*told = (struct kl_audit_told){ .value = NULL };
	if (!event)
		return KL_MISMATCH;
	result = kl_audit_event_bytes(
	    new->audit, new->draw, event, &told->again, &bytes, &size);
	if (!result)
		result = kl_leaf_read(
		    (const char *)bytes, size, &told->value, &leaf);
	return result ? result
		      : kl_audit_text_read(new->audit, new->draw, event->index,
			    leaf.data, &told->text);
}

void kl_audit_told_clear(struct kl_audit_told *told)
{
	json_decref(told->value);
	kl_buf_clear(&told->again);
	kl_buf_clear(&told->text.apart);
}

/* It was read when it came; `declare` points into `told`. */
static enum kl_result read_declare(struct kl_audit_new *new,
    struct kl_audit_told *told, struct kl_declare *declare)
{
	enum kl_result result =
	    kl_audit_told_read(new, KL_EVENT_DECLARED, told);

	return result ? result
		      : kl_declare_read(
			    declare, told->text.text, told->text.size, NULL);
}

/* --- commitments ---------------------------------------------------------- */

struct commitment {
	size_t party;
	struct kl_hash commit;
	struct kl_signature signature;
};

/* KL_MALFORMED: other data. KL_RANGE: of nobody that was declared. */
static enum kl_result read_commitment(const struct kl_declare *declare,
    const json_t *data, struct commitment *commitment)
{
	const char *party, *commit, *signature;

	if (json_unpack((json_t *)data, "{s:s, s:s, s:s !}", "party", &party,
		"commit", &commit, "signature", &signature) != 0 ||
	    kl_unhex(commit, strlen(commit), commitment->commit.bytes,
		KL_HASH_SIZE) ||
	    kl_signature_read(
		signature, strlen(signature), &commitment->signature))
		return KL_MALFORMED;
	commitment->party = kl_declare_party(declare, kl_span_of(party));
	return commitment->party < declare->party_count ? KL_OK : KL_RANGE;
}

/* KL_MISMATCH: not signed. */
static enum kl_result check_signature(struct kl_audit_new *new,
    const struct kl_declare *declare, const struct commitment *commitment)
{
	const struct kl_party *party = &declare->parties[commitment->party];
	struct kl_commitment said = { new->draw->declare, party->id,
		commitment->commit };
	struct kl_buf statement = KL_BUF(KL_TEXT_SIZE_MAX);
	enum kl_result result = kl_commitment_write(&said, &statement);

	if (!result)
		result = kl_verify(&party->key, statement.data, statement.size,
		    &commitment->signature);
	kl_buf_clear(&statement);
	return result;
}

/* KL_MISMATCH: they are one, or one of them is not signed. */
static enum kl_result check_two(struct kl_audit_new *new,
    const struct kl_declare *declare, const struct commitment *before,
    const struct commitment *commitment)
{
	enum kl_result result;

	if (kl_hash_equal(&before->commit, &commitment->commit))
		return KL_MISMATCH;
	result = check_signature(new, declare, before);
	return result ? result : check_signature(new, declare, commitment);
}

/* Two different ones, both signed, prove that a party plays false. The same
 * one again, or one that anybody could have written, proves only that the log
 * does not keep its order. */
static enum kl_result commit_again(struct kl_audit_new *new,
    const struct kl_audit_event *first, const struct kl_declare *declare,
    const struct commitment *commitment)
{
	struct commitment before = { 0 };
	struct kl_buf again = KL_BUF(KL_LEAF_SIZE_MAX);
	json_t *value = NULL;
	struct kl_leaf leaf;
	const uint8_t *bytes;
	size_t size;
	enum kl_result result = kl_audit_event_bytes(
	    new->audit, new->draw, first, &again, &bytes, &size);

	if (!result)
		result = kl_leaf_read((const char *)bytes, size, &value, &leaf);
	if (!result)
		result = read_commitment(declare, leaf.data, &before);
	if (!result)
		result = check_two(new, declare, &before, commitment);
	if (!result)
		find(new, KL_AUDIT_COMMITTED_TWICE);
	else if (result == KL_MISMATCH)
		find(new, KL_AUDIT_DRAW_EVENT);
	json_decref(value);
	kl_buf_clear(&again);
	return result;
}

static enum kl_result take_commitment(struct kl_audit_new *new,
    const struct kl_declare *declare, const struct commitment *commitment)
{
	const struct kl_audit_event *first =
	    kl_audit_event_of(new->draw, KL_EVENT_COMMITTED, commitment->party);
	enum kl_result result;

	if (first)
		return commit_again(new, first, declare, commitment);
	result = check_signature(new, declare, commitment);
	if (result == KL_MISMATCH)
		find_pack(new, KL_FINDING_COMMIT_SIGNATURE, "", 0, NULL);
	if (result && result != KL_MISMATCH)
		return result;
	return kl_audit_keep(new, commitment->party);
}

enum kl_result kl_audit_committed(struct kl_audit_new *new)
{
	struct kl_audit_told told;
	struct kl_declare declare;
	struct commitment commitment;
	enum kl_result read, result = read_declare(new, &told, &declare);

	if (!result) {
		read = read_commitment(&declare, new->leaf->data, &commitment);
		if (read == KL_OK)
			result = take_commitment(new, &declare, &commitment);
		else if (read == KL_MALFORMED)
			find(new, KL_AUDIT_DRAW_DATA);
		else
			find(new, KL_AUDIT_COMMITMENT_UNKNOWN);
	}
	kl_audit_told_clear(&told);
	return result == KL_MISMATCH ? KL_OK : result;
}

/* --- reveals -------------------------------------------------------------- */

/* A secret is used once in a log. protocol §3. */
static enum kl_result check_secret(
    struct kl_audit_new *new, const struct kl_secret *secret)
{
	struct kl_audit *audit = new->audit;
	struct kl_audit_key key =
	    kl_audit_key_of(audit, secret, sizeof(*secret));
	uint64_t draw = (uint64_t)(new->draw - draw_at(audit, 0)) + 1;
	uint64_t *used = kl_audit_table_at(&audit->secrets, &key);

	if (!used)
		return KL_NO_MEMORY;
	if (*used == draw)
		find_pack(new, KL_FINDING_SECRET_TWICE, "", 0, NULL);
	else if (*used > 0)
		find_pack(new, KL_FINDING_SECRET_REUSED, "", 0, NULL);
	else
		*used = draw;
	return KL_OK;
}

/* The passes see if it is what the party has committed to. */
static enum kl_result take_reveal(
    struct kl_audit_new *new, size_t party, const char *text, size_t size)
{
	struct kl_commit commit;
	struct kl_fault fault;
	enum kl_result result;

	if (new->draw->state == KL_AUDIT_DECLARED)
		find_pack(new, KL_FINDING_REVEAL_EARLY, "", 0, NULL);
	if (kl_audit_event_of(new->draw, KL_EVENT_REVEALED, party)) {
		find(new, KL_AUDIT_DRAW_EVENT);
		return KL_OK;
	}
	if (kl_commit_read(&commit, text, size, &fault)) {
		find_pack(
		    new, KL_FINDING_FORM_COMMIT, "", fault.line, fault.why);
		return KL_OK;
	}
	result = kl_audit_keep(new, party);
	return result ? result : check_secret(new, &commit.secret);
}

enum kl_result kl_audit_revealed(struct kl_audit_new *new)
{
	struct kl_audit_told told;
	struct kl_declare declare;
	const char *id, *text;
	size_t size, party;
	enum kl_result result = read_declare(new, &told, &declare);

	if (!result) {
		if (json_unpack((json_t *)new->leaf->data, "{s:s, s:s% !}",
			"party", &id, "text", &text, &size) != 0) {
			find(new, KL_AUDIT_DRAW_DATA);
		} else {
			party = kl_declare_party(&declare, kl_span_of(id));
			if (party < declare.party_count)
				result = take_reveal(new, party, text, size);
			else
				find(new, KL_AUDIT_COMMITMENT_UNKNOWN);
		}
	}
	kl_audit_told_clear(&told);
	return result == KL_MISMATCH ? KL_OK : result;
}

/* --- another public value ------------------------------------------------- */

/* How many declared parties have signed this value? */
static size_t count_attests(const struct kl_declare *declare,
    const struct kl_buf *statement, const json_t *attests)
{
	size_t signers = 0;

	for (size_t i = 0; i < json_array_size(attests); i++) {
		struct kl_signature signature;
		const char *id, *hex;
		size_t party;

		if (json_unpack(json_array_get(attests, i), "{s:s, s:s !}",
			"party", &id, "signature", &hex) != 0 ||
		    kl_signature_read(hex, strlen(hex), &signature))
			continue;
		party = kl_declare_party(declare, kl_span_of(id));
		signers += party < declare->party_count &&
			   !kl_verify(&declare->parties[party].key,
			       statement->data, statement->size, &signature);
	}
	return signers;
}

/* KL_MALFORMED: the data are of another form. */
static enum kl_result read_dispute(const json_t *data,
    struct kl_attestation *said, struct kl_buf *statement,
    const json_t **attests)
{
	enum kl_result result;

	if (json_unpack((json_t *)data, "{s:s%, s:o !}", "value",
		&said->value.at, &said->value.size, "attestations",
		attests) != 0)
		return KL_MALFORMED;
	result = kl_attestation_write(said, statement);
	return result && result != KL_NO_MEMORY ? KL_MALFORMED : result;
}

static enum kl_result weigh_dispute(struct kl_audit_new *new,
    const struct kl_declare *declare, const struct kl_audit_told *seal,
    const struct kl_beacon *beacon)
{
	struct kl_attestation said = { new->draw->declare,
		kl_hash_of(seal->text.text, seal->text.size), { "", 0 } };
	struct kl_buf statement = KL_BUF(KL_TEXT_SIZE_MAX);
	const json_t *attests;
	enum kl_result result =
	    read_dispute(new->leaf->data, &said, &statement, &attests);

	if (!result && count_attests(declare, &statement, attests) > 0 &&
	    !kl_span_equal(said.value, beacon->value))
		find(new, KL_AUDIT_VALUE_TWICE);
	else if (result != KL_NO_MEMORY)
		find(new, KL_AUDIT_DRAW_DATA);
	kl_buf_clear(&statement);
	return result == KL_NO_MEMORY ? result : KL_OK;
}

enum kl_result kl_audit_disputed(struct kl_audit_new *new)
{
	struct kl_audit_told declared, seal = { 0 }, said = { 0 };
	struct kl_declare declare;
	struct kl_beacon beacon;
	enum kl_result result = read_declare(new, &declared, &declare);

	if (!result)
		result = kl_audit_told_read(new, KL_EVENT_SEALED, &seal);
	if (!result)
		result = kl_audit_told_read(new, KL_EVENT_BEACON, &said);
	if (!result)
		result = kl_beacon_read(
		    &beacon, said.text.text, said.text.size, NULL);
	if (!result)
		result = weigh_dispute(new, &declare, &seal, &beacon);
	else if (result == KL_MISMATCH || result == KL_MALFORMED)
		find(new, KL_AUDIT_DRAW_EVENT);
	kl_audit_told_clear(&declared);
	kl_audit_told_clear(&seal);
	kl_audit_told_clear(&said);
	return result == KL_MISMATCH || result == KL_MALFORMED ? KL_OK : result;
}
