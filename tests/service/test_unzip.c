/* Parts of an archive: found, unpacked within a limit, or refused. */
#include "unit.h"
#include "unzip.h"
#include "zip.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

enum { LOCAL = 30, CENTRAL = 46, END = 22, TEXT_SIZE = 1000 };

/* An archive of one part, deflated, as no file of ours is. */
struct packed {
	uint8_t bytes[4096];
	size_t size, directory;
};

static void put(uint8_t *at, size_t bytes, uint32_t number)
{
	for (size_t i = 0; i < bytes; i++)
		at[i] = (uint8_t)(number >> 8 * i);
}

static struct packed pack(const uint8_t *text, size_t size)
{
	struct packed made = { .size = LOCAL + 1 };
	z_stream stream = { 0 };
	uint32_t sum = (uint32_t)crc32_z(crc32(0, NULL, 0), text, size);
	uint8_t *entry;
	size_t packed;

	assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8,
			     Z_DEFAULT_STRATEGY),
	    Z_OK);
	stream.next_in = (uint8_t *)(uintptr_t)text;
	stream.avail_in = (unsigned)size;
	stream.next_out = made.bytes + made.size;
	stream.avail_out = (unsigned)(sizeof(made.bytes) - made.size);
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	packed = stream.total_out;
	deflateEnd(&stream);
	put(made.bytes, 4, 0x04034b50);
	put(made.bytes + 4, 2, 20);
	put(made.bytes + 8, 2, 8);
	put(made.bytes + 14, 4, sum);
	put(made.bytes + 18, 4, (uint32_t)packed);
	put(made.bytes + 22, 4, (uint32_t)size);
	put(made.bytes + 26, 2, 1);
	made.bytes[LOCAL] = 'a';
	made.directory = made.size + packed;
	entry = made.bytes + made.directory;
	put(entry, 4, 0x02014b50);
	put(entry + 4, 2, 20);
	put(entry + 6, 2, 20);
	put(entry + 10, 2, 8);
	put(entry + 16, 4, sum);
	put(entry + 20, 4, (uint32_t)packed);
	put(entry + 24, 4, (uint32_t)size);
	put(entry + 28, 2, 1);
	entry[CENTRAL] = 'a';
	entry += CENTRAL + 1;
	put(entry, 4, 0x06054b50);
	put(entry + 8, 2, 1);
	put(entry + 10, 2, 1);
	put(entry + 12, 4, CENTRAL + 1);
	put(entry + 16, 4, (uint32_t)made.directory);
	made.size = made.directory + CENTRAL + 1 + END;
	return made;
}

static enum kl_result unpack(
    const struct packed *archive, const char *name, size_t limit)
{
	struct kl_buf out = KL_BUF(limit);
	struct unzip unzip;
	enum kl_result result =
	    unzip_open(&unzip, archive->bytes, archive->size);

	if (!result) {
		result = unzip_part(&unzip, name, &out);
		unzip_close(&unzip);
	}
	if (!result)
		for (size_t i = 0; i < out.size; i++)
			assert_int_equal(out.data[i], 'x');
	kl_buf_clear(&out);
	return result;
}

static struct packed made(void)
{
	uint8_t text[TEXT_SIZE];

	memset(text, 'x', sizeof(text));
	return pack(text, sizeof(text));
}

static void unpacks_within_the_limit(void **state)
{
	struct packed archive = made();

	(void)state;
	assert_int_equal(unpack(&archive, "a", TEXT_SIZE), KL_OK);
	assert_int_equal(unpack(&archive, "a", TEXT_SIZE - 1), KL_TOO_LARGE);
	assert_int_equal(unpack(&archive, "b", TEXT_SIZE), KL_RANGE);
	assert_int_equal(unpack(&archive, "aa", TEXT_SIZE), KL_RANGE);
}

static void reads_what_is_stored(void **state)
{
	const struct kl_file files[] = {
		{ "a", (const uint8_t *)"xxxx", 4 },
		{ "b", (const uint8_t *)"", 0 },
	};
	struct kl_buf bytes = KL_BUF(4096);
	struct packed archive = { .size = 0 };

	(void)state;
	assert_int_equal(zip_write(&bytes, files, 2), KL_OK);
	memcpy(archive.bytes, bytes.data, bytes.size);
	archive.size = bytes.size;
	assert_int_equal(unpack(&archive, "a", 4), KL_OK);
	assert_int_equal(unpack(&archive, "a", 3), KL_TOO_LARGE);
	assert_int_equal(unpack(&archive, "b", 0), KL_OK);
	kl_buf_clear(&bytes);
}

/* Every byte that says where something is, or what it is. */
static void refuses_what_is_bent(void **state)
{
	struct packed good = made();
	const size_t end = good.size - END, entry = good.directory;
	const struct {
		size_t at, bytes;
		uint32_t number;
	} bends[] = {
		{ 0, 1, 'Q' },            /* no local header */
		{ 26, 2, 65535 },         /* its name is longer than all */
		{ entry, 1, 'Q' },        /* no entry */
		{ entry + 8, 2, 1 },      /* encrypted */
		{ entry + 10, 2, 9 },     /* another method */
		{ entry + 16, 4, 7 },     /* another checksum */
		{ entry + 20, 4, 70000 }, /* longer than all */
		{ entry + 20, 4, 3 },     /* not all of it */
		{ entry + 28, 2, 65535 }, /* a name longer than all */
		{ entry + 42, 4, 70000 }, /* its header is elsewhere */
		{ end, 1, 'Q' },          /* no end */
		{ end + 4, 2, 1 },        /* of several volumes */
		{ end + 16, 4, 70000 },   /* the directory is elsewhere */
		{ end + 16, 4, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bends) / sizeof(*bends); i++) {
		struct packed bent = good;

		put(bent.bytes + bends[i].at, bends[i].bytes, bends[i].number);
		assert_int_equal(unpack(&bent, "a", TEXT_SIZE), KL_MALFORMED);
	}
	for (size_t size = 0; size < good.size; size++) {
		struct packed cut = good;

		cut.size = size;
		assert_int_equal(unpack(&cut, "a", TEXT_SIZE), KL_MALFORMED);
	}
}

static enum kl_result open_of(size_t count)
{
	static char names[UNZIP_ENTRIES_MAX + 1][24];
	static struct kl_file files[UNZIP_ENTRIES_MAX + 1];
	struct kl_buf bytes = KL_BUF(1 << 20);
	struct unzip unzip;
	enum kl_result result;

	for (size_t i = 0; i < count; i++) {
		snprintf(names[i], sizeof(names[i]), "%07zu", i);
		files[i] = (struct kl_file){ names[i], (uint8_t *)"", 0 };
	}
	assert_int_equal(zip_write(&bytes, files, count), KL_OK);
	result = unzip_open(&unzip, bytes.data, bytes.size);
	if (!result)
		unzip_close(&unzip);
	kl_buf_clear(&bytes);
	return result;
}

static void counts_the_entries(void **state)
{
	struct packed archive = made();

	(void)state;
	assert_int_equal(open_of(UNZIP_ENTRIES_MAX), KL_OK);
	assert_int_equal(open_of(UNZIP_ENTRIES_MAX + 1), KL_TOO_LARGE);
	put(archive.bytes + archive.size - END + 10, 2, 2); /* there is one */
	assert_int_equal(unpack(&archive, "a", TEXT_SIZE), KL_MALFORMED);
}

/* What comes behind the end is a comment, of any length there may be. */
static void passes_over_a_comment(void **state)
{
	struct packed archive = made();

	(void)state;
	put(archive.bytes + archive.size - 2, 2, 100);
	memset(archive.bytes + archive.size, 'c', 100);
	archive.size += 100;
	assert_int_equal(unpack(&archive, "a", TEXT_SIZE), KL_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unpacks_within_the_limit),
		cmocka_unit_test(reads_what_is_stored),
		cmocka_unit_test(refuses_what_is_bent),
		cmocka_unit_test(counts_the_entries),
		cmocka_unit_test(passes_over_a_comment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
