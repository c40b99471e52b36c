#include "http.h"

#include "clock.h"
#include "deadline.h"
#include "diary.h"
#include "gate.h"
#include "http_private.h"
#include "inlet.h"
#include "pulse.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { BODY_HEARD_MAX = 1 << 20 /* of a refused body that is read out */ };

/* A request and the connection it came by. */
struct exchange {
	struct request request; /* first: http_finish() gets only this */
	struct listener *listener;
	struct MHD_Connection *connection;
	struct inlet *inlet;
	struct deadline *deadline; /* of the inlet */
	const char *uri;
	struct gate gate;
	enum stage {
		ARRIVING, /* its head */
		ASKED, /* handed over: is a body welcome that comes in parts? */
		COLLECTING, /* its body, or the next part of it */
		STORING,    /* a part is handed over */
		REFUSED,    /* its body is heard out */
		HANDED_OVER,
		FINISHED, /* the answer is in the request */
	} stage;
	enum error refusal;
	char *body;
	size_t received; /* of the whole */
	size_t held;     /* in `body` */
	size_t handed;   /* of that */
	bool leaving;    /* counted in http->leaving */
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

void http_on_connection(void *context, struct MHD_Connection *connection,
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
void *http_on_uri(
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
size_t http_on_unescape(
    void *context, struct MHD_Connection *connection, char *text)
{
	(void)context, (void)connection;
	return strlen(text);
}

/* Also of a request that was cut off; never of one handed over. */
void http_on_completed(void *context, struct MHD_Connection *connection,
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

/* The body comes next: to be kept, or read and forgotten. */
static enum MHD_Result hear(struct exchange *exchange, enum error error)
{
	const struct gate *gate = &exchange->gate;
	size_t part_max = exchange->request.part_max;
	size_t size = gate->body_size;

	if (error && (gate->expects || gate->body_size > BODY_HEARD_MAX))
		return refuse(exchange, error);
	exchange->stage = error ? REFUSED : COLLECTING;
	exchange->refusal = error;
	if (error || size == 0)
		return MHD_YES;
	if (part_max > 0 && size > part_max + HTTP_MEMORY_MAX)
		size = part_max + HTTP_MEMORY_MAX;
	exchange->body = calloc(1, size + 1);
	if (!exchange->body)
		abort();
	return MHD_YES;
}

/* To another thread, which calls http_part_done(). */
static enum MHD_Result hand_part(struct exchange *exchange, enum stage stage)
{
	struct http *http = exchange->listener->http;
	struct request *request = &exchange->request;

	exchange->stage = stage;
	if (stage == STORING) {
		exchange->handed = exchange->held < request->part_max
				       ? exchange->held
				       : request->part_max;
		request->body_text = exchange->body ? exchange->body : "";
		request->body_size = exchange->handed;
	}
	deadline_turn(exchange->deadline, DEADLINE_WORKING);
	atomic_fetch_add(&http->pending, 1);
	MHD_suspend_connection(exchange->connection);
	http->stages->part(request);
	return MHD_YES;
}

void http_part_done(struct request *request, enum error error)
{
	struct exchange *exchange = (struct exchange *)request;
	struct http *http = exchange->listener->http;

	exchange->refusal = error;
	MHD_resume_connection(exchange->connection);
	atomic_fetch_sub(&http->pending, 1);
}

/* It is known who asks, before any of his body is kept. */
static enum MHD_Result admit(struct exchange *exchange)
{
	const struct config *config = exchange->listener->http->config;
	unsigned upload_s = (unsigned)config->http_upload_s;

	deadline_begin(exchange->deadline, DEADLINE_READING,
	    upload_s + (unsigned)config->http_request_s, upload_s);
	return hear(exchange, exchange->refusal);
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
	if (error || exchange->request.part_max == 0)
		return hear(exchange, error);
	exchange->request.body_size = gate->body_size;
	return hand_part(exchange, ASKED);
}

/* MHD_NO hangs up: more came than was announced. */
static enum MHD_Result collect(
    struct exchange *exchange, const char *data, size_t size)
{
	size_t part_max = exchange->request.part_max;
	const struct form_fault *fault = inlet_cut(exchange->inlet);

	if (size > exchange->gate.body_size - exchange->received)
		return MHD_NO;
	exchange->received += size;
	if (exchange->stage == COLLECTING && part_max > 0 && fault) {
		exchange->refusal = fail(exchange, fault);
		exchange->stage = REFUSED;
	}
	if (exchange->stage != COLLECTING)
		return MHD_YES;
	memcpy(exchange->body + exchange->held, data, size);
	exchange->held += size;
	if (part_max == 0 || exchange->held < part_max)
		return MHD_YES;
	return hand_part(exchange, STORING);
}

/* The part is stored, or refused: what came behind it begins the next. */
static void take_up(struct exchange *exchange)
{
	deadline_turn(exchange->deadline, DEADLINE_READING);
	exchange->held -= exchange->handed;
	if (exchange->held > 0)
		memmove(exchange->body, exchange->body + exchange->handed,
		    exchange->held);
	exchange->stage = exchange->refusal ? REFUSED : COLLECTING;
}

static enum MHD_Result arrived(struct exchange *exchange)
{
	struct http *http = exchange->listener->http;
	struct request *request = &exchange->request;
	const struct form_fault *fault;

	if (exchange->stage == REFUSED)
		return refuse(exchange, exchange->refusal);
	fault = inlet_cut(exchange->inlet);
	if (fault)
		return refuse(exchange, fail(exchange, fault));
	if (exchange->received != exchange->gate.body_size)
		return MHD_NO;
	if (request->part_max > 0 && !request->part_ends) {
		request->part_ends = true;
		return hand_part(exchange, STORING);
	}
	deadline_next(exchange->deadline, DEADLINE_WORKING, 0);
	if (request->part_max == 0) {
		request->body_text = exchange->body ? exchange->body : "";
		request->body_size = exchange->received;
	}
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
	if (exchange->stage == STORING)
		take_up(exchange);
	switch (exchange->stage) {
	case ARRIVING:
		return begin(exchange, method);
	case ASKED:
		return admit(exchange);
	case COLLECTING:
	case REFUSED:
		return size > 0 ? collect(exchange, data, size)
				: arrived(exchange);
	case STORING:
	case HANDED_OVER:
		return MHD_YES;
	case FINISHED:
		return send_answer(
		    exchange, atomic_load(&exchange->listener->http->closed));
	}
	return MHD_NO;
}

/* Called for the head, each part of the body, the end, and when resumed. */
enum MHD_Result http_on_request(void *context,
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
