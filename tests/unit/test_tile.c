/* Every tile has one name, and the tiles are those of another program. */
#include "kl_tile.h"
#include "vectors.h"

/* --- names ---------------------------------------------------------------- */

static int level_of(const json_t *vector)
{
	json_t *level = member(vector, "level");

	return json_is_string(level) ? KL_TILE_ENTRIES
				     : (int)json_integer_value(level);
}

static void assert_path(const struct kl_tile *tile, const char *expected)
{
	char path[KL_TILE_PATH];
	struct kl_tile read;

	kl_tile_path(tile, path);
	assert_string_equal(path, expected);
	assert_int_equal(kl_tile_read(path, strlen(path), &read), KL_OK);
	assert_int_equal(read.level, tile->level);
	assert_int_equal(read.index, tile->index);
	assert_int_equal(read.width, tile->width);
}

static void names_tiles(void **state)
{
	json_t *file = vectors_load(TLOG "tiles.json");
	json_t *paths = member(file, "paths");
	json_t *entries = member(file, "entry_paths");

	(void)state;
	for (size_t i = 0; i < json_array_size(paths); i++) {
		json_t *vector = json_array_get(paths, i);
		struct kl_tile tile = { level_of(vector),
			number_of(vector, "index"),
			(unsigned)number_of(vector, "width") };

		assert_path(&tile, text_of(vector, "path"));
	}
	for (size_t i = 0; i < json_array_size(entries); i++) {
		json_t *vector = json_array_get(entries, i);
		struct kl_tile tile = { KL_TILE_ENTRIES,
			number_of(vector, "index") / KL_TILE_WIDTH, 0 };

		tile.width = kl_tile_width(
		    number_of(vector, "log_size"), tile.level, tile.index);
		assert_path(&tile, text_of(vector, "path"));
	}
	print_message("tiles.json: %zu paths, %zu entry paths\n",
	    json_array_size(paths), json_array_size(entries));
	json_decref(file);
}

static void refuses_other_names(void **state)
{
	json_t *file = vectors_load(TLOG "tiles.json");
	json_t *bad = member(file, "bad_paths");
	static const char *const more[] = {
		"",
		"tile",
		"tile/",
		"/tile/0/000",
		"tile/0/000\n",
		"tile/0/000.p/1x",
		"tile/0/000.p/0001",
		"tile/0/000.p/999",
		"tile/entries",
		"tile/064/000",
		"tile/0/x001",
		"tile/0/x001/x002",
		"tile/0/001/002",
		"tile/data/000",
	};
	struct kl_tile tile;

	(void)state;
	assert_int_equal(json_array_size(bad), 24);
	for (size_t i = 0; i < json_array_size(bad); i++) {
		const char *path = json_string_value(json_array_get(bad, i));

		if (kl_tile_read(path, strlen(path), &tile) != KL_MALFORMED)
			fail_msg("%s was taken", path);
	}
	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++)
		if (kl_tile_read(more[i], strlen(more[i]), &tile) !=
		    KL_MALFORMED)
			fail_msg("%s was taken", more[i]);
	print_message("tiles.json: 24 bad paths\n");
	json_decref(file);
}

/* --- which tile, how wide ------------------------------------------------- */

static void knows_how_wide(void **state)
{
	json_t *file = vectors_load(TLOG "tiles.json");
	json_t *widths = member(file, "widths");

	(void)state;
	for (size_t i = 0; i < json_array_size(widths); i++) {
		json_t *vector = json_array_get(widths, i);
		uint64_t size = number_of(vector, "size");
		uint64_t full = number_of(vector, "full");
		int level = (int)number_of(vector, "level");

		assert_int_equal(kl_tile_full_count(size, level), full);
		assert_int_equal(kl_tile_partial_width(size, level),
		    number_of(vector, "partial"));
		assert_int_equal(kl_tile_width(size, level, full),
		    number_of(vector, "partial"));
		assert_int_equal(kl_tile_width(size, level, full + 1), 0);
		if (full > 0)
			assert_int_equal(kl_tile_width(size, level, full - 1),
			    KL_TILE_WIDTH);
	}
	assert_int_equal(kl_tile_full_count(UINT64_MAX, 8), 0);
	print_message("tiles.json: %zu widths\n", json_array_size(widths));
	json_decref(file);
}

static void finds_the_tile_of_a_node(void **state)
{
	json_t *file = vectors_load(TLOG "tiles.json");
	json_t *nodes = member(file, "node_to_tile");

	(void)state;
	for (size_t i = 0; i < json_array_size(nodes); i++) {
		json_t *vector = json_array_get(nodes, i);
		unsigned inside = (unsigned)number_of(vector, "in_level");
		struct kl_tile_span span =
		    kl_tile_of_node((unsigned)number_of(vector, "level"),
			number_of(vector, "index"));

		assert_int_equal(
		    span.tile.level, number_of(vector, "tile_level"));
		assert_int_equal(
		    span.tile.index, number_of(vector, "tile_index"));
		assert_int_equal(
		    span.first, number_of(vector, "in_index") << inside);
		assert_int_equal(span.count, 1 << inside);
	}
	print_message("tiles.json: %zu nodes\n", json_array_size(nodes));
	json_decref(file);
}

/* --- the golden log: every tile of a size --------------------------------- */

enum { LEVELS = 3, TILES_MAX = 300 };

/* The hashes of each level, and the entries, one behind the other. */
struct golden {
	uint8_t *hashes[LEVELS];
	struct kl_tree tree;
};

static void grow(struct golden *golden, uint64_t size)
{
	struct kl_hash formed[KL_TILE_LEVELS], leaf;
	char entry[ENTRY_MAX];

	while (golden->tree.size < size) {
		uint64_t index = golden->tree.size;
		size_t count;

		leaf = kl_leaf_hash(entry, golden_entry(index, entry));
		count = kl_tree_append(&golden->tree, &leaf, formed);
		for (size_t l = 0; l < count; l++)
			memcpy(
			    golden->hashes[l] + (index >> 8 * l) * KL_HASH_SIZE,
			    formed[l].bytes, KL_HASH_SIZE);
	}
}

static void write_bundle(struct kl_buf *out, const struct kl_tile *tile)
{
	char entry[ENTRY_MAX];

	for (uint64_t i = 0; i < tile->width; i++)
		assert_int_equal(
		    kl_bundle_add(out, entry,
			golden_entry(tile->index * KL_TILE_WIDTH + i, entry)),
		    KL_OK);
}

static void write_tile(
    const struct golden *golden, struct kl_buf *out, const struct kl_tile *tile)
{
	if (tile->level == KL_TILE_ENTRIES)
		write_bundle(out, tile);
	else
		kl_buf_add(out,
		    golden->hashes[tile->level] + tile->index * KL_TILE_SIZE,
		    tile->width * (size_t)KL_HASH_SIZE);
	assert_int_equal(kl_buf_result(out), KL_OK);
}

static void check_tile(const struct golden *golden, const json_t *vector)
{
	struct kl_tile tile;
	struct kl_buf out = KL_BUF(KL_BUNDLE_SIZE_MAX);
	struct kl_hash hash;
	const char *path = text_of(vector, "path");

	assert_int_equal(kl_tile_read(path, strlen(path), &tile), KL_OK);
	assert_int_equal(
	    tile.level, json_integer_value(member(vector, "level")));
	assert_int_equal(tile.index, number_of(vector, "index"));
	assert_int_equal(tile.width, number_of(vector, "width"));
	assert_int_equal(tile.width,
	    kl_tile_width(golden->tree.size, tile.level, tile.index));
	write_tile(golden, &out, &tile);
	assert_int_equal(out.size, number_of(vector, "bytes"));
	hash = kl_hash_of(out.data, out.size);
	assert_hash(&hash, text_of(vector, "sha256"));
	kl_buf_clear(&out);
}

/* Add `<path> <sha256>` when the tree has such a tile. */
static size_t list_tile(const struct golden *golden, struct kl_hasher *hasher,
    int level, uint64_t index)
{
	struct kl_tile tile = { level, index,
		kl_tile_width(golden->tree.size, level, index) };
	struct kl_buf out = KL_BUF(KL_BUNDLE_SIZE_MAX);
	char path[KL_TILE_PATH], hex[KL_HASH_HEX];
	struct kl_hash hash;

	if (tile.width == 0)
		return 0;
	write_tile(golden, &out, &tile);
	hash = kl_hash_of(out.data, out.size);
	kl_tile_path(&tile, path);
	kl_hash_hex(&hash, hex);
	kl_hasher_add_text(hasher, path);
	kl_hasher_add_text(hasher, " ");
	kl_hasher_add_text(hasher, hex);
	kl_hasher_add_text(hasher, "\n");
	kl_buf_clear(&out);
	return 1;
}

static void check_size(const struct golden *golden, const json_t *vector)
{
	json_t *tiles = member(vector, "tiles");
	struct kl_hasher hasher;
	struct kl_hash listing;
	size_t count = 0;

	for (size_t i = 0; i < json_array_size(tiles); i++)
		check_tile(golden, json_array_get(tiles, i));
	kl_hasher_init(&hasher);
	for (uint64_t i = 0; i < TILES_MAX; i++) {
		count += list_tile(golden, &hasher, 0, i);
		count += list_tile(golden, &hasher, KL_TILE_ENTRIES, i);
	}
	for (int level = 1; level < LEVELS; level++)
		for (uint64_t i = 0; i < TILES_MAX; i++)
			count += list_tile(golden, &hasher, level, i);
	assert_int_equal(count, number_of(vector, "count"));
	listing = kl_hasher_end(&hasher);
	if (json_object_get(vector, "listing_sha256"))
		assert_hash(&listing, text_of(vector, "listing_sha256"));
}

static void has_the_golden_tiles(void **state)
{
	static const char *const sizes[] = { "1", "2", "255", "256", "257",
		"512", "65536", "65537", "70000" };
	json_t *file = vectors_load(TLOG "golden/golden_tiles.json");
	json_t *by_size = member(file, "by_size");
	struct golden golden = { .tree = { 0 } };

	(void)state;
	for (size_t l = 0; l < LEVELS; l++)
		golden.hashes[l] =
		    calloc((TILES_MAX * KL_TILE_SIZE >> 8 * l) + 1, 1);
	assert_int_equal(json_object_size(by_size), 9);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		grow(&golden, strtoull(sizes[i], NULL, 10));
		check_size(&golden, member(by_size, sizes[i]));
	}
	print_message("golden_tiles.json: 9 sizes\n");
	for (size_t l = 0; l < LEVELS; l++)
		free(golden.hashes[l]);
	json_decref(file);
}

/* A server answers from tiles: each node must come out of one. */
static enum kl_result get_from_tiles(
    void *context, unsigned level, uint64_t index, struct kl_hash *hash)
{
	const struct golden *golden = context;
	struct kl_tile_span span = kl_tile_of_node(level, index);

	assert_true(span.tile.width <= kl_tile_width(golden->tree.size,
					   span.tile.level, span.tile.index));
	*hash = kl_tile_node(&span,
	    golden->hashes[span.tile.level] + span.tile.index * KL_TILE_SIZE);
	return KL_OK;
}

static void proves_from_tiles(void **state)
{
	enum { SIZE = 66000, STEP = 1231 };
	struct golden golden = { .tree = { 0 } };
	struct kl_tree_source source = { get_from_tiles, &golden };
	struct kl_hash root, leaf;
	struct kl_proof_path path;

	(void)state;
	for (size_t l = 0; l < LEVELS; l++)
		golden.hashes[l] =
		    calloc((TILES_MAX * KL_TILE_SIZE >> 8 * l) + 1, 1);
	grow(&golden, SIZE);
	root = kl_tree_root(&golden.tree);
	for (uint64_t i = 0; i < SIZE; i += STEP) {
		memcpy(leaf.bytes, golden.hashes[0] + i * KL_HASH_SIZE,
		    KL_HASH_SIZE);
		assert_int_equal(
		    kl_inclusion_make(i, SIZE, &source, &path), KL_OK);
		assert_int_equal(
		    kl_inclusion_check(i, SIZE, &leaf, &path, &root), KL_OK);
	}
	for (size_t l = 0; l < LEVELS; l++)
		free(golden.hashes[l]);
}

/* --- bundles -------------------------------------------------------------- */

/* Are these the bundle's entries, to its last byte? */
static bool reads_as(const char *hex, const json_t *entries)
{
	size_t size, entry_size, expected_size, i = 0;
	uint8_t *bytes = bytes_of_hex(hex, &size);
	struct kl_bundle bundle = { bytes, size };
	const uint8_t *entry;
	bool same = true;

	while (bundle.size > 0 && same) {
		uint8_t *expected;

		same = !kl_bundle_next(&bundle, &entry, &entry_size);
		if (!same)
			break;
		expected = bytes_of_hex(
		    json_string_value(json_array_get(entries, i++)),
		    &expected_size);
		assert_int_equal(entry_size, expected_size);
		assert_memory_equal(entry, expected, entry_size);
		free(expected);
	}
	free(bytes);
	return same && i == json_array_size(entries);
}

static void reads_bundles(void **state)
{
	json_t *file = vectors_load(TLOG "tiles.json");
	json_t *bundles = member(file, "bundles");

	(void)state;
	for (size_t i = 0; i < json_array_size(bundles); i++) {
		json_t *vector = json_array_get(bundles, i);

		assert_int_equal(reads_as(text_of(vector, "hex"),
				     json_object_get(vector, "entries_hex")),
		    json_is_true(member(vector, "ok")));
	}
	print_message("tiles.json: %zu bundles\n", json_array_size(bundles));
	json_decref(file);
}

static void bundles_up_to_two_bytes_of_size(void **state)
{
	static const uint8_t entry[KL_ENTRY_SIZE_MAX + 1];
	struct kl_buf out = KL_BUF(KL_BUNDLE_SIZE_MAX);
	struct kl_bundle bundle;
	const uint8_t *read;
	size_t size;

	(void)state;
	assert_int_equal(kl_bundle_add(&out, entry, KL_ENTRY_SIZE_MAX), KL_OK);
	assert_int_equal(
	    kl_bundle_add(&out, entry, KL_ENTRY_SIZE_MAX + 1), KL_TOO_LARGE);
	bundle = (struct kl_bundle){ out.data, out.size };
	assert_int_equal(kl_bundle_next(&bundle, &read, &size), KL_OK);
	assert_int_equal(size, KL_ENTRY_SIZE_MAX);
	assert_int_equal(bundle.size, 0);
	kl_buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_tiles),
		cmocka_unit_test(refuses_other_names),
		cmocka_unit_test(knows_how_wide),
		cmocka_unit_test(finds_the_tile_of_a_node),
		cmocka_unit_test(has_the_golden_tiles),
		cmocka_unit_test(proves_from_tiles),
		cmocka_unit_test(reads_bundles),
		cmocka_unit_test(bundles_up_to_two_bytes_of_size),
	};

	return cmocka_run_group_tests_name("kl_tile", tests, NULL, NULL);
}
