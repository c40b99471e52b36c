#include "notify.h"

#include "clock.h"
#include "diary.h"
#include "pulse.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_S_MAX = 5, US_IN_S = 1000000 };

static struct {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t ending;
	bool watches, ended;
	bool silent; /* its thread's alone */
	const struct config *config;
	const struct http *http;
	bool (*beats)(void);
	int64_t period_us;
	uint64_t answered; /* when it looked last */
} watch = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.ending = PTHREAD_COND_INITIALIZER,
};

/* --- the datagram --------------------------------------------------------- */

/* A path, or `@name` of the abstract kind. */
static void tell(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t size = path ? strlen(path) : 0;
	int fd;

	if (size < 2 || size >= sizeof(to.sun_path) || !strchr("/@", *path))
		return;
	memcpy(to.sun_path, path, size);
	if (*path == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    sendto(fd, state, strlen(state), MSG_NOSIGNAL,
		(struct sockaddr *)&to,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + size)) < 0)
		diary_write("notify_failed", "{s:s}", "state", state);
	if (fd >= 0)
		close(fd);
}

/* --- the watchdog --------------------------------------------------------- */

static int call_ourselves(void)
{
	const struct timeval most = { ANSWER_S_MAX, 0 };
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)http_port(watch.http)) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    inet_pton(AF_INET, watch.config->http_address, &to.sin_addr) != 1 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof(most)) ||
	    connect(fd, (struct sockaddr *)&to, sizeof(to))) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

/* Any answer will do, be it that this host is not ours. */
static bool answers(void)
{
	static const char question[] = "GET /healthz HTTP/1.1\r\n"
				       "Host: localhost\r\n"
				       "Connection: close\r\n\r\n";
	const ssize_t size = sizeof(question) - 1;
	int fd = call_ourselves();
	char byte;
	bool good = fd >= 0 &&
		    send(fd, question, (size_t)size, MSG_NOSIGNAL) == size &&
		    recv(fd, &byte, 1, 0) == 1;

	if (fd >= 0)
		close(fd);
	return good;
}

/* Who has answered somebody since need not be asked: under load we might not
 * get through. */
static bool serves(void)
{
	uint64_t answered = http_answered(watch.http);
	bool has_answered = answered != watch.answered;

	watch.answered = answered;
	return has_answered || answers();
}

/* The diary is told when it falls silent, and when that is over. */
static void look_once(void)
{
	bool goes_on = pulses_go_on(), writes = watch.beats();
	bool serving = serves(), good = goes_on && writes && serving;

	if (good)
		tell("WATCHDOG=1");
	if (good == watch.silent)
		diary_write(good ? "watchdog_speaks" : "watchdog_silent",
		    "{s:b, s:b, s:b}", "threads", goes_on, "writer", writes,
		    "answers", serving);
	watch.silent = !good;
}

static struct timespec next_look(void)
{
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	next.tv_sec += watch.period_us / US_IN_S;
	next.tv_nsec += watch.period_us % US_IN_S * 1000;
	next.tv_sec += next.tv_nsec / 1000000000;
	next.tv_nsec %= 1000000000;
	return next;
}

static void *look(void *context)
{
	(void)context;
	pthread_setname_np(pthread_self(), "watchdog");
	pthread_mutex_lock(&watch.lock);
	while (!watch.ended) {
		struct timespec next = next_look();

		pthread_mutex_unlock(&watch.lock);
		look_once();
		pthread_mutex_lock(&watch.lock);
		while (!watch.ended &&
		       pthread_cond_clockwait(&watch.ending, &watch.lock,
			   CLOCK_MONOTONIC, &next) == 0)
			;
	}
	pthread_mutex_unlock(&watch.lock);
	return NULL;
}

/* Half of what the manager waits; 0: it does not, or it means another. */
static int64_t period_asked(void)
{
	const char *us = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");

	if (!us || (pid && strtol(pid, NULL, 10) != getpid()))
		return 0;
	return strtoll(us, NULL, 10) / 2;
}

void notify_ready(
    const struct config *config, const struct http *http, bool (*beats)(void))
{
	watch.config = config;
	watch.http = http;
	watch.beats = beats;
	watch.period_us = period_asked();
	tell("READY=1");
	if (watch.period_us <= 0)
		return;
	watch.ended = false;
	if (pthread_create(&watch.thread, NULL, look, NULL))
		abort();
	watch.watches = true;
}

void notify_stopping(void)
{
	tell("STOPPING=1");
	if (!watch.watches)
		return;
	pthread_mutex_lock(&watch.lock);
	watch.ended = true;
	pthread_cond_signal(&watch.ending);
	pthread_mutex_unlock(&watch.lock);
	pthread_join(watch.thread, NULL);
	watch.watches = false;
}
