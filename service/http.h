/* http.h -- the only part that knows libmicrohttpd. */
#ifndef HTTP_H
#define HTTP_H

#include "config.h"
#include "request.h"

struct http;

/*
 * What http.c calls, and when. Stages are called on an epoll thread and must
 * not wait for anything.
 */
struct http_stages {
	/* The head is in and passed the gate: is there such a route, is a body
	 * of `body_size` bytes welcome? The answer to a refusal is in `request`
	 * and is sent at once, and the connection closed. */
	enum error (*head)(struct request *request, size_t body_size);
	/* All is in, request->stamp_us is set. True: the answer is in
	 * `request`, send it. False: suspend, then call `queue`. */
	bool (*now)(struct request *request);
	/* Hand over to another thread, which calls http_finish() in the end,
	 * be it on this very call. Everything accepted is answered: `problem`
	 * and http_finish() if nobody takes it. */
	void (*queue)(struct request *request);
	/* Of a body that comes in parts (request->part_max), before its first
	 * byte: who asks, and may he? Then each part, of part_max bytes but for
	 * the last (part_ends, perhaps empty), in body_text. Likewise, but
	 * with http_part_done(). `now` and `queue` come after the last one. */
	void (*part)(struct request *request);
	/* Turn `error` into the answer: a problem document. */
	void (*problem)(struct request *request, enum error error);
};

/*
 * Start listening: TCP on http_address:http_port and HTTP on the unix socket
 * admin_socket (mode 0600; none if that is ""), whose requests are `local`.
 * Until http_open() all are answered 503: who finds the socket taken must not
 * take the log over, so we listen first. Borrows both. NULL on failure, which
 * is in the diary.
 */
struct http *http_start(
    const struct config *config, const struct http_stages *stages);

/* Everything behind the stages is there: take requests. */
void http_open(struct http *http);

/* The port it listens on, also when the settings left the choice open. */
unsigned http_port(const struct http *http);

/* Take no more requests: answer new ones 503 and close. */
void http_drain(struct http *http);

/* After http_drain(): requests handed over and not finished yet. */
unsigned http_pending(const struct http *http);

/* Then stop. NULL is fine. */
void http_stop(struct http *http);

/* How many answers have gone out. Any thread. */
uint64_t http_answered(const struct http *http);

/* The answer is in `request`: send it. From any thread, once a request. */
void http_finish(struct request *request);

/* The part is taken, or not: then the rest is not kept. From any thread. */
void http_part_done(struct request *request, enum error error);

/*
 * A ready-made response: made once, sent many times, by reference count.
 * Carries ETag, Cache-Control and Vary; a matching If-None-Match is answered
 * 304 from it. Copies everything.
 */
struct page_parts {
	const char *content_type, *cache_control, *etag;
	const char *link, *disposition; /* NULL for none */
	const char *policy; /* Content-Security-Policy; NULL: nothing runs */
	const void *body;
	size_t body_size;
};
struct page *page_make(const struct page_parts *parts);
struct page *page_hold(struct page *page);
void page_release(struct page *page); /* NULL is fine */
size_t page_size(const struct page *page);

/* Prometheus text of connections, requests by status, refusals by the gate
 * and bytes, appended by the caller to its own. malloc'd. */
char *http_metrics(const struct http *http);

#endif
