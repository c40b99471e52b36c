/* What one member says must not contradict another. */
#include "kl_policy_private.h"
#include "kl_text.h"

/* Something is wrong that no bounds describe. */
static void tell_form(struct kl_policy_trial *trial, const char *path,
    const struct kl_policy_words *what)
{
	kl_policy_tell(trial, path, "form", what, 0, 0);
}

/* --- the draw ------------------------------------------------------------- */

static bool is_party(const json_t *name)
{
	return kl_is_party_id(
	    json_string_value(name), json_string_length(name));
}

/* protocol §1, §2: the operator and another, each id once. */
static void check_parties(struct kl_policy_trial *trial)
{
	static const struct kl_policy_words what = {
		"应含 operator 和另一方,名称各不相同,共不超过 16 个",
		"must be operator and another at least, all names different, "
		"at most 16 with the optional ones"
	};
	const json_t *required =
	    kl_policy_sound(trial, "draw.required_parties");
	const json_t *optional =
	    kl_policy_sound(trial, "draw.optional_parties");
	size_t i, bad = 0;
	json_t *name;

	if (!required || !optional)
		return;
	json_array_foreach (required, i, name)
		bad += !is_party(name);
	json_array_foreach (optional, i, name)
		bad += !is_party(name) ||
		       kl_policy_holds(required, json_string_value(name));
	if (bad > 0 || !kl_policy_holds(required, "operator") ||
	    json_array_size(required) < KL_PARTIES_MIN ||
	    json_array_size(required) + json_array_size(optional) >
		KL_PARTIES_MAX)
		tell_form(trial, "draw.required_parties", &what);
}

/* A public value is attested by one of these. protocol §2, beacon.txt. */
static void check_attesters(struct kl_policy_trial *trial)
{
	static const struct kl_policy_words what = {
		"公共信标须有 supervisor 或 entrants 一方见证",
		"public needs a party supervisor or entrants to attest it"
	};
	const json_t *beacons = kl_policy_sound(trial, "draw.beacons");
	const json_t *required =
	    kl_policy_sound(trial, "draw.required_parties");
	const json_t *optional =
	    kl_policy_sound(trial, "draw.optional_parties");

	if (!beacons || !required || !optional ||
	    !kl_policy_holds(beacons, "public") ||
	    kl_policy_holds(required, "supervisor") ||
	    kl_policy_holds(required, "entrants") ||
	    kl_policy_holds(optional, "supervisor") ||
	    kl_policy_holds(optional, "entrants"))
		return;
	tell_form(trial, "draw.beacons", &what);
}

/* 0x21 to 0x7E, none twice, as long as the row says. protocol §2. */
static bool is_template(const char *name, const json_t *template)
{
	const struct kl_policy_member *row =
	    kl_policy_member_named("draw.templates");
	const json_t *alphabet = json_object_get(template, "alphabet");
	const json_t *length = json_object_get(template, "length");
	const char *at = json_string_value(alphabet);
	size_t size = json_string_length(alphabet);

	if (size == 0 || json_object_size(template) != 2 ||
	    !json_is_integer(length) ||
	    json_integer_value(length) < row->minimum ||
	    json_integer_value(length) > row->maximum ||
	    !kl_is_token(name, strlen(name)))
		return false;
	for (size_t i = 0; i < size; i++)
		if (at[i] < 0x21 || at[i] > 0x7e ||
		    memchr(at + i + 1, at[i], size - i - 1))
			return false;
	return true;
}

static void check_templates(struct kl_policy_trial *trial)
{
	static const struct kl_policy_words what = {
		"模板应有 alphabet(0x21–0x7E,不重复)和 length",
		"a template has an alphabet of distinct 0x21-0x7E and a length"
	};
	const json_t *templates = kl_policy_sound(trial, "draw.templates");
	const char *name;
	json_t *template;

	json_object_foreach ((json_t *)(uintptr_t)templates, name, template)
		if (!is_template(name, template))
			tell_form(trial, "draw.templates", &what);
}

/* protocol §2: `beacon public <template> <time>`. */
static void check_public(struct kl_policy_trial *trial)
{
	static const struct kl_policy_words what = { "公共信标须有至少一个模板",
		"public needs a template at least" };
	const json_t *beacons = kl_policy_sound(trial, "draw.beacons");
	const json_t *templates = kl_policy_sound(trial, "draw.templates");

	if (beacons && templates && kl_policy_holds(beacons, "public") &&
	    json_object_size(templates) == 0)
		tell_form(trial, "draw.templates", &what);
}

static void check_default(struct kl_policy_trial *trial)
{
	static const struct kl_policy_words what = { "应为 beacons 之一",
		"must be one of beacons" };
	const json_t *beacons = kl_policy_sound(trial, "draw.beacons");
	const json_t *word = kl_policy_sound(trial, "draw.beacon_default");

	if (beacons && word &&
	    !kl_policy_holds(beacons, json_string_value(word)))
		tell_form(trial, "draw.beacon_default", &what);
}

/* --- two numbers, or two durations ---------------------------------------- */

static int64_t amount_of(const json_t *value)
{
	return json_is_integer(value) ? json_integer_value(value)
				      : kl_policy_seconds(value);
}

static const struct pair {
	const char *path;
	bool at_least; /* … or at most */
	const char *other;
	struct kl_policy_words what;
} pairs[] = {
	{ "draw.delay_s", true, "draw.delay_min_s",
	    { "不得小于 delay_min_s", "must not be below delay_min_s" } },
	{ "draw.alternates", false, "draw.alternates_max",
	    { "不得大于 alternates_max", "must not be above alternates_max" } },
	{ "notice.signup", true, "notice.signup_min",
	    { "不得短于 signup_min", "must not be shorter than signup_min" } },
	{ "gate.direct_max_fen", false, "gate.procurement_limit_fen",
	    { "不得大于 procurement_limit_fen",
		"must not be above procurement_limit_fen" } },
	{ "gate.direct_max_fen", false, "gate.tender_limit_fen",
	    { "不得大于 tender_limit_fen",
		"must not be above tender_limit_fen" } },
	{ "result.confirm", false, "result.contract_max",
	    { "不得长于 contract_max",
		"must not be longer than contract_max" } },
	{ "result.contract", false, "result.contract_max",
	    { "不得长于 contract_max",
		"must not be longer than contract_max" } },
	{ "payment.due", false, "payment.max",
	    { "不得长于 max", "must not be longer than max" } },
};

static void check_pairs(struct kl_policy_trial *trial)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		const struct pair *pair = &pairs[i];
		const struct kl_policy_member *row =
		    kl_policy_member_named(pair->path);
		const json_t *value = kl_policy_sound(trial, pair->path);
		const json_t *other = kl_policy_sound(trial, pair->other);
		int64_t bound;

		if (!value || !other)
			continue;
		bound = amount_of(other);
		if (pair->at_least ? amount_of(value) < bound
				   : amount_of(value) > bound)
			kl_policy_tell(trial, pair->path, "bounds", &pair->what,
			    pair->at_least ? bound : row->minimum,
			    pair->at_least ? row->maximum : bound);
	}
}

/* --- the steps ------------------------------------------------------------ */

/* One entrant is no draw, and nobody can be chosen when nobody came. */
static void check_too_few(struct kl_policy_trial *trial)
{
	static const struct kl_policy_words what = {
		"两家:draw_with_reason 或 failed;一家:"
		"direct_with_second_approval 或 failed;无人:failed",
		"two: draw_with_reason or failed; one: "
		"direct_with_second_approval or failed; none: failed"
	};
	static const char *const ways[][2] = {
		{ "two", "draw_with_reason" },
		{ "one", "direct_with_second_approval" },
		{ "none", "failed" },
	};
	const json_t *too_few = kl_policy_sound(trial, "notice.too_few");

	for (size_t i = 0; too_few && i < sizeof(ways) / sizeof(*ways); i++) {
		const char *way =
		    json_string_value(json_object_get(too_few, ways[i][0]));

		if (strcmp(way, ways[i][1]) == 0 || strcmp(way, "failed") == 0)
			continue;
		tell_form(trial, "notice.too_few", &what);
		return;
	}
}

/* turnaround §3: a pause has a basis of the list; one without a limit of its
 * own has the one by default. */
static void check_pauses(struct kl_policy_trial *trial)
{
	static const struct kl_policy_words what = {
		"应有 default,其余各项应在 pause_basis 中",
		"must have default, and else only what is in pause_basis"
	};
	const json_t *bases = kl_policy_sound(trial, "service.pause_basis");
	const json_t *days = kl_policy_sound(trial, "service.pause_max_days");
	const char *name;
	json_t *value;
	bool is_good = json_object_get(days, "default");

	if (!bases || !days)
		return;
	json_object_foreach ((json_t *)(uintptr_t)days, name, value)
		is_good = is_good && (strcmp(name, "default") == 0 ||
					 kl_policy_holds(bases, name));
	if (!is_good)
		tell_form(trial, "service.pause_max_days", &what);
}

/* turnaround §6. */
static void check_levels(struct kl_policy_trial *trial)
{
	enum { LEVELS = 3 };
	static const struct kl_policy_words what = { "应为三个递增的百分数",
		"must be three percentages, each above the one before" };
	const json_t *levels = kl_policy_sound(trial, "levels_percent");
	bool is_good = json_array_size(levels) == LEVELS;

	for (size_t i = 1; is_good && i < LEVELS; i++)
		is_good = json_integer_value(json_array_get(levels, i - 1)) <
			  json_integer_value(json_array_get(levels, i));
	if (levels && !is_good)
		tell_form(trial, "levels_percent", &what);
}

/* --- credit --------------------------------------------------------------- */

static void check_weights(struct kl_policy_trial *trial)
{
	static const struct kl_policy_words what = { "各项之和应为 100",
		"must make 100 together" };
	const json_t *weights = kl_policy_sound(trial, "credit.weights");
	const char *name;
	json_t *weight;
	int64_t sum = 0;

	json_object_foreach ((json_t *)(uintptr_t)weights, name, weight)
		sum += json_integer_value(weight);
	if (weights && sum != 100)
		tell_form(trial, "credit.weights", &what);
}

/* The terms of both rows go from the lowest grade up. */
static void check_grades(struct kl_policy_trial *trial)
{
	static const struct kl_policy_words what = { "应从 AAA 到 B 递减",
		"must fall from AAA to B" };
	const struct kl_policy_term *term =
	    kl_policy_member_named("credit.grades")->terms;
	const json_t *grades = kl_policy_sound(trial, "credit.grades");
	int64_t below = -1;

	for (; grades && term->word; term++) {
		int64_t least =
		    json_integer_value(json_object_get(grades, term->word));

		if (least <= below) {
			tell_form(trial, "credit.grades", &what);
			return;
		}
		below = least;
	}
}

/* Whoever may not enter is not better than one who may. */
static void check_excluded(struct kl_policy_trial *trial)
{
	static const struct kl_policy_words what = {
		"应为最低的若干等级,中间不得空缺",
		"must be the lowest grades, none of them left out"
	};
	const struct kl_policy_term *terms =
	    kl_policy_member_named("credit.draw_excluded")->terms;
	const json_t *excluded = kl_policy_sound(trial, "credit.draw_excluded");

	for (size_t i = 0; i < json_array_size(excluded); i++)
		if (!kl_policy_holds(excluded, terms[i].word)) {
			tell_form(trial, "credit.draw_excluded", &what);
			return;
		}
}

void kl_policy_compare(struct kl_policy_trial *trial)
{
	static void (*const rules[])(struct kl_policy_trial * trial) = {
		check_parties,
		check_attesters,
		check_templates,
		check_public,
		check_default,
		check_pairs,
		check_too_few,
		check_pauses,
		check_levels,
		check_weights,
		check_grades,
		check_excluded,
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		rules[i](trial);
}
