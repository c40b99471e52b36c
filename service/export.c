#include "export.h"

#include "kl_csv.h"
#include "kl_time.h"
#include "zip.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CSV_SIZE_MAX = 1 << 26, XLSX_SIZE_MAX = ZIP_FILE_SIZE_MAX };

enum error export_read(
    struct request *request, const char *name, enum export_format *format)
{
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

/* --- cells ---------------------------------------------------------------- */

/* How a table is written: both know only cells and ends of rows. */
struct writer {
	struct kl_buf *out;
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

/* --- the table ------------------------------------------------------------ */

/* A body names a new object so, where its id is not made by the service. */
static const char *id_name(const struct kind *kind)
{
	for (const struct member *m = kind->members; m->name; m++)
		if ((m->flags & MEMBER_PASSING) &&
		    m->offset == offsetof(struct object, id))
			return m->name;
	return "id";
}

static void write_table(struct writer *writer, const struct kind *kind,
    void *const rows[], size_t count, unsigned hidden)
{
	static const char *const own[] = { "state", "seq", "event_index" };

	add_text(writer, id_name(kind));
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		add_text(writer, own[i]);
	for (const struct member *m = kind->members; m->name; m++)
		if (!(m->flags & hidden))
			add_text(writer, m->name);
	writer->end(writer);
	for (size_t i = 0; i < count; i++) {
		const struct object *object = rows[i];

		add_text(writer, object->id);
		add_text(writer, object->state);
		add_number(writer, object->seq);
		add_number(writer, object->event_index);
		for (const struct member *m = kind->members; m->name; m++)
			if (!(m->flags & hidden))
				add_member(writer, m, object);
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
    struct request *request, const struct kind *kind, const char *extension)
{
	request->attachment = arena_format(&request->arena, "%s%s.%s",
	    request_rehearses(request) ? "rehearsal-" : "", kind->table,
	    extension);
}

static enum error reply_csv(struct request *request, const struct kind *kind,
    void *const rows[], size_t count, unsigned hidden)
{
	struct kl_buf out = KL_BUF(CSV_SIZE_MAX);
	struct writer writer = { &out, 0, add_csv, end_csv };
	enum error error;

	kl_buf_add_text(&out, "\xef\xbb\xbf");
	write_table(&writer, kind, rows, count, hidden);
	error = error_of_lib(kl_buf_result(&out));
	if (error) {
		kl_buf_clear(&out);
		return error;
	}
	name_file(request, kind, "csv");
	return request_reply_bytes(request, 200,
	    "text/csv; charset=utf-8; header=present", (char *)out.data,
	    out.size);
}

static enum error reply_xlsx(struct request *request, const struct kind *kind,
    void *const rows[], size_t count, unsigned hidden)
{
	struct kl_buf sheet = KL_BUF(XLSX_SIZE_MAX);
	struct kl_buf out = KL_BUF(2 * XLSX_SIZE_MAX);
	struct writer writer = { &sheet, 0, add_xml, end_xml };
	enum error error;

	kl_buf_add_text(&sheet, sheet_begin);
	write_table(&writer, kind, rows, count, hidden);
	kl_buf_add_text(&sheet, sheet_end);
	error = write_xlsx(&out, &sheet);
	kl_buf_clear(&sheet);
	if (error) {
		kl_buf_clear(&out);
		return error;
	}
	name_file(request, kind, "xlsx");
	return request_reply_bytes(
	    request, 200, TYPE "sheet", (char *)out.data, out.size);
}

enum error export_reply(struct request *request, enum export_format format,
    const struct kind *kind, void *const rows[], size_t count, bool whole)
{
	unsigned hidden = MEMBER_PASSING | MEMBER_SECRET |
			  (whole ? 0 : (unsigned)MEMBER_PRIVATE);
	enum error error = format == EXPORT_CSV
			       ? reply_csv(request, kind, rows, count, hidden)
			       : reply_xlsx(request, kind, rows, count, hidden);

	if (error != ERR_TOO_LARGE)
		return error;
	return request_fail(request, error, "请用 limit 分次导出",
	    "ask for fewer rows at a time by limit", NULL);
}
