/* draw_freeze.c -- the freeze: everything a draw rests on, declared. */
#include "beacons.h"
#include "draw_private.h"
#include "kl_declare.h"
#include "kl_roster.h"
#include "log_keys.h"
#include "notices.h"
#include "parties.h"
#include "policies.h"
#include "route.h"
#include "witnesses.h"

#include <stdlib.h>
#include <string.h>

static const struct act_table party_rows = {
	{ "INSERT INTO draw_party (draw, position, party, public_key, required,"
	  " commit_index, reveal_index) VALUES (?, ?, ?, ?, ?, 0, 0)" },
	5,
	{ { 1, 2 }, { 1, 3 }, { 1, 4 } },
};

/* What the freeze is made of. */
struct freeze {
	struct draw *draw;
	const struct notice *notice;
	const struct policy *policy;
	struct entrant *entrants;
	size_t count;
	struct kl_attempt_party parties[KL_ATTEMPT_PARTIES_MAX];
	size_t party_count;
	struct kl_witness witnesses[KL_WITNESSES_MAX];
	size_t witness_count;
};

/* --- who commits ---------------------------------------------------------- */

/* The names of an array of the policy, in the request's arena. */
static const char **names_of(struct request *request,
    const struct policy *policy, const char *path, size_t *count)
{
	json_auto_t *array = policy_member(policy, path);
	const char **names;

	*count = json_array_size(array);
	names = arena_alloc(&request->arena, (*count + 1) * sizeof(*names));
	for (size_t i = 0; i < *count; i++)
		names[i] = arena_copy(&request->arena,
		    json_string_value(json_array_get(array, i)));
	return names;
}

/* Look up the keys of `names`; those who have none are left out. */
static enum error find_keys(struct request *request,
    const struct notice *notice, const char *const names[], size_t count,
    struct kl_attempt_party enrolled[], size_t *enrolled_count)
{
	for (size_t i = 0; i < count; i++) {
		bool owner = strcmp(names[i], "owner") == 0;
		const struct party *party;
		enum error error = party_find(
		    request, names[i], owner ? notice->owner : NULL, &party);

		if (error == ERR_NOT_FOUND)
			continue;
		if (error)
			return error;
		enrolled[(*enrolled_count)++] = (struct kl_attempt_party){
			.id = names[i],
			.key = arena_copy(&request->arena, party->public_key),
		};
	}
	return ERR_OK;
}

/* `*enough`: there are parties to draw with. */
static enum error choose_parties(
    struct request *request, struct freeze *freeze, bool *enough)
{
	size_t required_count, optional_count, enrolled_count = 0;
	const char **required = names_of(
	    request, freeze->policy, "draw.required_parties", &required_count);
	const char **optional = names_of(
	    request, freeze->policy, "draw.optional_parties", &optional_count);
	struct kl_attempt_party *enrolled = arena_alloc(&request->arena,
	    (required_count + optional_count + 1) * sizeof(*enrolled));
	enum error error = find_keys(request, freeze->notice, required,
	    required_count, enrolled, &enrolled_count);

	if (!error)
		error = find_keys(request, freeze->notice, optional,
		    optional_count, enrolled, &enrolled_count);
	if (error)
		return error;
	*enough = !kl_attempt_declare(required, required_count, optional,
	    optional_count, enrolled, enrolled_count, freeze->parties,
	    &freeze->party_count);
	return ERR_OK;
}

/* --- who looks on --------------------------------------------------------- */

static bool is_of_party(
    const struct freeze *freeze, const struct kl_public_key *key)
{
	char hex[KL_PUBLIC_KEY_HEX];

	kl_public_key_hex(key, hex);
	for (size_t i = 0; i < freeze->party_count; i++)
		if (strcmp(freeze->parties[i].key, hex) == 0)
			return true;
	return false;
}

static int by_name(const void *left, const void *right)
{
	const struct kl_witness *one = left, *other = right;

	return kl_span_compare(one->name, other->name);
}

/* All that there are, however few must cosign, up to what a declaration may
 * name; but nobody is witness to himself. protocol §2. */
static void choose_witnesses(struct freeze *freeze)
{
	const struct kl_trust *trust = witnesses_trust();

	if (freeze->draw->quorum == 0)
		return;
	for (size_t i = 0; i < trust->witness_count &&
			   freeze->witness_count < KL_WITNESSES_MAX;
	     i++) {
		const struct kl_note_key *witness = &trust->witnesses[i];

		if (!is_of_party(freeze, &witness->key))
			freeze->witnesses[freeze->witness_count++] =
			    (struct kl_witness){ kl_span_of(witness->name),
				    witness->key };
	}
	qsort(freeze->witnesses, freeze->witness_count,
	    sizeof(*freeze->witnesses), by_name);
}

static enum error keep_parties(
    struct request *request, const struct freeze *freeze)
{
	enum error error = ERR_OK;

	for (size_t i = 0; !error && i < freeze->party_count; i++)
		error = act_insert(request, &party_rows,
		    DB_IN(db_text(freeze->draw->object.id), db_u64(i),
			db_text(freeze->parties[i].id),
			db_text(freeze->parties[i].key),
			db_u64(freeze->parties[i].required)));
	return error;
}

/* --- the texts ------------------------------------------------------------ */

static enum error say_roster(struct request *request, struct freeze *freeze)
{
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	struct draw *draw = freeze->draw;
	enum error error = draw_roster_write(draw, freeze->entrants,
	    freeze->count, &request->arena, &text, &draw->entrants);

	if (error) {
		kl_buf_clear(&text);
		return error;
	}
	return draw_say(request, draw, EVENT_DRAW_ROSTER, "roster.txt", &text,
	    &draw->roster_hash);
}

static enum error say_names(struct request *request, struct freeze *freeze)
{
	struct kl_named *list =
	    arena_alloc(&request->arena, (freeze->count + 1) * sizeof(*list));
	struct kl_names names = { .entries = list };
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);

	for (size_t i = 0; i < freeze->count; i++)
		if (!freeze->entrants[i].reason)
			list[names.count++] = (struct kl_named){
				kl_span_of(freeze->entrants[i].uscc),
				kl_span_of(freeze->entrants[i].name)
			};
	if (kl_names_write(&names, &text)) {
		kl_buf_clear(&text);
		return ERR_INTERNAL;
	}
	return draw_say(request, freeze->draw, EVENT_DRAW_NAMES, "names.txt",
	    &text, &freeze->draw->names_hash);
}

static enum error say_excluded(struct request *request, struct freeze *freeze)
{
	struct kl_exclusion *list =
	    arena_alloc(&request->arena, (freeze->count + 1) * sizeof(*list));
	struct kl_excluded excluded = {
		.draw = kl_span_of(freeze->draw->object.id), .entries = list
	};
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);

	for (size_t i = 0; i < freeze->count; i++) {
		const struct entrant *entrant = &freeze->entrants[i];
		struct kl_exclusion *to = &list[excluded.count];

		if (!entrant->reason)
			continue;
		excluded.count++;
		to->id = kl_span_of(entrant->uscc);
		to->reason = kl_span_of(entrant->reason);
		to->has_evidence = entrant->evidence != NULL;
		if (to->has_evidence)
			to->evidence = draw_hash_of(entrant->evidence);
	}
	if (kl_excluded_write(&excluded, &text)) {
		kl_buf_clear(&text);
		return ERR_INTERNAL;
	}
	return draw_say(request, freeze->draw, EVENT_DRAW_EXCLUDED,
	    "excluded.txt", &text, &freeze->draw->excluded_hash);
}

/* --- the declaration ------------------------------------------------------ */

static bool awaits(const struct draw *draw, enum kl_beacon_kind kind)
{
	return strcmp(draw->beacon, kl_beacon_word(kind)) == 0;
}

/* The first value not earlier than `due`: nobody chooses one. protocol §2. */
static void set_beacon(struct request *request, struct draw *draw, int64_t due)
{
	const struct kl_chain *chain = beacons_chain();
	struct arena *arena = &request->arena;
	int64_t round;

	draw->beacon_time = due;
	if (awaits(draw, KL_BEACON_DRAND)) {
		round = kl_chain_round(chain, due);
		draw->beacon_source = arena_hex(
		    arena, chain->hash.bytes, sizeof(chain->hash.bytes));
		draw->beacon_round = (uint64_t)round;
		draw->beacon_time = kl_chain_time(chain, round);
	} else if (awaits(draw, KL_BEACON_NIST)) {
		draw->beacon_source = arena_hex(arena,
		    beacons_certificate()->id.bytes, KL_CERTIFICATE_ID_SIZE);
		draw->beacon_time = kl_pulse_time(due);
	}
}

static enum error set_times(struct request *request, struct freeze *freeze)
{
	struct draw *draw = freeze->draw;
	struct kl_attempt_times times;

	if (kl_attempt_reckon(act_at(request),
		policy_duration(freeze->policy, "draw.commit"),
		policy_duration(freeze->policy, "draw.reveal"),
		(int64_t)draw->beacon_delay, &times))
		return ERR_INTERNAL;
	draw->commit_by = times.commit_by;
	draw->reveal_by = times.reveal_by;
	if (draw_has_beacon(draw))
		set_beacon(request, draw, times.beacon);
	return ERR_OK;
}

static void fill_beacon(struct kl_declare *declare, const struct draw *draw)
{
	if (!draw_has_beacon(draw))
		return;
	declare->beacon_delay_s = (int64_t)draw->beacon_delay;
	declare->beacon.time = draw->beacon_time;
	if (awaits(draw, KL_BEACON_DRAND)) {
		declare->beacon.kind = KL_BEACON_DRAND;
		declare->beacon.chain = beacons_chain()->hash;
		declare->beacon.round = (int64_t)draw->beacon_round;
	} else if (awaits(draw, KL_BEACON_NIST)) {
		declare->beacon.kind = KL_BEACON_NIST;
		declare->beacon.certificate = beacons_certificate()->id;
	} else {
		declare->beacon.kind = KL_BEACON_PUBLIC;
		declare->beacon.template = kl_span_of(draw->template);
	}
}

static enum error fill_parties(
    struct kl_declare *declare, const struct freeze *freeze)
{
	for (size_t i = 0; i < freeze->party_count; i++) {
		const struct kl_attempt_party *from = &freeze->parties[i];
		struct kl_party *to = &declare->parties[i];

		to->id = kl_span_of(from->id);
		to->required = from->required;
		if (kl_public_key_read(from->key, strlen(from->key), &to->key))
			return ERR_INTERNAL;
	}
	declare->party_count = freeze->party_count;
	return ERR_OK;
}

/* H(close.txt) of the attempt before. */
static enum error fill_previous(struct request *request,
    struct kl_declare *declare, const struct draw *draw)
{
	const struct draw *previous;
	const void *row;
	enum error error;

	if (!draw->previous)
		return ERR_OK;
	error = act_find(request, &draw_kind, draw->previous, &row);
	if (error)
		return error;
	previous = row;
	declare->previous = draw_hash_of(previous->close_hash);
	return ERR_OK;
}

static enum error fill(struct request *request, const struct freeze *freeze,
    struct kl_declare *declare)
{
	const struct draw *draw = freeze->draw;
	const char *notice = notice_text(freeze->notice, &request->arena);
	enum error error;

	declare->draw = kl_span_of(draw->object.id);
	declare->project = kl_span_of(draw->project);
	declare->attempt = (int64_t)draw->attempt;
	declare->origin = kl_span_of(log_origin());
	declare->log_key = log_note_key()->key;
	declare->quorum = draw->quorum;
	declare->notice = kl_hash_of(notice, strlen(notice));
	declare->policy = draw_hash_of(freeze->policy->digest);
	declare->draft = draw_hash_of(draw->draft_hash);
	declare->draft_until = draw->draft_until;
	declare->roster = draw_hash_of(draw->roster_hash);
	declare->names = draw_hash_of(draw->names_hash);
	declare->excluded = draw_hash_of(draw->excluded_hash);
	declare->select = draw->selected;
	declare->alternates = draw->alternates;
	declare->commit_by = draw->commit_by;
	declare->reveal_by = draw->reveal_by;
	declare->withheld_void = strcmp(draw->withheld, "void") == 0;
	declare->witness_count = freeze->witness_count;
	memcpy(declare->witnesses, freeze->witnesses,
	    freeze->witness_count * sizeof(*freeze->witnesses));
	fill_beacon(declare, draw);
	error = fill_parties(declare, freeze);
	return error ? error : fill_previous(request, declare, draw);
}

static enum error say_declare(struct request *request, struct freeze *freeze)
{
	struct kl_declare *declare =
	    arena_alloc(&request->arena, sizeof(*declare));
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	enum error error = fill(request, freeze, declare);

	if (!error && kl_declare_write(declare, &text))
		error = ERR_INTERNAL;
	if (error) {
		kl_buf_clear(&text);
		return error;
	}
	return draw_say(request, freeze->draw, EVENT_DRAW_DECLARED,
	    "declare.txt", &text, &freeze->draw->declare_hash);
}

/* --- the act -------------------------------------------------------------- */

static enum error load(struct request *request, struct freeze *freeze)
{
	const void *row;
	enum error error =
	    act_find(request, &notice_kind, freeze->draw->notice, &row);

	if (error)
		return error;
	freeze->notice = row;
	error = act_find(request, &policy_kind, freeze->draw->policy, &row);
	if (error)
		return error;
	freeze->policy = row;
	error = act_direct(request);
	if (error)
		return error;
	return draw_entrants_read(request, freeze->draw->object.id,
	    &freeze->entrants, &freeze->count);
}

static enum error fail_notice(
    struct request *request, const struct notice *notice)
{
	return act_change(request, &notice_kind,
	    kind_copy(&notice_kind, notice, &request->arena),
	    EVENT_NOTICE_FAILED, NULL, NULL);
}

static bool too_few(const struct freeze *freeze)
{
	uint64_t left = 0;

	for (size_t i = 0; i < freeze->count; i++)
		left += freeze->entrants[i].reason == NULL;
	return left < notice_entrants_min(freeze->notice, freeze->policy);
}

static enum error declare_all(struct request *request, struct freeze *freeze)
{
	struct draw *draw = freeze->draw;
	enum error error = set_times(request, freeze);

	if (!error)
		error = say_roster(request, freeze);
	if (!error)
		error = say_names(request, freeze);
	if (!error)
		error = say_excluded(request, freeze);
	if (!error)
		error = say_declare(request, freeze);
	if (!error)
		error = keep_parties(request, freeze);
	if (!error)
		error = act_due(
		    request, DUE_LOCK, draw->object.id, 1, draw->commit_by);
	if (!error)
		error = act_due(request, DUE_OVERDUE, draw->object.id, 1,
		    kl_attempt_overdue_at(draw_last_time(draw)));
	return error;
}

static enum error freeze(struct request *request)
{
	struct freeze freeze = { 0 };
	bool enough = false;
	enum error error = draw_take(request, request->params[0], &freeze.draw);

	/* Cancelled in the meantime. */
	if (error || draw_phase(freeze.draw) != KL_PHASE_DRAFTED)
		return error;
	error = load(request, &freeze);
	if (error)
		return error;
	if (too_few(&freeze)) {
		error = draw_drop(request, freeze.draw, "too-few-entrants");
		return error ? error : fail_notice(request, freeze.notice);
	}
	error = choose_parties(request, &freeze, &enough);
	if (error)
		return error;
	if (!enough) /* a key was retired: the owner may ask again */
		return draw_drop(request, freeze.draw, "party-missing");
	choose_witnesses(&freeze);
	if (freeze.draw->quorum > freeze.witness_count)
		return draw_drop(request, freeze.draw, "witness-missing");
	return declare_all(request, &freeze);
}

static const struct due dues[] = {
	{ DUE_FREEZE, freeze },
	{ 0 },
};

static const struct db_statement *const writes[] = { &party_rows.insert, NULL };

const struct resource draw_freeze_resource = {
	.writes = writes,
	.dues = dues,
};
