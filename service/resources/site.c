/* site.c -- which path shows which page: the names in web/src/router.ts. */
#include "site.h"

#include "draws.h"
#include "home.h"
#include "list.h"
#include "notices.h"
#include "plain.h"
#include "request.h"
#include "route.h"

/* Of a page in words: with 200 ranks and 2,730 replacements a third of it. */
enum { PLAIN_SIZE_MAX = 1 << 21 };

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

/* --- with the same in words for who has no scripts ------------------------ */

typedef void plain_part(struct kl_buf *to, const json_t *of);

static void no_title(struct kl_buf *to, const json_t *of)
{
	(void)to;
	(void)of;
}

/* What was replied as JSON, in the document's place for it. */
static enum error put_in(
    struct request *request, plain_part *title, plain_part *body)
{
	struct kl_buf words = KL_BUF(PLAIN_SIZE_MAX), tab = words, all = words;
	json_auto_t *of = request->reply ? json_incref(request->reply)
					 : json_loadb(request->text,
					       request->text_size, 0, NULL);
	bool there = of && site_document();

	request_forget(request);
	if (there) {
		title(&tab, of);
		body(&words, of);
		there = plain_compose(&all, site_document(), &tab, &words);
	}
	if (kl_buf_result(&words) || kl_buf_result(&tab) || kl_buf_result(&all))
		there = false;
	kl_buf_clear(&words);
	kl_buf_clear(&tab);
	if (!there) {
		kl_buf_clear(&all);
		return show_page(request);
	}
	request->policy = SITE_POLICY;
	return request_reply_bytes(request, 200, "text/html; charset=utf-8",
	    (char *)all.data, all.size);
}

static enum error show_home(struct request *request)
{
	enum error error;

	if (request->query_count > 0)
		return show_page(request);
	error = home_show(request);
	return error ? error : put_in(request, no_title, plain_home);
}

/* Of what a query asks for only the scripts know. */
static enum error show_draws(struct request *request)
{
	enum error error;

	if (request->query_count > 0)
		return show_page(request);
	error = draws_list(request);
	return error ? error : put_in(request, no_title, plain_draws);
}

/* What is drawn for, by whom: its notice tells. */
static enum error add_notice(struct request *request, json_t *to)
{
	const char *id = json_string_value(json_object_get(to, "notice"));
	const struct notice *notice;
	const void *row;
	enum error error = list_find(request, &notice_kind, id, &row);

	if (error)
		return error;
	notice = row;
	json_object_set_new(to, "title", json_string(notice->title));
	json_object_set_new(to, "owner_name", json_string(notice->owner_name));
	return ERR_OK;
}

static enum error show_draw(struct request *request)
{
	enum error error;

	if (request->query_count > 0)
		return show_page(request);
	error = draws_show(request);
	if (!error)
		error = add_notice(request, request->reply);
	return error ? error : put_in(request, plain_draw_title, plain_draw);
}

/* --- files ---------------------------------------------------------------- */

/* A file at the top, by its own name. */
static enum error show_file(struct request *request)
{
	return send(request, request->path + 1);
}

static const struct route routes[] = {
	{ "GET", "/", show_home, ROUTE_PAGE, .shows = HOME_SHOWS,
	    .instead = show_page, .site = true,
	    .summary = "The first page: how much there is, what goes on" },
	{ "GET", "/draws", show_draws, ROUTE_PAGE,
	    .shows = SHOWS_DRAWS | SHOWS_LOG, .output = &draw_kind,
	    .instead = show_page, .site = true,
	    .summary = "The page of all draws" },
	{ "GET", "/draws/{id}", show_draw, ROUTE_PAGE,
	    .shows = SHOWS_DRAWS | SHOWS_NOTICES | SHOWS_LOG,
	    .output = &draw_kind, .instead = show_page, .site = true,
	    .summary = "The page of one draw" },
	{ "GET", "/shop", show_page, ROUTE_MEMORY, .site = true,
	    .summary = "The page to find and compare services" },
	{ "GET", "/institutions", show_page, ROUTE_MEMORY, .site = true,
	    .summary = "The page to find institutions" },
	{ "GET", "/institutions/{uscc}", show_page, ROUTE_MEMORY, .site = true,
	    .summary = "The page of one institution" },
	{ "GET", "/catalogue", show_page, ROUTE_MEMORY, .site = true,
	    .summary = "The page of the categories of service" },
	{ "GET", "/catalogue/{code}", show_page, ROUTE_MEMORY, .site = true,
	    .summary = "The page of one category" },
	{ "GET", "/listings/{id}", show_page, ROUTE_MEMORY, .site = true,
	    .summary = "The page of one listing, its versions and prices" },
	{ "GET", "/fees", show_page, ROUTE_MEMORY, .site = true,
	    .summary = "The page of fees and days, side by side" },
	{ "GET", "/login", show_page, ROUTE_MEMORY, .site = true,
	    .summary = "The page to log in" },
	{ "GET", "/account", show_page, ROUTE_MEMORY, .site = true,
	    .summary = "The page of one's own sessions and password" },
	{ "GET", "/register", show_page, ROUTE_MEMORY, .site = true,
	    .summary = "The page on which an institution registers" },
	{ "GET", "/desk", show_page, ROUTE_MEMORY, .site = true,
	    .summary = "The page of what one is to do" },
	{ "GET", "/desk/{part}", show_page, ROUTE_MEMORY, .site = true,
	    .summary = "A part of it" },
	{ "GET", "/desk/{part}/{id}", show_page, ROUTE_MEMORY, .site = true,
	    .summary = "One thing of a part" },
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
