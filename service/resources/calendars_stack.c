/* calendars_stack.c -- the levels of a region, put on one another. */
#include "calendars.h"

#include "kl_policy.h"

#include <assert.h>
#include <string.h>

/* Of each year the notice that was adopted last. */
#define NEWEST                                                                 \
	" FROM calendar c WHERE c.region = ? AND c.event_index ="              \
	" (SELECT MAX(n.event_index) FROM calendar n"                          \
	" WHERE n.region = c.region AND n.year = c.year) ORDER BY c.year"

static const struct db_statement select_notices = {
	"SELECT c.year, c.source, c.days, c.digest" NEWEST,
};

static const struct db_statement select_digests = {
	"SELECT c.digest" NEWEST,
};

const struct db_statement *const calendar_statements[] = { &select_notices,
	&select_digests, NULL };

/* --- one level ------------------------------------------------------------ */

struct notices {
	struct kl_calendar_notice list[KL_CALENDAR_NOTICES_MAX + 1];
	struct kl_buf days[KL_CALENDAR_NOTICES_MAX + 1];
	size_t count;
};

enum {
	NOTICE_SIZE = KL_CALENDAR_YEAR_DAYS_MAX * sizeof(struct kl_calendar_day)
};

static void clear_notices(struct notices *notices)
{
	for (size_t i = 0; i < notices->count; i++)
		kl_buf_clear(&notices->days[i]);
}

/* The names live in the arena: the JSON does not. */
static void keep_names(
    struct request *request, struct kl_buf *days, const char *source)
{
	struct kl_calendar_day *all = (struct kl_calendar_day *)days->data;

	for (size_t i = 0; i < days->size / sizeof(*all); i++) {
		all[i].name = arena_copy(&request->arena, all[i].name);
		all[i].source = source;
	}
}

static bool add_notice(struct request *request, struct notices *notices,
    size_t at, uint64_t year, const char *source, const char *text)
{
	json_auto_t *list = json_loads(text, 0, NULL);
	struct kl_buf *days = &notices->days[at];
	enum kl_calendar_year_fault fault;
	size_t index;

	*days = (struct kl_buf)KL_BUF(NOTICE_SIZE);
	notices->count++;
	if (kl_calendar_year_read(list, (int32_t)year, days, &fault, &index))
		return false;
	keep_names(request, days, source);
	notices->list[at] = (struct kl_calendar_notice){ (int32_t)year,
		(const struct kl_calendar_day *)days->data,
		days->size / sizeof(struct kl_calendar_day) };
	return true;
}

/* Where the notice of `year` is, or would be. */
static size_t place_of(const struct notices *notices, uint64_t year)
{
	size_t i = 0;

	while (i < notices->count && notices->list[i].year < (int32_t)year)
		i++;
	return i;
}

/* In place of the one of its year, or between two others. */
static bool put_in(struct request *request, struct notices *notices,
    const struct calendar *with)
{
	size_t at = place_of(notices, with->year);
	size_t after = notices->count - at;

	if (after > 0 && notices->list[at].year == (int32_t)with->year) {
		kl_buf_clear(&notices->days[at]);
		notices->count--;
	} else {
		memmove(&notices->list[at + 1], &notices->list[at],
		    after * sizeof(*notices->list));
		memmove(&notices->days[at + 1], &notices->days[at],
		    after * sizeof(*notices->days));
	}
	return add_notice(
	    request, notices, at, with->year, with->source, with->days);
}

/* What makes the version of all: each level's name, week and digests. */
static void add_to_version(struct kl_hasher *hasher, const char *text)
{
	kl_hasher_add_text(hasher, text ? text : "-");
	kl_hasher_add_text(hasher, "\n");
}

static enum error read_notices(struct request *request, const char *region,
    struct notices *notices, struct kl_hasher *hasher)
{
	const char *source, *days, *digest;
	uint64_t year;
	bool good = true;
	enum error error;

	notices->count = 0;
	db_query(request->db, &select_notices, DB_IN(db_text(region)),
	    DB_OUT(db_to_u64(&year), db_to_text(&source), db_to_text(&days),
		db_to_text(&digest)));
	while (good && notices->count < KL_CALENDAR_NOTICES_MAX &&
	       db_next(request->db)) {
		add_to_version(hasher, digest);
		good = add_notice(
		    request, notices, notices->count, year, source, days);
	}
	error = db_finish(request->db);
	return good || error ? error : ERR_INTERNAL;
}

static enum error read_level(struct request *request, const char *region,
    const char *week, const struct calendar *with, struct kl_buf *days,
    struct kl_calendar_level *level, struct kl_hasher *hasher)
{
	bool is_nation = strcmp(region, REGION_NATION) == 0;
	struct kl_calendar_level base =
	    is_nation ? kl_calendar_cn
		      : (struct kl_calendar_level){ .horizon = KL_DATE_NONE };
	struct notices notices;
	enum error error;

	add_to_version(hasher, region);
	add_to_version(hasher, week);
	error = read_notices(request, region, &notices, hasher);
	base.name = region;
	if (!error && week && kl_week_read(week, strlen(week), &base.week))
		error = ERR_INTERNAL;
	if (!error && with && strcmp(with->region, region) == 0 &&
	    !put_in(request, &notices, with))
		error = ERR_INTERNAL;
	if (!error)
		error = error_of_lib(kl_calendar_publish(
		    &base, notices.list, notices.count, days, level));
	clear_notices(&notices);
	return error;
}

/* --- all of them ---------------------------------------------------------- */

enum error calendar_read(struct request *request, const char *region,
    const struct calendar *with, struct calendar_stack *stack)
{
	struct kl_calendar_level levels[REGION_DEPTH_MAX];
	struct region_chain chain;
	struct kl_hasher hasher;
	struct kl_hash hash;
	enum error error;

	stack->calendar = (struct kl_calendar)KL_CALENDAR;
	for (size_t i = 0; i < REGION_DEPTH_MAX; i++)
		stack->days[i] =
		    (struct kl_buf)KL_BUF(KL_CALENDAR_PUBLISHED_SIZE);
	kl_hasher_init(&hasher);
	error = region_chain(request, region, &chain);
	for (size_t i = 0; i < chain.count && !error; i++)
		error = read_level(request, chain.ids[i], chain.weeks[i], with,
		    &stack->days[i], &levels[i], &hasher);
	if (!error)
		error = error_of_lib(
		    kl_calendar_make(&stack->calendar, levels, chain.count));
	hash = kl_hasher_end(&hasher);
	kl_hash_hex(&hash, stack->version);
	return error;
}

void calendar_clear(struct calendar_stack *stack)
{
	kl_calendar_clear(&stack->calendar);
	for (size_t i = 0; i < REGION_DEPTH_MAX; i++)
		kl_buf_clear(&stack->days[i]);
}

enum error calendar_horizon(struct request *request, int32_t *horizon)
{
	struct calendar_stack stack;
	enum error error = act_direct(request);

	if (error)
		return error;
	error = calendar_read(request, REGION_NATION, NULL, &stack);
	*horizon = stack.calendar.horizon;
	calendar_clear(&stack);
	return error;
}

/* --- when a duration ends ------------------------------------------------- */

static enum error last_day(struct request *request, const char *region,
    struct kl_days limit, int64_t from, int64_t *due, const char **version)
{
	struct calendar_stack stack;
	int32_t last;
	enum error error = act_direct(request);

	if (error)
		return error;
	error = calendar_read(request, region, NULL, &stack);
	if (!error)
		error = error_of_lib(kl_calendar_due(
		    &stack.calendar, kl_date_of(from), limit, &last));
	if (!error) {
		*due = kl_date_begins(last + 1);
		*version = arena_copy(&request->arena, stack.version);
	}
	calendar_clear(&stack);
	return error;
}

enum error calendar_due(struct request *request, const char *region,
    const json_t *duration, int64_t from, int64_t *due, const char **version)
{
	const char *unit = json_string_value(json_object_get(duration, "unit"));
	struct kl_days limit = {
		.count = json_integer_value(json_object_get(duration, "n")),
		.workdays = unit && strcmp(unit, "workday") == 0,
	};
	int64_t seconds = kl_policy_seconds(duration);

	assert(unit && seconds >= 0); /* checked when it was adopted */
	if (limit.workdays || strcmp(unit, "day") == 0)
		return last_day(request, region, limit, from, due, version);
	*due = from + seconds;
	*version = NULL;
	return ERR_OK;
}
