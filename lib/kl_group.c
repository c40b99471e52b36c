#include "kl_group.h"

#include "kl_affiliation_private.h"

#include <stdlib.h>
#include <string.h>

/* --- joining -------------------------------------------------------------- */

/* The first of its group so far; halves the way there for the next time. */
static uint32_t root_of(uint32_t parents[], uint32_t name)
{
	while (parents[name] != name) {
		parents[name] = parents[parents[name]];
		name = parents[name];
	}
	return name;
}

/* For every name one that stands for its group. */
static enum kl_result join(
    const struct kl_affiliations *affiliations, struct kl_buf *parents)
{
	size_t link_count;
	const struct kl_affiliation_link *links =
	    kl_affiliations_links(affiliations, &link_count);
	uint32_t *list;

	for (uint32_t name = 0; name < affiliations->name_count; name++)
		kl_buf_add(parents, &name, sizeof(name));
	if (kl_buf_result(parents))
		return KL_NO_MEMORY;
	list = (uint32_t *)parents->data;
	for (size_t i = 0; i < link_count; i++) {
		uint32_t one = root_of(list, links[i].from);
		uint32_t other = root_of(list, links[i].to);

		if (!kl_affiliation_joins(links[i].affiliation))
			continue;
		list[one > other ? one : other] = one > other ? other : one;
	}
	return KL_OK;
}

/* --- members -------------------------------------------------------------- */

struct member {
	const char *id;
	size_t index;  /* of the institution */
	uint32_t root; /* KL_NO_NAME: it is in no affiliation */
};

/* Of a group, found by its root. */
struct group {
	size_t representative, count;
};

static int by_id(const void *left, const void *right)
{
	const struct member *one = left, *other = right;

	return strcmp(one->id, other->id);
}

/* Sorted by identifier, each with its root. */
static enum kl_result gather(const struct kl_affiliations *affiliations,
    uint32_t parents[], const char *const institutions[], size_t count,
    struct kl_buf *members)
{
	struct member *list;

	for (size_t i = 0; i < count; i++) {
		struct member member = { institutions[i], i, KL_NO_NAME };
		uint32_t name =
		    kl_affiliations_find(affiliations, institutions[i]);

		if (name != KL_NO_NAME)
			member.root = root_of(parents, name);
		kl_buf_add(members, &member, sizeof(member));
	}
	if (kl_buf_result(members))
		return KL_NO_MEMORY;
	list = (struct member *)members->data;
	qsort(list, count, sizeof(*list), by_id);
	for (size_t i = 1; i < count; i++)
		if (strcmp(list[i - 1].id, list[i].id) == 0)
			return KL_RANGE;
	return KL_OK;
}

/* The first of a group, in the order of identifiers, represents it. */
static void tell(const struct member members[], size_t count,
    struct group groups[], struct kl_membership memberships[])
{
	for (size_t i = 0; i < count; i++) {
		const struct member *member = &members[i];

		memberships[member->index] =
		    (struct kl_membership){ member->index, 1 };
		if (member->root == KL_NO_NAME)
			continue;
		if (groups[member->root].count++ == 0)
			groups[member->root].representative = member->index;
	}
	for (size_t i = 0; i < count; i++)
		if (members[i].root != KL_NO_NAME)
			memberships[members[i].index] = (struct kl_membership){
				groups[members[i].root].representative,
				groups[members[i].root].count,
			};
}

enum kl_result kl_group(const struct kl_affiliations *affiliations,
    const char *const institutions[], size_t count,
    struct kl_membership memberships[])
{
	const size_t names = affiliations->name_count;
	const struct group none = { 0, 0 };
	struct kl_buf parents = KL_BUF(names * sizeof(uint32_t));
	struct kl_buf members = KL_BUF(count * sizeof(struct member));
	struct kl_buf groups = KL_BUF(names * sizeof(none));
	enum kl_result result;

	if (count > KL_GROUP_MAX)
		return KL_TOO_LARGE;
	if (count == 0)
		return KL_OK;
	result = join(affiliations, &parents);
	if (!result)
		result = gather(affiliations, (uint32_t *)parents.data,
		    institutions, count, &members);
	if (!result) {
		kl_affiliation_fill(&groups, &none, sizeof(none), names);
		result = kl_buf_result(&groups);
	}
	if (!result)
		tell((const struct member *)members.data, count,
		    (struct group *)groups.data, memberships);
	kl_buf_clear(&parents);
	kl_buf_clear(&members);
	kl_buf_clear(&groups);
	return result;
}

/* --- why ------------------------------------------------------------------ */

enum kl_result kl_group_explain(const struct kl_affiliations *affiliations,
    const char *one, const char *other, struct kl_affiliation_path *path)
{
	/* From whoever comes first, so that both ways are one path. */
	bool back = strcmp(one, other) > 0;
	uint32_t from = kl_affiliations_find(affiliations, back ? other : one);
	uint32_t to = kl_affiliations_find(affiliations, back ? one : other);
	const struct kl_affiliation_way way = { from, false, KL_NO_NAME };
	const struct kl_affiliation_reach *names;
	struct kl_buf reach;
	enum kl_result result;

	if (strcmp(one, other) == 0)
		return kl_affiliation_path_make(0, path);
	if (from == KL_NO_NAME || to == KL_NO_NAME)
		return KL_MISMATCH;
	result = kl_affiliations_search(affiliations, &way, &reach);
	names = (const struct kl_affiliation_reach *)reach.data;
	if (!result && names[to].distance == KL_NO_NAME)
		result = KL_MISMATCH;
	if (!result)
		result = kl_affiliation_path_make(names[to].distance, path);
	if (!result)
		kl_affiliations_trace(affiliations, names, to, back,
		    (struct kl_affiliation_step *)path->memory.data);
	kl_buf_clear(&reach);
	return result;
}
