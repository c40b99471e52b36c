/* Acts: in order, together or apart, once, and undone alone. */
#include "world.h"

enum { RANDOM_ACTS = 500, POOL = 120, KEY_SIZE = 32 };

/* --- the same acts, however they are gathered ----------------------------- */

/* xorshift64: the same sequence in each run. */
static uint64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void random_act(
    uint64_t *state, unsigned number, char key[], char body[])
{
	static const char *const words[] = { "add", "add", "add-refuse",
		"send-refuse", "account", "revoke", "sign", "sign", "sign",
		"text", "due", "open" };
	const char *word =
	    words[next(state) % (sizeof(words) / sizeof(*words))];
	unsigned id = (unsigned)(next(state) % POOL);
	/* Now and then a key that was used before. */
	unsigned by = next(state) % 8 ? number : number / 2;

	snprintf(key, KEY_SIZE, "key-%u", by);
	if (strcmp(word, "text") == 0)
		snprintf(body, KEY_SIZE, "text %u", 32760 + id % 20);
	else if (strcmp(word, "due") == 0)
		snprintf(body, KEY_SIZE, "due k:s%u:%u", id, 100 + id);
	else if (strcmp(word, "open") == 0)
		snprintf(body, KEY_SIZE, "open notice");
	else
		snprintf(body, KEY_SIZE, "%s %u-%s", word, id, word);
}

static void play(struct request *requests[RANDOM_ACTS])
{
	uint64_t state = 0x9e3779b97f4a7c15;
	struct request *first = hold();

	for (unsigned i = 0; i < RANDOM_ACTS; i++) {
		char key[KEY_SIZE], body[KEY_SIZE];

		random_act(&state, i, key, body);
		requests[i] = ask(key, body);
	}
	open_gate();
	wait_done(RANDOM_ACTS + 1);
	drop(first);
}

/* How each ended, and every row. */
static char *everything(uint64_t staging, uint64_t batch_acts)
{
	static const char *const selects[] = {
		"SELECT size, HEX(root), HEX(frontier) FROM log_head",
		"SELECT *, HEX(leaf), HEX(event_id) FROM log_entry"
		" ORDER BY idx",
		"SELECT level, idx, HEX(hashes) FROM log_tile ORDER BY 1, 2",
		"SELECT HEX(sha256), event_index, bytes FROM log_text"
		" ORDER BY 1",
		"SELECT *, HEX(salt) FROM event_private ORDER BY 1, 2",
		"SELECT HEX(event_id), HEX(digest), at, status, location,"
		" etag, log_size, signs, sealed, reply FROM idempotency"
		" ORDER BY turn",
		"SELECT * FROM due ORDER BY kind, subject, seq",
		"SELECT * FROM organisation ORDER BY id",
		"SELECT * FROM account ORDER BY id",
		"SELECT id, state, seq, event_index, notice, institution,"
		" signed_at FROM signup ORDER BY turn",
	};
	struct request *requests[RANDOM_ACTS];
	char *all = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&all, &size);

	world_reset(NULL);
	world.config.batch_staging = staging;
	world.config.batch_acts = batch_acts;
	assert_true(writer_start(&world.parts));
	play(requests);
	writer_stop();
	for (unsigned i = 0; i < RANDOM_ACTS; i++) {
		fprintf(out, "%u: %d %s\n", i, requests[i]->error,
		    requests[i]->error ? "" : requests[i]->text);
		drop(requests[i]);
	}
	for (size_t i = 0; i < sizeof(selects) / sizeof(*selects); i++) {
		char *rows = sql_rows(selects[i]);

		fprintf(out, "%s\n%s", selects[i], rows);
		free(rows);
	}
	fclose(out);
	return all;
}

static void same_however_gathered(void **state)
{
	char *apart = everything(0, 1);

	(void)state;
	for (int way = 0; way < 3; way++) {
		char *other = everything(way != 0, way == 1 ? 1 : 256);

		if (strcmp(apart, other) != 0) {
			for (size_t i = 0; apart[i]; i++)
				if (apart[i] != other[i])
					fail_msg("way %d differs at %.200s\n"
						 "--- and %.200s",
					    way, apart + i, other + i);
		}
		assert_string_equal(apart, other);
		free(other);
	}
	/* The test is worth nothing unless all kinds of ends are in it. */
	assert_non_null(strstr(apart, "\"receipt\""));
	assert_true(sql_number("SELECT COUNT(*) FROM log_tile") >= 1);
	assert_true(sql_number("SELECT COUNT(*) FROM log_text") >= 1);
	assert_true(sql_number("SELECT COUNT(*) FROM log_entry"
			       " WHERE kind = 'opened'") > 10);
	assert_true(sql_number("SELECT COUNT(*) FROM due") > 10);
	free(apart);
}

/* --- duplicates ----------------------------------------------------------- */

static void duplicates_in_a_batch(void **state)
{
	struct request *first, *again, *other, *gate;
	char answer[ANSWER_SIZE];

	(void)state;
	assert_true(writer_start(&world.parts));
	gate = hold();
	first = ask("key", "sign one");
	again = ask("key", "sign one");
	other = ask("key", "sign two");
	open_gate();
	wait_done(4);
	assert_int_equal(first->error, ERR_OK);
	assert_int_equal(again->error, ERR_OK);
	assert_int_equal(first->status, 201);
	assert_int_equal(again->status, 201);
	assert_string_equal(first->text, again->text);
	assert_int_equal(first->log_size, again->log_size);
	assert_int_equal(other->error, ERR_KEY_REUSED);
	assert_int_equal(writer_log_size(), 2);
	/* Later, and after a restart. */
	assert_int_equal(ask_now("key", "sign one", answer), ERR_OK);
	assert_memory_equal(answer, first->text, 30);
	writer_stop();
	assert_true(writer_start(&world.parts));
	assert_int_equal(ask_now("key", "sign one", answer), ERR_OK);
	assert_memory_equal(answer, first->text, 30);
	assert_int_equal(ask_now("key", "sign two", NULL), ERR_KEY_REUSED);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM signup"), 1);
	drop(first);
	drop(again);
	drop(other);
	drop(gate);
}

/* What was refused may be asked again with the same key. */
static void a_refusal_is_not_kept(void **state)
{
	(void)state;
	assert_true(writer_start(&world.parts));
	assert_int_equal(ask_now("key", "add-refuse one", NULL), ERR_STATE);
	assert_int_equal(ask_now("key", "add one", NULL), ERR_OK);
	assert_int_equal(writer_log_size(), 2);
}

/* Without a key each is an act of its own. */
static void without_a_key(void **state)
{
	(void)state;
	assert_true(writer_start(&world.parts));
	assert_int_equal(ask_now(NULL, "text 5", NULL), ERR_OK);
	assert_int_equal(ask_now(NULL, "text 5", NULL), ERR_OK);
	assert_int_equal(writer_log_size(), 3);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM idempotency"), 0);
}

static void what_proves_itself_is_its_own_key(void **state)
{
	static const struct route proves = { .method = "POST",
		.path = "/proof",
		.handle = do_verb,
		.class = ROUTE_ACT,
		.proves_itself = true };
	struct request *mine = make(&proves, NULL, "text 7");
	struct request *theirs = make(&proves, "key", "text 7");

	(void)state;
	theirs->caller = (struct caller){ 0 };
	assert_true(writer_start(&world.parts));
	assert_int_equal(writer_submit(mine), ERR_OK);
	assert_int_equal(writer_submit(theirs), ERR_OK);
	wait_done(2);
	assert_int_equal(mine->error, ERR_OK);
	assert_int_equal(theirs->error, ERR_OK);
	assert_string_equal(mine->text, theirs->text);
	assert_int_equal(writer_log_size(), 2);
	drop(mine);
	drop(theirs);
}

/* --- refusals ------------------------------------------------------------- */

static void a_refusal_undoes_that_act_alone(const char *word)
{
	struct request *gate, *before, *refused, *after;
	char body[KEY_SIZE];

	assert_true(writer_start(&world.parts));
	gate = hold();
	before = ask("a", "add before");
	snprintf(body, sizeof(body), "%s middle", word);
	refused = ask("b", body);
	after = ask("c", "add after");
	open_gate();
	wait_done(4);
	assert_int_equal(before->error, ERR_OK);
	assert_int_equal(refused->error, ERR_STATE);
	assert_int_equal(after->error, ERR_OK);
	assert_int_equal(after->log_size, 3);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM organisation"), 2);
	/* It is not in the writer's memory either. */
	assert_int_equal(ask_now("d", "add middle", NULL), ERR_OK);
	drop(gate);
	drop(before);
	drop(refused);
	drop(after);
}

static void a_refusal_before_anything_was_sent(void **state)
{
	(void)state;
	a_refusal_undoes_that_act_alone("add-refuse");
}

static void a_refusal_after_rows_were_sent(void **state)
{
	(void)state;
	a_refusal_undoes_that_act_alone("send-refuse");
}

/* A row that memory does not know: only the bulk insert finds it. */
static void a_conflict_is_refused_to_whom_it_belongs(void **state)
{
	struct request *gate, *before, *refused, *after;

	(void)state;
	sql("INSERT INTO organisation SET id = 'middle', state = 'active',"
	    " seq = 1, event_index = 0, name = 'x'");
	assert_true(writer_start(&world.parts));
	gate = hold();
	before = ask("a", "add before");
	refused = ask("b", "add middle");
	after = ask("c", "add after");
	open_gate();
	wait_done(4);
	assert_int_equal(before->error, ERR_OK);
	assert_int_equal(refused->error, ERR_EXISTS);
	assert_int_equal(after->error, ERR_OK);
	assert_int_equal(writer_log_size(), 3);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM organisation"), 3);
	drop(gate);
	drop(before);
	drop(refused);
	drop(after);
}

/* What the database will never take fails alone, and stores nothing. */
static void a_fault_does_not_take_others_along(void **state)
{
	struct request *gate, *before, *faulty, *after;

	(void)state;
	assert_true(writer_start(&world.parts));
	gate = hold();
	before = ask("a", "add before");
	faulty = ask("b", "add-long middle");
	after = ask("c", "add after");
	open_gate();
	wait_done(4);
	assert_int_equal(before->error, ERR_OK);
	assert_int_equal(faulty->error, ERR_BUSY);
	assert_int_equal(after->error, ERR_OK);
	assert_int_equal(writer_log_size(), 3);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM organisation"), 2);
	drop(gate);
	drop(before);
	drop(faulty);
	drop(after);
}

static enum error revoked(struct request *request)
{
	return request_fail(request, ERR_FORBIDDEN, "已撤销", "revoked", NULL);
}

static void the_caller_is_looked_at_again(void **state)
{
	(void)state;
	world.parts.recheck = revoked;
	assert_true(writer_start(&world.parts));
	assert_int_equal(ask_now("a", "add one", NULL), ERR_FORBIDDEN);
	assert_int_equal(writer_log_size(), 1);
}

static void a_stale_act_is_prepared_again(void **state)
{
	(void)state;
	assert_true(writer_start(&world.parts));
	assert_int_equal(ask_now("a", "stale 3", NULL), ERR_OK);
	assert_int_equal(world.again, WRITER_AGAIN_MAX);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM organisation"), 1);
}

static void but_not_for_ever(void **state)
{
	(void)state;
	assert_true(writer_start(&world.parts));
	assert_int_equal(ask_now("a", "stale 4", NULL), ERR_BUSY);
	assert_int_equal(world.again, WRITER_AGAIN_MAX);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM organisation"), 0);
}

static void a_full_queue_refuses(void **state)
{
	struct request *gate, *first, *second;

	(void)state;
	world.config.act_queue = 1;
	assert_true(writer_start(&world.parts));
	gate = hold();
	first = ask("a", "add one");
	second = make(&people_route, "b", "add two");
	assert_int_equal(writer_submit(second), ERR_BUSY);
	assert_int_equal(writer_waiting(), 1);
	open_gate();
	wait_done(2);
	assert_int_equal(writer_submit(second), ERR_OK);
	wait_done(3);
	drop(gate);
	drop(first);
	drop(second);
}

/* What is under way ends; what waits is refused, and so is what comes. */
static void nothing_is_written_once_it_is_halted(void **state)
{
	struct request *gate, *waits, *late;

	(void)state;
	assert_true(writer_start(&world.parts));
	gate = hold();
	waits = ask("a", "add one");
	assert_true(writer_works());
	writer_halt();
	assert_false(writer_works());
	late = make(&people_route, "b", "add two");
	assert_int_equal(writer_submit(late), ERR_BUSY);
	open_gate();
	wait_done(2);
	assert_int_equal(gate->error, ERR_OK);
	assert_int_equal(waits->error, ERR_BUSY);
	assert_int_equal(sql_number("SELECT COUNT(*) FROM organisation"), 0);
	writer_stop();
	assert_true(writer_start(&world.parts)); /* a person has looked */
	assert_int_equal(ask_now("a", "add one", NULL), ERR_OK);
	drop(gate);
	drop(waits);
	drop(late);
}

/* --- queues --------------------------------------------------------------- */

static struct request *ask_in(enum act_queue queue, const char *body)
{
	static const struct route routes[QUEUES] = {
		[QUEUE_DEADLINE] = { .method = "POST",
		    .path = "/proof",
		    .handle = do_verb,
		    .class = ROUTE_ACT,
		    .proves_itself = true },
		[QUEUE_PEOPLE] = { .method = "POST",
		    .path = "/test",
		    .handle = do_verb,
		    .class = ROUTE_ACT },
		[QUEUE_BULK] = { .method = "POST",
		    .path = "/bulk",
		    .handle = do_verb,
		    .class = ROUTE_ACT,
		    .bulk = true },
	};
	struct request *request = make(&routes[queue], body, body);

	assert_int_equal(writer_submit(request), ERR_OK);
	return request;
}

/* Parties before people before what is brought in; each in its order. */
static void queues_have_an_order(void **state)
{
	static const struct {
		enum act_queue queue;
		const char *body;
		uint64_t log_size; /* after it */
	} asked[] = {
		{ QUEUE_BULK, "add bulk-1", 6 },
		{ QUEUE_BULK, "add bulk-2", 7 },
		{ QUEUE_PEOPLE, "add people-1", 4 },
		{ QUEUE_DEADLINE, "text 1", 2 },
		{ QUEUE_PEOPLE, "add people-2", 5 },
		{ QUEUE_DEADLINE, "text 2", 3 },
		{ QUEUE_BULK, "add bulk-3", 8 },
	};
	enum { COUNT = sizeof(asked) / sizeof(*asked) };
	struct request *requests[COUNT], *gate;

	(void)state;
	world.config.batch_bulk_acts = 2;
	assert_true(writer_start(&world.parts));
	gate = hold();
	for (size_t i = 0; i < COUNT; i++)
		requests[i] = ask_in(asked[i].queue, asked[i].body);
	open_gate();
	wait_done(COUNT + 1);
	for (size_t i = 0; i < COUNT; i++) {
		assert_int_equal(requests[i]->error, ERR_OK);
		assert_int_equal(requests[i]->log_size, asked[i].log_size);
		drop(requests[i]);
	}
	drop(gate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(same_however_gathered),
		WORLD_TEST(duplicates_in_a_batch),
		WORLD_TEST(a_refusal_is_not_kept),
		WORLD_TEST(without_a_key),
		WORLD_TEST(what_proves_itself_is_its_own_key),
		WORLD_TEST(a_refusal_before_anything_was_sent),
		WORLD_TEST(a_refusal_after_rows_were_sent),
		WORLD_TEST(a_conflict_is_refused_to_whom_it_belongs),
		WORLD_TEST(a_fault_does_not_take_others_along),
		WORLD_TEST(the_caller_is_looked_at_again),
		WORLD_TEST(a_stale_act_is_prepared_again),
		WORLD_TEST(but_not_for_ever),
		WORLD_TEST(a_full_queue_refuses),
		WORLD_TEST(nothing_is_written_once_it_is_halted),
		WORLD_TEST(queues_have_an_order),
	};

	return cmocka_run_group_tests(tests, world_open, world_close);
}
