/* Which route a method and a path lead to. */
#include "unit.h"

#include "clock.h"
#include "route.h"
#include "site.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void finds_the_whole_path(void **state)
{
	struct request request = { 0 };

	(void)state;
	assert_int_equal(route_find(&request, "GET", "/v1"), ERR_OK);
	assert_string_equal(request.route->path, "/v1");
	assert_int_equal(route_find(&request, "GET", "/problems/busy"), ERR_OK);
	assert_string_equal(request.params[0], "busy");
	request_clear(&request);
}

static void head_is_get(void **state)
{
	struct request request = { 0 };

	(void)state;
	assert_int_equal(route_find(&request, "HEAD", "/v1"), ERR_OK);
	assert_string_equal(request.route->method, "GET");
	request_clear(&request);
}

static void knows_no_other_path(void **state)
{
	static const char *const paths[] = { "/", "/V1", "/v1/", "/v", "/v1x",
		"/problems/", "/problems/busy/", "/problems/busy/x",
		"/v1/accounts/x" };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		struct request request = { 0 };

		assert_int_equal(
		    route_find(&request, "GET", paths[i]), ERR_NOT_FOUND);
		assert_null(request.route);
		request_clear(&request);
	}
}

static void tells_the_methods_of_a_path(void **state)
{
	struct request request = { 0 };

	(void)state;
	assert_int_equal(
	    route_find(&request, "DELETE", "/v1/institutions"), ERR_METHOD);
	assert_string_equal(request.allow, "POST, GET, HEAD");
	assert_int_equal(
	    route_find(&request, "POST", "/problems/busy"), ERR_METHOD);
	assert_string_equal(request.allow, "GET, HEAD");
	request_clear(&request);
}

static void takes_the_rest(void **state)
{
	struct request request = { 0 };

	(void)state;
	assert_int_equal(
	    route_find(&request, "GET", "/log/tile/0/x001/234.p/5"), ERR_OK);
	assert_string_equal(request.params[0], "0/x001/234.p/5");
	assert_int_equal(
	    route_find(&request, "GET", "/log/tile/"), ERR_NOT_FOUND);
	request_clear(&request);
}

/* A folder with one page in it. */
static void open_site(void)
{
	char folder[] = "/tmp/klero-route-XXXXXX", path[64];
	struct config config;
	FILE *page;

	config_init(&config);
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/index.html", folder);
	page = fopen(path, "w");
	assert_non_null(page);
	fputs("<!doctype html>", page);
	fclose(page);
	snprintf(config.web_root, sizeof(config.web_root), "%s", folder);
	site_open(&config);
	unlink(path);
	rmdir(folder);
}

/* One of two routes with the same method and path would never be reached. */
/* The last one: from here on there are pages, and this is a rehearsal. */
static void has_no_route_twice(void **state)
{
	struct request none = { 0 };

	(void)state;
	assert_int_equal(
	    route_find(&none, "GET", "/v1/rehearsal/time"), ERR_NOT_FOUND);
	assert_int_equal(route_find(&none, "GET", "/"), ERR_NOT_FOUND);
	clock_rehearse(0);
	open_site();
	for (size_t i = 0; resources[i]; i++)
		for (const struct route *r = resources[i]->routes;
		     r && r->method; r++) {
			struct request request = { 0 };

			assert_int_equal(
			    route_find(&request, r->method, r->path), ERR_OK);
			assert_ptr_equal(request.route, r);
			request_clear(&request);
		}
	site_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_whole_path),
		cmocka_unit_test(head_is_get),
		cmocka_unit_test(knows_no_other_path),
		cmocka_unit_test(tells_the_methods_of_a_path),
		cmocka_unit_test(takes_the_rest),
		cmocka_unit_test(has_no_route_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
