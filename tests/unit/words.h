/* words.h -- every value that has words has all three of them. */
#ifndef WORDS_H
#define WORDS_H

#include "kl_leaf.h"
#include "kl_words.h"
#include "unit.h"

/* A code is a token; Chinese is not in ASCII, English is. */
static inline void check_words(const struct kl_words *words)
{
	assert_non_null(words);
	assert_true(kl_is_token(words->code, strlen(words->code)));
	assert_true(words->english[0] >= 'a' && words->english[0] <= 'z');
	assert_true((unsigned char)words->chinese[0] > 0x7f);
}

#endif
