/* objections.h -- what those who signed up say against a draft roster. */
#ifndef OBJECTIONS_H
#define OBJECTIONS_H

#include "act.h"

/*
 * State      is left by           for
 * (none)     objection.made       made
 * made       objection.answered   answered: by owner or operator, in the window
 *
 * Its grounds are private; the log has a salted digest.
 */
struct objection {
	struct object object;
	const char *draw, *institution;
	const char *reason; /* a code: public */
	const char *grounds;
	/* NULL until it is answered; public. */
	const char *upheld; /* yes, no */
	const char *answer, *answered_by;
};
extern struct kind objection_kind;

#endif
