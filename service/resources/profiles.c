/* profiles.c -- what is known of an institution that registered. */
#include "profiles.h"

#include "institutions.h"
#include "kl_scope.h"
#include "list.h"
#include "roll.h"
#include "route.h"

#include <string.h>

enum { BODY_MAX = 4096 };

#define M(...) MEMBER(profile, __VA_ARGS__)
#define LATER  MEMBER_LATER
static const struct member members[] = {
	M(registration, MEMBER_TOKEN, 1, 64, LATER, "the number it came by"),
	M(region, MEMBER_TOKEN, 1, 32, LATER, "where it registered"),
	MEMBER_OF(profile, kind, PROFILE_KINDS, LATER, "what kind of body"),
	M(legal_representative, MEMBER_TEXT, 1, PROFILE_PERSON_MAX, LATER,
	    "who represents it by law"),
	M(address, MEMBER_TEXT, 1, PROFILE_ADDRESS_MAX, LATER, "where it is"),
	M(founded, MEMBER_TOKEN, 10, 10, MEMBER_OPTIONAL | LATER,
	    "since when, YYYY-MM-DD"),
	M(capital_fen, MEMBER_NUMBER, 0, KL_INTEGER_MAX, LATER,
	    "its registered capital"),
	MEMBER_OF(profile, presence, PROFILE_PRESENCES, LATER,
	    "at a counter of the hall, online, or both"),
	M(counter, MEMBER_TEXT, 1, PROFILE_COUNTER_MAX, MEMBER_OPTIONAL | LATER,
	    "number of the counter"),
	M(contact_name, MEMBER_TEXT, 1, PROFILE_PERSON_MAX,
	    MEMBER_PRIVATE | LATER, "whom to ask; masked for others"),
	M(contact_phone, MEMBER_TEXT, 1, PROFILE_PHONE_MAX,
	    MEMBER_PRIVATE | LATER, "and how; masked for others"),
	M(licence, MEMBER_HASH, 0, 0, LATER, "SHA-256 of its licence"),
	M(pledge, MEMBER_HASH, 0, 0, LATER,
	    "SHA-256 of the text it pledged itself to"),
	M(deemed, MEMBER_FLAG, 0, 1, LATER,
	    "whether it passed because nobody checked in time"),
	M(entered_at, MEMBER_TIME, 0, 0, LATER, "when it came to the roll"),
	{ 0 },
};
#undef M

static struct kind_list lists[] = {
	{ .index = "PRIMARY", .sort = "id" },
	{ .index = "by_region", .filters = { "region" }, .sort = "id" },
	{ .index = "by_presence", .filters = { "presence" }, .sort = "id" },
	{ 0 },
};

struct kind profile_kind = {
	.name = "Profile",
	.table = "profile",
	.size = sizeof(struct profile),
	.members = members,
	.shown = SHOWS_INSTITUTIONS,
	.lists = lists,
};

enum error profile_check_presence(
    struct request *request, const char *presence, const char *counter)
{
	bool online = strcmp(presence, "online") == 0;

	if (online == !counter)
		return ERR_OK;
	return request_complain(request, "/counter",
	    online ? "form" : "missing",
	    online ? "只在线上的机构没有窗口号" : "须填窗口号",
	    online ? "who is online alone has no counter" : "is missing", NULL);
}

/* --- changing it ---------------------------------------------------------- */

/* What an institution changes by itself; all else is what was checked. */
struct change {
	struct object object;
	const char *address, *presence, *counter, *contact_name, *contact_phone;
};

#define C(...) MEMBER(change, __VA_ARGS__)
static const struct member change_members[] = {
	C(address, MEMBER_TEXT, 1, PROFILE_ADDRESS_MAX, MEMBER_IN,
	    "where it is"),
	MEMBER_OF(change, presence, PROFILE_PRESENCES, MEMBER_IN,
	    "at a counter of the hall, online, or both"),
	C(counter, MEMBER_TEXT, 1, PROFILE_COUNTER_MAX,
	    MEMBER_IN | MEMBER_OPTIONAL, "number of the counter"),
	C(contact_name, MEMBER_TEXT, 1, PROFILE_PERSON_MAX, MEMBER_IN,
	    "whom to ask"),
	C(contact_phone, MEMBER_TEXT, 1, PROFILE_PHONE_MAX, MEMBER_IN,
	    "and how"),
	{ 0 },
};
#undef C

static const struct kind change_kind = {
	.name = "ProfileChange",
	.size = sizeof(struct change),
	.members = change_members,
};

static enum error change(struct request *request)
{
	const struct change *input = request->input;
	const char *id = request->params[0];
	struct profile *profile;
	const void *found;
	enum error error;

	if (strcmp(id, request->caller.organisation) != 0)
		return ERR_NOT_FOUND;
	error = act_find(request, &profile_kind, id, &found);
	if (!error)
		error = profile_check_presence(
		    request, input->presence, input->counter);
	if (error)
		return error;
	profile = kind_copy(&profile_kind, found, &request->arena);
	error = request_match(request, profile->object.seq);
	if (error)
		return error;
	profile->address = input->address;
	profile->presence = input->presence;
	profile->counter = input->counter;
	profile->contact_name = input->contact_name;
	profile->contact_phone = input->contact_phone;
	error = act_change(
	    request, &profile_kind, profile, EVENT_PROFILE_CHANGED, NULL, NULL);
	return error ? error
		     : list_shown(request, &profile_kind, profile, true);
}

/* --- what was checked ----------------------------------------------------- */

/* What a keeper has seen in a new licence; nothing else is checked again. */
struct particulars {
	struct object object;
	const char *name, *legal_representative, *licence;
	uint64_t capital_fen;
};

#define P(...) MEMBER(particulars, __VA_ARGS__)
static const struct member particulars_members[] = {
	P(name, MEMBER_TEXT, 1, INSTITUTION_NAME_MAX, MEMBER_IN,
	    "its full name; at most 256 bytes"),
	P(legal_representative, MEMBER_TEXT, 1, PROFILE_PERSON_MAX, MEMBER_IN,
	    "who represents it by law"),
	P(capital_fen, MEMBER_NUMBER, 0, KL_INTEGER_MAX, MEMBER_IN,
	    "its registered capital"),
	P(licence, MEMBER_HASH, 0, 0, MEMBER_IN,
	    "SHA-256 of the licence that says so"),
	{ 0 },
};
#undef P

static const struct kind particulars_kind = {
	.name = "Particulars",
	.size = sizeof(struct particulars),
	.members = particulars_members,
};

static enum error rename_institution(
    struct request *request, const char *id, const char *name)
{
	struct institution *institution;
	const void *found;
	enum error error = act_find(request, &institution_kind, id, &found);

	if (error)
		return error;
	institution = kind_copy(&institution_kind, found, &request->arena);
	if (strcmp(institution->name, name) == 0)
		return ERR_OK;
	institution->name = name;
	return act_change(request, &institution_kind, institution,
	    EVENT_INSTITUTION_RENAMED, NULL, NULL);
}

static enum error correct(struct request *request)
{
	const struct particulars *input = request->input;
	const char *id = request->params[0];
	struct profile *profile;
	const void *found;
	enum error error = act_find(request, &profile_kind, id, &found);

	if (!error)
		error = roll_check_keeper_of(request, id);
	if (!error)
		error =
		    roll_match(request, ((const struct object *)found)->seq);
	if (!error)
		error = institution_check_name(request, input->name);
	if (error)
		return error;
	profile = kind_copy(&profile_kind, found, &request->arena);
	profile->legal_representative = input->legal_representative;
	profile->capital_fen = input->capital_fen;
	profile->licence = input->licence;
	error = act_change(request, &profile_kind, profile,
	    EVENT_PROFILE_CORRECTED, NULL, NULL);
	if (!error)
		error = rename_institution(request, id, input->name);
	return error ? error
		     : list_shown(request, &profile_kind, profile, true);
}

/* --- showing it ----------------------------------------------------------- */

static enum error mask(struct request *request, void *row)
{
	struct profile *profile = row;

	profile->contact_name = roll_mask_name(request, profile->contact_name);
	profile->contact_phone =
	    roll_mask_number(request, profile->contact_phone);
	return ERR_OK;
}

static enum error list(struct request *request)
{
	const struct list_view view = { .whole = true, .look = mask };

	return list_reply(request, &profile_kind, &view);
}

static enum error show_with(struct request *request, bool masked)
{
	const void *row;
	struct profile *copy;
	enum error error =
	    list_find(request, &profile_kind, request->params[0], &row);

	if (error)
		return error;
	copy = kind_copy(&profile_kind, row, &request->arena);
	if (masked)
		error = mask(request, copy);
	return error ? error : list_shown(request, &profile_kind, copy, true);
}

static enum error show(struct request *request)
{
	return show_with(request, true);
}

/* To itself, and to who looks after the roll. */
static enum error show_whole(struct request *request)
{
	if (request->caller.role == ROLE_INSTITUTION &&
	    strcmp(request->params[0], request->caller.organisation) != 0)
		return ERR_NOT_FOUND;
	return show_with(request, false);
}

static const struct route routes[] = {
	{ "GET", "/v1/profiles", list, ROUTE_PAGE, .shows = SHOWS_INSTITUTIONS,
	    .one_query = true, .output = &profile_kind,
	    .summary = "What is known of institutions; by region or presence" },
	{ "GET", "/v1/institutions/{uscc}/profile", show, ROUTE_PAGE,
	    .shows = SHOWS_INSTITUTIONS, .one_query = true,
	    .output = &profile_kind,
	    .summary = "What is known of an institution, contacts masked" },
	{ "GET", "/v1/institutions/{uscc}/profile/whole", show_whole,
	    ROUTE_READ, .who = ROLE_INSTITUTION | ROLL_READERS,
	    .output = &profile_kind,
	    .summary = "The same unmasked, for itself and who keeps the roll" },
	{ "POST", "/v1/institutions/{uscc}/profile", change, ROUTE_ACT,
	    .scope = KL_SCOPE_REGISTRATION, .who = ROLE_INSTITUTION,
	    .body_max = BODY_MAX, .input = &change_kind,
	    .output = &profile_kind,
	    .summary = "Change one's own address, presence and contacts" },
	{ "POST", "/v1/institutions/{uscc}/particulars", correct, ROUTE_ACT,
	    .who = ROLL_KEEPERS, .body_max = BODY_MAX,
	    .input = &particulars_kind, .output = &profile_kind,
	    .summary = "Enter what a new licence says: that alone is checked" },
	{ 0 },
};

const struct resource profiles_resource = { .routes = routes };
