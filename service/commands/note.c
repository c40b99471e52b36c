/* note.c -- klero note: sign and verify notes as C2SP describes them. */
#include "command.h"
#include "key_file.h"
#include "kl_checkpoint.h"
#include "kl_time.h"
#include "kl_trust.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { KEYS_MAX = 16 };

struct options {
	const char *key, *name; /* who signs */
	const char *cosign;     /* a time: what is signed is a checkpoint */
	const char *trust;      /* whom to ask, in a file */
	char **words;
	int count;
};

static int usage(void)
{
	fprintf(stderr,
	    "usage: klero note sign --key KEY --name NAME < TEXT\n"
	    "       klero note sign --key KEY --name NAME --cosign TIME < "
	    "CHECKPOINT\n"
	    "       klero note verify VKEY... < NOTE\n"
	    "       klero note verify --trust FILE < CHECKPOINT\n"
	    "  TIME: as 2026-07-01T00:00:00Z; verify prints what is signed\n");
	return COMMAND_UNUSABLE;
}

static int refuse(const char *why)
{
	fprintf(stderr, "note: %s\n", why);
	return COMMAND_REFUSED;
}

/* --- sign ----------------------------------------------------------------- */

static bool open_key(const struct options *options, struct kl_signer *signer,
    struct kl_note_key *key)
{
	if (key_file_read(options->key, signer))
		return false;
	if (!kl_note_key_make(key, options->name, strlen(options->name),
		options->cosign ? KL_KEY_COSIGNATURE : KL_KEY_NOTE,
		&signer->key))
		return true;
	fprintf(stderr, "note: NAME: not a key name\n");
	kl_signer_clear(signer);
	return false;
}

/* Would it be read again? A note holds text, and ends its lines. */
static enum kl_result sign_text(const struct kl_buf *text,
    const struct kl_note_key *key, const struct kl_signer *signer,
    struct kl_buf *out)
{
	struct kl_note note;
	enum kl_result result;

	if (text->size == 0 || text->data[text->size - 1] != '\n')
		return KL_MALFORMED;
	kl_buf_add(out, text->data, text->size);
	kl_buf_add_byte(out, '\n');
	result = kl_note_sign(
	    out, (const char *)text->data, text->size, key, signer);
	if (!result)
		result =
		    kl_note_read((const char *)out->data, out->size, &note);
	return result;
}

static enum kl_result cosign(const struct kl_buf *text,
    const struct kl_note_key *key, const struct kl_signer *signer, int64_t time,
    struct kl_buf *out)
{
	struct kl_checkpoint checkpoint;
	struct kl_note note;
	enum kl_result result =
	    kl_note_read((const char *)text->data, text->size, &note);

	if (!result)
		result =
		    kl_checkpoint_read(note.text, note.text_size, &checkpoint);
	if (result)
		return result;
	kl_buf_add(out, text->data, text->size);
	return kl_note_cosign(
	    out, note.text, note.text_size, key, signer, (uint64_t)time);
}

static int sign(const struct options *options)
{
	struct kl_buf text = KL_BUF(KL_NOTE_SIZE_MAX);
	struct kl_buf out = KL_BUF(KL_NOTE_SIZE_MAX);
	struct kl_note_key key;
	struct kl_signer signer;
	enum kl_result result;
	int64_t time = 0;
	int status = COMMAND_UNUSABLE;

	if (options->cosign &&
	    (kl_time_read(options->cosign, strlen(options->cosign), &time) ||
		time < 1))
		return usage();
	if (!open_key(options, &signer, &key))
		return status;
	if (command_read("note", "-", &text) && text.size > 0) {
		result = options->cosign
			     ? cosign(&text, &key, &signer, time, &out)
			     : sign_text(&text, &key, &signer, &out);
		status = result ? refuse("nothing that can be signed so")
				: command_print(out.data, out.size);
	}
	kl_signer_clear(&signer);
	kl_buf_clear(&text);
	kl_buf_clear(&out);
	return status;
}

/* --- verify --------------------------------------------------------------- */

static int verify_keys(
    const struct options *options, const struct kl_note *note)
{
	struct kl_note_key keys[KEYS_MAX];
	struct kl_note_verdict verdicts[KEYS_MAX];
	size_t count = (size_t)options->count - 1;

	if (count < 1 || count > KEYS_MAX)
		return usage();
	for (size_t i = 0; i < count; i++) {
		const char *word = options->words[i + 1];

		if (kl_note_key_read(word, strlen(word), &keys[i])) {
			fprintf(stderr, "note: VKEY: not a verifier key\n");
			return COMMAND_UNUSABLE;
		}
	}
	if (kl_note_verify(note, keys, count, verdicts))
		return refuse("a bad signature, or none of these keys signed");
	for (size_t i = 0; i < count; i++)
		fprintf(stderr, "%s: %s\n", keys[i].name,
		    verdicts[i].has_signed ? "signed" : "has not signed");
	return COMMAND_DONE;
}

/* As C2SP's tlog-policy: a log of the file, and its quorum. */
static int verify_policy(
    const struct kl_trust *trust, const struct kl_note *note)
{
	struct kl_note_verdict verdicts[KL_TRUST_WITNESSES_MAX];
	struct kl_checkpoint checkpoint;
	const struct kl_note_key *log;

	if (kl_checkpoint_read(note->text, note->text_size, &checkpoint))
		return refuse("not a checkpoint");
	log = kl_trust_log(trust,
	    (struct kl_span){ checkpoint.origin, checkpoint.origin_size });
	if (!log)
		return refuse("this log is not trusted");
	if (kl_note_verify(note, log, 1, NULL))
		return refuse("not signed by its log");
	if (kl_trust_quorum(trust, note, verdicts))
		return refuse("too few witnesses, or a bad one");
	return COMMAND_DONE;
}

static int verify_trust(const char *path, const struct kl_note *note)
{
	struct kl_buf text = KL_BUF(KL_TRUST_SIZE_MAX);
	struct kl_trust trust;
	int status = COMMAND_UNUSABLE;
	size_t line;

	if (!command_read("note", path, &text))
		return status;
	if (kl_trust_read(text.data ? (const char *)text.data : "", text.size,
		&trust, &line))
		fprintf(stderr, "note: %s:%zu: not a policy\n", path, line);
	else
		status = verify_policy(&trust, note);
	kl_buf_clear(&text);
	return status;
}

static int verify(const struct options *options)
{
	struct kl_buf bytes = KL_BUF(KL_NOTE_SIZE_MAX);
	struct kl_note note;
	int status = COMMAND_UNUSABLE;

	if (!command_read("note", "-", &bytes))
		return status;
	if (kl_note_read(
		bytes.data ? (const char *)bytes.data : "", bytes.size, &note))
		status = refuse("not a signed note");
	else if (options->trust)
		status = verify_trust(options->trust, &note);
	else
		status = verify_keys(options, &note);
	if (status == COMMAND_DONE)
		status = command_print(note.text, note.text_size);
	kl_buf_clear(&bytes);
	return status;
}

/* --- the command ---------------------------------------------------------- */

static bool read_options(int argc, char *argv[], struct options *options)
{
	static const struct option names[] = {
		{ "key", required_argument, NULL, 'k' },
		{ "name", required_argument, NULL, 'n' },
		{ "cosign", required_argument, NULL, 'c' },
		{ "trust", required_argument, NULL, 't' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (option == 'k')
			options->key = optarg;
		else if (option == 'n')
			options->name = optarg;
		else if (option == 'c')
			options->cosign = optarg;
		else if (option == 't')
			options->trust = optarg;
		else
			return false;
	}
	options->words = argv + optind;
	options->count = argc - optind;
	return options->count > 0;
}

static int run(int argc, char *argv[])
{
	struct options options = { 0 };
	const char *what;

	if (!read_options(argc, argv, &options))
		return usage();
	what = options.words[0];
	if (strcmp(what, "sign") == 0 && options.count == 1 && options.key &&
	    options.name && !options.trust)
		return sign(&options);
	if (strcmp(what, "verify") == 0 && !options.key && !options.name &&
	    !options.cosign && (options.count > 1) != (options.trust != NULL))
		return verify(&options);
	return usage();
}

const struct command note_command = {
	"note",
	"signed notes and checkpoints: sign, verify",
	run,
};
