/* draws.h -- the draw: one attempt to select, from draft to close. */
#ifndef DRAWS_H
#define DRAWS_H

#include "act.h"

/*
 * State      is left by                                        for
 * (none)     draw.drafted    notice opened, or the owner asks  drafted
 * drafted    draw.declared   due draw.freeze                   declared
 *            draw.dropped    too few left, or two persons      dropped
 * declared   draw.locked     due draw.lock                     locked
 * locked     draw.sealed     all revealed, or due draw.seal    sealed
 * sealed     draw.beacon     attested value, round or pulse    beacon
 * beacon     draw.seeded     in the same act (from sealed      seeded
 *                            when the beacon is none)
 * seeded     draw.result     in the same act                   drawn
 * drawn      draw.closed     in the same act: result           closed
 * closed     draw.annulled   parties approve; after a result   annulled
 *
 * sealed     draw.stopped    given up, when the outcome could  stopped
 *                            be known: the value is awaited
 * stopped    draw.beacon     round or pulse; then draw.closed  beacon
 *
 * From declared to sealed draw.closed may come at once: failed or void, by
 * what is missing or by two persons. protocol §2 close.txt, §3.
 */
struct draw {
	struct object object; /* id: D-<region>-<year>-<6 digits>-<n> */

	const char *notice;  /* id of the notice */
	const char *project; /* what attempts are counted by */
	/* The project while this attempt holds it: open, or closed with a
	 * result that was not annulled. UNIQUE. NULL afterwards. */
	const char *project_lock;
	const char *region;
	const char *policy;   /* id of the policy it is bound to */
	const char *previous; /* id of attempt n - 1, or NULL */
	uint64_t attempt;

	int64_t draft_until; /* objections until then; then it is frozen */
	int64_t commit_by, reveal_by, beacon_time; /* none until frozen */
	uint64_t beacon_delay;                     /* seconds */
	const char *beacon;        /* none, public, drand, nist */
	const char *template;      /* of a public beacon, or NULL */
	const char *beacon_source; /* hash of the chain, id of the certificate;
				      NULL otherwise, and until frozen */
	uint64_t beacon_round;     /* of drand; 0 otherwise */
	/* Once it is known: the public value, the randomness, the output. */
	const char *beacon_value;
	const char *withheld; /* continue, void */
	uint64_t quorum, selected, alternates, entrants, replacements;

	/* H of each text, once it is logged. */
	const char *draft_hash, *roster_hash, *names_hash, *excluded_hash,
	    *declare_hash, *lock_hash, *seal_hash, *seed_hash, *result_hash,
	    *close_hash;

	const char *outcome; /* result, void, failed; NULL while open */
	const char *reason;  /* also why it will end, when it is stopped */
	const char *detail;  /* 64 hex of what shows that, while stopped */
	uint64_t known;      /* the outcome could be known when it closed */
	int64_t closed_at;
};
extern struct kind draw_kind;

/* Handlers of a GET: all draws by what its query says, the newest first, and
 * with all its parts the one that params[0] names. Published ones alone. */
enum error draws_list(struct request *request);
enum error draws_show(struct request *request);

/* One who may be drawn, or was excluded before. */
struct entrant {
	const char *uscc, *name;
	const char *reason;   /* of the exclusion; NULL: may be drawn */
	const char *evidence; /* 64 hex, or NULL for none */
};

/* What a draw takes from its notice. */
struct draw_terms {
	const char *notice;  /* its id */
	const char *number;  /* ZJ-<region>-<year>-<6 digits> */
	const char *project; /* project_code, else the number */
	const char *region, *policy;
	const char *beacon;   /* none, public, drand, nist */
	const char *template; /* with public */
	uint64_t selected, alternates;
};

/*
 * Draft the roster of a new attempt and set the time of its freeze: the end
 * of the objection window. `entrants` ascend strictly by uscc; those with no
 * reason are at least the policy's min_entrants. Runs in an act. `*draw`,
 * unless NULL, is the draft. protocol §3.1.
 *
 * ERR_EXISTS     the project has an attempt that is open or has a result
 * ERR_BUSY ERR_DATABASE ERR_INTERNAL
 */
enum error draw_draft(struct request *request, const struct draw_terms *terms,
    const struct entrant entrants[], size_t count,
    const struct draw **draw) MUST_CHECK;

/*
 * Is `project` held by an attempt that is open or has a result? In an act.
 * ERR_BUSY ERR_DATABASE
 */
enum error draw_project_held(
    struct request *request, const char *project, bool *held) MUST_CHECK;

#endif
