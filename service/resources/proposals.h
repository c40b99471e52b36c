/* proposals.h -- acts that take two persons of two organisations. */
#ifndef PROPOSALS_H
#define PROPOSALS_H

#include "act.h"

/* Bytes of canonical JSON: both, and the rest, fit into one entry of the log.
 */
enum { PAYLOAD_SIZE_MAX = 32768, CHANGES_SIZE_MAX = 24576 };

/* States: proposed → approved, rejected, withdrawn or lapsed. */
struct proposal {
	struct object object;
	const char *act;     /* its struct two_person */
	const char *subject; /* what it is about: a token */
	const char *payload; /* canonical JSON of an object */
	const char *changes; /* what it would change, likewise; or NULL */
	/* H of the canonical JSON {"act":..., "payload":..., "subject":...}:
	 * what the other person approves. */
	const char *digest;
	const char *organisation, *role;  /* whose it is */
	const char *approver;             /* organisation, or NULL */
	const char *rejected_by, *reason; /* likewise; why, for everybody */
	int64_t lapses_at;
	const char *account; /* that proposed it: a person's, so not told */
};
extern struct kind proposal_kind;

#endif
