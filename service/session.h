/* session.h -- who has logged in: a token that refers to a row. */
#ifndef SESSION_H
#define SESSION_H

#include "config.h"
#include "db.h"
#include "request.h"

/*
 * A token is 256 random bits, 64 digits; what is stored is its SHA-256. It is
 * good until it is ended, until nothing was asked with it for a while, or for
 * so long at most; and only while account and credential are what they were
 * when it began: both are read anew each time. Times here are the machine's
 * own, in a rehearsal too. ASVS 5.0 §7.
 */

enum { SESSION_TOKEN_SIZE = 65, SESSION_ID_SIZE = 33 };

struct session {
	char id[SESSION_ID_SIZE], token[SESSION_TOKEN_SIZE];
	int64_t made_at, ends_at;
	uint64_t idle_s;
};

/* Settings. Before there are threads. Borrows. */
void session_open(const struct config *config);

/* Whose people are staff, whose sessions are the shorter? */
bool session_is_staff(enum role role);

/*
 * Set request->caller to whom the token with this hash belongs, in the reader's
 * transaction.
 * ERR_NOT_FOUND   nobody, or not any more
 */
enum error session_find(
    struct request *request, const struct kl_hash *hash) MUST_CHECK;

/* Begin one for `caller` (account, role, credential_seq, stepped_at). */
enum error session_begin(struct request *request, const struct caller *caller,
    struct session *session) MUST_CHECK;

/* Is the code of its caller fresh enough for what is weighty? */
bool session_is_fresh(const struct caller *caller);

/* Its caller has shown a code just now. */
enum error session_step_up(struct request *request) MUST_CHECK;

/* ERR_NOT_FOUND   none of this id of the caller's account lives */
enum error session_end(struct request *request, const char *id) MUST_CHECK;

/* Those of the caller that live, as a JSON array. */
enum error session_list(struct request *request, json_t **list) MUST_CHECK;

/* Prepared as reader and as upkeep; end with NULL. */
extern const struct db_statement *const session_reads[];
extern const struct db_statement *const session_upkeeps[];

#endif
