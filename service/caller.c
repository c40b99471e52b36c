#include "caller.h"

#include "accounts.h"
#include "batch.h"
#include "caller_known.h"
#include "credentials.h"
#include "delegations.h"
#include "dispatch.h"
#include "institutions.h"
#include "kl_scope.h"
#include "route.h"
#include "session.h"

#include <string.h>

static const struct db_statement select_account = {
	"SELECT id, state, seq, organisation, role, scopes FROM account "
	"WHERE key_hash = ?",
};

const struct db_statement *const caller_statements[] = { &select_account,
	NULL };

bool caller_matters(const struct request *request)
{
	const struct route *route = request->route;

	return !request->local && !route->proves_itself &&
	       (route->class == ROUTE_READ || route->class == ROUTE_ACT ||
		   route->class == ROUTE_UPKEEP);
}

/* Of whoever has no key, no session, or none any more: the same to all. */
static enum error unknown_token(struct request *request)
{
	return request_fail(request, ERR_UNAUTHENTICATED,
	    "密钥或会话无效、已撤销或已过期",
	    "the key or session is unknown, was revoked or has ended", NULL);
}

static struct kl_hash hash_of_token(const struct request *request)
{
	return kl_hash_of(request->token, strlen(request->token));
}

static enum error find_account(
    struct request *request, const struct kl_hash *hash)
{
	struct caller *caller = &request->caller;
	const char *state, *role, *scopes;
	char hex[KL_HASH_HEX];
	enum error error;

	kl_hash_hex(hash, hex);
	error = db_row(request->db, &select_account, DB_IN(db_text(hex)),
	    DB_OUT(db_to_text(&caller->account), db_to_text(&state),
		db_to_u64(&caller->seq), db_to_text(&caller->organisation),
		db_to_text(&role), db_to_text(&scopes)));
	if (error)
		return error;
	if (strcmp(state, "active") != 0)
		return unknown_token(request);
	caller->role = role_named(role);
	if (scopes && kl_scopes_read(scopes, &caller->scopes))
		return ERR_DATABASE;
	caller_know(hash, caller);
	return ERR_OK;
}

/* A cookie is never a key. */
static enum error find_holder(struct request *request)
{
	struct kl_hash hash = hash_of_token(request);
	enum error error =
	    request->by_cookie ? ERR_NOT_FOUND : find_account(request, &hash);

	if (error == ERR_NOT_FOUND)
		error = session_find(request, &hash);
	return error == ERR_NOT_FOUND ? unknown_token(request) : error;
}

/* Is it a token that tells who asks? */
static bool shows_token(const struct request *request)
{
	return request->token && caller_matters(request);
}

static void begin(struct request *request)
{
	request->caller = (struct caller){ 0 };
	if (request->local)
		request->caller = (struct caller){ .account = DISPATCH_ADMIN,
			.organisation = SERVICE_ORGANISATION,
			.role = ROLE_ADMIN,
			.stepped_at = DB_TIME_NONE };
}

static unsigned scope_of(const struct route *route)
{
	if (route->scope)
		return route->scope;
	return strcmp(route->method, "GET") == 0 ? KL_SCOPE_READ
						 : KL_SCOPE_MANAGE;
}

/* Role, then what the key or delegation is for, then how sure we are that it is
 * still he who logged in. */
static enum error permit(struct request *request)
{
	const struct route *route = request->route;
	const struct caller *caller = &request->caller;

	if (route->who == ROLE_ANYONE || (route->either && !caller->account))
		return ERR_OK;
	if (!(route->who & caller->role))
		return request_fail(request, ERR_FORBIDDEN,
		    "此事由其他角色办理", "another role does that", NULL);
	if ((caller->scopes && !(scope_of(route) & caller->scopes)) ||
	    (route->himself && caller->delegation))
		return ERR_SCOPE;
	if (route->step_up && caller->session && !session_is_fresh(caller))
		return request_fail(request, ERR_STEP_UP,
		    "会话最近一次动态口令已过时",
		    "the last code of this session is too old, or there is "
		    "none",
		    NULL);
	return ERR_OK;
}

enum error caller_recall(struct request *request)
{
	bool known = !shows_token(request);
	struct kl_hash hash;

	begin(request);
	if (request->route->class != ROUTE_ACT || request->stale > 0 ||
	    request->by_cookie || request->headers[HEADER_FOR])
		return ERR_NOT_FOUND;
	if (!known) {
		hash = hash_of_token(request);
		known = caller_known(request, &hash);
	}
	return known ? permit(request) : ERR_NOT_FOUND;
}

enum error caller_find(struct request *request)
{
	enum error error = caller_recall(request);

	if (error != ERR_NOT_FOUND)
		return error;
	error = shows_token(request) ? find_holder(request) : ERR_OK;
	/* A browser shows a session that has ended wherever it goes. */
	if (error == ERR_UNAUTHENTICATED && request->route->either &&
	    request->by_cookie)
		error = ERR_OK;
	if (!error && request->caller.account && request->headers[HEADER_FOR])
		error = delegation_take(request);
	return error ? error : permit(request);
}

/* What was remembered of it is old: the key is looked up in the database. */
static enum error stale(struct request *request)
{
	struct kl_hash hash = hash_of_token(request);

	caller_forget(&hash);
	return ERR_STALE;
}

/* Of a session: has a password or an authenticator changed since? */
static enum error recheck_session(struct request *request)
{
	const struct caller *caller = &request->caller;
	const struct credential *credential;
	const void *row;
	enum error error =
	    act_find(request, &credential_kind, caller->account, &row);

	if (error)
		return error == ERR_NOT_FOUND ? stale(request) : error;
	credential = row;
	return credential->object.seq == caller->credential_seq
		   ? ERR_OK
		   : stale(request);
}

enum error caller_recheck(struct request *request)
{
	const struct caller *caller = &request->caller;
	const struct account *account;
	const void *row;
	enum error error;

	if (request->local || !caller->account)
		return ERR_OK;
	error = act_find(request, &account_kind, caller->account, &row);
	if (error == ERR_NOT_FOUND)
		return stale(request);
	if (error)
		return error;
	account = row;
	if (account->object.seq != caller->seq)
		return stale(request);
	if (caller->session)
		error = recheck_session(request);
	if (!error && caller->delegation)
		error = delegation_recheck(request);
	return error == ERR_STALE ? stale(request) : error;
}

enum error caller_load(
    struct batch *batch, struct request *const acts[], size_t count)
{
	const char *accounts[KIND_MANY], *institutions[KIND_MANY];
	size_t account_count = 0, institution_count = 0;
	enum error error;

	for (size_t i = 0; i < count; i++) {
		const struct caller *caller = &acts[i]->caller;

		if (acts[i]->local || !caller->account)
			continue;
		accounts[account_count++] = caller->account;
		if (caller->role == ROLE_INSTITUTION)
			institutions[institution_count++] =
			    caller->organisation;
	}
	error = batch_load(batch, &account_kind, accounts, account_count);
	return error ? error
		     : batch_load(batch, &institution_kind, institutions,
			   institution_count);
}
