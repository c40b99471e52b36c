#include "witness_call.h"

#include "fetch.h"
#include "kl_hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { URL_SIZE_MAX = 1024 };

struct witness_call {
	struct fetch *fetch;
	char *url;
	unsigned timeout_s;
	const atomic_bool *ending;
	const char *fault;
};

struct witness_call *witness_call_open(const char *url, size_t url_size,
    unsigned timeout_s, const atomic_bool *ending)
{
	struct witness_call *call = calloc(1, sizeof(*call));

	if (!call)
		abort();
	while (url_size > 0 && url[url_size - 1] == '/')
		url_size--;
	call->fetch = fetch_open();
	call->url = strndup(url, url_size);
	call->timeout_s = timeout_s;
	call->ending = ending;
	call->fault = "";
	if (!call->url)
		abort();
	return call;
}

void witness_call_close(struct witness_call *call)
{
	if (!call)
		return;
	fetch_close(call->fetch);
	free(call->url);
	free(call);
}

/* `body`: NULL to GET. */
static bool ask(struct witness_call *call, const char *path,
    const struct kl_buf *body, long *status, struct kl_buf *out)
{
	static const char *const headers[] = { "User-Agent: klerod",
		"Content-Type: text/plain", NULL };
	char url[URL_SIZE_MAX];
	const struct fetch_request request = {
		.url = url,
		.headers = headers,
		.body = body ? body->data : NULL,
		.body_size = body ? body->size : 0,
		.timeout_s = call->timeout_s,
		.ending = call->ending,
	};
	struct fetch_reply reply;

	call->fault = "its address is too long";
	if (snprintf(url, sizeof(url), "%s/%s", call->url, path) >=
	    URL_SIZE_MAX)
		return false;
	if (!fetch_ask(call->fetch, &request, &reply, out)) {
		call->fault = fetch_fault(call->fetch);
		return false;
	}
	*status = reply.status;
	return true;
}

bool witness_call_add(struct witness_call *call, const struct kl_buf *body,
    long *status, struct kl_buf *reply)
{
	return ask(call, "add-checkpoint", body, status, reply);
}

bool witness_call_latest(struct witness_call *call, const char *origin,
    long *status, struct kl_buf *reply)
{
	struct kl_hash name = kl_hash_of(origin, strlen(origin));
	char hex[KL_HASH_HEX], path[KL_HASH_HEX + sizeof("/checkpoint")];

	kl_hash_hex(&name, hex);
	snprintf(path, sizeof(path), "%s/checkpoint", hex);
	return ask(call, path, NULL, status, reply);
}

const char *witness_call_fault(const struct witness_call *call)
{
	return call->fault;
}
