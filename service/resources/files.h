/* files.h -- evidence: what institutions bring to show that it is so. */
#ifndef FILES_H
#define FILES_H

#include "act.h"
#include "upload.h"

/* State: stored, for ever. Its bytes are parts (upload.h). */
struct file {
	struct object object;
	const char *organisation; /* whose it is */
	const char *sha256;
	uint64_t size;
	const char *type; /* one of UPLOAD_MEDIA */
	const char *name; /* private: names often tell of persons */
	int64_t stored_at;
};
extern struct kind file_kind;

/*
 * In an act: has `organisation`, an institution or a registration, stored what
 * has this SHA-256? For an institution, what was stored while it registered
 * counts, too. What another has is as what is not there. A complaint at
 * `pointer`; none for NULL.
 * ERR_INVALID ERR_BUSY ERR_DATABASE
 */
enum error file_check(struct request *request, const char *pointer,
    const char *organisation, const char *sha256) MUST_CHECK;

#endif
