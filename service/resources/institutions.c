/* institutions.c -- the roll of institutions, kept by the operator. */
#include "institutions.h"

#include "list.h"
#include "route.h"

#include <string.h>

enum { BODY_MAX = 4096 };

#define M(...) MEMBER(institution, __VA_ARGS__)
static const struct member members[] = {
	/* It is the object's own id. */
	{ "uscc", MEMBER_USCC, offsetof(struct institution, object.id), 0, 0,
	    MEMBER_IN | MEMBER_PASSING, NULL, "unified social credit code" },
	M(name, MEMBER_TEXT, 1, INSTITUTION_NAME_MAX, MEMBER_IN,
	    "its full name; at most 256 bytes"),
	M(affiliation_group, MEMBER_TOKEN, 1, 64, MEMBER_IN | MEMBER_OPTIONAL,
	    "the same for all who belong together"),
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
	.shown = SHOWS_INSTITUTIONS,
	.lists = lists,
};

static enum error admit(struct request *request)
{
	struct institution *institution =
	    kind_copy(&institution_kind, request->input, &request->arena);
	enum error error;

	if (strlen(institution->name) > INSTITUTION_NAME_MAX)
		return request_complain(request, "/name", "bounds",
		    "名称不超过 {0} 字节(UTF-8)",
		    "must be at most {0} bytes of UTF-8",
		    request_number(request, INSTITUTION_NAME_MAX), NULL);
	error = act_add(request, &institution_kind, institution,
	    EVENT_INSTITUTION_ADMITTED, NULL, NULL);
	if (error)
		return error;
	return list_made(
	    request, &institution_kind, institution, "/v1/institutions");
}

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
	    .shows = SHOWS_INSTITUTIONS, .output = &institution_kind,
	    .summary = "The roll; by affiliation_group too" },
	{ "GET", "/v1/institutions/{uscc}", show, ROUTE_PAGE,
	    .shows = SHOWS_INSTITUTIONS, .output = &institution_kind,
	    .summary = "One institution" },
	{ 0 },
};

const struct resource institutions_resource = { .routes = routes };
