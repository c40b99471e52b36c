/* http_private.h -- what the files of http share; nobody else includes it. */
#ifndef HTTP_PRIVATE_H
#define HTTP_PRIVATE_H

#include "http.h"

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

/* Prometheus text, malloc'd. */
char *http_counts_text(
    const struct http_counts *counts, unsigned connections, unsigned pending);

#endif
