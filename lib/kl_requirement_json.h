/* kl_requirement_json.h -- what is asked for, as JSON. */
#ifndef KL_REQUIREMENT_JSON_H
#define KL_REQUIREMENT_JSON_H

#include "kl_requirement.h"

#include <jansson.h>

enum {
	KL_SHEET_LADDERS_MAX = 32, /* of one requirement's own */
	KL_LEVEL_SIZE_MAX = 64,    /* bytes of a level's name: 甲级 */
};

/* Requirements and all they are made of; they point into the sheet, so that it
 * is not copied, and their texts into the JSON. */
struct kl_requirement_sheet {
	struct kl_requirements requirements;
	struct kl_requirement list[KL_REQUIREMENTS_MAX];
	struct kl_alternative alternatives[KL_REQUIREMENTS_MAX]
					  [KL_ALTERNATIVES_MAX];
	struct kl_ladder ladders[KL_SHEET_LADDERS_MAX];
	const char *levels[KL_SHEET_LADDERS_MAX][KL_LEVELS_MAX];
};

/*
 * Read {"all": [{"any": [{"kind", "level_min", "scope"}]}], "ladders":
 * [{"kind", "levels": [highest, …]}]}: every one of `all` must be met, by one
 * of its `any`. kind and scope are tokens; level_min, scope and ladders may be
 * left out.
 *
 * KL_MALFORMED   another member, another type, a text that is none; `*why` is
 *                an English phrase that lives for ever
 * KL_RANGE       nothing asked for, a level_min that is not in the one ladder
 *                of its kind; likewise
 * KL_TOO_LARGE   over a limit of kl_requirement.h or above; likewise
 */
enum kl_result kl_requirement_read(const json_t *value,
    struct kl_requirement_sheet *sheet, const char **why) KL_MUST_CHECK;

#endif
