/* log_known.c -- checkpoints that somebody kept of a log. */
#include "command.h"
#include "file.h"
#include "kl_proof.h"
#include "log_audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool refuse(const struct audit_known *known, const char *why)
{
	fprintf(stderr, "log: %s: %s\n", known->path, why);
	return false;
}

/* Of a folder it is the checkpoint. */
static bool read_note(struct audit_known *known)
{
	if (!known->folder)
		return command_read("log", known->path, &known->bytes);
	switch (audit_folder_read(known->folder, "checkpoint", &known->bytes)) {
	case AUDIT_GOT:
		return true;
	case AUDIT_UNREADABLE: /* told already */
		return false;
	case AUDIT_MISSING:
	case AUDIT_TOO_LARGE:
		break;
	}
	return refuse(known, "no checkpoint");
}

/* Of a proof that an entry is there only the checkpoint in it. */
static bool take_proof(struct audit_known *known)
{
	struct kl_buf *bytes = &known->bytes;
	struct kl_proof proof;

	if (bytes->size == 0 || !kl_proof_is((char *)bytes->data, bytes->size))
		return true;
	if (kl_proof_read((char *)bytes->data, bytes->size, &proof))
		return refuse(known, "no proof of c2sp.org/tlog-proof");
	memmove(bytes->data, proof.checkpoint, proof.checkpoint_size);
	bytes->size = proof.checkpoint_size;
	return true;
}

bool audit_known_take(struct audit_known *known,
    const struct kl_checkpoint *now, const struct kl_note_key *key,
    const char **why)
{
	struct kl_checkpoint checkpoint;
	struct kl_note note;

	*why = "no checkpoint";
	if (known->bytes.size == 0 ||
	    kl_note_read(
		(const char *)known->bytes.data, known->bytes.size, &note) ||
	    kl_checkpoint_read(note.text, note.text_size, &checkpoint))
		return false;
	*why = "of another log";
	if (checkpoint.origin_size != now->origin_size ||
	    memcmp(checkpoint.origin, now->origin, now->origin_size) != 0)
		return false;
	*why = "the log has not signed it";
	if (key && kl_note_verify(&note, key, 1, NULL))
		return false;
	known->size = checkpoint.size;
	known->root = checkpoint.root;
	return true;
}

bool audit_known_read(struct audit_known *known,
    const struct kl_checkpoint *now, const struct kl_note_key *key)
{
	const char *why;

	known->bytes = (struct kl_buf)KL_BUF(KL_PROOF_SIZE_MAX);
	known->folder = file_is_folder(known->path) ? known->path : NULL;
	if (!read_note(known) || !take_proof(known))
		return false;
	return audit_known_take(known, now, key, &why) || refuse(known, why);
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

/* --- where two logs part -------------------------------------------------- */

/* Two logs, and the tiles of the same place in both. */
struct pair {
	struct audit_source kept, *served;
	uint64_t kept_size, size;
	struct audit_file ours, theirs;
};

static bool read_pair(struct pair *pair, int level, uint64_t tile)
{
	return audit_tile_read(&pair->kept, pair->kept_size, level, tile,
		   &pair->ours) == AUDIT_GOT &&
	       audit_tile_read(pair->served, pair->size, level, tile,
		   &pair->theirs) == AUDIT_GOT;
}

/*
 * The first hash of this level from `from` below `end` that is another in the
 * two: all of them stand in one tile. `end` when there is none, or not both.
 */
static uint64_t first_difference(
    struct pair *pair, int level, uint64_t from, uint64_t end)
{
	uint64_t at = from;

	for (; at < end; at++) {
		size_t place = (size_t)(at % KL_TILE_WIDTH) * KL_HASH_SIZE;

		if ((at == from || place == 0) &&
		    !read_pair(pair, level, at / KL_TILE_WIDTH))
			return end;
		if (pair->ours.bytes.size < place + KL_HASH_SIZE ||
		    pair->theirs.bytes.size < place + KL_HASH_SIZE ||
		    memcmp(pair->ours.bytes.data + place,
			pair->theirs.bytes.data + place, KL_HASH_SIZE) != 0)
			return at;
	}
	return end;
}

/*
 * A hash of level l is over 256 of the level below. Where one is another, so
 * is one of those; where none is, the difference stands behind the last that
 * both have.
 */
uint64_t audit_known_differs(
    const struct audit_known *known, struct audit_source *source, uint64_t size)
{
	struct pair pair = { .kept = { .base = known->folder },
		.served = source,
		.kept_size = known->size,
		.size = size,
		.ours.bytes = KL_BUF(KL_TILE_SIZE + 1),
		.theirs.bytes = KL_BUF(KL_TILE_SIZE + 1) };
	uint64_t least = known->size < size ? known->size : size;
	uint64_t from = 0, end = 0;

	for (int level = KL_TILE_LEVELS - 1; level >= 0; level--) {
		uint64_t all = least >> (8 * level);
		uint64_t last = end > 0 ? end : all;

		from = first_difference(&pair, level, from, last);
		end = from < last ? (from + 1) * KL_TILE_WIDTH : 0;
		if (level > 0)
			from *= KL_TILE_WIDTH;
	}
	kl_buf_clear(&pair.ours.bytes);
	kl_buf_clear(&pair.theirs.bytes);
	return from < least ? from : UINT64_MAX;
}
