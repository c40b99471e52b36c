/* kl_csv.h -- tables as CSV: RFC 4180, strictly. */
#ifndef KL_CSV_H
#define KL_CSV_H

#include "kl_base.h"
#include "kl_buf.h"

enum { KL_CSV_COLUMNS_MAX = 64 };

/* What is read; lines end in LF or CRLF, cells are cut out where they stand. */
struct kl_csv {
	char *at;    /* what is left, ended by a NUL */
	size_t line; /* of the file, from 1, on which the next row begins */
};

struct kl_csv_row {
	char *cells[KL_CSV_COLUMNS_MAX];
	size_t count;
	size_t line; /* on which it begins */
};

/* Begin to read `text`, which is changed. A byte order mark is passed over. */
void kl_csv_begin(struct kl_csv *csv, char *text);

/* Is there another row? */
bool kl_csv_more(const struct kl_csv *csv);

/*
 * The next row. Where a cell is quoted, quotes in it are doubled, and what
 * follows is a comma or the end of the line; elsewhere there are none.
 *
 * KL_MALFORMED   a quote where none may be, or one that is open; a CR alone
 * KL_TOO_LARGE   more than KL_CSV_COLUMNS_MAX cells
 */
enum kl_result kl_csv_next(
    struct kl_csv *csv, struct kl_csv_row *row) KL_MUST_CHECK;

/*
 * Append a cell, quoted where it must be. Spreadsheets take what begins with
 * one of = + - @, a tab or a CR for a formula: unless it is a `number`, an
 * apostrophe goes before it. OWASP, CSV injection.
 */
void kl_csv_add(struct kl_buf *out, const char *text, size_t size, bool number);

#endif
