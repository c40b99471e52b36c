#include "kl_declare.h"

#include "kl_walk.h"

/* --- the log and its witnesses -------------------------------------------- */

static void walk_log(struct kl_walk *walk, struct kl_declare *declare)
{
	kl_walk_word(walk, "log");
	kl_walk_key_name(walk, &declare->origin);
	kl_walk_key(walk, &declare->log_key);
	kl_walk_end_line(walk);
}

static bool is_witness_key(const struct kl_declare *declare, size_t count,
    const struct kl_public_key *key)
{
	for (size_t i = 0; i < count; i++)
		if (kl_public_key_equal(&declare->witnesses[i].key, key))
			return true;
	return false;
}

static void walk_witness(
    struct kl_walk *walk, struct kl_declare *declare, size_t i)
{
	struct kl_witness *witness = &declare->witnesses[i];

	kl_walk_word(walk, "witness");
	kl_walk_key_name(walk, &witness->name);
	kl_walk_require(walk,
	    i == 0 || kl_span_compare(witness[-1].name, witness->name) < 0,
	    "the witnesses do not ascend");
	kl_walk_key(walk, &witness->key);
	kl_walk_require(walk, !is_witness_key(declare, i, &witness->key),
	    "two witnesses share a key");
	kl_walk_require(walk,
	    !kl_public_key_equal(&witness->key, &declare->log_key),
	    "a witness has the key of the log");
	kl_walk_end_line(walk);
}

static void walk_witnesses(struct kl_walk *walk, struct kl_declare *declare)
{
	size_t i;

	for (i = 0; kl_walk_more(walk, "witness", i, declare->witness_count);
	     i++) {
		kl_walk_require(
		    walk, i < KL_WITNESSES_MAX, "more than 16 witnesses");
		if (!kl_walk_on(walk))
			return;
		walk_witness(walk, declare, i);
	}
	declare->witness_count = i;
	kl_walk_count_line(
	    walk, "quorum", &declare->quorum, 0, declare->witness_count);
}

/* --- the parties ---------------------------------------------------------- */

static bool is_distinct(const struct kl_declare *declare, size_t index)
{
	const struct kl_party *party = &declare->parties[index];

	for (size_t i = 0; i < index; i++)
		if (kl_span_equal(declare->parties[i].id, party->id) ||
		    kl_public_key_equal(&declare->parties[i].key, &party->key))
			return false;
	return true;
}

static void walk_party(
    struct kl_walk *walk, struct kl_declare *declare, size_t i)
{
	static const char *const words[] = { "optional", "required" };
	struct kl_party *party = &declare->parties[i];

	kl_walk_word(walk, "party");
	kl_walk_party(walk, &party->id);
	kl_walk_key(walk, &party->key);
	kl_walk_require(
	    walk, is_distinct(declare, i), "two parties share an id or a key");
	kl_walk_require(walk,
	    !is_witness_key(declare, declare->witness_count, &party->key),
	    "a party has the key of a witness");
	kl_walk_bool(walk, words, &party->required);
	kl_walk_end_line(walk);
}

static void walk_parties(struct kl_walk *walk, struct kl_declare *declare)
{
	size_t i;

	for (i = 0; kl_walk_more(walk, "party", i, declare->party_count); i++) {
		kl_walk_require(
		    walk, i < KL_PARTIES_MAX, "more than 16 parties");
		if (!kl_walk_on(walk))
			return;
		walk_party(walk, declare, i);
	}
	declare->party_count = i;
	kl_walk_require(walk, i >= KL_PARTIES_MIN, "fewer than two parties");
	kl_walk_require(walk,
	    kl_declare_party(declare, kl_span_of("operator")) != SIZE_MAX,
	    "no party is `operator`");
}

/* --- the beacon ----------------------------------------------------------- */

static const char *const beacon_words[] = {
	[KL_BEACON_NONE] = "none",
	[KL_BEACON_PUBLIC] = "public",
	[KL_BEACON_NIST] = "nist",
	[KL_BEACON_DRAND] = "drand",
};

const char *kl_beacon_word(enum kl_beacon_kind kind)
{
	return beacon_words[kind];
}

void kl_walk_beacon_kind(struct kl_walk *walk, enum kl_beacon_kind *kind)
{
	*kind = (enum kl_beacon_kind)kl_walk_choice(walk, beacon_words,
	    sizeof(beacon_words) / sizeof(*beacon_words), *kind);
}

static void walk_beacon(struct kl_walk *walk, struct kl_beacon_choice *beacon)
{
	kl_walk_word(walk, "beacon");
	kl_walk_beacon_kind(walk, &beacon->kind);
	switch (beacon->kind) {
	case KL_BEACON_NONE:
		break;
	case KL_BEACON_PUBLIC:
		kl_walk_token(walk, &beacon->template);
		kl_walk_time(walk, &beacon->time);
		break;
	case KL_BEACON_NIST:
		kl_walk_hex(walk, beacon->certificate.bytes,
		    sizeof(beacon->certificate.bytes));
		kl_walk_time(walk, &beacon->time);
		break;
	case KL_BEACON_DRAND:
		kl_walk_hash(walk, &beacon->chain);
		kl_walk_number(walk, &beacon->round, 1, KL_INTEGER_MAX);
		break;
	}
	kl_walk_end_line(walk);
}

static void walk_times(struct kl_walk *walk, struct kl_declare *declare)
{
	static const char *const withheld[] = { "continue", "void" };
	bool none;

	kl_walk_time_line(walk, "commit-by", &declare->commit_by);
	kl_walk_word(walk, "reveal-by");
	kl_walk_time(walk, &declare->reveal_by);
	kl_walk_require(walk, declare->reveal_by > declare->commit_by,
	    "reveal-by is not later than commit-by");
	kl_walk_end_line(walk);
	kl_walk_word(walk, "beacon-delay");
	kl_walk_number(walk, &declare->beacon_delay_s, 0, KL_DELAY_S_MAX);
	kl_walk_end_line(walk);
	walk_beacon(walk, &declare->beacon);
	none = declare->beacon.kind == KL_BEACON_NONE;
	kl_walk_word(walk, "withheld");
	kl_walk_bool(walk, withheld, &declare->withheld_void);
	kl_walk_require(walk, !none || declare->withheld_void,
	    "without a beacon nobody may go on after a withheld secret");
	kl_walk_require(walk, !none || declare->beacon_delay_s == 0,
	    "there is a delay, but no beacon to wait for");
	kl_walk_end_line(walk);
}

/* --- declare.txt ---------------------------------------------------------- */

static void walk_attempt(struct kl_walk *walk, struct kl_declare *declare)
{
	bool later = declare->attempt > 1;

	kl_walk_word(walk, "attempt");
	kl_walk_number(walk, &declare->attempt, 1, KL_INTEGER_MAX);
	kl_walk_end_line(walk);
	kl_walk_word(walk, "previous");
	kl_walk_maybe_hash(walk, &later, &declare->previous);
	kl_walk_require(walk, later == (declare->attempt > 1),
	    "previous is `-` exactly when attempt is 1");
	kl_walk_end_line(walk);
}

static void walk_digests(struct kl_walk *walk, struct kl_declare *declare)
{
	kl_walk_hash_line(walk, "notice", &declare->notice);
	kl_walk_hash_line(walk, "policy", &declare->policy);
	kl_walk_word(walk, "draft");
	kl_walk_hash(walk, &declare->draft);
	kl_walk_time(walk, &declare->draft_until);
	kl_walk_end_line(walk);
	kl_walk_hash_line(walk, "roster", &declare->roster);
	kl_walk_hash_line(walk, "names", &declare->names);
	kl_walk_hash_line(walk, "excluded", &declare->excluded);
}

static void walk_declare(struct kl_walk *walk, struct kl_declare *declare)
{
	kl_walk_kind(walk, "declare");
	kl_walk_token_line(walk, "draw", &declare->draw);
	kl_walk_token_line(walk, "project", &declare->project);
	walk_attempt(walk, declare);
	walk_log(walk, declare);
	walk_witnesses(walk, declare);
	walk_digests(walk, declare);
	kl_walk_word(walk, "select");
	kl_walk_count(walk, &declare->select, 1, KL_SELECT_MAX);
	kl_walk_count(walk, &declare->alternates, 0, KL_SELECT_MAX);
	kl_walk_end_line(walk);
	walk_parties(walk, declare);
	walk_times(walk, declare);
}

enum kl_result kl_declare_read(struct kl_declare *declare, const char *text,
    size_t size, struct kl_fault *fault)
{
	struct kl_walk walk = kl_walk_read(text, size);
	struct kl_declare read = { 0 };

	walk_declare(&walk, &read);
	if (kl_walk_end(&walk, fault) == KL_OK)
		*declare = read;
	return walk.result;
}

enum kl_result kl_declare_write(
    const struct kl_declare *declare, struct kl_buf *out)
{
	struct kl_walk walk = kl_walk_write(out);
	struct kl_declare copy = *declare;

	walk_declare(&walk, &copy);
	return kl_walk_end(&walk, NULL);
}

/* --- asking it ------------------------------------------------------------ */

size_t kl_declare_party(const struct kl_declare *declare, struct kl_span id)
{
	for (size_t i = 0; i < declare->party_count; i++)
		if (kl_span_equal(declare->parties[i].id, id))
			return i;
	return SIZE_MAX;
}

int64_t kl_declare_beacon_due(const struct kl_declare *declare)
{
	return declare->reveal_by + declare->beacon_delay_s;
}

/* The enumeration leaves one line each for all witnesses and all parties. */
size_t kl_declare_line(
    const struct kl_declare *declare, enum kl_declare_line line)
{
	size_t at = line;

	if (line >= KL_DECLARE_QUORUM)
		at += declare->witness_count - 1;
	if (line >= KL_DECLARE_COMMIT_BY)
		at += declare->party_count - 1;
	return at;
}
