/* draw_void.c -- what two persons may do to a draw: exclude, cancel, void. */
#include "draw_private.h"
#include "route.h"

#include <string.h>

enum { EXPLANATION_MAX = 1000 };

static const struct db_statement select_reason = {
	"SELECT COALESCE(reason, '') FROM draw_entrant"
	" WHERE draw = ? AND entry = ?",
};

static const struct db_statement update_entrant = {
	"UPDATE draw_entrant SET reason = ?, evidence = ?"
	" WHERE draw = ? AND entry = ? AND reason IS NULL",
};

struct exclusion {
	struct object object;
	const char *entry, *reason, *evidence;
};

static const struct member exclusion_members[] = {
	MEMBER(exclusion, entry, MEMBER_USCC, 18, 18, MEMBER_IN,
	    "Whom to exclude"),
	MEMBER(exclusion, reason, MEMBER_TOKEN, 1, 64, MEMBER_IN,
	    "Why, as a code"),
	MEMBER(exclusion, evidence, MEMBER_HASH, 0, 0, MEMBER_IN,
	    "Hash of what shows it"),
	{ 0 },
};

static const struct kind exclusion_input = {
	.name = "Exclusion",
	.size = sizeof(struct exclusion),
	.members = exclusion_members,
};

struct ending {
	struct object object;
	const char *explanation, *evidence;
};

static const struct member ending_members[] = {
	MEMBER(ending, explanation, MEMBER_PROSE, 1, EXPLANATION_MAX, MEMBER_IN,
	    "Why; public"),
	MEMBER(ending, evidence, MEMBER_HASH, 0, 0, MEMBER_IN | MEMBER_OPTIONAL,
	    "Hash of what shows it"),
	{ 0 },
};

static const struct kind ending_input = {
	.name = "Ending",
	.size = sizeof(struct ending),
	.members = ending_members,
};

static enum error wrong_state(struct request *request, const struct draw *draw)
{
	return request_fail(request, ERR_STATE, "当前状态:{0}",
	    "its state is {0}", draw->object.state, NULL);
}

/* --- exclusion in the objection window ------------------------------------ */

static enum error check_window(struct request *request, const struct draw *draw)
{
	if (draw_phase(draw) != KL_PHASE_DRAFTED)
		return wrong_state(request, draw);
	return act_at(request) < draw->draft_until ? ERR_OK : ERR_TOO_LATE;
}

static enum error check_exclusion(
    struct request *request, struct draw **draw, struct exclusion **exclusion)
{
	const char *reason = "";
	enum error error;

	*exclusion = kind_make(&exclusion_input, &request->arena);
	error = kind_read(request, &exclusion_input, request->body, *exclusion);
	if (!error)
		error = draw_take_own(request, request->params[0], draw);
	if (!error)
		error = check_window(request, *draw);
	if (!error)
		error = db_row(request->db, &select_reason,
		    DB_IN(db_text((*draw)->object.id),
			db_text((*exclusion)->entry)),
		    DB_OUT(db_to_text(&reason)));
	if (error == ERR_NOT_FOUND)
		return request_fail(request, error, "名单中没有该机构",
		    "it is not on the roster", NULL);
	if (!error && *reason)
		return request_fail(request, ERR_EXISTS, "该机构已被排除",
		    "it is excluded already", NULL);
	return error;
}

static enum error propose_exclude(struct request *request)
{
	struct exclusion *exclusion;
	struct draw *draw;

	return check_exclusion(request, &draw, &exclusion);
}

static enum error exclude(struct request *request)
{
	struct exclusion *exclusion;
	struct draw *draw;
	enum error error = check_exclusion(request, &draw, &exclusion);

	if (!error)
		error = act_change(request, &draw_kind, draw, EVENT_DRAW_STRUCK,
		    json_pack("{s:s, s:s, s:s}", "entry", exclusion->entry,
			"reason", exclusion->reason, "evidence",
			exclusion->evidence),
		    NULL);
	if (error)
		return error;
	return act_execute(request, &update_entrant,
	    DB_IN(db_text(exclusion->reason), db_text(exclusion->evidence),
		db_text(draw->object.id), db_text(exclusion->entry)),
	    1);
}

/* --- cancel and void ------------------------------------------------------ */

static enum error read_ending(
    struct request *request, struct draw **draw, struct ending **ending)
{
	enum error error;

	*ending = kind_make(&ending_input, &request->arena);
	error = kind_read(request, &ending_input, request->body, *ending);
	return error ? error : draw_take_own(request, request->params[0], draw);
}

static enum error end_void(struct request *request, struct draw *draw,
    const struct ending *ending, enum kl_close_reason reason)
{
	struct draw_parties parties;
	struct kl_hash evidence;
	enum error error =
	    draw_parties_read(request, draw->object.id, &parties);

	if (error)
		return error;
	if (ending->evidence)
		evidence = draw_hash_of(ending->evidence);
	return draw_end(request, draw, &parties, reason,
	    ending->evidence ? &evidence : NULL);
}

static enum error check_cancel(
    struct request *request, struct draw **draw, struct ending **ending)
{
	enum error error = read_ending(request, draw, ending);

	if (!error && draw_phase(*draw) >= KL_PHASE_STOPPED)
		return wrong_state(request, *draw);
	return error;
}

static enum error propose_cancel(struct request *request)
{
	struct ending *ending;
	struct draw *draw;

	return check_cancel(request, &draw, &ending);
}

static enum error cancel(struct request *request)
{
	struct ending *ending;
	struct draw *draw;
	enum error error = check_cancel(request, &draw, &ending);

	if (error)
		return error;
	if (draw_phase(draw) == KL_PHASE_DRAFTED)
		return draw_drop(request, draw, "cancelled");
	return end_void(request, draw, ending, KL_CLOSE_CANCELLED);
}

/* The value that was declared does not come: only then, and never another. */
static enum error check_void(
    struct request *request, struct draw **draw, struct ending **ending)
{
	enum error error = read_ending(request, draw, ending);

	if (error)
		return error;
	if ((draw_phase(*draw) != KL_PHASE_SEALED &&
		draw_phase(*draw) != KL_PHASE_STOPPED) ||
	    !draw_has_beacon(*draw))
		return wrong_state(request, *draw);
	if (act_at(request) < (*draw)->beacon_time)
		return request_fail(request, ERR_TOO_EARLY, "信标时间未到",
		    "the time of the beacon has not come", NULL);
	return ERR_OK;
}

static enum error propose_void(struct request *request)
{
	struct ending *ending;
	struct draw *draw;

	return check_void(request, &draw, &ending);
}

static enum error void_it(struct request *request)
{
	struct ending *ending;
	struct draw *draw;
	enum error error = check_void(request, &draw, &ending);

	if (error)
		return error;
	return end_void(request, draw, ending, KL_CLOSE_BEACON);
}

enum {
	PROPOSERS = ROLE_OWNER | ROLE_OPERATOR | ROLE_SUPERVISOR,
	APPROVERS = ROLE_SUPERVISOR | ROLE_AUDITOR,
};

static const struct two_person two_persons[] = {
	{ "draw.exclude", PROPOSERS, APPROVERS, propose_exclude, exclude,
	    .summary = "Exclude one from the roster, in the objection window" },
	{ "draw.cancel", PROPOSERS, APPROVERS, propose_cancel, cancel,
	    .summary = "Cancel a draw that is open" },
	{ "draw.void", PROPOSERS, APPROVERS, propose_void, void_it,
	    .summary = "Give a draw up whose beacon does not come" },
	{ 0 },
};

static const struct db_statement *const writes[] = {
	&select_reason,
	&update_entrant,
	NULL,
};

const struct resource draw_void_resource = {
	.writes = writes,
	.two_persons = two_persons,
};
