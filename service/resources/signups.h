/* signups.h -- who wants to be drawn; sealed until the sign-up closes. */
#ifndef SIGNUPS_H
#define SIGNUPS_H

#include "act.h"
#include "notices.h"

/*
 * One per institution and notice (a UNIQUE key): its id is made from both.
 * States: signed ⇄ withdrawn; then included or excluded.
 */
struct signup {
	struct object object;
	const char *notice, *institution;
	const char *name; /* of the institution, then */
	int64_t signed_at;
	/* When it is judged. */
	const char *reason;   /* of the exclusion: kl_eligible.h; or NULL */
	const char *facts;    /* what the judgement rests on: canonical JSON */
	const char *evidence; /* H(facts), 64 hex digits */
};
extern struct kind signup_kind;

enum { SIGNUPS_MAX = 100000 }; /* of a notice; entries of a roster */

/* Remember that the writer's memory holds every sign-up of a new notice. */
void signup_begin(struct request *request, const char *notice);

/*
 * Open every sealed event of the notice's sign-ups, judge them, and count. In
 * an act of the service. `*entrants`, in the request's arena, ascend by credit
 * code; the withdrawn are not among them.
 * ERR_BUSY ERR_DATABASE ERR_INTERNAL
 */
struct entrant;
enum error signup_open(struct request *request, const struct notice *notice,
    struct entrant **entrants, size_t *count, uint64_t *included) MUST_CHECK;

#endif
