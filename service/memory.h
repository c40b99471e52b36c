/* memory.h -- the rows the writer keeps at hand, and what a batch adds. */
#ifndef MEMORY_H
#define MEMORY_H

#include "kind.h"

struct memory;

/*
 * Rows by (kind, id). What a batch reads or changes is laid over the rest,
 * and becomes part of it when the batch is committed, or is forgotten. Only
 * the writer's thread uses it.
 */
struct memory *memory_open(size_t rows_max);
void memory_close(struct memory *memory); /* NULL is fine */

/* The row, or NULL. Valid until memory_keep() or memory_forget(). */
const void *memory_find(
    const struct memory *memory, const struct kind *kind, const char *id);

/* Lay `row` over what there is. Borrowed until the overlay ends. */
void memory_put(struct memory *memory, struct arena *arena,
    const struct kind *kind, const char *id, const void *row);

/* The overlay as it is now, and back to it. */
size_t memory_mark(const struct memory *memory);
void memory_undo(struct memory *memory, size_t mark);

/* Each row laid over since the last keep or forget, in order. */
typedef void memory_visitor(
    void *context, const struct kind *kind, const void *row);
void memory_visit(
    const struct memory *memory, memory_visitor *visit, void *context);

/* The batch is committed: copy the overlay. Beyond rows_max everything is
 * forgotten, to be read again. */
void memory_keep(struct memory *memory);

/* The batch failed: drop the overlay; with `all`, the rest too. */
void memory_forget(struct memory *memory, bool all);

#endif
