/* column.h -- what a column of a table is called. */
#ifndef COLUMN_H
#define COLUMN_H

#include "arena.h"

/*
 * The head of a column, in the arena: for people its words, after them the
 * name that programs know it by: "名称 name". A name is that of a member, or
 * the way to one: of "fees/0/fee_fen/median" each part is said, and an index
 * counted from 1. Without words the name stands alone.
 */
const char *column_head(struct arena *arena, const char *name);

/* The name of a head: what follows its last blank. Borrows. */
const char *column_name(const char *head);

#endif
