/* http_private.h -- what the files of http share; nobody else includes it. */
#ifndef HTTP_PRIVATE_H
#define HTTP_PRIVATE_H

#include "deadline.h"
#include "http.h"
#include "stream.h"

#include <microhttpd.h>
#include <stdatomic.h>

enum { HTTP_STATUS_MAX = 599 };

/* For http_metrics(). */
struct http_counts {
	atomic_uint refused[ERR_COUNT]; /* by the gate */
	atomic_ullong answered[HTTP_STATUS_MAX + 1];
	atomic_ullong bytes; /* of bodies */
};

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
