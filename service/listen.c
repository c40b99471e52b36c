#include "listen.h"

#include "diary.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { TYPE = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK };

static int fail(int fd, const char *where, const char *what)
{
	diary_write("listen-failed", "{s:s, s:s, s:s}", "where", where, "what",
	    what, "why", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

int listen_tcp(const char *address, unsigned port)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
	};
	int fd = socket(AF_INET, TYPE, 0);
	int on = 1;

	if (inet_pton(AF_INET, address, &to.sin_addr) != 1) {
		errno = EINVAL;
		return fail(fd, address, "address");
	}
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)))
		return fail(fd, address, "socket");
	if (bind(fd, (const struct sockaddr *)&to, sizeof(to)))
		return fail(fd, address, "bind");
	if (listen(fd, SOMAXCONN))
		return fail(fd, address, "listen");
	return fd;
}

unsigned listen_port(int socket)
{
	struct sockaddr_in address = { 0 };
	socklen_t size = sizeof(address);

	if (getsockname(socket, (struct sockaddr *)&address, &size))
		return 0;
	return ntohs(address.sin_port);
}

/* Is it a socket that nobody listens on any more? */
static bool is_left_behind(const struct sockaddr_un *address)
{
	struct stat status;
	int fd;
	bool refused;

	if (lstat(address->sun_path, &status) || !S_ISSOCK(status.st_mode))
		return false;
	fd = socket(AF_UNIX, TYPE, 0);
	refused =
	    fd >= 0 &&
	    connect(fd, (const struct sockaddr *)address, sizeof(*address)) &&
	    errno == ECONNREFUSED;
	if (fd >= 0)
		close(fd);
	return refused;
}

int listen_unix(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	mode_t mask;
	int fd, bound;

	if (strlen(path) >= sizeof(to.sun_path)) {
		errno = ENAMETOOLONG;
		return fail(-1, path, "path");
	}
	memcpy(to.sun_path, path, strlen(path) + 1);
	if (is_left_behind(&to))
		unlink(path);
	fd = socket(AF_UNIX, TYPE, 0);
	if (fd < 0)
		return fail(fd, path, "socket");
	mask = umask(0177); /* nobody may connect before we say so */
	bound = bind(fd, (const struct sockaddr *)&to, sizeof(to));
	umask(mask);
	if (bound)
		return fail(fd, path, "bind");
	if (listen(fd, SOMAXCONN))
		return fail(fd, path, "listen");
	return fd;
}
