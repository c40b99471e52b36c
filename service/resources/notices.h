/* notices.h -- what an owner asks for, and until when to sign up. */
#ifndef NOTICES_H
#define NOTICES_H

#include "act.h"
#include "draws.h"
#include "policies.h"
#include "route.h"

/*
 * States: open → closed → judged, and from there failed when too few may
 * enter. A judged notice has its draws (draws.h).
 */
struct notice {
	struct object object;
	/* Given by the owner. */
	const char *title, *service, *category;
	const char *project_code; /* what attempts are counted by, or NULL */
	const char *approval_item, *fund_source, *scale, *requirement;
	uint64_t amount_max_fen, days_max;
	const char *deadline_unit; /* workday, day */
	uint64_t select, alternates;
	const char *beacon;   /* none, public */
	const char *template; /* of a public beacon, else NULL */
	int64_t signup_close;
	const char *contact_name, *contact_phone; /* private */
	/* Set when it is published. */
	const char *number; /* ZJ-<region>-<year>-<6 digits>; UNIQUE */
	const char *owner;  /* organisation */
	const char *owner_name;
	const char *region, *policy; /* the policy in force then: its id */
	int64_t published_at;
	/* Known when it is judged; in no notice.json. */
	uint64_t signup_count, included_count, excluded_count;
};
extern struct kind notice_kind;

/*
 * notice.json of the pack: canonical JSON of the id and of the public members
 * that never change. The same bytes at any time. In `arena`.
 */
const char *notice_text(const struct notice *notice, struct arena *arena);

/* What its draws take from it. Borrows from `notice`. */
struct draw_terms notice_terms(const struct notice *notice);

/* How many must be allowed to enter: of the policy, and for the seats. */
uint64_t notice_entrants_min(
    const struct notice *notice, const struct policy *policy);

/*
 * May its draw be held now? The policy knows its beacon, every required party
 * has an enrolled key, no cosignature is needed. In an act.
 * ERR_BEACON ERR_WITNESS ERR_PARTY_MISSING ERR_INVALID ERR_BUSY ERR_DATABASE
 */
enum error notice_can_draw(struct request *request, const struct notice *notice,
    const struct policy *policy) MUST_CHECK;

/* The handler of POST /v1/notices, in notices_publish.c. */
enum error notice_publish(struct request *request) MUST_CHECK;
extern const struct db_statement *const notice_writes[];

/* Closing, opening and judging, in notices_open.c. */
extern const struct due notice_dues[];

#endif
