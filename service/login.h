/* login.h -- how often one may try to log in, and second factors. */
#ifndef LOGIN_H
#define LOGIN_H

#include "config.h"
#include "db.h"
#include "request.h"

/* Settings. Before there are threads. Borrows. */
void login_open(const struct config *config);

/*
 * Count a try from the caller's network. Nobody is locked out by strangers: a
 * network waits for itself alone.
 * ERR_TOO_MANY   with Retry-After
 */
enum error login_try_network(struct request *request) MUST_CHECK;

/*
 * Count a registration from the caller's network; of a rehearsal, whose months
 * are seconds, none.
 * ERR_TOO_MANY   with Retry-After
 */
enum error login_try_register(struct request *request) MUST_CHECK;

/*
 * Count a try at `what` ("login", "code" …) of `whose`. With `known` it is
 * counted apart from what everybody else tries: he has logged in from there.
 * ERR_TOO_MANY   with Retry-After
 */
enum error login_try(struct request *request, const char *what,
    const char *whose, bool known) MUST_CHECK;

/* It was he: neither counts. */
void login_forgive(
    struct request *request, const char *what, const char *whose, bool known);

/*
 * Take a code of the authenticator with this secret, or a recovery code of
 * these hashes (NULL: there is none); either may be NULL. Each is taken once.
 * `*taken` tells. ERR_BUSY ERR_DATABASE
 */
enum error login_take_code(const char *account, const char *secret,
    const char *code, bool *taken) MUST_CHECK;
enum error login_take_recovery(const char *account, const char *hashes,
    const char *code, bool *taken) MUST_CHECK;

/* Recovery codes: RECOVERY_CODES of 32 digits each, and their hashes as they
 * are stored. */
enum { RECOVERY_CODES = 10, RECOVERY_DIGITS = 32 };
struct recovery {
	char codes[RECOVERY_CODES][RECOVERY_DIGITS + 1];
	const char *hashes;
};
void login_make_recovery(struct arena *arena, struct recovery *recovery);

/* Prepared as upkeep; ends with NULL. */
extern const struct db_statement *const login_upkeeps[];

#endif
