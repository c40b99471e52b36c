/* draw_close.c -- lock, seal, seed, result, close: what time makes due. */
#include "draw_private.h"
#include "kl_commit.h"
#include "kl_draw.h"
#include "kl_seed.h"
#include "route.h"

#include <inttypes.h>
#include <string.h>

static const struct act_table rank_rows = {
	{ "INSERT INTO draw_rank (draw, place, entry, ticket, alternate)"
	  " VALUES (?, ?, ?, ?, ?)" },
	5,
	{ { 1, 2 }, { 1, 3 } },
};

/* --- the end -------------------------------------------------------------- */

static bool any_revealed(const struct draw_parties *parties)
{
	bool any = false;

	for (size_t i = 0; i < parties->count; i++)
		any |= parties->states[i].revealed;
	return any;
}

/* A result holds its project; anything else makes way for a new attempt. */
static enum error close_now(struct request *request, struct draw *draw,
    enum kl_close_reason reason, const struct kl_hash *detail, bool known)
{
	bool drawn = reason == KL_CLOSE_DRAWN;
	struct kl_close close = {
		.declare = draw_hash_of(draw->declare_hash),
		.reason = reason,
		.has_detail = detail != NULL,
		.known = known,
	};
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);

	if (detail)
		close.detail = *detail;
	draw->outcome = kl_outcome_word(kl_close_outcome(reason));
	draw->reason = kl_close_word(reason);
	draw->detail = NULL;
	draw->known = close.known;
	draw->closed_at = act_at(request);
	if (!drawn)
		draw->project_lock = NULL;
	if (kl_close_write(&close, &text)) {
		kl_buf_clear(&text);
		return ERR_INTERNAL;
	}
	return draw_say(request, draw, EVENT_DRAW_CLOSED, "close.txt", &text,
	    &draw->close_hash);
}

/* It will end for this reason, when the value of its beacon is on record. */
static enum error stop(struct request *request, struct draw *draw,
    enum kl_close_reason reason, const struct kl_hash *detail)
{
	draw->reason = kl_close_word(reason);
	draw->detail = detail ? arena_hex(&request->arena, detail->bytes,
				    sizeof(detail->bytes))
			      : NULL;
	return act_change(request, &draw_kind, draw, EVENT_DRAW_STOPPED,
	    json_pack(
		"{s:s, s:s*}", "reason", draw->reason, "detail", draw->detail),
	    NULL);
}

enum error draw_end(struct request *request, struct draw *draw,
    const struct draw_parties *parties, enum kl_close_reason reason,
    const struct kl_hash *detail)
{
	bool known = kl_attempt_known(draw_has_beacon(draw), draw->beacon_time,
	    act_at(request), any_revealed(parties));

	if (!draw->beacon_value &&
	    kl_attempt_waits(draw->beacon_source != NULL,
		draw->seal_hash != NULL, known, reason == KL_CLOSE_BEACON))
		return stop(request, draw, reason, detail);
	return close_now(request, draw, reason, detail, known);
}

enum error draw_end_stopped(struct request *request, struct draw *draw)
{
	enum kl_close_reason reason = draw_reason(draw);
	struct kl_hash detail;

	act_by_itself(request);
	if (!draw->detail)
		return close_now(request, draw, reason, NULL, true);
	detail = draw_hash_of(draw->detail);
	return close_now(request, draw, reason, &detail, true);
}

enum error draw_drop(
    struct request *request, struct draw *draw, const char *reason)
{
	draw->project_lock = NULL;
	draw->reason = reason;
	draw->closed_at = act_at(request);
	return act_change(request, &draw_kind, draw, EVENT_DRAW_DROPPED,
	    json_pack("{s:s}", "reason", reason), NULL);
}

/* --- the lock ------------------------------------------------------------- */

static enum error say_lock(struct request *request, struct draw *draw,
    const struct draw_parties *parties)
{
	struct kl_lock *lock = arena_alloc(&request->arena, sizeof(*lock));
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);

	lock->declare = draw_hash_of(draw->declare_hash);
	lock->count = parties->count;
	for (size_t i = 0; i < parties->count; i++) {
		const struct draw_party *from = &parties->list[i];
		struct kl_locked *to = &lock->parties[i];

		to->party = kl_span_of(from->id);
		to->absent = !parties->states[i].committed;
		if (to->absent)
			continue;
		to->commit = draw_hash_of(from->commit);
		if (kl_signature_read(from->signature, strlen(from->signature),
			&to->signature))
			return ERR_INTERNAL;
	}
	if (kl_lock_write(lock, &text)) {
		kl_buf_clear(&text);
		return ERR_INTERNAL;
	}
	return draw_say(request, draw, EVENT_DRAW_LOCKED, "lock.txt", &text,
	    &draw->lock_hash);
}

static enum error lock(struct request *request)
{
	struct draw_parties parties;
	struct draw *draw;
	bool witnessed = false;
	enum error error = draw_take(request, request->params[0], &draw);

	/* Cancelled in the meantime. */
	if (error || draw_phase(draw) != KL_PHASE_DECLARED)
		return error;
	error = draw_parties_read(request, draw->object.id, &parties);
	if (!error)
		error = draw_is_witnessed(
		    request, draw, "declare.txt", draw->commit_by, &witnessed);
	if (error)
		return error;
	switch (kl_attempt_lock(parties.states, parties.count, witnessed,
	    act_at(request) >= draw->reveal_by)) {
	case KL_LOCK_TOO_FEW:
		return draw_end(
		    request, draw, &parties, KL_CLOSE_TOO_FEW, NULL);
	case KL_LOCK_ABSENT:
		return draw_end(request, draw, &parties, KL_CLOSE_ABSENT, NULL);
	case KL_LOCK_UNWITNESSED:
		return draw_end(
		    request, draw, &parties, KL_CLOSE_UNWITNESSED, NULL);
	case KL_LOCK_WRITE:
		break;
	}
	error = say_lock(request, draw, &parties);
	if (error)
		return error;
	return act_due(request, DUE_SEAL, draw->object.id, 1, draw->reveal_by);
}

/* --- the seal ------------------------------------------------------------- */

static enum error read_secret(struct request *request, const struct draw *draw,
    const char *party, struct kl_secret *secret)
{
	const char *file = draw_commit_file(request, party);
	struct kl_commit commit;
	struct db_blob text;
	enum error error =
	    draw_text_find(request, draw->object.id, file, &text);

	if (error)
		return error;
	if (kl_commit_read(&commit, (const char *)text.bytes, text.size, NULL))
		return ERR_INTERNAL;
	*secret = commit.secret;
	return ERR_OK;
}

static enum error fill_sealed(struct request *request, const struct draw *draw,
    const struct kl_attempt_party *party, struct kl_sealed *sealed)
{
	sealed->party = kl_span_of(party->id);
	sealed->reveal = !party->committed ? KL_ABSENT
			 : party->revealed ? KL_REVEALED
					   : KL_WITHHELD;
	if (!party->revealed)
		return ERR_OK;
	return read_secret(request, draw, party->id, &sealed->secret);
}

static enum error say_seal(struct request *request, struct draw *draw,
    const struct draw_parties *parties)
{
	struct kl_seal *seal = arena_alloc(&request->arena, sizeof(*seal));
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	enum error error = ERR_OK;

	seal->declare = draw_hash_of(draw->declare_hash);
	seal->lock = draw_hash_of(draw->lock_hash);
	seal->count = parties->count;
	for (size_t i = 0; !error && i < parties->count; i++)
		error = fill_sealed(
		    request, draw, &parties->states[i], &seal->parties[i]);
	if (!error && kl_seal_write(seal, &text))
		error = ERR_INTERNAL;
	if (error) {
		kl_buf_clear(&text);
		return error;
	}
	error = draw_say(request, draw, EVENT_DRAW_SEALED, "seal.txt", &text,
	    &draw->seal_hash);
	if (error || !draw_has_beacon(draw))
		return error;
	return act_due(
	    request, DUE_BEACON, draw->object.id, 1, draw->beacon_time);
}

static enum error seal_and_end(struct request *request, struct draw *draw,
    const struct draw_parties *parties, enum kl_close_reason reason)
{
	enum error error = say_seal(request, draw, parties);

	return error ? error : draw_end(request, draw, parties, reason, NULL);
}

/* What a seed without a beacon says of it. */
static const struct kl_seed nothing = { .kind = KL_BEACON_NONE };

enum error draw_go_on(struct request *request, struct draw *draw,
    const struct draw_parties *parties, bool over)
{
	bool late =
	    draw_has_beacon(draw) && act_at(request) >= draw->beacon_time;
	bool witnessed = !over;
	enum error error = ERR_OK;

	act_by_itself(request);
	if (over)
		error = draw_is_witnessed(
		    request, draw, "lock.txt", draw->reveal_by, &witnessed);
	if (error)
		return error;
	switch (kl_attempt_seal(parties->states, parties->count, over,
	    witnessed, strcmp(draw->withheld, "void") == 0, late)) {
	case KL_SEAL_WAIT:
		return ERR_OK;
	case KL_SEAL_WITHHELD:
		return draw_end(
		    request, draw, parties, KL_CLOSE_WITHHELD, NULL);
	case KL_SEAL_UNWITNESSED:
		return draw_end(
		    request, draw, parties, KL_CLOSE_UNWITNESSED, NULL);
	case KL_SEAL_WRITE_VOID:
		return seal_and_end(request, draw, parties, KL_CLOSE_PARTY);
	case KL_SEAL_WRITE_LATE:
		return seal_and_end(request, draw, parties, KL_CLOSE_UNSEALED);
	case KL_SEAL_WRITE:
		break;
	}
	error = say_seal(request, draw, parties);
	if (error)
		return error;
	if (draw_has_beacon(draw))
		return ERR_OK;
	return draw_finish(request, draw, &nothing);
}

/* --- the result ----------------------------------------------------------- */

static enum error say_seed(
    struct request *request, struct draw *draw, const struct kl_seed *beacon)
{
	struct kl_seed seed = *beacon;
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);

	seed.seal = draw_hash_of(draw->seal_hash);
	if (kl_seed_write(&seed, &text)) {
		kl_buf_clear(&text);
		return ERR_INTERNAL;
	}
	return draw_say(request, draw, EVENT_DRAW_SEEDED, "seed.txt", &text,
	    &draw->seed_hash);
}

/* Rows for those who have something of it; the text has them all. */
static enum error keep_ranks(struct request *request, const struct draw *draw,
    const struct kl_ranking *ranking)
{
	enum error error = ERR_OK;

	for (size_t i = 0; !error && i < ranking->count; i++) {
		const struct kl_ranked *ranked = &ranking->entries[i];
		char ticket[KL_HASH_HEX];

		if (ranked->role == KL_NOT_SELECTED)
			break;
		kl_hash_hex(&ranked->ticket, ticket);
		error = act_insert(request, &rank_rows,
		    DB_IN(db_text(draw->object.id), db_u64(i + 1),
			db_bytes(ranked->id.at, ranked->id.size),
			db_text(ticket), db_u64(ranked->alternate)));
	}
	return error;
}

static enum error say_result(
    struct request *request, struct draw *draw, const struct kl_roster *roster)
{
	struct kl_hash seed = draw_hash_of(draw->seed_hash);
	struct kl_ranking ranking = { 0 };
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	enum error error = ERR_OK;

	if (kl_draw(roster, &seed, draw->selected, draw->alternates, &ranking))
		return ERR_INTERNAL;
	if (kl_ranking_write(&ranking, &text)) {
		kl_buf_clear(&text);
		error = ERR_INTERNAL;
	}
	if (!error)
		error = draw_say(request, draw, EVENT_DRAW_RESULT, "result.txt",
		    &text, &draw->result_hash);
	if (!error)
		error = keep_ranks(request, draw, &ranking);
	kl_ranking_clear(&ranking);
	return error;
}

static enum error rank(struct request *request, struct draw *draw)
{
	struct kl_roster roster = { 0 };
	struct db_blob text;
	enum error error =
	    draw_text_find(request, draw->object.id, "roster.txt", &text);

	if (error)
		return error;
	if (kl_roster_read(&roster, (const char *)text.bytes, text.size, NULL))
		return ERR_INTERNAL;
	error = say_result(request, draw, &roster);
	kl_roster_clear(&roster);
	return error;
}

enum error draw_finish(
    struct request *request, struct draw *draw, const struct kl_seed *beacon)
{
	struct kl_hash result;
	enum error error;

	act_by_itself(request);
	error = say_seed(request, draw, beacon);
	if (!error)
		error = rank(request, draw);
	if (error)
		return error;
	result = draw_hash_of(draw->result_hash);
	return close_now(request, draw, KL_CLOSE_DRAWN, &result, true);
}

/* --- the acts ------------------------------------------------------------- */

static enum error seal(struct request *request)
{
	struct draw_parties parties;
	struct draw *draw;
	enum error error = draw_take(request, request->params[0], &draw);

	/* All revealed before, or cancelled. */
	if (error || draw_phase(draw) != KL_PHASE_LOCKED)
		return error;
	error = draw_parties_read(request, draw->object.id, &parties);
	if (error)
		return error;
	return draw_go_on(request, draw, &parties, true);
}

/* Before any value is taken: dues of a time go before acts of that time. */
static enum error stand(struct request *request)
{
	struct draw_parties parties;
	struct draw *draw;
	bool witnessed = false;
	enum error error = draw_take(request, request->params[0], &draw);

	/* Cancelled in the meantime. */
	if (error || draw_phase(draw) != KL_PHASE_SEALED)
		return error;
	error = draw_parties_read(request, draw->object.id, &parties);
	if (!error)
		error = draw_is_witnessed(
		    request, draw, "seal.txt", draw->beacon_time, &witnessed);
	if (error ||
	    kl_attempt_stands(parties.states, parties.count, witnessed))
		return error;
	return draw_end(request, draw, &parties, KL_CLOSE_UNSEALED, NULL);
}

static const struct due dues[] = {
	{ DUE_LOCK, lock },
	{ DUE_SEAL, seal },
	{ DUE_BEACON, stand },
	{ 0 },
};

static const struct db_statement *const writes[] = { &rank_rows.insert, NULL };

const struct resource draw_close_resource = {
	.writes = writes,
	.dues = dues,
};
