/* The gate: what has one meaning is let in, all else is refused. */
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
    const char *uri, const struct field *fields, size_t hidden)
{
	enum error error = gate_line(gate, method, uri);
	size_t size = strlen(method) + strlen(uri) + strlen("  HTTP/1.1\r\n");

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

static enum error pass(
    const char *method, const char *uri, const struct field *fields)
{
	struct request request = { 0 };
	struct gate gate = { .request = &request };
	enum error error = pass_sized(&gate, method, uri, fields, 0);

	assert_true(!error || request.detail);
	request_clear(&request);
	return error;
}

static enum error pass_fields(const char *method, const struct field *fields)
{
	return pass(method, "/v1", fields);
}

static enum error get(const char *uri)
{
	return pass("GET", uri,
	    (const struct field[]){ { "Host", "localhost" }, { 0 } });
}

static void takes_known_methods(void **state)
{
	const struct field host[] = { { "Host", "localhost:8080" }, { 0 } };

	(void)state;
	assert_int_equal(pass("GET", "/v1", host), ERR_OK);
	assert_int_equal(pass("HEAD", "/v1", host), ERR_OK);
	assert_int_equal(pass("get", "/v1", host), ERR_METHOD);
	assert_int_equal(pass("TRACE", "/v1", host), ERR_METHOD);
	assert_int_equal(pass("OPTIONS", "/v1", host), ERR_METHOD);
	assert_int_equal(pass("GET\x01", "/v1", host), ERR_METHOD);
	assert_int_equal(pass("", "/v1", host), ERR_METHOD);
}

static void takes_plain_paths(void **state)
{
	static const char *const bad[] = { "//evil", "/v1//x", "/v1/../x",
		"/..", "/%00", "/%2e", "/a\\b", "/v1#x", "/v1?a=#" };

	(void)state;
	assert_int_equal(get("/"), ERR_OK);
	assert_int_equal(get("/v1/draws/D-360700-2026-000001-1"), ERR_OK);
	assert_int_equal(get("/log/tile/0/x001/234.p/5"), ERR_OK);
	assert_int_equal(get("/v1?a=%20//.."), ERR_OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(get(bad[i]), ERR_BAD_REQUEST);
}

static void keeps_path_and_query_apart(void **state)
{
	struct request request = { 0 };
	struct gate gate = { .request = &request };

	(void)state;
	assert_int_equal(gate_line(&gate, "GET", "/v1?a=b?c"), ERR_OK);
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

/* Is it an origin of ours? */
static bool is_ours(const char *origin)
{
	const struct field fields[] = { { "Host", "localhost" },
		{ "Origin", origin }, { 0 } };
	struct request request = { 0 };
	struct gate gate = { .request = &request };
	bool ours;

	assert_int_equal(pass_sized(&gate, "GET", "/v1", fields, 0), ERR_OK);
	ours = request.origin_ours;
	request_clear(&request);
	return ours;
}

static void knows_its_origins(void **state)
{
	static const char *const good[] = { "https://klero.example",
		"http://localhost:8080", "https://KLERO.example:443" };
	static const char *const bad[] = { "null", "", "klero.example",
		"https://evil.example", "https://klero.example.evil",
		"https://klero.example/",
		"https://klero.example:", "https://klero.example:4x",
		"HTTPS://klero.example", "ftp://klero.example", "https://",
		"https://u@klero.example", "https://klero.example,localhost" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(is_ours(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (is_ours(bad[i]))
			fail_msg("%s", bad[i]);
}

/* What it takes for the size of the body. */
static uint64_t size_by(const char *length)
{
	const struct field fields[] = { { "Host", "localhost" },
		{ "content-length", length }, { 0 } };
	struct request request = { 0 };
	struct gate gate = { .request = &request };

	assert_int_equal(pass_sized(&gate, "POST", "/v1", fields, 0), ERR_OK);
	request_clear(&request);
	return gate.body_size;
}

static void wants_a_length_of_a_body(void **state)
{
	(void)state;
	assert_int_equal(size_by("0"), 0);
	assert_int_equal(size_by("00000030"), 30);
	assert_int_equal(size_by("99999999"), 99999999);
	assert_int_equal(
	    pass_fields("POST",
		(const struct field[]){ { "Host", "localhost" }, { 0 } }),
	    ERR_LENGTH);
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

static void meets_one_expectation(void **state)
{
	(void)state;
	assert_int_equal(get_with("Content-Encoding", "gzip"), ERR_MEDIA_TYPE);
	assert_int_equal(get_with("Expect", "100-continue"), ERR_BAD_REQUEST);
	assert_int_equal(
	    pass_fields("POST", (const struct field[]){ { "Host", "localhost" },
				    { "Expect", "100-continue" },
				    { "Content-Length", "1" }, { 0 } }),
	    ERR_OK);
	assert_int_equal(get_with("Expect", "foo"), ERR_EXPECTATION);
}

static void takes_each_of_these_once(void **state)
{
	static const char *const names[] = { "Authorization", "Content-Type",
		"Accept-Language", "Idempotency-Key", "If-Match",
		"If-None-Match", "Klero-Min-Size", "Last-Event-ID", "Cookie",
		"Origin", "Range", "Sec-Fetch-Site", "X-Forwarded-For",
		"Klero-For" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct field twice[] = { { "Host", "localhost" },
			{ names[i], "a" }, { names[i], "a" }, { 0 } };

		assert_int_equal(get_with(names[i], "a"), ERR_OK);
		assert_int_equal(pass_fields("GET", twice), ERR_BAD_REQUEST);
	}
}

/* A byte more or less than we saw: something was hidden from us. */
static void refuses_what_was_hidden(void **state)
{
	const struct field host[] = { { "Host", "localhost" }, { 0 } };

	(void)state;
	for (int hidden = -1; hidden <= 1; hidden++) {
		struct request request = { 0 };
		struct gate gate = { .request = &request };

		assert_int_equal(
		    pass_sized(&gate, "GET", "/v1", host, (size_t)hidden),
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
		cmocka_unit_test(takes_known_methods),
		cmocka_unit_test(takes_plain_paths),
		cmocka_unit_test(keeps_path_and_query_apart),
		cmocka_unit_test(wants_one_host_of_ours),
		cmocka_unit_test(knows_its_origins),
		cmocka_unit_test(wants_a_length_of_a_body),
		cmocka_unit_test(meets_one_expectation),
		cmocka_unit_test(takes_each_of_these_once),
		cmocka_unit_test(refuses_what_was_hidden),
		cmocka_unit_test(picks_the_language),
		cmocka_unit_test(reads_queries),
		cmocka_unit_test(refuses_bad_encodings),
		cmocka_unit_test(bounds_queries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
