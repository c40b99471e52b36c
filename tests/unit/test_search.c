/* Shopping among listings: each filter, each order, page after page, and the
 * same by looking at each listing. */
#include "kl_search.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

static struct kl_search make(const struct kl_search_item items[], size_t count)
{
	struct kl_search search;

	assert_int_equal(kl_search_make(&search, items, count), KL_OK);
	return search;
}

static struct kl_search_query all(enum kl_search_order order)
{
	return (struct kl_search_query){ .fee_max_fen = KL_SEARCH_ANY,
		.days_max = KL_SEARCH_ANY,
		.order = order,
		.limit = KL_SEARCH_PAGE_MAX };
}

static void ask(struct kl_search_query *query, const char *words)
{
	assert_int_equal(
	    kl_question_read(words, strlen(words), &query->words), KL_OK);
}

/* --- a few of them -------------------------------------------------------- */

#define LIST(member, counted, ...)                                             \
	.member = (const char *const[]){ __VA_ARGS__ },                        \
	.counted =                                                             \
	    sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)
static const struct kl_search_item few[] = {
	{ .id = "a",
	    .texts = { "环评报告书", "青禾公司" },
	    .category = "A15",
	    .institution = "Q",
	    LIST(marks, mark_count, "eia", "gb"),
	    .fee_fen = 300,
	    .days = 20,
	    .since = 3,
	    .grade = 3 },
	{ .id = "b",
	    .texts = { "测绘", "远山公司" },
	    .category = "B04",
	    .institution = "Y",
	    LIST(regions, region_count, "36"),
	    .fee_fen = 100,
	    .days = 10,
	    .since = 1,
	    .grade = 1 },
	{ .id = "c",
	    .texts = { "测绘", "青禾公司" },
	    .category = "B04",
	    .institution = "Q",
	    LIST(regions, region_count, "360721", "360722"),
	    LIST(marks, mark_count, "survey"),
	    .fee_fen = 300,
	    .days = 5,
	    .since = 2,
	    .grade = 2 },
};

static void finds(const struct kl_search *search,
    const struct kl_search_query *query, const char *wanted)
{
	struct kl_search_found found;
	char ids[8] = "";

	assert_int_equal(kl_search_find(search, query, &found), KL_OK);
	for (size_t i = 0; i < found.count; i++)
		strcat(ids, kl_search_id(search, found.indexes[i]));
	assert_string_equal(ids, wanted);
}

static void test_orders(void **state)
{
	struct kl_search search = make(few, 3);
	static const char *const wanted[] = { "bac", "cba", "acb", "abc" };

	(void)state;
	for (enum kl_search_order order = 0; order < KL_SEARCH_ORDERS;
	     order++) {
		struct kl_search_query query = all(order);

		finds(&search, &query, wanted[order]);
		assert_int_equal(
		    kl_search_order_named(kl_search_order_name(order)), order);
	}
	assert_int_equal(kl_search_order_named("fees"), KL_SEARCH_ORDERS);
	assert_int_equal(kl_search_value(&search, 0, KL_SEARCH_BY_FEE), 300);
	assert_int_equal(kl_search_value(&search, 0, KL_SEARCH_BY_NEWEST), -3);
	assert_int_equal(kl_search_value(&search, 0, KL_SEARCH_ORDERS), 0);
	kl_search_clear(&search);
	kl_search_clear(&search);
}

static void test_filters(void **state)
{
	struct kl_search search = make(few, 3);
	struct kl_search_query query = all(KL_SEARCH_BY_ID);

	(void)state;
#define WITH(member, value, wanted)                                            \
	query = all(KL_SEARCH_BY_ID);                                          \
	query.member = (value);                                                \
	finds(&search, &query, wanted)
	WITH(category, "B04", "bc");
	WITH(category, "B05", "");
	WITH(institution, "Q", "ac");
	WITH(mark, "gb", "a");
	WITH(mark, "nothing", "");
	WITH(fee_max_fen, 299, "b");
	WITH(fee_max_fen, 300, "abc");
	WITH(days_max, 10, "bc");
	WITH(days_max, 9, "c");
	WITH(grade_min, 2, "ac");
#undef WITH
	query = all(KL_SEARCH_BY_ID);
	query.regions[0] = "36";
	query.region_count = 1;
	finds(&search, &query, "ab");
	query.regions[1] = "360721";
	query.region_count = 2;
	finds(&search, &query, "abc");
	query.regions[0] = query.regions[1] = "44";
	finds(&search, &query, "a");
	query = all(KL_SEARCH_BY_ID);
	ask(&query, "青禾 测绘");
	finds(&search, &query, "c");
	ask(&query, "青禾");
	finds(&search, &query, "ac");
	query.category = "A15";
	finds(&search, &query, "a");
	kl_search_clear(&search);
}

static void test_nothing(void **state)
{
	struct kl_search search = make(NULL, 0);
	struct kl_search_query query = all(KL_SEARCH_BY_FEE);
	static const struct kl_search_item bare = {
		.id = "a", .category = "c", .institution = "i"
	};

	(void)state;
	finds(&search, &query, "");
	ask(&query, "词");
	finds(&search, &query, "");
	kl_search_clear(&search);
	search = make(&bare, 1);
	finds(&search, &query, "");
	kl_search_clear(&search);
}

static void test_refused(void **state)
{
	struct kl_search search = make(few, 3);
	struct kl_search_found found = { .count = 77 };
	struct kl_search_query query;
	struct kl_search_item bad = few[0];

	(void)state;
#define REFUSED(member, value)                                                 \
	query = all(KL_SEARCH_BY_ID);                                          \
	query.member = (value);                                                \
	assert_int_equal(kl_search_find(&search, &query, &found), KL_RANGE)
	REFUSED(limit, 0);
	REFUSED(limit, KL_SEARCH_PAGE_MAX + 1);
	REFUSED(region_count, KL_SEARCH_REGIONS_MAX + 1);
	REFUSED(order, KL_SEARCH_ORDERS);
#undef REFUSED
	assert_int_equal(found.count, 77);
	kl_search_clear(&search);
	assert_int_equal(kl_search_make(&search, NULL, KL_SEARCH_ITEMS_MAX + 1),
	    KL_TOO_LARGE);
	bad.mark_count = KL_SEARCH_TOKENS_MAX + 1;
	assert_int_equal(kl_search_make(&search, &bad, 1), KL_TOO_LARGE);
	bad = few[0];
	bad.region_count = KL_SEARCH_TOKENS_MAX + 1;
	assert_int_equal(kl_search_make(&search, &bad, 1), KL_TOO_LARGE);
	bad = few[0];
	bad.texts[0] = "\xff";
	assert_int_equal(kl_search_make(&search, &bad, 1), KL_MALFORMED);
}

/* --- many, by chance ------------------------------------------------------ */

enum { MANY = 12000, IDS = 8 };
static struct kl_search_item many[MANY];
static char ids[MANY][IDS];
static const char *tokens_of[MANY][2]; /* its region, its mark */

static void fill(unsigned *seed)
{
	static const char *const words[] = { "测绘", "环评", "造价", "图审" };
	static const char *const tokens[] = { "A", "B", "C", NULL };

	for (size_t i = 0; i < MANY; i++) {
		tokens_of[i][0] = tokens[rand_r(seed) % 4];
		tokens_of[i][1] = tokens[rand_r(seed) % 4];
		snprintf(ids[i], IDS, "%05zu", (i * 7919) % MANY);
		many[i] = (struct kl_search_item){ .id = ids[i],
			.texts = { words[rand_r(seed) % 4],
			    words[rand_r(seed) % 4] },
			.category = tokens[rand_r(seed) % 3],
			.institution = tokens[rand_r(seed) % 3],
			.regions = &tokens_of[i][0],
			.region_count = tokens_of[i][0] != NULL,
			.marks = &tokens_of[i][1],
			.mark_count = tokens_of[i][1] != NULL,
			.fee_fen = rand_r(seed) % 50,
			.days = rand_r(seed) % 50,
			.since = rand_r(seed) % 50,
			.grade = (uint32_t)rand_r(seed) % 4 };
	}
}

static bool is_wanted(const struct kl_search_item *item,
    const struct kl_search_query *query, const char *word)
{
	return (!query->category ||
		   strcmp(query->category, item->category) == 0) &&
	       (!query->mark || (item->marks[0] && strcmp(query->mark,
						       item->marks[0]) == 0)) &&
	       (query->region_count == 0 || !item->regions[0] ||
		   strcmp(query->regions[0], item->regions[0]) == 0) &&
	       (!query->institution ||
		   strcmp(query->institution, item->institution) == 0) &&
	       item->fee_fen <= query->fee_max_fen &&
	       item->days <= query->days_max &&
	       item->grade >= query->grade_min &&
	       (!word || strcmp(word, item->texts[0]) == 0 ||
		   strcmp(word, item->texts[1]) == 0);
}

/* Page after page: each that is wanted once, in order. */
static void agrees(const struct kl_search *search,
    struct kl_search_query *query, const char *word)
{
	static bool seen[MANY];
	struct kl_search_found found;
	size_t wanted = 0, count = 0;
	int64_t before = INT64_MIN;

	memset(seen, 0, sizeof(seen));
	for (size_t i = 0; i < MANY; i++)
		wanted += is_wanted(&many[i], query, word);
	do {
		assert_int_equal(kl_search_find(search, query, &found), KL_OK);
		assert_int_equal(found.total, wanted < KL_SEARCH_COUNT_MAX
						  ? wanted
						  : KL_SEARCH_COUNT_MAX);
		for (size_t i = 0; i < found.count; i++, count++) {
			size_t at = found.indexes[i];
			int64_t value =
			    kl_search_value(search, at, query->order);

			assert_true(is_wanted(&many[at], query, word));
			assert_false(seen[at]);
			assert_true(value >= before);
			if (value == before)
				assert_true(
				    strcmp(query->after_id, ids[at]) < 0);
			seen[at] = true;
			before = query->after_value = value;
			query->after_id = ids[at];
		}
	} while (found.more);
	assert_int_equal(count, wanted);
}

static void test_pages(void **state)
{
	static const char *const tokens[] = { NULL, "A", "B", "D" };
	unsigned seed = 20261129;
	struct kl_search search;

	(void)state;
	fill(&seed);
	search = make(many, MANY);
	for (unsigned round = 0; round < 48; round++) {
		struct kl_search_query query = all(round % KL_SEARCH_ORDERS);
		const char *word = round % 3 == 0 ? "环评" : NULL;

		if (round >= 4) {
			query.category = tokens[rand_r(&seed) % 4];
			query.mark = tokens[rand_r(&seed) % 3];
			query.regions[0] = "B";
			query.region_count = (size_t)rand_r(&seed) % 2;
			query.fee_max_fen = rand_r(&seed) % 60;
			query.days_max = 20 + rand_r(&seed) % 40;
			if (round % 4 == 0)
				query.institution = tokens[rand_r(&seed) % 4];
			query.grade_min = (uint32_t)rand_r(&seed) % 3;
		}
		query.limit = round < 4 ? 200 : 1 + (size_t)rand_r(&seed) % 200;
		if (word)
			ask(&query, word);
		agrees(&search, &query, word);
	}
	kl_search_clear(&search);
}

/* --- without memory ------------------------------------------------------- */

void *__real_realloc(void *old, size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_calloc(size_t count, size_t size);

/* Allocations that still succeed; none is counted at SIZE_MAX. */
static size_t left = SIZE_MAX;

static bool fails(void)
{
	return left != SIZE_MAX && left-- == 0;
}

void *__wrap_realloc(void *old, size_t size)
{
	return fails() ? NULL : __real_realloc(old, size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

/* Nothing half is made or found, whichever allocation fails. */
static void test_no_memory(void **state)
{
	struct kl_search_query query = all(KL_SEARCH_BY_ID);
	struct kl_search_found found = { .count = 77 };
	struct kl_search search;
	enum kl_result result = KL_NO_MEMORY;
	size_t number = 0;

	(void)state;
	for (; result == KL_NO_MEMORY; number++) {
		left = number;
		result = kl_search_make(&search, few, 3);
		left = SIZE_MAX;
	}
	assert_int_equal(result, KL_OK);
	assert_true(number > 10);
	ask(&query, "测绘");
	left = 0;
	assert_int_equal(kl_search_find(&search, &query, &found), KL_NO_MEMORY);
	left = SIZE_MAX;
	assert_int_equal(found.count, 77);
	kl_search_clear(&search);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
