/* admin_categories.c -- a CSV file of categories, line by line. RFC 4180. */
#include "admin.h"
#include "command.h"
#include "file.h"
#include "kl_canon.h"
#include "kl_hash.h"

#include <stdio.h>
#include <string.h>

enum {
	FILE_SIZE_MAX = 1 << 20,
	COLUMNS_MAX = 32,
	BODY_SIZE_MAX = 16384,
	KEY_DIGITS = 32,
};

/* A column of the file, and the member it becomes. */
static const struct column {
	const char *column, *member;
} columns[] = {
	{ "code", "code" },
	{ "phase", "phase" },
	{ "service", "service" },
	{ "approval_item", "approval_item" },
	{ "authority", "authority" },
	{ "basis", "basis" },
	{ "basis_source", "basis_source" },
	{ "legal_limit", "legal_limit" },
	{ "unit", "unit" },
	{ "limit_source", "limit_source" },
	{ "qualification", "qualification" },
	{ "suggested_workdays", "suggested_days" },
};

/* The cells of one line, in the file's own bytes. */
struct line {
	char *cells[COLUMNS_MAX];
	size_t count;
};

/* Ends the quoted cell at `at`, joining doubled quotes; NULL if it is open. */
static char *read_quoted(char *at, char **cell)
{
	char *to = ++at;

	for (*cell = to; *at; at++) {
		if (*at == '"' && *++at != '"') {
			*to = '\0';
			return at;
		}
		*to++ = *at;
	}
	return NULL;
}

/*
 * Cut the line at `*at` into cells and move on to the next. False for a quote
 * that is open or followed by more, and for too many cells.
 */
static bool read_line(char **at, struct line *line)
{
	for (line->count = 0; line->count < COLUMNS_MAX;) {
		char **cell = &line->cells[line->count++];
		char *end, stop;

		if (**at == '"') {
			end = read_quoted(*at, cell);
		} else {
			*cell = *at;
			end = *at + strcspn(*at, ",\r\n");
		}
		if (!end || !strchr(",\r\n", *end))
			return false;
		stop = *end;
		*end = '\0';
		*at = end + (stop != '\0');
		if (stop == '\r' && **at == '\n')
			++*at;
		if (stop != ',')
			return true;
	}
	return false;
}

static const struct column *find_column(const char *name)
{
	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
		if (strcmp(columns[i].column, name) == 0)
			return &columns[i];
	return NULL;
}

/* wd and d are what the file says; an empty cell and `-` are none. */
static const char *value_of(const struct column *column, const char *cell)
{
	bool is_unit = strcmp(column->member, "unit") == 0;

	if (!*cell || (is_unit && strcmp(cell, "-") == 0))
		return NULL;
	if (is_unit && strcmp(cell, "wd") == 0)
		return "workday";
	return is_unit && strcmp(cell, "d") == 0 ? "day" : cell;
}

static json_t *category_of(const struct line *head, const struct line *line)
{
	json_t *category = json_object();

	for (size_t i = 0; i < line->count && i < head->count; i++) {
		const struct column *column = find_column(head->cells[i]);
		const char *value =
		    column ? value_of(column, line->cells[i]) : NULL;

		if (value)
			json_object_set_new(
			    category, column->member, json_string(value));
	}
	return category;
}

/* The same line is the same act, however often the file is loaded. */
static bool name_act(const json_t *category, char key[static KL_HASH_HEX])
{
	struct kl_buf text = KL_BUF(BODY_SIZE_MAX);
	bool good = !kl_canon_write(&text, category);
	struct kl_hash hash = kl_hash_of(text.data, text.size);

	kl_buf_clear(&text);
	kl_hash_hex(&hash, key);
	key[KEY_DIGITS] = '\0';
	return good;
}

static int load_line(const struct admin_site *site, const struct line *head,
    const struct line *line, size_t number)
{
	json_t *category = category_of(head, line);
	char key[KL_HASH_HEX];
	int status = COMMAND_UNUSABLE;
	json_auto_t *answer = NULL;

	if (name_act(category, key))
		answer =
		    admin_post(site, "/v1/categories", category, key, &status);
	else
		json_decref(category);
	if (answer)
		printf(
		    "%s\n", json_string_value(json_object_get(answer, "id")));
	else
		fprintf(stderr, "admin: line %zu\n", number);
	return status;
}

static int load(const struct admin_site *site, char *text)
{
	struct line head, line;
	int status = COMMAND_DONE;
	char *at = text;

	if (!read_line(&at, &head) || !find_column(head.cells[0])) {
		fprintf(stderr, "admin: line 1 must name the columns\n");
		return COMMAND_UNUSABLE;
	}
	for (size_t number = 2; *at && status == COMMAND_DONE; number++) {
		if (!read_line(&at, &line) || line.count != head.count) {
			fprintf(stderr,
			    "admin: line %zu: as many cells as "
			    "line 1 has, quotes closed\n",
			    number);
			return COMMAND_UNUSABLE;
		}
		status = load_line(site, &head, &line, number);
	}
	return status;
}

int admin_load_categories(const struct admin_site *site, const char *path)
{
	struct kl_buf text = KL_BUF(FILE_SIZE_MAX);
	int failure = file_read(path, &text);
	int status = COMMAND_UNUSABLE;

	kl_buf_add_byte(&text, '\0');
	if (failure || kl_buf_result(&text))
		fprintf(stderr, "admin: %s: %s\n", path,
		    failure ? strerror(failure) : "too large");
	else if (strlen((char *)text.data) + 1 != text.size)
		fprintf(stderr, "admin: %s: has a NUL\n", path);
	else
		status = load(site, (char *)text.data);
	kl_buf_clear(&text);
	return status;
}
