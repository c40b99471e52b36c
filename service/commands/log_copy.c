/* log_copy.c -- a copy of a log: what is new stands beside it until it is good.
 */
#include "file.h"
#include "log_audit.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* In the copy, while one is made; no file of a log has such a name. */
#define BESIDE ".new"

enum {
	NAME_MAX_SIZE = 4096,
	PATH_SIZE_MAX = 127, /* of a tile, a text */
	FOLDER_MODE = 0755,
	FILE_MODE = 0644,
	OPEN_FOLDERS = 16, /* by nftw */
};

static bool tell(const char *name, int number)
{
	fprintf(stderr, "log: %s: %s\n", name, strerror(number));
	return false;
}

static bool join(char name[static NAME_MAX_SIZE], const char *copy,
    const char *between, const char *path)
{
	return snprintf(name, NAME_MAX_SIZE, "%s/%s%s", copy, between, path) <
		   NAME_MAX_SIZE ||
	       tell(copy, ENAMETOOLONG);
}

/* --- reading -------------------------------------------------------------- */

/* A checkpoint changes, and a partial tile gives way; nothing else does. */
static bool may_stay(const char *path)
{
	struct kl_tile tile;

	if (strcmp(path, "checkpoint") == 0 || strcmp(path, "cosigned") == 0)
		return false;
	return kl_tile_read(path, strlen(path), &tile) != KL_OK ||
	       tile.width == KL_TILE_WIDTH;
}

enum audit_got audit_copy_read(
    const struct audit_source *source, const char *path, struct kl_buf *out)
{
	char beside[sizeof(BESIDE "/") + PATH_SIZE_MAX];
	enum audit_got got = AUDIT_MISSING;

	if (may_stay(path))
		got = audit_folder_read(source->copy, path, out);
	if (got != AUDIT_MISSING)
		return got;
	snprintf(beside, sizeof(beside), BESIDE "/%s", path);
	return audit_folder_read(source->copy, beside, out);
}

/* --- putting beside ------------------------------------------------------- */

/* Every folder above the last name. */
static bool make_folders(char *name, size_t from)
{
	for (char *at = strchr(name + from, '/'); at;
	     at = strchr(at + 1, '/')) {
		int number;

		*at = '\0';
		number = mkdir(name, FOLDER_MODE) == 0 ? 0 : errno;
		*at = '/';
		if (number && number != EEXIST)
			return tell(name, number);
	}
	return true;
}

bool audit_copy_put(const struct audit_source *source, const char *path,
    const void *bytes, size_t size)
{
	char name[NAME_MAX_SIZE];
	int number;

	if (!source->copy)
		return true;
	if (!join(name, source->copy, "", path))
		return false;
	if (may_stay(path) && access(name, F_OK) == 0)
		return true; /* it came from there */
	if (!join(name, source->copy, BESIDE "/", path) ||
	    !make_folders(name, strlen(source->copy) + 1))
		return false;
	/* All of them are synced at once. */
	number = file_write(name, bytes, size, FILE_MODE);
	return number ? tell(name, number) : true;
}

static int drop_one(
    const char *name, const struct stat *info, int kind, struct FTW *place)
{
	(void)info;
	(void)kind;
	(void)place;
	return remove(name) == 0 || errno == ENOENT ? 0 : -1;
}

void audit_copy_drop(const char *copy)
{
	char name[NAME_MAX_SIZE];

	if (join(name, copy, BESIDE, ""))
		(void)nftw(name, drop_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}

/* --- taking it ------------------------------------------------------------ */

/* nftw has no place for what its function needs to know. */
static size_t beside_size, copy_size;

static int take_one(
    const char *name, const struct stat *info, int kind, struct FTW *place)
{
	char to[NAME_MAX_SIZE];

	(void)info;
	(void)place;
	if (kind != FTW_F)
		return 0;
	/* copy/.new/tile/… becomes copy/tile/…: shorter, so it fits. */
	snprintf(
	    to, sizeof(to), "%.*s%s", (int)copy_size, name, name + beside_size);
	if (!make_folders(to, copy_size + 1))
		return -1;
	if (rename(name, to) != 0) {
		tell(to, errno);
		return -1;
	}
	return 0;
}

/* All that was written under it is on disk. Linux 5.8: or it says so. */
static bool sync_all(const char *copy)
{
	int folder = open(copy, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int number = folder < 0 || syncfs(folder) != 0 ? errno : 0;

	if (folder >= 0)
		close(folder);
	return number ? tell(copy, number) : true;
}

static bool move_all(const char *copy)
{
	char name[NAME_MAX_SIZE];

	if (!join(name, copy, BESIDE, ""))
		return false;
	if (access(name, F_OK) != 0)
		return true; /* nothing is new */
	copy_size = strlen(copy);
	beside_size = strlen(name);
	return nftw(name, take_one, OPEN_FOLDERS, FTW_PHYS) == 0;
}

/* A partial tile of a smaller log, and the folder of partial ones if it was
 * the last in it. What cannot be removed stays, and does no harm. */
static void drop_partial(
    const char *copy, int level, uint64_t index, unsigned width)
{
	const struct kl_tile tile = { level, index, width };
	char path[KL_TILE_PATH], name[NAME_MAX_SIZE];
	char *last;

	kl_tile_path(&tile, path);
	if (!join(name, copy, "", path) || remove(name) != 0)
		return;
	last = strrchr(name, '/');
	*last = '\0';
	(void)rmdir(name);
}

static void drop_partials(const char *copy, uint64_t old_size, uint64_t size)
{
	for (int level = KL_TILE_ENTRIES; level < KL_TILE_LEVELS; level++) {
		unsigned width = kl_tile_partial_width(old_size, level);
		uint64_t index = kl_tile_full_count(old_size, level);

		if (width > 0 && kl_tile_width(size, level, index) != width)
			drop_partial(copy, level, index, width);
	}
}

bool audit_copy_take(const char *copy, const struct kl_buf *checkpoint,
    uint64_t old_size, uint64_t size)
{
	char name[NAME_MAX_SIZE];
	int number;

	if (!join(name, copy, "", "checkpoint") || !sync_all(copy) ||
	    !move_all(copy) || !sync_all(copy))
		return false;
	number =
	    file_replace(name, checkpoint->data, checkpoint->size, FILE_MODE);
	if (number)
		return tell(name, number);
	drop_partials(copy, old_size, size);
	return true;
}
