/* log_known.c -- checkpoints that somebody kept of a log. */
#include "command.h"
#include "log_audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool refuse(const struct audit_known *known, const char *why)
{
	fprintf(stderr, "log: %s: %s\n", known->path, why);
	return false;
}

bool audit_known_read(struct audit_known *known,
    const struct kl_checkpoint *now, const struct kl_note_key *key)
{
	struct kl_checkpoint checkpoint;
	struct kl_note note;

	known->bytes = (struct kl_buf)KL_BUF(KL_NOTE_SIZE_MAX);
	if (!command_read("log", known->path, &known->bytes))
		return false;
	if (known->bytes.size == 0 ||
	    kl_note_read(
		(const char *)known->bytes.data, known->bytes.size, &note) ||
	    kl_checkpoint_read(note.text, note.text_size, &checkpoint))
		return refuse(known, "no checkpoint");
	if (checkpoint.origin_size != now->origin_size ||
	    memcmp(checkpoint.origin, now->origin, now->origin_size) != 0)
		return refuse(known, "of another log");
	if (key && kl_note_verify(&note, key, 1, NULL))
		return refuse(known, "the log has not signed it");
	known->size = checkpoint.size;
	known->root = checkpoint.root;
	return true;
}

static int by_size(const void *left, const void *right)
{
	const struct audit_known *one = left, *other = right;

	return (one->size > other->size) - (one->size < other->size);
}

void audit_known_sort(struct audit_known known[], size_t count)
{
	qsort(known, count, sizeof(*known), by_size);
}
