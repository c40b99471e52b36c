/* staff.c -- who works for an institution, and for none besides. */
#include "staff.h"

#include "institutions.h"
#include "kl_scope.h"
#include "list.h"
#include "policies.h"
#include "profiles.h"
#include "roll.h"
#include "route.h"

#include <string.h>

enum { BODY_MAX = 4096, SMALL_MAX = 1024, MONTHS_MAX = 1200, NUMBER_MAX = 32 };

#define M(...) MEMBER(staff_member, __VA_ARGS__)
static const struct member members[] = {
	M(institution, MEMBER_USCC, 0, 0, 0, "for whom he works"),
	M(kind, MEMBER_TEXT, 1, 64, MEMBER_IN, "what he is registered as"),
	M(valid_until, MEMBER_TOKEN, 10, 10, MEMBER_IN | MEMBER_OPTIONAL,
	    "the last day of his registration, YYYY-MM-DD"),
	M(insured_months, MEMBER_NUMBER, 0, MONTHS_MAX,
	    MEMBER_IN | MEMBER_LATER,
	    "for how many months he has been insured there without a gap"),
	M(evidence, MEMBER_HASH, 0, 0, MEMBER_IN | MEMBER_LATER,
	    "SHA-256 of the statement that shows it"),
	M(person_name, MEMBER_TEXT, 1, PROFILE_PERSON_MAX,
	    MEMBER_IN | MEMBER_PRIVATE, "masked for others"),
	M(person_number, MEMBER_TOKEN, 4, NUMBER_MAX,
	    MEMBER_IN | MEMBER_PRIVATE,
	    "number of an identity document; masked for others"),
	M(registration_number, MEMBER_TOKEN, 4, NUMBER_MAX,
	    MEMBER_IN | MEMBER_PRIVATE,
	    "number of his registration; masked for others"),
	M(person, MEMBER_TOKEN, 1, 64, MEMBER_SECRET, "whom nobody else has"),
	{ 0 },
};
#undef M

static struct kind_list lists[] = {
	{ .index = "PRIMARY", .sort = "id" },
	{ .index = "by_institution",
	    .filters = { "institution" },
	    .sort = "id" },
	{ 0 },
};

struct kind staff_member_kind = {
	.name = "StaffMember",
	.table = "staff_member",
	.size = sizeof(struct staff_member),
	.members = members,
	.shown = SHOWS_INSTITUTIONS,
	.lists = lists,
};

static const struct db_statement count_elsewhere = {
	"SELECT COUNT(*) FROM staff_member WHERE person = ? AND busy = 1",
};

/* --- is he free ----------------------------------------------------------- */

static enum error check_free(
    struct request *request, const struct staff_member *member)
{
	uint64_t count = 0;
	enum error error = act_direct(request);

	if (!error)
		error = db_row(request->db, &count_elsewhere,
		    DB_IN(db_text(member->person)), DB_OUT(db_to_u64(&count)));
	if (error || count == 0)
		return error;
	return request_fail(request, ERR_EXISTS,
	    "该人员已在一家机构执业,不得同时在两家执业",
	    "this person works for an institution already, and for one only",
	    NULL);
}

static enum error check_months(
    struct request *request, const struct staff_member *member)
{
	const struct policy *policy;
	const char *region;
	uint64_t least;
	enum error error =
	    roll_policy(request, member->institution, &policy, &region);

	if (error)
		return error;
	least = policy_number(policy, "entry.staff_social_months");
	if (member->insured_months >= least)
		return ERR_OK;
	return request_complain(request, "/insured_months", "policy",
	    "社保须连续满 {0} 个月", "must be {0} months at least",
	    request_number(request, least), NULL);
}

static enum error check_valid(
    struct request *request, const struct staff_member *member)
{
	int32_t until = roll_today(request);
	enum error error =
	    roll_day(request, "/valid_until", member->valid_until, &until);

	if (error || until >= roll_today(request))
		return error;
	return request_complain(request, "/valid_until", "expired", "已过期",
	    "it has expired", NULL);
}

/* --- coming and going ----------------------------------------------------- */

static enum error find_active(struct request *request)
{
	const void *found;
	enum error error = act_find(
	    request, &institution_kind, request->caller.organisation, &found);

	if (error)
		return error == ERR_NOT_FOUND ? ERR_FORBIDDEN : error;
	return strcmp(((const struct object *)found)->state, "active") == 0
		   ? ERR_OK
		   : ERR_STATE;
}

static enum error employ(struct request *request)
{
	struct staff_member *member =
	    kind_copy(&staff_member_kind, request->input, &request->arena);
	enum error error = find_active(request);

	member->institution = request->caller.organisation;
	if (!error)
		error = check_months(request, member);
	if (!error)
		error = check_valid(request, member);
	if (!error)
		error = roll_person(
		    request, member->person_number, &member->person);
	if (!error)
		error = check_free(request, member);
	if (error)
		return error;
	member->object.id = act_new_id(request, "staff");
	error = act_add(request, &staff_member_kind, member,
	    EVENT_STAFF_MEMBER_EMPLOYED, NULL, NULL);
	return error ? error
		     : list_made(
			   request, &staff_member_kind, member, "/v1/staff");
}

static enum error take(struct request *request, struct staff_member **taken)
{
	const void *found;
	enum error error =
	    act_find(request, &staff_member_kind, request->params[0], &found);

	if (error)
		return error;
	*taken = kind_copy(&staff_member_kind, found, &request->arena);
	if (request->caller.role != ROLE_INSTITUTION)
		return roll_check_keeper_of(request, (*taken)->institution);
	return strcmp((*taken)->institution, request->caller.organisation) == 0
		   ? ERR_OK
		   : ERR_NOT_FOUND;
}

static enum error change(
    struct request *request, struct staff_member *member, enum event event)
{
	enum error error =
	    act_change(request, &staff_member_kind, member, event, NULL, NULL);

	return error ? error
		     : list_shown(request, &staff_member_kind, member, true);
}

static enum error leave(struct request *request)
{
	struct staff_member *member;
	enum error error = take(request, &member);

	if (!error)
		error = request_match(request, member->object.seq);
	return error ? error : change(request, member, EVENT_STAFF_MEMBER_LEFT);
}

struct insurance {
	struct object object;
	uint64_t insured_months;
	const char *evidence;
};
static const struct member insurance_members[] = {
	MEMBER(insurance, insured_months, MEMBER_NUMBER, 0, MONTHS_MAX,
	    MEMBER_IN, "for how many months by now"),
	MEMBER(insurance, evidence, MEMBER_HASH, 0, 0, MEMBER_IN,
	    "SHA-256 of the statement that shows it"),
	{ 0 },
};
static const struct kind insurance_kind = {
	.name = "Insurance",
	.size = sizeof(struct insurance),
	.members = insurance_members,
};

static enum error insure(struct request *request)
{
	const struct insurance *input = request->input;
	struct staff_member *member;
	enum error error = take(request, &member);

	if (error)
		return error;
	member->insured_months = input->insured_months;
	member->evidence = input->evidence;
	error = check_months(request, member);
	if (!error)
		error = request_match(request, member->object.seq);
	return error ? error
		     : change(request, member, EVENT_STAFF_MEMBER_INSURED);
}

/* --- showing them --------------------------------------------------------- */

static enum error mask(struct request *request, void *row)
{
	struct staff_member *member = row;

	member->person_name = roll_mask_name(request, member->person_name);
	member->person_number =
	    roll_mask_number(request, member->person_number);
	member->registration_number =
	    roll_mask_number(request, member->registration_number);
	return ERR_OK;
}

static enum error list(struct request *request)
{
	const struct list_view view = { .column = "institution",
		.value = request->params[0],
		.whole = true,
		.look = mask };

	return list_reply(request, &staff_member_kind, &view);
}

static enum error list_own(struct request *request)
{
	const struct list_view view = { .column = "institution",
		.value = request->params[0],
		.whole = true };

	if (request->caller.role == ROLE_INSTITUTION &&
	    strcmp(request->params[0], request->caller.organisation) != 0)
		return ERR_NOT_FOUND;
	return list_reply(request, &staff_member_kind, &view);
}

static const struct route routes[] = {
	{ "POST", "/v1/staff", employ, ROUTE_ACT,
	    .scope = KL_SCOPE_REGISTRATION, .who = ROLE_INSTITUTION,
	    .body_max = BODY_MAX, .input = &staff_member_kind,
	    .output = &staff_member_kind,
	    .summary =
		"Enter somebody who works for oneself, and for no other" },
	{ "POST", "/v1/staff/{id}/insurance", insure, ROUTE_ACT,
	    .scope = KL_SCOPE_REGISTRATION, .who = ROLE_INSTITUTION,
	    .body_max = SMALL_MAX, .input = &insurance_kind,
	    .output = &staff_member_kind,
	    .summary = "State anew for how long he has been insured" },
	{ "POST", "/v1/staff/{id}/departure", leave, ROUTE_ACT,
	    .scope = KL_SCOPE_REGISTRATION,
	    .who = ROLE_INSTITUTION | ROLL_KEEPERS, .body_max = SMALL_MAX,
	    .input = &kind_nothing, .output = &staff_member_kind,
	    .summary = "He works there no more" },
	{ "GET", "/v1/institutions/{uscc}/staff", list, ROUTE_PAGE,
	    .shows = SHOWS_INSTITUTIONS, .one_query = true,
	    .output = &staff_member_kind, .within = "institution",
	    .summary = "Who works for an institution, masked" },
	{ "GET", "/v1/institutions/{uscc}/staff/whole", list_own, ROUTE_READ,
	    .who = ROLE_INSTITUTION | ROLL_READERS,
	    .output = &staff_member_kind, .within = "institution",
	    .summary = "The same unmasked, for itself and who keeps the roll" },
	{ 0 },
};

static const struct db_statement *const writes[] = { &count_elsewhere, NULL };

const struct resource staff_resource = {
	.routes = routes,
	.writes = writes,
};
