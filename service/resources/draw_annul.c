/* draw_annul.c -- a result that does not stand: a new attempt may follow.
 *
 * Taken from anyone, since the signatures of parties prove it.
 */
#include "draw_private.h"
#include "route.h"

struct annulment {
	struct object object;
	const char *reason, *evidence, *approvals;
};

static const struct member annulment_members[] = {
	MEMBER(annulment, reason, MEMBER_TOKEN, 1, 64, MEMBER_IN,
	    "Why the result does not stand, as a code"),
	MEMBER(annulment, evidence, MEMBER_HASH, 0, 0, MEMBER_IN,
	    "Hash of what shows it"),
	MEMBER(annulment, approvals, MEMBER_JSON, 2, DRAW_SIGNATURES_JSON_MAX,
	    MEMBER_IN,
	    "[{party, signature}] of two or more declared parties, one of "
	    "them supervisor or entrants"),
	{ 0 },
};

static const struct kind annulment_input = {
	.name = "Annulment",
	.size = sizeof(struct annulment),
	.members = annulment_members,
};

static const struct member next_members[] = {
	MEMBER(annulment, reason, MEMBER_TOKEN, 1, 64, MEMBER_IN,
	    "Why the result does not stand, as a code"),
	MEMBER(annulment, evidence, MEMBER_HASH, 0, 0, MEMBER_IN,
	    "Hash of what shows it"),
	DRAW_NEXT_APPROVALS(annulment),
	{ 0 },
};

static const struct kind next_query = {
	.name = "AnnulmentNext",
	.size = sizeof(struct annulment),
	.members = next_members,
};

static void fill(struct kl_annul *annul, const struct draw *draw,
    const struct annulment *input)
{
	annul->close = draw_hash_of(draw->close_hash);
	annul->reason = kl_span_of(input->reason);
	annul->evidence = draw_hash_of(input->evidence);
}

static enum error next(struct request *request)
{
	struct annulment *wanted =
	    arena_alloc(&request->arena, sizeof(*wanted));
	struct kl_annul annul = { .approval_count = 0 };
	json_auto_t *reply = json_object();
	struct draw *draw;
	enum error error = draw_find_shown(request, request->params[0], &draw);

	if (!error)
		error = draw_query_read(request, &next_query, wanted);
	if (!error)
		error = draw_need_result(request, draw);
	if (error)
		return error;
	fill(&annul, draw, wanted);
	error = draw_approve_next(request, draw->object.id, wanted->approvals,
	    &(struct draw_approvable){ .annul = &annul }, reply);
	return error ? error : request_reply(request, 200, json_incref(reply));
}

static enum error prepare_annul(struct request *request)
{
	const struct annulment *input = request->input;
	struct kl_annul *annul = arena_alloc(&request->arena, sizeof(*annul));
	const struct draw *draw;
	enum error error = draw_find_stored(request, &draw);

	if (!error)
		error = draw_need_result(request, draw);
	if (error)
		return draw_leave_to_act(error);
	fill(annul, draw, input);
	error = draw_approve(request, draw->object.id, input->approvals,
	    &(struct draw_approvable){ .annul = annul });
	if (!error)
		request->prepared = annul;
	return error;
}

static enum error annul(struct request *request)
{
	const char *ignored;
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	struct draw *draw;
	enum error error = draw_take_named(request, &draw);

	if (!error)
		error = draw_need_result(request, draw);
	if (error)
		return error;
	if (!request->prepared) /* it had none when it was prepared */
		return ERR_STALE;
	draw->project_lock = NULL;
	if (kl_annul_write(request->prepared, &text)) {
		kl_buf_clear(&text);
		return ERR_INTERNAL;
	}
	error = draw_say(
	    request, draw, EVENT_DRAW_ANNULLED, "annul.txt", &text, &ignored);
	return error ? error : draw_reply(request, draw);
}

static const struct route routes[] = {
	{ "GET", "/v1/draws/{id}/annulment/next", next, .class = ROUTE_READ,
	    .published = true, .query = next_members,
	    .summary = "The bytes that the next party signs to annul" },
	{ "POST", "/v1/draws/{id}/annulment", annul, .class = ROUTE_ACT,
	    .body_max = 16384, .input = &annulment_input, .output = &draw_kind,
	    .prepare = prepare_annul, .proves_itself = true,
	    .summary = "Annul a result, so that a new attempt may follow" },
	{ 0 },
};

const struct resource draw_annul_resource = { .routes = routes };
