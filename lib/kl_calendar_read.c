#include "kl_calendar.h"

static enum kl_result read_days(
    const json_t *list, bool working, struct kl_buf *days, const char **why)
{
	const json_t *item;
	size_t i;

	if (!json_is_array(list)) {
		*why = "days_off and workdays are lists of dates";
		return KL_MALFORMED;
	}
	json_array_foreach (list, i, item) {
		struct kl_calendar_day day = { .working = working };

		if (!json_is_string(item) ||
		    kl_date_read(json_string_value(item),
			json_string_length(item), &day.day)) {
			*why = "a date is YYYY-MM-DD, from 2010 to 2099";
			return KL_MALFORMED;
		}
		kl_buf_add(days, &day, sizeof(day));
	}
	*why = "too many days";
	return kl_buf_result(days);
}

static enum kl_result read_horizon(
    const json_t *date, int32_t *horizon, const char **why)
{
	*why = "horizon is YYYY-MM-DD, from 2010 to 2099";
	if (!json_is_string(date) || kl_date_read(json_string_value(date),
					 json_string_length(date), horizon))
		return KL_MALFORMED;
	return KL_OK;
}

enum kl_result kl_calendar_read(const json_t *object, struct kl_buf *days,
    struct kl_calendar_level *level, const char **why)
{
	const json_t *off = json_object_get(object, "days_off");
	const json_t *workdays = json_object_get(object, "workdays");
	const json_t *horizon = json_object_get(object, "horizon");
	struct kl_calendar_level made = { .week = KL_WEEK_STANDARD };
	size_t before = days->size, size;
	enum kl_result result;

	if (!off || !workdays || !horizon || json_object_size(object) != 3) {
		*why = "it has days_off, workdays and horizon";
		return KL_MALFORMED;
	}
	result = read_days(off, false, days, why);
	if (!result)
		result = read_days(workdays, true, days, why);
	if (!result)
		result = read_horizon(horizon, &made.horizon, why);
	if (result)
		return result;
	size = days->size - before;
	made.count = size / sizeof(struct kl_calendar_day);
	if (size > 0) /* without any there may be no memory at all */
		made.days =
		    (const struct kl_calendar_day *)(days->data + before);
	*level = made;
	return KL_OK;
}
