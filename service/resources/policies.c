/* policies.c -- policies, adopted by two persons; the last one is in force. */
#include "policies.h"

#include "kl_canon.h"
#include "list.h"
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

static const struct db_statement select_newest = {
	"SELECT id FROM policy ORDER BY event_index DESC LIMIT 1",
};

enum error policy_in_force(
    struct request *request, const struct policy **policy)
{
	const char *id;
	const void *found;
	enum error error = act_direct(request);

	if (!error)
		error = db_row(request->db, &select_newest, DB_NO_IN,
		    DB_OUT(db_to_text(&id)));
	if (error == ERR_NOT_FOUND)
		return ERR_NO_POLICY;
	if (!error)
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

static enum error propose(struct request *request)
{
	struct policy *policy;

	return read_policy(request, &policy);
}

static enum error adopt(struct request *request)
{
	struct policy *policy;
	enum error error = read_policy(request, &policy);

	return error ? error
		     : act_add(request, &policy_kind, policy,
			   EVENT_POLICY_ADOPTED, NULL, NULL);
}

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
	    .summary = "The policies; the first is in force" },
	{ "GET", "/v1/policies/{id}", show, ROUTE_PAGE, .shows = SHOWS_POLICIES,
	    .one_query = true, .output = &policy_kind,
	    .summary = "One policy, complete" },
	{ 0 },
};

static const struct two_person two_persons[] = {
	{ "policy.adopt", ROLE_OPERATOR | ROLE_SUPERVISOR,
	    ROLE_SUPERVISOR | ROLE_AUDITOR, propose, adopt,
	    "Put a complete policy in force" },
	{ 0 },
};

static const struct db_statement *const writes[] = { &select_newest, NULL };

const struct resource policies_resource = {
	.routes = routes,
	.writes = writes,
	.two_persons = two_persons,
};
