/* kl_uscc.h -- unified social credit codes and their check digit. */
#ifndef KL_USCC_H
#define KL_USCC_H

#include "kl_base.h"

enum { KL_USCC_SIZE = 18 };

/*
 * NULL when `text` is a unified social credit code, else why not, an English
 * phrase that lives for ever. GB 32100-2015: 18 of the digits 0-9 and the
 * letters A-Z without I, O, S, V, Z; places 3 to 8 are digits (the region);
 * the last is a check digit, weights 3^i mod 31.
 */
const char *kl_uscc_fault(const char *text, size_t size);

#endif
