/* seed.c -- klero seed: a party's secret for one draw, made offline. */
#include "command.h"
#include "file.h"
#include "key_file.h"
#include "kl_commit.h"
#include "kl_declare.h"

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
	SECRET_FILE_MAX = 512, /* bytes; a commit text has some 200 */
	SECRET_MODE = 0400,
	PATH_SIZE = 4096,
	NEIGHBOURS_MAX = 4096, /* files looked at for a second secret */
};

/* The words after `klero seed`. */
struct options {
	const char *words[3]; /* new DECLARE FILE, commit FILE, reveal FILE */
	size_t count;
	const char *party, *key, *lock;
};

static int usage(void)
{
	fprintf(stderr,
	    "usage: klero seed new DECLARE FILE [--party ID] [--key KEY]\n"
	    "       klero seed commit FILE --key KEY\n"
	    "       klero seed reveal FILE [--lock LOCK]\n");
	return COMMAND_UNUSABLE;
}

static int refuse(const char *file, const char *why)
{
	fprintf(stderr, "seed: %s: %s\n", file, why);
	return COMMAND_REFUSED;
}

/* --- a secret file is a commit text --------------------------------------- */

/* `text` is the caller's, to wipe() also after a failure. */
static bool read_secret(
    const char *path, struct kl_buf *text, struct kl_commit *commit)
{
	struct kl_fault fault;

	if (!command_read("seed", path, text))
		return false;
	if (!kl_commit_read(
		commit, (const char *)text->data, text->size, &fault))
		return true;
	fprintf(stderr, "seed: %s:%zu: %s\n", path, fault.line, fault.why);
	return false;
}

static void wipe(struct kl_buf *text)
{
	if (text->data)
		sodium_memzero(text->data, text->size);
	kl_buf_clear(text);
}

/* --- new ------------------------------------------------------------------ */

/* Is this file a secret of the same party for the same declaration? */
static bool is_rival(const char *path, const struct kl_commit *mine)
{
	struct kl_buf text = KL_BUF(SECRET_FILE_MAX);
	struct kl_commit other;
	bool rival;

	rival =
	    !file_read(path, &text) && text.size > 0 &&
	    !kl_commit_read(&other, (const char *)text.data, text.size, NULL) &&
	    kl_hash_equal(&other.declare, &mine->declare) &&
	    kl_span_equal(other.party, mine->party);
	wipe(&text);
	return rival;
}

/* Beside `path`: two secrets would let a party choose between two results. */
static bool has_rival(const char *path, const struct kl_commit *mine)
{
	char folder[PATH_SIZE], beside[PATH_SIZE];
	const char *slash = strrchr(path, '/');
	struct dirent *entry;
	bool found = false;
	DIR *stream;

	snprintf(folder, sizeof(folder), "%.*s",
	    slash ? (int)(slash - path) + 1 : 2, slash ? path : "./");
	stream = opendir(folder);
	for (int i = 0; stream && !found && i < NEIGHBOURS_MAX; i++) {
		entry = readdir(stream);
		if (!entry)
			break;
		if (entry->d_type == DT_REG &&
		    snprintf(beside, sizeof(beside), "%s%s", folder,
			entry->d_name) < PATH_SIZE &&
		    is_rival(beside, mine)) {
			fprintf(stderr, "seed: %s: is its secret already\n",
			    beside);
			found = true;
		}
	}
	if (stream)
		closedir(stream);
	return found;
}

/* Whose key it is, or who was named; both must agree. */
static bool find_party(const struct options *options,
    const struct kl_declare *declare, struct kl_span *party)
{
	size_t at = SIZE_MAX;
	struct kl_signer signer;

	if (options->party)
		at = kl_declare_party(declare, kl_span_of(options->party));
	if (options->key) {
		if (key_file_read(options->key, &signer))
			return false;
		for (size_t i = 0; i < declare->party_count; i++)
			if (!options->party &&
			    kl_public_key_equal(
				&declare->parties[i].key, &signer.key))
				at = i;
		if (at != SIZE_MAX &&
		    !kl_public_key_equal(
			&declare->parties[at].key, &signer.key))
			at = SIZE_MAX;
		kl_signer_clear(&signer);
	}
	if (at == SIZE_MAX) {
		fprintf(stderr, "seed: no such party is declared\n");
		return false;
	}
	*party = declare->parties[at].id;
	return true;
}

static int create_secret(const char *path, struct kl_commit *commit)
{
	struct kl_buf text = KL_BUF(SECRET_FILE_MAX);
	int number, status = COMMAND_UNUSABLE;

	randombytes_buf(commit->secret.bytes, sizeof(commit->secret.bytes));
	if (!kl_commit_write(commit, &text)) {
		number = file_create(path, text.data, text.size, SECRET_MODE);
		if (number == 0)
			status = COMMAND_DONE;
		else if (number == EEXIST)
			status = refuse(path, "exists, and stays as it is");
		else
			refuse(path, strerror(number));
	}
	sodium_memzero(&commit->secret, sizeof(commit->secret));
	wipe(&text);
	return status;
}

static int make_new(const struct options *options)
{
	const char *path = options->words[2];
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	struct kl_declare declare;
	struct kl_commit commit;
	struct kl_fault fault;
	int status = COMMAND_REFUSED;

	if (!command_read("seed", options->words[1], &text)) {
		status = COMMAND_UNUSABLE;
	} else if (kl_declare_read(&declare,
		       text.data ? (const char *)text.data : "", text.size,
		       &fault)) {
		fprintf(stderr, "seed: %s:%zu: %s\n", options->words[1],
		    fault.line, fault.why);
	} else if (find_party(options, &declare, &commit.party)) {
		commit.declare = kl_hash_of(text.data, text.size);
		if (!has_rival(path, &commit))
			status = create_secret(path, &commit);
	}
	kl_buf_clear(&text);
	return status;
}

/* --- commit --------------------------------------------------------------- */

/* The body of POST /v1/draws/{id}/commitments. */
static int print_commitment(
    const struct kl_commitment *commitment, const struct kl_signer *signer)
{
	struct kl_buf statement = KL_BUF(SECRET_FILE_MAX);
	char commit[KL_HASH_HEX], hex[KL_SIGNATURE_HEX];
	struct kl_signature signature;

	if (kl_commitment_write(commitment, &statement)) {
		kl_buf_clear(&statement);
		return COMMAND_UNUSABLE;
	}
	signature = kl_sign(signer, statement.data, statement.size);
	kl_buf_clear(&statement);
	kl_hash_hex(&commitment->commit, commit);
	kl_signature_hex(&signature, hex);
	printf("{\"party\":\"%.*s\",\"commit\":\"%s\",\"signature\":\"%s\"}\n",
	    (int)commitment->party.size, commitment->party.at, commit, hex);
	return fflush(stdout) ? COMMAND_UNUSABLE : COMMAND_DONE;
}

static int commit_to(const struct options *options)
{
	struct kl_buf text = KL_BUF(SECRET_FILE_MAX);
	struct kl_commitment commitment;
	struct kl_commit commit;
	struct kl_signer signer;
	int status = COMMAND_UNUSABLE;

	if (read_secret(options->words[1], &text, &commit) &&
	    !key_file_read(options->key, &signer)) {
		commitment = (struct kl_commitment){ commit.declare,
			commit.party, kl_hash_of(text.data, text.size) };
		status = print_commitment(&commitment, &signer);
		kl_signer_clear(&signer);
	}
	wipe(&text);
	return status;
}

/* --- reveal --------------------------------------------------------------- */

/* Is our commitment in this lock? protocol §3: only then reveal. */
static const char *complaint_of(const struct kl_lock *lock,
    const struct kl_commit *commit, const struct kl_hash *hash)
{
	if (!kl_hash_equal(&lock->declare, &commit->declare))
		return "it locks another declaration";
	for (size_t i = 0; i < lock->count; i++) {
		const struct kl_locked *locked = &lock->parties[i];

		if (!kl_span_equal(locked->party, commit->party))
			continue;
		if (locked->absent)
			return "it says that we are absent";
		return kl_hash_equal(&locked->commit, hash)
			   ? NULL
			   : "it holds another commitment of ours";
	}
	return "we are not in it";
}

static int check_lock(const char *path, const struct kl_commit *commit,
    const struct kl_hash *hash)
{
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	struct kl_lock lock;
	struct kl_fault fault;
	const char *complaint;
	int status = COMMAND_DONE;

	if (!command_read("seed", path, &text)) {
		status = COMMAND_UNUSABLE;
	} else if (kl_lock_read(&lock, text.data ? (const char *)text.data : "",
		       text.size, &fault)) {
		fprintf(
		    stderr, "seed: %s:%zu: %s\n", path, fault.line, fault.why);
		status = COMMAND_REFUSED;
	} else {
		complaint = complaint_of(&lock, commit, hash);
		if (complaint)
			status = refuse(path, complaint);
	}
	kl_buf_clear(&text);
	return status;
}

static int reveal(const struct options *options)
{
	struct kl_buf text = KL_BUF(SECRET_FILE_MAX);
	struct kl_commit commit;
	struct kl_hash hash;
	int status = COMMAND_UNUSABLE;

	if (read_secret(options->words[1], &text, &commit)) {
		hash = kl_hash_of(text.data, text.size);
		status = options->lock
			     ? check_lock(options->lock, &commit, &hash)
			     : COMMAND_DONE;
		if (status == COMMAND_DONE)
			status = command_print(text.data, text.size);
	}
	wipe(&text);
	return status;
}

/* --- the command ---------------------------------------------------------- */

static bool read_options(int argc, char *argv[], struct options *options)
{
	static const struct option names[] = {
		{ "party", required_argument, NULL, 'p' },
		{ "key", required_argument, NULL, 'k' },
		{ "lock", required_argument, NULL, 'l' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (option == 'p')
			options->party = optarg;
		else if (option == 'k')
			options->key = optarg;
		else if (option == 'l')
			options->lock = optarg;
		else
			return false;
	}
	options->count = (size_t)(argc - optind);
	if (options->count < 2 || options->count > 3)
		return false;
	for (size_t i = 0; i < options->count; i++)
		options->words[i] = argv[optind + (int)i];
	return true;
}

static int run(int argc, char *argv[])
{
	struct options options = { 0 };
	const char *what;

	if (!read_options(argc, argv, &options) || sodium_init() < 0)
		return usage();
	what = options.words[0];
	if (strcmp(what, "new") == 0 && options.count == 3 && !options.lock &&
	    (options.party || options.key))
		return make_new(&options);
	if (strcmp(what, "commit") == 0 && options.count == 2 && options.key &&
	    !options.party && !options.lock)
		return commit_to(&options);
	if (strcmp(what, "reveal") == 0 && options.count == 2 &&
	    !options.party && !options.key)
		return reveal(&options);
	return usage();
}

const struct command seed_command = {
	"seed",
	"a party's secret for one draw: new, commit, reveal",
	run,
};
