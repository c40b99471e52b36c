/* zip.h -- a pack as one file: the one form of ZIP there is. protocol §5. */
#ifndef ZIP_H
#define ZIP_H

#include "file.h"

/*
 * Entries in byte order of their names, stored, 1980-01-01 00:00, version 20,
 * no flag but 0x800 on a name beyond ASCII, and nothing else: the same files
 * have one archive, and an archive says one thing to every reader.
 */
enum {
	ZIP_FILES_MAX = 8192,
	ZIP_FILE_SIZE_MAX = 16 << 20, /* bytes: that of any text */
	ZIP_SIZE_MAX = 256 << 20,     /* bytes of the archive */
	ZIP_NAME_MAX = FILE_NAME_MAX,
};

/*
 * Is this a name an archive may hold: UTF-8 without control characters and
 * backslash, its parts neither empty nor `.` nor `..`, within ZIP_NAME_MAX?
 */
bool zip_is_name(const char *name, size_t size);

/*
 * Append the archive of `count` files to `out`, which bounds it besides
 * ZIP_SIZE_MAX.
 *
 * KL_RANGE       a name that is none, or names that do not ascend strictly
 * KL_TOO_LARGE   over a limit above, or that of `out`
 * KL_NO_MEMORY
 */
enum kl_result zip_write(struct kl_buf *out, const struct kl_file list[],
    size_t count) KL_MUST_CHECK;

/* Where reading stopped, and why: an English phrase that lives for ever. */
struct zip_fault {
	size_t offset; /* of the byte, from 0 */
	const char *why;
};

/*
 * Read an archive: all of it is as zip_write() makes it, or nothing is read.
 * The files' bytes stand in `bytes`, which must stay; whoever declared `*files`
 * clears it. `fault` is set on KL_MALFORMED and KL_TOO_LARGE.
 *
 * KL_MALFORMED   another form, a checksum that is wrong
 * KL_TOO_LARGE   over a limit above
 * KL_NO_MEMORY
 */
enum kl_result zip_read(const void *bytes, size_t size, struct files *files,
    struct zip_fault *fault) KL_MUST_CHECK;

#endif
