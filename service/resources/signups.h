/* signups.h -- who wants to be drawn; sealed until the sign-up closes. */
#ifndef SIGNUPS_H
#define SIGNUPS_H

#include "act.h"
#include "draws.h"
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
 * Judge the sign-ups of a closed notice that were not withdrawn and are not
 * judged yet, in their order, by the roll as it was at the close, `most` at
 * most: each becomes included or excluded. `*next` is the log index of the
 * first that is left, 0 when none is. In an act of the service.
 * ERR_BUSY ERR_DATABASE ERR_INTERNAL
 */
enum error signup_judge(struct request *request, const struct notice *notice,
    uint64_t most, uint64_t *next) MUST_CHECK;

/*
 * Who may be drawn and who was excluded, as it was judged, ascending by credit
 * code, in the request's arena; the withdrawn are not among them. `*included`
 * counts those who may. In an act.
 * ERR_BUSY ERR_DATABASE
 */
enum error signup_entrants(struct request *request, const char *notice,
    struct entrant **entrants, size_t *count, uint64_t *included) MUST_CHECK;

/*
 * What the notice's category asked for when it was published, against what its
 * institutions had at the close. signups_qualified.c
 */
struct asked;

/* `*asked` is left when it asked for nothing; in the arena, borrowing from
 * `kept`, a JSON array, what is appended to it.
 * ERR_BUSY ERR_DATABASE ERR_INTERNAL */
enum error signup_asked(struct request *request, const struct notice *notice,
    json_t *kept, struct asked **asked) MUST_CHECK;

/*
 * What each who signed up lacks of it, a JSON array of the caller's; NULL, as
 * it is at first, when that is nothing. `indexes` are the log indexes of the
 * `count` sign-ups, one or more, in their order: the first of the notice that
 * are not judged yet.
 * ERR_BUSY ERR_DATABASE ERR_INTERNAL
 */
enum error signup_lacks(struct request *request, struct asked *asked,
    const uint64_t indexes[], size_t count, json_t *lacks[]) MUST_CHECK;

/* Of signups_judge.c; prepared as writer. */
extern const struct db_statement *const signup_writes[];

#endif
