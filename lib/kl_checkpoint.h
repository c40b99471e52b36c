/* kl_checkpoint.h -- what a log signs. c2sp.org/tlog-checkpoint. */
#ifndef KL_CHECKPOINT_H
#define KL_CHECKPOINT_H

#include "kl_hash.h"
#include "kl_note.h"

/* A tree head. `origin` points into the text it was read from. */
struct kl_checkpoint {
	const char *origin; /* not NUL-terminated */
	size_t origin_size;
	uint64_t size; /* leaves */
	struct kl_hash root;
	bool has_extensions; /* lines after these three; our log writes none */
};

/*
 * Read the text of a note as a checkpoint. Extension lines are permitted here;
 * whoever reads our own log refuses them (kl_checkpoint_open() does).
 *
 * KL_MALFORMED   fewer than three lines, an empty one, a size or a root that
 *                is not in its one form, an empty tree with another root
 * KL_RANGE       a size over KL_TREE_SIZE_MAX
 */
enum kl_result kl_checkpoint_read(const char *text, size_t size,
    struct kl_checkpoint *checkpoint) KL_MUST_CHECK;

/*
 * Likewise, but take any root for an empty tree: a witness has an answer of its
 * own for that.
 */
enum kl_result kl_checkpoint_parse(const char *text, size_t size,
    struct kl_checkpoint *checkpoint) KL_MUST_CHECK;

/*
 * Append the text: origin, size, root. No signature.
 *
 * KL_MALFORMED                the origin is no key name
 * KL_TOO_LARGE KL_NO_MEMORY   of `out`
 */
enum kl_result kl_checkpoint_write(struct kl_buf *out, const char *origin,
    uint64_t size, const struct kl_hash *root) KL_MUST_CHECK;

/*
 * Append a whole signed checkpoint; the origin is the key's name.
 *
 * KL_TOO_LARGE KL_NO_MEMORY   of `out`
 */
enum kl_result kl_checkpoint_sign(struct kl_buf *out,
    const struct kl_note_key *log, const struct kl_signer *signer,
    uint64_t size, const struct kl_hash *root) KL_MUST_CHECK;

/*
 * Read a signed checkpoint of a log of ours: a note signed by `log`, whose
 * origin is that key's name and which has no extension lines. `note` and
 * `checkpoint` point into `bytes`; cosignatures are asked for by
 * kl_note_verify(note, …).
 *
 * KL_MALFORMED KL_TOO_LARGE   no note, no checkpoint
 * KL_RANGE                    another origin, extension lines, its size
 * KL_MISMATCH                 not signed by `log`
 */
enum kl_result kl_checkpoint_open(const char *bytes, size_t size,
    const struct kl_note_key *log, struct kl_note *note,
    struct kl_checkpoint *checkpoint) KL_MUST_CHECK;

#endif
