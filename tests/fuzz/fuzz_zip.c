/* What an archive holds, written again, is that archive, byte for byte. */
#include "file.c"
#include "zip.c"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kl_buf again = KL_BUF(ZIP_SIZE_MAX);
	struct zip_fault fault = { 0, NULL };
	struct files files;
	enum kl_result result = zip_read(data, size, &files, &fault);
	bool has_flag = false;

	if (result) {
		assert(files.count == 0 && (fault.why || result));
		return 0;
	}
	/* 0x800 on a name of ASCII is taken, but not written. */
	for (size_t i = 0; i < files.count; i++)
		has_flag |=
		    files.list[i].bytes[-(ptrdiff_t)strlen(files.list[i].name) -
					LOCAL_SIZE + 7] != 0;
	result = zip_write(&again, files.list, files.count);
	assert(result == KL_OK && again.size == size);
	assert(has_flag || memcmp(again.data, data, size) == 0);
	kl_buf_clear(&again);
	files_clear(&files);
	return 0;
}
