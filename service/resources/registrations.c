/* registrations.c -- the applicant's side: made, amended, submitted. */
#include "registrations.h"

#include "accounts.h"
#include "affiliations.h"
#include "calendars.h"
#include "credentials.h"
#include "institutions.h"
#include "kl_scope.h"
#include "list.h"
#include "login.h"
#include "policies.h"
#include "profiles.h"
#include "qualifications.h"
#include "regions.h"
#include "roll.h"
#include "route.h"

#include <string.h>

enum { SMALL_MAX = 1024, LIST_SIZE_MAX = 24576, REASON_MAX = 500 };

#define M(...)  MEMBER(registration, __VA_ARGS__)
#define IN      MEMBER_IN | MEMBER_LATER
#define MAY     MEMBER_IN | MEMBER_OPTIONAL | MEMBER_LATER
#define PRIVATE MEMBER_PRIVATE
#define GIVEN                                                                  \
	M(uscc, MEMBER_USCC, 0, 0, IN, "unified social credit code"),          \
	    M(name, MEMBER_TEXT, 1, INSTITUTION_NAME_MAX, IN,                  \
		"its full name; at most 256 bytes"),                           \
	    M(region, MEMBER_TOKEN, 1, 32, IN,                                 \
		"where it is registered; it may offer its services "           \
		"everywhere"),                                                 \
	    MEMBER_OF(                                                         \
		registration, kind, PROFILE_KINDS, MAY, "what kind of body"),  \
	    M(legal_representative, MEMBER_TEXT, 1, PROFILE_PERSON_MAX,        \
		MAY | PRIVATE, "who represents it by law"),                    \
	    M(address, MEMBER_TEXT, 1, PROFILE_ADDRESS_MAX, MAY,               \
		"where it is"),                                                \
	    M(founded, MEMBER_TOKEN, 10, 10, MAY, "since when, YYYY-MM-DD"),   \
	    M(capital_fen, MEMBER_NUMBER, 0, KL_INTEGER_MAX, MAY,              \
		"its registered capital"),                                     \
	    MEMBER_OF(registration, presence, PROFILE_PRESENCES, MAY,          \
		"at a counter of the hall, online, or both"),                  \
	    M(counter, MEMBER_TEXT, 1, PROFILE_COUNTER_MAX, MAY,               \
		"number of the counter"),                                      \
	    M(contact_name, MEMBER_TEXT, 1, PROFILE_PERSON_MAX, MAY | PRIVATE, \
		"whom to ask"),                                                \
	    M(contact_phone, MEMBER_TEXT, 1, PROFILE_PHONE_MAX, MAY | PRIVATE, \
		"and how"),                                                    \
	    M(licence, MEMBER_HASH, 0, 0, MAY,                                 \
		"SHA-256 of the file of its licence"),                         \
	    M(pledge, MEMBER_HASH, 0, 0, MAY,                                  \
		"SHA-256 of the text of GET /v1/pledge, to which it pledges "  \
		"itself"),                                                     \
	    M(qualifications, MEMBER_JSON, 0, LIST_SIZE_MAX, MAY,              \
		"[QualificationGiven]"),                                       \
	    M(affiliations, MEMBER_JSON, 0, LIST_SIZE_MAX, MAY | PRIVATE,      \
		"[AffiliationGiven]: who is behind it")

static const struct member given[] = { GIVEN, { 0 } };
static const struct member members[] = {
	GIVEN,
	M(account, MEMBER_TOKEN, 1, 64, MEMBER_SECRET, "who acts for it"),
	M(policy, MEMBER_TOKEN, 1, 64, MEMBER_LATER, "the policy it is under"),
	M(round, MEMBER_NUMBER, 0, KL_INTEGER_MAX, MEMBER_LATER,
	    "how often it was submitted"),
	M(submitted_at, MEMBER_TIME, 0, 0, MEMBER_OPTIONAL | MEMBER_LATER,
	    "when it was submitted last"),
	M(due_at, MEMBER_TIME, 0, 0, MEMBER_OPTIONAL | MEMBER_LATER,
	    "who holds it has until then"),
	M(calendar, MEMBER_HASH, 0, 0, MEMBER_OPTIONAL | MEMBER_LATER,
	    "the calendar that this was counted by"),
	M(defects, MEMBER_JSON, 0, LIST_SIZE_MAX,
	    MEMBER_OPTIONAL | MEMBER_LATER | PRIVATE,
	    "all that is to be mended: [{field, code, words}]"),
	M(defect_count, MEMBER_NUMBER, 0, 100, MEMBER_LATER,
	    "how many defects"),
	M(deemed, MEMBER_FLAG, 0, 1, MEMBER_LATER,
	    "whether it passed because nobody checked in time"),
	M(reason, MEMBER_TEXT, 1, REASON_MAX, MEMBER_OPTIONAL | MEMBER_LATER,
	    "why it was rejected"),
	M(decided_by, MEMBER_TOKEN, 1, 64, MEMBER_OPTIONAL | MEMBER_LATER,
	    "the organisation that decided last"),
	{ 0 },
};

static struct kind_list lists[] = {
	{ .index = "PRIMARY", .sort = "id" },
	{ .index = "by_state", .filters = { "state" }, .sort = "id" },
	{ .index = "by_uscc", .filters = { "uscc" }, .sort = "id" },
	{ 0 },
};

struct kind registration_kind = {
	.name = "Registration",
	.table = "registration",
	.size = sizeof(struct registration),
	.members = members,
	.shown = SHOWS_INSTITUTIONS,
	.lists = lists,
};

/* What an applicant sends; with what he begins, too, how whoever will act for
 * it shows who he is: a program has a key, a person sets a password with a
 * code. */
struct application {
	struct registration registration;
	uint64_t for_submission;
	const char *key_hash, *setup_hash;
};
#define FOR_SUBMISSION                                                         \
	MEMBER(application, for_submission, MEMBER_FLAG, 0, 1,                 \
	    MEMBER_IN | MEMBER_OPTIONAL | MEMBER_PASSING,                      \
	    "whether it is about to be submitted: what that would be refused " \
	    "for is told now, with all else")
static const struct member amendment_members[] = {
	GIVEN,
	FOR_SUBMISSION,
	{ 0 },
};
static const struct kind amendment_kind = {
	.name = "RegistrationAmended",
	.size = sizeof(struct application),
	.members = amendment_members,
};
static const struct member application_members[] = {
	GIVEN,
	FOR_SUBMISSION,
	MEMBER(application, key_hash, MEMBER_HASH, 0, 0,
	    MEMBER_IN | MEMBER_OPTIONAL,
	    "SHA-256 of the 64 digits of the key that the applicant made"),
	MEMBER(application, setup_hash, MEMBER_HASH, 0, 0,
	    MEMBER_IN | MEMBER_OPTIONAL,
	    "or of the 32 digits of a set-up code: with it a person sets login "
	    "and password"),
	{ 0 },
};
static const struct kind application_kind = {
	.name = "RegistrationMade",
	.size = sizeof(struct application),
	.members = application_members,
};

/* --- what all of it needs ------------------------------------------------- */

enum error registration_take(
    struct request *request, struct registration **registration)
{
	const void *found;
	enum error error =
	    act_find(request, &registration_kind, request->params[0], &found);

	if (!error)
		*registration =
		    kind_copy(&registration_kind, found, &request->arena);
	return error;
}

enum error registration_change(struct request *request,
    struct registration *registration, enum event event)
{
	enum error error = act_change(
	    request, &registration_kind, registration, event, NULL, NULL);

	return error ? error
		     : list_shown(
			   request, &registration_kind, registration, true);
}

enum error registration_set_due(struct request *request,
    struct registration *registration, const char *path, const char *due)
{
	json_auto_t *duration = NULL;
	const void *found;
	enum error error =
	    act_find(request, &policy_kind, registration->policy, &found);

	if (error)
		return error;
	duration = policy_member(found, path);
	error = calendar_due(request, registration->region, duration,
	    act_at(request), &registration->due_at, &registration->calendar);
	return error ? error
		     : act_due(request, due, registration->object.id,
			   registration->round, registration->due_at);
}

enum error registration_end_account(
    struct request *request, const struct registration *registration)
{
	const void *found;
	enum error error =
	    act_find(request, &account_kind, registration->account, &found);

	if (error || strcmp(((const struct object *)found)->state, "active"))
		return error;
	act_by_itself(request);
	return act_change(request, &account_kind,
	    kind_copy(&account_kind, found, &request->arena),
	    EVENT_ACCOUNT_REVOKED, NULL, NULL);
}

static enum error set_policy(
    struct request *request, struct registration *registration)
{
	const struct policy *policy;
	enum error error =
	    policy_in_force(request, registration->region, &policy);

	if (!error)
		registration->policy = policy->object.id;
	return error;
}

/* --- making one ----------------------------------------------------------- */

/* The one place where a registration gets somebody who acts for it. */
static enum error make_account(struct request *request,
    const struct registration *registration, const struct application *input)
{
	struct account *account = kind_make(&account_kind, &request->arena);
	enum error error;

	account->object.id = registration->account;
	account->organisation = registration->object.id;
	account->role = role_name(ROLE_INSTITUTION);
	account->key_hash = input->key_hash;
	act_by_itself(request);
	error = act_add(
	    request, &account_kind, account, EVENT_ACCOUNT_CREATED, NULL, NULL);
	if (error || account->key_hash)
		return error;
	return credential_invite_by(
	    request, account->object.id, input->setup_hash);
}

static void check_holder(
    struct request *request, const struct application *input)
{
	if (!input->key_hash != !input->setup_hash ||
	    request_told(request, "/key_hash") ||
	    request_told(request, "/setup_hash"))
		return;
	(void)request_complain(request, "/setup_hash", "form",
	    "key_hash 与 setup_hash 应恰有其一",
	    "there must be one of key_hash and setup_hash", NULL);
}

/* It cannot be another's: a body has a registration of its own. */
static void check_same(struct request *request,
    const struct registration *registration, const char *uscc)
{
	if (uscc && strcmp(registration->uscc, uscc) != 0)
		(void)request_complain(request, "/uscc", "constant",
		    "不得更改,请另行申请", "cannot change: register anew",
		    NULL);
}

/* All that is wrong with the body is told at once: its form, what it says, and
 * with whom. `before` is what it amends; NULL for a new one. */
static enum error read_given(struct request *request, const struct kind *kind,
    const struct registration *before, struct application **read)
{
	struct application *input = kind_make(kind, &request->arena);
	enum error error = kind_read(request, kind, request->body, input);

	if (error && error != ERR_INVALID)
		return error;
	if (before) {
		input->registration.object.id = before->object.id;
		check_same(request, before, input->registration.uscc);
	} else {
		check_holder(request, input);
	}
	error = registration_check(
	    request, &input->registration, input->for_submission);
	if (!error && request->complaint_count > 0)
		error = ERR_INVALID;
	*read = input;
	return error;
}

/* Anybody may, but not without end. */
static enum error prepare_make(struct request *request)
{
	return request->stale > 0 ? ERR_OK : login_try_register(request);
}

static enum error make(struct request *request)
{
	struct application *input;
	struct registration *made;
	enum error error = read_given(request, &application_kind, NULL, &input);

	if (error)
		return error;
	made = kind_copy(&amendment_kind, input, &request->arena);
	error = set_policy(request, made);
	if (error)
		return error;
	made->object.id = act_new_id(request, "registration");
	made->account = act_new_id(request, "account");
	made->submitted_at = DB_TIME_NONE;
	error = registration_set_due(
	    request, made, "entry.draft", DUE_REGISTRATION_LAPSE);
	if (!error)
		error = act_add(request, &registration_kind, made,
		    EVENT_REGISTRATION_MADE, NULL, NULL);
	if (!error)
		error = make_account(request, made, input);
	return error ? error
		     : list_made(request, &registration_kind, made,
			   "/v1/registrations");
}

/* --- one's own ------------------------------------------------------------ */

static enum error take_own(
    struct request *request, struct registration **registration)
{
	enum error error = ERR_NOT_FOUND;

	if (strcmp(request->params[0], request->caller.organisation) == 0)
		error = registration_take(request, registration);
	return error ? error : roll_match(request, (*registration)->object.seq);
}

static enum error amend(struct request *request)
{
	struct application *input;
	struct registration *registration, *amended;
	enum error error = take_own(request, &registration);

	if (!error)
		error =
		    read_given(request, &amendment_kind, registration, &input);
	if (error)
		return error;
	amended = kind_copy(&registration_kind, registration, &request->arena);
	for (const struct member *m = given; m->name; m++) {
		size_t size = m->type == MEMBER_NUMBER ? sizeof(uint64_t)
						       : sizeof(char *);

		memcpy((char *)amended + m->offset,
		    (const char *)input + m->offset, size);
	}
	return registration_change(
	    request, amended, EVENT_REGISTRATION_AMENDED);
}

static enum error submit(struct request *request)
{
	struct registration *registration;
	enum error error = take_own(request, &registration);

	if (!error)
		error = registration_check(request, registration, true);
	if (!error)
		error = registration_check_open(request, registration);
	if (!error)
		error = set_policy(request, registration);
	if (error)
		return error;
	registration->round++;
	registration->submitted_at = act_at(request);
	registration->defects = NULL;
	registration->defect_count = 0;
	error = registration_set_due(
	    request, registration, "entry.form_check", DUE_REGISTRATION_CHECK);
	return error ? error
		     : registration_change(
			   request, registration, EVENT_REGISTRATION_SUBMITTED);
}

static enum error withdraw(struct request *request)
{
	struct registration *registration;
	enum error error = take_own(request, &registration);

	if (error)
		return error;
	registration->due_at = DB_TIME_NONE;
	error = registration_change(
	    request, registration, EVENT_REGISTRATION_WITHDRAWN);
	return error ? error : registration_end_account(request, registration);
}

/* A draft, or what was returned, that nobody has submitted since. */
static enum error lapse(struct request *request)
{
	struct registration *registration;
	enum error error = registration_take(request, &registration);

	if (error || registration->round != act_due_seq(request) ||
	    !event_allowed(
		EVENT_REGISTRATION_LAPSED, registration->object.state))
		return error;
	registration->due_at = DB_TIME_NONE;
	error = act_change(request, &registration_kind, registration,
	    EVENT_REGISTRATION_LAPSED, NULL, NULL);
	return error ? error : registration_end_account(request, registration);
}

/* --- the resource --------------------------------------------------------- */

static enum error show_pledge(struct request *request)
{
	return request_reply(request, 200,
	    json_pack("{s:s, s:s}", "text", pledge_text, "digest",
		pledge_digest(request)));
}

static const struct route routes[] = {
	{ "GET", "/v1/pledge", show_pledge, ROUTE_MEMORY,
	    .summary = "What an institution pledges itself to" },
	{ "POST", "/v1/registrations", make, ROUTE_ACT,
	    .body_max = ROLL_BODY_MAX, .input = &application_kind,
	    .tells_all = true, .output = &registration_kind,
	    .prepare = prepare_make, .proves_itself = true,
	    .summary = "Begin to register an institution: anybody may, free" },
	{ "POST", "/v1/registrations/{id}/amendment", amend, ROUTE_ACT,
	    .scope = KL_SCOPE_REGISTRATION, .who = ROLE_INSTITUTION,
	    .body_max = ROLL_BODY_MAX, .input = &amendment_kind,
	    .tells_all = true, .output = &registration_kind,
	    .summary = "Complete or mend one's own registration, all of it" },
	{ "POST", "/v1/registrations/{id}/submission", submit, ROUTE_ACT,
	    .scope = KL_SCOPE_REGISTRATION, .who = ROLE_INSTITUTION,
	    .body_max = SMALL_MAX, .input = &kind_nothing,
	    .output = &registration_kind,
	    .summary = "Submit it: all that is missing is told at once" },
	{ "POST", "/v1/registrations/{id}/withdrawal", withdraw, ROUTE_ACT,
	    .scope = KL_SCOPE_REGISTRATION, .who = ROLE_INSTITUTION,
	    .body_max = SMALL_MAX, .input = &kind_nothing,
	    .output = &registration_kind, .summary = "Withdraw it" },
	{ 0 },
};

static const struct due dues[] = { { DUE_REGISTRATION_LAPSE, lapse }, { 0 } };

const struct resource registrations_resource = {
	.routes = routes,
	.writes = registration_writes,
	.dues = dues,
};
