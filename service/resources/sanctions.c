/* sanctions.c -- imposed by two, read by all. */
#include "sanctions.h"

#include "institutions.h"
#include "kl_date.h"
#include "list.h"
#include "listings.h"
#include "policies.h"
#include "roll.h"
#include "route.h"

#include <string.h>

enum { WORDS_MAX = 500, MONTHS_MAX = 120, YEAR_MONTHS = 12 };

#define M(...) MEMBER(sanction, __VA_ARGS__)
#define GIVEN                                                                  \
	MEMBER_OF(                                                             \
	    sanction, measure, SANCTION_MEASURES, MEMBER_IN, "what is done"),  \
	    M(category, MEMBER_TOKEN, 1, 16, MEMBER_IN | MEMBER_OPTIONAL,      \
		"of delist: the category"),                                    \
	    M(months, MEMBER_NUMBER, 0, MONTHS_MAX,                            \
		MEMBER_IN | MEMBER_OPTIONAL,                                   \
		"of suspend and blacklist: for how long"),                     \
	    M(basis, MEMBER_TEXT, 1, WORDS_MAX, MEMBER_IN,                     \
		"the law or rule: its title and article"),                     \
	    M(reason, MEMBER_TEXT, 1, WORDS_MAX, MEMBER_IN, "what it did"),    \
	    M(evidence, MEMBER_HASH, 0, 0, MEMBER_IN,                          \
		"SHA-256 of the file that shows it"),                          \
	    M(notified, MEMBER_TOKEN, 10, 10, MEMBER_IN,                       \
		"the day on which it was told, YYYY-MM-DD"),                   \
	    MEMBER_OF(sanction, hearing, "held waived none", MEMBER_IN,        \
		"whether it was heard"),                                       \
	    M(heard, MEMBER_TOKEN, 10, 10, MEMBER_IN | MEMBER_OPTIONAL,        \
		"the day of the hearing")

static const struct member members[] = {
	M(institution, MEMBER_USCC, 0, 0, 0, "whose it is"),
	M(name, MEMBER_TEXT, 1, INSTITUTION_NAME_MAX, 0, "what it is called"),
	GIVEN,
	M(imposed_at, MEMBER_TIME, 0, 0, 0, "since when"),
	M(ends_at, MEMBER_TIME, 0, 0, MEMBER_OPTIONAL,
	    "until then; none: until it is repaired"),
	M(repair, MEMBER_PROSE, 1, SANCTION_REPAIR_MAX,
	    MEMBER_OPTIONAL | MEMBER_LATER,
	    "how the institution says it has mended things"),
	M(repair_evidence, MEMBER_HASH, 0, 0, MEMBER_OPTIONAL | MEMBER_LATER,
	    "SHA-256 of a file that shows that"),
	M(ended_reason, MEMBER_TEXT, 1, WORDS_MAX,
	    MEMBER_OPTIONAL | MEMBER_LATER, "why it was repaired"),
	{ 0 },
};
static const struct member given_members[] = { GIVEN, { 0 } };
#undef M

static struct kind_list lists[] = {
	{ .index = "PRIMARY", .sort = "id" },
	{ .index = "by_institution",
	    .filters = { "institution" },
	    .sort = "event_index",
	    .descending = true },
	{ .index = "by_state",
	    .filters = { "state" },
	    .sort = "event_index",
	    .descending = true },
	{ .index = "by_measure",
	    .filters = { "measure" },
	    .sort = "event_index",
	    .descending = true },
	{ .index = "by_list",
	    .filters = { "state", "measure" },
	    .sort = "event_index",
	    .descending = true },
	{ 0 },
};

struct kind sanction_kind = {
	.name = "Sanction",
	.table = "sanction",
	.size = sizeof(struct sanction),
	.members = members,
	.shown = SHOWS_INSTITUTIONS,
	.lists = lists,
};

static const struct kind given_kind = {
	.name = "SanctionGiven",
	.size = sizeof(struct sanction),
	.members = given_members,
};

bool sanction_is(const struct sanction *sanction, const char *measure)
{
	return strcmp(sanction->measure, measure) == 0;
}

/* What takes nothing from it. */
static bool is_mild(const struct sanction *sanction)
{
	return sanction_is(sanction, "commend") ||
	       sanction_is(sanction, "reminder") ||
	       sanction_is(sanction, "interview");
}

/* --- is it sound ---------------------------------------------------------- */

static bool is_allowed_months(const struct policy *policy, uint64_t months)
{
	json_auto_t *allowed = policy_member(policy, "sanction.suspend_months");
	json_t *item;
	size_t i;

	json_array_foreach (allowed, i, item)
		if ((uint64_t)json_integer_value(item) == months)
			return true;
	return false;
}

static enum error check_months(struct request *request,
    const struct sanction *sanction, const struct policy *policy)
{
	bool lasts = sanction_is(sanction, "suspend") ||
		     sanction_is(sanction, "blacklist") ||
		     sanction_is(sanction, "commend");

	if (lasts != (sanction->months > 0))
		return request_complain(request, "/months", "form",
		    "暂停、列入黑名单或红名单须有月数,其他没有",
		    "suspend, blacklist and commend last for months, nothing "
		    "else does",
		    NULL);
	if (sanction_is(sanction, "suspend") &&
	    !is_allowed_months(policy, sanction->months))
		return request_complain(request, "/months", "policy",
		    "政策参数不允许这个月数",
		    "the policy has no suspension of so many months", NULL);
	return ERR_OK;
}

/* What costs more than a word is heard first, or the hearing is waived. */
static enum error check_hearing(
    struct request *request, const struct sanction *sanction)
{
	bool mild = is_mild(sanction);
	bool held = strcmp(sanction->hearing, "held") == 0;
	int32_t today = roll_today(request), told = 0, heard = 0;
	enum error error =
	    roll_day(request, "/notified", sanction->notified, &told);

	if (!error)
		error = roll_day(request, "/heard", sanction->heard, &heard);
	if (!error && told > today)
		error = request_complain(request, "/notified", "bounds",
		    "不得晚于今天", "must not be after today", NULL);
	if (!error && held != (sanction->heard != NULL))
		error = request_complain(request, "/heard", "form",
		    "举行听证的须填日期,其他不填",
		    "is the day of a hearing that was held", NULL);
	if (!error && held && (heard < told || heard > today))
		error = request_complain(request, "/heard", "bounds",
		    "应在告知之后、今天之前",
		    "must be after it was told, and not after today", NULL);
	if (!error && !mild && strcmp(sanction->hearing, "none") == 0)
		error = request_complain(request, "/hearing", "missing",
		    "须先听证,或由机构放弃听证",
		    "it must be heard, or have waived that", NULL);
	return error;
}

static enum error check_category(
    struct request *request, const struct sanction *sanction)
{
	if (sanction_is(sanction, "delist") == (sanction->category != NULL))
		return ERR_OK;
	return request_complain(request, "/category", "form",
	    "下架须指明类别,其他不填", "is of delist, and of nothing else",
	    NULL);
}

static enum error read_sanction(struct request *request, struct sanction **read)
{
	struct sanction *sanction = kind_make(&sanction_kind, &request->arena);
	const struct policy *policy = NULL;
	const char *region;
	const void *found;
	enum error error =
	    kind_read(request, &given_kind, request->body, sanction);

	if (!error)
		error = act_find(
		    request, &institution_kind, request->params[0], &found);
	if (!error)
		error =
		    roll_policy(request, request->params[0], &policy, &region);
	if (!error)
		error = check_months(request, sanction, policy);
	if (!error)
		error = check_hearing(request, sanction);
	if (!error)
		error = check_category(request, sanction);
	if (error)
		return error;
	sanction->institution = request->params[0];
	sanction->name = ((const struct institution *)found)->name;
	*read = sanction;
	return ERR_OK;
}

/* Nobody is removed twice, and nobody who is not there is suspended. */
static enum error check_institution(
    struct request *request, const struct sanction *sanction)
{
	const void *found;
	const char *state;
	enum error error =
	    act_find(request, &institution_kind, sanction->institution, &found);

	if (error)
		return error;
	state = ((const struct object *)found)->state;
	if (is_mild(sanction) || sanction_is(sanction, "blacklist") ||
	    strcmp(state, "active") == 0 || strcmp(state, "suspended") == 0)
		return ERR_OK;
	return request_fail(request, ERR_STATE, "当前状态:{0}",
	    "its state is {0}", state, NULL);
}

static enum error propose(struct request *request)
{
	struct sanction *sanction;
	enum error error = read_sanction(request, &sanction);

	return error ? error : check_institution(request, sanction);
}

/* --- what it does --------------------------------------------------------- */

enum error sanction_move(
    struct request *request, const char *uscc, enum event event)
{
	const void *found;
	enum error error = act_find(request, &institution_kind, uscc, &found);

	if (error ||
	    !event_allowed(event, ((const struct object *)found)->state))
		return error;
	return act_change(request, &institution_kind,
	    kind_copy(&institution_kind, found, &request->arena), event, NULL,
	    NULL);
}

static const struct db_statement select_listing = {
	"SELECT COALESCE(MIN(id), '') FROM listing "
	"WHERE institution = ? AND category = ? AND state IN ('published', "
	"'paused')",
};

static enum error delist(
    struct request *request, const struct sanction *sanction)
{
	struct listing *listing;
	const char *id;
	const void *found;
	enum error error = act_direct(request);

	if (!error)
		error = db_row(request->db, &select_listing,
		    DB_IN(db_text(sanction->institution),
			db_text(sanction->category)),
		    DB_OUT(db_to_text(&id)));
	if (error || !*id)
		return error;
	error = act_find(request, &listing_kind, id, &found);
	if (error)
		return error;
	listing = kind_copy(&listing_kind, found, &request->arena);
	listing->paused_by = NULL;
	listing->reason = sanction->reason;
	return act_change(request, &listing_kind, listing,
	    EVENT_LISTING_WITHDRAWN, NULL, NULL);
}

static enum error carry_out(
    struct request *request, const struct sanction *sanction)
{
	act_by_itself(request);
	if (sanction_is(sanction, "suspend"))
		return sanction_move(request, sanction->institution,
		    EVENT_INSTITUTION_SUSPENDED);
	if (sanction_is(sanction, "remove") ||
	    sanction_is(sanction, "blacklist"))
		return sanction_move(
		    request, sanction->institution, EVENT_INSTITUTION_REMOVED);
	return sanction_is(sanction, "delist") ? delist(request, sanction)
					       : ERR_OK;
}

/* A removal counts until the institution may come back. */
static enum error set_end(struct request *request, struct sanction *sanction)
{
	const struct policy *policy;
	const char *region;
	uint64_t months = sanction->months;
	enum error error =
	    roll_policy(request, sanction->institution, &policy, &region);

	if (error)
		return error;
	if (sanction_is(sanction, "remove"))
		months =
		    YEAR_MONTHS * policy_number(policy, "entry.reentry_years");
	if (months > 0)
		sanction->ends_at = roll_months_after(act_at(request), months);
	return ERR_OK;
}

static enum error impose(struct request *request)
{
	struct sanction *sanction;
	enum error error = read_sanction(request, &sanction);

	if (!error)
		error = check_institution(request, sanction);
	if (!error)
		error = set_end(request, sanction);
	if (error)
		return error;
	sanction->object.id = act_new_id(request, "sanction");
	sanction->imposed_at = act_at(request);
	error = act_add(request, &sanction_kind, sanction,
	    EVENT_SANCTION_IMPOSED, NULL, NULL);
	if (!error && sanction->ends_at != DB_TIME_NONE)
		error = act_due(request, DUE_SANCTION_EXPIRE,
		    sanction->object.id, 1, sanction->ends_at);
	return error ? error : carry_out(request, sanction);
}

/* --- the resource --------------------------------------------------------- */

static enum error list(struct request *request)
{
	return list_reply(request, &sanction_kind, NULL);
}

static enum error show(struct request *request)
{
	return list_one(request, &sanction_kind);
}

static const struct route routes[] = {
	{ "GET", "/v1/sanctions", list, ROUTE_PAGE, .shows = SHOWS_INSTITUTIONS,
	    .one_query = true, .output = &sanction_kind,
	    .summary = "The sanctions; by institution, state, and measure" },
	{ "GET", "/v1/sanctions/{id}", show, ROUTE_PAGE,
	    .shows = SHOWS_INSTITUTIONS, .one_query = true,
	    .output = &sanction_kind,
	    .summary = "One sanction: basis, evidence, hearing, end" },
	{ 0 },
};

#define APPROVERS (ROLE_SUPERVISOR | ROLE_AUDITOR)
static const struct two_person two_persons[] = {
	{ "sanction.impose", ROLL_KEEPERS | ROLE_SUPERVISOR, APPROVERS, propose,
	    impose,
	    .summary = "Impose a sanction; the subject is the credit code" },
	{ 0 },
};

static const struct db_statement *const writes[] = {
	&select_listing,
	NULL,
};

const struct resource sanctions_resource = {
	.routes = routes,
	.writes = writes,
	.two_persons = two_persons,
};
