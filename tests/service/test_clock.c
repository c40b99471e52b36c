/* What time it is: the machine's, or a rehearsal's. */
#include "world.h"

#include "clock.h"
#include "log_check.h"

static void goes_to_what_is_due_first(void **state)
{
	(void)state;
	assert_int_equal(clock_next(10, 100, DB_TIME_NONE), 100);
	assert_int_equal(clock_next(10, 100, 40), 40);
	assert_int_equal(clock_next(10, 100, 100), 100);
	assert_int_equal(clock_next(10, 100, 101), 100);
}

static void never_goes_back(void **state)
{
	(void)state;
	assert_int_equal(clock_next(10, 100, 5), 10);
	assert_int_equal(clock_next(10, 10, 40), 10);
	assert_int_equal(clock_next(10, 9, DB_TIME_NONE), 10);
	assert_int_equal(clock_next(10, DB_TIME_NONE, 40), 10);
	assert_int_equal(clock_next(10, DB_TIME_NONE, DB_TIME_NONE), 10);
}

static bool log_is_good(void)
{
	struct db_settings settings = { world.config.db_socket,
		world.config.db_name, world.config.db_reader,
		(unsigned)world.config.db_timeout_s };
	struct db *db = db_open(&settings);
	int status;

	assert_non_null(db);
	status = log_check(&world.config, db, clock_machine());
	db_close(db);
	return status == 0;
}

/* The log of this world is real: as a rehearsal's it is refused. */
static void stands_until_it_is_moved_or_joins(void **state)
{
	(void)state;
	assert_true(llabs(clock_now() - time(NULL)) <= 1);
	assert_false(clock_rehearses() || clock_stands());
	assert_true(log_is_good());
	clock_rehearse(1000);
	assert_true(clock_rehearses() && clock_stands());
	assert_int_equal(clock_now_us(), INT64_C(1000) * US);
	assert_true(llabs(clock_machine() - time(NULL)) <= 1);
	assert_false(log_is_good());
	clock_move(1500);
	assert_int_equal(clock_now(), 1500);
	clock_move(1400);
	assert_int_equal(clock_now(), 1500);
	clock_join();
	assert_true(clock_rehearses());
	assert_false(clock_stands());
	assert_true(llabs(clock_now() - time(NULL)) <= 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_to_what_is_due_first),
		cmocka_unit_test(never_goes_back),
		WORLD_TEST(stands_until_it_is_moved_or_joins),
	};

	return cmocka_run_group_tests(tests, world_open, world_close);
}
