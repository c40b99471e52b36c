/* listings.c -- what institutions offer, and what everybody sees of it. */
#include "listings.h"

#include "body_json.h"
#include "list.h"
#include "route.h"

#include <string.h>

enum {
	BODY_MAX = 65536,
	DAYS_MAX = 3650,
	WORDS_MAX = 200,
	LONG_WORDS_MAX = 500,
	PROSE_MAX = 2000,
	SURCHARGE_MAX = 100000, /* ten times the fee */
	REGIONS_JSON_MAX = 2048,
	DEFECTS_JSON_MAX = 16384,
};

#define M(...)                MEMBER(listing, __VA_ARGS__)
#define MAYBE                 MEMBER_IN | MEMBER_OPTIONAL | MEMBER_LATER
#define SET                   MEMBER_LATER
#define MAY_BE                MEMBER_LATER | MEMBER_OPTIONAL

#define PROSE(of, help)       M(of, MEMBER_PROSE, 1, PROSE_MAX, MAYBE, help)
#define WORDS(of, most, help) M(of, MEMBER_TEXT, 1, most, MAYBE, help)
/* A draft may leave any of them out; what is published, none but the urgent. */
#define SAID                                                                   \
	WORDS(service_name, WORDS_MAX, "what the service is called"),          \
	    WORDS(basis, LONG_WORDS_MAX, "what it is established by"),         \
	    WORDS(serves, LONG_WORDS_MAX, "for whom and which items"),         \
	    PROSE(conditions, "when it can be done"),                          \
	    PROSE(materials, "what the owner hands in"),                       \
	    PROSE(steps, "how it goes"),                                       \
	    M(promised_days, MEMBER_NUMBER, 0, DAYS_MAX, MAYBE,                \
		"how long it takes at most"),                                  \
	    MEMBER_OF(listing, deadline_unit, "workday day", MAYBE,            \
		"what promised_days and urgent_days count"),                   \
	    MEMBER_OF(listing, counts_from, "contract materials site notice",  \
		MAYBE,                                                         \
		"what they count from: the contract, the materials being "     \
		"complete, access to the site, the notice of award"),          \
	    M(urgent_days, MEMBER_NUMBER, 0, DAYS_MAX, MAYBE,                  \
		"how long in a hurry; 0: that is not offered"),                \
	    M(urgent_surcharge_bp, MEMBER_NUMBER, 0, SURCHARGE_MAX, MAYBE,     \
		"what is added to the fee then, 10000 for as much again"),     \
	    M(fee, MEMBER_JSON, 0, BODY_FEE_JSON_MAX, MAYBE,                   \
		"the fee schedule: unit, formula, base_fen, brackets, "        \
		"discount_bp, min_fen, max_fen"),                              \
	    WORDS(fee_basis, WORDS_MAX,                                        \
		"what the fee rests on; 市场调节价 if on the market"),         \
	    PROSE(rules, "the rules of the trade, and what is delivered"),     \
	    WORDS(complaint_channel, LONG_WORDS_MAX, "where to complain"),     \
	    PROSE(qualifications, "what the institution is qualified by")
static const struct member members[] = {
	M(institution, MEMBER_USCC, 0, 0, MEMBER_IN | MEMBER_OPTIONAL,
	    "whose it is; an institution's own may leave it out"),
	M(category, MEMBER_TOKEN, 1, 16, MEMBER_IN, "code of the category"),
	M(regions, MEMBER_JSON, 0, REGIONS_JSON_MAX,
	    MEMBER_IN | MEMBER_OPTIONAL,
	    "the regions it is offered in; none for everywhere"),
	SAID,
	M(fee_min_fen, MEMBER_NUMBER, 0, KL_INTEGER_MAX, SET,
	    "the lowest fee there can be"),
	M(fee_max_fen, MEMBER_NUMBER, 0, KL_INTEGER_MAX, SET,
	    "the highest; 2^53-1 where there is none"),
	M(version, MEMBER_NUMBER, 0, LISTING_VERSIONS_MAX, SET,
	    "which one; 0 before it is published"),
	M(effective_at, MEMBER_TIME, 0, 0, MAY_BE, "since when this version"),
	M(published_at, MEMBER_TIME, 0, 0, MAY_BE,
	    "when it was published first"),
	MEMBER_OF(listing, paused_by, "institution operator", MAY_BE,
	    "who paused it, while it is"),
	M(reason, MEMBER_TEXT, 1, LONG_WORDS_MAX, MAY_BE,
	    "why it was paused or withdrawn"),
	M(defects, MEMBER_JSON, 0, DEFECTS_JSON_MAX, MAY_BE,
	    "why it was returned: member and words of each"),
	{ 0 },
};
static const struct member said_members[] = { SAID, { 0 } };
#undef SAID
#undef WORDS
#undef PROSE
#undef MAY_BE
#undef SET
#undef MAYBE
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
	{ .index = "by_state", .filters = { "state" }, .sort = "id" },
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

struct kind listing_revision_kind = {
	.name = "ListingRevision",
	.size = sizeof(struct listing),
	.members = said_members,
};

/* --- what is seen --------------------------------------------------------- */

/* Nobody else sees what was never published. */
static enum error look(struct request *request, void *row)
{
	const struct listing *listing = row;

	(void)request;
	return listing->version > 0 ? ERR_OK : ERR_NOT_FOUND;
}

static enum error list(struct request *request)
{
	const struct list_view view = { .look = look };

	return list_reply(request, &listing_kind, &view);
}

static enum error show(struct request *request)
{
	const void *found;
	enum error error =
	    list_find(request, &listing_kind, request->params[0], &found);

	if (!error)
		error = look(request, (void *)(uintptr_t)found);
	return error ? error : list_shown(request, &listing_kind, found, false);
}

static enum error list_own(struct request *request)
{
	const struct list_view view = { .column = "institution",
		.value = request->caller.organisation };

	return list_reply(request, &listing_kind, &view);
}

static enum error list_checks(struct request *request)
{
	const struct list_view view = { .column = "state", .value = "check" };

	return list_reply(request, &listing_kind, &view);
}

static enum error show_own(struct request *request)
{
	const struct listing *listing;
	const void *found;
	enum error error =
	    list_find(request, &listing_kind, request->params[0], &found);

	if (error)
		return error;
	listing = found;
	if (request->caller.role == ROLE_INSTITUTION &&
	    strcmp(listing->institution, request->caller.organisation) != 0)
		return ERR_NOT_FOUND;
	return list_shown(request, &listing_kind, listing, true);
}

/* --- the resource --------------------------------------------------------- */

#define EITHER ROLE_INSTITUTION | ROLE_OPERATOR
static const struct route routes[] = {
	{ "POST", "/v1/listings", listing_make, ROUTE_ACT, .who = EITHER,
	    .body_max = BODY_MAX, .input = &listing_kind,
	    .output = &listing_kind, .bulk = true,
	    .summary = "Draft a listing of one's own; an operator publishes "
		       "one" },
	{ "POST", "/v1/listings/{id}/revision", listing_revise, ROUTE_ACT,
	    .who = EITHER, .body_max = BODY_MAX,
	    .input = &listing_revision_kind, .output = &listing_kind,
	    .summary = "Say anew all of a listing: another version of it" },
	{ "POST", "/v1/listings/{id}/submission", listing_submit, ROUTE_ACT,
	    .who = ROLE_INSTITUTION, .body_max = BODY_MAX,
	    .input = &kind_nothing, .output = &listing_kind,
	    .summary = "Hand a draft in, to be checked" },
	{ "POST", "/v1/listings/{id}/publication", listing_publish, ROUTE_ACT,
	    .who = ROLE_OPERATOR, .body_max = BODY_MAX, .input = &kind_nothing,
	    .output = &listing_kind,
	    .summary = "Publish a listing that was handed in" },
	{ "POST", "/v1/listings/{id}/return", listing_return, ROUTE_ACT,
	    .who = ROLE_OPERATOR, .body_max = BODY_MAX,
	    .input = &listing_defects_kind, .output = &listing_kind,
	    .summary = "Return it, with all that is wrong at once" },
	{ "POST", "/v1/listings/{id}/pause", listing_pause, ROUTE_ACT,
	    .who = EITHER, .body_max = BODY_MAX, .input = &listing_reason_kind,
	    .output = &listing_kind, .summary = "Pause a listing" },
	{ "POST", "/v1/listings/{id}/resumption", listing_resume, ROUTE_ACT,
	    .who = EITHER, .body_max = BODY_MAX, .input = &kind_nothing,
	    .output = &listing_kind, .summary = "Go on with a listing" },
	{ "POST", "/v1/listings/{id}/withdrawal", listing_withdraw, ROUTE_ACT,
	    .who = EITHER, .body_max = BODY_MAX, .input = &listing_reason_kind,
	    .output = &listing_kind, .summary = "Withdraw a listing" },
	{ "GET", "/v1/listings", list, ROUTE_PAGE, .shows = SHOWS_LISTINGS,
	    .one_query = true, .output = &listing_kind,
	    .summary = "The listings; by institution, category, both or "
		       "state" },
	{ "GET", "/v1/listings/{id}", show, ROUTE_PAGE, .shows = SHOWS_LISTINGS,
	    .one_query = true, .output = &listing_kind,
	    .summary = "One listing" },
	{ "GET", "/v1/listings/{id}/versions", listing_list_versions,
	    ROUTE_PAGE, .shows = SHOWS_LISTINGS,
	    .query = listing_versions_query, .table = &listing_versions_table,
	    .summary = "The versions of a listing, as they were said" },
	{ "GET", "/v1/listings/{id}/versions/{version}", listing_show_version,
	    ROUTE_PAGE, .shows = SHOWS_LISTINGS,
	    .summary = "One version of a listing" },
	{ "GET", "/v1/listings/{id}/price-history", listing_list_prices,
	    ROUTE_PAGE, .shows = SHOWS_LISTINGS, .table = &listing_prices_table,
	    .summary = "How the fee of a listing has changed" },
	{ "GET", "/v1/own/listings", list_own, ROUTE_READ,
	    .who = ROLE_INSTITUTION, .output = &listing_kind,
	    .within = "institution",
	    .summary = "One's own listings, drafts too" },
	{ "GET", "/v1/own/listings/{id}", show_own, ROUTE_READ, .who = EITHER,
	    .output = &listing_kind,
	    .summary = "A listing of one's own, or any to an operator" },
	{ "GET", "/v1/checks/listings", list_checks, ROUTE_READ,
	    .who = ROLE_OPERATOR, .output = &listing_kind, .within = "state",
	    .summary = "The listings that were handed in, to be checked" },
	{ 0 },
};
#undef EITHER

const struct resource listings_resource = {
	.routes = routes,
	.reads = listing_reads,
	.writes = listing_writes,
};
