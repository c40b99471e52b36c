/* categories.c -- the kinds of service that may be bought here. */
#include "categories.h"

#include "list.h"
#include "route.h"

enum { BODY_MAX = 8192, WORDS_MAX = 200, CODE_MAX = 16 };

#define M(...) MEMBER(category, __VA_ARGS__)
#define WORDS(field, help)                                                     \
	M(field, MEMBER_TEXT, 1, WORDS_MAX, MEMBER_IN | MEMBER_OPTIONAL, help)
static const struct member members[] = {
	/* It is the object's own id. */
	{ "code", MEMBER_TOKEN, offsetof(struct category, object.id), 1,
	    CODE_MAX, MEMBER_IN | MEMBER_PASSING, NULL, "A01 and so on" },
	M(service, MEMBER_TEXT, 1, WORDS_MAX, MEMBER_IN, "what is done"),
	WORDS(phase, "of a project, when it is needed"),
	WORDS(approval_item, "the approval it is needed for"),
	WORDS(authority, "who approves"),
	WORDS(basis, "the law that asks for it"),
	WORDS(basis_source, "how well that is known"),
	WORDS(legal_limit, "of the approval, as the law says it"),
	WORDS(limit_source, "how well that is known"),
	WORDS(qualification, "what the institution needs"),
	MEMBER_OF(category, unit, "workday day", MEMBER_IN | MEMBER_OPTIONAL,
	    "what both limits are counted in"),
	WORDS(suggested_days, "a usual promise of the service"),
	{ 0 },
};
#undef WORDS
#undef M

static struct kind_list lists[] = {
	{ .index = "PRIMARY", .sort = "id" },
	{ 0 },
};

struct kind category_kind = {
	.name = "Category",
	.table = "category",
	.size = sizeof(struct category),
	.members = members,
	.shown = SHOWS_CATEGORIES,
	.lists = lists,
};

static enum error publish(struct request *request)
{
	struct category *category =
	    kind_copy(&category_kind, request->input, &request->arena);
	enum error error = act_add(request, &category_kind, category,
	    EVENT_CATEGORY_PUBLISHED, NULL, NULL);

	return error ? error
		     : list_made(
			   request, &category_kind, category, "/v1/categories");
}

static enum error list(struct request *request)
{
	return list_reply(request, &category_kind, NULL);
}

static enum error show(struct request *request)
{
	return list_one(request, &category_kind);
}

static const struct route routes[] = {
	{ "POST", "/v1/categories", publish, ROUTE_ACT, .who = ROLE_OPERATOR,
	    .body_max = BODY_MAX, .input = &category_kind,
	    .output = &category_kind, .bulk = true,
	    .summary = "Publish a category of service" },
	{ "GET", "/v1/categories", list, ROUTE_PAGE, .shows = SHOWS_CATEGORIES,
	    .one_query = true, .output = &category_kind,
	    .summary = "The categories of service" },
	{ "GET", "/v1/categories/{code}", show, ROUTE_PAGE,
	    .shows = SHOWS_CATEGORIES, .one_query = true,
	    .output = &category_kind, .summary = "One category" },
	{ 0 },
};

const struct resource categories_resource = { .routes = routes };
