#include "kl_scan.h"

#include "kl_canon.h"
#include "kl_utf8.h"

#include <endian.h>
#include <string.h>

struct scan {
	const char *at, *end;
};

static bool scan_value(struct scan *scan, unsigned depth);

static bool take(struct scan *scan, char byte)
{
	if (scan->at == scan->end || *scan->at != byte)
		return false;
	scan->at++;
	return true;
}

static bool take_word(struct scan *scan, const char *word)
{
	size_t size = strlen(word);

	if ((size_t)(scan->end - scan->at) < size ||
	    memcmp(scan->at, word, size) != 0)
		return false;
	scan->at += size;
	return true;
}

/* --- texts ---------------------------------------------------------------- */

/* What the byte after a backslash stands for; 0 if it is no short escape. */
static const char short_escapes[256] = {
	['"'] = '"',
	['\\'] = '\\',
	['b'] = '\b',
	['f'] = '\f',
	['n'] = '\n',
	['r'] = '\r',
	['t'] = '\t',
};

/* Control characters that have one, and NUL, which no text may hold. */
static const char shorter[] = "\b\f\n\r\t";

/* -1 if it is none, or not in lower case. */
static int digit_of(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* After the backslash: one escape, if nothing shorter would do. 0 if not. */
static char take_escape(struct scan *scan)
{
	size_t left = (size_t)(scan->end - scan->at);
	const char *at = scan->at;
	char known;
	int low;

	if (left == 0)
		return 0;
	known = short_escapes[(uint8_t)*at];
	if (known) {
		scan->at++;
		return known;
	}
	if (left < 5 || memcmp(at, "u00", 3) != 0 ||
	    (at[3] != '0' && at[3] != '1'))
		return 0;
	low = digit_of(at[4]);
	scan->at += 5;
	if (low < 0 || (at[3] == '0' && memchr(shorter, low, sizeof(shorter))))
		return 0;
	return (char)((at[3] - '0') << 4 | low);
}

static bool is_plain(char byte)
{
	return (unsigned char)(byte - 0x20) < 0x60 && byte != '"' &&
	       byte != '\\';
}

/* A byte in each of eight. */
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/*
 * How many bytes from `at` on are plain, looking at eight at once. Each
 * subtraction sets the highest bit of a byte below what is taken from it, and
 * may do so wrongly only in those after the first: which is the one we want.
 */
static size_t count_plain_of_8(const char at[static 8])
{
	uint64_t bytes, low, quotes, slashes, found;

	memcpy(&bytes, at, sizeof(bytes));
	bytes = le64toh(bytes);
	quotes = bytes ^ EACH('"');
	slashes = bytes ^ EACH('\\');
	low = (bytes - EACH(0x20)) & ~bytes;
	quotes = (quotes - EACH(1)) & ~quotes;
	slashes = (slashes - EACH(1)) & ~slashes;
	found = (low | quotes | slashes | bytes) & EACH(0x80);
	return found ? (size_t)__builtin_ctzll(found) / 8 : 8;
}

static void skip_plain(struct scan *scan)
{
	size_t count;

	while (scan->end - scan->at >= 8) {
		count = count_plain_of_8(scan->at);
		scan->at += count;
		if (count < 8)
			return;
	}
	while (scan->at < scan->end && is_plain(*scan->at))
		scan->at++;
}

/* Characters beyond ASCII, until one that is not; false if one is broken. */
static bool skip_wide(struct scan *scan)
{
	uint32_t point;

	while (scan->at < scan->end && (unsigned char)*scan->at >= 0x80) {
		size_t size = kl_utf8_next(
		    scan->at, (size_t)(scan->end - scan->at), &point);

		if (size == 0)
			return false;
		scan->at += size;
	}
	return true;
}

/* Up to the quote that ends it, which is taken. */
static bool scan_text(struct scan *scan)
{
	if (!take(scan, '"'))
		return false;
	for (;;) {
		skip_plain(scan);
		if (!skip_wide(scan) || scan->at == scan->end)
			return false;
		if (take(scan, '"'))
			return true;
		if (take(scan, '\\')) {
			if (!take_escape(scan))
				return false;
		} else if (!is_plain(*scan->at)) {
			return false;
		}
	}
}

/* --- numbers, arrays, objects --------------------------------------------- */

static bool scan_number(struct scan *scan)
{
	bool negative = take(scan, '-');
	const char *from = scan->at;
	int64_t number = 0;

	while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9' &&
	       number <= KL_INTEGER_MAX)
		number = number * 10 + (*scan->at++ - '0');
	if (scan->at == from || number > KL_INTEGER_MAX)
		return false;
	return *from != '0' || (scan->at == from + 1 && !negative);
}

static bool scan_array(struct scan *scan, unsigned depth)
{
	if (take(scan, ']'))
		return true;
	do {
		if (!scan_value(scan, depth))
			return false;
	} while (take(scan, ','));
	return take(scan, ']');
}

/* A key is printable ASCII: only these two of its bytes are escaped. */
static bool scan_key(struct scan *scan, struct kl_span *key)
{
	key->at = scan->at + 1;
	if (!scan_text(scan))
		return false;
	key->size = (size_t)(scan->at - 1 - key->at);
	for (size_t i = 0; i < key->size; i++) {
		if (key->at[i] < ' ' || key->at[i] > '~')
			return false;
		if (key->at[i] == '\\' && key->at[++i] != '"' &&
		    key->at[i] != '\\')
			return false;
	}
	return key->size > 0 && take(scan, ':');
}

static char next_of_key(struct kl_span *key)
{
	size_t size = *key->at == '\\' ? 2 : 1;

	key->at += size;
	key->size -= size;
	return key->at[-1];
}

static bool is_before(struct kl_span left, struct kl_span right)
{
	while (left.size > 0 && right.size > 0) {
		char one = next_of_key(&left), other = next_of_key(&right);

		if (one != other)
			return one < other;
	}
	return right.size > 0;
}

static bool scan_object(struct scan *scan, unsigned depth)
{
	struct kl_span key, last = { "", 0 };

	if (take(scan, '}'))
		return true;
	do {
		if (!scan_key(scan, &key) || !is_before(last, key) ||
		    !scan_value(scan, depth))
			return false;
		last = key;
	} while (take(scan, ','));
	return take(scan, '}');
}

static bool scan_value(struct scan *scan, unsigned depth)
{
	if (scan->at == scan->end)
		return false;
	switch (*scan->at) {
	case '"':
		return scan_text(scan);
	case '{':
		scan->at++;
		return depth < KL_CANON_DEPTH_MAX &&
		       scan_object(scan, depth + 1);
	case '[':
		scan->at++;
		return depth < KL_CANON_DEPTH_MAX &&
		       scan_array(scan, depth + 1);
	case 't':
		return take_word(scan, "true");
	case 'f':
		return take_word(scan, "false");
	case 'n':
		return take_word(scan, "null");
	}
	return scan_number(scan);
}

size_t kl_scan_value(const char *text, size_t size, unsigned depth)
{
	struct scan scan = { text, text + size };

	return scan_value(&scan, depth) ? (size_t)(scan.at - text) : 0;
}

/* --- what a value says ---------------------------------------------------- */

bool kl_scan_member(
    struct kl_span object, const char *name, struct kl_span *value)
{
	struct scan scan = { object.at, object.at + object.size };
	struct kl_span key;

	if (!take(&scan, '{') || take(&scan, '}'))
		return false;
	do {
		const char *from;

		if (!scan_key(&scan, &key))
			return false;
		from = scan.at;
		if (!scan_value(&scan, 0))
			return false;
		if (!kl_span_is(key, name))
			continue;
		*value = (struct kl_span){ from, (size_t)(scan.at - from) };
		return true;
	} while (take(&scan, ','));
	return false;
}

/* Runs between escapes are short: they are gathered before they are added. */
bool kl_scan_text(struct kl_span value, struct kl_buf *out)
{
	struct scan scan = { value.at, value.at + value.size };
	char part[256];
	size_t size = 0;

	if (!take(&scan, '"'))
		return false;
	while (scan.at < scan.end && *scan.at != '"') {
		if (size > sizeof(part) - 8) {
			kl_buf_add(out, part, size);
			size = 0;
		}
		if (scan.end - scan.at >= 8) {
			size_t count = count_plain_of_8(scan.at);

			memcpy(part + size, scan.at, 8);
			scan.at += count;
			size += count;
			if (count > 0)
				continue;
		}
		part[size++] =
		    take(&scan, '\\') ? take_escape(&scan) : *scan.at++;
	}
	kl_buf_add(out, part, size);
	return scan.at + 1 == scan.end;
}
