/* finder.h -- listings to shop in, kept in memory and renewed as they change.
 */
#ifndef FINDER_H
#define FINDER_H

#include "config.h"
#include "kl_search.h"
#include "kl_tally.h"
#include "request.h"

/*
 * What can be found: every listing that is published, of an institution that is
 * active. A thread of its own makes the index anew when listings, categories or
 * institutions have changed, and puts it in the place of the one before: it is
 * asked without a lock and without a database. What was published a moment ago
 * is not in it yet: `size` says up to where of the log it goes.
 */
struct found_index {
	struct kl_search search;
	uint64_t size; /* entries of the log that it knows of */
	/* What is shown of each item: a JSON object; size_t where it begins,
	 * and where the last one ends. */
	struct kl_buf texts, starts;
	struct kl_buf ids;       /* of the items, each with a NUL */
	struct kl_offers offers; /* what they come to */
};

/* Of each qualification that counts an item has two marks: its kind, and its
 * kind, this and its level. */
#define FINDER_LEVEL "\x1f"

/* False on failure, which is in the diary. Borrows `config`. */
bool finder_start(const struct config *config) MUST_CHECK;

/* Twice is harmless. */
void finder_stop(void);

/* The index as it is now, to be given back; NULL before there is one. Any
 * thread. */
const struct found_index *finder_take(void);
void finder_give(const struct found_index *index);

/* Read all of it in one snapshot, on a connection of the reader. The index is
 * to be freed with finder_free(). In finder_read.c.
 * ERR_BUSY ERR_DATABASE ERR_INTERNAL */
enum error finder_read(struct db *db, struct found_index **index) MUST_CHECK;
void finder_free(struct found_index *index); /* NULL is fine */
extern const struct db_statement *const finder_statements[];

/* What is shown of an item; borrowed. */
const char *finder_text(
    const struct found_index *index, size_t item, size_t *size);

#endif
