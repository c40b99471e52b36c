#include "openapi.h"

#include "clock.h"
#include "cookie.h"
#include "export.h"
#include "head.h"
#include "kind.h"
#include "list.h"
#include "route.h"
#include "schema.h"
#include "sheet.h"
#include "version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_SIZE = 200 };

#define JSON_TYPE    "application/json"
#define PROBLEM_TYPE "application/problem+json"
#define REFERENCE    "#/components/"

static json_t *reference(const char *to, const char *name, const char *suffix)
{
	return json_pack("{s:s++++}", "$ref", REFERENCE, to, "/", name, suffix);
}

/* --- schemas -------------------------------------------------------------- */

static void add_schema(
    json_t *schemas, const char *name, const char *suffix, json_t *schema)
{
	char whole[NAME_MAX_SIZE];

	snprintf(whole, sizeof(whole), "%s%s", name, suffix);
	json_object_set_new(schemas, whole, schema);
}

/* --- routes --------------------------------------------------------------- */

static bool is_get(const struct route *route)
{
	return strcmp(route->method, "GET") == 0;
}

static bool ends_with(const char *text, const char *end)
{
	size_t size = strlen(text), end_size = strlen(end);

	return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

/* A GET of a kind that names none: /v1/draws, not /v1/draws/{id}. */
static bool is_list(const struct route *route)
{
	return is_get(route) && route->output && !ends_with(route->path, "}") &&
	       !ends_with(route->path, "/me");
}

static bool is_exported(const struct route *route)
{
	return is_list(route) || route->table;
}

/* get_v1_draws_id: unique, since method and path are. */
static json_t *operation_id(const struct route *route)
{
	char name[NAME_MAX_SIZE];
	size_t size = 0;

	for (const char *c = route->method; *c; c++)
		name[size++] = (char)(*c | 0x20);
	for (const char *c = route->path; *c && size + 1 < sizeof(name); c++) {
		if (*c == '/' || *c == '.' || *c == '-')
			name[size++] = '_';
		else if (*c != '{' && *c != '}' && *c != '*')
			name[size++] = *c;
	}
	return json_stringn(name, size);
}

/* The path as OpenAPI writes it: {path*} is {path}. */
static void openapi_path(const char *path, char to[static NAME_MAX_SIZE])
{
	size_t size = 0;

	for (; *path && size + 1 < NAME_MAX_SIZE; path++)
		if (*path != '*')
			to[size++] = *path;
	to[size] = '\0';
}

/* The first word of the path that says what it is about. */
static json_t *tag_of(const struct route *route)
{
	const char *word = route->path + 1;

	if (strncmp(word, "v1/", 3) == 0)
		word += 3;
	return json_stringn(word, strcspn(word, "/"));
}

static void add_path_parameters(json_t *list, const char *path)
{
	while ((path = strchr(path, '{')) != NULL) {
		size_t size = strcspn(++path, "*}");

		json_array_append_new(
		    list, json_pack("{s:s%, s:s, s:b, s:{s:s}}", "name", path,
			      size, "in", "path", "required", 1, "schema",
			      "type", "string"));
	}
}

static json_t *query_parameter(const char *name, const char *help, json_t *of)
{
	return json_pack("{s:s, s:s, s:s, s:o}", "name", name, "in", "query",
	    "description", help, "schema", of);
}

static void add_query(json_t *list, const struct member *member)
{
	json_t *parameter =
	    query_parameter(member->name, member->help, schema_member(member));

	if (!(member->flags & MEMBER_OPTIONAL))
		json_object_set_new(parameter, "required", json_true());
	json_array_append_new(list, parameter);
}

/* The members of a body serve, too: what is JSON has no place in a URI. */
static void add_queries(json_t *list, const struct member *member)
{
	for (; member && member->name; member++)
		if (member->type != MEMBER_JSON)
			add_query(list, member);
}

static bool has_parameter(const json_t *list, const char *name)
{
	const json_t *item;
	size_t i;

	json_array_foreach ((json_t *)list, i, item) {
		const char *of =
		    json_string_value(json_object_get(item, "name"));

		if (of && strcmp(of, name) == 0)
			return true;
	}
	return false;
}

static bool has_filter(const struct kind_list *list, const char *name)
{
	for (size_t i = 0; list->filters[i]; i++)
		if (strcmp(list->filters[i], name) == 0)
			return true;
	return false;
}

/* What a list may be narrowed by, besides what it is a list within. */
static void add_filters(json_t *list, const struct route *route)
{
	const char *within = route->within ? route->within : "";

	for (const struct kind_list *of = route->output->lists; of && of->index;
	     of++) {
		if (*within && !has_filter(of, within))
			continue;
		for (size_t i = 0; of->filters[i]; i++)
			if (strcmp(of->filters[i], within) != 0 &&
			    !has_parameter(list, of->filters[i]))
				json_array_append_new(list,
				    query_parameter(of->filters[i],
					"only those of this one",
					json_pack("{s:s}", "type", "string")));
	}
}

/* What a delegation may be good for. */
static bool may_be_for_another(const struct route *route)
{
	bool weighty = route->class == ROUTE_ACT && !route->scope;

	return route->who != ROLE_ANYONE && !route->proves_itself &&
	       !route->himself && !weighty;
}

static json_t *parameters(const struct route *route)
{
	json_t *list = json_array();

	add_path_parameters(list, route->path);
	add_queries(list, route->query);
	if (is_list(route)) {
		add_filters(list, route);
		json_array_append_new(
		    list, reference("parameters", "limit", ""));
		json_array_append_new(
		    list, reference("parameters", "cursor", ""));
	}
	if (is_exported(route))
		json_array_append_new(
		    list, reference("parameters", "format", ""));
	if (head_needs_key(route))
		json_array_append_new(
		    list, reference("parameters", "idempotency_key", ""));
	if (route->part_max > 0)
		json_array_append_new(
		    list, reference("parameters", "file_name", ""));
	if (may_be_for_another(route))
		json_array_append_new(list, reference("parameters", "for", ""));
	if (route->class == ROUTE_PAGE || route->class == ROUTE_READ)
		json_array_append_new(
		    list, reference("parameters", "min_size", ""));
	return list;
}

static json_t *success_schema(const struct route *route)
{
	json_t *one;

	if (!route->output)
		return route->table ? schema_items(route->table)
				    : json_object();
	one = reference("schemas", route->output->name, "");
	if (!is_list(route))
		return one;
	return json_pack("{s:s, s:[s, s], s:{s:{s:s, s:o}, s:{s:[s, s]}}}",
	    "type", "object", "required", "items", "next_cursor", "properties",
	    "items", "type", "array", "items", one, "next_cursor", "type",
	    "string", "null");
}

static json_t *success_content(const struct route *route)
{
	bool json = route->output || route->table;
	json_t *content = json_pack("{s:{s:o}}", json ? JSON_TYPE : "*/*",
	    "schema", success_schema(route));

	if (is_exported(route)) {
		json_object_set_new(content, SHEET_CSV, json_object());
		json_object_set_new(content, SHEET_XLSX, json_object());
	}
	return content;
}

/* --- refusals ------------------------------------------------------------- */

static bool may_any(const struct route *route)
{
	(void)route;
	return true;
}

static bool needs_key(const struct route *route)
{
	return route->who != ROLE_ANYONE && !route->proves_itself &&
	       !route->either;
}

static bool names_one(const struct route *route)
{
	return strchr(route->path, '{') != NULL;
}

static bool takes_body(const struct route *route)
{
	return route->body_max > 0;
}

static bool waits(const struct route *route)
{
	return route->class != ROUTE_MEMORY;
}

static bool is_act(const struct route *route)
{
	return route->class == ROUTE_ACT;
}

static bool is_slow(const struct route *route)
{
	return route->slow;
}

/*
 * What every route of some form may be refused with; one of each status. Its
 * handler has more reasons, which stand behind 4XX.
 */
static const struct {
	enum error error;
	bool (*may)(const struct route *route);
} refusals[] = {
	{ ERR_BAD_REQUEST, may_any },
	{ ERR_UNAUTHENTICATED, needs_key },
	{ ERR_FORBIDDEN, needs_key },
	{ ERR_NOT_FOUND, names_one },
	{ ERR_STATE, is_act },
	{ ERR_TOO_LARGE, takes_body },
	{ ERR_MEDIA_TYPE, takes_body },
	{ ERR_INVALID, may_any },
	{ ERR_PRECONDITION_MISSING, head_needs_key },
	{ ERR_TOO_MANY, is_slow },
	{ ERR_BUSY, waits },
};
enum { REFUSALS = sizeof(refusals) / sizeof(*refusals) };

static void add_refusals(json_t *responses, const struct route *route)
{
	for (size_t i = 0; i < REFUSALS; i++) {
		const struct error_info *info = error_info(refusals[i].error);
		char status[sizeof("999")];

		snprintf(status, sizeof(status), "%u", info->status % 1000);
		if (refusals[i].may(route))
			json_object_set_new(responses, status,
			    reference("responses", info->slug, ""));
	}
}

static json_t *responses(const struct route *route)
{
	json_t *all = json_pack("{s:{s:s, s:o}, s:o, s:o}",
	    is_get(route) ? "200" : "2XX", "description",
	    is_get(route)   ? "What was asked for"
	    : is_act(route) ? "It stands in the log"
			    : "It is done",
	    "content", success_content(route), "4XX",
	    reference("responses", "refused", ""), "5XX",
	    reference("responses", "failed", ""));

	add_refusals(all, route);
	return all;
}

/* A key, or a session as its cookie or in the same place. */
static json_t *security(const struct route *route)
{
	return needs_key(route)
		   ? json_pack("[{s:[]}, {s:[]}]", "key", "session")
		   : json_array();
}

static json_t *json_content(const struct route *route)
{
	return json_pack("{s:{s:o}}", JSON_TYPE, "schema",
	    route->input ? reference("schemas", route->input->name, "Input")
			 : json_pack("{s:s}", "type", "object"));
}

static json_t *operation(const struct route *route)
{
	json_t *operation = json_pack("{s:o, s:s, s:[o], s:o, s:o, s:o, s:o}",
	    "operationId", operation_id(route), "summary", route->summary,
	    "tags", tag_of(route), "parameters", parameters(route), "responses",
	    responses(route), "security", security(route), "x-roles",
	    openapi_roles(route));

	if (route->body_max > 0)
		json_object_set_new(operation, "requestBody",
		    json_pack("{s:b, s:o}", "required", 1, "content",
			route->media ? schema_media(route->media)
				     : json_content(route)));
	return operation;
}

static void add_route(json_t *paths, json_t *schemas, const struct route *route)
{
	char path[NAME_MAX_SIZE], method[NAME_MAX_SIZE];
	json_t *item;
	size_t size = 0;

	openapi_path(route->path, path);
	item = json_object_get(paths, path);
	if (!item) {
		item = json_object();
		json_object_set_new(paths, path, item);
	}
	for (const char *c = route->method; *c; c++)
		method[size++] = (char)(*c | 0x20);
	method[size] = '\0';
	json_object_set_new(item, method, operation(route));
	if (route->input)
		add_schema(schemas, route->input->name, "Input",
		    schema_input(route->input));
	if (route->output)
		add_schema(schemas, route->output->name, "",
		    schema_output(route->output));
}

/* --- the document --------------------------------------------------------- */

static json_t *header_parameter(
    const char *name, const char *help, bool required, json_t *of)
{
	return json_pack("{s:s, s:s, s:s, s:b, s:o}", "name", name, "in",
	    "header", "description", help, "required", required, "schema", of);
}

static json_t *common_parameters(void)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "limit",
	    query_parameter("limit", "how many at most; of JSON 200",
		json_pack("{s:s, s:i, s:i}", "type", "integer", "minimum", 1,
		    "maximum", EXPORT_ROWS_MAX)),
	    "format",
	    query_parameter("format", "json, or a file: csv, xlsx",
		json_pack("{s:s}", "type", "string")),
	    "cursor",
	    query_parameter("cursor", "next_cursor of the page before",
		json_pack("{s:s}", "type", "string")),
	    "idempotency_key",
	    header_parameter("Idempotency-Key",
		"chosen by the client; the same in each retry of one act", true,
		json_pack("{s:s, s:s}", "type", "string", "pattern",
		    "^[A-Za-z0-9._:-]{1,64}$")),
	    "file_name",
	    header_parameter("Klero-File-Name",
		"what its holder calls it, UTF-8 in percent encoding", true,
		json_pack("{s:s}", "type", "string")),
	    "for",
	    header_parameter("Klero-For",
		"the organisation for which the caller acts, by a delegation",
		false, json_pack("{s:s}", "type", "string")),
	    "min_size",
	    header_parameter("Klero-Min-Size",
		"wait until the log has this Klero-Log-Size of an act", false,
		json_pack("{s:s, s:i}", "type", "integer", "minimum", 0)));
}

static json_t *problem_response(const char *description)
{
	return json_pack("{s:s, s:{s:{s:o}}}", "description", description,
	    "content", PROBLEM_TYPE, "schema",
	    reference("schemas", "Problem", ""));
}

static json_t *common_responses(void)
{
	json_t *all = json_pack("{s:o, s:o}", "refused",
	    problem_response("Refused, and nothing was stored"), "failed",
	    problem_response("Failed; with 503 try again"));

	for (size_t i = 0; i < REFUSALS; i++) {
		const struct error_info *info = error_info(refusals[i].error);

		json_object_set_new(all, info->slug,
		    problem_response(info->title[LANGUAGE_EN]));
	}
	return all;
}

static json_t *components(json_t *schemas)
{
	json_object_set_new(schemas, "Problem", schema_problem());
	return json_pack(
	    "{s:o, s:o, s:o, s:{s:{s:s, s:s, s:s}, s:{s:s, s:s, s:s, s:s}}}",
	    "schemas", schemas, "parameters", common_parameters(), "responses",
	    common_responses(), "securitySchemes", "key", "type", "http",
	    "scheme", "bearer", "description",
	    "64 hexadecimal digits made by klero keygen --api, or the token of "
	    "a session",
	    "session", "type", "apiKey", "in", "cookie", "name", COOKIE_NAME,
	    "description",
	    "What POST /v1/sessions sets; to change something, with "
	    "Sec-Fetch-Site: same-origin or an Origin of this site");
}

static json_t *info(void)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:{s:s, s:s}}", "title",
	    "Kleroterion", "version", VERSION, "summary",
	    "Drawing intermediaries by lot, provably", "description",
	    clock_rehearses()
		? "A rehearsal: its time is not real. Every answer has the "
		  "header Klero-Rehearsal: true, every object and list the "
		  "member rehearsal."
		: "Where an answer has the header Klero-Rehearsal: true, it "
		  "is of a rehearsal, whose time is not real.",
	    "license", "name", "Apache-2.0", "identifier", "Apache-2.0");
}

json_t *openapi_document(void)
{
	json_t *paths = json_object(), *schemas = json_object();

	for (size_t i = 0; resources[i]; i++)
		for (const struct route *r = resources[i]->routes;
		     r && r->method; r++)
			if (route_is_there(r) && !r->site)
				add_route(paths, schemas, r);
	return json_pack("{s:s, s:o, s:[{s:s}], s:o, s:o}", "openapi", "3.1.0",
	    "info", info(), "servers", "url", "/", "paths", paths, "components",
	    components(schemas));
}
