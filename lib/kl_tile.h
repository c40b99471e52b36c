/* kl_tile.h -- how the tree is cut into files. c2sp.org/tlog-tiles. */
#ifndef KL_TILE_H
#define KL_TILE_H

#include "kl_buf.h"
#include "kl_merkle.h"

enum {
	KL_TILE_WIDTH = 256, /* hashes or entries of a full tile */
	KL_TILE_SIZE = KL_TILE_WIDTH * KL_HASH_SIZE, /* bytes of a full tile */
	KL_TILE_ENTRIES = -1,   /* the level of entry bundles */
	KL_TILE_LEVEL_MAX = 63, /* the largest level a path can name */
	KL_TILE_PATH = 64,      /* room for any path and its NUL */
	KL_ENTRY_SIZE_MAX = 65535,
	/* bytes of the largest bundle */
	KL_BUNDLE_SIZE_MAX = KL_TILE_WIDTH * (2 + KL_ENTRY_SIZE_MAX),
};

/* A path has at most six elements of three digits for the index. */
#define KL_TILE_INDEX_MAX UINT64_C(999999999999999999)

/* One tile, or one bundle of entries. */
struct kl_tile {
	int level; /* KL_TILE_ENTRIES, or 0 to KL_TILE_LEVEL_MAX */
	uint64_t index;
	unsigned width; /* 1 to KL_TILE_WIDTH; less than that is partial */
};

/* --- names ---------------------------------------------------------------- */

/*
 * Write `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]` and a NUL. The
 * members must be within their bounds.
 */
void kl_tile_path(const struct kl_tile *tile, char path[static KL_TILE_PATH]);

/*
 * Read such a path, without a leading slash. Every tile has exactly one name.
 *
 * KL_MALFORMED   anything but that name
 */
enum kl_result kl_tile_read(
    const char *path, size_t size, struct kl_tile *tile) KL_MUST_CHECK;

/* --- which tile, how wide ------------------------------------------------- */

/* How many full tiles the level has in a tree of `size` leaves. */
uint64_t kl_tile_full_count(uint64_t size, int level);

/* The width of its partial tile, 0 when there is none. */
unsigned kl_tile_partial_width(uint64_t size, int level);

/* How wide tile `index` of this level is in that tree; 0 when it has none. */
unsigned kl_tile_width(uint64_t size, int level, uint64_t index);

/*
 * Where the hash over the perfect subtree (level, index) comes from: it is
 * the root over `count` hashes of a tile, from number `first` on. Its width
 * is only what is needed: first + count.
 */
struct kl_tile_span {
	struct kl_tile tile;
	unsigned first, count; /* count is 1, 2, 4, … or 128 */
};

struct kl_tile_span kl_tile_of_node(unsigned level, uint64_t index);

/* The hash of that subtree. `hashes` holds at least first + count of them. */
struct kl_hash kl_tile_node(
    const struct kl_tile_span *span, const uint8_t *hashes);

/* --- bundles of entries --------------------------------------------------- */

/*
 * Append one entry: its size in two bytes, the larger first, and its bytes.
 *
 * KL_TOO_LARGE   over KL_ENTRY_SIZE_MAX, or `out` is full
 * KL_NO_MEMORY
 */
enum kl_result kl_bundle_add(
    struct kl_buf *out, const void *entry, size_t size) KL_MUST_CHECK;

/* What is left of a bundle: set to all of it before the first entry. */
struct kl_bundle {
	const uint8_t *bytes;
	size_t size;
};

/*
 * Take the next entry; it points into the bundle. At the end, `size` is 0.
 *
 * KL_MALFORMED   it ends in the middle of an entry
 */
enum kl_result kl_bundle_next(struct kl_bundle *bundle, const uint8_t **entry,
    size_t *size) KL_MUST_CHECK;

#endif
