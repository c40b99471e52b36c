#include "fetch.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>

struct fetch {
	CURL *curl;
	const char *fault;
};

/* One request under way. */
struct exchange {
	const struct fetch_request *request;
	struct kl_buf *out;
};

static void *must(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

/* --- what curl asks us ---------------------------------------------------- */

/* Less than was given ends the transfer. */
static size_t take(char *bytes, size_t size, size_t count, void *context)
{
	const struct exchange *exchange = context;

	kl_buf_add(exchange->out, bytes, size * count);
	return kl_buf_result(exchange->out) ? 0 : size * count;
}

static int look(void *context, curl_off_t down_all, curl_off_t down,
    curl_off_t up_all, curl_off_t up)
{
	const struct exchange *exchange = context;
	const atomic_bool *ending = exchange->request->ending;

	(void)down_all, (void)down, (void)up_all, (void)up;
	return ending && atomic_load(ending);
}

/* --- asking --------------------------------------------------------------- */

static struct curl_slist *make_headers(const struct fetch_request *request)
{
	/* No `Expect: 100-continue`: nobody is sent much. */
	struct curl_slist *list = must(curl_slist_append(NULL, "Expect:"));

	for (size_t i = 0; request->headers && request->headers[i]; i++)
		list = must(curl_slist_append(list, request->headers[i]));
	return list;
}

static void set_limits(CURL *curl, const struct exchange *exchange)
{
	const struct fetch_request *request = exchange->request;

	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)request->timeout_s);
	if (request->connect_s)
		curl_easy_setopt(
		    curl, CURLOPT_CONNECTTIMEOUT, (long)request->connect_s);
	if (request->compressed)
		curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, exchange);
}

static CURLcode perform(
    CURL *curl, const struct exchange *exchange, struct curl_slist *headers)
{
	const struct fetch_request *request = exchange->request;

	curl_easy_reset(curl);
	set_limits(curl, exchange);
	curl_easy_setopt(curl, CURLOPT_URL, request->url);
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, request->socket);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	if (request->body) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)request->body_size);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
	}
	return curl_easy_perform(curl);
}

static struct fetch_reply reply_of(CURL *curl)
{
	struct fetch_reply reply = { 0 };
	curl_off_t retry_s = 0;

	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply.status);
	curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_s);
	reply.retry_after_s = (long)retry_s;
	return reply;
}

bool fetch_ask(struct fetch *fetch, const struct fetch_request *request,
    struct fetch_reply *reply, struct kl_buf *out)
{
	const struct exchange exchange = { request, out };
	struct curl_slist *headers = make_headers(request);
	CURLcode code;

	kl_buf_empty(out);
	*reply = (struct fetch_reply){ 0 };
	code = perform(fetch->curl, &exchange, headers);
	curl_slist_free_all(headers);
	if (kl_buf_result(out) == KL_NO_MEMORY)
		abort();
	if (kl_buf_result(out))
		fetch->fault = "the answer is too large";
	else if (code)
		fetch->fault = curl_easy_strerror(code);
	else
		*reply = reply_of(fetch->curl);
	return !kl_buf_result(out) && !code;
}

const char *fetch_fault(const struct fetch *fetch)
{
	return fetch->fault;
}

/* --- opening -------------------------------------------------------------- */

static void initialise(void)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		abort();
}

struct fetch *fetch_open(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct fetch *fetch = must(calloc(1, sizeof(*fetch)));

	pthread_once(&once, initialise);
	fetch->curl = must(curl_easy_init());
	fetch->fault = "";
	return fetch;
}

void fetch_close(struct fetch *fetch)
{
	if (!fetch)
		return;
	curl_easy_cleanup(fetch->curl);
	free(fetch);
}
