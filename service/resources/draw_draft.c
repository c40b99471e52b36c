/* draw_draft.c -- the draft roster of an attempt, first or again. */
#include "draw_private.h"
#include "kl_roster.h"
#include "kl_scope.h"
#include "notices.h"
#include "policies.h"
#include "route.h"

#include <inttypes.h>
#include <string.h>

static const struct db_statement select_holder = {
	"SELECT id FROM draw WHERE project_lock = ?",
};

/* A draft that was dropped was never declared, and is no attempt. */
static const struct db_statement select_last = {
	"SELECT id, attempt FROM draw WHERE project = ?"
	" AND declare_hash IS NOT NULL ORDER BY attempt DESC LIMIT 1",
};

static const struct db_statement count_of_notice = {
	"SELECT COUNT(*) FROM draw WHERE notice = ?",
};

static const struct db_statement select_newest_of_notice = {
	"SELECT id FROM draw WHERE notice = ?"
	" ORDER BY LENGTH(id) DESC, id DESC LIMIT 1",
};

static const struct db_statement select_entrants = {
	"SELECT entry, name, reason, evidence FROM draw_entrant"
	" WHERE draw = ? ORDER BY entry",
};

static const struct db_statement count_entrants = {
	"SELECT COUNT(*) FROM draw_entrant WHERE draw = ?",
};

static const struct act_table entrant_rows = {
	{ "INSERT INTO draw_entrant (draw, entry, name, reason, evidence)"
	  " VALUES (?, ?, ?, ?, ?)" },
	5,
	{ { 1, 2 } },
};

enum error draw_project_held(
    struct request *request, const char *project, bool *held)
{
	const char *id;
	enum error error = act_direct(request);

	if (!error)
		error = db_row(request->db, &select_holder,
		    DB_IN(db_text(project)), DB_OUT(db_to_text(&id)));
	if (error && error != ERR_NOT_FOUND)
		return error;
	*held = !error;
	return ERR_OK;
}

/* The attempt before it, and the number after that. */
static enum error count_attempt(struct request *request, struct draw *draw)
{
	uint64_t last = 0;
	enum error error =
	    db_row(request->db, &select_last, DB_IN(db_text(draw->project)),
		DB_OUT(db_to_text(&draw->previous), db_to_u64(&last)));

	if (error && error != ERR_NOT_FOUND)
		return error;
	draw->attempt = last + 1;
	return ERR_OK;
}

/* ZJ-… of the notice becomes D-…-<n>: its n-th draft. Unique in a log. */
static enum error name_it(
    struct request *request, const char *number, struct draw *draw)
{
	const char *rest = strchr(number, '-');
	uint64_t drafts = 0;
	enum error error = db_row(request->db, &count_of_notice,
	    DB_IN(db_text(draw->notice)), DB_OUT(db_to_u64(&drafts)));

	if (error)
		return error;
	draw->object.id = arena_format(
	    &request->arena, "D%s-%" PRIu64, rest ? rest : number, drafts + 1);
	return ERR_OK;
}

static enum error bind_policy(struct request *request, struct draw *draw)
{
	const struct policy *policy;
	const void *row;
	enum error error = act_find(request, &policy_kind, draw->policy, &row);

	if (error)
		return error;
	policy = row;
	draw->draft_until =
	    act_at(request) + policy_duration(policy, "draw.objection");
	draw->quorum = policy_number(policy, "draw.quorum");
	/* Without a beacon to go on would let the last one choose. */
	draw->withheld = "void";
	if (draw_has_beacon(draw)) {
		json_auto_t *withheld = policy_member(policy, "draw.withheld");

		draw->withheld =
		    arena_copy(&request->arena, json_string_value(withheld));
		draw->beacon_delay = policy_number(policy, "draw.delay_s");
	}
	return ERR_OK;
}

enum error draw_roster_write(const struct draw *draw,
    const struct entrant entrants[], size_t count, struct arena *arena,
    struct kl_buf *text, uint64_t *entries)
{
	struct kl_entry *list = arena_alloc(arena, count * sizeof(*list));
	struct kl_roster roster = { .draw = kl_span_of(draw->object.id),
		.entries = list };

	for (size_t i = 0; i < count; i++)
		if (!entrants[i].reason)
			list[roster.count++] =
			    (struct kl_entry){ kl_span_of(entrants[i].uscc),
				    1 };
	*entries = roster.count;
	return error_of_lib(kl_roster_write(&roster, text));
}

static enum error keep_entrants(struct request *request, const char *draw,
    const struct entrant entrants[], size_t count)
{
	enum error error = ERR_OK;

	for (size_t i = 0; !error && i < count; i++)
		error = act_insert(request, &entrant_rows,
		    DB_IN(db_text(draw), db_text(entrants[i].uscc),
			db_text(entrants[i].name), db_text(entrants[i].reason),
			db_text(entrants[i].evidence)));
	return error;
}

static enum error record(struct request *request, struct draw *draw,
    const struct entrant entrants[], size_t count)
{
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	enum error error = draw_roster_write(
	    draw, entrants, count, &request->arena, &text, &draw->entrants);

	if (error) {
		kl_buf_clear(&text);
		return error;
	}
	error = draw_say(request, draw, EVENT_DRAW_DRAFTED, "draft.txt", &text,
	    &draw->draft_hash);
	if (!error)
		error =
		    keep_entrants(request, draw->object.id, entrants, count);
	if (!error)
		error = act_due(
		    request, DUE_FREEZE, draw->object.id, 1, draw->draft_until);
	return error;
}

enum error draw_draft(struct request *request, const struct draw_terms *terms,
    const struct entrant entrants[], size_t count, const struct draw **drafted)
{
	struct draw *draw = kind_make(&draw_kind, &request->arena);
	bool held = false;
	enum error error = draw_project_held(request, terms->project, &held);

	if (error)
		return error;
	if (held)
		return request_fail(request, ERR_EXISTS,
		    "该项目已有进行中的抽取或有效的结果",
		    "the project has a draw under way or a result that stands",
		    NULL);
	draw->notice = terms->notice;
	draw->project = draw->project_lock = terms->project;
	draw->region = terms->region;
	draw->policy = terms->policy;
	draw->beacon = terms->beacon;
	draw->template = terms->template;
	draw->selected = terms->selected;
	draw->alternates = terms->alternates;
	error = count_attempt(request, draw);
	if (!error)
		error = name_it(request, terms->number, draw);
	if (!error)
		error = bind_policy(request, draw);
	if (!error)
		error = record(request, draw, entrants, count);
	if (!error && drafted)
		*drafted = draw;
	return error;
}

/* --- a new attempt, asked for by the owner -------------------------------- */

enum error draw_entrants_read(struct request *request, const char *draw,
    struct entrant **entrants, size_t *count)
{
	struct entrant row, *list;
	uint64_t expected = 0;
	size_t got = 0;
	enum error error = db_row(request->db, &count_entrants,
	    DB_IN(db_text(draw)), DB_OUT(db_to_u64(&expected)));

	if (error)
		return error;
	list = arena_alloc(&request->arena, (expected + 1) * sizeof(*list));
	db_query(request->db, &select_entrants, DB_IN(db_text(draw)),
	    DB_OUT(db_to_text(&row.uscc), db_to_text(&row.name),
		db_to_text(&row.reason), db_to_text(&row.evidence)));
	while (db_next(request->db))
		if (got < expected)
			list[got++] = row;
	*entrants = list;
	*count = got;
	return db_finish(request->db);
}

static enum error check_notice(
    struct request *request, const struct notice *notice)
{
	const void *policy;
	enum error error;

	/* Another's notice is as if there were none. */
	if (strcmp(notice->owner, request->caller.organisation) != 0)
		return ERR_NOT_FOUND;
	if (strcmp(notice->object.state, "judged") != 0)
		return request_fail(request, ERR_STATE, "当前状态:{0}",
		    "its state is {0}", notice->object.state, NULL);
	error = act_find(request, &policy_kind, notice->policy, &policy);
	if (error)
		return error;
	return notice_can_draw(request, notice, policy);
}

/* Whom the attempt before had, and whom it excluded, is where the next one
 * begins: the objection window is for what has changed. */
static enum error draft_again(
    struct request *request, const struct notice *notice)
{
	const struct draw_terms terms = notice_terms(notice);
	struct entrant *entrants = NULL;
	const struct draw *draw = NULL;
	const char *newest;
	size_t count = 0;
	enum error error = act_direct(request);

	if (!error)
		error = db_row(request->db, &select_newest_of_notice,
		    DB_IN(db_text(notice->object.id)),
		    DB_OUT(db_to_text(&newest)));
	if (!error)
		error = draw_entrants_read(request, newest, &entrants, &count);
	if (!error)
		error = draw_draft(request, &terms, entrants, count, &draw);
	if (error)
		return error;
	request->location =
	    arena_format(&request->arena, "/v1/draws/%s", draw->object.id);
	return request_reply(request, 201, kind_json(&draw_kind, draw, false));
}

static enum error create(struct request *request)
{
	const void *row;
	enum error error =
	    act_find(request, &notice_kind, request->params[0], &row);

	if (!error)
		error = check_notice(request, row);
	if (error)
		return error;
	return draft_again(request, row);
}

static const struct route routes[] = {
	{ "POST", "/v1/notices/{id}/draws", create, .class = ROUTE_ACT,
	    .scope = KL_SCOPE_DRAW, .step_up = true, .who = ROLE_OWNER,
	    .body_max = 1024, .output = &draw_kind,
	    .summary = "Draft a new attempt, after one that failed, was void "
		       "or annulled" },
	{ 0 },
};

static const struct db_statement *const writes[] = {
	&select_holder,
	&select_last,
	&count_of_notice,
	&select_newest_of_notice,
	&select_entrants,
	&count_entrants,
	&entrant_rows.insert,
	NULL,
};

const struct resource draw_draft_resource = {
	.routes = routes,
	.writes = writes,
};
