/* An archive has one form; everything else is refused, and says where. */
#include "unit.h"
#include "zip.h"

#include <stdio.h>

enum { LOCAL = 30, CENTRAL = 46, END = 22 };

static const struct kl_file files[] = {
	{ "a.txt", (const uint8_t *)"one\n", 4 },
	{ "empty", (const uint8_t *)"", 0 },
	{ "log/b", (const uint8_t *)"three\n", 6 },
};
enum { COUNT = sizeof(files) / sizeof(*files) };

/* Where the parts of their archive begin. */
enum {
	AT_A = 0,
	AT_EMPTY = LOCAL + 5 + 4,
	AT_B = AT_EMPTY + LOCAL + 5,
	AT_DIRECTORY = AT_B + LOCAL + 5 + 6,
	AT_END = AT_DIRECTORY + 3 * (CENTRAL + 5),
	SIZE = AT_END + END,
};

static struct kl_buf archive(void)
{
	struct kl_buf out = KL_BUF(ZIP_SIZE_MAX);

	assert_int_equal(zip_write(&out, files, COUNT), KL_OK);
	assert_int_equal(out.size, SIZE);
	return out;
}

static void expect_files(const struct files *read)
{
	assert_int_equal(read->count, COUNT);
	for (size_t i = 0; i < COUNT; i++) {
		assert_string_equal(read->list[i].name, files[i].name);
		assert_int_equal(read->list[i].size, files[i].size);
		assert_memory_equal(
		    read->list[i].bytes, files[i].bytes, files[i].size);
	}
}

static void reads_what_it_wrote(void **state)
{
	struct kl_buf out = archive();
	struct zip_fault fault;
	struct files read;

	(void)state;
	assert_int_equal(zip_read(out.data, out.size, &read, &fault), KL_OK);
	expect_files(&read);
	files_clear(&read);
	files_clear(&read);
	kl_buf_clear(&out);
}

/* Nothing may be read of it, and the fault must be told. */
static void expect_refused(
    const uint8_t *bytes, size_t size, size_t offset, const char *why)
{
	struct zip_fault fault = { 0 };
	struct files read;

	assert_int_not_equal(zip_read(bytes, size, &read, &fault), KL_OK);
	assert_int_equal(read.count, 0);
	assert_null(read.list);
	assert_non_null(fault.why);
	if (strcmp(fault.why, why) != 0 || fault.offset != offset)
		fail_msg("at %zu: %s, expected at %zu: %s", fault.offset,
		    fault.why, offset, why);
}

/* The good archive with some bytes of one place written over. */
static void refuse_patched(
    size_t at, const char *bytes, size_t size, size_t offset, const char *why)
{
	struct kl_buf out = archive();

	memcpy(out.data + at, bytes, size);
	expect_refused(out.data, out.size, offset, why);
	kl_buf_clear(&out);
}

static void refuses_other_headers(void **state)
{
	static const char directory[] =
	    "its directory is not that of its entries";
	static const struct {
		size_t at;
		const char *bytes;
		size_t size, offset;
		const char *why;
	} cases[] = {
		{ AT_A + 4, "\x14\x03", 2, AT_A + 4,
		    "another version than 20" },
		{ AT_B + 4, "\x2d", 1, AT_B + 4, "another version than 20" },
		{ AT_A + 6, "\x08", 1, AT_A + 6, "flags beside 0x800" },
		{ AT_A + 6, "\x01", 1, AT_A + 6, "flags beside 0x800" },
		{ AT_A + 8, "\x08", 1, AT_A + 8,
		    "not stored: a compressed entry" },
		{ AT_A + 10, "\x01", 1, AT_A + 10, "another time than 00:00" },
		{ AT_A + 12, "\x22", 1, AT_A + 12,
		    "another date than 1980-01-01" },
		{ AT_A + 14, "\xff", 1, AT_A + 14, "a wrong checksum" },
		{ AT_A + LOCAL + 5, "O", 1, AT_A + 14, "a wrong checksum" },
		{ AT_A + 18, "\x05", 1, AT_A + 18,
		    "two sizes of a stored entry" },
		{ AT_A + 28, "\x01", 1, AT_A + 28, "an extra field" },
		{ AT_A, "Q", 1, AT_A, directory },
		{ AT_EMPTY, "Q", 1, AT_EMPTY, directory },
		/* A local header that is not the central one. */
		{ AT_A + LOCAL, "b", 1, AT_DIRECTORY + CENTRAL, directory },
		{ AT_DIRECTORY + CENTRAL, "b", 1, AT_DIRECTORY + CENTRAL,
		    directory },
		{ AT_DIRECTORY + 4, "\x15", 1, AT_DIRECTORY + 4, directory },
		{ AT_DIRECTORY + 5, "\x03", 1, AT_DIRECTORY + 5, directory },
		{ AT_DIRECTORY + 8, "\x08", 1, AT_DIRECTORY + 8, directory },
		{ AT_DIRECTORY + 16, "\xff", 1, AT_DIRECTORY + 16, directory },
		{ AT_DIRECTORY + 30, "\x01", 1, AT_DIRECTORY + 30, directory },
		{ AT_DIRECTORY + 32, "\x01", 1, AT_DIRECTORY + 32, directory },
		{ AT_DIRECTORY + 34, "\x01", 1, AT_DIRECTORY + 34, directory },
		{ AT_DIRECTORY + 38, "\x10", 1, AT_DIRECTORY + 38, directory },
		{ AT_DIRECTORY + 42, "\x01", 1, AT_DIRECTORY + 42, directory },
		{ AT_END + 4, "\x01", 1, AT_END + 4, directory },
		{ AT_END + 8, "\x02", 1, AT_END + 8, directory },
		{ AT_END + 16, "\x00", 1, AT_END + 16, directory },
		{ AT_END + 20, "\x01", 1, AT_END + 20, directory },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		refuse_patched(cases[i].at, cases[i].bytes, cases[i].size,
		    cases[i].offset, cases[i].why);
}

/* Whatever single byte changes, nothing is read. */
static void refuses_every_changed_byte(void **state)
{
	struct kl_buf out = archive();
	struct zip_fault fault;
	struct files read;

	(void)state;
	for (size_t i = 0; i < out.size; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			out.data[i] ^= (uint8_t)(1 << bit);
			if (!zip_read(out.data, out.size, &read, &fault))
				fail_msg("byte %zu, bit %u", i, bit);
			out.data[i] ^= (uint8_t)(1 << bit);
		}
	}
	kl_buf_clear(&out);
}

static void refuses_every_shorter_archive(void **state)
{
	struct kl_buf out = archive();
	struct zip_fault fault;
	struct files read;

	(void)state;
	for (size_t size = 0; size < out.size; size++)
		if (!zip_read(out.data, size, &read, &fault))
			fail_msg("%zu bytes", size);
	kl_buf_clear(&out);
}

static void refuses_bytes_around(void **state)
{
	struct kl_buf out = KL_BUF(1024), good = archive();

	(void)state;
	kl_buf_add(&out, good.data, good.size);
	kl_buf_add_byte(&out, 0);
	expect_refused(out.data, out.size, SIZE, "bytes after the end");
	kl_buf_clear(&out);

	/* A self-extracting archive: something before the first entry. */
	kl_buf_add_text(&out, "#!/bin/sh\n");
	kl_buf_add(&out, good.data, good.size);
	expect_refused(
	    out.data, out.size, 0, "its directory is not that of its entries");
	kl_buf_clear(&out);

	/* A gap between two entries. */
	kl_buf_add(&out, good.data, AT_EMPTY);
	kl_buf_add_byte(&out, 0);
	kl_buf_add(&out, good.data + AT_EMPTY, good.size - AT_EMPTY);
	expect_refused(out.data, out.size, AT_EMPTY,
	    "its directory is not that of its entries");
	kl_buf_clear(&out);
	kl_buf_clear(&good);
}

/* An archive of one empty file, made by hand, for what the writer refuses. */
static struct kl_buf handmade(const char *name, unsigned flags)
{
	struct kl_file file = { "x", (const uint8_t *)"", 0 };
	struct kl_buf model = KL_BUF(1024), out = KL_BUF(1024);
	size_t size = strlen(name);

	assert_int_equal(zip_write(&model, &file, 1), KL_OK);
	model.data[26] = model.data[LOCAL + 1 + 28] = (uint8_t)size;
	model.data[7] = model.data[LOCAL + 1 + 9] = (uint8_t)(flags >> 8);
	kl_buf_add(&out, model.data, LOCAL);
	kl_buf_add_text(&out, name);
	kl_buf_add(&out, model.data + LOCAL + 1, CENTRAL);
	kl_buf_add_text(&out, name);
	model.data[LOCAL + CENTRAL + 2 + 12] = (uint8_t)(CENTRAL + size);
	model.data[LOCAL + CENTRAL + 2 + 16] = (uint8_t)(LOCAL + size);
	kl_buf_add(&out, model.data + LOCAL + CENTRAL + 2, END);
	kl_buf_clear(&model);
	return out;
}

static void refuses_names(void **state)
{
	static const char *const names[] = { "", "/x", "x/", "../x", "x/../y",
		"..", ".", "./x", "x//y", "x/.", "x\\y", "\\x", "x\ny",
		"x\x7f" };
	struct kl_buf out = handmade("x/y", 0);
	struct zip_fault fault;
	struct files read;

	(void)state;
	assert_int_equal(zip_read(out.data, out.size, &read, &fault), KL_OK);
	files_clear(&read);
	kl_buf_clear(&out);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct kl_file file = { names[i], (const uint8_t *)"", 0 };

		out = handmade(names[i], 0);
		expect_refused(
		    out.data, out.size, LOCAL, "a name that is not allowed");
		kl_buf_clear(&out);
		assert_int_equal(zip_write(&out, &file, 1), KL_RANGE);
		kl_buf_clear(&out);
	}
}

static void marks_names_beyond_ascii(void **state)
{
	struct kl_file file = { "\xe5\x90\x8d", (const uint8_t *)"", 0 };
	struct kl_buf out = KL_BUF(1024), made = handmade(file.name, 0x800);
	struct zip_fault fault;
	struct files read;

	(void)state;
	assert_int_equal(zip_write(&out, &file, 1), KL_OK);
	assert_int_equal(out.size, made.size);
	assert_memory_equal(out.data, made.data, out.size);
	assert_int_equal(zip_read(out.data, out.size, &read, &fault), KL_OK);
	assert_string_equal(read.list[0].name, file.name);
	files_clear(&read);
	kl_buf_clear(&out);
	kl_buf_clear(&made);

	made = handmade(file.name, 0);
	expect_refused(made.data, made.size, LOCAL,
	    "a name beyond ASCII without flag 0x800");
	kl_buf_clear(&made);
	made = handmade("\xc0\xaf", 0x800);
	expect_refused(
	    made.data, made.size, LOCAL, "a name that is not allowed");
	kl_buf_clear(&made);

	/* The flag on a name that does without it: permitted. */
	made = handmade("x", 0x800);
	assert_int_equal(zip_read(made.data, made.size, &read, &fault), KL_OK);
	files_clear(&read);
	kl_buf_clear(&made);
}

/* The two entries of an archive in another order, or the same one twice. */
static void refuses_another_order(void **state)
{
	struct kl_file list[2] = { files[0], files[2] };
	struct kl_buf out = KL_BUF(1024);

	(void)state;
	assert_int_equal(zip_write(&out, list, 2), KL_OK);
	for (size_t at = 0; at + 5 <= out.size; at++) {
		if (memcmp(out.data + at, "a.txt", 5) == 0)
			memcpy(out.data + at, "z.txt", 5);
	}
	expect_refused(out.data, out.size, AT_EMPTY + LOCAL + 5,
	    "names that do not ascend, or one twice");
	for (size_t at = 0; at + 5 <= out.size; at++) {
		if (memcmp(out.data + at, "z.txt", 5) == 0)
			memcpy(out.data + at, "log/b", 5);
	}
	expect_refused(out.data, out.size, AT_EMPTY + LOCAL + 5,
	    "names that do not ascend, or one twice");
	kl_buf_clear(&out);

	list[0] = files[2];
	list[1] = files[0];
	assert_int_equal(zip_write(&out, list, 2), KL_RANGE);
	list[1] = files[2];
	assert_int_equal(zip_write(&out, list, 2), KL_RANGE);
	kl_buf_clear(&out);
}

static void keeps_its_limits(void **state)
{
	static uint8_t big[ZIP_FILE_SIZE_MAX + 1];
	struct kl_file file = { "x", big, ZIP_FILE_SIZE_MAX };
	struct kl_buf out = KL_BUF(ZIP_SIZE_MAX);
	struct zip_fault fault;
	struct files read;

	(void)state;
	assert_int_equal(zip_write(&out, &file, 1), KL_OK);
	assert_int_equal(zip_read(out.data, out.size, &read, &fault), KL_OK);
	assert_int_equal(read.list[0].size, ZIP_FILE_SIZE_MAX);
	files_clear(&read);
	memcpy(out.data + 18, "\1\0\0\1\1\0\0\1", 8);
	expect_refused(out.data, out.size, 22, "an entry over 16 MiB");
	kl_buf_clear(&out);
	file.size++;
	assert_int_equal(zip_write(&out, &file, 1), KL_TOO_LARGE);
	kl_buf_clear(&out);
}

static void keeps_its_limit_of_files(void **state)
{
	static char names[ZIP_FILES_MAX + 1][8];
	static struct kl_file list[ZIP_FILES_MAX + 1];
	struct kl_buf out = KL_BUF(ZIP_SIZE_MAX);
	struct zip_fault fault;
	struct files read;

	(void)state;
	for (size_t i = 0; i <= ZIP_FILES_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "%06zu", i);
		list[i] = (struct kl_file){ names[i], (const uint8_t *)"", 0 };
	}
	assert_int_equal(
	    zip_write(&out, list, ZIP_FILES_MAX + 1), KL_TOO_LARGE);
	assert_int_equal(zip_write(&out, list, ZIP_FILES_MAX), KL_OK);
	assert_int_equal(zip_read(out.data, out.size, &read, &fault), KL_OK);
	assert_int_equal(read.count, ZIP_FILES_MAX);
	files_clear(&read);
	kl_buf_clear(&out);
}

/* All files of an empty archive are none; a pack of none is no pack. */
static void reads_an_empty_archive(void **state)
{
	struct kl_buf out = KL_BUF(1024);
	struct zip_fault fault;
	struct files read;

	(void)state;
	assert_int_equal(zip_write(&out, NULL, 0), KL_OK);
	assert_int_equal(out.size, END);
	assert_int_equal(zip_read(out.data, out.size, &read, &fault), KL_OK);
	assert_int_equal(read.count, 0);
	files_clear(&read);
	kl_buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_it_wrote),
		cmocka_unit_test(refuses_other_headers),
		cmocka_unit_test(refuses_every_changed_byte),
		cmocka_unit_test(refuses_every_shorter_archive),
		cmocka_unit_test(refuses_bytes_around),
		cmocka_unit_test(refuses_names),
		cmocka_unit_test(marks_names_beyond_ascii),
		cmocka_unit_test(refuses_another_order),
		cmocka_unit_test(keeps_its_limits),
		cmocka_unit_test(keeps_its_limit_of_files),
		cmocka_unit_test(reads_an_empty_archive),
	};

	return cmocka_run_group_tests_name("zip", tests, NULL, NULL);
}
