/* Asking over HTTP: what is asked, what is a reply, and what ends it. */
#include "unit.h"

#include "clock.h"
#include "fetch.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <zlib.h>

enum {
	LIMIT = 100,
	HEARD_MAX = 4096,
	LONG_S = 60, /* what must not be waited for */
	SOON_MS = 20000,
	LOOK_MS = 20,
};

/* Somebody who answers every request on a connection with the same bytes. */
static struct {
	int listening, over[2];
	pthread_t thread;
	char url[64], heard[HEARD_MAX];
	struct kl_buf answer; /* empty: none comes */
	atomic_uint connections, requests;
	pthread_mutex_t lock; /* of what it heard, and of the answer */
} server = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct fetch *asker;
static struct kl_buf out;
static struct fetch_reply reply;

/* --- the server ----------------------------------------------------------- */

static size_t size_told(void)
{
	const char *told = strstr(server.heard, "Content-Length: ");

	return told ? strtoul(told + 16, NULL, 10) : 0;
}

/* False: it is over. */
static bool wait_for(int descriptor)
{
	struct pollfd wanted[] = { { descriptor, POLLIN, 0 },
		{ server.over[0], POLLIN, 0 } };

	poll(wanted, 2, -1);
	return !wanted[1].revents;
}

/* More of a request; false: none comes. */
static bool read_more(int connection, size_t *size)
{
	char part[HEARD_MAX];
	ssize_t got;

	if (!wait_for(connection))
		return false;
	got = read(connection, part, HEARD_MAX - 1 - *size);
	if (got <= 0) /* what was heard before stays */
		return false;
	pthread_mutex_lock(&server.lock);
	if (*size == 0)
		memset(server.heard, 0, sizeof(server.heard));
	memcpy(server.heard + *size, part, (size_t)got);
	pthread_mutex_unlock(&server.lock);
	*size += (size_t)got;
	return true;
}

static bool hear(int connection)
{
	const char *end = NULL;
	size_t size = 0;

	while (!end || size < (size_t)(end - server.heard) + 4 + size_told()) {
		if (!read_more(connection, &size))
			return false;
		end = strstr(server.heard, "\r\n\r\n");
	}
	return true;
}

static void *serve(void *context)
{
	(void)context;
	while (wait_for(server.listening)) {
		int connection = accept(server.listening, NULL, NULL);

		atomic_fetch_add(&server.connections, 1);
		while (hear(connection)) {
			atomic_fetch_add(&server.requests, 1);
			pthread_mutex_lock(&server.lock);
			if (write(connection, server.answer.data,
				server.answer.size) < 0)
				abort();
			pthread_mutex_unlock(&server.lock);
		}
		close(connection);
	}
	return NULL;
}

/* What was asked last. */
static const char *heard(void)
{
	static char text[HEARD_MAX];

	pthread_mutex_lock(&server.lock);
	memcpy(text, server.heard, sizeof(text));
	pthread_mutex_unlock(&server.lock);
	return text;
}

static void start(int family, const void *address, socklen_t size)
{
	atomic_store(&server.connections, 0);
	atomic_store(&server.requests, 0);
	server.listening = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(server.listening, address, size), 0);
	assert_int_equal(listen(server.listening, 8), 0);
	assert_int_equal(pipe(server.over), 0);
	assert_int_equal(pthread_create(&server.thread, NULL, serve, NULL), 0);
}

static int open_test(void **state)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);

	(void)state;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server.answer = (struct kl_buf)KL_BUF(HEARD_MAX);
	start(AF_INET, &address, size);
	getsockname(server.listening, (struct sockaddr *)&address, &size);
	snprintf(server.url, sizeof(server.url), "http://127.0.0.1:%u/x",
	    ntohs(address.sin_port));
	asker = fetch_open();
	out = (struct kl_buf)KL_BUF(LIMIT);
	return 0;
}

static void stop(void)
{
	assert_int_equal(write(server.over[1], "", 1), 1);
	pthread_join(server.thread, NULL);
	close(server.over[0]);
	close(server.over[1]);
	close(server.listening);
}

static int close_test(void **state)
{
	(void)state;
	fetch_close(asker);
	stop();
	kl_buf_clear(&server.answer);
	kl_buf_clear(&out);
	return 0;
}

static void answer_with(const char *head, const void *body, size_t size)
{
	char line[256];

	snprintf(line, sizeof(line),
	    "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n", head, size);
	pthread_mutex_lock(&server.lock);
	kl_buf_empty(&server.answer);
	kl_buf_add_text(&server.answer, line);
	kl_buf_add(&server.answer, body, size);
	pthread_mutex_unlock(&server.lock);
}

/* --- asking --------------------------------------------------------------- */

static void wants(long status, const char *body)
{
	assert_int_equal(reply.status, status);
	assert_int_equal(out.size, strlen(body));
	assert_memory_equal(out.data, body, out.size);
}

static void refuses(const struct fetch_request *request, const char *fault)
{
	reply.status = 77;
	assert_false(fetch_ask(asker, request, &reply, &out));
	assert_int_equal(reply.status, 0);
	if (!strstr(fetch_fault(asker), fault))
		fail_msg("%s, not %s", fetch_fault(asker), fault);
}

static void asks_and_hears(void **state)
{
	static const char *const headers[] = { "X-One: 1", "User-Agent: we",
		NULL };
	struct fetch_request request = { .url = server.url,
		.timeout_s = LONG_S };

	(void)state;
	answer_with("200 OK\r\nRetry-After: 7", "hello", 5);
	assert_true(fetch_ask(asker, &request, &reply, &out));
	wants(200, "hello");
	assert_int_equal(reply.retry_after_s, 7);
	assert_memory_equal(heard(), "GET /x HTTP/1.1\r\n", 17);
	request.headers = headers;
	request.body = "a body";
	request.body_size = 6;
	answer_with("404 Not Found", "no", 2);
	assert_true(fetch_ask(asker, &request, &reply, &out));
	wants(404, "no");
	assert_int_equal(reply.retry_after_s, 0);
	assert_memory_equal(heard(), "POST /x HTTP/1.1\r\n", 18);
	assert_non_null(strstr(heard(), "\r\nX-One: 1\r\n"));
	assert_non_null(strstr(heard(), "\r\nUser-Agent: we\r\n"));
	assert_non_null(strstr(heard(), "\r\n\r\na body"));
	request = (struct fetch_request){ .url = server.url };
	assert_true(fetch_ask(asker, &request, &reply, &out));
	assert_memory_equal(heard(), "GET /x HTTP/1.1\r\n", 17);
	assert_null(strstr(heard(), "X-One"));
	assert_int_equal(atomic_load(&server.connections), 1);
}

/* Of a body as large as any, nothing waits for `100 Continue`. */
static void sends_a_body_at_once(void **state)
{
	static char body[HEARD_MAX / 2];
	const struct fetch_request request = { .url = server.url,
		.body = body,
		.body_size = sizeof(body),
		.timeout_s = LONG_S };

	(void)state;
	memset(body, 'x', sizeof(body));
	answer_with("200 OK", "", 0);
	assert_true(fetch_ask(asker, &request, &reply, &out));
	assert_null(strstr(heard(), "Expect"));
	assert_memory_equal(
	    strstr(heard(), "\r\n\r\n") + 4, body, sizeof(body));
}

static void keeps_to_its_limit(void **state)
{
	const struct fetch_request request = { .url = server.url,
		.timeout_s = LONG_S };
	char body[LIMIT + 1];

	(void)state;
	memset(body, 'x', sizeof(body));
	answer_with("200 OK", body, LIMIT);
	assert_true(fetch_ask(asker, &request, &reply, &out));
	assert_int_equal(out.size, LIMIT);
	answer_with("200 OK", body, LIMIT + 1);
	refuses(&request, "too large");
	assert_int_equal(kl_buf_result(&out), KL_TOO_LARGE);
	answer_with("200 OK", "again", 5);
	assert_true(fetch_ask(asker, &request, &reply, &out));
	wants(200, "again");
}

/* A few bytes may be many. */
static void limits_what_comes_out(void **state)
{
	const struct fetch_request request = {
		.url = server.url, .compressed = true, .timeout_s = LONG_S
	};
	uint8_t plain[LIMIT + 1] = { 0 }, bytes[LIMIT];

	(void)state;
	for (size_t size = LIMIT; size <= LIMIT + 1; size++) {
		uLongf made = sizeof(bytes);

		assert_int_equal(compress(bytes, &made, plain, size), Z_OK);
		answer_with("200 OK\r\nContent-Encoding: deflate", bytes, made);
		if (size > LIMIT) {
			refuses(&request, "too large");
			continue;
		}
		assert_true(fetch_ask(asker, &request, &reply, &out));
		assert_int_equal(out.size, LIMIT);
		assert_memory_equal(out.data, plain, LIMIT);
	}
	assert_non_null(strstr(heard(), "Accept-Encoding: "));
}

static void follows_nobody_elsewhere(void **state)
{
	struct fetch_request request = { .url = server.url,
		.timeout_s = LONG_S };
	char head[128];

	(void)state;
	snprintf(head, sizeof(head), "302 Found\r\nLocation: %s", server.url);
	answer_with(head, "there", 5);
	assert_true(fetch_ask(asker, &request, &reply, &out));
	wants(302, "there");
	assert_int_equal(atomic_load(&server.requests), 1);
	request.url = "file:///etc/passwd";
	refuses(&request, "rotocol");
	request.url = "ftp://127.0.0.1/x";
	refuses(&request, "rotocol");
	request.url = "not an address";
	refuses(&request, "");
}

static void hears_half_an_answer_as_none(void **state)
{
	const struct fetch_request request = { .url = server.url,
		.timeout_s = 1 };

	(void)state;
	answer_with("200 OK", "half an answer", 14);
	server.answer.size -= 4;
	refuses(&request, "imeout");
}

static void waits_no_longer_than_it_may(void **state)
{
	const struct fetch_request request = { .url = server.url,
		.timeout_s = 1 };
	int64_t from_ms = clock_steady_ms();

	(void)state;
	refuses(&request, "imeout");
	assert_in_range(clock_steady_ms() - from_ms, 900, SOON_MS);
}

static void *end_soon(void *ending)
{
	while (atomic_load(&server.requests) == 0)
		usleep(LOOK_MS * 1000);
	atomic_store((atomic_bool *)ending, true);
	return NULL;
}

static void ends_when_it_is_told_to(void **state)
{
	atomic_bool ending = false;
	const struct fetch_request request = {
		.url = server.url, .timeout_s = LONG_S, .ending = &ending
	};
	int64_t from_ms = clock_steady_ms();
	pthread_t other;

	(void)state;
	assert_int_equal(pthread_create(&other, NULL, end_soon, &ending), 0);
	refuses(&request, "");
	pthread_join(other, NULL);
	assert_true(clock_steady_ms() - from_ms < SOON_MS);
}

static void asks_at_a_socket(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct fetch_request request = { .url = "http://localhost/at",
		.timeout_s = LONG_S,
		.socket = address.sun_path };

	(void)state;
	stop();
	snprintf(address.sun_path, sizeof(address.sun_path),
	    "/tmp/test_fetch.%d", (int)getpid());
	start(AF_UNIX, &address, sizeof(address));
	answer_with("200 OK", "here", 4);
	assert_true(fetch_ask(asker, &request, &reply, &out));
	wants(200, "here");
	assert_memory_equal(heard(), "GET /at ", 8);
	unlink(address.sun_path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_test, close_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(asks_and_hears),
		TEST(sends_a_body_at_once),
		TEST(keeps_to_its_limit),
		TEST(limits_what_comes_out),
		TEST(follows_nobody_elsewhere),
		TEST(hears_half_an_answer_as_none),
		TEST(waits_no_longer_than_it_may),
		TEST(ends_when_it_is_told_to),
		TEST(asks_at_a_socket),
	};

	return cmocka_run_group_tests_name("fetch", tests, NULL, NULL);
}
