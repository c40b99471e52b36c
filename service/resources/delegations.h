/* delegations.h -- who may act for another organisation, in what, how long. */
#ifndef DELEGATIONS_H
#define DELEGATIONS_H

#include "act.h"
#include "config.h"

/*
 * Made by an account of the principal, accepted by the delegate, ended by
 * either or by time. Who asks with `Klero-For: <organisation>` does so for it,
 * in its role, for what the scopes say and for no more; events have him in
 * their data as `by`. States: offered, accepted, revoked, expired.
 */
struct delegation {
	struct object object;
	const char *principal; /* an organisation, or a credit code */
	const char *role;      /* that its delegate acts in */
	const char *delegate;  /* an account */
	const char *capacity;  /* "deputy" or "agent" */
	const char *scopes;    /* kl_scopes_read() */
	int64_t valid_from, valid_until;
};
extern struct kind delegation_kind;

/* Settings. Before there are threads. Borrows. */
void delegations_open(const struct config *config);

/*
 * The caller, who is found, asks for whom Klero-For names: let him be that, in
 * the reader's transaction.
 * ERR_SCOPE   he may not now, or there is nobody of that id: the same to all
 */
enum error delegation_take(struct request *request) MUST_CHECK;

/* In the writer: may he still? ERR_STALE: no. */
enum error delegation_recheck(struct request *request) MUST_CHECK;

/* Prepared as reader; ends with NULL. */
extern const struct db_statement *const delegation_reads[];

#endif
