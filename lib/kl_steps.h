/* kl_steps.h -- log/consistency: that the log only grew. protocol §5. */
#ifndef KL_STEPS_H
#define KL_STEPS_H

#include "kl_merkle.h"
#include "kl_text.h"

/*
 * For each step from one checkpoint to the next that differs from it:
 *
 * old <n>
 * new <m>
 * <base64 hash>          any number of them
 *
 * and an empty line between two steps.
 */
enum { KL_STEPS_MAX = 4 };

struct kl_step {
	uint64_t old_size, new_size; /* leaves: 1 ≤ old < new < 2^53 */
	struct kl_proof_path path;   /* kl_consistency_check() */
	size_t line;                 /* where it begins, from 1 */
};

struct kl_steps {
	struct kl_step steps[KL_STEPS_MAX];
	size_t count;
};

/*
 * Read the whole text. Reading accepts exactly what kl_steps_write() makes.
 * KL_MALFORMED   another form, no step or more than KL_STEPS_MAX
 */
enum kl_result kl_steps_read(struct kl_steps *steps, const char *text,
    size_t size, struct kl_fault *fault) KL_MUST_CHECK;

/*
 * Append the text; `line` is not looked at.
 * KL_RANGE                    no step, or one whose sizes are out of bounds
 * KL_TOO_LARGE KL_NO_MEMORY   of `out`
 */
enum kl_result kl_steps_write(
    const struct kl_steps *steps, struct kl_buf *out) KL_MUST_CHECK;

#endif
