/*
 * Two attempts of tests/vectors/klero under edits. A pack that is not the
 * original in every byte has a finding, and the findings are in order.
 *
 * The input is a list of edits: which file (1 byte; the highest bit takes the
 * other attempt), where (2), how many bytes go (1), how many come (1), those.
 */
#include "kl_pack.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 1 << 14, EDIT_SIZE = 5 };

static const char *const names[] = { "beacon.txt", "close.txt",
	"commit-operator.txt", "commit-supervisor.txt", "declare.txt",
	"excluded.txt", "lock.txt", "names.txt", "notice.json", "policy.json",
	"result.txt", "roster.txt", "seal.txt", "seed.txt" };
static const char *const folders[] = { "level-b", "level-c" };

enum { NAMES = sizeof(names) / sizeof(*names), FOLDERS = 2 };

struct text {
	uint8_t bytes[FILE_MAX];
	size_t size;
	bool there;
};

static struct text originals[FOLDERS][NAMES], texts[NAMES];

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char path[128];

	(void)argc;
	(void)argv;
	for (size_t i = 0; i < FOLDERS; i++)
		for (size_t j = 0; j < NAMES; j++) {
			struct text *text = &originals[i][j];
			FILE *file;

			snprintf(path, sizeof(path),
			    "tests/vectors/klero/%s/%s", folders[i], names[j]);
			file = fopen(path, "rb");
			if (!file)
				continue;
			text->size = fread(text->bytes, 1, FILE_MAX, file);
			text->there = true;
			fclose(file);
		}
	return 0;
}

/* Take `gone` bytes out at `at`, and put these in. */
static void edit(struct text *text, size_t at, size_t gone,
    const uint8_t *bytes, size_t size)
{
	if (!text->there || at > text->size)
		return;
	if (gone > text->size - at)
		gone = text->size - at;
	if (text->size - gone + size > FILE_MAX)
		return;
	memmove(text->bytes + at + size, text->bytes + at + gone,
	    text->size - at - gone);
	memcpy(text->bytes + at, bytes, size);
	text->size = text->size - gone + size;
}

static void check(const struct text original[])
{
	static struct kl_pack_report report;
	struct kl_pack_options options = { .bare = true };
	struct kl_file files[NAMES];
	bool changed = false;
	size_t count = 0;
	enum kl_result result;

	for (size_t i = 0; i < NAMES; i++) {
		if (!texts[i].there)
			continue;
		changed |= texts[i].size != original[i].size ||
			   memcmp(texts[i].bytes, original[i].bytes,
			       texts[i].size) != 0;
		files[count++] =
		    (struct kl_file){ names[i], texts[i].bytes, texts[i].size };
	}
	result = kl_pack_verify(files, count, &options, &report);
	assert(result == KL_OK);
	assert((report.finding_count > 0) == changed);
	for (size_t i = 1; i < report.finding_count; i++)
		assert(report.findings[i - 1].code <= report.findings[i].code);
	kl_pack_report_clear(&report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t folder = size > 0 && (data[0] & 0x80) != 0;

	memcpy(texts, originals[folder], sizeof(texts));
	while (size >= EDIT_SIZE) {
		size_t at = (size_t)data[1] << 8 | data[2];
		size_t gone = data[3], come = data[4];

		if (come > size - EDIT_SIZE)
			come = size - EDIT_SIZE;
		edit(&texts[(data[0] & 0x7f) % NAMES], at, gone,
		    data + EDIT_SIZE, come);
		data += EDIT_SIZE + come;
		size -= EDIT_SIZE + come;
	}
	check(originals[folder]);
	return 0;
}
