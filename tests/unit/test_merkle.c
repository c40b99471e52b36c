/* Hashes, roots and proofs are those of RFC 6962 and of other programs. */
#include "forest.h"

/* --- RFC 6962 ------------------------------------------------------------- */

static void knows_the_hashes_of_the_rfc(void **state)
{
	json_t *file = vectors_load(TLOG "rfc6962_known.json");
	struct kl_hash leaves[8], hash = kl_hash_of(NULL, 0);
	json_t *roots = member(file, "roots_by_size");
	json_t *inputs = member(file, "leaf_inputs_hex");

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		size_t size;
		uint8_t *bytes = bytes_of_hex(
		    json_string_value(json_array_get(inputs, i)), &size);

		leaves[i] = kl_leaf_hash(bytes, size);
		free(bytes);
	}
	assert_int_equal(json_array_size(roots), 9);
	for (size_t i = 0; i < 9; i++) {
		hash = kl_merkle_root(leaves, i);
		assert_hash(&hash, json_string_value(json_array_get(roots, i)));
	}
	json_decref(file);
}

static void check_hash(const json_t *vector)
{
	struct kl_hash hash = kl_hash_of(NULL, 0);
	size_t size, left_size;
	uint8_t *bytes, *left;

	if (json_object_get(vector, "leaf_hex")) {
		bytes = bytes_of_hex(text_of(vector, "leaf_hex"), &size);
		hash = kl_leaf_hash(bytes, size);
		free(bytes);
	} else if (json_object_get(vector, "left_hex")) {
		struct kl_hasher hasher;

		/* The sides are not 32 bytes here: only the prefix counts. */
		left = bytes_of_hex(text_of(vector, "left_hex"), &left_size);
		bytes = bytes_of_hex(text_of(vector, "right_hex"), &size);
		kl_hasher_init(&hasher);
		kl_hasher_add(&hasher, "\1", 1);
		kl_hasher_add(&hasher, left, left_size);
		kl_hasher_add(&hasher, bytes, size);
		hash = kl_hasher_end(&hasher);
		free(left);
		free(bytes);
	}
	assert_hash(&hash, text_of(vector, "want"));
}

static void check_level(const json_t *below, const json_t *level)
{
	for (size_t i = 0; i < json_array_size(level); i++) {
		struct kl_hash left = hash_of_hex(
		    json_string_value(json_array_get(below, 2 * i)));
		struct kl_hash right = hash_of_hex(
		    json_string_value(json_array_get(below, 2 * i + 1)));
		struct kl_hash node = kl_node_hash(&left, &right);

		assert_hash(&node, json_string_value(json_array_get(level, i)));
	}
}

static void knows_single_hashes_and_nodes(void **state)
{
	json_t *file = vectors_load(TLOG "rfc6962_known.json");
	json_t *hashes = member(file, "hashes");
	json_t *levels = member(file, "node_hashes_by_level");

	(void)state;
	assert_int_equal(json_array_size(hashes), 4);
	for (size_t i = 0; i < json_array_size(hashes); i++)
		check_hash(json_array_get(hashes, i));
	assert_int_equal(json_array_size(levels), 4);
	for (size_t i = 1; i < json_array_size(levels); i++)
		check_level(
		    json_array_get(levels, i - 1), json_array_get(levels, i));
	json_decref(file);
}

/* A subtree may begin at a multiple of a power of two that it fits into. */
static bool is_subtree(size_t start, size_t end)
{
	size_t power = 1;

	while (power < end - start)
		power *= 2;
	return start % power == 0;
}

static void add_subtree(struct kl_hasher *hashes, struct kl_hasher *paths,
    const struct kl_tree_source *source, size_t start, size_t end)
{
	const struct forest *forest = source->context;
	struct kl_hash root =
	    kl_merkle_root(forest->leaves + start, end - start);
	struct kl_proof_path path;
	char line[64], hex[KL_HASH_HEX];

	kl_hash_hex(&root, hex);
	snprintf(line, sizeof(line), "[%zu, %zu) ", start, end);
	kl_hasher_add_text(hashes, line);
	kl_hasher_add_text(hashes, hex);
	kl_hasher_add_text(hashes, "\n");
	for (size_t i = start; i < end; i++) {
		assert_int_equal(
		    kl_inclusion_make(i - start, end - start, source, &path),
		    KL_OK);
		snprintf(line, sizeof(line), "%zu [%zu, %zu)", i, start, end);
		kl_hasher_add_text(paths, line);
		add_path(paths, &path);
	}
}

/* Hash and inclusion: a part of the tree is a tree of its own. */
static void accumulates_subtrees(void **state)
{
	json_t *file = vectors_load(TLOG "rfc6962_known.json");
	json_t *digests = member(file, "subtree_accumulators");
	struct forest forest = make_bytes(SMALL_MAX);
	struct kl_tree_source source = source_of(&forest);
	struct kl_hasher hashes, paths;

	(void)state;
	kl_hasher_init(&hashes);
	kl_hasher_init(&paths);
	for (size_t end = 0; end <= SMALL_MAX; end++)
		for (size_t start = 0; start <= end; start++) {
			if (!is_subtree(start, end))
				continue;
			forest.first = start;
			add_subtree(&hashes, &paths, &source, start, end);
		}
	assert_digest(&hashes, member(digests, "hash"));
	assert_digest(&paths, member(digests, "inclusion"));
	free(forest.leaves);
	json_decref(file);
}

/* The largest power of two below `count`, of two leaves or more. */
static size_t split_of(size_t count)
{
	size_t power = 1;

	while (2 * power < count)
		power *= 2;
	return power;
}

static void push(struct kl_proof_path *path, const struct kl_hash *leaves,
    size_t first, size_t end)
{
	path->hashes[path->count++] =
	    kl_merkle_root(leaves + first, end - first);
}

/*
 * That the tree of leaves [first, first + count) contains the subtree
 * [start, end), written out as RFC 6962 §2.1.2 has it for start 0. `whole`:
 * the verifier knows this tree's hash as part of the subtree's.
 */
static void prove_subtree(struct kl_proof_path *path,
    const struct kl_hash *leaves, size_t count, size_t start, size_t end,
    bool whole)
{
	size_t split;

	if (start == 0 && end == count) {
		if (!whole)
			push(path, leaves, 0, count);
		return;
	}
	split = split_of(count);
	if (end <= split) {
		prove_subtree(path, leaves, split, start, end, whole);
		push(path, leaves, split, count);
		return;
	}
	prove_subtree(path, leaves + split, count - split,
	    start > split ? start - split : 0, end - split,
	    whole && start >= split);
	push(path, leaves, 0, split);
}

/* Where it begins at 0 it is the proof that lib makes; none is needed for
 * nothing. */
static void add_consistency(struct kl_hasher *paths,
    const struct kl_tree_source *source, size_t start, size_t end, size_t count)
{
	const struct forest *forest = source->context;
	struct kl_proof_path path = { 0 };
	char line[64];

	if (start == end)
		path.count = 0;
	else if (start == 0)
		assert_int_equal(
		    kl_consistency_make(end, count, source, &path), KL_OK);
	else
		prove_subtree(&path, forest->leaves, count, start, end, true);
	snprintf(line, sizeof(line), "[%zu, %zu) %zu", start, end, count);
	kl_hasher_add_text(paths, line);
	add_path(paths, &path);
}

static void accumulates_subtrees_of_trees(void **state)
{
	json_t *file = vectors_load(TLOG "rfc6962_known.json");
	json_t *digests = member(file, "subtree_accumulators");
	struct forest forest = make_bytes(SMALL_MAX);
	struct kl_tree_source source = source_of(&forest);
	struct kl_hasher paths;

	(void)state;
	kl_hasher_init(&paths);
	for (size_t count = 0; count <= SMALL_MAX; count++)
		for (size_t end = 0; end <= count; end++)
			for (size_t start = 0; start <= end; start++)
				if (is_subtree(start, end))
					add_consistency(
					    &paths, &source, start, end, count);
	assert_digest(&paths, member(digests, "consistency"));
	free(forest.leaves);
	json_decref(file);
}

/* --- proofs of others ----------------------------------------------------- */

/* False when a hash is not 32 bytes: a struct kl_hash cannot hold it. */
static bool read_hash(const char *base64, struct kl_hash *hash)
{
	return !kl_base64_read(
	    base64, strlen(base64), hash->bytes, sizeof(hash->bytes));
}

static bool read_path(const json_t *hashes, struct kl_proof_path *path)
{
	path->count = json_array_size(hashes);
	assert_true(path->count <= KL_PROOF_HASHES_MAX);
	for (size_t i = 0; i < path->count; i++)
		if (!read_hash(json_string_value(json_array_get(hashes, i)),
			&path->hashes[i]))
			return false;
	return true;
}

/* The file has a number beyond 64 signed bits, so all are read as reals. */
static uint64_t real_of(const json_t *object, const char *name)
{
	double real = json_real_value(member(object, name));

	return real < 9e15 ? (uint64_t)real : UINT64_MAX;
}

static bool accepts_inclusion(const json_t *vector)
{
	struct kl_hash leaf, root;
	struct kl_proof_path path;

	return read_hash(text_of(vector, "leafHash"), &leaf) &&
	       read_hash(text_of(vector, "root"), &root) &&
	       read_path(member(vector, "proof"), &path) &&
	       !kl_inclusion_check(real_of(vector, "leafIdx"),
		   real_of(vector, "treeSize"), &leaf, &path, &root);
}

static bool accepts_consistency(const json_t *vector)
{
	struct kl_hash old_root, new_root;
	struct kl_proof_path path;

	return read_hash(text_of(vector, "root1"), &old_root) &&
	       read_hash(text_of(vector, "root2"), &new_root) &&
	       read_path(member(vector, "proof"), &path) &&
	       !kl_consistency_check(real_of(vector, "size1"),
		   real_of(vector, "size2"), &old_root, &new_root, &path);
}

/* Good, but with roots that are no SHA-256 values. vectors: "about". */
static const char short_roots[] =
    "consistency/additional/sizes-are-equal-one-and-proof-is-empty.json";

static void check_proofs(
    const char *path, bool (*accepts)(const json_t *), size_t good_expected)
{
	json_t *file = json_load_file(path, JSON_DECODE_INT_AS_REAL, NULL);
	json_t *cases = member(file, "cases");
	size_t good = 0;

	assert_int_equal(json_array_size(cases), 98);
	for (size_t i = 0; i < json_array_size(cases); i++) {
		json_t *vector = json_array_get(cases, i);
		bool expected = !json_is_true(member(vector, "wantErr"));
		const char *name = text_of(vector, "file");

		if (strcmp(name, short_roots) == 0)
			expected = false;
		if (accepts(vector) != expected)
			fail_msg("%s: %s", name, text_of(vector, "desc"));
		good += expected;
	}
	assert_int_equal(good, good_expected);
	print_message(
	    "%s: %zu cases, %zu good\n", path, json_array_size(cases), good);
	json_decref(file);
}

static void checks_inclusion_as_others(void **state)
{
	(void)state;
	check_proofs(TLOG "merkle_inclusion.json", accepts_inclusion, 6);
}

static void checks_consistency_as_others(void **state)
{
	(void)state;
	check_proofs(TLOG "merkle_consistency.json", accepts_consistency, 5);
}

/* --- bounds --------------------------------------------------------------- */

static void refuses_what_no_proof_can_show(void **state)
{
	struct forest forest = make_golden(4);
	struct kl_tree_source source = source_of(&forest);
	struct kl_hash root = kl_merkle_root(forest.leaves, 4);
	struct kl_proof_path path = { 0 };
	struct kl_tree tree;

	(void)state;
	assert_int_equal(kl_inclusion_make(4, 4, &source, &path), KL_RANGE);
	assert_int_equal(kl_inclusion_make(0, 0, &source, &path), KL_RANGE);
	assert_int_equal(
	    kl_inclusion_make(0, KL_TREE_SIZE_MAX + 1, &source, &path),
	    KL_RANGE);
	assert_int_equal(
	    kl_inclusion_check(4, 4, &root, &path, &root), KL_RANGE);
	assert_int_equal(kl_consistency_make(0, 4, &source, &path), KL_RANGE);
	assert_int_equal(kl_consistency_make(5, 4, &source, &path), KL_RANGE);
	assert_int_equal(
	    kl_consistency_check(0, 0, &root, &root, &path), KL_RANGE);
	assert_int_equal(
	    kl_consistency_check(5, 4, &root, &root, &path), KL_RANGE);
	assert_int_equal(
	    kl_tree_read(KL_TREE_SIZE_MAX + 1, "", 0, &tree), KL_RANGE);
	assert_int_equal(kl_inclusion_make(0, 8, &source, &path), KL_RANGE);
	free(forest.leaves);
}

static void loads_a_tree_from_its_subtrees(void **state)
{
	struct forest forest = make_golden(SMALL_MAX);
	struct kl_tree_source source = source_of(&forest);
	struct kl_tree tree;

	(void)state;
	for (size_t size = 0; size <= SMALL_MAX; size++) {
		struct kl_hash root = kl_merkle_root(forest.leaves, size);
		struct kl_hash loaded;

		assert_int_equal(kl_tree_load(size, &source, &tree), KL_OK);
		loaded = kl_tree_root(&tree);
		assert_true(kl_hash_equal(&root, &loaded));
	}
	assert_int_equal(kl_tree_load(SMALL_MAX + 2, &source, &tree), KL_RANGE);
	free(forest.leaves);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_the_hashes_of_the_rfc),
		cmocka_unit_test(knows_single_hashes_and_nodes),
		cmocka_unit_test(accumulates_subtrees),
		cmocka_unit_test(accumulates_subtrees_of_trees),
		cmocka_unit_test(checks_inclusion_as_others),
		cmocka_unit_test(checks_consistency_as_others),
		cmocka_unit_test(refuses_what_no_proof_can_show),
		cmocka_unit_test(loads_a_tree_from_its_subtrees),
	};

	return cmocka_run_group_tests_name("kl_merkle", tests, NULL, NULL);
}
