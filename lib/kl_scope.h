/* kl_scope.h -- what a key or a delegation is good for, in words. */
#ifndef KL_SCOPE_H
#define KL_SCOPE_H

#include "kl_base.h"

/*
 * X(code, word): one line per scope. Add lines; never change a word.
 */
#define KL_SCOPES(X)                                                           \
	X(KL_SCOPE_READ, "read")                                               \
	X(KL_SCOPE_MANAGE, "manage")                                           \
	X(KL_SCOPE_NOTICES, "notices")                                         \
	X(KL_SCOPE_SIGNUP, "signup")                                           \
	X(KL_SCOPE_DRAW, "draw")                                               \
	X(KL_SCOPE_REGISTRATION, "registration")

#define KL_SCOPE_ENUM(code, word) code##_PLACE,
enum { KL_SCOPES(KL_SCOPE_ENUM) KL_SCOPE_COUNT };
#undef KL_SCOPE_ENUM

#define KL_SCOPE_ENUM(code, word) code = 1 << code##_PLACE,
enum kl_scope {
	KL_SCOPES(KL_SCOPE_ENUM) KL_SCOPE_ALL = (1 << KL_SCOPE_COUNT) - 1
};
#undef KL_SCOPE_ENUM

/*
 * The set that `words` name, each once, separated by one space.
 * KL_MALFORMED   another form
 * KL_RANGE       a word that is none, or one twice
 */
enum kl_result kl_scopes_read(const char *words, unsigned *set) KL_MUST_CHECK;

#endif
