/* draw_parties.c -- what parties bring: commitments, and then their secrets.
 *
 * Both are taken from anyone, since they prove themselves. A commitment has
 * no member that could hold a secret, and a reveal that comes before the lock
 * is published and cosigned, so that its party could check it, is refused on a
 * worker: it never reaches the writer.
 */
#include "draw_private.h"
#include "kl_commit.h"
#include "route.h"

#include <string.h>

enum { SIGNATURE_HEX = 2 * KL_SIGNATURE_SIZE, REVEAL_SIZE_MAX = 512 };

static const struct db_statement update_commitment = {
	"UPDATE draw_party SET commit_hash = ?, signature = ?,"
	" commit_index = ? WHERE draw = ? AND party = ? AND commit_index = 0",
};

static const struct db_statement update_reveal = {
	"UPDATE draw_party SET reveal_index = ?"
	" WHERE draw = ? AND party = ? AND reveal_index = 0",
};

struct commitment {
	struct object object;
	const char *party, *commit, *signature;
};

static const struct member commitment_members[] = {
	MEMBER(commitment, party, MEMBER_TOKEN, 1, KL_PARTY_ID_SIZE_MAX,
	    MEMBER_IN, "The party, as declared"),
	MEMBER(commitment, commit, MEMBER_HASH, 0, 0, MEMBER_IN,
	    "C, the hash of the commit text that stays with the party"),
	MEMBER(commitment, signature, MEMBER_TEXT, SIGNATURE_HEX, SIGNATURE_HEX,
	    MEMBER_IN,
	    "Of the commitment statement, by the party's key: 128 hex digits"),
	{ 0 },
};

static const struct kind commitment_input = {
	.name = "Commitment",
	.size = sizeof(struct commitment),
	.members = commitment_members,
};

struct reveal {
	struct object object;
	const char *party, *text;
};

static const struct member reveal_members[] = {
	MEMBER(reveal, party, MEMBER_TOKEN, 1, KL_PARTY_ID_SIZE_MAX, MEMBER_IN,
	    "The party, as declared"),
	MEMBER(reveal, text, MEMBER_PROSE, 1, REVEAL_SIZE_MAX, MEMBER_IN,
	    "The commit text, byte by byte"),
	{ 0 },
};

static const struct kind reveal_input = {
	.name = "Reveal",
	.size = sizeof(struct reveal),
	.members = reveal_members,
};

/* What both ask: the draw, its parties, and which of them it is. */
struct brought {
	struct draw *draw;
	struct draw_parties parties;
	size_t index;
};

static enum error find_party(struct request *request, struct brought *brought,
    const char *party, enum error error)
{
	enum error failed = draw_parties_read(
	    request, brought->draw->object.id, &brought->parties);

	if (failed)
		return failed;
	brought->index = draw_party_named(&brought->parties, party);
	if (brought->index == SIZE_MAX)
		return request_fail(request, error, "本次抽取没有这个参与方",
		    "the draw has no such party", NULL);
	return ERR_OK;
}

static enum error reply(struct request *request, const struct draw *draw,
    const char *party, uint64_t event_index)
{
	json_t *json = json_pack("{s:s, s:s, s:I}", "draw", draw->object.id,
	    "party", party, "event_index", (json_int_t)event_index);
	enum error error = request_reply(request, 201, json);

	return error ? error : act_receipt(request, event_index);
}

/* --- commitments ---------------------------------------------------------- */

static enum error before_freeze(struct request *request)
{
	return request_fail(request, ERR_STATE, "名单尚未冻结或抽取已撤销",
	    "the roster is not frozen, or the draw was dropped", NULL);
}

/* Is it this party's commitment to this declaration? */
static enum error check_commitment(
    struct request *request, struct brought *brought)
{
	const struct commitment *input = request->input;
	struct kl_commitment statement = {
		.party = kl_span_of(input->party),
	};
	struct kl_buf bytes = KL_BUF(KL_LEAF_TEXT_MAX);
	bool good;
	enum error error;

	if (!brought->draw->declare_hash)
		return before_freeze(request);
	error = find_party(request, brought, input->party, ERR_COMMITMENT);
	if (error)
		return error;
	statement.declare = draw_hash_of(brought->draw->declare_hash);
	statement.commit = draw_hash_of(input->commit);
	good = !kl_commitment_write(&statement, &bytes) &&
	       draw_party_signed(
		   &brought->parties, brought->index, &bytes, input->signature);
	kl_buf_clear(&bytes);
	if (!good)
		return request_fail(request, ERR_SIGNATURE,
		    "不是该参与方对本次声明所作承诺的签名",
		    "not the party's signature of a commitment to this "
		    "declaration",
		    NULL);
	return ERR_OK;
}

static enum error prepare_commitment(struct request *request)
{
	struct brought *brought =
	    arena_alloc(&request->arena, sizeof(*brought));
	enum error error =
	    draw_find_shown(request, request->params[0], &brought->draw);

	return error ? error : check_commitment(request, brought);
}

static enum error take_commitment(
    struct request *request, const struct brought *brought)
{
	const struct commitment *input = request->input;
	struct draw *draw = brought->draw;
	enum error error =
	    act_change(request, &draw_kind, draw, EVENT_DRAW_COMMITTED,
		json_pack("{s:s, s:s, s:s}", "party", input->party, "commit",
		    input->commit, "signature", input->signature),
		NULL);

	if (!error)
		error = act_execute(request, &update_commitment,
		    DB_IN(db_text(input->commit), db_text(input->signature),
			db_u64(draw->object.event_index),
			db_text(draw->object.id), db_text(input->party)),
		    1);
	if (error)
		return error;
	return reply(request, draw, input->party, draw->object.event_index);
}

static enum error answer_commitment(
    struct request *request, const struct brought *brought)
{
	const struct commitment *input = request->input;
	const struct draw_party *party = &brought->parties.list[brought->index];
	bool same = party->commit_index &&
		    strcmp(party->commit, input->commit) == 0 &&
		    strcmp(party->signature, input->signature) == 0;

	switch (kl_attempt_commit(draw_phase(brought->draw), act_at(request),
	    brought->draw->commit_by, &brought->parties.states[brought->index],
	    same)) {
	case KL_ANSWER_TAKE:
		return take_commitment(request, brought);
	case KL_ANSWER_SAME:
		return ERR_EXISTS; /* the writer has replayed its answer */
	case KL_ANSWER_OTHER:
		return request_fail(request, ERR_EXISTS,
		    "该参与方已作出另一承诺",
		    "the party has committed to something else", NULL);
	case KL_ANSWER_TOO_EARLY:
	case KL_ANSWER_NOT_LOCKED:
	case KL_ANSWER_NOT_FIRST:
		return before_freeze(request);
	case KL_ANSWER_TOO_LATE:
		return ERR_TOO_LATE;
	}
	return ERR_INTERNAL;
}

/* The signature was checked beforehand; the declaration never changes. */
static enum error commit(struct request *request)
{
	const struct commitment *input = request->input;
	struct brought brought;
	enum error error = draw_take_named(request, &brought.draw);

	if (error)
		return error;
	error = find_party(request, &brought, input->party, ERR_COMMITMENT);
	if (error)
		return error;
	return answer_commitment(request, &brought);
}

/* --- reveals -------------------------------------------------------------- */

static enum error too_early(struct request *request)
{
	return request_fail(request, ERR_TOO_EARLY, "承诺尚未锁定,请勿公布秘密",
	    "commitments are not locked yet: keep the secret", NULL);
}

/* Whoever reveals before must trust us that there is no other lock. */
static enum error check_locked(
    struct request *request, const struct draw *draw, int64_t at)
{
	int64_t cosigned_at;
	enum error error =
	    draw_cosigned_at(request, draw, "lock.txt", &cosigned_at);

	if (error || kl_attempt_is_locked(draw->quorum, cosigned_at, at))
		return error;
	return request_fail(request, ERR_TOO_EARLY,
	    "见证人尚未联署锁定,请勿公布秘密",
	    "the witnesses have not cosigned the lock: keep the secret", NULL);
}

static bool is_what_was_locked(
    const struct brought *brought, const struct reveal *input)
{
	const struct draw_party *party = &brought->parties.list[brought->index];
	struct kl_hash declare = draw_hash_of(brought->draw->declare_hash);
	size_t size = strlen(input->text);
	struct kl_hash hash = kl_hash_of(input->text, size);
	char hex[KL_HASH_HEX];
	struct kl_commit commit;

	kl_hash_hex(&hash, hex);
	return party->commit && strcmp(party->commit, hex) == 0 &&
	       !kl_commit_read(&commit, input->text, size, NULL) &&
	       kl_hash_equal(&commit.declare, &declare) &&
	       kl_span_is(commit.party, input->party);
}

static enum error check_reveal(struct request *request, struct brought *brought)
{
	const struct reveal *input = request->input;
	enum kl_attempt_phase phase = draw_phase(brought->draw);
	enum error error;

	if (phase == KL_PHASE_DRAFTED || phase == KL_PHASE_DECLARED)
		return too_early(request);
	if (!brought->draw->lock_hash)
		return request_fail(request, ERR_STATE,
		    "抽取在锁定之前已经结束", "the draw ended before the lock",
		    NULL);
	error = find_party(request, brought, input->party, ERR_REVEAL);
	if (error)
		return error;
	if (!is_what_was_locked(brought, input))
		return request_fail(request, ERR_REVEAL,
		    "不是锁定中该参与方所承诺的文本",
		    "not the text that the party's commitment in the lock is "
		    "of",
		    NULL);
	return ERR_OK;
}

static enum error prepare_reveal(struct request *request)
{
	struct brought *brought =
	    arena_alloc(&request->arena, sizeof(*brought));
	enum error error =
	    draw_find_shown(request, request->params[0], &brought->draw);

	if (!error)
		error = check_reveal(request, brought);
	return error ? error
		     : check_locked(request, brought->draw, INT64_MAX - 1);
}

static enum error record_reveal(struct request *request,
    const struct brought *brought, const struct reveal *input)
{
	struct draw *draw = brought->draw;
	enum error error = act_change(request, &draw_kind, draw,
	    EVENT_DRAW_REVEALED,
	    json_pack("{s:s, s:s}", "party", input->party, "text", input->text),
	    NULL);

	if (!error)
		error = draw_text_keep(request, draw,
		    draw_commit_file(request, input->party), input->text,
		    strlen(input->text));
	if (!error)
		error = act_execute(request, &update_reveal,
		    DB_IN(db_u64(draw->object.event_index),
			db_text(draw->object.id), db_text(input->party)),
		    1);
	return error;
}

static enum error take_reveal(struct request *request, struct brought *brought)
{
	const struct reveal *input = request->input;
	enum error error = record_reveal(request, brought, input);
	uint64_t event_index = brought->draw->object.event_index;

	if (error)
		return error;
	brought->parties.states[brought->index].revealed = true;
	error = draw_go_on(request, brought->draw, &brought->parties, false);
	if (error)
		return error;
	return reply(request, brought->draw, input->party, event_index);
}

static enum error answer_reveal(
    struct request *request, struct brought *brought)
{
	enum error error;

	switch (kl_attempt_reveal(draw_phase(brought->draw), act_at(request),
	    brought->draw->reveal_by, brought->parties.states,
	    brought->parties.count, brought->index,
	    !draw_has_beacon(brought->draw))) {
	case KL_ANSWER_TAKE:
		error = check_locked(request, brought->draw, act_at(request));
		return error ? error : take_reveal(request, brought);
	case KL_ANSWER_SAME:
		return ERR_EXISTS; /* the writer has replayed its answer */
	case KL_ANSWER_TOO_EARLY:
		return too_early(request);
	case KL_ANSWER_NOT_FIRST:
		return request_fail(request, ERR_TOO_EARLY,
		    "没有公共信标时须由运营方先揭示",
		    "without a beacon the operator reveals first", NULL);
	case KL_ANSWER_TOO_LATE:
		return ERR_TOO_LATE;
	case KL_ANSWER_NOT_LOCKED:
	case KL_ANSWER_OTHER:
		return ERR_REVEAL;
	}
	return ERR_INTERNAL;
}

static enum error reveal(struct request *request)
{
	struct brought brought;
	enum error error = draw_take_named(request, &brought.draw);

	if (!error)
		error = check_reveal(request, &brought);
	if (error)
		return error;
	return answer_reveal(request, &brought);
}

static const struct route routes[] = {
	{ "POST", "/v1/draws/{id}/commitments", commit, .class = ROUTE_ACT,
	    .body_max = 4096, .input = &commitment_input,
	    .prepare = prepare_commitment, .proves_itself = true,
	    .summary = "Bring a party's signed commitment" },
	{ "POST", "/v1/draws/{id}/reveals", reveal, .class = ROUTE_ACT,
	    .body_max = 4096, .input = &reveal_input, .prepare = prepare_reveal,
	    .proves_itself = true,
	    .summary = "Bring a party's secret, after the lock" },
	{ 0 },
};

static const struct db_statement *const writes[] = {
	&update_commitment,
	&update_reveal,
	NULL,
};

const struct resource draw_parties_resource = {
	.routes = routes,
	.writes = writes,
};
