/* A path that is read is the one name of its tile. */
#include "kl_tile.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[KL_TILE_PATH];
	struct kl_tile tile;

	if (kl_tile_read((const char *)data, size, &tile))
		return 0;
	assert(tile.level >= KL_TILE_ENTRIES);
	assert(tile.level <= KL_TILE_LEVEL_MAX);
	assert(tile.index <= KL_TILE_INDEX_MAX);
	assert(tile.width >= 1 && tile.width <= KL_TILE_WIDTH);
	kl_tile_path(&tile, path);
	assert(strlen(path) == size && memcmp(path, data, size) == 0);
	return 0;
}
