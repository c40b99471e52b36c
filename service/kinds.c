/* kinds.c -- every kind that has a table. */
#include "kind.h"

/* One line per kind, by its file. */
#define KINDS(X)                                                               \
	X(organisation)                                                        \
	X(account)                                                             \
	X(region)                                                              \
	X(calendar)                                                            \
	X(credential)                                                          \
	X(delegation)                                                          \
	X(policy)                                                              \
	X(proposal)                                                            \
	X(party)                                                               \
	X(approval_item)                                                       \
	X(category)                                                            \
	X(institution)                                                         \
	X(registration)                                                        \
	X(profile)                                                             \
	X(qualification)                                                       \
	X(affiliation)                                                         \
	X(authority_category)                                                  \
	X(sanction)                                                            \
	X(staff_member)                                                        \
	X(file)                                                                \
	X(listing)                                                             \
	X(import)                                                              \
	X(notice)                                                              \
	X(signup)                                                              \
	X(draw)                                                                \
	X(objection)                                                           \
	X(rehearsal)

#define DECLARE(name) extern struct kind name##_kind;
KINDS(DECLARE)
#undef DECLARE

#define REFER(name) &name##_kind,
struct kind *const kinds[] = { KINDS(REFER) NULL };
#undef REFER
