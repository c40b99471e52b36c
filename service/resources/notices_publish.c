/* notices_publish.c -- may this be asked for, now, under this policy? */
#include "categories.h"
#include "draws.h"
#include "kl_time.h"
#include "list.h"
#include "notices.h"
#include "organisations.h"
#include "parties.h"
#include "regions.h"
#include "route.h"
#include "signups.h"
#include "witnesses.h"

#include <stdlib.h>
#include <string.h>

enum {
	SHANGHAI_S = 8 * 3600, /* ahead of UTC; the year is counted there */
	SIGNUP_MAX_S = 366 * 24 * 3600,
	NUMBERS_MAX = 999999, /* of a region in a year */
	NUMBER_DIGITS = 6,
	YEAR_DIGITS = 4,
};

#define NUMBER_PREFIX "ZJ-"

static const struct db_statement count_live = {
	"SELECT COUNT(*) FROM notice WHERE project_code = ? AND live = 1",
};
static const struct db_statement select_last = {
	"SELECT COALESCE(MAX(number), '') FROM notice "
	"WHERE region = ? AND number > ? AND number < ?",
};

const struct db_statement *const notice_writes[] = {
	&count_live,
	&select_last,
	NULL,
};

/* --- the draw it asks for ------------------------------------------------- */

static enum error check_template(struct request *request,
    const struct notice *notice, const struct policy *policy)
{
	bool public = strcmp(notice->beacon, "public") == 0;
	json_auto_t *templates = policy_member(policy, "draw.templates");

	if (public && !notice->template)
		return request_complain(request, "/template", "missing",
		    "公共信标须指明模板", "a public beacon needs a template",
		    NULL);
	if (!public && notice->template)
		return request_complain(request, "/template", "form",
		    "只用于公共信标", "is for a public beacon only", NULL);
	if (public && !json_object_get(templates, notice->template))
		return request_complain(request, "/template", "unknown",
		    "政策参数中没有这个模板", "the policy has no such template",
		    NULL);
	return ERR_OK;
}

static enum error check_beacon(struct request *request,
    const struct notice *notice, const struct policy *policy)
{
	json_auto_t *reason = policy_member(policy, "draw.level_c_reason");
	bool none = strcmp(notice->beacon, "none") == 0;

	if (!policy_has(policy, "draw.beacons", notice->beacon))
		return request_complain(request, "/beacon", "policy",
		    "现行政策参数不允许", "the policy does not allow it", NULL);
	if (none && !reason)
		return request_complain(request, "/beacon", "policy",
		    "政策参数未说明不用信标的理由(level_c_reason)",
		    "the policy gives no reason to do without one "
		    "(level_c_reason)",
		    NULL);
	return check_template(request, notice, policy);
}

static enum error check_party(
    struct request *request, const struct notice *notice, const char *name)
{
	bool owner = strcmp(name, "owner") == 0;
	const struct party *party;
	enum error error =
	    party_find(request, name, owner ? notice->owner : NULL, &party);

	if (error != ERR_NOT_FOUND)
		return error;
	return request_fail(request, ERR_PARTY_MISSING, "缺少:{0}",
	    "missing: {0}", arena_copy(&request->arena, name), NULL);
}

/* Somebody must attest a public value who is not of the draw's own people.
 * protocol §2, beacon.txt. */
static enum error check_attester(struct request *request,
    const struct notice *notice, const struct policy *policy)
{
	static const char *const names[] = { "supervisor", "entrants" };
	enum error error = ERR_NOT_FOUND;

	if (strcmp(notice->beacon, "public") != 0)
		return ERR_OK;
	for (size_t i = 0; i < 2 && error == ERR_NOT_FOUND; i++) {
		const struct party *party;

		if (policy_has(policy, "draw.required_parties", names[i]) ||
		    policy_has(policy, "draw.optional_parties", names[i]))
			error = party_find(request, names[i], NULL, &party);
	}
	if (error != ERR_NOT_FOUND)
		return error;
	return request_fail(request, ERR_PARTY_MISSING,
	    "公共信标须由 supervisor 或 entrants 见证",
	    "a public beacon is attested by supervisor or entrants", NULL);
}

enum error notice_can_draw(struct request *request, const struct notice *notice,
    const struct policy *policy)
{
	json_auto_t *parties = policy_member(policy, "draw.required_parties");
	enum error error = check_beacon(request, notice, policy);
	json_t *name;
	size_t i;

	if (!error && policy_number(policy, "draw.quorum") >
			  witnesses_trust()->witness_count)
		error = request_fail(request, ERR_WITNESS,
		    "政策参数要求 {0} 个见证人联署,而只配置了 {1} 个",
		    "the policy asks for {0} cosignatures, and there are {1} "
		    "witnesses",
		    request_number(
			request, policy_number(policy, "draw.quorum")),
		    request_number(request, witnesses_trust()->witness_count),
		    NULL);
	json_array_foreach (parties, i, name)
		if (!error)
			error = check_party(
			    request, notice, json_string_value(name));
	return error ? error : check_attester(request, notice, policy);
}

/* --- what it says --------------------------------------------------------- */

static enum error check_category(
    struct request *request, const struct notice *notice)
{
	const struct category *category;

	return category_open(request, notice->category, &category);
}

static enum error check_window(struct request *request,
    const struct notice *notice, const struct policy *policy)
{
	int64_t least = policy_duration(policy, "notice.signup_min");
	int64_t window = notice->signup_close - act_at(request);

	if (window < least || window <= 0)
		return request_complain(request, "/signup_close", "too-early",
		    "报名时间不得少于 {0} 秒",
		    "sign-up must last at least {0} seconds",
		    request_number(request, (uint64_t)least), NULL);
	if (window > SIGNUP_MAX_S)
		return request_complain(request, "/signup_close", "too-late",
		    "报名时间不得超过 {0} 秒",
		    "sign-up must last at most {0} seconds",
		    request_number(request, SIGNUP_MAX_S), NULL);
	return ERR_OK;
}

static enum error check_alternates(struct request *request,
    const struct notice *notice, const struct policy *policy)
{
	uint64_t most = policy_number(policy, "draw.alternates_max");

	if (notice->alternates <= most)
		return ERR_OK;
	return request_complain(request, "/alternates", "bounds",
	    "政策参数允许最多 {0} 家", "the policy allows {0} at most",
	    request_number(request, most), NULL);
}

/* One open notice, draw or result per project. protocol §3. A notice without
 * a code is a project named by its number, which nobody else may take. */
static enum error check_project(
    struct request *request, const struct notice *notice)
{
	uint64_t live = 0;
	bool held = false;
	enum error error = ERR_OK;

	if (!notice->project_code)
		return ERR_OK;
	if (strncmp(notice->project_code, NUMBER_PREFIX,
		sizeof(NUMBER_PREFIX) - 1) == 0)
		return request_complain(request, "/project_code", "reserved",
		    "{0} 开头的是公告编号", "{0} begins the number of a notice",
		    NUMBER_PREFIX, NULL);
	error = act_direct(request);
	if (!error)
		error = db_row(request->db, &count_live,
		    DB_IN(db_text(notice->project_code)),
		    DB_OUT(db_to_u64(&live)));
	if (!error)
		error = draw_project_held(request, notice->project_code, &held);
	if (error || (live == 0 && !held))
		return error;
	return request_fail(request, ERR_EXISTS, "该项目代码已有采购公告",
	    "the project_code has a notice already", NULL);
}

static enum error check(struct request *request, const struct notice *notice,
    const struct policy *policy)
{
	enum error error = check_category(request, notice);

	if (!error)
		error = check_window(request, notice, policy);
	if (!error)
		error = check_alternates(request, notice, policy);
	if (!error)
		error = notice_can_draw(request, notice, policy);
	return error ? error : check_project(request, notice);
}

/* --- what it becomes ------------------------------------------------------ */

/* <region>-<year>-<6 digits> after the prefix, one more than the last of them.
 */
static enum error number(struct request *request, struct notice *notice)
{
	char time[KL_TIME_TEXT];
	const char *prefix, *last;
	unsigned long count = 0;
	enum error error = act_direct(request);

	kl_time_write(act_at(request) + SHANGHAI_S, time);
	prefix = arena_format(&request->arena, NUMBER_PREFIX "%s-%.*s-",
	    notice->region, YEAR_DIGITS, time);
	if (!error)
		error = db_row(request->db, &select_last,
		    DB_IN(db_text(notice->region), db_text(prefix),
			db_text(arena_format(&request->arena, "%s~", prefix))),
		    DB_OUT(db_to_text(&last)));
	if (error)
		return error;
	if (*last)
		count = strtoul(last + strlen(prefix), NULL, 10);
	if (count >= NUMBERS_MAX)
		return request_fail(request, ERR_CONFLICT,
		    "本年度的公告编号已用完",
		    "the numbers of this year are used up", NULL);
	notice->number = arena_format(
	    &request->arena, "%s%0*lu", prefix, NUMBER_DIGITS, count + 1);
	return ERR_OK;
}

static enum error complete(
    struct request *request, struct notice *notice, const struct policy *policy)
{
	const char *owner = request->caller.organisation;
	const void *found;
	const struct organisation *organisation;
	enum error error = act_find(request, &organisation_kind, owner, &found);

	if (error)
		return error == ERR_NOT_FOUND ? ERR_FORBIDDEN : error;
	organisation = found;
	notice->object.id = act_new_id(request, "notice");
	notice->owner = owner;
	notice->owner_name = organisation->name;
	notice->policy = policy->object.id;
	notice->published_at = act_at(request);
	return ERR_OK;
}

enum error notice_publish(struct request *request)
{
	struct notice *notice =
	    kind_copy(&notice_kind, request->input, &request->arena);
	const struct policy *policy = NULL;
	enum error error =
	    region_of(request, request->caller.organisation, &notice->region);

	if (!error)
		error = policy_in_force(request, notice->region, &policy);
	if (!error)
		error = complete(request, notice, policy);
	if (!error)
		error = check(request, notice, policy);
	if (!error)
		error = number(request, notice);
	if (!error)
		error = act_add(request, &notice_kind, notice,
		    EVENT_NOTICE_PUBLISHED, NULL, NULL);
	if (error)
		return error;
	signup_begin(request, notice->object.id);
	error = act_due(request, "notice.close", notice->object.id, 1,
	    notice->signup_close);
	return error ? error
		     : list_made(request, &notice_kind, notice, "/v1/notices");
}
