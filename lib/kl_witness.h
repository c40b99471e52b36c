/* kl_witness.h -- what a witness and a log say to each other.
 * c2sp.org/tlog-witness, add-checkpoint.
 */
#ifndef KL_WITNESS_H
#define KL_WITNESS_H

#include "kl_checkpoint.h"
#include "kl_merkle.h"
#include "kl_text.h"

enum {
	KL_WITNESS_PROOF_MAX = 63, /* hashes of a request */
	/* bytes: a proof, a checkpoint, what others have cosigned it with */
	KL_WITNESS_REQUEST_MAX = 1 << 16,
	KL_WITNESS_REPLY_MAX = 1 << 14,
	/* seconds by which a witness's clock and that of whoever reads its
	 * cosignature may differ */
	KL_WITNESS_SKEW_S = 60,
};

/* Of the body that tells a size, with 409. */
#define KL_WITNESS_SIZE_TYPE "text/x.tlog.size"

/* What a request is answered with: the status of HTTP. */
enum kl_witness_status {
	KL_WITNESS_COSIGNED = 200,
	KL_WITNESS_BAD_REQUEST = 400,
	KL_WITNESS_UNSIGNED = 403,     /* by no key that is trusted */
	KL_WITNESS_UNKNOWN = 404,      /* the origin */
	KL_WITNESS_CONFLICT = 409,     /* another size is recorded */
	KL_WITNESS_INCONSISTENT = 422, /* not a continuation of what is */
};

/* A request taken apart. It points into the bytes it was read from. */
struct kl_witness_request {
	uint64_t old_size;         /* leaves that the witness is said to know */
	struct kl_proof_path path; /* from there to the checkpoint */
	struct kl_note note;
	struct kl_checkpoint checkpoint;
};

/* The largest tree a witness has cosigned for an origin; before the first, the
 * empty one: { 0 }, whose root nobody looks at. */
struct kl_witness_state {
	uint64_t size;
	struct kl_hash root;
};

/* --- the witness ---------------------------------------------------------- */

/*
 * Read `old <size>`, at most KL_WITNESS_PROOF_MAX hashes in base64, an empty
 * line and a signed checkpoint. Where signature lines are out of form, there is
 * none in the note.
 *
 * KL_MALFORMED   another form: KL_WITNESS_BAD_REQUEST
 * KL_RANGE       likewise, a size over KL_TREE_SIZE_MAX
 * KL_TOO_LARGE   likewise, over one of the limits above or of a note
 */
enum kl_result kl_witness_request_read(const char *bytes, size_t size,
    struct kl_witness_request *request) KL_MUST_CHECK;

/*
 * What can be said before it is known what is recorded, in this order: 404,
 * 403, 400, or KL_WITNESS_COSIGNED to go on. `logs` are the keys that are
 * trusted, of type KL_KEY_NOTE; those whose name is the origin count.
 */
enum kl_witness_status kl_witness_admit(
    const struct kl_witness_request *request, const struct kl_note_key logs[],
    size_t count);

/*
 * And then: 409, 422, or KL_WITNESS_COSIGNED, with which the checkpoint is what
 * must be recorded before anybody gets a cosignature. An old size of 0 is a
 * first contact, and has no proof.
 */
enum kl_witness_status kl_witness_decide(
    const struct kl_witness_request *request,
    const struct kl_witness_state *state);

/*
 * Append the body: of KL_WITNESS_COSIGNED the witness's line, made at `time`
 * seconds since 1970; of KL_WITNESS_CONFLICT the recorded size; of any other
 * nothing.
 *
 * KL_RANGE                    a time below 1
 * KL_TOO_LARGE KL_NO_MEMORY   of `out`
 */
enum kl_result kl_witness_reply_write(struct kl_buf *out,
    const struct kl_witness_request *request, enum kl_witness_status status,
    const struct kl_witness_state *state, const struct kl_note_key *witness,
    const struct kl_signer *signer, uint64_t time) KL_MUST_CHECK;

/* --- the log -------------------------------------------------------------- */

/*
 * Append a request that brings a witness from old_size on to the checkpoint;
 * `path` is NULL where there is nothing to prove: old_size is 0 or that of the
 * checkpoint.
 *
 * KL_TOO_LARGE                more hashes than a witness takes
 * KL_TOO_LARGE KL_NO_MEMORY   of `out`
 */
enum kl_result kl_witness_request_write(struct kl_buf *out, uint64_t old_size,
    const struct kl_proof_path *path, const char *note,
    size_t note_size) KL_MUST_CHECK;

/* What a log has to do after a reply. */
enum kl_witness_outcome {
	KL_WITNESS_DONE,  /* there is a cosignature of this witness */
	KL_WITNESS_RETRY, /* from the size it knows, which is no larger */
	/* It says that it knows a larger tree of ours than this one. If it can
	 * show one that we have signed, and we have not, our records were
	 * lost: nothing may be signed. */
	KL_WITNESS_AHEAD,
	/* It says that it knows another tree of this size, or one that ours
	 * does not continue: likewise. */
	KL_WITNESS_FORKED,
	KL_WITNESS_LATER, /* it cannot answer just now: 429, 5xx */
	KL_WITNESS_NO,    /* any other status, or a reply that makes no sense */
};

struct kl_witness_reply {
	uint64_t size;       /* with RETRY and AHEAD: leaves it knows */
	struct kl_span line; /* with DONE: its cosignature, newline included; */
	uint64_t time;       /* when it was made, seconds since 1970 */
};

/*
 * What does a witness say to the request for `note` (text and signatures, a
 * good checkpoint of `size` leaves) from old_size on? Nothing of the body is
 * believed: lines of other keys are passed over, the first one of `witness`
 * must verify over the checkpoint. `reply` points into `body`, and is set with
 * the outcomes that it names.
 */
enum kl_witness_outcome kl_witness_reply_read(
    const struct kl_checkpoint *checkpoint, const struct kl_note *note,
    uint64_t old_size, const struct kl_note_key *witness, long status,
    const char *body, size_t body_size, struct kl_witness_reply *reply);

#endif
