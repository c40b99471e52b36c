/* credentials_own.c -- a holder changes how he logs in, in a session. */
#include "credentials_private.h"

#include "cookie.h"
#include "route.h"
#include "session.h"

#include <string.h>

/* One body for all three: each route has the members that it takes. */
struct own {
	struct object object;
	const char *password, *new_password, *totp_secret, *totp;
};

#define M(...) MEMBER(own, __VA_ARGS__)
#define PRESENT                                                                \
	M(password, MEMBER_TEXT, 1, PASSWORD_TEXT_MAX, MEMBER_IN,              \
	    "the present one")
static const struct member password_members[] = {
	PRESENT,
	M(new_password, MEMBER_TEXT, 1, PASSWORD_TEXT_MAX, MEMBER_IN,
	    "12 to 128 characters"),
	{ 0 },
};
static const struct member totp_members[] = {
	PRESENT,
	M(totp_secret, MEMBER_TEXT, 1, TOTP_SECRET_MAX, MEMBER_IN,
	    "of an authenticator, base32 of at least 20 random bytes"),
	M(totp, MEMBER_TEXT, 1, TOTP_DIGITS, MEMBER_IN, "a code of it"),
	{ 0 },
};
static const struct member recovery_members[] = { PRESENT, { 0 } };
#undef M

const struct kind password_input = {
	.name = "PasswordChange",
	.size = sizeof(struct own),
	.members = password_members,
};
const struct kind totp_input = {
	.name = "AuthenticatorChange",
	.size = sizeof(struct own),
	.members = totp_members,
};
const struct kind recovery_input = {
	.name = "RecoveryCodes",
	.size = sizeof(struct own),
	.members = recovery_members,
};

const struct db_statement credential_select_own = {
	"SELECT c.login, a.role, COALESCE(o.name, i.name, r.name, ''),"
	" c.password_hash, c.totp_secret FROM credential c"
	" JOIN account a ON a.id = c.id AND a.state = 'active'"
	" LEFT JOIN organisation o ON o.id = a.organisation"
	" LEFT JOIN institution i ON i.id = a.organisation"
	" LEFT JOIN registration r ON r.id = a.organisation"
	" WHERE c.id = ? AND c.state = 'active'",
};

/* --- on a slow worker ----------------------------------------------------- */

/* In a session, with a fresh code once there is an authenticator, and with the
 * password: who finds an open browser can change nothing. */
static enum error check_himself(
    struct request *request, const struct holder *holder)
{
	const struct own *own = request->input;
	const char *account = request->caller.account;
	bool matches;
	enum error error;

	if (holder->totp_secret && !session_is_fresh(&request->caller))
		return ERR_STEP_UP;
	error = login_try(request, "password", account, false);
	if (!error)
		error = password_check(
		    own->password, holder->password_hash, &matches);
	if (error)
		return error;
	if (!matches)
		return request_complain(request, "/password", "wrong",
		    "现密码不对", "is not the present one", NULL);
	login_forgive(request, "password", account, false);
	return ERR_OK;
}

static enum error make(struct request *request, const struct holder *holder,
    struct secrets *secrets)
{
	const struct own *own = request->input;
	enum error error = ERR_OK;

	if (own->new_password) {
		error = credential_check_password(
		    request, "/new_password", own->new_password, holder);
		return error ? error
			     : credential_hash(
				   request, own->new_password, secrets);
	}
	if (own->totp_secret)
		error =
		    credential_check_totp(request, own->totp_secret, own->totp);
	else if (!holder->totp_secret)
		error = request_fail(request, ERR_STATE, "尚未登记动态口令",
		    "there is no authenticator yet", NULL);
	if (!error)
		credential_make_recovery(request, secrets);
	return error;
}

enum error credential_prepare_own(struct request *request)
{
	const struct caller *caller = &request->caller;
	struct secrets *secrets =
	    arena_alloc(&request->arena, sizeof(*secrets));
	struct holder holder = { 0 };
	enum error error;

	if (!caller->session)
		return request_fail(request, ERR_FORBIDDEN, "请先登录",
		    "this takes a session", NULL);
	*secrets = (struct secrets){ caller->account, NULL, NULL };
	error = db_row(request->db, &credential_select_own,
	    DB_IN(db_text(caller->account)),
	    DB_OUT(db_to_text(&holder.login), db_to_text(&holder.role),
		db_to_text(&holder.name), db_to_text(&holder.password_hash),
		db_to_text(&holder.totp_secret)));
	if (!error)
		error = check_himself(request, &holder);
	if (!error)
		error = make(request, &holder, secrets);
	request->prepared = secrets;
	return error;
}

/* --- in the writer, which saw that the credential is as it was ------------ */

static enum error change(struct request *request, enum event event)
{
	const struct own *own = request->input;
	const struct secrets *secrets = request->prepared;
	struct credential *credential = NULL;
	const void *found;
	enum error error =
	    act_find(request, &credential_kind, secrets->id, &found);

	if (error)
		return error;
	credential = kind_copy(&credential_kind, found, &request->arena);
	if (secrets->password_hash)
		credential->password_hash = secrets->password_hash;
	if (own->totp_secret)
		credential->totp_secret = own->totp_secret;
	if (secrets->recovery)
		credential->recovery = secrets->recovery->hashes;
	error = act_change(
	    request, &credential_kind, credential, event, NULL, NULL);
	if (error)
		return error;
	if (request->by_cookie)
		request->set_cookie =
		    COOKIE_NAME "=" COOKIE_ATTRIBUTES "; Max-Age=0";
	return credential_reply(request, credential, secrets);
}

enum error credential_change_password(struct request *request)
{
	return change(request, EVENT_CREDENTIAL_PASSWORD);
}

enum error credential_change_totp(struct request *request)
{
	return change(request, EVENT_CREDENTIAL_TOTP);
}

enum error credential_new_recovery(struct request *request)
{
	return change(request, EVENT_CREDENTIAL_RECOVERY);
}
