#include "request.h"

#include "clock.h"
#include "http.h"
#include "kl_attachment.h"
#include "lending.h"
#include "route.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 8, DETAIL_MAX = 1000, DISPOSITION_MAX = 4096 };

static const struct {
	enum role role;
	const char *name;
} roles[] = {
	{ ROLE_OWNER, "owner" },
	{ ROLE_INSTITUTION, "institution" },
	{ ROLE_REVIEWER, "reviewer" },
	{ ROLE_AUTHORITY, "authority" },
	{ ROLE_OPERATOR, "operator" },
	{ ROLE_SUPERVISOR, "supervisor" },
	{ ROLE_AUDITOR, "auditor" },
	{ ROLE_ADMIN, "admin" },
	{ ROLE_SERVICE, "service" },
};

const char *role_name(enum role role)
{
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		if (roles[i].role == role)
			return roles[i].name;
	return "anyone";
}

enum role role_named(const char *name)
{
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		if (strcmp(roles[i].name, name) == 0)
			return roles[i].role;
	return ROLE_ANYONE;
}

/* `format` with {0} … {7} replaced by `words`. */
static const char *fill(
    struct arena *arena, const char *format, const char *const words[])
{
	char text[DETAIL_MAX];
	size_t size = 0;

	for (; *format && size + 1 < sizeof(text); format++) {
		bool place = format[0] == '{' && format[1] >= '0' &&
			     format[1] <= '7' && format[2] == '}';
		const char *word = place ? words[format[1] - '0'] : NULL;
		size_t room = sizeof(text) - 1 - size;

		if (place) {
			size_t word_size = word ? strlen(word) : 0;

			if (word_size > room)
				break;
			if (word)
				memcpy(text + size, word, word_size);
			size += word_size;
			format += 2;
		} else {
			text[size++] = *format;
		}
	}
	return arena_text(arena, text, size);
}

static const char *tell(
    struct request *request, const char *zh, const char *en, va_list args)
{
	const char *words[WORDS_MAX] = { NULL };

	for (size_t i = 0; i < WORDS_MAX; i++) {
		words[i] = va_arg(args, const char *);
		if (!words[i])
			break;
	}
	return fill(
	    &request->arena, request->language == LANGUAGE_EN ? en : zh, words);
}

const char *request_id(struct request *request)
{
	uint8_t id[16];

	if (!request->id[0]) {
		randombytes_buf(id, sizeof(id));
		kl_hex(id, sizeof(id), request->id);
	}
	return request->id;
}

enum error request_fail(struct request *request, enum error error,
    const char *zh, const char *en, ...)
{
	va_list args;

	va_start(args, en);
	request->detail = tell(request, zh, en, args);
	va_end(args);
	return error;
}

enum error request_complain(struct request *request, const char *pointer,
    const char *code, const char *zh, const char *en, ...)
{
	struct complaint *complaint;
	va_list args;

	if (request->complaint_count == PROBLEMS_MAX) {
		request->more_complaints = true;
		return ERR_INVALID;
	}
	if (!request->complaints)
		request->complaints = arena_alloc(&request->arena,
		    PROBLEMS_MAX * sizeof(*request->complaints));
	complaint = &request->complaints[request->complaint_count++];
	va_start(args, en);
	*complaint =
	    (struct complaint){ pointer, code, tell(request, zh, en, args) };
	va_end(args);
	return ERR_INVALID;
}

bool request_told(const struct request *request, const char *pointer)
{
	size_t size = strlen(pointer);

	if (request->more_complaints)
		return true;
	for (size_t i = 0; i < request->complaint_count; i++) {
		const char *told = request->complaints[i].pointer;

		if (strncmp(told, pointer, size) == 0 &&
		    (told[size] == '\0' || told[size] == '/'))
			return true;
	}
	return false;
}

const char *request_number(struct request *request, uint64_t number)
{
	return arena_format(&request->arena, "%" PRIu64, number);
}

bool request_rehearses(const struct request *request)
{
	return clock_rehearses() && request->route && request->route->output;
}

enum error request_reply(
    struct request *request, unsigned status, json_t *reply)
{
	if (request_rehearses(request))
		json_object_set_new(reply, "rehearsal", json_true());
	json_decref(request->reply);
	request->reply = reply;
	request->status = status;
	return reply ? ERR_OK : ERR_INTERNAL;
}

enum error request_reply_bytes(struct request *request, unsigned status,
    const char *content_type, char *bytes, size_t size)
{
	free(request->text);
	request->text = bytes;
	request->text_size = size;
	request->content_type = content_type;
	request->status = status;
	return bytes ? ERR_OK : ERR_INTERNAL;
}

void request_once(struct request *request, const char *name, json_t *value)
{
	if (!request->once)
		request->once = json_object();
	if (json_object_set_new(request->once, name, value))
		abort();
}

void request_forget(struct request *request)
{
	json_decref(request->reply);
	request->reply = NULL;
	json_decref(request->once);
	request->once = NULL;
	page_release(request->page);
	request->page = NULL;
	free(request->text);
	request->text = NULL;
	request->text_size = 0;
	request->content_type = NULL;
	request->location = NULL;
	request->etag = NULL;
	request->link = NULL;
	request->stream_of = NULL;
	request->attachment = NULL;
	request->set_cookie = NULL;
	request->retry_after_s = 0;
	request->cache_control = NULL;
	request->policy = NULL;
	request->status = 0;
	request->detail = NULL;
	request->complaint_count = 0;
	request->more_complaints = false;
}

const char *request_query(struct request *request, const char *name)
{
	for (size_t i = 0; i < request->query_count; i++)
		if (strcmp(request->queries[i].name, name) == 0) {
			request->queries[i].known = true;
			return request->queries[i].value;
		}
	return NULL;
}

void request_queries_known(struct request *request)
{
	for (size_t i = 0; i < request->query_count; i++)
		request->queries[i].known = true;
}

enum error request_queries_end(struct request *request)
{
	for (size_t i = 0; i < request->query_count; i++)
		if (!request->queries[i].known)
			return request_complain(request, "", "unknown-query",
			    "有不认识的查询参数", "a query is not known here",
			    NULL);
	return ERR_OK;
}

static bool read_decimal(const char *text, uint64_t *number)
{
	*number = 0;
	if (!*text || strlen(text) > 19)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		*number = *number * 10 + (uint64_t)(*text - '0');
	}
	return true;
}

enum error request_query_u64(struct request *request, const char *name,
    uint64_t minimum, uint64_t maximum, uint64_t fallback, uint64_t *number)
{
	const char *value = request_query(request, name);
	uint64_t read = fallback;

	if (value &&
	    (!read_decimal(value, &read) || read < minimum || read > maximum))
		return request_complain(request, "", "query",
		    "查询参数 {0} 应为 {1} 到 {2} 的整数",
		    "query {0} must be an integer from {1} to {2}", name,
		    request_number(request, minimum),
		    request_number(request, maximum), NULL);
	*number = read;
	return ERR_OK;
}

const char *request_disposition(struct request *request)
{
	struct kl_buf text = KL_BUF(DISPOSITION_MAX);
	const char *copy;

	kl_attachment_write(&text, request->attachment);
	if (kl_buf_result(&text))
		abort();
	copy = arena_text(&request->arena, (char *)text.data, text.size);
	kl_buf_clear(&text);
	return copy;
}

/* head.c has seen that it is * or quoted: a number, and perhaps - and the build
 * that showed that version, which may have been another one. */
enum error request_match(struct request *request, uint64_t seq)
{
	const char *wanted = request->headers[HEADER_IF_MATCH];

	if (!wanted || strcmp(wanted, "*") == 0 ||
	    strtoull(wanted + 1, NULL, 10) == seq)
		return ERR_OK;
	return request_fail(request, ERR_PRECONDITION, "现在的版本是 {0}",
	    "its version is {0} now", request_number(request, seq), NULL);
}

void request_clear(struct request *request)
{
	lending_return(request->lent);
	json_decref(request->body);
	json_decref(request->reply);
	json_decref(request->once);
	free(request->text);
	page_release(request->page);
	arena_clear(&request->arena);
}
