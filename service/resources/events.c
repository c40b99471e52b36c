/* events.c -- what has happened: the published entries, by log index. */
#include "after.h"
#include "publisher.h"
#include "route.h"

#include <string.h>

enum { LIMIT = 50, LIMIT_MAX = 200 };

/* Each is one range of one key, however far in: performance counts on it. */
#define SELECT "SELECT idx, bytes FROM log_entry "
#define PAGE   "idx >= ? AND idx < ? ORDER BY idx LIMIT ?"

static const struct db_statement select_all = {
	SELECT "WHERE " PAGE,
};
static const struct db_statement select_kind = {
	SELECT "FORCE INDEX (by_kind) WHERE kind = ? AND " PAGE,
};
static const struct db_statement select_subject = {
	SELECT "FORCE INDEX (by_subject) WHERE subject = ? AND " PAGE,
};
static const struct db_statement select_both = {
	SELECT
	"FORCE INDEX (by_subject) WHERE subject = ? AND kind = ? AND " PAGE,
};

struct wanted {
	const char *kind, *subject; /* NULL for all */
	struct after after;
	uint64_t published;
};

static enum error read_wanted(struct request *request, struct wanted *wanted)
{
	wanted->kind = request_query(request, "kind");
	wanted->subject = request_query(request, "subject");
	wanted->published = request->published->size;
	return after_read(request, LIMIT, LIMIT_MAX, &wanted->after);
}

static void begin(struct request *request, const struct wanted *wanted,
    uint64_t *index, struct db_blob *leaf)
{
	const struct db_statement *statement = &select_all;
	struct db_in in[5];
	size_t count = 0;

	if (wanted->subject)
		in[count++] = db_text(wanted->subject);
	if (wanted->kind)
		in[count++] = db_text(wanted->kind);
	in[count++] = db_u64(wanted->after.first);
	in[count++] = db_u64(wanted->published);
	in[count++] = db_u64(wanted->after.limit);
	if (wanted->subject)
		statement = wanted->kind ? &select_both : &select_subject;
	else if (wanted->kind)
		statement = &select_kind;
	db_query(request->db, statement, in, count,
	    DB_OUT(db_to_u64(index), db_to_blob(leaf)));
}

/* The leaf as it is, and its place in the log. */
static enum error add(json_t *items, uint64_t index, const struct db_blob *leaf)
{
	json_t *item =
	    json_loadb((const char *)leaf->bytes, leaf->size, 0, NULL);

	if (!item)
		return ERR_INTERNAL;
	json_object_set_new(item, "index", json_integer((json_int_t)index));
	return json_array_append_new(items, item) ? ERR_INTERNAL : ERR_OK;
}

static enum error read_items(struct request *request,
    const struct wanted *wanted, json_t *items, uint64_t *last)
{
	struct db_blob leaf;
	size_t size = 0;
	uint64_t index;
	enum error error = ERR_OK, end;

	begin(request, wanted, &index, &leaf);
	while (!error && size < AFTER_BYTES_MAX && db_next(request->db)) {
		error = add(items, index, &leaf);
		size += leaf.size;
		*last = index;
	}
	end = db_finish(request->db);
	return error ? error : end;
}

static enum error list_events(struct request *request)
{
	json_t *items = json_array();
	const char *next = NULL;
	struct wanted wanted;
	uint64_t last = 0;
	enum error error = read_wanted(request, &wanted);

	if (!error)
		error = read_items(request, &wanted, items, &last);
	if (error) {
		json_decref(items);
		return error;
	}
	if (json_array_size(items) > 0 && last + 1 < wanted.published)
		next = request_number(request, last);
	return export_answer(request, wanted.after.format,
	    json_pack("{s:o, s:s?, s:I}", "items", items, "next_cursor", next,
		"published", (json_int_t)wanted.published));
}

static const struct member query[] = {
	AFTER_QUERY(200),
	{ .name = "kind",
	    .type = MEMBER_TOKEN,
	    .flags = MEMBER_OPTIONAL,
	    .help = "Only events of this kind" },
	{ .name = "subject",
	    .type = MEMBER_TOKEN,
	    .flags = MEMBER_OPTIONAL,
	    .help = "Only events of this one" },
	{ 0 },
};

static const char *const columns[] = { "index", "at", "kind", "subject", "seq",
	"by/organisation", "by/role", "by", "data", "id", "v", NULL };

static const struct export_table table = { "events", columns, "after" };

static const struct route routes[] = {
	{ "GET", "/v1/events", list_events, ROUTE_PAGE, .shows = SHOWS_LOG,
	    .published = true, .query = query, .table = &table,
	    .summary = "What has happened, by ?after= an index of the log, "
		       "?kind= and ?subject=" },
	{ 0 },
};

static const struct db_statement *const reads[] = { &select_all, &select_kind,
	&select_subject, &select_both, NULL };

const struct resource events_resource = { .routes = routes, .reads = reads };
