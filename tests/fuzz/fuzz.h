/* fuzz.h -- what every fuzzer is made of. */
#ifndef FUZZ_H
#define FUZZ_H

#include "kl_buf.h"

#include <assert.h>
#include <string.h>

/* Each file has one. libFuzzer calls it, or replay.c with a file's bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Does the parser take these bytes? */
typedef bool fuzz_takes(const char *text, size_t size);

/* What was taken is taken no more with a byte after it, or without its last. */
static inline void fuzz_ends(fuzz_takes *takes, const char *text, size_t size)
{
	struct kl_buf longer = KL_BUF(SIZE_MAX / 2);

	kl_buf_add(&longer, text, size);
	kl_buf_add_byte(&longer, '\n');
	assert(!kl_buf_result(&longer));
	assert(!takes((const char *)longer.data, size + 1));
	longer.data[size] = '0';
	assert(!takes((const char *)longer.data, size + 1));
	assert(size == 0 || !takes((const char *)longer.data, size - 1));
	kl_buf_clear(&longer);
}

/* What was written is what was read. */
static inline void fuzz_same(
    const struct kl_buf *written, const void *read, size_t size)
{
	assert(!kl_buf_result(written));
	assert(written->size == size);
	assert(size == 0 || memcmp(written->data, read, size) == 0);
}

#endif
