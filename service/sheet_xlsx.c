/* sheet_xlsx.c -- the first sheet of a workbook. ECMA-376, as much as it takes.
 */
#include "kl_buf.h"
#include "sheet.h"
#include "unzip.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

enum {
	SHARED_FIRST = 1024,
	SHARED_MAX = 640000, /* texts: as many as there may be cells */
	CELL_SIZE_MAX = 1 << 17,
	CHUNK = 1 << 16,
	LETTERS = 26,
};

/* What the parts are read into, and where in them we are. */
struct book {
	struct request *request;
	struct sheet *sheet;
	XML_Parser parser;
	char **shared; /* texts that cells refer to */
	size_t shared_count, shared_room;
	struct kl_buf text;   /* of the cell, or of the shared text */
	bool taking;          /* is what comes part of it? */
	bool phonetic;        /* how it is read aloud is no part of it */
	bool formula, refers; /* the cell has one; is the place of a text */
	size_t column;
	struct sheet_row row;
	char *cells[SHEET_COLUMNS_MAX];
	enum error error;
};

/* No more is read: `zh` and `en` of what is wrong. */
static void stop(struct book *book, const char *zh, const char *en)
{
	if (!book->error)
		book->error =
		    sheet_fault(book->request, book->row.line, zh, en);
	XML_StopParser(book->parser, XML_FALSE);
}

static const char *attribute(const char **list, const char *name)
{
	for (; *list; list += 2)
		if (strcmp(list[0], name) == 0)
			return list[1];
	return NULL;
}

static void XMLCALL take_text(void *data, const char *text, int size)
{
	struct book *book = data;

	if (!book->taking || book->phonetic)
		return;
	kl_buf_add(&book->text, text, (size_t)size);
	if (kl_buf_result(&book->text))
		stop(book, "单元格过长", "a cell is too long");
}

static void begin_text(struct book *book)
{
	kl_buf_clear(&book->text);
	book->text = (struct kl_buf)KL_BUF(CELL_SIZE_MAX);
}

static char *text_of(struct book *book)
{
	return (char *)(uintptr_t)arena_text(&book->request->arena,
	    book->text.data ? (const char *)book->text.data : "",
	    book->text.size);
}

/* --- texts that cells refer to -------------------------------------------- */

static void XMLCALL begin_shared(
    void *data, const char *name, const char **attributes)
{
	struct book *book = data;

	(void)attributes;
	if (strcmp(name, "si") == 0)
		begin_text(book);
	book->phonetic |= strcmp(name, "rPh") == 0;
	book->taking = strcmp(name, "t") == 0;
}

static void keep_shared(struct book *book)
{
	if (book->shared_count == SHARED_MAX) {
		stop(book, "文字过多", "too many texts");
		return;
	}
	if (book->shared_count == book->shared_room) {
		size_t room =
		    book->shared_room ? 2 * book->shared_room : SHARED_FIRST;
		char **more =
		    arena_alloc(&book->request->arena, room * sizeof(*more));

		if (book->shared)
			memcpy(more, book->shared,
			    book->shared_count * sizeof(*more));
		book->shared = more;
		book->shared_room = room;
	}
	book->shared[book->shared_count++] = text_of(book);
}

static void XMLCALL end_shared(void *data, const char *name)
{
	struct book *book = data;

	book->taking = false;
	if (strcmp(name, "rPh") == 0)
		book->phonetic = false;
	if (strcmp(name, "si") == 0)
		keep_shared(book);
}

/* --- cells ---------------------------------------------------------------- */

/* The column that A1, B1 … names, or the next one. */
static size_t column_of(const struct book *book, const char *name)
{
	size_t column = 0;

	if (!name)
		return book->column;
	for (; *name >= 'A' && *name <= 'Z' && column < CHUNK; name++)
		column = column * LETTERS + (size_t)(*name - 'A' + 1);
	return column - 1;
}

static void begin_row(struct book *book, const char *number)
{
	size_t line = number ? strtoul(number, NULL, 10) : 0;

	book->row.line = line > 0 ? line : book->row.line + 1;
	book->row.count = 0;
	book->column = 0;
}

static void begin_cell(struct book *book, const char **attributes)
{
	const char *type = attribute(attributes, "t");

	begin_text(book);
	book->column = column_of(book, attribute(attributes, "r"));
	book->formula = false;
	book->refers = type && strcmp(type, "s") == 0;
	if (book->column >= SHEET_COLUMNS_MAX)
		stop(book, "列数过多", "too many columns");
}

static void XMLCALL begin_element(
    void *data, const char *name, const char **attributes)
{
	struct book *book = data;

	book->taking = strcmp(name, "v") == 0 || strcmp(name, "t") == 0;
	book->phonetic |= strcmp(name, "rPh") == 0;
	if (strcmp(name, "row") == 0)
		begin_row(book, attribute(attributes, "r"));
	else if (strcmp(name, "c") == 0)
		begin_cell(book, attributes);
	else if (strcmp(name, "f") == 0)
		book->formula = true;
}

static char *cell_of(struct book *book)
{
	static char formula[] = "=", nothing[] = "";
	char *text = text_of(book), *end;
	unsigned long place;

	if (book->formula)
		return formula;
	if (!book->refers)
		return text;
	place = strtoul(text, &end, 10);
	if (*text && !*end && place < book->shared_count)
		return book->shared[place];
	stop(book, "单元格引用有误", "a cell refers to no text");
	return nothing;
}

static void end_cell(struct book *book)
{
	static char nothing[] = "";

	while (book->row.count <= book->column)
		book->cells[book->row.count++] = nothing;
	book->cells[book->column++] = cell_of(book);
}

static void end_row(struct book *book)
{
	size_t size = book->row.count * sizeof(*book->cells);
	enum error error;

	book->row.cells = arena_alloc(&book->request->arena, size + 1);
	memcpy(book->row.cells, book->cells, size);
	error = sheet_add(book->request, book->sheet, &book->row);
	if (error) {
		book->error = error;
		XML_StopParser(book->parser, XML_FALSE);
	}
}

static void XMLCALL end_element(void *data, const char *name)
{
	struct book *book = data;

	book->taking = false;
	if (strcmp(name, "rPh") == 0)
		book->phonetic = false;
	else if (strcmp(name, "c") == 0 && !book->error)
		end_cell(book);
	else if (strcmp(name, "row") == 0 && !book->error)
		end_row(book);
}

/* --- parts of the archive ------------------------------------------------- */

/* A document type could make a little into a lot. */
static void XMLCALL refuse_doctype(void *data, const char *name,
    const char *system, const char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	stop(data, "不得含 DOCTYPE", "there must be no DOCTYPE");
}

static enum error not_xlsx(struct request *request)
{
	return sheet_fault(request, 1, "不是有效的 XLSX 文件",
	    "is no XLSX file, or a part of it is too large");
}

static enum error parse(struct book *book, const struct kl_buf *part,
    XML_StartElementHandler begin, XML_EndElementHandler end)
{
	enum XML_Status status;

	book->parser = XML_ParserCreate("UTF-8");
	if (!book->parser)
		abort();
	XML_SetUserData(book->parser, book);
	XML_SetElementHandler(book->parser, begin, end);
	XML_SetCharacterDataHandler(book->parser, take_text);
	XML_SetStartDoctypeDeclHandler(book->parser, refuse_doctype);
	status = XML_Parse(
	    book->parser, (const char *)part->data, (int)part->size, 1);
	XML_ParserFree(book->parser);
	kl_buf_clear(&book->text);
	if (book->error)
		return book->error;
	return status == XML_STATUS_OK ? ERR_OK : not_xlsx(book->request);
}

/* Of the part that is not needed, nothing is there. */
static enum error read_part(struct book *book, const struct unzip *archive,
    const char *name, XML_StartElementHandler begin, XML_EndElementHandler end)
{
	struct kl_buf part = KL_BUF(SHEET_XML_MAX);
	enum kl_result result = unzip_part(archive, name, &part);
	enum error error = ERR_OK;

	if (!result)
		error = parse(book, &part, begin, end);
	else if (result != KL_RANGE || begin == begin_element)
		error = not_xlsx(book->request);
	kl_buf_clear(&part);
	return error;
}

enum error sheet_read_xlsx(struct request *request, const void *bytes,
    size_t size, struct sheet *sheet)
{
	struct book *book = arena_alloc(&request->arena, sizeof(*book));
	struct unzip archive;
	enum error error;

	if (unzip_open(&archive, bytes, size))
		return not_xlsx(request);
	book->request = request;
	book->sheet = sheet;
	book->text = (struct kl_buf)KL_BUF(CELL_SIZE_MAX);
	error = read_part(
	    book, &archive, "xl/sharedStrings.xml", begin_shared, end_shared);
	if (!error)
		error = read_part(book, &archive, "xl/worksheets/sheet1.xml",
		    begin_element, end_element);
	unzip_close(&archive);
	return error;
}
