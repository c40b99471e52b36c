/* unzip.h -- parts of an archive that somebody else has packed: a workbook. */
#ifndef UNZIP_H
#define UNZIP_H

#include "kl_buf.h"

/* Our own archives have one form (zip.h); what spreadsheets write has many,
 * which libzip reads. */
struct unzip {
	struct zip *archive;
};

enum { UNZIP_ENTRIES_MAX = 1000 };

/*
 * Borrows the bytes until unzip_close(), which is for what was opened.
 *
 * KL_MALFORMED   it is no archive
 * KL_TOO_LARGE   over UNZIP_ENTRIES_MAX
 * KL_NO_MEMORY
 */
enum kl_result unzip_open(
    struct unzip *unzip, const void *bytes, size_t size) KL_MUST_CHECK;
void unzip_close(struct unzip *unzip);

/*
 * Append the entry of that name to `out`, whose limit bounds it whatever the
 * archive says of its size.
 *
 * KL_RANGE       there is none
 * KL_MALFORMED   damaged, encrypted, or its checksum is wrong
 * KL_TOO_LARGE   over the limit of `out`
 * KL_NO_MEMORY
 */
enum kl_result unzip_part(const struct unzip *unzip, const char *name,
    struct kl_buf *out) KL_MUST_CHECK;

#endif
