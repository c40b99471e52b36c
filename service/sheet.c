#include "sheet.h"

#include "kl_csv.h"
#include "kl_utf8.h"

#include <string.h>
#include <strings.h>

enum { ROWS_FIRST = 64 };

enum error sheet_fault(
    struct request *request, size_t line, const char *zh, const char *en)
{
	return request_complain(request,
	    arena_format(&request->arena, "/rows/%zu", line), "form", zh, en,
	    request_number(request, SHEET_ROWS_MAX), NULL);
}

static bool is_empty(const struct sheet_row *row)
{
	for (size_t i = 0; i < row->count; i++)
		if (*row->cells[i])
			return false;
	return true;
}

/* The room doubles, so that its size is known by the count. */
enum error sheet_add(
    struct request *request, struct sheet *sheet, const struct sheet_row *row)
{
	size_t count = sheet->count;

	if (is_empty(row))
		return ERR_OK;
	if (count > SHEET_ROWS_MAX)
		return sheet_fault(
		    request, row->line, "最多 {0} 行", "at most {0} rows");
	if (count == 0 || (count >= ROWS_FIRST && (count & (count - 1)) == 0)) {
		struct sheet_row *before = sheet->rows;
		size_t room = count ? 2 * count : ROWS_FIRST;

		sheet->rows =
		    arena_alloc(&request->arena, room * sizeof(*before));
		if (before)
			memcpy(sheet->rows, before, count * sizeof(*before));
	}
	sheet->rows[sheet->count++] = *row;
	return ERR_OK;
}

static bool is_utf8(const char *bytes, size_t size)
{
	uint32_t point;

	while (size > 0) {
		size_t taken = kl_utf8_next(bytes, size, &point);

		if (taken == 0 || point == 0)
			return false;
		bytes += taken;
		size -= taken;
	}
	return true;
}

static enum error read_csv(struct request *request, const void *bytes,
    size_t size, struct sheet *sheet)
{
	struct kl_csv csv;
	struct kl_csv_row row;
	enum error error = ERR_OK;

	if (!is_utf8(bytes, size))
		return sheet_fault(
		    request, 1, "应为 UTF-8 文字", "must be text in UTF-8");
	kl_csv_begin(
	    &csv, (char *)(uintptr_t)arena_text(&request->arena, bytes, size));
	while (!error && kl_csv_more(&csv)) {
		struct sheet_row next;

		if (kl_csv_next(&csv, &row))
			return sheet_fault(request, csv.line,
			    "引号或换行有误,或列数过多",
			    "a quote or an end of the line where none may be, "
			    "or too many cells");
		next = (struct sheet_row){ row.line,
			arena_alloc(
			    &request->arena, row.count * sizeof(*row.cells)),
			row.count };
		memcpy(next.cells, row.cells, row.count * sizeof(*row.cells));
		error = sheet_add(request, sheet, &next);
	}
	return error;
}

enum error sheet_read(struct request *request, const char *type,
    const void *bytes, size_t size, struct sheet *sheet)
{
	enum error error;

	*sheet = (struct sheet){ 0 };
	if (strncasecmp(type, SHEET_CSV, sizeof(SHEET_CSV) - 1) == 0)
		error = read_csv(request, bytes, size, sheet);
	else
		error = sheet_read_xlsx(request, bytes, size, sheet);
	if (!error && sheet->count == 0)
		error = sheet_fault(request, 1, "第一行应为列名",
		    "the first row must name the columns");
	return error;
}
