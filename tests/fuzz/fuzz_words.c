/*
 * Names, tokens and ids are what their rules say, told a second time here, and
 * UTF-8 is what jansson takes for it.
 */
#include "fuzz.h"

#include "kl_leaf.h"
#include "kl_note.h"
#include "kl_text.h"
#include "kl_utf8.h"

#include <jansson.h>

static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* All of it is of `first`, `second`, or one of the bytes of `more`. */
static bool is_all_of(const char *text, size_t size, const char *first,
    const char *second, const char *more)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] == '\0' ||
		    (!strchr(first, text[i]) && !strchr(second, text[i]) &&
			!strchr(more, text[i])))
			return false;
	return true;
}

static void check_utf8(const char *text, size_t size)
{
	json_auto_t *theirs = json_stringn(text, size);
	size_t at = 0, step = 1;
	uint32_t point;

	for (; at < size && step > 0; at += step)
		step = kl_utf8_next(text + at, size - at, &point);
	assert((step > 0) == (theirs != NULL));
}

static void check_token(const char *text, size_t size)
{
	bool is_token =
	    size >= 1 && size <= 64 && !(size == 1 && *text == '-') &&
	    is_all_of(text, size, letters, capitals, "0123456789._:-");
	bool is_id = size >= 1 && size <= 32 &&
		     is_all_of(text, 1, letters, "", "") &&
		     is_all_of(text, size, letters, "0123456789", "-");

	assert(kl_is_token(text, size) == is_token);
	assert(kl_is_party_id(text, size) == is_id);
}

static void check_key_name(const char *text, size_t size)
{
	bool visible = size >= 1 && size <= KL_KEY_NAME_SIZE_MAX;

	for (size_t i = 0; i < size && visible; i++)
		visible = text[i] > ' ' && text[i] <= '~' && text[i] != '+';
	assert(kl_is_key_name(text, size) == visible);
	assert(!visible || kl_is_note_name(text, size));
}

static bool is_shown(uint32_t c)
{
	return c >= 0x20 && !(c >= 0x7f && c <= 0x9f) && c != 0x2028 &&
	       c != 0x2029 && !(c >= 0x200b && c <= 0x200f) &&
	       !(c >= 0x202a && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069) &&
	       c != 0xfeff;
}

static bool is_blank(uint32_t c)
{
	return c == 0x20 || c == 0xa0 || c == 0x3000;
}

/* protocol §2, names.txt. */
static void check_name(const char *text, size_t size)
{
	json_auto_t *utf8 = json_stringn(text, size);
	bool fits = utf8 && size >= 1 && size <= KL_NAME_SIZE_MAX;
	uint32_t point = ' ', first = 0;

	for (size_t at = 0; at < size && fits;) {
		at += kl_utf8_next(text + at, size - at, &point);
		fits = is_shown(point);
		first = first ? first : point;
	}
	assert(kl_is_name(text, size) ==
	       (fits && !is_blank(first) && !is_blank(point)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;

	check_utf8(text, size);
	check_token(text, size);
	check_key_name(text, size);
	check_name(text, size);
	return 0;
}
