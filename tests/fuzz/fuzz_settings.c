/*
 * A file of settings says what it seems to say: each line of it is a comment,
 * or stands in the settings as printed; and what is printed reads back.
 */
#include "fuzz.h"

#include "config.h"

#include <stdlib.h>

enum { INPUT_MAX = 2048, PRINTED_MAX = 16384, BLANKS_MAX = 6 };

static const char blanks[BLANKS_MAX + 1] = " \t\v\f\r";

/* What is complained of goes to one stream, opened once: that is slow. */
static bool read_settings(struct config *config, const void *bytes, size_t size)
{
	static char complaint[1024];
	static FILE *complaints;
	FILE *input = fmemopen((void *)(uintptr_t)bytes, size, "r");
	bool read;

	if (!complaints)
		complaints = fmemopen(complaint, sizeof(complaint), "w");
	assert(input && complaints);
	complaint[0] = '\0';
	config_init(config);
	read = config_read(config, input, complaints);
	fclose(input);
	rewind(complaints);
	assert(read == (complaint[0] == '\0'));
	return read;
}

static size_t print(const struct config *config, char text[static PRINTED_MAX])
{
	FILE *output = fmemopen(text, PRINTED_MAX, "w");
	size_t size;

	assert(output);
	config_print(config, output);
	size = (size_t)ftell(output);
	fclose(output);
	assert(size < PRINTED_MAX);
	return size;
}

/* Numbers are printed without leading zeros. */
static const char *skip_zeros(const char *value)
{
	const char *digits = value + strspn(value, "0");

	if (value[strspn(value, "0123456789")])
		return value;
	return *digits || digits == value ? digits : digits - 1;
}

/* One line without its LF and comment, as a reader of it understands it. Adds
 * what it sets to `names`. */
static void check_line(char *line, const char *printed, struct kl_buf *names)
{
	char wanted[INPUT_MAX + 8];
	char *name = line + strspn(line, blanks), *value;

	if (!*name)
		return;
	value = strchr(name, '=');
	assert(value);
	*value++ = '\0';
	name[strcspn(name, blanks)] = '\0';
	value += strspn(value, blanks);
	value[strcspn(value, blanks)] = '\0';
	kl_buf_add_text(names, name);
	kl_buf_add_text(names, " ");
	snprintf(wanted, sizeof(wanted), "\n%s = %s\n", name, value);
	if (strstr(printed, wanted))
		return;
	snprintf(
	    wanted, sizeof(wanted), "\n%s = %s\n", name, skip_zeros(value));
	assert(strstr(printed, wanted));
}

static void check_lines(
    const uint8_t *data, size_t size, const char *printed, struct kl_buf *names)
{
	char copy[INPUT_MAX + 1], *rest = copy, *line;

	assert(!memchr(data, '\0', size));
	memcpy(copy, data, size);
	copy[size] = '\0';
	kl_buf_add_text(names, " ");
	while ((line = strsep(&rest, "\n"))) {
		line[strcspn(line, "#")] = '\0';
		check_line(line, printed, names);
	}
	kl_buf_add_byte(names, '\0');
	assert(!kl_buf_result(names));
}

/* What no line sets is as it was. */
static void check_others(const char *printed, const struct kl_buf *names)
{
	static struct config untouched;
	static char defaults[PRINTED_MAX];
	const char *before = defaults;
	char name[64];

	if (!*defaults) {
		config_init(&untouched);
		print(&untouched, defaults);
	}
	while (*printed) {
		size_t size = strcspn(printed, "\n") + 1;
		size_t size_before = strcspn(before, "\n") + 1;

		if (size != size_before || memcmp(printed, before, size) != 0) {
			snprintf(name, sizeof(name), " %.*s ",
			    (int)strcspn(printed, " "), printed);
			assert(strstr((const char *)names->data, name));
		}
		printed += size;
		before += size_before;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config config, again;
	static char printed[PRINTED_MAX], reprinted[PRINTED_MAX];
	struct kl_buf names = KL_BUF(INPUT_MAX * 2);
	size_t printed_size;
	bool read;

	if (size == 0 || size > INPUT_MAX)
		return 0;
	if (!read_settings(&config, data, size))
		return 0;
	printed_size = print(&config, printed);
	check_lines(data, size, printed, &names);
	check_others(printed, &names);
	kl_buf_clear(&names);
	read = read_settings(&again, printed, printed_size);
	assert(read);
	assert(print(&again, reprinted) == printed_size);
	assert(memcmp(printed, reprinted, printed_size) == 0);
	return 0;
}
