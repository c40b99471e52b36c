/* affiliations_why.c -- why institutions belong together, or are tied to an
 * authority, for everybody to read. */
#include "affiliations.h"
#include "clock.h"
#include "institutions.h"
#include "kl_date.h"
#include "kl_group.h"
#include "kl_tied.h"
#include "list.h"
#include "policies.h"
#include "regions.h"
#include "route.h"

#include <string.h>

enum { MEMBERS_SHOWN_MAX = 200 };

static const struct db_statement select_members = {
	"SELECT id, name, state FROM institution FORCE INDEX (by_group) "
	"WHERE affiliation_group = ? AND id <> ? ORDER BY id LIMIT ?",
};

static const struct db_statement select_share = {
	"SELECT CAST(JSON_VALUE(policy, '$.entry.share_min_bp') AS UNSIGNED) "
	"FROM policy "
	"WHERE id = ?",
};

static const struct db_statement select_root = {
	"SELECT IF(COUNT(*) = 1, MIN(id), '" REGION_NATION "') FROM region "
	"WHERE parent IS NULL",
};

static const struct db_statement *const reads[] = {
	&select_members,
	&select_share,
	&select_root,
	NULL,
};

/* --- the rule today ------------------------------------------------------- */

/* As affiliations_group.c has it, for who reads. */
static enum error read_rule(
    struct request *request, struct kl_affiliation_rule *rule)
{
	char date[KL_DATE_TEXT];
	const char *region, *id = "";
	uint64_t share = (uint64_t)kl_policy_standard("entry.share_min_bp");
	enum error error;

	rule->day = kl_date_of(clock_now());
	kl_date_write(rule->day, date);
	error = db_row(
	    request->db, &select_root, DB_NO_IN, DB_OUT(db_to_text(&region)));
	if (!error)
		error = policy_id_on(request, region, date, &id);
	if (!error && *id)
		error = db_row(request->db, &select_share, DB_IN(db_text(id)),
		    DB_OUT(db_to_u64(&share)));
	rule->share_min_bp = (uint32_t)share;
	return error;
}

static enum error read_graph(
    struct request *request, bool declared, struct affiliation_graph *graph)
{
	struct kl_affiliation_rule rule;
	enum error error = read_rule(request, &rule);

	*graph = (struct affiliation_graph){ 0 };
	return error ? error
		     : affiliation_graph_read(
			   request, AFFILIATION_NOW, &rule, declared, graph);
}

/* --- of one group --------------------------------------------------------- */

/* How it belongs together with one other; null if it does no more, and the
 * roll is about to say so. */
static enum error explain(struct request *request,
    const struct affiliation_graph *graph, const char *one, json_t *member)
{
	struct kl_affiliation_path path = { 0 };
	const char *other =
	    json_string_value(json_object_get(member, "institution"));
	enum kl_result result =
	    kl_group_explain(&graph->sorted, one, other, &path);

	if (result && result != KL_MISMATCH)
		return error_of_lib(result);
	json_object_set_new(member, "path",
	    result ? json_null()
		   : affiliation_path_json(request, graph, &path));
	if (!result)
		kl_affiliation_path_clear(&path);
	return ERR_OK;
}

static enum error read_members(struct request *request,
    const struct institution *institution, json_t *members)
{
	const char *id, *name, *state;

	db_query(request->db, &select_members,
	    DB_IN(db_text(institution->affiliation_group),
		db_text(institution->object.id), db_u64(MEMBERS_SHOWN_MAX)),
	    DB_OUT(db_to_text(&id), db_to_text(&name), db_to_text(&state)));
	while (db_next(request->db))
		json_array_append_new(
		    members, json_pack("{s:s, s:s, s:s}", "institution", id,
				 "name", name, "state", state));
	return db_finish(request->db);
}

static enum error show_group(struct request *request)
{
	const void *row;
	const struct institution *institution;
	struct affiliation_graph graph = { 0 };
	json_auto_t *members = json_array();
	json_t *member;
	size_t i;
	enum error error =
	    list_find(request, &institution_kind, request->params[0], &row);

	if (error)
		return error;
	institution = row;
	if (institution->affiliation_group)
		error = read_members(request, institution, members);
	if (!error)
		error = read_graph(request, true, &graph);
	json_array_foreach (members, i, member)
		if (!error)
			error = explain(
			    request, &graph, institution->object.id, member);
	affiliation_graph_clear(&graph);
	if (error)
		return error;
	return request_reply(request, 200,
	    json_pack("{s:s, s:s?, s:O}", "institution", institution->object.id,
		"affiliation_group", institution->affiliation_group, "members",
		members));
}

/* --- of a category -------------------------------------------------------- */

static json_t *tied_json(const struct request *request,
    const struct affiliation_graph *graph, const struct kl_tied *tied,
    const char *const authorities[])
{
	const struct kl_words *words = kl_tied_words(tied->reason);
	bool english = request->language == LANGUAGE_EN;

	if (!words)
		return json_pack("{s:b, s:n, s:n, s:n, s:[]}", "tied", 0,
		    "reason", "words", "authority", "path");
	return json_pack("{s:b, s:s, s:s, s:s, s:o}", "tied", 1, "reason",
	    words->code, "words", english ? words->english : words->chinese,
	    "authority", authorities[tied->authority], "path",
	    affiliation_path_json(request, graph, &tied->path));
}

static enum error find_tie(struct request *request, const char *category,
    struct affiliation_graph *graph, json_t **reply)
{
	const char **authorities;
	struct kl_tied tied = { 0 };
	size_t count;
	enum error error = affiliation_authorities(
	    request, category, AFFILIATION_NOW, &authorities, &count);

	if (!error)
		error = error_of_lib(kl_tied(&graph->sorted, request->params[0],
		    authorities, count, &tied));
	if (error)
		return error;
	*reply = tied_json(request, graph, &tied, authorities);
	json_object_set_new(
	    *reply, "authority_count", json_integer((json_int_t)count));
	kl_tied_clear(&tied);
	return ERR_OK;
}

static enum error show_ties(struct request *request)
{
	const char *category = request_query(request, "category");
	struct affiliation_graph graph = { 0 };
	const void *row;
	json_t *reply = NULL;
	enum error error =
	    list_find(request, &institution_kind, request->params[0], &row);

	if (!error && !category)
		error = request_complain(request, "", "missing",
		    "须以 ?category= 指明类别",
		    "?category= must name a category", NULL);
	if (!error)
		error = read_graph(request, false, &graph);
	if (!error)
		error = find_tie(request, category, &graph, &reply);
	affiliation_graph_clear(&graph);
	return error ? error : request_reply(request, 200, reply);
}

static const struct member tie_query[] = {
	{ .name = "category", .type = MEMBER_TEXT, .help = "Of what" },
	{ 0 },
};

static const struct route routes[] = {
	{ "GET", "/v1/institutions/{uscc}/group", show_group, ROUTE_READ,
	    .summary = "With whom an institution belongs together, and why" },
	{ "GET", "/v1/institutions/{uscc}/ties", show_ties, ROUTE_READ,
	    .query = tie_query,
	    .summary =
		"Whether it is decoupled from who approves, ?category=" },
	{ 0 },
};

const struct resource affiliations_why_resource = {
	.routes = routes,
	.reads = reads,
};
