/* draw_texts.c -- the texts of a draw: logged, kept, and shown. */
#include "draw_private.h"
#include "list.h"
#include "notices.h"
#include "policies.h"
#include "publisher.h"
#include "route.h"

#include <stdlib.h>
#include <string.h>

static const struct db_statement select_text = {
	"SELECT body, event_index FROM draw_text WHERE draw = ? AND file = ?",
};

static const struct act_table text_rows = {
	{ "INSERT INTO draw_text (draw, file, sha256, event_index, body)"
	  " VALUES (?, ?, ?, ?, ?)" },
	5,
	{ { 1, 2 } },
};

const char *draw_commit_file(struct request *request, const char *party)
{
	return arena_format(&request->arena, "commit-%s.txt", party);
}

enum error draw_text_keep(struct request *request, const struct draw *draw,
    const char *file, const void *text, size_t size)
{
	struct kl_hash hash = kl_hash_of(text, size);

	return act_insert(request, &text_rows,
	    DB_IN(db_text(draw->object.id), db_text(file),
		db_bytes(hash.bytes, sizeof(hash.bytes)),
		db_u64(draw->object.event_index), db_bytes(text, size)));
}

/* The event of a text, which also makes the draw if it has no state yet. */
static enum error tell(struct request *request, struct draw *draw,
    enum event event, const struct kl_buf *text)
{
	json_t *data = json_object();
	enum error error =
	    act_text(request, data, (const char *)text->data, text->size);

	if (error) {
		json_decref(data);
		return error;
	}
	if (draw->object.state)
		return act_change(request, &draw_kind, draw, event, data, NULL);
	return act_add(request, &draw_kind, draw, event, data, NULL);
}

static enum error say(struct request *request, struct draw *draw,
    enum event event, const char *file, const struct kl_buf *text,
    const char **hash)
{
	struct kl_hash digest;
	enum error error = error_of_lib(kl_buf_result(text));

	if (error)
		return error;
	digest = kl_hash_of(text->data, text->size);
	*hash = arena_hex(&request->arena, digest.bytes, sizeof(digest.bytes));
	error = tell(request, draw, event, text);
	if (error)
		return error;
	return draw_text_keep(request, draw, file, text->data, text->size);
}

enum error draw_say(struct request *request, struct draw *draw,
    enum event event, const char *file, struct kl_buf *text, const char **hash)
{
	enum error error = say(request, draw, event, file, text, hash);

	kl_buf_clear(text);
	return error;
}

enum error draw_text_read(struct request *request, const char *draw,
    const char *file, struct db_blob *text, uint64_t *event_index)
{
	return db_row(request->db, &select_text,
	    DB_IN(db_text(draw), db_text(file)),
	    DB_OUT(db_to_blob(text), db_to_u64(event_index)));
}

enum error draw_text_find(struct request *request, const char *draw,
    const char *file, struct db_blob *text)
{
	uint64_t ignored;
	enum error error = act_direct(request);

	if (error)
		return error;
	return draw_text_read(request, draw, file, text, &ignored);
}

/* --- what readers see ----------------------------------------------------- */

enum error draw_bound_text(struct request *request, const struct draw *draw,
    const char *file, const char **text)
{
	const struct policy *policy;
	const void *row;
	enum error error;

	if (strcmp(file, "notice.json") == 0) {
		error = list_find(request, &notice_kind, draw->notice, &row);
		if (!error)
			*text = notice_text(row, &request->arena);
		return error;
	}
	if (strcmp(file, "policy.json") != 0)
		return ERR_NOT_FOUND;
	error = list_find(request, &policy_kind, draw->policy, &row);
	if (error)
		return error;
	policy = row;
	*text = policy->text;
	return ERR_OK;
}

static enum error reply_text(
    struct request *request, const void *bytes, size_t size)
{
	char *copy = malloc(size + 1);

	if (!copy)
		abort();
	memcpy(copy, bytes, size);
	request->cache_control = "public, max-age=31536000, immutable";
	return request_reply_bytes(
	    request, 200, "text/plain; charset=utf-8", copy, size);
}

/* What a declaration is bound to without an event of its own: a party wants
 * the very bytes before it commits. */
static enum error show_bound(struct request *request)
{
	struct draw *draw;
	const char *text = NULL;
	enum error error = draw_find_shown(request, request->params[0], &draw);

	if (!error && !draw->declare_hash)
		error = ERR_NOT_FOUND;
	if (!error)
		error =
		    draw_bound_text(request, draw, request->params[1], &text);
	return error ? error : reply_text(request, text, strlen(text));
}

/* A text is shown when a published checkpoint covers it, and not before. */
static enum error show(struct request *request)
{
	uint64_t event_index = 0;
	struct db_blob text;
	enum error error = draw_text_read(request, request->params[0],
	    request->params[1], &text, &event_index);

	if (error == ERR_NOT_FOUND)
		return show_bound(request);
	if (error)
		return error;
	if (event_index >= request->published->size)
		return request_fail(request, ERR_NOT_FOUND,
		    "该文本尚未被公布的检查点覆盖,请稍候",
		    "no published checkpoint covers this text yet", NULL);
	return reply_text(request, text.bytes, text.size);
}

static const struct route routes[] = {
	{ "GET", "/v1/draws/{id}/texts/{name}", show, .class = ROUTE_READ,
	    .published = true,
	    .summary = "Read one text of a draw, byte by byte" },
	{ 0 },
};

static const struct db_statement *const reads[] = { &select_text, NULL };
static const struct db_statement *const writes[] = {
	&select_text,
	&text_rows.insert,
	NULL,
};

const struct resource draw_texts_resource = {
	.routes = routes,
	.reads = reads,
	.writes = writes,
};
