/* calendars.c -- the notice of a year, adopted by two persons. */
#include "calendars.h"

#include "kl_canon.h"
#include "list.h"
#include "route.h"

#include <string.h>

enum { CHANGES_MAX = 2 * KL_CALENDAR_YEAR_DAYS_MAX, VERSION_MAX = 16 };

#define M(...) MEMBER(calendar, __VA_ARGS__)
static const struct member members[] = {
	M(region, MEMBER_TOKEN, 1, KL_POLICY_REGION_MAX, MEMBER_IN,
	    "who published it; cn is the State Council"),
	M(version, MEMBER_TOKEN, 1, VERSION_MAX, MEMBER_IN,
	    "which one of that year"),
	M(year, MEMBER_NUMBER, KL_CALENDAR_YEAR_FIRST, KL_CALENDAR_YEAR_LAST,
	    MEMBER_IN, "the year it is for"),
	M(source, MEMBER_TEXT, 1, CALENDAR_SOURCE_MAX, MEMBER_IN,
	    "the document: its title, its number, its URL"),
	M(days, MEMBER_JSON, 0, CALENDAR_DAYS_SIZE_MAX, MEMBER_IN,
	    "what it names: [{date, name, working}], days off and make-up "
	    "working days"),
	M(digest, MEMBER_HASH, 0, 0, 0,
	    "SHA-256 of the canonical JSON of days, region and year"),
	{ 0 },
};
#undef M

static struct kind_list lists[] = {
	{ .index = "PRIMARY", .sort = "id" },
	{ .index = "by_region", .filters = { "region" }, .sort = "id" },
	{ 0 },
};

struct kind calendar_kind = {
	.name = "Calendar",
	.table = "calendar",
	.size = sizeof(struct calendar),
	.members = members,
	.shown = SHOWS_REGIONS,
	.lists = lists,
};

/* --- a notice that is proposed -------------------------------------------- */

static enum error check_days(
    struct request *request, const struct calendar *calendar)
{
	json_auto_t *list = json_loads(calendar->days, 0, NULL);
	struct kl_buf days =
	    KL_BUF(KL_CALENDAR_YEAR_DAYS_MAX * sizeof(struct kl_calendar_day));
	enum kl_calendar_year_fault fault = KL_YEAR_SOUND;
	const struct kl_words *words;
	const char *pointer = "/days";
	size_t index = 0;
	enum kl_result result = kl_calendar_year_read(
	    list, (int32_t)calendar->year, &days, &fault, &index);

	kl_buf_clear(&days);
	if (!result)
		return ERR_OK;
	words = kl_calendar_year_words(fault);
	if (!words)
		return ERR_INTERNAL;
	if (fault != KL_YEAR_COUNT)
		pointer = arena_format(&request->arena, "/days/%zu", index);
	return request_complain(request, pointer, words->code, words->chinese,
	    words->english, NULL);
}

static enum error set_digest(struct request *request, struct calendar *calendar)
{
	json_auto_t *what = json_pack("{s:o, s:s, s:I}", "days",
	    json_loads(calendar->days, 0, NULL), "region", calendar->region,
	    "year", (json_int_t)calendar->year);
	struct kl_buf bytes = KL_BUF(2 * CALENDAR_DAYS_SIZE_MAX);
	enum kl_result result = kl_canon_write(&bytes, what);
	struct kl_hash hash = kl_hash_of(bytes.data, bytes.size);

	kl_buf_clear(&bytes);
	calendar->digest =
	    arena_hex(&request->arena, hash.bytes, sizeof(hash.bytes));
	return error_of_lib(result);
}

static enum error check_id(
    struct request *request, const struct calendar *calendar)
{
	const void *found;
	enum error error;

	if (strcmp(calendar->object.id, request->params[0]) != 0)
		return request_complain(request, "/version", "subject",
		    "提案的 subject 应为 <region>-<year>-<version>",
		    "the subject must be <region>-<year>-<version>", NULL);
	error = act_find(request, &calendar_kind, calendar->object.id, &found);
	if (error == ERR_NOT_FOUND)
		return ERR_OK;
	return error ? error : ERR_EXISTS;
}

static enum error read_calendar(struct request *request, struct calendar **read)
{
	struct calendar *calendar = kind_make(&calendar_kind, &request->arena);
	enum error error =
	    kind_read(request, &calendar_kind, request->body, calendar);

	if (!error)
		error = region_check(request, calendar->region, "/region");
	if (!error)
		error = check_days(request, calendar);
	if (!error)
		error = set_digest(request, calendar);
	if (error)
		return error;
	calendar->object.id =
	    arena_format(&request->arena, "%s-%s-%s", calendar->region,
		request_number(request, calendar->year), calendar->version);
	*read = calendar;
	return check_id(request, calendar);
}

static enum error propose(struct request *request)
{
	struct calendar *calendar;

	return read_calendar(request, &calendar);
}

/* --- what it changes ------------------------------------------------------ */

static json_t *change_json(const struct kl_calendar_change *change)
{
	char date[KL_DATE_TEXT];

	kl_date_write(change->day, date);
	return json_pack("{s:s, s:b, s:b}", "date", date, "provisional",
	    change->provisional, "working", change->working);
}

static json_t *changes_json(const struct kl_calendar *before,
    const struct kl_calendar *after, int32_t from, int32_t to)
{
	struct kl_calendar_change changes[CHANGES_MAX];
	size_t count =
	    kl_calendar_diff(before, after, from, to, changes, CHANGES_MAX);
	json_t *days = json_array();

	for (size_t i = 0; i < count && i < CHANGES_MAX; i++)
		json_array_append_new(days, change_json(&changes[i]));
	return json_pack(
	    "{s:I, s:o}", "count", (json_int_t)count, "days", days);
}

/* A notice names days up to a month around its year. */
static json_t *compare(const struct calendar *calendar,
    const struct calendar_stack *before, const struct calendar_stack *after)
{
	enum { MONTH = 31 };
	int32_t year = (int32_t)calendar->year;
	int32_t from = kl_calendar_year_first(year) - MONTH;

	if (from < KL_DATE_FIRST)
		from = KL_DATE_FIRST;
	return changes_json(&before->calendar, &after->calendar, from,
	    kl_calendar_year_last(year) + MONTH);
}

static enum error changes(struct request *request, json_t **changes)
{
	struct calendar *calendar;
	struct calendar_stack before, after;
	enum error error = read_calendar(request, &calendar);

	if (!error)
		error = act_direct(request);
	if (error)
		return error;
	error = calendar_read(request, calendar->region, NULL, &before);
	if (!error) {
		error =
		    calendar_read(request, calendar->region, calendar, &after);
		if (!error)
			*changes = compare(calendar, &before, &after);
		calendar_clear(&after);
	}
	calendar_clear(&before);
	return error;
}

static enum error adopt(struct request *request)
{
	struct calendar *calendar;
	enum error error = read_calendar(request, &calendar);

	return error ? error
		     : act_add(request, &calendar_kind, calendar,
			   EVENT_CALENDAR_ADOPTED, NULL, NULL);
}

/* --- the resource --------------------------------------------------------- */

static enum error list(struct request *request)
{
	return list_reply(request, &calendar_kind, NULL);
}

static enum error show(struct request *request)
{
	return list_one(request, &calendar_kind);
}

static const struct route routes[] = {
	{ "GET", "/v1/calendars", list, ROUTE_PAGE, .shows = SHOWS_REGIONS,
	    .one_query = true, .output = &calendar_kind,
	    .summary = "The notices of days off and make-up working days; by "
		       "region too" },
	{ "GET", "/v1/calendars/{id}", show, ROUTE_PAGE, .shows = SHOWS_REGIONS,
	    .one_query = true, .output = &calendar_kind,
	    .summary = "One notice of a year" },
	{ 0 },
};

static const struct two_person two_persons[] = {
	{ "calendar.adopt", ROLE_OPERATOR | ROLE_SUPERVISOR,
	    ROLE_SUPERVISOR | ROLE_AUDITOR, propose, adopt,
	    .summary =
		"Put the notice of a year in force, all of it; the subject is "
		"<region>-<year>-<version>",
	    .changes = changes },
	{ 0 },
};

const struct resource calendars_resource = {
	.routes = routes,
	.two_persons = two_persons,
};
