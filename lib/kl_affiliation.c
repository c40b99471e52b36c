#include "kl_affiliation.h"

#include "kl_affiliation_private.h"

#include <stdlib.h>
#include <string.h>

enum { WHOLE_BP = 10000, ENDS = 2 };

/* --- one of them ---------------------------------------------------------- */

static const struct kl_words kinds[KL_AFFILIATION_KINDS] = {
	[KL_BY_LEGAL_REPRESENTATIVE] = { "legal-representative",
	    "legal representative", "法定代表人" },
	[KL_BY_SHAREHOLDER] = { "shareholder", "shareholder", "股东" },
	[KL_BY_CONTROLLER] = { "controller", "actual controller",
	    "实际控制人" },
	[KL_BY_DIRECTOR] = { "director", "director", "董事" },
	[KL_BY_PARENT] = { "parent", "parent body", "上级或举办、主管单位" },
	[KL_BY_OFFICE] = { "office", "body in which an office is held",
	    "任职单位" },
};

const struct kl_words *kl_affiliation_words(enum kl_affiliation_kind kind)
{
	return &kinds[kind];
}

const char *kl_affiliation_fault(const struct kl_affiliation *affiliation)
{
	bool has_share = affiliation->kind == KL_BY_SHAREHOLDER;

	if (!*affiliation->held || !*affiliation->holder)
		return "both must be named";
	if (strcmp(affiliation->held, affiliation->holder) == 0)
		return "nobody holds himself";
	if (affiliation->share_bp > WHOLE_BP)
		return "a share is at most the whole";
	if (has_share != (affiliation->share_bp > 0))
		return "a shareholder has a share, and nobody else";
	if (affiliation->period.from > affiliation->period.until)
		return "it must not end before it begins";
	return NULL;
}

bool kl_affiliation_counts(const struct kl_affiliation *affiliation,
    const struct kl_affiliation_rule *rule)
{
	return kl_period_holds(affiliation->period, rule->day) &&
	       (affiliation->kind != KL_BY_SHAREHOLDER ||
		   affiliation->share_bp >= rule->share_min_bp);
}

bool kl_affiliation_joins(const struct kl_affiliation *affiliation)
{
	return affiliation->kind != KL_BY_OFFICE &&
	       !affiliation->holder_is_state;
}

void kl_affiliation_fill(
    struct kl_buf *buf, const void *value, size_t size, size_t count)
{
	for (size_t i = 0; i < count; i++)
		kl_buf_add(buf, value, size);
}

/* --- names ---------------------------------------------------------------- */

static int by_name(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Each once, in the order of bytes. */
static void sort_names(struct kl_affiliations *affiliations)
{
	const char **names = (const char **)affiliations->names.data;
	size_t count = affiliations->names.size / sizeof(*names), kept = 0;

	qsort(names, count, sizeof(*names), by_name);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || strcmp(names[i], names[kept - 1]) != 0)
			names[kept++] = names[i];
	affiliations->name_count = kept;
}

uint32_t kl_affiliations_find(
    const struct kl_affiliations *affiliations, const char *name)
{
	const char *const *names =
	    (const char *const *)affiliations->names.data;
	const char *const *found = NULL;

	if (affiliations->name_count > 0)
		found = bsearch(&name, names, affiliations->name_count,
		    sizeof(*names), by_name);
	return found ? (uint32_t)(found - names) : KL_NO_NAME;
}

/* --- links ---------------------------------------------------------------- */

enum { KEYS = 9 };

/* The order of links; the last key only tells equals apart. */
static void key_of(const struct kl_affiliation_link *link, int64_t keys[KEYS])
{
	const struct kl_affiliation *affiliation = link->affiliation;

	keys[0] = link->from;
	keys[1] = link->to;
	keys[2] = !link->up;
	keys[3] = affiliation->kind;
	keys[4] = -(int64_t)affiliation->share_bp;
	keys[5] = affiliation->holder_is_state;
	keys[6] = affiliation->period.from;
	keys[7] = -(int64_t)affiliation->period.until;
	keys[8] = (int64_t)(uintptr_t)affiliation;
}

static int by_key(const void *left, const void *right)
{
	int64_t one[KEYS], other[KEYS];
	size_t i = 0;

	key_of(left, one);
	key_of(right, other);
	while (i + 1 < KEYS && one[i] == other[i])
		i++;
	return (one[i] > other[i]) - (one[i] < other[i]);
}

const struct kl_affiliation_link *kl_affiliations_links(
    const struct kl_affiliations *affiliations, size_t *count)
{
	*count = affiliations->links.size / sizeof(struct kl_affiliation_link);
	return (const struct kl_affiliation_link *)affiliations->links.data;
}

static void add_links(struct kl_affiliations *affiliations,
    const struct kl_affiliation *affiliation)
{
	uint32_t held = kl_affiliations_find(affiliations, affiliation->held);
	uint32_t holder =
	    kl_affiliations_find(affiliations, affiliation->holder);
	const struct kl_affiliation_link links[ENDS] = {
		{ held, holder, true, affiliation },
		{ holder, held, false, affiliation },
	};

	kl_buf_add(&affiliations->links, links, sizeof(links));
}

/* Of each name the first link; after the last one the end. */
static void find_starts(struct kl_affiliations *affiliations)
{
	size_t count;
	const struct kl_affiliation_link *links =
	    kl_affiliations_links(affiliations, &count);
	uint32_t at = 0;

	for (size_t name = 0; name <= affiliations->name_count; name++) {
		while (at < count && links[at].from < name)
			at++;
		kl_buf_add(&affiliations->starts, &at, sizeof(at));
	}
}

/* --- all of them ---------------------------------------------------------- */

static enum kl_result gather_names(struct kl_affiliations *affiliations,
    size_t count, const struct kl_affiliation_rule *rule)
{
	const struct kl_affiliation *list = affiliations->list;

	for (size_t i = 0; i < count; i++) {
		if (!kl_affiliation_counts(&list[i], rule))
			continue;
		kl_buf_add(
		    &affiliations->names, &list[i].held, sizeof(list[i].held));
		kl_buf_add(&affiliations->names, &list[i].holder,
		    sizeof(list[i].holder));
	}
	if (kl_buf_result(&affiliations->names))
		return KL_NO_MEMORY;
	if (affiliations->names.size > 0)
		sort_names(affiliations);
	return KL_OK;
}

static enum kl_result gather_links(struct kl_affiliations *affiliations,
    size_t count, const struct kl_affiliation_rule *rule)
{
	struct kl_buf *links = &affiliations->links;

	for (size_t i = 0; i < count; i++)
		if (kl_affiliation_counts(&affiliations->list[i], rule))
			add_links(affiliations, &affiliations->list[i]);
	if (kl_buf_result(links))
		return KL_NO_MEMORY;
	if (links->size > 0)
		qsort(links->data,
		    links->size / sizeof(struct kl_affiliation_link),
		    sizeof(struct kl_affiliation_link), by_key);
	find_starts(affiliations);
	return kl_buf_result(&affiliations->starts);
}

enum kl_result kl_affiliations_make(const struct kl_affiliation list[],
    size_t count, const struct kl_affiliation_rule *rule,
    struct kl_affiliations *affiliations)
{
	struct kl_affiliations made = {
		.list = list,
		.names = KL_BUF(ENDS * count * sizeof(const char *)),
		.links =
		    KL_BUF(ENDS * count * sizeof(struct kl_affiliation_link)),
		.starts = KL_BUF((ENDS * count + 1) * sizeof(uint32_t)),
	};
	enum kl_result result;

	if (count > KL_AFFILIATIONS_MAX)
		return KL_TOO_LARGE;
	for (size_t i = 0; i < count; i++)
		if (kl_affiliation_fault(&list[i]))
			return KL_RANGE;
	result = gather_names(&made, count, rule);
	if (!result)
		result = gather_links(&made, count, rule);
	if (result) {
		kl_affiliations_clear(&made);
		return result;
	}
	*affiliations = made;
	return KL_OK;
}

void kl_affiliations_clear(struct kl_affiliations *affiliations)
{
	kl_buf_clear(&affiliations->names);
	kl_buf_clear(&affiliations->links);
	kl_buf_clear(&affiliations->starts);
	affiliations->name_count = 0;
}

/* --- paths ---------------------------------------------------------------- */

static bool may_follow(const struct kl_affiliation_way *way,
    const struct kl_affiliation_link *link)
{
	if (!way->up_only)
		return kl_affiliation_joins(link->affiliation);
	return link->up &&
	       (!link->affiliation->holder_is_state || link->to == way->state);
}

enum kl_result kl_affiliations_search(
    const struct kl_affiliations *affiliations,
    const struct kl_affiliation_way *way, struct kl_buf *reach)
{
	const struct kl_affiliation_reach none = { KL_NO_NAME, 0, 0 };
	const uint32_t *starts = (const uint32_t *)affiliations->starts.data;
	struct kl_affiliation_reach *names;
	size_t link_count, reached = 1;
	const struct kl_affiliation_link *links =
	    kl_affiliations_links(affiliations, &link_count);

	*reach = (struct kl_buf)KL_BUF(affiliations->name_count * sizeof(none));
	kl_affiliation_fill(
	    reach, &none, sizeof(none), affiliations->name_count);
	if (kl_buf_result(reach))
		return KL_NO_MEMORY;
	names = (struct kl_affiliation_reach *)reach->data;
	names[way->from].distance = 0;
	names[0].queued = way->from;
	for (size_t i = 0; i < reached; i++) {
		uint32_t name = names[i].queued;

		for (uint32_t at = starts[name]; at < starts[name + 1]; at++) {
			struct kl_affiliation_reach *to = &names[links[at].to];

			if (to->distance != KL_NO_NAME ||
			    !may_follow(way, &links[at]))
				continue;
			to->distance = names[name].distance + 1;
			to->link = at;
			names[reached++].queued = links[at].to;
		}
	}
	return KL_OK;
}

void kl_affiliations_trace(const struct kl_affiliations *affiliations,
    const struct kl_affiliation_reach reach[], uint32_t to, bool back,
    struct kl_affiliation_step steps[])
{
	size_t count = reach[to].distance, link_count;
	const struct kl_affiliation_link *links =
	    kl_affiliations_links(affiliations, &link_count);

	for (size_t i = 0; i < count; i++) {
		const struct kl_affiliation_link *link = &links[reach[to].link];

		steps[back ? i : count - 1 - i] = (struct kl_affiliation_step){
			.index =
			    (size_t)(link->affiliation - affiliations->list),
			.up = back ? !link->up : link->up,
		};
		to = link->from;
	}
}

enum kl_result kl_affiliation_path_make(
    size_t count, struct kl_affiliation_path *path)
{
	const struct kl_affiliation_step none = { 0, false };
	struct kl_buf memory = KL_BUF(count * sizeof(none));

	kl_affiliation_fill(&memory, &none, sizeof(none), count);
	if (kl_buf_result(&memory)) {
		kl_buf_clear(&memory);
		return KL_NO_MEMORY;
	}
	*path = (struct kl_affiliation_path){
		.steps = (const struct kl_affiliation_step *)memory.data,
		.count = count,
		.memory = memory,
	};
	return KL_OK;
}

void kl_affiliation_path_clear(struct kl_affiliation_path *path)
{
	kl_buf_clear(&path->memory);
	path->steps = NULL;
	path->count = 0;
}
