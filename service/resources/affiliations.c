/* affiliations.c -- the register of who stands behind whom. */
#include "affiliations.h"

#include "institutions.h"
#include "kl_date.h"
#include "kl_scope.h"
#include "kl_uscc.h"
#include "list.h"
#include "organisations.h"
#include "profiles.h"
#include "roll.h"
#include "route.h"

#include <string.h>

enum { BODY_MAX = 8192, SMALL_MAX = 2048, NAME_MAX = 100, NUMBER_MAX = 32 };

#define DUE_REGROUP "affiliation.regroup"
#define KINDS                                                                  \
	"legal-representative shareholder controller director "                \
	"parent office"

#define M(...) MEMBER(affiliation, __VA_ARGS__)
#define GIVEN                                                                  \
	MEMBER_OF(affiliation, kind, KINDS, MEMBER_IN,                         \
	    "what the holder is to the held"),                                 \
	    M(share_bp, MEMBER_NUMBER, 0, 10000, MEMBER_IN | MEMBER_OPTIONAL,  \
		"of a shareholder: its share in 1/10000"),                     \
	    M(holder_is_state, MEMBER_FLAG, 0, 1, MEMBER_IN | MEMBER_OPTIONAL, \
		"whether the holder is a government, or holds for the State"), \
	    M(valid_from, MEMBER_TOKEN, 10, 10, MEMBER_IN | MEMBER_OPTIONAL,   \
		"its first day, YYYY-MM-DD; none: it has always been"),        \
	    M(valid_until, MEMBER_TOKEN, 10, 10,                               \
		MEMBER_IN | MEMBER_OPTIONAL | MEMBER_LATER,                    \
		"its last day; none: no end is known"),                        \
	    M(evidence, MEMBER_HASH, 0, 0, MEMBER_IN | MEMBER_OPTIONAL,        \
		"SHA-256 of a file that shows it"),                            \
	    M(person_name, MEMBER_TEXT, 1, PROFILE_PERSON_MAX,                 \
		MEMBER_IN | MEMBER_OPTIONAL | MEMBER_PRIVATE,                  \
		"of a holder that is a person: the name"),                     \
	    M(person_number, MEMBER_TOKEN, 4, NUMBER_MAX,                      \
		MEMBER_IN | MEMBER_OPTIONAL | MEMBER_PRIVATE,                  \
		"and the number of an identity document")
#define HOLDER(flags)                                                          \
	M(holder, MEMBER_TOKEN, 1, 64, flags,                                  \
	    "a credit code, an organisation; of a person p: and a digest"),    \
	    M(holder_name, MEMBER_TEXT, 1, NAME_MAX, flags,                    \
		"what it is called; a person's name is masked")

static const struct member members[] = {
	M(held, MEMBER_TOKEN, 1, 64, MEMBER_IN,
	    "a credit code, or the person p:… who holds an office"),
	M(held_name, MEMBER_TEXT, 1, INSTITUTION_NAME_MAX, 0,
	    "what it is called"),
	HOLDER(MEMBER_IN | MEMBER_OPTIONAL),
	GIVEN,
	M(declared_by, MEMBER_TOKEN, 1, 64, 0, "who said so"),
	M(verified_by, MEMBER_TOKEN, 1, 64, MEMBER_OPTIONAL | MEMBER_LATER,
	    "the organisation that confirmed it"),
	M(reason, MEMBER_TEXT, 1, 500, MEMBER_OPTIONAL | MEMBER_LATER,
	    "why it was dropped or ended"),
	{ 0 },
};
static const struct member input_members[] = {
	HOLDER(MEMBER_IN | MEMBER_OPTIONAL),
	GIVEN,
	{ 0 },
};
#undef M

static struct kind_list lists[] = {
	{ .index = "PRIMARY", .sort = "id" },
	{ .index = "by_held", .filters = { "held" }, .sort = "id" },
	{ .index = "by_holder", .filters = { "holder" }, .sort = "id" },
	{ .index = "by_state", .filters = { "state" }, .sort = "id" },
	{ 0 },
};

struct kind affiliation_kind = {
	.name = "Affiliation",
	.table = "affiliation",
	.size = sizeof(struct affiliation),
	.members = members,
	.shown = SHOWS_INSTITUTIONS,
	.lists = lists,
};

const struct kind affiliation_input = {
	.name = "AffiliationGiven",
	.size = sizeof(struct affiliation),
	.members = input_members,
};

/* --- who are they --------------------------------------------------------- */

static const char *at(
    struct request *request, const char *pointer, const char *member)
{
	return arena_format(&request->arena, "%s/%s", pointer, member);
}

static enum error name_of(
    struct request *request, const char *id, const char **name)
{
	const void *found;
	enum error error = act_find(request, &institution_kind, id, &found);

	if (!error)
		*name = ((const struct institution *)found)->name;
	if (error != ERR_NOT_FOUND)
		return error;
	error = act_find(request, &organisation_kind, id, &found);
	if (!error)
		*name = ((const struct organisation *)found)->name;
	return error;
}

/* A person is named by a digest, whatever else was said of the holder. */
static enum error complete_person(struct request *request,
    struct affiliation *affiliation, const char *pointer)
{
	if (!affiliation->person_name || affiliation->holder ||
	    affiliation->holder_name)
		return request_complain(request,
		    at(request, pointer, "person_name"), "form",
		    "自然人须填姓名与证件号码,且不填 holder",
		    "a person has a name and a number, and no holder is named",
		    NULL);
	affiliation->holder_name =
	    roll_mask_name(request, affiliation->person_name);
	return roll_person(
	    request, affiliation->person_number, &affiliation->holder);
}

/* A body that we know is called what it is called; of another its credit code
 * and name are taken as given. */
static enum error complete_body(struct request *request,
    struct affiliation *affiliation, const char *pointer)
{
	const char *holder = affiliation->holder, *name;
	enum error error;

	if (!holder && affiliation->person_name)
		return request_complain(request,
		    at(request, pointer, "person_number"), "missing", "必填",
		    "is missing", NULL);
	if (!holder || affiliation->person_name)
		return request_complain(request, at(request, pointer, "holder"),
		    "missing", "须填单位的代码,或自然人的姓名与证件号码",
		    "must be a body, or there are a person's name and number",
		    NULL);
	error = name_of(request, holder, &name);
	if (!error)
		affiliation->holder_name = name;
	if (error != ERR_NOT_FOUND)
		return error;
	if (!kl_uscc_fault(holder, strlen(holder)) && affiliation->holder_name)
		return ERR_OK;
	return request_complain(request, at(request, pointer, "holder"),
	    "unknown", "应为已登记的单位,或统一社会信用代码及名称",
	    "must be an organisation that is known, or a credit code and a "
	    "name",
	    NULL);
}

static enum kl_affiliation_kind kind_of(const char *word)
{
	int kind = 0;

	while (strcmp(kl_affiliation_words(kind)->code, word) != 0)
		kind++; /* it is one of them: MEMBER_CHOICE */
	return (enum kl_affiliation_kind)kind;
}

/* What was not told of, but cannot be so. */
static const char *fault_of(struct request *request,
    const struct affiliation *affiliation, const char *pointer,
    struct kl_period period)
{
	const struct kl_affiliation is = {
		.held = affiliation->held,
		.holder = affiliation->holder,
		.kind = kind_of(affiliation->kind),
		.share_bp = (uint32_t)affiliation->share_bp,
		.period = period,
	};

	return request_told(request, at(request, pointer, "share_bp"))
		   ? NULL
		   : kl_affiliation_fault(&is);
}

/* `known`: it is known who its holder is. */
static enum error check(struct request *request,
    const struct affiliation *affiliation, const char *pointer, bool known)
{
	struct kl_period period = { KL_PERIOD_EVER, KL_PERIOD_OPEN };
	const char *fault = NULL;
	enum error from = roll_day(request, at(request, pointer, "valid_from"),
	    affiliation->valid_from, &period.from);
	enum error until =
	    roll_day(request, at(request, pointer, "valid_until"),
		affiliation->valid_until, &period.until);

	if (known && affiliation->kind)
		fault = fault_of(request, affiliation, pointer, period);
	if (from || until || !fault)
		return from ? from : until;
	return request_complain(request, at(request, pointer, "kind"), "fault",
	    "关联关系自相矛盾:自己持有自己、非股东有持股或股东无持股、"
	    "止日早于起日",
	    "{0}", fault, NULL);
}

/* Was a member told of that says who the holder is? */
static bool holder_told(struct request *request, const char *pointer)
{
	static const char *const names[] = { "holder", "holder_name",
		"person_name", "person_number" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (request_told(request, at(request, pointer, names[i])))
			return true;
	return false;
}

static enum error complete(struct request *request,
    struct affiliation *affiliation, const char *pointer)
{
	if (holder_told(request, pointer))
		return ERR_INVALID;
	return affiliation->person_number
		   ? complete_person(request, affiliation, pointer)
		   : complete_body(request, affiliation, pointer);
}

enum error affiliation_complete(struct request *request,
    struct affiliation *affiliation, const char *pointer)
{
	enum error error = complete(request, affiliation, pointer);
	enum error checked = check(request, affiliation, pointer, !error);

	return error ? error : checked;
}

/* --- entering ------------------------------------------------------------- */

/* Groups change by themselves on the day that it begins or has ended. */
static enum error set_dues(
    struct request *request, const struct affiliation *affiliation)
{
	int32_t today = roll_today(request), from = today, until = today - 1;
	enum error error = ERR_OK;

	(void)(affiliation->valid_from &&
	       roll_day_is(affiliation->valid_from, &from));
	(void)(affiliation->valid_until &&
	       roll_day_is(affiliation->valid_until, &until));
	if (from > today)
		error = act_due(request, DUE_REGROUP, affiliation->object.id,
		    2 * affiliation->object.seq, kl_date_begins(from));
	if (!error && until >= today)
		error = act_due(request, DUE_REGROUP, affiliation->object.id,
		    2 * affiliation->object.seq + 1, kl_date_begins(until + 1));
	return error;
}

static enum error regroup_of(
    struct request *request, const struct affiliation *affiliation)
{
	return affiliation_regroup(
	    request, affiliation->held, affiliation->holder);
}

static enum error regroup(struct request *request)
{
	const void *found;
	enum error error =
	    act_find(request, &affiliation_kind, request->params[0], &found);

	return error ? error : regroup_of(request, found);
}

enum error affiliation_enter(struct request *request,
    struct affiliation *affiliation, bool confirmed, size_t number)
{
	enum error error;

	affiliation->object.id = act_new_id(
	    request, arena_format(&request->arena, "affiliation %zu", number));
	error = act_add(request, &affiliation_kind, affiliation,
	    confirmed ? EVENT_AFFILIATION_CONFIRMED
		      : EVENT_AFFILIATION_DECLARED,
	    NULL, NULL);
	return error || !confirmed ? error : set_dues(request, affiliation);
}

/* The held is known here; a person who holds an office is known from where he
 * holds something else. */
static enum error find_held(
    struct request *request, struct affiliation *affiliation)
{
	bool office = strcmp(affiliation->kind, "office") == 0;
	bool person = strncmp(affiliation->held, "p:", 2) == 0;
	enum error error = ERR_NOT_FOUND;

	if (person && office) {
		affiliation->held_name = "*";
		return ERR_OK;
	}
	if (!person)
		error = name_of(
		    request, affiliation->held, &affiliation->held_name);
	if (error != ERR_NOT_FOUND)
		return error;
	if (!kl_uscc_fault(affiliation->held, strlen(affiliation->held))) {
		affiliation->held_name = affiliation->held;
		return ERR_OK;
	}
	return request_complain(request, "/held", "unknown",
	    "没有这家机构或单位", "there is no such body", NULL);
}

/* A keeper looks after what is of his region; persons are of none. */
static enum error check_keeper(
    struct request *request, const struct affiliation *affiliation)
{
	if (request->caller.role == ROLE_INSTITUTION)
		return strcmp(
			   affiliation->held, request->caller.organisation) == 0
			   ? ERR_OK
			   : ERR_NOT_FOUND;
	if (strncmp(affiliation->held, "p:", 2) == 0)
		return ERR_OK;
	return roll_check_keeper_of(request, affiliation->held);
}

/* An institution declares what is behind itself; a keeper enters anything. */
static enum error enter(struct request *request)
{
	struct affiliation *affiliation =
	    kind_copy(&affiliation_kind, request->input, &request->arena);
	bool own = request->caller.role == ROLE_INSTITUTION;
	enum error error = find_held(request, affiliation);

	if (!error)
		error = check_keeper(request, affiliation);
	if (!error)
		error = affiliation_complete(request, affiliation, "");
	if (error)
		return error;
	affiliation->declared_by = request->caller.organisation;
	affiliation->verified_by = own ? NULL : request->caller.organisation;
	error = affiliation_enter(request, affiliation, !own, 0);
	if (!error)
		error = list_made(request, &affiliation_kind, affiliation,
		    "/v1/affiliations");
	return error || own ? error : regroup_of(request, affiliation);
}

/* --- deciding ------------------------------------------------------------- */

static enum error take(struct request *request, struct affiliation **taken)
{
	const void *found;
	enum error error =
	    act_find(request, &affiliation_kind, request->params[0], &found);

	if (!error)
		*taken = kind_copy(&affiliation_kind, found, &request->arena);
	if (!error)
		error = check_keeper(request, *taken);
	return error ? error : roll_match(request, (*taken)->object.seq);
}

static enum error change(
    struct request *request, struct affiliation *affiliation, enum event event)
{
	enum error error = act_change(
	    request, &affiliation_kind, affiliation, event, NULL, NULL);

	return error
		   ? error
		   : list_shown(request, &affiliation_kind, affiliation, true);
}

static enum error confirm(struct request *request)
{
	struct affiliation *affiliation;
	enum error error = take(request, &affiliation);

	if (error)
		return error;
	affiliation->verified_by = request->caller.organisation;
	error = change(request, affiliation, EVENT_AFFILIATION_CONFIRMED);
	if (!error)
		error = set_dues(request, affiliation);
	return error ? error : regroup_of(request, affiliation);
}

static enum error drop(struct request *request)
{
	const struct reason *reason = request->input;
	struct affiliation *affiliation;
	enum error error = take(request, &affiliation);

	if (error)
		return error;
	affiliation->reason = reason->reason;
	return change(request, affiliation, EVENT_AFFILIATION_DROPPED);
}

static enum error end(struct request *request)
{
	const struct reason *reason = request->input;
	struct affiliation *affiliation;
	enum error error = take(request, &affiliation);

	if (error)
		return error;
	affiliation->reason = reason->reason;
	error = change(request, affiliation, EVENT_AFFILIATION_ENDED);
	return error ? error : regroup_of(request, affiliation);
}

/* --- the resource --------------------------------------------------------- */

static enum error list(struct request *request)
{
	return list_reply(request, &affiliation_kind, NULL);
}

static enum error show(struct request *request)
{
	return list_one(request, &affiliation_kind);
}

static const struct route routes[] = {
	{ "POST", "/v1/affiliations", enter, ROUTE_ACT,
	    .scope = KL_SCOPE_REGISTRATION,
	    .who = ROLE_INSTITUTION | ROLL_KEEPERS, .body_max = BODY_MAX,
	    .input = &affiliation_kind, .output = &affiliation_kind,
	    .summary = "Declare who is behind oneself; keepers: behind whom" },
	{ "GET", "/v1/affiliations", list, ROUTE_PAGE,
	    .shows = SHOWS_INSTITUTIONS, .one_query = true,
	    .output = &affiliation_kind,
	    .summary = "Who is behind whom; by held, holder or state" },
	{ "GET", "/v1/affiliations/{id}", show, ROUTE_PAGE,
	    .shows = SHOWS_INSTITUTIONS, .one_query = true,
	    .output = &affiliation_kind, .summary = "One affiliation" },
	{ "POST", "/v1/affiliations/{id}/confirmation", confirm, ROUTE_ACT,
	    .who = ROLL_KEEPERS, .body_max = SMALL_MAX, .input = &kind_nothing,
	    .output = &affiliation_kind,
	    .summary = "Confirm what was declared: it counts" },
	{ "POST", "/v1/affiliations/{id}/refusal", drop, ROUTE_ACT,
	    .scope = KL_SCOPE_REGISTRATION,
	    .who = ROLE_INSTITUTION | ROLL_KEEPERS, .body_max = SMALL_MAX,
	    .input = &reason_kind, .output = &affiliation_kind,
	    .summary = "Drop what was declared and not confirmed" },
	{ "POST", "/v1/affiliations/{id}/end", end, ROUTE_ACT,
	    .who = ROLL_KEEPERS, .body_max = SMALL_MAX, .input = &reason_kind,
	    .output = &affiliation_kind,
	    .summary = "End an affiliation: it counts no more" },
	{ 0 },
};

static const struct due dues[] = { { DUE_REGROUP, regroup }, { 0 } };

const struct resource affiliations_resource = {
	.routes = routes,
	.reads = affiliation_reads,
	.writes = affiliation_reads,
	.dues = dues,
};
