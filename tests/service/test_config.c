/* Settings are read whole or not at all. The linker puts ours in place of what
 * the library reads lines with: an optimized getline() is a __getdelim(). */
#include "unit.h"

#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef ssize_t reads_line(char **line, size_t *room, FILE *input);
typedef ssize_t reads_to(char **line, size_t *room, int end, FILE *input);
reads_line __real_getline, __wrap_getline;
reads_to __real___getdelim, __wrap___getdelim;

static unsigned left; /* lines that can be read before memory runs out */

static bool fails(void)
{
	if (left-- > 0)
		return false;
	errno = ENOMEM;
	return true;
}

ssize_t __wrap_getline(char **line, size_t *room, FILE *input)
{
	return fails() ? -1 : __real_getline(line, room, input);
}

ssize_t __wrap___getdelim(char **line, size_t *room, int end, FILE *input)
{
	return fails() ? -1 : __real___getdelim(line, room, end, input);
}

static const char text[] = "http_port = 1\nact_queue = 2\nhttp_threads = 3\n";

/* What it complains of is the caller's to free. */
static bool reads(struct config *config, unsigned lines, char **complaints)
{
	size_t size;
	FILE *input = fmemopen((char *)(uintptr_t)text, sizeof(text) - 1, "r");
	FILE *output = open_memstream(complaints, &size);
	bool good;

	assert_non_null(input);
	assert_non_null(output);
	left = lines;
	config_init(config);
	good = config_read(config, input, output);
	fclose(input);
	fclose(output);
	return good;
}

static void settings_are_read_to_their_end(void **state)
{
	struct config config;
	char *complaints;

	(void)state;
	assert_true(reads(&config, UINT32_MAX, &complaints));
	assert_int_equal(config.http_port, 1);
	assert_int_equal(config.http_threads, 3);
	assert_string_equal(complaints, "");
	free(complaints);
}

static void memory_that_runs_out_is_no_end(void **state)
{
	struct config config;
	char *complaints;

	(void)state;
	for (unsigned lines = 0; lines <= 3; lines++) {
		assert_false(reads(&config, lines, &complaints));
		assert_string_equal(complaints,
		    "the settings cannot be read: Cannot allocate memory\n");
		free(complaints);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_are_read_to_their_end),
		cmocka_unit_test(memory_that_runs_out_is_no_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
