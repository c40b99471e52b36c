/* log.c -- klero log check: an auditor that trusts nothing it is served. */
#include "command.h"
#include "file.h"
#include "log_audit.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
	STATE_MODE = 0644,
	CLOCK_SKEW_S = 60, /* by which a witness's clock may be ahead */
};

struct options {
	char *base;        /* a folder or an address */
	const char *trust; /* whose keys */
	const char *state; /* the last checkpoint we found good */
	bool json;
};

/* All that one run holds. What `note` points to stands in `bytes`. */
struct check {
	const struct options *options;
	struct audit_source source;
	struct kl_buf bytes, trust_text, state;
	struct kl_trust trust;
	struct kl_note note;
	struct kl_checkpoint checkpoint;
	struct kl_note_key key; /* the log's, once known */
	bool has_key;
	struct kl_note_verdict verdicts[KL_TRUST_WITNESSES_MAX];
	struct audit_entries entries;
	struct audit_fault fault;
};

static int usage(void)
{
	fprintf(stderr,
	    "usage: klero log check DIR|URL [--trust FILE] [--state FILE] "
	    "[--json]\n"
	    "  --trust  a C2SP tlog-policy: the log's key, witnesses, quorum\n"
	    "  --state  where the last good checkpoint is kept; the log must\n"
	    "           begin with what it was then\n");
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

/* The checkpoint we kept, taken apart: `older` is set when there is one. */
static enum audit_outcome read_state(
    struct check *check, struct audit_head *older, bool *there)
{
	const char *path = check->options->state;
	struct kl_checkpoint checkpoint;
	struct kl_note note;
	int number;

	*there = false;
	if (!path)
		return AUDIT_GOOD;
	number = file_read(path, &check->state);
	if (number == ENOENT)
		return AUDIT_GOOD;
	if (number || check->state.size == 0 ||
	    kl_note_read(
		(const char *)check->state.data, check->state.size, &note) ||
	    kl_checkpoint_read(note.text, note.text_size, &checkpoint) ||
	    (check->has_key && kl_note_verify(&note, &check->key, 1, NULL))) {
		fprintf(stderr, "log: %s: %s\n", path,
		    number ? strerror(number) : "no checkpoint of this log");
		return AUDIT_UNUSABLE;
	}
	if (checkpoint.origin_size != check->checkpoint.origin_size ||
	    memcmp(checkpoint.origin, check->checkpoint.origin,
		checkpoint.origin_size) != 0) {
		fprintf(stderr, "log: %s: of another log\n", path);
		return AUDIT_UNUSABLE;
	}
	*older = (struct audit_head){ checkpoint.size, checkpoint.root };
	*there = true;
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

/* --- the report --------------------------------------------------------------
 */

static void print_good(const struct check *check)
{
	const struct audit_entries *entries = &check->entries;
	size_t waiting = entries->sealed_count - entries->opened_count;
	char root[KL_HASH_HEX];

	kl_hash_hex(&check->checkpoint.root, root);
	printf("origin %.*s\nsize %llu\nroot %s\nsealed %zu, opened %zu\n",
	    (int)check->checkpoint.origin_size, check->checkpoint.origin,
	    (unsigned long long)check->checkpoint.size, root, waiting,
	    entries->opened_count);
	if (!check->has_key)
		printf("key not anchored: no --trust\n");
	if (entries->rehearsal)
		printf("rehearsal: its time is not real\n");
}

/* Both signed notes: the report then stands without the server. */
static void print_fault(const struct check *check)
{
	const struct audit_fault *fault = &check->fault;

	printf("fault %s", fault->code);
	if (fault->path[0])
		printf(" in %s", fault->path);
	if (fault->has_index)
		printf(" at entry %llu", (unsigned long long)fault->index);
	printf(": %s\n", fault->why);
	if (strcmp(fault->code, "forked") != 0 &&
	    strcmp(fault->code, "rolled-back") != 0)
		return;
	printf("\nwe knew:\n%.*s\nwe were served:\n%.*s",
	    (int)check->state.size, (const char *)check->state.data,
	    (int)check->bytes.size, (const char *)check->bytes.data);
}

static void print_json(const struct check *check, bool good)
{
	const struct audit_fault *fault = &check->fault;
	const struct audit_entries *entries = &check->entries;
	char root[KL_HASH_HEX];
	json_t *report;

	kl_hash_hex(&check->checkpoint.root, root);
	report = json_pack("{s:b, s:s%, s:I, s:s, s:I, s:I, s:b, s:b}", "good",
	    good, "origin",
	    check->checkpoint.origin ? check->checkpoint.origin : "",
	    check->checkpoint.origin_size, "size",
	    (json_int_t)check->checkpoint.size, "root", root, "sealed",
	    (json_int_t)(entries->sealed_count - entries->opened_count),
	    "opened", (json_int_t)entries->opened_count, "anchored",
	    check->has_key, "rehearsal", entries->rehearsal);
	if (report && !good) {
		json_object_set_new(report, "fault",
		    json_pack("{s:s, s:s, s:s}", "code", fault->code, "path",
			fault->path, "why", fault->why));
		if (fault->has_index)
			json_object_set_new(json_object_get(report, "fault"),
			    "index", json_integer((json_int_t)fault->index));
	}
	json_dumpf(report, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(report);
}

static int report(const struct check *check, enum audit_outcome outcome)
{
	switch (outcome) {
	case AUDIT_UNUSABLE:
		return COMMAND_UNUSABLE;
	case AUDIT_GOOD:
		if (check->options->json)
			print_json(check, true);
		else
			print_good(check);
		return keep_state(check);
	case AUDIT_FAULT:
		if (check->options->json)
			print_json(check, false);
		else
			print_fault(check);
		break;
	}
	return COMMAND_REFUSED;
}

/* --- the command -------------------------------------------------------------
 */

static enum audit_outcome audit_log(struct check *check)
{
	struct audit_head head, older;
	bool known;
	enum audit_outcome outcome = read_trust(check);

	if (outcome == AUDIT_GOOD)
		outcome = read_checkpoint(check);
	if (outcome == AUDIT_GOOD)
		outcome = read_state(check, &older, &known);
	if (outcome != AUDIT_GOOD)
		return outcome;
	head = (struct audit_head){ check->checkpoint.size,
		check->checkpoint.root };
	if (known && older.size > head.size)
		return fail_at(check, "checkpoint", "rolled-back",
		    "the log is smaller than it was");
	outcome = audit_tree(&check->source, &head, known ? &older : NULL,
	    &check->entries, &check->fault);
	if (outcome == AUDIT_GOOD)
		outcome = check_owner(check);
	if (outcome == AUDIT_GOOD)
		outcome = check_times(check);
	return outcome;
}

static bool read_options(int argc, char *argv[], struct options *options)
{
	static const struct option names[] = {
		{ "trust", required_argument, NULL, 't' },
		{ "state", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (option == 't')
			options->trust = optarg;
		else if (option == 's')
			options->state = optarg;
		else if (option == 'j')
			options->json = true;
		else
			return false;
	}
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
		.state = KL_BUF(KL_NOTE_SIZE_MAX),
	};
	int status = COMMAND_UNUSABLE;

	if (!read_options(argc, argv, &options))
		return usage();
	if (audit_source_open(&check.source, options.base))
		status = report(&check, audit_log(&check));
	audit_source_close(&check.source);
	audit_entries_clear(&check.entries);
	kl_buf_clear(&check.bytes);
	kl_buf_clear(&check.trust_text);
	kl_buf_clear(&check.state);
	return status;
}

const struct command log_command = {
	"log",
	"check a log: form, tree, history, entries",
	run,
};
