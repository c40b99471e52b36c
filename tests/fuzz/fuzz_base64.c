/*
 * Digits that are read, base64 and hex, are the one text of their bytes; and
 * any bytes have one, which libsodium writes alike.
 */
#include "fuzz.h"

#include "kl_base64.h"
#include "kl_hash.h"

#include <sodium.h>
#include <stdlib.h>

enum { BYTES_MAX = 1024 };

static bool takes(const char *text, size_t size)
{
	size_t bytes;

	return !kl_base64_check(text, size, &bytes);
}

static void check_digits(const char *text, size_t size)
{
	struct kl_buf again = KL_BUF(size);
	enum kl_result result;
	uint8_t *bytes;
	size_t count;

	if (kl_base64_check(text, size, &count))
		return;
	assert(KL_BASE64_SIZE(count) == size);
	bytes = malloc(count + 1);
	assert(bytes);
	result = kl_base64_read(text, size, bytes, count + 1);
	assert(result == KL_MALFORMED);
	result = kl_base64_read(text, size, bytes, count);
	assert(result == KL_OK);
	kl_base64_add(&again, bytes, count);
	fuzz_same(&again, text, size);
	fuzz_ends(takes, text, size);
	kl_buf_clear(&again);
	free(bytes);
}

static void check_hex(const char *text, size_t size)
{
	uint8_t bytes[BYTES_MAX];
	char again[2 * BYTES_MAX + 1];

	if (size / 2 > BYTES_MAX || kl_unhex(text, size, bytes, size / 2))
		return;
	kl_hex(bytes, size / 2, again);
	assert(strlen(again) == size && memcmp(again, text, size) == 0);
}

static void check_bytes(const uint8_t *bytes, size_t size)
{
	struct kl_buf text = KL_BUF(KL_BASE64_SIZE(BYTES_MAX));
	char theirs[sodium_base64_ENCODED_LEN(
	    BYTES_MAX, sodium_base64_VARIANT_ORIGINAL)];
	uint8_t again[BYTES_MAX];
	enum kl_result result;

	if (size > BYTES_MAX)
		return;
	kl_base64_add(&text, bytes, size);
	sodium_bin2base64(theirs, sizeof(theirs), bytes, size,
	    sodium_base64_VARIANT_ORIGINAL);
	fuzz_same(&text, theirs, strlen(theirs));
	result =
	    kl_base64_read((const char *)text.data, text.size, again, size);
	assert(result == KL_OK && memcmp(again, bytes, size) == 0);
	kl_buf_clear(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_digits((const char *)data, size);
	check_hex((const char *)data, size);
	check_bytes(data, size);
	return 0;
}
