/* policies.c -- policies, adopted by two persons, and in force by region and
 * day. */
#include "policies.h"

#include "affiliations.h"
#include "kl_canon.h"
#include "list.h"
#include "regions.h"
#include "route.h"

#include <string.h>

#define M(...) MEMBER(policy, __VA_ARGS__)
static const struct member members[] = {
	M(region, MEMBER_TOKEN, 1, POLICY_REGION_MAX, 0, "whose it is"),
	M(version, MEMBER_TOKEN, 1, 64, 0, "which one"),
	{ "policy", MEMBER_JSON, offsetof(struct policy, text), 0,
	    POLICY_SIZE_MAX, 0, NULL, "all of it: policy.json" },
	M(digest, MEMBER_HASH, 0, 0, 0, "SHA-256 of its canonical JSON"),
	{ 0 },
};
#undef M

static struct kind_list lists[] = {
	{ .index = "newest", .sort = "event_index", .descending = true },
	{ 0 },
};

struct kind policy_kind = {
	.name = "Policy",
	.table = "policy",
	.size = sizeof(struct policy),
	.members = members,
	.shown = SHOWS_POLICIES,
	.lists = lists,
};

/* --- in force ------------------------------------------------------------- */

static const struct db_statement select_of_region = {
	"SELECT id, version, effective_from, event_index FROM policy"
	" WHERE region = ? AND effective_from <= ?",
};

/* Of one region alone; what is found is "" if nothing is. */
static enum error find_in(struct request *request, const char *region,
    const char *date, const char **id)
{
	struct kl_policy_version two[2] = { { .region = region },
		{ .region = region } };
	size_t count = 0, best;
	const char *read;
	enum kl_result result = KL_OK;
	enum error error;

	*id = "";
	db_query(request->db, &select_of_region,
	    DB_IN(db_text(region), db_text(date)),
	    DB_OUT(db_to_text(&read), db_to_text(&two[1].version),
		db_to_text(&two[1].effective_from),
		db_to_u64(&two[1].event_index)));
	while (!result && db_next(request->db)) {
		two[count] = two[1]; /* the first one, or itself */
		result =
		    kl_policy_in_force(two, count + 1, &region, 1, date, &best);
		if (!result && best == count)
			*id = read;
		if (!result && best == 1)
			two[0] = two[1];
		count = 1;
	}
	error = db_finish(request->db);
	return error ? error : error_of_lib(result);
}

enum error policy_id_on(struct request *request, const char *region,
    const char *date, const char **id)
{
	struct region_chain chain;
	enum error error = region_chain(request, region, &chain);

	*id = "";
	for (size_t i = chain.count; !error && i > 0 && !**id; i--)
		error = find_in(request, chain.ids[i - 1], date, id);
	return error;
}

enum error policy_in_force(
    struct request *request, const char *region, const struct policy **policy)
{
	char date[KL_DATE_TEXT];
	const char *id = "";
	const void *found;
	enum error error = act_direct(request);

	kl_date_write(kl_date_of(act_at(request)), date);
	if (!error)
		error = policy_id_on(request, region, date, &id);
	if (error)
		return error == ERR_NOT_FOUND ? ERR_NO_POLICY : error;
	if (!*id)
		return ERR_NO_POLICY;
	error = act_find(request, &policy_kind, id, &found);
	if (!error)
		*policy = found;
	return error;
}

/* --- adoption ------------------------------------------------------------- */

static enum error read_text(struct request *request, struct policy *policy)
{
	struct kl_buf text = KL_BUF(POLICY_SIZE_MAX);
	enum kl_result result = kl_canon_write(&text, request->body);
	struct kl_hash hash = kl_hash_of(text.data, text.size);

	policy->digest =
	    arena_hex(&request->arena, hash.bytes, sizeof(hash.bytes));
	policy->text =
	    arena_text(&request->arena, (const char *)text.data, text.size);
	kl_buf_clear(&text);
	if (!result)
		return ERR_OK;
	return request_complain(request, "", "bounds",
	    "应有规范形式,不超过 {0} 字节",
	    "must have a canonical form of at most {0} bytes",
	    request_number(request, POLICY_SIZE_MAX), NULL);
}

static const char *word_of(const json_t *body, const char *name)
{
	return json_string_value(json_object_get(body, name));
}

/* The policy that is proposed, unless there is one of its name. */
static enum error read_policy(struct request *request, struct policy **read)
{
	struct policy *policy = kind_make(&policy_kind, &request->arena);
	const void *found;
	enum error error = policy_check(request, request->body);

	if (!error)
		error = region_check(
		    request, word_of(request->body, "region"), "/region");
	if (!error)
		error = read_text(request, policy);
	if (error)
		return error;
	policy->region = word_of(request->body, "region");
	policy->version = word_of(request->body, "version");
	policy->object.id = arena_format(
	    &request->arena, "%s-%s", policy->region, policy->version);
	if (strcmp(policy->object.id, request->params[0]) != 0)
		return request_complain(request, "/version", "subject",
		    "提案的 subject 应为 <region>-<version>",
		    "the subject must be <region>-<version>", NULL);
	error = act_find(request, &policy_kind, policy->object.id, &found);
	if (!error)
		return ERR_EXISTS;
	if (error == ERR_NOT_FOUND)
		error = ERR_OK;
	*read = policy;
	return error;
}

/* One that says which policy it inherits from, and what it states itself, as a
 * whole one. */
static enum error complete(struct request *request, json_t **whole)
{
	json_auto_t *base = NULL, *own = json_copy(request->body);
	const char *inherits = word_of(request->body, "inherits");
	const json_t *chain[2] = { NULL, own };
	const void *found;
	enum error error;

	if (!json_object_get(request->body, "inherits"))
		return ERR_OK;
	error = inherits && kl_is_token(inherits, strlen(inherits))
		    ? act_find(request, &policy_kind, inherits, &found)
		    : ERR_NOT_FOUND;
	if (error == ERR_NOT_FOUND)
		return request_complain(request, "/inherits", "unknown",
		    "没有这套政策参数", "there is no such policy", NULL);
	if (error)
		return error;
	json_object_del(own, "inherits");
	base = json_loads(((const struct policy *)found)->text, 0, NULL);
	chain[0] = base;
	return error_of_lib(kl_policy_merge(chain, 2, whole));
}

static enum error propose(struct request *request)
{
	struct policy *policy;

	return read_policy(request, &policy);
}

/* --- what it changes ------------------------------------------------------ */

static json_t *change_json(const struct kl_policy_change *change)
{
	return json_pack("{s:O*, s:O*, s:s, s:s}", "after", change->after,
	    "before", change->before, "effect",
	    kl_policy_effect_word(change->effect), "path",
	    change->member->path);
}

static json_t *compare(const struct policy *before, const json_t *after)
{
	struct kl_policy_change changes[KL_POLICY_MEMBERS];
	json_auto_t *old = before ? json_loads(before->text, 0, NULL) : NULL;
	size_t count = kl_policy_diff(old, after, changes);
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, change_json(&changes[i]));
	return json_pack("{s:s?, s:o}", "against",
	    before ? before->object.id : NULL, "members", list);
}

/* Against what is in force there today. */
static enum error changes(struct request *request, json_t **changes)
{
	const struct policy *before = NULL;
	enum error error =
	    policy_in_force(request, word_of(request->body, "region"), &before);

	if (error && error != ERR_NO_POLICY)
		return error;
	*changes = compare(before, request->body);
	return ERR_OK;
}

static enum error set_due(struct request *request, const struct policy *policy)
{
	const char *date = word_of(request->body, "effective_from");
	int32_t day;
	enum kl_result result = kl_date_read(date, strlen(date), &day);

	return result ? error_of_lib(result)
		      : act_due(request, "policy.begin", policy->object.id, 1,
			    kl_date_begins(day));
}

static enum error adopt(struct request *request)
{
	struct policy *policy;
	enum error error = read_policy(request, &policy);

	if (!error)
		error = act_add(request, &policy_kind, policy,
		    EVENT_POLICY_ADOPTED, NULL, NULL);
	return error ? error : set_due(request, policy);
}

/* The share from which affiliations count may be another. */
static enum error come_into_force(struct request *request)
{
	return affiliation_regroup_all(request);
}

/* --- on a day ------------------------------------------------------------- */

static enum error show_on(struct request *request)
{
	const char *date = request_query(request, "on"), *id = "";
	int32_t day;
	enum error error;

	if (!date || kl_date_read(date, strlen(date), &day))
		return request_complain(request, "", "form",
		    "须以 ?on=YYYY-MM-DD 指明日期(2010 至 2099 年)",
		    "?on=YYYY-MM-DD must name a day, from 2010 to 2099", NULL);
	error = policy_id_on(request, request->params[0], date, &id);
	if (!error && !*id)
		error = ERR_NO_POLICY;
	if (error)
		return error;
	request->params[0] = id;
	return list_one(request, &policy_kind);
}

static const struct member day_query[] = {
	{ .name = "on", .type = MEMBER_TEXT, .help = "A day, YYYY-MM-DD" },
	{ 0 },
};

/* --- the resource --------------------------------------------------------- */

static enum error list(struct request *request)
{
	return list_reply(request, &policy_kind, NULL);
}

static enum error show(struct request *request)
{
	return list_one(request, &policy_kind);
}

static const struct route routes[] = {
	{ "GET", "/v1/policies", list, ROUTE_PAGE, .shows = SHOWS_POLICIES,
	    .one_query = true, .output = &policy_kind,
	    .summary = "The policies, the one adopted last first" },
	{ "GET", "/v1/policies/{id}", show, ROUTE_PAGE, .shows = SHOWS_POLICIES,
	    .one_query = true, .output = &policy_kind,
	    .summary = "One policy, complete" },
	{ "GET", "/v1/regions/{code}/policy", show_on, ROUTE_PAGE,
	    .shows = SHOWS_POLICIES | SHOWS_REGIONS, .query = day_query,
	    .output = &policy_kind,
	    .summary = "The policy in force in a region on a day, ?on=" },
	{ 0 },
};

static const struct two_person two_persons[] = {
	{ "policy.adopt", ROLE_OPERATOR | ROLE_SUPERVISOR,
	    ROLE_SUPERVISOR | ROLE_AUDITOR, propose, adopt,
	    .summary =
		"Put a policy of a region in force, complete, or with what it "
		"states itself and the id of a policy that it inherits",
	    .complete = complete, .changes = changes },
	{ 0 },
};

static const struct due dues[] = { { "policy.begin", come_into_force }, { 0 } };

static const struct db_statement *const reads[] = { &select_of_region, NULL };
static const struct db_statement *const writes[] = { &select_of_region, NULL };

const struct resource policies_resource = {
	.routes = routes,
	.reads = reads,
	.writes = writes,
	.dues = dues,
	.two_persons = two_persons,
};
