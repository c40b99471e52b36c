#include "query.h"

#include "kl_utf8.h"
#include "route.h"

#include <string.h>

static int hex_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return -1;
}

/* -1 if it is none. */
static int hex_byte(const char *digits)
{
	int high = hex_digit(digits[0]), low = hex_digit(digits[1]);

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* The decoded value; NULL if it breaks the form or holds a control. */
static char *decode(struct arena *arena, const char *text, size_t size)
{
	char *value = arena_text(arena, text, size);
	size_t used = 0;

	for (size_t i = 0; i < size; i++) {
		int byte = (unsigned char)text[i];

		if (byte == '+')
			byte = ' ';
		if (byte == '%') {
			byte = i + 2 < size ? hex_byte(text + i + 1) : -1;
			i += 2;
		}
		if (byte < 0x20 || byte == 0x7f)
			return NULL;
		value[used++] = (char)byte;
	}
	value[used] = '\0';
	return value;
}

static bool is_utf8(const char *text)
{
	size_t size = strlen(text), taken;
	uint32_t point;

	for (; size > 0; text += taken, size -= taken) {
		taken = kl_utf8_next(text, size, &point);
		if (taken == 0)
			return false;
	}
	return true;
}

const char *query_decode(struct arena *arena, const char *text)
{
	const char *value = decode(arena, text, strlen(text));

	return value && is_utf8(value) ? value : NULL;
}

const char *query_encode(struct arena *arena, const char *value)
{
	static const char digits[] = "0123456789ABCDEF";
	char *text = arena_alloc(arena, 3 * strlen(value) + 1);
	size_t size = 0;

	for (; *value; value++) {
		unsigned char byte = (unsigned char)*value;
		bool plain = (byte >= '0' && byte <= '9') ||
			     (byte >= 'A' && byte <= 'Z') ||
			     (byte >= 'a' && byte <= 'z') ||
			     strchr("-._~", byte);

		if (!plain) {
			text[size++] = '%';
			text[size++] = digits[byte >> 4];
			text[size++] = digits[byte & 15];
		} else {
			text[size++] = (char)byte;
		}
	}
	text[size] = '\0';
	return text;
}

void query_link_next(
    struct request *request, const char *name, const char *value)
{
	struct arena *arena = &request->arena;
	const char *query = "";

	for (size_t i = 0; i < request->query_count; i++) {
		const struct query *one = &request->queries[i];

		if (strcmp(one->name, name) != 0)
			query = arena_format(arena, "%s%s=%s&", query,
			    one->name, query_encode(arena, one->value));
	}
	request->link = arena_format(arena, "<%s?%s%s=%s>; rel=\"next\"",
	    request->path, query, name, value);
}

static bool is_name(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!(text[i] >= 'a' && text[i] <= 'z') && text[i] != '_')
			return false;
	return size > 0 && size <= QUERY_NAME_MAX;
}

static bool is_taken(const struct request *request, const char *name)
{
	for (size_t i = 0; i < request->query_count; i++)
		if (strcmp(request->queries[i].name, name) == 0)
			return true;
	return false;
}

/* `name=value`, `size` bytes of it. */
static bool read_pair(struct request *request, const char *pair, size_t size)
{
	const char *equals = memchr(pair, '=', size);
	size_t name_size = equals ? (size_t)(equals - pair) : size;
	size_t value_size = equals ? size - name_size - 1 : 0;
	struct query query = { 0 };

	if (!is_name(pair, name_size) || request->query_count == QUERY_MAX ||
	    value_size > QUERY_VALUE_MAX)
		return false;
	query.name = arena_text(&request->arena, pair, name_size);
	query.value =
	    decode(&request->arena, pair + size - value_size, value_size);
	if (!query.value || !is_utf8(query.value) ||
	    is_taken(request, query.name))
		return false;
	if (!request->queries)
		request->queries = arena_alloc(
		    &request->arena, QUERY_MAX * sizeof(*request->queries));
	request->queries[request->query_count++] = query;
	return true;
}

enum error query_read(struct request *request)
{
	const char *at = request->raw_query;

	while (*at) {
		size_t size = strcspn(at, "&");

		if (!read_pair(request, at, size) ||
		    (at[size] == '&' && at[size + 1] == '\0'))
			return request_fail(request, ERR_BAD_REQUEST,
			    "查询应为 name=value,以 & 相连,名称不得重复",
			    "a query is name=value, joined by &, each name "
			    "once",
			    NULL);
		at += size + (at[size] == '&');
	}
	return ERR_OK;
}
