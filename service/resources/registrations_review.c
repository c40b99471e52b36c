/* registrations_review.c -- the form check: all defects at once, in time. */
#include "registrations.h"

#include "kl_canon.h"
#include "list.h"
#include "policies.h"
#include "roll.h"
#include "route.h"

#include <string.h>

enum {
	SMALL_MAX = 4096,
	DEFECTS_MAX = 100,
	DEFECTS_SIZE_MAX = 24576,
	FIELD_MAX = 100,
	WORDS_MAX = 500
};

/* --- what is to be mended ------------------------------------------------- */

struct defect {
	struct object object;
	const char *field, *code, *words;
};
static const struct member defect_members[] = {
	MEMBER(defect, field, MEMBER_TEXT, 1, FIELD_MAX, MEMBER_IN,
	    "a JSON pointer into the registration"),
	MEMBER(defect, code, MEMBER_TOKEN, 1, 64, MEMBER_IN,
	    "what is wrong, as a word"),
	MEMBER(defect, words, MEMBER_TEXT, 1, WORDS_MAX, MEMBER_IN,
	    "and in a sentence: what would do"),
	{ 0 },
};
static const struct kind defect_kind = {
	.name = "Defect",
	.size = sizeof(struct defect),
	.members = defect_members,
};

struct defects {
	struct object object;
	const char *defects;
};
static const struct member defects_members[] = {
	MEMBER(defects, defects, MEMBER_JSON, 0, DEFECTS_SIZE_MAX, MEMBER_IN,
	    "all of them, [{field, code, words}]: one is told once"),
	{ 0 },
};
static const struct kind defects_kind = {
	.name = "Defects",
	.size = sizeof(struct defects),
	.members = defects_members,
};

/* --- deciding ------------------------------------------------------------- */

static enum error take_kept(
    struct request *request, struct registration **registration)
{
	enum error error = registration_take(request, registration);

	if (!error)
		error = roll_check_keeper(request, (*registration)->region);
	if (!error)
		error = roll_match(request, (*registration)->object.seq);
	if (!error)
		(*registration)->decided_by = request->caller.organisation;
	return error;
}

static enum error send_back(struct request *request)
{
	const struct defects *input = request->input;
	void **rows = arena_alloc(&request->arena, DEFECTS_MAX * sizeof(*rows));
	struct registration *registration;
	size_t count;
	enum error error = take_kept(request, &registration);

	if (!error)
		error = roll_read_list(request, &defect_kind, input->defects,
		    "/defects", DEFECTS_MAX, rows, &count);
	if (!error && count == 0)
		error = request_complain(request, "/defects", "missing",
		    "须一次性列明全部问题", "all that is wrong must be told",
		    NULL);
	if (error)
		return error;
	registration->defects = input->defects;
	registration->defect_count = count;
	error = registration_set_due(
	    request, registration, "entry.draft", DUE_REGISTRATION_LAPSE);
	return error ? error
		     : registration_change(
			   request, registration, EVENT_REGISTRATION_RETURNED);
}

static bool is_at_once(const json_t *publicity)
{
	return json_integer_value(json_object_get(publicity, "n")) == 0;
}

/* Shown for a time, in which it can still be rejected; or entered at once. */
static enum error publish(struct request *request,
    struct registration *registration, enum event event)
{
	json_auto_t *publicity = NULL;
	const void *policy;
	enum error error =
	    act_find(request, &policy_kind, registration->policy, &policy);

	if (error)
		return error;
	publicity = policy_member(policy, "entry.publicity");
	if (!is_at_once(publicity))
		error = registration_set_due(request, registration,
		    "entry.publicity", DUE_REGISTRATION_ENTER);
	if (!error)
		error = act_change(request, &registration_kind, registration,
		    event, NULL, NULL);
	if (!error && is_at_once(publicity))
		error = registration_enter(request, registration);
	return error;
}

static enum error pass(struct request *request)
{
	struct registration *registration;
	enum error error = take_kept(request, &registration);

	if (!error && !event_allowed(EVENT_REGISTRATION_PASSED,
			  registration->object.state))
		return request_fail(request, ERR_STATE, "当前状态:{0}",
		    "its state is {0}", registration->object.state, NULL);
	if (!error)
		error = registration_check(request, registration, true);
	if (!error)
		error = registration_check_open(request, registration);
	if (error)
		return error;
	registration->deemed = 0;
	error = publish(request, registration, EVENT_REGISTRATION_PASSED);
	return error ? error
		     : list_shown(
			   request, &registration_kind, registration, true);
}

static enum error reject(struct request *request)
{
	const struct reason *reason = request->input;
	struct registration *registration;
	enum error error = take_kept(request, &registration);

	if (error)
		return error;
	registration->reason = reason->reason;
	registration->due_at = DB_TIME_NONE;
	error = registration_change(
	    request, registration, EVENT_REGISTRATION_REJECTED);
	return error ? error : registration_end_account(request, registration);
}

/* --- when nobody decides -------------------------------------------------- */

static const struct db_statement count_rivals = {
	"SELECT COUNT(*) FROM registration WHERE uscc = ? AND id <> ? "
	"AND state IN ('submitted', 'returned', 'publicity')",
};

/* Silence passes what one alone asks for; between two somebody decides. */
static enum error may_be_deemed(
    struct request *request, const struct registration *registration, bool *may)
{
	const void *policy;
	json_auto_t *deemed = NULL;
	uint64_t rivals = 0;
	enum error error =
	    act_find(request, &policy_kind, registration->policy, &policy);

	if (!error)
		error = act_direct(request);
	if (!error)
		error = db_row(request->db, &count_rivals,
		    DB_IN(db_text(registration->uscc),
			db_text(registration->object.id)),
		    DB_OUT(db_to_u64(&rivals)));
	if (error)
		return error;
	deemed = policy_member(policy, "entry.deemed_pass");
	*may = json_is_true(deemed) && rivals == 0;
	return ERR_OK;
}

static enum error overdue(
    struct request *request, struct registration *registration)
{
	return act_change(request, &registration_kind, registration,
	    EVENT_REGISTRATION_OVERDUE, NULL, NULL);
}

static bool is_refusal(enum error error)
{
	return error == ERR_INVALID || error == ERR_EXISTS ||
	       error == ERR_TOO_EARLY || error == ERR_CONFLICT;
}

/* What has become unsound in the meantime passes by nobody's silence. */
static enum error check_in_time(struct request *request)
{
	struct registration *registration;
	bool may = false;
	enum error error = registration_take(request, &registration);

	if (error || registration->round != act_due_seq(request) ||
	    strcmp(registration->object.state, "submitted") != 0)
		return error;
	error = may_be_deemed(request, registration, &may);
	if (!error && may)
		error = registration_check(request, registration, true);
	if (!error && may)
		error = registration_check_open(request, registration);
	if (is_refusal(error))
		may = false;
	else if (error)
		return error;
	if (!may)
		return overdue(request, registration);
	registration->deemed = 1;
	registration->decided_by = NULL;
	return publish(request, registration, EVENT_REGISTRATION_DEEMED);
}

/* The end of its publicity. Another may have come in its place. */
static enum error enter_in_time(struct request *request)
{
	struct registration *registration;
	enum error error = registration_take(request, &registration);

	if (error || strcmp(registration->object.state, "publicity") != 0)
		return error;
	error = registration_check(request, registration, true);
	if (!error)
		error = registration_check_open(request, registration);
	if (!error)
		return registration_enter(request, registration);
	if (!is_refusal(error))
		return error;
	registration->reason = error_info(error)->title[LANGUAGE_ZH];
	registration->due_at = DB_TIME_NONE;
	error = act_change(request, &registration_kind, registration,
	    EVENT_REGISTRATION_REJECTED, NULL, NULL);
	return error ? error : registration_end_account(request, registration);
}

/* --- how it stands -------------------------------------------------------- */

static const struct {
	const char *state, *holder;
} holders[] = {
	{ "draft", "applicant" },
	{ "returned", "applicant" },
	{ "submitted", "keeper" },
	{ "publicity", "public" },
};

static const char *holder_of(const char *state)
{
	for (size_t i = 0; i < sizeof(holders) / sizeof(*holders); i++)
		if (strcmp(holders[i].state, state) == 0)
			return holders[i].holder;
	return NULL;
}

static json_t *copied(json_t *from, const char *name)
{
	return json_incref(json_object_get(from, name));
}

/* To anybody who has the number, and nothing of a person. */
static enum error show(struct request *request)
{
	const void *row;
	const struct registration *registration;
	json_auto_t *all = NULL;
	enum error error =
	    list_find(request, &registration_kind, request->params[0], &row);

	if (error)
		return error;
	registration = row;
	all = kind_json(&registration_kind, row, false);
	list_tag(request, row);
	return request_reply(request, 200,
	    json_pack("{s:s, s:s, s:I, s:o, s:s?, s:o, s:o, s:o, s:o, s:o, "
		      "s:o, s:o}",
		"id", registration->object.id, "state",
		registration->object.state, "seq",
		(json_int_t)registration->object.seq, "event_index",
		copied(all, "event_index"), "held_by",
		holder_of(registration->object.state), "submitted_at",
		copied(all, "submitted_at"), "due_at", copied(all, "due_at"),
		"round", copied(all, "round"), "defect_count",
		copied(all, "defect_count"), "deemed", copied(all, "deemed"),
		"reason", copied(all, "reason"), "region",
		copied(all, "region")));
}

/* To the applicant, and to who keeps the roll. */
static enum error show_whole(struct request *request)
{
	const void *row;
	const struct registration *registration;
	const char *own = request->caller.organisation;
	enum error error =
	    list_find(request, &registration_kind, request->params[0], &row);

	if (error)
		return error;
	registration = row;
	if (request->caller.role == ROLE_INSTITUTION &&
	    strcmp(own, registration->object.id) != 0 &&
	    (strcmp(own, registration->uscc) != 0 ||
		strcmp(registration->object.state, "entered") != 0))
		return ERR_NOT_FOUND;
	return list_shown(request, &registration_kind, row, true);
}

static enum error list(struct request *request)
{
	return list_reply(request, &registration_kind, NULL);
}

static const struct route routes[] = {
	{ "GET", "/v1/registrations", list, ROUTE_READ, .who = ROLL_READERS,
	    .output = &registration_kind,
	    .summary = "The registrations; by state or credit code" },
	{ "GET", "/v1/registrations/{id}", show, ROUTE_PAGE,
	    .shows = SHOWS_INSTITUTIONS, .one_query = true,
	    .summary = "How a registration stands, who holds it, until when" },
	{ "GET", "/v1/registrations/{id}/whole", show_whole, ROUTE_READ,
	    .who = ROLE_INSTITUTION | ROLL_READERS,
	    .output = &registration_kind,
	    .summary = "All of it, for the applicant and who keeps the roll" },
	{ "POST", "/v1/registrations/{id}/return", send_back, ROUTE_ACT,
	    .who = ROLL_KEEPERS, .body_max = ROLL_BODY_MAX,
	    .input = &defects_kind, .output = &registration_kind,
	    .summary = "Return it with all its defects at once" },
	{ "POST", "/v1/registrations/{id}/pass", pass, ROUTE_ACT,
	    .who = ROLL_KEEPERS, .body_max = SMALL_MAX, .input = &kind_nothing,
	    .output = &registration_kind, .summary = "Pass it" },
	{ "POST", "/v1/registrations/{id}/rejection", reject, ROUTE_ACT,
	    .who = ROLL_KEEPERS, .body_max = SMALL_MAX, .input = &reason_kind,
	    .output = &registration_kind,
	    .summary = "Reject it: its credit code is free again" },
	{ 0 },
};

static const struct due dues[] = {
	{ DUE_REGISTRATION_CHECK, check_in_time },
	{ DUE_REGISTRATION_ENTER, enter_in_time },
	{ 0 },
};

static const struct db_statement *const writes[] = {
	&count_rivals,
	&registration_select_account,
	NULL,
};

const struct resource registrations_review_resource = {
	.routes = routes,
	.writes = writes,
	.dues = dues,
};
