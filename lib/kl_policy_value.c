#include "kl_date.h"
#include "kl_leaf.h"
#include "kl_policy_private.h"

static bool is_token(const json_t *value)
{
	return json_is_string(value) &&
	       kl_is_token(json_string_value(value), json_string_length(value));
}

/* --- units ---------------------------------------------------------------- */

static const struct {
	const char *word;
	int64_t seconds;
	struct kl_policy_words words;
} units[KL_POLICY_UNIT_COUNT] = {
#define UNIT(name, word, seconds, chinese, english)                            \
	[KL_POLICY_##name] = { word, seconds, { chinese, english } },
	KL_POLICY_UNITS(UNIT)
#undef UNIT
};

const char *kl_policy_unit_word(enum kl_policy_unit unit)
{
	return units[unit].word;
}

struct kl_policy_words kl_policy_unit_words(enum kl_policy_unit unit)
{
	return units[unit].words;
}

/* Of what a duration is in; 0 if it cannot be. */
static int64_t unit_seconds(const json_t *word)
{
	if (!is_token(word))
		return 0;
	for (size_t i = 0; i < KL_POLICY_UNIT_COUNT; i++)
		if (strcmp(units[i].word, json_string_value(word)) == 0)
			return units[i].seconds;
	return 0;
}

static bool is_within(int64_t number, int64_t minimum, int64_t maximum)
{
	return number >= minimum && number <= maximum;
}

int64_t kl_policy_seconds(const json_t *duration)
{
	const json_t *n = json_object_get(duration, "n");
	int64_t seconds = unit_seconds(json_object_get(duration, "unit"));

	if (json_object_size(duration) != 2 || !json_is_integer(n) ||
	    !is_within(json_integer_value(n), 0, KL_POLICY_TIME_S_MAX) ||
	    seconds == 0)
		return -1;
	return json_integer_value(n) * seconds;
}

bool kl_policy_is_workdays(const json_t *duration)
{
	const char *unit = json_string_value(json_object_get(duration, "unit"));

	return unit && strcmp(unit, units[KL_POLICY_WORKDAY].word) == 0;
}

/* --- words ---------------------------------------------------------------- */

bool kl_policy_is_date(const char *text, size_t size)
{
	int32_t day;

	return !kl_date_read(text, size, &day);
}

bool kl_policy_holds(const json_t *words, const char *word)
{
	size_t i;
	json_t *item;

	json_array_foreach (words, i, item)
		if (json_is_string(item) &&
		    strcmp(json_string_value(item), word) == 0)
			return true;
	return false;
}

static bool is_among(const char *word, const struct kl_policy_term terms[])
{
	for (; terms->word; terms++)
		if (strcmp(terms->word, word) == 0)
			return true;
	return false;
}

static bool is_term(const json_t *value, const struct kl_policy_term terms[])
{
	return is_token(value) && is_among(json_string_value(value), terms);
}

/* An array of words, none twice; of `terms` unless NULL. */
static bool is_words(const json_t *value, const struct kl_policy_term terms[])
{
	size_t i, seen = 0;
	json_t *item;

	if (!json_is_array(value) ||
	    json_array_size(value) > KL_POLICY_WORDS_MAX)
		return false;
	json_array_foreach (value, i, item) {
		if (terms ? !is_term(item, terms) : !is_token(item))
			return false;
		for (size_t j = 0; j < i; j++)
			seen += json_equal(json_array_get(value, j), item);
	}
	return seen == 0;
}

static enum kl_policy_flaw formed(bool is_formed)
{
	return is_formed ? KL_POLICY_SOUND : KL_POLICY_ILL_FORMED;
}

/* --- numbers -------------------------------------------------------------- */

static bool is_bounded(
    const json_t *value, const struct kl_policy_member *member)
{
	return json_is_integer(value) && is_within(json_integer_value(value),
					     member->minimum, member->maximum);
}

static enum kl_policy_flaw judge_numbers(
    const json_t *value, const struct kl_policy_member *member)
{
	enum kl_policy_flaw flaw = KL_POLICY_SOUND;
	size_t i;
	json_t *item;

	if (!json_is_array(value) ||
	    json_array_size(value) > KL_POLICY_WORDS_MAX)
		return KL_POLICY_ILL_FORMED;
	json_array_foreach (value, i, item) {
		if (!json_is_integer(item) || json_integer_value(item) < 0)
			return KL_POLICY_ILL_FORMED;
		if (!is_bounded(item, member))
			flaw = KL_POLICY_OUT_OF_BOUNDS;
	}
	return flaw;
}

static enum kl_policy_flaw judge_duration(
    const json_t *value, const struct kl_policy_member *member)
{
	int64_t seconds = kl_policy_seconds(value);

	if (seconds < 0)
		return KL_POLICY_ILL_FORMED;
	return is_within(seconds, member->minimum, member->maximum)
		   ? KL_POLICY_SOUND
		   : KL_POLICY_OUT_OF_BOUNDS;
}

/* --- maps ----------------------------------------------------------------- */

static enum kl_policy_flaw judge_item(
    const char *name, const json_t *item, const struct kl_policy_member *member)
{
	if (member->open ? !kl_is_token(name, strlen(name))
			 : !is_among(name, member->terms))
		return KL_POLICY_ILL_FORMED;
	if (member->values)
		return formed(is_term(item, member->values));
	if (!json_is_integer(item))
		return KL_POLICY_ILL_FORMED;
	return is_bounded(item, member) ? KL_POLICY_SOUND
					: KL_POLICY_OUT_OF_BOUNDS;
}

static bool has_terms(const json_t *value, const struct kl_policy_term terms[])
{
	for (; terms->word; terms++)
		if (!json_object_get(value, terms->word))
			return false;
	return true;
}

static enum kl_policy_flaw judge_object(
    const json_t *value, const struct kl_policy_member *member)
{
	enum kl_policy_flaw flaw = KL_POLICY_SOUND;
	const char *name;
	json_t *item;

	if (!json_is_object(value) ||
	    (!member->open && !has_terms(value, member->terms)))
		return KL_POLICY_ILL_FORMED;
	json_object_foreach ((json_t *)(uintptr_t)value, name, item) {
		enum kl_policy_flaw one = judge_item(name, item, member);

		if (one == KL_POLICY_ILL_FORMED)
			return one;
		flaw = one ? one : flaw;
	}
	return flaw;
}

/* --- one member ----------------------------------------------------------- */

static bool is_text_or_null(const json_t *value)
{
	return json_is_null(value) ||
	       (json_is_string(value) && json_string_length(value) > 0);
}

enum kl_policy_flaw kl_policy_judge(
    const struct kl_policy_member *member, const json_t *value)
{
	switch (member->type) {
	case KL_POLICY_TOKEN:
		return formed(is_token(value) && json_string_length(value) <=
						     (size_t)member->maximum);
	case KL_POLICY_DATE:
		return formed(json_is_string(value) &&
			      kl_policy_is_date(json_string_value(value),
				  json_string_length(value)));
	case KL_POLICY_TEXT_OR_NULL:
		return formed(is_text_or_null(value));
	case KL_POLICY_NUMBER:
		return formed(is_bounded(value, member));
	case KL_POLICY_FLAG:
		return formed(json_is_boolean(value));
	case KL_POLICY_CHOICE:
		return formed(is_term(value, member->terms));
	case KL_POLICY_CHOICES:
		return formed(is_words(value, member->terms));
	case KL_POLICY_WORDS:
		return formed(is_words(value, NULL));
	case KL_POLICY_NUMBERS:
		return judge_numbers(value, member);
	case KL_POLICY_DURATION:
		return judge_duration(value, member);
	case KL_POLICY_CLOCKED:
		return formed(!kl_policy_is_workdays(value) &&
			      !judge_duration(value, member));
	case KL_POLICY_OBJECT:
		return judge_object(value, member);
	case KL_POLICY_TEMPLATES: /* kl_policy_rules.c looks into them */
		return formed(json_is_object(value));
	}
	return KL_POLICY_ILL_FORMED;
}
