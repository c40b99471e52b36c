#include "kl_requirement_json.h"

#include "kl_leaf.h"

#include <string.h>

/* Is each member of the object one of these? They end with NULL. */
static bool is_of(const json_t *object, const char *const names[])
{
	const char *name;
	json_t *value;
	size_t i;

	json_object_foreach ((json_t *)(uintptr_t)object, name, value) {
		for (i = 0; names[i] && strcmp(names[i], name) != 0; i++)
			;
		if (!names[i])
			return false;
	}
	return json_is_object(object);
}

static bool read_token(const json_t *value, const char **token)
{
	*token = json_string_value(value);
	return *token && kl_is_token(*token, json_string_length(value));
}

static bool read_level(const json_t *value, const char **level)
{
	*level = json_string_value(value);
	return json_string_length(value) > 0 &&
	       json_string_length(value) <= KL_LEVEL_SIZE_MAX;
}

/* --- what is asked for ---------------------------------------------------- */

static bool read_alternative(
    const json_t *value, struct kl_alternative *alternative)
{
	static const char *const names[] = { "kind", "level_min", "scope",
		NULL };
	const json_t *level = json_object_get(value, "level_min");
	const json_t *scope = json_object_get(value, "scope");

	*alternative = (struct kl_alternative){ 0 };
	return is_of(value, names) &&
	       read_token(json_object_get(value, "kind"), &alternative->kind) &&
	       (!level || read_level(level, &alternative->level_min)) &&
	       (!scope || read_token(scope, &alternative->scope));
}

static enum kl_result read_any(const json_t *value,
    struct kl_requirement *requirement, struct kl_alternative *alternatives)
{
	static const char *const names[] = { "any", NULL };
	const json_t *any = json_object_get(value, "any"), *item;
	size_t i;

	if (!is_of(value, names) || !json_is_array(any))
		return KL_MALFORMED;
	if (json_array_size(any) > KL_ALTERNATIVES_MAX)
		return KL_TOO_LARGE;
	*requirement =
	    (struct kl_requirement){ alternatives, json_array_size(any) };
	json_array_foreach (any, i, item)
		if (!read_alternative(item, &alternatives[i]))
			return KL_MALFORMED;
	return KL_OK;
}

static enum kl_result read_all(
    const json_t *all, struct kl_requirement_sheet *sheet)
{
	const json_t *item;
	size_t i;

	if (!json_is_array(all))
		return KL_MALFORMED;
	if (json_array_size(all) > KL_REQUIREMENTS_MAX)
		return KL_TOO_LARGE;
	sheet->requirements.list = sheet->list;
	sheet->requirements.count = json_array_size(all);
	json_array_foreach (all, i, item) {
		enum kl_result result =
		    read_any(item, &sheet->list[i], sheet->alternatives[i]);

		if (result)
			return result;
	}
	return json_array_size(all) > 0 ? KL_OK : KL_RANGE;
}

/* --- the levels ----------------------------------------------------------- */

static enum kl_result read_ladder(
    const json_t *value, struct kl_ladder *ladder, const char **levels)
{
	static const char *const names[] = { "kind", "levels", NULL };
	const json_t *list = json_object_get(value, "levels"), *item;
	size_t i;

	if (!is_of(value, names) || !json_is_array(list) ||
	    !read_token(json_object_get(value, "kind"), &ladder->kind))
		return KL_MALFORMED;
	if (json_array_size(list) > KL_LEVELS_MAX)
		return KL_TOO_LARGE;
	ladder->levels = levels;
	ladder->count = json_array_size(list);
	json_array_foreach (list, i, item)
		if (!read_level(item, &levels[i]))
			return KL_MALFORMED;
	return KL_OK;
}

static enum kl_result read_ladders(
    const json_t *list, struct kl_requirement_sheet *sheet)
{
	const json_t *item;
	size_t i;

	if (list && !json_is_array(list))
		return KL_MALFORMED;
	if (json_array_size(list) > KL_SHEET_LADDERS_MAX)
		return KL_TOO_LARGE;
	sheet->requirements.ladders = sheet->ladders;
	sheet->requirements.ladder_count = json_array_size(list);
	json_array_foreach (list, i, item) {
		enum kl_result result =
		    read_ladder(item, &sheet->ladders[i], sheet->levels[i]);

		if (result)
			return result;
	}
	return KL_OK;
}

/* --- the whole ------------------------------------------------------------ */

/* Whoever has nothing is told what is wrong with the requirements alone. */
static enum kl_result try_it(const struct kl_requirement_sheet *sheet)
{
	struct kl_requirement_match matches[KL_REQUIREMENTS_MAX];
	size_t unmet;

	return kl_requirement_match(
	    &sheet->requirements, NULL, 0, 0, matches, &unmet);
}

enum kl_result kl_requirement_read(
    const json_t *value, struct kl_requirement_sheet *sheet, const char **why)
{
	static const char *const names[] = { "all", "ladders", NULL };
	enum kl_result result = KL_MALFORMED;

	*sheet = (struct kl_requirement_sheet){ 0 };
	*why = "only all and ladders";
	if (is_of(value, names)) {
		*why = "all is a list of any, each of kind, level_min, scope";
		result = read_all(json_object_get(value, "all"), sheet);
	}
	if (!result) {
		*why = "ladders are a list of kind and levels";
		result = read_ladders(json_object_get(value, "ladders"), sheet);
	}
	if (!result) {
		*why = "each any has something, each level_min is in the one "
		       "ladder of its kind";
		result = try_it(sheet);
	}
	return result;
}
