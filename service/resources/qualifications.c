/* qualifications.c -- declared, confirmed, reminded of, paused, renewed. */
#include "qualifications.h"

#include "files.h"
#include "institutions.h"
#include "kl_date.h"
#include "kl_scope.h"
#include "list.h"
#include "roll.h"
#include "route.h"

#include <string.h>

enum { BODY_MAX = 8192, SMALL_MAX = 2048, SCOPE_SIZE_MAX = 200 };

#define DUE_EXPIRE "qualification.expire"
#define DUE_REMIND "qualification.remind"

#define M(...)     MEMBER(qualification, __VA_ARGS__)
/* What is given. */
#define GIVEN                                                                  \
	M(kind, MEMBER_TEXT, 1, 64, MEMBER_IN,                                 \
	    "what it is, as the category "                                     \
	    "calls it"),                                                       \
	    M(level, MEMBER_TEXT, 1, 32, MEMBER_IN | MEMBER_OPTIONAL,          \
		"its level, where it has levels"),                             \
	    M(scopes, MEMBER_JSON, 0, QUALIFICATION_SCOPES_SIZE_MAX,           \
		MEMBER_IN, "what it is for: an array of texts"),               \
	    M(number, MEMBER_TEXT, 1, 64, MEMBER_IN,                           \
		"number of the certificate"),                                  \
	    M(issuer, MEMBER_TEXT, 1, 100, MEMBER_IN, "who issued it"),        \
	    M(valid_from, MEMBER_TOKEN, 10, 10, MEMBER_IN,                     \
		"its first day, YYYY-MM-DD"),                                  \
	    M(valid_until, MEMBER_TOKEN, 10, 10, MEMBER_IN,                    \
		"its last day, YYYY-MM-DD"),                                   \
	    M(evidence, MEMBER_HASH, 0, 0, MEMBER_IN,                          \
		"SHA-256 of the file of the certificate"),                     \
	    M(replaces, MEMBER_TOKEN, 1, 64, MEMBER_IN | MEMBER_OPTIONAL,      \
		"the qualification that it renews")

static const struct member members[] = {
	M(institution, MEMBER_USCC, 0, 0, 0, "whose it is"),
	GIVEN,
	M(verified_by, MEMBER_TOKEN, 1, 64, MEMBER_OPTIONAL | MEMBER_LATER,
	    "the organisation that confirmed it"),
	M(reason, MEMBER_TEXT, 1, 500, MEMBER_OPTIONAL | MEMBER_LATER,
	    "why it was dropped, paused or revoked"),
	M(days_left, MEMBER_NUMBER, 0, 3660, MEMBER_LATER,
	    "how many days it had when its institution was reminded"),
	{ 0 },
};
static const struct member given_members[] = { GIVEN, { 0 } };
#undef M

static struct kind_list lists[] = {
	{ .index = "PRIMARY", .sort = "id" },
	{ .index = "by_institution",
	    .filters = { "institution" },
	    .sort = "id" },
	{ .index = "by_state", .filters = { "state" }, .sort = "id" },
	{ 0 },
};

struct kind qualification_kind = {
	.name = "Qualification",
	.table = "qualification",
	.size = sizeof(struct qualification),
	.members = members,
	.shown = SHOWS_INSTITUTIONS,
	.lists = lists,
};

const struct kind qualification_input = {
	.name = "QualificationGiven",
	.size = sizeof(struct qualification),
	.members = given_members,
};

/* --- is it sound ---------------------------------------------------------- */

static bool is_scope(const json_t *item)
{
	const char *text = json_string_value(item);

	return text && *text && strlen(text) <= SCOPE_SIZE_MAX;
}

static enum error check_scopes(
    struct request *request, const char *text, const char *pointer)
{
	json_auto_t *list = text ? json_loads(text, 0, NULL) : json_array();
	bool good = json_is_array(list) &&
		    json_array_size(list) <= QUALIFICATION_SCOPES_MAX;
	json_t *item;
	size_t i;

	json_array_foreach (list, i, item)
		good &= is_scope(item);
	if (good)
		return ERR_OK;
	return request_complain(request,
	    arena_format(&request->arena, "%s/scopes", pointer), "form",
	    "应为至多 {0} 个文字的数组,每个不超过 {1} 字节",
	    "must be an array of at most {0} texts of at most {1} bytes",
	    request_number(request, QUALIFICATION_SCOPES_MAX),
	    request_number(request, SCOPE_SIZE_MAX), NULL);
}

enum error qualification_check(struct request *request,
    const struct qualification *qualification, const char *pointer)
{
	int32_t from = INT32_MIN, until = INT32_MAX; /* what is not given */
	const char *at =
	    arena_format(&request->arena, "%s/valid_until", pointer);
	enum error scopes =
	    check_scopes(request, qualification->scopes, pointer);
	enum error first = roll_day(request,
	    arena_format(&request->arena, "%s/valid_from", pointer),
	    qualification->valid_from, &from);
	enum error last =
	    roll_day(request, at, qualification->valid_until, &until);

	if (!last && until < roll_today(request))
		last = request_complain(
		    request, at, "expired", "已过期", "it has expired", NULL);
	if (!first && !last && from > until)
		last = request_complain(request, at, "bounds",
		    "不得早于 valid_from", "must not be before valid_from",
		    NULL);
	return scopes ? scopes : first ? first : last;
}

/* --- when it ends --------------------------------------------------------- */

static int32_t last_day(const struct qualification *qualification)
{
	int32_t day = 0;

	(void)roll_day_is(qualification->valid_until, &day); /* checked */
	return day;
}

/* Nobody is reminded where there is no policy. */
static enum error set_reminders(
    struct request *request, const struct qualification *qualification)
{
	const struct policy *policy;
	const char *region;
	json_auto_t *days = NULL;
	json_t *item;
	size_t i;
	enum error error =
	    roll_policy(request, qualification->institution, &policy, &region);

	if (error == ERR_NO_POLICY || error == ERR_NO_REGION)
		return ERR_OK;
	if (error)
		return error;
	days = policy_member(policy, "entry.expiry_reminders_days");
	json_array_foreach (days, i, item) {
		json_int_t before = json_integer_value(item);
		int64_t at =
		    kl_date_begins(last_day(qualification) - (int32_t)before);

		if (!error && at > act_at(request))
			error = act_due(request, DUE_REMIND,
			    qualification->object.id, (uint64_t)before, at);
	}
	return error;
}

static enum error set_dues(
    struct request *request, const struct qualification *qualification)
{
	enum error error =
	    act_due(request, DUE_EXPIRE, qualification->object.id, 1,
		kl_date_begins(last_day(qualification) + 1));

	return error ? error : set_reminders(request, qualification);
}

static enum error take(
    struct request *request, const char *id, struct qualification **taken)
{
	const void *found;
	enum error error = act_find(request, &qualification_kind, id, &found);

	if (!error)
		*taken = kind_copy(&qualification_kind, found, &request->arena);
	return error;
}

static enum error change(struct request *request,
    struct qualification *qualification, enum event event)
{
	return act_change(
	    request, &qualification_kind, qualification, event, NULL, NULL);
}

static bool is_active(const struct qualification *qualification)
{
	return strcmp(qualification->object.state, "active") == 0;
}

/* On the first day on which it is not valid any more. */
static enum error expire(struct request *request)
{
	struct qualification *qualification;
	enum error error = take(request, request->params[0], &qualification);

	if (error || !is_active(qualification))
		return error;
	qualification->reason = "expired";
	qualification->days_left = 0;
	return change(request, qualification, EVENT_QUALIFICATION_PAUSED);
}

static enum error remind(struct request *request)
{
	struct qualification *qualification;
	enum error error = take(request, request->params[0], &qualification);

	if (error || !is_active(qualification))
		return error;
	qualification->days_left = act_due_seq(request);
	return change(request, qualification, EVENT_QUALIFICATION_REMINDED);
}

enum error qualification_enter(
    struct request *request, struct qualification *qualification, size_t number)
{
	enum error error;

	qualification->object.id = act_new_id(request,
	    arena_format(&request->arena, "qualification %zu", number));
	error = act_add(request, &qualification_kind, qualification,
	    EVENT_QUALIFICATION_CONFIRMED, NULL, NULL);
	return error ? error : set_dues(request, qualification);
}

/* --- declaring ------------------------------------------------------------ */

/* It renews one of the same institution, or none. */
static enum error check_replaced(
    struct request *request, const struct qualification *qualification)
{
	struct qualification *old;
	enum error error;

	if (!qualification->replaces)
		return ERR_OK;
	error = take(request, qualification->replaces, &old);
	if (error && error != ERR_NOT_FOUND)
		return error;
	if (!error &&
	    strcmp(old->institution, qualification->institution) == 0 &&
	    event_allowed(EVENT_QUALIFICATION_REPLACED, old->object.state))
		return ERR_OK;
	return request_complain(request, "/replaces", "unknown",
	    "本机构没有这项可更新的资质",
	    "the institution has no such qualification to renew", NULL);
}

static enum error declare(struct request *request)
{
	struct qualification *qualification =
	    kind_copy(&qualification_input, request->input, &request->arena);
	const void *found;
	enum error error = act_find(
	    request, &institution_kind, request->caller.organisation, &found);

	if (error)
		return error == ERR_NOT_FOUND ? ERR_FORBIDDEN : error;
	qualification->institution = request->caller.organisation;
	error = qualification_check(request, qualification, "");
	if (!error)
		error = file_check(request, "/evidence",
		    qualification->institution, qualification->evidence);
	if (!error)
		error = check_replaced(request, qualification);
	if (error)
		return error;
	qualification->object.id = act_new_id(request, "qualification");
	error = act_add(request, &qualification_kind, qualification,
	    EVENT_QUALIFICATION_DECLARED, NULL, NULL);
	return error ? error
		     : list_made(request, &qualification_kind, qualification,
			   "/v1/qualifications");
}

/* --- deciding ------------------------------------------------------------- */

static enum error take_kept(
    struct request *request, struct qualification **taken)
{
	enum error error = take(request, request->params[0], taken);

	if (!error)
		error = roll_check_keeper_of(request, (*taken)->institution);
	return error ? error : roll_match(request, (*taken)->object.seq);
}

static enum error show_changed(
    struct request *request, const struct qualification *qualification)
{
	return list_shown(request, &qualification_kind, qualification, true);
}

static enum error replace(struct request *request, const char *id)
{
	struct qualification *old;
	enum error error = id ? take(request, id, &old) : ERR_NOT_FOUND;

	if (error == ERR_NOT_FOUND)
		return ERR_OK;
	if (error ||
	    !event_allowed(EVENT_QUALIFICATION_REPLACED, old->object.state))
		return error;
	act_by_itself(request);
	return change(request, old, EVENT_QUALIFICATION_REPLACED);
}

static enum error confirm(struct request *request)
{
	struct qualification *qualification;
	enum error error = take_kept(request, &qualification);

	if (!error)
		error = qualification_check(request, qualification, "");
	if (error)
		return error;
	qualification->verified_by = request->caller.organisation;
	error = change(request, qualification, EVENT_QUALIFICATION_CONFIRMED);
	if (!error)
		error = set_dues(request, qualification);
	if (!error)
		error = replace(request, qualification->replaces);
	return error ? error : show_changed(request, qualification);
}

static enum error decide(struct request *request, enum event event)
{
	const struct reason *reason = request->input;
	struct qualification *qualification;
	enum error error = take_kept(request, &qualification);

	if (error)
		return error;
	qualification->reason = reason->reason;
	error = change(request, qualification, event);
	return error ? error : show_changed(request, qualification);
}

static enum error pause(struct request *request)
{
	return decide(request, EVENT_QUALIFICATION_PAUSED);
}

static enum error revoke(struct request *request)
{
	return decide(request, EVENT_QUALIFICATION_REVOKED);
}

static enum error refuse(struct request *request)
{
	return decide(request, EVENT_QUALIFICATION_DROPPED);
}

/* Not one that has expired: that is renewed. */
static enum error resume(struct request *request)
{
	struct qualification *qualification;
	enum error error = take_kept(request, &qualification);

	if (!error)
		error = qualification_check(request, qualification, "");
	if (error)
		return error;
	qualification->reason = NULL;
	error = change(request, qualification, EVENT_QUALIFICATION_RESUMED);
	return error ? error : show_changed(request, qualification);
}

/* --- the resource --------------------------------------------------------- */

static enum error list(struct request *request)
{
	return list_reply(request, &qualification_kind, NULL);
}

static enum error show(struct request *request)
{
	return list_one(request, &qualification_kind);
}

#define DECISION(name, handler, in, said)                                      \
	{                                                                      \
		"POST", "/v1/qualifications/{id}/" name, handler, ROUTE_ACT,   \
		    .who = ROLL_KEEPERS, .body_max = SMALL_MAX,                \
		    .input = &(in), .output = &qualification_kind,             \
		    .summary = said                                            \
	}
static const struct route routes[] = {
	{ "POST", "/v1/qualifications", declare, ROUTE_ACT,
	    .scope = KL_SCOPE_REGISTRATION, .who = ROLE_INSTITUTION,
	    .body_max = BODY_MAX, .input = &qualification_input,
	    .output = &qualification_kind,
	    .summary = "Declare a qualification of one's own, or its renewal" },
	{ "GET", "/v1/qualifications", list, ROUTE_PAGE,
	    .shows = SHOWS_INSTITUTIONS, .one_query = true,
	    .output = &qualification_kind,
	    .summary = "The qualifications; by institution or state" },
	{ "GET", "/v1/qualifications/{id}", show, ROUTE_PAGE,
	    .shows = SHOWS_INSTITUTIONS, .one_query = true,
	    .output = &qualification_kind, .summary = "One qualification" },
	DECISION("confirmation", confirm, kind_nothing,
	    "Confirm what an institution declared"),
	DECISION("refusal", refuse, reason_kind,
	    "Drop what an institution declared"),
	DECISION("pause", pause, reason_kind, "Pause a qualification"),
	DECISION("resumption", resume, kind_nothing,
	    "Let a paused qualification count again"),
	DECISION("revocation", revoke, reason_kind, "End a qualification"),
	{ 0 },
};

static const struct due dues[] = {
	{ DUE_EXPIRE, expire },
	{ DUE_REMIND, remind },
	{ 0 },
};

const struct resource qualifications_resource = {
	.routes = routes,
	.dues = dues,
};
