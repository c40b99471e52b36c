/*
 * hello.c -- the least that libmicrohttpd can do: one ready-made response.
 *
 *   hello STATUS HEADERS BODY    both files; a header a line, `Name: value`
 *
 * The same flags and limits as klerod (service/http.c), the same bytes on the
 * wire, and no logic at all. Prints its port; ends on SIGTERM.
 */
#include "peer.h"

#include <microhttpd.h>

static struct MHD_Response *response;
static unsigned status;

static enum MHD_Result on_request(void *context,
    struct MHD_Connection *connection, const char *path, const char *method,
    const char *version, const char *data, size_t *size, void **state)
{
	static int seen;

	(void)context, (void)path, (void)method, (void)version, (void)data;
	*size = 0;
	if (!*state) { /* once for the head, once for the end, as klerod */
		*state = &seen;
		return MHD_YES;
	}
	return MHD_queue_response(connection, status, response);
}

static bool add_headers(char *lines)
{
	for (char *line = strtok(lines, "\n"); line;
	     line = strtok(NULL, "\n")) {
		char *value = strstr(line, ": ");

		if (!value)
			return false;
		*value = '\0';
		if (!MHD_add_response_header(response, line, value + 2))
			return false;
	}
	return true;
}

int main(int count, char **args)
{
	struct MHD_Daemon *daemon;
	size_t size;
	char *body;

	if (count != 4)
		return 2;
	status = (unsigned)atoi(args[1]);
	body = peer_read(args[3], &size);
	response =
	    MHD_create_response_from_buffer(size, body, MHD_RESPMEM_PERSISTENT);
	if (!response || !add_headers(peer_read(args[2], &size)))
		return 1;
	daemon = MHD_start_daemon(
	    MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL,
	    NULL, on_request, NULL, MHD_OPTION_LISTEN_SOCKET, peer_listen(),
	    MHD_OPTION_CONNECTION_TIMEOUT, 0u, MHD_OPTION_CONNECTION_LIMIT,
	    1024u, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)32768,
	    MHD_OPTION_STRICT_FOR_CLIENT, 0, MHD_OPTION_END);
	if (!daemon)
		return 1;
	peer_wait();
	MHD_stop_daemon(daemon);
	MHD_destroy_response(response);
	return 0;
}
