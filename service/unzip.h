/* unzip.h -- parts of an archive that somebody else has packed: a workbook. */
#ifndef UNZIP_H
#define UNZIP_H

#include "kl_buf.h"

/*
 * Our own archives have one form (zip.h); what spreadsheets write has many. Of
 * those this reads what they write: one volume, stored or deflated, without
 * encryption and ZIP64. PKWARE APPNOTE 6.3.
 */
struct unzip {
	const uint8_t *bytes; /* borrowed */
	size_t size;
	size_t directory; /* where the central directory begins */
	unsigned entries;
};

enum { UNZIP_ENTRIES_MAX = 1000 };

/* KL_MALFORMED: it is none. KL_TOO_LARGE: over UNZIP_ENTRIES_MAX. */
enum kl_result unzip_open(
    struct unzip *unzip, const void *bytes, size_t size) KL_MUST_CHECK;

/*
 * Append the entry of that name to `out`, whose limit bounds it whatever the
 * archive says of its size.
 *
 * KL_RANGE       there is none
 * KL_MALFORMED   of another form, or its checksum is wrong
 * KL_TOO_LARGE   over the limit of `out`
 * KL_NO_MEMORY
 */
enum kl_result unzip_part(const struct unzip *unzip, const char *name,
    struct kl_buf *out) KL_MUST_CHECK;

#endif
