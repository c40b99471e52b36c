#include "kl_steps.h"

#include "kl_base64.h"
#include "kl_line.h"

/* `old <n>` or `new <m>`; sizes of trees that are not empty. */
static bool read_size(struct kl_span line, const char *word, uint64_t *size)
{
	return kl_line_take_word(&line, word) &&
	       !kl_decimal_read(line, KL_INTEGER_MAX, size) && *size > 0;
}

/* The text while it is read: what is left of it, and the line just taken. */
struct reading {
	struct kl_span rest, line;
	size_t number; /* of that line, from 1 */
	const char *why;
};

static bool take(struct reading *reading)
{
	reading->number++;
	if (kl_line_take(&reading->rest, &reading->line))
		return true;
	reading->why = "it ends in the middle of a step";
	return false;
}

static bool read_hash(struct reading *reading, struct kl_proof_path *path)
{
	reading->why = "more than 64 hashes";
	if (path->count == KL_PROOF_HASHES_MAX)
		return false;
	reading->why = "no hash in base64";
	return !kl_base64_read(reading->line.at, reading->line.size,
	    path->hashes[path->count++].bytes, KL_HASH_SIZE);
}

/* Up to the end, or to the empty line that more has to follow. */
static bool read_step(struct reading *reading, struct kl_step *step)
{
	if (!take(reading))
		return false;
	step->line = reading->number;
	reading->why = "expected: old <size>";
	if (!read_size(reading->line, "old ", &step->old_size) ||
	    !take(reading))
		return false;
	reading->why = "expected: new <size>, larger than old";
	if (!read_size(reading->line, "new ", &step->new_size) ||
	    step->new_size <= step->old_size)
		return false;
	while (reading->rest.size > 0) {
		if (!take(reading))
			return false;
		if (reading->line.size == 0) {
			reading->why = "nothing follows the empty line";
			return reading->rest.size > 0;
		}
		if (!read_hash(reading, &step->path))
			return false;
	}
	return true;
}

enum kl_result kl_steps_read(struct kl_steps *steps, const char *text,
    size_t size, struct kl_fault *fault)
{
	struct reading reading = { .rest = { text, size } };
	struct kl_steps read = { .count = 0 };
	bool good = true;

	do {
		reading.why = "more than 4 steps";
		if (read.count == KL_STEPS_MAX)
			good = false;
		else
			good = read_step(&reading, &read.steps[read.count++]);
	} while (good && reading.rest.size > 0);
	if (!good) {
		if (fault)
			*fault =
			    (struct kl_fault){ reading.number, reading.why };
		return KL_MALFORMED;
	}
	*steps = read;
	return KL_OK;
}

static void add_size(struct kl_buf *out, const char *word, uint64_t size)
{
	kl_buf_add_text(out, word);
	kl_decimal_add(out, size);
	kl_buf_add_byte(out, '\n');
}

enum kl_result kl_steps_write(const struct kl_steps *steps, struct kl_buf *out)
{
	if (steps->count < 1 || steps->count > KL_STEPS_MAX)
		return KL_RANGE;
	for (size_t i = 0; i < steps->count; i++) {
		const struct kl_step *step = &steps->steps[i];

		if (step->old_size < 1 || step->old_size >= step->new_size ||
		    step->new_size > KL_INTEGER_MAX ||
		    step->path.count > KL_PROOF_HASHES_MAX)
			return KL_RANGE;
		if (i > 0)
			kl_buf_add_byte(out, '\n');
		add_size(out, "old ", step->old_size);
		add_size(out, "new ", step->new_size);
		for (size_t j = 0; j < step->path.count; j++) {
			kl_base64_add(
			    out, step->path.hashes[j].bytes, KL_HASH_SIZE);
			kl_buf_add_byte(out, '\n');
		}
	}
	return kl_buf_result(out);
}
