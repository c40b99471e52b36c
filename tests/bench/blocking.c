/*
 * blocking.c -- the usual design: a pool of threads that serve connections,
 * each with its own to the database, and wait for it.
 *
 *   blocking SOCKET USER DATABASE THREADS STATEMENT VALUES BODY
 *
 * Each thread has an equal part of the connections: were they left to whichever
 * thread is idle, some would have no page to wait for, by luck.
 *
 * Answers /kept from memory with the bytes of the file BODY, every other path
 * with a page of the prepared STATEMENT after the next line of the file VALUES,
 * glued together with as little care as possible. Prints its port; ends on
 * SIGTERM.
 */
#include "peer_db.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

static char **args, **values;
static size_t value_count;
static atomic_size_t next_value;
static struct MHD_Response *kept;
static int listener;
static _Thread_local struct peer_db *db;

static enum MHD_Result send_page(struct MHD_Connection *connection)
{
	struct MHD_Response *response;
	size_t size = 0, room = 65536;
	char *text = malloc(room);
	enum MHD_Result result;

	if (!text)
		exit(1);
	if (!db)
		db = peer_db_open(args[1], args[2], args[3], args[5]);
	peer_db_ask(db, values[atomic_fetch_add(&next_value, 1) % value_count]);
	while (peer_db_next(db))
		for (unsigned i = 0; i < db->columns && room - size > PEER_CELL;
		     i++) {
			text[size++] = '"';
			memcpy(text + size, db->cells[i], db->sizes[i]);
			size += db->sizes[i];
			text[size++] = '"';
		}
	response =
	    MHD_create_response_from_buffer(size, text, MHD_RESPMEM_MUST_FREE);
	if (!response)
		exit(1);
	result = MHD_queue_response(connection, MHD_HTTP_OK, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result on_request(void *context,
    struct MHD_Connection *connection, const char *path, const char *method,
    const char *version, const char *data, size_t *size, void **state)
{
	static int seen;

	(void)context, (void)method, (void)version, (void)data;
	*size = 0;
	if (!*state) {
		*state = &seen;
		return MHD_YES;
	}
	if (strcmp(path, "/kept") == 0)
		return MHD_queue_response(connection, MHD_HTTP_OK, kept);
	return send_page(connection);
}

static void *accept_all(void *context)
{
	struct MHD_Daemon *daemon = context;
	struct sockaddr_in from;
	socklen_t size = sizeof(from);
	int connection;

	/* It is one that does not wait. */
	while (poll(&(struct pollfd){ listener, POLLIN, 0 }, 1, -1) > 0) {
		connection = accept(listener, (struct sockaddr *)&from, &size);
		if (connection < 0)
			return NULL;
		if (MHD_add_connection(daemon, connection,
			(struct sockaddr *)&from, size) != MHD_YES)
			exit(1);
		size = sizeof(from);
	}
	return NULL;
}

int main(int count, char **given)
{
	struct MHD_Daemon *daemon;
	pthread_t acceptor;
	size_t size;
	char *body;

	if (count != 8 || mysql_library_init(0, NULL, NULL))
		return 2;
	args = given;
	values = peer_lines(args[6]);
	while (values[value_count])
		value_count++;
	body = peer_read(args[7], &size);
	kept =
	    MHD_create_response_from_buffer(size, body, MHD_RESPMEM_PERSISTENT);
	daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD |
				      MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ITC,
	    0, NULL, NULL, on_request, NULL, MHD_OPTION_THREAD_POOL_SIZE,
	    (unsigned)atoi(args[4]), MHD_OPTION_CONNECTION_LIMIT, 1024u,
	    MHD_OPTION_END);
	listener = peer_listen();
	if (!daemon || pthread_create(&acceptor, NULL, accept_all, daemon))
		return 1;
	peer_wait();
	shutdown(listener, SHUT_RDWR);
	pthread_join(acceptor, NULL);
	MHD_stop_daemon(daemon);
	MHD_destroy_response(kept);
	return 0;
}
