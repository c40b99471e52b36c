/* fsck.c -- klero fsck: the database against the log. */
#include "fsck.h"

#include "beacons.h"
#include "command.h"
#include "key_file.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Findings beyond these are counted and not told; and how long the database
 * may look for one answer. */
enum { TOLD_MAX = 10000, ANSWER_S_MAX = 3600 };

static const char usage_text[] =
    "usage: klero fsck FILE [--key VERIFIER] [--user ACCOUNT] [--json]\n"
    "FILE is the settings of klerod. Each finding is a line\n"
    "TABLE KEY MEMBER: what is wrong with it.\n";

struct options {
	const char *settings, *key, *user;
	bool json;
};

/* --- the report ----------------------------------------------------------- */

static void print(void *context, const struct fsck_finding *finding)
{
	const struct options *options = context;
	static unsigned told;

	if (told++ < TOLD_MAX)
		fsck_print(stdout, finding, options->json);
}

static int end(const struct fsck *fsck, enum error error)
{
	if (error) {
		fprintf(stderr, "fsck: the database failed: %s\n",
		    db_message(fsck->db));
		return COMMAND_UNUSABLE;
	}
	if (!fsck->has_key)
		fprintf(stderr, "fsck: no key: signatures were not checked\n");
	fprintf(stderr, "fsck: %" PRIu64 " entries, %" PRIu64 " findings\n",
	    fsck->size, fsck->report.count);
	if (fflush(stdout))
		return COMMAND_UNUSABLE;
	return fsck->report.count ? COMMAND_REFUSED : COMMAND_DONE;
}

/* --- the checks ----------------------------------------------------------- */

static enum error check_objects(struct fsck *fsck)
{
	enum error error = fsck_rows(fsck);

	return error ? error : fsck_draws(fsck);
}

/* Each in its turn; the later ones pass over what an earlier one doubts. */
static enum error check(struct fsck *fsck)
{
	static enum error (*const rest[])(struct fsck *) = { fsck_signed_end,
		fsck_cosigned, fsck_texts, fsck_private, fsck_answers,
		fsck_dues, fsck_groups, fsck_imports, fsck_files, fsck_seconds,
		fsck_schema };
	enum error error = fsck_signed_open(fsck);

	if (!error)
		error = fsck_log(fsck);
	if (!error)
		error = check_objects(fsck);
	while (!error && fsck_replay_again(&fsck->replay)) {
		error = fsck_log_again(fsck);
		if (!error)
			error = check_objects(fsck);
	}
	for (size_t i = 0; !error && i < sizeof(rest) / sizeof(*rest); i++) {
		error = rest[i](fsck);
		arena_clear(&fsck->arena);
	}
	return error;
}

static int run_on(struct fsck *fsck)
{
	enum error error;
	int status;

	kind_prepare();
	fsck->marks = fsck_marks_open();
	fsck_replay_open(&fsck->replay, &fsck->report, FSCK_OBJECTS_MAX);
	error = db_begin(fsck->db, DB_READ);
	if (!error)
		error = check(fsck);
	status = end(fsck, error);
	db_roll_back(fsck->db);
	fsck_replay_close(&fsck->replay);
	fsck_marks_close(fsck->marks);
	arena_clear(&fsck->arena);
	arena_clear(&fsck->kept);
	return status;
}

/* --- what it is run on ---------------------------------------------------- */

static bool read_settings(struct config *config, const char *path)
{
	FILE *file = fopen(path, "r");
	bool read = false;

	config_init(config);
	if (file)
		read = config_read(config, file, stderr);
	else
		fprintf(stderr, "fsck: %s: %s\n", path, strerror(errno));
	if (file)
		fclose(file);
	return read;
}

/* A file that we may not read is no fault: entry 0 names the key. */
static void read_key_file(struct fsck *fsck, const char *path)
{
	const char *origin = fsck->config->log_origin;
	struct kl_signer signer;
	struct stat found;

	if (stat(path, &found) || found.st_uid != geteuid() ||
	    access(path, R_OK) || key_file_read(path, &signer))
		return;
	fsck->has_key = !kl_note_key_make(
	    &fsck->key, origin, strlen(origin), KL_KEY_NOTE, &signer.key);
	kl_signer_clear(&signer);
}

static bool read_key(struct fsck *fsck, const char *text)
{
	if (!text) {
		read_key_file(fsck, fsck->config->log_key_file);
		return true;
	}
	fsck->has_key = !kl_note_key_read(text, strlen(text), &fsck->key) &&
			strcmp(fsck->key.name, fsck->config->log_origin) == 0;
	if (!fsck->has_key)
		fprintf(stderr, "fsck: no verifier key of log_origin\n");
	return fsck->has_key;
}

static int run_with(const struct options *options, const struct config *config)
{
	const struct db_settings settings = { config->db_socket,
		config->db_name,
		options->user ? options->user : config->db_fsck, ANSWER_S_MAX };
	struct fsck *fsck = calloc(1, sizeof(*fsck));
	int status = COMMAND_UNUSABLE;

	if (!fsck)
		abort();
	fsck->config = config;
	fsck->report =
	    (struct fsck_report){ print, (void *)(uintptr_t)options, 0 };
	fsck->high_water = high_water_read(
	    config->high_water_file, fsck->note, &fsck->note_size);
	if ((fsck->high_water == HIGH_WATER_READ ||
		fsck->high_water == HIGH_WATER_ABSENT) &&
	    read_key(fsck, options->key))
		fsck->db = db_open(&settings);
	if (fsck->db)
		status = run_on(fsck);
	db_close(fsck->db);
	free(fsck);
	return status;
}

static bool read_options(int argc, char *argv[], struct options *options)
{
	static const struct option names[] = {
		{ "key", required_argument, NULL, 'k' },
		{ "user", required_argument, NULL, 'u' },
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (option == 'k')
			options->key = optarg;
		else if (option == 'u')
			options->user = optarg;
		else if (option == 'j')
			options->json = true;
		else
			return false;
	}
	if (argc - optind != 1)
		return false;
	options->settings = argv[optind];
	return true;
}

static int run(int argc, char *argv[])
{
	struct options options = { 0 };
	struct config config;

	if (!read_options(argc, argv, &options)) {
		fputs(usage_text, stderr);
		return COMMAND_UNUSABLE;
	}
	if (!read_settings(&config, options.settings) ||
	    beacons_open(&config) != EXIT_SUCCESS)
		return COMMAND_UNUSABLE;
	return run_with(&options, &config);
}

const struct command fsck_command = {
	"fsck",
	"check the database against the log, row by row",
	run,
};
