/* The fourth pass: the declaration against the policy it is bound to. */
#include "kl_pack_private.h"

#include <string.h>

/* --- members -------------------------------------------------------------- */

/* Is the text at `end` among those before it? */
static bool is_twice(const json_t *strings, size_t end)
{
	const json_t *last = json_array_get(strings, end);

	for (size_t i = 0; i < end; i++)
		if (json_equal(json_array_get(strings, i), last))
			return true;
	return false;
}

/* Texts that are all of a kind, none twice; a draw has no use for more than it
 * can have parties. */
static bool is_strings(
    const json_t *value, bool (*is_kind)(const char *text, size_t size))
{
	if (!json_is_array(value) || json_array_size(value) > KL_PARTIES_MAX)
		return false;
	for (size_t i = 0; i < json_array_size(value); i++) {
		const json_t *text = json_array_get(value, i);

		if (!json_is_string(text) ||
		    !is_kind(
			json_string_value(text), json_string_length(text)) ||
		    is_twice(value, i))
			return false;
	}
	return true;
}

static bool is_beacon(const char *text, size_t size)
{
	for (int kind = KL_BEACON_NONE; kind <= KL_BEACON_DRAND; kind++)
		if (kl_span_is((struct kl_span){ text, size },
			kl_beacon_word((enum kl_beacon_kind)kind)))
			return true;
	return false;
}

static bool is_beacons(const json_t *value)
{
	return is_strings(value, is_beacon);
}

static bool is_parties(const json_t *value)
{
	return is_strings(value, kl_is_party_id);
}

static bool is_text_or_null(const json_t *value)
{
	return json_is_string(value) || json_is_null(value);
}

static bool is_count(const json_t *value)
{
	return json_is_integer(value) && json_integer_value(value) >= 0;
}

/* Different bytes 0x21–0x7E, at least one. */
static bool is_alphabet(const char *text, size_t size)
{
	bool seen[0x7f] = { false };

	for (size_t i = 0; i < size; i++) {
		uint8_t byte = (uint8_t)text[i];

		if (byte < 0x21 || byte > 0x7e || seen[byte])
			return false;
		seen[byte] = true;
	}
	return size > 0;
}

static bool read_template(
    const json_t *value, struct kl_pack_template *template)
{
	const json_t *alphabet = json_object_get(value, "alphabet");
	const json_t *length = json_object_get(value, "length");

	if (!json_is_string(alphabet) || !json_is_integer(length) ||
	    json_integer_value(length) < 1 ||
	    !is_alphabet(
		json_string_value(alphabet), json_string_length(alphabet)))
		return false;
	*template = (struct kl_pack_template){
		.alphabet = json_string_value(alphabet),
		.alphabet_size = json_string_length(alphabet),
		.length = (size_t)json_integer_value(length),
	};
	return true;
}

static bool is_templates(const json_t *value)
{
	struct kl_pack_template template;
	json_t *all = (json_t *)value;

	if (!json_is_object(value))
		return false;
	for (void *at = json_object_iter(all); at;
	     at = json_object_iter_next(all, at)) {
		const char *name = json_object_iter_key(at);

		if (!kl_is_token(name, strlen(name)) ||
		    !read_template(json_object_iter_value(at), &template))
			return false;
	}
	return true;
}

/* All that is enforced must be there and of its kind. protocol §2. */
static bool has_members(const json_t *draw)
{
	static const struct {
		const char *name;
		bool (*is_kind)(const json_t *value);
	} members[] = {
		{ "beacons", is_beacons },
		{ "level_c_reason", is_text_or_null },
		{ "delay_min_s", is_count },
		{ "min_entrants", is_count },
		{ "required_parties", is_parties },
		{ "weight_max", is_count },
		{ "alternates_max", is_count },
		{ "templates", is_templates },
		{ "quorum", is_count },
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
		if (!members[i].is_kind(json_object_get(draw, members[i].name)))
			return false;
	return true;
}

/* --- against the declaration ---------------------------------------------- */

static void find_declared(struct kl_pack_attempt *attempt,
    enum kl_finding_code code, enum kl_declare_line line)
{
	kl_pack_find_in(attempt, code, KL_PACK_DECLARE,
	    kl_declare_line(&attempt->declare, line));
}

static int64_t number(const json_t *draw, const char *member)
{
	return json_integer_value(json_object_get(draw, member));
}

static bool holds(const json_t *strings, const char *text)
{
	for (size_t i = 0; i < json_array_size(strings); i++)
		if (strcmp(json_string_value(json_array_get(strings, i)),
			text) == 0)
			return true;
	return false;
}

static void check_template(struct kl_pack_attempt *attempt, const json_t *draw)
{
	struct kl_span name = attempt->declare.beacon.template;
	char text[KL_TOKEN_SIZE_MAX + 1] = { 0 };

	memcpy(text, name.at, name.size);
	if (!read_template(
		json_object_get(json_object_get(draw, "templates"), text),
		&attempt->template))
		find_declared(
		    attempt, KL_FINDING_POLICY_TEMPLATE, KL_DECLARE_BEACON);
}

static void check_beacon(struct kl_pack_attempt *attempt, const json_t *draw)
{
	const struct kl_declare *declare = &attempt->declare;
	enum kl_beacon_kind kind = declare->beacon.kind;

	if (!holds(json_object_get(draw, "beacons"), kl_beacon_word(kind)))
		find_declared(
		    attempt, KL_FINDING_POLICY_BEACON, KL_DECLARE_BEACON);
	if (kind == KL_BEACON_NONE &&
	    json_typeof(json_object_get(draw, "level_c_reason")) == JSON_NULL)
		find_declared(
		    attempt, KL_FINDING_POLICY_REASON, KL_DECLARE_BEACON);
	if (kind != KL_BEACON_NONE &&
	    declare->beacon_delay_s < number(draw, "delay_min_s"))
		find_declared(
		    attempt, KL_FINDING_POLICY_DELAY, KL_DECLARE_DELAY);
	if (kind == KL_BEACON_PUBLIC)
		check_template(attempt, draw);
}

/* Each required party is declared, and as required. */
static void check_parties(struct kl_pack_attempt *attempt, const json_t *draw)
{
	const struct kl_declare *declare = &attempt->declare;
	const json_t *required = json_object_get(draw, "required_parties");
	size_t line = kl_declare_line(declare, KL_DECLARE_PARTY);

	for (size_t i = 0; i < json_array_size(required); i++) {
		size_t party = kl_declare_party(declare,
		    kl_span_of(json_string_value(json_array_get(required, i))));
		bool is_declared = party < declare->party_count;

		if (!is_declared || !declare->parties[party].required)
			kl_pack_find_in(attempt, KL_FINDING_POLICY_PARTIES,
			    KL_PACK_DECLARE, line + (is_declared ? party : 0));
	}
}

static void check_entrants(struct kl_pack_attempt *attempt, const json_t *draw)
{
	const struct kl_roster *roster = &attempt->roster;

	if ((int64_t)roster->count < number(draw, "min_entrants"))
		kl_pack_find_in(
		    attempt, KL_FINDING_POLICY_ENTRANTS, KL_PACK_ROSTER, 3);
	for (size_t i = 0; i < roster->count; i++)
		if (roster->entries[i].weight > number(draw, "weight_max"))
			kl_pack_find_in(attempt, KL_FINDING_POLICY_WEIGHT,
			    KL_PACK_ROSTER, kl_entry_line(i));
}

void kl_pack_check_policy(struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;
	const json_t *draw = json_object_get(attempt->policy, "draw");

	if (!has_members(draw)) {
		kl_pack_find_in(
		    attempt, KL_FINDING_POLICY_MEMBER, KL_PACK_POLICY, 1);
		return;
	}
	check_beacon(attempt, draw);
	check_entrants(attempt, draw);
	check_parties(attempt, draw);
	if ((int64_t)declare->alternates > number(draw, "alternates_max"))
		find_declared(
		    attempt, KL_FINDING_POLICY_ALTERNATES, KL_DECLARE_SELECT);
	if (declare->quorum > 0 &&
	    (int64_t)declare->quorum < number(draw, "quorum"))
		find_declared(
		    attempt, KL_FINDING_POLICY_QUORUM, KL_DECLARE_QUORUM);
}

bool kl_pack_is_low(const struct kl_pack_template *template)
{
	uint64_t possibilities = 1;

	if (template->alphabet_size < 2)
		return true;
	for (size_t i = 0; i < template->length; i++) {
		if (possibilities > UINT64_MAX / template->alphabet_size)
			return false;
		possibilities *= template->alphabet_size;
	}
	return true;
}
