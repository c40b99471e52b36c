/* kl_password.h -- which passwords are taken: ASVS 5.0 §6.2. */
#ifndef KL_PASSWORD_H
#define KL_PASSWORD_H

#include "kl_base.h"

enum {
	KL_PASSWORD_MIN = 12, /* characters */
	KL_PASSWORD_MAX = 128,
	KL_PASSWORD_REST = 8, /* beside what others know of its holder */
};

enum kl_password_fault {
	KL_PASSWORD_GOOD = 0,
	KL_PASSWORD_SHORT,
	KL_PASSWORD_LONG,
	KL_PASSWORD_COMMON, /* one of those that are tried first */
	KL_PASSWORD_KNOWN,  /* little but the login or the name */
};

/*
 * `password` is UTF-8. No rule says of what it must be made; it is not one of
 * a list of common ones, also with digits and signs around it, has five
 * different bytes, and beside each `known` word (NULL-terminated; a word may
 * be "") KL_PASSWORD_REST bytes. Upper and lower case of ASCII are alike.
 */
enum kl_password_fault kl_password_fault(
    const char *password, const char *const known[]) KL_MUST_CHECK;

#endif
