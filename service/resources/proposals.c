/* proposals.c -- proposed by one, carried out when another one approves. */
#include "proposals.h"

#include "accounts.h"
#include "kl_canon.h"
#include "list.h"
#include "organisations.h"
#include "policies.h"
#include "regions.h"
#include "roll.h"
#include "route.h"

#include <string.h>

enum { HOUR = 3600, BODY_MAX = 65536, SMALL_MAX = 1024 };
enum { REASON_MAX = 500, REASON_BODY_MAX = 4096 };

#define M(...) MEMBER(proposal, __VA_ARGS__)
static const struct member members[] = {
	M(act, MEMBER_TOKEN, 1, 64, MEMBER_IN, "what is proposed"),
	M(subject, MEMBER_TOKEN, 1, 64, MEMBER_IN, "what it is done to"),
	M(payload, MEMBER_JSON, 0, PAYLOAD_SIZE_MAX, MEMBER_IN,
	    "the particulars, an object"),
	M(changes, MEMBER_JSON, 0, CHANGES_SIZE_MAX, MEMBER_OPTIONAL,
	    "what it would change, for those acts of which that is told"),
	M(digest, MEMBER_HASH, 0, 0, 0,
	    "SHA-256 of the canonical JSON of act, payload and subject"),
	M(organisation, MEMBER_TOKEN, 1, 64, 0, "who proposed it"),
	M(role, MEMBER_TOKEN, 1, 64, 0, "and as what"),
	M(approver, MEMBER_TOKEN, 1, 64, MEMBER_OPTIONAL | MEMBER_LATER,
	    "the organisation that approved it"),
	M(rejected_by, MEMBER_TOKEN, 1, 64, MEMBER_OPTIONAL | MEMBER_LATER,
	    "the organisation that turned it down"),
	M(reason, MEMBER_TEXT, 1, REASON_MAX, MEMBER_OPTIONAL | MEMBER_LATER,
	    "and why"),
	M(lapses_at, MEMBER_TIME, 0, 0, 0, "it must be approved before"),
	M(account, MEMBER_TOKEN, 1, 64, MEMBER_SECRET, "who proposed it"),
	{ 0 },
};
#undef M

static struct kind_list lists[] = {
	{ .index = "PRIMARY", .sort = "id" },
	{ .index = "by_state", .filters = { "state" }, .sort = "id" },
	{ .index = "by_subject", .filters = { "subject" }, .sort = "id" },
	{ 0 },
};

struct kind proposal_kind = {
	.name = "Proposal",
	.table = "proposal",
	.size = sizeof(struct proposal),
	.members = members,
	.shown = SHOWS_PROPOSALS,
	.lists = lists,
};

/* What is approved: the digest that the approver saw. */
struct approval {
	struct object object;
	const char *digest;
};

static const struct member approval_members[] = {
	MEMBER(approval, digest, MEMBER_HASH, 0, 0, MEMBER_IN,
	    "of the proposal that is approved"),
	{ 0 },
};

static const struct kind approval_kind = {
	.name = "Approval",
	.size = sizeof(struct approval),
	.members = approval_members,
};

/* --- acts of two persons -------------------------------------------------- */

/* What the request was before it was shown to an act as one of its own: the
 * payload its body, the subject its parameter. */
struct shown {
	json_t *body;
	const char *param;
	size_t told;
};

static struct shown show_payload(
    struct request *request, const struct proposal *proposal)
{
	struct shown before = { request->body, request->params[0],
		request->complaint_count };

	request->body = json_loads(proposal->payload, 0, NULL);
	request->params[0] = proposal->subject;
	return before;
}

static void hide_payload(struct request *request, const struct shown *before)
{
	json_decref(request->body);
	request->body = before->body;
	request->params[0] = before->param;
	for (size_t i = before->told; i < request->complaint_count; i++)
		request->complaints[i].pointer = arena_format(&request->arena,
		    "/payload%s", request->complaints[i].pointer);
}

static enum error with_payload(
    struct request *request, handler *handle, const struct proposal *proposal)
{
	struct shown before = show_payload(request, proposal);
	enum error error = handle(request);

	hide_payload(request, &before);
	return error;
}

static enum error make_of_payload(struct request *request, json_maker *make,
    const struct proposal *proposal, json_t **made)
{
	struct shown before = show_payload(request, proposal);
	enum error error = make(request, made);

	hide_payload(request, &before);
	return error;
}

/* A canonical text of at most `size_max` bytes, in the arena. */
static enum error write_json(struct request *request, const json_t *json,
    size_t size_max, const char *pointer, const char **text)
{
	struct kl_buf bytes = KL_BUF(size_max);
	enum kl_result result = kl_canon_write(&bytes, json);

	if (!result)
		*text = arena_text(
		    &request->arena, (const char *)bytes.data, bytes.size);
	kl_buf_clear(&bytes);
	if (!result || result == KL_NO_MEMORY)
		return error_of_lib(result);
	return request_complain(request, pointer, "bounds",
	    "规范形式不得超过 {0} 字节",
	    "its canonical form must have at most {0} bytes",
	    request_number(request, size_max), NULL);
}

/* The payload as all that it stands for. */
static enum error complete(struct request *request,
    const struct two_person *act, struct proposal *proposal)
{
	json_auto_t *whole = NULL;
	enum error error =
	    make_of_payload(request, act->complete, proposal, &whole);

	return error || !whole ? error
			       : write_json(request, whole, PAYLOAD_SIZE_MAX,
				     "/payload", &proposal->payload);
}

/* What it would change as things are now, into `*text`. */
static enum error find_changes(struct request *request,
    const struct two_person *act, const struct proposal *proposal,
    const char **text)
{
	json_auto_t *changes = NULL;
	enum error error =
	    make_of_payload(request, act->changes, proposal, &changes);

	return error ? error
		     : write_json(request, changes, CHANGES_SIZE_MAX,
			   "/payload", text);
}

static enum error hours_allowed(struct request *request, int64_t *hours)
{
	const struct policy *policy;
	const char *region;
	enum error error =
	    region_of(request, request->caller.organisation, &region);

	if (!error)
		error = policy_in_force(request, region, &policy);
	*hours = kl_policy_standard("two_person_hours");
	if (!error)
		*hours = (int64_t)policy_number(policy, "two_person_hours");
	return error == ERR_NO_POLICY || error == ERR_NO_REGION ? ERR_OK
								: error;
}

static enum error set_digest(struct request *request, struct proposal *proposal)
{
	json_auto_t *what = json_pack("{s:s, s:o, s:s}", "act", proposal->act,
	    "payload", json_loads(proposal->payload, 0, NULL), "subject",
	    proposal->subject);
	struct kl_buf bytes = KL_BUF(2 * PAYLOAD_SIZE_MAX);
	enum kl_result result = kl_canon_write(&bytes, what);
	struct kl_hash hash = kl_hash_of(bytes.data, bytes.size);

	kl_buf_clear(&bytes);
	proposal->digest =
	    arena_hex(&request->arena, hash.bytes, sizeof(hash.bytes));
	return error_of_lib(result);
}

/* --- proposing ------------------------------------------------------------ */

static enum error check(struct request *request, struct proposal *proposal)
{
	const struct two_person *act = two_person_named(proposal->act);
	enum error error = ERR_OK;

	if (!act)
		return request_complain(request, "/act", "unknown",
		    "没有这种须两人办理的事项",
		    "no act of two persons has this name", NULL);
	if (!(act->proposers & request->caller.role))
		return ERR_FORBIDDEN;
	if (!json_is_object(json_object_get(request->body, "payload")))
		return request_complain(request, "/payload", "form",
		    "应为 JSON 对象", "must be a JSON object", NULL);
	if (act->complete)
		error = complete(request, act, proposal);
	if (!error)
		error = with_payload(request, act->propose, proposal);
	if (!error && act->changes)
		error =
		    find_changes(request, act, proposal, &proposal->changes);
	return error;
}

static enum error propose(struct request *request)
{
	struct proposal *proposal =
	    kind_copy(&proposal_kind, request->input, &request->arena);
	int64_t hours;
	enum error error = check(request, proposal);

	if (!error)
		error = set_digest(request, proposal);
	if (!error)
		error = hours_allowed(request, &hours);
	if (error)
		return error;
	proposal->object.id = act_new_id(request, "proposal");
	proposal->organisation = request->caller.organisation;
	proposal->role = role_name(request->caller.role);
	proposal->account = request->caller.account;
	proposal->lapses_at = act_at(request) + hours * HOUR;
	error = act_add(
	    request, &proposal_kind, proposal, EVENT_PROPOSAL_MADE, NULL, NULL);
	if (!error)
		error = act_due(request, "proposal.lapse", proposal->object.id,
		    1, proposal->lapses_at);
	return error ? error
		     : list_made(
			   request, &proposal_kind, proposal, "/v1/proposals");
}

/* --- deciding ------------------------------------------------------------- */

static enum error find(struct request *request, struct proposal **proposal)
{
	const void *found;
	enum error error =
	    act_find(request, &proposal_kind, request->params[0], &found);

	if (!error)
		*proposal = kind_copy(&proposal_kind, found, &request->arena);
	return error;
}

/* Only while it is proposed, and strictly before it lapses. */
static enum error check_open(
    struct request *request, const struct proposal *proposal)
{
	if (strcmp(proposal->object.state, "lapsed") == 0 ||
	    (strcmp(proposal->object.state, "proposed") == 0 &&
		act_at(request) >= proposal->lapses_at))
		return ERR_TOO_LATE;
	if (strcmp(proposal->object.state, "proposed") != 0)
		return request_fail(request, ERR_STATE, "当前状态:{0}",
		    "its state is {0}", proposal->object.state, NULL);
	return ERR_OK;
}

/* Of another organisation, and of none that belongs together with it. */
static enum error check_apart(
    struct request *request, const struct proposal *proposal)
{
	const char *proposers, *approvers;
	enum error error;

	if (strcmp(proposal->organisation, request->caller.organisation) == 0)
		return ERR_TWO_PERSONS;
	error = organisation_group(request, proposal->organisation, &proposers);
	if (!error)
		error = organisation_group(
		    request, request->caller.organisation, &approvers);
	if (error || !proposers || !approvers ||
	    strcmp(proposers, approvers) != 0)
		return error;
	return request_fail(request, ERR_TWO_PERSONS,
	    "提案单位与批准单位存在关联关系",
	    "both organisations belong to one affiliation group", NULL);
}

/* He approves what he was shown. */
static enum error check_changes(struct request *request,
    const struct two_person *act, const struct proposal *proposal)
{
	const char *now;
	enum error error;

	if (!act->changes)
		return ERR_OK;
	error = with_payload(request, act->propose, proposal);
	if (!error)
		error = find_changes(request, act, proposal, &now);
	if (error || strcmp(now, proposal->changes) == 0)
		return error;
	return request_fail(request, ERR_CONFLICT,
	    "提案之后情况有变,所示的变更已不准确,请重新提案",
	    "what it would change is no longer what was shown: propose again",
	    NULL);
}

/* His key may have been revoked because another had it. */
static enum error check_proposer(
    struct request *request, const struct proposal *proposal)
{
	const void *found;
	enum error error =
	    act_find(request, &account_kind, proposal->account, &found);

	if (error && error != ERR_NOT_FOUND)
		return error;
	if (!error &&
	    strcmp(((const struct object *)found)->state, "active") == 0)
		return ERR_OK;
	return request_fail(request, ERR_STATE, "提案人的账号已撤销",
	    "the account that proposed it was revoked", NULL);
}

/* Who may approve it may turn it down as well. */
static enum error check_other(struct request *request,
    const struct two_person *act, const struct proposal *proposal)
{
	return act->approvers & request->caller.role
		   ? check_apart(request, proposal)
		   : ERR_FORBIDDEN;
}

static enum error check_approver(struct request *request,
    const struct two_person *act, const struct proposal *proposal)
{
	const struct approval *approval = request->input;
	enum error error = check_other(request, act, proposal);

	if (error)
		return error;
	if (strcmp(proposal->digest, approval->digest) != 0)
		return ERR_DIGEST;
	error = request_match(request, proposal->object.seq);
	if (!error)
		error = check_open(request, proposal);
	if (!error)
		error = check_proposer(request, proposal);
	return error ? error : check_changes(request, act, proposal);
}

static enum error find_act(struct request *request, struct proposal **proposal,
    const struct two_person **act)
{
	enum error error = find(request, proposal);

	if (!error)
		*act = two_person_named((*proposal)->act);
	return error || *act ? error : ERR_INTERNAL;
}

static enum error approve(struct request *request)
{
	struct proposal *proposal = NULL;
	const struct two_person *act = NULL;
	enum error error = find_act(request, &proposal, &act);

	if (!error)
		error = check_approver(request, act, proposal);
	if (error)
		return error;
	proposal->approver = request->caller.organisation;
	error = act_change(request, &proposal_kind, proposal,
	    EVENT_PROPOSAL_APPROVED, NULL, NULL);
	if (!error)
		error = with_payload(request, act->carry_out, proposal);
	return error ? error
		     : list_shown(request, &proposal_kind, proposal, true);
}

static enum error reject(struct request *request)
{
	const struct reason *input = request->input;
	struct proposal *proposal = NULL;
	const struct two_person *act = NULL;
	enum error error = find_act(request, &proposal, &act);

	if (!error)
		error = check_other(request, act, proposal);
	if (!error)
		error = request_match(request, proposal->object.seq);
	if (!error)
		error = check_open(request, proposal);
	if (error)
		return error;
	proposal->rejected_by = request->caller.organisation;
	proposal->reason = input->reason;
	error = act_change(request, &proposal_kind, proposal,
	    EVENT_PROPOSAL_REJECTED, NULL, NULL);
	return error ? error
		     : list_shown(request, &proposal_kind, proposal, true);
}

static enum error withdraw(struct request *request)
{
	struct proposal *proposal = NULL;
	enum error error = find(request, &proposal);

	if (error)
		return error;
	if (strcmp(proposal->organisation, request->caller.organisation) != 0)
		return ERR_FORBIDDEN;
	error = request_match(request, proposal->object.seq);
	if (!error)
		error = check_open(request, proposal);
	if (!error)
		error = act_change(request, &proposal_kind, proposal,
		    EVENT_PROPOSAL_WITHDRAWN, NULL, NULL);
	return error ? error
		     : list_shown(request, &proposal_kind, proposal, true);
}

/* Nothing happens to one that was decided in time. */
static enum error lapse(struct request *request)
{
	struct proposal *proposal = NULL;
	enum error error = find(request, &proposal);

	if (error || strcmp(proposal->object.state, "proposed") != 0)
		return error;
	return act_change(request, &proposal_kind, proposal,
	    EVENT_PROPOSAL_LAPSED, NULL, NULL);
}

/* --- the resource --------------------------------------------------------- */

static enum error list(struct request *request)
{
	return list_reply(request, &proposal_kind, NULL);
}

static enum error show(struct request *request)
{
	return list_one(request, &proposal_kind);
}

static const struct route routes[] = {
	{ "POST", "/v1/proposals", propose, ROUTE_ACT, .who = ROLE_SOMEBODY,
	    .body_max = BODY_MAX, .input = &proposal_kind,
	    .output = &proposal_kind,
	    .summary = "Propose what takes two persons" },
	{ "GET", "/v1/proposals", list, ROUTE_PAGE, .shows = SHOWS_PROPOSALS,
	    .one_query = true, .output = &proposal_kind,
	    .summary = "The proposals; by state or subject" },
	{ "GET", "/v1/proposals/{id}", show, ROUTE_PAGE,
	    .shows = SHOWS_PROPOSALS, .one_query = true,
	    .output = &proposal_kind, .summary = "One proposal" },
	{ "POST", "/v1/proposals/{id}/approval", approve, ROUTE_ACT,
	    .who = ROLE_SOMEBODY, .body_max = SMALL_MAX, .step_up = true,
	    .input = &approval_kind, .output = &proposal_kind,
	    .summary = "Approve it for another organisation: it is done" },
	{ "POST", "/v1/proposals/{id}/rejection", reject, ROUTE_ACT,
	    .who = ROLE_SOMEBODY, .body_max = REASON_BODY_MAX,
	    .input = &reason_kind, .output = &proposal_kind,
	    .summary = "Turn it down for another organisation, and say why" },
	{ "POST", "/v1/proposals/{id}/withdrawal", withdraw, ROUTE_ACT,
	    .who = ROLE_SOMEBODY, .body_max = SMALL_MAX, .input = &kind_nothing,
	    .output = &proposal_kind,
	    .summary = "Take back a proposal of one's own" },
	{ 0 },
};

static const struct due dues[] = { { "proposal.lapse", lapse }, { 0 } };

const struct resource proposals_resource = { .routes = routes, .dues = dues };
