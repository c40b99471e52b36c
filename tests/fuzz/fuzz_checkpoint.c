/* A checkpoint without extension lines is written again with the same bytes. */
#include "fuzz.h"

#include "kl_checkpoint.h"
#include "kl_merkle.h"

static bool takes(const char *text, size_t size)
{
	struct kl_checkpoint checkpoint;

	return !kl_checkpoint_read(text, size, &checkpoint);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kl_buf out = KL_BUF(KL_NOTE_SIZE_MAX);
	const char *text = (const char *)data;
	char origin[KL_NOTE_NAME_MAX + 1] = { 0 };
	struct kl_checkpoint checkpoint;
	enum kl_result result;

	if (kl_checkpoint_read(text, size, &checkpoint))
		return 0;
	assert(checkpoint.origin == text && checkpoint.origin_size > 0);
	assert(checkpoint.size <= KL_TREE_SIZE_MAX);
	if (checkpoint.has_extensions ||
	    !kl_is_note_name(checkpoint.origin, checkpoint.origin_size))
		return 0;
	memcpy(origin, checkpoint.origin, checkpoint.origin_size);
	result = kl_checkpoint_write(
	    &out, origin, checkpoint.size, &checkpoint.root);
	assert(result == KL_OK);
	fuzz_same(&out, data, size);
	fuzz_ends(takes, text, size);
	kl_buf_clear(&out);
	return 0;
}
