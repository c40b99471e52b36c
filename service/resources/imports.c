/* imports.c -- files that are brought in: looked at, then applied as a whole.
 */
#include "imports.h"

#include "list.h"
#include "route.h"

#include <string.h>

enum { BODY_MAX = 4096, FILE_MAX = SHEET_SIZE_MAX };

#define M(...) MEMBER(import, __VA_ARGS__)
#define COUNT(field, help)                                                     \
	M(field, MEMBER_NUMBER, 0, SHEET_ROWS_MAX, MEMBER_LATER, help)
static const struct member members[] = {
	MEMBER_OF(import, target, "approval_items categories listings", 0,
	    "what its rows are"),
	MEMBER_OF(import, format, "csv xlsx", 0, "of the file"),
	M(file_digest, MEMBER_HASH, 0, 0, 0, "SHA-256 of the file"),
	M(file_size, MEMBER_NUMBER, 0, FILE_MAX, 0, "in bytes"),
	M(organisation, MEMBER_TOKEN, 1, 64, 0, "who brought it in"),
	COUNT(row_count, "rows, without the first"),
	COUNT(added_count, "of them new"),
	COUNT(changed_count, "of them changing what is there"),
	COUNT(same_count, "of them changing nothing"),
	COUNT(bad_count, "of them wrong"),
	M(staged_at, MEMBER_TIME, 0, 0, 0, "when it was brought in"),
	{ 0 },
};
#undef COUNT
#undef M

static struct kind_list lists[] = {
	{ .index = "PRIMARY", .sort = "id" },
	{ .index = "by_target", .filters = { "target" }, .sort = "id" },
	{ 0 },
};

struct kind import_kind = {
	.name = "Import",
	.table = "import",
	.size = sizeof(struct import),
	.members = members,
	.shown = SHOWS_NOTHING,
	.lists = lists,
};

/* What was looked at is what is applied. */
static const struct member apply_members[] = {
	{ "digest", MEMBER_HASH, offsetof(struct import, file_digest), 0, 0,
	    MEMBER_IN, NULL, "plan_digest of what was looked at" },
	{ 0 },
};
static const struct kind apply_kind = {
	.name = "ImportApplication",
	.size = sizeof(struct import),
	.members = apply_members,
};

static const struct act_table file_rows = {
	{ "INSERT INTO import_file (import, body) VALUES (?, ?)" },
	2,
	{ { 1 } },
};
static const struct db_statement select_file = {
	"SELECT body FROM import_file WHERE import = ?",
};

static const struct import_target *const targets[] = { &approval_item_target,
	&category_target, &listing_target };

static const struct import_target *target_named(const char *name)
{
	for (size_t i = 0; i < sizeof(targets) / sizeof(*targets); i++)
		if (strcmp(targets[i]->name, name) == 0)
			return targets[i];
	return NULL;
}

/* --- bringing a file in --------------------------------------------------- */

static void count_rows(struct import *import, const struct import_plan *plan)
{
	import->row_count = plan->count;
	import->added_count = plan->counts[IMPORT_ADDED];
	import->changed_count = plan->counts[IMPORT_CHANGED];
	import->same_count = plan->counts[IMPORT_SAME];
	import->bad_count = plan->counts[IMPORT_BAD];
}

static enum error prepare_stage(struct request *request)
{
	const char *type = request->headers[HEADER_CONTENT_TYPE];
	const struct import_target *target = target_named(request->params[0]);
	struct import *import = kind_make(&import_kind, &request->arena);
	struct kl_hash hash =
	    kl_hash_of(request->body_text, request->body_size);
	struct import_plan plan;
	struct sheet sheet;
	enum error error;

	if (!target)
		return ERR_NOT_FOUND;
	if (request->body_size == 0)
		return request_fail(request, ERR_INVALID, "文件为空",
		    "the file is empty", NULL);
	error = sheet_read(
	    request, type, request->body_text, request->body_size, &sheet);
	if (!error)
		error = import_plan(request, target, &sheet, &plan);
	if (error)
		return error;
	import->target = target->name;
	import->format = strncmp(type, SHEET_CSV, sizeof(SHEET_CSV) - 1) == 0
			     ? "csv"
			     : "xlsx";
	import->file_digest =
	    arena_hex(&request->arena, hash.bytes, sizeof(hash.bytes));
	import->file_size = request->body_size;
	count_rows(import, &plan);
	request->prepared = import;
	return ERR_OK;
}

static enum error stage(struct request *request)
{
	struct import *import =
	    kind_copy(&import_kind, request->prepared, &request->arena);
	enum error error;

	import->object.id = act_new_id(request, "import");
	import->organisation = request->caller.organisation;
	import->staged_at = act_at(request);
	error = act_add(
	    request, &import_kind, import, EVENT_IMPORT_STAGED, NULL, NULL);
	if (!error)
		error = act_insert(request, &file_rows,
		    DB_IN(db_text(import->object.id),
			db_bytes(request->body_text, request->body_size)));
	return error ? error
		     : list_made(request, &import_kind, import, "/v1/imports");
}

/* --- what it would do ----------------------------------------------------- */

/* Of a worker: the file as it was brought in. */
static enum error read_again(struct request *request,
    const struct import *import, struct import_plan *plan)
{
	struct db_blob body;
	struct sheet sheet;
	struct kl_hash hash;
	char hex[KL_HASH_HEX];
	enum error error = db_row(request->db, &select_file,
	    DB_IN(db_text(import->object.id)), DB_OUT(db_to_blob(&body)));

	if (error)
		return error == ERR_NOT_FOUND ? ERR_INTERNAL : error;
	hash = kl_hash_of(body.bytes, body.size);
	kl_hash_hex(&hash, hex);
	if (strcmp(hex, import->file_digest) != 0)
		return ERR_INTERNAL;
	error = sheet_read(request,
	    strcmp(import->format, "csv") == 0 ? SHEET_CSV : SHEET_XLSX,
	    body.bytes, body.size, &sheet);
	return error ? error
		     : import_plan(
			   request, target_named(import->target), &sheet, plan);
}

static json_t *faults_json(const struct import_row *row)
{
	json_t *list = json_array();

	for (size_t i = 0; i < row->fault_count; i++) {
		const struct complaint *fault = &row->faults[i];
		const char *column = fault->pointer + (*fault->pointer == '/');

		json_array_append_new(
		    list, json_pack("{s:s%, s:s, s:s, s:s}", "column", column,
			      strcspn(column, "/"), "pointer", fault->pointer,
			      "code", fault->code, "detail", fault->detail));
	}
	return list;
}

/* The members that would be others. */
static json_t *changes_json(
    const struct kind *kind, const struct import_row *row)
{
	json_auto_t *before = kind_json(kind, row->now, true);
	json_auto_t *after = kind_json(kind, row->row, true);
	json_t *changes = json_object();

	for (const struct member *m = kind->members; m->name; m++) {
		json_t *was = json_object_get(before, m->name);
		json_t *is = json_object_get(after, m->name);

		if ((m->flags & MEMBER_IN) && !(m->flags & MEMBER_PASSING) &&
		    !json_equal(was, is))
			json_object_set_new(changes, m->name,
			    json_pack("{s:O, s:O}", "from", was, "to", is));
	}
	return changes;
}

static json_t *row_json(
    const struct import_target *target, const struct import_row *row)
{
	static const char *const words[] = { "added", "changed", "same",
		"bad" };
	const struct object *now = row->now, *object = row->row;
	const char *id = now ? now->id : object ? object->id : IMPORT_NO_ID;
	bool named = strcmp(id, IMPORT_NO_ID) != 0;
	json_t *json =
	    json_pack("{s:I, s:s, s:s?}", "line", (json_int_t)row->line, "what",
		words[row->what], "id", named ? id : NULL);

	if (row->what == IMPORT_BAD)
		json_object_set_new(json, "faults", faults_json(row));
	if (row->what == IMPORT_CHANGED)
		json_object_set_new(
		    json, "changes", changes_json(target->kind, row));
	return json;
}

/* All rows but those that change nothing. */
static json_t *rows_json(const struct import_plan *plan)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < plan->count; i++)
		if (plan->rows[i].what != IMPORT_SAME)
			json_array_append_new(
			    rows, row_json(plan->target, &plan->rows[i]));
	return rows;
}

static enum error show(struct request *request)
{
	struct import_plan plan;
	struct import *import;
	json_t *reply;
	const void *found;
	char hex[KL_HASH_HEX];
	enum error error =
	    list_find(request, &import_kind, request->params[0], &found);

	if (error)
		return error;
	import = kind_copy(&import_kind, found, &request->arena);
	if (strcmp(import->object.state, "staged") != 0)
		return list_shown(request, &import_kind, import, false);
	error = read_again(request, import, &plan);
	if (error)
		return error;
	count_rows(import, &plan);
	list_tag(request, import);
	reply = kind_json(&import_kind, import, false);
	kl_hash_hex(&plan.digest, hex);
	json_object_set_new(reply, "plan_digest", json_string(hex));
	json_object_set_new(reply, "rows", rows_json(&plan));
	return request_reply(request, 200, reply);
}

/* --- doing it ------------------------------------------------------------- */

/* The first faults of the file; all of them are shown by GET. */
static enum error tell_bad(
    struct request *request, const struct import_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct import_row *row = &plan->rows[i];

		for (size_t j = 0; j < row->fault_count; j++)
			(void)request_complain(request,
			    arena_format(&request->arena, "/rows/%zu%s",
				row->line, row->faults[j].pointer),
			    row->faults[j].code, row->faults[j].detail,
			    row->faults[j].detail, NULL);
	}
	return ERR_INVALID;
}

static enum error prepare_apply(struct request *request)
{
	const struct import *input = request->input;
	struct import_plan *plan = arena_alloc(&request->arena, sizeof(*plan));
	char hex[KL_HASH_HEX];
	const void *found;
	enum error error =
	    list_find(request, &import_kind, request->params[0], &found);

	if (error)
		return error;
	request->prepared = plan;
	/* The writer says so, or what was answered before. */
	if (strcmp(((const struct object *)found)->state, "staged") != 0)
		return ERR_OK;
	error = read_again(request, found, plan);
	if (error)
		return error;
	if (plan->counts[IMPORT_BAD] > 0)
		return tell_bad(request, plan);
	kl_hash_hex(&plan->digest, hex);
	return strcmp(hex, input->file_digest) == 0 ? ERR_OK : ERR_DIGEST;
}

/* Nobody has changed it since; all are looked at before the first is. */
static enum error check_unchanged(
    struct request *request, const struct import_plan *plan)
{
	enum error error = ERR_OK;

	for (size_t i = 0; i < plan->count && !error; i++) {
		const struct import_row *row = &plan->rows[i];
		const struct object *now = row->now, *is;
		const void *found;

		if (row->what == IMPORT_CHANGED) {
			error = act_find(
			    request, plan->target->kind, now->id, &found);
			is = error ? NULL : found;
			if (is && is->seq != now->seq)
				error = ERR_STALE;
		}
		if (!error && row->what != IMPORT_SAME)
			error =
			    plan->target->check(request, row->row, row->now);
	}
	return error;
}

static enum error apply_row(struct request *request,
    const struct import_target *target, const struct import_row *row)
{
	struct object *object = row->row;
	const struct object *now = row->now;
	enum error error = ERR_OK;

	if (row->what == IMPORT_SAME)
		return ERR_OK;
	if (now)
		*object = *now;
	if (target->complete)
		error = target->complete(request, object, now, row->line);
	if (error)
		return error;
	return now ? act_change(request, target->kind, object, target->changed,
			 NULL, NULL)
		   : act_add(request, target->kind, object, target->added, NULL,
			 NULL);
}

static enum error apply(struct request *request)
{
	const struct import_plan *plan = request->prepared;
	struct import *import;
	const void *found;
	enum error error =
	    act_find(request, &import_kind, request->params[0], &found);

	if (error)
		return error;
	import = kind_copy(&import_kind, found, &request->arena);
	error = request_match(request, import->object.seq);
	if (!error && strcmp(import->object.state, "staged") != 0)
		error = request_fail(request, ERR_STATE, "当前状态:{0}",
		    "its state is {0}", import->object.state, NULL);
	if (!error)
		error = check_unchanged(request, plan);
	for (size_t i = 0; !error && i < plan->count; i++)
		error = apply_row(request, plan->target, &plan->rows[i]);
	if (error)
		return error;
	count_rows(import, plan);
	error = act_change(
	    request, &import_kind, import, EVENT_IMPORT_APPLIED, NULL, NULL);
	return error ? error : list_shown(request, &import_kind, import, true);
}

/* --- the resource --------------------------------------------------------- */

static enum error list(struct request *request)
{
	return list_reply(request, &import_kind, NULL);
}

static const struct route routes[] = {
	{ "POST", "/v1/imports/{target}/files", stage, ROUTE_ACT,
	    .who = ROLE_OPERATOR, .body_max = FILE_MAX,
	    .media = SHEET_CSV " " SHEET_XLSX, .output = &import_kind,
	    .prepare = prepare_stage, .bulk = true,
	    .summary = "Bring in a file of categories, approval_items or "
		       "listings" },
	{ "POST", "/v1/imports/{id}/application", apply, ROUTE_ACT,
	    .who = ROLE_OPERATOR, .body_max = BODY_MAX, .input = &apply_kind,
	    .output = &import_kind, .prepare = prepare_apply, .bulk = true,
	    .summary = "Apply a file that was brought in, all of it or "
		       "nothing" },
	{ "GET", "/v1/imports", list, ROUTE_READ, .who = ROLE_OPERATOR,
	    .output = &import_kind,
	    .summary = "The files that were brought in; by target" },
	{ "GET", "/v1/imports/{id}", show, ROUTE_READ, .who = ROLE_OPERATOR,
	    .output = &import_kind,
	    .summary = "What a file would do, and all that is wrong with it" },
	{ 0 },
};

static const struct db_statement *const reads[] = { &select_file, NULL };
static const struct db_statement *const writes[] = { &file_rows.insert, NULL };

const struct resource imports_resource = {
	.routes = routes,
	.reads = reads,
	.writes = writes,
};
