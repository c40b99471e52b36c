#include "kl_csv.h"

#include <string.h>

static const char byte_order_mark[] = "\xef\xbb\xbf";

void kl_csv_begin(struct kl_csv *csv, char *text)
{
	size_t mark = sizeof(byte_order_mark) - 1;

	*csv = (struct kl_csv){ text, 1 };
	if (strncmp(text, byte_order_mark, mark) == 0)
		csv->at += mark;
}

bool kl_csv_more(const struct kl_csv *csv)
{
	return *csv->at != '\0';
}

/* The quoted cell at csv->at, its quotes joined; NULL if it is open. */
static char *take_quoted(struct kl_csv *csv)
{
	char *from = csv->at + 1, *to = from, *cell = from;

	for (; *from; from++) {
		if (*from == '"' && *++from != '"') {
			csv->at = from;
			*to = '\0';
			return cell;
		}
		csv->line += *from == '\n';
		*to++ = *from;
	}
	return NULL;
}

static char *take_bare(struct kl_csv *csv)
{
	char *cell = csv->at;

	csv->at += strcspn(csv->at, "\",\r\n");
	return *csv->at == '"' ? NULL : cell;
}

/* The end of the cell, which becomes its NUL: what stood there. KL_MALFORMED
 * for anything but a comma, an end of the line, and that of the text. */
static enum kl_result pass_end(struct kl_csv *csv, char *end)
{
	size_t size = csv->at[0] == '\r' && csv->at[1] == '\n' ? 2 : 1;

	*end = csv->at[size - 1];
	if (*end && *end != ',' && *end != '\n')
		return KL_MALFORMED;
	csv->line += *end == '\n';
	if (*end) {
		*csv->at = '\0';
		csv->at += size;
	}
	return KL_OK;
}

enum kl_result kl_csv_next(struct kl_csv *csv, struct kl_csv_row *row)
{
	row->line = csv->line;
	for (row->count = 0; row->count < KL_CSV_COLUMNS_MAX;) {
		char *cell =
		    *csv->at == '"' ? take_quoted(csv) : take_bare(csv);
		char end;

		if (!cell || pass_end(csv, &end))
			return KL_MALFORMED;
		row->cells[row->count++] = cell;
		if (end != ',')
			return KL_OK;
	}
	return KL_TOO_LARGE;
}

/* --- writing -------------------------------------------------------------- */

void kl_csv_add(struct kl_buf *out, const char *text, size_t size, bool number)
{
	bool guarded = size > 0 && !number && strchr("=+-@\t\r", text[0]);
	bool quoted = false;

	for (size_t i = 0; i < size; i++)
		quoted |= strchr("\",\r\n", text[i]) != NULL;
	if (quoted)
		kl_buf_add_byte(out, '"');
	if (guarded)
		kl_buf_add_byte(out, '\'');
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '"')
			kl_buf_add_byte(out, '"');
		kl_buf_add_byte(out, (uint8_t)text[i]);
	}
	if (quoted)
		kl_buf_add_byte(out, '"');
}
