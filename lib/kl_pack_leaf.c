/* The entries of the log: which there are, what they hold, are they in it. */
#include "kl_pack_private.h"

#include <stdio.h>
#include <string.h>

/* What an event is called, what it holds, and under which stem it travels. */
static const struct {
	const char *kind, *stem; /* stems of many end in `-` */
	enum kl_pack_text text;
} events[] = {
	[KL_EVENT_DRAFTED] = { "draw.drafted", "draft", KL_PACK_DRAFT },
	[KL_EVENT_ROSTER] = { "draw.roster", "roster", KL_PACK_ROSTER },
	[KL_EVENT_NAMES] = { "draw.names", "names", KL_PACK_NAMES },
	[KL_EVENT_EXCLUDED] = { "draw.excluded", "excluded", KL_PACK_EXCLUDED },
	[KL_EVENT_DECLARED] = { "draw.declared", "declare", KL_PACK_DECLARE },
	[KL_EVENT_COMMITTED] = { "draw.committed", "committed-",
	    KL_PACK_TEXTS },
	[KL_EVENT_LOCKED] = { "draw.locked", "lock", KL_PACK_LOCK },
	[KL_EVENT_REVEALED] = { "draw.revealed", "revealed-", KL_PACK_TEXTS },
	[KL_EVENT_SEALED] = { "draw.sealed", "seal", KL_PACK_SEAL },
	[KL_EVENT_BEACON] = { "draw.beacon", "beacon", KL_PACK_BEACON },
	[KL_EVENT_SEEDED] = { "draw.seeded", "seed", KL_PACK_SEED },
	[KL_EVENT_RESULT] = { "draw.result", "result", KL_PACK_RESULT },
	[KL_EVENT_CLOSED] = { "draw.closed", "close", KL_PACK_CLOSE },
	[KL_EVENT_REPLACED] = { "draw.replaced", "replace", KL_PACK_TEXTS },
	[KL_EVENT_ANNULLED] = { "draw.annulled", "annul", KL_PACK_ANNUL },
};

const char *kl_pack_event_kind(enum kl_pack_event event)
{
	return events[event].kind;
}

void kl_pack_stem(const struct kl_declare *declare, enum kl_pack_event event,
    size_t number, char stem[static KL_PACK_STEM_MAX])
{
	const char *word = events[event].stem;

	if (event == KL_EVENT_COMMITTED || event == KL_EVENT_REVEALED)
		snprintf(stem, KL_PACK_STEM_MAX, "%s%.*s", word,
		    (int)declare->parties[number].id.size,
		    declare->parties[number].id.at);
	else if (number > 0)
		snprintf(stem, KL_PACK_STEM_MAX, "%s-%zu", word, number + 1);
	else
		snprintf(stem, KL_PACK_STEM_MAX, "%s", word);
}

/* --- reading -------------------------------------------------------------- */

static void read_leaf(
    struct kl_pack_attempt *attempt, struct kl_pack_leaf *leaf)
{
	enum kl_result result = kl_leaf_read((const char *)leaf->leaf->bytes,
	    leaf->leaf->size, &leaf->value, &leaf->entry);

	if (result == KL_NO_MEMORY)
		attempt->result = KL_NO_MEMORY;
	else if (result)
		kl_pack_find_leaf(attempt, KL_FINDING_FORM_LEAF, leaf);
}

static void read_proof(
    struct kl_pack_attempt *attempt, struct kl_pack_leaf *leaf)
{
	char name[KL_PACK_STEM_MAX + 16];

	if (!kl_proof_read((const char *)leaf->proof_file->bytes,
		leaf->proof_file->size, &leaf->proof) &&
	    leaf->proof.index <= KL_INTEGER_MAX)
		return;
	snprintf(name, sizeof(name), "log/%s.proof", leaf->stem);
	kl_pack_find(attempt, KL_FINDING_FORM_PROOF, name, 0);
}

static void take_leaf(struct kl_pack_attempt *attempt, enum kl_pack_event event,
    size_t number, const struct kl_file *text, const struct kl_hash *hash)
{
	struct kl_pack_leaf leaf = {
		.event = event, .number = number, .text = text
	};
	char name[KL_PACK_STEM_MAX + 16];

	if (hash)
		leaf.text_hash = *hash;
	kl_pack_stem(&attempt->declare, event, number, leaf.stem);
	snprintf(name, sizeof(name), "log/%s.leaf", leaf.stem);
	leaf.leaf = kl_pack_use(attempt, name);
	snprintf(name, sizeof(name), "log/%s.proof", leaf.stem);
	leaf.proof_file = kl_pack_use(attempt, name);
	if (leaf.leaf)
		read_leaf(attempt, &leaf);
	if (leaf.leaf && attempt->told)
		leaf.proof.index = attempt->told_at[leaf.leaf - attempt->told];
	if (leaf.proof_file)
		read_proof(attempt, &leaf);
	kl_buf_add(&attempt->leaves, &leaf, sizeof(leaf));
	if (kl_buf_result(&attempt->leaves))
		json_decref(leaf.value);
	else
		attempt->leaf_count++;
}

static void take_of_parties(
    struct kl_pack_attempt *attempt, enum kl_pack_event event)
{
	for (size_t i = 0; i < attempt->declare.party_count; i++)
		take_leaf(attempt, event, i,
		    event == KL_EVENT_REVEALED ? attempt->commits[i].file
					       : NULL,
		    event == KL_EVENT_REVEALED ? &attempt->commits[i].hash
					       : NULL);
}

static void take_of_replaces(struct kl_pack_attempt *attempt)
{
	const struct kl_pack_replace *replaces =
	    (const struct kl_pack_replace *)attempt->replaces.data;

	for (size_t i = 0; i < attempt->replace_count; i++)
		take_leaf(attempt, KL_EVENT_REPLACED, i, replaces[i].file,
		    &replaces[i].hash);
}

void kl_pack_take_leaves(struct kl_pack_attempt *attempt)
{
	attempt->leaves = (struct kl_buf)KL_BUF(
	    2 * KL_PACK_FILES_MAX * sizeof(struct kl_pack_leaf));
	for (int event = 0; event <= KL_EVENT_ANNULLED; event++) {
		enum kl_pack_text text = events[event].text;

		/* A draft that became the roster has no file of its own. */
		if (event == KL_EVENT_DRAFTED && !attempt->texts[text])
			text = KL_PACK_ROSTER;
		if (event == KL_EVENT_REPLACED)
			take_of_replaces(attempt);
		else if (text == KL_PACK_TEXTS)
			take_of_parties(attempt, event);
		else if (attempt->texts[text])
			take_leaf(attempt, event, 0, attempt->texts[text],
			    &attempt->hashes[text]);
	}
	if (kl_buf_result(&attempt->leaves))
		attempt->result = KL_NO_MEMORY;
}

/* --- what they hold ------------------------------------------------------- */

/* `text`, or `digest` and `size` of a long one, as members of the data. */
static bool is_text_data(
    const json_t *data, const struct kl_file *text, const struct kl_hash *hash)
{
	char hex[KL_HASH_HEX];
	const char *string;
	size_t string_size;
	json_int_t size;

	if (text->size <= KL_LEAF_TEXT_MAX)
		return json_unpack((json_t *)data, "{s:s% !}", "text", &string,
			   &string_size) == 0 &&
		       string_size == text->size &&
		       memcmp(string, text->bytes, text->size) == 0;
	kl_hash_hex(hash, hex);
	return json_unpack((json_t *)data, "{s:s, s:I !}", "digest", &string,
		   "size", &size) == 0 &&
	       strcmp(string, hex) == 0 && (size_t)size == text->size;
}

static const struct kl_locked *locked_of(
    const struct kl_pack_attempt *attempt, struct kl_span party)
{
	for (size_t i = 0; i < attempt->lock.count; i++)
		if (kl_span_equal(attempt->lock.parties[i].party, party))
			return attempt->lock.parties[i].absent
				   ? NULL
				   : &attempt->lock.parties[i];
	return NULL;
}

/* A commitment: that of the lock; without a lock, one that proves itself. */
static bool is_commitment_data(struct kl_pack_attempt *attempt,
    const struct kl_pack_leaf *leaf, const json_t *data)
{
	const struct kl_party *party = &attempt->declare.parties[leaf->number];
	const struct kl_locked *locked = locked_of(attempt, party->id);
	struct kl_commitment said = { attempt->hashes[KL_PACK_DECLARE],
		party->id, { { 0 } } };
	struct kl_buf statement = KL_BUF(KL_TEXT_SIZE_MAX);
	struct kl_signature signature;
	const char *id, *commit, *sign;
	bool good = false;

	if (json_unpack((json_t *)data, "{s:s, s:s, s:s !}", "party", &id,
		"commit", &commit, "signature", &sign) != 0 ||
	    !kl_span_is(party->id, id) ||
	    kl_unhex(commit, strlen(commit), said.commit.bytes, KL_HASH_SIZE) ||
	    kl_signature_read(sign, strlen(sign), &signature))
		return false;
	if (locked)
		return kl_hash_equal(&said.commit, &locked->commit) &&
		       memcmp(&signature, &locked->signature,
			   sizeof(signature)) == 0;
	if (kl_commitment_write(&said, &statement))
		attempt->result = KL_NO_MEMORY;
	else
		good = !kl_verify(
		    &party->key, statement.data, statement.size, &signature);
	kl_buf_clear(&statement);
	return good;
}

/*
 * A reveal: the text in the pack; without one, what the lock committed to.
 * In either case a secret of this party for this declaration.
 */
static bool is_reveal_data(const struct kl_pack_attempt *attempt,
    struct kl_pack_leaf *leaf, const json_t *data)
{
	const struct kl_party *party = &attempt->declare.parties[leaf->number];
	const struct kl_locked *locked = locked_of(attempt, party->id);
	const struct kl_hash *committed;
	struct kl_commit commit;
	struct kl_hash hash;
	const char *id, *text;
	size_t size;

	if (json_unpack((json_t *)data, "{s:s, s:s% !}", "party", &id, "text",
		&text, &size) != 0 ||
	    !kl_span_is(party->id, id))
		return false;
	hash = kl_hash_of(text, size);
	committed = leaf->text ? &leaf->text_hash
		    : locked   ? &locked->commit
			       : NULL;
	if (!committed || !kl_hash_equal(&hash, committed) ||
	    kl_commit_read(&commit, text, size, NULL) ||
	    !kl_span_equal(commit.party, party->id) ||
	    !kl_hash_equal(&commit.declare, &attempt->hashes[KL_PACK_DECLARE]))
		return false;
	leaf->secret = commit.secret;
	return true;
}

/* Somebody's, of this kind and of this draw. */
static bool is_event(
    const struct kl_pack_attempt *attempt, const struct kl_pack_leaf *leaf)
{
	return leaf->entry.organisation &&
	       strcmp(leaf->entry.kind, events[leaf->event].kind) == 0 &&
	       kl_span_is(attempt->declare.draw, leaf->entry.subject);
}

static bool is_data(struct kl_pack_attempt *attempt, struct kl_pack_leaf *leaf)
{
	const json_t *data = leaf->entry.data;

	if (leaf->event == KL_EVENT_COMMITTED)
		return is_commitment_data(attempt, leaf, data);
	if (leaf->event == KL_EVENT_REVEALED)
		return is_reveal_data(attempt, leaf, data);
	return is_text_data(data, leaf->text, &leaf->text_hash);
}

/* --- are they in the log -------------------------------------------------- */

static void find_proof(struct kl_pack_attempt *attempt,
    enum kl_finding_code code, struct kl_pack_leaf *leaf)
{
	char name[KL_PACK_STEM_MAX + 16];

	snprintf(name, sizeof(name), "log/%s.proof", leaf->stem);
	kl_pack_find(attempt, code, name, 0);
	leaf->sound = false;
}

/* Its checkpoint must be the one of log/closed or log/last: the same tree. */
static void check_inclusion(
    struct kl_pack_attempt *attempt, struct kl_pack_leaf *leaf)
{
	bool late = leaf->event >= KL_EVENT_REPLACED;
	const struct kl_pack_checkpoint *mark =
	    &attempt->marks[late ? KL_PACK_LAST : KL_PACK_CLOSED];
	struct kl_hash hash = kl_leaf_hash(leaf->leaf->bytes, leaf->leaf->size);
	struct kl_note note;

	if (kl_note_read(
		leaf->proof.checkpoint, leaf->proof.checkpoint_size, &note) ||
	    note.text_size != mark->note.text_size ||
	    memcmp(note.text, mark->note.text, note.text_size) != 0)
		find_proof(attempt, KL_FINDING_PROOF_CHECKPOINT, leaf);
	else if (kl_inclusion_check(leaf->proof.index, mark->checkpoint.size,
		     &hash, &leaf->proof.path, &mark->checkpoint.root))
		find_proof(attempt, KL_FINDING_PROOF_INCLUSION, leaf);
}

static bool have_one_id(
    const struct kl_pack_leaf *one, const struct kl_pack_leaf *other)
{
	return one->leaf && other->leaf &&
	       memcmp(&one->entry.id, &other->entry.id,
		   sizeof(one->entry.id)) == 0;
}

/* An event has an id of its own: of two, the later one in the log has not. */
static void check_ids(struct kl_pack_attempt *attempt)
{
	const struct kl_pack_leaf *leaves =
	    (const struct kl_pack_leaf *)attempt->leaves.data;

	for (size_t i = 0; i < attempt->leaf_count; i++)
		for (size_t j = 0; j < i; j++)
			if (have_one_id(&leaves[i], &leaves[j]))
				kl_pack_find_leaf(attempt,
				    KL_FINDING_LEAF_EVENT,
				    leaves[i].proof.index <
					    leaves[j].proof.index
					? &leaves[j]
					: &leaves[i]);
}

void kl_pack_check_leaves(struct kl_pack_attempt *attempt)
{
	struct kl_pack_leaf *leaves =
	    (struct kl_pack_leaf *)attempt->leaves.data;

	for (size_t i = 0; i < attempt->leaf_count; i++) {
		struct kl_pack_leaf *leaf = &leaves[i];

		if (!leaf->leaf)
			continue;
		leaf->sound = true;
		if (!is_event(attempt, leaf)) {
			kl_pack_find_leaf(attempt, KL_FINDING_LEAF_EVENT, leaf);
			leaf->sound = false;
		} else if (!is_data(attempt, leaf)) {
			kl_pack_find_leaf(attempt, KL_FINDING_LEAF_DATA, leaf);
			leaf->sound = false;
		}
		if (!attempt->told)
			check_inclusion(attempt, leaf);
	}
	check_ids(attempt);
}

const struct kl_pack_leaf *kl_pack_leaf_of(
    const struct kl_pack_attempt *attempt, enum kl_pack_event event,
    size_t number)
{
	const struct kl_pack_leaf *leaves =
	    (const struct kl_pack_leaf *)attempt->leaves.data;

	for (size_t i = 0; i < attempt->leaf_count; i++)
		if (leaves[i].event == event && leaves[i].number == number)
			return leaves[i].sound ? &leaves[i] : NULL;
	return NULL;
}
