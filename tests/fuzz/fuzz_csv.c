/* The cells of a table, written and read again, are the same cells. */
#include "fuzz.h"

#include "kl_csv.h"

#include <stdlib.h>

static const char mark[] = "\xef\xbb\xbf";

/* Writes what it reads; false for what is no table. */
static bool copy(struct kl_buf *out, char *text)
{
	struct kl_csv csv;
	struct kl_csv_row row;
	size_t line = 0;

	kl_buf_add_text(out, mark);
	kl_csv_begin(&csv, text);
	while (kl_csv_more(&csv)) {
		if (kl_csv_next(&csv, &row))
			return false;
		assert(row.count > 0 && row.count <= KL_CSV_COLUMNS_MAX);
		assert(row.line > line);
		line = row.line;
		for (size_t i = 0; i < row.count; i++) {
			if (i > 0)
				kl_buf_add_byte(out, ',');
			kl_csv_add(
			    out, row.cells[i], strlen(row.cells[i]), true);
		}
		kl_buf_add_byte(out, '\n');
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kl_buf text = KL_BUF(SIZE_MAX / 2);
	struct kl_buf once = KL_BUF(SIZE_MAX / 2);
	struct kl_buf twice = KL_BUF(SIZE_MAX / 2);

	kl_buf_add(&text, data, size);
	kl_buf_add_byte(&text, '\0');
	assert(!kl_buf_result(&text));
	if (copy(&once, (char *)text.data)) {
		struct kl_buf again = KL_BUF(SIZE_MAX / 2);

		kl_buf_add(&again, once.data, once.size);
		kl_buf_add_byte(&again, '\0');
		assert(copy(&twice, (char *)again.data));
		fuzz_same(&twice, once.data, once.size);
		kl_buf_clear(&again);
	}
	kl_buf_clear(&text);
	kl_buf_clear(&once);
	kl_buf_clear(&twice);
	return 0;
}
