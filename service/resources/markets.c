/* markets.c -- the market of every category, side by side. */
#include "export.h"
#include "kl_leaf.h"
#include "market.h"
#include "policies.h"
#include "route.h"

#include <string.h>

enum { LIMIT_MAX = 100, READ_MAX = 1000 };

static const struct db_statement select_categories = {
	"SELECT id, service, phase, approval_item, authority, basis "
	"FROM category WHERE id > ? AND state = 'active' ORDER BY id LIMIT ?",
};

struct page {
	const char *after, *next; /* NULL: no more */
	uint64_t limit;
	enum export_format format;
	struct category *list; /* room for the limit: what is selected */
	size_t count;
	const char *supply; /* of ?supply=, or NULL */
};

static enum error read_page(struct request *request, struct page *page)
{
	const char *cursor = request_query(request, "cursor");
	enum error error = export_read(request, &page->format);

	for (const struct member *m = request->route->query; m->name; m++)
		request_query(request, m->name); /* known, also without rows */
	if (!error)
		error = export_limit(
		    request, page->format, LIMIT_MAX, LIMIT_MAX, &page->limit);
	page->after = cursor ? cursor : "";
	if (!error && cursor && !kl_is_token(cursor, strlen(cursor)))
		error = request_complain(request, "", "cursor",
		    "游标不属于此列表", "the cursor is of another list", NULL);
	return error;
}

/* What fits of the next READ_MAX; `last` is where they end, NULL if they are
 * the last there are. */
static enum error fetch(
    struct request *request, struct page *page, const char **last)
{
	struct category one = { 0 };
	size_t count = 0;

	db_query(request->db, &select_categories,
	    DB_IN(db_text(*last), db_u64(READ_MAX)),
	    DB_OUT(db_to_text(&one.object.id), db_to_text(&one.service),
		db_to_text(&one.phase), db_to_text(&one.approval_item),
		db_to_text(&one.authority), db_to_text(&one.basis)));
	while (!page->next && db_next(request->db)) {
		count++;
		*last = one.object.id;
		if (!category_fits(request, &one))
			continue;
		if (page->count == page->limit)
			page->next = page->list[page->count - 1].object.id;
		else
			page->list[page->count++] = one;
	}
	if (count < READ_MAX)
		*last = NULL;
	return db_finish(request->db);
}

/* Read on until the page is full: few may be what is asked for. */
static enum error fill(struct request *request, struct page *page)
{
	const char *last = page->after;
	enum error error;

	page->list =
	    arena_alloc(&request->arena, page->limit * sizeof(*page->list));
	do
		error = fetch(request, page, &last);
	while (!error && last && !page->next);
	return error;
}

/* Those that somebody offers, or that too few do. */
static const struct {
	const char *name, *member; /* of an item, which is not 0 then */
} supplies[] = { { "offered", "offers" }, { "gap", "supply_gap" } };
enum { SUPPLIES = sizeof(supplies) / sizeof(*supplies) };

static enum error read_supply(struct request *request, struct page *page)
{
	const char *supply = request_query(request, "supply");

	for (size_t i = 0; supply && i < SUPPLIES; i++)
		if (strcmp(supply, supplies[i].name) == 0)
			page->supply = supplies[i].member;
	if (!supply || page->supply)
		return ERR_OK;
	return request_complain(request, "", "unknown",
	    "supply 应为 offered 或 gap", "supply must be offered or gap",
	    NULL);
}

/* One category, unless its supply is not what is asked for. */
static enum error add_market(struct request *request, const struct page *page,
    const struct category *category, struct market *market, json_t *items)
{
	json_auto_t *item = NULL;
	enum error error =
	    market_read(request, category->object.id, market, &item, NULL);

	if (error)
		return error;
	json_object_set_new(item, "service", json_string(category->service));
	json_object_set_new(item, "phase",
	    category->phase ? json_string(category->phase) : json_null());
	if (!page->supply ||
	    json_integer_value(json_object_get(item, page->supply)) > 0)
		json_array_append(items, item);
	return ERR_OK;
}

static enum error list(struct request *request)
{
	struct page page = { 0 };
	struct market market = { 0 };
	json_auto_t *items = json_array();
	enum error error = read_supply(request, &page);

	if (!error)
		error = read_page(request, &page);
	if (!error)
		error = fill(request, &page);
	if (!error)
		error = market_begin(request, &market);
	for (size_t i = 0; i < page.count && !error; i++)
		error =
		    add_market(request, &page, &page.list[i], &market, items);
	return error ? error
		     : export_answer(request, page.format,
			   json_pack("{s:O, s:s?, s:o}", "items", items,
			       "next_cursor", page.next, "rule",
			       market_rule_json(&market)));
}

/* --- the resource --------------------------------------------------------- */

static const struct member page_query[] = {
	MARKET_REGION,
	CATEGORY_QUERY,
	{ .name = "supply",
	    .type = MEMBER_TOKEN,
	    .maximum = 16,
	    .flags = MEMBER_OPTIONAL,
	    .help = "offered: by anyone; gap: by too few" },
	{ .name = "limit",
	    .type = MEMBER_NUMBER,
	    .minimum = 1,
	    .maximum = EXPORT_ROWS_MAX,
	    .flags = MEMBER_OPTIONAL,
	    .help = "How many at most, of JSON 100" },
	{ .name = "cursor",
	    .type = MEMBER_TOKEN,
	    .maximum = 64,
	    .flags = MEMBER_OPTIONAL,
	    .help = "next_cursor of the page before" },
	{ 0 },
};

/* Most categories have fees of one unit: those stand in columns of their own.
 */
#define QUARTILES(of)                                                          \
	of "/least", of "/lower", of "/median", of "/upper", of "/most"
static const char *const columns[] = { "category", "service", "phase", "offers",
	"suppliers", "supply_gap", "outlier_count", "fees/0/unit",
	"fees/0/quantity", "fees/0/offers", "fees/0/suppliers",
	QUARTILES("fees/0/fee_fen"), "days/0/unit", "days/0/offers",
	QUARTILES("days/0/promised_days"), "fees", "days", NULL };
#undef QUARTILES

static const struct export_table table = { "markets", columns, "cursor" };

static const struct route routes[] = {
	{ "GET", "/v1/markets", list, ROUTE_PAGE, .shows = MARKET_SHOWS,
	    .query = page_query, .table = &table,
	    .summary = "The same of every category, what stands out counted" },
	{ 0 },
};

static const struct db_statement *const reads[] = { &select_categories, NULL };

const struct resource markets_resource = { .routes = routes, .reads = reads };
