/* resources.c -- the list of everything this service serves. */
#include "route.h"

#include <string.h>

/* In the order GET /v1 shows them. Each names a file beside this one. */
#define RESOURCES(X)                                                           \
	X(index)                                                               \
	X(health)                                                              \
	X(problems)                                                            \
	X(organisations)                                                       \
	X(accounts)                                                            \
	X(regions)                                                             \
	X(calendars)                                                           \
	X(calendar_days)                                                       \
	X(credentials)                                                         \
	X(sessions)                                                            \
	X(delegations)                                                         \
	X(policies)                                                            \
	X(policy_members)                                                      \
	X(proposals)                                                           \
	X(parties)                                                             \
	X(approval_items)                                                      \
	X(categories)                                                          \
	X(institutions)                                                        \
	X(roll)                                                                \
	X(directory)                                                           \
	X(registrations)                                                       \
	X(registrations_review)                                                \
	X(profiles)                                                            \
	X(qualifications)                                                      \
	X(affiliations)                                                        \
	X(affiliations_regroup)                                                \
	X(affiliations_why)                                                    \
	X(authority_categories)                                                \
	X(sanctions)                                                           \
	X(sanctions_end)                                                       \
	X(staff)                                                               \
	X(files)                                                               \
	X(market)                                                              \
	X(market_kept)                                                         \
	X(markets)                                                             \
	X(listings)                                                            \
	X(imports)                                                             \
	X(search)                                                              \
	X(notices)                                                             \
	X(signups)                                                             \
	X(signups_qualified)                                                   \
	X(draws)                                                               \
	X(draw_read)                                                           \
	X(draw_shown)                                                          \
	X(draw_texts)                                                          \
	X(draw_stream)                                                         \
	X(draw_draft)                                                          \
	X(draw_witness)                                                        \
	X(draw_freeze)                                                         \
	X(draw_parties)                                                        \
	X(draw_close)                                                          \
	X(draw_beacon)                                                         \
	X(draw_replace)                                                        \
	X(draw_annul)                                                          \
	X(draw_void)                                                           \
	X(objections)                                                          \
	X(pack)                                                                \
	X(dues)                                                                \
	X(rehearsal)                                                           \
	X(home)                                                                \
	X(home_checks)                                                         \
	X(home_lists)                                                          \
	X(events)                                                              \
	X(site)                                                                \
	X(log)

#define DECLARE(name) extern const struct resource name##_resource;
RESOURCES(DECLARE)
#undef DECLARE

#define REFER(name) &name##_resource,
const struct resource *const resources[] = { RESOURCES(REFER) NULL };
#undef REFER

const struct two_person *two_person_named(const char *name)
{
	for (size_t i = 0; resources[i]; i++)
		for (const struct two_person *act = resources[i]->two_persons;
		     act && act->name; act++)
			if (strcmp(act->name, name) == 0)
				return act;
	return NULL;
}
