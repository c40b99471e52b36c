#include "caller.h"

#include "accounts.h"
#include "batch.h"
#include "caller_known.h"
#include "dispatch.h"
#include "institutions.h"
#include "route.h"

#include <string.h>

enum { BEARER_SIZE = sizeof("Bearer ") - 1 }; /* head.c saw that it is one */

static const struct db_statement select_account = {
	"SELECT id, state, seq, organisation, role FROM account "
	"WHERE key_hash = ?",
};

const struct db_statement *const caller_statements[] = { &select_account,
	NULL };

bool caller_matters(const struct request *request)
{
	const struct route *route = request->route;

	return !request->local && !route->proves_itself &&
	       (route->class == ROUTE_READ || route->class == ROUTE_ACT);
}

static enum error unknown_key(struct request *request)
{
	return request_fail(request, ERR_UNAUTHENTICATED, "密钥无效或已撤销",
	    "the key is unknown or was revoked", NULL);
}

static struct kl_hash hash_of_key(const struct request *request)
{
	const char *key = request->headers[HEADER_AUTHORIZATION] + BEARER_SIZE;

	return kl_hash_of(key, strlen(key));
}

static enum error find_account(struct request *request)
{
	struct kl_hash hash = hash_of_key(request);
	struct caller *caller = &request->caller;
	const char *state, *role;
	char hex[KL_HASH_HEX];
	enum error error;

	kl_hash_hex(&hash, hex);
	error = db_row(request->db, &select_account, DB_IN(db_text(hex)),
	    DB_OUT(db_to_text(&caller->account), db_to_text(&state),
		db_to_u64(&caller->seq), db_to_text(&caller->organisation),
		db_to_text(&role)));
	if (error == ERR_NOT_FOUND || (!error && strcmp(state, "active") != 0))
		return unknown_key(request);
	if (error)
		return error;
	caller->role = role_named(role);
	caller_know(&hash, caller);
	return ERR_OK;
}

/* Is it a key that tells who asks? */
static bool shows_key(const struct request *request)
{
	return !request->local && caller_matters(request) &&
	       request->headers[HEADER_AUTHORIZATION];
}

static void begin(struct request *request)
{
	request->caller = (struct caller){ 0 };
	if (request->local)
		request->caller = (struct caller){ DISPATCH_ADMIN,
			SERVICE_ORGANISATION, ROLE_ADMIN, 0 };
}

static enum error permit(struct request *request)
{
	if (request->route->who != ROLE_ANYONE &&
	    !(request->route->who & request->caller.role))
		return request_fail(request, ERR_FORBIDDEN,
		    "此事由其他角色办理", "another role does that", NULL);
	return ERR_OK;
}

enum error caller_recall(struct request *request)
{
	bool known = !shows_key(request);
	struct kl_hash hash;

	begin(request);
	if (request->route->class != ROUTE_ACT || request->stale > 0)
		return ERR_NOT_FOUND;
	if (!known) {
		hash = hash_of_key(request);
		known = caller_known(request, &hash);
	}
	return known ? permit(request) : ERR_NOT_FOUND;
}

enum error caller_find(struct request *request)
{
	enum error error = caller_recall(request);

	if (error != ERR_NOT_FOUND)
		return error;
	error = shows_key(request) ? find_account(request) : ERR_OK;
	return error ? error : permit(request);
}

/* What was remembered of it is old: the key is looked up in the database. */
static enum error stale(struct request *request)
{
	struct kl_hash hash = hash_of_key(request);

	caller_forget(&hash);
	return ERR_STALE;
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
	return account->object.seq == caller->seq ? ERR_OK : stale(request);
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
