#include "kl_canon.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum kl_result write_value(
    struct kl_buf *out, const json_t *value, unsigned depth);

/* What a text holds, seen without parsing it. */
struct measure {
	size_t tokens; /* brackets, texts, and words or numbers */
	size_t depth;  /* the deepest nesting */
	bool negative_zero;
};

static size_t skip_text(const char *text, size_t size, size_t at)
{
	for (at++; at < size && text[at] != '"'; at++)
		if (text[at] == '\\')
			at++;
	return at;
}

static bool ends_word(char byte)
{
	return byte == ',' || byte == ']' || byte == '}' || byte == ' ' ||
	       byte == '\n' || byte == '\t' || byte == '\r';
}

static size_t skip_word(const char *text, size_t size, size_t at)
{
	while (at + 1 < size && !ends_word(text[at + 1]))
		at++;
	return at;
}

/* Right for every valid text; the parser refuses the others. */
static struct measure measure(const char *text, size_t size)
{
	struct measure seen = { 0 };
	size_t depth = 0;

	for (size_t at = 0; at < size; at++) {
		char byte = text[at];

		if (byte == ':' || ends_word(byte)) {
			depth -= depth > 0 && (byte == ']' || byte == '}');
			continue;
		}
		seen.tokens++;
		if (byte == '[' || byte == '{') {
			depth++;
			seen.depth = depth > seen.depth ? depth : seen.depth;
		} else if (byte == '"') {
			at = skip_text(text, size, at);
		} else {
			/* Parsing forgets the sign of a zero. */
			seen.negative_zero |=
			    byte == '-' && at + 1 < size && text[at + 1] == '0';
			at = skip_word(text, size, at);
		}
	}
	return seen;
}

enum kl_result kl_canon_read(const char *text, size_t size, size_t tokens_max,
    json_t **value, json_error_t *why)
{
	struct measure seen = measure(text, size);
	json_error_t error;
	json_t *read;

	if (seen.depth > KL_CANON_DEPTH_MAX || seen.tokens > tokens_max)
		return KL_TOO_LARGE;
	read = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	if (why)
		*why = error;
	if (!read) /* it has no words for most of its lacks of memory */
		return *error.text ? KL_MALFORMED : KL_NO_MEMORY;
	if (seen.negative_zero || !json_is_object(read)) {
		json_decref(read);
		return seen.negative_zero ? KL_RANGE : KL_MALFORMED;
	}
	*value = read;
	return KL_OK;
}

static void write_escape(struct kl_buf *out, uint8_t byte)
{
	static const char *const named[128] = {
		['"'] = "\\\"",
		['\\'] = "\\\\",
		['\b'] = "\\b",
		['\f'] = "\\f",
		['\n'] = "\\n",
		['\r'] = "\\r",
		['\t'] = "\\t",
	};
	char escape[sizeof("\\u0000")];

	if (named[byte]) {
		kl_buf_add_text(out, named[byte]);
	} else {
		snprintf(escape, sizeof(escape), "\\u%04x", byte);
		kl_buf_add_text(out, escape);
	}
}

static bool is_escaped(uint8_t byte)
{
	return byte < 0x20 || byte == '"' || byte == '\\';
}

enum kl_result kl_canon_write_text(
    struct kl_buf *out, const char *text, size_t size)
{
	size_t from = 0;

	if (memchr(text, '\0', size))
		return KL_RANGE;
	kl_buf_add_byte(out, '"');
	for (size_t i = 0; i < size; i++)
		if (is_escaped((uint8_t)text[i])) {
			kl_buf_add(out, text + from, i - from);
			write_escape(out, (uint8_t)text[i]);
			from = i + 1;
		}
	kl_buf_add(out, text + from, size - from);
	kl_buf_add_byte(out, '"');
	return KL_OK;
}

static enum kl_result write_integer(struct kl_buf *out, json_int_t integer)
{
	char decimal[24];

	if (integer > KL_INTEGER_MAX || integer < -KL_INTEGER_MAX)
		return KL_RANGE;
	snprintf(decimal, sizeof(decimal), "%" JSON_INTEGER_FORMAT, integer);
	kl_buf_add_text(out, decimal);
	return KL_OK;
}

static enum kl_result write_array(
    struct kl_buf *out, const json_t *array, unsigned depth)
{
	kl_buf_add_byte(out, '[');
	for (size_t i = 0; i < json_array_size(array); i++) {
		enum kl_result result;

		if (i > 0)
			kl_buf_add_byte(out, ',');
		result = write_value(out, json_array_get(array, i), depth + 1);
		if (result)
			return result;
	}
	kl_buf_add_byte(out, ']');
	return KL_OK;
}

static bool is_printable(const char *text)
{
	if (!*text)
		return false;
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

static int compare_keys(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static enum kl_result write_members(struct kl_buf *out, const json_t *object,
    const char *keys[], size_t count, unsigned depth)
{
	qsort(keys, count, sizeof(*keys), compare_keys);
	kl_buf_add_byte(out, '{');
	for (size_t i = 0; i < count; i++) {
		enum kl_result result;

		if (!is_printable(keys[i]))
			return KL_RANGE;
		if (i > 0)
			kl_buf_add_byte(out, ',');
		result = kl_canon_write_text(out, keys[i], strlen(keys[i]));
		if (result)
			return result;
		kl_buf_add_byte(out, ':');
		result = write_value(
		    out, json_object_get(object, keys[i]), depth + 1);
		if (result)
			return result;
	}
	kl_buf_add_byte(out, '}');
	return KL_OK;
}

static enum kl_result write_object(
    struct kl_buf *out, const json_t *object, unsigned depth)
{
	size_t count = 0;
	const char **keys = calloc(json_object_size(object) + 1, sizeof(*keys));
	enum kl_result result;
	const char *key;
	json_t *member;

	if (!keys)
		return KL_NO_MEMORY;
	json_object_foreach ((json_t *)object, key, member)
		keys[count++] = key;
	result = write_members(out, object, keys, count, depth);
	free(keys);
	return result;
}

/* `depth` counts the arrays and objects around `value`. */
static enum kl_result write_value(
    struct kl_buf *out, const json_t *value, unsigned depth)
{
	bool nests = json_is_array(value) || json_is_object(value);

	if (nests && depth == KL_CANON_DEPTH_MAX)
		return KL_TOO_LARGE;
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return write_object(out, value, depth);
	case JSON_ARRAY:
		return write_array(out, value, depth);
	case JSON_STRING:
		return kl_canon_write_text(
		    out, json_string_value(value), json_string_length(value));
	case JSON_INTEGER:
		return write_integer(out, json_integer_value(value));
	case JSON_REAL:
		return KL_RANGE;
	case JSON_TRUE:
		kl_buf_add_text(out, "true");
		return KL_OK;
	case JSON_FALSE:
		kl_buf_add_text(out, "false");
		return KL_OK;
	case JSON_NULL:
		kl_buf_add_text(out, "null");
		return KL_OK;
	}
	return KL_MALFORMED;
}

enum kl_result kl_canon_write(struct kl_buf *out, const json_t *value)
{
	enum kl_result result = write_value(out, value, 0);

	return result ? result : kl_buf_result(out);
}

enum kl_result kl_canon_check(const char *text, size_t size, json_t **value)
{
	struct kl_buf again = KL_BUF(size);
	json_t *read = NULL;
	enum kl_result result = kl_canon_read(text, size, size, &read, NULL);

	if (!result)
		result = kl_canon_write(&again, read);
	if (result == KL_TOO_LARGE && read)
		result = KL_MISMATCH; /* longer than the text we were given */
	if (!result &&
	    (again.size != size || memcmp(again.data, text, size) != 0))
		result = KL_MISMATCH;
	kl_buf_clear(&again);
	if (!result && value)
		*value = json_incref(read);
	json_decref(read);
	return result;
}
