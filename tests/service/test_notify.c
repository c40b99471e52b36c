/* What the service manager is told: nothing, while a thread of ours hangs. */
#include "unit.h"

#include "clock.h"
#include "notify.h"
#include "writer_private.h"

#include <arpa/inet.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { THREADS = 2, LOOKS = 3, SILENCE_MS = 1000, TOLD_MAX = 64 };
#define PERIOD_US "200000" /* it is told twice as often */

static struct {
	char dir[32], path[48];
	int manager; /* a socket for datagrams */
	struct config config;
	struct http *http;
	sem_t inside, gate; /* of an answer that hangs */
} world;

/* --- a daemon that answers, or hangs -------------------------------------- */

static enum error head(struct request *request, size_t body_size)
{
	(void)request, (void)body_size;
	return ERR_OK;
}

static bool now(struct request *request)
{
	if (strcmp(request->path, "/hang") == 0) {
		sem_post(&world.inside);
		sem_wait(&world.gate);
	}
	return !request_reply_bytes(request, 200, NULL, strdup("{}"), 2);
}

static void queue(struct request *request)
{
	(void)request;
	fail_msg("nothing is handed over here");
}

static void problem(struct request *request, enum error error)
{
	(void)error;
	assert_int_equal(
	    request_reply_bytes(request, 421, NULL, strdup("{}"), 2), ERR_OK);
}

static const struct http_stages stages = { head, now, queue, NULL, problem };

/* --- the manager ---------------------------------------------------------- */

static int open_manager(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const struct timeval most = { SILENCE_MS / 1000, 0 };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, world.path);
	assert_int_equal(
	    bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most)), 0);
	return fd;
}

/* False: nothing in SILENCE_MS. */
static bool is_told(const char *state)
{
	char told[TOLD_MAX] = "";

	writer_beat(); /* there is no writer here */
	if (recvfrom(world.manager, told, sizeof(told) - 1, 0, NULL, NULL) < 0)
		return false;
	assert_string_equal(told, state);
	return true;
}

static void assert_alive(void)
{
	for (int i = 0; i < LOOKS; i++)
		assert_true(is_told("WATCHDOG=1"));
}

static void assert_silent(void)
{
	int told = 0;

	while (is_told("WATCHDOG=1"))
		assert_true(++told < TOLD_MAX);
}

/* --- a client ------------------------------------------------------------- */

static int ask(const char *path)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)http_port(world.http)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char text[128];
	int size = snprintf(text, sizeof(text),
	    "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);

	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(send(fd, text, (size_t)size, 0), size);
	return fd;
}

static void assert_answered(int fd)
{
	char text[13] = "";

	assert_int_equal(recvfrom(fd, text, 12, MSG_WAITALL, NULL, NULL), 12);
	assert_string_equal(text, "HTTP/1.1 200");
	close(fd);
}

/* --- the tests ------------------------------------------------------------ */

static int begin(void **state)
{
	(void)state;
	strcpy(world.dir, "/tmp/klero-n.XXXXXX");
	if (!mkdtemp(world.dir))
		return -1;
	snprintf(world.path, sizeof(world.path), "%s/notify", world.dir);
	world.manager = open_manager();
	sem_init(&world.inside, 0, 0);
	sem_init(&world.gate, 0, 0);
	setenv("NOTIFY_SOCKET", world.path, 1);
	setenv("WATCHDOG_USEC", PERIOD_US, 1);
	unsetenv("WATCHDOG_PID");
	config_init(&world.config);
	world.config.http_port = 0;
	world.config.http_threads = THREADS;
	snprintf(world.config.admin_socket, sizeof(world.config.admin_socket),
	    "%s/admin", world.dir);
	writer_beat();
	world.http = http_start(&world.config, &stages);
	if (!world.http)
		return -1;
	http_open(world.http);
	notify_ready(&world.config, world.http, writer_beats);
	return is_told("READY=1") ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	sem_post(&world.gate); /* if a test has failed before it did */
	notify_stopping();
	http_drain(world.http);
	http_stop(world.http);
	close(world.manager);
	unlink(world.path);
	return rmdir(world.dir);
}

static void one_that_works_is_alive(void **state)
{
	(void)state;
	assert_alive();
	assert_answered(ask("/v1"));
	assert_alive();
}

/* The other thread answers everybody, the watchdog too. */
static void a_thread_that_hangs_is_not_hidden_by_another(void **state)
{
	int hung = ask("/hang");

	(void)state;
	sem_wait(&world.inside);
	assert_silent();
	assert_answered(ask("/v1"));
	assert_false(is_told("WATCHDOG=1"));
	sem_post(&world.gate);
	assert_answered(hung);
	assert_alive();
}

static void a_writer_that_hangs_is_told_of(void **state)
{
	(void)state;
	assert_alive();
	atomic_store(&writer_one.beat_ms, clock_steady_ms() - INT64_C(3600000));
	while (recvfrom(world.manager, (char[TOLD_MAX]){ 0 }, TOLD_MAX, 0, NULL,
		   NULL) > 0)
		;
	assert_alive();
}

#define NOTIFY_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NOTIFY_TEST(one_that_works_is_alive),
		NOTIFY_TEST(a_thread_that_hangs_is_not_hidden_by_another),
		NOTIFY_TEST(a_writer_that_hangs_is_told_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
