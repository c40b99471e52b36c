/*
 * world.h -- a writer, a clock and a private MariaDB for tests of the service.
 *
 * world_open() and world_close() are a group's setup and teardown,
 * world_reset() a test's setup: it leaves the log with its first entry alone.
 * Acts are asked for by the words of verbs.h; the clock stands still
 * unless a test sets it.
 */
#ifndef WORLD_H
#define WORLD_H

#include "unit.h"

#include "batch.h"
#include "genesis.h"
#include "log_keys.h"
#include "verbs.h"
#include "writer.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { US = 1000000, DONE_S_MAX = 60, WORLD_TEXT = 4096, ANSWER_SIZE = 200 };

static struct {
	char dir[64];
	struct config config;
	struct writer_parts parts;
	int64_t clock_us; /* atomic by __atomic */
	uint64_t random;  /* a counter: the same seeds in each run */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned done, shown, again;
} world = { .lock = PTHREAD_MUTEX_INITIALIZER,
	.changed = PTHREAD_COND_INITIALIZER };

/* --- commands ------------------------------------------------------------- */

static inline void run(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
static inline void run(const char *format, ...)
{
	char command[WORLD_TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	if (system(command) != 0)
		fail_msg("failed: %s", command);
}

static inline void sql(const char *text)
{
	run("ops/database.sh client %s/db klero -e \"%s\"", world.dir, text);
}

/* Rows as lines, columns by tab; the caller's, to free. */
static inline char *sql_rows(const char *text)
{
	char command[WORLD_TEXT], *rows = NULL;
	size_t size = 0;
	FILE *copy = open_memstream(&rows, &size), *pipe;
	int byte;

	snprintf(command, sizeof(command),
	    "ops/database.sh client %s/db klero -N -e \"%s\"", world.dir, text);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	while ((byte = fgetc(pipe)) != EOF)
		fputc(byte, copy);
	assert_int_equal(pclose(pipe), 0);
	fclose(copy);
	return rows;
}

static inline long sql_number(const char *text)
{
	char *rows = sql_rows(text);
	long number = strtol(rows, NULL, 10);

	free(rows);
	return number;
}

/* --- the clock and the random bytes --------------------------------------- */

static inline int64_t clock_us(void)
{
	return __atomic_load_n(&world.clock_us, __ATOMIC_SEQ_CST);
}

static inline void set_clock(int64_t us)
{
	__atomic_store_n(&world.clock_us, us, __ATOMIC_SEQ_CST);
	writer_wake();
}

static inline int64_t seconds(void)
{
	return clock_us() / US;
}

static inline void count_random(void *bytes, size_t size)
{
	uint64_t number =
	    __atomic_add_fetch(&world.random, 1, __ATOMIC_SEQ_CST);

	memset(bytes, 0, size);
	memcpy(bytes, &number, sizeof(number));
}

/* --- asking --------------------------------------------------------------- */

static inline void on_done(struct request *first)
{
	pthread_mutex_lock(&world.lock);
	for (; first; first = first->next)
		world.done++;
	pthread_cond_broadcast(&world.changed);
	pthread_mutex_unlock(&world.lock);
}

/* Nothing is prepared here: at once in the queue again. */
static inline void on_again(struct request *request)
{
	__atomic_add_fetch(&world.again, 1, __ATOMIC_SEQ_CST);
	if (writer_submit(request))
		fail_msg("it is not taken again");
}

static inline void on_shows(unsigned collections)
{
	__atomic_or_fetch(&world.shown, collections, __ATOMIC_SEQ_CST);
}

/* A request with the words `body`, complete at the gate now. */
static inline struct request *make(
    const struct route *route, const char *key, const char *body)
{
	struct request *request = calloc(1, sizeof(*request));

	assert_non_null(request);
	request->route = route;
	request->body_text = arena_copy(&request->arena, body);
	request->body_size = strlen(body);
	request->headers[HEADER_IDEMPOTENCY_KEY] =
	    arena_copy(&request->arena, key);
	request->caller = (struct caller){ .account = "somebody",
		.organisation = "org",
		.role = verb_of(body)->role,
		.seq = 1 };
	request->stamp_us = clock_us();
	request->error = ERR_COUNT;
	return request;
}

static inline struct request *ask(const char *key, const char *body)
{
	struct request *request = make(&people_route, key, body);

	assert_int_equal(writer_submit(request), ERR_OK);
	return request;
}

static inline void wait_done(unsigned count)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += DONE_S_MAX;
	pthread_mutex_lock(&world.lock);
	while (world.done < count)
		if (pthread_cond_timedwait(&world.changed, &world.lock, &end) !=
		    0)
			break;
	pthread_mutex_unlock(&world.lock);
	assert_int_equal(world.done, count);
}

static inline void drop(struct request *request)
{
	request_clear(request);
	free(request);
}

/* Ask, wait, and tell how it ended. `answer`, unless NULL, has ANSWER_SIZE
 * bytes. */
static inline enum error ask_now(
    const char *key, const char *body, char *answer)
{
	unsigned before = world.done;
	struct request *request = ask(key, body);
	enum error error;

	wait_done(before + 1);
	error = request->error;
	if (answer)
		snprintf(answer, ANSWER_SIZE, "%s",
		    request->text ? request->text : "");
	drop(request);
	return error;
}

static inline int64_t time_in(const struct request *request)
{
	json_auto_t *reply =
	    json_loadb(request->text, request->text_size, 0, NULL);

	return json_integer_value(json_object_get(reply, "at"));
}

/* Hold the writer inside an act until open_gate(): what is asked meanwhile
 * makes one batch. */
static inline struct request *hold(void)
{
	struct request *request = ask(NULL, "wait x");

	sem_wait(&verb_inside);
	return request;
}

static inline void open_gate(void)
{
	sem_post(&verb_gate);
}

/* --- the group and its tests ---------------------------------------------- */

static inline void set_text(char *to, const char *name)
{
	sprintf(to, "%s/%s", world.dir, name);
}

static inline void settle_config(void)
{
	struct config *config = &world.config;

	config_init(config);
	set_text(config->db_socket, "db/db.sock");
	set_text(config->log_key_file, "log.key");
	set_text(config->receipt_key_file, "receipt.key");
	set_text(config->high_water_file, "high-water");
	config->clock_skew_ms = 0; /* our clock is not the database's */
	strcpy(config->log_origin, "test.example/log");
	world.parts =
	    (struct writer_parts){ config, resources, on_done, on_again,
		    on_shows, NULL, NULL, NULL, clock_us, NULL, count_random };
}

static inline void make_key(const char *name, int number)
{
	run("(umask 077; echo %064d >%s/%s; chmod 0400 %s/%s)", number,
	    world.dir, name, world.dir, name);
}

static inline int world_open(void **state)
{
	const char *build = getenv("KLERO_BUILD");

	(void)state;
	if (sodium_init() < 0 || !build)
		return -1;
	strcpy(world.dir, "/tmp/klero-w.XXXXXX");
	if (!mkdtemp(world.dir))
		return -1;
	settle_config();
	make_key("log.key", 1);
	make_key("receipt.key", 2);
	run("KLERO_OWNER=%d ops/database.sh start %s/db", getpid(), world.dir);
	run("ops/database.sh prepare %s/db %s/klero >/dev/null", world.dir,
	    build);
	kind_prepare();
	if (genesis(&world.config) || log_keys_open(&world.config))
		return -1;
	sql("CREATE TABLE base_head AS SELECT * FROM log_head;"
	    "CREATE TABLE base_entry AS SELECT * FROM log_entry;"
	    "CREATE TABLE base_checkpoint AS SELECT * FROM log_checkpoint");
	return 0;
}

static inline int world_close(void **state)
{
	(void)state;
	run("ops/database.sh stop %s/db && rm -rf %s", world.dir, world.dir);
	log_keys_close();
	return 0;
}

static inline int world_reset(void **state)
{
	static const char *const tables[] = { "log_head", "log_entry",
		"log_tile", "log_checkpoint", "log_text", "event_private",
		"idempotency", "due", "organisation", "account", "signup" };
	char text[WORLD_TEXT] = "";

	(void)state;
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		sprintf(text + strlen(text), "TRUNCATE TABLE %s;", tables[i]);
	strcat(text,
	    "INSERT INTO log_head SELECT * FROM base_head;"
	    "INSERT INTO log_entry SELECT * FROM base_entry;"
	    "INSERT INTO log_checkpoint SELECT * FROM base_checkpoint");
	sql(text);
	settle_config();
	sem_init(&verb_gate, 0, 0);
	sem_init(&verb_inside, 0, 0);
	world.done = world.shown = world.again = 0;
	world.random = 0;
	world.clock_us = INT64_C(2000000000) * US;
	return 0;
}

static inline int world_leave(void **state)
{
	(void)state;
	writer_stop();
	return 0;
}

#define WORLD_TEST(name)                                                       \
	cmocka_unit_test_setup_teardown(name, world_reset, world_leave)

#endif
