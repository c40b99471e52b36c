/* An entry of the log that is read is written again with the same bytes. */
#include "kl_leaf.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kl_buf out = KL_BUF(KL_LEAF_SIZE_MAX);
	json_auto_t *value = NULL;
	struct kl_leaf leaf;
	enum kl_result result;

	if (kl_leaf_read((const char *)data, size, &value, &leaf))
		return 0;
	result = kl_leaf_write(&out, &leaf);
	assert(result == KL_OK);
	assert(out.size == size && memcmp(out.data, data, size) == 0);
	kl_buf_clear(&out);
	return 0;
}
