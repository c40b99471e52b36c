/* categories.h -- the kinds of service that may be bought here. */
#ifndef CATEGORIES_H
#define CATEGORIES_H

#include "act.h"

struct category {
	struct object object; /* id: its code, A01 … */
	const char *phase, *service, *approval_item, *authority;
	const char *basis, *basis_source;
	/* As the law says it, in words: "20(可延长不超过40)". */
	const char *legal_limit, *limit_source, *qualification;
	const char *unit;           /* of both limits: workday, day; or NULL */
	const char *suggested_days; /* a number, or in words */
};
extern struct kind category_kind;

#endif
