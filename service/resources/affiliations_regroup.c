/* affiliations_regroup.c -- the groups that affiliations make, anew. */
#include "affiliations.h"
#include "institutions.h"
#include "kl_group.h"
#include "list.h"
#include "policies.h"
#include "regions.h"
#include "roll.h"
#include "route.h"

#include <string.h>

/* What joins, if it counts: kl_affiliation_joins(). */
#define JOINS                                                                  \
	"a.state = 'confirmed' AND a.holder_is_state = 0 "                     \
	"AND a.kind <> 'office' "

/*
 * Whom affiliations lead to from two, whether they count today or not: all who
 * may be of a group with one of them, and nobody who is may be missing.
 */
#define SEED                                                                   \
	"SELECT CAST(? AS CHAR(64) CHARACTER SET utf8mb4) "                    \
	"COLLATE utf8mb4_nopad_bin "
#define REACHED                                                                \
	"WITH RECURSIVE reached (id) AS (" SEED "UNION " SEED                  \
	"UNION SELECT STRAIGHT_JOIN a.holder FROM reached r "                  \
	"JOIN affiliation a FORCE INDEX (by_held) ON a.held = r.id "           \
	"WHERE " JOINS "UNION SELECT STRAIGHT_JOIN a.held FROM reached r "     \
	"JOIN affiliation a FORCE INDEX (by_holder) ON a.holder = r.id "       \
	"WHERE " JOINS "UNION SELECT STRAIGHT_JOIN i.id FROM reached r "       \
	"JOIN institution own ON own.id = r.id "                               \
	"JOIN institution i FORCE INDEX (by_declared) "                        \
	"ON i.declared_group = own.declared_group) "

static const struct db_statement select_ties = {
	REACHED "SELECT STRAIGHT_JOIN a.held, a.holder, a.kind, a.share_bp, "
		"COALESCE(a.valid_from, ''), COALESCE(a.valid_until, '') "
		"FROM reached r JOIN affiliation a FORCE INDEX (by_held) "
		"ON a.held = r.id WHERE " JOINS,
};

#define GROUPED                                                                \
	"i.id, COALESCE(i.affiliation_group, ''), "                            \
	"COALESCE(i.declared_group, '') "
static const struct db_statement select_reached = {
	REACHED "SELECT STRAIGHT_JOIN " GROUPED
		"FROM reached r JOIN institution i ON i.id = r.id "
		"ORDER BY i.id",
};

/* Whoever is in a group, or may be. */
static const struct db_statement select_all = {
	"SELECT " GROUPED "FROM institution i "
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

/* --- who is looked at ----------------------------------------------------- */

struct looked_at {
	const char *id, *before, *declared;
};

struct grouped {
	struct kl_buf rows; /* of struct looked_at */
	const char **ids, **names;
	struct kl_membership *memberships;
	size_t count;
};
#define GROUPED_NONE                                                           \
	{                                                                      \
		.rows = KL_BUF(KL_GROUP_MAX * sizeof(struct looked_at))        \
	}

static const struct looked_at *row_of(
    const struct grouped *grouped, size_t index)
{
	return (const struct looked_at *)grouped->rows.data + index;
}

/* After the query. */
static enum error read_grouped(
    struct request *request, struct looked_at *row, struct grouped *grouped)
{
	struct arena *arena = &request->arena;
	size_t size;
	enum error error;

	while (db_next(request->db))
		kl_buf_add(&grouped->rows, row, sizeof(*row));
	error = db_finish(request->db);
	if (!error)
		error = error_of_lib(kl_buf_result(&grouped->rows));
	if (error)
		return error;
	grouped->count = grouped->rows.size / sizeof(*row);
	size = (grouped->count + 1) * sizeof(char *);
	grouped->ids = arena_alloc(arena, size);
	grouped->names = arena_alloc(arena, size);
	grouped->memberships = arena_alloc(
	    arena, (grouped->count + 1) * sizeof(*grouped->memberships));
	for (size_t i = 0; i < grouped->count; i++)
		grouped->ids[i] = row_of(grouped, i)->id;
	return ERR_OK;
}

/* --- what they are called ------------------------------------------------- */

/* By the index of each representative: the name that the operator gave, of
 * several the first. */
static void find_names(struct grouped *grouped)
{
	for (size_t i = 0; i < grouped->count; i++)
		grouped->names[i] = "";
	for (size_t i = 0; i < grouped->count; i++) {
		const char *declared = row_of(grouped, i)->declared;
		const char **name =
		    &grouped->names[grouped->memberships[i].representative];

		if (*declared && (!**name || strcmp(declared, *name) < 0))
			*name = declared;
	}
}

/* That, or its first member; "" for none. */
static const char *name_of(const struct grouped *grouped, size_t index)
{
	size_t representative = grouped->memberships[index].representative;

	if (*grouped->names[representative])
		return grouped->names[representative];
	return grouped->memberships[index].count > 1
		   ? grouped->ids[representative]
		   : "";
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

static enum error write_groups(struct request *request,
    const struct kl_affiliations *affiliations, struct grouped *grouped)
{
	enum error error = error_of_lib(kl_group(
	    affiliations, grouped->ids, grouped->count, grouped->memberships));

	if (error)
		return error;
	find_names(grouped);
	for (size_t i = 0; i < grouped->count && !error; i++) {
		const char *name = name_of(grouped, i);

		if (strcmp(name, row_of(grouped, i)->before) != 0)
			error = change_group(request, grouped->ids[i], name);
	}
	return error;
}

/* --- of all --------------------------------------------------------------- */

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

static enum error begin(
    struct request *request, struct kl_affiliation_rule *rule)
{
	enum error error = read_rule(request, rule);

	act_by_itself(request);
	return error ? error : act_direct(request);
}

enum error affiliation_regroup_all(struct request *request)
{
	struct kl_affiliation_rule rule;
	struct affiliation_graph graph = { 0 };
	struct grouped grouped = GROUPED_NONE;
	struct looked_at row;
	enum error error = begin(request, &rule);

	if (!error)
		error = affiliation_graph_read(
		    request, AFFILIATION_NOW, &rule, true, &graph);
	if (!error) {
		db_query(request->db, &select_all, DB_NO_IN,
		    DB_OUT(db_to_text(&row.id), db_to_text(&row.before),
			db_to_text(&row.declared)));
		error = read_grouped(request, &row, &grouped);
	}
	if (!error)
		error = write_groups(request, &graph.sorted, &grouped);
	affiliation_graph_clear(&graph);
	kl_buf_clear(&grouped.rows);
	return error;
}

/* --- of some -------------------------------------------------------------- */

static enum error read_ties(struct request *request, const char *one,
    const char *other, struct kl_buf *ties)
{
	struct kl_affiliation tie = { .holder_is_state = false };
	const char *kind, *from, *until;
	uint64_t share;
	enum error error;

	db_query(request->db, &select_ties, DB_IN(db_text(one), db_text(other)),
	    DB_OUT(db_to_text(&tie.held), db_to_text(&tie.holder),
		db_to_text(&kind), db_to_u64(&share), db_to_text(&from),
		db_to_text(&until)));
	while (db_next(request->db)) {
		affiliation_set(&tie, kind, share, from, until);
		kl_buf_add(ties, &tie, sizeof(tie));
	}
	error = db_finish(request->db);
	return error ? error : error_of_lib(kl_buf_result(ties));
}

/* Each is held by the group that it was declared to be of. */
static enum error add_declared(
    struct request *request, const struct grouped *grouped, struct kl_buf *ties)
{
	struct kl_affiliation tie = { .kind = KL_BY_CONTROLLER,
		.period = { KL_PERIOD_EVER, KL_PERIOD_OPEN } };

	for (size_t i = 0; i < grouped->count; i++) {
		const struct looked_at *row = row_of(grouped, i);

		if (!*row->declared)
			continue;
		tie.held = row->id;
		tie.holder = arena_format(
		    &request->arena, AFFILIATION_DECLARED "%s", row->declared);
		kl_buf_add(ties, &tie, sizeof(tie));
	}
	return error_of_lib(kl_buf_result(ties));
}

enum error affiliation_regroup(
    struct request *request, const char *one, const char *other)
{
	struct kl_affiliation_rule rule;
	struct kl_affiliations sorted = { 0 };
	struct kl_buf ties =
	    KL_BUF(KL_AFFILIATIONS_MAX * sizeof(struct kl_affiliation));
	struct grouped grouped = GROUPED_NONE;
	struct looked_at row;
	enum error error = begin(request, &rule);

	if (!error)
		error = read_ties(request, one, other, &ties);
	if (!error) {
		db_query(request->db, &select_reached,
		    DB_IN(db_text(one), db_text(other)),
		    DB_OUT(db_to_text(&row.id), db_to_text(&row.before),
			db_to_text(&row.declared)));
		error = read_grouped(request, &row, &grouped);
	}
	if (!error)
		error = add_declared(request, &grouped, &ties);
	if (!error)
		error = error_of_lib(kl_affiliations_make(
		    (const struct kl_affiliation *)ties.data,
		    ties.size / sizeof(struct kl_affiliation), &rule, &sorted));
	if (!error)
		error = write_groups(request, &sorted, &grouped);
	kl_affiliations_clear(&sorted);
	kl_buf_clear(&ties);
	kl_buf_clear(&grouped.rows);
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
	return error || count == 0
		   ? error
		   : affiliation_regroup(request, institution->object.id,
			 institution->object.id);
}

static const struct db_statement *const writes[] = { &select_ties,
	&select_reached, &select_all, &count_ties, NULL };

const struct resource affiliations_regroup_resource = { .writes = writes };
