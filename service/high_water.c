#include "high_water.h"

#include "diary.h"
#include "file.h"

#include <errno.h>
#include <string.h>

enum { HIGH_WATER_MODE = 0644 };

static void tell(const char *path, int failure)
{
	diary_write("high_water", "{s:s, s:s}", "path", path, "reason",
	    strerror(failure));
}

enum high_water high_water_read(
    const char *path, char note[static HIGH_WATER_MAX], size_t *size)
{
	struct kl_buf bytes = KL_BUF(HIGH_WATER_MAX - 1);
	int failure = file_read(path, &bytes);

	if (!failure && bytes.size > 0)
		memcpy(note, bytes.data, bytes.size);
	if (!failure) {
		note[bytes.size] = '\0';
		*size = bytes.size;
	}
	kl_buf_clear(&bytes);
	if (!failure)
		return HIGH_WATER_READ;
	if (failure == ENOENT)
		return HIGH_WATER_ABSENT;
	tell(path, failure);
	return file_may_pass(failure) ? HIGH_WATER_UNREADABLE : HIGH_WATER_BAD;
}

/* Tried again twice a second, it fails for one reason at a time. */
bool high_water_write(const char *path, const char *note, size_t size)
{
	static int told; /* of the failure before; 0: none */
	int failure = file_replace(path, note, size, HIGH_WATER_MODE);

	if (failure && failure != told)
		tell(path, failure);
	told = failure;
	return !failure;
}
