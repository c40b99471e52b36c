#include "kl_ranking.h"

#include "kl_walk.h"

#include <stdio.h>
#include <string.h>

enum { ROLE_TEXT = 32 };

int kl_ranked_compare(
    const struct kl_ranked *left, const struct kl_ranked *right)
{
	int order = memcmp(
	    left->ticket.bytes, right->ticket.bytes, sizeof(left->ticket));

	return order ? order : kl_span_compare(left->id, right->id);
}

/* Roles follow the ranks: selected, then alternates, then not-selected. */
static bool follows(const struct kl_ranked *last, const struct kl_ranked *next)
{
	if (!last)
		return next->role == KL_SELECTED;
	return next->role >= last->role;
}

/*
 * Which alternate it is follows from the line before, so there is only one
 * word for an alternate that may stand here.
 */
static void walk_role(
    struct kl_walk *walk, const struct kl_ranked *last, struct kl_ranked *entry)
{
	bool goes_on = last && last->role == KL_ALTERNATE;
	unsigned next = goes_on ? last->alternate + 1 : 1;
	char alternate[ROLE_TEXT];
	const char *const words[] = {
		[KL_SELECTED] = "selected",
		[KL_ALTERNATE] = alternate,
		[KL_NOT_SELECTED] = "not-selected",
	};

	snprintf(alternate, sizeof(alternate), "alternate-%u", next);
	entry->role = (enum kl_role)kl_walk_choice(
	    walk, words, sizeof(words) / sizeof(*words), entry->role);
	if (entry->role != KL_ALTERNATE)
		next = 0;
	if (walk->reading)
		entry->alternate = next;
	kl_walk_require(walk, follows(last, entry) && entry->alternate == next,
	    "roles are selected, then alternate-1 …, then not-selected");
}

static void walk_ranked(struct kl_walk *walk, size_t rank,
    const struct kl_ranked *last, struct kl_ranked *entry)
{
	size_t number = rank;

	kl_walk_word(walk, "rank");
	kl_walk_count(walk, &number, rank, rank);
	kl_walk_hash(walk, &entry->ticket);
	kl_walk_token(walk, &entry->id);
	kl_walk_require(walk, !last || kl_ranked_compare(last, entry) < 0,
	    "the ranks do not ascend by ticket and id");
	walk_role(walk, last, entry);
	kl_walk_end_line(walk);
}

static void walk_ranking(struct kl_walk *walk, struct kl_ranking *ranking)
{
	struct kl_ranked last = { 0 };
	size_t i;

	kl_walk_kind(walk, "result");
	kl_walk_hash_line(walk, "seed", &ranking->seed);
	for (i = 0; kl_walk_more(walk, "rank", i, ranking->count); i++) {
		struct kl_ranked entry = { 0 };

		kl_walk_require(
		    walk, i < KL_ENTRIES_MAX, "more than 100,000 ranks");
		if (!walk->reading && kl_walk_on(walk))
			entry = ranking->entries[i];
		walk_ranked(walk, i + 1, i > 0 ? &last : NULL, &entry);
		kl_walk_keep(walk, &ranking->memory, &entry, sizeof(entry));
		last = entry;
	}
	kl_walk_require(walk, i > 0, "there is no rank");
	ranking->count = i;
}

enum kl_result kl_ranking_read(struct kl_ranking *ranking, const char *text,
    size_t size, struct kl_fault *fault)
{
	struct kl_walk walk = kl_walk_read(text, size);
	struct kl_ranking read = {
		.memory = KL_BUF(KL_ENTRIES_MAX * sizeof(struct kl_ranked)),
	};

	walk_ranking(&walk, &read);
	if (kl_walk_end(&walk, fault)) {
		kl_ranking_clear(&read);
		return walk.result;
	}
	read.entries = (const struct kl_ranked *)read.memory.data;
	*ranking = read;
	return KL_OK;
}

enum kl_result kl_ranking_write(
    const struct kl_ranking *ranking, struct kl_buf *out)
{
	struct kl_walk walk = kl_walk_write(out);
	struct kl_ranking copy = *ranking;

	walk_ranking(&walk, &copy);
	return kl_walk_end(&walk, NULL);
}

void kl_ranking_clear(struct kl_ranking *ranking)
{
	kl_buf_clear(&ranking->memory);
	*ranking = (struct kl_ranking){ 0 };
}
