/* objections.h -- what those who signed up say against a draft roster. */
#ifndef OBJECTIONS_H
#define OBJECTIONS_H

#include "act.h"

/* State: made. Its grounds are private; the log has a salted digest. */
struct objection {
	struct object object;
	const char *draw, *institution;
	const char *reason; /* a code: public */
	const char *grounds;
};
extern struct kind objection_kind;

#endif
