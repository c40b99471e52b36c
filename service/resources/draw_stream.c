/* draw_stream.c -- a draw as it happens. */
#include "draw_private.h"
#include "kl_base.h"
#include "route.h"
#include "stream.h"

#include <stdlib.h>
#include <string.h>

enum { ID_DIGITS_MAX = 16 };

/* In milliseconds: when a browser asks anew, with Last-Event-ID. */
#define BEGINNING "retry: 3000\n\n"

/* What comes after the entry that the client had last; all without one. */
static enum error read_from(struct request *request, uint64_t *from)
{
	const char *last = request->headers[HEADER_LAST_EVENT_ID];
	size_t size = last ? strlen(last) : 0;

	*from = 0;
	if (size == 0)
		return ERR_OK;
	if (size > ID_DIGITS_MAX || last[strspn(last, "0123456789")])
		return request_fail(request, ERR_BAD_REQUEST,
		    "Last-Event-ID 应为先前事件的 id",
		    "Last-Event-ID must be the id of an earlier event", NULL);
	*from = strtoull(last, NULL, 10) + 1;
	return ERR_OK;
}

/* The draw must be there for all to see. */
static enum error listen_to(struct request *request)
{
	uint64_t from;
	struct draw *draw;
	enum error error = read_from(request, &from);

	if (!error)
		error = draw_find_shown(request, request->params[0], &draw);
	if (error)
		return error;
	request->stream_of = request->params[0];
	request->stream_from = from;
	return request_reply_bytes(request, 200, "text/event-stream",
	    strdup(BEGINNING), strlen(BEGINNING));
}

static const struct route routes[] = {
	{ "GET", "/v1/draws/{id}/stream", listen_to, .class = ROUTE_READ,
	    .published = true,
	    .summary = "Be told what the log publishes of a draw, as it does" },
	{ 0 },
};

const struct resource draw_stream_resource = {
	.routes = routes,
	.reads = stream_statements,
};
