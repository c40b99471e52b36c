#include "form.h"

#include <string.h>
#include <strings.h>

static bool is_digit(unsigned char byte)
{
	return (unsigned)byte - '0' < 10;
}

static bool is_visible(unsigned char byte)
{
	return byte > 0x20 && byte < 0x7f;
}

static bool is_name(unsigned char byte)
{
	return (byte | 0x20u) - 'a' < 26 || is_digit(byte) || byte == '-';
}

static bool is_value(unsigned char byte)
{
	return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
}

#define FAULT(name, error, zh, en)                                             \
	static const struct form_fault name = { error, zh, en };
FAULT(bad_line, ERR_BAD_REQUEST, "首行应为:方法、空格、网址、空格、HTTP/1.1",
    "the first line must be: method, blank, URI, blank, HTTP/1.1")
FAULT(bad_target, ERR_BAD_REQUEST, "网址应以 / 开头,只含可见的 ASCII 字符",
    "the URI must begin with / and be visible ASCII")
FAULT(long_target, ERR_URI, "不超过 1024 字节", "at most 1024 bytes")
FAULT(many_parts, ERR_BAD_REQUEST, "查询不超过 32 项",
    "a query has at most 32 parts")
FAULT(bad_version, ERR_VERSION, "应为 HTTP/1.1", "it must be HTTP/1.1")
FAULT(bad_field, ERR_BAD_REQUEST,
    "请求头每行应为名称、冒号、一个空格、内容,以 CR LF 结束",
    "each field must be a name, a colon, one blank, a value, and CR LF")
FAULT(folded, ERR_BAD_REQUEST, "请求头不得折行", "a field may not be folded")
FAULT(too_many, ERR_HEADERS, "不超过 64 个字段、16384 字节",
    "at most 64 fields and 16384 bytes")
FAULT(long_cookie, ERR_HEADERS, "Cookie 不超过 32 项、4096 字节",
    "a Cookie has at most 32 parts and 4096 bytes")
FAULT(chunked, ERR_LENGTH, "不接受 Transfer-Encoding,请给出 Content-Length",
    "Transfer-Encoding is not taken; give Content-Length")
FAULT(two_lengths, ERR_BAD_REQUEST, "Content-Length 只能出现一次",
    "Content-Length may come once only")
FAULT(bad_length, ERR_BAD_REQUEST, "Content-Length 应为十进制数字",
    "Content-Length must be decimal digits")
FAULT(
    long_body, ERR_TOO_LARGE, "不超过 99999999 字节", "at most 99999999 bytes")

/* --- the line ------------------------------------------------------------- */

static const struct form_fault *read_method(struct form *form, unsigned char c)
{
	if (c == ' ' && form->size > 0) {
		form->is_head =
		    form->size == 4 && memcmp(form->part, "HEAD", 4) == 0;
		form->state = FORM_TARGET;
		form->size = 0;
		form->separators = 0;
		return NULL;
	}
	if (!is_name(c) || form->size == FORM_METHOD_MAX)
		return &bad_line;
	form->part[form->size++] = (char)c;
	return NULL;
}

static const struct form_fault *read_target(struct form *form, unsigned char c)
{
	if (c == ' ' && form->size > 0) {
		form->state = FORM_VERSION;
		form->size = 0;
		return NULL;
	}
	if (!is_visible(c) || (form->size == 0 && c != '/'))
		return &bad_target;
	if (c == '&' && ++form->separators == FORM_PARTS_MAX)
		return &many_parts;
	return ++form->size > FORM_TARGET_MAX ? &long_target : NULL;
}

/* Another digit in the version is another version, all else is none. */
static const struct form_fault *read_version(struct form *form, unsigned char c)
{
	static const char wanted[] = "HTTP/1.1\r\n";
	char want = wanted[form->size++];

	if (c != want && (want != '1' || !is_digit(c)))
		return &bad_line;
	form->is_other |= c != want;
	if (c != '\n')
		return NULL;
	form->state = FORM_NAME;
	form->size = 0;
	return form->is_other ? &bad_version : NULL;
}

/* --- the fields ----------------------------------------------------------- */

static bool is_named(const struct form *form, const char *name)
{
	return form->size == strlen(name) &&
	       strncasecmp(form->part, name, form->size) == 0;
}

static const struct form_fault *begin_value(struct form *form)
{
	form->state = FORM_BLANK;
	form->is_length = is_named(form, "Content-Length");
	form->is_cookie = is_named(form, "Cookie");
	form->separators = 0;
	if (is_named(form, "Transfer-Encoding"))
		return &chunked;
	if (form->is_length && form->has_length)
		return &two_lengths;
	form->has_length |= form->is_length;
	return ++form->field_count > FORM_FIELDS_MAX ? &too_many : NULL;
}

/* Of a name: as much as is looked at. */
static void keep(struct form *form, unsigned char c)
{
	if (form->size < FORM_NAME_KEPT)
		form->part[form->size] = (char)c;
	form->size++;
}

static const struct form_fault *read_name(struct form *form, unsigned char c)
{
	if (form->size == 0 && c == '\r') {
		form->state = FORM_HEAD_END;
		return NULL;
	}
	if (form->size == 0 && (c == ' ' || c == '\t'))
		return &folded;
	if (c == ':' && form->size > 0)
		return begin_value(form);
	if (!is_name(c))
		return &bad_field;
	keep(form, c);
	return ++form->field_size > FORM_FIELD_MAX ? &too_many : NULL;
}

static const struct form_fault *end_value(struct form *form)
{
	if (form->is_length && form->size == 0)
		return &bad_length;
	if (form->is_length && form->size > FORM_LENGTH_DIGITS)
		return &long_body;
	if (form->last == ' ' || form->last == '\t')
		return &bad_field;
	form->state = FORM_VALUE_END;
	return NULL;
}

static bool fits_cookie(struct form *form, unsigned char c)
{
	form->separators += c == ';' || c == ',';
	return form->size < FORM_COOKIE_MAX &&
	       form->separators < FORM_PARTS_MAX;
}

static const struct form_fault *read_value(struct form *form, unsigned char c)
{
	if (c == '\r')
		return end_value(form);
	if (form->is_length && !is_digit(c))
		return &bad_length;
	if (!is_value(c) || (form->size == 0 && (c == ' ' || c == '\t')))
		return &bad_field;
	if (form->is_cookie && !fits_cookie(form, c))
		return &long_cookie;
	if (form->is_length && form->size < FORM_LENGTH_DIGITS)
		form->length = form->length * 10 + (c - '0');
	form->size++;
	form->last = c;
	return ++form->field_size > FORM_FIELD_MAX ? &too_many : NULL;
}

/* --- the whole ------------------------------------------------------------ */

static void end_head(struct form *form)
{
	uint64_t length = form->length;

	*form = (struct form){
		.state = length > 0 ? FORM_BODY : FORM_METHOD,
		.body_left = length,
	};
}

static const struct form_fault *read_byte(struct form *form, unsigned char c)
{
	switch (form->state) {
	case FORM_METHOD:
		return read_method(form, c);
	case FORM_TARGET:
		return read_target(form, c);
	case FORM_VERSION:
		return read_version(form, c);
	case FORM_NAME:
		return read_name(form, c);
	case FORM_BLANK:
		form->state = FORM_VALUE;
		form->size = 0;
		form->last = 0;
		return c == ' ' ? NULL : &bad_field;
	case FORM_VALUE:
		return read_value(form, c);
	case FORM_VALUE_END:
		form->state = FORM_NAME;
		form->size = 0;
		return c == '\n' ? NULL : &bad_field;
	case FORM_HEAD_END:
		if (c != '\n')
			return &bad_field;
		end_head(form);
		return NULL;
	case FORM_BODY:
	case FORM_BROKEN:
		break;
	}
	return NULL;
}

/* Bytes from `least` to the last visible one, as far as the first `&`. */
static size_t count_plain(
    const unsigned char *at, size_t size, unsigned char least)
{
	size_t count = 0;

	while (count < size && at[count] >= least && at[count] < 0x7f &&
	       at[count] != '&')
		count++;
	return count;
}

/* Most of a head: bytes of a URI, a name or a value that need no second look.
 * Stays below the limits, which are for read_byte(). */
static size_t pass_plain(
    struct form *form, const unsigned char *at, size_t size)
{
	bool target = form->state == FORM_TARGET;
	size_t room = target ? FORM_TARGET_MAX - form->size
			     : FORM_FIELD_MAX - form->field_size;
	size_t count = 0;

	if (form->size == 0)
		return 0;
	if (size > room)
		size = room;
	if (form->state == FORM_NAME) {
		while (count < size && is_name(at[count]))
			keep(form, at[count++]);
	} else if (target || (form->state == FORM_VALUE && !form->is_length &&
				 !form->is_cookie)) {
		count = count_plain(at, size, target ? '!' : ' ');
		form->size += count;
	}
	if (!target && count > 0) {
		form->field_size += count;
		form->last = at[count - 1];
	}
	return count;
}

/* As much of the body as there is. */
static size_t pass_body(struct form *form, size_t size)
{
	if (size > form->body_left)
		size = (size_t)form->body_left;
	form->body_left -= size;
	if (form->body_left == 0)
		form->state = FORM_METHOD;
	return size;
}

size_t form_read(struct form *form, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;
	size_t i = 0, whole = 0;

	while (i < size && form->state != FORM_BROKEN) {
		const struct form_fault *fault;

		if (form->state == FORM_BODY) {
			i += pass_body(form, size - i);
			whole = i;
			continue;
		}
		i += pass_plain(form, at + i, size - i);
		if (i == size)
			break;
		fault = read_byte(form, at[i++]);
		if (fault)
			form_break(form, fault);
		else if (!form_in_head(form))
			whole = i;
	}
	return whole;
}

void form_break(struct form *form, const struct form_fault *fault)
{
	form->state = FORM_BROKEN;
	form->fault = fault;
}

bool form_in_head(const struct form *form)
{
	return form->state != FORM_BODY && form->state != FORM_BROKEN &&
	       (form->state != FORM_METHOD || form->size > 0);
}
