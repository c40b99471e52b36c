/* listen.h -- the sockets we listen on, opened by ourselves. */
#ifndef LISTEN_H
#define LISTEN_H

/* TCP on `address`, an IPv4 one. -1 on failure, which is in the diary. */
int listen_tcp(const char *address, unsigned port);

/* The port of a listening TCP socket. */
unsigned listen_port(int socket);

/*
 * A unix socket at `path` for its owner alone (mode 0600). One left behind is
 * replaced; one that somebody answers is not. -1 on failure, which is in the
 * diary. Unlink it yourself in the end.
 */
int listen_unix(const char *path);

#endif
