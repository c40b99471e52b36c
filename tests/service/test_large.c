/* A log of more than 256 * 256 entries: tiles of three levels, and proofs. */
#include "world.h"

#include "kl_merkle.h"
#include "log_read.h"

enum { LEAVES_MAX = 80000, FULL = 65536 };

static const struct db_statement select_leaves = {
	"SELECT idx, leaf FROM log_entry WHERE idx >= ? AND idx < ?"
	" ORDER BY idx",
};

static struct kl_hash leaves[LEAVES_MAX];
static uint64_t size;
static struct db *db;

static void read_leaves(void)
{
	struct kl_hash leaf;
	uint64_t index;

	db_query(db, &select_leaves, DB_IN(db_u64(0), db_u64(LEAVES_MAX)),
	    DB_OUT(db_to_u64(&index), db_to_bytes(leaf.bytes, KL_HASH_SIZE)));
	while (db_next(db)) {
		assert_int_equal(index, size);
		leaves[size++] = leaf;
	}
	assert_int_equal(db_finish(db), ERR_OK);
}

/* Each hash of the tile is the root over its leaves. */
static void check_tile(int level, uint64_t index)
{
	const struct kl_tile tile = { level, index,
		kl_tile_width(size, level, index) };
	size_t under = (size_t)1 << 8 * level;
	struct arena arena = { 0 };
	struct db_blob bytes;

	assert_true(tile.width > 0);
	assert_int_equal(log_read_tile(db, &arena, &tile, &bytes), ERR_OK);
	assert_int_equal(bytes.size, tile.width * KL_HASH_SIZE);
	for (unsigned i = 0; i < tile.width; i++) {
		size_t first = (index * KL_TILE_WIDTH + i) * under;
		struct kl_hash root = kl_merkle_root(leaves + first, under);

		assert_memory_equal(
		    bytes.bytes + i * KL_HASH_SIZE, root.bytes, KL_HASH_SIZE);
	}
	arena_clear(&arena);
}

/* That every entry of `at` and the log as it was then are in the tree of `now`
 * leaves. */
static void check_proofs(struct log_tiles *tiles, uint64_t now)
{
	static const uint64_t at[] = { 1, 255, 256, 257, 65535, FULL, FULL + 1,
		FULL + 300 };
	struct kl_hash root = kl_merkle_root(leaves, now);
	struct kl_proof_path path;

	for (size_t i = 0; i < sizeof(at) / sizeof(*at) && at[i] < now; i++) {
		struct kl_hash old = kl_merkle_root(leaves, at[i]);

		assert_int_equal(
		    log_read_inclusion(tiles, at[i], now, &path), ERR_OK);
		assert_int_equal(kl_inclusion_check(
				     at[i], now, &leaves[at[i]], &path, &root),
		    KL_OK);
		assert_int_equal(
		    log_read_consistency(tiles, at[i], now, &path), ERR_OK);
		assert_int_equal(
		    kl_consistency_check(at[i], now, &old, &root, &path),
		    KL_OK);
	}
}

/* The tiles of one tree are kept for the next, be it smaller or larger. */
static void check_trees(struct arena *arena)
{
	const uint64_t trees[] = { FULL + 299, 300, size, FULL + 2 };
	struct log_tiles *tiles = log_tiles_begin(db, arena);
	struct kl_proof_path path;

	for (size_t i = 0; i < sizeof(trees) / sizeof(*trees); i++)
		check_proofs(tiles, trees[i]);
	assert_int_equal(
	    log_read_inclusion(tiles, size, size, &path), ERR_NOT_FOUND);
	assert_int_equal(
	    log_read_inclusion(tiles, 0, size + 1, &path), ERR_NOT_FOUND);
	check_proofs(tiles, size);
}

static void three_levels(void **state)
{
	struct db_settings settings;
	struct arena arena = { 0 };
	struct log_head head;
	struct kl_hash root;

	(void)state;
	assert_true(writer_start(&world.parts));
	while (writer_log_size() <= FULL + 300)
		assert_int_equal(ask_now(NULL, "many 5000", NULL), ERR_OK);
	settings = (struct db_settings){ world.config.db_socket,
		world.config.db_name, world.config.db_reader, 60 };
	db = db_open(&settings);
	assert_non_null(db);
	assert_int_equal(db_begin(db, DB_READ), ERR_OK);
	db_use(db, &arena);
	read_leaves();
	assert_int_equal(size, writer_log_size());
	root = kl_merkle_root(leaves, size);
	assert_int_equal(log_read_head(db, &head), ERR_OK);
	assert_memory_equal(head.root.bytes, root.bytes, KL_HASH_SIZE);
	check_tile(0, 0);
	check_tile(0, 255);
	check_tile(0, size / KL_TILE_WIDTH);
	check_tile(1, 0);
	check_tile(1, 1);
	check_tile(2, 0);
	check_trees(&arena);
	db_roll_back(db);
	db_close(db);
	arena_clear(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(three_levels),
	};

	return cmocka_run_group_tests(tests, world_open, world_close);
}
