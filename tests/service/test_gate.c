/* The gate: one form of a request is let in, every other is refused. */
#include "unit.h"

#include "gate.h"
#include "query.h"

#include <stdio.h>

#define HOSTS "localhost,127.0.0.1,klero.example"

struct field {
	const char *name, *value;
};

/* One pass through the gate; the fields end with { 0 }. */
static enum error pass_sized(struct gate *gate, const char *method,
    const char *version, const char *uri, const struct field *fields,
    size_t hidden)
{
	enum error error = gate_line(gate, method, version, uri);
	size_t size =
	    strlen(method) + strlen(version) + strlen(uri) + strlen("  \r\n");

	for (; fields->name && !error; fields++) {
		error = gate_field(gate, fields->name, strlen(fields->name),
		    fields->value, strlen(fields->value));
		size += strlen(fields->name) + strlen(fields->value) +
			strlen(": \r\n");
	}
	if (!error)
		error = gate_end(gate, size + strlen("\r\n") + hidden, HOSTS);
	return error;
}

static enum error pass(const char *method, const char *version, const char *uri,
    const struct field *fields)
{
	struct request request = { 0 };
	struct gate gate = { .request = &request };
	enum error error = pass_sized(&gate, method, version, uri, fields, 0);

	assert_true(!error || request.detail);
	request_clear(&request);
	return error;
}

static enum error pass_fields(const char *method, const struct field *fields)
{
	return pass(method, "HTTP/1.1", "/v1", fields);
}

static enum error get(const char *uri)
{
	return pass("GET", "HTTP/1.1", uri,
	    (const struct field[]){ { "Host", "localhost" }, { 0 } });
}

static void takes_one_form_of_the_line(void **state)
{
	const struct field host[] = { { "Host", "localhost:8080" }, { 0 } };

	(void)state;
	assert_int_equal(pass("GET", "HTTP/1.1", "/v1", host), ERR_OK);
	assert_int_equal(pass("HEAD", "HTTP/1.1", "/v1", host), ERR_OK);
	assert_int_equal(pass("get", "HTTP/1.1", "/v1", host), ERR_METHOD);
	assert_int_equal(pass("TRACE", "HTTP/1.1", "/v1", host), ERR_METHOD);
	assert_int_equal(pass("OPTIONS", "HTTP/1.1", "/v1", host), ERR_METHOD);
	assert_int_equal(pass("GET\x01", "HTTP/1.1", "/v1", host), ERR_METHOD);
	assert_int_equal(pass("", "HTTP/1.1", "/v1", host), ERR_METHOD);
	assert_int_equal(pass("GET", "HTTP/1.0", "/v1", host), ERR_VERSION);
	assert_int_equal(pass("GET", "HTTP/1.2", "/v1", host), ERR_VERSION);
}

static void takes_plain_paths(void **state)
{
	static const char *const bad[] = { "", "*", "v1", "http://evil/v1",
		"//evil", "/v1//x", "/v1/../x", "/..", "/%00", "/%2e", "/a b",
		"/a\tb", "/a\\b", "/v1#x", "/v1?a=#", "/\xc3\xa9", "/\x7f" };

	(void)state;
	assert_int_equal(get("/"), ERR_OK);
	assert_int_equal(get("/v1/draws/D-360700-2026-000001-1"), ERR_OK);
	assert_int_equal(get("/log/tile/0/x001/234.p/5"), ERR_OK);
	assert_int_equal(get("/v1?a=%20//.."), ERR_OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(get(bad[i]), ERR_BAD_REQUEST);
}

static void bounds_the_uri(void **state)
{
	char uri[GATE_URI_MAX + 2];

	(void)state;
	memset(uri, 'a', sizeof(uri));
	uri[0] = '/';
	uri[GATE_URI_MAX + 1] = '\0';
	assert_int_equal(get(uri), ERR_URI);
	uri[GATE_URI_MAX] = '\0';
	assert_int_equal(get(uri), ERR_OK);
}

static void keeps_path_and_query_apart(void **state)
{
	struct request request = { 0 };
	struct gate gate = { .request = &request };

	(void)state;
	assert_int_equal(
	    gate_line(&gate, "GET", "HTTP/1.1", "/v1?a=b?c"), ERR_OK);
	assert_string_equal(request.path, "/v1");
	assert_string_equal(request.raw_query, "a=b?c");
	request_clear(&request);
}

static void wants_one_host_of_ours(void **state)
{
	static const char *const good[] = { "localhost", "LOCALHOST",
		"127.0.0.1:1", "klero.example:65535" };
	static const char *const bad[] = { "evil", "localhost.evil", "local",
		"localhost:", "localhost:x", "localhost:123456", ":80", "",
		"localhost,127.0.0.1", "user@localhost" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_int_equal(
		    pass_fields("GET",
			(const struct field[]){ { "Host", good[i] }, { 0 } }),
		    ERR_OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(
		    pass_fields("GET",
			(const struct field[]){ { "Host", bad[i] }, { 0 } }),
		    ERR_MISDIRECTED);
	assert_int_equal(pass_fields("GET", (const struct field[]){ { 0 } }),
	    ERR_BAD_REQUEST);
	assert_int_equal(
	    pass_fields("GET", (const struct field[]){ { "Host", "localhost" },
				   { "host", "localhost" }, { 0 } }),
	    ERR_BAD_REQUEST);
}

/* With this Content-Length. */
static enum error post(const char *length)
{
	return pass_fields(
	    "POST", (const struct field[]){ { "Host", "localhost" },
			{ "Content-Length", length }, { 0 } });
}

static void wants_one_length_of_a_body(void **state)
{
	static const char *const bad[] = { "", "+3", "-3", "0x3", "3 ", " 3",
		"3,3", "3\t", "three" };

	(void)state;
	assert_int_equal(post("0"), ERR_OK);
	assert_int_equal(post("3"), ERR_OK);
	assert_int_equal(post("99999999"), ERR_OK);
	assert_int_equal(post("100000000"), ERR_TOO_LARGE);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(post(bad[i]), ERR_BAD_REQUEST);
	assert_int_equal(
	    pass_fields("POST",
		(const struct field[]){ { "Host", "localhost" }, { 0 } }),
	    ERR_LENGTH);
	assert_int_equal(
	    pass_fields("POST", (const struct field[]){ { "Host", "localhost" },
				    { "Content-Length", "3" },
				    { "content-length", "3" }, { 0 } }),
	    ERR_BAD_REQUEST);
	assert_int_equal(
	    pass_fields("GET", (const struct field[]){ { "Host", "localhost" },
				   { "Content-Length", "0" }, { 0 } }),
	    ERR_BAD_REQUEST);
}

/* A GET with one field more. */
static enum error get_with(const char *name, const char *value)
{
	return pass_fields(
	    "GET", (const struct field[]){
		       { "Host", "localhost" }, { name, value }, { 0 } });
}

static void refuses_what_frames_otherwise(void **state)
{
	(void)state;
	assert_int_equal(get_with("Transfer-Encoding", "chunked"), ERR_LENGTH);
	assert_int_equal(get_with("transfer-encoding", "identity"), ERR_LENGTH);
	assert_int_equal(
	    get_with("Transfer-Encoding ", "chunked"), ERR_BAD_REQUEST);
	assert_int_equal(get_with("Content-Encoding", "gzip"), ERR_MEDIA_TYPE);
	assert_int_equal(get_with("Expect", "100-continue"), ERR_BAD_REQUEST);
	assert_int_equal(
	    pass_fields("POST", (const struct field[]){ { "Host", "localhost" },
				    { "Expect", "100-continue" },
				    { "Content-Length", "1" }, { 0 } }),
	    ERR_OK);
	assert_int_equal(get_with("Expect", "foo"), ERR_EXPECTATION);
}

static void refuses_odd_fields(void **state)
{
	(void)state;
	assert_int_equal(get_with("X-Odd-9", "a\tb \xc3\xa9"), ERR_OK);
	assert_int_equal(get_with("X_Odd", "a"), ERR_BAD_REQUEST);
	assert_int_equal(get_with("", "a"), ERR_BAD_REQUEST);
	assert_int_equal(get_with("X-Odd\xc3\xa9", "a"), ERR_BAD_REQUEST);
	assert_int_equal(get_with("X-Odd", "a\rb"), ERR_BAD_REQUEST);
	assert_int_equal(get_with("X-Odd", "a\nb"), ERR_BAD_REQUEST);
	assert_int_equal(get_with("X-Odd", "a\x7f"), ERR_BAD_REQUEST);
}

static void takes_each_of_these_once(void **state)
{
	static const char *const names[] = { "Authorization", "Content-Type",
		"Accept-Language", "Idempotency-Key", "If-Match",
		"If-None-Match", "Klero-Min-Size", "Last-Event-ID", "Cookie",
		"Origin", "Range" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct field twice[] = { { "Host", "localhost" },
			{ names[i], "a" }, { names[i], "a" }, { 0 } };

		assert_int_equal(get_with(names[i], "a"), ERR_OK);
		assert_int_equal(pass_fields("GET", twice), ERR_BAD_REQUEST);
	}
}

static void bounds_the_fields(void **state)
{
	struct field fields[GATE_FIELDS_MAX + 2] = { { "Host", "localhost" } };
	char value[GATE_FIELD_MAX + 1];
	size_t most = GATE_FIELD_MAX - strlen("Host"
					      "localhost"
					      "X");

	(void)state;
	for (size_t i = 1; i <= GATE_FIELDS_MAX; i++)
		fields[i] = (struct field){ "X-A", "a" };
	assert_int_equal(pass_fields("GET", fields), ERR_HEADERS);
	fields[GATE_FIELDS_MAX] = (struct field){ 0 };
	assert_int_equal(pass_fields("GET", fields), ERR_OK);
	memset(value, 'a', sizeof(value));
	value[most + 1] = '\0';
	assert_int_equal(get_with("X", value), ERR_HEADERS);
	value[most] = '\0';
	assert_int_equal(get_with("X", value), ERR_OK);
}

/* A byte more or less than we saw: something was hidden from us. */
static void refuses_what_was_hidden(void **state)
{
	const struct field host[] = { { "Host", "localhost" }, { 0 } };

	(void)state;
	for (int hidden = -1; hidden <= 1; hidden++) {
		struct request request = { 0 };
		struct gate gate = { .request = &request };

		assert_int_equal(pass_sized(&gate, "GET", "HTTP/1.1", "/v1",
				     host, (size_t)hidden),
		    hidden == 0 ? ERR_OK : ERR_BAD_REQUEST);
		request_clear(&request);
	}
}

static void picks_the_language(void **state)
{
	static const char *const english[] = { "en", "EN", "en-GB",
		"en;q=0.9, zh;q=0.8", "fr, en;q=0.1", "zh;q=0, en;q=0.001" };
	static const char *const chinese[] = { "", "zh", "zh-CN, en;q=0.9",
		"en;q=0.8, zh", "*", "fr", "english", "en;q=0", "en;x", ",;",
		"en;q=", "en;q=0.5, *;q=0.6" };

	(void)state;
	assert_int_equal(gate_language(NULL), LANGUAGE_ZH);
	for (size_t i = 0; i < sizeof(english) / sizeof(*english); i++)
		assert_int_equal(gate_language(english[i]), LANGUAGE_EN);
	for (size_t i = 0; i < sizeof(chinese) / sizeof(*chinese); i++)
		assert_int_equal(gate_language(chinese[i]), LANGUAGE_ZH);
}

/* Reads the query; on success `value` is what `name` has. */
static void assert_query(
    const char *raw, enum error wanted, const char *name, const char *value)
{
	struct request request = { .raw_query = raw };

	assert_int_equal(query_read(&request), wanted);
	if (name)
		assert_string_equal(request_query(&request, name), value);
	request_clear(&request);
}

static void reads_queries(void **state)
{
	(void)state;
	assert_query("", ERR_OK, NULL, NULL);
	assert_query("a=", ERR_OK, "a", "");
	assert_query("writer", ERR_OK, "writer", "");
	assert_query("a=b=c", ERR_OK, "a", "b=c");
	assert_query("a=1&b_c=2", ERR_OK, "b_c", "2");
	assert_query("a=%e4%B8%ad+x", ERR_OK, "a", "\u4e2d x");
	assert_query("a=1&a=1", ERR_BAD_REQUEST, NULL, NULL);
	assert_query("=1", ERR_BAD_REQUEST, NULL, NULL);
	assert_query("A=1", ERR_BAD_REQUEST, NULL, NULL);
	assert_query("a%62=1", ERR_BAD_REQUEST, NULL, NULL);
	assert_query("&a=1", ERR_BAD_REQUEST, NULL, NULL);
	assert_query("a=1&", ERR_BAD_REQUEST, NULL, NULL);
	assert_query("a=1&&b=1", ERR_BAD_REQUEST, NULL, NULL);
}

static void refuses_bad_encodings(void **state)
{
	static const char *const bad[] = { "a=%", "a=%4", "a=%4g", "a=%00",
		"a=%0a", "a=%1f", "a=%7F", "a=%ff", "a=%c0%80", "a=%ed%a0%80" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_query(bad[i], ERR_BAD_REQUEST, NULL, NULL);
}

static void bounds_queries(void **state)
{
	char raw[QUERY_MAX * 4 + 8] = "", value[QUERY_VALUE_MAX + 8] = "a=";
	size_t size = 0;

	(void)state;
	for (size_t i = 0; i < QUERY_MAX; i++)
		size += (size_t)snprintf(raw + size, sizeof(raw) - size,
		    "%s%c=1", i > 0 ? "&" : "", (char)('a' + i));
	assert_query(raw, ERR_OK, "b", "1");
	strcat(raw, "&z=1");
	assert_query(raw, ERR_BAD_REQUEST, NULL, NULL);
	memset(value + 2, 'x', QUERY_VALUE_MAX);
	assert_query(value, ERR_OK, NULL, NULL);
	strcat(value, "x");
	assert_query(value, ERR_BAD_REQUEST, NULL, NULL);
	assert_query("abcdefghijklmnopqrstuvwxyz_abcde=1", ERR_OK, NULL, NULL);
	assert_query(
	    "abcdefghijklmnopqrstuvwxyz_abcdef=1", ERR_BAD_REQUEST, NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_one_form_of_the_line),
		cmocka_unit_test(takes_plain_paths),
		cmocka_unit_test(bounds_the_uri),
		cmocka_unit_test(keeps_path_and_query_apart),
		cmocka_unit_test(wants_one_host_of_ours),
		cmocka_unit_test(wants_one_length_of_a_body),
		cmocka_unit_test(refuses_what_frames_otherwise),
		cmocka_unit_test(refuses_odd_fields),
		cmocka_unit_test(takes_each_of_these_once),
		cmocka_unit_test(bounds_the_fields),
		cmocka_unit_test(refuses_what_was_hidden),
		cmocka_unit_test(picks_the_language),
		cmocka_unit_test(reads_queries),
		cmocka_unit_test(refuses_bad_encodings),
		cmocka_unit_test(bounds_queries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
