/* high_water.h -- the last checkpoint we signed, outside the database. */
#ifndef HIGH_WATER_H
#define HIGH_WATER_H

#include <stdbool.h>
#include <stddef.h>

enum { HIGH_WATER_MAX = 4096 };

enum high_water {
	HIGH_WATER_READ,
	HIGH_WATER_ABSENT,
	HIGH_WATER_BAD,        /* too large, a folder, not for us to read */
	HIGH_WATER_UNREADABLE, /* just now, as file_may_pass() */
};

/* The file's bytes and a NUL. Why it is none of these is in the diary. */
enum high_water high_water_read(
    const char *path, char note[static HIGH_WATER_MAX], size_t *size);

/* Replace it: written beside, fsync'd, renamed, the folder fsync'd. False:
 * the old one still stands; why is told in the diary, once until it is another
 * reason or it has gone well. One thread alone. */
bool high_water_write(const char *path, const char *note, size_t size);

#endif
