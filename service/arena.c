#include "arena.h"

#include "kl_hash.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Small pieces share a block; what is larger gets one of its own. Most requests
 * need no more than the first, which is of a size that malloc keeps at hand.
 */
enum {
	FIRST_SIZE = 960,
	BLOCK_SIZE = 4000,
	ALIGNMENT = alignof(max_align_t),
};

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	alignas(max_align_t) char bytes[];
};

static struct arena_block *block_make(size_t size)
{
	struct arena_block *block = malloc(sizeof(*block) + size);

	if (!block)
		abort();
	block->next = NULL;
	block->used = 0;
	block->size = size;
	return block;
}

/* Bytes of any content. */
static void *take(struct arena *arena, size_t size)
{
	struct arena_block *block = arena->blocks;
	void *bytes;

	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (size > BLOCK_SIZE / 2) {
		block = block_make(size);
		if (arena->blocks) { /* keep filling the one in use */
			block->next = arena->blocks->next;
			arena->blocks->next = block;
		} else {
			arena->blocks = block;
		}
	} else if (!block || block->size - block->used < size) {
		block = block_make(
		    block || size > FIRST_SIZE ? BLOCK_SIZE : FIRST_SIZE);
		block->next = arena->blocks;
		arena->blocks = block;
	}
	bytes = block->bytes + block->used;
	block->used += size;
	return bytes;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return memset(take(arena, size), 0, size);
}

char *arena_text(struct arena *arena, const char *bytes, size_t size)
{
	char *text = take(arena, size + 1);

	memcpy(text, bytes, size);
	text[size] = '\0';
	return text;
}

char *arena_copy(struct arena *arena, const char *text)
{
	return text ? arena_text(arena, text, strlen(text)) : NULL;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
	char *text;
	int size;
	va_list args;

	va_start(args, format);
	size = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (size < 0)
		abort();
	text = take(arena, (size_t)size + 1);
	va_start(args, format);
	vsnprintf(text, (size_t)size + 1, format, args);
	va_end(args);
	return text;
}

char *arena_hex(struct arena *arena, const void *bytes, size_t size)
{
	char *hex = take(arena, 2 * size + 1);

	kl_hex(bytes, size, hex);
	return hex;
}

void arena_clear(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *next = arena->blocks->next;

		free(arena->blocks);
		arena->blocks = next;
	}
}

void *arena_malloc(size_t size)
{
	void *memory = malloc(size);

	if (!memory)
		abort();
	return memory;
}
