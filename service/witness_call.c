#include "witness_call.h"

#include "kl_hash.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { URL_SIZE_MAX = 1024 };

struct witness_call {
	CURL *curl;
	struct curl_slist *headers;
	const atomic_bool *ending;
	char *url;
	CURLcode code;
	struct kl_buf *reply;
};

static void initialise(void)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		abort();
}

/* Less than was given ends the transfer. */
static size_t take(char *bytes, size_t size, size_t count, void *context)
{
	struct witness_call *call = context;

	kl_buf_add(call->reply, bytes, size * count);
	return kl_buf_result(call->reply) ? 0 : size * count;
}

static int look(void *context, curl_off_t down_all, curl_off_t down,
    curl_off_t up_all, curl_off_t up)
{
	const struct witness_call *call = context;

	(void)down_all, (void)down, (void)up_all, (void)up;
	return call->ending && atomic_load(call->ending);
}

struct witness_call *witness_call_open(const char *url, size_t url_size,
    unsigned timeout_s, const atomic_bool *ending)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct witness_call *call = calloc(1, sizeof(*call));
	CURL *curl;

	pthread_once(&once, initialise);
	curl = curl_easy_init();
	if (!call || !curl)
		abort();
	while (url_size > 0 && url[url_size - 1] == '/')
		url_size--;
	call->curl = curl;
	call->ending = ending;
	call->url = strndup(url, url_size);
	/* No `Expect: 100-continue`: the body is small. */
	call->headers = curl_slist_append(
	    curl_slist_append(NULL, "Content-Type: text/plain"), "Expect:");
	if (!call->url || !call->headers)
		abort();
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)timeout_s);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "klerod");
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, call);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, call);
	return call;
}

void witness_call_close(struct witness_call *call)
{
	if (!call)
		return;
	curl_easy_cleanup(call->curl);
	curl_slist_free_all(call->headers);
	free(call->url);
	free(call);
}

static bool perform(struct witness_call *call, const char *url, long *status,
    struct kl_buf *reply)
{
	reply->size = 0; /* its memory serves again */
	reply->result = KL_OK;
	call->reply = reply;
	curl_easy_setopt(call->curl, CURLOPT_URL, url);
	call->code = curl_easy_perform(call->curl);
	if (call->code)
		return false;
	call->code =
	    curl_easy_getinfo(call->curl, CURLINFO_RESPONSE_CODE, status);
	return call->code == CURLE_OK;
}

bool witness_call_add(struct witness_call *call, const struct kl_buf *body,
    long *status, struct kl_buf *reply)
{
	char url[URL_SIZE_MAX];

	call->code = CURLE_URL_MALFORMAT;
	if (snprintf(url, sizeof(url), "%s/add-checkpoint", call->url) >=
	    URL_SIZE_MAX)
		return false;
	curl_easy_setopt(call->curl, CURLOPT_POST, 1L);
	curl_easy_setopt(call->curl, CURLOPT_HTTPHEADER, call->headers);
	curl_easy_setopt(call->curl, CURLOPT_POSTFIELDS, (char *)body->data);
	curl_easy_setopt(call->curl, CURLOPT_POSTFIELDSIZE, (long)body->size);
	return perform(call, url, status, reply);
}

bool witness_call_latest(struct witness_call *call, const char *origin,
    long *status, struct kl_buf *reply)
{
	struct kl_hash name = kl_hash_of(origin, strlen(origin));
	char url[URL_SIZE_MAX], hex[KL_HASH_HEX];

	kl_hash_hex(&name, hex);
	call->code = CURLE_URL_MALFORMAT;
	if (snprintf(url, sizeof(url), "%s/%s/checkpoint", call->url, hex) >=
	    URL_SIZE_MAX)
		return false;
	curl_easy_setopt(call->curl, CURLOPT_HTTPGET, 1L);
	curl_easy_setopt(call->curl, CURLOPT_HTTPHEADER, NULL);
	return perform(call, url, status, reply);
}

const char *witness_call_fault(const struct witness_call *call)
{
	return curl_easy_strerror(call->code);
}
