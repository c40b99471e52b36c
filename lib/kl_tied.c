#include "kl_tied.h"

#include "kl_affiliation_private.h"

#include <string.h>

/* --- the words ------------------------------------------------------------ */

static const struct kl_words reasons[KL_TIED_REASONS] = {
	[KL_TIED_OFFICIAL] = {
	    .code = "tied-official",
	    .english = "somebody behind it holds an office in the approving "
		       "authority, or above or below it",
	    .chinese = "其背后人员在审批部门或其上级、下属单位任职",
	},
	[KL_TIED_SUPERIOR] = {
	    .code = "tied-superior",
	    .english = "who is above the approving authority is above it, too",
	    .chinese = "与审批部门同属一个上级单位",
	},
	[KL_TIED_SUBORDINATE] = {
	    .code = "tied-subordinate",
	    .english = "belongs to a body of the approving authority",
	    .chinese = "由审批部门的下属单位举办或持有",
	},
	[KL_TIED_AUTHORITY] = {
	    .code = "tied-authority",
	    .english = "belongs to the approving authority",
	    .chinese = "由审批部门举办、主管或持有",
	},
};

const struct kl_words *kl_tied_words(enum kl_tied_reason reason)
{
	return reason ? &reasons[reason] : NULL;
}

/* --- who is above both ---------------------------------------------------- */

/* The ways up from both, and where they meet. */
struct meeting {
	struct kl_buf up, down;
	uint32_t name;
	uint32_t length; /* of both ways; KL_NO_NAME: they never meet */
};

static const struct kl_affiliation_reach *names_of(const struct kl_buf *reach)
{
	return (const struct kl_affiliation_reach *)reach->data;
}

static void meeting_clear(struct meeting *meeting)
{
	kl_buf_clear(&meeting->up);
	kl_buf_clear(&meeting->down);
}

/* The nearest to both; then the nearest to the authority, then the first. */
static void find_nearest(struct meeting *meeting, size_t name_count)
{
	const struct kl_affiliation_reach *up = names_of(&meeting->up);
	const struct kl_affiliation_reach *down = names_of(&meeting->down);
	uint32_t nearest = KL_NO_NAME;

	for (uint32_t name = 0; name < name_count; name++) {
		uint32_t length = up[name].distance + down[name].distance;

		if (up[name].distance == KL_NO_NAME ||
		    down[name].distance == KL_NO_NAME ||
		    length > meeting->length)
			continue;
		if (length == meeting->length && down[name].distance >= nearest)
			continue;
		meeting->length = length;
		meeting->name = name;
		nearest = down[name].distance;
	}
}

static enum kl_result meet(const struct kl_affiliations *affiliations,
    const char *institution, const char *authority, struct meeting *meeting)
{
	uint32_t one = kl_affiliations_find(affiliations, institution);
	uint32_t other = kl_affiliations_find(affiliations, authority);
	const struct kl_affiliation_way up = { one, true, other };
	const struct kl_affiliation_way down = { other, true, KL_NO_NAME };
	enum kl_result result;

	*meeting = (struct meeting){ .length = KL_NO_NAME };
	if (strcmp(institution, authority) == 0) {
		meeting->length = 0;
		return KL_OK;
	}
	if (one == KL_NO_NAME || other == KL_NO_NAME)
		return KL_OK;
	result = kl_affiliations_search(affiliations, &up, &meeting->up);
	if (!result)
		result =
		    kl_affiliations_search(affiliations, &down, &meeting->down);
	if (!result)
		find_nearest(meeting, affiliations->name_count);
	return result;
}

/* --- telling -------------------------------------------------------------- */

/* Somebody holds an office on the way up, or leads what is on the way down. */
static bool is_official(const struct kl_affiliations *affiliations,
    const struct kl_affiliation_step *step)
{
	enum kl_affiliation_kind kind = affiliations->list[step->index].kind;

	return kind == KL_BY_OFFICE ||
	       (!step->up && (kind == KL_BY_LEGAL_REPRESENTATIVE ||
				 kind == KL_BY_DIRECTOR));
}

static enum kl_tied_reason reason_of(const struct kl_affiliations *affiliations,
    const struct kl_affiliation_path *path)
{
	for (size_t i = 0; i < path->count; i++)
		if (is_official(affiliations, &path->steps[i]))
			return KL_TIED_OFFICIAL;
	if (path->count > 0 && !path->steps[path->count - 1].up)
		return KL_TIED_SUPERIOR;
	return path->count > 1 ? KL_TIED_SUBORDINATE : KL_TIED_AUTHORITY;
}

static enum kl_result explain(const struct kl_affiliations *affiliations,
    const struct meeting *meeting, size_t authority, struct kl_tied *tied)
{
	const struct kl_affiliation_reach *up = names_of(&meeting->up);
	struct kl_tied found = { .authority = authority };
	struct kl_affiliation_step *steps;
	enum kl_result result =
	    kl_affiliation_path_make(meeting->length, &found.path);

	if (result)
		return result;
	steps = (struct kl_affiliation_step *)found.path.memory.data;
	if (meeting->length > 0) {
		kl_affiliations_trace(
		    affiliations, up, meeting->name, false, steps);
		kl_affiliations_trace(affiliations, names_of(&meeting->down),
		    meeting->name, true, steps + up[meeting->name].distance);
	}
	found.reason = reason_of(affiliations, &found.path);
	*tied = found;
	return KL_OK;
}

enum kl_result kl_tied(const struct kl_affiliations *affiliations,
    const char *institution, const char *const authorities[], size_t count,
    struct kl_tied *tied)
{
	struct meeting best = { .length = KL_NO_NAME }, each;
	enum kl_result result = KL_OK;
	size_t at = 0;
	int order;

	if (count > KL_AUTHORITIES_MAX)
		return KL_TOO_LARGE;
	for (size_t i = 0; i < count && !result; i++) {
		result = meet(affiliations, institution, authorities[i], &each);
		order =
		    (each.length > best.length) - (each.length < best.length);
		if (order == 0)
			order = strcmp(authorities[i], authorities[at]);
		if (!result && order < 0) {
			struct meeting worse = best;

			best = each;
			each = worse;
			at = i;
		}
		meeting_clear(&each);
	}
	if (!result && best.length != KL_NO_NAME)
		result = explain(affiliations, &best, at, tied);
	else if (!result)
		*tied = (struct kl_tied){ .reason = KL_UNTIED };
	meeting_clear(&best);
	return result;
}

void kl_tied_clear(struct kl_tied *tied)
{
	kl_affiliation_path_clear(&tied->path);
}
