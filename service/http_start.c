/* http_start.c -- http from its start to its end: sockets, threads, draining.
 */
#include "diary.h"
#include "http_private.h"
#include "inlet.h"
#include "listen.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
	ADMIN_CONNECTIONS_MAX = 64, /* on the admin socket */
	LEAVING_MAX = 256,          /* that make room, and are not gone yet */
	STOP_MS_MAX = 5000,         /* for the last answers to leave */
	STOP_LOOK_MS = 5,
};

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
	    NULL, http_on_request, listener, MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_URI_LOG_CALLBACK, http_on_uri, listener,
	    MHD_OPTION_UNESCAPE_CALLBACK, http_on_unescape, NULL,
	    MHD_OPTION_NOTIFY_CONNECTION, http_on_connection, listener,
	    MHD_OPTION_NOTIFY_COMPLETED, http_on_completed, listener,
	    MHD_OPTION_CONNECTION_TIMEOUT, 0u, MHD_OPTION_CONNECTION_LIMIT,
	    threads * (connections + LEAVING_MAX),
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_MEMORY_MAX,
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
