/* Whatever a workbook holds, its rows are within their limits or told of. */
#include "fuzz.h"

#include "sheet.h"

static void read_as(const char *type, const uint8_t *data, size_t size)
{
	struct request request = { .method = "POST" };
	struct sheet sheet;
	enum error error = sheet_read(&request, type, data, size, &sheet);

	assert(!error == (request.complaint_count == 0));
	assert(!error || error == ERR_INVALID);
	for (size_t i = 0; !error && i < sheet.count; i++) {
		assert(sheet.rows[i].count <= SHEET_COLUMNS_MAX);
		for (size_t j = 0; j < sheet.rows[i].count; j++)
			assert(strlen(sheet.rows[i].cells[j]) <= SHEET_XML_MAX);
	}
	request_clear(&request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_as(SHEET_CSV, data, size);
	read_as(SHEET_XLSX, data, size);
	return 0;
}
