/* bench_append.c -- entries into the tree of a log, against plain hashing. */
#include "kl_leaf.h"
#include "kl_merkle.h"
#include "peer.h"

#include <sodium.h>

enum { ENTRY_SIZE = 200 };

/* Each entry is another one. */
static void number(uint8_t entry[static ENTRY_SIZE], uint64_t index)
{
	memcpy(entry, &index, sizeof(index));
}

static double append_s(uint64_t count, struct kl_hash *root)
{
	struct kl_hash formed[KL_TILE_LEVELS];
	uint8_t entry[ENTRY_SIZE] = { 0 };
	struct kl_tree tree = { 0 };
	double from = peer_now_s();

	for (uint64_t i = 0; i < count; i++) {
		struct kl_hash leaf;

		number(entry, i);
		leaf = kl_leaf_hash(entry, sizeof(entry));
		kl_tree_append(&tree, &leaf, formed);
	}
	*root = kl_tree_root(&tree);
	return peer_now_s() - from;
}

/* A leaf and a node for each entry, which is what a tree of them takes. */
static double sodium_s(uint64_t count)
{
	uint8_t entry[1 + ENTRY_SIZE] = { 0 };
	uint8_t node[1 + 2 * KL_HASH_SIZE] = { 1 };
	double from = peer_now_s();

	for (uint64_t i = 0; i < count; i++) {
		number(entry + 1, i);
		crypto_hash_sha256(node + 1, entry, sizeof(entry));
		crypto_hash_sha256(node + 1 + KL_HASH_SIZE, node, sizeof(node));
	}
	return peer_now_s() - from;
}

/* bench_append ENTRIES: seconds for that many of 200 bytes each; as JSON. */
int main(int count, char **args)
{
	uint64_t entries = count == 2 ? strtoull(args[1], NULL, 10) : 0;
	struct kl_hash root;
	char hex[KL_HASH_HEX];
	double append;

	if (entries == 0 || sodium_init() < 0)
		return 2;
	append = append_s(entries, &root);
	kl_hash_hex(&root, hex);
	printf("{\"append_s\": %.6f, \"sodium_s\": %.6f, \"root\": \"%s\"}\n",
	    append, sodium_s(entries), hex);
	return 0;
}
