/*
 * What is in form is so however the bytes come: all at once or in pieces, the
 * same are taken and the same fault is found; and what is taken is whole
 * requests to a reader written apart. The first byte says how long the pieces
 * are.
 */
#include "fuzz.h"

#include "form.h"

#include <stdlib.h>
#include <strings.h>

static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";

/* In pieces; the sum of what was taken. */
static size_t read_pieces(
    struct form *form, const uint8_t *bytes, size_t size, size_t piece)
{
	size_t taken = 0, at = 0;

	while (at < size) {
		size_t step = size - at < piece ? size - at : piece;
		size_t whole = form_read(form, bytes + at, step);

		assert(whole <= step);
		if (whole > 0)
			taken = at + whole;
		at += step;
	}
	return taken;
}

/* One word up to `end`, all of it visible; where it stops, or NULL. */
static const char *skip_word(const char *at, char end)
{
	const char *from = at;

	while (*at > ' ' && *at <= '~')
		at++;
	return *at == end && at > from ? at + 1 : NULL;
}

/* `name: value` CR LF; sets what Content-Length says. */
static const char *skip_field(const char *at, uint64_t *length)
{
	size_t name = strspn(at, letters), size;
	const char *value = at + name + strlen(": ");

	assert(name > 0 && at[name] == ':' && at[name + 1] == ' ');
	assert(name != strlen("Transfer-Encoding") ||
	       strncasecmp(at, "Transfer-Encoding", name) != 0);
	size = strcspn(value, "\r\n");
	assert(memcmp(value + size, "\r\n", 2) == 0);
	assert(size == 0 ||
	       (!strchr(" \t", *value) && !strchr(" \t", value[size - 1])));
	for (size_t i = 0; i < size; i++)
		assert((unsigned char)value[i] >= ' ' || value[i] == '\t');
	if (name == strlen("Content-Length") &&
	    strncasecmp(at, "Content-Length", name) == 0) {
		assert(*length == UINT64_MAX && size > 0 && size <= 8);
		assert(strspn(value, "0123456789") == size);
		*length = strtoull(value, NULL, 10);
	}
	return value + size + 2;
}

/* Whole requests, but that the last body may go on behind the end. */
static void check_requests(const char *at, const char *end)
{
	while (at < end) {
		uint64_t length = UINT64_MAX;

		at = skip_word(at, ' ');
		assert(at && *at == '/');
		at = skip_word(at, ' ');
		assert(at && strncmp(at, "HTTP/1.1\r\n", 10) == 0);
		at += strlen("HTTP/1.1\r\n");
		while (at < end && *at != '\r')
			at = skip_field(at, &length);
		assert(at + 2 <= end && at[1] == '\n');
		at += 2;
		if (length == UINT64_MAX)
			continue;
		at += length < (uint64_t)(end - at) ? (ptrdiff_t)length
						    : end - at;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct form whole = { 0 }, pieces = { 0 };
	size_t taken;
	char *copy;

	if (size < 2)
		return 0;
	taken = form_read(&whole, data + 1, size - 1);
	assert(read_pieces(&pieces, data + 1, size - 1, data[0] % 64 + 1) ==
	       taken);
	assert(whole.fault == pieces.fault && whole.state == pieces.state);
	assert(whole.body_left == pieces.body_left);
	assert(whole.field_size == pieces.field_size);
	assert((whole.state == FORM_BROKEN) == (whole.fault != NULL));
	copy = malloc(taken + 1);
	assert(copy);
	memcpy(copy, data + 1, taken);
	copy[taken] = '\0';
	check_requests(copy, copy + taken);
	free(copy);
	return 0;
}
