/* gate.h -- what is let in at all, before anything looks at its meaning. */
#ifndef GATE_H
#define GATE_H

#include "request.h"

/*
 * What comes is in form (form.h): the gate looks at what libmicrohttpd has made
 * of it, and lets in only what means one thing: RFC 9112 §3 and §6. It reads
 * one request: its line, each header field, and the end. The first error is
 * final; its words are in `request`. Whoever was refused is answered with
 * Connection: close, since what follows may be no request.
 */
struct gate {
	struct request *request;
	const char *host;   /* as sent, in the request's arena */
	uint64_t body_size; /* what Content-Length says, 0 without */
	size_t head_size;   /* as it was in form */
	unsigned seen;      /* bits of fields of which there may be one */
	bool has_length, expects;
};

/*
 * Method, and the URI as it was sent, still encoded. Sets request->method, path
 * and raw_query.
 * ERR_METHOD ERR_BAD_REQUEST
 */
enum error gate_line(
    struct gate *gate, const char *method, const char *uri) MUST_CHECK;

/*
 * One field; sizes without a NUL. Sets request->headers.
 * ERR_BAD_REQUEST ERR_MEDIA_TYPE ERR_EXPECTATION
 */
enum error gate_field(struct gate *gate, const char *name, size_t name_size,
    const char *value, size_t value_size) MUST_CHECK;

/*
 * All fields were seen. The head came in `received` bytes: in form they are as
 * many as those we were shown make, or libmicrohttpd has read something else
 * than we have let through to it. `hosts` are the names a Host may have, by
 * commas; NULL for any.
 * ERR_BAD_REQUEST ERR_LENGTH ERR_MISDIRECTED
 */
enum error gate_end(
    struct gate *gate, size_t received, const char *hosts) MUST_CHECK;

/* What to answer in: Chinese, unless Accept-Language prefers English; NULL
 * without one. RFC 9110 §12.5.4. */
enum language gate_language(const char *list);

#endif
