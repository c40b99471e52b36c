/* signups_judge.c -- who of those who signed up may be drawn. */
#include "institutions.h"
#include "kl_canon.h"
#include "kl_eligible.h"
#include "organisations.h"
#include "signups.h"

#include <string.h>

enum { FACTS_MAX = 4096, FIRST = 64, WEEK = 7, WORKWEEK = 5 };

/* A sign-up and what the roll says about it. */
struct candidate {
	const char *id, *institution, *institution_state, *group;
	const char *listing, *deadline_unit; /* NULL without a live listing */
	uint64_t listing_count, promised_days, fee_min_fen, fee_max_fen;
	uint64_t event_index;
};

struct candidates {
	struct candidate *list;
	size_t count, capacity;
};

/* In order of sign-up: the order of the log. */
static const struct db_statement select_candidates = {
	"SELECT s.id, s.institution, i.state, i.affiliation_group, l.id, "
	"l.deadline_unit, (SELECT COUNT(*) FROM listing w "
	"WHERE w.institution = s.institution AND w.category = ?), "
	"COALESCE(l.promised_days, 0), COALESCE(l.fee_min_fen, 0), "
	"COALESCE(l.fee_max_fen, 0), s.event_index "
	"FROM signup s JOIN institution i ON i.id = s.institution "
	"LEFT JOIN listing l ON l.institution = s.institution "
	"AND l.category = ? AND l.live = 1 "
	"WHERE s.notice = ? AND s.state = 'signed' ORDER BY s.event_index",
};
static const struct db_statement select_entrants = {
	"SELECT institution, name, reason, evidence FROM signup "
	"WHERE notice = ? AND state IN ('included', 'excluded') "
	"ORDER BY institution",
};

const struct db_statement *const signup_writes[] = {
	&select_candidates,
	&select_entrants,
	NULL,
};

static void add(struct request *request, struct candidates *candidates,
    const struct candidate *candidate)
{
	size_t size = sizeof(*candidates->list);

	if (candidates->count == candidates->capacity) {
		size_t more =
		    candidates->capacity ? 2 * candidates->capacity : FIRST;
		struct candidate *list =
		    arena_alloc(&request->arena, more * size);

		if (candidates->count > 0)
			memcpy(
			    list, candidates->list, candidates->count * size);
		candidates->list = list;
		candidates->capacity = more;
	}
	candidates->list[candidates->count++] = *candidate;
}

static enum error gather(struct request *request, const struct notice *notice,
    struct candidates *candidates)
{
	struct candidate c = { 0 };
	enum error error = act_direct(request);

	if (error)
		return error;
	db_query(request->db, &select_candidates,
	    DB_IN(db_text(notice->category), db_text(notice->category),
		db_text(notice->object.id)),
	    DB_OUT(db_to_text(&c.id), db_to_text(&c.institution),
		db_to_text(&c.institution_state), db_to_text(&c.group),
		db_to_text(&c.listing), db_to_text(&c.deadline_unit),
		db_to_u64(&c.listing_count), db_to_u64(&c.promised_days),
		db_to_u64(&c.fee_min_fen), db_to_u64(&c.fee_max_fen),
		db_to_u64(&c.event_index)));
	while (db_next(request->db))
		add(request, candidates, &c);
	return db_finish(request->db);
}

/* --- judging -------------------------------------------------------------- */

/*
 * Days of the listing as days of the notice. Without a calendar a working day
 * counts as 7/5 days, and a day, which is never longer, as a working day.
 */
static int64_t days_of(
    const struct notice *notice, const struct candidate *candidate)
{
	int64_t days = (int64_t)candidate->promised_days;

	if (!candidate->deadline_unit ||
	    strcmp(candidate->deadline_unit, "workday") != 0 ||
	    strcmp(notice->deadline_unit, "day") != 0)
		return days;
	return (days * WEEK + WORKWEEK - 1) / WORKWEEK;
}

static enum kl_listing_state listing_of(const struct candidate *candidate)
{
	if (candidate->listing)
		return KL_LISTING_OPEN;
	return candidate->listing_count > 0 ? KL_LISTING_WITHDRAWN
					    : KL_LISTING_NONE;
}

/* An owner that is an institution itself belongs together with itself. */
static enum error owner_group(
    struct request *request, const struct notice *notice, const char **group)
{
	const void *found;
	enum error error =
	    act_find(request, &organisation_kind, notice->owner, &found);

	if (error)
		return error;
	*group = ((const struct organisation *)found)->affiliation_group;
	if (!*group)
		*group = notice->owner;
	return ERR_OK;
}

static enum error judge(struct request *request, const struct notice *notice,
    const struct candidates *candidates, struct kl_verdict *verdicts,
    const char *group)
{
	struct kl_terms terms = {
		.days_max = (int64_t)notice->days_max,
		.amount_max_fen = (int64_t)notice->amount_max_fen,
		.owner_group = group,
	};
	struct kl_entrant *entrants =
	    arena_alloc(&request->arena, candidates->count * sizeof(*entrants));

	for (size_t i = 0; i < candidates->count; i++) {
		const struct candidate *c = &candidates->list[i];
		bool self = strcmp(c->institution, notice->owner) == 0;

		entrants[i] = (struct kl_entrant){
			.affiliation_group = self ? group : c->group,
			.active = strcmp(c->institution_state, "active") == 0,
			.listing = listing_of(c),
			.promised_days = days_of(notice, c),
			.fee_min_fen = (int64_t)c->fee_min_fen,
			.fee_max_fen = (int64_t)c->fee_max_fen,
		};
	}
	return error_of_lib(
	    kl_eligible(&terms, entrants, candidates->count, verdicts));
}

/* --- recording ------------------------------------------------------------ */

static json_t *facts_of(const struct notice *notice,
    const struct candidates *candidates, size_t i,
    const struct kl_verdict *verdict, const char *group)
{
	const struct candidate *c = &candidates->list[i];
	bool affiliated = verdict->eligibility == KL_INELIGIBLE_AFFILIATED;
	const char *other =
	    affiliated ? candidates->list[verdict->affiliated_with].institution
		       : NULL;

	return json_pack("{s:s, s:s, s:s?, s:s, s:s?, s:s?, s:I, s:s?, s:I, "
			 "s:I, s:s, s:s?, s:I}",
	    "notice", notice->object.id, "institution", c->institution,
	    "reason", kl_eligibility_code(verdict->eligibility),
	    "institution_state", c->institution_state, "affiliation_group",
	    c->group, "listing", c->listing, "promised_days",
	    (json_int_t)c->promised_days, "deadline_unit", c->deadline_unit,
	    "fee_min_fen", (json_int_t)c->fee_min_fen, "fee_max_fen",
	    (json_int_t)c->fee_max_fen, "owner_group", group, "affiliated_with",
	    other, "signed_index", (json_int_t)c->event_index);
}

/* Takes `facts` over. */
static enum error set_facts(
    struct request *request, struct signup *signup, json_t *facts)
{
	json_auto_t *owned = facts;
	struct kl_buf text = KL_BUF(FACTS_MAX);
	enum error error = error_of_lib(kl_canon_write(&text, owned));
	struct kl_hash hash = kl_hash_of(text.data, text.size);
	char *evidence = arena_alloc(&request->arena, KL_HASH_HEX);

	kl_hash_hex(&hash, evidence);
	signup->evidence = evidence;
	signup->facts =
	    arena_text(&request->arena, (const char *)text.data, text.size);
	kl_buf_clear(&text);
	return error;
}

static enum error record(struct request *request, const struct candidate *c,
    const struct kl_verdict *verdict, json_t *facts)
{
	bool may = verdict->eligibility == KL_ELIGIBLE;
	const void *found;
	struct signup *signup;
	enum error error = act_find(request, &signup_kind, c->id, &found);

	if (error) {
		json_decref(facts);
		return error;
	}
	signup = kind_copy(&signup_kind, found, &request->arena);
	signup->reason = kl_eligibility_code(verdict->eligibility);
	error = set_facts(request, signup, facts);
	if (error)
		return error;
	return act_change(request, &signup_kind, signup,
	    may ? EVENT_SIGNUP_INCLUDED : EVENT_SIGNUP_EXCLUDED, NULL, NULL);
}

enum error signup_judge(struct request *request, const struct notice *notice)
{
	struct candidates candidates = { 0 };
	struct kl_verdict *verdicts;
	const char *group = NULL;
	enum error error = signup_load(request, notice->object.id);

	if (!error)
		error = owner_group(request, notice, &group);
	if (!error)
		error = gather(request, notice, &candidates);
	if (error || candidates.count == 0)
		return error;
	verdicts =
	    arena_alloc(&request->arena, candidates.count * sizeof(*verdicts));
	error = judge(request, notice, &candidates, verdicts, group);
	for (size_t i = 0; i < candidates.count && !error; i++)
		error = record(request, &candidates.list[i], &verdicts[i],
		    facts_of(notice, &candidates, i, &verdicts[i], group));
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
