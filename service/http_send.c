#include "http_private.h"

#include "clock.h"
#include "kl_buf.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { METRICS_MAX = 1 << 16, METRIC_LINE_MAX = 200 };

/* What every answer carries, so that no browser guesses. */
static const struct {
	const char *name, *value;
} always[] = {
	{ "X-Content-Type-Options", "nosniff" },
	{ "Referrer-Policy", "no-referrer" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
	{ "X-Frame-Options", "DENY" },
};

struct page {
	atomic_uint references;
	struct MHD_Response *response;
	const char *etag;
	size_t size;
	char text[]; /* of etag */
};

/* Of what is no page for people: a browser that shows it runs nothing. */
#define NO_POLICY "default-src 'none'; frame-ancestors 'none'"

/* A header of ours; none for NULL. Only memory can lack. */
static void add(
    struct MHD_Response *response, const char *name, const char *value)
{
	if (value && !MHD_add_response_header(response, name, value))
		abort();
}

static void add_always(struct MHD_Response *response)
{
	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		add(response, always[i].name, always[i].value);
	/* Its time is not real: no answer goes out without saying so. */
	add(response, "Klero-Rehearsal", clock_rehearses() ? "true" : NULL);
}

static struct MHD_Response *make(
    void *body, size_t size, enum MHD_ResponseMemoryMode mode)
{
	struct MHD_Response *response =
	    MHD_create_response_from_buffer(size, body, mode);

	if (!response)
		abort();
	add_always(response);
	return response;
}

/* --- pages ---------------------------------------------------------------- */

struct page *page_make(const struct page_parts *parts)
{
	size_t etag_size = strlen(parts->etag) + 1;
	struct page *page = calloc(1, sizeof(*page) + etag_size);

	if (!page)
		abort();
	memcpy(page->text, parts->etag, etag_size);
	page->etag = page->text;
	page->size = sizeof(*page) + parts->body_size;
	atomic_init(&page->references, 1);
	page->response =
	    make((void *)parts->body, parts->body_size, MHD_RESPMEM_MUST_COPY);
	add(page->response, "Content-Security-Policy",
	    parts->policy ? parts->policy : NO_POLICY);
	add(page->response, "ETag", parts->etag);
	add(page->response, "Cache-Control", parts->cache_control);
	add(page->response, "Vary", "Accept-Language");
	add(page->response, "Content-Type", parts->content_type);
	add(page->response, "Link", parts->link);
	add(page->response, "Content-Disposition", parts->disposition);
	return page;
}

struct page *page_hold(struct page *page)
{
	atomic_fetch_add(&page->references, 1);
	return page;
}

void page_release(struct page *page)
{
	if (!page || atomic_fetch_sub(&page->references, 1) > 1)
		return;
	MHD_destroy_response(page->response);
	free(page);
}

size_t page_size(const struct page *page)
{
	return page->size;
}

/* --- one answer ----------------------------------------------------------- */

/* Is `etag` in the list of If-None-Match, or the list `*`? RFC 9110 §13.1.2. */
static bool is_known(const struct request *request, const char *etag)
{
	const char *list = request->headers[HEADER_IF_NONE_MATCH];
	size_t size = etag ? strlen(etag) : 0;

	if (!list || !etag || request->status != MHD_HTTP_OK)
		return false;
	if (strcmp(list, "*") == 0)
		return true;
	while (*list) {
		size_t item;

		list += strspn(list, " \t,");
		if (strncmp(list, "W/", 2) == 0)
			list += 2;
		item = strcspn(list, " \t,");
		if (item == size && memcmp(list, etag, size) == 0)
			return true;
		list += item;
	}
	return false;
}

/* Headers that a refusal or a success of this kind needs. */
static void add_consequences(
    struct MHD_Response *response, struct request *request)
{
	unsigned status = request->status;

	if (status == MHD_HTTP_SERVICE_UNAVAILABLE ||
	    status == MHD_HTTP_TOO_MANY_REQUESTS)
		add(response, "Retry-After",
		    request_number(request,
			request->retry_after_s ? request->retry_after_s : 1));
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		add(response, "Allow", request->allow);
	if (status == MHD_HTTP_UNAUTHORIZED)
		add(response, "WWW-Authenticate", "Bearer");
	if (request->error)
		add(response, "Content-Language",
		    request->language == LANGUAGE_EN ? "en" : "zh-CN");
}

static void add_headers(struct MHD_Response *response, struct request *request)
{
	add(response, "Content-Security-Policy",
	    request->policy ? request->policy : NO_POLICY);
	add(response, "X-Request-Id", request_id(request));
	add(response, "Content-Type",
	    request->content_type ? request->content_type : "application/json");
	add(response, "Cache-Control",
	    request->cache_control ? request->cache_control : "no-store");
	add(response, "ETag", request->etag);
	add(response, "Location", request->location);
	add(response, "Link", request->link);
	if (request->attachment)
		add(response, "Content-Disposition",
		    request_disposition(request));
	add(response, "Set-Cookie", request->set_cookie);
	if (request->log_size > 0)
		add(response, "Klero-Log-Size",
		    request_number(request, request->log_size));
	add_consequences(response, request);
}

/*
 * MHD sends no body with 304, and the Content-Length of the one it would have
 * been: what RFC 9110 §8.6 asks for.
 */
static enum MHD_Result queue(struct http_counts *counts,
    struct MHD_Connection *connection, unsigned status,
    struct MHD_Response *response, size_t size)
{
	if (status == MHD_HTTP_NOT_MODIFIED)
		size = 0;
	atomic_fetch_add_explicit(
	    &counts->answered[status], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&counts->bytes, size, memory_order_relaxed);
	return MHD_queue_response(connection, status, response);
}

enum MHD_Result http_send(struct http_counts *counts,
    struct MHD_Connection *connection, struct request *request, bool closes)
{
	const struct page *page = request->page;
	struct MHD_Response *response;
	enum MHD_Result result;
	size_t size = request->text_size;
	unsigned status = is_known(request, page ? page->etag : request->etag)
			      ? MHD_HTTP_NOT_MODIFIED
			      : request->status;

	if (page)
		return queue(
		    counts, connection, status, page->response, page->size);
	response = size > 0 ? make(request->text, size, MHD_RESPMEM_MUST_FREE)
			    : make(NULL, 0, MHD_RESPMEM_PERSISTENT);
	if (size > 0)
		request->text = NULL; /* the response frees it */
	add_headers(response, request);
	if (closes)
		add(response, "Connection", "close");
	result = queue(counts, connection, status, response, size);
	MHD_destroy_response(response);
	return result;
}

enum MHD_Result http_send_made(struct http_counts *counts,
    struct MHD_Connection *connection, struct request *request,
    struct MHD_Response *response)
{
	enum MHD_Result result;

	add_always(response);
	add_headers(response, request);
	result = queue(counts, connection, request->status, response, 0);
	MHD_destroy_response(response);
	return result;
}

/* --- metrics -------------------------------------------------------------- */

static void say(struct kl_buf *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(struct kl_buf *text, const char *format, ...)
{
	char line[METRIC_LINE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	kl_buf_add_text(text, line);
}

static void say_type(
    struct kl_buf *text, const char *name, const char *type, const char *help)
{
	say(text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

char *http_counts_text(
    const struct http_counts *counts, unsigned connections, unsigned pending)
{
	struct kl_buf text = KL_BUF(METRICS_MAX);

	say_type(&text, "klero_http_connections", "gauge", "Open now.");
	say(&text, "klero_http_connections %u\n", connections);
	say_type(&text, "klero_http_pending", "gauge",
	    "Requests handed over and not answered.");
	say(&text, "klero_http_pending %u\n", pending);
	say_type(&text, "klero_http_responses_total", "counter",
	    "Answers by status.");
	for (unsigned i = 0; i <= HTTP_STATUS_MAX; i++)
		if (counts->answered[i] > 0)
			say(&text,
			    "klero_http_responses_total{status=\"%u\"} %llu\n",
			    i, (unsigned long long)counts->answered[i]);
	say_type(&text, "klero_http_refused_total", "counter",
	    "Requests refused by the gate.");
	for (unsigned i = ERR_OK + 1; i < ERR_COUNT; i++)
		if (counts->refused[i] > 0)
			say(&text, "klero_http_refused_total{code=\"%s\"} %u\n",
			    error_info((enum error)i)->slug,
			    counts->refused[i]);
	say_type(&text, "klero_http_body_bytes_total", "counter",
	    "Bytes of answers, without their heads.");
	say(&text, "klero_http_body_bytes_total %llu\n",
	    (unsigned long long)counts->bytes);
	kl_buf_add_byte(&text, '\0');
	if (kl_buf_result(&text))
		abort(); /* there are fewer lines than fit */
	return (char *)text.data;
}
