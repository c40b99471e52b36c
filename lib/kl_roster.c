#include "kl_roster.h"

#include "kl_walk.h"

static const char order_why[] = "the ids do not ascend";

/* --- roster.txt ----------------------------------------------------------- */

static void walk_entries(struct kl_walk *walk, struct kl_roster *roster)
{
	struct kl_span last = { 0 };
	uint64_t units = 0;

	for (size_t i = 0; i < roster->count && kl_walk_on(walk); i++) {
		struct kl_entry entry = { 0 };
		size_t weight;

		if (!walk->reading)
			entry = roster->entries[i];
		weight = entry.weight;
		kl_walk_word(walk, "entry");
		kl_walk_token(walk, &entry.id);
		kl_walk_require(
		    walk, kl_span_compare(last, entry.id) < 0, order_why);
		kl_walk_count(walk, &weight, 1, KL_WEIGHT_MAX);
		entry.weight = (uint32_t)weight;
		units += weight;
		kl_walk_require(walk, units <= KL_UNITS_MAX,
		    "the weights add up to over 1,000,000");
		kl_walk_end_line(walk);
		kl_walk_keep(walk, &roster->memory, &entry, sizeof(entry));
		last = entry.id;
	}
}

static void walk_roster(struct kl_walk *walk, struct kl_roster *roster)
{
	kl_walk_kind(walk, "roster");
	kl_walk_token_line(walk, "draw", &roster->draw);
	kl_walk_count_line(walk, "entries", &roster->count, 1, KL_ENTRIES_MAX);
	walk_entries(walk, roster);
}

enum kl_result kl_roster_read(struct kl_roster *roster, const char *text,
    size_t size, struct kl_fault *fault)
{
	struct kl_walk walk = kl_walk_read(text, size);
	struct kl_roster read = {
		.memory = KL_BUF(KL_ENTRIES_MAX * sizeof(struct kl_entry)),
	};

	walk_roster(&walk, &read);
	if (kl_walk_end(&walk, fault)) {
		kl_roster_clear(&read);
		return walk.result;
	}
	read.entries = (const struct kl_entry *)read.memory.data;
	*roster = read;
	return KL_OK;
}

enum kl_result kl_roster_write(
    const struct kl_roster *roster, struct kl_buf *out)
{
	struct kl_walk walk = kl_walk_write(out);
	struct kl_roster copy = *roster;

	walk_roster(&walk, &copy);
	return kl_walk_end(&walk, NULL);
}

void kl_roster_clear(struct kl_roster *roster)
{
	kl_buf_clear(&roster->memory);
	*roster = (struct kl_roster){ 0 };
}

const struct kl_entry *kl_roster_find(
    const struct kl_roster *roster, struct kl_span id)
{
	size_t first = 0, end = roster->count;

	while (first < end) {
		size_t middle = first + (end - first) / 2;
		const struct kl_entry *entry = &roster->entries[middle];
		int order = kl_span_compare(id, entry->id);

		if (order == 0)
			return entry;
		if (order < 0)
			end = middle;
		else
			first = middle + 1;
	}
	return NULL;
}

/* --- names.txt ------------------------------------------------------------ */

static void walk_names(struct kl_walk *walk, struct kl_names *names)
{
	struct kl_span last = { 0 };
	size_t i;

	for (i = 0; kl_walk_more_lines(walk, i, names->count); i++) {
		struct kl_named entry = { 0 };

		kl_walk_require(
		    walk, i < KL_ENTRIES_MAX, "more than 100,000 names");
		if (!walk->reading && kl_walk_on(walk))
			entry = names->entries[i];
		kl_walk_token(walk, &entry.id);
		kl_walk_require(
		    walk, kl_span_compare(last, entry.id) < 0, order_why);
		kl_walk_name(walk, &entry.name);
		kl_walk_end_line(walk);
		kl_walk_keep(walk, &names->memory, &entry, sizeof(entry));
		last = entry.id;
	}
	kl_walk_require(walk, i > 0, "there is no name");
	names->count = i;
}

enum kl_result kl_names_read(struct kl_names *names, const char *text,
    size_t size, struct kl_fault *fault)
{
	struct kl_walk walk = kl_walk_read(text, size);
	struct kl_names read = {
		.memory = KL_BUF(KL_ENTRIES_MAX * sizeof(struct kl_named)),
	};

	walk_names(&walk, &read);
	if (kl_walk_end(&walk, fault)) {
		kl_names_clear(&read);
		return walk.result;
	}
	read.entries = (const struct kl_named *)read.memory.data;
	*names = read;
	return KL_OK;
}

enum kl_result kl_names_write(const struct kl_names *names, struct kl_buf *out)
{
	struct kl_walk walk = kl_walk_write(out);
	struct kl_names copy = *names;

	walk_names(&walk, &copy);
	return kl_walk_end(&walk, NULL);
}

void kl_names_clear(struct kl_names *names)
{
	kl_buf_clear(&names->memory);
	*names = (struct kl_names){ 0 };
}

/* --- excluded.txt --------------------------------------------------------- */

static void walk_exclusions(struct kl_walk *walk, struct kl_excluded *excluded)
{
	struct kl_span last = { 0 };

	for (size_t i = 0; i < excluded->count && kl_walk_on(walk); i++) {
		struct kl_exclusion entry = { 0 };

		if (!walk->reading)
			entry = excluded->entries[i];
		kl_walk_word(walk, "exclude");
		kl_walk_token(walk, &entry.id);
		kl_walk_require(
		    walk, kl_span_compare(last, entry.id) < 0, order_why);
		kl_walk_token(walk, &entry.reason);
		kl_walk_maybe_hash(walk, &entry.has_evidence, &entry.evidence);
		kl_walk_end_line(walk);
		kl_walk_keep(walk, &excluded->memory, &entry, sizeof(entry));
		last = entry.id;
	}
}

static void walk_excluded(struct kl_walk *walk, struct kl_excluded *excluded)
{
	kl_walk_kind(walk, "excluded");
	kl_walk_token_line(walk, "draw", &excluded->draw);
	kl_walk_count_line(
	    walk, "entries", &excluded->count, 0, KL_ENTRIES_MAX);
	walk_exclusions(walk, excluded);
}

enum kl_result kl_excluded_read(struct kl_excluded *excluded, const char *text,
    size_t size, struct kl_fault *fault)
{
	struct kl_walk walk = kl_walk_read(text, size);
	struct kl_excluded read = {
		.memory = KL_BUF(KL_ENTRIES_MAX * sizeof(struct kl_exclusion)),
	};

	walk_excluded(&walk, &read);
	if (kl_walk_end(&walk, fault)) {
		kl_excluded_clear(&read);
		return walk.result;
	}
	read.entries = (const struct kl_exclusion *)read.memory.data;
	*excluded = read;
	return KL_OK;
}

enum kl_result kl_excluded_write(
    const struct kl_excluded *excluded, struct kl_buf *out)
{
	struct kl_walk walk = kl_walk_write(out);
	struct kl_excluded copy = *excluded;

	walk_excluded(&walk, &copy);
	return kl_walk_end(&walk, NULL);
}

void kl_excluded_clear(struct kl_excluded *excluded)
{
	kl_buf_clear(&excluded->memory);
	*excluded = (struct kl_excluded){ 0 };
}
