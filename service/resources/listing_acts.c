/* listing_acts.c -- drafting, checking, publishing, revising, withdrawing. */
#include "institutions.h"
#include "list.h"
#include "listings.h"
#include "route.h"

#include <string.h>

enum {
	DEFECTS_MAX = 32,
	DEFECT_SIZE_MAX = 1500, /* bytes of its words */
	DEFECTS_JSON_MAX = 16384,
	REASON_MAX = 500,
};

/* Why. */
#define M(...) MEMBER(listing, __VA_ARGS__)
static const struct member reason_members[] = {
	M(reason, MEMBER_TEXT, 1, REASON_MAX, MEMBER_IN | MEMBER_OPTIONAL,
	    "why"),
	{ 0 },
};
static const struct member defects_members[] = {
	M(defects, MEMBER_JSON, 0, DEFECTS_JSON_MAX, MEMBER_IN,
	    "all that is wrong: a list of member and words"),
	{ 0 },
};
#undef M
const struct kind listing_reason_kind = {
	.name = "ListingReason",
	.size = sizeof(struct listing),
	.members = reason_members,
};
const struct kind listing_defects_kind = {
	.name = "ListingDefects",
	.size = sizeof(struct listing),
	.members = defects_members,
};

static const struct db_statement count_live = {
	"SELECT COUNT(*) FROM listing "
	"WHERE institution = ? AND category = ? AND live = 1",
};

const struct db_statement *const listing_writes[] = { &count_live, NULL };

/* --- whose it is ---------------------------------------------------------- */

static bool is_institution(const struct request *request)
{
	return request->caller.role == ROLE_INSTITUTION;
}

/* An institution that is active; an operator brings in what there is. */
static enum error check_institution(
    struct request *request, const struct listing *listing)
{
	const struct institution *institution;
	const void *found;
	enum error error =
	    act_find(request, &institution_kind, listing->institution, &found);

	if (error == ERR_NOT_FOUND)
		return request_complain(request, "/institution", "unknown",
		    "没有这家机构", "there is no such institution", NULL);
	if (error)
		return error;
	institution = found;
	if (is_institution(request) &&
	    strcmp(institution->object.state, "active") != 0)
		return request_fail(request, ERR_FORBIDDEN, "机构当前不能办理",
		    "the institution is not active", NULL);
	return ERR_OK;
}

/* Somebody else's is as if there were none. */
static enum error take(struct request *request, struct listing **listing)
{
	const void *found;
	enum error error =
	    act_find(request, &listing_kind, request->params[0], &found);

	if (error)
		return error;
	*listing = kind_copy(&listing_kind, found, &request->arena);
	if (is_institution(request) &&
	    strcmp((*listing)->institution, request->caller.organisation) != 0)
		return ERR_NOT_FOUND;
	error = request_match(request, (*listing)->object.seq);
	return error ? error : check_institution(request, *listing);
}

static enum error change(
    struct request *request, struct listing *listing, enum event event)
{
	enum error error =
	    act_change(request, &listing_kind, listing, event, NULL, NULL);

	return error ? error
		     : list_shown(request, &listing_kind, listing, true);
}

/* --- publishing ----------------------------------------------------------- */

/* One of each offer is published or paused. */
static enum error check_live(
    struct request *request, const struct listing *listing)
{
	uint64_t live;
	enum error error = act_direct(request);

	if (!error)
		error = db_row(request->db, &count_live,
		    DB_IN(db_text(listing->institution),
			db_text(listing->category)),
		    DB_OUT(db_to_u64(&live)));
	if (error || live == 0)
		return error;
	return request_fail(request, ERR_EXISTS,
	    "该机构在此类别已有挂牌,请先撤下",
	    "the institution has a listing in the category: withdraw it first",
	    NULL);
}

static enum error make_public(struct request *request, struct listing *listing)
{
	enum error error = listing_check_whole(request, listing);

	if (!error)
		error = check_live(request, listing);
	listing->version = 1;
	listing->effective_at = listing->published_at = act_at(request);
	listing->defects = NULL;
	return error;
}

static enum error find_category(
    struct request *request, const struct listing *listing)
{
	const struct category *category;

	return category_open(request, listing->category, &category);
}

static enum error name_institution(
    struct request *request, struct listing *listing)
{
	if (is_institution(request)) {
		const char *own = request->caller.organisation;

		if (listing->institution &&
		    strcmp(listing->institution, own) != 0)
			return request_complain(request, "/institution", "own",
			    "只能为本机构挂牌",
			    "an institution lists for itself alone", NULL);
		listing->institution = own;
	}
	if (!listing->institution)
		return request_complain(request, "/institution", "missing",
		    "必填", "is missing", NULL);
	return check_institution(request, listing);
}

enum error listing_make(struct request *request)
{
	struct listing *listing =
	    kind_copy(&listing_kind, request->input, &request->arena);
	bool drafts = is_institution(request);
	enum error error = name_institution(request, listing);

	listing->object.id = act_new_id(request, "listing");
	if (!error && drafts)
		error = find_category(request, listing);
	if (!error)
		error = drafts ? listing_check(request, listing)
			       : make_public(request, listing);
	if (!error)
		error = act_add(request, &listing_kind, listing,
		    drafts ? EVENT_LISTING_DRAFTED : EVENT_LISTING_PUBLISHED,
		    NULL, NULL);
	return error
		   ? error
		   : list_made(request, &listing_kind, listing, "/v1/listings");
}

enum error listing_publish(struct request *request)
{
	struct listing *listing = NULL;
	enum error error = take(request, &listing);

	/* An operator who publishes has checked it. */
	if (!error && strcmp(listing->object.state, "check") != 0)
		error = request_fail(request, ERR_STATE, "当前状态:{0}",
		    "its state is {0}", listing->object.state, NULL);
	if (!error)
		error = make_public(request, listing);
	return error ? error
		     : change(request, listing, EVENT_LISTING_PUBLISHED);
}

/* --- what it says, anew --------------------------------------------------- */

/* All of the body, and what only the service says. */
static void say_anew(struct listing *listing, const struct listing *input)
{
	const struct listing before = *listing;

	*listing = *input;
	listing->object = before.object;
	listing->institution = before.institution;
	listing->category = before.category;
	listing->regions = before.regions;
	listing->version = before.version;
	listing->effective_at = before.effective_at;
	listing->published_at = before.published_at;
	listing->paused_by = before.paused_by;
	listing->reason = before.reason;
	listing->defects = before.defects;
}

enum error listing_next_version(
    struct request *request, struct listing *listing)
{
	if (listing->version >= LISTING_VERSIONS_MAX)
		return request_fail(request, ERR_CONFLICT,
		    "已有 {0} 个版本,请撤下后重新挂牌",
		    "it has {0} versions: withdraw it and publish anew",
		    request_number(request, LISTING_VERSIONS_MAX), NULL);
	listing->version++;
	listing->effective_at = act_at(request);
	return ERR_OK;
}

enum error listing_revise(struct request *request)
{
	struct listing *listing = NULL;
	bool drafted;
	enum error error = take(request, &listing);

	if (error)
		return error;
	drafted = strcmp(listing->object.state, "draft") == 0;
	say_anew(listing, request->input);
	if (drafted && is_institution(request)) {
		error = listing_check(request, listing);
		return error ? error
			     : change(request, listing, EVENT_LISTING_DRAFTED);
	}
	if (!event_allowed(EVENT_LISTING_REVISED, listing->object.state))
		return request_fail(request, ERR_STATE, "当前状态:{0}",
		    "its state is {0}", listing->object.state, NULL);
	error = listing_check_whole(request, listing);
	if (!error)
		error = listing_next_version(request, listing);
	return error ? error : change(request, listing, EVENT_LISTING_REVISED);
}

/* --- checking ------------------------------------------------------------- */

enum error listing_submit(struct request *request)
{
	struct listing *listing = NULL;
	enum error error = take(request, &listing);

	if (!error)
		error = listing_check_whole(request, listing);
	if (error)
		return error;
	listing->defects = NULL;
	return change(request, listing, EVENT_LISTING_SUBMITTED);
}

/* Is each {"member", "words"}, of a member that a revision has? */
static bool are_defects(const char *json)
{
	json_auto_t *list = json_loads(json, 0, NULL);
	const json_t *item;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) == 0 ||
	    json_array_size(list) > DEFECTS_MAX)
		return false;
	json_array_foreach (list, i, item) {
		const char *name =
		    json_string_value(json_object_get(item, "member"));
		const json_t *words = json_object_get(item, "words");
		const struct member *m = listing_revision_kind.members;

		while (m->name && name && strcmp(m->name, name) != 0)
			m++;
		if (json_object_size(item) != 2 || !name || !m->name ||
		    json_string_length(words) == 0 ||
		    json_string_length(words) > DEFECT_SIZE_MAX)
			return false;
	}
	return true;
}

enum error listing_return(struct request *request)
{
	const struct listing *input = request->input;
	struct listing *listing = NULL;
	enum error error = take(request, &listing);

	if (error)
		return error;
	if (!are_defects(input->defects))
		return request_complain(request, "/defects", "form",
		    "应为 1 到 {0} 项,每项含 member 和 words",
		    "must be 1 to {0} of member and words",
		    request_number(request, DEFECTS_MAX), NULL);
	listing->defects = input->defects;
	return change(request, listing, EVENT_LISTING_RETURNED);
}

/* --- pausing and withdrawing ---------------------------------------------- */

enum error listing_pause(struct request *request)
{
	const struct listing *input = request->input;
	struct listing *listing = NULL;
	enum error error = take(request, &listing);

	if (error)
		return error;
	listing->paused_by =
	    is_institution(request) ? "institution" : "operator";
	listing->reason = input->reason;
	return change(request, listing, EVENT_LISTING_PAUSED);
}

/* What the operator paused, an institution does not resume. */
enum error listing_resume(struct request *request)
{
	struct listing *listing = NULL;
	enum error error = take(request, &listing);

	if (error)
		return error;
	if (is_institution(request) && listing->paused_by &&
	    strcmp(listing->paused_by, "operator") == 0)
		return request_fail(request, ERR_FORBIDDEN,
		    "由运营机构暂停的,由运营机构恢复",
		    "the operator has paused it, and resumes it", NULL);
	listing->paused_by = NULL;
	listing->reason = NULL;
	return change(request, listing, EVENT_LISTING_RESUMED);
}

enum error listing_withdraw(struct request *request)
{
	const struct listing *input = request->input;
	struct listing *listing = NULL;
	enum error error = take(request, &listing);

	if (error)
		return error;
	listing->reason = input->reason;
	listing->paused_by = NULL;
	return change(request, listing, EVENT_LISTING_WITHDRAWN);
}
