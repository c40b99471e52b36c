/* log.c -- klero log check, an auditor that trusts nothing it is served, and
 * klero log mirror, who keeps what he has found good. */
#include "beacon_file.h"
#include "command.h"
#include "file.h"
#include "kl_line.h"
#include "log_run.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	STATE_MODE = 0644,
	FORKED = 3, /* what klero exits with when the log has another past */
	AGE_MAX_S = 1000000000,
	OVERDUE_S = 3600,
};

static int usage(void)
{
	fprintf(stderr,
	    "usage: klero log check DIR|URL [--trust FILE] [--state FILE] "
	    "[--known FILE|DIR]...\n"
	    "                 [--receipt FILE]... [--max-age SECONDS] "
	    "[--overdue SECONDS]\n"
	    "                 [--ask-witnesses] [--tree] [--json]\n"
	    "                 [--accept-chain FILE] "
	    "[--accept-certificate FILE]\n"
	    "       klero log mirror DIR [URL] [the same options]\n"
	    "  --trust    a C2SP tlog-policy: the log's key, witnesses, "
	    "quorum\n"
	    "  --state    where the last good checkpoint is kept; the log "
	    "must\n"
	    "             begin with what it was then\n"
	    "  --known    a checkpoint that somebody else kept, a proof "
	    "(tlog-proof)\n"
	    "             that has one, or a copy of the whole log, likewise\n"
	    "  --receipt  the answer to a sign-up, commitment or reveal, or "
	    "a proof\n"
	    "             (tlog-proof): the log must hold what it has "
	    "promised\n"
	    "  --ask-witnesses  what those of the trust file have cosigned "
	    "last;\n"
	    "             the log must begin with it\n"
	    "  --max-age  how old the newest cosignature may be; the last "
	    "entry, if\n"
	    "             no witness is trusted\n"
	    "  --overdue  how late a notice may be closed and opened: "
	    "3600 seconds\n"
	    "  --tree     of any log: nothing is asked of what entries say\n"
	    "  --accept-… a beacon that is a test: its chain (info of drand) "
	    "or its\n"
	    "             certificate (PEM)\n"
	    "mirror copies what is good to DIR, names and bytes as tlog-tiles "
	    "has\n"
	    "them; the URL is https:// and the copy's origin if it is left "
	    "out\n"
	    "exit: 0 good, 1 a fault, 2 nothing can be said, 3 the log has "
	    "shrunk\n"
	    "or forked\n");
	return COMMAND_UNUSABLE;
}

/* --- the end -------------------------------------------------------------- */

static int keep_state(const struct audit_check *check)
{
	const char *path = check->options->state;
	int number = path ? file_replace(path, check->bytes.data,
				check->bytes.size, STATE_MODE)
			  : 0;

	if (number)
		fprintf(stderr, "log: %s: %s\n", path, strerror(number));
	return number ? COMMAND_UNUSABLE : COMMAND_DONE;
}

int audit_tell(const struct audit_check *check, enum audit_outcome outcome)
{
	struct audit_source source = check->source;
	const struct audit_report report = {
		.checkpoint = &check->checkpoint,
		.note = &check->bytes,
		.entries = &check->entries,
		.faults = check->faults,
		.fault_count = check->fault_count,
		.doubt = &check->doubt,
		.answers = check->answers,
		.answer_count = check->answer_count,
		.anchored = check->has_key,
		.source = &source,
	};

	if (outcome == AUDIT_UNUSABLE)
		return COMMAND_UNUSABLE;
	if (check->options->json)
		audit_report_json(&report);
	else
		audit_report_text(&report);
	if (outcome == AUDIT_GOOD)
		return keep_state(check);
	return check->fault.known ? FORKED : COMMAND_REFUSED;
}

static int run_check(const struct audit_options *options)
{
	struct audit_check *check = calloc(1, sizeof(*check));
	int status;

	if (!check)
		abort();
	status = audit_tell(check, audit_check_run(check, options));
	audit_check_clear(check);
	free(check);
	return status;
}

/* --- the command ---------------------------------------------------------- */

static bool read_age(const char *text, uint64_t *age_s)
{
	return !kl_decimal_read(kl_span_of(text), AGE_MAX_S, age_s) &&
	       *age_s > 0;
}

static bool add(
    const char *list[], size_t *count, size_t count_max, const char *path)
{
	if (*count == count_max)
		return false;
	list[(*count)++] = path;
	return true;
}

/* As long as the program. */
static struct kl_chain chain;
static struct kl_certificate certificate;

/* False for an option that there is not, or too often. */
static bool take_option(struct audit_options *options, int option)
{
	switch (option) {
	case 'c':
		options->chain = &chain;
		return beacon_read_chain("log", optarg, &chain);
	case 'C':
		options->certificate = &certificate;
		return beacon_read_certificate("log", optarg, &certificate);
	case 't':
		options->trust = optarg;
		return true;
	case 's':
		options->state = optarg;
		return true;
	case 'k':
		return add(options->known, &options->known_count,
		    AUDIT_KNOWN_MAX, optarg);
	case 'r':
		return add(options->receipts, &options->receipt_count,
		    AUDIT_RECEIPTS_MAX, optarg);
	case 'a':
		return read_age(optarg, &options->age_max_s);
	case 'w':
		options->ask_witnesses = true;
		return true;
	case 'o':
		return read_age(optarg, &options->overdue_s);
	case 'b':
		options->tree_only = true;
		return true;
	case 'j':
		options->json = true;
		return true;
	}
	return false;
}

static bool read_names(int count, char *names[], struct audit_options *options)
{
	if (count == 2 && strcmp(names[0], "check") == 0) {
		options->base = names[1];
		return true;
	}
	if (count < 2 || count > 3 || strcmp(names[0], "mirror") != 0)
		return false;
	options->copy = names[1];
	options->base = count == 3 ? names[2] : NULL;
	return true;
}

static bool read_options(int argc, char *argv[], struct audit_options *options)
{
	static const struct option names[] = {
		{ "trust", required_argument, NULL, 't' },
		{ "state", required_argument, NULL, 's' },
		{ "known", required_argument, NULL, 'k' },
		{ "receipt", required_argument, NULL, 'r' },
		{ "max-age", required_argument, NULL, 'a' },
		{ "ask-witnesses", no_argument, NULL, 'w' },
		{ "overdue", required_argument, NULL, 'o' },
		{ "accept-chain", required_argument, NULL, 'c' },
		{ "accept-certificate", required_argument, NULL, 'C' },
		{ "tree", no_argument, NULL, 'b' },
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1)
		if (!take_option(options, option))
			return false;
	/* Who they are is in the trust file. */
	if (options->ask_witnesses && !options->trust)
		return false;
	/* A receipt is about what an entry says. */
	return !(options->tree_only && options->receipt_count > 0) &&
	       read_names(argc - optind, argv + optind, options);
}

static int run(int argc, char *argv[])
{
	struct audit_options options = { .overdue_s = OVERDUE_S };

	if (!read_options(argc, argv, &options))
		return usage();
	if (sodium_init() < 0)
		return COMMAND_UNUSABLE;
	return options.copy ? audit_mirror(&options) : run_check(&options);
}

const struct command log_command = {
	"log",
	"check a log, or keep a copy: form, tree, history, entries, draws",
	run,
};
