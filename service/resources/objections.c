/* objections.c -- what those who signed up say against a draft roster. */
#include "objections.h"

#include "draw_private.h"
#include "list.h"
#include "route.h"

#include <string.h>

enum { GROUNDS_MAX = 2000, OBJECTIONS_MAX = 10 }; /* of one institution */

static const struct db_statement select_entrant = {
	"SELECT entry FROM draw_entrant WHERE draw = ? AND entry = ?",
};

static const struct db_statement count_objections = {
	"SELECT COUNT(*) FROM objection WHERE draw = ? AND institution = ?",
};

static const struct member members[] = {
	MEMBER(objection, draw, MEMBER_TOKEN, 1, 64, 0, "The draw"),
	MEMBER(objection, institution, MEMBER_TOKEN, 1, 64, 0, "Whose it is"),
	MEMBER(objection, reason, MEMBER_TOKEN, 1, 64, MEMBER_IN,
	    "What it is about, as a code"),
	MEMBER(objection, grounds, MEMBER_PROSE, 1, GROUNDS_MAX,
	    MEMBER_IN | MEMBER_PRIVATE,
	    "In words; for those who decide, not for the public"),
	{ 0 },
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
	return list_with(request, true);
}

static const struct route routes[] = {
	{ "POST", "/v1/draws/{id}/objections", create, .class = ROUTE_ACT,
	    .who = ROLE_INSTITUTION, .body_max = 16384,
	    .input = &objection_kind, .output = &objection_kind,
	    .summary = "Object to a draft roster, in the window" },
	{ "GET", "/v1/draws/{id}/objections", list_public, .class = ROUTE_PAGE,
	    .shows = SHOWS_DRAWS, .output = &objection_kind, .within = "draw",
	    .summary = "List the objections, without their grounds" },
	{ "GET", "/v1/draws/{id}/objections/grounds", list_whole,
	    .class = ROUTE_READ,
	    .who = ROLE_OPERATOR | ROLE_SUPERVISOR | ROLE_AUDITOR,
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
