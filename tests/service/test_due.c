/* What happens by itself: in time, in order, once. */
#include "world.h"

enum { LATE = 9 };

/* What the due acts of this file did, in order: "KIND:SUBJECT@seconds ". */
static char story[4096];
static pthread_mutex_t story_lock = PTHREAD_MUTEX_INITIALIZER;

static void tell(struct request *request, const char *kind)
{
	pthread_mutex_lock(&story_lock);
	sprintf(story + strlen(story), "%s:%s@%ld ", kind, request->params[0],
	    (long)(act_at(request) - 2000000000));
	pthread_mutex_unlock(&story_lock);
}

/* Read under the lock: the writer's thread writes it. */
static void copy_story(char copy[static sizeof(story)])
{
	pthread_mutex_lock(&story_lock);
	strcpy(copy, story);
	pthread_mutex_unlock(&story_lock);
}

static void assert_story(const char *expected)
{
	char copy[sizeof(story)];

	copy_story(copy);
	assert_string_equal(copy, expected);
}

static enum error close_it(struct request *request)
{
	const char *id = request->params[0];
	struct organisation row = { .object = { .id = id }, .name = id };

	tell(request, "close");
	request->caller.role = ROLE_ADMIN; /* whose event it is */
	return act_add(request, &organisation_kind, &row,
	    EVENT_ORGANISATION_ENROLLED, NULL, NULL);
}

static enum error always_fails(struct request *request)
{
	tell(request, "fail");
	return request_fail(request, ERR_STATE, "不行", "no", NULL);
}

/* The database refuses it each time: no column is that long. */
static enum error always_breaks(struct request *request)
{
	struct organisation row = { .object = { .id = "x" } };
	char *name = arena_alloc(&request->arena, 5000);

	memset(name, 'x', 4999);
	row.name = name;
	tell(request, "break");
	request->caller.role = ROLE_ADMIN;
	return act_add(request, &organisation_kind, &row,
	    EVENT_ORGANISATION_ENROLLED, json_object(), NULL);
}

static const struct due dues[] = {
	{ "close", close_it },
	{ "fail", always_fails },
	{ "break", always_breaks },
	{ 0 },
};
static const struct resource due_resource = { .dues = dues };
static const struct resource *const due_resources[] = { &due_resource, NULL };

static int reset(void **state)
{
	int status = world_reset(state);

	*story = '\0';
	world.parts.resources = due_resources;
	return status;
}

static void start(void)
{
	assert_true(writer_start(&world.parts));
}

static void pass(long seconds_on)
{
	set_clock(clock_us() + seconds_on * US);
}

/* Until nothing waits that is due by now. */
static void await_dues(void)
{
	char query[200];

	snprintf(query, sizeof(query),
	    "SELECT COUNT(*) FROM due WHERE state = 'waiting'"
	    " AND try_at <= FROM_UNIXTIME(%ld)",
	    (long)seconds());
	for (int i = 0; i < 2000 && sql_number(query) > 0; i++)
		usleep(5000);
	assert_int_equal(sql_number(query), 0);
}

/* --- once ----------------------------------------------------------------- */

static void happens_once_across_restarts(void **state)
{
	(void)state;
	start();
	assert_int_equal(ask_now("a", "due close:one:5", NULL), ERR_OK);
	pass(4);
	assert_int_equal(ask_now("b", "time x", NULL), ERR_OK);
	assert_story("");
	pass(1);
	await_dues();
	assert_story("close:one@5 ");
	for (int i = 0; i < 2; i++) {
		writer_stop();
		start();
		pass(10);
		assert_int_equal(ask_now(NULL, "time x", NULL), ERR_OK);
	}
	assert_story("close:one@5 ");
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM due WHERE state = 'done'"), 1);
	assert_int_equal(writer_log_size(), 2);
}

static void what_was_missed_happens_in_order(void **state)
{
	(void)state;
	start();
	assert_int_equal(ask_now("a", "due close:late:7", NULL), ERR_OK);
	assert_int_equal(ask_now("b", "due close:early:3", NULL), ERR_OK);
	assert_int_equal(ask_now("c", "due close:b:5", NULL), ERR_OK);
	assert_int_equal(ask_now("d", "due close:a:5", NULL), ERR_OK);
	writer_stop();
	pass(100);
	start();
	await_dues();
	assert_story("close:early@100 close:a@100 close:b@100 close:late@100 ");
}

static void the_same_due_act_is_set_once(void **state)
{
	(void)state;
	start();
	assert_int_equal(ask_now("a", "due close:one:5", NULL), ERR_OK);
	assert_int_equal(ask_now("b", "due close:one:9", NULL), ERR_CONFLICT);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM due"), 1);
}

/* --- failures ------------------------------------------------------------- */

static void one_that_fails_is_parked(const char *kind, const char *once)
{
	char body[64], expected[200], told[sizeof(story)];
	size_t size = strlen(once);

	start();
	snprintf(body, sizeof(body), "due %s:s:5", kind);
	assert_int_equal(ask_now("a", body, NULL), ERR_OK);
	assert_int_equal(ask_now("b", "due close:s:6", NULL), ERR_OK);
	pass(5);
	await_dues();
	copy_story(told);
	assert_memory_equal(told, once, size);
	pass(1);
	await_dues();
	/* The other one is not held up by it. */
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM organisation WHERE id = 's'"), 1);
	pass(10);
	await_dues();
	snprintf(expected, sizeof(expected),
	    "SELECT failures FROM due WHERE kind = '%s' AND state = 'parked'",
	    kind);
	assert_int_equal(sql_number(expected), 3);
	pass(1000);
	assert_int_equal(ask_now("c", "time x", NULL), ERR_OK);
	assert_int_equal(sql_number(expected), 3);
	assert_int_equal(writer_log_size(), 2);
}

static void a_refused_one_is_parked(void **state)
{
	(void)state;
	one_that_fails_is_parked("fail", "fail:s@5 ");
	assert_story("fail:s@5 fail:s@6 close:s@6 fail:s@16 ");
}

static void a_broken_one_is_parked(void **state)
{
	(void)state;
	one_that_fails_is_parked("break", "break:s@5 ");
}

static void an_unknown_one_is_parked(void **state)
{
	(void)state;
	one_that_fails_is_parked("nobody", "");
}

/* Its event is in the log, whatever the row says: it cannot happen again, and
 * does not hold up the others. */
static void what_is_in_the_log_does_not_happen_again(void **state)
{
	(void)state;
	start();
	assert_int_equal(ask_now("a", "due close:one:5", NULL), ERR_OK);
	pass(5);
	await_dues();
	sql("TRUNCATE TABLE organisation;"
	    "UPDATE due SET state = 'waiting'");
	writer_stop();
	start();
	assert_int_equal(ask_now("b", "due close:two:0", NULL), ERR_OK);
	await_dues();
	for (int i = 0; i < 2; i++) {
		pass(10);
		await_dues();
	}
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM due WHERE state = 'parked'"
		       " AND subject = 'one' AND failures = 3"),
	    1);
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM organisation WHERE id = 'two'"),
	    1);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM organisation"), 1);
	assert_int_equal(writer_log_size(), 3);
}

/* The end of a writer does what is due by then; that of a halted one does
 * not. */
static void nothing_happens_once_it_is_halted(void **state)
{
	(void)state;
	start();
	assert_int_equal(ask_now("a", "due close:one:5", NULL), ERR_OK);
	writer_halt();
	pass(6);
	writer_stop();
	assert_story("");
	assert_int_equal(
	    sql_number("SELECT COUNT(*) FROM due WHERE failures = 0"), 1);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM log_entry"), 1);
	start(); /* a person has looked */
	await_dues();
	assert_story("close:one@6 ");
}

/* --- fairness ------------------------------------------------------------- */

/* Stamped before the time: however late it is queued, it comes first. */
static void who_came_in_time_comes_first(void **state)
{
	struct request *in_time, *late;

	(void)state;
	start();
	assert_int_equal(ask_now("a", "due close:s:5", NULL), ERR_OK);
	pass(4);
	in_time = make(&people_route, "b", "time x");
	writer_expect(in_time);
	pass(3);
	late = ask("c", "time x");
	/* The due act waits, and so does who came after it. */
	usleep(200000);
	assert_story("");
	assert_int_equal(world.done, 1);
	assert_int_equal(writer_submit(in_time), ERR_OK);
	wait_done(3);
	await_dues();
	assert_int_equal(time_in(in_time), 2000000004);
	assert_story("close:s@7 ");
	assert_int_equal(time_in(late), 2000000007);
	drop(in_time);
	drop(late);
}

/* Stamped before the time, and on its way to the list when that came. */
static void who_is_between_gate_and_list_comes_first(void **state)
{
	struct request *in_time;

	(void)state;
	start();
	assert_int_equal(ask_now("a", "due close:s:5", NULL), ERR_OK);
	pass(4);
	in_time = make(&people_route, "b", "time x");
	pass(1);
	usleep(2000);
	assert_int_equal(writer_submit(in_time), ERR_OK);
	wait_done(2);
	await_dues();
	assert_int_equal(time_in(in_time), 2000000004);
	assert_story("close:s@5 ");
	drop(in_time);
}

/* Two times have passed; who came between them runs between them. */
static void who_came_between_runs_between(void **state)
{
	struct request *between;

	(void)state;
	start();
	assert_int_equal(ask_now("a", "due close:first:5", NULL), ERR_OK);
	assert_int_equal(ask_now("b", "due close:second:8", NULL), ERR_OK);
	set_clock(clock_us() + 1);
	between = make(&people_route, "c", "time x");
	between->stamp_us = clock_us() + 6 * US;
	writer_expect(between);
	pass(LATE);
	usleep(200000);
	assert_story("close:first@7 ");
	assert_int_equal(writer_submit(between), ERR_OK);
	wait_done(3);
	await_dues();
	assert_int_equal(time_in(between), 2000000007);
	assert_story("close:first@7 close:second@9 ");
	drop(between);
}

static void a_straggler_is_not_waited_for_for_ever(void **state)
{
	struct request *straggler;

	(void)state;
	world.config.deadline_wait_s = 1;
	start();
	assert_int_equal(ask_now("a", "due close:s:5", NULL), ERR_OK);
	straggler = make(&people_route, "b", "time x");
	writer_expect(straggler);
	pass(6);
	await_dues();
	assert_story("close:s@6 ");
	assert_int_equal(writer_submit(straggler), ERR_OK);
	wait_done(2);
	assert_int_equal(time_in(straggler), 2000000006);
	drop(straggler);
}

static void who_is_dismissed_is_not_waited_for(void **state)
{
	struct request *gone;

	(void)state;
	world.config.deadline_wait_s = 60;
	start();
	assert_int_equal(ask_now("a", "due close:s:5", NULL), ERR_OK);
	gone = make(&people_route, "b", "time x");
	writer_expect(gone);
	pass(6);
	usleep(100000);
	assert_story("");
	writer_dismiss(gone);
	await_dues();
	assert_story("close:s@6 ");
	drop(gone);
}

/* As if a worker took long to prepare it again. */
static struct request *held_back;
static void hold_back(struct request *request)
{
	__atomic_store_n(&held_back, request, __ATOMIC_SEQ_CST);
}

static void a_stale_one_is_waited_for(void **state)
{
	struct request *stale;

	(void)state;
	world.config.deadline_wait_s = 60;
	world.parts.again = hold_back;
	start();
	assert_int_equal(ask_now("a", "due close:s:5", NULL), ERR_OK);
	stale = ask("b", "stale 1");
	for (int i = 0;
	     i < 2000 && !__atomic_load_n(&held_back, __ATOMIC_SEQ_CST); i++)
		usleep(5000);
	assert_ptr_equal(held_back, stale);
	pass(6);
	usleep(100000);
	assert_story("");
	assert_int_equal(writer_submit(stale), ERR_OK);
	await_dues();
	assert_story("close:s@6 ");
	wait_done(2);
	assert_int_equal(stale->error, ERR_OK);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM log_entry WHERE"
				    " subject = 'stale' AND bytes LIKE"
				    " '%2033-05-18T03:33:24Z%'"),
	    1);
	drop(stale);
}

/* --- the clock ------------------------------------------------------------ */

static void time_never_goes_back(void **state)
{
	char answer[ANSWER_SIZE];

	(void)state;
	start();
	assert_int_equal(ask_now("a", "add one", NULL), ERR_OK);
	pass(-50);
	assert_int_equal(ask_now("b", "time x", answer), ERR_OK);
	assert_string_equal(answer, "{\"at\":2000000000}");
	writer_stop();
	start();
	assert_int_equal(ask_now("c", "time x", answer), ERR_OK);
	assert_string_equal(answer, "{\"at\":2000000000}");
}

#define DUE_TEST(name) cmocka_unit_test_setup_teardown(name, reset, world_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DUE_TEST(happens_once_across_restarts),
		DUE_TEST(what_was_missed_happens_in_order),
		DUE_TEST(the_same_due_act_is_set_once),
		DUE_TEST(a_refused_one_is_parked),
		DUE_TEST(a_broken_one_is_parked),
		DUE_TEST(an_unknown_one_is_parked),
		DUE_TEST(what_is_in_the_log_does_not_happen_again),
		DUE_TEST(nothing_happens_once_it_is_halted),
		DUE_TEST(who_came_in_time_comes_first),
		DUE_TEST(who_is_between_gate_and_list_comes_first),
		DUE_TEST(who_came_between_runs_between),
		DUE_TEST(a_straggler_is_not_waited_for_for_ever),
		DUE_TEST(who_is_dismissed_is_not_waited_for),
		DUE_TEST(a_stale_one_is_waited_for),
		DUE_TEST(time_never_goes_back),
	};

	return cmocka_run_group_tests(tests, world_open, world_close);
}
