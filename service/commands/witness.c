/* witness.c -- klero witness: cosign logs that only grow. */
#include "witness.h"

#include "clock.h"
#include "command.h"
#include "diary.h"
#include "file.h"
#include "key_file.h"
#include "log_keys.h"
#include "notify.h"
#include "process.h"
#include "version.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	PORT_MAX = 65535,
	PREFIX_MAX = 100,
	DRAIN_LOOK_MS = 5,
	MILLION = 1000000,
};

struct options {
	const char *name, *key, *trust, *state; /* all needed */
	const char *listen, *hosts, *prefix;    /* all with a default */
	bool init;
};

static int usage(void)
{
	fprintf(stderr,
	    "usage: klero witness --name NAME --key FILE --trust FILE --state "
	    "FILE\n"
	    "                     [--listen ADDRESS:PORT] [--hosts NAME,...]\n"
	    "                     [--prefix /PATH]\n"
	    "       klero witness --init --name NAME --key FILE --state FILE\n"
	    "  NAME    of its key: klero keygen --witness NAME FILE\n"
	    "  trust   the logs it cosigns: a line `log VKEY` each, then "
	    "`quorum none`\n"
	    "  --init  make the state file of a witness that has cosigned "
	    "nothing\n"
	    "  It listens on 127.0.0.1:8090 for the hosts localhost and "
	    "127.0.0.1.\n");
	return COMMAND_UNUSABLE;
}

static int refuse(const char *what, const char *why, int status)
{
	fprintf(stderr, "witness: %s: %s\n", what, why);
	return status;
}

/* --- what it is given ----------------------------------------------------- */

static int open_key(const struct options *options, struct witness *witness)
{
	int number = key_file_read(options->key, &witness->signer);

	if (number)
		return refuse(options->key, "no key of a witness",
		    file_may_pass(number) ? EXIT_FAILURE : LOG_REFUSED);
	if (kl_note_key_make(&witness->key, options->name,
		strlen(options->name), KL_KEY_COSIGNATURE,
		&witness->signer.key))
		return refuse("NAME", "not a key name", LOG_REFUSED);
	return EXIT_SUCCESS;
}

static int open_trust(const char *path, struct kl_buf *text,
    struct kl_trust *trust, struct witness *witness)
{
	size_t line;

	if (!command_read("witness", path, text))
		return EXIT_FAILURE;
	if (kl_trust_read(text->data ? (const char *)text->data : "",
		text->size, trust, &line)) {
		fprintf(stderr, "witness: %s:%zu: not a policy\n", path, line);
		return LOG_REFUSED;
	}
	if (trust->log_count == 0)
		return refuse(path, "names no log", LOG_REFUSED);
	for (size_t i = 0; i < trust->log_count; i++)
		if (kl_public_key_equal(&trust->logs[i].key, &witness->key.key))
			return refuse(
			    path, "our key is that of a log", LOG_REFUSED);
	witness->logs = trust->logs;
	witness->log_count = trust->log_count;
	return EXIT_SUCCESS;
}

/* ADDRESS:PORT and the names of a Host as settings of the HTTP edge. */
static bool read_edge(const struct options *options, struct config *config)
{
	const char *colon = strrchr(options->listen, ':');
	size_t size = colon ? (size_t)(colon - options->listen) : 0;
	unsigned long port;
	char *end;

	config_init(config);
	if (size == 0 || size >= sizeof(config->http_address) ||
	    strlen(options->hosts) >= sizeof(config->http_hosts) ||
	    colon[1] < '0' || colon[1] > '9')
		return false;
	port = strtoul(colon + 1, &end, 10);
	if (*end || port > PORT_MAX)
		return false;
	memcpy(config->http_address, options->listen, size);
	config->http_address[size] = '\0';
	strcpy(config->http_hosts, options->hosts);
	config->http_port = port;
	config->admin_socket[0] = '\0'; /* nobody administers it */
	return true;
}

/* "" or segments of plain characters, each behind a slash. */
static bool is_prefix(const char *prefix)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-_";

	if (strlen(prefix) > PREFIX_MAX)
		return false;
	while (*prefix) {
		size_t size = *prefix == '/' ? strspn(prefix + 1, plain) : 0;

		if (size == 0)
			return false;
		prefix += 1 + size;
	}
	return true;
}

/* --- serving -------------------------------------------------------------- */

static void run_until_told(const struct config *config, struct http *http,
    const struct witness *witness)
{
	const struct timespec moment = { 0, DRAIN_LOOK_MS * MILLION };
	uint64_t looks = config->http_request_s * 1000 / DRAIN_LOOK_MS;
	char vkey[KL_NOTE_KEY_TEXT];

	kl_note_key_write(&witness->key, vkey);
	diary_write("started", "{s:i, s:s, s:s, s:I}", "port",
	    (int)http_port(http), "version", VERSION, "witness", vkey, "logs",
	    (json_int_t)witness->log_count);
	notify_ready(config, http, witness_serve_beats);
	process_wait();
	notify_stopping();
	diary_write("stopping", NULL);
	http_drain(http);
	while (http_pending(http) > 0 && looks-- > 0)
		nanosleep(&moment, NULL);
}

static int serve(const struct options *options, const struct config *config,
    const struct witness *witness, struct witness_state *state)
{
	struct http *http;

	if (witness_state_time(state) > (uint64_t)clock_now()) {
		diary_write("witness_clock", "{s:I, s:I}", "now",
		    (json_int_t)clock_now(), "cosigned",
		    (json_int_t)witness_state_time(state));
		return LOG_REFUSED;
	}
	http = http_start(config, &witness_stages);
	if (!http)
		return EXIT_FAILURE;
	witness_serve_use(witness, state, options->prefix);
	witness_serve_start();
	http_open(http);
	run_until_told(config, http, witness);
	witness_serve_stop();
	http_stop(http);
	diary_write("stopped", NULL);
	return EXIT_SUCCESS;
}

static int open_and_serve(
    const struct options *options, struct witness *witness)
{
	struct witness_state state = { .lock = -1 };
	struct kl_buf text = KL_BUF(KL_TRUST_SIZE_MAX);
	struct kl_trust trust;
	struct config config;
	int status;

	if (!read_edge(options, &config) || !is_prefix(options->prefix))
		return usage();
	status = open_trust(options->trust, &text, &trust, witness);
	if (!status)
		status =
		    witness_state_open(&state, options->state, &witness->key);
	if (!status)
		status = serve(options, &config, witness, &state);
	witness_state_close(&state);
	kl_buf_clear(&text);
	return status;
}

/* --- the command ---------------------------------------------------------- */

static bool read_options(int argc, char *argv[], struct options *options)
{
	static const struct option names[] = {
		{ "name", required_argument, NULL, 'n' },
		{ "key", required_argument, NULL, 'k' },
		{ "trust", required_argument, NULL, 't' },
		{ "state", required_argument, NULL, 's' },
		{ "listen", required_argument, NULL, 'l' },
		{ "hosts", required_argument, NULL, 'h' },
		{ "prefix", required_argument, NULL, 'p' },
		{ "init", no_argument, NULL, 'i' },
		{ 0 },
	};
	const struct {
		int option;
		const char **value;
	} places[] = {
		{ 'n', &options->name },
		{ 'k', &options->key },
		{ 't', &options->trust },
		{ 's', &options->state },
		{ 'l', &options->listen },
		{ 'h', &options->hosts },
		{ 'p', &options->prefix },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (option == '?')
			return false;
		options->init |= option == 'i';
		for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
			if (places[i].option == option)
				*places[i].value = optarg;
	}
	return optind == argc && options->name && options->key &&
	       options->state && (options->init || options->trust);
}

static int run(int argc, char *argv[])
{
	struct options options = {
		.listen = "127.0.0.1:8090",
		.hosts = "localhost,127.0.0.1",
		.prefix = "",
	};
	struct witness witness = { .log_count = 0 };
	int status;

	if (!read_options(argc, argv, &options))
		return usage();
	if (!process_prepare())
		return EXIT_FAILURE;
	status = open_key(&options, &witness);
	if (!status)
		status = options.init
			     ? witness_state_create(options.state, &witness.key)
			     : open_and_serve(&options, &witness);
	kl_signer_clear(&witness.signer);
	return status;
}

const struct command witness_command = {
	"witness",
	"cosign the logs of others, as long as they only grow: a daemon",
	run,
};
