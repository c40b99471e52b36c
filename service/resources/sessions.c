/* sessions.c -- logging in and out, and showing that it is still he. */
#include "session.h"

#include "clock.h"
#include "cookie.h"
#include "credentials_private.h"
#include "kind.h"
#include "kl_time.h"
#include "network.h"
#include "route.h"

#include <string.h>

enum { BODY_MAX = 4096 };

/* --- who logs in ---------------------------------------------------------- */

struct login {
	struct object object;
	const char *login, *password, *totp, *recovery_code;
};

#define M(...) MEMBER(login, __VA_ARGS__)
static const struct member login_members[] = {
	M(login, MEMBER_TOKEN, LOGIN_MIN, LOGIN_MAX, MEMBER_IN,
	    "the name he logs in with"),
	M(password, MEMBER_TEXT, 1, PASSWORD_TEXT_MAX, MEMBER_IN,
	    "his password"),
	M(totp, MEMBER_TEXT, 1, TOTP_DIGITS, MEMBER_IN | MEMBER_OPTIONAL,
	    "a code of his authenticator, if he has one"),
	M(recovery_code, MEMBER_TOKEN, 1, RECOVERY_DIGITS,
	    MEMBER_IN | MEMBER_OPTIONAL, "or one of his recovery codes"),
	{ 0 },
};
#undef M

static const struct kind login_input = {
	.name = "Login",
	.size = sizeof(struct login),
	.members = login_members,
};

static const struct db_statement select_login = {
	"SELECT c.id, c.state, c.seq, c.password_hash, c.totp_secret,"
	" c.recovery, a.state, a.organisation, a.role FROM credential c"
	" JOIN account a ON a.id = c.id WHERE c.login = ?",
};

static const struct db_statement select_known = {
	"SELECT COUNT(*) FROM session WHERE account = ? AND network = ?",
};

/* Whoever it may be: nobody's id is "". */
struct person {
	const char *id, *state, *password_hash, *totp_secret, *recovery;
	const char *account_state, *organisation, *role;
	uint64_t seq;
	bool known; /* he has logged in from this network */
};

static enum error find_person(
    struct request *request, const char *login, struct person *person)
{
	uint64_t count = 0;
	enum error error = db_row(request->db, &select_login,
	    DB_IN(db_text(login)),
	    DB_OUT(db_to_text(&person->id), db_to_text(&person->state),
		db_to_u64(&person->seq), db_to_text(&person->password_hash),
		db_to_text(&person->totp_secret), db_to_text(&person->recovery),
		db_to_text(&person->account_state),
		db_to_text(&person->organisation), db_to_text(&person->role)));

	if (error == ERR_NOT_FOUND) {
		*person = (struct person){ .id = "" };
		error = ERR_OK;
	}
	if (!error)
		error = db_row(request->db, &select_known,
		    DB_IN(db_text(person->id), db_text(network_of(request))),
		    DB_OUT(db_to_u64(&count)));
	person->known = count > 0;
	return error;
}

static bool may_log_in(const struct person *person)
{
	return person->state && strcmp(person->state, "active") == 0 &&
	       strcmp(person->account_state, "active") == 0;
}

/* The same to all: no such login, another password, another code, a code once
 * more, an account that was revoked or waits for its set-up. */
static enum error refuse(struct request *request)
{
	return request_fail(request, ERR_UNAUTHENTICATED,
	    "登录名、密码或动态口令不对",
	    "login, password or code are not right", NULL);
}

/* Who has an authenticator must show it. */
static enum error check_factor(const struct login *login,
    const struct person *person, int64_t *stepped_at, bool *good)
{
	enum error error;

	*stepped_at = DB_TIME_NONE;
	*good = !person->totp_secret;
	if (*good)
		return ERR_OK;
	error =
	    login_take_code(person->id, person->totp_secret, login->totp, good);
	if (!error && !*good)
		error = login_take_recovery(
		    person->id, person->recovery, login->recovery_code, good);
	if (!error && *good)
		*stepped_at = clock_machine();
	return error;
}

/* One hash is computed whoever it is. */
static enum error check_person(const struct login *login,
    const struct person *person, int64_t *stepped_at, bool *good)
{
	bool may = may_log_in(person);
	enum error error = password_check(
	    login->password, may ? person->password_hash : NULL, good);

	return error || !*good ? error
			       : check_factor(login, person, stepped_at, good);
}

static enum error reply_session(struct request *request,
    const struct caller *caller, const struct session *session)
{
	char ends_at[KL_TIME_TEXT];

	kl_time_write(session->ends_at, ends_at);
	request->set_cookie = arena_format(&request->arena, "%s=%s%s",
	    COOKIE_NAME, session->token, COOKIE_ATTRIBUTES);
	return request_reply(request, 201,
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:b}", "id",
		session->id, "token", session->token, "account",
		caller->account, "organisation", caller->organisation, "role",
		role_name(caller->role), "ends_at", ends_at, "idle_s",
		(json_int_t)session->idle_s, "stepped_up",
		caller->stepped_at != DB_TIME_NONE));
}

static enum error log_in(struct request *request)
{
	const struct login *login = request->input;
	struct person person;
	struct caller caller = { 0 };
	struct session session;
	bool good = false;
	enum error error = login_try_network(request);

	if (!error)
		error = find_person(request, login->login, &person);
	if (!error)
		error = login_try(request, "login", login->login, person.known);
	if (!error)
		error = check_person(login, &person, &caller.stepped_at, &good);
	if (error)
		return error;
	if (!good)
		return refuse(request);
	login_forgive(request, "login", login->login, person.known);
	caller.account = person.id;
	caller.organisation = person.organisation;
	caller.role = role_named(person.role);
	caller.credential_seq = person.seq;
	error = session_begin(request, &caller, &session);
	return error ? error : reply_session(request, &caller, &session);
}

/* --- one's own sessions --------------------------------------------------- */

static enum error list(struct request *request)
{
	json_t *items = NULL;
	enum error error = session_list(request, &items);

	if (error) {
		json_decref(items);
		return error;
	}
	return request_reply(request, 200, json_pack("{s:o}", "items", items));
}

/* {id}, or `current`: that which asks. NULL: it is none. */
static const char *session_named(const struct request *request)
{
	const char *id = request->params[0];

	return strcmp(id, "current") == 0 ? request->caller.session : id;
}

static enum error log_out(struct request *request)
{
	const char *id = session_named(request);
	const char *own = request->caller.session;
	enum error error = id ? session_end(request, id) : ERR_NOT_FOUND;

	if (error)
		return error;
	if (own && strcmp(id, own) == 0)
		request->set_cookie =
		    COOKIE_NAME "=" COOKIE_ATTRIBUTES "; Max-Age=0";
	return request_reply(request, 200, json_pack("{s:s}", "ended", id));
}

struct step {
	struct object object;
	const char *totp;
};

static const struct member step_members[] = {
	MEMBER(step, totp, MEMBER_TEXT, TOTP_DIGITS, TOTP_DIGITS, MEMBER_IN,
	    "a code of his authenticator"),
	{ 0 },
};

static const struct kind step_input = {
	.name = "StepUp",
	.size = sizeof(struct step),
	.members = step_members,
};

static const struct db_statement select_secret = {
	"SELECT totp_secret FROM credential WHERE id = ?",
};

static enum error step_up(struct request *request)
{
	const struct caller *caller = &request->caller;
	const struct step *step = request->input;
	const char *id = session_named(request), *secret;
	bool taken = false;
	enum error error;

	if (!id || !caller->session || strcmp(id, caller->session) != 0)
		return ERR_NOT_FOUND;
	error = login_try(request, "code", caller->account, false);
	if (!error)
		error = db_row(request->db, &select_secret,
		    DB_IN(db_text(caller->account)),
		    DB_OUT(db_to_text(&secret)));
	if (!error)
		error = login_take_code(
		    caller->account, secret, step->totp, &taken);
	if (error)
		return error;
	if (!taken)
		return request_fail(request, ERR_STEP_UP,
		    "动态口令不对、已用过,或尚未登记",
		    "the code is not right, was used, or there is no "
		    "authenticator",
		    NULL);
	login_forgive(request, "code", caller->account, false);
	error = session_step_up(request);
	return error ? error
		     : request_reply(
			   request, 200, json_pack("{s:s}", "stepped_up", id));
}

static const struct route routes[] = {
	{ "POST", "/v1/sessions", log_in, ROUTE_UPKEEP, .body_max = BODY_MAX,
	    .input = &login_input, .slow = true,
	    .summary = "Log in: a token, and the same as a cookie" },
	{ "GET", "/v1/sessions", list, ROUTE_READ, .who = ROLE_SOMEBODY,
	    .himself = true, .summary = "One's own sessions" },
	{ "POST", "/v1/sessions/{id}/end", log_out, ROUTE_UPKEEP,
	    .who = ROLE_SOMEBODY, .body_max = BODY_MAX, .input = &kind_nothing,
	    .himself = true,
	    .summary = "End a session of one's own; `current`: log out" },
	{ "POST", "/v1/sessions/{id}/step-up", step_up, ROUTE_UPKEEP,
	    .who = ROLE_SOMEBODY, .body_max = BODY_MAX, .input = &step_input,
	    .himself = true,
	    .summary = "Show a fresh code, for what is weighty" },
	{ 0 },
};

static const struct db_statement *const reads[] = { &select_login,
	&select_known, &select_secret, NULL };

const struct resource sessions_resource = {
	.routes = routes,
	.reads = reads,
	.upkeeps = session_upkeeps,
};
