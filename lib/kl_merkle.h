/* kl_merkle.h -- the hash tree of the log: append, root, proofs. RFC 6962. */
#ifndef KL_MERKLE_H
#define KL_MERKLE_H

#include "kl_hash.h"

enum {
	KL_TREE_PEAKS_MAX = 63,   /* perfect subtrees of a tree of any size */
	KL_PROOF_HASHES_MAX = 64, /* of either proof in a tree of any size */
	KL_TILE_LEVELS = 8,       /* levels of tiles a tree can have */
	KL_TREE_BYTES_MAX = KL_TREE_PEAKS_MAX * KL_HASH_SIZE,
};

/* No tree has more leaves: what a signed 64-bit number can count. */
#define KL_TREE_SIZE_MAX (UINT64_MAX / 2)

/* --- hashes --------------------------------------------------------------- */

/* SHA-256(0x00 || entry). RFC 6962 §2.1. */
struct kl_hash kl_leaf_hash(const void *entry, size_t size);

/* SHA-256(0x01 || left || right). */
struct kl_hash kl_node_hash(
    const struct kl_hash *left, const struct kl_hash *right);

/* The root over `count` leaf hashes; 0 leaves have SHA-256(""). */
struct kl_hash kl_merkle_root(const struct kl_hash leaves[], size_t count);

/* --- a tree that grows ---------------------------------------------------- */

/*
 * All that is needed to append and to know the root: the size, and the hash of
 * each perfect subtree (a "peak") that the size has a bit for, the largest
 * first. An empty tree is { 0 }.
 */
struct kl_tree {
	uint64_t size; /* leaves */
	struct kl_hash peaks[KL_TREE_PEAKS_MAX];
};

/*
 * Append one leaf. A hash is formed for every perfect subtree it completes;
 * those that stand in tiles come back: formed[L] is the next hash of the tile
 * level L, for L from 0 below the returned count (1 at least). It belongs at
 * index `old size >> 8 * L` of that level. The tree must be smaller than
 * KL_TREE_SIZE_MAX.
 */
size_t kl_tree_append(struct kl_tree *tree, const struct kl_hash *leaf,
    struct kl_hash formed[static KL_TILE_LEVELS]);

struct kl_hash kl_tree_root(const struct kl_tree *tree);

/* How many peaks a tree of this size has. */
size_t kl_tree_peaks(uint64_t size);

/* The peaks as bytes, the largest first. Returns how many bytes. */
size_t kl_tree_write(
    const struct kl_tree *tree, uint8_t bytes[static KL_TREE_BYTES_MAX]);

/*
 * The tree of this size whose kl_tree_write() gave these bytes.
 *
 * KL_MALFORMED   not the bytes for this size
 * KL_RANGE       size over KL_TREE_SIZE_MAX
 */
enum kl_result kl_tree_read(uint64_t size, const void *bytes, size_t bytes_size,
    struct kl_tree *tree) KL_MUST_CHECK;

/* --- proofs --------------------------------------------------------------- */

/* The hashes of an inclusion or a consistency proof, in RFC 6962's order. */
struct kl_proof_path {
	size_t count;
	struct kl_hash hashes[KL_PROOF_HASHES_MAX];
};

/*
 * Where hashes come from when a proof is made: `get` gives the hash over the
 * 2^level leaves from index * 2^level on, all of them in the tree, and may
 * fail with a result of its own. kl_tile.h says which tile holds it.
 */
struct kl_tree_source {
	enum kl_result (*get)(void *context, unsigned level, uint64_t index,
	    struct kl_hash *hash);
	void *context;
};

/*
 * Is `leaf` the leaf number `index` of the tree with this size and root?
 * RFC 9162 §2.1.3.2.
 *
 * KL_RANGE      index is not below size
 * KL_MISMATCH   too many hashes, too few, or another root comes out
 */
enum kl_result kl_inclusion_check(uint64_t index, uint64_t size,
    const struct kl_hash *leaf, const struct kl_proof_path *path,
    const struct kl_hash *root) KL_MUST_CHECK;

/*
 * Is the old tree the beginning of the new one? RFC 9162 §2.1.4.2. From an
 * empty tree nothing can be proved: that is the caller's own case.
 *
 * KL_RANGE      old_size is 0 or larger than new_size
 * KL_MISMATCH   as above; equal sizes with hashes or with different roots
 */
enum kl_result kl_consistency_check(uint64_t old_size, uint64_t new_size,
    const struct kl_hash *old_root, const struct kl_hash *new_root,
    const struct kl_proof_path *path) KL_MUST_CHECK;

/*
 * Make the proof that leaf `index` is in the tree of `size`. RFC 6962 §2.1.1.
 *
 * KL_RANGE   index is not below size, size over KL_TREE_SIZE_MAX
 * any other  from source->get
 */
enum kl_result kl_inclusion_make(uint64_t index, uint64_t size,
    const struct kl_tree_source *source,
    struct kl_proof_path *path) KL_MUST_CHECK;

/*
 * Make the proof that the tree of old_size is the beginning of that of
 * new_size; empty when they are equal. RFC 6962 §2.1.2.
 *
 * KL_RANGE   old_size is 0 or larger than new_size, or that is too large
 * any other  from source->get
 */
enum kl_result kl_consistency_make(uint64_t old_size, uint64_t new_size,
    const struct kl_tree_source *source,
    struct kl_proof_path *path) KL_MUST_CHECK;

/*
 * The tree of `size`, its peaks asked from `source`.
 *
 * KL_RANGE   size over KL_TREE_SIZE_MAX
 * any other  from source->get
 */
enum kl_result kl_tree_load(uint64_t size, const struct kl_tree_source *source,
    struct kl_tree *tree) KL_MUST_CHECK;

#endif
