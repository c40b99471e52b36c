/* kind_read.c -- a body, member by member, against the table of its kind. */
#include "kind.h"

#include "kl_canon.h"
#include "kl_leaf.h"
#include "kl_time.h"
#include "kl_uscc.h"

#include <stdlib.h>
#include <string.h>

enum { BYTES_IN_CHARACTER = 4 };

static const char *pointer_to(struct request *request, const char *name)
{
	return arena_format(&request->arena, "/%s", name);
}

static enum error complain_bounds(struct request *request,
    const struct member *member, const char *zh, const char *en)
{
	return request_complain(request, pointer_to(request, member->name),
	    "bounds", zh, en, request_number(request, member->minimum),
	    request_number(request, member->maximum), NULL);
}

static enum error complain_form(struct request *request,
    const struct member *member, const char *zh, const char *en)
{
	return request_complain(request, pointer_to(request, member->name),
	    "form", zh, en, member->choices, NULL);
}

/* Controls, what turns the direction of writing or shows nothing, and what is
 * no character: names that look alike must be alike. UAX #9, UTS #39. */
static const struct range {
	uint32_t first, last;
} hidden[] = {
	{ 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, /* soft hyphen */
	{ 0x34f, 0x34f },                               /* grapheme joiner */
	{ 0x61c, 0x61c },                               /* Arabic letter mark */
	{ 0x115f, 0x1160 },                             /* Hangul fillers */
	{ 0x17b4, 0x17b5 }, { 0x180b, 0x180f },
	{ 0x200b, 0x200f }, /* without width; marks of direction */
	{ 0x2028, 0x202e }, /* other line breaks; embedding of direction */
	{ 0x2060, 0x206f }, { 0x3164, 0x3164 },
	{ 0xfdd0, 0xfdef }, /* no characters */
	{ 0xfe00, 0xfe0f }, /* selectors of variants */
	{ 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb },
	{ 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
	{ 0xe0000, 0xe0fff }, /* tags; more selectors */
};

static bool is_hidden(uint32_t c, bool prose)
{
	if ((c & 0xfffe) == 0xfffe)
		return true;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++)
		if (c >= hidden[i].first && c <= hidden[i].last)
			return !(prose && c == '\n');
	return false;
}

/* `text` is valid UTF-8: jansson checked it. Moves to the next character. */
static uint32_t next_character(const char **text)
{
	const unsigned char *at = (const unsigned char *)*text;
	unsigned size = *at < 0x80 ? 1 : *at < 0xe0 ? 2 : *at < 0xf0 ? 3 : 4;
	uint32_t character = size == 1 ? *at : *at & (0x7fu >> size);

	for (unsigned i = 1; i < size; i++)
		character = character << 6 | (at[i] & 0x3f);
	*text += size;
	return character;
}

static bool is_blank(uint32_t character)
{
	return character == ' ' || character == 0xa0 || character == 0x3000;
}

/* Counts characters; false for one that must not be seen or a blank edge. */
static bool measure_text(const char *text, bool prose, uint64_t *characters)
{
	uint32_t last = 0;

	*characters = 0;
	while (*text) {
		uint32_t character = next_character(&text);

		if (is_hidden(character, prose) ||
		    (*characters == 0 && is_blank(character)))
			return false;
		last = character;
		(*characters)++;
	}
	return !is_blank(last);
}

static enum error read_words(struct request *request,
    const struct member *member, const char *text, const char **to)
{
	uint64_t characters;

	if (!measure_text(text, member->type == MEMBER_PROSE, &characters))
		return complain_form(request, member,
		    "不得含控制字符、不可见字符或首尾空白",
		    "no control or invisible characters, no blank at an end");
	if (characters < member->minimum || characters > member->maximum)
		return complain_bounds(request, member, "应为 {0} 到 {1} 个字",
		    "must be {0} to {1} characters");
	*to = text;
	return ERR_OK;
}

static bool is_choice(const char *choices, const char *text)
{
	size_t size = strlen(text);

	for (const char *at = choices; *at; at += strcspn(at, " ")) {
		at += *at == ' ';
		if (size > 0 && strcspn(at, " ") == size &&
		    memcmp(at, text, size) == 0)
			return true;
	}
	return false;
}

static bool is_hash(const char *text)
{
	struct kl_hash hash;

	return !kl_unhex(text, strlen(text), hash.bytes, sizeof(hash.bytes));
}

static enum error read_exact(struct request *request,
    const struct member *member, const char *text, const char **to)
{
	size_t size = strlen(text);

	if (member->type == MEMBER_TOKEN &&
	    !(kl_is_token(text, size) && size >= member->minimum &&
		size <= member->maximum))
		return complain_bounds(request, member,
		    "应为 {0} 到 {1} 个字母、数字或 . _ : -",
		    "must be {0} to {1} of A-Z a-z 0-9 . _ : -");
	if (member->type == MEMBER_CHOICE && !is_choice(member->choices, text))
		return complain_form(
		    request, member, "应为其中之一:{0}", "must be one of: {0}");
	if (member->type == MEMBER_USCC && kl_uscc_fault(text, size))
		return complain_form(request, member,
		    "不是有效的统一社会信用代码(长度、字符或校验码有误)",
		    "no unified social credit code: length, character or "
		    "check digit");
	if (member->type == MEMBER_HASH && !is_hash(text))
		return complain_form(request, member, "应为 64 位小写十六进制",
		    "must be 64 lower-case hexadecimal digits");
	*to = text;
	return ERR_OK;
}

static enum error read_text(struct request *request,
    const struct member *member, const json_t *value, void *row)
{
	const char **to = (const char **)((char *)row + member->offset);
	const char *text = json_string_value(value);

	if (!json_is_string(value))
		return complain_form(
		    request, member, "应为文字", "must be text");
	if (member->type == MEMBER_TEXT || member->type == MEMBER_PROSE)
		return read_words(request, member, text, to);
	return read_exact(request, member, text, to);
}

static enum error read_number(struct request *request,
    const struct member *member, const json_t *value, void *row)
{
	uint64_t *to = (uint64_t *)((char *)row + member->offset);
	json_int_t number = json_integer_value(value);

	if (!json_is_integer(value) || number < 0 ||
	    (uint64_t)number < member->minimum ||
	    (uint64_t)number > member->maximum)
		return complain_bounds(request, member,
		    "应为 {0} 到 {1} 的整数",
		    "must be an integer from {0} to {1}");
	*to = (uint64_t)number;
	return ERR_OK;
}

static enum error read_time(struct request *request,
    const struct member *member, const json_t *value, void *row)
{
	int64_t *to = (int64_t *)((char *)row + member->offset);

	if (!json_is_string(value) || kl_time_read(json_string_value(value),
					  json_string_length(value), to))
		return complain_form(request, member,
		    "应为 UTC 时间,形如 2026-07-01T08:00:00Z",
		    "must be a UTC time such as 2026-07-01T08:00:00Z");
	return ERR_OK;
}

static bool shows_all(const char *text)
{
	while (*text)
		if (is_hidden(next_character(&text), true))
			return false;
	return true;
}

/* Is there nothing hidden in its texts? What was read is not deep. */
static bool is_open(const json_t *value)
{
	const char *name;
	json_t *item;
	size_t i;

	if (json_is_string(value))
		return shows_all(json_string_value(value));
	json_array_foreach (value, i, item)
		if (!is_open(item))
			return false;
	json_object_foreach ((json_t *)(uintptr_t)value, name, item)
		if (!is_open(item))
			return false;
	return true;
}

static enum error read_json(struct request *request,
    const struct member *member, const json_t *value, void *row)
{
	const char **to = (const char **)((char *)row + member->offset);
	struct kl_buf bytes = KL_BUF(member->maximum);
	enum kl_result result = KL_MALFORMED;

	if (!is_open(value))
		return complain_form(request, member,
		    "不得含控制字符或不可见字符",
		    "no control or invisible characters");
	if (json_is_object(value) || json_is_array(value))
		result = kl_canon_write(&bytes, value);
	if (!result)
		*to = arena_text(
		    &request->arena, (const char *)bytes.data, bytes.size);
	kl_buf_clear(&bytes);
	if (!result)
		return ERR_OK;
	return complain_bounds(request, member,
	    "应为 JSON 对象或数组,只含整数,不超过 {1} 字节",
	    "must be a JSON object or array of at most {1} bytes, "
	    "with integers only");
}

static enum error read_member(struct request *request,
    const struct member *member, const json_t *value, void *row)
{
	switch (member->type) {
	case MEMBER_TEXT:
	case MEMBER_PROSE:
	case MEMBER_TOKEN:
	case MEMBER_CHOICE:
	case MEMBER_USCC:
	case MEMBER_HASH:
		return read_text(request, member, value, row);
	case MEMBER_NUMBER:
		return read_number(request, member, value, row);
	case MEMBER_FLAG:
		*(uint64_t *)((char *)row + member->offset) =
		    json_is_true(value);
		return json_is_boolean(value)
			   ? ERR_OK
			   : complain_form(request, member,
				 "应为 true 或 false", "must be true or false");
	case MEMBER_TIME:
		return read_time(request, member, value, row);
	case MEMBER_JSON:
		return read_json(request, member, value, row);
	}
	return ERR_INTERNAL;
}

static const struct member *find_member(
    const struct kind *kind, const char *name)
{
	for (const struct member *m = kind->members; m->name; m++)
		if ((m->flags & MEMBER_IN) && strcmp(m->name, name) == 0)
			return m;
	return NULL;
}

enum error kind_read(struct request *request, const struct kind *kind,
    const json_t *body, void *row)
{
	enum error error = ERR_OK, worst = ERR_OK;
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)body, name, value)
		if (!find_member(kind, name))
			worst = request_complain(request, "", "unknown-member",
			    "含有未知的成员", "a member is unknown", NULL);
	for (const struct member *m = kind->members; m->name; m++) {
		if (!(m->flags & MEMBER_IN))
			continue;
		value = json_object_get(body, m->name);
		if (value &&
		    !(json_is_null(value) && (m->flags & MEMBER_OPTIONAL)))
			error = read_member(request, m, value, row);
		else if (!(m->flags & MEMBER_OPTIONAL))
			error = request_complain(request,
			    pointer_to(request, m->name), "missing", "必填",
			    "is missing", NULL);
		worst = error ? error : worst;
		error = ERR_OK;
	}
	return worst;
}
