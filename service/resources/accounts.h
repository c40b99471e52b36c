/* accounts.h -- who may call: one role of one organisation, and its key. */
#ifndef ACCOUNTS_H
#define ACCOUNTS_H

#include "act.h"

/*
 * The key is 64 hex digits that its holder made; what is stored is SHA-256 of
 * these ASCII bytes, as 64 hex digits. UNIQUE over all time: a revoked key is
 * never used again. States: active, revoked.
 */
struct account {
	struct object object;
	const char *organisation; /* of an institution: its credit code */
	const char *role;         /* role_named() */
	const char *key_hash;
};
extern struct kind account_kind;

#endif
