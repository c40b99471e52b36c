/* imports_plan.c -- what a file would do, row by row. */
#include "column.h"
#include "imports.h"
#include "list.h"
#include "table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What the first row says of each column: the member, or NULL where only the
 * service says it, as in a file that was exported. */
struct head {
	const struct member *columns[SHEET_COLUMNS_MAX];
	size_t count, seq; /* `count` where there is no seq */
};

static bool is_own(const struct kind *kind, const char *name)
{
	static const char *const own[] = { "id", "state", "seq",
		"event_index" };

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (strcmp(own[i], name) == 0)
			return true;
	for (const struct member *m = kind->members; m->name; m++)
		if (strcmp(m->name, name) == 0)
			return true;
	return false;
}

static enum error read_head(struct request *request, const struct kind *kind,
    const struct sheet_row *row, struct head *head)
{
	head->count = head->seq = row->count;
	for (size_t i = 0; i < row->count; i++) {
		const char *name = column_name(row->cells[i]);
		bool twice = false;

		for (size_t j = 0; j < i; j++)
			twice |= strcmp(column_name(row->cells[j]), name) == 0;
		head->columns[i] = table_member(kind, name);
		if (twice || (!head->columns[i] && !is_own(kind, name)))
			return request_complain(request,
			    arena_format(&request->arena, "/rows/%zu/%zu",
				row->line, i + 1),
			    "unknown-column", "第 {0} 列的列名未知或重复",
			    "column {0} has a name that is unknown, or there "
			    "twice",
			    request_number(request, i + 1), NULL);
		if (strcmp(name, "seq") == 0)
			head->seq = i;
	}
	return ERR_OK;
}

/* --- one row -------------------------------------------------------------- */

static enum error complain(struct request *request, const char *column,
    const char *code, const char *zh, const char *en)
{
	return request_complain(request,
	    arena_format(&request->arena, "/%s", column), code, zh, en, NULL);
}

/* The cells of columns that are members, as the row they make. */
static enum error read_row(struct request *request,
    const struct import_target *target, const struct head *head,
    const struct sheet_row *from, void **row)
{
	const struct member *columns[SHEET_COLUMNS_MAX];
	char *cells[SHEET_COLUMNS_MAX];
	struct table_fault fault;
	size_t count = 0;
	json_auto_t *body = NULL;
	enum error error;
	struct object *read;

	for (size_t i = 0; i < from->count && i < head->count; i++)
		if (head->columns[i]) {
			columns[count] = head->columns[i];
			cells[count++] = from->cells[i];
		}
	if (from->count > head->count)
		return complain(request, "cells", "form", "单元格多于列名",
		    "more cells than columns");
	body = table_body(columns, cells, count, &fault);
	if (!body)
		return complain(request, columns[fault.column]->name,
		    fault.code, fault.zh, fault.en);
	read = kind_make(target->kind, &request->arena);
	error = kind_read(request, target->kind, body, read);
	/* What was read stands in the body. */
	read->id = read->id ? read->id : IMPORT_NO_ID;
	read->state = IMPORT_NO_ID;
	*row = kind_copy(target->kind, read, &request->arena);
	return error;
}

/* Who exported it saw this version. */
static enum error check_seq(struct request *request, const struct head *head,
    const struct sheet_row *from, const struct object *now)
{
	const char *seq = head->seq < from->count ? from->cells[head->seq] : "";

	if (!now || !*seq ||
	    strcmp(seq, request_number(request, now->seq)) == 0)
		return ERR_OK;
	return complain(request, "seq", "changed", "导出之后已被更改",
	    "it was changed after it was exported");
}

/* What never changes must not. */
static enum error check_fixed(struct request *request, const struct kind *kind,
    const void *row, const void *now)
{
	json_auto_t *before = now ? kind_json(kind, now, true) : NULL;
	json_auto_t *after = kind_json(kind, row, true);
	enum error error = ERR_OK;

	for (const struct member *m = kind->members; now && m->name; m++)
		if ((m->flags & MEMBER_IN) &&
		    !(m->flags & (MEMBER_LATER | MEMBER_PASSING)) &&
		    !json_equal(json_object_get(before, m->name),
			json_object_get(after, m->name)))
			error = complain(request, m->name, "fixed", "不能更改",
			    "cannot be changed");
	return error;
}

static bool is_same(const struct kind *kind, const void *row, const void *now)
{
	json_auto_t *before = kind_json(kind, now, true);
	json_auto_t *after = kind_json(kind, row, true);

	for (const struct member *m = kind->members; m->name; m++)
		if ((m->flags & MEMBER_IN) && !(m->flags & MEMBER_PASSING) &&
		    !json_equal(json_object_get(before, m->name),
			json_object_get(after, m->name)))
			return false;
	return true;
}

static enum error find_now(struct request *request,
    const struct import_target *target, struct import_row *row)
{
	const struct object *object = row->row;
	enum error error =
	    target->find
		? target->find(request, row->row, &row->now)
		: list_look(request, target->kind, object->id, &row->now);

	if (error != ERR_NOT_FOUND)
		return error;
	row->now = NULL;
	return ERR_OK;
}

static const char *key_of(struct request *request,
    const struct import_target *target, const struct import_row *row)
{
	return target->key ? target->key(request, row->row)
			   : ((const struct object *)row->row)->id;
}

/* Each thing once. */
static enum error check_once(struct request *request,
    const struct import_target *target, const struct import_row *row,
    json_t *seen)
{
	const char *key = key_of(request, target, row);

	if (json_object_get(seen, key))
		return complain(request, "cells", "twice",
		    "与前面的一行是同一项", "a row before it is of the same");
	json_object_set_new(seen, key, json_true());
	return ERR_OK;
}

static enum error judge(struct request *request,
    const struct import_target *target, const struct head *head,
    const struct sheet_row *from, struct import_row *row, json_t *seen)
{
	const struct object *now;
	enum error error = read_row(request, target, head, from, &row->row);

	if (!error)
		error = check_once(request, target, row, seen);
	if (!error)
		error = find_now(request, target, row);
	if (error)
		return error;
	now = row->now;
	error = check_seq(request, head, from, now);
	if (!error)
		error = check_fixed(request, target->kind, row->row, row->now);
	if (!error && now && !event_allowed(target->changed, now->state))
		error = complain(request, "state", "wrong-state",
		    "当前状态下不能更改", "not in its present state");
	return error ? error : target->check(request, row->row, row->now);
}

/* Faults are the row's, not the request's. */
static enum error judge_alone(struct request *request,
    const struct import_target *target, const struct head *head,
    const struct sheet_row *from, struct import_row *row, json_t *seen)
{
	enum error error;

	request->complaints = NULL;
	request->complaint_count = 0;
	request->more_complaints = false;
	request->detail = NULL;
	error = judge(request, target, head, from, row, seen);
	row->line = from->line;
	row->faults = request->complaints;
	row->fault_count = request->complaint_count;
	if (error == ERR_INVALID)
		row->what = IMPORT_BAD;
	else if (!row->now)
		row->what = IMPORT_ADDED;
	else
		row->what = is_same(target->kind, row->row, row->now)
				? IMPORT_SAME
				: IMPORT_CHANGED;
	request->complaints = NULL;
	request->complaint_count = 0;
	request->more_complaints = false;
	return error == ERR_INVALID ? ERR_OK : error;
}

/* --- all of them ---------------------------------------------------------- */

static void add_digest(struct request *request, struct kl_hasher *hasher,
    const struct import_target *target, const struct import_row *row)
{
	const struct object *now = row->now;
	const char *line = arena_format(&request->arena,
	    "%zu %d %s %" PRIu64 "\n", row->line, (int)row->what,
	    row->what == IMPORT_BAD ? "-" : key_of(request, target, row),
	    now ? now->seq : 0);

	kl_hasher_add_text(hasher, line);
}

enum error import_plan(struct request *request,
    const struct import_target *target, const struct sheet *sheet,
    struct import_plan *plan)
{
	json_auto_t *seen = json_object();
	struct kl_hasher hasher;
	struct head head;
	enum error error =
	    read_head(request, target->kind, &sheet->rows[0], &head);

	*plan =
	    (struct import_plan){ .target = target, .count = sheet->count - 1 };
	if (!error && plan->count == 0)
		error = sheet_fault(
		    request, 1, "只有列名", "there are no rows but the first");
	if (error)
		return error;
	plan->rows =
	    arena_alloc(&request->arena, plan->count * sizeof(*plan->rows));
	kl_hasher_init(&hasher);
	for (size_t i = 0; i < plan->count && !error; i++) {
		struct import_row *row = &plan->rows[i];

		error = judge_alone(
		    request, target, &head, &sheet->rows[i + 1], row, seen);
		plan->counts[row->what]++;
		add_digest(request, &hasher, target, row);
	}
	plan->digest = kl_hasher_end(&hasher);
	return error;
}
