/* draws.c -- the draws as anybody reads them. */
#include "clock.h"
#include "draw_private.h"
#include "list.h"
#include "route.h"

/* Of a result with thousands of seats the texts show the rest. */
enum { SHOWN_MAX = 200 };

static const struct member members[] = {
	MEMBER(draw, notice, MEMBER_TOKEN, 1, 64, 0, "Its notice"),
	MEMBER(draw, project, MEMBER_TOKEN, 1, 64, 0,
	    "What attempts are counted by"),
	MEMBER(draw, project_lock, MEMBER_TOKEN, 1, 64,
	    MEMBER_OPTIONAL | MEMBER_UNIQUE,
	    "The project, while this attempt is open or its result stands"),
	MEMBER(draw, region, MEMBER_TOKEN, 1, 64, 0, "Its region"),
	MEMBER(
	    draw, policy, MEMBER_TOKEN, 1, 64, 0, "The policy it is bound to"),
	MEMBER(draw, previous, MEMBER_TOKEN, 1, 64, MEMBER_OPTIONAL,
	    "The attempt before"),
	MEMBER(draw, attempt, MEMBER_NUMBER, 1, KL_INTEGER_MAX, 0,
	    "1, 2, 3 … of the project"),
	MEMBER(draw, draft_until, MEMBER_TIME, 0, 0, 0,
	    "Objections are taken before; then the roster is frozen"),
	MEMBER(draw, commit_by, MEMBER_TIME, 0, 0, MEMBER_OPTIONAL,
	    "Commitments are taken before"),
	MEMBER(draw, reveal_by, MEMBER_TIME, 0, 0, MEMBER_OPTIONAL,
	    "Reveals are taken before"),
	MEMBER(draw, beacon_time, MEMBER_TIME, 0, 0, MEMBER_OPTIONAL,
	    "No value of the beacon is older"),
	MEMBER(draw, beacon_delay, MEMBER_NUMBER, 0, KL_DELAY_S_MAX, 0,
	    "Seconds between reveal-by and the beacon"),
	MEMBER_OF(
	    draw, beacon, "none public drand nist", 0, "Where randomness ends"),
	MEMBER(draw, beacon_source, MEMBER_TEXT, 64, 128, MEMBER_OPTIONAL,
	    "Hash of the drand chain, or id of the NIST certificate"),
	MEMBER(draw, beacon_round, MEMBER_NUMBER, 0, KL_INTEGER_MAX, 0,
	    "The round of drand that is awaited, else 0"),
	MEMBER(draw, template, MEMBER_TOKEN, 1, 64, MEMBER_OPTIONAL,
	    "Form of a public value"),
	MEMBER(draw, beacon_value, MEMBER_TEXT, 1, 255, MEMBER_OPTIONAL,
	    "The public value, drand's randomness, or the pulse's output"),
	MEMBER_OF(
	    draw, withheld, "continue void", 0, "What a withheld secret does"),
	MEMBER(draw, quorum, MEMBER_NUMBER, 0, KL_WITNESSES_MAX, 0,
	    "Cosignatures needed"),
	MEMBER(draw, selected, MEMBER_NUMBER, 1, KL_SELECT_MAX, 0,
	    "How many are selected"),
	MEMBER(draw, alternates, MEMBER_NUMBER, 0, KL_SELECT_MAX, 0,
	    "How many alternates follow"),
	MEMBER(draw, entrants, MEMBER_NUMBER, 1, KL_ENTRIES_MAX, 0,
	    "How many may be drawn"),
	MEMBER(draw, replacements, MEMBER_NUMBER, 0, KL_SELECT_MAX, 0,
	    "How many were replaced since"),
	MEMBER(draw, draft_hash, MEMBER_HASH, 0, 0, 0, "H(draft roster)"),
	MEMBER(draw, roster_hash, MEMBER_HASH, 0, 0, MEMBER_OPTIONAL, "R"),
	MEMBER(draw, names_hash, MEMBER_HASH, 0, 0, MEMBER_OPTIONAL, "N"),
	MEMBER(draw, excluded_hash, MEMBER_HASH, 0, 0, MEMBER_OPTIONAL, "X"),
	MEMBER(draw, declare_hash, MEMBER_HASH, 0, 0,
	    MEMBER_OPTIONAL | MEMBER_UNIQUE,
	    "D, what commitments are bound to"),
	MEMBER(draw, lock_hash, MEMBER_HASH, 0, 0, MEMBER_OPTIONAL, "L"),
	MEMBER(draw, seal_hash, MEMBER_HASH, 0, 0, MEMBER_OPTIONAL, "E"),
	MEMBER(draw, seed_hash, MEMBER_HASH, 0, 0, MEMBER_OPTIONAL, "S"),
	MEMBER(draw, result_hash, MEMBER_HASH, 0, 0, MEMBER_OPTIONAL,
	    "H(result.txt)"),
	MEMBER(draw, close_hash, MEMBER_HASH, 0, 0, MEMBER_OPTIONAL,
	    "H(close.txt)"),
	MEMBER_OF(draw, outcome, "result void failed", MEMBER_OPTIONAL,
	    "How it ended"),
	MEMBER(draw, reason, MEMBER_TOKEN, 1, 64, MEMBER_OPTIONAL,
	    "Why it ended so"),
	MEMBER(draw, detail, MEMBER_HASH, 0, 0, MEMBER_OPTIONAL,
	    "Hash of what shows that, until it has ended"),
	MEMBER(draw, known, MEMBER_FLAG, 0, 0, 0,
	    "The outcome could be known when it ended"),
	MEMBER(draw, closed_at, MEMBER_TIME, 0, 0, MEMBER_OPTIONAL,
	    "When it ended"),
	{ 0 },
};

static struct kind_list lists[] = {
	{ "PRIMARY", { NULL }, "id", true, { NULL } },
	{ "by_notice", { "notice" }, "id", true, { NULL } },
	{ "by_project", { "project" }, "id", true, { NULL } },
	{ "by_state", { "state" }, "id", true, { NULL } },
	{ 0 },
};

struct kind draw_kind = {
	.name = "Draw",
	.table = "draw",
	.size = sizeof(struct draw),
	.members = members,
	.shown = SHOWS_DRAWS,
	.lists = lists,
};

/* --- one draw ------------------------------------------------------------- */

static const struct db_statement select_texts = {
	"SELECT file, LOWER(HEX(sha256)), event_index FROM draw_text"
	" WHERE draw = ? AND event_index < ? ORDER BY event_index, file",
};

static const struct db_statement select_ranks = {
	"SELECT r.place, r.entry, e.name, r.alternate FROM draw_rank r"
	" JOIN draw_entrant e ON e.draw = r.draw AND e.entry = r.entry"
	" WHERE r.draw = ? ORDER BY r.place LIMIT ?",
};

static const struct db_statement select_replacements = {
	"SELECT number, out_entry, in_entry, reason FROM draw_replacement"
	" WHERE draw = ? AND number <= ? ORDER BY number LIMIT ?",
};

/* A page made from now on is not older than the due act that asked for it. */
static bool is_overdue(const void *row)
{
	const struct draw *draw = row;

	return kl_attempt_is_overdue(
	    draw_phase(draw), draw_last_time(draw), clock_now());
}

static const struct kind_claim overdue = { "overdue", is_overdue };

/* Time alone has changed what the pages show. */
static enum error become_overdue(struct request *request)
{
	act_shows(request, SHOWS_DRAWS);
	return ERR_OK;
}

/* Each adds what the draw, as it is shown, has of it: up to its last event. */
static enum error add_texts(
    struct request *request, const struct draw *draw, json_t *to)
{
	json_t *items = json_array();
	const char *file, *sha256;
	uint64_t event_index;

	json_object_set_new(to, "texts", items);
	db_query(request->db, &select_texts,
	    DB_IN(
		db_text(draw->object.id), db_u64(draw->object.event_index + 1)),
	    DB_OUT(db_to_text(&file), db_to_text(&sha256),
		db_to_u64(&event_index)));
	while (db_next(request->db))
		json_array_append_new(
		    items, json_pack("{s:s, s:s, s:I}", "name", file, "sha256",
			       sha256, "event_index", (json_int_t)event_index));
	return db_finish(request->db);
}

static bool has_happened(const struct draw *draw, uint64_t event_index)
{
	return event_index != 0 && event_index <= draw->object.event_index;
}

static enum error add_parties(
    struct request *request, const struct draw *draw, json_t *to)
{
	json_t *items = json_array();
	struct draw_parties parties = { .count = 0 };
	enum error error = ERR_OK;

	json_object_set_new(to, "parties", items);
	if (draw->declare_hash)
		error = draw_parties_read(request, draw->object.id, &parties);
	for (size_t i = 0; !error && i < parties.count; i++) {
		const struct draw_party *party = &parties.list[i];

		json_array_append_new(items,
		    json_pack("{s:s, s:s, s:b, s:b, s:b}", "party", party->id,
			"public_key", party->key, "required",
			parties.states[i].required, "committed",
			has_happened(draw, party->commit_index), "revealed",
			has_happened(draw, party->reveal_index)));
	}
	return error;
}

static enum error add_ranks(
    struct request *request, const struct draw *draw, json_t *to)
{
	json_t *items = json_array();
	const char *entry, *name;
	uint64_t place, alternate;

	json_object_set_new(to, "ranking", items);
	if (!draw->result_hash)
		return ERR_OK;
	db_query(request->db, &select_ranks,
	    DB_IN(db_text(draw->object.id), db_u64(SHOWN_MAX)),
	    DB_OUT(db_to_u64(&place), db_to_text(&entry), db_to_text(&name),
		db_to_u64(&alternate)));
	while (db_next(request->db))
		json_array_append_new(
		    items, json_pack("{s:I, s:s, s:s, s:I}", "rank",
			       (json_int_t)place, "entry", entry, "name", name,
			       "alternate", (json_int_t)alternate));
	return db_finish(request->db);
}

static enum error add_replacements(
    struct request *request, const struct draw *draw, json_t *to)
{
	json_t *items = json_array();
	const char *out, *in, *reason;
	uint64_t number;

	json_object_set_new(to, "replaced", items);
	db_query(request->db, &select_replacements,
	    DB_IN(db_text(draw->object.id), db_u64(draw->replacements),
		db_u64(SHOWN_MAX)),
	    DB_OUT(db_to_u64(&number), db_to_text(&out), db_to_text(&in),
		db_to_text(&reason)));
	while (db_next(request->db))
		json_array_append_new(
		    items, json_pack("{s:I, s:s, s:s?, s:s}", "number",
			       (json_int_t)number, "out", out, "in", in,
			       "reason", reason));
	return db_finish(request->db);
}

enum error draws_show(struct request *request)
{
	struct draw *draw;
	json_auto_t *json = NULL;
	enum error error = draw_find_shown(request, request->params[0], &draw);

	if (error)
		return error;
	json = kind_json(&draw_kind, draw, false);
	json_object_set_new(json, "overdue", json_boolean(is_overdue(draw)));
	error = add_texts(request, draw, json);
	if (!error)
		error = add_parties(request, draw, json);
	if (!error)
		error = add_ranks(request, draw, json);
	if (!error)
		error = add_replacements(request, draw, json);
	if (error)
		return error;
	if (json_is_false(json_object_get(json, "overdue")))
		list_tag(request, draw); /* its version tells all of it */
	return request_reply(request, 200, json_incref(json));
}

enum error draws_list(struct request *request)
{
	const struct list_view view = { .look = draw_show, .claim = &overdue };

	return list_reply(request, &draw_kind, &view);
}

static const struct route routes[] = {
	{ "GET", "/v1/draws", draws_list, .class = ROUTE_PAGE,
	    .shows = SHOWS_DRAWS | SHOWS_LOG, .published = true,
	    .output = &draw_kind,
	    .summary = "List the draws, the newest first" },
	{ "GET", "/v1/draws/{id}", draws_show, .class = ROUTE_PAGE,
	    .shows = SHOWS_DRAWS | SHOWS_LOG, .published = true,
	    .output = &draw_kind,
	    .summary = "Read one draw: its texts, parties and ranking" },
	{ 0 },
};

static const struct db_statement *const reads[] = {
	&select_texts,
	&select_ranks,
	&select_replacements,
	NULL,
};

static const struct due dues[] = {
	{ DUE_OVERDUE, become_overdue },
	{ 0 },
};

const struct resource draws_resource = {
	.routes = routes,
	.reads = reads,
	.dues = dues,
};
