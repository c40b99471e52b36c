/* table.h -- a row of a table, of a CSV file or a sheet, as a body of a kind.
 */
#ifndef TABLE_H
#define TABLE_H

#include "kind.h"

/* What is wrong with a row, in words of request_complain(). */
struct table_fault {
	size_t column;    /* from 0 */
	const char *code; /* form, formula */
	const char *zh, *en;
};

/* The member of a body that a column is named as; NULL for none. */
const struct member *table_member(const struct kind *kind, const char *name);

/*
 * The cells as a body of the members that the columns name: an empty
 * cell is a member that is left out, JSON stands in its cell as JSON. An
 * apostrophe before = + - @ or a tab, as kl_csv_add() writes it, is taken off,
 * and what would be a formula without one is refused.
 *
 * The body is the caller's, to json_decref(); NULL with `*fault`.
 */
json_t *table_body(const struct member *const columns[], char *const cells[],
    size_t count, struct table_fault *fault);

#endif
