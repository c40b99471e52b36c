#include "memory.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKETS_FIRST = 1024, OVER_BUCKETS = 1024, OVER_FIRST = 64 };

struct kept {
	struct kept *next;
	const struct kind *kind;
	uint64_t digest;
	void *row; /* begins with struct object, whose id is the key */
	char id[];
};

struct over {
	struct over *next;
	const struct kind *kind;
	uint64_t digest;
	const char *id;
	const void *row;
};

struct memory {
	struct kept **buckets;
	size_t bucket_count, count, rows_max;
	struct over *over[OVER_BUCKETS];
	struct over **order;
	size_t over_count, over_capacity;
};

static uint64_t digest_of(const struct kind *kind, const char *id)
{
	uint64_t digest = (uint64_t)(uintptr_t)kind;

	for (; *id; id++)
		digest = (digest ^ (uint8_t)*id) * UINT64_C(1099511628211);
	return digest ^ digest >> 32;
}

static void *must(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

struct memory *memory_open(size_t rows_max)
{
	struct memory *memory = must(calloc(1, sizeof(*memory)));

	memory->rows_max = rows_max;
	memory->bucket_count = BUCKETS_FIRST;
	memory->buckets = must(calloc(BUCKETS_FIRST, sizeof(*memory->buckets)));
	return memory;
}

static void empty(struct memory *memory)
{
	for (size_t i = 0; i < memory->bucket_count; i++) {
		while (memory->buckets[i]) {
			struct kept *next = memory->buckets[i]->next;

			free(memory->buckets[i]->row);
			free(memory->buckets[i]);
			memory->buckets[i] = next;
		}
	}
	memory->count = 0;
}

void memory_close(struct memory *memory)
{
	if (!memory)
		return;
	empty(memory);
	free(memory->buckets);
	free(memory->order);
	free(memory);
}

static struct kept *find_kept(const struct memory *memory,
    const struct kind *kind, const char *id, uint64_t digest)
{
	struct kept *at = memory->buckets[digest % memory->bucket_count];

	while (at && (at->digest != digest || at->kind != kind ||
			 strcmp(at->id, id) != 0))
		at = at->next;
	return at;
}

const void *memory_find(
    const struct memory *memory, const struct kind *kind, const char *id)
{
	uint64_t digest = digest_of(kind, id);
	const struct over *over = memory->over[digest % OVER_BUCKETS];
	const struct kept *kept;

	for (; over; over = over->next)
		if (over->digest == digest && over->kind == kind &&
		    strcmp(over->id, id) == 0)
			return over->row;
	kept = find_kept(memory, kind, id, digest);
	return kept ? kept->row : NULL;
}

void memory_put(struct memory *memory, struct arena *arena,
    const struct kind *kind, const char *id, const void *row)
{
	uint64_t digest = digest_of(kind, id);
	struct over **bucket = &memory->over[digest % OVER_BUCKETS];
	struct over *over = arena_alloc(arena, sizeof(*over));

	*over = (struct over){ *bucket, kind, digest, id, row };
	*bucket = over;
	if (memory->over_count == memory->over_capacity) {
		memory->over_capacity = memory->over_capacity
					    ? 2 * memory->over_capacity
					    : OVER_FIRST;
		memory->order = must(realloc(memory->order,
		    memory->over_capacity * sizeof(*memory->order)));
	}
	memory->order[memory->over_count++] = over;
}

size_t memory_mark(const struct memory *memory)
{
	return memory->over_count;
}

void memory_undo(struct memory *memory, size_t mark)
{
	while (memory->over_count > mark) {
		struct over *over = memory->order[--memory->over_count];

		/* Last in, first out: it is the head of its bucket. */
		memory->over[over->digest % OVER_BUCKETS] = over->next;
	}
}

void memory_visit(
    const struct memory *memory, memory_visitor *visit, void *context)
{
	for (size_t i = 0; i < memory->over_count; i++)
		visit(context, memory->order[i]->kind, memory->order[i]->row);
}

static void grow(struct memory *memory)
{
	size_t bucket_count = 2 * memory->bucket_count;
	struct kept **buckets = must(calloc(bucket_count, sizeof(*buckets)));

	for (size_t i = 0; i < memory->bucket_count; i++) {
		while (memory->buckets[i]) {
			struct kept *at = memory->buckets[i];

			memory->buckets[i] = at->next;
			at->next = buckets[at->digest % bucket_count];
			buckets[at->digest % bucket_count] = at;
		}
	}
	free(memory->buckets);
	memory->buckets = buckets;
	memory->bucket_count = bucket_count;
}

static void keep_one(struct memory *memory, const struct over *over)
{
	struct kept *kept =
	    find_kept(memory, over->kind, over->id, over->digest);
	size_t id_size = strlen(over->id) + 1;

	if (!kept) {
		struct kept **bucket;

		if (memory->count >= memory->bucket_count)
			grow(memory);
		bucket = &memory->buckets[over->digest % memory->bucket_count];
		kept = must(calloc(1, sizeof(*kept) + id_size));
		kept->kind = over->kind;
		kept->digest = over->digest;
		memcpy(kept->id, over->id, id_size);
		kept->next = *bucket;
		*bucket = kept;
		memory->count++;
	}
	free(kept->row);
	kept->row = kind_copy(over->kind, over->row, NULL);
}

void memory_keep(struct memory *memory)
{
	for (size_t i = 0; i < memory->over_count; i++)
		keep_one(memory, memory->order[i]);
	memory_forget(memory, memory->count > memory->rows_max);
}

void memory_forget(struct memory *memory, bool all)
{
	memory_undo(memory, 0);
	if (all)
		empty(memory);
}
