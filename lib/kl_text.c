#include "kl_text.h"

#include "kl_utf8.h"

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

/* What cannot be seen, or turns around what stands beside it. */
static bool is_forbidden(uint32_t point)
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
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	return false;
}

static bool is_space(uint32_t point)
{
	return point == 0x20 || point == 0xa0 || point == 0x3000;
}

bool kl_is_name(const char *text, size_t size)
{
	uint32_t point = 0;

	if (size < 1 || size > KL_NAME_SIZE_MAX)
		return false;
	for (size_t i = 0, step; i < size; i += step) {
		step = kl_utf8_next(text + i, size - i, &point);
		if (step == 0 || is_forbidden(point) ||
		    (i == 0 && is_space(point)))
			return false;
	}
	return !is_space(point);
}
