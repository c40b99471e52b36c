/* cookie.h -- the one cookie that is ours, among those of a request. */
#ifndef COOKIE_H
#define COOKIE_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

/* A browser takes it with Secure and Path=/ alone, and from us alone: RFC
 * 6265bis §4.1.3. */
#define COOKIE_NAME       "__Host-klero"
#define COOKIE_ATTRIBUTES "; Path=/; Secure; HttpOnly; SameSite=Strict"

/*
 * Look for `name` in the value of a Cookie field, `a=1; b=2`, RFC 6265 §4.2.1.
 * `*value` and `*size` are inside `field`; NULL when it is not there. Values
 * of others are not looked at but for their form. False: another form, or
 * `name` twice.
 */
bool cookie_find(const char *field, const char *name, const char **value,
    size_t *size) MUST_CHECK;

#endif
