#include "schema.h"

#include "kl_base.h"

#include <string.h>

/* --- members -------------------------------------------------------------- */

static json_t *words(const char *choices)
{
	json_t *list = json_array();

	while (*choices) {
		size_t size = strcspn(choices, " ");

		json_array_append_new(list, json_stringn(choices, size));
		choices += size + (choices[size] == ' ');
	}
	return list;
}

static json_int_t bounded(uint64_t number)
{
	return (json_int_t)(number < KL_INTEGER_MAX ? number : KL_INTEGER_MAX);
}

static json_t *text_schema(const struct member *member, const char *pattern)
{
	json_t *schema = json_pack("{s:s}", "type", "string");

	if (pattern)
		json_object_set_new(schema, "pattern", json_string(pattern));
	if (member->maximum > 0) {
		json_object_set_new(schema, "minLength",
		    json_integer(bounded(member->minimum)));
		json_object_set_new(schema, "maxLength",
		    json_integer(bounded(member->maximum)));
	}
	return schema;
}

json_t *schema_member(const struct member *member)
{
	switch (member->type) {
	case MEMBER_TEXT:
	case MEMBER_PROSE:
		return text_schema(member, NULL);
	case MEMBER_TOKEN:
		return text_schema(member, "^[A-Za-z0-9._:-]+$");
	case MEMBER_USCC:
		return json_pack("{s:s, s:s}", "type", "string", "pattern",
		    "^[0-9A-HJ-NPQRTUWXY]{18}$");
	case MEMBER_HASH:
		return json_pack("{s:s, s:s}", "type", "string", "pattern",
		    "^[0-9a-f]{64}$");
	case MEMBER_CHOICE:
		return json_pack("{s:s, s:o}", "type", "string", "enum",
		    words(member->choices));
	case MEMBER_NUMBER:
		return json_pack("{s:s, s:I, s:I}", "type", "integer",
		    "minimum", bounded(member->minimum), "maximum",
		    bounded(member->maximum));
	case MEMBER_FLAG:
		return json_pack("{s:s}", "type", "boolean");
	case MEMBER_TIME:
		return json_pack(
		    "{s:s, s:s}", "type", "string", "format", "date-time");
	case MEMBER_JSON:
		return json_pack("{s:[{s:s}, {s:s}]}", "anyOf", "type",
		    "object", "type", "array");
	}
	return NULL;
}

static json_t *nullable_schema(const struct member *member)
{
	json_t *schema = schema_member(member);

	if (member->flags & MEMBER_OPTIONAL)
		schema = json_pack(
		    "{s:[o, {s:s}]}", "anyOf", schema, "type", "null");
	if (member->help)
		json_object_set_new(
		    schema, "description", json_string(member->help));
	return schema;
}

static void add_member(
    json_t *properties, json_t *required, const struct member *member)
{
	json_object_set_new(properties, member->name, nullable_schema(member));
	if (!(member->flags & MEMBER_OPTIONAL))
		json_array_append_new(required, json_string(member->name));
}

/* --- kinds ---------------------------------------------------------------- */

static json_t *object_schema(json_t *properties, json_t *required, bool closed)
{
	json_t *schema =
	    json_pack("{s:s, s:o}", "type", "object", "properties", properties);

	if (json_array_size(required) > 0)
		json_object_set(schema, "required", required);
	json_decref(required);
	if (closed)
		json_object_set_new(
		    schema, "additionalProperties", json_false());
	return schema;
}

/* What a client gives. */
json_t *schema_input(const struct kind *kind)
{
	json_t *properties = json_object(), *required = json_array();

	for (const struct member *m = kind->members; m->name; m++)
		if (m->flags & MEMBER_IN)
			add_member(properties, required, m);
	return object_schema(properties, required, true);
}

/* What a reader sees: never what is secret. What is private, and the receipt
 * of an act, are shown to some only. */
json_t *schema_output(const struct kind *kind)
{
	json_t *properties = json_pack(
	    "{s:{s:s}, s:{s:s}, s:{s:s, s:s}, s:{s:s, s:s}}", "id", "type",
	    "string", "state", "type", "string", "seq", "type", "integer",
	    "description", "its version; ETag and If-Match", "event_index",
	    "type", "integer", "description", "where the log tells of it last");
	json_t *required =
	    json_pack("[s, s, s, s]", "id", "state", "seq", "event_index");

	for (const struct member *m = kind->members; m->name; m++) {
		if (m->flags & (MEMBER_SECRET | MEMBER_PASSING))
			continue;
		json_object_set_new(properties, m->name, nullable_schema(m));
		if (!(m->flags & (MEMBER_PRIVATE | MEMBER_OPTIONAL)))
			json_array_append_new(required, json_string(m->name));
	}
	return object_schema(properties, required, false);
}

json_t *schema_media(const char *media)
{
	json_t *content = json_object();

	while (*media) {
		size_t size = strcspn(media, " ");
		json_t *name = json_stringn(media, size);

		json_object_set_new(content, json_string_value(name),
		    json_pack("{s:{s:s, s:s}}", "schema", "type", "string",
			"format", "binary"));
		json_decref(name);
		media += size + (media[size] == ' ');
	}
	return content;
}

json_t *schema_items(const struct export_table *table)
{
	json_t *properties = json_object();

	for (size_t i = 0; table->columns[i]; i++) {
		const char *column = table->columns[i];
		json_t *name = json_stringn(column, strcspn(column, "/"));

		json_object_set_new(
		    properties, json_string_value(name), json_object());
		json_decref(name);
	}
	return json_pack("{s:s, s:[s], s:{s:{s:s, s:{s:s, s:o}}}}", "type",
	    "object", "required", "items", "properties", "items", "type",
	    "array", "items", "type", "object", "properties", properties);
}

/* --- refusals ------------------------------------------------------------- */

json_t *schema_problem(void)
{
	json_t *codes = json_array();

	for (enum error error = ERR_OK + 1; error < ERR_COUNT; error++)
		json_array_append_new(
		    codes, json_string(error_info(error)->slug));
	return json_pack(
	    "{s:s, s:[s, s, s, s], s:{s:{s:s, s:s}, s:{s:s}, s:{s:s}, "
	    "s:{s:s, s:o}, s:{s:s}, s:{s:s, s:{s:s, s:[s, s, s], "
	    "s:{s:{s:s}, s:{s:s}, s:{s:s}}}}}}",
	    "type", "object", "required", "type", "title", "status", "code",
	    "properties", "type", "type", "string", "format", "uri-reference",
	    "title", "type", "string", "status", "type", "integer", "code",
	    "type", "string", "enum", codes, "detail", "type", "string",
	    "errors", "type", "array", "items", "type", "object", "required",
	    "pointer", "code", "detail", "properties", "pointer", "type",
	    "string", "code", "type", "string", "detail", "type", "string");
}
