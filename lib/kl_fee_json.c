#include "kl_fee_json.h"

#include <string.h>

/* Is each member of the object one of these? They end with NULL. */
static bool is_of(const json_t *object, const char *const names[])
{
	const char *name;
	json_t *value;
	size_t i;

	json_object_foreach ((json_t *)(uintptr_t)object, name, value) {
		for (i = 0; names[i] && strcmp(names[i], name) != 0; i++)
			;
		if (!names[i])
			return false;
	}
	return json_is_object(object);
}

/* The code at `value` among `count` words; `count` for none. */
static unsigned code_of(const json_t *value, unsigned count,
    const struct kl_words *(*words)(unsigned))
{
	const char *code = json_string_value(value);
	unsigned i = 0;

	while (code && i < count && strcmp(words(i)->code, code) != 0)
		i++;
	return code ? i : count;
}

static const struct kl_words *unit_words(unsigned unit)
{
	return kl_fee_unit_words((enum kl_fee_unit)unit);
}

static const struct kl_words *formula_words(unsigned formula)
{
	return kl_fee_formula_words((enum kl_fee_formula)formula);
}

/* A whole number, or `fallback` where there is none. */
static bool read_number(
    const json_t *object, const char *name, int64_t fallback, int64_t *number)
{
	const json_t *value = json_object_get(object, name);

	*number = value ? json_integer_value(value) : fallback;
	return !value || json_is_integer(value);
}

static bool read_bracket(const json_t *value, struct kl_fee_bracket *bracket)
{
	static const char *const names[] = { "above", "rate", "fee_fen", NULL };

	return is_of(value, names) &&
	       read_number(value, "above", 0, &bracket->above) &&
	       read_number(value, "rate", 0, &bracket->rate) &&
	       read_number(value, "fee_fen", 0, &bracket->fee_fen);
}

static bool read_brackets(const json_t *list, struct kl_fee_sheet *sheet)
{
	const json_t *item;
	size_t i;

	sheet->schedule.brackets = sheet->brackets;
	sheet->schedule.bracket_count = json_array_size(list);
	if ((list && !json_is_array(list)) ||
	    json_array_size(list) > KL_FEE_BRACKETS_MAX)
		return false;
	json_array_foreach (list, i, item)
		if (!read_bracket(item, &sheet->brackets[i]))
			return false;
	return true;
}

static bool read_discount(const json_t *object, uint32_t *discount_bp)
{
	int64_t number;
	bool good = read_number(object, "discount_bp", 0, &number);

	*discount_bp = (uint32_t)number;
	return good && number >= 0 && number <= UINT32_MAX;
}

static bool read_maximum(const json_t *object, int64_t *max_fen)
{
	*max_fen = KL_FEE_OPEN;
	return json_is_null(json_object_get(object, "max_fen")) ||
	       read_number(object, "max_fen", KL_FEE_OPEN, max_fen);
}

/* The first member that is of another type; NULL: all are as they should be. */
static const char *find_odd(const json_t *value, struct kl_fee_sheet *sheet)
{
	static const char *const names[] = { "unit", "formula", "base_fen",
		"brackets", "discount_bp", "min_fen", "max_fen", NULL };
	struct kl_fee_schedule *schedule = &sheet->schedule;

	schedule->unit =
	    code_of(json_object_get(value, "unit"), KL_FEE_UNITS, unit_words);
	schedule->formula = code_of(
	    json_object_get(value, "formula"), KL_FEE_FORMULAS, formula_words);
	if (!is_of(value, names))
		return "";
	if (schedule->unit == KL_FEE_UNITS)
		return "unit";
	if (schedule->formula == KL_FEE_FORMULAS)
		return "formula";
	if (!read_number(value, "base_fen", 0, &schedule->base_fen))
		return "base_fen";
	if (!read_brackets(json_object_get(value, "brackets"), sheet))
		return "brackets";
	if (!read_discount(value, &schedule->discount_bp))
		return "discount_bp";
	if (!read_number(value, "min_fen", 0, &schedule->min_fen))
		return "min_fen";
	return read_maximum(value, &schedule->max_fen) ? NULL : "max_fen";
}

enum kl_result kl_fee_read(
    const json_t *value, struct kl_fee_sheet *sheet, const char **where)
{
	const char *odd = find_odd(value, sheet);

	if (!odd)
		return KL_OK;
	*where = odd;
	return KL_MALFORMED;
}
