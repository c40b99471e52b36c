#include "http.h"

#include "clock.h"
#include "deadline.h"
#include "diary.h"
#include "gate.h"
#include "http_private.h"
#include "inlet.h"
#include "listen.h"
#include "pulse.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	MEMORY_MAX = 32768,         /* of a connection: its head, buffers */
	BODY_HEARD_MAX = 1 << 20,   /* of a refused body that is read out */
	ADMIN_CONNECTIONS_MAX = 64, /* on the admin socket */
	LEAVING_MAX = 256,          /* that make room, and are not gone yet */
	STOP_MS_MAX = 5000,         /* for the last answers to leave */
	STOP_LOOK_MS = 5,
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

/* A request and the connection it came by. */
struct exchange {
	struct request request; /* first: http_finish() gets only this */
	struct listener *listener;
	struct MHD_Connection *connection;
	struct inlet *inlet;
	struct deadline *deadline; /* of the inlet */
	const char *uri;
	struct gate gate;
	enum {
		ARRIVING,   /* its head */
		COLLECTING, /* its body */
		REFUSED,    /* its body is heard out */
		HANDED_OVER,
		FINISHED, /* the answer is in the request */
	} stage;
	enum error refusal;
	char *body;
	size_t received;
	bool leaving; /* counted in http->leaving */
};

/* --- one connection ------------------------------------------------------- */

static const struct form_fault too_many_open = { ERR_BUSY,
	"连接数已满,请稍后再试", "too many connections; try again shortly" };

static void open_inlet(struct listener *listener,
    struct MHD_Connection *connection, void **socket_context)
{
	const struct config *config = listener->http->config;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct deadline *deadline = deadline_add(listener->http->deadlines,
	    info->connect_fd, listener->local ? 0 : http_address_of(connection),
	    (unsigned)config->http_header_s);
	struct inlet *inlet = inlet_open(info->connect_fd, deadline);

	*socket_context = inlet;
	if (!listener->local &&
	    !deadline_fits(deadline, (unsigned)config->http_connections,
		(unsigned)config->http_connections_per_address))
		inlet_refuse(inlet, &too_many_open);
}

static void on_connection(void *context, struct MHD_Connection *connection,
    void **socket_context, enum MHD_ConnectionNotificationCode code)
{
	pulse_begin();
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		open_inlet(context, connection, socket_context);
	} else {
		inlet_close(*socket_context);
		*socket_context = NULL;
	}
	pulse_end();
}

/* The one callback that sees the URI as it was sent. */
static void *on_uri(
    void *context, const char *uri, struct MHD_Connection *connection)
{
	/* Not calloc, which does not take what malloc has at hand. */
	struct exchange *exchange = malloc(sizeof(*exchange));
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	if (!exchange)
		abort();
	*exchange = (struct exchange){
		.listener = context,
		.connection = connection,
		.inlet = info->socket_context,
	};
	exchange->deadline = inlet_deadline(exchange->inlet);
	exchange->request.local = exchange->listener->local;
	exchange->uri = arena_copy(&exchange->request.arena, uri);
	exchange->gate.request = &exchange->request;
	return exchange;
}

/* MHD must not decode: `%00` in a path would end it. */
static size_t on_unescape(
    void *context, struct MHD_Connection *connection, char *text)
{
	(void)context, (void)connection;
	return strlen(text);
}

/* Also of a request that was cut off; never of one handed over. */
static void on_completed(void *context, struct MHD_Connection *connection,
    void **state, enum MHD_RequestTerminationCode code)
{
	struct listener *listener = context;
	struct exchange *exchange = *state;
	unsigned idle_s = (unsigned)listener->http->config->http_header_s;

	(void)connection, (void)code;
	if (!exchange)
		return;
	assert(exchange->stage != HANDED_OVER);
	if (exchange->leaving)
		atomic_fetch_sub(&listener->http->leaving, 1);
	deadline_begin(
	    exchange->deadline, inlet_phase(exchange->inlet), idle_s, idle_s);
	request_clear(&exchange->request);
	free(exchange->body);
	free(exchange);
	*state = NULL;
}

/* --- stages --------------------------------------------------------------- */

static enum MHD_Result send_answer(struct exchange *exchange, bool closes)
{
	struct http *http = exchange->listener->http;
	struct request *request = &exchange->request;
	enum MHD_Result result;
	enum error error;

	deadline_turn(exchange->deadline, DEADLINE_SENDING);
	if (request->stream_of && !request->error) {
		error = http_stream(&http->counts, http->config,
		    exchange->connection, exchange->deadline, request, &result);
		if (!error)
			return result;
		http->stages->problem(request, error);
	}
	return http_send(&http->counts, exchange->connection, request, closes);
}

static enum MHD_Result refuse(struct exchange *exchange, enum error error)
{
	exchange->listener->http->stages->problem(&exchange->request, error);
	deadline_linger(exchange->deadline);
	return send_answer(exchange, true);
}

struct field_walk {
	struct gate *gate;
	enum error error;
};

static enum MHD_Result on_field(void *context, enum MHD_ValueKind kind,
    const char *name, size_t name_size, const char *value, size_t value_size)
{
	struct field_walk *walk = context;

	(void)kind;
	walk->error =
	    gate_field(walk->gate, name, name_size, value, value_size);
	return walk->error ? MHD_NO : MHD_YES;
}

static enum error fail(
    struct exchange *exchange, const struct form_fault *fault)
{
	return request_fail(
	    &exchange->request, fault->error, fault->zh, fault->en, NULL);
}

/* What the inlet has kept from us; its reason. */
static enum error refuse_unseen(struct exchange *exchange)
{
	exchange->request.method = "";
	return fail(exchange, inlet_fault(exchange->inlet));
}

static enum error pass_gate(struct exchange *exchange, const char *method)
{
	struct http *http = exchange->listener->http;
	struct field_walk walk = { .gate = &exchange->gate };
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    exchange->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	enum error error = gate_line(&exchange->gate, method, exchange->uri);

	if (error)
		return error;
	MHD_get_connection_values_n(
	    exchange->connection, MHD_HEADER_KIND, on_field, &walk);
	if (walk.error)
		return walk.error;
	return gate_end(&exchange->gate, info->header_size,
	    exchange->request.local ? NULL : http->config->http_hosts);
}

/*
 * The head is in. A refusal by the gate is told at once; one by the routes
 * when the body has been heard out, or its sender would miss the answer.
 */
static enum MHD_Result begin(struct exchange *exchange, const char *method)
{
	struct http *http = exchange->listener->http;
	struct gate *gate = &exchange->gate;
	enum error error;

	exchange->request.language =
	    gate_language(MHD_lookup_connection_value(exchange->connection,
		MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT_LANGUAGE));
	error = strcmp(exchange->uri, INLET_STAND_IN) == 0
		    ? refuse_unseen(exchange)
		    : pass_gate(exchange, method);
	deadline_begin(exchange->deadline, DEADLINE_READING,
	    (unsigned)http->config->http_request_s,
	    (unsigned)http->config->http_body_s);
	if (error) {
		atomic_fetch_add(&http->counts.refused[error], 1);
		return refuse(exchange, error);
	}
	error = atomic_load(&http->closed)
		    ? ERR_BUSY
		    : http->stages->head(&exchange->request, gate->body_size);
	if (error && (gate->expects || gate->body_size > BODY_HEARD_MAX))
		return refuse(exchange, error);
	exchange->stage = error ? REFUSED : COLLECTING;
	exchange->refusal = error;
	if (!error && gate->body_size > 0) {
		exchange->body = calloc(1, gate->body_size + 1);
		if (!exchange->body)
			abort();
	}
	return MHD_YES;
}

/* MHD_NO hangs up: more came than was announced. */
static enum MHD_Result collect(
    struct exchange *exchange, const char *data, size_t size)
{
	if (size > exchange->gate.body_size - exchange->received)
		return MHD_NO;
	if (exchange->stage == COLLECTING)
		memcpy(exchange->body + exchange->received, data, size);
	exchange->received += size;
	return MHD_YES;
}

static enum MHD_Result arrived(struct exchange *exchange)
{
	struct http *http = exchange->listener->http;
	struct request *request = &exchange->request;
	const struct form_fault *fault;

	deadline_next(exchange->deadline, DEADLINE_WORKING, 0);
	if (exchange->stage == REFUSED)
		return refuse(exchange, exchange->refusal);
	fault = inlet_cut(exchange->inlet);
	if (fault)
		return refuse(exchange, fail(exchange, fault));
	if (exchange->received != exchange->gate.body_size)
		return MHD_NO;
	request->body_text = exchange->body ? exchange->body : "";
	request->body_size = exchange->received;
	request->address =
	    request->local ? 0 : http_address_of(exchange->connection);
	request->stamp_us = clock_now_us();
	request->came_ms = clock_steady_ms();
	if (http->stages->now(request))
		return send_answer(exchange, false);
	exchange->stage = HANDED_OVER;
	exchange->leaving = true;
	atomic_fetch_add(&http->leaving, 1);
	atomic_fetch_add(&http->pending, 1);
	MHD_suspend_connection(exchange->connection);
	http->stages->queue(request);
	return MHD_YES;
}

void http_finish(struct request *request)
{
	struct exchange *exchange = (struct exchange *)request;
	struct http *http = exchange->listener->http;

	/* Once resumed, the exchange may be gone; http stays until we are
	 * no longer counted. */
	exchange->stage = FINISHED;
	MHD_resume_connection(exchange->connection);
	atomic_fetch_sub(&http->pending, 1);
}

static enum MHD_Result go_on(struct exchange *exchange, const char *method,
    const char *data, size_t size)
{
	switch (exchange->stage) {
	case ARRIVING:
		return begin(exchange, method);
	case COLLECTING:
	case REFUSED:
		return size > 0 ? collect(exchange, data, size)
				: arrived(exchange);
	case HANDED_OVER:
		return MHD_YES;
	case FINISHED:
		return send_answer(
		    exchange, atomic_load(&exchange->listener->http->closed));
	}
	return MHD_NO;
}

/* Called for the head, each part of the body, the end, and when resumed. */
static enum MHD_Result on_request(void *context,
    struct MHD_Connection *connection, const char *path, const char *method,
    const char *version, const char *data, size_t *size, void **state)
{
	enum MHD_Result result;
	size_t received = *size;

	(void)context, (void)connection, (void)path, (void)version;
	*size = 0;
	pulse_begin();
	result = go_on(*state, method, data, received);
	pulse_end();
	return result;
}

/* --- starting and stopping ------------------------------------------------ */

static void on_panic(
    void *context, const char *file, unsigned line, const char *reason)
{
	(void)context;
	diary_write("http-panic", "{s:s, s:i, s:s}", "file", file, "line",
	    (int)line, "reason", reason);
	abort();
}

static bool serve(struct listener *listener, struct http *http, int fd,
    unsigned threads, unsigned connections)
{
	const struct MHD_OptionItem pool[] = {
		{ MHD_OPTION_THREAD_POOL_SIZE, threads, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};

	listener->http = http;
	if (fd < 0)
		return false;
	listener->daemon = MHD_start_daemon(
	    MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL,
	    NULL, on_request, listener, MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_URI_LOG_CALLBACK, on_uri, listener,
	    MHD_OPTION_UNESCAPE_CALLBACK, on_unescape, NULL,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, listener,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, listener,
	    MHD_OPTION_CONNECTION_TIMEOUT, 0u, MHD_OPTION_CONNECTION_LIMIT,
	    threads * (connections + LEAVING_MAX),
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_MAX,
	    MHD_OPTION_STRICT_FOR_CLIENT, 0,
	    threads > 1 ? MHD_OPTION_ARRAY : MHD_OPTION_END, pool,
	    MHD_OPTION_END);
	if (!listener->daemon) {
		diary_write("listen-failed", "{s:s}", "what", "libmicrohttpd");
		close(fd);
	}
	return listener->daemon != NULL;
}

struct http *http_start(
    const struct config *config, const struct http_stages *stages)
{
	struct http *http = calloc(1, sizeof(*http));
	int fd;

	if (!http)
		abort();
	MHD_set_panic_func(on_panic, NULL);
	http->config = config;
	http->stages = stages;
	http->deadlines = deadlines_start();
	atomic_init(&http->closed, true);
	http->admin.local = true;
	if (!inlets_work()) {
		diary_write("listen-failed", "{s:s}", "what", "recv");
		goto fail;
	}
	if (config->admin_socket[0] &&
	    !serve(&http->admin, http, listen_unix(config->admin_socket), 1,
		ADMIN_CONNECTIONS_MAX))
		goto fail;
	fd = listen_tcp(config->http_address, (unsigned)config->http_port);
	http->port = fd < 0 ? 0 : listen_port(fd);
	if (!serve(&http->tcp, http, fd, (unsigned)config->http_threads,
		(unsigned)config->http_connections))
		goto fail;
	return http;
fail:
	http_stop(http);
	return NULL;
}

unsigned http_port(const struct http *http)
{
	return http->port;
}

void http_open(struct http *http)
{
	atomic_store(&http->closed, false);
}

void http_drain(struct http *http)
{
	atomic_store(&http->closed, true);
}

unsigned http_pending(const struct http *http)
{
	return atomic_load(&http->pending);
}

/* The last answers are on their way: give them a moment. */
static void let_leave(struct http *http)
{
	const struct timespec moment = { 0, STOP_LOOK_MS * 1000000L };

	for (int ms = 0; atomic_load(&http->leaving) > 0 && ms < STOP_MS_MAX;
	     ms += STOP_LOOK_MS)
		nanosleep(&moment, NULL);
}

void http_stop(struct http *http)
{
	if (!http)
		return;
	assert(http_pending(http) == 0); /* or MHD panics */
	let_leave(http);
	if (http->tcp.daemon)
		MHD_stop_daemon(http->tcp.daemon);
	if (http->admin.daemon) {
		MHD_stop_daemon(http->admin.daemon);
		unlink(http->config->admin_socket);
	}
	deadlines_stop(http->deadlines);
	free(http);
}

uint64_t http_answered(const struct http *http)
{
	uint64_t sum = 0;

	for (size_t i = 0; i <= HTTP_STATUS_MAX; i++)
		sum += atomic_load(&http->counts.answered[i]);
	return sum;
}

char *http_metrics(const struct http *http)
{
	return http_counts_text(&http->counts, deadlines_count(http->deadlines),
	    http_pending(http));
}
