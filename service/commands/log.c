/* log.c -- klero log check: an auditor that trusts nothing it is served. */
#include "command.h"
#include "file.h"
#include "log_audit.h"

#include <errno.h>
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	STATE_MODE = 0644,
	CLOCK_SKEW_S = 60, /* by which a witness's clock may be ahead */
};

struct options {
	char *base;        /* a folder or an address */
	const char *trust; /* whose keys */
	const char *state; /* the last checkpoint we found good */
	const char *known[AUDIT_KNOWN_MAX];
	const char *receipts[AUDIT_RECEIPTS_MAX];
	size_t known_count, receipt_count;
	bool json;
};

/* All that one run holds. What `note` points to stands in `bytes`. */
struct check {
	const struct options *options;
	struct audit_source source;
	struct kl_buf bytes, trust_text;
	struct kl_trust trust;
	struct kl_note note;
	struct kl_checkpoint checkpoint;
	struct kl_note_key key; /* the log's, once known */
	bool has_key;
	struct kl_note_verdict verdicts[KL_TRUST_WITNESSES_MAX];
	struct audit_known known[AUDIT_KNOWN_MAX + 1]; /* and the state */
	size_t known_count;
	struct audit_receipt receipts[AUDIT_RECEIPTS_MAX];
	struct audit_entries entries;
	struct audit_fault fault;
};

static int usage(void)
{
	fprintf(stderr,
	    "usage: klero log check DIR|URL [--trust FILE] [--state FILE] "
	    "[--known FILE]...\n"
	    "                 [--receipt FILE]... [--json]\n"
	    "  --trust    a C2SP tlog-policy: the log's key, witnesses, "
	    "quorum\n"
	    "  --state    where the last good checkpoint is kept; the log "
	    "must\n"
	    "             begin with what it was then\n"
	    "  --known    a checkpoint that somebody else kept, likewise\n"
	    "  --receipt  the answer to a sign-up, commitment or reveal: the "
	    "log\n"
	    "             must hold what it has promised\n");
	return COMMAND_UNUSABLE;
}

static enum audit_outcome fail_at(
    struct check *check, const char *path, const char *code, const char *why)
{
	snprintf(check->fault.path, sizeof(check->fault.path), "%s", path);
	return audit_fail(&check->fault, code, why);
}

/* --- A: the checkpoint -------------------------------------------------------
 */

static enum audit_outcome read_trust(struct check *check)
{
	const char *path = check->options->trust;
	size_t line;

	if (!path)
		return AUDIT_GOOD;
	if (!command_read("log", path, &check->trust_text))
		return AUDIT_UNUSABLE;
	if (!kl_trust_read(check->trust_text.data
			       ? (const char *)check->trust_text.data
			       : "",
		check->trust_text.size, &check->trust, &line))
		return AUDIT_GOOD;
	fprintf(stderr, "log: %s:%zu: not a policy\n", path, line);
	return AUDIT_UNUSABLE;
}

/* Signed by a log we trust, and by enough witnesses. */
static enum audit_outcome check_signatures(struct check *check)
{
	const struct kl_checkpoint *checkpoint = &check->checkpoint;
	const struct kl_note_key *key;

	if (!check->options->trust)
		return AUDIT_GOOD;
	key = kl_trust_log(&check->trust,
	    (struct kl_span){ checkpoint->origin, checkpoint->origin_size });
	if (!key)
		return fail_at(check, "checkpoint", "untrusted",
		    "no log with this origin is trusted");
	if (kl_note_verify(&check->note, key, 1, NULL))
		return fail_at(check, "checkpoint", "signature",
		    "its log has not signed it");
	if (kl_trust_quorum(&check->trust, &check->note, check->verdicts))
		return fail_at(check, "checkpoint", "witnesses",
		    "too few witnesses have signed it, or one wrongly");
	check->key = *key;
	check->has_key = true;
	return AUDIT_GOOD;
}

static enum audit_outcome read_checkpoint(struct check *check)
{
	struct kl_checkpoint *checkpoint = &check->checkpoint;
	enum audit_got got =
	    audit_source_read(&check->source, "checkpoint", &check->bytes);

	if (got == AUDIT_MISSING)
		fprintf(stderr, "log: %s: no log: it has no checkpoint\n",
		    check->source.base);
	if (got == AUDIT_MISSING || got == AUDIT_UNREADABLE)
		return AUDIT_UNUSABLE;
	if (got == AUDIT_TOO_LARGE || check->bytes.size == 0 ||
	    kl_note_read((const char *)check->bytes.data, check->bytes.size,
		&check->note) ||
	    kl_checkpoint_read(
		check->note.text, check->note.text_size, checkpoint))
		return fail_at(check, "checkpoint", "checkpoint-form",
		    "it is no signed checkpoint");
	if (checkpoint->has_extensions)
		return fail_at(check, "checkpoint", "checkpoint-form",
		    "it has more than three lines");
	return check_signatures(check);
}

/* --- C: what we knew ---------------------------------------------------------
 */

static enum audit_outcome add_known(struct check *check, const char *path)
{
	struct audit_known *known = &check->known[check->known_count];

	known->path = path;
	check->known_count++; /* from now on it is cleared */
	return audit_known_read(known, &check->checkpoint,
		   check->has_key ? &check->key : NULL)
		   ? AUDIT_GOOD
		   : AUDIT_UNUSABLE;
}

/* Nothing is known before the first time. */
static bool has_state(const struct options *options)
{
	return options->state &&
	       (access(options->state, F_OK) == 0 || errno != ENOENT);
}

static enum audit_outcome read_known(struct check *check)
{
	const struct options *options = check->options;
	enum audit_outcome outcome = AUDIT_GOOD;
	const struct audit_known *largest;

	if (has_state(options))
		outcome = add_known(check, options->state);
	for (size_t i = 0; i < options->known_count && !outcome; i++)
		outcome = add_known(check, options->known[i]);
	if (outcome || check->known_count == 0)
		return outcome;
	audit_known_sort(check->known, check->known_count);
	largest = &check->known[check->known_count - 1];
	if (largest->size <= check->checkpoint.size)
		return AUDIT_GOOD;
	check->fault.known = largest;
	return fail_at(check, "checkpoint", "rolled-back",
	    "the log is smaller than it was");
}

static enum audit_outcome read_receipts(struct check *check)
{
	struct audit_entries *entries = &check->entries;

	entries->receipts = check->receipts;
	for (size_t i = 0; i < check->options->receipt_count; i++) {
		entries->receipt_count++; /* from now on it is cleared */
		if (!audit_receipt_read(
			&check->receipts[i], check->options->receipts[i]))
			return AUDIT_UNUSABLE;
	}
	return AUDIT_GOOD;
}

static int keep_state(const struct check *check)
{
	const char *path = check->options->state;
	int number = path ? file_replace(path, check->bytes.data,
				check->bytes.size, STATE_MODE)
			  : 0;

	if (number)
		fprintf(stderr, "log: %s: %s\n", path, strerror(number));
	return number ? COMMAND_UNUSABLE : COMMAND_DONE;
}

/* --- what only the entries can tell ------------------------------------------
 */

/* Entry 0 says whose log it is. */
static enum audit_outcome check_owner(struct check *check)
{
	const struct kl_checkpoint *checkpoint = &check->checkpoint;
	const struct audit_entries *entries = &check->entries;
	struct kl_note_key key;

	if (checkpoint->size == 0)
		return AUDIT_GOOD;
	if (strlen(entries->origin) != checkpoint->origin_size ||
	    memcmp(entries->origin, checkpoint->origin,
		checkpoint->origin_size) != 0)
		return audit_fail_entry(&check->fault, 0, "origin",
		    "it names another origin than the checkpoint");
	if (check->has_key) {
		if (kl_public_key_equal(&check->key.key, &entries->log_key))
			return AUDIT_GOOD;
		return audit_fail_entry(&check->fault, 0, "log-key",
		    "it names another key than is trusted");
	}
	if (kl_note_key_make(&key, entries->origin, strlen(entries->origin),
		KL_KEY_NOTE, &entries->log_key) ||
	    kl_note_verify(&check->note, &key, 1, NULL))
		return fail_at(check, "checkpoint", "signature",
		    "the key that entry 0 names has not signed it");
	return AUDIT_GOOD;
}

/* A witness signs what it has seen, and not before it is there. */
static enum audit_outcome check_times(struct check *check)
{
	int64_t now = (int64_t)time(NULL);

	for (size_t i = 0; i < check->trust.witness_count; i++) {
		const struct kl_note_verdict *verdict = &check->verdicts[i];

		if (!verdict->has_signed)
			continue;
		if ((int64_t)verdict->time > now + CLOCK_SKEW_S)
			return fail_at(check, "checkpoint", "cosignature-time",
			    "a witness signed it in the future");
		if ((int64_t)verdict->time < check->entries.at)
			return fail_at(check, "checkpoint", "cosignature-time",
			    "a witness signed it before its last entry");
	}
	return AUDIT_GOOD;
}

/* What the last entry leaves open. */
static enum audit_outcome check_end(struct check *check)
{
	enum audit_outcome outcome =
	    audit_notices_end(&check->entries, &check->fault);

	if (outcome == AUDIT_GOOD)
		outcome = audit_receipts_end(
		    &check->entries, (int64_t)time(NULL), &check->fault);
	return outcome;
}

/* --- the command -------------------------------------------------------------
 */

static int report(struct check *check, enum audit_outcome outcome)
{
	const struct audit_report report = {
		.checkpoint = &check->checkpoint,
		.note = &check->bytes,
		.entries = &check->entries,
		.fault = outcome == AUDIT_FAULT ? &check->fault : NULL,
		.anchored = check->has_key,
	};

	if (outcome == AUDIT_UNUSABLE)
		return COMMAND_UNUSABLE;
	if (check->options->json)
		audit_report_json(&report);
	else
		audit_report_text(&report);
	return outcome == AUDIT_GOOD ? keep_state(check) : COMMAND_REFUSED;
}

static enum audit_outcome audit_log(struct check *check)
{
	static enum audit_outcome (*const before[])(struct check *) = {
		read_trust, read_checkpoint, read_known, read_receipts
	};
	static enum audit_outcome (*const after[])(
	    struct check *) = { check_owner, check_times, check_end };
	enum audit_outcome outcome = AUDIT_GOOD;

	for (size_t i = 0; i < sizeof(before) / sizeof(*before) && !outcome;
	     i++)
		outcome = before[i](check);
	if (!outcome)
		outcome =
		    audit_tree(&check->source, &check->checkpoint, check->known,
			check->known_count, &check->entries, &check->fault);
	for (size_t i = 0; i < sizeof(after) / sizeof(*after) && !outcome; i++)
		outcome = after[i](check);
	return outcome;
}

static bool add(
    const char *list[], size_t *count, size_t count_max, const char *path)
{
	if (*count == count_max)
		return false;
	list[(*count)++] = path;
	return true;
}

/* False for an option that there is not, or too often. */
static bool take_option(struct options *options, int option)
{
	switch (option) {
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
	case 'j':
		options->json = true;
		return true;
	}
	return false;
}

static bool read_options(int argc, char *argv[], struct options *options)
{
	static const struct option names[] = {
		{ "trust", required_argument, NULL, 't' },
		{ "state", required_argument, NULL, 's' },
		{ "known", required_argument, NULL, 'k' },
		{ "receipt", required_argument, NULL, 'r' },
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1)
		if (!take_option(options, option))
			return false;
	if (argc - optind != 2 || strcmp(argv[optind], "check") != 0)
		return false;
	options->base = argv[optind + 1];
	return true;
}

static int run(int argc, char *argv[])
{
	struct options options = { 0 };
	struct check check = {
		.options = &options,
		.bytes = KL_BUF(KL_NOTE_SIZE_MAX),
		.trust_text = KL_BUF(KL_TRUST_SIZE_MAX),
	};
	int status = COMMAND_UNUSABLE;

	if (!read_options(argc, argv, &options))
		return usage();
	if (sodium_init() < 0)
		return status;
	audit_entries_begin(&check.entries);
	if (audit_source_open(&check.source, options.base))
		status = report(&check, audit_log(&check));
	audit_source_close(&check.source);
	kl_buf_clear(&check.bytes);
	kl_buf_clear(&check.trust_text);
	for (size_t i = 0; i < check.known_count; i++)
		kl_buf_clear(&check.known[i].bytes);
	for (size_t i = 0; i < check.entries.receipt_count; i++)
		audit_receipt_clear(&check.receipts[i]);
	audit_entries_clear(&check.entries);
	return status;
}

const struct command log_command = {
	"log",
	"check a log: form, tree, history, entries",
	run,
};
