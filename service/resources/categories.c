/* categories.c -- the kinds of service that may be bought here. */
#include "categories.h"

#include "approval_items.h"
#include "body_json.h"
#include "imports.h"
#include "kl_requirement_json.h"
#include "list.h"
#include "route.h"

#include <string.h>

enum {
	BODY_MAX = 65536,
	WORDS_MAX = 200,
	CODE_MAX = 16,
	DAYS_MAX = 3650,
	ITEMS_JSON_MAX = 4096,
	REQUIREMENT_JSON_MAX = 32768,
	FEE_JSON_MAX = BODY_FEE_JSON_MAX,
};

#define M(...)             MEMBER(category, __VA_ARGS__)
#define MAYBE              MEMBER_IN | MEMBER_OPTIONAL | MEMBER_LATER
#define WORDS(field, help) M(field, MEMBER_TEXT, 1, WORDS_MAX, MAYBE, help)
/* All that a revision says anew. */
#define REVISED                                                                \
	M(service, MEMBER_TEXT, 1, WORDS_MAX, MEMBER_IN | MEMBER_LATER,        \
	    "what is done"),                                                   \
	    WORDS(phase, "of a project, when it is needed"),                   \
	    WORDS(approval_item, "the approval it is needed for, in words"),   \
	    WORDS(authority, "who approves"),                                  \
	    WORDS(basis, "the law that asks for it"),                          \
	    WORDS(basis_source, "how well that is known"),                     \
	    WORDS(legal_limit, "of the approval, as the law says it"),         \
	    WORDS(limit_source, "how well that is known"),                     \
	    WORDS(qualification, "what the institution needs, in words"),      \
	    MEMBER_OF(category, unit, "workday day", MAYBE,                    \
		"what legal_days and legal_limit count"),                      \
	    WORDS(suggested_days, "a usual promise of the service"),           \
	    M(approval_items, MEMBER_JSON, 0, ITEMS_JSON_MAX, MAYBE,           \
		"codes of the approval items it is needed for"),               \
	    M(legal_days, MEMBER_NUMBER, 0, DAYS_MAX, MAYBE,                   \
		"the limit of the approval; 0 for none"),                      \
	    M(cap_days, MEMBER_NUMBER, 0, DAYS_MAX, MAYBE,                     \
		"no listing promises more; 0 for no cap"),                     \
	    MEMBER_OF(category, cap_unit, "workday day", MAYBE,                \
		"what cap_days counts"),                                       \
	    M(requirement, MEMBER_JSON, 0, REQUIREMENT_JSON_MAX, MAYBE,        \
		"qualifications an institution must have, each of `all` by "   \
		"one of its `any`, and the ladders of their levels"),          \
	    MEMBER_OF(category, price_control, "market government", MAYBE,     \
		"who sets the fee; none is the market"),                       \
	    M(fee_ceiling, MEMBER_JSON, 0, FEE_JSON_MAX, MAYBE,                \
		"of a government price: the schedule no fee is above")
static const struct member members[] = {
	/* It is the object's own id. */
	{ "code", MEMBER_TOKEN, offsetof(struct category, object.id), 1,
	    CODE_MAX, MEMBER_IN | MEMBER_PASSING, NULL, "A01 and so on" },
	REVISED,
	{ 0 },
};
static const struct member revised_members[] = { REVISED, { 0 } };
#undef REVISED
#undef WORDS
#undef MAYBE
#undef M

static struct kind_list lists[] = {
	{ .index = "PRIMARY", .sort = "id" },
	{ 0 },
};

struct kind category_kind = {
	.name = "Category",
	.table = "category",
	.size = sizeof(struct category),
	.members = members,
	.shown = SHOWS_CATEGORIES,
	.lists = lists,
};

static const struct kind revision_kind = {
	.name = "CategoryRevision",
	.size = sizeof(struct category),
	.members = revised_members,
};

enum error category_open(
    struct request *request, const char *code, const struct category **category)
{
	const void *found;
	enum error error = list_look(request, &category_kind, code, &found);

	if (error == ERR_NOT_FOUND)
		return request_complain(request, "/category", "unknown",
		    "没有这个服务类别", "there is no such category", NULL);
	if (error)
		return error;
	*category = found;
	if (strcmp((*category)->object.state, "active") == 0)
		return ERR_OK;
	return request_complain(request, "/category", "retired",
	    "这个服务类别已停用", "the category is retired", NULL);
}

/* --- what it says --------------------------------------------------------- */

static enum error check_items(
    struct request *request, const struct category *category)
{
	struct body_tokens codes;
	enum error error = body_tokens_read(
	    request, category->approval_items, "/approval_items", &codes);

	for (size_t i = 0; !error && i < codes.count; i++) {
		const void *found;

		error = list_look(
		    request, &approval_item_kind, codes.list[i], &found);
		if (error == ERR_NOT_FOUND)
			error = request_complain(request,
			    arena_format(
				&request->arena, "/approval_items/%zu", i),
			    "unknown", "没有这个审批事项",
			    "there is no such approval item", NULL);
	}
	return error;
}

static enum error check_limits(
    struct request *request, const struct category *category)
{
	enum error error = ERR_OK;

	if (category->legal_days > 0 && !category->unit)
		error = request_complain(request, "/unit", "unit",
		    "有天数须有单位", "days have a unit", NULL);
	if ((category->cap_days > 0) != (category->cap_unit != NULL))
		error = request_complain(request, "/cap_unit", "unit",
		    "有天数须有单位,无天数不得有单位",
		    "days have a unit, and no days have none", NULL);
	return error;
}

static enum error check_requirement(
    struct request *request, const struct category *category)
{
	struct kl_requirement_sheet *sheet =
	    arena_alloc(&request->arena, sizeof(*sheet));
	json_auto_t *value = NULL;
	const char *why;

	if (!category->requirement)
		return ERR_OK;
	value = json_loads(category->requirement, 0, NULL);
	if (!kl_requirement_read(value, sheet, &why))
		return ERR_OK;
	return request_complain(request, "/requirement", "form",
	    "资质要求的结构有误:{0}", "of another form: {0}", why, NULL);
}

/* A price that the government sets has a ceiling, and no other has one. */
static enum error check_price(
    struct request *request, const struct category *category)
{
	bool governed = category->price_control &&
			strcmp(category->price_control, "government") == 0;
	struct kl_fee_sheet sheet;

	if (governed != (category->fee_ceiling != NULL))
		return request_complain(request, "/fee_ceiling", "price",
		    "政府定价须有收费上限,市场价不得有",
		    "a government price has a ceiling, a market price none",
		    NULL);
	return body_fee_read(
	    request, category->fee_ceiling, "/fee_ceiling", &sheet);
}

static enum error check(
    struct request *request, const struct category *category)
{
	static enum error (*const checks[])(struct request * request,
	    const struct category *category) = { check_items, check_limits,
		check_requirement, check_price };
	enum error worst = ERR_OK;

	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		enum error error = checks[i](request, category);

		if (error && error != ERR_INVALID)
			return error;
		worst = error ? error : worst;
	}
	return worst;
}

/* --- acts ----------------------------------------------------------------- */

static enum error publish(struct request *request)
{
	struct category *category =
	    kind_copy(&category_kind, request->input, &request->arena);
	enum error error = check(request, category);

	if (!error)
		error = act_add(request, &category_kind, category,
		    EVENT_CATEGORY_PUBLISHED, NULL, NULL);
	return error ? error
		     : list_made(
			   request, &category_kind, category, "/v1/categories");
}

/* Of the path, if it is of the version that If-Match names. */
static enum error take(struct request *request, struct category **category)
{
	const void *found;
	enum error error =
	    act_find(request, &category_kind, request->params[0], &found);

	if (error)
		return error;
	*category = kind_copy(&category_kind, found, &request->arena);
	return request_match(request, (*category)->object.seq);
}

static enum error change(
    struct request *request, struct category *category, enum event event)
{
	enum error error =
	    act_change(request, &category_kind, category, event, NULL, NULL);

	return error ? error
		     : list_shown(request, &category_kind, category, true);
}

static enum error revise(struct request *request)
{
	const struct category *input = request->input;
	struct category *category = NULL, revised = *input;
	enum error error = take(request, &category);

	if (error)
		return error;
	revised.object = category->object;
	error = check(request, &revised);
	return error ? error
		     : change(request, &revised, EVENT_CATEGORY_REVISED);
}

static enum error retire(struct request *request)
{
	struct category *category = NULL;
	enum error error = take(request, &category);

	return error ? error
		     : change(request, category, EVENT_CATEGORY_RETIRED);
}

static bool is_said(const char *word, const struct category *category)
{
	const char *const texts[] = { category->object.id, category->service,
		category->approval_item, category->authority, category->basis };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (texts[i] && strcasestr(texts[i], word))
			return true;
	return false;
}

bool category_fits(struct request *request, const struct category *category)
{
	const char *words = request_query(request, "q"), *word;
	const char *wanted = request_query(request, "phase");
	const char *phase = category->phase ? category->phase : "";
	char *rest = arena_copy(&request->arena, words ? words : "");

	if (wanted && strcmp(wanted, phase) != 0)
		return false;
	while ((word = strsep(&rest, " ")))
		if (!is_said(word, category))
			return false;
	return true;
}

static enum error look(struct request *request, void *row)
{
	const struct category *category = row;
	const char *state = request_query(request, "state");

	if (state && strcmp(state, category->object.state) != 0)
		return ERR_NOT_FOUND;
	return category_fits(request, category) ? ERR_OK : ERR_NOT_FOUND;
}

static const struct member query[] = {
	CATEGORY_QUERY,
	{ .name = "state",
	    .type = MEMBER_TOKEN,
	    .maximum = 16,
	    .flags = MEMBER_OPTIONAL,
	    .help = "active, or retired" },
	{ 0 },
};

static enum error list(struct request *request)
{
	const struct list_view view = { .look = look };

	return list_reply(request, &category_kind, &view);
}

static enum error show(struct request *request)
{
	return list_one(request, &category_kind);
}

/* --- as a file ------------------------------------------------------------ */

static enum error check_import(
    struct request *request, void *row, const void *now)
{
	(void)now;
	return check(request, row);
}

const struct import_target category_target = {
	.name = "categories",
	.kind = &category_kind,
	.check = check_import,
	.added = EVENT_CATEGORY_PUBLISHED,
	.changed = EVENT_CATEGORY_REVISED,
};

static const struct route routes[] = {
	{ "POST", "/v1/categories", publish, ROUTE_ACT, .who = ROLE_OPERATOR,
	    .body_max = BODY_MAX, .input = &category_kind,
	    .output = &category_kind, .bulk = true,
	    .summary = "Publish a category of service" },
	{ "POST", "/v1/categories/{code}/revision", revise, ROUTE_ACT,
	    .who = ROLE_OPERATOR, .body_max = BODY_MAX, .input = &revision_kind,
	    .output = &category_kind, .summary = "Say anew all of a category" },
	{ "POST", "/v1/categories/{code}/retirement", retire, ROUTE_ACT,
	    .who = ROLE_OPERATOR, .body_max = BODY_MAX, .input = &kind_nothing,
	    .output = &category_kind, .summary = "Retire a category" },
	{ "GET", "/v1/categories", list, ROUTE_PAGE, .shows = SHOWS_CATEGORIES,
	    .output = &category_kind, .query = query,
	    .summary = "The categories of service; by words, phase or state" },
	{ "GET", "/v1/categories/{code}", show, ROUTE_PAGE,
	    .shows = SHOWS_CATEGORIES, .one_query = true,
	    .output = &category_kind, .summary = "One category" },
	{ 0 },
};

const struct resource categories_resource = { .routes = routes };
