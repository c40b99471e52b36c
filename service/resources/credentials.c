/* credentials.c -- a holder sets how he logs in, by a code given to him. */
#include "credentials_private.h"

#include "accounts.h"
#include "clock.h"
#include "config.h"
#include "kl_password.h"
#include "kl_time.h"
#include "list.h"
#include "route.h"
#include "session.h"

#include <string.h>

enum { HOUR = 3600, REASON_MAX = 500, RECOVERY_SIZE_MAX = 700 };

static const struct config *settings;

#define HIDDEN MEMBER_OPTIONAL | MEMBER_LATER | MEMBER_SECRET
#define M(...) MEMBER(credential, __VA_ARGS__)
static const struct member members[] = {
	M(login, MEMBER_TOKEN, LOGIN_MIN, LOGIN_MAX,
	    MEMBER_OPTIONAL | MEMBER_LATER | MEMBER_PRIVATE | MEMBER_UNIQUE,
	    "the name he logs in with"),
	M(password_hash, MEMBER_TEXT, 1, PASSWORD_HASH_SIZE, HIDDEN,
	    "Argon2id"),
	M(totp_secret, MEMBER_TEXT, TOTP_SECRET_MIN, TOTP_SECRET_MAX, HIDDEN,
	    "of his authenticator"),
	M(recovery, MEMBER_TEXT, 1, RECOVERY_SIZE_MAX, HIDDEN,
	    "SHA-256 of each recovery code"),
	M(setup_hash, MEMBER_HASH, 0, 0, HIDDEN | MEMBER_UNIQUE,
	    "SHA-256 of the set-up code"),
	M(setup_until, MEMBER_TIME, 0, 0, MEMBER_OPTIONAL | MEMBER_LATER,
	    "it is good before"),
	{ 0 },
};
#undef M

struct kind credential_kind = {
	.name = "Credential",
	.table = "credential",
	.size = sizeof(struct credential),
	.members = members,
};

/* An account that was revoked has nobody who sets anything. */
#define HOLDER                                                                 \
	"SELECT c.id, a.role, COALESCE(o.name, i.name, r.name, '') FROM "      \
	"credential c"                                                         \
	" JOIN account a ON a.id = c.id AND a.state = 'active'"                \
	" LEFT JOIN organisation o ON o.id = a.organisation"                   \
	" LEFT JOIN institution i ON i.id = a.organisation"                    \
	" LEFT JOIN registration r ON r.id = a.organisation"

static const struct db_statement select_invited = {
	HOLDER " WHERE c.setup_hash = ? AND c.state = 'invited'",
};

void credentials_open(const struct config *config)
{
	settings = config;
}

/* --- set-up codes --------------------------------------------------------- */

static void set_code(struct request *request, struct credential *credential,
    const char *setup_hash)
{
	credential->setup_hash = setup_hash;
	credential->setup_until =
	    act_at(request) + (int64_t)settings->setup_hours * HOUR;
}

/* A new code into the row, and once into the answer. */
static void give_code(struct request *request, struct credential *credential)
{
	uint8_t bytes[32];
	char code[SETUP_DIGITS + 1], until[KL_TIME_TEXT];
	struct kl_hash hash;

	act_random(request,
	    arena_format(
		&request->arena, "set-up code %s", credential->object.id),
	    bytes);
	kl_hex(bytes, SETUP_DIGITS / 2, code);
	hash = kl_hash_of(code, SETUP_DIGITS);
	set_code(request, credential,
	    arena_hex(&request->arena, hash.bytes, sizeof(hash.bytes)));
	kl_time_write(credential->setup_until, until);
	request_once(request, "setup",
	    json_pack("{s:s, s:s, s:s}", "account", credential->object.id,
		"code", code, "until", until));
}

enum error credential_invite(struct request *request, const char *account)
{
	struct credential *credential = NULL;
	const void *found;
	enum error error = act_find(request, &credential_kind, account, &found);

	if (error && error != ERR_NOT_FOUND)
		return error;
	if (error) {
		credential = kind_make(&credential_kind, &request->arena);
		credential->object.id = account;
	} else {
		credential =
		    kind_copy(&credential_kind, found, &request->arena);
	}
	give_code(request, credential);
	return error ? act_add(request, &credential_kind, credential,
			   EVENT_CREDENTIAL_INVITED, NULL, NULL)
		     : act_change(request, &credential_kind, credential,
			   EVENT_CREDENTIAL_INVITED, NULL, NULL);
}

enum error credential_invite_by(
    struct request *request, const char *account, const char *setup_hash)
{
	struct credential *credential =
	    kind_make(&credential_kind, &request->arena);
	enum error error;

	credential->object.id = account;
	set_code(request, credential, setup_hash);
	error = act_add(request, &credential_kind, credential,
	    EVENT_CREDENTIAL_INVITED, NULL, NULL);
	if (error != ERR_CONFLICT && error != ERR_EXISTS)
		return error;
	return request_complain(request, "/setup_hash", "taken",
	    "请另取一个随机的设置码", "make another code by chance", NULL);
}

/* --- what a holder gives -------------------------------------------------- */

static const struct {
	const char *code, *zh, *en;
} password_faults[] = {
	[KL_PASSWORD_SHORT] = { "bounds", "至少 12 个字",
	    "must be at least 12 characters" },
	[KL_PASSWORD_LONG] = { "bounds", "至多 128 个字",
	    "must be at most 128 characters" },
	[KL_PASSWORD_COMMON] = { "common", "太常见,一试即中",
	    "is one of those that are tried first" },
	[KL_PASSWORD_KNOWN] = { "known", "不得以登录名或单位名称为主体",
	    "must not be little but the login or the organisation's name" },
};

enum error credential_check_password(struct request *request,
    const char *member, const char *password, const struct holder *holder)
{
	const char *const known[] = { holder->login, holder->name, NULL };
	enum kl_password_fault fault = kl_password_fault(password, known);

	if (!fault)
		return ERR_OK;
	return request_complain(request, member, password_faults[fault].code,
	    password_faults[fault].zh, password_faults[fault].en, NULL);
}

enum error credential_check_totp(
    struct request *request, const char *secret, const char *code)
{
	uint64_t step;

	if (!secret || !totp_secret_good(secret))
		return request_complain(request, "/totp_secret", "form",
		    "应为 20 到 64 个随机字节的 Base32",
		    "must be base32 of 20 to 64 random bytes", NULL);
	if (!code || !totp_check(secret, code, clock_machine(), &step))
		return request_complain(request, "/totp", "code",
		    "不是该密钥现在的动态口令",
		    "is not a code of that secret now", NULL);
	return ERR_OK;
}

enum error credential_hash(
    struct request *request, const char *password, struct secrets *secrets)
{
	char *hash = arena_alloc(&request->arena, PASSWORD_HASH_SIZE);

	secrets->password_hash = hash;
	return password_hash(password, hash);
}

void credential_make_recovery(struct request *request, struct secrets *secrets)
{
	secrets->recovery =
	    arena_alloc(&request->arena, sizeof(*secrets->recovery));
	login_make_recovery(&request->arena, secrets->recovery);
}

enum error credential_reply(struct request *request,
    const struct credential *credential, const struct secrets *secrets)
{
	json_t *reply = kind_json(&credential_kind, credential, true);

	if (secrets->recovery) {
		json_t *codes = json_array();

		for (size_t i = 0; i < RECOVERY_CODES; i++)
			json_array_append_new(
			    codes, json_string(secrets->recovery->codes[i]));
		json_object_set_new(reply, "recovery_codes", codes);
	}
	list_tag(request, credential);
	return request_reply(request, 200, reply);
}

/* --- setting up ----------------------------------------------------------- */

struct setup {
	struct object object;
	const char *code, *login, *password, *totp_secret, *totp;
};

#define M(...) MEMBER(setup, __VA_ARGS__)
static const struct member setup_members[] = {
	M(code, MEMBER_TOKEN, SETUP_DIGITS, SETUP_DIGITS, MEMBER_IN,
	    "the set-up code"),
	M(login, MEMBER_TOKEN, LOGIN_MIN, LOGIN_MAX, MEMBER_IN,
	    "the name to log in with, in lower case"),
	M(password, MEMBER_TEXT, 1, PASSWORD_TEXT_MAX, MEMBER_IN,
	    "12 to 128 characters"),
	M(totp_secret, MEMBER_TEXT, 1, TOTP_SECRET_MAX,
	    MEMBER_IN | MEMBER_OPTIONAL,
	    "of an authenticator, base32 of at least 20 random bytes; staff "
	    "must have one"),
	M(totp, MEMBER_TEXT, 1, TOTP_DIGITS, MEMBER_IN | MEMBER_OPTIONAL,
	    "a code of it"),
	{ 0 },
};
#undef M

static const struct kind setup_input = {
	.name = "Setup",
	.size = sizeof(struct setup),
	.members = setup_members,
};

/* The same for a code that never was, was used, replaced, or is too old. */
static enum error unknown_code(struct request *request)
{
	return request_fail(request, ERR_UNAUTHENTICATED,
	    "设置码无效、已使用或已过期",
	    "the set-up code is unknown, was used or is too old", NULL);
}

static enum error check_setup(struct request *request,
    const struct setup *setup, const struct holder *holder)
{
	enum error error = ERR_OK, worst = ERR_OK;

	for (const char *c = setup->login; *c && !worst; c++)
		if (*c >= 'A' && *c <= 'Z')
			worst = request_complain(request, "/login", "form",
			    "应为小写", "must be in lower case", NULL);
	error = credential_check_password(
	    request, "/password", setup->password, holder);
	worst = error ? error : worst;
	if (setup->totp_secret || setup->totp ||
	    session_is_staff(role_named(holder->role)))
		error = credential_check_totp(
		    request, setup->totp_secret, setup->totp);
	return error ? error : worst;
}

static enum error prepare_setup(struct request *request)
{
	const struct setup *setup = request->input;
	struct secrets *secrets =
	    arena_alloc(&request->arena, sizeof(*secrets));
	struct holder holder = { .login = setup->login };
	struct kl_hash hash = kl_hash_of(setup->code, strlen(setup->code));
	char hex[KL_HASH_HEX];
	enum error error = login_try_network(request);

	if (error)
		return error;
	*secrets = (struct secrets){ 0 };
	kl_hash_hex(&hash, hex);
	error = db_row(request->db, &select_invited, DB_IN(db_text(hex)),
	    DB_OUT(db_to_text(&secrets->id), db_to_text(&holder.role),
		db_to_text(&holder.name)));
	if (error)
		return error == ERR_NOT_FOUND ? unknown_code(request) : error;
	error = check_setup(request, setup, &holder);
	if (!error)
		error = credential_hash(request, setup->password, secrets);
	if (!error && setup->totp_secret)
		credential_make_recovery(request, secrets);
	request->prepared = secrets;
	return error;
}

static bool is_good(struct request *request, const struct credential *row)
{
	const struct setup *setup = request->input;
	struct kl_hash hash = kl_hash_of(setup->code, strlen(setup->code));
	char hex[KL_HASH_HEX];

	kl_hash_hex(&hash, hex);
	return row->setup_hash && strcmp(row->setup_hash, hex) == 0 &&
	       act_at(request) < row->setup_until;
}

static enum error find_invited(
    struct request *request, const char *id, struct credential **credential)
{
	const void *account, *found;
	enum error error = act_find(request, &account_kind, id, &account);

	if (!error)
		error = act_find(request, &credential_kind, id, &found);
	if (error)
		return error;
	if (strcmp(((const struct object *)account)->state, "active") != 0 ||
	    !is_good(request, found))
		return unknown_code(request);
	*credential = kind_copy(&credential_kind, found, &request->arena);
	return ERR_OK;
}

static enum error set_up(struct request *request)
{
	const struct setup *setup = request->input;
	const struct secrets *secrets = request->prepared;
	struct credential *credential = NULL;
	enum error error = find_invited(request, secrets->id, &credential);

	if (error)
		return error;
	credential->login = setup->login;
	credential->password_hash = secrets->password_hash;
	credential->totp_secret = setup->totp_secret;
	credential->recovery =
	    secrets->recovery ? secrets->recovery->hashes : NULL;
	credential->setup_hash = NULL;
	credential->setup_until = DB_TIME_NONE;
	error = act_change(request, &credential_kind, credential,
	    EVENT_CREDENTIAL_SET, NULL, NULL);
	if (error == ERR_CONFLICT)
		return request_fail(request, ERR_EXISTS, "登录名已被使用",
		    "the login is taken", NULL);
	return error ? error : credential_reply(request, credential, secrets);
}

/* --- reset, by two persons ------------------------------------------------ */

/* The payload; the subject is the account. */
struct reset {
	struct object object;
	const char *reason;
};

static const struct member reset_members[] = {
	MEMBER(reset, reason, MEMBER_TEXT, 1, REASON_MAX, MEMBER_IN,
	    "why, for everybody to read"),
	{ 0 },
};

static const struct kind reset_kind = {
	.name = "Reset",
	.size = sizeof(struct reset),
	.members = reset_members,
};

static enum error find_person(
    struct request *request, struct credential **credential)
{
	const void *account, *found;
	const char *id = request->params[0];
	enum error error = act_find(request, &account_kind, id, &account);

	if (!error)
		error = act_find(request, &credential_kind, id, &found);
	if (error)
		return error;
	if (strcmp(((const struct object *)account)->state, "active") != 0)
		return request_fail(request, ERR_STATE, "账号已撤销",
		    "the account was revoked", NULL);
	*credential = kind_copy(&credential_kind, found, &request->arena);
	return ERR_OK;
}

/* Of his own organisation, or an operator; who is neither learns nothing. */
static enum error propose_reset(struct request *request)
{
	struct reset *reset = kind_make(&reset_kind, &request->arena);
	const void *account;
	struct credential *credential = NULL;
	enum error error =
	    act_find(request, &account_kind, request->params[0], &account);

	if (error)
		return error;
	if (request->caller.role != ROLE_OPERATOR &&
	    strcmp(((const struct account *)account)->organisation,
		request->caller.organisation) != 0)
		return ERR_NOT_FOUND;
	error = kind_read(request, &reset_kind, request->body, reset);
	return error ? error : find_person(request, &credential);
}

static enum error carry_out_reset(struct request *request)
{
	struct credential *credential = NULL;
	enum error error = find_person(request, &credential);

	if (error)
		return error;
	credential->password_hash = NULL;
	credential->totp_secret = NULL;
	credential->recovery = NULL;
	give_code(request, credential);
	return act_change(request, &credential_kind, credential,
	    EVENT_CREDENTIAL_RESET, NULL, NULL);
}

static const struct two_person two_persons[] = {
	{ "account.reset", ROLE_SOMEBODY,
	    ROLE_OPERATOR | ROLE_SUPERVISOR | ROLE_AUDITOR, propose_reset,
	    carry_out_reset,
	    .summary = "End the password and authenticator of an account; who "
		       "approves "
		       "is given a set-up code for its holder" },
	{ 0 },
};

/* --- the resource --------------------------------------------------------- */

static const struct route routes[] = {
	{ "POST", "/v1/accounts/me/setup", set_up, ROUTE_ACT,
	    .body_max = CREDENTIAL_BODY_MAX, .input = &setup_input,
	    .output = &credential_kind, .prepare = prepare_setup, .slow = true,
	    .forgets = true,
	    .summary = "Set login, password and authenticator with a set-up "
		       "code" },
	{ "POST", "/v1/accounts/me/password", credential_change_password,
	    ROUTE_ACT, .who = ROLE_SOMEBODY, .body_max = CREDENTIAL_BODY_MAX,
	    .input = &password_input, .output = &credential_kind,
	    .prepare = credential_prepare_own, .slow = true, .forgets = true,
	    .himself = true,
	    .summary = "Change one's password; all one's sessions end" },
	{ "POST", "/v1/accounts/me/totp", credential_change_totp, ROUTE_ACT,
	    .who = ROLE_SOMEBODY, .body_max = CREDENTIAL_BODY_MAX,
	    .input = &totp_input, .output = &credential_kind,
	    .prepare = credential_prepare_own, .slow = true, .forgets = true,
	    .himself = true,
	    .summary = "Another authenticator, with new recovery codes; all "
		       "one's sessions end" },
	{ "POST", "/v1/accounts/me/recovery-codes", credential_new_recovery,
	    ROUTE_ACT, .who = ROLE_SOMEBODY, .body_max = CREDENTIAL_BODY_MAX,
	    .input = &recovery_input, .output = &credential_kind,
	    .prepare = credential_prepare_own, .slow = true, .forgets = true,
	    .himself = true,
	    .summary = "New recovery codes; all one's sessions end" },
	{ 0 },
};

static const struct db_statement *const reads[] = { &select_invited,
	&credential_select_own, NULL };

const struct resource credentials_resource = {
	.routes = routes,
	.reads = reads,
	.upkeeps = login_upkeeps,
	.two_persons = two_persons,
};
