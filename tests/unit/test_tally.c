/* Sums of form checks and of offers: each in any order, with a value by hand.
 */
#include "kl_tally.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#define OVERDUE KL_FORM_OVERDUE
#define DECIDED KL_FORM_DECIDED
#define DEEMED  KL_FORM_DEEMED
enum { MOST = 8 };

/* The linker puts this in place of what lib allocates with. */
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
static bool fails;

void *__wrap_calloc(size_t count, size_t size)
{
	return fails ? NULL : __real_calloc(count, size);
}

static const struct {
	const char *what;
	struct kl_form_event events[MOST];
	size_t count;
	uint64_t size;
	struct kl_form_checks sum;
} forms[] = {
	{ "nothing", { { 0 } }, 0, 9, { 0 } },
	{ "in time", { { "a", 1, 3, DECIDED, 60 } }, 1, 9,
	    { .decided = 1, .on_time = 1, .median_s = 60 } },
	{ "late", { { "a", 1, 3, OVERDUE, 50 }, { "a", 1, 4, DECIDED, 60 } }, 2,
	    9, { .decided = 1, .median_s = 60 } },
	{ "late, told the other way round",
	    { { "a", 1, 4, DECIDED, 60 }, { "a", 1, 3, OVERDUE, 50 } }, 2, 9,
	    { .decided = 1, .median_s = 60 } },
	{ "by silence", { { "a", 1, 3, DEEMED, 50 } }, 1, 9, { .deemed = 1 } },
	{ "still waiting", { { "a", 1, 3, OVERDUE, 50 } }, 1, 9,
	    { .overdue = 1 } },
	{ "not yet in the log",
	    { { "a", 1, 3, OVERDUE, 50 }, { "a", 1, 4, DECIDED, 60 } }, 2, 4,
	    { .overdue = 1 } },
	{ "at the end of the log", { { "a", 1, 4, DECIDED, 60 } }, 1, 4,
	    { 0 } },
	{ "the last entry of it", { { "a", 1, 4, DECIDED, 60 } }, 1, 5,
	    { .decided = 1, .on_time = 1, .median_s = 60 } },
	{ "the first decision counts",
	    { { "a", 1, 3, DECIDED, 60 }, { "a", 1, 7, DECIDED, 900 } }, 2, 9,
	    { .decided = 1, .on_time = 1, .median_s = 60 } },
	{ "rejected after silence",
	    { { "a", 1, 3, DEEMED, 60 }, { "a", 1, 7, DECIDED, 900 } }, 2, 9,
	    { .deemed = 1 } },
	{ "two rounds, two registrations, an even count",
	    { { "b", 1, 2, DECIDED, 40 }, { "a", 2, 8, DECIDED, 30 },
		{ "a", 1, 3, DECIDED, 10 }, { "b", 2, 5, OVERDUE, 99 },
		{ "b", 2, 6, DECIDED, 20 } },
	    5, 9, { .decided = 4, .on_time = 3, .median_s = 20 } },
	{ "of equals",
	    { { "b", 1, 2, DECIDED, 5 }, { "a", 1, 3, DECIDED, 5 },
		{ "c", 1, 4, DECIDED, 5 } },
	    3, 9, { .decided = 3, .on_time = 3, .median_s = 5 } },
};

static void sums_form_checks(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct kl_form_event events[MOST];
		struct kl_form_checks sum;

		memcpy(events, forms[i].events, sizeof(events));
		assert_int_equal(
		    kl_form_checks(events, forms[i].count, forms[i].size, &sum),
		    KL_OK);
		if (memcmp(&sum, &forms[i].sum, sizeof(sum)) != 0)
			fail_msg("%s", forms[i].what);
	}
}

static const struct {
	const char *what;
	struct kl_tally_offer offers[MOST];
	size_t count;
	struct kl_offers sum;
} offers[] = {
	{ "nothing", { { 0 } }, 0, { 0 } },
	{ "one", { { "A01", "x", 5 } }, 1, { 1, 1, 1, 1, 5 } },
	{ "two of a category, in any order",
	    { { "A01", "y", 9 }, { "A01", "x", 5 } }, 2, { 2, 2, 1, 0, 5 } },
	{ "one institution twice in a category",
	    { { "A01", "x", 9 }, { "A01", "x", 5 } }, 2, { 2, 1, 1, 1, 5 } },
	{ "some categories",
	    { { "B", "x", 9 }, { "A", "x", 5 }, { "A", "y", 6 },
		{ "C", "z", 7 } },
	    4, { 4, 3, 3, 2, 6 } },
	{ "a category that is not in force",
	    { { "B", "x", 9 }, { NULL, "y", 5 }, { NULL, "z", 6 } }, 3,
	    { 3, 3, 1, 1, 6 } },
	{ "in other days", { { "A", "x", 0 }, { "B", "x", 7 } }, 2,
	    { 2, 1, 2, 2, 7 } },
	{ "in other days alone", { { "A", "x", 0 } }, 1, { 1, 1, 1, 1, 0 } },
};

static void sums_offers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(offers) / sizeof(*offers); i++) {
		struct kl_tally_offer list[MOST];
		struct kl_offers sum;

		memcpy(list, offers[i].offers, sizeof(list));
		assert_int_equal(
		    kl_offers_sum(list, offers[i].count, &sum), KL_OK);
		if (memcmp(&sum, &offers[i].sum, sizeof(sum)) != 0)
			fail_msg("%s", offers[i].what);
	}
}

static void takes_so_many(void **state)
{
	struct kl_form_event *events =
	    calloc(KL_FORM_EVENTS_MAX + 1, sizeof(*events));
	struct kl_tally_offer *list =
	    calloc(KL_TALLY_OFFERS_MAX + 1, sizeof(*list));
	struct kl_form_checks checks = { 0 };
	struct kl_offers sum = { 0 };

	(void)state;
	assert_non_null(events);
	assert_non_null(list);
	for (size_t i = 0; i <= KL_FORM_EVENTS_MAX; i++)
		events[i] =
		    (struct kl_form_event){ "a", i, i, KL_FORM_DECIDED, 1 };
	for (size_t i = 0; i <= KL_TALLY_OFFERS_MAX; i++)
		list[i] = (struct kl_tally_offer){ "A", "x", 1 };
	assert_int_equal(
	    kl_form_checks(events, KL_FORM_EVENTS_MAX + 1, UINT64_MAX, &checks),
	    KL_TOO_LARGE);
	assert_int_equal(
	    kl_offers_sum(list, KL_TALLY_OFFERS_MAX + 1, &sum), KL_TOO_LARGE);
	assert_int_equal(checks.decided, 0);
	assert_int_equal(sum.listings, 0);
	assert_int_equal(
	    kl_form_checks(events, KL_FORM_EVENTS_MAX, UINT64_MAX, &checks),
	    KL_OK);
	assert_int_equal(kl_offers_sum(list, KL_TALLY_OFFERS_MAX, &sum), KL_OK);
	assert_int_equal(checks.decided, KL_FORM_EVENTS_MAX);
	assert_int_equal(sum.listings, KL_TALLY_OFFERS_MAX);
	free(events);
	free(list);
}

static void needs_memory(void **state)
{
	struct kl_form_checks checks = { .decided = 7 };
	struct kl_offers sum = { .listings = 7 };

	(void)state;
	fails = true;
	assert_int_equal(kl_form_checks(NULL, 0, 1, &checks), KL_NO_MEMORY);
	assert_int_equal(kl_offers_sum(NULL, 0, &sum), KL_NO_MEMORY);
	fails = false;
	assert_int_equal(checks.decided, 7);
	assert_int_equal(sum.listings, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_form_checks),
		cmocka_unit_test(sums_offers),
		cmocka_unit_test(takes_so_many),
		cmocka_unit_test(needs_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
