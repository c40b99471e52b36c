/* draw_approve.c -- what parties approve, each signing what stands above. */
#include "draw_private.h"
#include "list.h"

#include <stdlib.h>
#include <string.h>

/* What approver `index` signs. */
static enum kl_result write_statement(
    const struct draw_approvable *what, size_t index, struct kl_buf *out)
{
	if (what->replace)
		return kl_replace_write_statement(what->replace, index, out);
	return kl_annul_write_statement(what->annul, index, out);
}

static void add_approval(struct draw_approvable *what, struct kl_span party,
    size_t index, const struct kl_signature *signature)
{
	struct kl_signed approval = { party, *signature };

	if (what->replace) {
		what->replace->approvals[index] = approval;
		what->replace->approval_count = index + 1;
	} else {
		what->annul->approvals[index] = approval;
		what->annul->approval_count = index + 1;
	}
}

static enum error check(struct request *request,
    const struct draw_parties *parties, const struct draw_approvable *what,
    const struct draw_signature *by, size_t index)
{
	struct kl_buf bytes = KL_BUF(KL_TEXT_SIZE_MAX);
	bool good =
	    !write_statement(what, index, &bytes) &&
	    draw_party_signed(parties, by->party, &bytes, by->signature);

	kl_buf_clear(&bytes);
	if (good)
		return ERR_OK;
	return request_fail(request, ERR_SIGNATURE,
	    "有签名与应签的文本不符(顺序须同声明)",
	    "a signature is not of the text up to its line, in declared order",
	    NULL);
}

static enum error approve(struct request *request,
    const struct draw_parties *parties,
    const struct draw_signatures *signatures, struct draw_approvable *what)
{
	enum error error = ERR_OK;

	for (size_t i = 0; !error && i < signatures->count; i++) {
		const struct draw_signature *by = &signatures->list[i];

		error = check(request, parties, what, by, i);
		if (!error)
			add_approval(what,
			    kl_span_of(parties->list[by->party].id), i,
			    &by->signature_bytes);
	}
	return error;
}

enum error draw_approve(struct request *request, const char *draw,
    const char *approvals, struct draw_approvable *what)
{
	enum draw_signers needed = what->annul ? SIGNERS_WATCHED : SIGNERS_TWO;
	struct draw_signatures signatures;
	struct draw_parties parties;
	enum error error = draw_parties_read(request, draw, &parties);

	if (!error)
		error = draw_signatures_read(
		    request, &parties, approvals, needed, &signatures);
	return error ? error : approve(request, &parties, &signatures, what);
}

/* --- what is to be signed next -------------------------------------------- */

/* party:signature,party:signature … as the array that a body has. */
static const char *array_of(struct request *request, const char *query)
{
	json_auto_t *array = json_array();
	char *rest = arena_copy(&request->arena, query);
	const char *party, *copy;
	char *text;

	while (*query && (party = strsep(&rest, ","))) {
		char *signature = strchr(party, ':');

		if (signature)
			*signature++ = '\0';
		json_array_append_new(
		    array, json_pack("{s:s, s:s}", "party", party, "signature",
			       signature ? signature : ""));
	}
	text = json_dumps(array, JSON_COMPACT);
	if (!text)
		abort();
	copy = arena_copy(&request->arena, text);
	free(text);
	return copy;
}

static json_t *who_is_left(const struct draw_parties *parties,
    const struct draw_signatures *signatures)
{
	json_t *left = json_array();
	size_t next = signatures->count == 0
			  ? 0
			  : signatures->list[signatures->count - 1].party + 1;

	for (size_t i = next; i < parties->count; i++)
		json_array_append_new(left, json_string(parties->list[i].id));
	return left;
}

enum error draw_approve_next(struct request *request, const char *draw,
    const char *approvals, struct draw_approvable *what, json_t *reply)
{
	struct kl_buf bytes = KL_BUF(KL_TEXT_SIZE_MAX);
	struct draw_signatures signatures;
	struct draw_parties parties;
	enum error error = draw_parties_read(request, draw, &parties);

	if (!error)
		error = draw_signatures_read(request, &parties,
		    array_of(request, approvals ? approvals : ""), SIGNERS_ANY,
		    &signatures);
	if (!error)
		error = approve(request, &parties, &signatures, what);
	if (!error)
		error = error_of_lib(
		    write_statement(what, signatures.count, &bytes));
	if (!error)
		error = json_object_set_new(reply, "statement",
			    json_stringn((const char *)bytes.data, bytes.size))
			    ? ERR_INTERNAL
			    : ERR_OK;
	kl_buf_clear(&bytes);
	if (error)
		return error;
	json_object_set_new(
	    reply, "signers", who_is_left(&parties, &signatures));
	return ERR_OK;
}

/* What is read borrows from the body, which lives with the request. */
enum error draw_query_read(
    struct request *request, const struct kind *kind, void *row)
{
	json_decref(request->body);
	request->body = json_object();
	for (const struct member *m = kind->members; m->name; m++) {
		const char *value = request_query(request, m->name);

		if (value)
			json_object_set_new(
			    request->body, m->name, json_string(value));
	}
	return kind_read(request, kind, request->body, row);
}

/* --- what both acts share ------------------------------------------------- */

enum error draw_need_result(struct request *request, const struct draw *draw)
{
	if (draw_has_result(draw))
		return ERR_OK;
	return request_fail(request, ERR_STATE, "本次抽取没有有效的结果",
	    "the draw has no result that stands", NULL);
}

enum error draw_find_stored(struct request *request, const struct draw **draw)
{
	const void *row;
	enum error error =
	    list_find(request, &draw_kind, request->params[0], &row);

	if (!error)
		*draw = row;
	return error;
}

enum error draw_leave_to_act(enum error error)
{
	return error == ERR_STATE ? ERR_OK : error;
}

enum error draw_reply(struct request *request, const struct draw *draw)
{
	json_t *json = kind_json(&draw_kind, draw, false);
	enum error error = request_reply(request, 201, json);

	return error ? error : act_receipt(request, draw->object.event_index);
}
