/* pack_private.h -- an evidence pack while it is put together. */
#ifndef PACK_PRIVATE_H
#define PACK_PRIVATE_H

#include "draw_private.h"
#include "kl_file.h"

enum { PACK_FILES_MAX = 8192, PACK_PREFIX_MAX = 32 };

/* The files gathered so far, in the request's arena. */
struct pack {
	struct request *request;
	struct kl_file *files; /* room for PACK_FILES_MAX */
	size_t count;
	char prefix[PACK_PREFIX_MAX]; /* "" or previous/<n>/ */
};

/* An event of the attempt, and what it is called in log/. */
struct pack_event {
	const char *stem;
	uint64_t index;
	bool after; /* proved against log/last instead of log/closed */
};

enum { PACK_EVENTS_MAX = 4096 };
struct pack_events {
	struct pack_event *list; /* room for PACK_EVENTS_MAX */
	size_t count;
};

/* Add prefix + name with these bytes, which are borrowed.
 * ERR_TOO_LARGE   more than PACK_FILES_MAX */
enum error pack_add(struct pack *pack, const char *name, const void *bytes,
    size_t size) MUST_CHECK;

/*
 * Add log/: checkpoints, how the log grew between them, and of each event its
 * leaf and proof. protocol §5.
 * ERR_TOO_EARLY   a checkpoint is not published yet, or not yet cosigned
 * ERR_TOO_LARGE ERR_BUSY ERR_DATABASE ERR_INTERNAL
 */
enum error pack_add_log(struct pack *pack, const struct draw *draw,
    const struct pack_events *events) MUST_CHECK;

#endif
