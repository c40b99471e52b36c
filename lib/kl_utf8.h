/* kl_utf8.h -- one code point after another. */
#ifndef KL_UTF8_H
#define KL_UTF8_H

#include "kl_base.h"

/*
 * Take the code point that `bytes` begin with: how many bytes it has, 1 to 4,
 * or 0 when they begin with none. Neither surrogates, nor more than U+10FFFF,
 * nor more bytes than needed. RFC 3629 §4.
 */
size_t kl_utf8_next(const char *bytes, size_t size, uint32_t *point);

#endif
