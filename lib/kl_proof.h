/* kl_proof.h -- the proof that travels with an entry. c2sp.org/tlog-proof. */
#ifndef KL_PROOF_H
#define KL_PROOF_H

#include "kl_checkpoint.h"
#include "kl_merkle.h"
#include "kl_text.h"

enum {
	KL_PROOF_SIZE_MAX = KL_NOTE_SIZE_MAX + (1 << 17), /* bytes */
	KL_PROOF_EXTRA_MAX = 1 << 16, /* base64 digits of `extra` */
};

/* A proof taken apart; what it points to stands in the bytes it is read from.
 */
struct kl_proof {
	const char *extra; /* base64; NULL when there is none. Not to trust */
	size_t extra_size;
	uint64_t index; /* of the entry in the log */
	struct kl_proof_path path;
	const char *checkpoint; /* the signed note, as it is */
	size_t checkpoint_size;
};

/* Does this begin as a proof file does? Nothing else that is signed does. */
bool kl_proof_is(const char *bytes, size_t size);

/*
 * Take a proof file apart. Nothing is verified, but written again it gives the
 * same bytes.
 *
 * KL_MALFORMED   another form
 * KL_RANGE       an index that no tree reaches
 * KL_TOO_LARGE   over KL_PROOF_SIZE_MAX, KL_PROOF_EXTRA_MAX or
 *                KL_PROOF_HASHES_MAX
 */
enum kl_result kl_proof_read(
    const char *bytes, size_t size, struct kl_proof *proof) KL_MUST_CHECK;

/*
 * Take hashes off the front of `rest`: base64, one a line, and the empty line
 * behind them. `most` is KL_PROOF_HASHES_MAX or less. After a failure neither
 * is of use. Also of c2sp.org/tlog-witness.
 *
 * KL_MALFORMED   another form, or no empty line
 * KL_TOO_LARGE   over `most`
 */
enum kl_result kl_proof_path_read(struct kl_span *rest, size_t most,
    struct kl_proof_path *path) KL_MUST_CHECK;

/*
 * Append the proof as a file.
 *
 * KL_TOO_LARGE KL_NO_MEMORY   of `out`
 */
enum kl_result kl_proof_write(
    struct kl_buf *out, const struct kl_proof *proof) KL_MUST_CHECK;

/*
 * Is an entry with this leaf hash in the log of this key, at proof->index of
 * the tree that the proof's checkpoint signs? `note` and `checkpoint` are that
 * checkpoint opened: whether its witnesses suffice is kl_trust_quorum()'s.
 *
 * KL_MALFORMED KL_TOO_LARGE KL_RANGE   as kl_checkpoint_open(); an index that
 *                                      is not below the size
 * KL_MISMATCH    not signed by the log, or not in its tree
 */
enum kl_result kl_proof_verify(const struct kl_proof *proof,
    const struct kl_hash *leaf, const struct kl_note_key *log,
    struct kl_note *note, struct kl_checkpoint *checkpoint) KL_MUST_CHECK;

#endif
