#include "kl_merkle.h"

#include <string.h>

/* --- hashes --------------------------------------------------------------- */

struct kl_hash kl_leaf_hash(const void *entry, size_t size)
{
	struct kl_hasher hasher;

	kl_hasher_init(&hasher);
	kl_hasher_add(&hasher, &(uint8_t){ 0x00 }, 1);
	kl_hasher_add(&hasher, entry, size);
	return kl_hasher_end(&hasher);
}

struct kl_hash kl_node_hash(
    const struct kl_hash *left, const struct kl_hash *right)
{
	struct kl_hasher hasher;

	kl_hasher_init(&hasher);
	kl_hasher_add(&hasher, &(uint8_t){ 0x01 }, 1);
	kl_hasher_add(&hasher, left->bytes, sizeof(left->bytes));
	kl_hasher_add(&hasher, right->bytes, sizeof(right->bytes));
	return kl_hasher_end(&hasher);
}

struct kl_hash kl_merkle_root(const struct kl_hash leaves[], size_t count)
{
	struct kl_hash formed[KL_TILE_LEVELS];
	struct kl_tree tree = { 0 };

	for (size_t i = 0; i < count; i++)
		kl_tree_append(&tree, &leaves[i], formed);
	return kl_tree_root(&tree);
}

/* --- a tree that grows ---------------------------------------------------- */

size_t kl_tree_peaks(uint64_t size)
{
	size_t count = 0;

	for (; size > 0; size &= size - 1)
		count++;
	return count;
}

size_t kl_tree_append(struct kl_tree *tree, const struct kl_hash *leaf,
    struct kl_hash formed[static KL_TILE_LEVELS])
{
	size_t peaks = kl_tree_peaks(tree->size);
	struct kl_hash hash = *leaf;
	size_t count = 0;

	formed[count++] = hash;
	for (unsigned level = 0; tree->size >> level & 1;) {
		hash = kl_node_hash(&tree->peaks[--peaks], &hash);
		if (++level % 8 == 0)
			formed[count++] = hash;
	}
	tree->peaks[peaks] = hash;
	tree->size++;
	return count;
}

struct kl_hash kl_tree_root(const struct kl_tree *tree)
{
	size_t peaks = kl_tree_peaks(tree->size);
	struct kl_hash hash;

	if (peaks == 0)
		return kl_hash_of(NULL, 0);
	hash = tree->peaks[--peaks];
	while (peaks > 0)
		hash = kl_node_hash(&tree->peaks[--peaks], &hash);
	return hash;
}

size_t kl_tree_write(
    const struct kl_tree *tree, uint8_t bytes[static KL_TREE_BYTES_MAX])
{
	size_t size = kl_tree_peaks(tree->size) * KL_HASH_SIZE;

	memcpy(bytes, tree->peaks, size);
	return size;
}

enum kl_result kl_tree_read(
    uint64_t size, const void *bytes, size_t bytes_size, struct kl_tree *tree)
{
	if (size > KL_TREE_SIZE_MAX)
		return KL_RANGE;
	if (bytes_size != kl_tree_peaks(size) * KL_HASH_SIZE)
		return KL_MALFORMED;
	*tree = (struct kl_tree){ .size = size };
	if (bytes_size > 0)
		memcpy(tree->peaks, bytes, bytes_size);
	return KL_OK;
}

/* Leaves from `start` to before `end`; start is where such a subtree can. */
struct range {
	uint64_t start, end;
};

/* The perfect subtrees of a range, the largest first. */
static enum kl_result load_range(const struct kl_tree_source *source,
    struct range range, struct kl_tree *tree)
{
	struct kl_tree loaded = { .size = range.end - range.start };
	size_t peaks = 0;

	for (unsigned level = KL_TREE_PEAKS_MAX; level-- > 0;) {
		enum kl_result result;

		if (!(loaded.size >> level & 1))
			continue;
		result = source->get(source->context, level,
		    range.start >> level, &loaded.peaks[peaks++]);
		if (result)
			return result;
		range.start += UINT64_C(1) << level;
	}
	*tree = loaded;
	return KL_OK;
}

enum kl_result kl_tree_load(
    uint64_t size, const struct kl_tree_source *source, struct kl_tree *tree)
{
	if (size > KL_TREE_SIZE_MAX)
		return KL_RANGE;
	return load_range(source, (struct range){ 0, size }, tree);
}

/* --- checking proofs ------------------------------------------------------ */

/*
 * A walk from a leaf or an inner node up to the root. RFC 9162 §2.1.3.2 and
 * §2.1.4.2: `at` is where we are in our level, `last` where the level ends.
 */
struct walk {
	uint64_t at, last;
};

/* Up to the first level where we have a left neighbour. */
static void climb(struct walk *walk)
{
	while (walk->at != 0 && (walk->at & 1) == 0) {
		walk->at >>= 1;
		walk->last >>= 1;
	}
}

enum kl_result kl_inclusion_check(uint64_t index, uint64_t size,
    const struct kl_hash *leaf, const struct kl_proof_path *path,
    const struct kl_hash *root)
{
	struct walk walk = { index, size - 1 };
	struct kl_hash hash = *leaf;

	if (index >= size)
		return KL_RANGE;
	for (size_t i = 0; i < path->count; i++) {
		if (walk.last == 0)
			return KL_MISMATCH;
		if ((walk.at & 1) != 0 || walk.at == walk.last) {
			hash = kl_node_hash(&path->hashes[i], &hash);
			climb(&walk);
		} else {
			hash = kl_node_hash(&hash, &path->hashes[i]);
		}
		walk.at >>= 1;
		walk.last >>= 1;
	}
	return walk.last == 0 && kl_hash_equal(&hash, root) ? KL_OK
							    : KL_MISMATCH;
}

/* Rebuild both roots from one path. */
static enum kl_result check_both(struct walk walk, const struct kl_hash *first,
    const struct kl_hash hashes[], size_t count, const struct kl_hash *old_root,
    const struct kl_hash *new_root)
{
	struct kl_hash old = *first, new = *first;

	for (size_t i = 0; i < count; i++) {
		if (walk.last == 0)
			return KL_MISMATCH;
		if ((walk.at & 1) != 0 || walk.at == walk.last) {
			old = kl_node_hash(&hashes[i], &old);
			new = kl_node_hash(&hashes[i], &new);
			climb(&walk);
		} else {
			new = kl_node_hash(&new, &hashes[i]);
		}
		walk.at >>= 1;
		walk.last >>= 1;
	}
	if (walk.last != 0 || !kl_hash_equal(&old, old_root) ||
	    !kl_hash_equal(&new, new_root))
		return KL_MISMATCH;
	return KL_OK;
}

enum kl_result kl_consistency_check(uint64_t old_size, uint64_t new_size,
    const struct kl_hash *old_root, const struct kl_hash *new_root,
    const struct kl_proof_path *path)
{
	struct walk walk = { old_size - 1, new_size - 1 };

	if (old_size == 0 || old_size > new_size)
		return KL_RANGE;
	if (old_size == new_size)
		return path->count == 0 && kl_hash_equal(old_root, new_root)
			   ? KL_OK
			   : KL_MISMATCH;
	while ((walk.at & 1) != 0) {
		walk.at >>= 1;
		walk.last >>= 1;
	}
	/* The old tree is one perfect subtree: its root is where we start. */
	if ((old_size & (old_size - 1)) == 0)
		return check_both(walk, old_root, path->hashes, path->count,
		    old_root, new_root);
	if (path->count == 0)
		return KL_MISMATCH;
	return check_both(walk, &path->hashes[0], path->hashes + 1,
	    path->count - 1, old_root, new_root);
}

/* --- making proofs -------------------------------------------------------- */

/* The largest power of two below `count` ≥ 2. RFC 6962 §2.1. */
static uint64_t split(uint64_t count)
{
	return UINT64_C(1) << (63 - __builtin_clzll(count - 1));
}

static enum kl_result hash_range(const struct kl_tree_source *source,
    struct range range, struct kl_hash *hash)
{
	struct kl_tree tree;
	enum kl_result result = load_range(source, range, &tree);

	if (!result)
		*hash = kl_tree_root(&tree);
	return result;
}

static void reverse(struct kl_proof_path *path)
{
	for (size_t i = 0; i < path->count / 2; i++) {
		struct kl_hash hash = path->hashes[i];

		path->hashes[i] = path->hashes[path->count - 1 - i];
		path->hashes[path->count - 1 - i] = hash;
	}
}

/*
 * Go down from the whole tree to `target`, a leaf or the part of an old tree
 * that ends where a subtree ends; collect the halves that are passed by.
 */
static enum kl_result descend(const struct kl_tree_source *source,
    struct range *whole, uint64_t target, bool to_leaf,
    struct kl_proof_path *path)
{
	while (to_leaf ? whole->end - whole->start > 1 : whole->end != target) {
		uint64_t middle =
		    whole->start + split(whole->end - whole->start);
		struct range left = { whole->start, middle };
		struct range right = { middle, whole->end };
		/* A leaf is named by its index, an old tree by its end. */
		bool go_left = to_leaf ? target < middle : target <= middle;
		enum kl_result result = hash_range(source,
		    go_left ? right : left, &path->hashes[path->count++]);

		if (result)
			return result;
		*whole = go_left ? left : right;
	}
	return KL_OK;
}

enum kl_result kl_inclusion_make(uint64_t index, uint64_t size,
    const struct kl_tree_source *source, struct kl_proof_path *path)
{
	struct range whole = { 0, size };
	struct kl_proof_path made = { 0 };
	enum kl_result result;

	if (size > KL_TREE_SIZE_MAX || index >= size)
		return KL_RANGE;
	result = descend(source, &whole, index, true, &made);
	if (result)
		return result;
	reverse(&made);
	*path = made;
	return KL_OK;
}

enum kl_result kl_consistency_make(uint64_t old_size, uint64_t new_size,
    const struct kl_tree_source *source, struct kl_proof_path *path)
{
	struct range whole = { 0, new_size };
	struct kl_proof_path made = { 0 };
	enum kl_result result;

	if (new_size > KL_TREE_SIZE_MAX || old_size == 0 || old_size > new_size)
		return KL_RANGE;
	result = descend(source, &whole, old_size, false, &made);
	/* What is left both trees have; an old tree itself is known. */
	if (!result && whole.start != 0)
		result = hash_range(source, whole, &made.hashes[made.count++]);
	if (result)
		return result;
	reverse(&made);
	*path = made;
	return KL_OK;
}
