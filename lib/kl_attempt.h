/* kl_attempt.h -- the rules of one attempt: what may happen, and what then. */
#ifndef KL_ATTEMPT_H
#define KL_ATTEMPT_H

#include "kl_base.h"

/* Pure decisions; texts are of kl_text, ranks of kl_draw. protocol §2, §3. */

enum { KL_ATTEMPT_PARTIES_MIN = 2, KL_ATTEMPT_PARTIES_MAX = 16 };

/* A party as declared, and how far it has come. All is borrowed. */
struct kl_attempt_party {
	const char *id;  /* operator, supervisor, owner, entrants, … */
	const char *key; /* 64 hex digits */
	bool required;
	bool committed, revealed;
};

/*
 * Choose the parties of a declaration: the policy's required ones, then those
 * of its optional ones that are `enrolled`; each once, in that order.
 * `parties` has room for KL_ATTEMPT_PARTIES_MAX.
 *
 * KL_RANGE       a required one is not enrolled, there are fewer than two, or
 *                the operator is not among them
 * KL_MISMATCH    two of them have one key
 * KL_TOO_LARGE   more than KL_ATTEMPT_PARTIES_MAX
 */
enum kl_result kl_attempt_declare(const char *const required[],
    size_t required_count, const char *const optional[], size_t optional_count,
    const struct kl_attempt_party enrolled[], size_t enrolled_count,
    struct kl_attempt_party parties[static KL_ATTEMPT_PARTIES_MAX],
    size_t *count) KL_MUST_CHECK;

/* The times of a declaration, in seconds since 1970. */
struct kl_attempt_times {
	int64_t commit_by, reveal_by;
	int64_t beacon; /* reveal-by + delay; equal to reveal_by with none */
};

/*
 * Reckon them from the time of the freeze and the policy's durations.
 * KL_RANGE       a duration is not positive, or the sum no time we can write
 */
enum kl_result kl_attempt_reckon(int64_t frozen_at, int64_t commit_s,
    int64_t reveal_s, int64_t delay_s,
    struct kl_attempt_times *times) KL_MUST_CHECK;

/* Where an attempt stands. */
enum kl_attempt_phase {
	KL_PHASE_DRAFTED,  /* before the freeze */
	KL_PHASE_DECLARED, /* commitments are taken */
	KL_PHASE_LOCKED,   /* reveals are taken */
	KL_PHASE_SEALED,   /* the beacon is awaited */
	KL_PHASE_STOPPED,  /* likewise, but there will be no result */
	KL_PHASE_OVER,
};

/* What becomes of something a party brings. */
enum kl_attempt_answer {
	KL_ANSWER_TAKE,
	KL_ANSWER_SAME,      /* it is what was taken before */
	KL_ANSWER_OTHER,     /* another was taken before */
	KL_ANSWER_TOO_EARLY, /* its turn has not come */
	KL_ANSWER_TOO_LATE,
	KL_ANSWER_NOT_LOCKED, /* a reveal of a party that is absent */
	KL_ANSWER_NOT_FIRST,  /* the operator reveals first */
};

/*
 * May this commitment be taken at `at`? `same`: it equals the one taken from
 * the party before, in every byte. Before is strictly earlier.
 */
enum kl_attempt_answer kl_attempt_commit(enum kl_attempt_phase phase,
    int64_t at, int64_t commit_by, const struct kl_attempt_party *party,
    bool same);

/*
 * May the reveal of party `index` be taken at `at`? `operator_first`: there is
 * no beacon, so that the operator's comes before all others. That the text is
 * the one committed to is for the caller to check.
 */
enum kl_attempt_answer kl_attempt_reveal(enum kl_attempt_phase phase,
    int64_t at, int64_t reveal_by, const struct kl_attempt_party parties[],
    size_t count, size_t index, bool operator_first);

/*
 * Is a text covered by a cosigned checkpoint in time? `cosigned_at` is the time
 * of the quorum, or INT64_MAX while there is none: strictly before `before`,
 * as all acts. A quorum of 0 asks for nothing. protocol §3.
 */
bool kl_attempt_is_witnessed(
    size_t quorum, int64_t cosigned_at, int64_t before);

/*
 * May a reveal be taken at `at`, as to the lock's cosignature? Not in a second
 * before that of the quorum, so that a witness whose clock is ahead of ours
 * makes nobody look as if he had revealed early. protocol §3.3.
 */
bool kl_attempt_is_locked(size_t quorum, int64_t cosigned_at, int64_t at);

/*
 * What is due at commit-by. `witnessed`: the declaration was, before commit-by.
 * `late`: nobody could reveal any more, since the service stood still.
 * protocol §3.2, §3.3.
 */
enum kl_attempt_lock {
	KL_LOCK_WRITE,
	KL_LOCK_TOO_FEW,     /* failed, `too-few` */
	KL_LOCK_ABSENT,      /* failed, `absent`: a required party */
	KL_LOCK_UNWITNESSED, /* failed, `unwitnessed` */
};
enum kl_attempt_lock kl_attempt_lock(const struct kl_attempt_party parties[],
    size_t count, bool witnessed, bool late);

/*
 * What is due when a reveal came, or at reveal-by (`over`). `witnessed`: the
 * lock was, before reveal-by; else no reveal was taken. `late`: the value of
 * the beacon may be known by now.
 */
enum kl_attempt_seal {
	KL_SEAL_WAIT,
	KL_SEAL_WRITE,       /* the seal; the beacon is next */
	KL_SEAL_WRITE_VOID,  /* the seal, and void `party`: one withheld */
	KL_SEAL_WRITE_LATE,  /* the seal, and failed `unsealed`: going on would
				be a choice made with knowledge. §3.5 */
	KL_SEAL_WITHHELD,    /* no seal: failed, `withheld` */
	KL_SEAL_UNWITNESSED, /* no seal: failed, `unwitnessed` */
};
enum kl_attempt_seal kl_attempt_seal(const struct kl_attempt_party parties[],
    size_t count, bool over, bool witnessed, bool withheld_void, bool late);

/*
 * Does the draw stand at the time of its beacon? `witnessed`: the seal was,
 * before that time. If not, it stands only when every locked secret was
 * revealed; else it has failed, `unsealed`. protocol §3.5.
 */
bool kl_attempt_stands(
    const struct kl_attempt_party parties[], size_t count, bool witnessed);

/*
 * Could the outcome be known at `at`, when the attempt is closed? With a
 * beacon from a minute before its time; without one as soon as any secret was
 * revealed. `beacon_time` is ignored without.
 */
bool kl_attempt_known(
    bool with_beacon, int64_t beacon_time, int64_t at, bool revealed);

/*
 * Must an attempt that is given up wait for the value of its beacon, so that
 * everybody sees who would have been drawn? That is so when the outcome could
 * be known, a seal fixes it and the value will come by itself, from drand or
 * NIST; not when it is given up because the value does not come. protocol §3.
 */
bool kl_attempt_waits(
    bool proves_itself, bool sealed, bool known, bool missing);

/*
 * Is it too late for a result? A day after the time of the beacon an attempt
 * that is not closed counts as failed. protocol §2, close.txt.
 */
bool kl_attempt_is_stale(int64_t beacon_time, int64_t at);

/*
 * Is an attempt in this phase to be shown as failed? It was declared, is not
 * closed, and too late for a result. `time` is that of the beacon, with none
 * reveal-by. Likewise.
 */
bool kl_attempt_is_overdue(
    enum kl_attempt_phase phase, int64_t time, int64_t at);

/* From when on: the first second that is too late. */
int64_t kl_attempt_overdue_at(int64_t time);

/*
 * Do these parties suffice to attest or approve: two or more, and, if
 * `watched`, one of them supervisor or entrants?
 */
bool kl_attempt_suffice(const char *const ids[], size_t count, bool watched);

/* Is `value` as long as its template says, of its alphabet alone? */
bool kl_attempt_matches(const char *alphabet, size_t length, const char *value);

/*
 * The place in the ranking of the next alternate, counted from 1: after
 * `selected` places and as many as `taken` alternates; 0 when none of the
 * `alternates` is left.
 */
size_t kl_attempt_next(size_t selected, size_t alternates, size_t taken);

#endif
