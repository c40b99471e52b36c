/*
 * replay.c -- a fuzzer without libFuzzer: every file named, and every file of
 * every folder named, is one input. Fails by aborting, or without any input.
 */
#include "fuzz.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

enum { FOLDERS_OPEN_MAX = 16 };

int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

static size_t input_count;

/* Exactly its bytes, so that reading past them is seen. */
static int replay(
    const char *path, const struct stat *info, int type, struct FTW *place)
{
	size_t size = (size_t)info->st_size;
	uint8_t *bytes;
	FILE *file;

	(void)place;
	if (type != FTW_F)
		return 0;
	bytes = malloc(size);
	file = fopen(path, "rb");
	if (!file || (!bytes && size > 0) ||
	    fread(bytes, 1, size, file) != size) {
		perror(path);
		return 1;
	}
	fclose(file);
	LLVMFuzzerTestOneInput(bytes, size);
	free(bytes);
	input_count++;
	return 0;
}

int main(int argc, char **argv)
{
	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++)
		if (nftw(argv[i], replay, FOLDERS_OPEN_MAX, FTW_PHYS) != 0)
			return 1;
	printf("%zu inputs\n", input_count);
	return input_count > 0 ? 0 : 1;
}
