/* kl_requirement.h -- what a notice asks for, and who has it. */
#ifndef KL_REQUIREMENT_H
#define KL_REQUIREMENT_H

#include "kl_base.h"
#include "kl_period.h"
#include "kl_words.h"

/*
 * A category or notice asks for qualifications in a structured form, never in
 * free text, so that nobody can ask for what only one has. All is borrowed;
 * tokens are compared byte by byte.
 */

/* One qualification that would do. */
struct kl_alternative {
	const char *kind;
	const char *level_min; /* NULL: any, or none at all */
	const char *scope;     /* NULL: any */
};

/* Any one of these does. */
struct kl_requirement {
	const struct kl_alternative *alternatives;
	size_t count;
};

/* The levels of a kind, the highest first: 甲级, 乙级, 丙级. */
struct kl_ladder {
	const char *kind;
	const char *const *levels;
	size_t count;
};

enum {
	KL_REQUIREMENTS_MAX = 32,
	KL_ALTERNATIVES_MAX = 16, /* of one requirement */
	KL_LADDERS_MAX = 200,
	KL_LEVELS_MAX = 16,         /* of one ladder */
	KL_QUALIFICATIONS_MAX = 200 /* of one institution */
};

/* Every one of these must be met. */
struct kl_requirements {
	const struct kl_requirement *list;
	size_t count;
	const struct kl_ladder *ladders; /* of each kind with a level_min */
	size_t ladder_count;
};

enum kl_qualification_state {
	KL_QUALIFICATION_ACTIVE,
	KL_QUALIFICATION_PAUSED /* by its expiry, or by the reviewer */
};

/* What an institution has. */
struct kl_qualification {
	const char *kind;
	const char *level; /* NULL: it has none */
	const char *const *scopes;
	size_t scope_count;
	struct kl_period period;
	enum kl_qualification_state state;
};

/* Why it is not met, from the furthest to the nearest; in this order one
 * qualification is looked at. */
enum kl_requirement_reason {
	KL_REQUIREMENT_MET,
	KL_REQUIREMENT_NONE,          /* qualification-none: of the kind */
	KL_REQUIREMENT_SCOPE,         /* qualification-scope */
	KL_REQUIREMENT_LEVEL_UNKNOWN, /* qualification-level-unknown */
	KL_REQUIREMENT_LEVEL,         /* qualification-level: too low */
	KL_REQUIREMENT_EXPIRED,       /* qualification-expired */
	KL_REQUIREMENT_NOT_YET,       /* qualification-not-yet: valid */
	KL_REQUIREMENT_PAUSED,        /* qualification-paused */
	KL_REQUIREMENT_REASONS,
};

/* What each is called; NULL for KL_REQUIREMENT_MET. */
const struct kl_words *kl_requirement_words(enum kl_requirement_reason reason);

/* What came out for one requirement. */
struct kl_requirement_match {
	enum kl_requirement_reason reason;
	size_t alternative;   /* that is met, or nearest to it */
	size_t qualification; /* that meets it, or is nearest; NONE: how many
				 there are */
};

/*
 * Match `count` qualifications with each requirement on `day`, into as many
 * `matches` as there are requirements, all of them, so that an institution is
 * told everything at once (一次性告知). Of several that meet one, or are
 * equally near, the first alternative is told, and of it the first
 * qualification.
 *
 * KL_RANGE       a requirement without alternatives, a level_min that is not in
 *                the one ladder of its kind
 * KL_TOO_LARGE   over a limit above
 */
enum kl_result kl_requirement_match(const struct kl_requirements *requirements,
    const struct kl_qualification qualifications[], size_t count, int32_t day,
    struct kl_requirement_match matches[], size_t *unmet_count) KL_MUST_CHECK;

#endif
