#include "export.h"

#include "clock.h"
#include "column.h"
#include "kl_csv.h"
#include "kl_time.h"
#include "query.h"
#include "route.h"
#include "sheet.h"
#include "zip.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CSV_SIZE_MAX = 1 << 26, XLSX_SIZE_MAX = ZIP_FILE_SIZE_MAX };

enum error export_read(struct request *request, enum export_format *format)
{
	const char *name = request_query(request, "format");
	static const char *const names[] = { [EXPORT_JSON] = "json",
		[EXPORT_CSV] = "csv",
		[EXPORT_XLSX] = "xlsx" };

	*format = EXPORT_JSON;
	for (unsigned i = 0; name && i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(name, names[i]) == 0) {
			*format = (enum export_format)i;
			return ERR_OK;
		}
	if (!name)
		return ERR_OK;
	return request_complain(request, "", "query",
	    "format 应为 json、csv 或 xlsx", "format must be json, csv or xlsx",
	    NULL);
}

enum error export_limit(struct request *request, enum export_format format,
    uint64_t most, uint64_t usual, uint64_t *limit)
{
	bool file = format != EXPORT_JSON;

	return request_query_u64(request, "limit", 1,
	    file ? EXPORT_ROWS_MAX : most, file ? EXPORT_ROWS_MAX : usual,
	    limit);
}

/* --- cells ---------------------------------------------------------------- */

/* How a table is written: both know only cells and ends of rows. */
struct writer {
	struct kl_buf *out;
	struct arena *arena;
	size_t column;
	void (*add)(
	    struct writer *writer, const char *text, size_t size, bool number);
	void (*end)(struct writer *writer);
};

static void add_csv(
    struct writer *writer, const char *text, size_t size, bool number)
{
	if (writer->column++ > 0)
		kl_buf_add_byte(writer->out, ',');
	kl_csv_add(writer->out, text, size, number);
}

static void end_csv(struct writer *writer)
{
	kl_buf_add_text(writer->out, "\r\n");
	writer->column = 0;
}

static void add_escaped(struct kl_buf *out, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		switch (text[i]) {
		case '&':
			kl_buf_add_text(out, "&amp;");
			break;
		case '<':
			kl_buf_add_text(out, "&lt;");
			break;
		case '>':
			kl_buf_add_text(out, "&gt;");
			break;
		default:
			kl_buf_add_byte(out, (uint8_t)text[i]);
		}
}

#define TEXT_CELL "<c t=\"inlineStr\"><is><t xml:space=\"preserve\">"

static void add_xml(
    struct writer *writer, const char *text, size_t size, bool number)
{
	if (writer->column++ == 0)
		kl_buf_add_text(writer->out, "<row>");
	if (size == 0) {
		kl_buf_add_text(writer->out, "<c/>");
		return;
	}
	kl_buf_add_text(writer->out, number ? "<c><v>" : TEXT_CELL);
	add_escaped(writer->out, text, size);
	kl_buf_add_text(writer->out, number ? "</v></c>" : "</t></is></c>");
}

static void end_xml(struct writer *writer)
{
	kl_buf_add_text(writer->out, "</row>");
	writer->column = 0;
}

static void add_text(struct writer *writer, const char *text)
{
	writer->add(writer, text ? text : "", text ? strlen(text) : 0, false);
}

static void add_number(struct writer *writer, uint64_t number)
{
	char digits[24];
	int size = snprintf(digits, sizeof(digits), "%" PRIu64, number);

	writer->add(writer, digits, (size_t)size, true);
}

static void add_member(
    struct writer *writer, const struct member *member, const void *row)
{
	const void *at = (const char *)row + member->offset;
	char time[KL_TIME_TEXT] = "";

	switch (member->type) {
	case MEMBER_NUMBER:
		add_number(writer, *(const uint64_t *)at);
		return;
	case MEMBER_FLAG:
		add_text(writer, *(const uint64_t *)at ? "true" : "false");
		return;
	case MEMBER_TIME:
		if (*(const int64_t *)at != DB_TIME_NONE)
			kl_time_write(*(const int64_t *)at, time);
		add_text(writer, time);
		return;
	case MEMBER_TEXT:
	case MEMBER_PROSE:
	case MEMBER_TOKEN:
	case MEMBER_CHOICE:
	case MEMBER_USCC:
	case MEMBER_HASH:
	case MEMBER_JSON:
		add_text(writer, *(const char *const *)at);
		return;
	}
}

static void add_head(struct writer *writer, const char *name)
{
	add_text(writer, column_head(writer->arena, name));
}

/* NULL is an empty cell, as JSON null is. */
static void add_value(struct writer *writer, const json_t *value)
{
	char *text;

	if (!value || json_is_null(value)) {
		add_text(writer, NULL);
	} else if (json_is_string(value)) {
		add_text(writer, json_string_value(value));
	} else {
		text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
		if (!text)
			abort(); /* we made it ourselves */
		writer->add(writer, text, strlen(text), json_is_number(value));
		free(text);
	}
}

/* --- the tables ----------------------------------------------------------- */

/* What is written: rows of a kind, or items of route->table. */
struct table {
	const char *file;
	void (*write)(struct writer *writer, const struct table *table);
	const struct kind *kind;
	void *const *rows;
	size_t count;
	unsigned hidden; /* members with one of these flags */
	const struct kind_claim *claim;
	const char *const *columns;
	const json_t *items;
};

/* A body names a new object so, where its id is not made by the service. */
static const char *id_name(const struct kind *kind)
{
	for (const struct member *m = kind->members; m->name; m++)
		if ((m->flags & MEMBER_PASSING) &&
		    m->offset == offsetof(struct object, id))
			return m->name;
	return "id";
}

static void write_row(struct writer *writer, const struct table *table,
    const struct object *object)
{
	add_text(writer, object->id);
	add_text(writer, object->state);
	add_number(writer, object->seq);
	add_number(writer, object->event_index);
	for (const struct member *m = table->kind->members; m->name; m++)
		if (!(m->flags & table->hidden))
			add_member(writer, m, object);
	if (table->claim)
		add_text(
		    writer, table->claim->holds(object) ? "true" : "false");
	writer->end(writer);
}

static void write_rows(struct writer *writer, const struct table *table)
{
	static const char *const own[] = { "state", "seq", "event_index" };

	add_head(writer, id_name(table->kind));
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		add_head(writer, own[i]);
	for (const struct member *m = table->kind->members; m->name; m++)
		if (!(m->flags & table->hidden))
			add_head(writer, m->name);
	if (table->claim)
		add_head(writer, table->claim->name);
	writer->end(writer);
	for (size_t i = 0; i < table->count; i++)
		write_row(writer, table, table->rows[i]);
}

/* Where a column's name leads to; NULL: nowhere. */
static const json_t *find_value(const json_t *item, const char *column)
{
	for (const char *part = column; item && *part;) {
		size_t size = strcspn(part, "/");

		item = json_is_array(item)
			   ? json_array_get(item, strtoul(part, NULL, 10))
			   : json_object_getn(item, part, size);
		part += size + (part[size] == '/');
	}
	return item;
}

static void write_items(struct writer *writer, const struct table *table)
{
	const json_t *item;
	size_t i;

	for (const char *const *column = table->columns; *column; column++)
		add_head(writer, *column);
	writer->end(writer);
	json_array_foreach ((json_t *)(uintptr_t)table->items, i, item) {
		for (const char *const *column = table->columns; *column;
		     column++)
			add_value(writer, find_value(item, *column));
		writer->end(writer);
	}
}

/* --- a spreadsheet -------------------------------------------------------- */

/* ECMA-376, the least of it: one sheet whose texts stand in their cells. */
#define XML  "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define OOX  "http://schemas.openxmlformats.org/"
#define REL  OOX "officeDocument/2006/relationships"
#define TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml."

static const char types_xml[] =
    XML "<Types xmlns=\"" OOX "package/2006/content-types\">"
	"<Default Extension=\"rels\" ContentType=\""
	"application/vnd.openxmlformats-package.relationships+xml\"/>"
	"<Override PartName=\"/xl/workbook.xml\" ContentType=\"" TYPE
	"sheet.main+xml\"/>"
	"<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"" TYPE
	"worksheet+xml\"/></Types>";
static const char root_xml[] =
    XML "<Relationships xmlns=\"" OOX "package/2006/relationships\">"
	"<Relationship Id=\"rId1\" Type=\"" REL "/officeDocument\" "
	"Target=\"xl/workbook.xml\"/></Relationships>";
static const char book_rels_xml[] =
    XML "<Relationships xmlns=\"" OOX "package/2006/relationships\">"
	"<Relationship Id=\"rId1\" Type=\"" REL "/worksheet\" "
	"Target=\"worksheets/sheet1.xml\"/></Relationships>";
static const char book_xml[] = XML
    "<workbook xmlns=\"" OOX "spreadsheetml/2006/main\" xmlns:r=\"" REL "\">"
    "<sheets><sheet name=\"1\" sheetId=\"1\" r:id=\"rId1\"/></sheets>"
    "</workbook>";
static const char sheet_begin[] =
    XML "<worksheet xmlns=\"" OOX "spreadsheetml/2006/main\"><sheetData>";
static const char sheet_end[] = "</sheetData></worksheet>";

static struct kl_file file_of(const char *name, const char *text)
{
	return (struct kl_file){ name, (const uint8_t *)text, strlen(text) };
}

static enum error write_xlsx(struct kl_buf *out, const struct kl_buf *sheet)
{
	const struct kl_file files[] = {
		file_of("[Content_Types].xml", types_xml),
		file_of("_rels/.rels", root_xml),
		file_of("xl/_rels/workbook.xml.rels", book_rels_xml),
		file_of("xl/workbook.xml", book_xml),
		{ "xl/worksheets/sheet1.xml", sheet->data, sheet->size },
	};

	if (kl_buf_result(sheet))
		return error_of_lib(kl_buf_result(sheet));
	return error_of_lib(
	    zip_write(out, files, sizeof(files) / sizeof(*files)));
}

/* --- the answer ----------------------------------------------------------- */

static void name_file(
    struct request *request, const struct table *table, const char *extension)
{
	request->attachment = arena_format(&request->arena, "%s%s.%s",
	    clock_rehearses() ? "rehearsal-" : "", table->file, extension);
}

static enum error reply_csv(struct request *request, const struct table *table)
{
	struct kl_buf out = KL_BUF(CSV_SIZE_MAX);
	struct writer writer = { &out, &request->arena, 0, add_csv, end_csv };
	enum error error;

	kl_buf_add_text(&out, "\xef\xbb\xbf");
	table->write(&writer, table);
	error = error_of_lib(kl_buf_result(&out));
	if (error) {
		kl_buf_clear(&out);
		return error;
	}
	name_file(request, table, "csv");
	return request_reply_bytes(
	    request, 200, EXPORT_CSV_TYPE, (char *)out.data, out.size);
}

static enum error reply_xlsx(struct request *request, const struct table *table)
{
	struct kl_buf sheet = KL_BUF(XLSX_SIZE_MAX);
	struct kl_buf out = KL_BUF(2 * XLSX_SIZE_MAX);
	struct writer writer = { &sheet, &request->arena, 0, add_xml, end_xml };
	enum error error;

	kl_buf_add_text(&sheet, sheet_begin);
	table->write(&writer, table);
	kl_buf_add_text(&sheet, sheet_end);
	error = write_xlsx(&out, &sheet);
	kl_buf_clear(&sheet);
	if (error) {
		kl_buf_clear(&out);
		return error;
	}
	name_file(request, table, "xlsx");
	return request_reply_bytes(
	    request, 200, SHEET_XLSX, (char *)out.data, out.size);
}

static enum error reply_file(struct request *request, enum export_format format,
    const struct table *table)
{
	enum error error = format == EXPORT_CSV ? reply_csv(request, table)
						: reply_xlsx(request, table);

	if (error != ERR_TOO_LARGE)
		return error;
	return request_fail(request, error, "请用 limit 分次导出",
	    "ask for fewer rows at a time by limit", NULL);
}

enum error export_reply(struct request *request, enum export_format format,
    const struct kind *kind, void *const rows[], size_t count, bool whole,
    const struct kind_claim *claim)
{
	const struct table table = {
		.file = kind->table,
		.write = write_rows,
		.kind = kind,
		.rows = rows,
		.count = count,
		.hidden = MEMBER_PASSING | MEMBER_SECRET |
			  (whole ? 0 : (unsigned)MEMBER_PRIVATE),
		.claim = claim,
	};

	return reply_file(request, format, &table);
}

/* --- a list of items ------------------------------------------------------ */

enum error export_answer(
    struct request *request, enum export_format format, json_t *list)
{
	const struct export_table *of = request->route->table;
	const char *next =
	    json_string_value(json_object_get(list, "next_cursor"));
	const struct table table = {
		.file = of->file,
		.write = write_items,
		.columns = of->columns,
		.items = json_object_get(list, "items"),
	};
	enum error error;

	if (next)
		query_link_next(request, of->cursor, next);
	if (format == EXPORT_JSON)
		return request_reply(request, 200, list);
	error = reply_file(request, format, &table);
	json_decref(list);
	return error;
}
