/* credentials_private.h -- what the files of credentials share; nobody else
 * includes it. */
#ifndef CREDENTIALS_PRIVATE_H
#define CREDENTIALS_PRIVATE_H

#include "credentials.h"
#include "login.h"
#include "password.h"
#include "route.h"
#include "totp.h"

/* As many bytes as KL_PASSWORD_MAX characters may have, and more: which are
 * too many, kl_password.h says. */
enum {
	LOGIN_MIN = 3,
	LOGIN_MAX = 64,
	PASSWORD_TEXT_MAX = 512,
	SETUP_DIGITS = 32,
	CREDENTIAL_BODY_MAX = 4096,
};

/* Whose secrets are set. */
struct holder {
	const char *id, *login, *role, *name; /* of his organisation */
	const char *password_hash, *totp_secret;
};

/* What was made of what the holder gave, on a slow worker. */
struct secrets {
	const char *id;            /* of the credential */
	const char *password_hash; /* NULL: it stays */
	struct recovery *recovery; /* NULL: they stay */
};

/* Is it a good password? Each fault is a complaint about `/member`. */
enum error credential_check_password(struct request *request,
    const char *member, const char *password,
    const struct holder *holder) MUST_CHECK;

/* Are these a secret and a code of it? Likewise. */
enum error credential_check_totp(
    struct request *request, const char *secret, const char *code) MUST_CHECK;

/* Hash it into `secrets`. ERR_BUSY */
enum error credential_hash(struct request *request, const char *password,
    struct secrets *secrets) MUST_CHECK;
void credential_make_recovery(struct request *request, struct secrets *secrets);

/* Reply the credential, and its recovery codes if they are new. */
enum error credential_reply(struct request *request,
    const struct credential *credential,
    const struct secrets *secrets) MUST_CHECK;

/* For an authenticated holder; credentials_own.c. */
extern const struct kind password_input, totp_input, recovery_input;
handler credential_prepare_own, credential_change_password,
    credential_change_totp, credential_new_recovery;
extern const struct db_statement credential_select_own;

#endif
