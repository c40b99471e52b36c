/*
 * What is found stands in the field behind `name=`, at its start or behind
 * "; ", reaches to a ";" or its end, and is there once.
 */
#include "fuzz.h"

#include "cookie.h"

#include <stdlib.h>

enum { FIELD_MAX = 1024, NAME_SIZE = sizeof(COOKIE_NAME) - 1 };

static size_t count_pairs(const char *field)
{
	size_t count = 0;

	for (const char *at = field; (at = strstr(at, COOKIE_NAME "="));
	     at += NAME_SIZE)
		count += at == field ||
			 (at >= field + 2 && at[-2] == ';' && at[-1] == ' ');
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char field[FIELD_MAX + 1];
	const char *value;
	size_t value_size, count;

	if (size > FIELD_MAX)
		return 0;
	memcpy(field, data, size);
	field[size] = '\0';
	if (!cookie_find(field, COOKIE_NAME, &value, &value_size))
		return 0;
	count = count_pairs(field);
	assert(count == (value != NULL));
	if (value) {
		assert(strncmp(value - NAME_SIZE - 1, COOKIE_NAME "=",
			   NAME_SIZE + 1) == 0);
		assert(strlen(value) >= value_size);
		assert(value[value_size] == ';' || value[value_size] == '\0');
		assert(!memchr(value, ';', value_size));
	}
	return 0;
}
