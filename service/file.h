/* file.h -- files and folders, read within limits, written whole or not. */
#ifndef FILE_H
#define FILE_H

#include "kl_buf.h"
#include "kl_file.h"

#include <sys/types.h>

enum {
	FILE_NAME_MAX = 255,    /* bytes of a name from the folder on */
	FILE_FOLDER_MAX = 8192, /* files of a folder, all levels together */
	FILE_FOLDER_DEPTH = 4,  /* folders one in another */
	FILE_FOLDER_BYTES = 256 << 20, /* of all its files together */
};

/*
 * These answer 0 or a number of errno.h, which strerror() puts into words.
 * EFBIG: more bytes or files than the limit. ENOMEM: no memory.
 */

/* Such a number is of the machine's state, not of what the path names: who
 * tries again, without a person doing anything, may be luckier. */
bool file_may_pass(int number);

/* Append all of the file to `out`, whose limit holds. "-" is stdin. */
int file_read(const char *path, struct kl_buf *out) KL_MUST_CHECK;

/*
 * Put these bytes in place of the file, or leave it as it was: whoever opens
 * `path` sees the old bytes or the new ones, also after a crash.
 */
int file_replace(const char *path, const void *bytes, size_t size,
    mode_t mode) KL_MUST_CHECK;

/* Put these bytes in the file, which may be there, and which half of them are
 * in after a crash: for who has many to write, and syncs them at once. */
int file_write(const char *path, const void *bytes, size_t size,
    mode_t mode) KL_MUST_CHECK;

/* Remove what crashes in file_replace() have left beside the file: not while
 * anybody else may be writing it. What cannot be removed stays. */
void file_sweep(const char *path);

/*
 * Make a new file of exactly this mode, on disk when it returns. EEXIST: there
 * is one; it stays as it is.
 */
int file_create(const char *path, const void *bytes, size_t size,
    mode_t mode) KL_MUST_CHECK;

/*
 * Take a file, made if need be, or a folder for this process alone, until
 * `*descriptor` is closed or the process ends, however that happens. It is not
 * waited for. A link is followed to a folder alone.
 * EWOULDBLOCK: another process has it. `*descriptor` is -1 on failure.
 */
int file_lock(const char *path, int *descriptor) KL_MUST_CHECK;

/* Files in strictly ascending order of the bytes of their names. */
struct files {
	struct kl_file *list;
	size_t count;
	struct kl_buf rows, memory; /* where the list, names and bytes stand */
};

bool file_is_folder(const char *path);

/*
 * Read every file of a folder and of the folders in it, hidden ones too. On
 * failure `*files` is empty. Whoever declared it clears it.
 * EINVAL: something that is neither file nor folder (no link is followed);
 * folders too deep, a name too long.
 */
int file_read_folder(const char *path, struct files *files) KL_MUST_CHECK;

void files_clear(struct files *files);

#endif
