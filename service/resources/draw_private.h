/* draw_private.h -- what the files of the draw share, and nobody else uses. */
#ifndef DRAW_PRIVATE_H
#define DRAW_PRIVATE_H

#include "draws.h"
#include "kl_attempt.h"
#include "kl_close.h"
#include "kl_seed.h"
#include "kl_text.h"
#include "witnesses.h"

/* What happens by itself; the subject is the draw. */
#define DUE_FREEZE  "draw.freeze"
#define DUE_LOCK    "draw.lock"
#define DUE_SEAL    "draw.seal"
#define DUE_BEACON  "draw.beacon"  /* does it stand at the beacon's time? */
#define DUE_OVERDUE "draw.overdue" /* shown so from now on, if it is open */

/* --- the attempt (draw_read.c) -------------------------------------------- */

/*
 * In an act: a copy of the draw, to be changed. What the batch has gathered
 * is sent, so that statements of request->db see it.
 * ERR_NOT_FOUND ERR_BUSY ERR_DATABASE
 */
enum error draw_take(
    struct request *request, const char *id, struct draw **draw) MUST_CHECK;

/* The draw of a route: also ERR_PRECONDITION, when it has changed since the
 * version of If-Match. */
enum error draw_take_named(
    struct request *request, struct draw **draw) MUST_CHECK;

/* Likewise, of a caller who may decide about it: an owner only about the draws
 * of his own notices; another's is ERR_NOT_FOUND, as if there were none. */
enum error draw_take_own(
    struct request *request, const char *id, struct draw **draw) MUST_CHECK;

enum kl_attempt_phase draw_phase(const struct draw *draw);
bool draw_has_beacon(const struct draw *draw);

/* The time it should be closed a day after: of the beacon, with none
 * reveal-by. DB_TIME_NONE until it is declared. */
int64_t draw_last_time(const struct draw *draw);

/* Does it have a result that stands? */
bool draw_has_result(const struct draw *draw);

/* Why it ended, or will when it is stopped. */
enum kl_close_reason draw_reason(const struct draw *draw);

/* A digest of a row, which is one. */
struct kl_hash draw_hash_of(const char *hex);

/* --- what the world sees of it (draw_shown.c) ----------------------------- */

/*
 * Take back from a row what no published checkpoint covers: state, hashes,
 * times, outcome. On a worker, of a snapshot.
 * ERR_NOT_FOUND   nothing of it is published yet
 * ERR_BUSY ERR_DATABASE
 */
enum error draw_show(struct request *request, void *row) MUST_CHECK;

/* On a worker: the draw as a published checkpoint tells it. Likewise. */
enum error draw_find_shown(
    struct request *request, const char *id, struct draw **draw) MUST_CHECK;

/* --- its parties (draw_read.c) -------------------------------------------- */

struct draw_party {
	const char *id, *key; /* 64 hex digits */
	uint64_t required;
	const char *commit, *signature;      /* NULL until it commits */
	uint64_t commit_index, reveal_index; /* 0 until then */
};

/* In declared order; `states` says the same to the rules of lib. */
struct draw_parties {
	struct draw_party list[KL_PARTIES_MAX];
	struct kl_attempt_party states[KL_PARTIES_MAX];
	size_t count;
};

/* From the rows: of a worker, or in an act after draw_take().
 * ERR_BUSY ERR_DATABASE */
enum error draw_parties_read(struct request *request, const char *draw,
    struct draw_parties *parties) MUST_CHECK;

/* Where it stands, or SIZE_MAX. */
size_t draw_party_named(const struct draw_parties *parties, const char *id);

/* Did the party at `index` sign these bytes? */
bool draw_party_signed(const struct draw_parties *parties, size_t index,
    const struct kl_buf *statement, const char *signature);

/* A party and its signature, as a body lists them. */
struct draw_signature {
	size_t party;          /* its place */
	const char *signature; /* 128 hex digits */
	struct kl_signature signature_bytes;
};

/* Who must have signed. */
enum draw_signers {
	SIGNERS_ANY,
	SIGNERS_TWO,     /* two or more */
	SIGNERS_WATCHED, /* and supervisor or entrants among them */
};

/*
 * Read [{"party": …, "signature": …}, …] of canonical JSON, sorted into
 * declared order. Whether they verify is for the caller.
 * ERR_INVALID      another form, a party twice
 * ERR_APPROVALS    one that was not declared, or they are not who is `needed`
 */
struct draw_signatures {
	struct draw_signature list[KL_PARTIES_MAX];
	size_t count;
};
enum error draw_signatures_read(struct request *request,
    const struct draw_parties *parties, const char *json,
    enum draw_signers needed, struct draw_signatures *signatures) MUST_CHECK;

/* --- its entrants (draw_draft.c) ------------------------------------------ */

/* All of them, ascending by credit code, in the request's arena. In an act
 * after draw_take(). ERR_BUSY ERR_DATABASE */
enum error draw_entrants_read(struct request *request, const char *draw,
    struct entrant **entrants, size_t *count) MUST_CHECK;

/* The draft roster: those without a reason. `text` is the caller's, also on
 * failure. ERR_TOO_LARGE ERR_INTERNAL */
enum error draw_roster_write(const struct draw *draw,
    const struct entrant entrants[], size_t count, struct arena *arena,
    struct kl_buf *text, uint64_t *entries) MUST_CHECK;

/* --- its texts (draw_texts.c) --------------------------------------------- */

/* commit-<party>.txt */
const char *draw_commit_file(struct request *request, const char *party);

/*
 * Log `text` as the event, keep it as `file`, and put H of it in `*hash`, a
 * member of `draw`. The draw is added if it has no state yet. `text` is given
 * back whatever happens.
 * ERR_INTERNAL  it could not be written; else as act_change()
 */
enum error draw_say(struct request *request, struct draw *draw,
    enum event event, const char *file, struct kl_buf *text,
    const char **hash) MUST_CHECK;

/* Keep a text that draw->object.event_index logged.
 * ERR_CONFLICT ERR_BUSY ERR_DATABASE */
enum error draw_text_keep(struct request *request, const struct draw *draw,
    const char *file, const void *text, size_t size) MUST_CHECK;

/*
 * A text, from its row, into the request's arena: of a worker, or in an act,
 * where draw_text_find() sends first what the act has gathered.
 * ERR_NOT_FOUND ERR_BUSY ERR_DATABASE
 */
enum error draw_text_read(struct request *request, const char *draw,
    const char *file, struct db_blob *text, uint64_t *event_index) MUST_CHECK;
enum error draw_text_find(struct request *request, const char *draw,
    const char *file, struct db_blob *text) MUST_CHECK;

/*
 * notice.json or policy.json, whose digests the declaration has: the bytes of
 * the pack. On a worker.
 * ERR_NOT_FOUND   another name
 * ERR_BUSY ERR_DATABASE
 */
enum error draw_bound_text(struct request *request, const struct draw *draw,
    const char *file, const char **text) MUST_CHECK;

/* --- who has seen it (draw_witness.c) ------------------------------------- */

/*
 * Of the checkpoints that cover the event `index` and have at most `size_max`
 * entries, the one that the quorum of the declared witnesses cosigned first.
 * Of a worker, or in an act after draw_take(). The draw is declared, with a
 * quorum of one or more.
 * ERR_NOT_FOUND   none has so far
 * ERR_BUSY ERR_DATABASE ERR_INTERNAL
 */
enum error draw_cosigned(struct request *request, const struct draw *draw,
    uint64_t index, uint64_t size_max, struct cosigned *cosigned) MUST_CHECK;

/* When the quorum had cosigned a text that was logged; INT64_MAX: not yet. 0
 * with a quorum of 0. ERR_BUSY ERR_DATABASE ERR_INTERNAL */
enum error draw_cosigned_at(struct request *request, const struct draw *draw,
    const char *file, int64_t *at) MUST_CHECK;

/* Had it before that time? Likewise. */
enum error draw_is_witnessed(struct request *request, const struct draw *draw,
    const char *file, int64_t before, bool *witnessed) MUST_CHECK;

/* --- the value of its beacon ---------------------------------------------- */

/* What is brought of it: members of one of the three. */
struct draw_brought {
	struct object object;
	const char *value, *attestations;   /* public */
	uint64_t round;                     /* drand, as served */
	const char *signature, *randomness; /* hex; or NULL */
	const char *pulse;                  /* nist: the JSON */
};

/* What it says, checked on a worker: after the seal none of it can change. */
struct draw_value {
	struct kl_beacon beacon; /* all but its declaration */
	const char *pulse;       /* pulse.json, or NULL */
};

/* As the row keeps it: the public value, drand's randomness in hex, the output
 * of the pulse. In `arena`. */
const char *draw_value_text(const struct kl_seed *seed, struct arena *arena);

/*
 * Is it the value that was declared, and does it prove itself? Each of its own
 * kind of beacon: attested by parties of the draw (draw_attest.c), signed by
 * the network of drand or by NIST (draw_round.c). On a worker.
 *
 * ERR_INVALID     another form; a member is missing
 * ERR_APPROVALS ERR_SIGNATURE   as draw_signatures_read(); of an attester
 * ERR_BEACON      another round or pulse, or not genuine
 * ERR_BUSY ERR_DATABASE ERR_INTERNAL
 */
enum error draw_attest_check(struct request *request, const struct draw *draw,
    const struct draw_brought *brought, struct draw_value *value) MUST_CHECK;
enum error draw_round_check(struct request *request, const struct draw *draw,
    const struct draw_brought *brought, struct draw_value *value) MUST_CHECK;
enum error draw_pulse_check(struct request *request, const struct draw *draw,
    const struct draw_brought *brought, struct draw_value *value) MUST_CHECK;

/* --- what parties approve after a result (draw_approve.c) ----------------- */

enum { DRAW_SIGNATURES_JSON_MAX = 8192 };

/* One of the two; its approvals are filled in. */
struct draw_approvable {
	struct kl_replace *replace;
	struct kl_annul *annul;
};

/*
 * Take the approvals of a body: who must sign has signed, each what stands
 * above his line. On a worker.
 * ERR_SIGNATURE, or as draw_signatures_read()
 */
enum error draw_approve(struct request *request, const char *draw,
    const char *approvals, struct draw_approvable *what) MUST_CHECK;

/*
 * What is to be signed after these approvals, "party:signature,…" or NULL for
 * none: into `reply` as `statement`, with the `signers` whose turn it may be.
 * Errors as draw_approve().
 */
enum error draw_approve_next(struct request *request, const char *draw,
    const char *approvals, struct draw_approvable *what,
    json_t *reply) MUST_CHECK;

/* The query of a GET as if it were a body of that kind. ERR_INVALID */
enum error draw_query_read(
    struct request *request, const struct kind *kind, void *row) MUST_CHECK;

/* Approvals, as a query has them. */
#define DRAW_NEXT_APPROVALS(struct_)                                           \
	MEMBER(struct_, approvals, MEMBER_TEXT, 1, 512,                        \
	    MEMBER_IN | MEMBER_OPTIONAL,                                       \
	    "Who has signed so far: party:signature, joined by commas")

/* Of prepare: the draw of the path as it is stored, also what nobody is shown
 * yet: only so does the writer find it the same.
 * ERR_NOT_FOUND ERR_BUSY ERR_DATABASE */
enum error draw_find_stored(
    struct request *request, const struct draw **draw) MUST_CHECK;

/* Of prepare: the writer knows what was answered to the same request before,
 * and refuses the others. */
enum error draw_leave_to_act(enum error error) MUST_CHECK;

/* ERR_STATE: it has no result that stands. */
enum error draw_need_result(
    struct request *request, const struct draw *draw) MUST_CHECK;

/* The answer of both acts: the draw, and a receipt. */
enum error draw_reply(
    struct request *request, const struct draw *draw) MUST_CHECK;

/* --- its end (draw_close.c) ----------------------------------------------- */

/*
 * Do what reveals and time ask for now: nothing, or the seal and what follows
 * from it by itself. `over`: reveal-by has come. From here
 * on nobody acts but the service.
 */
enum error draw_go_on(struct request *request, struct draw *draw,
    const struct draw_parties *parties, bool over) MUST_CHECK;

/* seed, result, close. `beacon` has what the seed says of the beacon, all but
 * its seal. From here on nobody acts but the service. */
enum error draw_finish(struct request *request, struct draw *draw,
    const struct kl_seed *beacon) MUST_CHECK;

/*
 * close.txt, for whoever acts. `detail` may be NULL. Where the outcome could be
 * known and the value of the beacon will come by itself, the draw is stopped
 * only, and closed when the value has come, so that everybody sees who would
 * have been drawn.
 */
enum error draw_end(struct request *request, struct draw *draw,
    const struct draw_parties *parties, enum kl_close_reason reason,
    const struct kl_hash *detail) MUST_CHECK;

/* The value of one that is stopped has come: close.txt. From here on nobody
 * acts but the service. */
enum error draw_end_stopped(
    struct request *request, struct draw *draw) MUST_CHECK;

/* What is drafted only ends without a trace but this event. */
enum error draw_drop(
    struct request *request, struct draw *draw, const char *reason) MUST_CHECK;

#endif
