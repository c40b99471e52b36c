/* notices.c -- what owners ask for, and what everybody sees of it. */
#include "notices.h"

#include "kl_canon.h"
#include "kl_scope.h"
#include "list.h"
#include "route.h"
#include "signups.h"

#include <stdlib.h>
#include <string.h>

enum {
	BODY_MAX = 32768,
	TITLE_MAX = 200,
	WORDS_MAX = 500,
	PROSE_MAX = 4000,
	SEATS_MAX = 100000,
	DAYS_MAX = 3650,
	TEXT_MAX = 65535,
};

#define M(...)  MEMBER(notice, __VA_ARGS__)
#define GIVEN   MEMBER_IN
#define MAYBE   MEMBER_IN | MEMBER_OPTIONAL
#define BEACONS "none public drand nist"
static const struct member members[] = {
	M(title, MEMBER_TEXT, 1, TITLE_MAX, GIVEN, "what it is called"),
	M(service, MEMBER_PROSE, 1, PROSE_MAX, GIVEN, "what is to be done"),
	M(category, MEMBER_TOKEN, 1, 16, GIVEN, "code of the category"),
	M(project_code, MEMBER_TOKEN, 1, 64, MAYBE,
	    "code of the investment project; with a suffix where one project "
	    "buys several services, for each is drawn by itself"),
	M(approval_item, MEMBER_TEXT, 1, WORDS_MAX, MAYBE,
	    "the approval it is needed for"),
	M(fund_source, MEMBER_TEXT, 1, WORDS_MAX, MAYBE, "who pays"),
	M(scale, MEMBER_TEXT, 1, WORDS_MAX, MAYBE, "how large the project is"),
	M(requirement, MEMBER_PROSE, 1, PROSE_MAX, MAYBE,
	    "what an institution must have"),
	M(amount_max_fen, MEMBER_NUMBER, 1, KL_INTEGER_MAX, GIVEN,
	    "the most that is paid"),
	M(days_max, MEMBER_NUMBER, 1, DAYS_MAX, GIVEN, "how long it may take"),
	MEMBER_OF(notice, deadline_unit, "workday day", GIVEN,
	    "what days_max counts"),
	M(select, MEMBER_NUMBER, 1, SEATS_MAX, GIVEN, "how many are selected"),
	M(alternates, MEMBER_NUMBER, 0, SEATS_MAX, GIVEN,
	    "how many stand by after them"),
	MEMBER_OF(notice, beacon, BEACONS, GIVEN, "what the draw rests on"),
	M(template, MEMBER_TOKEN, 1, 64, MAYBE,
	    "of a public beacon, in the policy"),
	M(signup_close, MEMBER_TIME, 0, 0, GIVEN, "sign-ups are taken before"),
	M(contact_name, MEMBER_TEXT, 1, 50, MAYBE | MEMBER_PRIVATE,
	    "whom to ask"),
	M(contact_phone, MEMBER_TEXT, 3, 30, MAYBE | MEMBER_PRIVATE,
	    "and where"),
	M(number, MEMBER_TOKEN, 1, 64, MEMBER_UNIQUE, "for people"),
	M(owner, MEMBER_TOKEN, 1, 64, 0, "organisation that asks"),
	M(owner_name, MEMBER_TEXT, 1, 100, 0, "its name"),
	M(region, MEMBER_TOKEN, 1, POLICY_REGION_MAX, 0, "of the policy"),
	M(policy, MEMBER_TOKEN, 1, 64, 0, "the policy in force when published"),
	M(published_at, MEMBER_TIME, 0, 0, 0, "when it was published"),
	M(signup_count, MEMBER_NUMBER, 0, SIGNUPS_MAX, MEMBER_LATER,
	    "who signed up and did not withdraw; once it is judged"),
	M(included_count, MEMBER_NUMBER, 0, SIGNUPS_MAX, MEMBER_LATER,
	    "of them, who may be drawn"),
	M(excluded_count, MEMBER_NUMBER, 0, SIGNUPS_MAX, MEMBER_LATER,
	    "and who may not"),
	{ 0 },
};
#undef BEACONS
#undef MAYBE
#undef GIVEN
#undef M

static struct kind_list lists[] = {
	{ .index = "number", .sort = "number", .descending = true },
	{ .index = "by_state",
	    .filters = { "state" },
	    .sort = "number",
	    .descending = true },
	{ .index = "by_owner",
	    .filters = { "owner" },
	    .sort = "number",
	    .descending = true },
	{ .index = "by_category",
	    .filters = { "category" },
	    .sort = "number",
	    .descending = true },
	{ 0 },
};

struct kind notice_kind = {
	.name = "Notice",
	.table = "notice",
	.size = sizeof(struct notice),
	.members = members,
	.shown = SHOWS_NOTICES,
	.lists = lists,
};

const char *notice_text(const struct notice *notice, struct arena *arena)
{
	json_auto_t *json = kind_constant(&notice_kind, notice);
	struct kl_buf text = KL_BUF(TEXT_MAX);
	const char *copy;

	if (kl_canon_write(&text, json))
		abort(); /* our own members, within their bounds */
	copy = arena_text(arena, (const char *)text.data, text.size);
	kl_buf_clear(&text);
	return copy;
}

struct draw_terms notice_terms(const struct notice *notice)
{
	return (struct draw_terms){
		.notice = notice->object.id,
		.number = notice->number,
		.project = notice->project_code ? notice->project_code
						: notice->number,
		.region = notice->region,
		.policy = notice->policy,
		.beacon = notice->beacon,
		.template = notice->template,
		.selected = notice->select,
		.alternates = notice->alternates,
	};
}

uint64_t notice_entrants_min(
    const struct notice *notice, const struct policy *policy)
{
	uint64_t minimum = policy_number(policy, "draw.min_entrants");

	return notice->select > minimum ? notice->select : minimum;
}

/* --- the resource --------------------------------------------------------- */

static enum error list(struct request *request)
{
	return list_reply(request, &notice_kind, NULL);
}

static enum error show(struct request *request)
{
	return list_one(request, &notice_kind);
}

/* Who signed up is nobody's business before the sign-up is judged. */
static enum error list_entrants(struct request *request)
{
	struct list_view view = { .column = "notice" };
	const void *found;
	const struct notice *notice;
	enum error error =
	    list_find(request, &notice_kind, request->params[0], &found);

	if (error)
		return error;
	notice = found;
	if (strcmp(notice->object.state, "open") == 0 ||
	    strcmp(notice->object.state, "closed") == 0)
		return request_fail(request, ERR_TOO_EARLY,
		    "报名截止并开启之后才公布",
		    "it is shown when the sign-up has been opened", NULL);
	view.value = notice->object.id;
	return list_reply(request, &signup_kind, &view);
}

static const struct route routes[] = {
	{ "POST", "/v1/notices", notice_publish, ROUTE_ACT, .who = ROLE_OWNER,
	    .scope = KL_SCOPE_NOTICES, .body_max = BODY_MAX,
	    .input = &notice_kind, .output = &notice_kind,
	    .summary = "Ask for a service: institutions may sign up" },
	{ "GET", "/v1/notices", list, ROUTE_PAGE, .shows = SHOWS_NOTICES,
	    .one_query = true, .output = &notice_kind,
	    .summary = "The notices, the newest first; by state, owner or "
		       "category" },
	{ "GET", "/v1/notices/{id}", show, ROUTE_PAGE, .shows = SHOWS_NOTICES,
	    .one_query = true, .output = &notice_kind,
	    .summary = "One notice" },
	{ "GET", "/v1/notices/{id}/entrants", list_entrants, ROUTE_PAGE,
	    .shows = SHOWS_NOTICES, .output = &signup_kind, .within = "notice",
	    .summary = "Who signed up, and who may be drawn; after it closed" },
	{ 0 },
};

const struct resource notices_resource = {
	.routes = routes,
	.writes = notice_writes,
	.dues = notice_dues,
};
