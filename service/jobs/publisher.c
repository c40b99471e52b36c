#include "publisher.h"

#include "clock.h"
#include "diary.h"
#include "file.h"
#include "high_water.h"
#include "log_keys.h"
#include "log_read.h"
#include "log_reread.h"
#include "route.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	RETRY_MS = 500,
	LOOK_MS = 1000, /* when nothing happens: whose is the log? */
};

static const struct db_statement select_note = {
	"SELECT note FROM log_checkpoint WHERE size = ?",
};

static const struct db_statement insert_checkpoint = {
	"INSERT INTO log_checkpoint (size, root, note, signed_at)"
	" VALUES (?, ?, ?, ?)",
};

static const struct db_statement *const statements[] = {
	&select_note,
	&insert_checkpoint,
	NULL,
};

static struct {
	const struct publisher_parts *parts;
	struct db_settings settings;
	pthread_t thread;
	bool started;
	atomic_bool works;

	/* Under the lock. */
	pthread_mutex_t lock;
	pthread_cond_t wanted, published; /* grown; a new one is out */
	uint64_t committed;
	bool stopping;
	struct published latest, quorum;

	/* The thread's own. */
	struct db *db;
	struct tree *tree, *next; /* as signed; as read since */
} publisher = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.wanted = PTHREAD_COND_INITIALIZER,
	.published = PTHREAD_COND_INITIALIZER,
};

static void lock(void)
{
	pthread_mutex_lock(&publisher.lock);
}

static void unlock(void)
{
	pthread_mutex_unlock(&publisher.lock);
}

/* --- signing -------------------------------------------------------------- */

/* Nothing will be signed any more: a person must look. */
void publisher_halt(const char *reason)
{
	if (atomic_exchange(&publisher.works, false))
		diary_write("publisher_stopped", "{s:s, s:I}", "reason", reason,
		    "size", (json_int_t)publisher_size());
}

/* Signed before, and then stopped before it was published? */
static enum error compare_note(
    uint64_t size, const struct kl_buf *note, const char **fault)
{
	struct arena arena = { 0 };
	struct db_blob stored;
	enum error error;

	db_use(publisher.db, &arena);
	error = db_row(publisher.db, &select_note, DB_IN(db_u64(size)),
	    DB_OUT(db_to_blob(&stored)));
	if (!error && (stored.size != note->size ||
			  memcmp(stored.bytes, note->data, note->size) != 0))
		*fault = "another checkpoint of this size was signed";
	arena_clear(&arena);
	return error;
}

static enum error store_note(
    const struct tree *tree, const struct kl_buf *note, const char **fault)
{
	enum error error = db_begin(publisher.db, DB_WRITE);

	if (!error)
		error = db_exec(publisher.db, &insert_checkpoint,
		    DB_IN(db_u64(tree->size),
			db_bytes(tree->root.bytes, KL_HASH_SIZE),
			db_bytes(note->data, note->size), db_time(clock_now())),
		    NULL);
	if (!error)
		return db_commit(publisher.db);
	if (error == ERR_CONFLICT)
		error = compare_note(tree->size, note, fault);
	db_roll_back(publisher.db);
	return error;
}

/* Under the lock. */
static void fill(struct published *published, uint64_t size,
    const struct kl_hash *root, const void *note, size_t note_size)
{
	published->size = size;
	published->root = *root;
	memcpy(published->note, note, note_size);
	published->note[note_size] = '\0';
	published->note_size = note_size;
}

static void show(const struct tree *tree, const struct kl_buf *note)
{
	lock();
	fill(
	    &publisher.latest, tree->size, &tree->root, note->data, note->size);
	pthread_cond_broadcast(&publisher.published);
	unlock();
	if (publisher.parts->shows)
		publisher.parts->shows(SHOWS_LOG);
	if (publisher.parts->published)
		publisher.parts->published(tree->size);
}

/* Sign, store, remember outside the database; only then may it be seen. */
static enum error sign(const struct tree *tree, const char **fault)
{
	const char *path = publisher.parts->config->high_water_file;
	struct kl_buf note = KL_BUF(SIGNED_NOTE_MAX - 1);
	enum error error = error_of_lib(kl_checkpoint_sign(
	    &note, log_note_key(), log_signer(), tree->size, &tree->root));

	if (!error)
		error = store_note(tree, &note, fault);
	if (!error && !*fault &&
	    !high_water_write(path, (const char *)note.data, note.size))
		error = ERR_BUSY;
	if (!error && !*fault)
		show(tree, &note);
	kl_buf_clear(&note);
	return error;
}

/* False: try again. */
static bool publish(void)
{
	struct arena arena = { 0 };
	const char *fault = NULL;
	struct tree *next = publisher.next;
	enum error error = db_begin(publisher.db, DB_READ);

	*next = *publisher.tree;
	if (!error)
		error = log_reread(
		    publisher.db, &arena, publisher.parts->holds, next, &fault);
	db_roll_back(publisher.db);
	if (!error && !fault && next->size > publisher.tree->size &&
	    publisher_works())
		error = sign(next, &fault);
	if (fault) {
		publisher_halt(fault);
	} else if (!error) {
		publisher.next = publisher.tree;
		publisher.tree = next;
	}
	arena_clear(&arena);
	return !error;
}

/* --- the thread ----------------------------------------------------------- */

static struct timespec after_ms(uint64_t ms)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += (time_t)(ms / 1000);
	end.tv_nsec += (long)(ms % 1000) * 1000000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_nsec -= 1000000000;
		end.tv_sec++;
	}
	return end;
}

/* False: the time is over. */
static bool wait_until(pthread_cond_t *condition, const struct timespec *end)
{
	return pthread_cond_clockwait(
		   condition, &publisher.lock, CLOCK_MONOTONIC, end) == 0;
}

/* A pause; and, if all is published, until the log has grown, or it is time to
 * look whose it is. */
static bool wait_for_work(bool done)
{
	uint64_t pause_ms =
	    done ? publisher.parts->config->publish_ms : RETRY_MS;
	struct timespec end = after_ms(pause_ms);
	struct timespec look = after_ms(pause_ms + LOOK_MS);
	bool goes_on;

	lock();
	while (!publisher.stopping && wait_until(&publisher.wanted, &end))
		;
	while (!publisher.stopping &&
	       publisher.committed <= publisher.latest.size &&
	       wait_until(&publisher.wanted, &look))
		;
	goes_on = !publisher.stopping;
	unlock();
	return goes_on;
}

static void *work(void *context)
{
	bool goes_on = true;

	(void)context;
	pthread_setname_np(pthread_self(), "publisher");
	while (goes_on && atomic_load(&publisher.works)) {
		bool done = publish();

		goes_on = wait_for_work(done);
	}
	if (atomic_load(&publisher.works))
		(void)publish();
	db_thread_end();
	return NULL;
}

static void *must(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

static bool refuse(const char *reason)
{
	diary_write("publisher_start", "{s:s}", "reason", reason);
	return false;
}

/* What was signed last is published already. */
static bool begin_with(const char *note, size_t size)
{
	struct kl_note parts;
	struct kl_checkpoint checkpoint;
	struct kl_buf bytes = KL_BUF(SIGNED_NOTE_MAX - 1);
	enum error error;

	if (kl_checkpoint_open(note, size, log_note_key(), &parts, &checkpoint))
		return refuse("the high-water file is not signed by our key");
	error = db_begin(publisher.db, DB_READ);
	if (!error)
		error =
		    tree_load(publisher.db, checkpoint.size, publisher.tree);
	db_roll_back(publisher.db);
	if (error || !kl_hash_equal(&publisher.tree->root, &checkpoint.root))
		return refuse("the log is not the one that was signed");
	kl_buf_add(&bytes, note, size);
	if (kl_buf_result(&bytes))
		return refuse("the high-water file is too large");
	show(publisher.tree, &bytes);
	kl_buf_clear(&bytes);
	return true;
}

static bool open_publisher(const struct publisher_parts *parts)
{
	const struct config *config = parts->config;
	char note[HIGH_WATER_MAX];
	size_t size;

	publisher.parts = parts;
	publisher.settings =
	    (struct db_settings){ config->db_socket, config->db_name,
		    config->db_upkeep, (unsigned)config->db_timeout_s };
	lock(); /* the writer may wake us already */
	publisher.committed = publisher.latest.size = 0;
	publisher.quorum.size = 0;
	publisher.stopping = false;
	unlock();
	publisher.tree = must(calloc(1, sizeof(*publisher.tree)));
	publisher.next = must(calloc(1, sizeof(*publisher.next)));
	publisher.db = db_open(&publisher.settings);
	if (!publisher.db || !db_check(publisher.db, statements) ||
	    !db_check(publisher.db, log_reread_statements) ||
	    !db_check(publisher.db, tree_statements))
		return refuse("the database does not answer as it should");
	if (high_water_read(config->high_water_file, note, &size) !=
	    HIGH_WATER_READ)
		return refuse("the high-water file cannot be read");
	/* The log is ours: nobody else is writing it. */
	file_sweep(config->high_water_file);
	return begin_with(note, size);
}

static void close_publisher(void)
{
	db_close(publisher.db);
	free(publisher.tree);
	free(publisher.next);
	publisher.db = NULL;
	publisher.tree = publisher.next = NULL;
}

bool publisher_start(const struct publisher_parts *parts)
{
	assert(!publisher.started);
	if (!open_publisher(parts)) {
		close_publisher();
		return false;
	}
	atomic_store(&publisher.works, true);
	publisher.started = true;
	if (pthread_create(&publisher.thread, NULL, work, NULL))
		abort();
	return true;
}

void publisher_stop(void)
{
	if (!publisher.started)
		return;
	lock();
	publisher.stopping = true;
	pthread_cond_signal(&publisher.wanted);
	unlock();
	pthread_join(publisher.thread, NULL);
	publisher.started = false;
	close_publisher();
}

void publisher_wake(uint64_t size)
{
	lock();
	if (size > publisher.committed)
		publisher.committed = size;
	pthread_cond_signal(&publisher.wanted);
	unlock();
}

/* --- what others ask ------------------------------------------------------ */

void publisher_latest(struct published *published)
{
	lock();
	*published = publisher.latest;
	unlock();
}

uint64_t publisher_size(void)
{
	uint64_t size;

	lock();
	size = publisher.latest.size;
	unlock();
	return size;
}

bool publisher_wait(uint64_t size, unsigned timeout_ms)
{
	struct timespec end = after_ms(timeout_ms);
	bool covered;

	lock();
	while (publisher.latest.size < size &&
	       wait_until(&publisher.published, &end))
		;
	covered = publisher.latest.size >= size;
	unlock();
	return covered;
}

void publisher_cosigned(uint64_t size, const char *line, size_t line_size)
{
	struct published *latest = &publisher.latest;
	bool fits;

	lock();
	fits = latest->size == size &&
	       latest->note_size + line_size < sizeof(latest->note);
	if (fits) {
		memcpy(latest->note + latest->note_size, line, line_size);
		latest->note_size += line_size;
		latest->note[latest->note_size] = '\0';
	}
	unlock();
	if (fits && publisher.parts->shows)
		publisher.parts->shows(SHOWS_LOG);
}

void publisher_quorum(uint64_t size, const struct kl_hash *root,
    const void *note, size_t note_size)
{
	struct published *quorum = &publisher.quorum;
	bool is_newer;

	lock();
	is_newer =
	    (size > quorum->size ||
		(size == quorum->size && note_size > quorum->note_size)) &&
	    note_size < sizeof(quorum->note);
	if (is_newer)
		fill(quorum, size, root, note, note_size);
	unlock();
	if (is_newer && publisher.parts->shows)
		publisher.parts->shows(SHOWS_LOG);
}

void publisher_latest_quorum(struct published *published)
{
	lock();
	*published = publisher.quorum;
	unlock();
}

bool publisher_works(void)
{
	return atomic_load(&publisher.works);
}
