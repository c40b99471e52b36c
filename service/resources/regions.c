/* regions.c -- the tree of regions. */
#include "regions.h"

#include "affiliations.h"
#include "calendars.h"
#include "kl_calendar_year.h"
#include "list.h"
#include "organisations.h"
#include "route.h"

#include <string.h>

enum { BODY_MAX = 4096, TITLE_MAX = 100, DAY_S = 86400 };

#define DUE_WATCH "region.watch"

#define M(...)    MEMBER(region, __VA_ARGS__)
static const struct member members[] = {
	/* It is the object's own id. */
	{ "code", MEMBER_TOKEN, offsetof(struct region, object.id), 1,
	    KL_POLICY_REGION_MAX, MEMBER_IN | MEMBER_PASSING, NULL,
	    "a token it is known by, mostly its division code: 360721" },
	M(name, MEMBER_TEXT, 1, TITLE_MAX, MEMBER_IN, "its name"),
	M(name_en, MEMBER_TEXT, 1, TITLE_MAX, MEMBER_IN | MEMBER_OPTIONAL,
	    "the same in English"),
	M(parent, MEMBER_TOKEN, 1, KL_POLICY_REGION_MAX,
	    MEMBER_IN | MEMBER_OPTIONAL, "the region it is part of"),
	M(week, MEMBER_TOKEN, KL_WEEK_SIZE, KL_WEEK_SIZE,
	    MEMBER_IN | MEMBER_OPTIONAL,
	    "which days work, Monday first, 1111100; as above it without"),
	M(calendar_ends, MEMBER_TOKEN, 1, KL_DATE_SIZE,
	    MEMBER_OPTIONAL | MEMBER_LATER,
	    "the last day that was published when its end was last warned of"),
	{ 0 },
};
#undef M

static struct kind_list lists[] = {
	{ .index = "PRIMARY", .sort = "id" },
	{ .index = "by_parent", .filters = { "parent" }, .sort = "id" },
	{ 0 },
};

struct kind region_kind = {
	.name = "Region",
	.table = "region",
	.size = sizeof(struct region),
	.members = members,
	.shown = SHOWS_REGIONS,
	.lists = lists,
};

/* --- the tree ------------------------------------------------------------- */

static const struct db_statement select_region = {
	"SELECT parent, week FROM region WHERE id = ?",
};

static const struct db_statement select_roots = {
	"SELECT COUNT(*), COALESCE(MIN(id), '') FROM region"
	" WHERE parent IS NULL",
};

static bool is_nation(const char *id)
{
	return strcmp(id, REGION_NATION) == 0;
}

/* From below; the last one is the nation. */
static enum error climb(
    struct request *request, const char *id, struct region_chain *up)
{
	up->count = 0;
	while (id && !is_nation(id)) {
		size_t at = up->count++;
		const char *parent;
		enum error error;

		if (up->count == REGION_DEPTH_MAX)
			return ERR_INTERNAL; /* none is made so deep */
		up->ids[at] = id;
		error = db_row(request->db, &select_region, DB_IN(db_text(id)),
		    DB_OUT(db_to_text(&parent), db_to_text(&up->weeks[at])));
		if (error)
			return error;
		id = parent;
	}
	up->ids[up->count] = REGION_NATION;
	up->weeks[up->count++] = NULL;
	return ERR_OK;
}

enum error region_chain(
    struct request *request, const char *id, struct region_chain *chain)
{
	struct region_chain up;
	enum error error = climb(request, id, &up);

	for (size_t i = 0; i < up.count && !error; i++) {
		chain->ids[i] = up.ids[up.count - 1 - i];
		chain->weeks[i] = up.weeks[up.count - 1 - i];
	}
	chain->count = up.count;
	return error;
}

enum error region_only(struct request *request, const char **region)
{
	uint64_t count;
	enum error error = db_row(request->db, &select_roots, DB_NO_IN,
	    DB_OUT(db_to_u64(&count), db_to_text(region)));

	if (error || count == 1)
		return error;
	return request_fail(request, ERR_NO_REGION,
	    "未注明区划,而顶级区划有 {0} 个",
	    "no region is named, and there are {0} of the highest level",
	    request_number(request, count), NULL);
}

enum error region_of(
    struct request *request, const char *organisation, const char **region)
{
	const void *found;
	enum error error =
	    act_find(request, &organisation_kind, organisation, &found);

	if (error && error != ERR_NOT_FOUND)
		return error;
	*region = error ? NULL : ((const struct organisation *)found)->region;
	if (*region)
		return ERR_OK;
	error = act_direct(request);
	return error ? error : region_only(request, region);
}

enum error region_check(
    struct request *request, const char *id, const char *pointer)
{
	const void *found;
	enum error error = is_nation(id)
			       ? ERR_OK
			       : act_find(request, &region_kind, id, &found);

	if (error != ERR_NOT_FOUND)
		return error;
	return request_complain(request, pointer, "unknown", "没有这个区划",
	    "there is no such region", NULL);
}

/* --- entering one --------------------------------------------------------- */

static enum error check_week(
    struct request *request, const struct region *region)
{
	uint8_t week;

	if (!region->week ||
	    !kl_week_read(region->week, strlen(region->week), &week))
		return ERR_OK;
	return request_complain(request, "/week", "form",
	    "应为自周一起的 7 位 0 或 1,至少一个 1",
	    "must be 7 digits 0 or 1, Monday first, and at least one 1", NULL);
}

static enum error check_parent(
    struct request *request, const struct region *region)
{
	struct region_chain chain;
	enum error error;

	if (!region->parent)
		return ERR_OK;
	error = region_check(request, region->parent, "/parent");
	if (!error)
		error = act_direct(request);
	if (!error)
		error = region_chain(request, region->parent, &chain);
	if (error || chain.count < REGION_DEPTH_MAX - 1)
		return error;
	return request_complain(request, "/parent", "bounds",
	    "区划层级不超过 {0} 级", "regions are at most {0} levels deep",
	    request_number(request, REGION_DEPTH_MAX - 2), NULL);
}

/* --- the end of what is published ----------------------------------------- */

/* When to look again, the `nth` time; if the end of the calendar is near by
 * then, it says so. */
static enum error watch(
    struct request *request, struct region *region, uint64_t nth)
{
	int64_t early = (int64_t)act_calendar_alarm_days(request) * DAY_S;
	int64_t now = act_at(request), ends, next;
	char date[KL_DATE_TEXT];
	int32_t horizon;
	enum error error = calendar_horizon(request, &horizon);

	if (error)
		return error;
	ends = kl_date_begins(horizon);
	next = ends - early;
	if (now >= next) {
		kl_date_write(horizon, date);
		region->calendar_ends = arena_copy(&request->arena, date);
		next = now < ends ? ends : now + early;
	}
	return act_due(request, DUE_WATCH, region->object.id, nth, next);
}

/* Nothing, if the next year has been published in the meantime. */
static enum error look_again(struct request *request)
{
	const void *found;
	struct region *region;
	enum error error =
	    act_find(request, &region_kind, request->params[0], &found);

	if (error)
		return error;
	region = kind_copy(&region_kind, found, &request->arena);
	region->calendar_ends = NULL;
	error = watch(request, region, act_due_seq(request) + 1);
	if (error || !region->calendar_ends)
		return error;
	return act_change(
	    request, &region_kind, region, EVENT_REGION_EXPIRING, NULL, NULL);
}

static const struct due dues[] = { { DUE_WATCH, look_again }, { 0 } };

/* --- the resource --------------------------------------------------------- */

static enum error enter(struct request *request)
{
	struct region *region =
	    kind_copy(&region_kind, request->input, &request->arena);
	enum error error = check_week(request, region);

	if (is_nation(region->object.id))
		error = request_complain(request, "/code", "reserved",
		    "此代码保留给国家层级", "this code is the nation's", NULL);
	if (!error)
		error = check_parent(request, region);
	if (!error)
		error = watch(request, region, 1);
	if (!error)
		error = act_add(request, &region_kind, region,
		    EVENT_REGION_ENTERED, NULL, NULL);
	if (!error)
		error = list_made(request, &region_kind, region, "/v1/regions");
	/* The share from which affiliations count is of another policy where
	 * there is more than one highest region. */
	return error || region->parent ? error
				       : affiliation_regroup_all(request);
}

static enum error list(struct request *request)
{
	return list_reply(request, &region_kind, NULL);
}

static enum error show(struct request *request)
{
	return list_one(request, &region_kind);
}

static const struct route routes[] = {
	{ "POST", "/v1/regions", enter, ROUTE_ACT, .who = ROLE_ADMIN,
	    .body_max = BODY_MAX, .input = &region_kind, .output = &region_kind,
	    .summary = "Enter a region" },
	{ "GET", "/v1/regions", list, ROUTE_PAGE, .shows = SHOWS_REGIONS,
	    .one_query = true, .output = &region_kind,
	    .summary = "The regions; by parent too" },
	{ "GET", "/v1/regions/{code}", show, ROUTE_PAGE, .shows = SHOWS_REGIONS,
	    .one_query = true, .output = &region_kind,
	    .summary = "One region" },
	{ 0 },
};

static const struct db_statement *const reads[] = { &select_region,
	&select_roots, NULL };
static const struct db_statement *const writes[] = { &select_region,
	&select_roots, NULL };

const struct resource regions_resource = {
	.routes = routes,
	.reads = reads,
	.writes = writes,
	.dues = dues,
};
