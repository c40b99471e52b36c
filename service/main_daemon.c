/* main_daemon.c -- klerod: serve until told to stop. */
#include "beacons.h"
#include "caller.h"
#include "clock.h"
#include "config.h"
#include "credentials.h"
#include "db.h"
#include "delegations.h"
#include "diary.h"
#include "dispatch.h"
#include "due.h"
#include "finder.h"
#include "genesis.h"
#include "health.h"
#include "http.h"
#include "kind.h"
#include "kl_time.h"
#include "lending.h"
#include "log_check.h"
#include "log_keys.h"
#include "log_read.h"
#include "login.h"
#include "migrate.h"
#include "network.h"
#include "notify.h"
#include "page.h"
#include "password.h"
#include "process.h"
#include "publisher.h"
#include "rehearsal.h"
#include "route.h"
#include "schema_version.h"
#include "session.h"
#include "site.h"
#include "stream.h"
#include "sweeper.h"
#include "upkeep.h"
#include "upload.h"
#include "version.h"
#include "witnesses.h"
#include "worker.h"
#include "writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DRAIN_LOOK_MS = 5, MILLION = 1000000, REFUSED = EXIT_FAILURE };

static bool load(struct config *config, const char *path)
{
	FILE *input = fopen(path, "r");
	bool good;

	if (!input) {
		perror(path);
		return false;
	}
	good = config_read(config, input, stderr);
	fclose(input);
	return good;
}

/* --- before we listen ----------------------------------------------------- */

static struct db *open_as(
    const struct config *config, const char *user, struct db_settings *settings)
{
	*settings = (struct db_settings){ config->db_socket, config->db_name,
		user, (unsigned)config->db_timeout_s };
	return db_open(settings);
}

/* Prepare every statement once, so bad SQL stops the start, not a user. */
static bool check_reads(struct db *db)
{
	if (!db_check(db, caller_statements) || !db_check(db, session_reads) ||
	    !db_check(db, log_read_statements) ||
	    !db_check(db, witnesses_statements) ||
	    !db_check(db, rehearsal_statements) ||
	    !db_check(db, kind_statements(false)))
		return false;
	for (size_t i = 0; resources[i]; i++)
		if (resources[i]->reads && !db_check(db, resources[i]->reads))
			return false;
	return true;
}

static bool check_writes(struct db *db)
{
	if (!db_check(db, due_statements) ||
	    !db_check(db, kind_statements(true)))
		return false;
	for (size_t i = 0; resources[i]; i++)
		if (resources[i]->writes && !db_check(db, resources[i]->writes))
			return false;
	return true;
}

static bool check_upkeeps(struct db *db)
{
	if (!db_check(db, sweeper_upkeeps))
		return false;
	for (size_t i = 0; resources[i]; i++)
		if (resources[i]->upkeeps &&
		    !db_check(db, resources[i]->upkeeps))
			return false;
	return true;
}

/* The schema is ours, the SQL is good, the log is the one we signed. */
static int check_database(const struct config *config)
{
	struct db_settings reading, writing, keeping;
	struct db *reader = open_as(config, config->db_reader, &reading);
	struct db *writer = open_as(config, config->db_writer, &writing);
	struct db *upkeep = open_as(config, config->db_upkeep, &keeping);
	int status = REFUSED;

	if (reader && writer && upkeep &&
	    migrate_at_head(reader, SCHEMA_VERSION, SCHEMA_SHA256) &&
	    check_reads(reader) && check_writes(writer) &&
	    check_upkeeps(upkeep)) {
		rehearsal_begin(reader);
		status = log_check(config, reader, clock_now());
		if (status == EXIT_SUCCESS)
			status = witnesses_hear(config);
	}
	db_close(reader);
	db_close(writer);
	db_close(upkeep);
	return status;
}

/* --- serving -------------------------------------------------------------- */

/* The log has grown: whoever waits for that may go on. */
static void on_grown(uint64_t size)
{
	worker_wake(size);
	publisher_wake(size);
}

/* A checkpoint is out: likewise. */
static void on_published(uint64_t size)
{
	worker_wake_published(size);
	streams_published(size);
	witnesses_wake(size);
	if (clock_stands())
		writer_wake();
}

/* What waits for a cosignature may go on. */
static void on_cosigned(uint64_t size)
{
	(void)size;
	writer_wake();
}

/* Somebody knows another log of ours: it is read on, and grows no more. */
static void on_alarm(const char *reason)
{
	publisher_halt(reason);
	writer_halt();
}

/*
 * Everything accepted is answered: acts run to their end in the writer, whose
 * answers go out by the workers, so the writer ends before them, and who
 * listens ends last.
 */
static void stop(const struct config *config, struct http *http)
{
	const struct timespec moment = { 0, DRAIN_LOOK_MS * MILLION };
	uint64_t looks = config->http_request_s * 1000 / DRAIN_LOOK_MS;

	beacons_stop();
	if (http)
		http_drain(http);
	streams_stop();
	workers_drain();
	while (http && http_pending(http) > 0 && looks-- > 0)
		nanosleep(&moment, NULL);
	writer_stop();
	workers_stop();
	finder_stop();
	health_watch(NULL);
	http_stop(http);
	publisher_stop();
	witnesses_stop();
	sweeper_stop();
	upkeep_close();
	upload_close();
	page_cache_close();
	site_close();
}

/* Those who log in. */
static bool people_start(const struct config *config)
{
	network_open(config);
	session_open(config);
	login_open(config);
	credentials_open(config);
	delegations_open(config);
	if (password_open(config) && upkeep_open(config))
		return true;
	diary_write("people-failed", NULL);
	return false;
}

/* False: not all of it runs, which the diary has told. */
static bool start(const struct config *config,
    const struct writer_parts *writer, const struct publisher_parts *publisher,
    const struct witnesses_parts *witnesses)
{
	page_cache_open(config->page_cache_mb << 20);
	lending_open(config);
	streams_start(config);
	if (!people_start(config) || !upload_open(config))
		return false;
	sweeper_start(config);
	if (!writer_start(writer) || !publisher_start(publisher) ||
	    !witnesses_start(witnesses) || !finder_start(config))
		return false;
	worker_wake(writer_log_size());
	return workers_start(config, dispatch_jobs);
}

static void run(const struct config *config, const struct http *http)
{
	health_watch(http);
	diary_write("started", "{s:i, s:s}", "port", (int)http_port(http),
	    "version", VERSION);
	notify_ready(config, http, writer_beats);
	process_wait();
	notify_stopping();
	diary_write("stopping", NULL);
}

static int serve(const struct config *config)
{
	const struct writer_parts writer = { config, resources, worker_finish,
		dispatch_again, page_shows, on_grown, caller_recheck,
		caller_load, clock_now_us, publisher_size, NULL };
	const struct publisher_parts publisher = { config, page_shows,
		on_published, writer_holds };
	const struct witnesses_parts witnesses = { config, on_cosigned,
		on_alarm };
	struct http *http = NULL;
	int status = log_keys_open(config);

	if (status == EXIT_SUCCESS)
		status = witnesses_open(config);
	if (status == EXIT_SUCCESS)
		status = beacons_open(config);
	if (status == EXIT_SUCCESS)
		status = check_database(config);
	/* Told to end before it has begun, it does not begin. */
	if (status == EXIT_SUCCESS && !process_ends()) {
		site_open(config);
		http = http_start(config, &dispatch_stages);
		if (http && start(config, &writer, &publisher, &witnesses) &&
		    beacons_start(config, http_port(http))) {
			http_open(http);
			run(config, http);
		} else {
			status = EXIT_FAILURE;
		}
		stop(config, http);
	}
	witnesses_close();
	log_keys_close();
	if (status == EXIT_SUCCESS)
		diary_write("stopped", NULL);
	return status;
}

static bool has_our_schema(const struct config *config)
{
	struct db_settings settings;
	struct db *reader = open_as(config, config->db_reader, &settings);
	bool good =
	    reader && migrate_at_head(reader, SCHEMA_VERSION, SCHEMA_SHA256);

	db_close(reader);
	return good;
}

static int begin_log(const struct config *config)
{
	return has_our_schema(config) ? genesis(config) : REFUSED;
}

/* --- the program ---------------------------------------------------------- */

static int usage(const char *program)
{
	fprintf(stderr,
	    "usage: %s FILE            serve\n"
	    "       %s --init FILE     begin the log of an empty database\n"
	    "       %s --init --rehearsal TIME FILE\n"
	    "                         one whose time is not real: it begins "
	    "at\n"
	    "                         TIME, and an operator moves it\n"
	    "       %s --check-config FILE\n"
	    "       %s --print-config\n",
	    program, program, program, program, program);
	return EXIT_FAILURE;
}

/* What every thread inherits, before there is any. */
static bool prepare(void)
{
	if (!process_prepare())
		return false;
	kind_prepare();
	return true;
}

/* --init --rehearsal TIME FILE: the clock stands at TIME from here on. */
static bool takes_rehearsal(int argc, char *argv[])
{
	int64_t from;

	if (argc != 5 || strcmp(argv[1], "--init") != 0 ||
	    strcmp(argv[2], "--rehearsal") != 0 ||
	    kl_time_read(argv[3], strlen(argv[3]), &from))
		return false;
	clock_rehearse(from);
	return true;
}

int main(int argc, char *argv[])
{
	const char *option = argc > 1 ? argv[1] : "";
	bool begins = strcmp(option, "--init") == 0;
	bool checks = strcmp(option, "--check-config") == 0;
	struct config config;

	config_init(&config);
	if (argc == 2 && strcmp(option, "--print-config") == 0) {
		config_print(&config, stdout);
		return EXIT_SUCCESS;
	}
	if (!takes_rehearsal(argc, argv) &&
	    (argc != (begins || checks ? 3 : 2) ||
		(*option == '-' && !begins && !checks)))
		return usage(argv[0]);
	if (!load(&config, argv[argc - 1]))
		return EXIT_FAILURE;
	if (checks)
		return EXIT_SUCCESS;
	if (!prepare())
		return EXIT_FAILURE;
	return begins ? begin_log(&config) : serve(&config);
}
