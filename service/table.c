#include "table.h"

#include <stdlib.h>
#include <string.h>

enum { DIGITS_MAX = 16 };

static const char formula_begins[] = "=+-@\t\r";

const struct member *table_member(const struct kind *kind, const char *name)
{
	for (const struct member *m = kind->members; m->name; m++)
		if ((m->flags & MEMBER_IN) && strcmp(m->name, name) == 0)
			return m;
	return NULL;
}

static bool begins_formula(const char *text)
{
	return *text && strchr(formula_begins, *text);
}

static json_t *text_of(const char *cell, struct table_fault *fault)
{
	*fault = (struct table_fault){ .code = "formula",
		.zh = "不得以 = + - @ 开头(电子表格会当作公式)",
		.en = "must not begin with = + - @: a spreadsheet would take "
		      "it for a formula" };
	if (begins_formula(cell))
		return NULL;
	if (*cell == '\'' && begins_formula(cell + 1))
		cell++;
	fault->code = "form";
	fault->zh = "不是有效的 UTF-8 文字";
	fault->en = "is no text in UTF-8";
	return json_string(cell);
}

static json_t *number_of(const char *cell, struct table_fault *fault)
{
	size_t digits = strspn(cell, "0123456789");

	*fault = (struct table_fault){
		.code = "form", .zh = "应为整数", .en = "must be a whole number"
	};
	if (cell[digits] || digits > DIGITS_MAX)
		return NULL;
	return json_integer(strtoll(cell, NULL, 10));
}

static json_t *flag_of(const char *cell, struct table_fault *fault)
{
	*fault = (struct table_fault){ .code = "form",
		.zh = "应为 true 或 false",
		.en = "must be true or false" };
	if (strcmp(cell, "true") != 0 && strcmp(cell, "false") != 0)
		return NULL;
	return json_boolean(*cell == 't');
}

static json_t *value_of(
    const struct member *member, const char *cell, struct table_fault *fault)
{
	switch (member->type) {
	case MEMBER_NUMBER:
		return number_of(cell, fault);
	case MEMBER_FLAG:
		return flag_of(cell, fault);
	case MEMBER_JSON:
		*fault = (struct table_fault){ .code = "form",
			.zh = "应为 JSON 对象或数组",
			.en = "must be a JSON object or array" };
		return json_loads(cell, JSON_REJECT_DUPLICATES, NULL);
	case MEMBER_TEXT:
	case MEMBER_PROSE:
	case MEMBER_TOKEN:
	case MEMBER_CHOICE:
	case MEMBER_USCC:
	case MEMBER_HASH:
	case MEMBER_TIME:
		return text_of(cell, fault);
	}
	return NULL;
}

json_t *table_body(const struct member *const columns[], char *const cells[],
    size_t count, struct table_fault *fault)
{
	json_t *body = json_object();

	for (size_t i = 0; i < count; i++) {
		json_t *value;

		if (!*cells[i])
			continue;
		value = value_of(columns[i], cells[i], fault);
		if (!value) {
			fault->column = i;
			json_decref(body);
			return NULL;
		}
		json_object_set_new(body, columns[i]->name, value);
	}
	return body;
}
