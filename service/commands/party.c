/* party.c -- klero party: check, commit, wait, check, reveal, verify. */
#include "party.h"
#include "beacon_file.h"
#include "command.h"
#include "key_file.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	DAY_S = 86400,
	TIME_SIZE_MAX = 4096,
};

static const char usage_text[] =
    "usage: klero party check|commit|reveal|run URL DRAW --dir DIR --key FILE\n"
    "           --trust FILE [--wait] [--roster R] [--dice FILE]\n"
    "           [--accept-chain FILE] [--accept-certificate FILE]\n"
    "           [--rehearsal] [--lang zh|en]\n"
    "       klero party hand --dir DIR           print what others may bring\n"
    "       klero party bring FILE URL [--trust FILE]   bring it for a party\n"
    "  check   are the declaration and all it rests on good?\n"
    "  commit  check, make the secret in DIR, and commit to it\n"
    "  reveal  commit, check the lock, and reveal\n"
    "  run     reveal, and verify the evidence pack; waits for each step\n"
    "  --wait    until it can be done, and in time\n"
    "  --roster  SHA-256 of the roster that is expected\n"
    "  --dice    100 throws of a die or more: the secret is their SHA-256\n"
    "Repeat it after whatever happened: it goes on where it was.\n"
    "Exit: 0 done, 1 refused, 2 usage, 3 not yet, 4 too late, 5 not taken.\n";

/* --- one step after another ----------------------------------------------- */

/* Of a rehearsal time stands in the service. */
static enum kl_party_code read_clock(struct party *party)
{
	json_auto_t *json = NULL;
	const char *now;

	if (!party->options->rehearsal) {
		party->now = (int64_t)time(NULL);
		return KL_PARTY_GOOD;
	}
	if (!party_get(party, "/v1/rehearsal/time", TIME_SIZE_MAX))
		return KL_PARTY_UNREACHABLE;
	json = party_answer_json(party);
	now = json_string_value(json_object_get(json, "now"));
	if (!now || kl_time_read(now, strlen(now), &party->now))
		return KL_PARTY_UNREACHABLE;
	return KL_PARTY_GOOD;
}

/* Receipts of an earlier run, as soon as we know whose they must be. */
static enum kl_party_code read_receipts(struct party *party)
{
	enum kl_party_code code;

	if (party->log.has_receipt_key || !party_event_of(party, "declare"))
		return KL_PARTY_GOOD;
	code = party_log_receipt_key(party);
	if (code)
		return code;
	party_receipt_read(party, &party->committed, PARTY_COMMITMENT_RECEIPT);
	party_receipt_read(party, &party->revealed, PARTY_REVEAL_RECEIPT);
	return KL_PARTY_GOOD;
}

static enum kl_party_code step_commit(struct party *party)
{
	if (!party_event_of(party, "declare"))
		return KL_PARTY_NOT_DECLARED;
	return party->committed.done ? KL_PARTY_GOOD : party_commit(party);
}

/* With a receipt it was taken, and party_receipts_hold() sees to it that it is
 * in the log: later checkpoints tell nothing more of when the lock was seen. */
static enum kl_party_code step_reveal(struct party *party)
{
	party->revealed.done |= party->revealed.has_receipt;
	if (party->revealed.done)
		return KL_PARTY_GOOD;
	party->deadline = party->told.declare.reveal_by;
	if (!party_event_of(party, "lock"))
		return party_event_of(party, "close") ? KL_PARTY_CLOSED
						      : KL_PARTY_NOT_LOCKED;
	return party_reveal(party);
}

static enum kl_party_code step_close(struct party *party)
{
	party->deadline = kl_declare_beacon_due(&party->told.declare) + DAY_S;
	return party_event_of(party, "close") ? party_pack(party)
					      : KL_PARTY_NOT_CLOSED;
}

/* As far as it goes now. */
static enum kl_party_code go_on(struct party *party)
{
	enum party_goal goal = party->options->goal;
	enum kl_party_code code = read_clock(party);

	party_about(party, code, "");
	if (!code)
		code = party_look(party);
	if (!code)
		code = read_receipts(party);
	if (!code)
		code = party_receipts_hold(party);
	if (!code)
		code = step_commit(party);
	if (code || goal <= GOAL_COMMIT)
		return code;
	code = step_reveal(party);
	/* It ended before we could reveal: the pack says why. */
	if (code && !(code == KL_PARTY_CLOSED && goal == GOAL_CLOSE))
		return code;
	return goal == GOAL_CLOSE ? step_close(party) : code;
}

/* --- until it is done ----------------------------------------------------- */

/* What was missed when the time for it ran out. */
static enum kl_party_code missed(const struct party *party)
{
	if (!party->committed.done)
		return KL_PARTY_COMMIT_LATE;
	return party->revealed.done ? KL_PARTY_NOT_CLOSED
				    : KL_PARTY_REVEAL_LATE;
}

/* What the log has not taken, by the receipt that failed or by what we said
 * last; NULL: we have said nothing. Its file was there before its receipt. */
static const char *untaken(const struct party *party)
{
	if (strcmp(party->about, PARTY_REVEAL_RECEIPT) == 0 ||
	    party->revealed.pending)
		return PARTY_REVEAL;
	if (strcmp(party->about, PARTY_COMMITMENT_RECEIPT) == 0 ||
	    party->committed.pending)
		return PARTY_COMMITMENT;
	return NULL;
}

static void hint(const struct party *party, enum kl_party_code code)
{
	const char *name = untaken(party);

	if (code == KL_PARTY_RECEIPT_BROKEN)
		party_say(party,
		    "  回执就是证据，任何人都能核验：\n"
		    "  klero log check %s/log --receipt %s/%s",
		    "  the receipt is the proof, for anybody to check:\n"
		    "  klero log check %s/log --receipt %s/%s",
		    party->options->url, party->options->folder, party->about);
	if (name)
		party_say(party,
		    "  可将 %s/%s 交给任何另一方或见证人代交：\n"
		    "  klero party bring %s URL",
		    "  hand %s/%s to any other party or to a witness, who "
		    "brings it with:\n  klero party bring %s URL",
		    party->options->folder, name, name);
}

static enum kl_party_code play(struct party *party)
{
	unsigned failures = 0;
	enum kl_party_code code;

	for (;;) {
		enum kl_party_code last = party->told_last;
		enum kl_party_way way;

		code = go_on(party);
		way = kl_party_way(code);
		party_tell(party, code);
		if ((way == KL_PARTY_HAND || code == KL_PARTY_RECEIPT_BROKEN) &&
		    code != last)
			hint(party, code);
		if ((way != KL_PARTY_WAIT && way != KL_PARTY_HAND) ||
		    !party->options->wait)
			return code;
		if (party_is_over(party))
			break;
		failures = way == KL_PARTY_HAND ? failures + 1 : 0;
		if (code != last)
			party->since = party->now;
		party_pause(party, failures);
	}
	if (kl_party_way(code) == KL_PARTY_HAND)
		return code;
	party_about(party, code, "");
	party_tell(party, missed(party));
	return missed(party);
}

/* --- opening -------------------------------------------------------------- */

static bool read_trust(struct party *party)
{
	const char *path = party->options->trust;
	size_t line;

	if (!command_read("party", path, &party->trust_text))
		return false;
	if (kl_trust_read(party->trust_text.data
			      ? (const char *)party->trust_text.data
			      : "",
		party->trust_text.size, &party->trust, &line)) {
		fprintf(stderr, "party: %s:%zu: no trust policy\n", path, line);
		return false;
	}
	party->pack = (struct kl_pack_options){
		.trust = &party->trust,
		.rehearsal = party->options->rehearsal,
		.chain = party->options->chain,
		.certificate = party->options->certificate,
	};
	return true;
}

/* What an earlier run has found good: the checkpoint that it committed after,
 * and until when there is time, should the service not answer now. */
static void read_checked(struct party *party)
{
	struct kl_buf note = KL_BUF(KL_NOTE_SIZE_MAX);
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	struct kl_declare declare;

	if (party_folder_read(party, "checked/log/declared", &note))
		kl_buf_clear(&note);
	party->declared = note;
	if (!party_folder_read(party, "checked/declare.txt", &text) &&
	    text.size > 0 &&
	    !kl_declare_read(
		&declare, (const char *)text.data, text.size, NULL) &&
	    declare.reveal_by > (int64_t)time(NULL))
		party->deadline = declare.reveal_by;
	kl_buf_clear(&text);
}

static int run_steps(struct party *party)
{
	enum kl_party_code code = party_folder_open(party);

	if (code) {
		party_tell(party, code);
		return party_exit(code);
	}
	read_checked(party);
	code = play(party);
	/* Waiting in vain is being late. */
	if (party->options->wait && kl_party_way(code) == KL_PARTY_WAIT)
		return PARTY_LATE;
	return party_exit(code);
}

static void close_party(struct party *party)
{
	party_folder_close(party);
	party_http_close(party);
	for (size_t i = 0; i < party->event_count; i++)
		kl_buf_clear(&party->events[i].leaf);
	free(party->events);
	party_previous_clear(party);
	party_set_clear(&party->texts);
	for (size_t i = 0; i < PARTY_TILES; i++)
		kl_buf_clear(&party->log.tiles[i].bytes);
	kl_buf_clear(&party->log.note);
	kl_buf_clear(&party->declared);
	kl_pack_report_clear(&party->report);
	if (party->secret.data)
		sodium_memzero(party->secret.data, party->secret.size);
	kl_buf_clear(&party->secret);
	kl_buf_clear(&party->trust_text);
	kl_signer_clear(&party->signer);
}

static struct party *open_party(const struct party_options *options)
{
	struct party *party = calloc(1, sizeof(*party));

	if (!party)
		abort();
	party->options = options;
	party->folder_lock = -1;
	party->deadline = INT64_MAX;
	party->told.party = SIZE_MAX;
	party->trust_text = (struct kl_buf)KL_BUF(KL_TRUST_SIZE_MAX);
	party->events = calloc(PARTY_EVENTS_MAX, sizeof(*party->events));
	if (!party->events)
		abort();
	return party;
}

/* `file`: what is brought for somebody else; else our own part is played. */
static int run_party(const struct party_options *options, const char *file)
{
	struct party *party = open_party(options);
	int status = COMMAND_UNUSABLE;

	party_http_open(party);
	if ((!options->trust || read_trust(party)) &&
	    (file || !key_file_read(options->key, &party->signer)))
		status = file ? party_bring(party, file) : run_steps(party);
	close_party(party);
	free(party);
	return status;
}

/* --- the command ---------------------------------------------------------- */

/* Where options point that are not words of the command line. */
struct read {
	struct party_options options;
	struct kl_hash roster;
	struct kl_chain chain;
	struct kl_certificate certificate;
};

static bool read_roster(struct read *read, const char *hex)
{
	read->options.roster = &read->roster;
	return !kl_unhex(hex, strlen(hex), read->roster.bytes, KL_HASH_SIZE);
}

static bool read_chain(struct read *read, const char *path)
{
	read->options.chain = &read->chain;
	return beacon_read_chain("party", path, &read->chain);
}

static bool read_certificate(struct read *read, const char *path)
{
	read->options.certificate = &read->certificate;
	return beacon_read_certificate("party", path, &read->certificate);
}

static bool read_language(struct party_options *options, const char *text)
{
	options->language =
	    strcmp(text, "en") == 0 ? VERDICT_ENGLISH : VERDICT_CHINESE;
	return strcmp(text, "en") == 0 || strcmp(text, "zh") == 0;
}

static bool take_option(struct read *read, int option)
{
	struct party_options *options = &read->options;

	switch (option) {
	case 'd':
		options->folder = optarg;
		return true;
	case 'k':
		options->key = optarg;
		return true;
	case 't':
		options->trust = optarg;
		return true;
	case 'i':
		options->dice = optarg;
		return true;
	case 'w':
		options->wait = true;
		return true;
	case 'R':
		options->rehearsal = true;
		return true;
	case 'r':
		return read_roster(read, optarg);
	case 'c':
		return read_chain(read, optarg);
	case 'C':
		return read_certificate(read, optarg);
	case 'l':
		return read_language(options, optarg);
	default:
		return false;
	}
}

static bool read_options(struct read *read, int argc, char *argv[])
{
	static const struct option names[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "key", required_argument, NULL, 'k' },
		{ "trust", required_argument, NULL, 't' },
		{ "dice", required_argument, NULL, 'i' },
		{ "wait", no_argument, NULL, 'w' },
		{ "rehearsal", no_argument, NULL, 'R' },
		{ "roster", required_argument, NULL, 'r' },
		{ "accept-chain", required_argument, NULL, 'c' },
		{ "accept-certificate", required_argument, NULL, 'C' },
		{ "lang", required_argument, NULL, 'l' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1)
		if (!take_option(read, option))
			return false;
	return true;
}

static bool find_goal(const char *word, struct party_options *options)
{
	static const char *const words[] = { "check", "commit", "reveal",
		"run" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(word, words[i]) == 0) {
			options->goal = (enum party_goal)i;
			options->wait |= i == GOAL_CLOSE;
			return true;
		}
	return false;
}

static int usage(void)
{
	fputs(usage_text, stderr);
	return COMMAND_UNUSABLE;
}

static int dispatch(struct party_options *options, char *words[], int count)
{
	if (count == 1 && strcmp(words[0], "hand") == 0 && options->folder)
		return party_hand(options);
	if (count == 3 && strcmp(words[0], "bring") == 0) {
		options->url = words[2];
		options->folder = NULL;
		return run_party(options, words[1]);
	}
	if (count != 3 || !find_goal(words[0], options) || !options->folder ||
	    !options->key || !options->trust ||
	    !kl_is_token(words[2], strlen(words[2])))
		return usage();
	options->url = words[1];
	options->draw = words[2];
	return run_party(options, NULL);
}

static int run(int argc, char *argv[])
{
	struct read read = { .options = { .language = VERDICT_CHINESE } };
	size_t size;

	if (!read_options(&read, argc, argv) || argc == optind)
		return usage();
	if (sodium_init() < 0)
		return COMMAND_UNUSABLE;
	/* An address may end in a slash; paths begin with one. */
	for (int i = optind; i < argc; i++)
		for (size = strlen(argv[i]);
		     size > 1 && strncmp(argv[i], "http", 4) == 0 &&
		     argv[i][size - 1] == '/';
		     size--)
			argv[i][size - 1] = '\0';
	return dispatch(&read.options, argv + optind, argc - optind);
}

const struct command party_command = {
	"party",
	"a party's whole work in one draw: check, commit, reveal, verify",
	run,
};
