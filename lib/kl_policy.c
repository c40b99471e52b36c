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
