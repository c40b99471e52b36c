/* accounts.h -- who may call: one role of one organisation. */
#ifndef ACCOUNTS_H
#define ACCOUNTS_H

#include "act.h"

/*
 * A system has a key: 64 hex digits that its holder made; what is stored is
 * SHA-256 of these ASCII bytes, as 64 hex digits. UNIQUE over all time: a
 * revoked key is never used again. A person has no key but a credential
 * (credentials.h). States: active, revoked.
 */
struct account {
	struct object object;
	const char *organisation; /* of an institution: its credit code */
	const char *role;         /* role_named() */
	const char *key_hash;     /* NULL: a person's */
	const char *scopes;       /* kl_scopes_read(); NULL: all of them */
};
extern struct kind account_kind;

/*
 * In an act of any resource: open an account for a person of `organisation`,
 * which is there, or was added by this act. Its id is `*id`; its set-up code
 * stands once in the answer to this act, as credential_invite() says.
 * ERR_CONFLICT   operator, supervisor and auditor would not be apart
 * ERR_FORBIDDEN  not by this caller: act_by_itself() first, where anyone may
 */
enum error account_open(struct request *request, const char *organisation,
    const char *role, const char **id) MUST_CHECK;

#endif
