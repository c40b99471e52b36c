#include "zip.h"

#include "kl_utf8.h"

#include <string.h>

#include <zlib.h>

/*
 * APPNOTE.TXT 6.3.10 §4.3: for each file a local header, its name and bytes;
 * then the directory, a central header and the name for each; then the end.
 * All numbers are little-endian. Those that never change:
 */
enum {
	LOCAL_SIZE = 30,
	CENTRAL_SIZE = 46,
	END_SIZE = 22,
	LOCAL_SIGNATURE = 0x04034b50,
	CENTRAL_SIGNATURE = 0x02014b50,
	END_SIGNATURE = 0x06054b50,
	NEEDS_VERSION = 20,
	FLAG_UTF8 = 0x800,
	TIME_0_00 = 0,
	DATE_1980_01_01 = 1 << 5 | 1,
};

/* What one entry says in both of its headers. */
struct entry {
	const char *name;
	size_t name_size;
	size_t size;
	uint32_t crc;
	unsigned flags;
	size_t offset; /* of its local header */
};

static void add_16(struct kl_buf *out, unsigned number)
{
	kl_buf_add_byte(out, (uint8_t)number);
	kl_buf_add_byte(out, (uint8_t)(number >> 8));
}

static void add_32(struct kl_buf *out, size_t number)
{
	add_16(out, (unsigned)(number & 0xffff));
	add_16(out, (unsigned)(number >> 16 & 0xffff));
}

/* From the version needed to the size of the name: alike in both headers. */
static void add_common(struct kl_buf *out, const struct entry *entry)
{
	add_16(out, NEEDS_VERSION);
	add_16(out, entry->flags);
	add_16(out, 0); /* stored */
	add_16(out, TIME_0_00);
	add_16(out, DATE_1980_01_01);
	add_32(out, entry->crc);
	add_32(out, entry->size); /* compressed */
	add_32(out, entry->size);
	add_16(out, (unsigned)entry->name_size);
	add_16(out, 0); /* no extra field */
}

static void add_local(struct kl_buf *out, const struct entry *entry)
{
	add_32(out, LOCAL_SIGNATURE);
	add_common(out, entry);
	kl_buf_add(out, entry->name, entry->name_size);
}

static void add_central(struct kl_buf *out, const struct entry *entry)
{
	add_32(out, CENTRAL_SIGNATURE);
	add_16(out, NEEDS_VERSION); /* made by */
	add_common(out, entry);
	add_16(out, 0); /* no comment */
	add_16(out, 0); /* disk */
	add_16(out, 0); /* internal attributes */
	add_32(out, 0); /* external attributes */
	add_32(out, entry->offset);
	kl_buf_add(out, entry->name, entry->name_size);
}

static void add_end(
    struct kl_buf *out, size_t count, size_t offset, size_t size)
{
	add_32(out, END_SIGNATURE);
	add_16(out, 0); /* this disk */
	add_16(out, 0); /* that of the directory */
	add_16(out, (unsigned)count);
	add_16(out, (unsigned)count);
	add_32(out, size);
	add_32(out, offset);
	add_16(out, 0); /* no comment */
}

static bool is_ascii(const char *name, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if ((uint8_t)name[i] >= 0x80)
			return false;
	return true;
}

/* Is it a part of a path that leads nowhere else? */
static bool is_part(const char *part, size_t size)
{
	return size > 0 && !(size == 1 && part[0] == '.') &&
	       !(size == 2 && part[0] == '.' && part[1] == '.');
}

/* The bytes of its next character, or 0 if a name may not hold it. */
static size_t next_character(const char *name, size_t size)
{
	uint32_t point;
	size_t step = kl_utf8_next(name, size, &point);

	if (step == 0 || point < 0x20 || point == 0x7f || point == '\\')
		return 0;
	return step;
}

bool zip_is_name(const char *name, size_t size)
{
	size_t start = 0, step;

	if (size > ZIP_NAME_MAX)
		return false;
	for (size_t i = 0; i < size; i += step) {
		step = next_character(name + i, size - i);
		if (step == 0)
			return false;
		if (name[i] != '/')
			continue;
		if (!is_part(name + start, i - start))
			return false;
		start = i + 1;
	}
	return is_part(name + start, size - start);
}

static uint32_t crc_of(const void *bytes, size_t size)
{
	return (uint32_t)crc32(0, bytes, (uInt)size);
}

/* --- writing -------------------------------------------------------------- */

static enum kl_result check_files(const struct kl_file list[], size_t count)
{
	if (count > ZIP_FILES_MAX)
		return KL_TOO_LARGE;
	for (size_t i = 0; i < count; i++) {
		if (!zip_is_name(list[i].name, strlen(list[i].name)))
			return KL_RANGE;
		if (i > 0 && strcmp(list[i - 1].name, list[i].name) >= 0)
			return KL_RANGE;
		if (list[i].size > ZIP_FILE_SIZE_MAX)
			return KL_TOO_LARGE;
	}
	return KL_OK;
}

static enum kl_result write_checked(
    struct kl_buf *out, const struct kl_file list[], size_t count)
{
	struct kl_buf directory = KL_BUF(ZIP_SIZE_MAX);
	size_t start = out->size, size;

	for (size_t i = 0; i < count && !out->result; i++) {
		const struct kl_file *file = &list[i];
		struct entry entry = {
			.name = file->name,
			.name_size = strlen(file->name),
			.size = file->size,
			.crc = crc_of(file->bytes, file->size),
			.offset = out->size - start,
		};

		if (!is_ascii(entry.name, entry.name_size))
			entry.flags = FLAG_UTF8;
		add_local(out, &entry);
		kl_buf_add(out, file->bytes, file->size);
		add_central(&directory, &entry);
	}
	size = out->size - start;
	kl_buf_add(out, directory.data, directory.size);
	add_end(out, count, size, directory.size);
	if (!out->result && directory.result)
		out->result = directory.result;
	kl_buf_clear(&directory);
	if (!out->result && out->size - start > ZIP_SIZE_MAX)
		out->result = KL_TOO_LARGE;
	return kl_buf_result(out);
}

enum kl_result zip_write(
    struct kl_buf *out, const struct kl_file list[], size_t count)
{
	enum kl_result result = check_files(list, count);

	return result ? result : write_checked(out, list, count);
}

/* --- reading -------------------------------------------------------------- */

/*
 * Front to back: first every local header and its bytes, then the directory
 * and the end, which must be the ones we would have written after them. So
 * there is nothing between the entries, and nothing that says it otherwise.
 */
struct reader {
	const uint8_t *bytes;
	size_t size, offset;
	struct files *files;
	struct kl_buf directory;
	struct zip_fault *fault;
};

static enum kl_result refuse(struct reader *reader, size_t offset,
    enum kl_result result, const char *why)
{
	*reader->fault = (struct zip_fault){ offset, why };
	return result;
}

static uint32_t read_number(const uint8_t *bytes, size_t size)
{
	uint32_t number = 0;

	while (size-- > 0)
		number = number << 8 | bytes[size];
	return number;
}

/* Members of a local header that have one value. */
static const struct {
	unsigned offset, size;
	uint32_t value;
	const char *why;
} fixed[] = {
	{ 4, 2, NEEDS_VERSION, "another version than 20" },
	{ 8, 2, 0, "not stored: a compressed entry" },
	{ 10, 2, TIME_0_00, "another time than 00:00" },
	{ 12, 2, DATE_1980_01_01, "another date than 1980-01-01" },
	{ 28, 2, 0, "an extra field" },
};

static enum kl_result check_local(struct reader *reader, const uint8_t *header)
{
	unsigned flags = read_number(header + 6, 2);

	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		if (read_number(header + fixed[i].offset, fixed[i].size) !=
		    fixed[i].value)
			return refuse(reader, reader->offset + fixed[i].offset,
			    KL_MALFORMED, fixed[i].why);
	if (flags != 0 && flags != FLAG_UTF8)
		return refuse(reader, reader->offset + 6, KL_MALFORMED,
		    "flags beside 0x800");
	if (read_number(header + 18, 4) != read_number(header + 22, 4))
		return refuse(reader, reader->offset + 18, KL_MALFORMED,
		    "two sizes of a stored entry");
	return KL_OK;
}

static enum kl_result check_name(
    struct reader *reader, const struct entry *entry)
{
	const struct files *files = reader->files;
	size_t offset = reader->offset + LOCAL_SIZE;

	if (!zip_is_name(entry->name, entry->name_size))
		return refuse(
		    reader, offset, KL_MALFORMED, "a name that is not allowed");
	if (entry->flags == 0 && !is_ascii(entry->name, entry->name_size))
		return refuse(reader, offset, KL_MALFORMED,
		    "a name beyond ASCII without flag 0x800");
	if (files->count == ZIP_FILES_MAX)
		return refuse(reader, offset, KL_TOO_LARGE, "too many entries");
	return KL_OK;
}

/* Names are kept as they come; where they stand is settled at the end. */
static void keep(struct reader *reader, const struct entry *entry)
{
	struct files *files = reader->files;
	struct kl_file file = {
		.bytes = reader->bytes + entry->offset + LOCAL_SIZE +
			 entry->name_size,
		.size = entry->size,
	};

	kl_buf_add(&files->memory, entry->name, entry->name_size);
	kl_buf_add_byte(&files->memory, 0);
	kl_buf_add(&files->rows, &file, sizeof(file));
	files->count++;
	add_central(&reader->directory, entry);
}

static enum kl_result read_entry(struct reader *reader)
{
	const uint8_t *header = reader->bytes + reader->offset;
	size_t left = reader->size - reader->offset;
	struct entry entry = { .offset = reader->offset };
	enum kl_result result;

	if (left < LOCAL_SIZE)
		return refuse(reader, reader->offset, KL_MALFORMED,
		    "it ends in a header");
	result = check_local(reader, header);
	if (result)
		return result;
	entry.flags = read_number(header + 6, 2);
	entry.crc = read_number(header + 14, 4);
	entry.size = read_number(header + 22, 4);
	entry.name_size = read_number(header + 26, 2);
	entry.name = (const char *)header + LOCAL_SIZE;
	if (entry.size > ZIP_FILE_SIZE_MAX)
		return refuse(reader, reader->offset + 22, KL_TOO_LARGE,
		    "an entry over 16 MiB");
	if (entry.name_size + entry.size > left - LOCAL_SIZE)
		return refuse(reader, reader->offset, KL_MALFORMED,
		    "it ends in an entry");
	result = check_name(reader, &entry);
	if (result)
		return result;
	if (crc_of(header + LOCAL_SIZE + entry.name_size, entry.size) !=
	    entry.crc)
		return refuse(reader, reader->offset + 14, KL_MALFORMED,
		    "a wrong checksum");
	keep(reader, &entry);
	reader->offset += LOCAL_SIZE + entry.name_size + entry.size;
	return KL_OK;
}

static enum kl_result read_directory(struct reader *reader)
{
	const struct kl_buf *directory = &reader->directory;
	const uint8_t *rest = reader->bytes + reader->offset;
	size_t left = reader->size - reader->offset, i = 0;

	add_end(&reader->directory, reader->files->count, reader->offset,
	    directory->size);
	if (kl_buf_result(directory))
		return kl_buf_result(directory);
	while (i < left && i < directory->size && rest[i] == directory->data[i])
		i++;
	if (i == directory->size && i == left)
		return KL_OK;
	if (i == directory->size)
		return refuse(reader, reader->offset + i, KL_MALFORMED,
		    "bytes after the end");
	return refuse(reader, reader->offset + i, KL_MALFORMED,
	    "its directory is not that of its entries");
}

/* Memory stands still now: give each file its name, and check their order. */
static enum kl_result settle_names(struct reader *reader)
{
	struct files *files = reader->files;
	const char *name = (const char *)files->memory.data;

	if (kl_buf_result(&files->memory) || kl_buf_result(&files->rows))
		return KL_NO_MEMORY;
	files->list = (struct kl_file *)files->rows.data;
	for (size_t i = 0; i < files->count; i++) {
		files->list[i].name = name;
		name += strlen(name) + 1;
		if (i > 0 &&
		    strcmp(files->list[i - 1].name, files->list[i].name) >= 0)
			return refuse(reader,
			    (size_t)(files->list[i].bytes - reader->bytes),
			    KL_MALFORMED,
			    "names that do not ascend, or one twice");
	}
	return KL_OK;
}

static enum kl_result read_archive(struct reader *reader)
{
	enum kl_result result = KL_OK;

	if (reader->size > ZIP_SIZE_MAX)
		return refuse(reader, ZIP_SIZE_MAX, KL_TOO_LARGE,
		    "an archive over 256 MiB");
	while (
	    !result && reader->size - reader->offset >= 4 &&
	    read_number(reader->bytes + reader->offset, 4) == LOCAL_SIGNATURE)
		result = read_entry(reader);
	if (!result)
		result = read_directory(reader);
	return result ? result : settle_names(reader);
}

enum kl_result zip_read(const void *bytes, size_t size, struct files *files,
    struct zip_fault *fault)
{
	struct files read = {
		.rows = KL_BUF(ZIP_FILES_MAX * sizeof(struct kl_file)),
		.memory = KL_BUF(ZIP_FILES_MAX * (ZIP_NAME_MAX + 1)),
	};
	struct reader reader = {
		.bytes = bytes,
		.size = size,
		.files = &read,
		.directory = KL_BUF(ZIP_SIZE_MAX),
		.fault = fault,
	};
	enum kl_result result = read_archive(&reader);

	kl_buf_clear(&reader.directory);
	if (result)
		files_clear(&read);
	*files = read;
	return result;
}
