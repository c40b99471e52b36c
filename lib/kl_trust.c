#include "kl_trust.h"

#include "kl_line.h"

#include <string.h>

static const size_t not_there = SIZE_MAX;

/* --- words of a line ------------------------------------------------------ */

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

/* The next word of a line; an empty one at its end. */
static struct kl_span take_field(struct kl_span *line)
{
	struct kl_span field;

	while (line->size > 0 && is_blank(*line->at)) {
		line->at++;
		line->size--;
	}
	field = (struct kl_span){ line->at, 0 };
	while (line->size > 0 && !is_blank(*line->at)) {
		line->at++;
		line->size--;
		field.size++;
	}
	return field;
}

/* Nothing may follow but, where there may be one, an address. */
static bool ends(struct kl_span line, struct kl_span *address)
{
	struct kl_span field = take_field(&line);

	if (!address)
		return field.size == 0;
	*address = field;
	return take_field(&line).size == 0;
}

static bool is_permitted(struct kl_span line)
{
	for (size_t i = 0; i < line.size; i++) {
		uint8_t byte = (uint8_t)line.at[i];

		if (byte != '\t' && (byte < 0x20 || byte == 0x7f))
			return false;
	}
	return true;
}

/* --- keys ----------------------------------------------------------------- */

/* A key of this type that none of `others` has. */
static enum kl_result take_key(struct kl_span *line, enum kl_key_type type,
    const struct kl_note_key others[], size_t count, struct kl_note_key *key)
{
	struct kl_span text = take_field(line);

	if (kl_note_key_read(text.at, text.size, key) || key->type != type)
		return KL_MALFORMED;
	for (size_t i = 0; i < count; i++)
		if (kl_public_key_equal(&others[i].key, &key->key))
			return KL_MALFORMED;
	return kl_public_key_check(&key->key);
}

static enum kl_result read_log(struct kl_trust *trust, struct kl_span line)
{
	struct kl_note_key *key = &trust->logs[trust->log_count];
	struct kl_span address;
	enum kl_result result;

	if (trust->log_count == KL_TRUST_LOGS_MAX)
		return KL_TOO_LARGE;
	result =
	    take_key(&line, KL_KEY_NOTE, trust->logs, trust->log_count, key);
	if (result)
		return result;
	if (!ends(line, &address))
		return KL_MALFORMED;
	trust->log_count++;
	return KL_OK;
}

static enum kl_result read_party(struct kl_trust *trust, struct kl_span line)
{
	struct kl_trust_party *party = &trust->parties[trust->party_count];
	struct kl_span hex;
	enum kl_result result;

	if (trust->party_count == KL_TRUST_PARTIES_MAX)
		return KL_TOO_LARGE;
	party->id = take_field(&line);
	hex = take_field(&line);
	if (!kl_is_party_id(party->id.at, party->id.size) || !ends(line, NULL))
		return KL_MALFORMED;
	result = kl_public_key_read(hex.at, hex.size, &party->key);
	if (result)
		return result;
	for (size_t i = 0; i < trust->party_count; i++)
		if (kl_public_key_equal(&trust->parties[i].key, &party->key))
			return KL_MALFORMED;
	trust->party_count++;
	return KL_OK;
}

/* --- witnesses and groups ------------------------------------------------- */

static size_t find_voter(const struct kl_trust *trust, struct kl_span name)
{
	for (size_t i = 0; i < trust->voter_count; i++)
		if (kl_span_equal(trust->voters[i].name, name))
			return i;
	return not_there;
}

/* `none` is a name already: that of no quorum. */
static bool is_new_name(const struct kl_trust *trust, struct kl_span name)
{
	return name.size > 0 && !kl_span_is(name, "none") &&
	       find_voter(trust, name) == not_there;
}

static enum kl_result read_witness(struct kl_trust *trust, struct kl_span line)
{
	struct kl_span name = take_field(&line);
	size_t count = trust->witness_count;
	enum kl_result result;

	if (count == KL_TRUST_WITNESSES_MAX)
		return KL_TOO_LARGE;
	if (!is_new_name(trust, name))
		return KL_MALFORMED;
	result = take_key(&line, KL_KEY_COSIGNATURE, trust->witnesses, count,
	    &trust->witnesses[count]);
	if (result)
		return result;
	if (!ends(line, &trust->witness_urls[count]))
		return KL_MALFORMED;
	trust->voters[trust->voter_count++] =
	    (struct kl_trust_voter){ .name = name, .witness = count };
	trust->witness_count++;
	return KL_OK;
}

/* The members of a group; none may be in another group already. */
static enum kl_result take_members(const struct kl_trust *trust,
    struct kl_span *line, uint64_t *members, uint64_t *count)
{
	uint64_t taken = 0;

	for (size_t i = 0; i < trust->voter_count; i++)
		taken |= trust->voters[i].members;
	*members = 0;
	*count = 0;
	for (;;) {
		struct kl_span name = take_field(line);
		size_t voter = find_voter(trust, name);

		if (name.size == 0)
			return *count > 0 ? KL_OK : KL_MALFORMED;
		if (voter == not_there ||
		    ((taken | *members) >> voter & 1) != 0)
			return KL_MALFORMED;
		*members |= UINT64_C(1) << voter;
		(*count)++;
	}
}

static enum kl_result read_group(struct kl_trust *trust, struct kl_span line)
{
	struct kl_span name = take_field(&line), threshold = take_field(&line);
	struct kl_trust_voter group = { .name = name };
	uint64_t count, needed = 1;
	enum kl_result result;

	if (trust->voter_count - trust->witness_count == KL_TRUST_GROUPS_MAX)
		return KL_TOO_LARGE;
	if (!is_new_name(trust, name))
		return KL_MALFORMED;
	result = take_members(trust, &line, &group.members, &count);
	if (result)
		return result;
	if (kl_span_is(threshold, "all"))
		needed = count;
	else if (!kl_span_is(threshold, "any"))
		result = kl_decimal_read(threshold, count, &needed);
	if (!result && needed == 0)
		result = KL_RANGE;
	if (result)
		return result;
	group.needed = (size_t)needed;
	trust->voters[trust->voter_count++] = group;
	return KL_OK;
}

static enum kl_result read_quorum(
    struct kl_trust *trust, struct kl_span line, bool *there)
{
	struct kl_span name = take_field(&line);

	if (*there || !ends(line, NULL))
		return KL_MALFORMED;
	trust->needs_quorum = !kl_span_is(name, "none");
	if (trust->needs_quorum) {
		trust->quorum = find_voter(trust, name);
		if (trust->quorum == not_there)
			return KL_MALFORMED;
	}
	*there = true;
	return KL_OK;
}

/* --- the file ------------------------------------------------------------- */

static enum kl_result read_line(
    struct kl_trust *trust, struct kl_span line, bool *quorum_there)
{
	static const struct {
		const char *word;
		enum kl_result (*read)(
		    struct kl_trust *trust, struct kl_span line);
	} kinds[] = {
		{ "log", read_log },
		{ "witness", read_witness },
		{ "group", read_group },
		{ "party", read_party },
	};
	struct kl_span word;

	if (!is_permitted(line))
		return KL_MALFORMED;
	word = take_field(&line);
	if (word.size == 0 || *word.at == '#')
		return KL_OK;
	if (kl_span_is(word, "quorum"))
		return read_quorum(trust, line, quorum_there);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kl_span_is(word, kinds[i].word))
			return kinds[i].read(trust, line);
	return KL_MALFORMED;
}

enum kl_result kl_trust_read(
    const char *bytes, size_t size, struct kl_trust *trust, size_t *line)
{
	struct kl_span rest = { bytes, size }, text;
	bool quorum_there = false;
	enum kl_result result;

	*trust = (struct kl_trust){ 0 };
	*line = 0;
	if (size > KL_TRUST_SIZE_MAX)
		return KL_TOO_LARGE;
	while (kl_line_take(&rest, &text)) {
		(*line)++;
		result = read_line(trust, text, &quorum_there);
		if (result)
			return result;
	}
	(*line)++;
	if (rest.size > 0)
		return KL_MALFORMED;
	*line = 0;
	return quorum_there ? KL_OK : KL_MALFORMED;
}

const struct kl_note_key *kl_trust_log(
    const struct kl_trust *trust, struct kl_span name)
{
	for (size_t i = 0; i < trust->log_count; i++)
		if (kl_span_is(name, trust->logs[i].name))
			return &trust->logs[i];
	return NULL;
}

bool kl_trust_has_party(const struct kl_trust *trust, struct kl_span id,
    const struct kl_public_key *key)
{
	for (size_t i = 0; i < trust->party_count; i++)
		if (kl_span_equal(trust->parties[i].id, id) &&
		    kl_public_key_equal(&trust->parties[i].key, key))
			return true;
	return false;
}

static uint64_t say_yes(const struct kl_trust_voter *voter,
    const struct kl_note_verdict verdicts[], uint64_t yes)
{
	size_t members = 0;

	if (voter->needed == 0)
		return verdicts[voter->witness].has_signed;
	for (yes &= voter->members; yes > 0; yes &= yes - 1)
		members++;
	return members >= voter->needed;
}

/* A group names only voters before it: one pass in their order is enough. */
bool kl_trust_enough(const struct kl_trust *trust,
    const struct kl_note_verdict verdicts[static KL_TRUST_WITNESSES_MAX])
{
	uint64_t yes = 0; /* bit i: voter i */

	for (size_t i = 0; i < trust->voter_count; i++)
		yes |= say_yes(&trust->voters[i], verdicts, yes) << i;
	return !trust->needs_quorum || (yes >> trust->quorum & 1) != 0;
}

enum kl_result kl_trust_quorum(const struct kl_trust *trust,
    const struct kl_note *note,
    struct kl_note_verdict verdicts[static KL_TRUST_WITNESSES_MAX])
{
	enum kl_result result = kl_note_judge(
	    note, trust->witnesses, trust->witness_count, verdicts);

	if (result)
		return result;
	return kl_trust_enough(trust, verdicts) ? KL_OK : KL_MISMATCH;
}
