/*
 * load_posts PORT CONNECTIONS < REQUESTS -- send each request once, over that
 * many connections that are kept, and say in one line of JSON how it went.
 *
 * A request is a line `PATH TOKEN KEY BODY`: a POST of BODY with that bearer
 * token and Idempotency-Key. Each connection sends one when it has the answer
 * to the one before. It costs little of the cores it shares with what it
 * loads: the requests are written out before the clock starts, and of an
 * answer only status and length are read.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_MAX = 65536, EVENTS = 256, STATUSES = 600, WAIT_MS_MAX = 60000 };

struct span {
	size_t at, size;
};

struct connection {
	int fd;
	int64_t sent_us;
	size_t used;
	char answer[ANSWER_MAX + 1];
};

static struct {
	char *bytes;
	size_t size, capacity;
	struct span *list;
	size_t count, list_capacity, next, answered;
	uint32_t *took_us;
	unsigned status[STATUSES];
} load;

static void fail(const char *what)
{
	perror(what);
	exit(2);
}

static void *must(void *memory)
{
	if (!memory)
		fail("memory");
	return memory;
}

static int64_t clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

/* --- requests ------------------------------------------------------------- */

static void add_request(const char *path, const char *token, const char *key,
    const char *body, unsigned port)
{
	size_t most =
	    strlen(path) + strlen(token) + strlen(key) + strlen(body) + 300;
	int size;

	if (load.size + most > load.capacity) {
		load.capacity = 2 * load.capacity + most;
		load.bytes = must(realloc(load.bytes, load.capacity));
	}
	if (load.count == load.list_capacity) {
		load.list_capacity = 2 * load.list_capacity + 1024;
		load.list = must(realloc(
		    load.list, load.list_capacity * sizeof(*load.list)));
	}
	size = snprintf(load.bytes + load.size, most,
	    "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
	    "Authorization: Bearer %s\r\nIdempotency-Key: %s\r\n"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
	    path, port, token, key, strlen(body), body);
	load.list[load.count++] = (struct span){ load.size, (size_t)size };
	load.size += (size_t)size;
}

static void read_requests(FILE *input, unsigned port)
{
	char *line = NULL;
	size_t capacity = 0;

	while (getline(&line, &capacity, input) > 0) {
		char *rest = line;
		const char *path = strsep(&rest, " ");
		const char *token = strsep(&rest, " ");
		const char *key = strsep(&rest, " ");

		if (!rest) {
			fprintf(stderr, "load_posts: PATH TOKEN KEY BODY\n");
			exit(2);
		}
		rest[strcspn(rest, "\n")] = '\0';
		add_request(path, token, key, rest, port);
	}
	free(line);
	load.took_us = must(calloc(load.count + 1, sizeof(*load.took_us)));
}

/* --- connections ---------------------------------------------------------- */

static void connect_to(struct connection *connection, unsigned port, int epoll)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct epoll_event event = { EPOLLIN, { .ptr = connection } };
	const int yes = 1;

	connection->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (connection->fd < 0 ||
	    connect(connection->fd, (struct sockaddr *)&to, sizeof(to)) ||
	    setsockopt(
		connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)) ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, connection->fd, &event))
		fail("connect");
}

static void send_next(struct connection *connection)
{
	const struct span *span;

	connection->used = 0;
	if (load.next == load.count)
		return;
	span = &load.list[load.next++];
	connection->sent_us = clock_us();
	if (send(connection->fd, load.bytes + span->at, span->size,
		MSG_NOSIGNAL) != (ssize_t)span->size)
		fail("send");
}

/* Is the answer whole? Its status then. */
static bool is_whole(const struct connection *connection, unsigned *status)
{
	const char *answer = connection->answer;
	const char *end = strstr(answer, "\r\n\r\n");
	const char *length = strcasestr(answer, "\r\nContent-Length:");

	if (!end || sscanf(answer, "HTTP/1.1 %u", status) != 1)
		return false;
	if (*status >= STATUSES || !length || length > end) {
		fprintf(stderr, "load_posts: an odd answer\n");
		exit(2);
	}
	return connection->used ==
	       (size_t)(end + 4 - answer) + strtoul(length + 17, NULL, 10);
}

static void hear(struct connection *connection)
{
	ssize_t size =
	    recv(connection->fd, connection->answer + connection->used,
		ANSWER_MAX - connection->used, 0);
	unsigned status;

	if (size <= 0)
		fail("recv");
	connection->used += (size_t)size;
	connection->answer[connection->used] = '\0';
	if (!is_whole(connection, &status))
		return;
	load.status[status]++;
	load.took_us[load.answered++] =
	    (uint32_t)(clock_us() - connection->sent_us);
	send_next(connection);
}

static void run(struct connection *connections, size_t count, int epoll)
{
	struct epoll_event events[EVENTS];

	for (size_t i = 0; i < count; i++)
		send_next(&connections[i]);
	while (load.answered < load.count) {
		int ready = epoll_wait(epoll, events, EVENTS, WAIT_MS_MAX);

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			fail("epoll_wait");
		for (int i = 0; i < ready; i++)
			hear(events[i].data.ptr);
	}
}

/* --- how it went ---------------------------------------------------------- */

static int by_size(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

static double ms_of(double part)
{
	return load.took_us[(size_t)(part * (double)(load.count - 1))] / 1000.0;
}

static double cpu_s(void)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void tell(double seconds, double used_s)
{
	const char *comma = "";

	qsort(load.took_us, load.count, sizeof(*load.took_us), by_size);
	printf("{\"count\":%zu,\"seconds\":%.3f,\"p50_ms\":%.2f,"
	       "\"p99_ms\":%.2f,\"max_ms\":%.2f,\"cpu_s\":%.3f,\"status\":{",
	    load.count, seconds, ms_of(0.5), ms_of(0.99), ms_of(1.0), used_s);
	for (unsigned i = 0; i < STATUSES; i++) {
		if (load.status[i] == 0)
			continue;
		printf("%s\"%u\":%u", comma, i, load.status[i]);
		comma = ",";
	}
	printf("}}\n");
}

int main(int argc, char **argv)
{
	unsigned port = argc == 3 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
	size_t count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	int epoll = epoll_create1(0);
	struct connection *connections;
	int64_t began_us;
	double used_s;

	if (port == 0 || count == 0) {
		fprintf(stderr, "load_posts PORT CONNECTIONS < REQUESTS\n");
		return 2;
	}
	read_requests(stdin, port);
	if (load.count == 0)
		return 2;
	connections = must(calloc(count, sizeof(*connections)));
	for (size_t i = 0; i < count; i++)
		connect_to(&connections[i], port, epoll);
	used_s = cpu_s();
	began_us = clock_us();
	run(connections, count, epoll);
	tell((double)(clock_us() - began_us) / 1e6, cpu_s() - used_s);
	return 0;
}
