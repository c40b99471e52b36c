#include "kl_policy_private.h"

#include <assert.h>
#include <stdio.h>

_Static_assert(
    KL_POLICY_DRAW_ROWS + KL_POLICY_PROCEDURE_ROWS + KL_POLICY_SERVICE_ROWS ==
	KL_POLICY_MEMBERS,
    "the parts are not the table");

/* --- the table ------------------------------------------------------------ */

const struct kl_policy_member *kl_policy_member(size_t index)
{
	assert(index < KL_POLICY_MEMBERS);
	if (index < KL_POLICY_DRAW_ROWS)
		return &kl_policy_draw_rows[index];
	index -= KL_POLICY_DRAW_ROWS;
	if (index < KL_POLICY_PROCEDURE_ROWS)
		return &kl_policy_procedure_rows[index];
	return &kl_policy_service_rows[index - KL_POLICY_PROCEDURE_ROWS];
}

const struct kl_policy_member *kl_policy_member_named(const char *path)
{
	for (size_t i = 0; i < KL_POLICY_MEMBERS; i++)
		if (strcmp(kl_policy_member(i)->path, path) == 0)
			return kl_policy_member(i);
	return NULL;
}

int64_t kl_policy_standard(const char *path)
{
	return kl_policy_member_named(path)->standard[0];
}

const char *kl_policy_type_word(enum kl_policy_type type)
{
#define WORD(name, word) [KL_POLICY_##name] = word,
	static const char *const words[] = { KL_POLICY_TYPES(WORD) };
#undef WORD

	return words[type];
}

/* --- paths ---------------------------------------------------------------- */

json_t *kl_policy_at(const json_t *profile, const char *path)
{
	const json_t *at = profile;

	while (at && *path) {
		size_t size = strcspn(path, ".");

		at = json_object_getn(at, path, size);
		path += size + (path[size] == '.');
	}
	return (json_t *)(uintptr_t)at;
}

enum kl_policy_known kl_policy_find(const struct kl_policy_path *in,
    const char *name, struct kl_policy_path *path)
{
	int size = snprintf(path->text, sizeof(path->text), "%s%s%s", in->text,
	    in->text[0] ? "." : "", name);

	/* "draw.delay_s" is a path, but no name. */
	if (size >= (int)sizeof(path->text) || strchr(name, '.'))
		return KL_POLICY_UNKNOWN;
	for (size_t i = 0; i < KL_POLICY_MEMBERS; i++) {
		const char *known = kl_policy_member(i)->path;

		if (strncmp(known, path->text, (size_t)size) != 0)
			continue;
		if (known[size] == 0)
			return KL_POLICY_IS_MEMBER;
		if (known[size] == '.')
			return KL_POLICY_IS_FOLDER;
	}
	return KL_POLICY_UNKNOWN;
}

/* --- inheritance ---------------------------------------------------------- */

/* The object `name` of `to`, which is made if it is not there. */
static json_t *folder_of(json_t *to, const char *name)
{
	json_t *folder = json_object_get(to, name);

	if (json_is_object(folder))
		return folder;
	folder = json_object();
	return json_object_set_new(to, name, folder) ? NULL : folder;
}

/* Put what `from` states in place of what `to` says. False: no memory. */
static bool state(json_t *to, const json_t *from,
    const struct kl_policy_path *in, bool is_last)
{
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)from, name, value) {
		struct kl_policy_path path;
		enum kl_policy_known known = kl_policy_find(in, name, &path);
		json_t *folder;

		if (known == KL_POLICY_IS_MEMBER && !is_last &&
		    kl_policy_member_named(path.text)->own)
			continue;
		if (known != KL_POLICY_IS_FOLDER || !json_is_object(value)) {
			if (json_object_set_new(
				to, name, json_deep_copy(value)))
				return false;
			continue;
		}
		folder = folder_of(to, name);
		if (!folder || !state(folder, value, &path, is_last))
			return false;
	}
	return true;
}

enum kl_result kl_policy_merge(
    const json_t *const chain[], size_t count, json_t **profile)
{
	static const struct kl_policy_path top;
	json_t *merged;

	for (size_t i = 0; i < count; i++)
		if (!json_is_object(chain[i]))
			return KL_MALFORMED;
	merged = json_object();
	for (size_t i = 0; merged && i < count; i++)
		if (!state(merged, chain[i], &top, i + 1 == count)) {
			json_decref(merged);
			merged = NULL;
		}
	if (!merged)
		return KL_NO_MEMORY;
	*profile = merged;
	return KL_OK;
}

/* --- in force ------------------------------------------------------------- */

static bool is_later(const struct kl_policy_version *version,
    const struct kl_policy_version *other)
{
	int order = strcmp(version->effective_from, other->effective_from);

	return order ? order > 0 : version->event_index > other->event_index;
}

/* Of one region; `count` if none of it is in force. */
static size_t newest(const struct kl_policy_version versions[], size_t count,
    const char *region, const char *date)
{
	size_t found = count;

	for (size_t i = 0; i < count; i++)
		if (strcmp(versions[i].region, region) == 0 &&
		    strcmp(versions[i].effective_from, date) <= 0 &&
		    (found == count ||
			is_later(&versions[i], &versions[found])))
			found = i;
	return found;
}

enum kl_result kl_policy_in_force(const struct kl_policy_version versions[],
    size_t count, const char *const regions[], size_t region_count,
    const char *date, size_t *found)
{
	bool is_good = kl_policy_is_date(date, strlen(date));

	for (size_t i = 0; i < count; i++)
		is_good =
		    is_good && kl_policy_is_date(versions[i].effective_from,
				   strlen(versions[i].effective_from));
	if (!is_good)
		return KL_MALFORMED;
	*found = count;
	for (size_t i = region_count; i > 0 && *found == count; i--)
		*found = newest(versions, count, regions[i - 1], date);
	return KL_OK;
}
