#include "unzip.h"

#include <string.h>
#include <zlib.h>

enum {
	END_SIZE = 22,
	END_COMMENT_MAX = 65535,
	ENTRY_SIZE = 46,
	LOCAL_SIZE = 30,
	STORED = 0,
	DEFLATED = 8,
	FLAG_ENCRYPTED = 1,
	CHUNK = 1 << 16,
};
#define END_MARK   UINT32_C(0x06054b50)
#define ENTRY_MARK UINT32_C(0x02014b50)
#define LOCAL_MARK UINT32_C(0x04034b50)

static unsigned number_2(const uint8_t *at)
{
	return at[0] | (unsigned)at[1] << 8;
}

static uint32_t number_4(const uint8_t *at)
{
	return number_2(at) | (uint32_t)number_2(at + 2) << 16;
}

/* Are there `more` bytes from `at` on? */
static bool has(const struct unzip *unzip, size_t at, size_t more)
{
	return at <= unzip->size && more <= unzip->size - at;
}

enum kl_result unzip_open(struct unzip *unzip, const void *bytes, size_t size)
{
	const uint8_t *end;
	size_t at = size;

	*unzip = (struct unzip){ .bytes = bytes, .size = size };
	do {
		if (at == 0 || size - at > END_SIZE + END_COMMENT_MAX)
			return KL_MALFORMED;
		end = unzip->bytes + --at;
	} while (size - at < END_SIZE || number_4(end) != END_MARK);
	unzip->entries = number_2(end + 10);
	unzip->directory = number_4(end + 16);
	if (number_2(end + 4) != 0 || unzip->directory > at)
		return KL_MALFORMED;
	return unzip->entries > UNZIP_ENTRIES_MAX ? KL_TOO_LARGE : KL_OK;
}

/* --- finding one ---------------------------------------------------------- */

static enum kl_result find(
    const struct unzip *unzip, const char *name, const uint8_t **found)
{
	size_t at = unzip->directory, name_size = strlen(name);

	for (unsigned i = 0; i < unzip->entries; i++) {
		const uint8_t *entry = unzip->bytes + at;
		size_t sizes;

		if (!has(unzip, at, ENTRY_SIZE) ||
		    number_4(entry) != ENTRY_MARK)
			return KL_MALFORMED;
		sizes = number_2(entry + 28) + number_2(entry + 30) +
			number_2(entry + 32);
		if (!has(unzip, at + ENTRY_SIZE, sizes))
			return KL_MALFORMED;
		if (number_2(entry + 28) == name_size &&
		    memcmp(entry + ENTRY_SIZE, name, name_size) == 0) {
			*found = entry;
			return KL_OK;
		}
		at += ENTRY_SIZE + sizes;
	}
	return KL_RANGE;
}

/* Where its packed bytes begin, all of which are there. */
static bool find_bytes(
    const struct unzip *unzip, const uint8_t *entry, size_t *at)
{
	size_t local = number_4(entry + 42), packed = number_4(entry + 20);

	if (!has(unzip, local, LOCAL_SIZE) ||
	    number_4(unzip->bytes + local) != LOCAL_MARK)
		return false;
	*at = local + LOCAL_SIZE + number_2(unzip->bytes + local + 26) +
	      number_2(unzip->bytes + local + 28);
	return has(unzip, *at, packed);
}

/* --- unpacking ------------------------------------------------------------ */

static enum kl_result inflate_all(
    const uint8_t *bytes, size_t size, struct kl_buf *out)
{
	uint8_t chunk[CHUNK];
	z_stream stream = { .next_in = (uint8_t *)(uintptr_t)bytes,
		.avail_in = (unsigned)size };
	int status = inflateInit2(&stream, -MAX_WBITS);

	if (status != Z_OK)
		return KL_NO_MEMORY;
	while (status == Z_OK && !kl_buf_result(out)) {
		stream.next_out = chunk;
		stream.avail_out = sizeof(chunk);
		status = inflate(&stream, Z_NO_FLUSH);
		kl_buf_add(out, chunk, sizeof(chunk) - stream.avail_out);
	}
	inflateEnd(&stream);
	if (kl_buf_result(out))
		return kl_buf_result(out);
	return status == Z_STREAM_END ? KL_OK : KL_MALFORMED;
}

enum kl_result unzip_part(
    const struct unzip *unzip, const char *name, struct kl_buf *out)
{
	const uint8_t *entry;
	size_t at, begin = out->size;
	enum kl_result result = find(unzip, name, &entry);
	unsigned method;
	uLong checksum = crc32(0, NULL, 0);

	if (result)
		return result;
	method = number_2(entry + 10);
	if ((number_2(entry + 8) & FLAG_ENCRYPTED) ||
	    !find_bytes(unzip, entry, &at) ||
	    (method != STORED && method != DEFLATED))
		return KL_MALFORMED;
	if (method == DEFLATED)
		result =
		    inflate_all(unzip->bytes + at, number_4(entry + 20), out);
	else
		kl_buf_add(out, unzip->bytes + at, number_4(entry + 20));
	if (!result)
		result = kl_buf_result(out);
	if (result)
		return result;
	checksum = crc32_z(checksum, out->data + begin, out->size - begin);
	return checksum == number_4(entry + 16) ? KL_OK : KL_MALFORMED;
}
