/* log_mirror.c -- klero log mirror: a copy of a log that only ever grows. */
#include "command.h"
#include "file.h"
#include "log_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_MODE = 0755, ADDRESS_MAX = KL_NOTE_NAME_MAX + 16 };

/* Make the folder, and take it: two runs at once would mix their files. */
static bool open_copy(const char *copy, int *lock)
{
	int number =
	    mkdir(copy, FOLDER_MODE) == 0 || errno == EEXIST ? 0 : errno;

	if (!number && !file_is_folder(copy))
		number = ENOTDIR;
	if (!number)
		number = file_lock(copy, lock);
	if (number)
		fprintf(stderr, "log: %s: %s\n", copy,
		    number == EWOULDBLOCK ? "it is in use" : strerror(number));
	return !number;
}

/* The origin should be where the log is, without https://. tlog-checkpoint. */
static bool address_of(const char *copy, char address[static ADDRESS_MAX])
{
	struct kl_buf bytes = KL_BUF(KL_NOTE_SIZE_MAX);
	struct kl_checkpoint checkpoint;
	struct kl_note note;
	bool found =
	    audit_folder_read(copy, "checkpoint", &bytes) == AUDIT_GOT &&
	    bytes.size > 0 &&
	    !kl_note_read((const char *)bytes.data, bytes.size, &note) &&
	    !kl_checkpoint_read(note.text, note.text_size, &checkpoint);

	if (found)
		snprintf(address, ADDRESS_MAX, "https://%.*s",
		    (int)checkpoint.origin_size, checkpoint.origin);
	else
		fprintf(stderr,
		    "log: %s: no checkpoint there tells the log's address\n",
		    copy);
	kl_buf_clear(&bytes);
	return found;
}

static const struct audit_known *copy_before(const struct audit_check *check)
{
	for (size_t i = 0; i < check->known_count; i++)
		if (check->known[i].path == check->options->copy)
			return &check->known[i];
	return NULL;
}

/* Is the copy what its own checkpoint says? Its disk may have failed. */
static bool is_whole(const struct audit_options *options)
{
	struct audit_check *alone = calloc(1, sizeof(*alone));
	struct audit_options asked = { .tree_only = true };
	bool whole;

	if (!alone || !(asked.base = strdup(options->copy)))
		abort();
	whole = audit_check_run(alone, &asked) == AUDIT_GOOD;
	audit_check_clear(alone);
	free(asked.base);
	free(alone);
	return whole;
}

/*
 * With the full tiles of the copy the log has not the root that was signed. Is
 * it that the log now serves others in their place?
 */
static void look_for_fork(struct audit_check *check)
{
	const struct audit_known *copy = copy_before(check);
	struct audit_source served = check->source;
	uint64_t first;

	if (!copy || check->fault.known || !is_whole(check->options))
		return;
	served.copy = NULL;
	first = audit_known_differs(copy, &served, check->checkpoint.size);
	if (first == UINT64_MAX)
		return;
	check->fault = (struct audit_fault){ .known = copy,
		.has_range = true,
		.first = first,
		.last = copy->size - 1 };
	(void)audit_fail(&check->fault, "forked",
	    "an entry is not what it was when this checkpoint was kept");
	check->faults[0] = check->fault;
}

static int take(struct audit_check *check, const struct audit_options *options)
{
	enum audit_outcome outcome = audit_check_run(check, options);

	if (outcome == AUDIT_FAULT)
		look_for_fork(check);
	if (outcome == AUDIT_GOOD &&
	    !audit_copy_take(options->copy, &check->bytes, check->copy_size,
		check->checkpoint.size))
		outcome = AUDIT_UNUSABLE;
	check->source.copy = options->copy;
	return audit_tell(check, outcome);
}

int audit_mirror(const struct audit_options *asked)
{
	struct audit_options options = *asked;
	struct audit_check *check;
	char address[ADDRESS_MAX];
	int status, lock;

	if (!options.base && !address_of(options.copy, address))
		return COMMAND_UNUSABLE;
	if (!options.base)
		options.base = address;
	if (!open_copy(options.copy, &lock))
		return COMMAND_UNUSABLE;
	check = calloc(1, sizeof(*check));
	if (!check)
		abort();
	audit_copy_drop(options.copy);
	status = take(check, &options);
	audit_copy_drop(options.copy);
	audit_check_clear(check);
	free(check);
	close(lock);
	return status;
}
