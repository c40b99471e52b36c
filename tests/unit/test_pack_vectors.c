/* tests/vectors/klero: every attempt verifies, and no byte may change. */
#include "kl_pack.h"
#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define VECTORS "tests/vectors/klero/"

enum { FILES_MAX = 32, FILE_MAX = 8192 };

static const struct vector {
	const char *folder, *selected; /* the first of the ranking */
	size_t revealed;
	bool is_drand; /* then a verification takes many milliseconds */
} vectors[] = {
	{ "level-a", "91360702MA3500006N", 3, true },
	{ "level-a-absent", "91360702MA35000017", 2, true },
	{ "level-a-withheld", "91360702MA3500007R", 2, true },
	{ "level-b", "91360702MA3500005K", 2, false },
	{ "level-c", "91360702MA3500003D", 2, false },
	{ "weighted", "91360702MA3500031A", 3, false },
};
enum { COUNT = sizeof(vectors) / sizeof(*vectors) };

struct pack {
	struct kl_file list[FILES_MAX];
	size_t count;
	char names[FILES_MAX][256];
	uint8_t bytes[FILES_MAX][FILE_MAX];
};

static void load_file(struct pack *pack, const char *folder, const char *name)
{
	struct kl_file *file = &pack->list[pack->count];
	char path[512];
	FILE *input;

	assert_true(pack->count < FILES_MAX);
	snprintf(path, sizeof(path), VECTORS "%s/%s", folder, name);
	input = fopen(path, "rb");
	assert_non_null(input);
	snprintf(pack->names[pack->count], sizeof(*pack->names), "%s", name);
	file->name = pack->names[pack->count];
	file->bytes = pack->bytes[pack->count];
	file->size = fread(pack->bytes[pack->count], 1, FILE_MAX, input);
	assert_true(file->size < FILE_MAX);
	fclose(input);
	pack->count++;
}

static void load(struct pack *pack, const char *folder)
{
	char path[512];
	struct dirent *entry;
	DIR *listing;

	pack->count = 0;
	snprintf(path, sizeof(path), VECTORS "%s", folder);
	listing = opendir(path);
	assert_non_null(listing);
	while ((entry = readdir(listing)))
		if (entry->d_name[0] != '.')
			load_file(pack, folder, entry->d_name);
	closedir(listing);
}

static void verify(const struct pack *pack, struct kl_pack_report *report)
{
	struct kl_pack_options options = { .bare = true };

	assert_int_equal(
	    kl_pack_verify(pack->list, pack->count, &options, report), KL_OK);
}

static void verifies_each(void **state)
{
	static struct pack pack;
	const struct kl_attempt_report *attempts;
	const struct kl_award *awards;
	struct kl_pack_report report;

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		load(&pack, vectors[i].folder);
		verify(&pack, &report);
		assert_int_equal(report.finding_count, 0);
		assert_int_equal(report.level, KL_LEVEL_UNPROVEN);
		assert_true(kl_pack_awards(&report, &awards) > 0);
		assert_true(kl_span_is(awards[0].id, vectors[i].selected));
		assert_int_equal(kl_pack_attempts(&report, &attempts), 1);
		assert_int_equal(attempts[0].revealed, vectors[i].revealed);
		kl_pack_report_clear(&report);
	}
}

static void refuses_a_change(const struct pack *pack,
    const struct vector *vector, const struct kl_file *file, size_t at)
{
	struct kl_pack_report report;

	verify(pack, &report);
	if (report.finding_count == 0)
		fail_msg("%s/%s: byte %zu", vector->folder, file->name, at);
	kl_pack_report_clear(&report);
}

/* With drand all bytes of the beacon, and of the other texts as many as there
 * is time for: the other packs have every byte of those changed. */
static size_t step_of(const struct vector *vector, const struct kl_file *file)
{
	return vector->is_drand && strcmp(file->name, "beacon.txt") != 0 ? 97
									 : 1;
}

/* Each byte of each text becomes another one: its last bit, a digit or a
 * space, a newline, in turn. */
static void refuses_every_changed_byte(void **state)
{
	static const uint8_t others[] = { '0', ' ', '\n', 'a', 0x80 };
	static struct pack pack;

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		load(&pack, vectors[i].folder);
		for (size_t j = 0; j < pack.count; j++)
			for (size_t k = 0; k < pack.list[j].size;
			     k += step_of(&vectors[i], &pack.list[j])) {
				uint8_t *byte = &pack.bytes[j][k];
				uint8_t kept = *byte;

				*byte = others[k % sizeof(others)];
				if (*byte == kept)
					*byte ^= 1;
				refuses_a_change(
				    &pack, &vectors[i], &pack.list[j], k);
				*byte = kept;
			}
	}
}

static void refuses_every_missing_file(void **state)
{
	static struct pack pack;
	struct kl_pack_report report;

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		load(&pack, vectors[i].folder);
		for (size_t j = 0; j < pack.count; j++) {
			struct kl_file gone = pack.list[j];

			pack.list[j] = pack.list[--pack.count];
			verify(&pack, &report);
			assert_true(report.finding_count > 0);
			assert_int_equal(
			    report.findings[0].code, KL_FINDING_FILE_MISSING);
			assert_string_equal(report.findings[0].file, gone.name);
			kl_pack_report_clear(&report);
			pack.count++;
			pack.list[j] = gone;
		}
	}
}

static void refuses_files_that_do_not_belong(void **state)
{
	static const struct {
		const char *name;
		enum kl_finding_code code;
	} more[] = {
		{ "draft.txt", KL_FINDING_FILE_UNEXPECTED },
		{ "pulse.json", KL_FINDING_FILE_UNEXPECTED },
		{ "commit-nobody.txt", KL_FINDING_FILE_UNEXPECTED },
		{ "replace-2.txt", KL_FINDING_FILE_UNEXPECTED },
		{ "previous/1/close.txt", KL_FINDING_FILE_UNEXPECTED },
		{ "previous/01/close.txt", KL_FINDING_FILE_NAME },
		{ "previous/0/close.txt", KL_FINDING_FILE_NAME },
		{ "previous/close.txt", KL_FINDING_FILE_NAME },
		{ "previous/1", KL_FINDING_FILE_NAME },
		{ "replace-1.txt", KL_FINDING_FILE_NAME },
		{ "replace-02.txt", KL_FINDING_FILE_NAME },
		{ "commit-.txt", KL_FINDING_FILE_NAME },
		{ "commit-X.txt", KL_FINDING_FILE_NAME },
		{ "log/notice.leaf", KL_FINDING_FILE_NAME },
		{ "log/roster.txt", KL_FINDING_FILE_NAME },
		{ "log/", KL_FINDING_FILE_NAME },
		{ "", KL_FINDING_FILE_NAME },
		{ "ROSTER.TXT", KL_FINDING_FILE_NAME },
		{ "./roster.txt", KL_FINDING_FILE_NAME },
	};
	static struct pack pack;
	struct kl_pack_report report;

	(void)state;
	load(&pack, "level-c");
	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++) {
		pack.list[pack.count++] =
		    (struct kl_file){ more[i].name, (const uint8_t *)"x", 1 };
		verify(&pack, &report);
		assert_true(report.finding_count > 0);
		if (report.findings[0].code != more[i].code)
			fail_msg("%s: %s", more[i].name,
			    kl_finding_word(report.findings[0].code));
		assert_string_equal(report.findings[0].file, more[i].name);
		kl_pack_report_clear(&report);
		pack.count--;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verifies_each),
		cmocka_unit_test(refuses_every_changed_byte),
		cmocka_unit_test(refuses_every_missing_file),
		cmocka_unit_test(refuses_files_that_do_not_belong),
	};

	return cmocka_run_group_tests_name(
	    "kl_pack: vectors", tests, NULL, NULL);
}
