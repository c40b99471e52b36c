/* signups.c -- institutions sign up, sealed until the notice is opened. */
#include "signups.h"

#include "institutions.h"
#include "kl_scope.h"
#include "list.h"
#include "route.h"

#include <string.h>

enum { BODY_MAX = 1024, ID_SIZE = 16, FACTS_MAX = 16384 };

#define M(...) MEMBER(signup, __VA_ARGS__)
#define JUDGED MEMBER_OPTIONAL | MEMBER_LATER
static const struct member members[] = {
	M(notice, MEMBER_TOKEN, 1, 64, 0, "what was signed up for"),
	M(institution, MEMBER_TOKEN, 1, 64, 0, "who did"),
	M(name, MEMBER_TEXT, 1, INSTITUTION_NAME_MAX, 0, "its name then"),
	M(signed_at, MEMBER_TIME, 0, 0, MEMBER_LATER,
	    "when; anew after a withdrawal"),
	M(reason, MEMBER_TOKEN, 1, 64, JUDGED, "why it may not be drawn"),
	M(facts, MEMBER_JSON, 0, FACTS_MAX, JUDGED, "what that was judged by"),
	M(evidence, MEMBER_HASH, 0, 0, JUDGED,
	    "SHA-256 of the canonical JSON of facts"),
	{ 0 },
};
#undef JUDGED
#undef M

static struct kind_list lists[] = {
	{ .index = "one_of_each",
	    .filters = { "notice" },
	    .sort = "institution" },
	{ .index = "by_institution",
	    .filters = { "institution" },
	    .sort = "id" },
	{ 0 },
};

struct kind signup_kind = {
	.name = "Signup",
	.table = "signup",
	.size = sizeof(struct signup),
	.members = members,
	.shown = SHOWS_NOTICES,
	.lists = lists,
};

/* --- what memory holds ---------------------------------------------------- */

/*
 * In the writer's memory it says that all sign-ups of a notice are there, too:
 * memory keeps everything or forgets everything. So whether an institution has
 * signed up before is known without asking the database.
 */
struct pool {
	struct object object; /* id: of the notice */
	uint64_t count;
};

static const struct member no_members[] = { { 0 } };
static const struct kind pool_kind = {
	.name = "Pool",
	.size = sizeof(struct pool),
	.members = no_members,
};

static void remember_pool(
    struct request *request, const char *notice, uint64_t count)
{
	struct pool pool = { { notice, "open", 0, 0 }, count };

	act_remember(request, &pool_kind, &pool);
}

void signup_begin(struct request *request, const char *notice)
{
	remember_pool(request, notice, 0);
}

static enum error load(struct request *request, const char *notice)
{
	struct signup *signup = kind_make(&signup_kind, &request->arena);
	struct db_out out[MEMBERS_MAX];
	size_t out_count = kind_fetch(&signup_kind, signup, out);
	const void *pool;
	uint64_t count = 0;
	enum error error;

	if (!act_find_in_memory(request, &pool_kind, notice, &pool))
		return ERR_OK;
	error = act_direct(request);
	if (error)
		return error;
	db_query(request->db, &lists[0].select,
	    DB_IN(db_text(notice), db_text(""), db_u64(SIGNUPS_MAX)), out,
	    out_count);
	while (db_next(request->db)) {
		act_remember(request, &signup_kind, signup);
		count++;
	}
	remember_pool(request, notice, count);
	return db_finish(request->db);
}

/* --- signing up ----------------------------------------------------------- */

/* Nobody can sign up twice: the id is made from both. */
static const char *id_of(
    struct request *request, const char *notice, const char *institution)
{
	struct kl_hasher hasher;
	struct kl_hash hash;

	kl_hasher_init(&hasher);
	kl_hasher_add_text(&hasher, "klero signup\n");
	kl_hasher_add_text(&hasher, notice);
	kl_hasher_add_text(&hasher, "\n");
	kl_hasher_add_text(&hasher, institution);
	hash = kl_hasher_end(&hasher);
	return arena_hex(&request->arena, hash.bytes, ID_SIZE);
}

/* Before its close, strictly. */
static enum error find_open(
    struct request *request, const char *id, const struct notice **notice)
{
	const void *found;
	enum error error = act_find(request, &notice_kind, id, &found);

	if (error)
		return error;
	*notice = found;
	if (strcmp((*notice)->object.state, "open") != 0 ||
	    act_at(request) >= (*notice)->signup_close)
		return ERR_TOO_LATE;
	return ERR_OK;
}

static enum error find_active(
    struct request *request, const struct institution **institution)
{
	const void *found;
	enum error error = act_find(
	    request, &institution_kind, request->caller.organisation, &found);

	if (error)
		return error == ERR_NOT_FOUND ? ERR_FORBIDDEN : error;
	*institution = found;
	if (strcmp((*institution)->object.state, "active") == 0)
		return ERR_OK;
	return request_fail(request, ERR_FORBIDDEN, "机构未处于正常状态",
	    "the institution is not active", NULL);
}

static enum error add(
    struct request *request, const struct notice *notice, struct signup *signup)
{
	const void *found = NULL;
	const struct pool *pool;
	enum error error =
	    act_find_in_memory(request, &pool_kind, notice->object.id, &found);

	if (error)
		return error;
	pool = found;
	if (pool->count >= SIGNUPS_MAX)
		return request_fail(request, ERR_CONFLICT,
		    "报名机构已达 {0} 家", "{0} have signed up: no more can",
		    request_number(request, SIGNUPS_MAX), NULL);
	remember_pool(request, notice->object.id, pool->count + 1);
	return act_add(request, &signup_kind, signup, EVENT_SIGNUP_MADE, NULL,
	    notice->object.id);
}

/* Withdrawn before: it counts from now on. */
static enum error again(
    struct request *request, const struct notice *notice, struct signup *signup)
{
	if (strcmp(signup->object.state, "signed") == 0)
		return ERR_EXISTS;
	return act_change(request, &signup_kind, signup, EVENT_SIGNUP_MADE,
	    NULL, notice->object.id);
}

static enum error make(struct request *request)
{
	const struct notice *notice = NULL;
	const struct institution *institution = NULL;
	struct signup *signup = kind_make(&signup_kind, &request->arena);
	const void *before = NULL;
	enum error error = find_open(request, request->params[0], &notice);

	if (!error)
		error = find_active(request, &institution);
	if (!error)
		error = load(request, notice->object.id);
	if (error)
		return error;
	signup->object.id =
	    id_of(request, notice->object.id, institution->object.id);
	if (!act_find_in_memory(
		request, &signup_kind, signup->object.id, &before))
		signup = kind_copy(&signup_kind, before, &request->arena);
	signup->notice = notice->object.id;
	signup->institution = institution->object.id;
	signup->name = institution->name;
	signup->signed_at = act_at(request);
	error = before ? again(request, notice, signup)
		       : add(request, notice, signup);
	if (!error)
		error = list_made(request, &signup_kind, signup, "/v1/signups");
	return error ? error : act_receipt(request, signup->object.event_index);
}

static enum error withdraw(struct request *request)
{
	const struct notice *notice;
	const void *found;
	struct signup *signup;
	enum error error =
	    act_find(request, &signup_kind, request->params[0], &found);

	if (error)
		return error;
	signup = kind_copy(&signup_kind, found, &request->arena);
	if (strcmp(signup->institution, request->caller.organisation) != 0)
		return ERR_NOT_FOUND;
	error = request_match(request, signup->object.seq);
	if (!error)
		error = find_open(request, signup->notice, &notice);
	if (!error)
		error = act_change(request, &signup_kind, signup,
		    EVENT_SIGNUP_WITHDRAWN, NULL, notice->object.id);
	if (!error)
		error = list_shown(request, &signup_kind, signup, true);
	return error ? error : act_receipt(request, signup->object.event_index);
}

/* --- the resource --------------------------------------------------------- */

static enum error list(struct request *request)
{
	struct list_view own = {
		.column = "institution",
		.value = request->caller.organisation,
		.whole = true,
	};

	return list_reply(request, &signup_kind, &own);
}

static enum error show(struct request *request)
{
	const struct signup *signup;
	const void *found;
	enum error error =
	    list_find(request, &signup_kind, request->params[0], &found);

	if (error)
		return error;
	signup = found;
	if (strcmp(signup->institution, request->caller.organisation) != 0)
		return ERR_NOT_FOUND;
	return list_shown(request, &signup_kind, signup, true);
}

static const struct route routes[] = {
	{ "POST", "/v1/notices/{id}/signups", make, ROUTE_ACT,
	    .scope = KL_SCOPE_SIGNUP, .step_up = true, .who = ROLE_INSTITUTION,
	    .body_max = BODY_MAX, .input = &kind_nothing,
	    .output = &signup_kind,
	    .summary = "Sign up for a draw; sealed until the close" },
	{ "POST", "/v1/signups/{id}/withdrawal", withdraw, ROUTE_ACT,
	    .scope = KL_SCOPE_SIGNUP, .step_up = true, .who = ROLE_INSTITUTION,
	    .body_max = BODY_MAX, .input = &kind_nothing,
	    .output = &signup_kind,
	    .summary = "Withdraw a sign-up of one's own, before the close" },
	{ "GET", "/v1/signups", list, ROUTE_READ, .who = ROLE_INSTITUTION,
	    .output = &signup_kind, .within = "institution",
	    .summary = "One's own sign-ups" },
	{ "GET", "/v1/signups/{id}", show, ROUTE_READ, .who = ROLE_INSTITUTION,
	    .output = &signup_kind, .summary = "A sign-up of one's own" },
	{ 0 },
};

const struct resource signups_resource = {
	.routes = routes,
	.writes = signup_writes,
};
