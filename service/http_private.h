/* http_private.h -- what the files of http share; nobody else includes it. */
#ifndef HTTP_PRIVATE_H
#define HTTP_PRIVATE_H

#include "deadline.h"
#include "http.h"
#include "stream.h"

#include <microhttpd.h>
#include <stdatomic.h>

enum {
	HTTP_STATUS_MAX = 599,
	HTTP_MEMORY_MAX = 32768, /* of a connection: its head, buffers */
};

/* For http_metrics(). */
struct http_counts {
	atomic_uint refused[ERR_COUNT]; /* by the gate */
	atomic_ullong answered[HTTP_STATUS_MAX + 1];
	atomic_ullong bytes; /* of bodies */
};

/* One of the two sockets we listen on. */
struct listener {
	struct http *http;
	struct MHD_Daemon *daemon;
	bool local;
};

struct http {
	const struct config *config;
	const struct http_stages *stages;
	struct deadlines *deadlines;
	struct listener tcp, admin;
	unsigned port;
	atomic_bool closed;  /* not open yet, or draining */
	atomic_uint pending; /* handed over, not finished */
	atomic_uint leaving; /* handed over, not sent */
	struct http_counts counts;
};

/* What libmicrohttpd calls, of http.c; `context` is a struct listener. */
void http_on_connection(void *context, struct MHD_Connection *connection,
    void **socket_context, enum MHD_ConnectionNotificationCode code);
void *http_on_uri(
    void *context, const char *uri, struct MHD_Connection *connection);
size_t http_on_unescape(
    void *context, struct MHD_Connection *connection, char *text);
void http_on_completed(void *context, struct MHD_Connection *connection,
    void **state, enum MHD_RequestTerminationCode code);
enum MHD_Result http_on_request(void *context,
    struct MHD_Connection *connection, const char *path, const char *method,
    const char *version, const char *data, size_t *size, void **state);

/*
 * Queue the answer that is in `request`: its page, its text, or 304 when the
 * client has it already. With `closes` the connection ends after it.
 */
enum MHD_Result http_send(struct http_counts *counts,
    struct MHD_Connection *connection, struct request *request, bool closes);

/* Queue `response`, which is taken over, under the headers of `request`. */
enum MHD_Result http_send_made(struct http_counts *counts,
    struct MHD_Connection *connection, struct request *request,
    struct MHD_Response *response);

/*
 * Queue the stream that request->stream_of asks for; `*result` is then that of
 * libmicrohttpd.
 * ERR_TOO_MANY ERR_BUSY   as stream_open(); nothing is queued
 */
enum error http_stream(struct http_counts *counts, const struct config *config,
    struct MHD_Connection *connection, struct deadline *deadline,
    struct request *request, enum MHD_Result *result) MUST_CHECK;

/* The client's, of IPv4, in network order; 0 if there is none. */
uint32_t http_address_of(struct MHD_Connection *connection);

/* Prometheus text, malloc'd. */
char *http_counts_text(
    const struct http_counts *counts, unsigned connections, unsigned pending);

#endif
