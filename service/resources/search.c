/* search.c -- shopping: what is offered, by words, filters and order. */
#include "export.h"
#include "finder.h"

#include "kl_leaf.h"
#include "kl_policy.h"
#include "query.h"
#include "regions.h"
#include "route.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	LIMIT = 20,
	LIMIT_MAX = KL_SEARCH_PAGE_MAX,
	DAYS_MAX = 3650,
	REPLY_SIZE_MAX = 1 << 22,
	CURSOR_SIZE_MAX = 128,
};

static enum error complain(
    struct request *request, const char *code, const char *zh, const char *en)
{
	return request_complain(request, "", code, zh, en, NULL);
}

/* --- what is wanted ------------------------------------------------------- */

static enum error read_words(
    struct request *request, struct kl_search_query *query)
{
	const char *text = request_query(request, "q");

	if (!text || !kl_question_read(text, strlen(text), &query->words))
		return ERR_OK;
	return complain(request, "bounds", "q 最多 8 个词、256 字节",
	    "q is at most 8 words of 256 bytes together");
}

/* A region is also served by who serves a region above it. */
static enum error read_region(
    struct request *request, struct kl_search_query *query)
{
	const char *region = request_query(request, "region");
	struct region_chain chain;
	enum error error;

	if (!region)
		return ERR_OK;
	error = region_chain(request, region, &chain);
	if (error == ERR_NOT_FOUND)
		return complain(request, "unknown", "没有 region 这个区划",
		    "there is no such region");
	if (error)
		return error;
	query->region_count = chain.count;
	for (size_t i = 0; i < chain.count; i++)
		query->regions[i] = chain.ids[i];
	return ERR_OK;
}

static enum error read_limits(struct request *request,
    enum export_format format, struct kl_search_query *query)
{
	uint64_t limit = LIMIT, fee = 0, days = 0;
	enum error error =
	    export_limit(request, format, LIMIT_MAX, LIMIT, &limit);

	if (!error)
		error = request_query_u64(
		    request, "fee_max_fen", 0, KL_INTEGER_MAX, 0, &fee);
	if (!error)
		error = request_query_u64(
		    request, "days_max", 0, DAYS_MAX, 0, &days);
	if (error)
		return error;
	query->limit = limit;
	if (request_query(request, "fee_max_fen"))
		query->fee_max_fen = (int64_t)fee;
	if (request_query(request, "days_max"))
		query->days_max = (int64_t)days * KL_POLICY_WORKDAY_S;
	return ERR_OK;
}

/* --- the cursor ----------------------------------------------------------- */

/* Where the last item stands: "order value id", in hex. */
static const char *make_cursor(struct request *request,
    const struct found_index *index, enum kl_search_order order, size_t item,
    const char *id)
{
	const char *place = arena_format(&request->arena, "%s %" PRId64 " %s",
	    kl_search_order_name(order),
	    kl_search_value(&index->search, item, order), id);

	return arena_hex(&request->arena, place, strlen(place));
}

static bool read_cursor(
    struct request *request, const char *hex, struct kl_search_query *query)
{
	size_t size = strlen(hex) / 2;
	char *place = arena_alloc(&request->arena, size + 1);
	const char *order = kl_search_order_name(query->order);
	size_t order_size = strlen(order);
	char *end;

	if (size > CURSOR_SIZE_MAX || kl_unhex(hex, strlen(hex), place, size) ||
	    size <= order_size || memcmp(place, order, order_size) != 0 ||
	    place[order_size] != ' ')
		return false;
	query->after_value = strtoll(place + order_size + 1, &end, 10);
	query->after_id = end + 1;
	return end > place + order_size + 1 && *end == ' ' &&
	       kl_is_token(end + 1, strlen(end + 1));
}

static enum error read_order(
    struct request *request, struct kl_search_query *query)
{
	const char *sort = request_query(request, "sort");
	const char *cursor = request_query(request, "cursor");

	query->order = sort ? kl_search_order_named(sort) : KL_SEARCH_BY_NEWEST;
	if (query->order == KL_SEARCH_ORDERS)
		return complain(request, "unknown",
		    "sort 应为 fee、days、newest 或 id",
		    "sort must be fee, days, newest or id");
	if (cursor && !read_cursor(request, cursor, query))
		return complain(request, "form", "cursor 不属于此查询",
		    "the cursor is of another query");
	return ERR_OK;
}

/* By a kind, or by a kind and just that level. */
static enum error read_qualification(
    struct request *request, struct kl_search_query *query)
{
	const char *kind = request_query(request, "qualification");
	const char *level = request_query(request, "level");

	if (level && !kind)
		return complain(request, "missing",
		    "level 须与 qualification 同用",
		    "level goes with a qualification");
	query->mark = kind && level ? arena_format(&request->arena,
					  "%s" FINDER_LEVEL "%s", kind, level)
				    : kind;
	return ERR_OK;
}

static enum error read_query(struct request *request, enum export_format format,
    struct kl_search_query *query)
{
	enum error error = read_words(request, query);

	query->category = request_query(request, "category");
	query->institution = request_query(request, "institution");
	if (!error)
		error = read_qualification(request, query);
	if (!error)
		error = read_limits(request, format, query);
	if (!error)
		error = read_order(request, query);
	return error ? error : read_region(request, query);
}

static const char *const columns[] = { "id", "category", "service",
	"service_name", "phase", "institution", "institution_name", "regions",
	"promised_days", "deadline_unit", "fee_min_fen", "fee_max_fen",
	"fee_basis", "version", "published_at", NULL };

static const struct export_table table = { "search", columns, "cursor" };

/* --- the answer ----------------------------------------------------------- */

static void write_items(struct kl_buf *out, const struct found_index *index,
    const struct kl_search_found *found)
{
	kl_buf_add_text(out, "{\"items\":[");
	for (size_t i = 0; i < found->count; i++) {
		size_t size;
		const char *text = finder_text(index, found->indexes[i], &size);

		if (i > 0)
			kl_buf_add_text(out, ",");
		kl_buf_add(out, text, size);
	}
}

static void write_rest(struct request *request, struct kl_buf *out,
    const struct found_index *index, const struct kl_search_found *found,
    const char *cursor)
{
	const char *capped =
	    found->total == KL_SEARCH_COUNT_MAX ? "true" : "false";

	kl_buf_add_text(out,
	    arena_format(&request->arena,
		"],\"next_cursor\":%s%s%s,\"total\":%zu,\"total_capped\":%s,"
		"\"log_size\":%" PRIu64 "%s}",
		cursor ? "\"" : "", cursor ? cursor : "null",
		cursor ? "\"" : "", found->total, capped, index->size,
		request_rehearses(request) ? ",\"rehearsal\":true" : ""));
}

/* Of the page after this one; NULL: there is none. */
static const char *cursor_after(struct request *request,
    const struct found_index *index, const struct kl_search_query *query,
    const struct kl_search_found *found)
{
	size_t last;

	if (!found->more)
		return NULL;
	last = found->indexes[found->count - 1];
	return make_cursor(request, index, query->order, last,
	    kl_search_id(&index->search, last));
}

static enum error answer(struct request *request,
    const struct found_index *index, const struct kl_search_query *query)
{
	struct kl_buf out = KL_BUF(REPLY_SIZE_MAX);
	struct kl_search_found found;
	const char *cursor;
	enum error error =
	    error_of_lib(kl_search_find(&index->search, query, &found));

	if (error)
		return error;
	cursor = cursor_after(request, index, query, &found);
	if (cursor)
		query_link_next(request, table.cursor, cursor);
	write_items(&out, index, &found);
	write_rest(request, &out, index, &found, cursor);
	if (kl_buf_result(&out)) {
		kl_buf_clear(&out);
		return ERR_INTERNAL;
	}
	return request_reply_bytes(
	    request, 200, "application/json", (char *)out.data, out.size);
}

/* --- as a file ------------------------------------------------------------ */

/* What is found once more, each item as JSON. */
static enum error add_items(const struct found_index *index,
    const struct kl_search_query *query, struct kl_search_found *found,
    json_t *items)
{
	enum error error =
	    error_of_lib(kl_search_find(&index->search, query, found));

	for (size_t i = 0; i < found->count && !error; i++) {
		size_t size;
		const char *text = finder_text(index, found->indexes[i], &size);

		if (json_array_append_new(
			items, json_loadb(text, size, 0, NULL)))
			error = ERR_INTERNAL;
	}
	return error;
}

/* A page of the index after another, until there are as many as are wanted. */
static enum error answer_file(struct request *request,
    const struct found_index *index, enum export_format format,
    struct kl_search_query *query)
{
	json_auto_t *items = json_array();
	struct kl_search_found found = { .more = true };
	const size_t wanted = query->limit;
	enum error error = ERR_OK;

	while (!error && found.more && json_array_size(items) < wanted) {
		size_t left = wanted - json_array_size(items), last;

		query->limit = left < LIMIT_MAX ? left : LIMIT_MAX;
		error = add_items(index, query, &found, items);
		if (error || found.count == 0)
			break;
		last = found.indexes[found.count - 1];
		query->after_id = kl_search_id(&index->search, last);
		query->after_value =
		    kl_search_value(&index->search, last, query->order);
	}
	if (error)
		return error;
	return export_answer(request, format,
	    json_pack("{s:O, s:s?}", "items", items, "next_cursor",
		cursor_after(request, index, query, &found)));
}

static enum error find(struct request *request)
{
	struct kl_search_query query = { .fee_max_fen = KL_SEARCH_ANY,
		.days_max = KL_SEARCH_ANY };
	const struct found_index *index;
	enum export_format format;
	enum error error = export_read(request, &format);

	if (!error)
		error = read_query(request, format, &query);
	if (error)
		return error;
	index = finder_take();
	if (!index)
		return request_fail(request, ERR_BUSY, "检索索引正在建立",
		    "the index is being made", NULL);
	error = format == EXPORT_JSON
		    ? answer(request, index, &query)
		    : answer_file(request, index, format, &query);
	finder_give(index);
	return error;
}

/* --- the resource --------------------------------------------------------- */

#define ASK(name_, type_, maximum_, help_)                                     \
	{                                                                      \
		.name = (name_), .type = (type_), .maximum = (maximum_),       \
		.flags = MEMBER_OPTIONAL, .help = (help_)                      \
	}
static const struct member query_members[] = {
	ASK("q", MEMBER_TEXT, 256, "Words, each of which must be found"),
	ASK("category", MEMBER_TOKEN, 16, "Of this category"),
	ASK("institution", MEMBER_TOKEN, 18, "Of this institution"),
	ASK("region", MEMBER_TOKEN, 32, "Offered in this region"),
	ASK("qualification", MEMBER_TEXT, 64,
	    "Of who has a qualification of this kind that counts now"),
	ASK("level", MEMBER_TEXT, 32, "And of this level of it"),
	ASK("fee_max_fen", MEMBER_NUMBER, KL_INTEGER_MAX,
	    "Its lowest fee is not higher"),
	ASK("days_max", MEMBER_NUMBER, DAYS_MAX,
	    "It takes no more working days; 7 days count as 5"),
	ASK("sort", MEMBER_TOKEN, 8, "fee, days, newest or id"),
	ASK("limit", MEMBER_NUMBER, EXPORT_ROWS_MAX,
	    "How many at most, of JSON 200; 20 without"),
	ASK("cursor", MEMBER_TOKEN, 2 * CURSOR_SIZE_MAX,
	    "next_cursor of the page before"),
	{ 0 },
};
#undef ASK

static const struct route routes[] = {
	{ "GET", "/v1/search", find, ROUTE_PAGE, .shows = SHOWS_SEARCH,
	    .query = query_members, .table = &table,
	    .summary =
		"Find listings that are published, by words and filters; "
		"new ones within seconds" },
	{ 0 },
};

const struct resource search_resource = { .routes = routes };
