/* organisations.h -- who takes part: owners, operator, supervisors … */
#ifndef ORGANISATIONS_H
#define ORGANISATIONS_H

#include "act.h"

/* An institution is none of these: institutions.h. */
struct organisation {
	struct object object; /* id: a token it is known by */
	const char *name;
	const char *affiliation_group; /* who belongs together, or NULL */
	const char *region;            /* or NULL */
};
extern struct kind organisation_kind;

#endif
