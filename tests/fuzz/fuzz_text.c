/* What can be read as a text is written again as the same bytes. */
#include "texts.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(
    const struct text_kind *kind, const uint8_t *data, size_t size)
{
	struct kl_buf out = KL_BUF(KL_TEXT_SIZE_MAX);
	struct kl_fault fault = { 0, NULL };
	enum kl_result result =
	    kind->rewrite((const char *)data, size, &fault, &out);

	if (result) {
		assert(fault.line >= 1 && fault.why);
		assert(out.size == 0);
	} else {
		assert(out.size == size);
		assert(memcmp(out.data, data, size) == 0);
	}
	kl_buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < TEXT_KINDS; i++)
		check(&text_kinds[i], data, size);
	return 0;
}
