/* kl_commit.h -- the secrets: commit-<party>.txt, lock.txt, seal.txt. */
#ifndef KL_COMMIT_H
#define KL_COMMIT_H

#include "kl_text.h"

enum { KL_SECRET_SIZE = 32 };

/* What a party adds to a draw. */
struct kl_secret {
	uint8_t bytes[KL_SECRET_SIZE];
};

/* commit-<party>.txt: kept by the party, and published as its reveal. */
struct kl_commit {
	struct kl_hash declare; /* D */
	struct kl_span party;
	struct kl_secret secret;
};

enum kl_result kl_commit_read(struct kl_commit *commit, const char *text,
    size_t size, struct kl_fault *fault) KL_MUST_CHECK;
enum kl_result kl_commit_write(
    const struct kl_commit *commit, struct kl_buf *out) KL_MUST_CHECK;

/* The commitment statement: what the party signs. protocol §2. */
struct kl_commitment {
	struct kl_hash declare; /* D */
	struct kl_span party;
	struct kl_hash commit; /* C = H(commit-<party>.txt) */
};

enum kl_result kl_commitment_read(struct kl_commitment *commitment,
    const char *text, size_t size, struct kl_fault *fault) KL_MUST_CHECK;
enum kl_result kl_commitment_write(
    const struct kl_commitment *commitment, struct kl_buf *out) KL_MUST_CHECK;

struct kl_locked {
	struct kl_span party;
	bool absent;                   /* then the rest means nothing */
	struct kl_hash commit;         /* C */
	struct kl_signature signature; /* of the commitment statement */
};

/*
 * lock.txt: a line for each declared party, in declared order. Refused with
 * fewer than two commitments, with a party twice.
 */
struct kl_lock {
	struct kl_hash declare;
	struct kl_locked parties[KL_PARTIES_MAX];
	size_t count;
};

enum kl_result kl_lock_read(struct kl_lock *lock, const char *text, size_t size,
    struct kl_fault *fault) KL_MUST_CHECK;
enum kl_result kl_lock_write(
    const struct kl_lock *lock, struct kl_buf *out) KL_MUST_CHECK;

/* The line of party `index` in lock.txt, from 1. */
static inline size_t kl_lock_line(size_t index)
{
	return index + 3;
}

enum kl_reveal { KL_REVEALED, KL_WITHHELD, KL_ABSENT };

struct kl_sealed {
	struct kl_span party;
	enum kl_reveal reveal;
	struct kl_secret secret; /* when revealed */
};

/*
 * seal.txt: a line for each declared party, in declared order. Refused when
 * nothing is revealed, with a party twice.
 */
struct kl_seal {
	struct kl_hash declare, lock;
	struct kl_sealed parties[KL_PARTIES_MAX];
	size_t count;
};

enum kl_result kl_seal_read(struct kl_seal *seal, const char *text, size_t size,
    struct kl_fault *fault) KL_MUST_CHECK;
enum kl_result kl_seal_write(
    const struct kl_seal *seal, struct kl_buf *out) KL_MUST_CHECK;

/* The line of party `index` in seal.txt, from 1. */
static inline size_t kl_seal_line(size_t index)
{
	return index + 4;
}

#endif
