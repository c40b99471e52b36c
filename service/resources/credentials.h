/* credentials.h -- how the holder of an account shows that it is he. */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include "act.h"
#include "config.h"

/*
 * A person has a credential beside his account, whose id it has. Whoever opens
 * an account gets a set-up code to hand over; with it the holder himself sets
 * login, password and authenticator, and nobody else ever knows them. States:
 *
 *	invited   a set-up code was given out, no password is taken
 *	active    he has set them
 *
 * Each change raises `seq`, which ends his sessions.
 */
struct credential {
	struct object object;
	const char *login;
	const char *password_hash; /* of libsodium */
	const char *totp_secret;   /* base32; NULL: no authenticator */
	const char *recovery;      /* SHA-256 of each code, by blanks */
	const char *setup_hash;    /* SHA-256 of the code's digits */
	int64_t setup_until;
};
extern struct kind credential_kind;

/* Settings. Before there are threads. Borrows. */
void credentials_open(const struct config *config);

/*
 * In an act: give the account a set-up code, which stands once as `setup` in
 * the answer: {"account", "code", "until"}. `role` is the account's.
 * ERR_STATE   it is set up already: see account.reset
 */
enum error credential_invite(
    struct request *request, const char *account) MUST_CHECK;

/*
 * The same for a new account, by a code that its holder made himself: 32
 * hexadecimal digits with this SHA-256. Nobody is told it, and whoever repeats
 * the act has lost nothing.
 * ERR_INVALID   another has this code
 */
enum error credential_invite_by(struct request *request, const char *account,
    const char *setup_hash) MUST_CHECK;

#endif
