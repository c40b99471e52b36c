/* A log of 70,000 entries has the roots and proofs of another program. */
#include "forest.h"

/* Its peaks written and read again give the same tree. */
static void check_round_trip(const struct kl_tree *tree)
{
	uint8_t bytes[KL_TREE_BYTES_MAX];
	size_t size = kl_tree_write(tree, bytes);
	struct kl_hash root = kl_tree_root(tree), again;
	struct kl_tree read;

	assert_int_equal(kl_tree_read(tree->size, bytes, size, &read), KL_OK);
	again = kl_tree_root(&read);
	assert_true(kl_hash_equal(&root, &again));
	assert_int_equal(
	    kl_tree_read(tree->size, bytes, size + 1, &read), KL_MALFORMED);
}

static void has_the_golden_leaves(void **state)
{
	json_t *file = vectors_load(TLOG "golden/golden_roots.json");
	json_t *leaves = member(file, "leaves"), *vector;
	const char *index;

	(void)state;
	assert_int_equal(json_object_size(leaves), 6);
	json_object_foreach (leaves, index, vector) {
		char entry[ENTRY_MAX];
		size_t size = golden_entry(strtoull(index, NULL, 10), entry);
		struct kl_hash leaf = kl_leaf_hash(entry, size);

		assert_string_equal(entry, text_of(vector, "entry"));
		assert_hash(&leaf, text_of(vector, "leaf_hash"));
	}
	json_decref(file);
}

static void has_the_golden_roots(void **state)
{
	json_t *file = vectors_load(TLOG "golden/golden_roots.json");
	json_t *roots = member(file, "roots_hex_by_size");
	struct kl_hash formed[KL_TILE_LEVELS], leaf, root;
	struct kl_tree tree = { 0 };
	char entry[ENTRY_MAX], key[24];
	size_t checked = 0;

	(void)state;
	for (size_t size = 0; size <= LEAVES_MAX; size++) {
		snprintf(key, sizeof(key), "%zu", size);
		if (json_object_get(roots, key)) {
			root = kl_tree_root(&tree);
			assert_hash(&root, text_of(roots, key));
			check_round_trip(&tree);
			checked++;
		}
		leaf = kl_leaf_hash(entry, golden_entry(size, entry));
		kl_tree_append(&tree, &leaf, formed);
	}
	assert_int_equal(checked, json_object_size(roots));
	print_message("golden_roots.json: %zu roots\n", checked);
	json_decref(file);
}

/* Make a proof, check it, and see that it says nothing else. */
static void try_inclusion(struct forest *forest, struct kl_hasher *hasher,
    uint64_t index, uint64_t size)
{
	struct kl_hash root = kl_merkle_root(forest->leaves, size);
	struct kl_tree_source source = source_of(forest);
	struct kl_proof_path path;

	assert_int_equal(kl_inclusion_make(index, size, &source, &path), KL_OK);
	add_path(hasher, &path);
	assert_int_equal(kl_inclusion_check(
			     index, size, &forest->leaves[index], &path, &root),
	    KL_OK);
	assert_int_equal(kl_inclusion_check(index, size,
			     &forest->leaves[index + 1], &path, &root),
	    KL_MISMATCH);
	path.count++;
	assert_int_equal(kl_inclusion_check(
			     index, size, &forest->leaves[index], &path, &root),
	    KL_MISMATCH);
}

static void try_consistency(struct forest *forest, struct kl_hasher *hasher,
    uint64_t old_size, uint64_t new_size)
{
	struct kl_hash old_root = kl_merkle_root(forest->leaves, old_size);
	struct kl_hash new_root = kl_merkle_root(forest->leaves, new_size);
	struct kl_tree_source source = source_of(forest);
	struct kl_proof_path path;

	assert_int_equal(
	    kl_consistency_make(old_size, new_size, &source, &path), KL_OK);
	add_path(hasher, &path);
	assert_int_equal(kl_consistency_check(
			     old_size, new_size, &old_root, &new_root, &path),
	    KL_OK);
	if (old_size < new_size)
		assert_int_equal(kl_consistency_check(old_size, new_size,
				     &new_root, &new_root, &path),
		    KL_MISMATCH);
	path.count++;
	assert_int_equal(kl_consistency_check(
			     old_size, new_size, &old_root, &new_root, &path),
	    KL_MISMATCH);
}

/* Every proof of every tree up to 130 leaves. */
static void makes_the_golden_proofs(void **state)
{
	json_t *file = vectors_load(TLOG "golden/golden_roots.json");
	json_t *digests = member(file, "accumulators");
	struct forest forest = make_golden(SMALL_MAX + 1);
	struct kl_hasher inclusion, consistency;
	char line[48];

	(void)state;
	kl_hasher_init(&inclusion);
	kl_hasher_init(&consistency);
	for (size_t size = 1; size <= SMALL_MAX; size++)
		for (size_t i = 0; i < size; i++) {
			snprintf(line, sizeof(line), "%zu %zu", size, i);
			kl_hasher_add_text(&inclusion, line);
			try_inclusion(&forest, &inclusion, i, size);
			snprintf(line, sizeof(line), "%zu %zu", i + 1, size);
			kl_hasher_add_text(&consistency, line);
			try_consistency(&forest, &consistency, i + 1, size);
		}
	assert_digest(&inclusion, member(digests, "inclusion"));
	assert_digest(&consistency, member(digests, "consistency"));
	print_message("golden_roots.json: 2 x 8515 proofs\n");
	free(forest.leaves);
	json_decref(file);
}

static void check_golden_consistency(
    struct forest *forest, const json_t *vector)
{
	struct kl_hash old_root = hash_of_hex(text_of(vector, "old_root_hex"));
	struct kl_hash new_root = hash_of_hex(text_of(vector, "new_root_hex"));
	uint64_t old_size = number_of(vector, "old_size");
	uint64_t new_size = number_of(vector, "new_size");
	json_t *hashes = member(vector, "proof_hex");
	struct kl_tree_source source = source_of(forest);
	struct kl_proof_path path;

	assert_int_equal(
	    kl_consistency_make(old_size, new_size, &source, &path), KL_OK);
	assert_int_equal(path.count, json_array_size(hashes));
	for (size_t i = 0; i < path.count; i++)
		assert_hash(&path.hashes[i],
		    json_string_value(json_array_get(hashes, i)));
	assert_int_equal(kl_consistency_check(
			     old_size, new_size, &old_root, &new_root, &path),
	    KL_OK);
}

static void makes_the_golden_consistency(void **state)
{
	json_t *file = vectors_load(TLOG "golden/golden_consistency.json");
	json_t *proofs = member(file, "proofs");
	struct forest forest = make_golden(LEAVES_MAX);

	(void)state;
	assert_int_equal(json_array_size(proofs), 16);
	for (size_t i = 0; i < json_array_size(proofs); i++)
		check_golden_consistency(&forest, json_array_get(proofs, i));
	print_message("golden_consistency.json: 16 proofs\n");
	free(forest.leaves);
	json_decref(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_the_golden_leaves),
		cmocka_unit_test(has_the_golden_roots),
		cmocka_unit_test(makes_the_golden_proofs),
		cmocka_unit_test(makes_the_golden_consistency),
	};

	return cmocka_run_group_tests_name("golden log", tests, NULL, NULL);
}
