#include "kl_line.h"

#include <stdio.h>
#include <string.h>

bool kl_line_take(struct kl_span *rest, struct kl_span *line)
{
	const char *end =
	    rest->size > 0 ? memchr(rest->at, '\n', rest->size) : NULL;

	if (!end)
		return false;
	*line = (struct kl_span){ rest->at, (size_t)(end - rest->at) };
	rest->at += line->size + 1;
	rest->size -= line->size + 1;
	return true;
}

enum kl_result kl_decimal_read(
    struct kl_span digits, uint64_t max, uint64_t *number)
{
	uint64_t read = 0;
	bool too_large = false;

	if (digits.size == 0 || (digits.size > 1 && *digits.at == '0'))
		return KL_MALFORMED;
	for (size_t i = 0; i < digits.size; i++) {
		unsigned digit = (unsigned)(digits.at[i] - '0');

		if (digits.at[i] < '0' || digit > 9)
			return KL_MALFORMED;
		too_large |=
		    read > max / 10 || (read == max / 10 && digit > max % 10);
		read = read * 10 + digit;
	}
	if (too_large)
		return KL_RANGE;
	*number = read;
	return KL_OK;
}

void kl_decimal_add(struct kl_buf *out, uint64_t number)
{
	char decimal[20];
	size_t at = sizeof(decimal);

	do {
		decimal[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	kl_buf_add(out, decimal + at, sizeof(decimal) - at);
}
