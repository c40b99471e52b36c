/* export.h -- a list as a table: CSV, or a sheet of a spreadsheet. */
#ifndef EXPORT_H
#define EXPORT_H

#include "kind.h"

#define EXPORT_CSV_TYPE "text/csv; charset=utf-8; header=present"

/* What ?format= says. */
enum export_format { EXPORT_JSON, EXPORT_CSV, EXPORT_XLSX };

enum { EXPORT_ROWS_MAX = 5000 }; /* of one answer; a cursor leads on */

/* A list whose items are of no kind: what its route names (route.h). */
struct export_table {
	const char *file;           /* a file of it is called so */
	const char *const *columns; /* of column.h, from an item on; ends with
				       NULL */
	const char *cursor; /* the query that asks for the next page; NULL: it
			       is told all at once */
};

/* What ?format= wants; JSON without. ERR_INVALID */
enum error export_read(
    struct request *request, enum export_format *format) MUST_CHECK;

/* ?limit= of a list that shows `most` as JSON, `usual` without; as a file
 * EXPORT_ROWS_MAX either way. ERR_INVALID */
enum error export_limit(struct request *request, enum export_format format,
    uint64_t most, uint64_t usual, uint64_t *limit) MUST_CHECK;

/*
 * Reply `count` rows of the kind, a column a member, in its order; private
 * members only if `whole`; then what is true of each, unless that is NULL.
 * What a client names a row by when it is made is the first column, so that a
 * file can be read back (table.h). CSV is UTF-8 with a byte order mark and as
 * kl_csv_add() writes it; of a sheet a text is a text.
 *
 * ERR_TOO_LARGE   a sheet over ZIP_FILE_SIZE_MAX: ask for fewer rows
 */
enum error export_reply(struct request *request, enum export_format format,
    const struct kind *kind, void *const rows[], size_t count, bool whole,
    const struct kind_claim *claim) MUST_CHECK;

/*
 * Reply `list` (taken over), {"items": […], "next_cursor": … or null or none,
 * …}: as it is, or its items as a file, a row each, as route->table has its
 * columns. What is no text, number or truth stands in its cell as JSON. With
 * Link: rel="next". Errors as export_reply().
 */
enum error export_answer(struct request *request, enum export_format format,
    json_t *list) MUST_CHECK;

#endif
