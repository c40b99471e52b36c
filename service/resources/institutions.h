/* institutions.h -- the roll: who may be drawn. */
#ifndef INSTITUTIONS_H
#define INSTITUTIONS_H

#include "act.h"

/* A name fits a line of names.txt. protocol §2. */
enum { INSTITUTION_NAME_MAX = 256 }; /* bytes */

/*
 * States: active ⇄ suspended, removed by a sanction, withdrawn by itself. It
 * comes to the roll by a registration (registrations.h), or the operator admits
 * it, who has checked it himself. One that is not active is not drawn, unless
 * it still was when the sign-up closed.
 */
struct institution {
	struct object object; /* id: its unified social credit code */
	const char *name;
	/* Who belongs together, or NULL: computed (affiliations.h). */
	const char *affiliation_group;
	const char *declared_group; /* what the operator admitted it with */
};
extern struct kind institution_kind;

/* A name of a body: a complaint at /name if it does not fit. */
enum error institution_check_name(
    struct request *request, const char *name) MUST_CHECK;

#endif
