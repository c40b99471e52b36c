/* parties.h -- who commits and reveals, and the keys they enrolled. */
#ifndef PARTIES_H
#define PARTIES_H

#include "act.h"

/* A key is UNIQUE over all time. States: enrolled, retired. */
struct party {
	struct object object;
	const char *organisation; /* whose key it is */
	const char *party;        /* party-id of protocol §2: operator … */
	const char *public_key;   /* Ed25519, 64 hex digits */
};
extern struct kind party_kind;

/*
 * The enrolled key of the party named `party`: of `organisation`, or with
 * NULL of anybody; the oldest of several. In an act.
 * ERR_NOT_FOUND ERR_BUSY ERR_DATABASE
 */
enum error party_find(struct request *request, const char *party,
    const char *organisation, const struct party **found) MUST_CHECK;

#endif
