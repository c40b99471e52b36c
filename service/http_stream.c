/* http_stream.c -- an answer without an end: see stream.h. */
#include "http_private.h"
#include "pulse.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 4096, OVERTIME_S = 10 };

/* Its connection, until libmicrohttpd is done with the answer. */
struct speech {
	struct stream *stream;
	struct deadline *deadline;
	const struct config *config;
};

uint32_t http_address_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct sockaddr_in address = { 0 };

	if (!info || !info->client_addr ||
	    info->client_addr->sa_family != AF_INET)
		return 0;
	memcpy(&address, info->client_addr, sizeof(address));
	return address.sin_addr.s_addr;
}

static void rest(void *connection)
{
	MHD_suspend_connection(connection);
}

static void wake(void *connection)
{
	MHD_resume_connection(connection);
}

/*
 * Libmicrohttpd asks again when all it got before has left: so a client has
 * http_body_s for each part, and who does not take it is shut down. While we
 * have nothing to say, we are who it waits for.
 */
static ssize_t on_more(void *context, uint64_t at, char *to, size_t size)
{
	struct speech *speech = context;
	unsigned body_s = (unsigned)speech->config->http_body_s;
	unsigned all_s = (unsigned)speech->config->stream_s + OVERTIME_S;
	ssize_t taken;

	(void)at;
	pulse_begin();
	deadline_begin(speech->deadline, DEADLINE_WORKING, all_s, all_s);
	taken = stream_take(speech->stream, to, size);
	if (taken > 0)
		deadline_begin(
		    speech->deadline, DEADLINE_SENDING, body_s, body_s);
	pulse_end();
	return taken == STREAM_END ? MHD_CONTENT_READER_END_OF_STREAM : taken;
}

static void on_end(void *context)
{
	struct speech *speech = context;

	stream_close(speech->stream);
	free(speech);
}

enum error http_stream(struct http_counts *counts, const struct config *config,
    struct MHD_Connection *connection, struct deadline *deadline,
    struct request *request, enum MHD_Result *result)
{
	const struct stream_line line = { connection, rest, wake,
		request->local ? 0 : http_address_of(connection) };
	struct MHD_Response *response;
	struct speech *speech;
	struct stream *stream;
	enum error error = stream_open(request, &line, &stream);

	if (error)
		return error;
	speech = malloc(sizeof(*speech));
	if (!speech)
		abort();
	*speech = (struct speech){ stream, deadline, config };
	response = MHD_create_response_from_callback(
	    MHD_SIZE_UNKNOWN, BLOCK, on_more, speech, on_end);
	/* Of nginx: hand on what comes as it comes. */
	if (!response ||
	    !MHD_add_response_header(response, "X-Accel-Buffering", "no"))
		abort();
	*result = http_send_made(counts, connection, request, response);
	return ERR_OK;
}
