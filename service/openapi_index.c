/* openapi_index.c -- what there is, in short: GET /v1. */
#include "clock.h"
#include "openapi.h"
#include "version.h"

static json_t *roles_json(unsigned who)
{
	json_t *list = json_array();

	for (unsigned bit = 1; bit <= ROLE_ADMIN; bit <<= 1)
		if (who & bit)
			json_array_append_new(
			    list, json_string(role_name((enum role)bit)));
	return list;
}

json_t *openapi_roles(const struct route *route)
{
	return roles_json(route->who);
}

static json_t *route_json(const struct route *route)
{
	return json_pack("{s:s, s:s, s:s, s:o}", "method", route->method,
	    "path", route->path, "summary", route->summary, "roles",
	    openapi_roles(route));
}

json_t *openapi_index(void)
{
	json_t *items = json_array(), *acts = json_array();

	for (size_t i = 0; resources[i]; i++) {
		const struct two_person *act = resources[i]->two_persons;

		for (const struct route *r = resources[i]->routes;
		     r && r->method; r++)
			if (route_is_there(r))
				json_array_append_new(items, route_json(r));
		for (; act && act->name; act++)
			json_array_append_new(
			    acts, json_pack("{s:s, s:s, s:o, s:o}", "act",
				      act->name, "summary", act->summary,
				      "proposers", roles_json(act->proposers),
				      "approvers", roles_json(act->approvers)));
	}
	return json_pack("{s:s, s:s, s:s, s:b, s:o, s:o}", "name",
	    "Kleroterion", "version", VERSION, "openapi", "/v1/openapi.json",
	    "rehearsal", clock_rehearses(), "routes", items, "proposals", acts);
}
