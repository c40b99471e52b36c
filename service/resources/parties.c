/* parties.c -- the keys of those who commit and reveal. */
#include "parties.h"

#include "kl_sign.h"
#include "list.h"
#include "log_keys.h"
#include "policies.h"
#include "regions.h"
#include "route.h"

#include <string.h>

enum { REASON_MAX = 500, SIGNATURE_DIGITS = KL_SIGNATURE_HEX - 1 };

#define M(...) MEMBER(party, __VA_ARGS__)
static const struct member members[] = {
	M(organisation, MEMBER_TOKEN, 1, 64, 0, "whose key it is"),
	M(party, MEMBER_TOKEN, 1, 32, 0, "what it commits and reveals as"),
	M(public_key, MEMBER_HASH, 0, 0, MEMBER_UNIQUE, "Ed25519"),
	{ 0 },
};
#undef M

static struct kind_list lists[] = {
	{ .index = "PRIMARY", .sort = "id" },
	{ .index = "by_organisation",
	    .filters = { "organisation" },
	    .sort = "id" },
	{ .index = "by_party", .filters = { "party" }, .sort = "id" },
	{ 0 },
};

struct kind party_kind = {
	.name = "Party",
	.table = "party",
	.size = sizeof(struct party),
	.members = members,
	.shown = SHOWS_PARTIES,
	.lists = lists,
};

/* The payload of party.enrol, whose subject is the organisation. */
struct enrolment {
	struct object object;
	const char *party, *public_key, *signature;
};

#define M(...) MEMBER(enrolment, __VA_ARGS__)
static const struct member enrolment_members[] = {
	M(party, MEMBER_TOKEN, 1, 32, MEMBER_IN, "a party of the policy"),
	M(public_key, MEMBER_HASH, 0, 0, MEMBER_IN, "Ed25519"),
	M(signature, MEMBER_TEXT, SIGNATURE_DIGITS, SIGNATURE_DIGITS, MEMBER_IN,
	    "by that key, over what says whose it is"),
	{ 0 },
};
#undef M

static const struct kind enrolment_kind = {
	.name = "Enrolment",
	.size = sizeof(struct enrolment),
	.members = enrolment_members,
};

/* The payload of party.retire, whose subject is the key's id. */
struct retirement {
	struct object object;
	const char *reason;
};

static const struct member retirement_members[] = {
	MEMBER(retirement, reason, MEMBER_TEXT, 1, REASON_MAX, MEMBER_IN,
	    "why it ends"),
	{ 0 },
};

static const struct kind retirement_kind = {
	.name = "Retirement",
	.size = sizeof(struct retirement),
	.members = retirement_members,
};

static const struct db_statement select_oldest = {
	"SELECT id FROM party WHERE party = ? AND state = 'enrolled' "
	"ORDER BY event_index LIMIT 1",
};
static const struct db_statement select_oldest_of = {
	"SELECT id FROM party WHERE party = ? AND organisation = ? "
	"AND state = 'enrolled' ORDER BY event_index LIMIT 1",
};
static const struct db_statement select_by_key = {
	"SELECT id FROM party WHERE public_key = ?",
};
static const struct db_statement count_others = {
	"SELECT COUNT(*) FROM party WHERE organisation = ? AND party <> ? "
	"AND state = 'enrolled'",
};

/* Accounts of those who draw, or whose draw it is. */
static const struct db_statement count_drawing = {
	"SELECT COUNT(*) FROM account WHERE organisation = ? "
	"AND role IN ('operator', 'owner') AND state = 'active'",
};

enum error party_find(struct request *request, const char *party,
    const char *organisation, const struct party **found)
{
	const char *id;
	const void *row;
	enum error error = act_direct(request);

	if (!error && organisation)
		error = db_row(request->db, &select_oldest_of,
		    DB_IN(db_text(party), db_text(organisation)),
		    DB_OUT(db_to_text(&id)));
	else if (!error)
		error = db_row(request->db, &select_oldest,
		    DB_IN(db_text(party)), DB_OUT(db_to_text(&id)));
	if (!error)
		error = act_find(request, &party_kind, id, &row);
	if (!error)
		*found = row;
	return error;
}

/* --- enrolling ------------------------------------------------------------ */

/* Whoever holds the key says whose it is, here and nowhere else. */
static enum error check_possession(
    struct request *request, const struct enrolment *enrolment)
{
	const char *text = arena_format(&request->arena,
	    "klero/1 party\norigin %s\norganisation %s\nparty %s\nkey %s\n",
	    log_origin(), request->params[0], enrolment->party,
	    enrolment->public_key);
	struct kl_signature signature;
	struct kl_public_key key;

	if (kl_public_key_read(
		enrolment->public_key, strlen(enrolment->public_key), &key))
		return ERR_PUBLIC_KEY;
	if (kl_signature_read(enrolment->signature,
		strlen(enrolment->signature), &signature) ||
	    kl_verify(&key, text, strlen(text), &signature))
		return ERR_SIGNATURE;
	return ERR_OK;
}

static enum error check_name(
    struct request *request, const struct enrolment *enrolment)
{
	const struct policy *policy;
	const char *region;
	enum error error = region_of(request, request->params[0], &region);

	if (!error)
		error = policy_in_force(request, region, &policy);
	if (error ||
	    policy_has(policy, "draw.required_parties", enrolment->party))
		return error;
	if (policy_has(policy, "draw.optional_parties", enrolment->party))
		return ERR_OK;
	return request_complain(request, "/party", "unknown",
	    "现行政策参数中没有这一方",
	    "the policy in force knows no such party", NULL);
}

static enum error check_free(
    struct request *request, const struct enrolment *enrolment)
{
	const char *id;
	uint64_t others;
	enum error error = act_direct(request);

	if (!error)
		error = db_row(request->db, &select_by_key,
		    DB_IN(db_text(enrolment->public_key)),
		    DB_OUT(db_to_text(&id)));
	if (!error)
		return request_fail(request, ERR_EXISTS, "该公钥已登记过",
		    "this key was enrolled before", NULL);
	if (error == ERR_NOT_FOUND)
		error = db_row(request->db, &count_others,
		    DB_IN(
			db_text(request->params[0]), db_text(enrolment->party)),
		    DB_OUT(db_to_u64(&others)));
	if (error || others == 0)
		return error;
	return request_fail(request, ERR_CONFLICT, "一个单位只能作为一方参与",
	    "an organisation is one party only", NULL);
}

static enum error read_enrolment(
    struct request *request, struct enrolment *enrolment)
{
	enum error error =
	    kind_read(request, &enrolment_kind, request->body, enrolment);

	if (!error)
		error = check_possession(request, enrolment);
	if (!error)
		error = check_name(request, enrolment);
	if (!error)
		error = check_free(request, enrolment);
	return error;
}

/* operator, supervisor and owner are themselves; no organisation is another
 * party that draws or asks for draws, through whichever of its accounts. */
static enum error check_may_be(struct request *request, const char *party)
{
	enum role role = role_named(party);
	uint64_t count = 0;
	enum error error;

	if (role != ROLE_ANYONE)
		return role == request->caller.role ? ERR_OK : ERR_FORBIDDEN;
	error = act_direct(request);
	if (!error)
		error = db_row(request->db, &count_drawing,
		    DB_IN(db_text(request->caller.organisation)),
		    DB_OUT(db_to_u64(&count)));
	return error ? error : count > 0 ? ERR_FORBIDDEN : ERR_OK;
}

static enum error propose_enrol(struct request *request)
{
	struct enrolment enrolment = { 0 };
	enum error error;

	if (strcmp(request->params[0], request->caller.organisation) != 0)
		return request_fail(request, ERR_FORBIDDEN,
		    "只能为本单位登记公钥",
		    "a key is enrolled by its own organisation", NULL);
	error = read_enrolment(request, &enrolment);
	return error ? error : check_may_be(request, enrolment.party);
}

static enum error enrol(struct request *request)
{
	struct enrolment enrolment = { 0 };
	struct party *party = kind_make(&party_kind, &request->arena);
	enum error error = read_enrolment(request, &enrolment);

	if (error)
		return error;
	party->object.id = act_new_id(request, "party");
	party->organisation = request->params[0];
	party->party = enrolment.party;
	party->public_key = enrolment.public_key;
	return act_add(
	    request, &party_kind, party, EVENT_PARTY_ENROLLED, NULL, NULL);
}

/* --- retiring ------------------------------------------------------------- */

static enum error read_retirement(
    struct request *request, const struct party **party)
{
	struct retirement retirement = { 0 };
	const void *found;
	enum error error =
	    kind_read(request, &retirement_kind, request->body, &retirement);

	if (!error)
		error =
		    act_find(request, &party_kind, request->params[0], &found);
	if (error)
		return error;
	*party = found;
	return event_allowed(EVENT_PARTY_RETIRED, (*party)->object.state)
		   ? ERR_OK
		   : ERR_STATE;
}

static enum error propose_retire(struct request *request)
{
	const struct party *party;
	enum error error = read_retirement(request, &party);

	if (!error &&
	    strcmp(party->organisation, request->caller.organisation) != 0)
		return request_fail(request, ERR_FORBIDDEN,
		    "只能停用本单位的公钥",
		    "a key is retired by its own organisation", NULL);
	return error;
}

static enum error retire(struct request *request)
{
	const struct party *party;
	enum error error = read_retirement(request, &party);

	return error ? error
		     : act_change(request, &party_kind,
			   kind_copy(&party_kind, party, &request->arena),
			   EVENT_PARTY_RETIRED, NULL, NULL);
}

/* --- the resource --------------------------------------------------------- */

static enum error list(struct request *request)
{
	return list_reply(request, &party_kind, NULL);
}

static enum error show(struct request *request)
{
	return list_one(request, &party_kind);
}

static const struct route routes[] = {
	{ "GET", "/v1/parties", list, ROUTE_PAGE, .shows = SHOWS_PARTIES,
	    .one_query = true, .output = &party_kind,
	    .summary = "The keys of the parties; by party or organisation" },
	{ "GET", "/v1/parties/{id}", show, ROUTE_PAGE, .shows = SHOWS_PARTIES,
	    .one_query = true, .output = &party_kind, .summary = "One key" },
	{ 0 },
};

#define PARTIES                                                                \
	(ROLE_OWNER | ROLE_INSTITUTION | ROLE_REVIEWER | ROLE_AUTHORITY |      \
	    ROLE_OPERATOR | ROLE_SUPERVISOR)
static const struct two_person two_persons[] = {
	{ "party.enrol", PARTIES, ROLE_AUDITOR, propose_enrol, enrol,
	    .summary =
		"Enrol the key of a party; the subject is its organisation" },
	{ "party.retire", PARTIES, ROLE_AUDITOR, propose_retire, retire,
	    .summary = "Retire a key; the subject is its id" },
	{ 0 },
};

static const struct db_statement *const writes[] = {
	&select_oldest,
	&select_oldest_of,
	&select_by_key,
	&count_others,
	&count_drawing,
	NULL,
};

const struct resource parties_resource = {
	.routes = routes,
	.writes = writes,
	.two_persons = two_persons,
};
