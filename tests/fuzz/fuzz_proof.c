/* A proof file that is read is written again with the same bytes. */
#include "kl_proof.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kl_buf out = KL_BUF(KL_PROOF_SIZE_MAX);
	struct kl_proof proof;
	enum kl_result result;

	if (kl_proof_read((const char *)data, size, &proof))
		return 0;
	result = kl_proof_write(&out, &proof);
	assert(result == KL_OK);
	assert(out.size == size && memcmp(out.data, data, size) == 0);
	kl_buf_clear(&out);
	return 0;
}
