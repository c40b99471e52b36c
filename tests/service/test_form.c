/* The form of requests on the wire: one is let through, byte by byte. */
#include "unit.h"

#include "form.h"

#include <stdio.h>
#include <stdlib.h>

#define GET   "GET /v1 HTTP/1.1\r\nHost: a\r\n\r\n"
#define POST3 "POST /v1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n"

/* All at once. */
static struct form form_of(const char *bytes, size_t size, size_t *whole)
{
	struct form form = { 0 };

	*whole = form_read(&form, bytes, size);
	return form;
}

static void assert_lets_through(const char *bytes, size_t size)
{
	size_t whole;
	struct form form = form_of(bytes, size, &whole);

	assert_null(form.fault);
	assert_int_equal(whole, size);
	assert_false(form_in_head(&form));
}

/* Broken, and nothing of that head handed on, however it comes. */
static void assert_breaks(const char *bytes, size_t size, enum error error)
{
	size_t whole;
	struct form form = form_of(bytes, size, &whole);

	assert_non_null(form.fault);
	assert_int_equal(form.fault->error, error);
	assert_int_equal(whole, 0);
	form = (struct form){ 0 };
	for (size_t i = 0; i < size; i++)
		assert_int_equal(form_read(&form, bytes + i, 1), 0);
	assert_non_null(form.fault);
	assert_int_equal(form.fault->error, error);
	assert_int_equal(form_read(&form, GET, strlen(GET)), 0);
}

static void breaks(const char *text, enum error error)
{
	assert_breaks(text, strlen(text), error);
}

/* With this as a field. */
static void breaks_at(const char *field, enum error error)
{
	char text[256];

	snprintf(text, sizeof(text), "POST / HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n",
	    field);
	breaks(text, error);
}

static void lets_requests_through(void **state)
{
	(void)state;
	assert_lets_through(GET, strlen(GET));
	assert_lets_through(GET GET, 2 * strlen(GET));
	assert_lets_through(POST3 "abc" GET POST3 "\0\r\n",
	    2 * strlen(POST3) + strlen(GET) + 6);
	assert_lets_through("x /\x7e HTTP/1.1\r\n\r\n", 17);
	assert_lets_through("GET / HTTP/1.1\r\nX: a\t b\xff\r\n\r\n", 28);
}

/* However the bytes come, the same are handed on. */
static void hands_on_whole_heads(void **state)
{
	static const char bytes[] = POST3 "abc" GET;
	static const size_t head = sizeof(POST3) - 1, body = 3;

	(void)state;
	for (size_t cut = 0; cut < sizeof(bytes); cut++) {
		struct form form = { 0 };
		size_t first = form_read(&form, bytes, cut), second;

		assert_int_equal(first, cut < head            ? 0
					: cut < head + body   ? cut
					: cut < strlen(bytes) ? head + body
							      : strlen(bytes));
		assert_int_equal(form_in_head(&form), cut > first);
		second = form_read(&form, bytes + cut, strlen(bytes) - cut);
		assert_int_equal(second, strlen(bytes) - cut);
	}
}

static void stops_at_what_breaks(void **state)
{
	static const char bytes[] = GET POST3 "abc\r\n" GET;
	size_t whole;
	struct form form = form_of(bytes, strlen(bytes), &whole);

	(void)state;
	assert_int_equal(whole, strlen(GET) + strlen(POST3) + 3);
	assert_int_equal(form.fault->error, ERR_BAD_REQUEST);
}

static void knows_lines(void **state)
{
	static const char *const bad[] = { "\r\n", "\n", " GET / HTTP/1.1\r\n",
		"GET  / HTTP/1.1\r\n", "GET /\r\n", "GET / \r\n", "GET\r\n",
		"GET /  HTTP/1.1\r\n", "GET / HTTP/1.1 \r\n",
		"GET / HTTP/1.1\n", "GET / HTTP/1.1\r\r\n",
		"GET\t/ HTTP/1.1\r\n", "GET /\tHTTP/1.1\r\n",
		"GET * HTTP/1.1\r\n", "GET ! HTTP/1.1\r\n",
		"GET v1 HTTP/1.1\r\n", "GET /a\tb HTTP/1.1\r\n",
		"GET http://a/ HTTP/1.1\r\n", "CONNECT a:1 HTTP/1.1\r\n",
		"GET /\xc3\xa9 HTTP/1.1\r\n", "GET /\x7f HTTP/1.1\r\n",
		"G\x01T / HTTP/1.1\r\n", "GET / http/1.1\r\n",
		"GET / HTTP/1.10\r\n", "GET / HTTP/1.x\r\n",
		"GET / HTTP/11\r\n", "GET / HTPP/1.1\r\n",
		"ABCDEFGHIJKLMNOPQ / HTTP/1.1\r\n", "X:Y / HTTP/1.1\r\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		breaks(bad[i], ERR_BAD_REQUEST);
	assert_breaks("GET /\0 HTTP/1.1\r\n", 17, ERR_BAD_REQUEST);
	breaks("GET / HTTP/1.0\r\n", ERR_VERSION);
	breaks("GET / HTTP/2.0\r\n", ERR_VERSION);
	breaks("PRI / HTTP/2.1\r\n", ERR_VERSION);
}

static void knows_fields(void **state)
{
	static const char *const bad[] = { ": a", "X", "X :a", "X : a", "X:a",
		"X:\ta", "X:", "X:  a", "X: a ", "X: a\t", "X: \ta", "X_Y: a",
		"X\xc3\xa9: a", "X: a\rY: b", "X: a\nY: b", "X: \x01",
		"X: \x7f", "X: a\r\n b", "X: a\r\n\tb", "X: a\r\r", "\rX: a",
		" X: a" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		breaks_at(bad[i], ERR_BAD_REQUEST);
	assert_breaks("GET / HTTP/1.1\r\nX: a\0\n\r\n", 25, ERR_BAD_REQUEST);
	assert_breaks("GET / HTTP/1.1\r\nX\0: a\r\n\r\n", 26, ERR_BAD_REQUEST);
	breaks("GET / HTTP/1.1\r\n\r\r", ERR_BAD_REQUEST);
	breaks("GET / HTTP/1.1\r\n\n", ERR_BAD_REQUEST);
}

static void knows_lengths(void **state)
{
	static const char *const bad[] = { "", " 3", "3\t", "+3", "-3", "0x3",
		"3,3", "3 ", "3;", "three", "3\r\nContent-Length: 3",
		"3\r\ncontent-length: 4" };
	char field[128];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(field, sizeof(field), "cOnTeNt-LeNgTh: %s", bad[i]);
		breaks_at(field, ERR_BAD_REQUEST);
	}
	breaks_at("Content-Length: 100000000", ERR_TOO_LARGE);
	breaks_at("Content-Length: 000000003", ERR_TOO_LARGE);
	breaks_at("Transfer-Encoding: chunked", ERR_LENGTH);
	breaks_at("Transfer-Encoding:\r\n chunked", ERR_LENGTH);
	breaks_at("tRANSFER-eNCODING: identity", ERR_LENGTH);
	breaks_at(
	    "Content-Length: 3\r\nTransfer-Encoding: chunked", ERR_LENGTH);
}

static void reads_a_body_to_its_end(void **state)
{
	static const char head[] =
	    "PUT / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n";
	struct form form = { 0 };
	char piece[1000] = { 0 };
	size_t left = 99999999;

	(void)state;
	assert_int_equal(form_read(&form, head, strlen(head)), strlen(head));
	for (; left > 0; left -= left < 1000 ? left : 1000) {
		size_t size = left < 1000 ? left : 1000;

		assert_int_equal(form.body_left, left);
		assert_int_equal(form_read(&form, piece, size), size);
	}
	assert_int_equal(form_read(&form, GET, strlen(GET)), strlen(GET));
}

/* A head with `target` bytes of URI, and `count` fields X of `size` bytes with
 * their names. */
static enum error error_of(size_t target, size_t count, size_t size)
{
	char *text = calloc(1, 64 + target + count * (size + 8)), *at = text;
	struct form form = { 0 };
	size_t whole;

	at += sprintf(at, "GET /%0*d HTTP/1.1\r\n", (int)target - 1, 0);
	for (; count > 0; count--)
		at += sprintf(at, "X: %0*d\r\n", (int)size - 1, 0);
	at += sprintf(at, "\r\n");
	whole = form_read(&form, text, (size_t)(at - text));
	assert_int_equal(whole, form.fault ? 0 : at - text);
	free(text);
	return form.fault ? form.fault->error : ERR_OK;
}

static void bounds_heads(void **state)
{
	(void)state;
	assert_int_equal(error_of(FORM_TARGET_MAX, 1, 2), ERR_OK);
	assert_int_equal(error_of(FORM_TARGET_MAX + 1, 1, 2), ERR_URI);
	assert_int_equal(error_of(2, FORM_FIELDS_MAX, 2), ERR_OK);
	assert_int_equal(error_of(2, FORM_FIELDS_MAX + 1, 2), ERR_HEADERS);
	assert_int_equal(error_of(2, 1, FORM_FIELD_MAX), ERR_OK);
	assert_int_equal(error_of(2, 1, FORM_FIELD_MAX + 1), ERR_HEADERS);
	assert_int_equal(error_of(2, 32, FORM_FIELD_MAX / 32), ERR_OK);
	assert_int_equal(error_of(2, 33, FORM_FIELD_MAX / 32), ERR_HEADERS);
}

/* `begin`, `count` times "a" with `separator` between, and `end`. */
static enum error error_of_parts(
    const char *begin, size_t count, char separator, const char *end)
{
	char text[512], *at = text;
	struct form form = { 0 }, bytes = { 0 };
	size_t size, whole;

	at += sprintf(at, "%s", begin);
	for (size_t i = 0; i < count; i++)
		at += sprintf(at, "a%c", separator);
	at += sprintf(at - 1, "%s", end) - 1;
	size = (size_t)(at - text);
	whole = form_read(&form, text, size);
	assert_int_equal(whole, form.fault ? 0 : size);
	for (size_t i = 0; i < size; i++)
		(void)form_read(&bytes, text + i, 1);
	assert_ptr_equal(form.fault, bytes.fault);
	return form.fault ? form.fault->error : ERR_OK;
}

/* Of what libmicrohttpd takes apart by itself. */
static void bounds_parts(void **state)
{
	static const char query[] = "GET /?", after[] = " HTTP/1.1\r\n\r\n",
			  cookie[] = "GET / HTTP/1.1\r\ncookie: ";

	(void)state;
	assert_int_equal(
	    error_of_parts(query, FORM_PARTS_MAX, '&', after), ERR_OK);
	assert_int_equal(error_of_parts(query, FORM_PARTS_MAX + 1, '&', after),
	    ERR_BAD_REQUEST);
	for (const char *separator = ",;"; *separator; separator++) {
		assert_int_equal(error_of_parts(cookie, FORM_PARTS_MAX,
				     *separator, "\r\n\r\n"),
		    ERR_OK);
		assert_int_equal(error_of_parts(cookie, FORM_PARTS_MAX + 1,
				     *separator, "\r\n\r\n"),
		    ERR_HEADERS);
	}
	/* Each by itself. */
	assert_int_equal(error_of_parts("GET /?a&a&a HTTP/1.1\r\nCookie: a;b;c"
					"\r\nCookie: ",
			     FORM_PARTS_MAX, ';', "\r\n\r\n"),
	    ERR_OK);
	assert_int_equal(error_of_parts("GET / HTTP/1.1\r\nX-Cookie: ",
			     FORM_PARTS_MAX + 1, ';', "\r\n\r\n"),
	    ERR_OK);
}

static enum error error_of_cookie(size_t size)
{
	char text[FORM_COOKIE_MAX + 64];
	struct form form = { 0 };
	int all = snprintf(text, sizeof(text),
	    "GET / HTTP/1.1\r\nCookie: %0*d\r\n\r\n", (int)size, 0);

	(void)form_read(&form, text, (size_t)all);
	return form.fault ? form.fault->error : ERR_OK;
}

static void bounds_cookies(void **state)
{
	(void)state;
	assert_int_equal(error_of_cookie(FORM_COOKIE_MAX), ERR_OK);
	assert_int_equal(error_of_cookie(FORM_COOKIE_MAX + 1), ERR_HEADERS);
}

static void can_be_broken(void **state)
{
	static const struct form_fault fault = { ERR_BUSY, "忙", "busy" };
	struct form form = { 0 };

	(void)state;
	form_break(&form, &fault);
	assert_int_equal(form_read(&form, GET, strlen(GET)), 0);
	assert_ptr_equal(form.fault, &fault);
	assert_false(form_in_head(&form));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lets_requests_through),
		cmocka_unit_test(hands_on_whole_heads),
		cmocka_unit_test(stops_at_what_breaks),
		cmocka_unit_test(knows_lines),
		cmocka_unit_test(knows_fields),
		cmocka_unit_test(knows_lengths),
		cmocka_unit_test(reads_a_body_to_its_end),
		cmocka_unit_test(bounds_heads),
		cmocka_unit_test(bounds_parts),
		cmocka_unit_test(bounds_cookies),
		cmocka_unit_test(can_be_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
