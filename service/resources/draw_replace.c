/* draw_replace.c -- after a result: one goes out, the next alternate comes in.
 *
 * Taken from anyone, since the signatures of parties prove it. Each party signs
 * all that stands before its own line, in declared order.
 */
#include "draw_private.h"
#include "route.h"

#include <inttypes.h>
#include <string.h>

static const struct db_statement select_place = {
	"SELECT place FROM draw_rank WHERE draw = ? AND entry = ?",
};

static const struct db_statement select_entry = {
	"SELECT entry FROM draw_rank WHERE draw = ? AND place = ?",
};

static const struct db_statement count_alternates = {
	"SELECT COUNT(*) FROM draw_rank WHERE draw = ? AND alternate > 0",
};

static const struct db_statement count_taken = {
	"SELECT COUNT(in_entry) FROM draw_replacement"
	" WHERE draw = ? AND number <= ?",
};

static const struct db_statement count_out = {
	"SELECT COUNT(*) FROM draw_replacement"
	" WHERE draw = ? AND number <= ? AND out_entry = ?",
};

static const struct act_table replacement_rows = {
	{ "INSERT INTO draw_replacement"
	  " (draw, number, out_entry, in_entry, reason, evidence)"
	  " VALUES (?, ?, ?, ?, ?, ?)" },
	6,
	{ { 1, 2 }, { 1, 3 }, { 1, 4 } },
};

#define REASONS "refused silent unqualified terminated"

struct replacement {
	struct object object;
	const char *out, *reason, *evidence, *approvals;
};

static const struct member replacement_members[] = {
	MEMBER(replacement, out, MEMBER_TOKEN, 1, 64, MEMBER_IN,
	    "Who was selected until now"),
	MEMBER_OF(
	    replacement, reason, REASONS, MEMBER_IN, "Why he is not any more"),
	MEMBER(replacement, evidence, MEMBER_HASH, 0, 0,
	    MEMBER_IN | MEMBER_OPTIONAL, "Hash of what shows it"),
	MEMBER(replacement, approvals, MEMBER_JSON, 2, DRAW_SIGNATURES_JSON_MAX,
	    MEMBER_IN, "[{party, signature}] of two or more declared parties"),
	{ 0 },
};

static const struct member next_members[] = {
	MEMBER(replacement, out, MEMBER_TOKEN, 1, 64, MEMBER_IN,
	    "Who was selected until now"),
	MEMBER_OF(
	    replacement, reason, REASONS, MEMBER_IN, "Why he is not any more"),
	MEMBER(replacement, evidence, MEMBER_HASH, 0, 0,
	    MEMBER_IN | MEMBER_OPTIONAL, "Hash of what shows it"),
	DRAW_NEXT_APPROVALS(replacement),
	{ 0 },
};

static const struct kind next_query = {
	.name = "ReplacementNext",
	.size = sizeof(struct replacement),
	.members = next_members,
};

static const struct kind replacement_input = {
	.name = "Replacement",
	.size = sizeof(struct replacement),
	.members = replacement_members,
};

/* --- replacement ---------------------------------------------------------- */

static enum kl_replace_reason reason_named(const char *word)
{
	static const enum kl_replace_reason all[] = { KL_REPLACE_REFUSED,
		KL_REPLACE_SILENT, KL_REPLACE_UNQUALIFIED,
		KL_REPLACE_TERMINATED };
	size_t i = 0;

	while (i + 1 < sizeof(all) / sizeof(*all) &&
	       strcmp(kl_replace_word(all[i]), word) != 0)
		i++;
	return all[i];
}

/* Is `entry` selected: by its rank or as an alternate that came in, and not
 * out since? Alternates come in by their order. */
static enum error check_out(struct request *request, const struct draw *draw,
    const char *entry, uint64_t taken)
{
	const char *id = draw->object.id;
	uint64_t place = 0, gone = 0;
	enum error error = db_row(request->db, &select_place,
	    DB_IN(db_text(id), db_text(entry)), DB_OUT(db_to_u64(&place)));

	if (error && error != ERR_NOT_FOUND)
		return error;
	if (!error)
		error = db_row(request->db, &count_out,
		    DB_IN(db_text(id), db_u64(draw->replacements),
			db_text(entry)),
		    DB_OUT(db_to_u64(&gone)));
	if (error == ERR_BUSY || error == ERR_DATABASE)
		return error;
	if (place == 0 || place > draw->selected + taken || gone > 0)
		return request_fail(request, ERR_STATE,
		    "该机构目前并非中选机构", "it is not selected at present",
		    NULL);
	return ERR_OK;
}

static enum error find_in(struct request *request, const struct draw *draw,
    uint64_t taken, const char **entry)
{
	const char *id = draw->object.id;
	uint64_t alternates = 0;
	size_t place;
	enum error error = db_row(request->db, &count_alternates,
	    DB_IN(db_text(id)), DB_OUT(db_to_u64(&alternates)));

	if (error)
		return error;
	place = kl_attempt_next(draw->selected, alternates, taken);
	*entry = NULL;
	if (place == 0)
		return ERR_OK;
	return db_row(request->db, &select_entry,
	    DB_IN(db_text(id), db_u64(place)), DB_OUT(db_to_text(entry)));
}

/* What the rows say of a replacement that is asked for, up to the last one the
 * draw has as we see it: on a worker, or in an act after draw_take(). */
static enum error begin_replace(struct request *request,
    const struct draw *draw, const struct replacement *input,
    struct kl_replace *replace, const char **in)
{
	uint64_t taken = 0;
	enum error error = draw_need_result(request, draw);

	if (!error)
		error = db_row(request->db, &count_taken,
		    DB_IN(db_text(draw->object.id), db_u64(draw->replacements)),
		    DB_OUT(db_to_u64(&taken)));
	if (!error)
		error = check_out(request, draw, input->out, taken);
	if (!error)
		error = find_in(request, draw, taken, in);
	if (error)
		return error;
	*replace = (struct kl_replace){
		.close = draw_hash_of(draw->close_hash),
		.out = kl_span_of(input->out),
		.has_in = *in != NULL,
		.in = kl_span_of(*in ? *in : ""),
		.reason = reason_named(input->reason),
		.has_evidence = input->evidence != NULL,
	};
	if (input->evidence)
		replace->evidence = draw_hash_of(input->evidence);
	return ERR_OK;
}

static enum error say_replace(struct request *request, struct draw *draw,
    const struct kl_replace *replace)
{
	const char *file = "replace.txt", *ignored;
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);

	if (++draw->replacements > 1)
		file = arena_format(&request->arena, "replace-%" PRIu64 ".txt",
		    draw->replacements);
	if (kl_replace_write(replace, &text)) {
		kl_buf_clear(&text);
		return ERR_INTERNAL;
	}
	return draw_say(
	    request, draw, EVENT_DRAW_REPLACED, file, &text, &ignored);
}

static enum error prepare_replace(struct request *request)
{
	const struct replacement *input = request->input;
	struct kl_replace *replace =
	    arena_alloc(&request->arena, sizeof(*replace));
	const char *in = NULL;
	const struct draw *draw;
	enum error error = draw_find_stored(request, &draw);

	if (!error)
		error = begin_replace(request, draw, input, replace, &in);
	if (error)
		return draw_leave_to_act(error);
	error = draw_approve(request, request->params[0], input->approvals,
	    &(struct draw_approvable){ .replace = replace });
	if (!error)
		request->prepared = replace;
	return error;
}

/* The signatures were checked over what the rows said then: it must be so
 * still. */
static enum error replace(struct request *request)
{
	const struct replacement *input = request->input;
	const struct kl_replace *approved = request->prepared;
	struct kl_replace now;
	const char *in = NULL;
	struct draw *draw;
	enum error error = draw_take_named(request, &draw);

	if (!error)
		error = begin_replace(request, draw, input, &now, &in);
	if (error)
		return error;
	/* It was not so when the signatures were looked at. */
	if (!approved || approved->has_in != now.has_in ||
	    !kl_span_equal(approved->in, now.in))
		return ERR_STALE;
	error = say_replace(request, draw, approved);
	if (!error)
		error = act_insert(request, &replacement_rows,
		    DB_IN(db_text(draw->object.id), db_u64(draw->replacements),
			db_text(input->out), db_text(in),
			db_text(input->reason), db_text(input->evidence)));
	return error ? error : draw_reply(request, draw);
}

/* --- what is to be signed ------------------------------------------------- */

static enum error next(struct request *request)
{
	struct replacement *wanted =
	    arena_alloc(&request->arena, sizeof(*wanted));
	json_auto_t *reply = NULL;
	struct kl_replace replace;
	const char *in = NULL;
	struct draw *draw;
	enum error error = draw_find_shown(request, request->params[0], &draw);

	if (!error)
		error = draw_query_read(request, &next_query, wanted);
	if (!error)
		error = begin_replace(request, draw, wanted, &replace, &in);
	if (error)
		return error;
	reply = json_pack("{s:s, s:s?}", "out", wanted->out, "in", in);
	error = draw_approve_next(request, draw->object.id, wanted->approvals,
	    &(struct draw_approvable){ .replace = &replace }, reply);
	return error ? error : request_reply(request, 200, json_incref(reply));
}

static const struct route routes[] = {
	{ "GET", "/v1/draws/{id}/replacements/next", next, .class = ROUTE_READ,
	    .published = true, .query = next_members,
	    .summary = "The bytes that the next party signs to replace" },
	{ "POST", "/v1/draws/{id}/replacements", replace, .class = ROUTE_ACT,
	    .body_max = 16384, .input = &replacement_input,
	    .output = &draw_kind, .prepare = prepare_replace,
	    .proves_itself = true,
	    .summary = "Replace a selected one by the next alternate" },
	{ 0 },
};

static const struct db_statement *const reads[] = {
	&select_place,
	&select_entry,
	&count_alternates,
	&count_taken,
	&count_out,
	NULL,
};

static const struct db_statement *const writes[] = {
	&select_place,
	&select_entry,
	&count_alternates,
	&count_taken,
	&count_out,
	&replacement_rows.insert,
	NULL,
};

const struct resource draw_replace_resource = {
	.routes = routes,
	.reads = reads,
	.writes = writes,
};
