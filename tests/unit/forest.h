/* forest.h -- a tree of the log held whole, and digests over its proofs. */
#ifndef FOREST_H
#define FOREST_H

#include "kl_merkle.h"
#include "vectors.h"

enum { SMALL_MAX = 130, LEAVES_MAX = 70000 };

/* A tree held whole: a source of every perfect subtree's hash. */
struct forest {
	struct kl_hash *leaves;
	size_t count, first; /* `first` is where index 0 of the source is */
};

static inline enum kl_result get_subtree(
    void *context, unsigned level, uint64_t index, struct kl_hash *hash)
{
	const struct forest *forest = context;
	size_t width = (size_t)1 << level;
	size_t start = forest->first + (size_t)index * width;

	if (start + width > forest->count)
		return KL_RANGE; /* a proof asks only for what is there */
	*hash = kl_merkle_root(forest->leaves + start, width);
	return KL_OK;
}

static inline struct forest make_golden(size_t count)
{
	struct forest forest = { malloc(count * sizeof(struct kl_hash)), count,
		0 };
	char entry[ENTRY_MAX];

	assert_non_null(forest.leaves);
	for (size_t i = 0; i < count; i++)
		forest.leaves[i] = kl_leaf_hash(entry, golden_entry(i, entry));
	return forest;
}

/* Leaf i is the byte i. */
static inline struct forest make_bytes(size_t count)
{
	struct forest forest = make_golden(count);

	for (size_t i = 0; i < count; i++)
		forest.leaves[i] = kl_leaf_hash(&(uint8_t){ (uint8_t)i }, 1);
	return forest;
}

static inline struct kl_tree_source source_of(struct forest *forest)
{
	return (struct kl_tree_source){ get_subtree, forest };
}

/* Add the hashes of a path to a digest over many lines, and the line's end. */
static inline void add_path(
    struct kl_hasher *hasher, const struct kl_proof_path *path)
{
	char hex[KL_HASH_HEX];

	for (size_t i = 0; i < path->count; i++) {
		kl_hash_hex(&path->hashes[i], hex);
		kl_hasher_add_text(hasher, " ");
		kl_hasher_add_text(hasher, hex);
	}
	kl_hasher_add_text(hasher, "\n");
}

static inline void assert_digest(
    struct kl_hasher *hasher, const json_t *accumulator)
{
	struct kl_hash digest = kl_hasher_end(hasher);

	assert_hash(&digest, text_of(accumulator, "sha256"));
}

#endif
