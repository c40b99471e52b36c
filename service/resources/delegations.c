/* delegations.c -- somebody acts for another: deputies and agents. */
#include "delegations.h"

#include "accounts.h"
#include "clock.h"
#include "kl_scope.h"
#include "list.h"
#include "route.h"

#include <string.h>

enum {
	BODY_MAX = 4096,
	SCOPES_SIZE_MAX = 200,
	DAY = 86400,
	/* What nobody does for another: grant, approve, propose, draw. */
	SCOPES_ALLOWED = KL_SCOPE_READ | KL_SCOPE_NOTICES | KL_SCOPE_SIGNUP |
			 KL_SCOPE_REGISTRATION,
	PRINCIPALS =
	    ROLE_OWNER | ROLE_INSTITUTION | ROLE_REVIEWER | ROLE_AUTHORITY,
};

static const struct config *settings;

#define M(...) MEMBER(delegation, __VA_ARGS__)
static const struct member members[] = {
	M(principal, MEMBER_TOKEN, 1, 64, 0, "for whom it is done"),
	M(role, MEMBER_TOKEN, 1, 16, 0, "and in which role"),
	M(delegate, MEMBER_TOKEN, 1, 64, MEMBER_IN, "the account that does it"),
	MEMBER_OF(delegation, capacity, "deputy agent", MEMBER_IN,
	    "of the same organisation, or of another"),
	M(scopes, MEMBER_TEXT, 1, SCOPES_SIZE_MAX, MEMBER_IN,
	    "what he may do, by blanks: read notices signup registration"),
	M(valid_from, MEMBER_TIME, 0, 0, MEMBER_IN, "not before"),
	M(valid_until, MEMBER_TIME, 0, 0, MEMBER_IN, "and before that"),
	{ 0 },
};
#undef M

static struct kind_list lists[] = {
	{ .index = "by_principal", .filters = { "principal" }, .sort = "id" },
	{ .index = "by_delegate", .filters = { "delegate" }, .sort = "id" },
	{ 0 },
};

struct kind delegation_kind = {
	.name = "Delegation",
	.table = "delegation",
	.size = sizeof(struct delegation),
	.members = members,
	.lists = lists,
};

static const struct db_statement select_valid = {
	"SELECT d.id, d.role, d.scopes FROM delegation d"
	" WHERE d.delegate = ? AND d.principal = ? AND d.state = 'accepted'"
	" AND d.valid_from <= ? AND d.valid_until > ?"
	" ORDER BY d.valid_until DESC, d.id LIMIT 1",
};

const struct db_statement *const delegation_reads[] = { &select_valid, NULL };

/* Of two rivals nobody is the hand, nor of a rival and of whoever asks for his
 * service. */
static const struct db_statement count_rivals = {
	"SELECT COUNT(*) FROM delegation WHERE delegate = ? AND principal <> ?"
	" AND state = 'accepted' AND (role = 'institution' OR"
	" ? = 'institution')",
};

void delegations_open(const struct config *config)
{
	settings = config;
}

/* --- who asks for another ------------------------------------------------- */

static enum error not_his(struct request *request)
{
	return request_fail(request, ERR_SCOPE, "没有代表该单位办事的有效委托",
	    "there is no delegation in force for that organisation", NULL);
}

enum error delegation_take(struct request *request)
{
	struct caller *caller = &request->caller;
	const char *principal = request->headers[HEADER_FOR];
	const char *role, *scopes;
	int64_t now = clock_now();
	unsigned set;
	enum error error = db_row(request->db, &select_valid,
	    DB_IN(db_text(caller->account), db_text(principal), db_time(now),
		db_time(now)),
	    DB_OUT(db_to_text(&caller->delegation), db_to_text(&role),
		db_to_text(&scopes)));

	if (error)
		return error == ERR_NOT_FOUND ? not_his(request) : error;
	if (kl_scopes_read(scopes, &set))
		return ERR_DATABASE;
	/* Of a key that is for less, no more than that. */
	set |= KL_SCOPE_READ;
	if (caller->scopes)
		set &= caller->scopes;
	if (!set)
		return not_his(request);
	caller->scopes = set;
	caller->organisation = principal;
	caller->role = role_named(role);
	return ERR_OK;
}

enum error delegation_recheck(struct request *request)
{
	const struct caller *caller = &request->caller;
	const struct delegation *delegation;
	const void *row;
	enum error error =
	    act_find(request, &delegation_kind, caller->delegation, &row);

	if (error)
		return error == ERR_NOT_FOUND ? ERR_STALE : error;
	delegation = row;
	return strcmp(delegation->object.state, "accepted") == 0 &&
		       delegation->valid_from <= act_at(request) &&
		       act_at(request) < delegation->valid_until
		   ? ERR_OK
		   : ERR_STALE;
}

/* --- offering ------------------------------------------------------------- */

static enum error check_times(
    struct request *request, const struct delegation *delegation)
{
	int64_t days = (int64_t)settings->delegation_days;

	if (delegation->valid_until > act_at(request) &&
	    delegation->valid_from < delegation->valid_until &&
	    delegation->valid_until <= delegation->valid_from + days * DAY)
		return ERR_OK;
	return request_complain(request, "/valid_until", "bounds",
	    "应在将来,晚于 valid_from 且相距不超过 {0} 日",
	    "must be in the future, after valid_from and within {0} days of it",
	    request_number(request, (uint64_t)days), NULL);
}

static enum error check_scopes(
    struct request *request, const struct delegation *delegation)
{
	unsigned set;

	if (!kl_scopes_read(delegation->scopes, &set) &&
	    !(set & ~(unsigned)SCOPES_ALLOWED))
		return ERR_OK;
	return request_complain(request, "/scopes", "form",
	    "应为以一个空格分隔、不重复的 read notices signup registration",
	    "must be words of read notices signup registration, each once, "
	    "separated by one blank",
	    NULL);
}

/* Who draws, supervises or audits is nobody's delegate; an institution is
 * another's no more than an owner is an institution's. */
static bool may_be(const struct account *account, const char *principal,
    enum role role, bool deputy)
{
	enum role own = role_named(account->role);
	bool same = strcmp(account->organisation, principal) == 0;

	if (strcmp(account->object.state, "active") != 0 ||
	    !(own & PRINCIPALS) || same != deputy)
		return false;
	if (same)
		return own == role;
	return own != ROLE_INSTITUTION &&
	       !(role == ROLE_INSTITUTION && own == ROLE_OWNER);
}

static enum error check_delegate(
    struct request *request, const struct delegation *delegation)
{
	const struct caller *caller = &request->caller;
	bool deputy = strcmp(delegation->capacity, "deputy") == 0;
	const void *found;
	enum error error =
	    act_find(request, &account_kind, delegation->delegate, &found);

	if (error && error != ERR_NOT_FOUND)
		return error;
	if (!error && strcmp(delegation->delegate, caller->account) != 0 &&
	    may_be(found, caller->organisation, caller->role, deputy))
		return ERR_OK;
	return request_complain(request, "/delegate", "unknown",
	    "没有可担任此代理的账号", "there is no such account that may be it",
	    NULL);
}

static enum error offer(struct request *request)
{
	const struct caller *caller = &request->caller;
	struct delegation *delegation =
	    kind_copy(&delegation_kind, request->input, &request->arena);
	enum error times = check_times(request, delegation);
	enum error scopes = check_scopes(request, delegation);
	enum error error = check_delegate(request, delegation);

	if (error || scopes || times)
		return error ? error : ERR_INVALID;
	delegation->object.id = act_new_id(request, "delegation");
	delegation->principal = caller->organisation;
	delegation->role = role_name(caller->role);
	error = act_add(request, &delegation_kind, delegation,
	    EVENT_DELEGATION_OFFERED, NULL, NULL);
	if (!error)
		error = act_due(request, "delegation.expire",
		    delegation->object.id, 1, delegation->valid_until);
	return error ? error
		     : list_made(request, &delegation_kind, delegation,
			   "/v1/delegations");
}

/* --- accepting and ending ------------------------------------------------- */

/* `principals` too, or the delegate alone; to all others it is not there. */
static enum error find(
    struct request *request, bool principals, struct delegation **delegation)
{
	const struct caller *caller = &request->caller;
	const struct delegation *row;
	const void *found;
	enum error error =
	    act_find(request, &delegation_kind, request->params[0], &found);

	if (error)
		return error;
	row = found;
	if (strcmp(row->delegate, caller->account) != 0 &&
	    !(principals && strcmp(row->principal, caller->organisation) == 0))
		return ERR_NOT_FOUND;
	*delegation = kind_copy(&delegation_kind, found, &request->arena);
	return request_match(request, row->object.seq);
}

static enum error check_apart(
    struct request *request, const struct delegation *delegation)
{
	uint64_t count = 0;
	enum error error = act_direct(request);

	if (!error)
		error = db_row(request->db, &count_rivals,
		    DB_IN(db_text(delegation->delegate),
			db_text(delegation->principal),
			db_text(delegation->role)),
		    DB_OUT(db_to_u64(&count)));
	if (error || count == 0)
		return error;
	return request_fail(request, ERR_CONFLICT,
	    "机构的代理人不得同时代理其他单位",
	    "who acts for an institution acts for nobody else", NULL);
}

static enum error accept(struct request *request)
{
	struct delegation *delegation = NULL;
	enum error error = find(request, false, &delegation);

	if (error)
		return error;
	if (act_at(request) >= delegation->valid_until)
		return ERR_TOO_LATE;
	error = check_apart(request, delegation);
	if (!error)
		error = act_change(request, &delegation_kind, delegation,
		    EVENT_DELEGATION_ACCEPTED, NULL, NULL);
	return error ? error
		     : list_shown(request, &delegation_kind, delegation, true);
}

static enum error revoke(struct request *request)
{
	struct delegation *delegation = NULL;
	enum error error = find(request, true, &delegation);

	if (!error)
		error = act_change(request, &delegation_kind, delegation,
		    EVENT_DELEGATION_REVOKED, NULL, NULL);
	return error ? error
		     : list_shown(request, &delegation_kind, delegation, true);
}

/* Nothing happens to one that was revoked. */
static enum error expire(struct request *request)
{
	const void *found;
	enum error error =
	    act_find(request, &delegation_kind, request->params[0], &found);

	if (error || !event_allowed(EVENT_DELEGATION_EXPIRED,
			 ((const struct object *)found)->state))
		return error;
	return act_change(request, &delegation_kind,
	    kind_copy(&delegation_kind, found, &request->arena),
	    EVENT_DELEGATION_EXPIRED, NULL, NULL);
}

/* --- the resource --------------------------------------------------------- */

static enum error list_given(struct request *request)
{
	const struct list_view view = { .column = "principal",
		.value = request->caller.organisation };

	return list_reply(request, &delegation_kind, &view);
}

static enum error list_received(struct request *request)
{
	const struct list_view view = { .column = "delegate",
		.value = request->caller.account };

	return list_reply(request, &delegation_kind, &view);
}

static const struct route routes[] = {
	{ "POST", "/v1/delegations", offer, ROUTE_ACT, .who = PRINCIPALS,
	    .body_max = BODY_MAX, .input = &delegation_kind,
	    .output = &delegation_kind, .himself = true, .step_up = true,
	    .summary = "Let an account act for one's organisation" },
	{ "POST", "/v1/delegations/{id}/acceptance", accept, ROUTE_ACT,
	    .who = PRINCIPALS, .body_max = BODY_MAX, .input = &kind_nothing,
	    .output = &delegation_kind, .himself = true,
	    .summary = "Accept to act for another" },
	{ "POST", "/v1/delegations/{id}/revocation", revoke, ROUTE_ACT,
	    .who = PRINCIPALS, .body_max = BODY_MAX, .input = &kind_nothing,
	    .output = &delegation_kind, .himself = true,
	    .summary = "End a delegation, given or received" },
	{ "GET", "/v1/delegations", list_given, ROUTE_READ, .who = PRINCIPALS,
	    .output = &delegation_kind, .within = "principal", .himself = true,
	    .summary = "What one's organisation lets others do" },
	{ "GET", "/v1/delegations/received", list_received, ROUTE_READ,
	    .who = PRINCIPALS, .output = &delegation_kind, .within = "delegate",
	    .himself = true, .summary = "What one may do for others" },
	{ 0 },
};

static const struct due dues[] = { { "delegation.expire", expire }, { 0 } };
static const struct db_statement *const writes[] = { &count_rivals, NULL };

const struct resource delegations_resource = {
	.routes = routes,
	.reads = delegation_reads,
	.writes = writes,
	.dues = dues,
};
