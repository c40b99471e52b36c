/* authority_categories.h -- who approves what a category serves. */
#ifndef AUTHORITY_CATEGORIES_H
#define AUTHORITY_CATEGORIES_H

#include "act.h"

/* States: approves ⇄ ended. */
struct authority_category {
	struct object object; /* id: <category>:<authority> */
	const char *category, *authority, *basis;
};
extern struct kind authority_category_kind;

#endif
