#include "kl_base64.h"

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int digit_value(char digit)
{
	if (digit >= 'A' && digit <= 'Z')
		return digit - 'A';
	if (digit >= 'a' && digit <= 'z')
		return digit - 'a' + 26;
	if (digit >= '0' && digit <= '9')
		return digit - '0' + 52;
	if (digit == '+')
		return 62;
	return digit == '/' ? 63 : -1;
}

void kl_base64_add(struct kl_buf *out, const void *bytes, size_t size)
{
	const uint8_t *from = bytes;

	for (size_t i = 0; i < size; i += 3) {
		size_t left = size - i;
		uint32_t three = (uint32_t)from[i] << 16;

		if (left > 1)
			three |= (uint32_t)from[i + 1] << 8;
		if (left > 2)
			three |= from[i + 2];
		kl_buf_add_byte(out, (uint8_t)digits[three >> 18]);
		kl_buf_add_byte(out, (uint8_t)digits[three >> 12 & 63]);
		kl_buf_add_byte(
		    out, left > 1 ? (uint8_t)digits[three >> 6 & 63] : '=');
		kl_buf_add_byte(
		    out, left > 2 ? (uint8_t)digits[three & 63] : '=');
	}
}

enum kl_result kl_base64_check(const char *text, size_t text_size, size_t *size)
{
	size_t padding = 0, count;
	int last = 0;

	if (text_size % 4 != 0)
		return KL_MALFORMED;
	while (padding < 2 && padding < text_size &&
	       text[text_size - 1 - padding] == '=')
		padding++;
	count = text_size - padding;
	for (size_t i = 0; i < count; i++) {
		last = digit_value(text[i]);
		if (last < 0)
			return KL_MALFORMED;
	}
	if ((padding == 1 && (last & 3) != 0) ||
	    (padding == 2 && (last & 15) != 0))
		return KL_MALFORMED;
	*size = text_size / 4 * 3 - padding;
	return KL_OK;
}

enum kl_result kl_base64_read(
    const char *text, size_t text_size, void *bytes, size_t size)
{
	uint8_t *to = bytes;
	size_t there;

	if (kl_base64_check(text, text_size, &there) || there != size)
		return KL_MALFORMED;
	for (size_t i = 0; i < size; i++) {
		size_t at = i / 3 * 4 + i % 3;
		unsigned two = (unsigned)digit_value(text[at]) << 6 |
			       (unsigned)digit_value(text[at + 1]);

		to[i] = (uint8_t)(two >> (4 - 2 * (i % 3)));
	}
	return KL_OK;
}
