/* policy_members.c -- what each number of a policy is, for people. */
#include "export.h"
#include "kl_policy.h"
#include "route.h"

static json_t *words_json(struct kl_policy_words words)
{
	return json_pack(
	    "{s:s, s:s}", "zh", words.chinese, "en", words.english);
}

static json_t *terms_json(const struct kl_policy_term *terms)
{
	json_t *list;

	if (!terms)
		return json_null();
	list = json_array();
	for (; terms->word; terms++)
		json_array_append_new(
		    list, json_pack("{s:s, s:o}", "word", terms->word,
			      "meaning", words_json(terms->what)));
	return list;
}

static const char *stricter_word(enum kl_policy_stricter stricter)
{
	switch (stricter) {
	case KL_POLICY_NEITHER:
		return NULL;
	case KL_POLICY_HIGHER:
		return "higher";
	case KL_POLICY_LOWER:
		return "lower";
	}
	return NULL;
}

static json_t *member_json(const struct kl_policy_member *member)
{
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:s, s:o, s:I, s:I, s:s?, "
			 "s:o, s:o, s:b}",
	    "path", member->path, "type", kl_policy_type_word(member->type),
	    "name", words_json(member->name), "sentence",
	    words_json(member->sentence), "source", words_json(member->source),
	    "unit", kl_policy_unit_word(member->unit), "unit_name",
	    words_json(kl_policy_unit_words(member->unit)), "minimum",
	    (json_int_t)member->minimum, "maximum", (json_int_t)member->maximum,
	    "stricter", stricter_word(member->stricter), "terms",
	    terms_json(member->terms), "values", terms_json(member->values),
	    "open", member->open);
}

static enum error list(struct request *request)
{
	enum export_format format;
	enum error error = export_read(request, &format);
	json_t *items;

	if (error)
		return error;
	items = json_array();
	for (size_t i = 0; i < KL_POLICY_MEMBERS; i++)
		json_array_append_new(items, member_json(kl_policy_member(i)));
	return export_answer(request, format,
	    json_pack("{s:o, s:n}", "items", items, "next_cursor"));
}

static enum error show(struct request *request)
{
	const struct kl_policy_member *member =
	    kl_policy_member_named(request->params[0]);

	return member ? request_reply(request, 200, member_json(member))
		      : ERR_NOT_FOUND;
}

static const char *const columns[] = { "path", "name/zh", "name/en",
	"sentence/zh", "sentence/en", "type", "unit", "unit_name/zh",
	"unit_name/en", "minimum", "maximum", "stricter", "source/zh",
	"source/en", "open", "terms", "values", NULL };

static const struct export_table table = { "policy-members", columns, NULL };

static const struct route routes[] = {
	{ "GET", "/v1/policy-members", list, ROUTE_PAGE, .table = &table,
	    .summary = "What each member of a policy means: its unit, its "
		       "bounds, where it is from" },
	{ "GET", "/v1/policy-members/{path}", show, ROUTE_PAGE,
	    .summary = "One member of a policy" },
	{ 0 },
};

const struct resource policy_members_resource = { .routes = routes };
