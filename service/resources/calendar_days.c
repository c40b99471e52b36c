/* calendar_days.c -- the days of a region: which work, and until when. */
#include "calendars.h"

#include "export.h"
#include "kl_calendar_year.h"
#include "route.h"

#include <string.h>

enum { DAYS_MAX = 400, WORKDAYS_MAX = 10000 };

/* --- what is asked -------------------------------------------------------- */

static enum error ask_day(
    struct request *request, const char *name, int32_t *day)
{
	const char *text = request_query(request, name);

	if (text && !kl_date_read(text, strlen(text), day))
		return ERR_OK;
	return request_complain(request, "", "form",
	    "须以 ?{0}=YYYY-MM-DD 指明日期(2010 至 2099 年)",
	    "?{0}=YYYY-MM-DD must name a day, from 2010 to 2099", name, NULL);
}

/* --- words ---------------------------------------------------------------- */

static const char *word_of(enum kl_day_kind kind)
{
	switch (kind) {
	case KL_DAY_WEEKDAY:
		return "weekday";
	case KL_DAY_WEEKEND:
		return "weekend";
	case KL_DAY_OFF:
		return "off";
	case KL_DAY_MAKEUP:
		return "makeup";
	}
	return NULL;
}

static json_t *date_json(int32_t day)
{
	char date[KL_DATE_TEXT];

	if (day == KL_DATE_NONE)
		return json_null();
	kl_date_write(day, date);
	return json_string(date);
}

static json_t *day_json(const struct kl_calendar *calendar, int32_t day)
{
	struct kl_calendar_look look = kl_calendar_look(calendar, day);
	const struct kl_calendar_day *named = look.named;

	return json_pack("{s:o, s:b, s:s, s:b, s:s?, s:s?, s:s?}", "date",
	    date_json(day), "working", look.working, "kind", word_of(look.kind),
	    "provisional", look.provisional, "name", named ? named->name : NULL,
	    "region", named ? look.level->name : NULL, "source",
	    named ? named->source : NULL);
}

/* `reply` with what every answer here rests on. */
static json_t *rested(
    struct request *request, const struct calendar_stack *stack, json_t *reply)
{
	json_object_set_new(reply, "region", json_string(request->params[0]));
	json_object_set_new(reply, "version", json_string(stack->version));
	json_object_set_new(
	    reply, "horizon", date_json(stack->calendar.horizon));
	return reply;
}

/* `reply` is taken over. */
static enum error answer(
    struct request *request, const struct calendar_stack *stack, json_t *reply)
{
	return request_reply(request, 200, rested(request, stack, reply));
}

/* --- the three questions -------------------------------------------------- */

static enum error show_calendar(struct request *request)
{
	struct calendar_stack stack;
	json_t *levels = json_array();
	enum error error =
	    calendar_read(request, request->params[0], NULL, &stack);

	for (size_t i = 0; !error && i < stack.calendar.level_count; i++)
		json_array_append_new(
		    levels, json_pack("{s:s, s:I}", "region",
				stack.calendar.levels[i].name, "days",
				(json_int_t)stack.calendar.levels[i].count));
	if (!error)
		error = answer(
		    request, &stack, json_pack("{s:O}", "levels", levels));
	json_decref(levels);
	calendar_clear(&stack);
	return error;
}

static enum error show_days(struct request *request)
{
	int32_t from = 0, to = 0;
	struct calendar_stack stack;
	enum export_format format;
	json_t *items;
	enum error error = export_read(request, &format);

	if (!error)
		error = ask_day(request, "from", &from);
	if (!error)
		error = ask_day(request, "to", &to);
	if (!error && (to < from || to - from >= DAYS_MAX))
		error = request_complain(request, "", "bounds",
		    "to 不得早于 from,且不超过 {0} 日",
		    "to must not be before from, and {0} days at most",
		    request_number(request, DAYS_MAX), NULL);
	if (error)
		return error;
	error = calendar_read(request, request->params[0], NULL, &stack);
	if (!error) {
		items = json_array();
		for (int32_t day = from; day <= to; day++)
			json_array_append_new(
			    items, day_json(&stack.calendar, day));
		error = export_answer(request, format,
		    rested(
			request, &stack, json_pack("{s:o}", "items", items)));
	}
	calendar_clear(&stack);
	return error;
}

static enum error show_workday(struct request *request)
{
	int32_t after = 0, day = 0;
	uint64_t n = 0;
	struct calendar_stack stack;
	enum error error = ask_day(request, "after", &after);

	if (!error)
		error = request_query_u64(request, "n", 1, WORKDAYS_MAX, 1, &n);
	if (error)
		return error;
	error = calendar_read(request, request->params[0], NULL, &stack);
	if (!error)
		error = error_of_lib(
		    kl_calendar_add(&stack.calendar, after, (int64_t)n, &day));
	if (!error)
		error = answer(request, &stack,
		    json_pack("{s:o, s:b}", "date", date_json(day),
			"provisional",
			kl_calendar_provisional(&stack.calendar, day)));
	calendar_clear(&stack);
	return error;
}

/* --- the resource --------------------------------------------------------- */

static const struct member days_query[] = {
	{ .name = "from", .type = MEMBER_TEXT, .help = "A day, YYYY-MM-DD" },
	{ .name = "to", .type = MEMBER_TEXT, .help = "The last day" },
	{ 0 },
};

static const struct member workday_query[] = {
	{ .name = "after", .type = MEMBER_TEXT, .help = "A day, YYYY-MM-DD" },
	{ .name = "n",
	    .type = MEMBER_NUMBER,
	    .minimum = 1,
	    .maximum = WORKDAYS_MAX,
	    .flags = MEMBER_OPTIONAL,
	    .help = "The how manieth working day after it; 1 without" },
	{ 0 },
};

static const char *const columns[] = { "date", "working", "kind", "name",
	"provisional", "region", "source", NULL };

static const struct export_table table = { "days", columns, NULL };

static const struct route routes[] = {
	{ "GET", "/v1/regions/{code}/calendar", show_calendar, ROUTE_PAGE,
	    .shows = SHOWS_REGIONS,
	    .summary = "The calendar of a region: who has published, and how "
		       "far" },
	{ "GET", "/v1/regions/{code}/days", show_days, ROUTE_PAGE,
	    .shows = SHOWS_REGIONS, .query = days_query, .table = &table,
	    .summary = "Which days work there, ?from= a day ?to= another, and "
		       "by what" },
	{ "GET", "/v1/regions/{code}/workday", show_workday, ROUTE_PAGE,
	    .shows = SHOWS_REGIONS, .query = workday_query,
	    .summary = "The ?n=th working day ?after= a day" },
	{ 0 },
};

const struct resource calendar_days_resource = { .routes = routes,
	.reads = calendar_statements,
	.writes = calendar_statements };
