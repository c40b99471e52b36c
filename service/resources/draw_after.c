/* draw_after.c -- after a result: replacement by an alternate, annulment.
 *
 * Both are taken from anyone, since the signatures of parties prove them. Each
 * party signs all that stands before its own line, in declared order.
 */
#include "draw_private.h"
#include "route.h"

#include <inttypes.h>
#include <string.h>

enum { SIGNATURES_JSON_MAX = 8192 };

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

struct replacement {
	struct object object;
	const char *out, *reason, *evidence, *approvals;
};

static const struct member replacement_members[] = {
	MEMBER(replacement, out, MEMBER_TOKEN, 1, 64, MEMBER_IN,
	    "Who was selected until now"),
	MEMBER_OF(replacement, reason, "refused silent unqualified terminated",
	    MEMBER_IN, "Why he is not any more"),
	MEMBER(replacement, evidence, MEMBER_HASH, 0, 0,
	    MEMBER_IN | MEMBER_OPTIONAL, "Hash of what shows it"),
	MEMBER(replacement, approvals, MEMBER_JSON, 2, SIGNATURES_JSON_MAX,
	    MEMBER_IN, "[{party, signature}] of two or more declared parties"),
	{ 0 },
};

static const struct kind replacement_input = {
	.name = "Replacement",
	.size = sizeof(struct replacement),
	.members = replacement_members,
};

struct annulment {
	struct object object;
	const char *reason, *evidence, *approvals;
};

static const struct member annulment_members[] = {
	MEMBER(annulment, reason, MEMBER_TOKEN, 1, 64, MEMBER_IN,
	    "Why the result does not stand, as a code"),
	MEMBER(annulment, evidence, MEMBER_HASH, 0, 0, MEMBER_IN,
	    "Hash of what shows it"),
	MEMBER(annulment, approvals, MEMBER_JSON, 2, SIGNATURES_JSON_MAX,
	    MEMBER_IN,
	    "[{party, signature}] of two or more declared parties, one of "
	    "them supervisor or entrants"),
	{ 0 },
};

static const struct kind annulment_input = {
	.name = "Annulment",
	.size = sizeof(struct annulment),
	.members = annulment_members,
};

static enum error need_result(struct request *request, const struct draw *draw)
{
	if (draw_has_result(draw))
		return ERR_OK;
	return request_fail(request, ERR_STATE, "本次抽取没有有效的结果",
	    "the draw has no result that stands", NULL);
}

/* --- approvals ------------------------------------------------------------ */

static void add_approvals(struct kl_signed approvals[static KL_PARTIES_MAX],
    size_t *count, const struct draw_parties *parties,
    const struct draw_signatures *signatures)
{
	for (size_t i = 0; i < signatures->count; i++)
		approvals[i] = (struct kl_signed){
			kl_span_of(parties->list[signatures->list[i].party].id),
			signatures->list[i].signature_bytes
		};
	*count = signatures->count;
}

/* What a writer of statements has written is what number `index` signed. */
static enum error check_approval(struct request *request,
    const struct draw_parties *parties, const struct draw_signature *by,
    enum kl_result written, struct kl_buf *statement)
{
	bool good = !written && draw_party_signed(parties, by->party, statement,
				    by->signature);

	kl_buf_clear(statement);
	if (good)
		return ERR_OK;
	return request_fail(request, ERR_SIGNATURE,
	    "有签名与应签的文本不符(顺序须同声明)",
	    "a signature is not of the text up to its line, in declared order",
	    NULL);
}

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
	enum error error = need_result(request, draw);

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

static enum error approve_replace(struct request *request, const char *draw,
    const char *approvals, struct kl_replace *replace)
{
	struct draw_signatures signatures;
	struct draw_parties parties;
	enum error error = draw_parties_read(request, draw, &parties);

	if (!error)
		error = draw_signatures_read(
		    request, &parties, approvals, false, &signatures);
	if (error)
		return error;
	add_approvals(replace->approvals, &replace->approval_count, &parties,
	    &signatures);
	for (size_t i = 0; !error && i < signatures.count; i++) {
		struct kl_buf bytes = KL_BUF(KL_TEXT_SIZE_MAX);
		enum kl_result written =
		    kl_replace_write_statement(replace, i, &bytes);

		error = check_approval(
		    request, &parties, &signatures.list[i], written, &bytes);
	}
	return error;
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

/* The answer of both acts: the draw, and a receipt. */
static enum error reply_draw(struct request *request, const struct draw *draw)
{
	json_t *json = kind_json(&draw_kind, draw, false);
	enum error error = act_receipt(request, json, draw->object.event_index);

	if (error) {
		json_decref(json);
		return error;
	}
	return request_reply(request, 201, json);
}

/* The writer knows what was answered to the same request before, and refuses
 * the others. */
static enum error leave_to_act(enum error error)
{
	return error == ERR_STATE ? ERR_OK : error;
}

static enum error prepare_replace(struct request *request)
{
	const struct replacement *input = request->input;
	struct kl_replace *replace =
	    arena_alloc(&request->arena, sizeof(*replace));
	const char *in = NULL;
	struct draw *draw;
	enum error error = draw_find_shown(request, request->params[0], &draw);

	if (!error)
		error = begin_replace(request, draw, input, replace, &in);
	if (error)
		return leave_to_act(error);
	error = approve_replace(
	    request, request->params[0], input->approvals, replace);
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
	if (!approved) /* it was not so when the signatures were looked at */
		return ERR_BUSY;
	if (approved->has_in != now.has_in ||
	    !kl_span_equal(approved->in, now.in))
		return request_fail(request, ERR_SIGNATURE,
		    "候补已由他人递补,请重新签名",
		    "that alternate has come in already: sign anew", NULL);
	error = say_replace(request, draw, approved);
	if (!error)
		error = act_insert(request, &replacement_rows,
		    DB_IN(db_text(draw->object.id), db_u64(draw->replacements),
			db_text(input->out), db_text(in),
			db_text(input->reason), db_text(input->evidence)));
	return error ? error : reply_draw(request, draw);
}

/* --- what is to be signed ------------------------------------------------- */

static void add_query(struct request *request, const char *name)
{
	const char *value = request_query(request, name);

	if (value)
		json_object_set_new(request->body, name, json_string(value));
}

/* The query as if it were the body of a replacement. */
static enum error read_query(
    struct request *request, struct replacement *wanted)
{
	json_decref(request->body);
	request->body = json_object();
	add_query(request, "out");
	add_query(request, "reason");
	add_query(request, "evidence");
	json_object_set_new(request->body, "approvals", json_array());
	return kind_read(request, &replacement_input, request->body, wanted);
}

static enum error next(struct request *request)
{
	struct replacement *wanted =
	    arena_alloc(&request->arena, sizeof(*wanted));
	struct kl_buf bytes = KL_BUF(KL_TEXT_SIZE_MAX);
	struct kl_replace replace;
	const char *in = NULL;
	struct draw *draw;
	json_t *json = NULL;
	enum error error = draw_find_shown(request, request->params[0], &draw);

	if (!error)
		error = read_query(request, wanted);
	if (!error)
		error = begin_replace(request, draw, wanted, &replace, &in);
	if (error)
		return error;
	if (!kl_replace_write_statement(&replace, 0, &bytes))
		json = json_pack("{s:s, s:s?, s:s%}", "out", wanted->out, "in",
		    in, "statement", bytes.data, bytes.size);
	kl_buf_clear(&bytes);
	return request_reply(request, 200, json);
}

/* --- annulment ------------------------------------------------------------ */

static enum error approve_annul(struct request *request, const char *draw,
    const char *approvals, struct kl_annul *annul)
{
	struct draw_signatures signatures;
	struct draw_parties parties;
	enum error error = draw_parties_read(request, draw, &parties);

	if (!error)
		error = draw_signatures_read(
		    request, &parties, approvals, true, &signatures);
	if (error)
		return error;
	add_approvals(
	    annul->approvals, &annul->approval_count, &parties, &signatures);
	for (size_t i = 0; !error && i < signatures.count; i++) {
		struct kl_buf bytes = KL_BUF(KL_TEXT_SIZE_MAX);
		enum kl_result written =
		    kl_annul_write_statement(annul, i, &bytes);

		error = check_approval(
		    request, &parties, &signatures.list[i], written, &bytes);
	}
	return error;
}

static enum error prepare_annul(struct request *request)
{
	const struct annulment *input = request->input;
	struct kl_annul *annul = arena_alloc(&request->arena, sizeof(*annul));
	struct draw *draw;
	enum error error = draw_find_shown(request, request->params[0], &draw);

	if (!error)
		error = need_result(request, draw);
	if (error)
		return leave_to_act(error);
	annul->close = draw_hash_of(draw->close_hash);
	annul->reason = kl_span_of(input->reason);
	annul->evidence = draw_hash_of(input->evidence);
	error =
	    approve_annul(request, draw->object.id, input->approvals, annul);
	if (!error)
		request->prepared = annul;
	return error;
}

static enum error annul(struct request *request)
{
	const char *ignored;
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	struct draw *draw;
	enum error error = draw_take_named(request, &draw);

	if (!error)
		error = need_result(request, draw);
	if (error)
		return error;
	if (!request->prepared) /* it had none when it was prepared */
		return ERR_BUSY;
	draw->project_lock = NULL;
	if (kl_annul_write(request->prepared, &text)) {
		kl_buf_clear(&text);
		return ERR_INTERNAL;
	}
	error = draw_say(
	    request, draw, EVENT_DRAW_ANNULLED, "annul.txt", &text, &ignored);
	return error ? error : reply_draw(request, draw);
}

static const struct route routes[] = {
	{ "GET", "/v1/draws/{id}/replacements/next", next, .class = ROUTE_READ,
	    .query = replacement_members,
	    .summary = "The bytes that parties sign to replace ?out=, "
		       "?reason=, ?evidence=" },
	{ "POST", "/v1/draws/{id}/replacements", replace, .class = ROUTE_ACT,
	    .body_max = 16384, .input = &replacement_input,
	    .output = &draw_kind, .prepare = prepare_replace,
	    .proves_itself = true,
	    .summary = "Replace a selected one by the next alternate" },
	{ "POST", "/v1/draws/{id}/annulment", annul, .class = ROUTE_ACT,
	    .body_max = 16384, .input = &annulment_input, .output = &draw_kind,
	    .prepare = prepare_annul, .proves_itself = true,
	    .summary = "Annul a result, so that a new attempt may follow" },
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

const struct resource draw_after_resource = {
	.routes = routes,
	.reads = reads,
	.writes = writes,
};
