/* affiliations_group.c -- the affiliations that count as one graph, and the
 * groups that it makes. */
#include "affiliations.h"
#include "institutions.h"
#include "kl_group.h"
#include "list.h"
#include "policies.h"
#include "regions.h"
#include "roll.h"

#include <string.h>

enum { FIRST = 64 };

/* Groups that were declared are holders of a name that nobody else can have. */
#define DECLARED "group "

/* Of a row that has changed since, the log tells what it was. */
#define WAS_CONFIRMED                                                          \
	"IF(a.event_index < ?, a.state = 'confirmed', COALESCE("               \
	"(SELECT e.kind = 'affiliation.confirmed' FROM log_entry e "           \
	"WHERE e.subject = a.id AND e.idx < ? "                                \
	"AND e.kind LIKE 'affiliation.%' ORDER BY e.idx DESC LIMIT 1), 0)) "

static const struct db_statement select_confirmed = {
	"SELECT a.id, a.held, a.held_name, a.holder, a.holder_name, a.kind, "
	"a.share_bp, a.holder_is_state, COALESCE(a.valid_from, ''), "
	"COALESCE(a.valid_until, '') FROM affiliation a "
	"WHERE a.state IN ('confirmed', 'ended') AND " WAS_CONFIRMED
	"ORDER BY a.id",
};

static const struct db_statement select_declared = {
	"SELECT id, name, declared_group FROM institution "
	"WHERE declared_group IS NOT NULL",
};

/* Whoever is in a group, or may be. */
static const struct db_statement select_grouped = {
	"SELECT i.id, COALESCE(i.affiliation_group, ''), "
	"COALESCE(i.declared_group, '') FROM institution i "
	"WHERE i.affiliation_group IS NOT NULL OR i.declared_group IS NOT NULL "
	"OR EXISTS (SELECT 1 FROM affiliation a WHERE a.held = i.id) "
	"OR EXISTS (SELECT 1 FROM affiliation a WHERE a.holder = i.id) "
	"ORDER BY i.id",
};

/* Is it named somewhere, or is its declared group called otherwise by now? */
static const struct db_statement count_ties = {
	"SELECT EXISTS (SELECT 1 FROM affiliation WHERE held = ?) + "
	"EXISTS (SELECT 1 FROM affiliation WHERE holder = ?) + "
	"EXISTS (SELECT 1 FROM institution WHERE declared_group = ? "
	"AND affiliation_group <> declared_group)",
};

/* A member of a row as it was before the log had z.at entries: each event of
 * these kinds tells all of one. */
#define AS_OF(row, kind, member, json)                                         \
	"IF(" row ".event_index < z.at, " row "." member ", (SELECT " json     \
	"(CONVERT(e.bytes USING utf8mb4) COLLATE utf8mb4_nopad_bin, "          \
	"'$.data." member "') FROM log_entry e WHERE e.subject = " row ".id "  \
	"AND e.idx < z.at AND e.kind LIKE '" kind ".%' "                       \
	"ORDER BY e.idx DESC LIMIT 1)) "
#define ENTERED_STATE  AS_OF("t", "authority_category", "state", "JSON_VALUE")
#define ITEM_STATE     AS_OF("a", "approval_item", "state", "JSON_VALUE")
#define ITEM_AUTHORITY AS_OF("a", "approval_item", "authority", "JSON_VALUE")
#define ITEMS          AS_OF("c", "category", "approval_items", "JSON_QUERY")

/* Whoever the operator entered, and who approves the category's items. */
static const struct db_statement select_authorities = {
	"SELECT t.authority FROM (SELECT ? AS at) z "
	"JOIN authority_category t ON t.category = ? "
	"WHERE " ENTERED_STATE "= 'approves' UNION "
	"SELECT " ITEM_AUTHORITY "FROM (SELECT ? AS at) z "
	"JOIN category c ON c.id = ? JOIN approval_item a "
	"ON JSON_CONTAINS(" ITEMS ", JSON_QUOTE(a.id)) "
	"WHERE " ITEM_STATE "= 'active' "
	"AND " ITEM_AUTHORITY "IS NOT NULL ORDER BY 1 LIMIT 100",
};

const struct db_statement *const affiliation_reads[] = {
	&select_confirmed,
	&select_declared,
	&select_grouped,
	&count_ties,
	&select_authorities,
	NULL,
};

/* --- arrays that grow ----------------------------------------------------- */

static void grow(
    struct request *request, struct affiliation_graph *graph, size_t *capacity)
{
	size_t before = graph->count, size = *capacity ? 2 * *capacity : FIRST;
	struct affiliation_graph more = *graph;

	if (before < *capacity)
		return;
	more.list = arena_alloc(&request->arena, size * sizeof(*more.list));
	more.ids = arena_alloc(&request->arena, size * sizeof(*more.ids));
	more.held_names =
	    arena_alloc(&request->arena, size * sizeof(*more.held_names));
	more.holder_names =
	    arena_alloc(&request->arena, size * sizeof(*more.holder_names));
	if (before > 0) {
		memcpy(more.list, graph->list, before * sizeof(*more.list));
		memcpy(more.ids, graph->ids, before * sizeof(*more.ids));
		memcpy(more.held_names, graph->held_names,
		    before * sizeof(*more.held_names));
		memcpy(more.holder_names, graph->holder_names,
		    before * sizeof(*more.holder_names));
	}
	*graph = more;
	*capacity = size;
}

struct row {
	struct kl_affiliation is;
	const char *id, *held_name, *holder_name;
};

static void add(struct request *request, struct affiliation_graph *graph,
    size_t *capacity, const struct row *row)
{
	size_t at = graph->count;

	grow(request, graph, capacity);
	graph->list[at] = row->is;
	graph->ids[at] = row->id;
	graph->held_names[at] = row->held_name;
	graph->holder_names[at] = row->holder_name;
	graph->count++;
}

/* --- reading -------------------------------------------------------------- */

static enum kl_affiliation_kind kind_named(const char *word)
{
	int kind = 0;

	while (kind + 1 < KL_AFFILIATION_KINDS &&
	       strcmp(kl_affiliation_words(kind)->code, word) != 0)
		kind++;
	return (enum kl_affiliation_kind)kind;
}

static enum error read_confirmed(struct request *request, uint64_t before,
    struct affiliation_graph *graph, size_t *capacity)
{
	const char *kind, *from, *until;
	uint64_t share, state;
	struct row row;

	db_query(request->db, &select_confirmed,
	    DB_IN(db_u64(before), db_u64(before)),
	    DB_OUT(db_to_text(&row.id), db_to_text(&row.is.held),
		db_to_text(&row.held_name), db_to_text(&row.is.holder),
		db_to_text(&row.holder_name), db_to_text(&kind),
		db_to_u64(&share), db_to_u64(&state), db_to_text(&from),
		db_to_text(&until)));
	while (db_next(request->db)) {
		row.is.kind = kind_named(kind);
		row.is.share_bp = (uint32_t)share;
		row.is.holder_is_state = state != 0;
		row.is.period =
		    (struct kl_period){ KL_PERIOD_EVER, KL_PERIOD_OPEN };
		(void)roll_day_is(from, &row.is.period.from);
		(void)roll_day_is(until, &row.is.period.until);
		add(request, graph, capacity, &row);
	}
	return db_finish(request->db);
}

static enum error read_declared(
    struct request *request, struct affiliation_graph *graph, size_t *capacity)
{
	struct row row = { .is = { .kind = KL_BY_CONTROLLER,
			       .period = { KL_PERIOD_EVER, KL_PERIOD_OPEN } } };
	const char *group;

	db_query(request->db, &select_declared, DB_NO_IN,
	    DB_OUT(db_to_text(&row.is.held), db_to_text(&row.held_name),
		db_to_text(&group)));
	while (db_next(request->db)) {
		row.holder_name = group;
		row.is.holder =
		    arena_format(&request->arena, DECLARED "%s", group);
		add(request, graph, capacity, &row);
	}
	return db_finish(request->db);
}

enum error affiliation_graph_read(struct request *request, uint64_t before,
    const struct kl_affiliation_rule *rule, bool declared,
    struct affiliation_graph *graph)
{
	size_t capacity = 0;
	enum error error;

	*graph = (struct affiliation_graph){ 0 };
	error = read_confirmed(request,
	    before == AFFILIATION_NOW ? INT64_MAX : before, graph, &capacity);
	if (!error && declared)
		error = read_declared(request, graph, &capacity);
	if (!error)
		error = error_of_lib(kl_affiliations_make(
		    graph->list, graph->count, rule, &graph->sorted));
	return error;
}

void affiliation_graph_clear(struct affiliation_graph *graph)
{
	kl_affiliations_clear(&graph->sorted);
}

enum error affiliation_authorities(struct request *request,
    const char *category, uint64_t before, const char ***authorities,
    size_t *count)
{
	uint64_t then = before == AFFILIATION_NOW ? INT64_MAX : before;
	const char *one;

	*count = 0;
	*authorities = arena_alloc(
	    &request->arena, (KL_AUTHORITIES_MAX + 1) * sizeof(**authorities));
	db_query(request->db, &select_authorities,
	    DB_IN(db_u64(then), db_text(category), db_u64(then),
		db_text(category)),
	    DB_OUT(db_to_text(&one)));
	while (db_next(request->db))
		(*authorities)[(*count)++] = one;
	return db_finish(request->db);
}

/* --- groups --------------------------------------------------------------- */

struct grouped {
	const char **ids, **before, **declared;
	struct kl_membership *memberships;
	size_t count;
};

static enum error read_grouped(
    struct request *request, struct grouped *grouped, size_t most)
{
	size_t size = (most + 1) * sizeof(char *);
	const char *id, *before, *declared;

	grouped->ids = arena_alloc(&request->arena, size);
	grouped->before = arena_alloc(&request->arena, size);
	grouped->declared = arena_alloc(&request->arena, size);
	db_query(request->db, &select_grouped, DB_NO_IN,
	    DB_OUT(
		db_to_text(&id), db_to_text(&before), db_to_text(&declared)));
	while (db_next(request->db)) {
		if (grouped->count == most)
			continue;
		grouped->ids[grouped->count] = id;
		grouped->before[grouped->count] = before;
		grouped->declared[grouped->count++] = declared;
	}
	grouped->memberships = arena_alloc(&request->arena,
	    (grouped->count + 1) * sizeof(*grouped->memberships));
	return db_finish(request->db);
}

/* A group has the name that the operator gave it, of several the first, or
 * that of its first member. "" for none. */
static const char *name_of(
    const struct grouped *grouped, size_t index, const char *const names[])
{
	size_t representative = grouped->memberships[index].representative;

	if (*names[representative])
		return names[representative];
	return grouped->memberships[index].count > 1
		   ? grouped->ids[representative]
		   : "";
}

/* By the index of each representative. */
static void find_names(const struct grouped *grouped, const char *names[])
{
	for (size_t i = 0; i < grouped->count; i++)
		names[i] = "";
	for (size_t i = 0; i < grouped->count; i++) {
		const char **name =
		    &names[grouped->memberships[i].representative];

		if (*grouped->declared[i] &&
		    (!**name || strcmp(grouped->declared[i], *name) < 0))
			*name = grouped->declared[i];
	}
}

static enum error change_group(
    struct request *request, const char *id, const char *group)
{
	struct institution *institution;
	const void *found;
	enum error error = act_find(request, &institution_kind, id, &found);

	if (error)
		return error;
	institution = kind_copy(&institution_kind, found, &request->arena);
	institution->affiliation_group = *group ? group : NULL;
	return act_change(request, &institution_kind, institution,
	    EVENT_INSTITUTION_GROUPED, NULL, NULL);
}

static enum error write_groups(
    struct request *request, const struct grouped *grouped)
{
	const char **names =
	    arena_alloc(&request->arena, (grouped->count + 1) * sizeof(*names));
	enum error error = ERR_OK;

	find_names(grouped, names);
	for (size_t i = 0; i < grouped->count && !error; i++) {
		const char *name = name_of(grouped, i, names);

		if (strcmp(name, grouped->before[i]) != 0)
			error = change_group(request, grouped->ids[i], name);
	}
	return error;
}

/* Groups are the same everywhere, so is the share from which they count: that
 * of the nation's or the only highest region's policy. */
static enum error read_rule(
    struct request *request, struct kl_affiliation_rule *rule)
{
	const struct policy *policy;
	const char *region;
	enum error error = region_of(request, SERVICE_ORGANISATION, &region);

	if (error == ERR_NO_REGION)
		region = REGION_NATION;
	else if (error)
		return error;
	error = policy_in_force(request, region, &policy);
	*rule = (struct kl_affiliation_rule){ roll_today(request),
		(uint32_t)kl_policy_standard("entry.share_min_bp") };
	if (!error)
		rule->share_min_bp =
		    (uint32_t)policy_number(policy, "entry.share_min_bp");
	request->detail = NULL;
	return error == ERR_NO_POLICY ? ERR_OK : error;
}

enum error affiliation_regroup(struct request *request)
{
	struct kl_affiliation_rule rule;
	struct affiliation_graph graph = { 0 };
	struct grouped grouped = { 0 };
	enum error error = read_rule(request, &rule);

	act_by_itself(request);
	if (!error)
		error = act_direct(request);
	if (!error)
		error = affiliation_graph_read(
		    request, AFFILIATION_NOW, &rule, true, &graph);
	if (!error)
		error = read_grouped(request, &grouped, KL_GROUP_MAX);
	if (!error)
		error = error_of_lib(kl_group(&graph.sorted, grouped.ids,
		    grouped.count, grouped.memberships));
	if (!error)
		error = write_groups(request, &grouped);
	affiliation_graph_clear(&graph);
	return error;
}

enum error affiliation_regroup_for(
    struct request *request, const struct institution *institution)
{
	struct db_in id = db_text(institution->object.id);
	uint64_t count = 0;
	enum error error = act_direct(request);

	if (!error)
		error = db_row(request->db, &count_ties,
		    DB_IN(id, id, db_text(institution->declared_group)),
		    DB_OUT(db_to_u64(&count)));
	return error || count == 0 ? error : affiliation_regroup(request);
}

/* --- in words ------------------------------------------------------------- */

json_t *affiliation_path_json(const struct request *request,
    const struct affiliation_graph *graph,
    const struct kl_affiliation_path *path)
{
	bool english = request->language == LANGUAGE_EN;
	json_t *steps = json_array();

	for (size_t i = 0; i < path->count; i++) {
		size_t index = path->steps[i].index;
		const struct kl_affiliation *is = &graph->list[index];
		const struct kl_words *words = kl_affiliation_words(is->kind);

		json_array_append_new(steps,
		    json_pack("{s:s?, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:b}",
			"affiliation", graph->ids[index], "held", is->held,
			"held_name", graph->held_names[index], "holder",
			is->holder, "holder_name", graph->holder_names[index],
			"kind", words->code, "words",
			english ? words->english : words->chinese, "share_bp",
			(json_int_t)is->share_bp, "up", path->steps[i].up));
	}
	return steps;
}
