#include "kl_text.h"

#include <string.h>

/* --- spans ---------------------------------------------------------------- */

struct kl_span kl_span_of(const char *text)
{
	return (struct kl_span){ text, strlen(text) };
}

int kl_span_compare(struct kl_span left, struct kl_span right)
{
	size_t common = left.size < right.size ? left.size : right.size;
	int order = common ? memcmp(left.at, right.at, common) : 0;

	return order ? order
		     : (left.size > right.size) - (left.size < right.size);
}

bool kl_span_equal(struct kl_span left, struct kl_span right)
{
	return left.size == right.size && kl_span_compare(left, right) == 0;
}

bool kl_span_is(struct kl_span span, const char *text)
{
	return kl_span_equal(span, kl_span_of(text));
}

/* --- names ---------------------------------------------------------------- */

bool kl_is_party_id(const char *text, size_t size)
{
	if (size < 1 || size > KL_PARTY_ID_SIZE_MAX)
		return false;
	for (size_t i = 0; i < size; i++) {
		bool letter = text[i] >= 'a' && text[i] <= 'z';
		bool digit = text[i] >= '0' && text[i] <= '9';

		if (!letter && (i == 0 || (!digit && text[i] != '-')))
			return false;
	}
	return true;
}

bool kl_is_key_name(const char *text, size_t size)
{
	if (size < 1 || size > KL_KEY_NAME_SIZE_MAX)
		return false;
	for (size_t i = 0; i < size; i++)
		if (text[i] < 0x21 || text[i] > 0x7e || text[i] == '+')
			return false;
	return true;
}

/* How many bytes a UTF-8 character has by its first byte; 0 for none. */
static size_t utf8_size(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	if (first >= 0xf0 && first <= 0xf4)
		return 4;
	return 0;
}

/* The character at `text` and its size, or 0 where UTF-8 is broken. */
static size_t decode(const uint8_t *text, size_t left, uint32_t *character)
{
	static const uint8_t first_mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t size = utf8_size(*text);
	uint32_t value;

	if (size == 0 || size > left)
		return 0;
	value = *text & first_mask[size];
	for (size_t i = 1; i < size; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (text[i] & 0x3f);
	}
	if (value < least[size] || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*character = value;
	return size;
}

/* What cannot be seen, or turns around what stands beside it. */
static bool is_forbidden(uint32_t character)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x0000, 0x001f },
		{ 0x007f, 0x009f },
		{ 0x200b, 0x200f },
		{ 0x2028, 0x202e },
		{ 0x2066, 0x2069 },
		{ 0xfeff, 0xfeff },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (character >= ranges[i].first && character <= ranges[i].last)
			return true;
	return false;
}

static bool is_space(uint32_t character)
{
	return character == 0x20 || character == 0xa0 || character == 0x3000;
}

bool kl_is_name(const char *text, size_t size)
{
	const uint8_t *bytes = (const uint8_t *)text;
	uint32_t character = 0;

	if (size < 1 || size > KL_NAME_SIZE_MAX)
		return false;
	for (size_t i = 0, step; i < size; i += step) {
		step = decode(bytes + i, size - i, &character);
		if (step == 0 || is_forbidden(character) ||
		    (i == 0 && is_space(character)))
			return false;
	}
	return !is_space(character);
}
