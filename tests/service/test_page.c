/* Ready-made responses: kept while nothing they show has changed. */
#include "unit.h"

#include "page.h"

#include <sodium.h>
#include <stdlib.h>

enum { CACHE_SIZE = 64000, PAGE_SIZE = 4000 };

static const struct route route = { "GET", "/v1/x", NULL, ROUTE_PAGE,
	.shows = SHOWS_NOTICES | SHOWS_DRAWS };

static struct request ask(const char *path)
{
	return (
	    struct request){ .route = &route, .path = path, .raw_query = "" };
}

static void keep(const char *path, uint64_t version, size_t size)
{
	struct request request = ask(path);
	char *body = calloc(1, size);
	const struct page_parts parts = { .content_type = "text/plain",
		.cache_control = "no-cache",
		.etag = "\"1\"",
		.body = body,
		.body_size = size };
	struct page *page = page_make(&parts);

	page_keep(&request, version, page);
	page_release(page);
	request_clear(&request);
	free(body);
}

static bool is_kept(struct request request)
{
	struct page *page = page_find(&request);

	page_release(page);
	request_clear(&request);
	return page != NULL;
}

static int set_up(void **state)
{
	(void)state;
	page_cache_open(CACHE_SIZE);
	return sodium_init() < 0;
}

static int tear_down(void **state)
{
	(void)state;
	page_cache_close();
	return 0;
}

static void keeps_until_something_shown_changes(void **state)
{
	(void)state;
	keep("/a", page_version(route.shows), PAGE_SIZE);
	assert_true(is_kept(ask("/a")));
	page_shows(SHOWS_PARTIES);
	assert_true(is_kept(ask("/a")));
	page_shows(SHOWS_PARTIES | SHOWS_DRAWS);
	assert_false(is_kept(ask("/a")));
}

/* The version was read, then an act was committed, then the page was made. */
static void never_serves_what_was_made_too_early(void **state)
{
	uint64_t version = page_version(route.shows);

	(void)state;
	page_shows(SHOWS_NOTICES);
	keep("/a", version, PAGE_SIZE);
	assert_false(is_kept(ask("/a")));
}

static void tells_questions_apart(void **state)
{
	struct request query = ask("/a"), language = ask("/a");

	(void)state;
	query.raw_query = "limit=1";
	language.language = LANGUAGE_EN;
	keep("/a", page_version(route.shows), PAGE_SIZE);
	assert_false(is_kept(query));
	assert_false(is_kept(language));
	assert_false(is_kept(ask("/ab")));
	assert_true(is_kept(ask("/a")));
}

static void forgets_what_was_not_asked_for_longest(void **state)
{
	static const char *const others[] = { "/b", "/c", "/d", "/e", "/f",
		"/g", "/h", "/i", "/j", "/k", "/l", "/m", "/n", "/o" };
	uint64_t version = page_version(route.shows);

	(void)state;
	keep("/a", version, PAGE_SIZE);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		keep(others[i], version, PAGE_SIZE);
		assert_true(is_kept(ask("/a")));
	}
	keep("/p", version, PAGE_SIZE);
	assert_false(is_kept(ask("/b")));
	assert_true(is_kept(ask("/a")));
	assert_true(is_kept(ask("/p")));
}

static void does_not_give_all_to_one(void **state)
{
	uint64_t version = page_version(route.shows);

	(void)state;
	keep("/a", version, CACHE_SIZE / 8 + 1);
	assert_false(is_kept(ask("/a")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    keeps_until_something_shown_changes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    never_serves_what_was_made_too_early, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    tells_questions_apart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    forgets_what_was_not_asked_for_longest, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    does_not_give_all_to_one, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
