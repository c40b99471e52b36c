#include "kl_attachment.h"

#include <string.h>

/* Of no use in a name where it means something: a path, a stream, a pattern. */
#define MEANS_SOMETHING "/\\:*?\"<>|"

enum {
	DEVICE_MAX = 4,
	/* Of a ZIP's local header: APPNOTE.TXT §4.3.7. */
	ZIP_NAME_SIZE_AT = 26,
	ZIP_NAME_AT = 30,
};

static char upper(char letter)
{
	return letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A')
					      : letter;
}

/* CON, NUL, COM1 …, whatever stands behind the first dot. */
static bool is_device(const char *name)
{
	static const char *const words[] = { "CON", "PRN", "AUX", "NUL", "COM",
		"LPT" };
	enum { NUMBERED = 4 };
	size_t size = strcspn(name, ".");
	char start[DEVICE_MAX] = { 0 };

	if (size < 3 || size > DEVICE_MAX)
		return false;
	for (size_t i = 0; i < size; i++)
		start[i] = upper(name[i]);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (memcmp(start, words[i], 3) == 0 &&
		    (i < NUMBERED
			    ? size == 3
			    : size == 4 && start[3] >= '0' && start[3] <= '9'))
			return true;
	return false;
}

enum kl_result kl_attachment_check(const char *name)
{
	size_t size = strlen(name);

	if (size == 0 || *name == '.' || name[size - 1] == '.' ||
	    *name == ' ' || name[size - 1] == ' ' ||
	    strcspn(name, MEANS_SOMETHING) != size || is_device(name))
		return KL_MALFORMED;
	return KL_OK;
}

/* attr-char of RFC 8187; `byte` is not 0. */
static bool is_plain(uint8_t byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= 'a' && byte <= 'z') ||
	       strchr("!#$&+-.^_`|~", byte) != NULL;
}

/* One `_` for each character that does not go into a quoted string; true if
 * that happened. */
static bool write_quoted(struct kl_buf *out, const char *name)
{
	bool other = false;

	for (; *name; name++) {
		uint8_t byte = (uint8_t)*name;
		bool goes = byte >= ' ' && byte < 0x7f && byte != '"' &&
			    byte != '\\' && byte != '%';

		if (goes)
			kl_buf_add_byte(out, byte);
		else if ((byte & 0xc0) != 0x80)
			kl_buf_add_byte(out, '_');
		other |= !goes;
	}
	return other;
}

static void write_encoded(struct kl_buf *out, const char *name)
{
	static const char digits[] = "0123456789ABCDEF";

	for (; *name; name++) {
		uint8_t byte = (uint8_t)*name;

		if (is_plain(byte)) {
			kl_buf_add_byte(out, byte);
			continue;
		}
		kl_buf_add_byte(out, '%');
		kl_buf_add_byte(out, (uint8_t)digits[byte >> 4]);
		kl_buf_add_byte(out, (uint8_t)digits[byte & 15]);
	}
}

void kl_attachment_write(struct kl_buf *out, const char *name)
{
	bool other;

	kl_buf_add_text(out, "attachment; filename=\"");
	other = write_quoted(out, name);
	kl_buf_add_byte(out, '"');
	if (!other)
		return;
	kl_buf_add_text(out, "; filename*=UTF-8''");
	write_encoded(out, name);
}

bool kl_attachment_is_ofd(const uint8_t *bytes, size_t size)
{
	static const char mark[] = "PK\3\4", entry[] = "OFD.xml";
	const uint8_t *at = bytes, *end = bytes + size;

	if (size < sizeof(mark) - 1 || memcmp(bytes, mark, sizeof(mark) - 1))
		return false;
	while ((at = memmem(at, (size_t)(end - at), mark, sizeof(mark) - 1))) {
		if ((size_t)(end - at) < ZIP_NAME_AT + sizeof(entry) - 1)
			return false;
		if (at[ZIP_NAME_SIZE_AT] == sizeof(entry) - 1 &&
		    at[ZIP_NAME_SIZE_AT + 1] == 0 &&
		    memcmp(at + ZIP_NAME_AT, entry, sizeof(entry) - 1) == 0)
			return true;
		at++;
	}
	return false;
}
