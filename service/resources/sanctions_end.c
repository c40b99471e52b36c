/* sanctions_end.c -- ended by time, or because things were mended. */
#include "sanctions.h"

#include "list.h"
#include "roll.h"
#include "route.h"

#include <string.h>

enum { BODY_MAX = 8192 };

/* --- by time -------------------------------------------------------------- */

static const struct db_statement count_suspensions = {
	"SELECT COUNT(*) FROM sanction WHERE institution = ? AND id <> ? "
	"AND state = 'imposed' AND measure = 'suspend'",
};

/* Was it a sanction that suspended it, and not two persons besides? */
static const struct db_statement select_by = {
	"SELECT COALESCE(JSON_VALUE(CONVERT(e.bytes USING utf8mb4), "
	"'$.by.role'), '') FROM log_entry e WHERE e.subject = ? "
	"AND e.kind = 'institution.suspended' ORDER BY e.idx DESC LIMIT 1",
};

enum error sanction_suspends(struct request *request, const char *uscc,
    const char *except, bool *suspends)
{
	uint64_t count = 0;
	enum error error = act_direct(request);

	if (!error)
		error = db_row(request->db, &count_suspensions,
		    DB_IN(db_text(uscc), db_text(except)),
		    DB_OUT(db_to_u64(&count)));
	*suspends = count > 0;
	return error;
}

/* Whoever is suspended by nothing else may be drawn again. */
static enum error let_go(
    struct request *request, const struct sanction *sanction)
{
	const char *uscc = sanction->institution, *by = "";
	bool suspended = false;
	enum error error;

	if (!sanction_is(sanction, "suspend"))
		return ERR_OK;
	act_by_itself(request);
	error =
	    sanction_suspends(request, uscc, sanction->object.id, &suspended);
	if (!error && !suspended)
		error = db_row(request->db, &select_by, DB_IN(db_text(uscc)),
		    DB_OUT(db_to_text(&by)));
	if (error == ERR_NOT_FOUND)
		error = ERR_OK;
	if (error || strcmp(by, role_name(ROLE_SERVICE)) != 0)
		return error;
	return sanction_move(request, uscc, EVENT_INSTITUTION_RESTORED);
}

static enum error take(struct request *request, struct sanction **sanction)
{
	const void *found;
	enum error error =
	    act_find(request, &sanction_kind, request->params[0], &found);

	if (!error)
		*sanction = kind_copy(&sanction_kind, found, &request->arena);
	return error;
}

static enum error expire(struct request *request)
{
	struct sanction *sanction;
	enum error error = take(request, &sanction);

	if (error ||
	    !event_allowed(EVENT_SANCTION_EXPIRED, sanction->object.state))
		return error;
	error = act_change(request, &sanction_kind, sanction,
	    EVENT_SANCTION_EXPIRED, NULL, NULL);
	return error ? error : let_go(request, sanction);
}

/* --- repair --------------------------------------------------------------- */

struct repair {
	struct object object;
	const char *repair, *evidence;
};
static const struct member repair_members[] = {
	MEMBER(repair, repair, MEMBER_PROSE, 1, SANCTION_REPAIR_MAX, MEMBER_IN,
	    "how things were mended, for everybody to read"),
	MEMBER(repair, evidence, MEMBER_HASH, 0, 0, MEMBER_IN,
	    "SHA-256 of a file that shows it"),
	{ 0 },
};
static const struct kind repair_kind = {
	.name = "Repair",
	.size = sizeof(struct repair),
	.members = repair_members,
};

static enum error ask_repair(struct request *request)
{
	const struct repair *input = request->input;
	struct sanction *sanction;
	enum error error = take(request, &sanction);

	if (!error &&
	    strcmp(sanction->institution, request->caller.organisation) != 0)
		error = ERR_NOT_FOUND;
	if (!error)
		error = request_match(request, sanction->object.seq);
	if (error)
		return error;
	sanction->repair = input->repair;
	sanction->repair_evidence = input->evidence;
	error = act_change(request, &sanction_kind, sanction,
	    EVENT_SANCTION_REPAIR_ASKED, NULL, NULL);
	return error ? error
		     : list_shown(request, &sanction_kind, sanction, true);
}

static enum error find_repaired(
    struct request *request, struct sanction **sanction)
{
	struct reason reason = { 0 };
	enum error error =
	    kind_read(request, &reason_kind, request->body, &reason);

	if (!error)
		error = take(request, sanction);
	if (error)
		return error;
	(*sanction)->ended_reason = reason.reason;
	if (!event_allowed(EVENT_SANCTION_REPAIRED, (*sanction)->object.state))
		return ERR_STATE;
	if ((*sanction)->repair)
		return ERR_OK;
	return request_fail(request, ERR_STATE, "机构尚未申请修复",
	    "the institution has not asked for it", NULL);
}

static enum error propose_repair(struct request *request)
{
	struct sanction *sanction;

	return find_repaired(request, &sanction);
}

static enum error repair(struct request *request)
{
	struct sanction *sanction;
	enum error error = find_repaired(request, &sanction);

	if (!error)
		error = act_change(request, &sanction_kind, sanction,
		    EVENT_SANCTION_REPAIRED, NULL, NULL);
	return error ? error : let_go(request, sanction);
}

/* --- the resource --------------------------------------------------------- */

static const struct route routes[] = {
	{ "POST", "/v1/sanctions/{id}/repair", ask_repair, ROUTE_ACT,
	    .who = ROLE_INSTITUTION, .body_max = BODY_MAX,
	    .input = &repair_kind, .output = &sanction_kind,
	    .summary = "Ask that a sanction of one's own be ended" },
	{ 0 },
};

static const struct due dues[] = { { DUE_SANCTION_EXPIRE, expire }, { 0 } };

static const struct two_person two_persons[] = {
	{ "sanction.repair", ROLL_KEEPERS | ROLE_SUPERVISOR,
	    ROLE_SUPERVISOR | ROLE_AUDITOR, propose_repair, repair,
	    .summary = "End a sanction whose institution has mended things" },
	{ 0 },
};

static const struct db_statement *const writes[] = {
	&count_suspensions,
	&select_by,
	NULL,
};

const struct resource sanctions_end_resource = {
	.routes = routes,
	.writes = writes,
	.dues = dues,
	.two_persons = two_persons,
};
