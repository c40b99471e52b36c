/* log/consistency reads back to the same bytes, or does not read at all. */
#include "kl_steps.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kl_buf again = KL_BUF(KL_TEXT_SIZE_MAX);
	struct kl_fault fault = { 0, NULL };
	struct kl_steps steps;
	enum kl_result result =
	    kl_steps_read(&steps, (const char *)data, size, &fault);

	if (result) {
		assert(fault.line > 0 && fault.why);
		return 0;
	}
	result = kl_steps_write(&steps, &again);
	assert(result == KL_OK && again.size == size);
	assert(memcmp(again.data, data, size) == 0);
	kl_buf_clear(&again);
	return 0;
}
