/* institutions.c -- the roll: admitted, suspended, restored, withdrawn. */
#include "institutions.h"

#include "affiliations.h"
#include "list.h"
#include "roll.h"
#include "route.h"
#include "sanctions.h"

#include <string.h>

enum { BODY_MAX = 4096, SMALL_MAX = 1024 };

#define M(...) MEMBER(institution, __VA_ARGS__)
static const struct member members[] = {
	/* It is the object's own id. */
	{ "uscc", MEMBER_USCC, offsetof(struct institution, object.id), 0, 0,
	    MEMBER_IN | MEMBER_PASSING, NULL, "unified social credit code" },
	M(name, MEMBER_TEXT, 1, INSTITUTION_NAME_MAX, MEMBER_IN | MEMBER_LATER,
	    "its full name; at most 256 bytes"),
	M(affiliation_group, MEMBER_TOKEN, 1, 64,
	    MEMBER_IN | MEMBER_OPTIONAL | MEMBER_LATER,
	    "the same for all who belong together; computed"),
	M(declared_group, MEMBER_TOKEN, 1, 64, MEMBER_OPTIONAL | MEMBER_LATER,
	    "the group that the operator admitted it with"),
	{ 0 },
};
#undef M

static struct kind_list lists[] = {
	{ .index = "PRIMARY", .sort = "id" },
	{ .index = "by_group",
	    .filters = { "affiliation_group" },
	    .sort = "id" },
	{ 0 },
};

struct kind institution_kind = {
	.name = "Institution",
	.table = "institution",
	.size = sizeof(struct institution),
	.members = members,
	.hot = true,
	.shown = SHOWS_INSTITUTIONS,
	.lists = lists,
};

enum error institution_check_name(struct request *request, const char *name)
{
	if (strlen(name) <= INSTITUTION_NAME_MAX)
		return ERR_OK;
	return request_complain(request, "/name", "bounds",
	    "名称不超过 {0} 字节(UTF-8)", "must be at most {0} bytes of UTF-8",
	    request_number(request, INSTITUTION_NAME_MAX), NULL);
}

static enum error admit(struct request *request)
{
	struct institution *institution =
	    kind_copy(&institution_kind, request->input, &request->arena);
	enum error error;

	institution->declared_group = institution->affiliation_group;
	error = institution_check_name(request, institution->name);
	if (!error)
		error = act_add(request, &institution_kind, institution,
		    EVENT_INSTITUTION_ADMITTED, NULL, NULL);
	if (error)
		return error;
	error = list_made(
	    request, &institution_kind, institution, "/v1/institutions");
	return error ? error : affiliation_regroup_for(request, institution);
}

/* --- suspending and restoring --------------------------------------------- */

static enum error find_for(struct request *request, enum event event,
    const struct institution **institution)
{
	struct reason reason = { 0 };
	const void *found;
	enum error error =
	    kind_read(request, &reason_kind, request->body, &reason);

	if (!error)
		error = act_find(
		    request, &institution_kind, request->params[0], &found);
	if (error)
		return error;
	*institution = found;
	return event_allowed(event, (*institution)->object.state) ? ERR_OK
								  : ERR_STATE;
}

static enum error decide(struct request *request, enum event event)
{
	const struct institution *institution;
	enum error error = find_for(request, event, &institution);

	return error ? error
		     : act_change(request, &institution_kind,
			   kind_copy(
			       &institution_kind, institution, &request->arena),
			   event, NULL, NULL);
}

static enum error propose_suspend(struct request *request)
{
	const struct institution *institution;

	return find_for(request, EVENT_INSTITUTION_SUSPENDED, &institution);
}

static enum error suspend(struct request *request)
{
	return decide(request, EVENT_INSTITUTION_SUSPENDED);
}

/* A sanction ends in its own way. */
static enum error propose_restore(struct request *request)
{
	const struct institution *institution;
	bool suspended = false;
	enum error error =
	    find_for(request, EVENT_INSTITUTION_RESTORED, &institution);

	if (!error)
		error = sanction_suspends(
		    request, request->params[0], "", &suspended);
	if (error || !suspended)
		return error;
	return request_fail(request, ERR_STATE, "暂停报名的处理尚在期内",
	    "a sanction that suspends it is in force", NULL);
}

static enum error restore(struct request *request)
{
	enum error error = propose_restore(request);

	return error ? error : decide(request, EVENT_INSTITUTION_RESTORED);
}

/* --- leaving -------------------------------------------------------------- */

/* Of its own accord, and only while nothing is held against it. */
static enum error withdraw(struct request *request)
{
	const char *id = request->params[0];
	const void *found;
	struct institution *institution;
	enum error error;

	if (strcmp(id, request->caller.organisation) != 0)
		return ERR_NOT_FOUND;
	error = act_find(request, &institution_kind, id, &found);
	if (error)
		return error;
	institution = kind_copy(&institution_kind, found, &request->arena);
	error = request_match(request, institution->object.seq);
	if (!error)
		error = act_change(request, &institution_kind, institution,
		    EVENT_INSTITUTION_WITHDRAWN, NULL, NULL);
	return error
		   ? error
		   : list_shown(request, &institution_kind, institution, true);
}

/* --- the resource --------------------------------------------------------- */

static enum error list(struct request *request)
{
	return list_reply(request, &institution_kind, NULL);
}

static enum error show(struct request *request)
{
	return list_one(request, &institution_kind);
}

static const struct route routes[] = {
	{ "POST", "/v1/institutions", admit, ROUTE_ACT, .who = ROLE_OPERATOR,
	    .body_max = BODY_MAX, .input = &institution_kind,
	    .output = &institution_kind, .bulk = true,
	    .summary = "Enter an institution on the roll" },
	{ "GET", "/v1/institutions", list, ROUTE_PAGE,
	    .shows = SHOWS_INSTITUTIONS, .one_query = true,
	    .output = &institution_kind,
	    .summary = "The roll; by affiliation_group too" },
	{ "GET", "/v1/institutions/{uscc}", show, ROUTE_PAGE,
	    .shows = SHOWS_INSTITUTIONS, .one_query = true,
	    .output = &institution_kind, .summary = "One institution" },
	{ "POST", "/v1/institutions/{uscc}/withdrawal", withdraw, ROUTE_ACT,
	    .who = ROLE_INSTITUTION, .body_max = SMALL_MAX,
	    .input = &kind_nothing, .output = &institution_kind,
	    .summary = "Leave the roll, of one's own accord" },
	{ 0 },
};

#define PROPOSERS (ROLE_OPERATOR | ROLE_SUPERVISOR)
#define APPROVERS (ROLE_SUPERVISOR | ROLE_AUDITOR)
static const struct two_person two_persons[] = {
	{ "institution.suspend", PROPOSERS, APPROVERS, propose_suspend, suspend,
	    .summary =
		"Suspend an institution: it is not drawn; the subject is its "
		"credit code" },
	{ "institution.restore", PROPOSERS, APPROVERS, propose_restore, restore,
	    .summary = "Let a suspended institution be drawn again" },
	{ 0 },
};

const struct resource institutions_resource = {
	.routes = routes,
	.two_persons = two_persons,
};
