/* affiliations_group.c -- the affiliations that count as one graph. */
#include "affiliations.h"
#include "roll.h"

#include <string.h>

enum { FIRST = 64 };

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

void affiliation_set(struct kl_affiliation *affiliation, const char *kind,
    uint64_t share, const char *from, const char *until)
{
	affiliation->kind = kind_named(kind);
	affiliation->share_bp = (uint32_t)share;
	affiliation->period =
	    (struct kl_period){ KL_PERIOD_EVER, KL_PERIOD_OPEN };
	(void)roll_day_is(from, &affiliation->period.from);
	(void)roll_day_is(until, &affiliation->period.until);
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
		affiliation_set(&row.is, kind, share, from, until);
		row.is.holder_is_state = state != 0;
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
		row.is.holder = arena_format(
		    &request->arena, AFFILIATION_DECLARED "%s", group);
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
