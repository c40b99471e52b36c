/* arena.h -- memory that lives exactly as long as one request. */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

struct arena_block;

/* All zero is a valid, empty arena. Never copy one. */
struct arena {
	struct arena_block *blocks;
};

/* `size` zeroed bytes, aligned for anything. Aborts when out of memory. */
void *arena_alloc(struct arena *arena, size_t size);

/* Copies: NUL-terminated, owned by the arena. A copy of NULL is NULL. */
char *arena_text(struct arena *arena, const char *bytes, size_t size);
char *arena_copy(struct arena *arena, const char *text);
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The bytes as lower-case digits. */
char *arena_hex(struct arena *arena, const void *bytes, size_t size);

/* Frees everything handed out; the arena is empty and usable again. */
void arena_clear(struct arena *arena);

/*
 * malloc() that aborts when out of memory: a service manager starts another
 * daemon. For jansson, which else forgets some failures.
 */
void *arena_malloc(size_t size);

#endif
