/* fsck_marks.c -- a bit for each entry of the log. */
#include "fsck.h"

#include <stdlib.h>
#include <string.h>

struct fsck_marks {
	struct {
		uint8_t *bytes;
		size_t size;
	} of[FSCK_MARKS];
};

struct fsck_marks *fsck_marks_open(void)
{
	struct fsck_marks *marks = calloc(1, sizeof(*marks));

	if (!marks)
		abort();
	return marks;
}

void fsck_marks_close(struct fsck_marks *marks)
{
	for (size_t i = 0; marks && i < FSCK_MARKS; i++)
		free(marks->of[i].bytes);
	free(marks);
}

void fsck_mark(struct fsck_marks *marks, enum fsck_mark mark, uint64_t index)
{
	size_t before = marks->of[mark].size, needed = index / 8 + 1;

	if (needed > before) {
		size_t size = 2 * needed;
		uint8_t *bytes = realloc(marks->of[mark].bytes, size);

		if (!bytes)
			abort();
		memset(bytes + before, 0, size - before);
		marks->of[mark].bytes = bytes;
		marks->of[mark].size = size;
	}
	marks->of[mark].bytes[index / 8] |= (uint8_t)(1u << index % 8);
}

bool fsck_is_marked(
    const struct fsck_marks *marks, enum fsck_mark mark, uint64_t index)
{
	return index / 8 < marks->of[mark].size &&
	       marks->of[mark].bytes[index / 8] >> index % 8 & 1;
}
