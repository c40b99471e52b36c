/* keygen.c -- klero keygen: a key of a party, a log, a witness, or a token. */
#include "command.h"
#include "file.h"
#include "kl_hash.h"
#include "kl_note.h"
#include "kl_text.h"

#include <errno.h>
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { SECRET_SIZE = 32, SECRET_HEX = 2 * SECRET_SIZE + 1, KEY_MODE = 0400 };

struct options {
	const char *file;
	const char *name; /* of a log's or a witness's key; NULL: a party's */
	enum kl_key_type type; /* of one with a name */
	bool api;              /* an API token: no key at all */
	bool show; /* an existing file: print its public half again */
};

static int usage(void)
{
	fprintf(stderr,
	    "usage: klero keygen FILE             a party's key; prints its "
	    "public half\n"
	    "       klero keygen --log NAME FILE  a log's key; prints its "
	    "verifier key\n"
	    "       klero keygen --witness NAME FILE  a witness's key; prints "
	    "its verifier key\n"
	    "       klero keygen --api FILE       an API token; prints its "
	    "key_hash\n"
	    "       --show instead of making one: print that of an existing "
	    "FILE\n");
	return COMMAND_UNUSABLE;
}

/* --- what is told to others ----------------------------------------------- */

static int print_key(const struct options *options, const char *hex)
{
	uint8_t seed[KL_SEED_SIZE];
	char text[KL_NOTE_KEY_TEXT];
	struct kl_signer signer;
	struct kl_note_key key;

	if (kl_unhex(hex, SECRET_HEX - 1, seed, sizeof(seed)))
		return COMMAND_UNUSABLE;
	kl_signer_make(&signer, seed);
	sodium_memzero(seed, sizeof(seed));
	kl_public_key_hex(&signer.key, text);
	if (options->name &&
	    !kl_note_key_make(&key, options->name, strlen(options->name),
		options->type, &signer.key))
		kl_note_key_write(&key, text);
	kl_signer_clear(&signer);
	printf("%s\n", text);
	return fflush(stdout) ? COMMAND_UNUSABLE : COMMAND_DONE;
}

/* The service keeps the hash of the token as it stands in the header. */
static int print_token_hash(const char *hex)
{
	struct kl_hash hash = kl_hash_of(hex, strlen(hex));
	char text[KL_HASH_HEX];

	kl_hash_hex(&hash, text);
	printf("%s\n", text);
	return fflush(stdout) ? COMMAND_UNUSABLE : COMMAND_DONE;
}

static int print_public(const struct options *options, const char *hex)
{
	return options->api ? print_token_hash(hex) : print_key(options, hex);
}

/* --- the file: one line of 64 hex digits ---------------------------------- */

static int show(const struct options *options)
{
	struct kl_buf text = KL_BUF(SECRET_HEX);
	char hex[SECRET_HEX] = { 0 };
	uint8_t bytes[SECRET_SIZE];
	int status = COMMAND_UNUSABLE;

	if (!command_read("keygen", options->file, &text))
		return COMMAND_UNUSABLE;
	if (text.size == SECRET_HEX && text.data[text.size - 1] == '\n' &&
	    !kl_unhex(
		(const char *)text.data, text.size - 1, bytes, sizeof(bytes))) {
		memcpy(hex, text.data, text.size - 1);
		status = print_public(options, hex);
	} else {
		fprintf(stderr, "keygen: %s: no line of 64 hex digits\n",
		    options->file);
	}
	sodium_memzero(bytes, sizeof(bytes));
	sodium_memzero(hex, sizeof(hex));
	sodium_memzero(text.data, text.size);
	kl_buf_clear(&text);
	return status;
}

static int create(const struct options *options)
{
	char line[SECRET_HEX + 1];
	uint8_t secret[SECRET_SIZE];
	int number, status;

	randombytes_buf(secret, sizeof(secret));
	kl_hex(secret, sizeof(secret), line);
	sodium_memzero(secret, sizeof(secret));
	line[SECRET_HEX - 1] = '\n';
	number = file_create(options->file, line, SECRET_HEX, KEY_MODE);
	line[SECRET_HEX - 1] = '\0';
	if (number == 0) {
		status = print_public(options, line);
	} else {
		fprintf(stderr, "keygen: %s: %s\n", options->file,
		    number == EEXIST ? "exists, and stays as it is"
				     : strerror(number));
		status = number == EEXIST ? COMMAND_REFUSED : COMMAND_UNUSABLE;
	}
	sodium_memzero(line, sizeof(line));
	return status;
}

/* --- the command ---------------------------------------------------------- */

static bool read_options(int argc, char *argv[], struct options *options)
{
	static const struct option names[] = {
		{ "log", required_argument, NULL, 'l' },
		{ "witness", required_argument, NULL, 'w' },
		{ "api", no_argument, NULL, 'a' },
		{ "show", no_argument, NULL, 's' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if ((option == 'l' || option == 'w') && !options->name) {
			options->name = optarg;
			options->type =
			    option == 'l' ? KL_KEY_NOTE : KL_KEY_COSIGNATURE;
		} else if (option == 'a') {
			options->api = true;
		} else if (option == 's') {
			options->show = true;
		} else {
			return false;
		}
	}
	if (optind + 1 != argc || (options->api && options->name))
		return false;
	options->file = argv[optind];
	return true;
}

static int run(int argc, char *argv[])
{
	struct options options = { 0 };

	if (!read_options(argc, argv, &options))
		return usage();
	if (sodium_init() < 0)
		return COMMAND_UNUSABLE;
	if (options.name &&
	    !kl_is_key_name(options.name, strlen(options.name))) {
		fprintf(stderr,
		    "keygen: NAME: 1 to 255 printable characters of ASCII, no "
		    "space, no plus\n");
		return COMMAND_UNUSABLE;
	}
	return options.show ? show(&options) : create(&options);
}

const struct command keygen_command = {
	"keygen",
	"make a key of a party, a log or a witness, or an API token",
	run,
};
