/* kl_words.h -- what a value is called, by programs and by people. */
#ifndef KL_WORDS_H
#define KL_WORDS_H

/*
 * The code is a stable token (kl_is_token()): it is stored, and stands in URLs
 * and texts. The sentences are shown and may be bettered. They live for ever.
 */
struct kl_words {
	const char *code, *english, *chinese;
};

#endif
