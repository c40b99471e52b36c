#include "network.h"

#include <arpa/inet.h>
#include <string.h>

enum { V4_KEPT = 3, V6_KEPT = 6 };

static const struct config *settings;

void network_open(const struct config *config)
{
	settings = config;
}

static const char *v4(struct request *request, struct in_addr address)
{
	const uint8_t *byte = (const uint8_t *)&address.s_addr;

	return arena_format(&request->arena, "%u.%u.%u.0/24", byte[0], byte[1],
	    byte[V4_KEPT - 1]);
}

static const char *v6(struct request *request, struct in6_addr address)
{
	char text[INET6_ADDRSTRLEN];

	if (IN6_IS_ADDR_V4MAPPED(&address)) {
		struct in_addr mapped;

		memcpy(&mapped, &address.s6_addr[12], sizeof(mapped));
		return v4(request, mapped);
	}
	memset(&address.s6_addr[V6_KEPT], 0, sizeof(address) - V6_KEPT);
	inet_ntop(AF_INET6, &address, text, sizeof(text));
	return arena_format(&request->arena, "%s/48", text);
}

/* The last of the list is what our own proxy has seen. */
static const char *forwarded(struct request *request)
{
	const char *list = request->headers[HEADER_FORWARDED_FOR], *last;
	struct in_addr four;
	struct in6_addr six;

	if (!list)
		return "unknown";
	last = strrchr(list, ',');
	last = last ? last + 1 + strspn(last + 1, " ") : list;
	if (inet_pton(AF_INET, last, &four) == 1)
		return v4(request, four);
	if (inet_pton(AF_INET6, last, &six) == 1)
		return v6(request, six);
	return "unknown";
}

const char *network_of(struct request *request)
{
	struct in_addr proxy = { 0 }, peer = { request->address };

	if (request->local)
		return "local";
	if (inet_pton(AF_INET, settings->http_proxy, &proxy) == 1 &&
	    proxy.s_addr == peer.s_addr)
		return forwarded(request);
	return v4(request, peer);
}
