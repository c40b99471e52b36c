/* export.h -- a list as a table: CSV, or a sheet of a spreadsheet. */
#ifndef EXPORT_H
#define EXPORT_H

#include "kind.h"

/* What ?format= says. */
enum export_format { EXPORT_JSON, EXPORT_CSV, EXPORT_XLSX };

enum { EXPORT_ROWS_MAX = 5000 }; /* of one answer; a cursor leads on */

/* json, csv or xlsx; NULL is json. ERR_INVALID */
enum error export_read(struct request *request, const char *name,
    enum export_format *format) MUST_CHECK;

/*
 * Reply `count` rows of the kind, a column a member, in its order; private
 * members only if `whole`. What a client names a row by when it is made is the
 * first column, so that a file can be read back (table.h). CSV is UTF-8 with a
 * byte order mark and as kl_csv_add() writes it; of a sheet a text is a text.
 *
 * ERR_TOO_LARGE   a sheet over ZIP_FILE_SIZE_MAX: ask for fewer rows
 */
enum error export_reply(struct request *request, enum export_format format,
    const struct kind *kind, void *const rows[], size_t count,
    bool whole) MUST_CHECK;

#endif
