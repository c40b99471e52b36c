/* dispatch.h -- from a request that passed the gate to its answer. */
#ifndef DISPATCH_H
#define DISPATCH_H

#include "config.h"
#include "http.h"
#include "request.h"
#include "worker.h"

/*
 * The way of a request:
 *
 *	head     epoll   route, key and headers in form, body welcome
 *	now      epoll   pages at hand, and what reads no database
 *	queue    epoll   to the writer what it can prepare, else to a worker
 *	worker           key → account → role → members → prepare
 *	writer           the act (writer_submit), worker_finish() after COMMIT
 *	worker           receipt, text of the answer, http_finish()
 *
 * A request by the admin socket has no key: request->caller is then the
 * account DISPATCH_ADMIN of the organisation SERVICE_ORGANISATION, role
 * admin, seq 0; no row stands behind it.
 */
#define DISPATCH_ADMIN "admin"

extern const struct http_stages dispatch_stages;

/* The jobs of worker.h, in the order of enum job. */
extern worker_run *const dispatch_jobs[JOBS];

/*
 * What an act prepared from has changed since: of the writer's thread. It is
 * prepared again, by a worker.
 */
void dispatch_again(struct request *request);

/* Turn `error` into the answer: a problem document (RFC 9457). */
void dispatch_problem(struct request *request, enum error error);

#endif
