/* qualifications.h -- what an institution may do, and until when. */
#ifndef QUALIFICATIONS_H
#define QUALIFICATIONS_H

#include "act.h"

enum {
	QUALIFICATIONS_MAX = 50, /* of one registration */
	QUALIFICATION_SCOPES_MAX = 16,
	QUALIFICATION_SCOPES_SIZE_MAX = 4096,
};

/*
 * States: declared → active ⇄ paused; active and paused → replaced by its
 * renewal, or revoked; declared → dropped. It is paused by itself on the day
 * after its last one. domain §4.2, §8.2
 */
struct qualification {
	struct object object;
	const char *institution;
	const char *kind;
	const char *level;  /* or NULL: it has none */
	const char *scopes; /* canonical JSON: texts */
	const char *number, *issuer;
	const char *valid_from, *valid_until; /* YYYY-MM-DD, both within */
	const char *evidence;                 /* SHA-256 of the certificate */
	const char *replaces;    /* the one that this renews, or NULL */
	const char *verified_by; /* NULL: declared, or deemed */
	const char *reason;      /* why it was dropped, paused, revoked */
	uint64_t days_left;      /* of the last reminder */
};
extern struct kind qualification_kind;

/* What an institution gives, alone and as one of a registration. */
extern const struct kind qualification_input;

/* Are its scopes and days sound? Of what is none nothing is told: that was told
 * when it was read. Complaints at <pointer>/<member>.
 * ERR_INVALID */
enum error qualification_check(struct request *request,
    const struct qualification *qualification, const char *pointer) MUST_CHECK;

/*
 * In an act: an institution has it from now on, as its registration says, and
 * is reminded before it expires. `institution` and `verified_by` are set.
 */
enum error qualification_enter(struct request *request,
    struct qualification *qualification, size_t number) MUST_CHECK;

#endif
