/* problems.c -- what the `type` of a problem document leads to. */
#include "route.h"

#include <string.h>

/* May the same request succeed a little later? */
static bool is_passing(const struct error_info *info)
{
	return info->status == 503 || info->status == 429;
}

static json_t *problem_json(const struct error_info *info)
{
	return json_pack("{s:s+, s:s, s:i, s:{s:s, s:s}, s:b}", "type",
	    "/problems/", info->slug, "code", info->slug, "status",
	    (int)info->status, "title", "zh", info->title[LANGUAGE_ZH], "en",
	    info->title[LANGUAGE_EN], "retry", is_passing(info));
}

static enum error list(struct request *request)
{
	json_t *items = json_array();

	for (enum error error = ERR_OK + 1; error < ERR_COUNT; error++)
		json_array_append_new(items, problem_json(error_info(error)));
	return request_reply(request, 200,
	    json_pack("{s:o, s:n}", "items", items, "next_cursor"));
}

static enum error show(struct request *request)
{
	for (enum error error = ERR_OK + 1; error < ERR_COUNT; error++)
		if (strcmp(error_info(error)->slug, request->params[0]) == 0)
			return request_reply(
			    request, 200, problem_json(error_info(error)));
	return ERR_NOT_FOUND;
}

static const struct route routes[] = {
	{ "GET", "/problems", list, ROUTE_PAGE,
	    .summary = "Every reason for which a request is refused" },
	{ "GET", "/problems/{slug}", show, ROUTE_PAGE,
	    .summary = "What a refusal means" },
	{ 0 },
};

const struct resource problems_resource = { .routes = routes };
