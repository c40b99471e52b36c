/* site.c -- which path shows which page: the names in web/src/router.ts. */
#include "site.h"

#include "request.h"
#include "route.h"

static enum error send(struct request *request, const char *path)
{
	request_queries_known(request); /* they mean something to the page */
	request->page = site_find(path);
	request->status = 200;
	return request->page ? ERR_OK : ERR_NOT_FOUND;
}

/* One document for all: it looks at its own path. */
static enum error show_page(struct request *request)
{
	return send(request, "index.html");
}

static enum error show_asset(struct request *request)
{
	return send(request,
	    arena_format(&request->arena, "assets/%s", request->params[0]));
}

/* A file at the top, by its own name. */
static enum error show_file(struct request *request)
{
	return send(request, request->path + 1);
}

static const struct route routes[] = {
	{ "GET", "/", show_page, ROUTE_MEMORY, .site = true,
	    .summary = "The page of all draws" },
	{ "GET", "/draws/{id}", show_page, ROUTE_MEMORY, .site = true,
	    .summary = "The page of one draw" },
	{ "GET", "/verify", show_page, ROUTE_MEMORY, .site = true,
	    .summary = "The page that verifies an evidence pack" },
	{ "GET", "/verify.html", show_file, ROUTE_MEMORY, .site = true,
	    .summary = "The same in one file, to be kept and used offline" },
	{ "GET", "/verify.mjs", show_file, ROUTE_MEMORY, .site = true,
	    .summary = "The same verifier as a command for Node" },
	{ "GET", "/favicon.svg", show_file, ROUTE_MEMORY, .site = true,
	    .summary = "The sign of the pages" },
	{ "GET", "/assets/{name}", show_asset, ROUTE_MEMORY, .site = true,
	    .summary = "Scripts and styles of the pages" },
	{ 0 },
};

const struct resource site_resource = { .routes = routes };
