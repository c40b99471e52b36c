/* policies_draw.c -- what a policy says of the draw must fit together. */
#include "kl_leaf.h"
#include "policies_private.h"

#include <string.h>

enum { PARTIES_MAX = 16, ALPHABET_MAX = 94, VALUE_MAX = 255 };

/* 0x21 to 0x7E, none twice, and no longer than a line may be. protocol §2. */
static bool is_template(const char *name, const json_t *template)
{
	const json_t *length = json_object_get(template, "length");
	const char *alphabet =
	    json_string_value(json_object_get(template, "alphabet"));

	if (!alphabet || !*alphabet || strlen(alphabet) > ALPHABET_MAX ||
	    json_object_size(template) != 2 || !json_is_integer(length) ||
	    json_integer_value(length) < 1 ||
	    json_integer_value(length) > VALUE_MAX ||
	    !kl_is_token(name, strlen(name)))
		return false;
	for (const char *at = alphabet; *at; at++)
		if (*at < 0x21 || *at > 0x7e || strchr(at + 1, *at))
			return false;
	return true;
}

static enum error check_templates(
    struct request *request, const json_t *templates)
{
	enum error error = ERR_OK;
	const char *name;
	json_t *template;

	json_object_foreach ((json_t *)(uintptr_t)templates, name, template)
		if (!is_template(name, template))
			error = request_complain(request, "/draw/templates",
			    "form",
			    "模板应有 alphabet(0x21–0x7E,不重复)和 length",
			    "a template has an alphabet of distinct 0x21-0x7E "
			    "and a length",
			    NULL);
	return error;
}

/* [a-z][a-z0-9-]{0,31}. protocol §2. */
static bool is_party(const char *name)
{
	size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return size == strlen(name) && size >= 1 && size <= 32 &&
	       name[0] >= 'a' && name[0] <= 'z';
}

static enum error check_parties(struct request *request, const json_t *draw)
{
	const json_t *required = json_object_get(draw, "required_parties");
	const json_t *optional = json_object_get(draw, "optional_parties");
	size_t i, bad = 0;
	json_t *name;

	json_array_foreach (required, i, name)
		bad += !is_party(json_string_value(name));
	json_array_foreach (optional, i, name)
		bad += !is_party(json_string_value(name)) ||
		       policy_words_have(required, json_string_value(name));
	if (bad || !policy_words_have(required, "operator") ||
	    json_array_size(required) < 2 ||
	    json_array_size(required) + json_array_size(optional) > PARTIES_MAX)
		return request_complain(request, "/draw/required_parties",
		    "form",
		    "应含 operator 和另一方,名称各不相同,共不超过 16 个",
		    "must be operator and another at least, all names "
		    "different, at most 16 with the optional ones",
		    NULL);
	return ERR_OK;
}

/* A public value is attested by one of these. protocol §2, beacon.txt. */
static enum error check_attesters(struct request *request, const json_t *draw)
{
	const json_t *required = json_object_get(draw, "required_parties");
	const json_t *optional = json_object_get(draw, "optional_parties");

	if (!policy_words_have(json_object_get(draw, "beacons"), "public") ||
	    policy_words_have(required, "supervisor") ||
	    policy_words_have(required, "entrants") ||
	    policy_words_have(optional, "supervisor") ||
	    policy_words_have(optional, "entrants"))
		return ERR_OK;
	return request_complain(request, "/draw/beacons", "form",
	    "公共信标须有 supervisor 或 entrants 一方见证",
	    "public needs a party supervisor or entrants to attest it", NULL);
}

/* What one member says must not contradict another. */
enum error policy_check_draw(struct request *request, const json_t *draw)
{
	enum error error = check_parties(request, draw);

	if (!error)
		error = check_attesters(request, draw);
	if (!error)
		error = check_templates(
		    request, json_object_get(draw, "templates"));
	if (!policy_words_have(json_object_get(draw, "beacons"),
		json_string_value(json_object_get(draw, "beacon_default"))))
		error =
		    request_complain(request, "/draw/beacon_default", "form",
			"应为 beacons 之一", "must be one of beacons", NULL);
	if (json_integer_value(json_object_get(draw, "delay_s")) <
	    json_integer_value(json_object_get(draw, "delay_min_s")))
		error = request_complain(request, "/draw/delay_s", "bounds",
		    "不得小于 delay_min_s", "must not be below delay_min_s",
		    NULL);
	if (json_integer_value(json_object_get(draw, "alternates")) >
	    json_integer_value(json_object_get(draw, "alternates_max")))
		error = request_complain(request, "/draw/alternates", "bounds",
		    "不得大于 alternates_max",
		    "must not be above alternates_max", NULL);
	return error;
}
