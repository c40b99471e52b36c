#include "gate.h"

#include <string.h>
#include <strings.h>

/* Fields of which a request may have one, and where we keep its value. */
#define FIELD(name, header)                                                    \
	{                                                                      \
		name, sizeof(name) - 1, header                                 \
	}
static const struct single {
	const char *name;
	size_t name_size;
	enum header header; /* HEADER_COUNT: nowhere */
} singles[] = {
	FIELD("Authorization", HEADER_AUTHORIZATION),
	FIELD("Content-Type", HEADER_CONTENT_TYPE),
	FIELD("Accept-Language", HEADER_ACCEPT_LANGUAGE),
	FIELD("Idempotency-Key", HEADER_IDEMPOTENCY_KEY),
	FIELD("If-Match", HEADER_IF_MATCH),
	FIELD("If-None-Match", HEADER_IF_NONE_MATCH),
	FIELD("Klero-Min-Size", HEADER_MIN_SIZE),
	FIELD("Last-Event-ID", HEADER_LAST_EVENT_ID),
	FIELD("Host", HEADER_COUNT),
	FIELD("Content-Encoding", HEADER_COUNT),
	FIELD("Cookie", HEADER_COOKIE),
	FIELD("Expect", HEADER_COUNT),
	FIELD("Origin", HEADER_ORIGIN),
	FIELD("Range", HEADER_COUNT),
	FIELD("Sec-Fetch-Site", HEADER_FETCH_SITE),
	FIELD("X-Forwarded-For", HEADER_FORWARDED_FOR),
	FIELD("Klero-For", HEADER_FOR),
	FIELD("Klero-File-Name", HEADER_FILE_NAME),
};
#undef FIELD
enum { QUALITY_ONE = 1000 };
enum { SINGLES = sizeof(singles) / sizeof(*singles) };

/* What we serve; MHD itself would hand on any word. */
static const char *const methods[] = { "GET", "HEAD", "POST", "PUT", "PATCH",
	"DELETE" };

static enum error refuse(
    struct gate *gate, enum error error, const char *zh, const char *en)
{
	return request_fail(gate->request, error, zh, en, NULL);
}

/* --- the line ------------------------------------------------------------- */

static const char *known_method(const char *method)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (strcmp(methods[i], method) == 0)
			return methods[i];
	return NULL;
}

/* Of the path; the query may encode what it must. */
static bool is_plain_path(const char *path, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (path[i] == '%' || path[i] == '\\')
			return false;
		if (i + 1 < size && path[i + 1] == path[i] &&
		    (path[i] == '/' || path[i] == '.'))
			return false;
	}
	return true;
}

static enum error read_uri(struct gate *gate, const char *uri)
{
	struct request *request = gate->request;
	size_t size = strcspn(uri, "?");

	if (strchr(uri, '#') || !is_plain_path(uri, size))
		return refuse(gate, ERR_BAD_REQUEST,
		    "网址不得含 #,路径不得含百分号编码、反斜线、// 或 ..",
		    "the URI must have no #, and its path no percent encoding, "
		    "backslash, // or ..");
	request->path = arena_text(&request->arena, uri, size);
	request->raw_query =
	    arena_copy(&request->arena, uri[size] ? uri + size + 1 : "");
	return ERR_OK;
}

enum error gate_line(struct gate *gate, const char *method, const char *uri)
{
	struct request *request = gate->request;

	gate->head_size =
	    strlen(method) + strlen(uri) + strlen("  HTTP/1.1\r\n");
	request->method = known_method(method);
	if (!request->method) {
		request->method = "";
		request->allow = "GET, HEAD, POST";
		return refuse(gate, ERR_METHOD, "没有这种方法",
		    "there is no such method here");
	}
	return read_uri(gate, uri);
}

/* --- the fields ----------------------------------------------------------- */

static bool is_named(const char *name, size_t size, const char *wanted)
{
	return strlen(wanted) == size && strncasecmp(name, wanted, size) == 0;
}

/* In form it is a few digits, and comes once. */
static void read_length(struct gate *gate, const char *digits, size_t count)
{
	gate->has_length = true;
	for (size_t i = 0; i < count; i++)
		gate->body_size =
		    gate->body_size * 10 + (uint64_t)(digits[i] - '0');
}

static enum error read_single(struct gate *gate, const struct single *single,
    const char *value, size_t size)
{
	struct request *request = gate->request;
	unsigned bit = 1u << (single - singles);
	const char *copy = arena_text(&request->arena, value, size);

	if (gate->seen & bit)
		return request_fail(request, ERR_BAD_REQUEST,
		    "{0} 只能出现一次", "{0} may come once only", single->name,
		    NULL);
	gate->seen |= bit;
	if (single->header < HEADER_COUNT)
		request->headers[single->header] = copy;
	if (strcmp(single->name, "Host") == 0)
		gate->host = copy;
	if (strcmp(single->name, "Content-Encoding") == 0)
		return refuse(gate, ERR_MEDIA_TYPE, "不接受压缩的正文",
		    "no encoded body is taken");
	if (strcmp(single->name, "Expect") == 0) {
		gate->expects = true;
		if (!is_named(value, size, "100-continue"))
			return refuse(gate, ERR_EXPECTATION,
			    "只支持 100-continue", "only 100-continue is met");
	}
	return ERR_OK;
}

enum error gate_field(struct gate *gate, const char *name, size_t name_size,
    const char *value, size_t value_size)
{
	gate->head_size +=
	    name_size + strlen(": ") + value_size + strlen("\r\n");
	if (is_named(name, name_size, "Content-Length"))
		read_length(gate, value, value_size);
	for (size_t i = 0; i < SINGLES; i++)
		if (name_size == singles[i].name_size &&
		    strncasecmp(name, singles[i].name, name_size) == 0)
			return read_single(
			    gate, &singles[i], value, value_size);
	return ERR_OK;
}

/* --- the end -------------------------------------------------------------- */

/* Is `host`, without its port, one of `hosts`? */
static bool is_ours(const char *host, const char *hosts)
{
	size_t size = strcspn(host, ":");
	const char *port = host + size;

	if (*port && (port[1] == '\0' || strlen(port) > sizeof(":65535") - 1 ||
			 port[1 + strspn(port + 1, "0123456789")]))
		return false;
	while (*hosts) {
		size_t wanted = strcspn(hosts, ",");

		if (size > 0 && wanted == size &&
		    strncasecmp(host, hosts, size) == 0)
			return true;
		hosts += wanted + (hosts[wanted] == ',');
	}
	return false;
}

/* The host of an origin: https://host:port. RFC 6454 §7. */
static bool is_our_origin(const char *origin, const char *hosts)
{
	static const char *const schemes[] = { "https://", "http://" };

	for (size_t i = 0; origin && i < 2; i++)
		if (strncmp(origin, schemes[i], strlen(schemes[i])) == 0)
			return is_ours(origin + strlen(schemes[i]), hosts);
	return false;
}

enum error gate_end(struct gate *gate, size_t received, const char *hosts)
{
	const char *method = gate->request->method;
	bool takes_body = method[0] == 'P'; /* POST, PUT, PATCH */

	if (received != gate->head_size + strlen("\r\n"))
		return refuse(gate, ERR_BAD_REQUEST,
		    "请求头不能只按一种方式读取",
		    "the head can be read in two ways");
	if (!gate->host)
		return refuse(
		    gate, ERR_BAD_REQUEST, "缺少 Host", "Host is missing");
	if (hosts && !is_ours(gate->host, hosts))
		return refuse(gate, ERR_MISDIRECTED, "Host 应为本服务的名称",
		    "Host must be a name of this service");
	gate->request->origin_ours =
	    hosts &&
	    is_our_origin(gate->request->headers[HEADER_ORIGIN], hosts);
	if (takes_body && !gate->has_length)
		return refuse(gate, ERR_LENGTH, "请给出 Content-Length",
		    "give Content-Length");
	/* libmicrohttpd would wait for ever. RFC 9110 §10.1.1 */
	if (gate->expects && gate->body_size == 0)
		return refuse(gate, ERR_BAD_REQUEST, "没有正文时不得用 Expect",
		    "without a body there is nothing to expect");
	if (!takes_body && gate->has_length)
		return refuse(gate, ERR_BAD_REQUEST, "此方法不得带正文",
		    "this method has no body");
	return ERR_OK;
}

/* --- language ------------------------------------------------------------- */

/* `;q=0.8` in thousandths; 0 for what cannot be read. */
static unsigned read_quality(const char *text, size_t size)
{
	unsigned quality, scale = QUALITY_ONE / 10;
	const char *end = text + size;

	while (text < end && *text != ';')
		text++;
	if (text == end)
		return QUALITY_ONE;
	for (text++; text < end && *text == ' '; text++)
		;
	if (end - text < 3 || (*text != 'q' && *text != 'Q') || text[1] != '=')
		return 0;
	quality = text[2] == '1' ? QUALITY_ONE : 0;
	for (text += 4; text < end && *text >= '0' && *text <= '9'; text++) {
		quality += (unsigned)(*text - '0') * scale;
		scale /= 10;
	}
	return quality;
}

static bool is_language(const char *range, size_t size, const char *wanted)
{
	return size >= 2 && strncasecmp(range, wanted, 2) == 0 &&
	       (size == 2 || strchr("-; ", range[2]));
}

enum language gate_language(const char *list)
{
	unsigned best[LANGUAGE_COUNT] = { 0 };

	while (list && *list) {
		size_t size;
		unsigned quality;

		list += strspn(list, " \t,");
		size = strcspn(list, ",");
		quality = read_quality(list, size);
		if (is_language(list, size, "en") &&
		    quality > best[LANGUAGE_EN])
			best[LANGUAGE_EN] = quality;
		if ((is_language(list, size, "zh") ||
			(size > 0 && *list == '*')) &&
		    quality > best[LANGUAGE_ZH])
			best[LANGUAGE_ZH] = quality;
		list += size;
	}
	return best[LANGUAGE_EN] > best[LANGUAGE_ZH] ? LANGUAGE_EN
						     : LANGUAGE_ZH;
}
