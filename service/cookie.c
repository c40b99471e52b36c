#include "cookie.h"

#include <string.h>

/* RFC 9110 §5.6.2. */
static bool is_name(const char *text, size_t size)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < size; i++) {
		char c = text[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9');

		if (!plain && (!c || !strchr(marks, c)))
			return false;
	}
	return size > 0;
}

/* No blank, quote, comma, backslash or control; quotes around all of it.
 * Other programs of the host are less strict than the RFC, so commas and
 * blanks inside are let pass: they end nothing. */
static bool is_value(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return false;
	return true;
}

bool cookie_find(
    const char *field, const char *name, const char **value, size_t *size)
{
	*value = NULL;
	*size = 0;
	for (;;) {
		size_t pair = strcspn(field, ";");
		size_t left = strcspn(field, "=;");

		if (left == pair || !is_name(field, left) ||
		    !is_value(field + left + 1, pair - left - 1))
			return false;
		if (left == strlen(name) && memcmp(field, name, left) == 0) {
			if (*value)
				return false;
			*value = field + left + 1;
			*size = pair - left - 1;
		}
		if (!field[pair])
			return true;
		if (field[pair + 1] != ' ')
			return false;
		field += pair + 2;
	}
}
