/* fetch.h -- ask over HTTP, within limits of size and time. */
#ifndef FETCH_H
#define FETCH_H

#include "error.h"
#include "kl_buf.h"

#include <stdatomic.h>

/* Who asks; keeps the connection from one request to the next. For one thread
 * at a time. */
struct fetch;

struct fetch *fetch_open(void);        /* aborts for lack of memory */
void fetch_close(struct fetch *fetch); /* NULL is fine */

/* What is not named is 0. */
struct fetch_request {
	const char *url; /* of http or https; nothing else is asked */
	/* Lines `Name: value`, then NULL; or NULL. */
	const char *const *headers;
	const void *body; /* NULL: GET; else POST, of body_size bytes */
	size_t body_size;
	unsigned timeout_s;        /* for all of it; 0: for ever */
	unsigned connect_s;        /* for the connection; 0: of timeout_s */
	bool compressed;           /* it may be: limits are of what it holds */
	const char *socket;        /* a path, in place of the URL's host */
	const atomic_bool *ending; /* once set, it ends within a second */
};

/* What is not said is 0. */
struct fetch_reply {
	long status;        /* of HTTP */
	long retry_after_s; /* Retry-After, in seconds */
};

/*
 * Ask, and put the body of the reply into `out`, emptied before; more than its
 * limit is no reply. No redirect is followed: it is a reply like others. False:
 * there is no whole one, `*reply` is zeros, and fetch_fault() says why.
 */
bool fetch_ask(struct fetch *fetch, const struct fetch_request *request,
    struct fetch_reply *reply, struct kl_buf *out) MUST_CHECK;

/* In words, of the last one that failed. */
const char *fetch_fault(const struct fetch *fetch);

#endif
