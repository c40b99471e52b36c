/* A COMMIT whose answer is lost, a second writer, a database that goes. */
#include "world.h"

#include <poll.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>

/*
 * A proxy stands between the writer and the database. Armed, it drops both
 * sides of a connection at its next COMMIT: before the server sees it, or
 * after it has answered; once, or at each COMMIT.
 */
enum arm { NOTHING, DROP_BEFORE, DROP_AFTER, DROP_EACH };

static struct {
	char path[100], server[100];
	int listener;
	pthread_t thread;
	atomic_int arm;
	atomic_int passing; /* COMMITs that pass first */
	atomic_int dropped;
} proxy;

static int open_socket(struct sockaddr_un *address, const char *path)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	strcpy(address->sun_path, path);
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int connect_server(void)
{
	struct sockaddr_un address;
	int server = open_socket(&address, proxy.server);

	if (connect(server, (struct sockaddr *)&address, sizeof(address))) {
		close(server);
		return -1;
	}
	return server;
}

static bool holds_commit(const char *bytes, size_t size)
{
	return memmem(bytes, size,
		   "\x03"
		   "COMMIT",
		   7) != NULL;
}

/* False: the connection has ended. */
static bool pass_on(int from, int to, bool *committing)
{
	char bytes[1 << 16];
	ssize_t size = read(from, bytes, sizeof(bytes));

	if (size <= 0)
		return false;
	if (committing && holds_commit(bytes, (size_t)size)) {
		*committing = atomic_fetch_sub(&proxy.passing, 1) <= 0;
		if (*committing && atomic_load(&proxy.arm) == DROP_BEFORE)
			return false;
	}
	return send(to, bytes, (size_t)size, MSG_NOSIGNAL) == size;
}

/* The server's answer to a COMMIT is there: shall it arrive? */
static bool is_dropped(bool *committing)
{
	int arm = atomic_load(&proxy.arm);

	if (!*committing)
		return false;
	*committing = false;
	return arm == DROP_AFTER || arm == DROP_EACH;
}

static void *carry(void *context)
{
	int client = (int)(intptr_t)context, server = connect_server();
	struct pollfd ends[] = { { client, POLLIN, 0 }, { server, POLLIN, 0 } };
	bool goes_on = server >= 0, committing = false;

	while (goes_on && poll(ends, 2, -1) > 0) {
		if (ends[0].revents)
			goes_on = pass_on(client, server, &committing);
		if (goes_on && ends[1].revents)
			goes_on = !is_dropped(&committing) &&
				  pass_on(server, client, NULL);
	}
	if (atomic_load(&proxy.arm) != NOTHING) {
		atomic_fetch_add(&proxy.dropped, 1);
		if (atomic_load(&proxy.arm) != DROP_EACH)
			atomic_store(&proxy.arm, NOTHING);
	}
	close(client);
	if (server >= 0)
		close(server);
	return NULL;
}

static void *take_in(void *context)
{
	pthread_t thread;
	int client;

	(void)context;
	while ((client = accept(proxy.listener, NULL, NULL)) >= 0)
		if (pthread_create(
			&thread, NULL, carry, (void *)(intptr_t)client) == 0)
			pthread_detach(thread);
	return NULL;
}

static int open_group(void **state)
{
	struct sockaddr_un address;

	if (world_open(state))
		return -1;
	set_text(proxy.path, "proxy.sock");
	set_text(proxy.server, "db/db.sock");
	proxy.listener = open_socket(&address, proxy.path);
	if (bind(
		proxy.listener, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(proxy.listener, 8))
		return -1;
	return pthread_create(&proxy.thread, NULL, take_in, NULL);
}

static int close_group(void **state)
{
	shutdown(proxy.listener, SHUT_RDWR);
	pthread_join(proxy.thread, NULL);
	close(proxy.listener);
	return world_close(state);
}

static int reset(void **state)
{
	int status = world_reset(state);

	strcpy(world.config.db_socket, proxy.path);
	atomic_store(&proxy.arm, NOTHING);
	atomic_store(&proxy.dropped, 0);
	atomic_store(&proxy.passing, 0);
	return status;
}

static long fence(void)
{
	return sql_number("SELECT fence FROM log_head");
}

/* --- an answer that is lost ----------------------------------------------- */

static void one_effect(enum arm arm)
{
	struct request *gate, *first, *second;
	long before;

	assert_true(writer_start(&world.parts));
	assert_int_equal(ask_now("z", "add zero", NULL), ERR_OK);
	before = fence();
	gate = hold();
	first = ask("a", "add one");
	second = ask("b", "sign two");
	atomic_store(&proxy.passing, 1); /* that of the act at the gate */
	atomic_store(&proxy.arm, arm);
	open_gate();
	wait_done(4);
	assert_int_equal(first->error, ERR_OK);
	assert_int_equal(second->error, ERR_OK);
	assert_int_equal(atomic_load(&proxy.dropped), 1);
	assert_int_equal(second->log_size, 4);
	assert_int_equal(writer_log_size(), 4);
	assert_int_equal(sql_number("SELECT size FROM log_head"), 4);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM log_entry"), 4);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM organisation"), 2);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM signup"), 1);
	/* And the writer goes on from there. */
	assert_int_equal(ask_now("c", "add three", NULL), ERR_OK);
	assert_int_equal(writer_log_size(), 5);
	if (arm == DROP_AFTER)
		assert_int_equal(fence(), before + 1);
	drop(gate);
	drop(first);
	drop(second);
}

static void a_commit_that_never_arrived(void **state)
{
	(void)state;
	one_effect(DROP_BEFORE);
}

static void a_commit_that_was_not_answered(void **state)
{
	(void)state;
	one_effect(DROP_AFTER);
}

/* Nothing of the head changes: only the kept answer tells. */
static void a_commit_without_events(void **state)
{
	(void)state;
	assert_true(writer_start(&world.parts));
	atomic_store(&proxy.arm, DROP_AFTER);
	assert_int_equal(ask_now("a", "time x", NULL), ERR_OK);
	assert_int_equal(ask_now("a", "time x", NULL), ERR_OK);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM idempotency"), 1);
}

/* Nothing but that a due act has failed: the retry of the batch may not count
 * it again. */
static void a_failure_whose_commit_was_not_answered(void **state)
{
	(void)state;
	assert_true(writer_start(&world.parts));
	assert_int_equal(ask_now("a", "due nobody:s:5", NULL), ERR_OK);
	atomic_store(&proxy.arm, DROP_AFTER);
	set_clock(clock_us() + 5 * US);
	while (atomic_load(&proxy.dropped) < 1)
		usleep(1000);
	assert_int_equal(ask_now("b", "time x", NULL), ERR_OK);
	assert_int_equal(sql_number("SELECT failures FROM due"), 1);
	assert_int_equal(
	    sql_number("SELECT TIMESTAMPDIFF(SECOND, at, try_at) FROM due"), 1);
}

/* The session is killed in the middle of a batch: it is run again. */
static void a_killed_session(void **state)
{
	struct request *gate, *act;

	(void)state;
	assert_true(writer_start(&world.parts));
	gate = hold();
	act = ask("a", "add one");
	run("ops/database.sh client %s/db -e 'KILL %ld'", world.dir,
	    sql_number("SELECT id FROM information_schema.processlist"
		       " WHERE user = 'klero_writer'"));
	open_gate();
	sem_post(&verb_gate); /* the waiting act runs a second time */
	wait_done(2);
	assert_int_equal(gate->error, ERR_OK);
	assert_int_equal(act->error, ERR_OK);
	assert_int_equal(writer_log_size(), 2);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM organisation"), 1);
	drop(gate);
	drop(act);
}

/* Of a COMMIT that nobody could ask about for long it turns out later that it
 * had happened: time does not go back behind it. */
static void time_goes_on_after_a_long_gap(void **state)
{
	char answer[ANSWER_SIZE];

	(void)state;
	world.config.db_timeout_s = 1;
	assert_true(writer_start(&world.parts));
	assert_int_equal(ask_now("a", "add one", NULL), ERR_OK);
	set_clock(clock_us() + 100 * US);
	atomic_store(&proxy.arm, DROP_EACH);
	assert_int_equal(ask_now("b", "add two", NULL), ERR_UNKNOWN_OUTCOME);
	atomic_store(&proxy.arm, NOTHING);
	set_clock(clock_us() - 50 * US);
	assert_int_equal(ask_now("c", "time x", answer), ERR_OK);
	assert_string_equal(answer, "{\"at\":2000000100}");
	assert_int_equal(ask_now("b", "add two", NULL), ERR_OK);
	assert_int_equal(writer_log_size(), 3);
}

/* The same while each act of a batch is run alone: the log is still ours. */
static void a_long_gap_is_not_another_writer(void **state)
{
	struct request *gate, *before, *faulty, *after;

	(void)state;
	world.config.db_timeout_s = 1;
	assert_true(writer_start(&world.parts));
	gate = hold();
	before = ask("a", "add before");
	faulty = ask("b", "add-long middle");
	after = ask("c", "add after");
	atomic_store(&proxy.passing, 1);
	atomic_store(&proxy.arm, DROP_EACH);
	open_gate();
	wait_done(4);
	atomic_store(&proxy.arm, NOTHING);
	assert_int_equal(before->error, ERR_UNKNOWN_OUTCOME);
	assert_int_equal(faulty->error, ERR_BUSY);
	assert_int_equal(after->error, ERR_BUSY);
	assert_true(writer_works());
	assert_int_equal(ask_now("a", "add before", NULL), ERR_OK);
	assert_int_equal(ask_now("c", "add after", NULL), ERR_OK);
	assert_int_equal(writer_log_size(), 3);
	drop(gate);
	drop(before);
	drop(faulty);
	drop(after);
}

/* --- whose log it is ------------------------------------------------------ */

static void another_writer_stops_us(void **state)
{
	(void)state;
	assert_true(writer_start(&world.parts));
	assert_int_equal(ask_now("a", "add one", NULL), ERR_OK);
	assert_true(writer_works());
	sql("UPDATE log_head SET fence = fence + 1, holder = 'another'");
	assert_int_equal(ask_now("b", "add two", NULL), ERR_BUSY);
	assert_false(writer_works());
	assert_int_equal(sql_number("SELECT COUNT(*) FROM organisation"), 1);
}

/* Taken over while we did not know what our COMMIT had done. */
static void another_writer_in_the_gap(void **state)
{
	struct request *act;

	(void)state;
	assert_true(writer_start(&world.parts));
	atomic_store(&proxy.arm, DROP_EACH);
	act = ask("a", "add one");
	while (atomic_load(&proxy.dropped) < 2)
		usleep(1000);
	sql("UPDATE log_head SET fence = fence + 1, holder = 'another'");
	wait_done(1);
	atomic_store(&proxy.arm, NOTHING);
	assert_int_equal(act->error, ERR_UNKNOWN_OUTCOME);
	assert_false(writer_works());
	drop(act);
}

/* A tree that does not add up is not written to. */
static void a_broken_edge_is_refused(void **state)
{
	(void)state;
	sql("UPDATE log_head SET frontier = REPEAT('x', 32)");
	assert_false(writer_start(&world.parts));
}

#define COMMIT_TEST(name)                                                      \
	cmocka_unit_test_setup_teardown(name, reset, world_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		COMMIT_TEST(a_commit_that_never_arrived),
		COMMIT_TEST(a_commit_that_was_not_answered),
		COMMIT_TEST(a_commit_without_events),
		COMMIT_TEST(a_failure_whose_commit_was_not_answered),
		COMMIT_TEST(a_killed_session),
		COMMIT_TEST(time_goes_on_after_a_long_gap),
		COMMIT_TEST(a_long_gap_is_not_another_writer),
		COMMIT_TEST(another_writer_stops_us),
		COMMIT_TEST(another_writer_in_the_gap),
		COMMIT_TEST(a_broken_edge_is_refused),
	};

	return cmocka_run_group_tests(tests, open_group, close_group);
}
