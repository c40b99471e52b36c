/* upload.h -- a file as it comes in: hashed, looked at, stored part by part. */
#ifndef UPLOAD_H
#define UPLOAD_H

#include "config.h"
#include "request.h"

/*
 * Its parts are upkeep: they are there before the act that tells of the file,
 * and mean nothing without it. What became no file is swept (jobs/sweeper.h).
 */

enum {
	UPLOAD_PART = 1 << 20,
	UPLOAD_SIZE_MAX = 50 << 20,
	UPLOAD_NAME_MAX = 120
};

/* What is taken, for struct route.media; OFD is what certificates of state
 * offices come in. Office documents are not: they can run programs. */
#define UPLOAD_MEDIA "application/pdf image/png image/jpeg application/ofd"

struct upload {
	const char *id;   /* 32 digits: of its parts, and of the file */
	const char *name; /* as its holder calls it */
	const char *type; /* one of UPLOAD_MEDIA */
	struct kl_hasher hasher;
	uint64_t size, count;
	char sha256[KL_HASH_HEX]; /* "" until it is whole */
};

/* Load what tells types by content. False on failure, which is in the diary.
 * Before there are threads. Borrows. */
bool upload_open(const struct config *config) MUST_CHECK;
void upload_close(void);

/*
 * Begin request->upload, of request->body_size bytes to come; its caller is
 * known.
 * ERR_INVALID     it is empty, or its name no name
 * ERR_TOO_LARGE   beyond the setting
 */
enum error upload_begin(struct request *request) MUST_CHECK;

/*
 * Keep request->body_text. After the last part the body_text of the act is a
 * line that says what was uploaded.
 * ERR_MEDIA_TYPE   its content is not of the type that was said
 * ERR_BUSY ERR_DATABASE
 */
enum error upload_part(struct request *request) MUST_CHECK;

/* How many bytes one organisation may have stored: a setting. */
uint64_t upload_each_max(void);

/* How files of that type end: "pdf". */
const char *upload_suffix(const char *type);

extern const struct db_statement *const upload_upkeeps[];

#endif
