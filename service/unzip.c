#include "unzip.h"

#include <zip.h>

enum { CHUNK = 1 << 16 };

enum kl_result unzip_open(struct unzip *unzip, const void *bytes, size_t size)
{
	zip_source_t *source;

	if (size == 0) /* to libzip that is an archive to be filled */
		return KL_MALFORMED;
	source = zip_source_buffer_create(bytes, size, 0, NULL);
	if (!source)
		return KL_NO_MEMORY;
	unzip->archive =
	    zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, NULL);
	if (!unzip->archive) {
		zip_source_free(source);
		return KL_MALFORMED;
	}
	if (zip_get_num_entries(unzip->archive, 0) <= UNZIP_ENTRIES_MAX)
		return KL_OK;
	unzip_close(unzip);
	return KL_TOO_LARGE;
}

void unzip_close(struct unzip *unzip)
{
	zip_discard(unzip->archive);
}

enum kl_result unzip_part(
    const struct unzip *unzip, const char *name, struct kl_buf *out)
{
	zip_int64_t index =
	    zip_name_locate(unzip->archive, name, ZIP_FL_ENC_RAW);
	zip_int64_t size = 0;
	uint8_t chunk[CHUNK];
	zip_file_t *file;

	if (index < 0)
		return KL_RANGE;
	file = zip_fopen_index(unzip->archive, (zip_uint64_t)index, 0);
	if (!file)
		return KL_MALFORMED;
	do {
		kl_buf_add(out, chunk, (size_t)size);
		size = zip_fread(file, chunk, sizeof(chunk));
	} while (size > 0 && !kl_buf_result(out));
	/* Its checksum is looked at when all of it is read. */
	zip_fclose(file);
	if (kl_buf_result(out))
		return kl_buf_result(out);
	return size < 0 ? KL_MALFORMED : KL_OK;
}
