#include "kl_clock_json.h"

#include "kl_policy.h"

#include <assert.h>
#include <string.h>

enum { DIGEST_SIZE = 64 };

static_assert((int)KL_CLOCK_THRESHOLDS == KL_POLICY_STANDARDS, "they rise");

/* Is each member of the object one of these? They end with NULL. */
static bool is_of(const json_t *object, const char *const names[])
{
	const char *name;
	json_t *value;
	size_t i;

	json_object_foreach ((json_t *)object, name, value) {
		for (i = 0; names[i] && strcmp(names[i], name) != 0; i++)
			;
		if (!names[i])
			return false;
	}
	return json_is_object(object);
}

static bool read_day(const json_t *value, int32_t *day)
{
	return json_is_string(value) &&
	       kl_date_read(json_string_value(value), json_string_length(value),
		   day) == KL_OK;
}

static bool is_text(const json_t *value, const char *text)
{
	return json_is_string(value) &&
	       json_string_length(value) == strlen(text) &&
	       strcmp(json_string_value(value), text) == 0;
}

/* --- the whole ------------------------------------------------------------ */

static enum kl_result read_calendar(struct kl_clock_input *input,
    const json_t *calendar, struct kl_clock_fault *fault)
{
	struct kl_calendar_level level = kl_calendar_cn;
	enum kl_result result = KL_OK;

	fault->why = "calendar is \"cn\" or an object of its days";
	if (json_is_object(calendar))
		result = kl_calendar_read(
		    calendar, &input->days, &level, &fault->why);
	else if (!is_text(calendar, kl_calendar_cn.name))
		return KL_MALFORMED;
	return result ? result : kl_calendar_make(&input->calendar, &level, 1);
}

static bool read_limit(const json_t *limit, struct kl_days *days)
{
	static const char *const names[] = { "n", "unit", NULL };
	const json_t *n = json_object_get(limit, "n");
	const json_t *unit = json_object_get(limit, "unit");

	if (!is_of(limit, names) || !json_is_integer(n) ||
	    (!is_text(unit, "workday") && !is_text(unit, "day")))
		return false;
	days->count = json_integer_value(n);
	days->workdays = is_text(unit, "workday");
	return true;
}

static bool read_holder(const json_t *value, enum kl_holder *holder)
{
	for (unsigned i = 0; i < KL_HOLDERS; i++)
		if (is_text(value, kl_holder_name(i))) {
			*holder = i;
			return true;
		}
	return false;
}

static bool read_counts(const json_t *list, unsigned *counts)
{
	const json_t *item;
	size_t i;

	*counts = list ? 0 : KL_CLOCK_EVERYBODY;
	if (list && !json_is_array(list))
		return false;
	json_array_foreach (list, i, item) {
		enum kl_holder holder;

		if (!read_holder(item, &holder) || (*counts >> holder & 1))
			return false;
		*counts |= 1U << holder;
	}
	return *counts != 0;
}

static bool read_levels(const json_t *list, unsigned thresholds[])
{
	const struct kl_policy_member *standard =
	    kl_policy_member_named("levels_percent");
	const json_t *item;
	size_t i;

	for (i = 0; i < KL_CLOCK_THRESHOLDS; i++)
		thresholds[i] = (unsigned)standard->standard[i];
	if (list && json_array_size(list) != KL_CLOCK_THRESHOLDS)
		return false;
	json_array_foreach (list, i, item) {
		json_int_t percent = json_integer_value(item);

		if (percent < 1 || percent > KL_CLOCK_PERCENT_MAX)
			return false;
		thresholds[i] = (unsigned)percent;
	}
	return true;
}

static bool is_bases(const json_t *list)
{
	const json_t *item;
	size_t i;

	json_array_foreach (list, i, item) {
		if (!json_is_string(item))
			return false;
	}
	return !list || json_is_array(list);
}

/* --- its events ----------------------------------------------------------- */

/* Where none are given, those of turnaround §3, of which the policy has a
 * list. */
static bool is_basis(const json_t *basis, const json_t *bases)
{
	const struct kl_policy_term *terms =
	    kl_policy_member_named("service.pause_basis")->terms;
	const json_t *item;
	size_t i;

	json_array_foreach (bases, i, item) {
		if (json_equal(basis, item))
			return true;
	}
	for (; !bases && terms->word; terms++)
		if (is_text(basis, terms->word))
			return true;
	return false;
}

static bool is_digest(const json_t *value)
{
	return json_is_string(value) &&
	       json_string_length(value) == DIGEST_SIZE &&
	       strspn(json_string_value(value), "0123456789abcdef") ==
		   DIGEST_SIZE;
}

static bool is_there(const json_t *value)
{
	return value && !json_is_null(value);
}

static const char *read_pause(
    const json_t *object, const json_t *bases, struct kl_clock_event *event)
{
	const json_t *basis = json_object_get(object, "basis");
	const json_t *notice = json_object_get(object, "notice");
	const json_t *end = json_object_get(object, "expected_end");

	if (is_there(basis) && !json_is_string(basis))
		return "basis is a code or null";
	if (is_there(notice) && !is_digest(notice))
		return "notice is a SHA-256 in 64 lower-case hex, or null";
	event->expected_end = KL_DATE_NONE;
	if (is_there(end) && !read_day(end, &event->expected_end))
		return "expected_end is YYYY-MM-DD of 2010 to 2099, or null";
	event->founded =
	    is_there(notice) && is_there(basis) && is_basis(basis, bases);
	return NULL;
}

static bool read_kind(const json_t *value, enum kl_clock_kind *kind)
{
	for (unsigned i = 0; i < KL_CLOCK_KINDS; i++)
		if (is_text(value, kl_clock_kind_name(i))) {
			*kind = i;
			return true;
		}
	return false;
}

static const char *read_event(
    const json_t *object, const json_t *bases, struct kl_clock_event *event)
{
	static const char *const paused[] = { "at", "kind", "holder", "basis",
		"notice", "expected_end", NULL };
	static const char *const handed[] = { "at", "kind", "holder", NULL };
	static const char *const ended[] = { "at", "kind", NULL };
	const json_t *at = json_object_get(object, "at");
	bool pause, end;

	if (!read_kind(json_object_get(object, "kind"), &event->kind))
		return "kind is start, hold, resume, deliver, return, pause or "
		       "end";
	pause = event->kind == KL_CLOCK_PAUSE;
	end = event->kind == KL_CLOCK_END;
	if (!is_of(object, pause ? paused : end ? ended : handed))
		return "it has a member that its kind does not have";
	if (!json_is_string(at) || kl_instant_read(json_string_value(at),
				       json_string_length(at), &event->at))
		return "at is a time of RFC 3339 in whole seconds, with an "
		       "offset or Z";
	if (!end &&
	    !read_holder(json_object_get(object, "holder"), &event->holder))
		return "holder is owner, intermediary, authority, third_party "
		       "or nobody";
	return pause ? read_pause(object, bases, event) : NULL;
}

static enum kl_result read_events(struct kl_clock_input *input,
    const json_t *list, const json_t *bases, struct kl_clock_fault *fault)
{
	const json_t *item;
	size_t i;

	json_array_foreach (list, i, item) {
		struct kl_clock_event event = { 0 };

		fault->why = read_event(item, bases, &event);
		if (fault->why) {
			fault->event = i;
			return KL_MALFORMED;
		}
		kl_buf_add(&input->events, &event, sizeof(event));
	}
	fault->why = "events are a list, of at most 100000";
	input->event_count = json_array_size(list);
	return json_is_array(list) ? kl_buf_result(&input->events)
				   : KL_MALFORMED;
}

enum kl_result kl_clock_input_read(struct kl_clock_input *input,
    const json_t *object, struct kl_clock_fault *fault)
{
	static const char *const names[] = { "calendar", "limit", "counts",
		"levels", "today", "events", "bases", NULL };
	const json_t *bases = json_object_get(object, "bases");
	enum kl_result result;

	*fault = (struct kl_clock_fault){ SIZE_MAX, NULL };
	if (!is_of(object, names))
		fault->why = "it has calendar, limit, today, events and, where "
			     "wanted, counts, levels and bases; nothing else";
	else if (!read_limit(
		     json_object_get(object, "limit"), &input->terms.limit))
		fault->why = "limit is {\"n\": number, \"unit\": \"workday\" "
			     "or \"day\"}";
	else if (!read_counts(
		     json_object_get(object, "counts"), &input->terms.counts))
		fault->why = "counts are one to five holders, each once";
	else if (!read_levels(json_object_get(object, "levels"),
		     input->terms.thresholds))
		fault->why = "levels are three rising numbers, 1 to 1000";
	else if (!read_day(json_object_get(object, "today"), &input->today))
		fault->why = "today is YYYY-MM-DD of 2010 to 2099";
	else if (!is_bases(bases))
		fault->why = "bases are a list of codes";
	if (fault->why)
		return KL_MALFORMED;
	result =
	    read_calendar(input, json_object_get(object, "calendar"), fault);
	if (!result)
		result = read_events(
		    input, json_object_get(object, "events"), bases, fault);
	input->terms.calendar = &input->calendar;
	return result;
}

void kl_clock_input_clear(struct kl_clock_input *input)
{
	kl_calendar_clear(&input->calendar);
	kl_buf_clear(&input->days);
	kl_buf_clear(&input->events);
}

/* --- what it shows -------------------------------------------------------- */

static json_t *date_or_null(int32_t day)
{
	char text[KL_DATE_TEXT];

	if (day == KL_DATE_NONE)
		return json_null();
	kl_date_write(day, text);
	return json_string(text);
}

static json_t *days_of(const struct kl_clock *clock)
{
	json_t *days = json_object();

	for (unsigned i = 0; i < KL_HOLDERS; i++)
		json_object_set_new(days, kl_holder_name(i),
		    json_integer((json_int_t)clock->days[i]));
	return days;
}

json_t *kl_clock_json(const struct kl_clock *clock)
{
	return json_pack(
	    "{s:o, s:o, s:o, s:I, s:I, s:I, s:s, s:b, s:I, s:I, s:o, s:I, s:b}",
	    "due", date_or_null(clock->due), "ended",
	    date_or_null(clock->ended), "on_time",
	    clock->ended == KL_DATE_NONE ? json_null()
					 : json_boolean(clock->on_time),
	    "used", (json_int_t)clock->used, "margin",
	    (json_int_t)clock->margin, "percent", (json_int_t)clock->percent,
	    "level", kl_clock_level_name(clock->level), "paused", clock->paused,
	    "paused_days", (json_int_t)clock->paused_days, "rounds",
	    (json_int_t)clock->rounds, "days", days_of(clock), "wall_days",
	    (json_int_t)clock->wall_days, "provisional", clock->provisional);
}
