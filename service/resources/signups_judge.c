/* signups_judge.c -- who of those who signed up may be drawn. */
#include "affiliations.h"
#include "kl_canon.h"
#include "kl_date.h"
#include "kl_eligible.h"
#include "listings.h"
#include "organisations.h"
#include "policies.h"
#include "regions.h"
#include "signups.h"

#include <stdlib.h>
#include <string.h>

enum { FACTS_MAX = 16384, FIRST = 64, PATH_SHOWN_MAX = 32 };

/* A sign-up, and what the roll said about it when the notice was closed. */
struct candidate {
	struct signup signup;
	const char *institution_state, *group;
	const char *group_taken_by;          /* an institution, or NULL */
	const char *listing, *deadline_unit; /* NULL without a live listing */
	uint64_t had_listing;
	uint64_t versions;                 /* of the listing, all in all */
	struct listing_terms terms;        /* of the one that binds */
	const char *tied_reason, *tied_to; /* NULL: it is decoupled */
	json_t *tied_path;                 /* borrowed from candidates.paths */
	json_t *lacks;                     /* likewise; NULL: nothing */
};

struct candidates {
	struct candidate *list;
	size_t count;
	uint64_t next; /* log index of the first that is left, or 0 */
	json_t *paths; /* of those that are tied, and what others lack */
};

/* The roll may change while pieces are judged. The log tells what it was at
 * the close, n.event_index: of a row changed since then, look there. Each event
 * of an institution tells all of it. */
#define AT_CLOSE(member)                                                       \
	"IF(i.event_index < n.event_index, i." member ", "                     \
	"(SELECT JSON_VALUE(CONVERT(e.bytes USING utf8mb4) "                   \
	"COLLATE utf8mb4_nopad_bin, '$.data." member "') FROM log_entry e "    \
	"WHERE e.subject = i.id AND e.idx < n.event_index "                    \
	"AND e.kind LIKE 'institution.%' ORDER BY e.idx DESC LIMIT 1)) "
#define STATE_AT_CLOSE AT_CLOSE("state")
#define GROUP_AT_CLOSE AT_CLOSE("affiliation_group")
/* The parameter is JSON: the region of the notice and those above it. Who
 * serves one of these serves the notice's. */
#define IS_OF_NOTICE(row)                                                      \
	row ".institution = s.institution AND " row ".category = n.category "  \
	    "AND (" row ".regions IS NULL OR JSON_OVERLAPS(" row               \
	    ".regions, ?)) "
#define WAS_PUBLISHED(row)                                                     \
	"EXISTS (SELECT 1 FROM log_entry e WHERE e.subject = " row ".id "      \
	"AND e.kind = 'listing.published' AND e.idx < n.event_index) "
#define HAD_LISTING                                                            \
	"EXISTS (SELECT 1 FROM listing w WHERE " IS_OF_NOTICE(                 \
	    "w") "AND (w.version > 0 AND (w.event_index < n.event_index "      \
		 "OR " WAS_PUBLISHED("w") ")))"
#define LISTING_STATE                                                          \
	"IF(l.event_index < n.event_index, l.state, (SELECT "                  \
	"JSON_VALUE(CONVERT(e.bytes USING utf8mb4), '$.data.state') "          \
	"COLLATE utf8mb4_nopad_bin "                                           \
	"FROM log_entry e WHERE e.subject = l.id AND e.idx < n.event_index "   \
	"ORDER BY e.idx DESC LIMIT 1)) "
#define HAS_LISTING IS_OF_NOTICE("l") "AND " LISTING_STATE "= 'published' "

/* In order of sign-up: the order of the log. */
static const struct db_statement select_candidates = {
	"SELECT s.id, s.state, s.seq, s.event_index, s.institution, s.name, "
	"s.signed_at, " STATE_AT_CLOSE ", " GROUP_AT_CLOSE ", "
	"g.institution, l.id, l.deadline_unit, " HAD_LISTING ", "
	"COALESCE(l.version, 0), COALESCE(l.promised_days, 0), "
	"COALESCE(l.fee_min_fen, 0), COALESCE(l.fee_max_fen, 0) "
	"FROM notice n JOIN signup s FORCE INDEX (by_turn) "
	"ON s.notice = n.id AND s.state = 'signed' "
	"JOIN institution i ON i.id = s.institution "
	"LEFT JOIN signup_group g ON g.notice = n.id "
	"AND g.affiliation_group = " GROUP_AT_CLOSE
	"LEFT JOIN listing l ON " HAS_LISTING
	"WHERE n.id = ? ORDER BY s.event_index LIMIT ?",
};
/* The group of an owner that is an institution, or whose declared group
 * institutions were admitted with, by the name that it has by now. */
static const struct db_statement select_owner_group = {
	"SELECT " GROUP_AT_CLOSE "FROM notice n JOIN institution i "
	"ON i.id = n.owner OR i.declared_group = ? WHERE n.id = ? "
	"ORDER BY i.id = n.owner DESC, i.id LIMIT 1",
};
static const struct db_statement select_entrants = {
	"SELECT institution, name, reason, evidence FROM signup "
	"WHERE notice = ? AND state IN ('included', 'excluded') "
	"ORDER BY institution",
};
static const struct db_statement select_published = {
	"SELECT idx FROM log_entry FORCE INDEX (by_subject) "
	"WHERE subject = ? AND kind = 'notice.published' LIMIT 1",
};
static const struct act_table group_rows = {
	{ "INSERT INTO signup_group (notice, affiliation_group, institution)"
	  " VALUES (?, ?, ?)" },
	3,
	{ { 1, 2 } },
};

const struct db_statement *const signup_writes[] = {
	&select_candidates,
	&select_owner_group,
	&select_entrants,
	&select_published,
	&group_rows.insert,
	NULL,
};

static bool is_workday(const char *unit)
{
	return unit && strcmp(unit, "workday") == 0;
}

/* The region of the notice and those above it, as JSON. */
static enum error regions_of(
    struct request *request, const struct notice *notice, const char **regions)
{
	json_auto_t *list = json_array();
	struct region_chain chain;
	enum error error = region_chain(request, notice->region, &chain);
	char *text;

	for (size_t i = 0; i < chain.count && !error; i++)
		json_array_append_new(list, json_string(chain.ids[i]));
	if (error)
		return error;
	text = json_dumps(list, JSON_COMPACT);
	*regions = arena_copy(&request->arena, text);
	free(text);
	return *regions ? ERR_OK : ERR_INTERNAL;
}

static enum error gather(struct request *request, const struct notice *notice,
    uint64_t most, struct candidates *candidates)
{
	struct candidate c = { .signup.notice = notice->object.id };
	struct signup *s = &c.signup;
	const char *regions = NULL;
	uint64_t days;
	enum error error = act_direct(request);

	if (!error)
		error = regions_of(request, notice, &regions);
	if (error)
		return error;
	candidates->list = arena_alloc(&request->arena, (most + 1) * sizeof(c));
	db_query(request->db, &select_candidates,
	    DB_IN(db_text(regions), db_text(regions),
		db_text(notice->object.id), db_u64(most + 1)),
	    DB_OUT(db_to_text(&s->object.id), db_to_text(&s->object.state),
		db_to_u64(&s->object.seq), db_to_u64(&s->object.event_index),
		db_to_text(&s->institution), db_to_text(&s->name),
		db_to_time(&s->signed_at), db_to_text(&c.institution_state),
		db_to_text(&c.group), db_to_text(&c.group_taken_by),
		db_to_text(&c.listing), db_to_text(&c.deadline_unit),
		db_to_u64(&c.had_listing), db_to_u64(&c.versions),
		db_to_u64(&days), db_to_u64(&c.terms.fee_min_fen),
		db_to_u64(&c.terms.fee_max_fen)));
	while (db_next(request->db)) {
		c.terms.version = c.versions;
		c.terms.promised = (struct kl_days){ (int64_t)days,
			is_workday(c.deadline_unit) };
		if (candidates->count == most)
			candidates->next = s->object.event_index;
		else
			candidates->list[candidates->count++] = c;
	}
	return db_finish(request->db);
}

/* --- judging -------------------------------------------------------------- */

static enum kl_listing_state listing_of(const struct candidate *candidate)
{
	if (candidate->listing)
		return KL_LISTING_OPEN;
	return candidate->had_listing ? KL_LISTING_WITHDRAWN : KL_LISTING_NONE;
}

/* An owner that is an institution itself belongs together with itself. */
static enum error owner_group(
    struct request *request, const struct notice *notice, const char **group)
{
	const char *declared = NULL, *computed = NULL;
	enum error error =
	    organisation_group(request, notice->owner, &declared);

	if (!error)
		error = act_direct(request);
	if (!error)
		error = db_row(request->db, &select_owner_group,
		    DB_IN(db_text(declared), db_text(notice->object.id)),
		    DB_OUT(db_to_text(&computed)));
	if (error == ERR_NOT_FOUND)
		error = ERR_OK;
	*group = computed ? computed : declared ? declared : notice->owner;
	return error;
}

/* --- decoupled ------------------------------------------------------------ */

/* Affiliations that tie it, from the institution to the authority. */
static json_t *path_ids(const struct affiliation_graph *graph,
    const struct kl_affiliation_path *path)
{
	json_t *ids = json_array();

	for (size_t i = 0; i < path->count && i < PATH_SHOWN_MAX; i++)
		json_array_append_new(
		    ids, json_string(graph->ids[path->steps[i].index]));
	return ids;
}

static enum error find_tie(const struct affiliation_graph *graph,
    const char *const authorities[], size_t count, struct candidate *candidate,
    json_t *paths)
{
	struct kl_tied tied = { 0 };
	const struct kl_words *words;
	enum error error = error_of_lib(kl_tied(&graph->sorted,
	    candidate->signup.institution, authorities, count, &tied));

	if (error)
		return error;
	words = kl_tied_words(tied.reason);
	if (words) {
		candidate->tied_reason = words->code;
		candidate->tied_to = authorities[tied.authority];
		candidate->tied_path = path_ids(graph, &tied.path);
		json_array_append_new(paths, candidate->tied_path);
	}
	kl_tied_clear(&tied);
	return ERR_OK;
}

/* By who approved and who stood behind whom when the notice was closed. */
static enum error find_ties(struct request *request,
    const struct notice *notice, struct candidates *candidates)
{
	struct kl_affiliation_rule rule = {
		.day = kl_date_of(notice->signup_close),
	};
	struct affiliation_graph graph = { 0 };
	const char **authorities;
	const void *policy;
	size_t count = 0;
	uint64_t close = notice->object.event_index;
	enum error error =
	    act_find(request, &policy_kind, notice->policy, &policy);

	if (!error)
		error = act_direct(request);
	if (!error)
		error = affiliation_authorities(
		    request, notice->category, close, &authorities, &count);
	if (error || count == 0)
		return error;
	rule.share_min_bp =
	    (uint32_t)policy_number(policy, "entry.share_min_bp");
	error = affiliation_graph_read(request, close, &rule, false, &graph);
	for (size_t i = 0; i < candidates->count && !error; i++)
		error = find_tie(&graph, authorities, count,
		    &candidates->list[i], candidates->paths);
	affiliation_graph_clear(&graph);
	return error;
}

static enum error judge(struct request *request, const struct notice *notice,
    const struct candidates *candidates, struct kl_verdict *verdicts,
    const char *group)
{
	struct kl_terms terms = {
		.days_max = { (int64_t)notice->days_max,
		    is_workday(notice->deadline_unit) },
		.amount_max_fen = (int64_t)notice->amount_max_fen,
		.owner_group = group,
	};
	struct kl_entrant *entrants =
	    arena_alloc(&request->arena, candidates->count * sizeof(*entrants));

	for (size_t i = 0; i < candidates->count; i++) {
		const struct candidate *c = &candidates->list[i];
		bool self = strcmp(c->signup.institution, notice->owner) == 0;

		entrants[i] = (struct kl_entrant){
			.affiliation_group = self ? group : c->group,
			.group_taken = c->group_taken_by != NULL,
			.active = strcmp(c->institution_state, "active") == 0,
			.tied = c->tied_reason != NULL,
			.unqualified = c->lacks != NULL,
			.listing = listing_of(c),
			.promised = c->terms.promised,
			.fee_min_fen = (int64_t)c->terms.fee_min_fen,
			.fee_max_fen = (int64_t)c->terms.fee_max_fen,
		};
	}
	return error_of_lib(
	    kl_eligible(&terms, entrants, candidates->count, verdicts));
}

/* --- recording ------------------------------------------------------------ */

static const char *who_stays(const struct candidates *candidates, size_t i,
    const struct kl_verdict *verdict)
{
	if (verdict->eligibility != KL_INELIGIBLE_AFFILIATED)
		return NULL;
	if (verdict->affiliated_with == candidates->count)
		return candidates->list[i].group_taken_by;
	return candidates->list[verdict->affiliated_with].signup.institution;
}

static json_t *facts_of(const struct notice *notice, const struct candidate *c,
    const char *reason, const char *affiliated_with, const char *group)
{
	const char *unit = c->terms.promised.workdays ? "workday" : "day";

	return json_pack("{s:s, s:s, s:s?, s:s, s:s?, s:s?, s:I, s:I, s:s?, "
			 "s:I, s:I, s:s, s:s?, s:s?, s:s?, s:O?, s:O?, s:I}",
	    "notice", notice->object.id, "institution", c->signup.institution,
	    "reason", reason, "institution_state", c->institution_state,
	    "affiliation_group", c->group, "listing", c->listing,
	    "listing_version", (json_int_t)c->terms.version, "promised_days",
	    (json_int_t)c->terms.promised.count, "deadline_unit",
	    c->listing ? unit : NULL, "fee_min_fen",
	    (json_int_t)c->terms.fee_min_fen, "fee_max_fen",
	    (json_int_t)c->terms.fee_max_fen, "owner_group", group,
	    "affiliated_with", affiliated_with, "tied_reason", c->tied_reason,
	    "tied_to", c->tied_to, "tied_path", c->tied_path, "lacks", c->lacks,
	    "signed_index", (json_int_t)c->signup.object.event_index);
}

/* Takes `facts` over. */
static enum error set_facts(
    struct request *request, struct signup *signup, json_t *facts)
{
	json_auto_t *owned = facts;
	struct kl_buf text = KL_BUF(FACTS_MAX);
	enum error error = error_of_lib(kl_canon_write(&text, owned));
	struct kl_hash hash = kl_hash_of(text.data, text.size);

	signup->evidence =
	    arena_hex(&request->arena, hash.bytes, sizeof(hash.bytes));
	signup->facts =
	    arena_text(&request->arena, (const char *)text.data, text.size);
	kl_buf_clear(&text);
	return error;
}

static enum error take_group(
    struct request *request, const struct candidate *candidate)
{
	if (!candidate->group)
		return ERR_OK;
	return act_insert(request, &group_rows,
	    DB_IN(db_text(candidate->signup.notice), db_text(candidate->group),
		db_text(candidate->signup.institution)));
}

static enum error record(struct request *request, struct candidate *candidate,
    const char *reason, json_t *facts)
{
	struct signup *signup = &candidate->signup;
	enum error error = set_facts(request, signup, facts);

	signup->reason = reason;
	if (!error && !reason)
		error = take_group(request, candidate);
	if (error)
		return error;
	return act_change(request, &signup_kind, signup,
	    reason ? EVENT_SIGNUP_EXCLUDED : EVENT_SIGNUP_INCLUDED, NULL, NULL);
}

/* Of listings that were revised, the version that binds for the notice. */
static enum error bind(struct request *request, const struct notice *notice,
    struct candidates *candidates)
{
	uint64_t published = 0;
	enum error error = ERR_OK;

	for (size_t i = 0; i < candidates->count && !error; i++) {
		struct candidate *c = &candidates->list[i];

		if (c->versions < 2)
			continue;
		if (published == 0)
			error = db_row(request->db, &select_published,
			    DB_IN(db_text(notice->object.id)),
			    DB_OUT(db_to_u64(&published)));
		if (!error)
			error = listing_binding(request, c->listing, published,
			    notice->object.event_index, &c->terms);
	}
	return error;
}

/* --- qualified ------------------------------------------------------------ */

static enum error find_lacks(struct request *request,
    const struct notice *notice, struct candidates *candidates)
{
	const size_t count = candidates->count;
	struct candidate *list = candidates->list;
	struct asked *asked = NULL;
	uint64_t *indexes;
	json_t **lacks;
	enum error error =
	    signup_asked(request, notice, candidates->paths, &asked);

	if (error || !asked || count == 0)
		return error;
	indexes = arena_alloc(&request->arena, count * sizeof(*indexes));
	lacks = arena_alloc(&request->arena, count * sizeof(*lacks));
	for (size_t i = 0; i < count; i++)
		indexes[i] = list[i].signup.object.event_index;
	error = signup_lacks(request, asked, indexes, count, lacks);
	for (size_t i = 0; i < count; i++) {
		list[i].lacks = lacks[i];
		if (lacks[i])
			json_array_append_new(candidates->paths, lacks[i]);
	}
	return error;
}

enum error signup_judge(struct request *request, const struct notice *notice,
    uint64_t most, uint64_t *next)
{
	json_auto_t *paths = json_array();
	struct candidates all = { .paths = paths };
	struct kl_verdict *verdicts;
	const char *group = NULL;
	enum error error = owner_group(request, notice, &group);

	if (!error)
		error = gather(request, notice, most, &all);
	if (!error)
		error = bind(request, notice, &all);
	if (!error)
		error = find_ties(request, notice, &all);
	if (!error)
		error = find_lacks(request, notice, &all);
	if (error)
		return error;
	*next = all.next;
	if (all.count == 0)
		return ERR_OK;
	verdicts = arena_alloc(&request->arena, all.count * sizeof(*verdicts));
	error = judge(request, notice, &all, verdicts, group);
	for (size_t i = 0; i < all.count && !error; i++) {
		struct candidate *c = &all.list[i];
		const char *reason =
		    kl_eligibility_code(verdicts[i].eligibility);

		error = record(request, c, reason,
		    facts_of(notice, c, reason,
			who_stays(&all, i, &verdicts[i]), group));
	}
	return error;
}

/* --- the roster ----------------------------------------------------------- */

enum error signup_entrants(struct request *request, const char *notice,
    struct entrant **entrants, size_t *count, uint64_t *included)
{
	size_t capacity = 0, size = sizeof(**entrants);
	struct entrant *list = NULL, e = { 0 };
	enum error error = act_direct(request);

	if (error)
		return error;
	*count = 0;
	*included = 0;
	db_query(request->db, &select_entrants, DB_IN(db_text(notice)),
	    DB_OUT(db_to_text(&e.uscc), db_to_text(&e.name),
		db_to_text(&e.reason), db_to_text(&e.evidence)));
	while (db_next(request->db)) {
		if (*count == capacity) {
			struct entrant *before = list;

			capacity = capacity ? 2 * capacity : FIRST;
			list = arena_alloc(&request->arena, capacity * size);
			if (before)
				memcpy(list, before, *count * size);
		}
		list[(*count)++] = e;
		*included += e.reason == NULL;
	}
	*entrants = list;
	return db_finish(request->db);
}
