/* approval_items.c -- what authorities approve, published by the operator. */
#include "approval_items.h"

#include "imports.h"
#include "kl_limit.h"
#include "list.h"
#include "organisations.h"
#include "route.h"

#include <string.h>

enum {
	BODY_MAX = 65536,
	CODE_MAX = 32,
	WORDS_MAX = 200,
	BASIS_MAX = 500,
	PROSE_MAX = 4000,
	REGION_MAX = 32,
	DAYS_MAX = 3650,
};

#define M(...)             MEMBER(approval_item, __VA_ARGS__)
#define MAYBE              MEMBER_IN | MEMBER_OPTIONAL | MEMBER_LATER
#define PROSE(field, help) M(field, MEMBER_PROSE, 1, PROSE_MAX, MAYBE, help)
#define DAYS(field, help)  M(field, MEMBER_NUMBER, 0, DAYS_MAX, MAYBE, help)
#define UNIT(field, help)                                                      \
	MEMBER_OF(approval_item, field, "workday day", MAYBE, help)
/* All that a revision says anew. */
#define REVISED                                                                \
	M(name, MEMBER_TEXT, 1, WORDS_MAX, MEMBER_IN | MEMBER_LATER,           \
	    "what is approved"),                                               \
	    M(region, MEMBER_TOKEN, 1, REGION_MAX, MAYBE,                      \
		"the region it is of; none for everywhere"),                   \
	    M(authority, MEMBER_TOKEN, 1, 64, MAYBE,                           \
		"the organisation that approves, if it takes part"),           \
	    M(authority_name, MEMBER_TEXT, 1, WORDS_MAX,                       \
		MEMBER_IN | MEMBER_LATER, "who approves"),                     \
	    M(basis, MEMBER_TEXT, 1, BASIS_MAX, MEMBER_IN | MEMBER_LATER,      \
		"the law it rests on"),                                        \
	    DAYS(legal_days, "the limit of the law; 0 for none"),              \
	    UNIT(legal_unit, "what legal_days counts"),                        \
	    M(legal_limit, MEMBER_TEXT, 1, WORDS_MAX, MAYBE,                   \
		"the limit as the law says it"),                               \
	    M(limit_source, MEMBER_TEXT, 1, WORDS_MAX, MAYBE,                  \
		"how well that is known"),                                     \
	    DAYS(promised_days, "the limit that is promised; 0 for none"),     \
	    UNIT(promised_unit, "what promised_days counts"),                  \
	    PROSE(conditions, "under which conditions"),                       \
	    PROSE(materials, "what is to be handed in"),                       \
	    PROSE(steps, "how it goes"), PROSE(result, "what comes of it"),    \
	    PROSE(fee, "what it costs"),                                       \
	    PROSE(fee_basis, "what the fee rests on"),                         \
	    M(complaint_channel, MEMBER_TEXT, 1, BASIS_MAX, MAYBE,             \
		"where to complain")
static const struct member members[] = {
	/* It is the object's own id. */
	{ "code", MEMBER_TOKEN, offsetof(struct approval_item, object.id), 1,
	    CODE_MAX, MEMBER_IN | MEMBER_PASSING, NULL,
	    "the stable code of the item" },
	REVISED,
	{ 0 },
};
static const struct member revised_members[] = { REVISED, { 0 } };
#undef REVISED
#undef UNIT
#undef DAYS
#undef PROSE
#undef MAYBE
#undef M

static struct kind_list lists[] = {
	{ .index = "PRIMARY", .sort = "id" },
	{ .index = "by_authority", .filters = { "authority" }, .sort = "id" },
	{ .index = "by_region", .filters = { "region" }, .sort = "id" },
	{ 0 },
};

struct kind approval_item_kind = {
	.name = "ApprovalItem",
	.table = "approval_item",
	.size = sizeof(struct approval_item),
	.members = members,
	.shown = SHOWS_CATEGORIES,
	.lists = lists,
};

static const struct kind revision_kind = {
	.name = "ApprovalItemRevision",
	.size = sizeof(struct approval_item),
	.members = revised_members,
};

/* --- what it says --------------------------------------------------------- */

/* Days and their unit come together. */
static enum error check_unit(struct request *request, uint64_t days,
    const char *unit, const char *pointer)
{
	if ((days > 0) == (unit != NULL))
		return ERR_OK;
	return request_complain(request, pointer, "unit",
	    "有天数须有单位,无天数不得有单位",
	    "days have a unit, and no days have none", NULL);
}

static struct kl_days days_of(uint64_t days, const char *unit)
{
	return (struct kl_days){ (int64_t)days, strcmp(unit, "workday") == 0 };
}

/* S2 §11: 有法定办理期限的,不得突破法定办理期限的上限. */
static enum error check_promise(
    struct request *request, const struct approval_item *item)
{
	struct kl_days promise, legal;

	if (item->legal_days == 0 || item->promised_days == 0)
		return ERR_OK;
	promise = days_of(item->promised_days, item->promised_unit);
	legal = days_of(item->legal_days, item->legal_unit);
	switch (kl_limit_compare(&promise, &legal)) {
	case KL_LIMIT_WITHIN:
		return ERR_OK;
	case KL_LIMIT_OVER:
		return request_complain(request, "/promised_days", "over-legal",
		    "承诺时限不得超过法定时限({0})",
		    "the promise must not be over the legal limit of {0}",
		    request_number(request, item->legal_days), NULL);
	case KL_LIMIT_UNKNOWN:
		break;
	}
	return request_complain(request, "/promised_unit", "unit",
	    "日与工作日无法比较,请用与法定时限相同的单位",
	    "days and working days cannot be compared here: use the unit of "
	    "the legal limit",
	    NULL);
}

static enum error check_authority(
    struct request *request, const struct approval_item *item)
{
	const void *found;
	enum error error;

	if (!item->authority)
		return ERR_OK;
	error = list_look(request, &organisation_kind, item->authority, &found);
	if (error != ERR_NOT_FOUND)
		return error;
	return request_complain(request, "/authority", "unknown",
	    "没有这个单位", "there is no such organisation", NULL);
}

static enum error check(
    struct request *request, const struct approval_item *item)
{
	enum error legal = check_unit(
	    request, item->legal_days, item->legal_unit, "/legal_unit");
	enum error promised = check_unit(request, item->promised_days,
	    item->promised_unit, "/promised_unit");
	enum error error = legal ? legal : promised;

	if (!error)
		error = check_promise(request, item);
	return error ? error : check_authority(request, item);
}

/* --- acts ----------------------------------------------------------------- */

static enum error publish(struct request *request)
{
	struct approval_item *item =
	    kind_copy(&approval_item_kind, request->input, &request->arena);
	enum error error = check(request, item);

	if (!error)
		error = act_add(request, &approval_item_kind, item,
		    EVENT_APPROVAL_ITEM_PUBLISHED, NULL, NULL);
	return error ? error
		     : list_made(request, &approval_item_kind, item,
			   "/v1/approval_items");
}

/* Of the path, if it is of the version that If-Match names. */
static enum error take(struct request *request, struct approval_item **item)
{
	const void *found;
	enum error error =
	    act_find(request, &approval_item_kind, request->params[0], &found);

	if (error)
		return error;
	*item = kind_copy(&approval_item_kind, found, &request->arena);
	return request_match(request, (*item)->object.seq);
}

static enum error change(
    struct request *request, struct approval_item *item, enum event event)
{
	enum error error =
	    act_change(request, &approval_item_kind, item, event, NULL, NULL);

	return error ? error
		     : list_shown(request, &approval_item_kind, item, true);
}

static enum error revise(struct request *request)
{
	const struct approval_item *input = request->input;
	struct approval_item *item = NULL, revised = *input;
	enum error error = take(request, &item);

	if (error)
		return error;
	revised.object = item->object;
	error = check(request, &revised);
	return error ? error
		     : change(request, &revised, EVENT_APPROVAL_ITEM_REVISED);
}

static enum error retire(struct request *request)
{
	struct approval_item *item = NULL;
	enum error error = take(request, &item);

	return error ? error
		     : change(request, item, EVENT_APPROVAL_ITEM_RETIRED);
}

static enum error list(struct request *request)
{
	return list_reply(request, &approval_item_kind, NULL);
}

static enum error show(struct request *request)
{
	return list_one(request, &approval_item_kind);
}

/* --- as a file ------------------------------------------------------------ */

static enum error check_import(
    struct request *request, void *row, const void *now)
{
	(void)now;
	return check(request, row);
}

const struct import_target approval_item_target = {
	.name = "approval_items",
	.kind = &approval_item_kind,
	.check = check_import,
	.added = EVENT_APPROVAL_ITEM_PUBLISHED,
	.changed = EVENT_APPROVAL_ITEM_REVISED,
};

static const struct route routes[] = {
	{ "POST", "/v1/approval_items", publish, ROUTE_ACT,
	    .who = ROLE_OPERATOR, .body_max = BODY_MAX,
	    .input = &approval_item_kind, .output = &approval_item_kind,
	    .bulk = true, .summary = "Publish an approval item" },
	{ "POST", "/v1/approval_items/{code}/revision", revise, ROUTE_ACT,
	    .who = ROLE_OPERATOR, .body_max = BODY_MAX, .input = &revision_kind,
	    .output = &approval_item_kind,
	    .summary = "Say anew all of an approval item" },
	{ "POST", "/v1/approval_items/{code}/retirement", retire, ROUTE_ACT,
	    .who = ROLE_OPERATOR, .body_max = BODY_MAX, .input = &kind_nothing,
	    .output = &approval_item_kind,
	    .summary = "Retire an approval item" },
	{ "GET", "/v1/approval_items", list, ROUTE_PAGE,
	    .shows = SHOWS_CATEGORIES, .one_query = true,
	    .output = &approval_item_kind,
	    .summary = "The approval items; by authority or region" },
	{ "GET", "/v1/approval_items/{code}", show, ROUTE_PAGE,
	    .shows = SHOWS_CATEGORIES, .one_query = true,
	    .output = &approval_item_kind, .summary = "One approval item" },
	{ 0 },
};

const struct resource approval_items_resource = { .routes = routes };
