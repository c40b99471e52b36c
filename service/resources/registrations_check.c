/* registrations_check.c -- whether a registration is sound, whole and allowed.
 */
#include "registrations.h"

#include "affiliations.h"
#include "files.h"
#include "institutions.h"
#include "kl_date.h"
#include "policies.h"
#include "profiles.h"
#include "qualifications.h"
#include "regions.h"
#include "roll.h"

#include <stdlib.h>
#include <string.h>

enum { YEAR_MONTHS = 12 };

/* A changed text is another pledge: those made before name the old digest. */
const char pledge_text[] =
    "中介服务机构入驻承诺书\n"
    "一、所提交的资料真实、准确、完整,变更后及时更新。\n"
    "二、未受行政审批部门举办、主管或持有,与其脱钩;如实申报法定代表人、"
    "持股 5% 以上股东、实际控制人、董事及上级单位。\n"
    "三、从业人员只在本机构执业,不出借、不挂靠资质。\n"
    "四、按公示的时限、收费和规程提供服务,不在公示之外收费。\n"
    "五、不与其他机构串通报名,中选后无正当理由不放弃。\n"
    "六、接受监督,违反承诺的,承担相应责任并接受处理。\n";

const char *pledge_digest(struct request *request)
{
	struct kl_hash hash = kl_hash_of(pledge_text, strlen(pledge_text));

	return arena_hex(&request->arena, hash.bytes, sizeof(hash.bytes));
}

/* Each is told; what is no complaint comes first. */
static enum error worse(enum error one, enum error other)
{
	return one && one != ERR_INVALID ? one : other ? other : one;
}

/* --- what is missing ------------------------------------------------------ */

#define NEEDED(name)                                                           \
	{                                                                      \
		"/" #name, offsetof(struct registration, name)                 \
	}
static const struct {
	const char *pointer;
	size_t offset;
} needed[] = { NEEDED(kind), NEEDED(legal_representative), NEEDED(address),
	NEEDED(presence), NEEDED(contact_name), NEEDED(contact_phone),
	NEEDED(licence), NEEDED(pledge) };

static enum error check_missing(
    struct request *request, const struct registration *registration)
{
	enum error worst = ERR_OK;

	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++) {
		const char *value;

		memcpy(&value, (const char *)registration + needed[i].offset,
		    sizeof(const char *));
		if (!value && !request_told(request, needed[i].pointer))
			worst = request_complain(request, needed[i].pointer,
			    "missing", "必填", "is missing", NULL);
	}
	return worst;
}

/* --- what is given -------------------------------------------------------- */

static enum error check_name(struct request *request, const char *name)
{
	return name ? institution_check_name(request, name) : ERR_OK;
}

static enum error check_region(struct request *request, const char *region)
{
	if (!region)
		return ERR_OK;
	if (strcmp(region, REGION_NATION) != 0)
		return region_check(request, region, "/region");
	return request_complain(request, "/region", "unknown",
	    "应为登记所在的区划", "must be the region where it is registered",
	    NULL);
}

static enum error check_founded(struct request *request, const char *founded)
{
	int32_t day = 0;
	enum error error = roll_day(request, "/founded", founded, &day);

	if (error || day <= roll_today(request))
		return error;
	return request_complain(request, "/founded", "bounds", "不得晚于今天",
	    "must not be after today", NULL);
}

static enum error check_presence(
    struct request *request, const struct registration *registration)
{
	if (!registration->presence || request_told(request, "/counter"))
		return ERR_OK;
	return profile_check_presence(
	    request, registration->presence, registration->counter);
}

static enum error check_pledge(struct request *request, const char *pledge)
{
	if (!pledge || strcmp(pledge, pledge_digest(request)) == 0)
		return ERR_OK;
	return request_complain(request, "/pledge", "unknown",
	    "不是现行承诺书(GET /v1/pledge)的摘要",
	    "is not the digest of the text of GET /v1/pledge", NULL);
}

/* A draft may name what is to be stored yet: `owner` is NULL. */
static enum error check_qualification(struct request *request,
    const struct qualification *qualification, size_t index, const char *owner)
{
	const char *pointer =
	    arena_format(&request->arena, "/qualifications/%zu", index);
	enum error error = qualification_check(request, qualification, pointer);
	enum error missing = ERR_OK;

	if (qualification->replaces)
		error = request_complain(request,
		    arena_format(&request->arena, "%s/replaces", pointer),
		    "unknown", "尚无可更新的资质", "there is none to renew yet",
		    NULL);
	if (owner)
		missing = file_check(request,
		    arena_format(&request->arena, "%s/evidence", pointer),
		    owner, qualification->evidence);
	return missing ? missing : error;
}

static enum error check_qualifications(struct request *request,
    const struct registration *registration, const char *owner)
{
	void *rows[QUALIFICATIONS_MAX];
	size_t count;
	enum error error = ERR_OK;
	enum error worst = roll_read_list(request, &qualification_input,
	    registration->qualifications, "/qualifications", QUALIFICATIONS_MAX,
	    rows, &count);

	for (size_t i = 0; i < count; i++) {
		if (rows[i])
			error = check_qualification(request, rows[i], i, owner);
		worst = worse(worst, error);
	}
	return worst;
}

/* Who represents it is behind it: `whole` names at least him. */
static enum error check_affiliations(struct request *request,
    const struct registration *registration, bool whole)
{
	void *rows[AFFILIATIONS_ENTERED_MAX];
	size_t count;
	bool represented = request_told(request, "/affiliations");
	enum error error = ERR_OK;
	enum error worst = roll_read_list(request, &affiliation_input,
	    registration->affiliations, "/affiliations",
	    AFFILIATIONS_ENTERED_MAX, rows, &count);

	for (size_t i = 0; i < count; i++) {
		struct affiliation *one = rows[i];

		if (!one)
			continue;
		one->held = registration->uscc ? registration->uscc : "-";
		error = affiliation_complete(request, one,
		    arena_format(&request->arena, "/affiliations/%zu", i));
		worst = worse(worst, error);
		represented |=
		    one->kind && strcmp(one->kind, "legal-representative") == 0;
	}
	if (!whole || represented || (worst && count == 0))
		return worst;
	error = request_complain(request, "/affiliations", "missing",
	    "须申报法定代表人", "the legal representative is missing", NULL);
	return worse(worst, error);
}

/* --- in the order of the body --------------------------------------------- */

static const struct {
	const char *name;
	const struct kind *kind;
} lists[] = {
	{ "qualifications", &qualification_input },
	{ "affiliations", &affiliation_input },
};

static const struct member *members_of(const char *name, size_t size)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (strlen(lists[i].name) == size &&
		    memcmp(lists[i].name, name, size) == 0)
			return lists[i].kind->members;
	return NULL;
}

/* From 1 on; 0: what is none of them, or the whole. */
static uint32_t place_of(const struct member *members, const char *name)
{
	size_t size = strcspn(name, "/");

	for (uint32_t i = 0; members && members[i].name; i++)
		if (strlen(members[i].name) == size &&
		    memcmp(members[i].name, name, size) == 0)
			return i + 1;
	return 0;
}

/* Where in a body it is: member, row, member of that. */
static uint32_t rank(const char *pointer)
{
	const char *name = pointer + (*pointer == '/');
	size_t size = strcspn(name, "/");
	uint32_t place = place_of(registration_kind.members, name);
	uint32_t row = 0, within = 0;
	char *end;

	if (name[size] == '/') {
		row = (uint32_t)strtoul(name + size + 1, &end, 10) + 1;
		if (*end == '/')
			within = place_of(members_of(name, size), end + 1);
	}
	if (place == 0 && *name)
		place = MEMBERS_MAX; /* how somebody acts for it comes last */
	return (place << 16) + (row << 8) + within;
}

/* Of those of one place the first stays first. */
static void sort_complaints(struct request *request)
{
	struct complaint *all = request->complaints;

	for (size_t i = 1; i < request->complaint_count; i++) {
		struct complaint one = all[i];
		size_t at = i;

		for (; at > 0 && rank(all[at - 1].pointer) > rank(one.pointer);
		     at--)
			all[at] = all[at - 1];
		all[at] = one;
	}
}

enum error registration_check(struct request *request,
    const struct registration *registration, bool whole)
{
	const struct registration *r = registration;
	const char *owner = whole ? r->object.id : NULL;
	enum error found[] = {
		whole ? check_missing(request, r) : ERR_OK,
		check_name(request, r->name),
		check_region(request, r->region),
		check_founded(request, r->founded),
		check_presence(request, r),
		check_pledge(request, r->pledge),
		check_qualifications(request, r, owner),
		check_affiliations(request, r, whole),
		owner ? file_check(request, "/licence", owner, r->licence)
		      : ERR_OK,
	};
	enum error worst = ERR_OK;

	for (size_t i = 0; i < sizeof(found) / sizeof(*found); i++)
		worst = worse(worst, found[i]);
	sort_complaints(request);
	return worst;
}

/* --- may it come ---------------------------------------------------------- */

static const struct db_statement select_removal = {
	"SELECT COALESCE(MAX(imposed_at), '1970-01-01') FROM sanction "
	"WHERE institution = ? AND measure IN ('remove', 'blacklist') "
	"AND state <> 'repaired'",
};

/* What is held against it: in force, or within the years in which a record
 * must be clean. */
static const struct db_statement count_sanctions = {
	"SELECT COUNT(*) FROM sanction WHERE institution = ? "
	"AND measure IN ('suspend', 'delist', 'blacklist') "
	"AND (state = 'imposed' OR (state = 'expired' AND imposed_at > ?))",
};

const struct db_statement *const registration_writes[] = {
	&select_removal,
	&count_sanctions,
	NULL,
};

static enum error check_removed(
    struct request *request, const char *uscc, const struct policy *policy)
{
	uint64_t years = policy_number(policy, "entry.reentry_years");
	int64_t removed;
	enum error error = act_direct(request);

	if (!error)
		error = db_row(request->db, &select_removal,
		    DB_IN(db_text(uscc)), DB_OUT(db_to_time(&removed)));
	if (error ||
	    act_at(request) >= roll_months_after(removed, years * YEAR_MONTHS))
		return error;
	return request_fail(request, ERR_TOO_EARLY,
	    "被清退的机构 {0} 年内不得再次入驻",
	    "an institution that was removed may not register again for {0} "
	    "years",
	    request_number(request, years), NULL);
}

static enum error check_record(
    struct request *request, const char *uscc, const struct policy *policy)
{
	uint64_t years = policy_number(policy, "entry.clean_years"), count = 0;
	int32_t since = roll_today(request) - (int32_t)years * 366;
	enum error error = act_direct(request);

	if (!error)
		error = db_row(request->db, &count_sanctions,
		    DB_IN(db_text(uscc), db_time(kl_date_begins(since))),
		    DB_OUT(db_to_u64(&count)));
	if (error || count == 0)
		return error;
	return request_fail(request, ERR_CONFLICT,
	    "近 {0} 年内有处理记录尚未修复",
	    "there is a sanction of the last {0} "
	    "years that is not repaired",
	    request_number(request, years), NULL);
}

enum error registration_check_open(
    struct request *request, const struct registration *registration)
{
	const char *uscc = registration->uscc;
	const struct policy *policy;
	const void *found;
	enum error error =
	    policy_in_force(request, registration->region, &policy);

	if (!error)
		error = act_find(request, &institution_kind, uscc, &found);
	if (!error && !event_allowed(EVENT_INSTITUTION_ENTERED,
			  ((const struct object *)found)->state))
		return request_fail(request, ERR_EXISTS, "该机构已经入驻",
		    "the institution is on the roll", NULL);
	if (error && error != ERR_NOT_FOUND)
		return error;
	error = check_removed(request, uscc, policy);
	return error ? error : check_record(request, uscc, policy);
}
