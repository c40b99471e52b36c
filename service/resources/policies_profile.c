/* policies_profile.c -- what a policy must say, and reading what it says. */
#include "kl_leaf.h"
#include "kl_time.h"
#include "policies_private.h"

#include <assert.h>

#include <stdlib.h>
#include <string.h>

enum {
	HOUR = 3600,
	DAY = 24 * HOUR,
	CLOCKED_MAX = 366 * DAY, /* the longest window of a draw */
	COUNT_MAX = 100000,      /* of a roster, of a duration */
	WORDS_MAX = 16,
	DATE_SIZE = 10,
};

enum type {
	TOKEN,
	DATE, /* YYYY-MM-DD */
	TEXT_OR_NULL,
	NUMBER,
	FLAG,
	CHOICE,    /* one of `choices` */
	CHOICES,   /* an array of some of them, each once */
	WORDS,     /* an array of tokens, each once */
	NUMBERS,   /* an array of numbers */
	DURATION,  /* {n, unit} */
	CLOCKED,   /* the same, to the second: no working days; bounds in s */
	OBJECT,    /* of numbers and tokens, by tokens */
	TEMPLATES, /* see is_template() */
};

/* Where bounds are 0 and 0 there are none. */
struct rule {
	const char *path;
	enum type type;
	int64_t minimum, maximum;
	const char *choices;
};

#define BEACONS    "drand nist public none"
#define DELAY_MAX  2592000
#define NO_BOUNDS  0, 0, NULL
#define UP_TO(max) 0, (max), NULL

/* The default profile, ops/data/policy.json, member by member. */
static const struct rule rules[] = {
	{ "region", TOKEN, 1, POLICY_REGION_MAX, NULL },
	{ "version", TOKEN, 1, 31, NULL },
	{ "effective_from", DATE, NO_BOUNDS },
	{ "draw.beacons", CHOICES, 0, 0, BEACONS },
	{ "draw.beacon_default", CHOICE, 0, 0, BEACONS },
	{ "draw.level_c_reason", TEXT_OR_NULL, NO_BOUNDS },
	{ "draw.delay_min_s", NUMBER, UP_TO(DELAY_MAX) },
	{ "draw.delay_s", NUMBER, UP_TO(DELAY_MAX) },
	{ "draw.min_entrants", NUMBER, 1, COUNT_MAX, NULL },
	{ "draw.required_parties", WORDS, NO_BOUNDS },
	{ "draw.optional_parties", WORDS, NO_BOUNDS },
	{ "draw.weight_max", NUMBER, 1, 1000, NULL },
	{ "draw.alternates", NUMBER, UP_TO(COUNT_MAX) },
	{ "draw.alternates_max", NUMBER, UP_TO(COUNT_MAX) },
	{ "draw.withheld", CHOICE, 0, 0, "continue void" },
	{ "draw.quorum", NUMBER, UP_TO(16) },
	{ "draw.objection", CLOCKED, 1, CLOCKED_MAX, NULL },
	{ "draw.commit", CLOCKED, 1, CLOCKED_MAX, NULL },
	{ "draw.reveal", CLOCKED, 1, CLOCKED_MAX, NULL },
	{ "draw.templates", TEMPLATES, NO_BOUNDS },
	{ "entry.form_check", DURATION, NO_BOUNDS },
	{ "entry.deemed_pass", FLAG, NO_BOUNDS },
	{ "entry.publicity", DURATION, NO_BOUNDS },
	{ "entry.staff_social_months", NUMBER, UP_TO(120) },
	{ "entry.clean_years", NUMBER, UP_TO(100) },
	{ "entry.reentry_years", NUMBER, UP_TO(100) },
	{ "entry.expiry_reminders_days", NUMBERS, NO_BOUNDS },
	{ "notice.review", DURATION, NO_BOUNDS },
	{ "notice.signup_min", CLOCKED, UP_TO(CLOCKED_MAX) },
	{ "notice.signup", DURATION, NO_BOUNDS },
	{ "notice.extend_once", DURATION, NO_BOUNDS },
	{ "notice.too_few", OBJECT, NO_BOUNDS },
	{ "gate.tender_limit_fen", NUMBER, UP_TO(KL_INTEGER_MAX) },
	{ "gate.procurement_limit_fen", NUMBER, UP_TO(KL_INTEGER_MAX) },
	{ "gate.direct_max_fen", NUMBER, UP_TO(KL_INTEGER_MAX) },
	{ "gate.split_window_months", NUMBER, UP_TO(120) },
	{ "result.publicity", DURATION, NO_BOUNDS },
	{ "result.objection_answer", DURATION, NO_BOUNDS },
	{ "result.confirm", DURATION, NO_BOUNDS },
	{ "result.award_notice", DURATION, NO_BOUNDS },
	{ "result.contract", DURATION, NO_BOUNDS },
	{ "result.contract_max", DURATION, NO_BOUNDS },
	{ "result.filing", DURATION, NO_BOUNDS },
	{ "result.publish_contract", DURATION, NO_BOUNDS },
	{ "service.extensions_max", NUMBER, UP_TO(100) },
	{ "service.extension_max", DURATION, NO_BOUNDS },
	{ "service.extension_ask_before", DURATION, NO_BOUNDS },
	{ "service.correction", DURATION, NO_BOUNDS },
	{ "service.pause_max_days", OBJECT, NO_BOUNDS },
	{ "service.pause_basis", WORDS, NO_BOUNDS },
	{ "complaint.within", DURATION, NO_BOUNDS },
	{ "complaint.accept", DURATION, NO_BOUNDS },
	{ "complaint.decide", DURATION, NO_BOUNDS },
	{ "complaint.upheld_year_remove", NUMBER, UP_TO(1000) },
	{ "evaluation.window", DURATION, NO_BOUNDS },
	{ "evaluation.silent", CHOICE, 0, 0, "neutral" },
	{ "payment.due", DURATION, NO_BOUNDS },
	{ "payment.max", DURATION, NO_BOUNDS },
	{ "levels_percent", NUMBERS, NO_BOUNDS },
	{ "supervision.order_answer", DURATION, NO_BOUNDS },
	{ "supervision.orders_before_recommendation", NUMBER, UP_TO(100) },
	{ "credit.weights", OBJECT, NO_BOUNDS },
	{ "credit.grades", OBJECT, NO_BOUNDS },
	{ "credit.draw_excluded", WORDS, NO_BOUNDS },
	{ "sanction.refuse_award_months_min", NUMBER, UP_TO(1200) },
	{ "two_person_hours", NUMBER, 1, 720, NULL },
};

/* --- reading -------------------------------------------------------------- */

/* Borrowed from `policy`; NULL if there is none. */
static json_t *at_path(const json_t *policy, const char *path)
{
	const json_t *at = policy;

	while (at && *path) {
		size_t size = strcspn(path, ".");

		at = json_object_getn(at, path, size);
		path += size + (path[size] == '.');
	}
	return (json_t *)(uintptr_t)at;
}

json_t *policy_member(const struct policy *policy, const char *path)
{
	json_auto_t *all = json_loads(policy->text, 0, NULL);
	json_t *member = at_path(all, path);

	assert(member); /* it was checked when it was adopted */
	return json_is_null(member) ? NULL : json_incref(member);
}

uint64_t policy_number(const struct policy *policy, const char *path)
{
	json_auto_t *member = policy_member(policy, path);

	return (uint64_t)json_integer_value(member);
}

static int64_t seconds_of(const json_t *duration)
{
	static const struct {
		const char *unit;
		int64_t seconds;
	} units[] = {
		{ "second", 1 },
		{ "minute", 60 },
		{ "hour", HOUR },
		{ "day", DAY },
	};
	const char *unit = json_string_value(json_object_get(duration, "unit"));
	int64_t n = json_integer_value(json_object_get(duration, "n"));

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (unit && strcmp(unit, units[i].unit) == 0)
			return n * units[i].seconds;
	return -1;
}

int64_t policy_duration(const struct policy *policy, const char *path)
{
	json_auto_t *member = policy_member(policy, path);
	int64_t seconds = seconds_of(member);

	assert(seconds >= 0); /* its rule is CLOCKED */
	return seconds;
}

bool policy_words_have(const json_t *words, const char *word)
{
	size_t i;
	json_t *item;

	json_array_foreach (words, i, item)
		if (json_is_string(item) &&
		    strcmp(json_string_value(item), word) == 0)
			return true;
	return false;
}

bool policy_has(const struct policy *policy, const char *path, const char *word)
{
	json_auto_t *member = policy_member(policy, path);

	return policy_words_have(member, word);
}

/* --- checking ------------------------------------------------------------- */

/* "draw.commit" as "/draw/commit". */
static const char *pointer_of(struct request *request, const char *path)
{
	char *pointer = arena_format(&request->arena, "/%s", path);

	for (char *at = pointer; *at; at++)
		if (*at == '.')
			*at = '/';
	return pointer;
}

static bool is_number(const json_t *value, const struct rule *rule)
{
	int64_t number = json_integer_value(value);

	return json_is_integer(value) && number >= rule->minimum &&
	       number <= rule->maximum;
}

static bool is_token(const json_t *value)
{
	return json_is_string(value) &&
	       kl_is_token(json_string_value(value), json_string_length(value));
}

static bool is_bounded_token(const json_t *value, const struct rule *rule)
{
	return is_token(value) &&
	       json_string_length(value) <= (size_t)rule->maximum;
}

static bool is_date(const json_t *value)
{
	char time[KL_TIME_TEXT] = "0000-00-00T00:00:00Z";
	int64_t seconds;

	if (json_string_length(value) != DATE_SIZE)
		return false;
	memcpy(time, json_string_value(value), DATE_SIZE);
	return !kl_time_read(time, KL_TIME_SIZE, &seconds);
}

static bool is_choice(const json_t *value, const char *choices)
{
	const char *text = json_string_value(value);
	size_t size = json_string_length(value);

	for (const char *at = choices; text && *at; at += strcspn(at, " ")) {
		at += *at == ' ';
		if (size > 0 && strcspn(at, " ") == size &&
		    memcmp(at, text, size) == 0)
			return true;
	}
	return false;
}

/* An array of words, none twice; of `choices` unless NULL. */
static bool is_words(const json_t *value, const char *choices)
{
	size_t i, seen = 0;
	json_t *item;

	if (!json_is_array(value) || json_array_size(value) > WORDS_MAX)
		return false;
	json_array_foreach (value, i, item) {
		if (choices ? !is_choice(item, choices) : !is_token(item))
			return false;
		for (size_t j = 0; j < i; j++)
			seen += json_equal(json_array_get(value, j), item);
	}
	return seen == 0;
}

static bool is_numbers(const json_t *value)
{
	size_t i;
	json_t *item;

	if (!json_is_array(value) || json_array_size(value) > WORDS_MAX)
		return false;
	json_array_foreach (value, i, item)
		if (!json_is_integer(item) || json_integer_value(item) < 0)
			return false;
	return true;
}

static bool is_duration(const json_t *value)
{
	const json_t *n = json_object_get(value, "n");

	return json_is_object(value) && json_object_size(value) == 2 &&
	       json_is_integer(n) && json_integer_value(n) >= 0 &&
	       json_integer_value(n) <= CLOCKED_MAX &&
	       is_choice(json_object_get(value, "unit"),
		   "second minute hour day workday");
}

static bool is_clocked(const json_t *value, const struct rule *rule)
{
	int64_t seconds = is_duration(value) ? seconds_of(value) : -1;

	return seconds >= rule->minimum && seconds <= rule->maximum;
}

static bool is_flat(const json_t *value)
{
	const char *name;
	json_t *item;

	if (!json_is_object(value))
		return false;
	json_object_foreach ((json_t *)(uintptr_t)value, name, item)
		if (!kl_is_token(name, strlen(name)) ||
		    (!json_is_integer(item) && !is_token(item)))
			return false;
	return true;
}

static bool follows(const json_t *value, const struct rule *rule)
{
	switch (rule->type) {
	case TOKEN:
		return is_bounded_token(value, rule);
	case DATE:
		return is_date(value);
	case TEXT_OR_NULL:
		return json_is_null(value) ||
		       (json_is_string(value) && json_string_length(value) > 0);
	case NUMBER:
		return is_number(value, rule);
	case FLAG:
		return json_is_boolean(value);
	case CHOICE:
		return is_choice(value, rule->choices);
	case CHOICES:
		return is_words(value, rule->choices);
	case WORDS:
		return is_words(value, NULL);
	case NUMBERS:
		return is_numbers(value);
	case DURATION:
		return is_duration(value);
	case CLOCKED:
		return is_clocked(value, rule);
	case OBJECT:
		return is_flat(value);
	case TEMPLATES:
		return json_is_object(value);
	}
	return false;
}

static enum error complain(struct request *request, const struct rule *rule)
{
	const char *pointer = pointer_of(request, rule->path);

	if (rule->type == CLOCKED)
		return request_complain(request, pointer, "form",
		    "应为 {n, unit},{0} 到 {1} 秒;日历建立之前不得用工作日",
		    "must be {n, unit} of {0} to {1} seconds; working days "
		    "only once there is a calendar",
		    request_number(request, (uint64_t)rule->minimum),
		    request_number(request, (uint64_t)rule->maximum), NULL);
	if (rule->type == NUMBER)
		return request_complain(request, pointer, "bounds",
		    "应为 {0} 到 {1} 的整数",
		    "must be an integer from {0} to {1}",
		    request_number(request, (uint64_t)rule->minimum),
		    request_number(request, (uint64_t)rule->maximum), NULL);
	return request_complain(request, pointer, "form",
	    "应与默认政策参数的形式相同",
	    "must be of the form it has in the default policy", NULL);
}

enum known { KNOWN_NOT, KNOWN_MEMBER, KNOWN_FOLDER };

static enum known known_as(const char *path)
{
	size_t size = strlen(path);

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		if (strncmp(rules[i].path, path, size) != 0)
			continue;
		if (rules[i].path[size] == 0)
			return KNOWN_MEMBER;
		if (rules[i].path[size] == '.')
			return KNOWN_FOLDER;
	}
	return KNOWN_NOT;
}

/* A misspelt member would seem to be in force. */
static enum error check_unknown(
    struct request *request, const json_t *object, const char *folder)
{
	enum error error = ERR_OK, inside;
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)object, name, value) {
		const char *path =
		    arena_format(&request->arena, "%s%s", folder, name);
		enum known known =
		    strchr(name, '.') ? KNOWN_NOT : known_as(path);

		if (known == KNOWN_FOLDER && json_is_object(value)) {
			inside = check_unknown(request, value,
			    arena_format(&request->arena, "%s.", path));
			error = inside ? inside : error;
		} else if (known != KNOWN_MEMBER) {
			error = request_complain(request, "", "unknown-member",
			    "含有未知的成员", "a member is unknown", NULL);
		}
	}
	return error;
}

enum error policy_check(struct request *request, const json_t *policy)
{
	enum error error = check_unknown(request, policy, "");

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (!follows(at_path(policy, rules[i].path), &rules[i]))
			error = complain(request, &rules[i]);
	if (error)
		return error;
	return policy_check_draw(request, json_object_get(policy, "draw"));
}
