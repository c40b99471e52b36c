/* bench_draw.c -- tickets of a whole draw, against as many plain hashes. */
#include "kl_draw.h"
#include "peer.h"

enum { ENTRIES = 100000, WEIGHT = 10, ID_SIZE = 18 };

/* Ids like credit codes, ascending. */
static void make_entries(
    struct kl_entry entries[static ENTRIES], char ids[static ENTRIES][20])
{
	for (size_t i = 0; i < ENTRIES; i++) {
		snprintf(ids[i], sizeof(ids[i]), "91369900%09zuX", i);
		entries[i].id = (struct kl_span){ ids[i], ID_SIZE };
		entries[i].weight = WEIGHT;
	}
}

/* Seconds of one kl_draw(); below zero if it failed. */
static double draw_s(
    const struct kl_entry entries[static ENTRIES], const struct kl_hash *seed)
{
	struct kl_roster roster = { .entries = entries, .count = ENTRIES };
	struct kl_ranking ranking;
	double from = peer_now_s(), took;

	if (kl_draw(&roster, seed, 1, 2, &ranking))
		return -1;
	took = peer_now_s() - from;
	kl_ranking_clear(&ranking);
	return took;
}

/* Seconds to hash as many tickets' texts as they stand. */
static double hash_s(
    const struct kl_entry entries[static ENTRIES], const struct kl_hash *seed)
{
	char text[256], hex[KL_HASH_HEX];
	struct kl_hash smallest, hash;
	double from = peer_now_s();

	kl_hash_hex(seed, hex);
	memset(&smallest, 0xff, sizeof(smallest));
	for (size_t i = 0; i < ENTRIES; i++)
		for (unsigned unit = 1; unit <= WEIGHT; unit++) {
			int size = snprintf(text, sizeof(text),
			    "klero/1 ticket\nseed %s\nentry %.*s\nunit %u\n",
			    hex, ID_SIZE, entries[i].id.at, unit);

			hash = kl_hash_of(text, (size_t)size);
			if (memcmp(&hash, &smallest, sizeof(hash)) < 0)
				smallest = hash;
		}
	return peer_now_s() - from;
}

/* bench_draw DRAWS: seconds of so many draws of 1,000,000 tickets each, the
 * most that a roster may have, and of hashing those of one; as JSON. */
int main(int count, char **args)
{
	static struct kl_entry entries[ENTRIES];
	static char ids[ENTRIES][20];
	struct kl_hash seed = kl_hash_of("bench", 5);
	int draws = count == 2 ? atoi(args[1]) : 1;
	double draw = 0;

	make_entries(entries, ids);
	for (int i = 0; i < draws; i++) {
		double one = draw_s(entries, &seed);

		if (one < 0)
			return 1;
		draw += one;
	}
	printf("{\"draw_s\": %.6f, \"plain_s\": %.6f}\n", draw,
	    hash_s(entries, &seed));
	return 0;
}
