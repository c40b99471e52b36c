/* objections.c -- what those who signed up say against a draft roster. */
#include "objections.h"

#include "draw_private.h"
#include "kl_scope.h"
#include "list.h"
#include "notices.h"
#include "route.h"

#include <string.h>

enum {
	GROUNDS_MAX = 2000,
	ANSWER_MAX = 2000,
	OBJECTIONS_MAX = 10
}; /* of one institution */

static const struct db_statement select_entrant = {
	"SELECT entry FROM draw_entrant WHERE draw = ? AND entry = ?",
};

static const struct db_statement count_objections = {
	"SELECT COUNT(*) FROM objection WHERE draw = ? AND institution = ?",
};

#define ANSWERED MEMBER_OPTIONAL | MEMBER_LATER

static const struct member members[] = {
	MEMBER(objection, draw, MEMBER_TOKEN, 1, 64, 0, "The draw"),
	MEMBER(objection, institution, MEMBER_TOKEN, 1, 64, 0, "Whose it is"),
	MEMBER(objection, reason, MEMBER_TOKEN, 1, 64, MEMBER_IN,
	    "What it is about, as a code"),
	MEMBER(objection, grounds, MEMBER_PROSE, 1, GROUNDS_MAX,
	    MEMBER_IN | MEMBER_PRIVATE,
	    "In words; for those who decide, not for the public"),
	MEMBER_OF(objection, upheld, "yes no", ANSWERED, "Whether it is right"),
	MEMBER(objection, answer, MEMBER_PROSE, 1, ANSWER_MAX, ANSWERED,
	    "What was said to it, to everybody"),
	MEMBER(objection, answered_by, MEMBER_TOKEN, 1, 64, ANSWERED,
	    "The organisation that answered"),
	{ 0 },
};

struct reply {
	struct object object;
	const char *upheld, *answer;
};

static const struct member reply_members[] = {
	MEMBER_OF(reply, upheld, "yes no", MEMBER_IN, "Whether it is right"),
	MEMBER(reply, answer, MEMBER_PROSE, 1, ANSWER_MAX, MEMBER_IN,
	    "Why; public, as the decision is"),
	{ 0 },
};

static const struct kind reply_input = {
	.name = "ObjectionAnswer",
	.size = sizeof(struct reply),
	.members = reply_members,
};

static struct kind_list lists[] = {
	{ "by_draw", { "draw" }, "event_index", false, { NULL } },
	{ 0 },
};

struct kind objection_kind = {
	.name = "Objection",
	.table = "objection",
	.size = sizeof(struct objection),
	.members = members,
	.shown = SHOWS_DRAWS,
	.lists = lists,
};

static enum error check_draw(struct request *request, const struct draw *draw)
{
	if (draw_phase(draw) != KL_PHASE_DRAFTED)
		return request_fail(request, ERR_STATE, "当前状态:{0}",
		    "its state is {0}", draw->object.state, NULL);
	return act_at(request) < draw->draft_until ? ERR_OK : ERR_TOO_LATE;
}

/* Only who signed up may object, and not without end. */
static enum error check_objector(
    struct request *request, const struct draw *draw)
{
	const char *id = draw->object.id;
	const char *uscc = request->caller.organisation, *entry;
	uint64_t count = 0;
	enum error error = db_row(request->db, &select_entrant,
	    DB_IN(db_text(id), db_text(uscc)), DB_OUT(db_to_text(&entry)));

	if (error == ERR_NOT_FOUND)
		return request_fail(request, ERR_FORBIDDEN,
		    "只有报名的机构可以提出异议",
		    "only an institution that signed up may object", NULL);
	if (!error)
		error = db_row(request->db, &count_objections,
		    DB_IN(db_text(id), db_text(uscc)),
		    DB_OUT(db_to_u64(&count)));
	if (!error && count >= OBJECTIONS_MAX)
		return ERR_TOO_MANY;
	return error;
}

static enum error create(struct request *request)
{
	struct objection *objection = request->input;
	struct draw *draw;
	enum error error = draw_take(request, request->params[0], &draw);

	if (!error)
		error = check_draw(request, draw);
	if (!error)
		error = check_objector(request, draw);
	if (error)
		return error;
	objection->object.id = act_new_id(request, "objection");
	objection->draw = draw->object.id;
	objection->institution = request->caller.organisation;
	error = act_add(request, &objection_kind, objection,
	    EVENT_OBJECTION_MADE, NULL, NULL);
	if (error)
		return error;
	return request_reply(
	    request, 201, kind_json(&objection_kind, objection, true));
}

/* Before the freeze: what is upheld can still be excluded. */
static enum error answer(struct request *request)
{
	const struct reply *input = request->input;
	struct objection *objection;
	struct draw *draw;
	const void *row;
	enum error error =
	    act_find(request, &objection_kind, request->params[0], &row);

	if (error)
		return error;
	objection = kind_copy(&objection_kind, row, &request->arena);
	error = draw_take_own(request, objection->draw, &draw);
	if (!error)
		error = request_match(request, objection->object.seq);
	if (!error)
		error = check_draw(request, draw);
	if (error)
		return error;
	objection->upheld = input->upheld;
	objection->answer = input->answer;
	objection->answered_by = request->caller.organisation;
	error = act_change(request, &objection_kind, objection,
	    EVENT_OBJECTION_ANSWERED, NULL, NULL);
	return error ? error
		     : list_shown(request, &objection_kind, objection, true);
}

/* Grounds of other owners' draws are none of his business. */
static enum error check_reader(struct request *request)
{
	const void *draw, *notice;
	enum error error;

	if (request->caller.role != ROLE_OWNER)
		return ERR_OK;
	error = list_find(request, &draw_kind, request->params[0], &draw);
	if (!error)
		error = list_find(request, &notice_kind,
		    ((const struct draw *)draw)->notice, &notice);
	if (error)
		return error;
	return strcmp(((const struct notice *)notice)->owner,
		   request->caller.organisation) == 0
		   ? ERR_OK
		   : ERR_NOT_FOUND;
}

static enum error list_with(struct request *request, bool whole)
{
	const struct list_view view = {
		.column = "draw", .value = request->params[0], .whole = whole
	};

	return list_reply(request, &objection_kind, &view);
}

static enum error list_public(struct request *request)
{
	return list_with(request, false);
}

static enum error list_whole(struct request *request)
{
	enum error error = check_reader(request);

	return error ? error : list_with(request, true);
}

static const struct route routes[] = {
	{ "POST", "/v1/draws/{id}/objections", create, .class = ROUTE_ACT,
	    .scope = KL_SCOPE_SIGNUP, .who = ROLE_INSTITUTION,
	    .body_max = 16384, .input = &objection_kind,
	    .output = &objection_kind,
	    .summary = "Object to a draft roster, in the window" },
	{ "POST", "/v1/objections/{id}/answer", answer, .class = ROUTE_ACT,
	    .scope = KL_SCOPE_DRAW, .step_up = true,
	    .who = ROLE_OWNER | ROLE_OPERATOR, .body_max = 16384,
	    .input = &reply_input, .output = &objection_kind,
	    .summary = "Answer an objection before the freeze" },
	{ "GET", "/v1/draws/{id}/objections", list_public, .class = ROUTE_PAGE,
	    .shows = SHOWS_DRAWS, .output = &objection_kind, .within = "draw",
	    .summary = "List the objections, without their grounds" },
	{ "GET", "/v1/draws/{id}/objections/grounds", list_whole,
	    .class = ROUTE_READ,
	    .who = ROLE_OWNER | ROLE_OPERATOR | ROLE_SUPERVISOR | ROLE_AUDITOR,
	    .output = &objection_kind, .within = "draw",
	    .summary = "List the objections with their grounds" },
	{ 0 },
};

static const struct db_statement *const writes[] = {
	&select_entrant,
	&count_objections,
	NULL,
};

const struct resource objections_resource = {
	.routes = routes,
	.writes = writes,
};
