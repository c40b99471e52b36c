/*
 * What a head asks for: route, key, version, idempotency and smallest log. A
 * route that is found, filled with what its {..} matched, is the path again.
 *
 * The input is a byte for the method, then texts ended by NUL: the path, the
 * query, and the header fields in the order of enum header.
 */
#include "fuzz.h"

#include "head.h"
#include "kl_leaf.h"
#include "route.h"

#include <stdlib.h>

enum { TEXTS_MAX = 2048, BODY_SIZE = 100 };

static const char *const methods[] = { "GET", "HEAD", "POST", "PUT", "PATCH",
	"DELETE" };

enum { METHODS = sizeof(methods) / sizeof(*methods) };

static const char *take_text(const char **at, const char *end)
{
	const char *text = *at;

	if (text >= end)
		return NULL;
	*at += strlen(text) + 1;
	return text;
}

static void check_route(const struct request *request)
{
	const char *method =
	    strcmp(request->method, "HEAD") == 0 ? "GET" : request->method;
	struct kl_buf path = KL_BUF(TEXTS_MAX);
	size_t param = 0;

	for (const char *at = request->route->path; *at;) {
		if (*at == '{') {
			assert(request->params[param]);
			kl_buf_add_text(&path, request->params[param++]);
			at += strcspn(at, "}") + 1;
		} else {
			kl_buf_add_byte(&path, (uint8_t)*at++);
		}
	}
	fuzz_same(&path, request->path, strlen(request->path));
	assert(strcmp(request->route->method, method) == 0);
	kl_buf_clear(&path);
}

static bool matches(struct request *request, uint64_t seq)
{
	return !request_match(request, seq);
}

static void check_fields(struct request *request)
{
	const char *match = request->headers[HEADER_IF_MATCH];
	const char *key = request->headers[HEADER_IDEMPOTENCY_KEY];
	const char *size = request->headers[HEADER_MIN_SIZE];
	uint64_t seq = match ? strtoull(match + 1, NULL, 10) : 0;

	assert(!key || kl_is_token(key, strlen(key)));
	assert(!request->token || strlen(request->token) == 2 * KL_HASH_SIZE);
	assert(!request->by_cookie || request->token);
	assert(!request->by_cookie || request->origin_ours ||
	       strcmp(request->route->method, "GET") == 0 ||
	       strcmp(request->headers[HEADER_FETCH_SITE], "same-origin") == 0);
	assert(key || !head_needs_key(request->route));
	assert(matches(request, seq));
	assert(matches(request, seq + 1) == (!match || *match == '*'));
	assert(request->min_size == (size ? strtoull(size, NULL, 10) : 0));
}

static void check_refused(const struct request *request, enum error error)
{
	assert((error == ERR_METHOD) == (request->allow != NULL));
	assert(
	    request->detail || error == ERR_METHOD || error == ERR_NOT_FOUND);
	assert(
	    (error == ERR_METHOD || error == ERR_NOT_FOUND) == !request->route);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char texts[TEXTS_MAX + 1];
	struct request request = { .path = "/", .raw_query = "" };
	const char *at = texts, *end, *text;
	enum error error;

	if (size == 0 || size > TEXTS_MAX)
		return 0;
	end = texts + size;
	memcpy(texts, data + 1, size - 1);
	texts[size - 1] = '\0';
	request.method = methods[data[0] % METHODS];
	text = take_text(&at, end);
	request.path = text ? text : "/";
	text = take_text(&at, end);
	request.raw_query = text ? text : "";
	for (size_t i = 0; i < HEADER_COUNT; i++) {
		text = take_text(&at, end);
		request.headers[i] = text && *text ? text : NULL;
	}
	error = head_read(&request, request.method[0] == 'P' ? BODY_SIZE : 0);
	if (error) {
		check_refused(&request, error);
	} else {
		check_route(&request);
		check_fields(&request);
	}
	request_clear(&request);
	return 0;
}
