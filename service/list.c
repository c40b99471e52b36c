#include "list.h"

#include "act.h"
#include "export.h"
#include "kl_leaf.h"
#include "query.h"
#include "route.h"
#include "version.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

/* A cursor is a tag of its list and the sort of the last row, in hex. */
enum { TAG_SIZE = 8, SORT_SIZE_MAX = 64, NUMBER_SIZE_MAX = 19 };

/* Of a page: LIST_LIMIT_MAX of the longest rows there are. */
enum { TEXT_SIZE_MAX = 1 << 26 };

/* What is asked for. */
struct wanted {
	const struct kind *kind;
	const struct kind_list *list;
	const char *values[KIND_FILTERS_MAX];
	uint64_t limit;
	const char *cursor; /* NULL for the first page */
	enum export_format format;
};

static const struct list_view public_view;

/* --- the place a list is sorted by ---------------------------------------- */

/* Where it stands in the row; a number or a text. */
struct sort {
	size_t offset;
	bool number;
};

static struct sort sort_of(
    const struct kind *kind, const struct kind_list *list)
{
	if (strcmp(list->sort, "id") == 0)
		return (struct sort){ offsetof(struct object, id), false };
	if (strcmp(list->sort, "event_index") == 0)
		return (
		    struct sort){ offsetof(struct object, event_index), true };
	for (const struct member *m = kind->members; m->name; m++)
		if (strcmp(m->name, list->sort) == 0)
			return (
			    struct sort){ m->offset, m->type == MEMBER_NUMBER };
	assert(!"a list is sorted by a member of its kind");
	return (struct sort){ 0 };
}

static const char *sort_text(
    struct request *request, struct sort sort, const void *row)
{
	const char *at = (const char *)row + sort.offset;

	if (sort.number)
		return request_number(request, *(const uint64_t *)at);
	return *(const char *const *)at;
}

/* Before the first row, whichever way. */
static struct db_in sort_begin(const struct kind_list *list, struct sort sort)
{
	if (sort.number)
		return db_u64(list->descending ? INT64_MAX : 0);
	return db_text(list->descending ? "\x7f" : "");
}

/* --- the cursor ----------------------------------------------------------- */

static void tag_of(const struct wanted *wanted, uint8_t tag[static TAG_SIZE])
{
	struct kl_hasher hasher;
	struct kl_hash hash;

	kl_hasher_init(&hasher);
	kl_hasher_add_text(&hasher, wanted->kind->table);
	kl_hasher_add_text(&hasher, "\n");
	kl_hasher_add_text(&hasher, wanted->list->index);
	for (size_t i = 0; wanted->list->filters[i]; i++) {
		kl_hasher_add_text(&hasher, "\n");
		kl_hasher_add_text(&hasher, wanted->values[i]);
	}
	hash = kl_hasher_end(&hasher);
	memcpy(tag, hash.bytes, TAG_SIZE);
}

static const char *make_cursor(
    struct request *request, const struct wanted *wanted, const char *sort)
{
	size_t size = strlen(sort);
	uint8_t *bytes = arena_alloc(&request->arena, TAG_SIZE + size);
	char *hex = arena_alloc(&request->arena, 2 * (TAG_SIZE + size) + 1);

	tag_of(wanted, bytes);
	memcpy(bytes + TAG_SIZE, sort, size);
	kl_hex(bytes, TAG_SIZE + size, hex);
	return hex;
}

static bool read_number(const char *text, size_t size, uint64_t *number)
{
	*number = 0;
	if (size > NUMBER_SIZE_MAX)
		return false;
	for (size_t i = 0; i < size; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*number = *number * 10 + (uint64_t)(text[i] - '0');
	}
	return true;
}

/* Whatever it holds goes into SQL as a value: a token or a number. */
static bool read_cursor(struct request *request, const struct wanted *wanted,
    struct sort sort, struct db_in *after)
{
	size_t hex_size = strlen(wanted->cursor), size = hex_size / 2;
	char *bytes = arena_alloc(&request->arena, size + 1);
	const char *text = bytes + TAG_SIZE;
	uint8_t tag[TAG_SIZE];
	uint64_t number;

	if (size <= TAG_SIZE || size > TAG_SIZE + SORT_SIZE_MAX ||
	    kl_unhex(wanted->cursor, hex_size, bytes, size))
		return false;
	tag_of(wanted, tag);
	if (memcmp(tag, bytes, TAG_SIZE) != 0)
		return false;
	size -= TAG_SIZE;
	if (sort.number) {
		if (!read_number(text, size, &number))
			return false;
		*after = db_u64(number);
		return true;
	}
	*after = db_text(text);
	return kl_is_token(text, size);
}

/* --- what is asked for ---------------------------------------------------- */

static const char *value_of(
    struct request *request, const struct list_view *view, const char *filter)
{
	if (view->column && strcmp(view->column, filter) == 0)
		return view->value;
	return request_query(request, filter);
}

/* What the view looks for itself. */
static bool is_of_route(const struct request *request, const char *name)
{
	const struct member *m = request->route->query;

	while (m && m->name && strcmp(m->name, name) != 0)
		m++;
	return m && m->name;
}

static size_t count_given(
    const struct request *request, const struct list_view *view)
{
	size_t count = view->column ? 1 : 0;

	for (size_t i = 0; i < request->query_count; i++) {
		const char *name = request->queries[i].name;

		if (strcmp(name, "limit") != 0 && strcmp(name, "cursor") != 0 &&
		    strcmp(name, "format") != 0 && !is_of_route(request, name))
			count++;
	}
	return count;
}

/* Has `list` exactly the filters that are given? */
static bool fits(struct request *request, const struct list_view *view,
    const struct kind_list *list, struct wanted *wanted)
{
	size_t count = 0;

	for (; list->filters[count]; count++) {
		const char *value =
		    value_of(request, view, list->filters[count]);

		if (!value || !kl_is_token(value, strlen(value)))
			return false;
		wanted->values[count] = value;
	}
	wanted->list = list;
	return count == count_given(request, view);
}

static enum error read_wanted(struct request *request, const struct kind *kind,
    const struct list_view *view, struct wanted *wanted)
{
	const struct kind_list *list = kind->lists;
	enum error error = export_read(request, &wanted->format);

	if (error)
		return error;
	for (const struct member *m = request->route->query; m && m->name; m++)
		request_query(request, m->name); /* known, also without rows */
	wanted->kind = kind;
	wanted->cursor = request_query(request, "cursor");
	while (list->index && !fits(request, view, list, wanted))
		list++;
	if (!list->index)
		return request_complain(request, "", "query",
		    "不支持这样的查询参数组合",
		    "no list has such a set of query parameters", NULL);
	return export_limit(request, wanted->format, LIST_LIMIT_MAX, LIST_LIMIT,
	    &wanted->limit);
}

/* --- the answer ----------------------------------------------------------- */

/* The rows of the page, and the sort of the last if there are more. */
struct rows {
	void **rows; /* room for the limit */
	size_t count;
	const char *next;
};

static enum error fetch(
    struct request *request, const struct wanted *wanted, struct rows *rows)
{
	const struct kind *kind = wanted->kind;
	struct sort sort = sort_of(kind, wanted->list);
	void *row = kind_make(kind, &request->arena);
	struct db_in in[KIND_FILTERS_MAX + 2];
	struct db_out out[MEMBERS_MAX];
	size_t in_count = 0, out_count = kind_fetch(kind, row, out);
	const char *last = NULL;

	for (; wanted->list->filters[in_count]; in_count++)
		in[in_count] = db_text(wanted->values[in_count]);
	in[in_count] = sort_begin(wanted->list, sort);
	if (wanted->cursor &&
	    !read_cursor(request, wanted, sort, &in[in_count]))
		return request_complain(request, "", "cursor",
		    "游标不属于此列表", "the cursor is of another list", NULL);
	in[in_count + 1] = db_u64(wanted->limit - rows->count + 1);
	rows->next = NULL;
	db_query(request->db, &wanted->list->select, in, in_count + 2, out,
	    out_count);
	while (db_next(request->db)) {
		if (rows->count == wanted->limit) {
			rows->next = make_cursor(request, wanted, last);
			continue;
		}
		last = sort_text(request, sort, row);
		/* Its texts are in the arena already. */
		rows->rows[rows->count++] = memcpy(
		    arena_alloc(&request->arena, kind->size), row, kind->size);
	}
	return db_finish(request->db);
}

static const char text_begin[] = "{\"items\":[";

static void write_row(struct kl_buf *out, const struct kind *kind,
    const struct list_view *view, const void *row)
{
	kl_buf_add_text(out, out->size == strlen(text_begin) ? "{" : ",{");
	kind_write(out, kind, row, view->whole);
	if (view->claim) {
		kl_buf_add_text(out, ",\"");
		kl_buf_add_text(out, view->claim->name);
		kl_buf_add_text(
		    out, view->claim->holds(row) ? "\":true" : "\":false");
	}
	kl_buf_add_byte(out, '}');
}

/* Leave out what is not to be seen, from the row `count` on. */
static enum error look_at(struct request *request, const struct list_view *view,
    size_t count, struct rows *rows)
{
	for (size_t i = count; view->look && i < rows->count; i++) {
		enum error error = view->look(request, rows->rows[i]);

		if (!error)
			rows->rows[count++] = rows->rows[i];
		else if (error != ERR_NOT_FOUND)
			return error;
	}
	rows->count = view->look ? count : rows->count;
	return ERR_OK;
}

/* A page whose view leaves rows out is filled up, unless it may ask the
 * database only once. */
static enum error fill(struct request *request, struct wanted *wanted,
    const struct list_view *view, struct rows *rows)
{
	enum error error;

	rows->rows = arena_alloc(
	    &request->arena, (wanted->limit + 1) * sizeof(*rows->rows));
	do {
		size_t before = rows->count;

		wanted->cursor = rows->next ? rows->next : wanted->cursor;
		error = fetch(request, wanted, rows);
		if (!error)
			error = look_at(request, view, before, rows);
	} while (!error && rows->next && rows->count < wanted->limit &&
		 !request->route->one_query);
	return error;
}

static enum error reply_json(struct request *request, const struct kind *kind,
    const struct list_view *view, const struct rows *rows)
{
	struct kl_buf text = KL_BUF(TEXT_SIZE_MAX), *out = &text;

	kl_buf_add_text(out, text_begin);
	for (size_t i = 0; i < rows->count; i++)
		write_row(out, kind, view, rows->rows[i]);
	kl_buf_add_text(out, "],\"next_cursor\":");
	kl_buf_add_text(out, rows->next ? "\"" : "null");
	kl_buf_add_text(out, rows->next ? rows->next : "");
	kl_buf_add_text(out, rows->next ? "\"" : "");
	kl_buf_add_text(
	    out, request_rehearses(request) ? ",\"rehearsal\":true}" : "}");
	if (kl_buf_result(out)) {
		kl_buf_clear(out);
		return ERR_INTERNAL;
	}
	return request_reply_bytes(
	    request, 200, NULL, (char *)text.data, text.size);
}

enum error list_reply(struct request *request, const struct kind *kind,
    const struct list_view *view)
{
	struct rows rows = { .count = 0 };
	struct wanted wanted;
	enum error error;

	if (!view)
		view = &public_view;
	error = read_wanted(request, kind, view, &wanted);
	if (!error)
		error = fill(request, &wanted, view, &rows);
	if (error)
		return error;
	if (rows.next)
		query_link_next(request, "cursor", rows.next);
	return wanted.format == EXPORT_JSON
		   ? reply_json(request, kind, view, &rows)
		   : export_reply(request, wanted.format, kind, rows.rows,
			 rows.count, view->whole, view->claim);
}

enum error list_find(struct request *request, const struct kind *kind,
    const char *id, const void **row)
{
	void *found = kind_make(kind, &request->arena);
	struct db_out out[MEMBERS_MAX];
	size_t count = kind_fetch(kind, found, out);
	enum error error;

	if (!kl_is_token(id, strlen(id)))
		return ERR_NOT_FOUND;
	error =
	    db_row(request->db, kind->select, DB_IN(db_text(id)), out, count);
	if (!error)
		*row = found;
	return error;
}

enum error list_look(struct request *request, const struct kind *kind,
    const char *id, const void **row)
{
	return request->act ? act_find(request, kind, id, row)
			    : list_find(request, kind, id, row);
}

enum error list_one(struct request *request, const struct kind *kind)
{
	const void *row;
	enum error error = list_find(request, kind, request->params[0], &row);

	return error ? error : list_shown(request, kind, row, false);
}

void list_tag(struct request *request, const void *row)
{
	const struct object *object = row;

	request->etag = arena_format(
	    &request->arena, "\"%" PRIu64 "-" VERSION "\"", object->seq);
}

static enum error reply_row(struct request *request, unsigned status,
    const struct kind *kind, const void *row, bool whole)
{
	struct kl_buf text = KL_BUF(TEXT_SIZE_MAX);

	kl_buf_add_byte(&text, '{');
	kind_write(&text, kind, row, whole);
	if (request_rehearses(request))
		kl_buf_add_text(&text, ",\"rehearsal\":true");
	kl_buf_add_text(&text, "}");
	if (kl_buf_result(&text)) {
		kl_buf_clear(&text);
		return ERR_INTERNAL;
	}
	return request_reply_bytes(
	    request, status, NULL, (char *)text.data, text.size);
}

enum error list_made(struct request *request, const struct kind *kind,
    const void *row, const char *folder)
{
	const struct object *object = row;

	request->location =
	    arena_format(&request->arena, "%s/%s", folder, object->id);
	list_tag(request, row);
	return reply_row(request, 201, kind, row, true);
}

enum error list_shown(struct request *request, const struct kind *kind,
    const void *row, bool whole)
{
	list_tag(request, row);
	return reply_row(request, 200, kind, row, whole);
}
