#include "kl_tile.h"

#include <stdio.h>
#include <string.h>

enum { ELEMENT_DIGITS = 3, ELEMENTS_MAX = 6 };

/* --- names ---------------------------------------------------------------- */

void kl_tile_path(const struct kl_tile *tile, char path[static KL_TILE_PATH])
{
	unsigned elements[ELEMENTS_MAX];
	uint64_t left = tile->index;
	size_t count = 0, used;

	do {
		elements[count++] = (unsigned)(left % 1000);
		left /= 1000;
	} while (left > 0 && count < ELEMENTS_MAX);
	if (tile->level == KL_TILE_ENTRIES)
		used = (size_t)snprintf(path, KL_TILE_PATH, "tile/entries");
	else
		used = (size_t)snprintf(
		    path, KL_TILE_PATH, "tile/%d", tile->level);
	while (count-- > 0)
		used += (size_t)snprintf(path + used, KL_TILE_PATH - used,
		    "/%s%03u", count > 0 ? "x" : "", elements[count] % 1000);
	if (tile->width < KL_TILE_WIDTH)
		snprintf(
		    path + used, KL_TILE_PATH - used, ".p/%u", tile->width);
}

/* What is left of a path that is being read. */
struct rest {
	const char *text;
	size_t size;
};

static bool take(struct rest *rest, const char *word)
{
	size_t size = strlen(word);

	if (rest->size < size || memcmp(rest->text, word, size) != 0)
		return false;
	rest->text += size;
	rest->size -= size;
	return true;
}

/* Take digits, up to three; how many there were. */
static size_t take_digits(struct rest *rest, unsigned *number)
{
	size_t count = 0;

	*number = 0;
	while (count < ELEMENT_DIGITS && rest->size > 0 && *rest->text >= '0' &&
	       *rest->text <= '9') {
		*number = *number * 10 + (unsigned)(*rest->text - '0');
		rest->text++;
		rest->size--;
		count++;
	}
	return count;
}

static bool take_index(struct rest *rest, uint64_t *index)
{
	size_t count = 0;
	unsigned element;
	bool more;

	*index = 0;
	do {
		if (!take(rest, "/") || count++ == ELEMENTS_MAX)
			return false;
		more = take(rest, "x");
		if (take_digits(rest, &element) != ELEMENT_DIGITS)
			return false;
		*index = *index * 1000 + element;
	} while (more);
	return true;
}

/* Whatever reads otherwise than it would be written has a second name. */
enum kl_result kl_tile_read(const char *path, size_t size, struct kl_tile *tile)
{
	struct kl_tile read = { .level = KL_TILE_ENTRIES,
		.width = KL_TILE_WIDTH };
	struct rest rest = { path, size };
	char again[KL_TILE_PATH];
	unsigned level;

	if (!take(&rest, "tile/"))
		return KL_MALFORMED;
	if (!take(&rest, "entries")) {
		if (take_digits(&rest, &level) == 0 ||
		    level > KL_TILE_LEVEL_MAX)
			return KL_MALFORMED;
		read.level = (int)level;
	}
	if (!take_index(&rest, &read.index))
		return KL_MALFORMED;
	if (take(&rest, ".p/") && (take_digits(&rest, &read.width) == 0 ||
				      read.width >= KL_TILE_WIDTH))
		return KL_MALFORMED;
	if (rest.size > 0 || read.width == 0)
		return KL_MALFORMED;
	kl_tile_path(&read, again);
	if (strlen(again) != size || memcmp(again, path, size) != 0)
		return KL_MALFORMED;
	*tile = read;
	return KL_OK;
}

/* --- which tile, how wide ------------------------------------------------- */

/* How many hashes the level has. Bundles are cut as level 0 is. */
static uint64_t level_count(uint64_t size, int level)
{
	if (level <= 0)
		return size;
	return level < KL_TILE_LEVELS ? size >> (8 * level) : 0;
}

uint64_t kl_tile_full_count(uint64_t size, int level)
{
	return level_count(size, level) / KL_TILE_WIDTH;
}

unsigned kl_tile_partial_width(uint64_t size, int level)
{
	return (unsigned)(level_count(size, level) % KL_TILE_WIDTH);
}

unsigned kl_tile_width(uint64_t size, int level, uint64_t index)
{
	uint64_t full = kl_tile_full_count(size, level);

	if (index < full)
		return KL_TILE_WIDTH;
	return index == full ? kl_tile_partial_width(size, level) : 0;
}

struct kl_tile_span kl_tile_of_node(unsigned level, uint64_t index)
{
	unsigned inside = level % 8; /* levels above the tile's own hashes */
	uint64_t first = index << inside;
	struct kl_tile_span span = {
		.tile = { .level = (int)(level / 8),
		    .index = first / KL_TILE_WIDTH },
		.first = (unsigned)(first % KL_TILE_WIDTH),
		.count = 1U << inside,
	};

	span.tile.width = span.first + span.count;
	return span;
}

struct kl_hash kl_tile_node(
    const struct kl_tile_span *span, const uint8_t *hashes)
{
	struct kl_hash level[KL_TILE_WIDTH / 2];

	memcpy(level, hashes + span->first * (size_t)KL_HASH_SIZE,
	    span->count * (size_t)KL_HASH_SIZE);
	for (unsigned count = span->count; count > 1; count /= 2)
		for (unsigned i = 0; i < count / 2; i++)
			level[i] =
			    kl_node_hash(&level[2 * i], &level[2 * i + 1]);
	return level[0];
}

/* --- bundles of entries --------------------------------------------------- */

enum kl_result kl_bundle_add(struct kl_buf *out, const void *entry, size_t size)
{
	if (size > KL_ENTRY_SIZE_MAX)
		return KL_TOO_LARGE;
	kl_buf_add_byte(out, (uint8_t)(size >> 8));
	kl_buf_add_byte(out, (uint8_t)size);
	kl_buf_add(out, entry, size);
	return kl_buf_result(out);
}

enum kl_result kl_bundle_next(
    struct kl_bundle *bundle, const uint8_t **entry, size_t *size)
{
	size_t length;

	if (bundle->size < 2)
		return KL_MALFORMED;
	length = (size_t)bundle->bytes[0] << 8 | bundle->bytes[1];
	if (bundle->size - 2 < length)
		return KL_MALFORMED;
	*entry = bundle->bytes + 2;
	*size = length;
	bundle->bytes += 2 + length;
	bundle->size -= 2 + length;
	return KL_OK;
}
