/* listings.c -- what institutions offer, brought in by the operator. */
#include "listings.h"

#include "categories.h"
#include "institutions.h"
#include "list.h"
#include "route.h"

enum {
	BODY_MAX = 4096,
	DAYS_MAX = 3650,
	BASIS_MAX = 200,
	REGION_MAX = 32,
};

#define M(...) MEMBER(listing, __VA_ARGS__)
static const struct member members[] = {
	M(institution, MEMBER_USCC, 0, 0, MEMBER_IN, "whose it is"),
	M(category, MEMBER_TOKEN, 1, 16, MEMBER_IN, "code of the category"),
	M(fee_min_fen, MEMBER_NUMBER, 0, KL_INTEGER_MAX, MEMBER_IN,
	    "the lowest fee"),
	M(fee_max_fen, MEMBER_NUMBER, 0, KL_INTEGER_MAX, MEMBER_IN,
	    "the highest fee"),
	M(fee_basis, MEMBER_TEXT, 1, BASIS_MAX, MEMBER_IN,
	    "what the fee rests on; 市场调节价 if on the market"),
	M(promised_days, MEMBER_NUMBER, 1, DAYS_MAX, MEMBER_IN,
	    "how long it takes at most"),
	MEMBER_OF(listing, deadline_unit, "workday day", MEMBER_IN,
	    "what promised_days counts"),
	M(region, MEMBER_TOKEN, 1, REGION_MAX, MEMBER_IN | MEMBER_OPTIONAL,
	    "the region it is offered in; none for everywhere"),
	M(published_at, MEMBER_TIME, 0, 0, 0, "when it was published"),
	{ 0 },
};
#undef M

static struct kind_list lists[] = {
	{ .index = "PRIMARY", .sort = "id" },
	{ .index = "by_institution",
	    .filters = { "institution" },
	    .sort = "id" },
	{ .index = "by_category", .filters = { "category" }, .sort = "id" },
	{ .index = "by_offer",
	    .filters = { "institution", "category" },
	    .sort = "id" },
	{ 0 },
};

struct kind listing_kind = {
	.name = "Listing",
	.table = "listing",
	.size = sizeof(struct listing),
	.members = members,
	.shown = SHOWS_LISTINGS,
	.lists = lists,
};

static const struct db_statement count_live = {
	"SELECT COUNT(*) FROM listing "
	"WHERE institution = ? AND category = ? AND live = 1",
};

static enum error check_known(struct request *request, const struct kind *kind,
    const char *id, const char *pointer)
{
	const void *found;
	enum error error = act_find(request, kind, id, &found);

	if (error != ERR_NOT_FOUND)
		return error;
	return request_complain(request, pointer, "unknown", "没有此项",
	    "there is no such thing", NULL);
}

static enum error check(struct request *request, const struct listing *listing)
{
	uint64_t live;
	enum error error = check_known(
	    request, &institution_kind, listing->institution, "/institution");

	if (!error)
		error = check_known(
		    request, &category_kind, listing->category, "/category");
	if (!error && listing->fee_max_fen < listing->fee_min_fen)
		error = request_complain(request, "/fee_max_fen", "bounds",
		    "不得低于 fee_min_fen", "must not be below fee_min_fen",
		    NULL);
	if (!error)
		error = act_direct(request);
	if (!error)
		error = db_row(request->db, &count_live,
		    DB_IN(db_text(listing->institution),
			db_text(listing->category)),
		    DB_OUT(db_to_u64(&live)));
	if (error || live == 0)
		return error;
	return request_fail(request, ERR_EXISTS,
	    "该机构在此类别已有挂牌,请先撤下",
	    "the institution has a listing in the category: withdraw it first",
	    NULL);
}

static enum error publish(struct request *request)
{
	struct listing *listing =
	    kind_copy(&listing_kind, request->input, &request->arena);
	enum error error = check(request, listing);

	listing->object.id = act_new_id(request, "listing");
	listing->published_at = act_at(request);
	if (!error)
		error = act_add(request, &listing_kind, listing,
		    EVENT_LISTING_PUBLISHED, NULL, NULL);
	return error
		   ? error
		   : list_made(request, &listing_kind, listing, "/v1/listings");
}

static enum error withdraw(struct request *request)
{
	const void *found;
	struct listing *listing;
	enum error error =
	    act_find(request, &listing_kind, request->params[0], &found);

	if (error)
		return error;
	listing = kind_copy(&listing_kind, found, &request->arena);
	error = request_match(request, listing->object.seq);
	if (!error)
		error = act_change(request, &listing_kind, listing,
		    EVENT_LISTING_WITHDRAWN, NULL, NULL);
	return error ? error
		     : list_shown(request, &listing_kind, listing, true);
}

static enum error list(struct request *request)
{
	return list_reply(request, &listing_kind, NULL);
}

static enum error show(struct request *request)
{
	return list_one(request, &listing_kind);
}

static const struct route routes[] = {
	{ "POST", "/v1/listings", publish, ROUTE_ACT, .who = ROLE_OPERATOR,
	    .body_max = BODY_MAX, .input = &listing_kind,
	    .output = &listing_kind, .bulk = true,
	    .summary = "Publish what an institution offers in a category" },
	{ "POST", "/v1/listings/{id}/withdrawal", withdraw, ROUTE_ACT,
	    .who = ROLE_OPERATOR, .body_max = BODY_MAX, .input = &kind_nothing,
	    .output = &listing_kind, .summary = "Withdraw a listing" },
	{ "GET", "/v1/listings", list, ROUTE_PAGE, .shows = SHOWS_LISTINGS,
	    .one_query = true, .output = &listing_kind,
	    .summary = "The listings; by institution, category or both" },
	{ "GET", "/v1/listings/{id}", show, ROUTE_PAGE, .shows = SHOWS_LISTINGS,
	    .one_query = true, .output = &listing_kind,
	    .summary = "One listing" },
	{ 0 },
};

static const struct db_statement *const writes[] = { &count_live, NULL };

const struct resource listings_resource = {
	.routes = routes,
	.writes = writes,
};
