#include "kl_draw.h"

#include <stdlib.h>
#include <string.h>

enum { UNIT_TEXT = 12 };

/* --- tickets -------------------------------------------------------------- */

/* All of a ticket that does not depend on the entry. */
static struct kl_hasher hash_seed(const struct kl_hash *seed)
{
	struct kl_hasher hasher;
	char hex[KL_HASH_HEX];

	kl_hash_hex(seed, hex);
	kl_hasher_init(&hasher);
	kl_hasher_add_text(&hasher, "klero/1 ticket\nseed ");
	kl_hasher_add_text(&hasher, hex);
	kl_hasher_add_text(&hasher, "\nentry ");
	return hasher;
}

/* … and all that does not depend on the unit. */
static struct kl_hasher hash_entry(
    const struct kl_hasher *seed, struct kl_span id)
{
	struct kl_hasher hasher = *seed;

	kl_hasher_add(&hasher, id.at, id.size);
	kl_hasher_add_text(&hasher, "\nunit ");
	return hasher;
}

static struct kl_hash hash_unit(const struct kl_hasher *entry, uint32_t unit)
{
	struct kl_hasher hasher = *entry;
	char text[UNIT_TEXT];
	size_t at = sizeof(text);

	text[--at] = '\n';
	do {
		text[--at] = (char)('0' + unit % 10);
		unit /= 10;
	} while (unit > 0);
	kl_hasher_add(&hasher, text + at, sizeof(text) - at);
	return kl_hasher_end(&hasher);
}

static struct kl_hash smallest(
    const struct kl_hasher *seed, const struct kl_entry *entry)
{
	struct kl_hasher hasher = hash_entry(seed, entry->id);
	struct kl_hash least = hash_unit(&hasher, 1);

	for (uint32_t unit = 2; unit <= entry->weight; unit++) {
		struct kl_hash ticket = hash_unit(&hasher, unit);

		if (memcmp(ticket.bytes, least.bytes, KL_HASH_SIZE) < 0)
			least = ticket;
	}
	return least;
}

struct kl_hash kl_ticket(
    const struct kl_hash *seed, struct kl_span id, uint32_t unit)
{
	struct kl_hasher prefix = hash_seed(seed);
	struct kl_hasher entry = hash_entry(&prefix, id);

	return hash_unit(&entry, unit);
}

struct kl_hash kl_ticket_smallest(
    const struct kl_hash *seed, const struct kl_entry *entry)
{
	struct kl_hasher prefix = hash_seed(seed);

	return smallest(&prefix, entry);
}

/* --- ranks and roles ------------------------------------------------------ */

static bool is_drawable(
    const struct kl_roster *roster, size_t select, size_t alternates)
{
	uint64_t units = 0;

	if (roster->count < 1 || roster->count > KL_ENTRIES_MAX || select < 1 ||
	    select > KL_SELECT_MAX || select > roster->count ||
	    alternates > KL_SELECT_MAX)
		return false;
	for (size_t i = 0; i < roster->count; i++) {
		units += roster->entries[i].weight;
		if (roster->entries[i].weight < 1 ||
		    roster->entries[i].weight > KL_WEIGHT_MAX ||
		    units > KL_UNITS_MAX)
			return false;
	}
	return true;
}

/* What is sorted in place of a ranked entry: it fits the caches. */
struct key {
	uint64_t first; /* of the ticket */
	const struct kl_ranked *of;
};

static int by_rank(const void *left, const void *right)
{
	const struct key *one = left, *other = right;

	if (one->first != other->first)
		return one->first < other->first ? -1 : 1;
	return kl_ranked_compare(one->of, other->of);
}

/* All entries with their tickets, in the order of the roster. */
static void add_tickets(const struct kl_roster *roster,
    const struct kl_hash *seed, struct kl_buf *tickets)
{
	struct kl_hasher prefix = hash_seed(seed);

	for (size_t i = 0; i < roster->count; i++) {
		const struct kl_entry *entry = &roster->entries[i];
		struct kl_ranked one = {
			.ticket = smallest(&prefix, entry),
			.id = entry->id,
		};

		kl_buf_add(tickets, &one, sizeof(one));
	}
}

/* … and of their ranks; less than all of them without memory. */
static void add_ranked(
    const struct kl_buf *tickets, struct kl_buf *keys, struct kl_buf *ranked)
{
	const struct kl_ranked *entries =
	    (const struct kl_ranked *)tickets->data;
	size_t count = tickets->size / sizeof(*entries);
	struct key *sorted;

	for (size_t i = 0; i < count; i++) {
		struct key key = { kl_hash_first(&entries[i].ticket),
			&entries[i] };

		kl_buf_add(keys, &key, sizeof(key));
	}
	if (kl_buf_result(keys))
		return;
	sorted = (struct key *)keys->data;
	qsort(sorted, count, sizeof(*sorted), by_rank);
	for (size_t i = 0; i < count; i++)
		kl_buf_add(ranked, sorted[i].of, sizeof(*entries));
}

static void give_roles(
    struct kl_ranked ranked[], size_t count, size_t select, size_t alternates)
{
	for (size_t i = 0; i < count; i++) {
		if (i < select) {
			ranked[i].role = KL_SELECTED;
		} else if (i - select < alternates) {
			ranked[i].role = KL_ALTERNATE;
			ranked[i].alternate = (uint32_t)(i - select + 1);
		} else {
			ranked[i].role = KL_NOT_SELECTED;
		}
	}
}

enum kl_result kl_draw(const struct kl_roster *roster,
    const struct kl_hash *seed, size_t select, size_t alternates,
    struct kl_ranking *ranking)
{
	struct kl_buf tickets =
	    KL_BUF(KL_ENTRIES_MAX * sizeof(struct kl_ranked));
	struct kl_buf keys = KL_BUF(KL_ENTRIES_MAX * sizeof(struct key));
	struct kl_buf memory =
	    KL_BUF(KL_ENTRIES_MAX * sizeof(struct kl_ranked));
	struct kl_ranked *ranked;

	if (!is_drawable(roster, select, alternates))
		return KL_RANGE;
	add_tickets(roster, seed, &tickets);
	if (!kl_buf_result(&tickets))
		add_ranked(&tickets, &keys, &memory);
	kl_buf_clear(&tickets);
	kl_buf_clear(&keys);
	if (memory.size < roster->count * sizeof(*ranked)) {
		kl_buf_clear(&memory);
		return KL_NO_MEMORY;
	}
	ranked = (struct kl_ranked *)memory.data;
	give_roles(ranked, roster->count, select, alternates);
	*ranking = (struct kl_ranking){
		.seed = *seed,
		.entries = ranked,
		.count = roster->count,
		.memory = memory,
	};
	return KL_OK;
}
