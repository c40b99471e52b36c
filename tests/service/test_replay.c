/* Keys that were used before: every act is first run as if its key were new. */
#include "world.h"

static const struct route bulk_route = { .method = "POST",
	.path = "/test",
	.handle = do_verb,
	.class = ROUTE_ACT,
	.bulk = true };

static void assert_ended(struct request *request, enum error error)
{
	assert_int_equal(request->error, error);
	drop(request);
}

/* It ended well, with that answer. */
static void assert_told(struct request *request, const char *answer)
{
	assert_int_equal(request->error, ERR_OK);
	assert_memory_equal(request->text, answer, strlen(answer));
	drop(request);
}

static long entries(void)
{
	return sql_number("SELECT COUNT(*) FROM log_entry");
}

/* It was refused, so the key was free for who came after it. */
static void a_key_refused_first_and_used_later(void **state)
{
	struct request *gate, *refused, *used, *again, *other;

	(void)state;
	assert_true(writer_start(&world.parts));
	gate = hold();
	refused = ask("k", "add-refuse one");
	used = ask("k", "add one");
	again = ask("k", "add one");
	other = ask("k", "add-refuse one");
	open_gate();
	wait_done(5);
	assert_ended(gate, ERR_OK);
	assert_ended(refused, ERR_STATE);
	assert_string_equal(used->text, again->text);
	assert_ended(used, ERR_OK);
	assert_ended(again, ERR_OK);
	assert_ended(other, ERR_KEY_REUSED);
	assert_int_equal(entries(), 2);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM idempotency"), 1);
}

/* The same though its row is sent before the refused one is looked up. */
static void a_key_sent_before_it_is_looked_up(void **state)
{
	struct request *gate, *refused, *used, *sent;

	(void)state;
	assert_true(writer_start(&world.parts));
	gate = hold();
	refused = ask("k", "add-refuse one");
	used = ask("k", "add one");
	sent = ask("s", "send-refuse two");
	open_gate();
	wait_done(4);
	assert_ended(gate, ERR_OK);
	assert_ended(refused, ERR_STATE);
	assert_ended(used, ERR_OK);
	assert_ended(sent, ERR_STATE);
	assert_int_equal(entries(), 2);
}

/* Answered before: refused by what it did then, or done again without a trace,
 * or used for something else, between new ones. */
static void old_keys_between_new_ones(void **state)
{
	char signed_up[ANSWER_SIZE], time[ANSWER_SIZE];
	struct request *gate, *refused, *succeeds, *other, *abused, *first,
	    *last;

	(void)state;
	assert_true(writer_start(&world.parts));
	assert_int_equal(ask_now("sign", "sign one", signed_up), ERR_OK);
	assert_int_equal(ask_now("time", "time x", time), ERR_OK);
	set_clock(clock_us() + 5 * US);
	gate = hold();
	first = ask("f", "add first");
	refused = ask("sign", "sign one");
	succeeds = ask("time", "time x");
	other = ask("time", "time y");
	abused = ask("sign", "add another");
	last = ask("l", "add last");
	open_gate();
	wait_done(9);
	assert_ended(gate, ERR_OK);
	assert_told(refused, signed_up);
	assert_told(succeeds, time);
	assert_ended(other, ERR_KEY_REUSED);
	assert_ended(abused, ERR_KEY_REUSED);
	assert_int_equal(first->log_size, 3);
	assert_int_equal(last->log_size, 4);
	assert_ended(first, ERR_OK);
	assert_ended(last, ERR_OK);
	assert_int_equal(entries(), 4);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM organisation"), 2);
}

/* A key is its account's. */
static void the_same_key_of_two_accounts(void **state)
{
	struct request *gate, *mine, *theirs, *again;

	(void)state;
	assert_true(writer_start(&world.parts));
	gate = hold();
	mine = ask("k", "add one");
	theirs = make(&people_route, "k", "add two");
	theirs->caller.account = "another";
	assert_int_equal(writer_submit(theirs), ERR_OK);
	open_gate();
	wait_done(3);
	again = make(&people_route, "k", "add one");
	again->caller.account = "another";
	assert_int_equal(writer_submit(again), ERR_OK);
	wait_done(4);
	assert_ended(gate, ERR_OK);
	assert_ended(mine, ERR_OK);
	assert_ended(theirs, ERR_OK);
	assert_ended(again, ERR_KEY_REUSED);
	assert_int_equal(entries(), 3);
}

static struct request *ask_in_bulk(const char *key, const char *body)
{
	struct request *request = make(&bulk_route, key, body);

	assert_int_equal(writer_submit(request), ERR_OK);
	return request;
}

/* The first takes so long that the second waits for the next batch. */
static void a_key_across_a_batch_that_was_cut(void **state)
{
	struct request *gate, *first, *again, *abused, *new;
	const struct timespec long_ms = { 0, 30000000 };

	(void)state;
	assert_true(writer_start(&world.parts));
	gate = hold();
	first = ask_in_bulk("k", "wait x");
	again = ask_in_bulk("k", "wait x");
	abused = ask_in_bulk("k", "add one");
	new = ask_in_bulk("n", "add two");
	open_gate();
	sem_wait(&verb_inside); /* now the batch of bulk acts has begun */
	nanosleep(&long_ms, NULL);
	open_gate();
	open_gate(); /* as if new, too */
	wait_done(5);
	assert_ended(gate, ERR_OK);
	assert_string_equal(first->text, again->text);
	assert_ended(first, ERR_OK);
	assert_ended(again, ERR_OK);
	assert_ended(abused, ERR_KEY_REUSED);
	assert_ended(new, ERR_OK);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM idempotency"), 2);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM organisation"), 1);
}

static bool revoked;

static enum error recheck(struct request *request)
{
	return revoked ? request_fail(
			     request, ERR_FORBIDDEN, "已撤销", "revoked", NULL)
		       : ERR_OK;
}

/* However it is found: refused, done again, or in the batch itself. */
static void no_answer_of_before_to_who_may_not_ask(void **state)
{
	(void)state;
	revoked = false;
	world.parts.recheck = recheck;
	assert_true(writer_start(&world.parts));
	assert_int_equal(ask_now("sign", "sign one", NULL), ERR_OK);
	assert_int_equal(ask_now("time", "time x", NULL), ERR_OK);
	assert_int_equal(ask_now("sign", "sign one", NULL), ERR_OK);
	revoked = true;
	assert_int_equal(ask_now("sign", "sign one", NULL), ERR_FORBIDDEN);
	assert_int_equal(ask_now("time", "time x", NULL), ERR_FORBIDDEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_key_refused_first_and_used_later),
		WORLD_TEST(a_key_sent_before_it_is_looked_up),
		WORLD_TEST(old_keys_between_new_ones),
		WORLD_TEST(the_same_key_of_two_accounts),
		WORLD_TEST(a_key_across_a_batch_that_was_cut),
		WORLD_TEST(no_answer_of_before_to_who_may_not_ask),
	};

	return cmocka_run_group_tests(tests, world_open, world_close);
}
