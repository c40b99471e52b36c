/* imports.h -- files of categories, approval items and listings. */
#ifndef IMPORTS_H
#define IMPORTS_H

#include "act.h"
#include "sheet.h"

/* States: staged → applied, all of it at once. */
struct import {
	struct object object;
	const char *target;       /* approval_items, categories, listings */
	const char *format;       /* csv, xlsx */
	const char *file_digest;  /* SHA-256 of the file */
	uint64_t file_size;       /* bytes */
	const char *organisation; /* who brought it */
	/* When it was staged, then when it was applied. */
	uint64_t row_count, added_count, changed_count, same_count, bad_count;
	int64_t staged_at;
};
extern struct kind import_kind;

/* What rows become. All may be called of a worker, too, but `add` and
 * `change`. */
struct import_target {
	const char *name;
	struct kind *kind;
	/* What no two rows of a file may both have; NULL: their id. */
	const char *(*key)(struct request *request, const void *row);
	/* The object a row is about; NULL: that of its id. ERR_NOT_FOUND */
	enum error (*find)(
	    struct request *request, const void *row, const void **now);
	/* Is it sound? `now` is NULL for a new one. What is wrong is told. */
	enum error (*check)(
	    struct request *request, void *row, const void *now);
	enum event added, changed;
	/* Before it is added, or changed: what only the service says. NULL:
	 * nothing. `number` is of the row. */
	enum error (*complete)(
	    struct request *request, void *row, const void *now, size_t number);
};
extern const struct import_target category_target, approval_item_target,
    listing_target;

enum import_what { IMPORT_ADDED, IMPORT_CHANGED, IMPORT_SAME, IMPORT_BAD };

/* What is not there yet has this for an id and a state. */
#define IMPORT_NO_ID "-"

struct import_row {
	size_t line;
	enum import_what what;
	void *row;       /* as it would be */
	const void *now; /* as it is, or NULL */
	const struct complaint *faults;
	size_t fault_count;
};

struct import_plan {
	const struct import_target *target;
	struct import_row *rows;
	size_t count;
	size_t counts[IMPORT_BAD + 1];
	struct kl_hash digest; /* of what would be done, and to what */
};

/*
 * What a file would do, as things are in the snapshot; every row is looked at
 * (imports_plan.c). Of a worker.
 * ERR_INVALID   it has no rows, or no columns we know: told
 * ERR_BUSY ERR_DATABASE
 */
enum error import_plan(struct request *request,
    const struct import_target *target, const struct sheet *sheet,
    struct import_plan *plan) MUST_CHECK;

#endif
