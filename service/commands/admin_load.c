/* admin_load.c -- a CSV file of things to publish, line by line. RFC 4180. */
#include "admin.h"
#include "command.h"
#include "file.h"
#include "kl_canon.h"
#include "kl_csv.h"
#include "kl_hash.h"
#include "table.h"

#include <stdio.h>
#include <string.h>

enum {
	FILE_SIZE_MAX = 1 << 22,
	BODY_SIZE_MAX = 65536,
	KEY_DIGITS = 32,
};

/* What the first line names. */
struct head {
	const struct member *columns[KL_CSV_COLUMNS_MAX];
	size_t count;
};

/* The same line is the same act, however often the file is loaded. */
static bool name_act(const json_t *body, char key[static KL_HASH_HEX])
{
	struct kl_buf text = KL_BUF(BODY_SIZE_MAX);
	bool good = !kl_canon_write(&text, body);
	struct kl_hash hash = kl_hash_of(text.data, text.size);

	kl_buf_clear(&text);
	kl_hash_hex(&hash, key);
	key[KEY_DIGITS] = '\0';
	return good;
}

static int load_row(const struct admin_load *load, const struct head *head,
    const struct kl_csv_row *row)
{
	struct table_fault fault = { .en = "as many cells as line 1 has" };
	json_t *body =
	    row->count == head->count
		? table_body(head->columns, row->cells, row->count, &fault)
		: NULL;
	char key[KL_HASH_HEX];
	int status = COMMAND_UNUSABLE;
	json_auto_t *answer = NULL;

	if (!body)
		fprintf(stderr, "admin: %s: %s\n",
		    fault.code ? head->columns[fault.column]->name : "cells",
		    fault.en);
	else if (name_act(body, key))
		answer = admin_post(
		    load->site, load->path, json_incref(body), key, &status);
	json_decref(body);
	if (answer)
		printf(
		    "%s\n", json_string_value(json_object_get(answer, "id")));
	else
		fprintf(stderr, "admin: line %zu\n", row->line);
	return status;
}

static bool read_head(
    const struct admin_load *load, struct kl_csv *csv, struct head *head)
{
	struct kl_csv_row row;

	head->count = 0;
	if (!kl_csv_more(csv) || kl_csv_next(csv, &row))
		return false;
	for (; head->count < row.count; head->count++) {
		head->columns[head->count] =
		    table_member(load->kind, row.cells[head->count]);
		if (!head->columns[head->count])
			return false;
	}
	return true;
}

static int load_text(const struct admin_load *load, char *text)
{
	struct kl_csv csv;
	struct kl_csv_row row;
	struct head head;
	int status = COMMAND_DONE;

	kl_csv_begin(&csv, text);
	if (!read_head(load, &csv, &head)) {
		fprintf(stderr, "admin: line 1 must name the columns\n");
		return COMMAND_UNUSABLE;
	}
	while (kl_csv_more(&csv) && status == COMMAND_DONE) {
		if (kl_csv_next(&csv, &row)) {
			fprintf(stderr,
			    "admin: line %zu: a quote or an end of "
			    "the line where none may be\n",
			    csv.line);
			return COMMAND_UNUSABLE;
		}
		status = load_row(load, &head, &row);
	}
	return status;
}

int admin_load(const struct admin_load *load, const char *path)
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
		status = load_text(load, (char *)text.data);
	kl_buf_clear(&text);
	return status;
}
