/* sheet.h -- the rows of a file that is brought in: CSV or a spreadsheet. */
#ifndef SHEET_H
#define SHEET_H

#include "request.h"

enum {
	SHEET_COLUMNS_MAX = 64,
	SHEET_ROWS_MAX = 10000, /* after the first, which names the columns */
	SHEET_SIZE_MAX = 16 << 20, /* bytes of the file */
};

struct sheet_row {
	size_t line; /* of the file, or the number of the row */
	char **cells;
	size_t count;
};

struct sheet {
	struct sheet_row *rows; /* the first names the columns */
	size_t count;
};

#define SHEET_CSV "text/csv"
#define SHEET_XLSX                                                             \
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

/*
 * Read a file of that media type, into the request's arena. Rows without any
 * text are passed over.
 * ERR_INVALID   it is none, is empty, or over a limit above: told
 */
enum error sheet_read(struct request *request, const char *type,
    const void *bytes, size_t size, struct sheet *sheet) MUST_CHECK;

/* Of sheet.c and sheet_xlsx.c: `where` in a file the fault is. */
enum error sheet_fault(
    struct request *request, size_t line, const char *zh, const char *en);

/* Append a row; ERR_INVALID past SHEET_ROWS_MAX. */
enum error sheet_add(struct request *request, struct sheet *sheet,
    const struct sheet_row *row) MUST_CHECK;

/* The first sheet of a workbook, in sheet_xlsx.c. Its shared strings and its
 * cells unpacked are at most SHEET_XML_MAX bytes each; what is a formula is
 * told by a cell that begins with =. */
enum { SHEET_XML_MAX = 64 << 20 };
enum error sheet_read_xlsx(struct request *request, const void *bytes,
    size_t size, struct sheet *sheet) MUST_CHECK;

#endif
