/* Canonical text reads back to a value with the same canonical text. */
#include "kl_canon.h"

#include <assert.h>
#include <string.h>

enum { TEXT_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_round_trip(const struct kl_buf *first)
{
	json_auto_t *value = NULL;
	struct kl_buf second = KL_BUF(TEXT_MAX);
	enum kl_result result = kl_canon_read(
	    (const char *)first->data, first->size, TEXT_MAX, &value, NULL);

	assert(result == KL_OK);
	result = kl_canon_write(&second, value);
	assert(result == KL_OK);
	assert(second.size == first->size);
	assert(memcmp(second.data, first->data, first->size) == 0);
	kl_buf_clear(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_auto_t *value = NULL;
	struct kl_buf out = KL_BUF(TEXT_MAX);

	if (!kl_canon_read((const char *)data, size, TEXT_MAX, &value, NULL) &&
	    !kl_canon_write(&out, value))
		check_round_trip(&out);
	kl_buf_clear(&out);
	return 0;
}
