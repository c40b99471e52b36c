/* beacon.c -- klero beacon: is a public value genuine, and when is it? */
#include "beacon_file.h"
#include "command.h"
#include "kl_canon.h"
#include "kl_line.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum {
	LINES_MAX = 64 << 20,
	PULSE_SIZE_MAX = 64 << 10, /* bytes of its JSON */
	PULSE_TOKENS_MAX = 1024,
};

/* The words after `klero beacon`. */
struct options {
	const char *what, *word; /* drand SIGNATURE, nist PULSE, … */
	const char *round, *chain_file, *certificate_file, *after;
	struct kl_chain chain;
	struct kl_certificate certificate;
};

static int usage(void)
{
	fprintf(stderr,
	    "usage: klero beacon drand --round N SIGNATURE [--chain FILE]\n"
	    "       klero beacon round TIME [--chain FILE]\n"
	    "       klero beacon time ROUND [--chain FILE]\n"
	    "       klero beacon nist PULSE [--certificate FILE] "
	    "[--after PULSE]\n"
	    "       klero beacon lines < LINES\n"
	    "  SIGNATURE: 96 hex digits; its randomness is printed if it is "
	    "genuine\n"
	    "  PULSE: a file of JSON as served; likewise its output value\n"
	    "  LINES: `KEY ROUND SIGNATURE` each; an answer for each\n"
	    "  Without FILE: quicknet, and the certificate of NIST's beacon\n");
	return COMMAND_UNUSABLE;
}

static int refuse(const char *why)
{
	fprintf(stderr, "beacon: %s\n", why);
	return COMMAND_REFUSED;
}

static int print_hex(const void *bytes, size_t size)
{
	char hex[2 * KL_PULSE_HASH_SIZE + 2];

	kl_hex(bytes, size, hex);
	hex[2 * size] = '\n';
	return command_print(hex, 2 * size + 1);
}

/* --- drand ---------------------------------------------------------------- */

static const char *fault_of(enum kl_result result)
{
	return result == KL_MISMATCH
		   ? "it is not the signature of this round by this chain"
		   : "it is no signature: not the one encoding of a point of "
		     "the group";
}

static bool read_round(struct kl_span word, int64_t *round)
{
	uint64_t number;

	if (kl_decimal_read(word, KL_INTEGER_MAX, &number) || number < 1)
		return false;
	*round = (int64_t)number;
	return true;
}

static enum kl_result verify(const struct kl_chain *chain, int64_t round,
    struct kl_span hex, struct kl_drand_signature *signature)
{
	enum kl_result result = kl_unhex(
	    hex.at, hex.size, signature->bytes, sizeof(signature->bytes));

	return result ? result : kl_chain_verify(chain, round, signature);
}

static int check_drand(const struct options *options)
{
	struct kl_drand_signature signature;
	struct kl_hash randomness;
	enum kl_result result;
	int64_t round;

	if (!options->round || !read_round(kl_span_of(options->round), &round))
		return usage();
	result = verify(
	    &options->chain, round, kl_span_of(options->word), &signature);
	if (result)
		return refuse(fault_of(result));
	randomness = kl_hash_of(&signature, sizeof(signature));
	return print_hex(&randomness, sizeof(randomness));
}

static int print_round(const struct options *options)
{
	int64_t time;

	if (kl_time_read(options->word, strlen(options->word), &time))
		return usage();
	printf("%lld\n", (long long)kl_chain_round(&options->chain, time));
	return fflush(stdout) == 0 ? COMMAND_DONE : COMMAND_UNUSABLE;
}

static int print_time(const struct options *options)
{
	char text[KL_TIME_TEXT];
	int64_t round;

	if (!read_round(kl_span_of(options->word), &round))
		return usage();
	kl_time_write(kl_chain_time(&options->chain, round), text);
	return puts(text) < 0 || fflush(stdout) ? COMMAND_UNUSABLE
						: COMMAND_DONE;
}

/* --- drand, many of them -------------------------------------------------- */

/* The next word of a line; all of what is left is the last one. */
static struct kl_span take_word(struct kl_span *line)
{
	const char *end = memchr(line->at, ' ', line->size);
	struct kl_span word = { line->at,
		end ? (size_t)(end - line->at) : line->size };
	size_t taken = word.size + (end != NULL);

	line->at += taken;
	line->size -= taken;
	return word;
}

/* `KEY ROUND SIGNATURE`, of whatever chain the key is. */
static bool check_line(struct kl_span line)
{
	struct kl_chain chain = { .period_s = 1 };
	struct kl_drand_signature signature;
	struct kl_span key = take_word(&line), number = take_word(&line);
	const char *why = NULL;
	enum kl_result result;
	int64_t round;

	if (kl_unhex(key.at, key.size, chain.key, sizeof(chain.key)) ||
	    kl_bls_key_check(chain.key)) {
		why = "it is no key";
	} else if (!read_round(number, &round)) {
		why = "it is no round";
	} else {
		result = verify(&chain, round, line, &signature);
		why = result ? fault_of(result) : NULL;
	}
	printf("%s%s\n", why ? "invalid: " : "valid", why ? why : "");
	return !why;
}

static int check_lines(void)
{
	struct kl_buf text = KL_BUF(LINES_MAX);
	struct kl_span rest, line;
	int status = COMMAND_UNUSABLE;

	if (command_read("beacon", "-", &text)) {
		status = COMMAND_DONE;
		rest = (struct kl_span){ (const char *)text.data, text.size };
		while (kl_line_take(&rest, &line))
			if (!check_line(line))
				status = COMMAND_REFUSED;
		if (rest.size > 0 || fflush(stdout))
			status = COMMAND_UNUSABLE;
	}
	kl_buf_clear(&text);
	return status;
}

/* --- nist ----------------------------------------------------------------- */

/* The object under `pulse`, as the beacon serves it, or that alone, as a pack
 * has it. NULL after it has told why. */
static json_t *read_pulse(const char *path)
{
	struct kl_buf text = KL_BUF(PULSE_SIZE_MAX);
	json_t *object = NULL, *pulse;
	enum kl_result result;

	if (!command_read("beacon", path, &text))
		return NULL;
	result = kl_canon_read(text.data ? (const char *)text.data : "",
	    text.size, PULSE_TOKENS_MAX, &object, NULL);
	kl_buf_clear(&text);
	if (result) {
		fprintf(stderr, "beacon: %s: no JSON object\n", path);
		return NULL;
	}
	pulse = json_incref(json_object_get(object, "pulse"));
	if (!pulse)
		return object;
	json_decref(object);
	return pulse;
}

static int judge_pulse(
    const json_t *pulse, const struct kl_certificate *certificate)
{
	switch (kl_pulse_verify(pulse, certificate)) {
	case KL_OK:
		return COMMAND_DONE;
	case KL_MALFORMED:
	case KL_RANGE:
	case KL_TOO_LARGE:
		return refuse("it is no pulse of format 2.0");
	case KL_MISMATCH:
		return refuse("its output or signature does not follow from "
			      "its content and certificate");
	case KL_NO_MEMORY:
		break;
	}
	fprintf(stderr, "beacon: no memory\n");
	return COMMAND_UNUSABLE;
}

/* Is it genuine too, and the very pulse before? */
static int check_after(const struct options *options, const json_t *pulse)
{
	json_auto_t *earlier = read_pulse(options->after);
	int status;

	if (!earlier)
		return COMMAND_UNUSABLE;
	status = judge_pulse(earlier, &options->certificate);
	if (!status && kl_pulse_follows(earlier, pulse))
		status = refuse("it is not the pulse after that one");
	return status;
}

static int check_nist(const struct options *options)
{
	json_auto_t *pulse = read_pulse(options->word);
	uint8_t output[KL_PULSE_HASH_SIZE];
	int status;

	if (!pulse)
		return COMMAND_UNUSABLE;
	status = judge_pulse(pulse, &options->certificate);
	if (!status && options->after)
		status = check_after(options, pulse);
	if (status ||
	    !kl_pulse_hash(json_object_get(pulse, "outputValue"), output))
		return status;
	return print_hex(output, sizeof(output));
}

/* --- the command ---------------------------------------------------------- */

static bool read_words(int argc, char *argv[], struct options *options)
{
	static const struct option names[] = {
		{ "round", required_argument, NULL, 'r' },
		{ "chain", required_argument, NULL, 'c' },
		{ "certificate", required_argument, NULL, 'k' },
		{ "after", required_argument, NULL, 'a' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (option == 'r')
			options->round = optarg;
		else if (option == 'c')
			options->chain_file = optarg;
		else if (option == 'k')
			options->certificate_file = optarg;
		else if (option == 'a')
			options->after = optarg;
		else
			return false;
	}
	options->what = argv[optind];
	options->word = options->what ? argv[optind + 1] : NULL;
	return optind + (options->word ? 2 : 1) == argc;
}

static bool read_files(struct options *options)
{
	options->chain = kl_quicknet;
	options->certificate = kl_nist_certificate;
	return (!options->chain_file ||
		   beacon_read_chain(
		       "beacon", options->chain_file, &options->chain)) &&
	       (!options->certificate_file ||
		   beacon_read_certificate("beacon", options->certificate_file,
		       &options->certificate));
}

/* Each with the options that are its own. */
static const struct kind {
	const char *name;
	bool round, chain, certificate;
	int (*run)(const struct options *options);
} kinds[] = {
	{ "drand", true, true, false, check_drand },
	{ "round", false, true, false, print_round },
	{ "time", false, true, false, print_time },
	{ "nist", false, false, true, check_nist },
};

static const struct kind *find_kind(const struct options *options)
{
	bool certificate = options->certificate_file || options->after;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(options->what, kinds[i].name) == 0 &&
		    (kinds[i].round || !options->round) &&
		    (kinds[i].chain || !options->chain_file) &&
		    (kinds[i].certificate || !certificate))
			return &kinds[i];
	return NULL;
}

static int run(int argc, char *argv[])
{
	struct options options = { 0 };
	const struct kind *kind;

	if (!read_words(argc, argv, &options))
		return usage();
	if (strcmp(options.what, "lines") == 0)
		return argc == 2 ? check_lines() : usage();
	kind = find_kind(&options);
	if (!kind || !options.word)
		return usage();
	return read_files(&options) ? kind->run(&options) : COMMAND_UNUSABLE;
}

const struct command beacon_command = {
	"beacon",
	"check public values: drand rounds, pulses of NIST",
	run,
};
