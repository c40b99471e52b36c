#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PART_SIZE = 1 << 16, PATH_SIZE = 4096 };

/* Behind the name of a file: its new bytes until they are in its place. No name
 * that anybody gives to a copy. */
#define BESIDE ".new-XXXXXX"

static int number_of(enum kl_result result)
{
	switch (result) {
	case KL_OK:
		return 0;
	case KL_TOO_LARGE:
		return EFBIG;
	case KL_NO_MEMORY:
		return ENOMEM;
	case KL_MALFORMED:
	case KL_RANGE:
	case KL_MISMATCH:
		break;
	}
	return EINVAL;
}

bool file_may_pass(int number)
{
	switch (number) {
	case 0:
	case EACCES:
	case EFBIG:
	case EINVAL:
	case EISDIR:
	case ELOOP:
	case ENAMETOOLONG:
	case ENOENT:
	case ENOTDIR:
	case EPERM:
		return false;
	default:
		return true;
	}
}

/* --- reading -------------------------------------------------------------- */

static int read_all(int descriptor, struct kl_buf *out)
{
	uint8_t part[PART_SIZE];
	ssize_t size;

	for (;;) {
		size = read(descriptor, part, sizeof(part));
		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			return errno;
		if (size == 0)
			return 0;
		kl_buf_add(out, part, (size_t)size);
		if (kl_buf_result(out))
			return number_of(kl_buf_result(out));
	}
}

int file_read(const char *path, struct kl_buf *out)
{
	int descriptor, number;

	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, out);
	descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return errno;
	number = read_all(descriptor, out);
	close(descriptor);
	return number;
}

/* --- writing -------------------------------------------------------------- */

static int write_all(int descriptor, const uint8_t *bytes, size_t size)
{
	while (size > 0) {
		ssize_t written = write(descriptor, bytes, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return errno;
		bytes += written;
		size -= (size_t)written;
	}
	return 0;
}

/* The folder a file is in, open; -1 and errno. */
static int open_folder_of(const char *path)
{
	char folder[PATH_SIZE];
	const char *slash = strrchr(path, '/');
	int size = slash ? (int)(slash - path) : 0;

	if (size >= PATH_SIZE) {
		errno = ENAMETOOLONG;
		return -1;
	}
	snprintf(folder, sizeof(folder), "%.*s", size, path);
	return open(slash ? (size ? folder : "/") : ".",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* A new name is on disk only when its folder is. */
static int sync_folder_of(const char *path)
{
	int descriptor = open_folder_of(path), number = 0;

	if (descriptor < 0)
		return errno;
	if (fsync(descriptor) < 0)
		number = errno;
	close(descriptor);
	return number;
}

/* Fill a file just opened, or leave none. */
static int fill(int descriptor, const char *path, const void *bytes,
    size_t size, mode_t mode)
{
	int number = write_all(descriptor, bytes, size);

	if (!number && fchmod(descriptor, mode) < 0)
		number = errno;
	if (!number && fsync(descriptor) < 0)
		number = errno;
	if (close(descriptor) < 0 && !number)
		number = errno;
	if (number)
		unlink(path);
	return number;
}

int file_write(const char *path, const void *bytes, size_t size, mode_t mode)
{
	int descriptor =
	    open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	int number;

	if (descriptor < 0)
		return errno;
	number = write_all(descriptor, bytes, size);
	if (close(descriptor) < 0 && !number)
		number = errno;
	return number;
}

int file_create(const char *path, const void *bytes, size_t size, mode_t mode)
{
	int descriptor =
	    open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int number;

	if (descriptor < 0)
		return errno;
	number = fill(descriptor, path, bytes, size, mode);
	return number ? number : sync_folder_of(path);
}

int file_replace(const char *path, const void *bytes, size_t size, mode_t mode)
{
	char beside[PATH_SIZE];
	int descriptor, number;

	if (snprintf(beside, sizeof(beside), "%s" BESIDE, path) >= PATH_SIZE)
		return ENAMETOOLONG;
	descriptor = mkostemp(beside, O_CLOEXEC);
	if (descriptor < 0)
		return errno;
	number = fill(descriptor, beside, bytes, size, mode);
	if (number)
		return number;
	if (rename(beside, path) < 0) {
		number = errno;
		unlink(beside);
		return number;
	}
	return sync_folder_of(path);
}

/* Is it `file` and what mkostemp() makes of BESIDE? */
static bool is_beside(const char *name, const char *file)
{
	size_t size = strlen(file), fixed = strlen(BESIDE) - strlen("XXXXXX");

	return strlen(name) == size + strlen(BESIDE) &&
	       memcmp(name, file, size) == 0 &&
	       memcmp(name + size, BESIDE, fixed) == 0;
}

void file_sweep(const char *path)
{
	const char *slash = strrchr(path, '/'),
		   *file = slash ? slash + 1 : path;
	int folder = open_folder_of(path);
	DIR *listing = folder < 0 ? NULL : fdopendir(folder);
	struct dirent *entry;

	if (!listing) {
		if (folder >= 0)
			close(folder);
		return;
	}
	while ((entry = readdir(listing)) != NULL)
		if (is_beside(entry->d_name, file))
			unlinkat(folder, entry->d_name, 0);
	closedir(listing);
}

/* --- locking -------------------------------------------------------------- */

int file_lock(const char *path, int *descriptor)
{
	int flags = O_RDWR | O_CREAT | O_NOFOLLOW, number;

	if (file_is_folder(path))
		flags = O_RDONLY | O_DIRECTORY;
	*descriptor = open(path, flags | O_CLOEXEC, 0600);
	if (*descriptor < 0)
		return errno;
	if (flock(*descriptor, LOCK_EX | LOCK_NB) == 0)
		return 0;
	number = errno;
	close(*descriptor);
	*descriptor = -1;
	return number;
}

/* --- folders -------------------------------------------------------------- */

bool file_is_folder(const char *path)
{
	struct stat about;

	return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* Where a name and its bytes stand in memory, while memory still moves. */
struct place {
	size_t name, bytes, size;
};

/* A walk through a folder and those in it. */
struct walk {
	struct files *files; /* its rows hold places until the end */
	int depth;
};

static int walk_folder(struct walk *walk, int folder, const char *prefix);

static int take_file(struct walk *walk, int descriptor, const char *name)
{
	struct kl_buf *memory = &walk->files->memory;
	struct place place = { .name = memory->size };
	int number;

	if (walk->files->count == FILE_FOLDER_MAX)
		return EFBIG;
	kl_buf_add(memory, name, strlen(name) + 1);
	place.bytes = memory->size;
	number = read_all(descriptor, memory);
	if (number)
		return number;
	place.size = memory->size - place.bytes;
	kl_buf_add(&walk->files->rows, &place, sizeof(place));
	walk->files->count++;
	return number_of(kl_buf_result(&walk->files->rows));
}

/* What stands under `entry` of `folder`; `name` is that from the top on. */
static int take(
    struct walk *walk, int folder, const char *entry, const char *name)
{
	/* Not blocking: what is no file may be a pipe nobody writes to. */
	int descriptor = openat(
	    folder, entry, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat about;
	int number = EINVAL;

	if (descriptor < 0)
		return errno == ELOOP ? EINVAL : errno;
	if (fstat(descriptor, &about) < 0)
		number = errno;
	else if (S_ISDIR(about.st_mode))
		return walk_folder(walk, descriptor, name);
	else if (S_ISREG(about.st_mode))
		number = take_file(walk, descriptor, name);
	close(descriptor);
	return number;
}

/* Takes the descriptor `folder` over. */
static int walk_folder(struct walk *walk, int folder, const char *prefix)
{
	DIR *listing = fdopendir(folder);
	char name[FILE_NAME_MAX + 1];
	struct dirent *entry;
	int number = 0;

	if (!listing) {
		number = errno;
		close(folder);
		return number;
	}
	if (walk->depth == FILE_FOLDER_DEPTH)
		number = EINVAL;
	walk->depth++;
	while (!number && (errno = 0, entry = readdir(listing))) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		if (snprintf(name, sizeof(name), "%s%s%s", prefix,
			*prefix ? "/" : "", entry->d_name) > FILE_NAME_MAX)
			number = EINVAL;
		else
			number = take(walk, folder, entry->d_name, name);
	}
	if (!number)
		number = errno;
	walk->depth--;
	closedir(listing);
	return number;
}

static int by_name(const void *left, const void *right)
{
	const struct kl_file *one = left, *other = right;

	return strcmp(one->name, other->name);
}

/* Memory stands still now: places become files, in order. */
static int settle(struct files *files)
{
	struct kl_buf rows = KL_BUF(FILE_FOLDER_MAX * sizeof(struct kl_file));

	for (size_t i = 0; i < files->count; i++) {
		const struct place *place =
		    (const struct place *)files->rows.data + i;
		struct kl_file file = {
			(const char *)files->memory.data + place->name,
			files->memory.data + place->bytes,
			place->size,
		};

		kl_buf_add(&rows, &file, sizeof(file));
	}
	kl_buf_clear(&files->rows);
	files->rows = rows;
	files->list = (struct kl_file *)rows.data;
	if (files->count > 0 && !kl_buf_result(&rows))
		qsort(files->list, files->count, sizeof(*files->list), by_name);
	return number_of(kl_buf_result(&rows));
}

int file_read_folder(const char *path, struct files *files)
{
	struct walk walk = { .files = files };
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int number;

	*files = (struct files){
		.rows = KL_BUF(FILE_FOLDER_MAX * sizeof(struct place)),
		.memory = KL_BUF(FILE_FOLDER_BYTES),
	};
	if (folder < 0)
		return errno;
	number = walk_folder(&walk, folder, "");
	if (!number)
		number = settle(files);
	if (number)
		files_clear(files);
	return number;
}

void files_clear(struct files *files)
{
	kl_buf_clear(&files->rows);
	kl_buf_clear(&files->memory);
	*files = (struct files){ .list = NULL };
}
