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
	const char *uscc;              /* credit code (UNIQUE), or NULL */
};
extern struct kind organisation_kind;

/*
 * The affiliation group of an organisation or an institution; NULL when it
 * has none. In an act.
 * ERR_NOT_FOUND ERR_BUSY ERR_DATABASE
 */
enum error organisation_group(
    struct request *request, const char *id, const char **group) MUST_CHECK;

#endif
