/* organisations.c -- who takes part, brought in by the administrator. */
#include "organisations.h"

#include "dispatch.h"
#include "institutions.h"
#include "list.h"
#include "regions.h"
#include "route.h"

#include <string.h>

enum { TITLE_MAX = 100, REGION_MAX = 32, BODY_MAX = 4096 };

#define M(...) MEMBER(organisation, __VA_ARGS__)
static const struct member members[] = {
	/* Chosen by the administrator; it is the object's own id. */
	{ "id", MEMBER_TOKEN, offsetof(struct organisation, object.id), 1, 64,
	    MEMBER_IN | MEMBER_PASSING, NULL, "a token it is known by" },
	M(name, MEMBER_TEXT, 1, TITLE_MAX, MEMBER_IN, "its full name"),
	M(affiliation_group, MEMBER_TOKEN, 1, 64, MEMBER_IN | MEMBER_OPTIONAL,
	    "the same for all who belong together"),
	M(region, MEMBER_TOKEN, 1, REGION_MAX, MEMBER_IN | MEMBER_OPTIONAL,
	    "the region it is of"),
	M(uscc, MEMBER_USCC, 0, 0, MEMBER_IN | MEMBER_OPTIONAL | MEMBER_UNIQUE,
	    "unified social credit code, as a department has one"),
	{ 0 },
};
#undef M

static struct kind_list lists[] = {
	{ .index = "PRIMARY", .sort = "id" },
	{ 0 },
};

struct kind organisation_kind = {
	.name = "Organisation",
	.table = "organisation",
	.size = sizeof(struct organisation),
	.members = members,
	.shown = SHOWS_INSTITUTIONS,
	.lists = lists,
};

enum error organisation_group(
    struct request *request, const char *id, const char **group)
{
	const void *found;
	enum error error = act_find(request, &organisation_kind, id, &found);

	if (!error)
		*group =
		    ((const struct organisation *)found)->affiliation_group;
	if (error != ERR_NOT_FOUND)
		return error;
	error = act_find(request, &institution_kind, id, &found);
	if (!error)
		*group = ((const struct institution *)found)->affiliation_group;
	return error;
}

static enum error enrol(struct request *request)
{
	struct organisation *organisation =
	    kind_copy(&organisation_kind, request->input, &request->arena);
	enum error error;

	if (strcmp(organisation->object.id, SERVICE_ORGANISATION) == 0)
		return request_complain(request, "/id", "reserved",
		    "此标识保留给系统管理员",
		    "this id is kept for the administrator", NULL);
	error = organisation->region
		    ? region_check(request, organisation->region, "/region")
		    : ERR_OK;
	if (error)
		return error;
	error = act_add(request, &organisation_kind, organisation,
	    EVENT_ORGANISATION_ENROLLED, NULL, NULL);
	if (error)
		return error;
	return list_made(
	    request, &organisation_kind, organisation, "/v1/organisations");
}

static enum error list(struct request *request)
{
	return list_reply(request, &organisation_kind, NULL);
}

static enum error show(struct request *request)
{
	return list_one(request, &organisation_kind);
}

static const struct route routes[] = {
	{ "POST", "/v1/organisations", enrol, ROUTE_ACT, .who = ROLE_ADMIN,
	    .body_max = BODY_MAX, .input = &organisation_kind,
	    .output = &organisation_kind, .summary = "Enrol an organisation" },
	{ "GET", "/v1/organisations", list, ROUTE_PAGE,
	    .shows = SHOWS_INSTITUTIONS, .one_query = true,
	    .output = &organisation_kind,
	    .summary = "The organisations that take part" },
	{ "GET", "/v1/organisations/{id}", show, ROUTE_PAGE,
	    .shows = SHOWS_INSTITUTIONS, .one_query = true,
	    .output = &organisation_kind, .summary = "One organisation" },
	{ 0 },
};

const struct resource organisations_resource = { .routes = routes };
