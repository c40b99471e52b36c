#include "head.h"

#include "caller.h"
#include "cookie.h"
#include "kl_leaf.h"
#include "query.h"
#include "route.h"

#include <string.h>
#include <strings.h>

enum { DECIMAL_DIGITS_MAX = 16 };

#define BEARER "Bearer "

/* --- headers -------------------------------------------------------------- */

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x7f)
			return false;
	return true;
}

/* `size` digits at `text` as the token. */
static bool take_token(struct request *request, const char *text, size_t size)
{
	struct kl_hash token;

	if (kl_unhex(text, size, &token, sizeof(token)))
		return false;
	request->token = arena_text(&request->arena, text, size);
	return true;
}

static enum error read_bearer(struct request *request, const char *given)
{
	size_t size = sizeof(BEARER) - 1;

	if (strncasecmp(given, BEARER, size) == 0 &&
	    take_token(request, given + size, strlen(given) - size))
		return ERR_OK;
	return request_fail(request, ERR_UNAUTHENTICATED,
	    "应为 Bearer 加 64 位小写十六进制",
	    "it must be Bearer and 64 lower-case hexadecimal digits", NULL);
}

/*
 * A browser sends our cookie whoever made it ask. What changes something must
 * come from a page of ours, and say so: SameSite alone trusts every host of
 * the same site.
 */
static enum error check_site(struct request *request)
{
	const char *site = request->headers[HEADER_FETCH_SITE];
	const char *origin = request->headers[HEADER_ORIGIN];

	if (strcmp(request->route->method, "GET") == 0)
		return ERR_OK;
	if ((origin && !request->origin_ours) ||
	    (site ? strcmp(site, "same-origin") != 0 : !origin))
		return request_fail(request, ERR_CROSS_SITE,
		    "使用 Cookie 时须有 Sec-Fetch-Site: same-origin,或 Origin "
		    "为本站",
		    "with a cookie there must be Sec-Fetch-Site: same-origin, "
		    "or an Origin of this site",
		    NULL);
	return ERR_OK;
}

static enum error read_cookie(struct request *request)
{
	const char *value;
	size_t size;

	if (!cookie_find(
		request->headers[HEADER_COOKIE], COOKIE_NAME, &value, &size))
		return request_fail(request, ERR_BAD_REQUEST,
		    "Cookie 格式有误或重复",
		    "the cookies are malformed, or ours comes twice", NULL);
	if (!value)
		return ERR_OK;
	if (!take_token(request, value, size))
		return request_fail(request, ERR_UNAUTHENTICATED,
		    "Cookie 中的会话无效", "the cookie is no session", NULL);
	request->by_cookie = true;
	return check_site(request);
}

/* Authorization goes before a cookie; who asks for what is anyone's is nobody,
 * whatever cookie his browser has. */
static enum error check_key(struct request *request)
{
	const char *given = request->headers[HEADER_AUTHORIZATION];
	bool anyone = request->route->who == ROLE_ANYONE;
	bool needed = !anyone && !request->route->either;
	enum error error = ERR_OK;

	if (!caller_matters(request))
		return ERR_OK;
	if (given)
		error = read_bearer(request, given);
	else if (request->headers[HEADER_COOKIE] && !anyone)
		error = read_cookie(request);
	if (error || request->token || !needed)
		return error;
	return request_fail(request, ERR_UNAUTHENTICATED,
	    "请在 Authorization 中出示密钥,或先登录",
	    "show a key in Authorization, or log in", NULL);
}

/* `application/json`, and no parameter but charset=utf-8. */
static bool is_json_type(const char *type)
{
	static const char json[] = "application/json";
	static const char charset[] = "charset=utf-8";

	if (!type || strncasecmp(type, json, sizeof(json) - 1) != 0)
		return false;
	type += sizeof(json) - 1;
	if (*type == '\0')
		return true;
	type += strspn(type, " ");
	if (*type != ';')
		return false;
	type += 1 + strspn(type + 1, " ");
	return strcasecmp(type, charset) == 0;
}

/* One of the route's, whatever its parameters; text is in UTF-8. */
static enum error check_media(struct request *request)
{
	const char *type = request->headers[HEADER_CONTENT_TYPE];
	const char *media = request->route->media;
	size_t size = type ? strcspn(type, "; ") : 0;

	while (*media) {
		size_t word = strcspn(media, " ");

		if (word == size && strncasecmp(media, type, size) == 0)
			return ERR_OK;
		media += word + (media[word] == ' ');
	}
	return request_fail(request, ERR_MEDIA_TYPE,
	    "Content-Type 应为其中之一:{0}", "Content-Type must be one of: {0}",
	    request->route->media, NULL);
}

static enum error check_body(struct request *request, size_t body_size)
{
	size_t body_max = request->route->body_max;

	if (body_size > body_max)
		return request_fail(request, ERR_TOO_LARGE, "不超过 {0} 字节",
		    "at most {0} bytes", request_number(request, body_max),
		    NULL);
	if (body_size > 0 && request->route->media)
		return check_media(request);
	if (body_size > 0 &&
	    !is_json_type(request->headers[HEADER_CONTENT_TYPE]))
		return request_fail(request, ERR_MEDIA_TYPE,
		    "Content-Type 应为 application/json",
		    "Content-Type must be application/json", NULL);
	return ERR_OK;
}

bool head_needs_key(const struct route *route)
{
	return route->class == ROUTE_ACT && !route->proves_itself &&
	       !route->forgets && strcmp(route->method, "POST") == 0;
}

static enum error check_idempotency(struct request *request)
{
	const char *key = request->headers[HEADER_IDEMPOTENCY_KEY];

	if (!key && head_needs_key(request->route))
		return request_fail(request, ERR_PRECONDITION_MISSING,
		    "请给出 Idempotency-Key,重试时不变",
		    "give an Idempotency-Key, the same when you retry", NULL);
	if (key && !kl_is_token(key, strlen(key)))
		return request_fail(request, ERR_BAD_REQUEST,
		    "Idempotency-Key 应为 1 到 64 个字母、数字或 . _ : -",
		    "Idempotency-Key must be 1 to 64 of A-Z a-z 0-9 . _ : -",
		    NULL);
	return ERR_OK;
}

/* `*`, or the number of a version in quotes. */
static enum error check_match(struct request *request)
{
	const char *match = request->headers[HEADER_IF_MATCH], *rest;
	size_t digits;

	if (!match || strcmp(match, "*") == 0)
		return ERR_OK;
	digits = *match == '"' ? strspn(match + 1, "0123456789") : 0;
	rest = match + 1 + digits;
	if (digits == 0 || digits > DECIMAL_DIGITS_MAX ||
	    (*rest != '"' && *rest != '-') ||
	    strcspn(rest, "\"") + 1 != strlen(rest))
		return request_fail(request, ERR_BAD_REQUEST,
		    "If-Match 应为 ETag 给出的版本号或 *",
		    "If-Match must be the version that ETag gave, or *", NULL);
	return ERR_OK;
}

static enum error read_min_size(struct request *request)
{
	const char *digits = request->headers[HEADER_MIN_SIZE];

	if (!digits)
		return ERR_OK;
	if (!*digits || strlen(digits) > DECIMAL_DIGITS_MAX ||
	    digits[strspn(digits, "0123456789")] ||
	    request->route->class == ROUTE_ACT ||
	    request->route->class == ROUTE_UPKEEP)
		return request_fail(request, ERR_BAD_REQUEST,
		    "Klero-Min-Size 应为 Klero-Log-Size 给出的数字,用于 GET",
		    "Klero-Min-Size must be a number that Klero-Log-Size gave, "
		    "on a GET",
		    NULL);
	for (; *digits; digits++)
		request->min_size =
		    request->min_size * 10 + (uint64_t)(*digits - '0');
	return ERR_OK;
}

/* Klero-For: for whom somebody acts who was told to. */
static enum error check_for(struct request *request)
{
	const char *organisation = request->headers[HEADER_FOR];

	if (organisation && !kl_is_token(organisation, strlen(organisation)))
		return request_fail(request, ERR_BAD_REQUEST,
		    "Klero-For 应为所代表单位的标识",
		    "Klero-For must be the id of an organisation", NULL);
	return ERR_OK;
}

static enum error check_ascii(struct request *request)
{
	for (enum header header = 0; header < HEADER_COUNT; header++)
		if (request->headers[header] &&
		    !is_ascii(request->headers[header]))
			return request_fail(request, ERR_BAD_REQUEST,
			    "请求头应为 ASCII", "header fields must be ASCII",
			    NULL);
	return ERR_OK;
}

enum error head_read(struct request *request, size_t body_size)
{
	static enum error (*const checks[])(
	    struct request * request) = { check_ascii, check_key, check_for,
		check_idempotency, check_match, read_min_size, query_read };
	enum error error = route_find(request, request->method, request->path);

	if (!error)
		error = check_body(request, body_size);
	if (!error)
		request->part_max = request->route->part_max;
	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks) && !error; i++)
		error = checks[i](request);
	return error;
}
