/* index.c -- what this service answers, told from its own tables. */
#include "openapi.h"
#include "route.h"

static enum error index_all(struct request *request)
{
	return request_reply(request, 200, openapi_index());
}

static enum error describe(struct request *request)
{
	return request_reply(request, 200, openapi_document());
}

static const struct route routes[] = {
	{ "GET", "/v1", index_all, ROUTE_PAGE,
	    .summary = "List everything this service answers" },
	{ "GET", "/v1/openapi.json", describe, ROUTE_PAGE,
	    .summary = "The same as OpenAPI 3.1" },
	{ 0 },
};

const struct resource index_resource = { .routes = routes };
