/* authority_categories.c -- who approves what a category serves: whoever is
 * tied to such an authority serves it not. 优化营商环境条例 §43 */
#include "authority_categories.h"

#include "categories.h"
#include "kl_tied.h"
#include "list.h"
#include "organisations.h"
#include "route.h"

#include <string.h>

enum { BODY_MAX = 2048, BASIS_MAX = 200 };

#define M(...) MEMBER(authority_category, __VA_ARGS__)
static const struct member members[] = {
	M(category, MEMBER_TOKEN, 1, 16, MEMBER_IN, "code of the category"),
	M(authority, MEMBER_TOKEN, 1, 40, MEMBER_IN,
	    "the organisation that approves"),
	M(basis, MEMBER_TEXT, 1, BASIS_MAX, MEMBER_IN | MEMBER_LATER,
	    "the item that it approves, and by what law"),
	{ 0 },
};
#undef M

static struct kind_list lists[] = {
	{ .index = "PRIMARY", .sort = "id" },
	{ .index = "by_category", .filters = { "category" }, .sort = "id" },
	{ 0 },
};

struct kind authority_category_kind = {
	.name = "AuthorityCategory",
	.table = "authority_category",
	.size = sizeof(struct authority_category),
	.members = members,
	.shown = SHOWS_CATEGORIES,
	.lists = lists,
};

static const struct db_statement count_authorities = {
	"SELECT COUNT(*) FROM authority_category "
	"WHERE category = ? AND state = 'approves'",
};

static enum error check_there(struct request *request, const struct kind *kind,
    const char *id, const char *pointer)
{
	const void *found;
	enum error error = act_find(request, kind, id, &found);

	if (error != ERR_NOT_FOUND)
		return error;
	return request_complain(request, pointer, "unknown", "没有此项",
	    "there is no such thing", NULL);
}

static enum error check(
    struct request *request, const struct authority_category *row)
{
	uint64_t count = 0;
	enum error error =
	    check_there(request, &category_kind, row->category, "/category");

	if (!error)
		error = check_there(
		    request, &organisation_kind, row->authority, "/authority");
	if (!error)
		error = act_direct(request);
	if (!error)
		error = db_row(request->db, &count_authorities,
		    DB_IN(db_text(row->category)), DB_OUT(db_to_u64(&count)));
	if (error || count < KL_AUTHORITIES_MAX)
		return error;
	return request_fail(request, ERR_CONFLICT,
	    "一个类别至多 {0} 个审批部门",
	    "a category has at most {0} approving authorities",
	    request_number(request, KL_AUTHORITIES_MAX), NULL);
}

static enum error enter(struct request *request)
{
	struct authority_category *row = kind_copy(
	    &authority_category_kind, request->input, &request->arena);
	const void *found;
	enum error error = check(request, row);

	if (error)
		return error;
	row->object.id = arena_format(
	    &request->arena, "%s:%s", row->category, row->authority);
	error =
	    act_find(request, &authority_category_kind, row->object.id, &found);
	if (!error) {
		row->object = *(const struct object *)found;
		error = strcmp(row->object.state, "ended") == 0
			    ? act_change(request, &authority_category_kind, row,
				  EVENT_AUTHORITY_CATEGORY_ENTERED, NULL, NULL)
			    : ERR_EXISTS;
	} else if (error == ERR_NOT_FOUND) {
		error = act_add(request, &authority_category_kind, row,
		    EVENT_AUTHORITY_CATEGORY_ENTERED, NULL, NULL);
	}
	return error ? error
		     : list_made(request, &authority_category_kind, row,
			   "/v1/authority_categories");
}

static enum error end(struct request *request)
{
	struct authority_category *row;
	const void *found;
	enum error error = act_find(
	    request, &authority_category_kind, request->params[0], &found);

	if (error)
		return error;
	row = kind_copy(&authority_category_kind, found, &request->arena);
	error = request_match(request, row->object.seq);
	if (!error)
		error = act_change(request, &authority_category_kind, row,
		    EVENT_AUTHORITY_CATEGORY_ENDED, NULL, NULL);
	return error ? error
		     : list_shown(request, &authority_category_kind, row, true);
}

static enum error list(struct request *request)
{
	return list_reply(request, &authority_category_kind, NULL);
}

static enum error show(struct request *request)
{
	return list_one(request, &authority_category_kind);
}

static const struct route routes[] = {
	{ "POST", "/v1/authority_categories", enter, ROUTE_ACT,
	    .who = ROLE_OPERATOR, .body_max = BODY_MAX,
	    .input = &authority_category_kind,
	    .output = &authority_category_kind,
	    .summary =
		"Enter which authority approves what a category serves" },
	{ "POST", "/v1/authority_categories/{id}/end", end, ROUTE_ACT,
	    .who = ROLE_OPERATOR, .body_max = BODY_MAX, .input = &kind_nothing,
	    .output = &authority_category_kind,
	    .summary = "It approves that no more" },
	{ "GET", "/v1/authority_categories", list, ROUTE_PAGE,
	    .shows = SHOWS_CATEGORIES, .one_query = true,
	    .output = &authority_category_kind,
	    .summary = "Which authorities approve what; by category too" },
	{ "GET", "/v1/authority_categories/{id}", show, ROUTE_PAGE,
	    .shows = SHOWS_CATEGORIES, .one_query = true,
	    .output = &authority_category_kind,
	    .summary = "One of them, as <category>:<authority>" },
	{ 0 },
};

static const struct db_statement *const writes[] = { &count_authorities, NULL };

const struct resource authority_categories_resource = {
	.routes = routes,
	.writes = writes,
};
