/* accounts.c -- who may call, and the end of that. */
#include "accounts.h"

#include "credentials.h"
#include "institutions.h"
#include "kl_scope.h"
#include "list.h"
#include "organisations.h"
#include "route.h"

#include <string.h>

enum { BODY_MAX = 4096, SCOPES_SIZE_MAX = 200 };

#define M(...) MEMBER(account, __VA_ARGS__)
static const struct member members[] = {
	M(organisation, MEMBER_TOKEN, 1, 64, MEMBER_IN | MEMBER_LATER,
	    "an organisation, or an institution's credit code"),
	MEMBER_OF(account, role,
	    "owner institution reviewer authority operator supervisor auditor",
	    MEMBER_IN, "what its holder may do"),
	M(key_hash, MEMBER_HASH, 0, 0,
	    MEMBER_IN | MEMBER_SECRET | MEMBER_UNIQUE | MEMBER_OPTIONAL,
	    "SHA-256 of the 64 digits of the key that its holder made; without "
	    "one it is a person's, who gets a set-up code"),
	M(scopes, MEMBER_TEXT, 1, SCOPES_SIZE_MAX, MEMBER_IN | MEMBER_OPTIONAL,
	    "what the key is good for, by blanks: read manage notices signup "
	    "draw registration; all without it"),
	{ 0 },
};
#undef M

static struct kind_list lists[] = {
	{ .index = "PRIMARY", .sort = "id" },
	{ .index = "of_organisation",
	    .filters = { "organisation" },
	    .sort = "id" },
	{ 0 },
};

struct kind account_kind = {
	.name = "Account",
	.table = "account",
	.size = sizeof(struct account),
	.members = members,
	.hot = true,
	.lists = lists,
};

/* Who draws is neither supervised nor audited by himself, nor by anybody he
 * belongs together with. */
#define APART "'operator', 'supervisor', 'auditor'"
static const struct db_statement count_apart = {
	"SELECT COUNT(*) FROM account a "
	"LEFT JOIN organisation o ON o.id = a.organisation "
	"LEFT JOIN organisation n ON n.id = ? "
	"WHERE (a.organisation = ? OR "
	"o.affiliation_group = n.affiliation_group) AND a.role <> ? "
	"AND ? IN (" APART ") AND a.role IN (" APART ") "
	"AND a.state = 'active'",
};

static enum error check_apart(
    struct request *request, const struct account *account)
{
	uint64_t count;
	enum error error = act_direct(request);

	if (!error)
		error = db_row(request->db, &count_apart,
		    DB_IN(db_text(account->organisation),
			db_text(account->organisation), db_text(account->role),
			db_text(account->role)),
		    DB_OUT(db_to_u64(&count)));
	if (error || count == 0)
		return error;
	return request_fail(request, ERR_CONFLICT,
	    "运营、监督、审计不得由同一单位或有关联关系的单位担任",
	    "organisations that belong together may not be two of operator, "
	    "supervisor, auditor",
	    NULL);
}

static enum error check_organisation(
    struct request *request, const struct account *account)
{
	bool institution = strcmp(account->role, "institution") == 0;
	const void *found;
	enum error error = act_find(request,
	    institution ? &institution_kind : &organisation_kind,
	    account->organisation, &found);

	if (error != ERR_NOT_FOUND)
		return error;
	return request_complain(request, "/organisation", "unknown",
	    institution ? "没有这家机构" : "没有这个单位",
	    institution ? "there is no such institution"
			: "there is no such organisation",
	    NULL);
}

/* An operator brings institutions in, and nobody else; what is not his is not
 * there for him. */
static bool is_his(const struct request *request, const char *role)
{
	return request->caller.role == ROLE_ADMIN ||
	       strcmp(role, "institution") == 0;
}

/* A person does what his role may; a key may be for less. */
static enum error check_scopes(
    struct request *request, const struct account *account)
{
	unsigned scopes;

	if (!account->scopes ||
	    (account->key_hash && !kl_scopes_read(account->scopes, &scopes)))
		return ERR_OK;
	return request_complain(request, "/scopes", "form",
	    "应为以一个空格分隔、不重复的 read manage notices signup draw "
	    "registration,且只用于密钥",
	    "must be words of read manage notices signup draw registration, "
	    "each once, separated by one blank, and go with a key",
	    NULL);
}

static enum error add(struct request *request, struct account *account)
{
	enum error error = check_apart(request, account);

	if (!error)
		error = act_add(request, &account_kind, account,
		    EVENT_ACCOUNT_CREATED, NULL, NULL);
	if (!error && !account->key_hash)
		error = credential_invite(request, account->object.id);
	return error;
}

enum error account_open(struct request *request, const char *organisation,
    const char *role, const char **id)
{
	struct account *account = kind_make(&account_kind, &request->arena);
	enum error error;

	account->object.id = act_new_id(request, "account");
	account->organisation = organisation;
	account->role = role;
	error = add(request, account);
	if (!error)
		*id = account->object.id;
	return error;
}

static enum error create(struct request *request)
{
	struct account *account =
	    kind_copy(&account_kind, request->input, &request->arena);
	enum error error;

	if (!is_his(request, account->role))
		return ERR_FORBIDDEN;
	account->object.id = act_new_id(request, "account");
	error = check_organisation(request, account);
	if (!error)
		error = check_scopes(request, account);
	if (!error)
		error = add(request, account);
	return error
		   ? error
		   : list_made(request, &account_kind, account, "/v1/accounts");
}

static enum error invite(struct request *request)
{
	const void *found;
	const struct account *account;
	enum error error =
	    act_find(request, &account_kind, request->params[0], &found);

	if (error)
		return error;
	account = found;
	if (!is_his(request, account->role))
		return ERR_NOT_FOUND;
	if (strcmp(account->object.state, "active") != 0)
		return request_fail(request, ERR_STATE, "当前状态:{0}",
		    "its state is {0}", account->object.state, NULL);
	error = credential_invite(request, account->object.id);
	return error ? error
		     : list_shown(request, &account_kind, account, true);
}

static enum error revoke(struct request *request)
{
	const void *found;
	struct account *account;
	enum error error =
	    act_find(request, &account_kind, request->params[0], &found);

	if (error)
		return error;
	account = kind_copy(&account_kind, found, &request->arena);
	if (!is_his(request, account->role))
		return ERR_NOT_FOUND;
	error = request_match(request, account->object.seq);
	if (!error)
		error = act_change(request, &account_kind, account,
		    EVENT_ACCOUNT_REVOKED, NULL, NULL);
	return error ? error
		     : list_shown(request, &account_kind, account, true);
}

static enum error list(struct request *request)
{
	return list_reply(request, &account_kind, NULL);
}

static enum error show_me(struct request *request)
{
	const struct caller *caller = &request->caller;

	return request_reply(request, 200,
	    json_pack("{s:s, s:s, s:s}", "id", caller->account, "organisation",
		caller->organisation, "role", role_name(caller->role)));
}

static const struct route routes[] = {
	{ "POST", "/v1/accounts", create, ROUTE_ACT,
	    .who = ROLE_ADMIN | ROLE_OPERATOR, .body_max = BODY_MAX,
	    .step_up = true, .input = &account_kind, .output = &account_kind,
	    .summary = "Give a role a key, or its holder a set-up code" },
	{ "POST", "/v1/accounts/{id}/invitation", invite, ROUTE_ACT,
	    .who = ROLE_ADMIN | ROLE_OPERATOR, .body_max = BODY_MAX,
	    .step_up = true, .input = &kind_nothing, .output = &account_kind,
	    .summary = "Another set-up code for who has not used his" },
	{ "POST", "/v1/accounts/{id}/revocation", revoke, ROUTE_ACT,
	    .who = ROLE_ADMIN | ROLE_OPERATOR, .body_max = BODY_MAX,
	    .step_up = true, .input = &kind_nothing, .output = &account_kind,
	    .summary = "End an account" },
	{ "GET", "/v1/accounts", list, ROUTE_READ, .who = ROLE_ADMIN,
	    .output = &account_kind,
	    .summary = "Who may call; by organisation too" },
	{ "GET", "/v1/accounts/me", show_me, ROUTE_READ, .who = ROLE_SOMEBODY,
	    .summary = "Whose key this is" },
	{ 0 },
};

static const struct db_statement *const writes[] = { &count_apart, NULL };

const struct resource accounts_resource = {
	.routes = routes,
	.writes = writes,
};
