/* Files are written whole or not at all, and folders read within limits. */
#include "file.h"
#include "high_water.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 600 };

/* A folder of its own for each test. */
struct place {
	char folder[PATH_SIZE / 2];
};

static int enter(void **state)
{
	static struct place place;

	snprintf(place.folder, sizeof(place.folder), "/tmp/test_file.XXXXXX");
	*state = &place;
	return mkdtemp(place.folder) ? 0 : -1;
}

static int leave(void **state)
{
	const struct place *place = *state;
	char command[PATH_SIZE];

	snprintf(command, sizeof(command), "rm -rf %s", place->folder);
	return system(command);
}

static const char *path_of(void **state, const char *name)
{
	static char path[PATH_SIZE];
	const struct place *place = *state;

	snprintf(path, sizeof(path), "%s/%s", place->folder, name);
	return path;
}

static void expect_text(const char *path, const char *text, mode_t mode)
{
	struct kl_buf out = KL_BUF(64);
	struct stat about;

	assert_int_equal(file_read(path, &out), 0);
	assert_int_equal(out.size, strlen(text));
	if (out.size > 0)
		assert_memory_equal(out.data, text, out.size);
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_mode & 07777, mode);
	kl_buf_clear(&out);
}

static void replaces(void **state)
{
	const char *path = path_of(state, "x");

	assert_int_equal(file_replace(path, "one", 3, 0640), 0);
	expect_text(path, "one", 0640);
	assert_int_equal(file_replace(path, "", 0, 0600), 0);
	expect_text(path, "", 0600);
	assert_int_equal(
	    file_replace(path_of(state, "no/x"), "one", 3, 0640), ENOENT);
}

static void creates_once(void **state)
{
	const char *path = path_of(state, "key");

	assert_int_equal(file_create(path, "one", 3, 0400), 0);
	expect_text(path, "one", 0400);
	assert_int_equal(file_create(path, "two", 3, 0400), EEXIST);
	expect_text(path, "one", 0400);
}

static void writes_over_what_was_there(void **state)
{
	const char *path = path_of(state, "copy");

	assert_int_equal(file_write(path, "longer", 6, 0640), 0);
	expect_text(path, "longer", 0640);
	assert_int_equal(file_write(path, "one", 3, 0600), 0);
	expect_text(path, "one", 0640);
	assert_int_equal(file_write("/dev/full", "one", 3, 0600), ENOSPC);
	assert_int_equal(
	    file_write(path_of(state, "no/x"), "one", 3, 0640), ENOENT);
}

static void reads_within_its_limit(void **state)
{
	struct kl_buf exact = KL_BUF(3), small = KL_BUF(2);
	const char *path = path_of(state, "x");

	assert_int_equal(file_replace(path, "one", 3, 0600), 0);
	assert_int_equal(file_read(path, &exact), 0);
	assert_int_equal(file_read(path, &small), EFBIG);
	assert_int_equal(file_read(path_of(state, "y"), &exact), ENOENT);
	kl_buf_clear(&exact);
	kl_buf_clear(&small);
}

static void reads_a_folder_in_order(void **state)
{
	const struct place *place = *state;
	struct files files;

	assert_int_equal(mkdir(path_of(state, "log"), 0700), 0);
	assert_int_equal(
	    file_replace(path_of(state, "log/b"), "bb", 2, 0600), 0);
	assert_int_equal(file_replace(path_of(state, "z"), "", 0, 0600), 0);
	assert_int_equal(file_replace(path_of(state, ".h"), "h", 1, 0600), 0);
	assert_true(file_is_folder(place->folder));
	assert_int_equal(file_read_folder(place->folder, &files), 0);
	assert_int_equal(files.count, 3);
	assert_string_equal(files.list[0].name, ".h");
	assert_string_equal(files.list[1].name, "log/b");
	assert_int_equal(files.list[1].size, 2);
	assert_memory_equal(files.list[1].bytes, "bb", 2);
	assert_string_equal(files.list[2].name, "z");
	assert_int_equal(files.list[2].size, 0);
	files_clear(&files);
	files_clear(&files);
}

static bool is_there(void **state, const char *name)
{
	return access(path_of(state, name), F_OK) == 0;
}

/* What a crash has left, and nothing that somebody has put there. */
static void sweeps_what_a_crash_left(void **state)
{
	static const char *const kept[] = { "high", "high.backup",
		"high.new-toolong", "high.new-five", "ahigh.new-123456",
		"high.old-123456" };
	const struct place *place = *state;
	struct files files;

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		assert_int_equal(
		    file_create(path_of(state, kept[i]), "", 0, 0600), 0);
	assert_int_equal(
	    file_create(path_of(state, "high.new-aB3456"), "half", 4, 0600), 0);
	file_sweep(path_of(state, "high"));
	assert_false(is_there(state, "high.new-aB3456"));
	assert_int_equal(file_read_folder(place->folder, &files), 0);
	assert_int_equal(files.count, sizeof(kept) / sizeof(*kept));
	files_clear(&files);
	file_sweep(path_of(state, "none/high"));
}

static void closes(int descriptor)
{
	assert_int_equal(close(descriptor), 0);
}

/* Each opening is a holder of its own, as in another process. */
static void locks_for_one_alone(void **state)
{
	static const char *const names[] = { "lock", "folder" };
	const char *path;
	int first, second;

	assert_int_equal(mkdir(path_of(state, "folder"), 0700), 0);
	for (size_t i = 0; i < 2; i++) {
		path = path_of(state, names[i]);
		assert_int_equal(file_lock(path, &first), 0);
		assert_int_equal(file_lock(path, &second), EWOULDBLOCK);
		assert_int_equal(second, -1);
		closes(first);
		assert_int_equal(file_lock(path, &first), 0);
		closes(first);
	}
	expect_text(path_of(state, "lock"), "", 0600);
	path = path_of(state, "link");
	assert_int_equal(symlink("lock", path), 0);
	assert_int_equal(file_lock(path, &first), ELOOP);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("folder", path), 0);
	assert_int_equal(file_lock(path, &first), 0);
	assert_int_equal(
	    file_lock(path_of(state, "folder"), &second), EWOULDBLOCK);
	closes(first);
	assert_int_equal(file_lock(path_of(state, "no/x"), &first), ENOENT);
	assert_int_equal(first, -1);
}

/* How many lines `path` has. */
static size_t lines_of(const char *path)
{
	struct kl_buf out = KL_BUF(4096);
	size_t count = 0;

	assert_int_equal(file_read(path, &out), 0);
	for (size_t i = 0; i < out.size; i++)
		count += out.data[i] == '\n';
	kl_buf_clear(&out);
	return count;
}

/* The diary hears of a failure once, however often it is tried again. */
static void tells_once_that_it_cannot_write(void **state)
{
	static const int steps[] = { false, false, true, false, false };
	char water[PATH_SIZE], folder[PATH_SIZE];
	int before = dup(STDERR_FILENO);

	strcpy(water, path_of(state, "w/high"));
	strcpy(folder, path_of(state, "w"));
	assert_non_null(freopen(path_of(state, "diary"), "w", stderr));
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		if (steps[i])
			assert_int_equal(mkdir(folder, 0700), 0);
		assert_int_equal(high_water_write(water, "x", 1), steps[i]);
		unlink(water);
		rmdir(folder);
	}
	fflush(stderr);
	dup2(before, STDERR_FILENO);
	close(before);
	assert_int_equal(lines_of(path_of(state, "diary")), 2);
}

static void refuses_what_is_no_file(void **state)
{
	const struct place *place = *state;
	const char *path = path_of(state, "x");
	struct files files;

	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(file_read_folder(place->folder, &files), EINVAL);
	assert_int_equal(files.count, 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(file_read_folder(place->folder, &files), EINVAL);
	assert_int_equal(
	    file_read_folder(path_of(state, "none"), &files), ENOENT);
	assert_false(file_is_folder(path));
}

static void refuses_folders_too_deep(void **state)
{
	const struct place *place = *state;
	struct files files;

	assert_int_equal(mkdir(path_of(state, "1"), 0700), 0);
	assert_int_equal(mkdir(path_of(state, "1/2"), 0700), 0);
	assert_int_equal(mkdir(path_of(state, "1/2/3"), 0700), 0);
	assert_int_equal(file_read_folder(place->folder, &files), 0);
	files_clear(&files);
	assert_int_equal(mkdir(path_of(state, "1/2/3/4"), 0700), 0);
	assert_int_equal(file_read_folder(place->folder, &files), EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(replaces, enter, leave),
		cmocka_unit_test_setup_teardown(creates_once, enter, leave),
		cmocka_unit_test_setup_teardown(
		    writes_over_what_was_there, enter, leave),
		cmocka_unit_test_setup_teardown(
		    reads_within_its_limit, enter, leave),
		cmocka_unit_test_setup_teardown(
		    reads_a_folder_in_order, enter, leave),
		cmocka_unit_test_setup_teardown(
		    sweeps_what_a_crash_left, enter, leave),
		cmocka_unit_test_setup_teardown(
		    tells_once_that_it_cannot_write, enter, leave),
		cmocka_unit_test_setup_teardown(
		    locks_for_one_alone, enter, leave),
		cmocka_unit_test_setup_teardown(
		    refuses_what_is_no_file, enter, leave),
		cmocka_unit_test_setup_teardown(
		    refuses_folders_too_deep, enter, leave),
	};

	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
