/* draw_read.c -- an attempt and its parties, as the rows have them. */
#include "draw_private.h"
#include "notices.h"
#include "route.h"

#include <stdlib.h>
#include <string.h>

static const struct db_statement select_parties = {
	"SELECT party, public_key, required, commit_hash, signature,"
	" commit_index, reveal_index FROM draw_party WHERE draw = ?"
	" ORDER BY position",
};

enum error draw_take(
    struct request *request, const char *id, struct draw **draw)
{
	const void *row;
	enum error error = act_find(request, &draw_kind, id, &row);

	if (error)
		return error;
	*draw = kind_copy(&draw_kind, row, &request->arena);
	return act_direct(request);
}

enum error draw_take_named(struct request *request, struct draw **draw)
{
	enum error error = draw_take(request, request->params[0], draw);

	return error ? error : request_match(request, (*draw)->object.seq);
}

enum error draw_take_own(
    struct request *request, const char *id, struct draw **draw)
{
	const struct notice *notice;
	const void *row;
	enum error error = draw_take(request, id, draw);

	if (error || request->caller.role != ROLE_OWNER)
		return error;
	error = act_find(request, &notice_kind, (*draw)->notice, &row);
	if (error)
		return error;
	notice = row;
	return strcmp(notice->owner, request->caller.organisation) == 0
		   ? ERR_OK
		   : ERR_NOT_FOUND;
}

static const struct {
	const char *state;
	enum kl_attempt_phase phase;
} phases[] = {
	{ "drafted", KL_PHASE_DRAFTED },
	{ "declared", KL_PHASE_DECLARED },
	{ "locked", KL_PHASE_LOCKED },
	{ "sealed", KL_PHASE_SEALED },
	{ "stopped", KL_PHASE_STOPPED },
};

enum kl_attempt_phase draw_phase(const struct draw *draw)
{
	for (size_t i = 0; i < sizeof(phases) / sizeof(*phases); i++)
		if (strcmp(draw->object.state, phases[i].state) == 0)
			return phases[i].phase;
	return KL_PHASE_OVER;
}

bool draw_has_beacon(const struct draw *draw)
{
	return strcmp(draw->beacon, "none") != 0;
}

int64_t draw_last_time(const struct draw *draw)
{
	return draw_has_beacon(draw) ? draw->beacon_time : draw->reveal_by;
}

bool draw_has_result(const struct draw *draw)
{
	return strcmp(draw->object.state, "closed") == 0 &&
	       strcmp(draw->outcome, "result") == 0;
}

enum kl_close_reason draw_reason(const struct draw *draw)
{
	enum kl_close_reason reason;

	if (kl_close_reason_read(kl_span_of(draw->reason), &reason))
		abort(); /* we wrote it ourselves */
	return reason;
}

struct kl_hash draw_hash_of(const char *hex)
{
	struct kl_hash hash;

	if (kl_unhex(hex, strlen(hex), hash.bytes, sizeof(hash.bytes)))
		abort(); /* we wrote it ourselves */
	return hash;
}

/* --- parties -------------------------------------------------------------- */

static void add_party(
    struct draw_parties *parties, const struct draw_party *party)
{
	parties->states[parties->count] = (struct kl_attempt_party){
		.id = party->id,
		.key = party->key,
		.required = party->required != 0,
		.committed = party->commit_index != 0,
		.revealed = party->reveal_index != 0,
	};
	parties->list[parties->count++] = *party;
}

enum error draw_parties_read(
    struct request *request, const char *draw, struct draw_parties *parties)
{
	struct draw_party row;

	parties->count = 0;
	db_query(request->db, &select_parties, DB_IN(db_text(draw)),
	    DB_OUT(db_to_text(&row.id), db_to_text(&row.key),
		db_to_u64(&row.required), db_to_text(&row.commit),
		db_to_text(&row.signature), db_to_u64(&row.commit_index),
		db_to_u64(&row.reveal_index)));
	while (db_next(request->db))
		if (parties->count < KL_PARTIES_MAX)
			add_party(parties, &row);
	return db_finish(request->db);
}

size_t draw_party_named(const struct draw_parties *parties, const char *id)
{
	for (size_t i = 0; i < parties->count; i++)
		if (strcmp(parties->list[i].id, id) == 0)
			return i;
	return SIZE_MAX;
}

bool draw_party_signed(const struct draw_parties *parties, size_t index,
    const struct kl_buf *statement, const char *signature)
{
	const char *hex = parties->list[index].key;
	struct kl_public_key key;
	struct kl_signature bytes;

	return !kl_buf_result(statement) &&
	       !kl_public_key_read(hex, strlen(hex), &key) &&
	       !kl_signature_read(signature, strlen(signature), &bytes) &&
	       !kl_verify(&key, statement->data, statement->size, &bytes);
}

/* --- what several parties signed ------------------------------------------ */

static enum error complain(
    struct request *request, const char *zh, const char *en)
{
	return request_complain(request, "", "signatures", zh, en, NULL);
}

/* Insert in declared order; false for a party that is there already. */
static bool place(
    struct draw_signatures *signatures, size_t party, const char *signature)
{
	struct draw_signature *list = signatures->list;
	size_t at = signatures->count;

	while (at > 0 && list[at - 1].party > party) {
		list[at] = list[at - 1];
		at--;
	}
	if (at > 0 && list[at - 1].party == party)
		return false;
	list[at].party = party;
	list[at].signature = signature;
	signatures->count++;
	return !kl_signature_read(
	    signature, strlen(signature), &list[at].signature_bytes);
}

static enum error read_signature(struct request *request,
    const struct draw_parties *parties, const json_t *item,
    struct draw_signatures *signatures)
{
	const char *party = json_string_value(json_object_get(item, "party"));
	const char *signature =
	    json_string_value(json_object_get(item, "signature"));
	size_t index;

	if (!party || !signature || json_object_size(item) != 2)
		return complain(request, "每项应只含 party 与 signature",
		    "each has party and signature, and nothing else");
	index = draw_party_named(parties, party);
	if (index == SIZE_MAX)
		return request_fail(request, ERR_APPROVALS,
		    "签名者不是本次抽取的参与方",
		    "somebody signed who is no party of this draw", NULL);
	if (!place(signatures, index, arena_copy(&request->arena, signature)))
		return complain(request,
		    "每个参与方一个 128 位小写十六进制签名",
		    "one signature a party, of 128 lower-case hex digits");
	return ERR_OK;
}

enum error draw_signatures_read(struct request *request,
    const struct draw_parties *parties, const char *json,
    enum draw_signers needed, struct draw_signatures *signatures)
{
	bool watched = needed == SIGNERS_WATCHED;
	json_auto_t *array = json_loads(json, 0, NULL);
	const char *ids[KL_PARTIES_MAX];
	enum error error = ERR_OK;

	signatures->count = 0;
	if (!json_is_array(array) || json_array_size(array) > KL_PARTIES_MAX)
		return complain(request, "应为不超过 16 项的数组",
		    "must be an array of at most 16");
	for (size_t i = 0; !error && i < json_array_size(array); i++)
		error = read_signature(
		    request, parties, json_array_get(array, i), signatures);
	if (error)
		return error;
	if (needed == SIGNERS_ANY)
		return ERR_OK;
	for (size_t i = 0; i < signatures->count; i++)
		ids[i] = parties->list[signatures->list[i].party].id;
	if (!kl_attempt_suffice(ids, signatures->count, watched))
		return request_fail(request, ERR_APPROVALS,
		    watched ? "至少两个参与方,其中须有监督方或报名方代表"
			    : "至少两个参与方",
		    watched ? "two parties or more, one of them supervisor or "
			      "entrants"
			    : "two parties or more",
		    NULL);
	return ERR_OK;
}

static const struct db_statement *const statements[] = { &select_parties,
	NULL };

const struct resource draw_read_resource = {
	.reads = statements,
	.writes = statements,
};
