/* institutions.h -- the roll: who may be drawn. */
#ifndef INSTITUTIONS_H
#define INSTITUTIONS_H

#include "act.h"

/* A name fits a line of names.txt. protocol §2. */
enum { INSTITUTION_NAME_MAX = 256 }; /* bytes */

/* States: active ⇄ suspended, by two persons. A suspended one is not drawn,
 * unless it was suspended after the sign-up had closed. */
struct institution {
	struct object object; /* id: its unified social credit code */
	const char *name;
	const char *affiliation_group; /* who belongs together, or NULL */
};
extern struct kind institution_kind;

#endif
