/* network.h -- from which network somebody asks. */
#ifndef NETWORK_H
#define NETWORK_H

#include "config.h"
#include "request.h"

/* Whose X-Forwarded-For is believed. Before there are threads. Borrows. */
void network_open(const struct config *config);

/*
 * The /24 of an IPv4 address, the /48 of an IPv6 one, "local" at the admin
 * socket, "unknown" when the proxy does not tell. In the request's arena.
 */
const char *network_of(struct request *request);

#endif
