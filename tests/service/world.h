/*
 * world.h -- a writer, a clock and a private MariaDB for tests of the service.
 *
 * world_open() and world_close() are a group's setup and teardown,
 * world_reset() a test's setup: it leaves the log with its first entry alone.
 * Acts are asked for by words, see `verbs` below; the clock stands still
 * unless a test sets it.
 */
#ifndef WORLD_H
#define WORLD_H

#include "unit.h"

#include "accounts.h"
#include "batch.h"
#include "genesis.h"
#include "kl_time.h"
#include "log_keys.h"
#include "organisations.h"
#include "signups.h"
#include "writer.h"

#include <pthread.h>
#include <semaphore.h>
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
	unsigned done, shown;
	sem_t gate;   /* an act `wait` stands before it */
	sem_t inside; /* and says so here */
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

/* --- verbs ---------------------------------------------------------------- */

static inline enum error add(struct request *request, const char *id)
{
	struct organisation row = { .object = { .id = id }, .name = id };
	enum error error = act_add(request, &organisation_kind, &row,
	    EVENT_ORGANISATION_ENROLLED, NULL, NULL);

	return error ? error
		     : request_reply(request, 201,
			   kind_json(&organisation_kind, &row, false));
}

static inline enum error add_and_refuse(struct request *request, const char *id)
{
	enum error error = add(request, id);

	return error ? error
		     : request_fail(request, ERR_STATE, "不行", "no", NULL);
}

static inline enum error send_and_refuse(
    struct request *request, const char *id)
{
	enum error error = add(request, id);

	if (!error)
		error = act_direct(request);
	return error ? error : ERR_STATE;
}

static inline enum error account(struct request *request, const char *id)
{
	struct kl_hash hash = kl_hash_of(id, 1); /* few of them: UNIQUE */
	char hex[KL_HASH_HEX];
	struct account row = { .object = { .id = id },
		.organisation = "org",
		.role = "owner",
		.key_hash = hex };
	enum error error;

	kl_hash_hex(&hash, hex);
	error = act_add(
	    request, &account_kind, &row, EVENT_ACCOUNT_CREATED, NULL, NULL);
	return error
		   ? error
		   : request_reply(request, 201, json_pack("{s:s}", "id", id));
}

static inline enum error revoke_it(struct request *request, const char *id)
{
	const void *found;
	struct account *row;
	enum error error = act_find(request, &account_kind, id, &found);

	if (error)
		return error;
	row = kind_copy(&account_kind, found, &request->arena);
	error = act_change(
	    request, &account_kind, row, EVENT_ACCOUNT_REVOKED, NULL, NULL);
	return error
		   ? error
		   : request_reply(request, 200, json_pack("{s:s}", "id", id));
}

static inline enum error sign_up(struct request *request, const char *id)
{
	struct signup row = { .object = { .id = id },
		.notice = "notice",
		.institution = id,
		.name = id,
		.signed_at = act_at(request) };
	json_t *reply;
	enum error error = act_add(
	    request, &signup_kind, &row, EVENT_SIGNUP_MADE, NULL, "notice");

	if (error)
		return error;
	reply = json_pack("{s:s}", "id", id);
	error = act_receipt(request, reply, row.object.event_index);
	if (error)
		json_decref(reply);
	return error ? error : request_reply(request, 201, reply);
}

static inline enum error open_all(struct request *request, const char *notice)
{
	uint64_t count = 0;
	enum error error;

	act_by_itself(request);
	error = act_open(request, notice, &count);
	return error ? error
		     : request_reply(request, 200,
			   json_pack("{s:I}", "opened", (json_int_t)count));
}

/* `id` and a text of as many bytes as it says, all `x`. */
static inline enum error text(struct request *request, const char *id)
{
	size_t size = strtoul(id, NULL, 10);
	char *bytes = arena_alloc(&request->arena, size + 1);
	json_t *data = json_object();
	enum error error;

	memset(bytes, 'x', size);
	act_by_itself(request);
	error = act_text(request, data, bytes, size);
	if (error) {
		json_decref(data);
		return error;
	}
	error = act_event(request, EVENT_DRAW_DRAFTED, id, 1, data, NULL);
	return error
		   ? error
		   : request_reply(request, 200, json_pack("{s:s}", "id", id));
}

/* "KIND:SUBJECT:SECONDS from now" */
static inline enum error make_due(struct request *request, const char *what)
{
	char kind[64], subject[64];
	long seconds_on;
	enum error error;

	if (sscanf(what, "%63[^:]:%63[^:]:%ld", kind, subject, &seconds_on) !=
	    3)
		return ERR_INVALID;
	error =
	    act_due(request, kind, subject, 1, act_at(request) + seconds_on);
	return error ? error : request_reply(request, 200, json_pack("{}"));
}

/* The database refuses its answer: the column is too short. */
static inline enum error add_too_long(struct request *request, const char *id)
{
	char *location = arena_alloc(&request->arena, 3000);

	memset(location, 'x', 2999);
	request->location = location;
	return add(request, id);
}

static inline enum error tell_time(struct request *request, const char *id)
{
	(void)id;
	return request_reply(request, 200,
	    json_pack("{s:I}", "at", (json_int_t)act_at(request)));
}

static inline enum error wait_at_gate(struct request *request, const char *id)
{
	sem_post(&world.inside);
	sem_wait(&world.gate);
	return tell_time(request, id);
}

static const struct verb {
	const char *name;
	enum error (*run)(struct request *request, const char *id);
	enum role role;
} verbs[] = {
	{ "add", add, ROLE_ADMIN },
	{ "add-refuse", add_and_refuse, ROLE_ADMIN },
	{ "send-refuse", send_and_refuse, ROLE_ADMIN },
	{ "add-long", add_too_long, ROLE_ADMIN },
	{ "account", account, ROLE_ADMIN },
	{ "revoke", revoke_it, ROLE_ADMIN },
	{ "sign", sign_up, ROLE_INSTITUTION },
	{ "open", open_all, ROLE_ADMIN },
	{ "text", text, ROLE_ADMIN },
	{ "due", make_due, ROLE_ADMIN },
	{ "time", tell_time, ROLE_ADMIN },
	{ "wait", wait_at_gate, ROLE_ADMIN },
};

static inline const struct verb *verb_of(const char *body)
{
	size_t size = strcspn(body, " ");

	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strlen(verbs[i].name) == size &&
		    memcmp(verbs[i].name, body, size) == 0)
			return &verbs[i];
	fail_msg("no verb in %s", body);
	return NULL;
}

static inline enum error do_verb(struct request *request)
{
	const char *body = request->body_text;

	return verb_of(body)->run(request, strchr(body, ' ') + 1);
}

static const struct route people_route = {
	.method = "POST", .path = "/test", .handle = do_verb, .class = ROUTE_ACT
};

/* --- asking --------------------------------------------------------------- */

static inline void on_done(struct request *request, enum error error)
{
	pthread_mutex_lock(&world.lock);
	request->error = error;
	world.done++;
	pthread_cond_broadcast(&world.changed);
	pthread_mutex_unlock(&world.lock);
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
	request->caller =
	    (struct caller){ "somebody", "org", verb_of(body)->role, 1 };
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

	sem_wait(&world.inside);
	return request;
}

static inline void open_gate(void)
{
	sem_post(&world.gate);
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
	strcpy(config->log_origin, "test.example/log");
	world.parts = (struct writer_parts){ config, resources, on_done,
		on_shows, NULL, NULL, clock_us, count_random };
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
	if (genesis(&world.config) || !log_keys_open(&world.config))
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
	sem_init(&world.gate, 0, 0);
	sem_init(&world.inside, 0, 0);
	world.done = world.shown = 0;
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
