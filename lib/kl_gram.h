/* kl_gram.h -- find words in texts that have no blanks between words. */
#ifndef KL_GRAM_H
#define KL_GRAM_H

#include "kl_buf.h"

/*
 * Chinese is written without blanks, so what is looked for is any part of a
 * text, and what finds it is an index of every two characters that stand side
 * by side. Texts are compared folded: letters of ASCII in lower case, those of
 * full width (U+FF01 to U+FF5E) as ASCII, each blank as one blank.
 */

enum {
	KL_GRAM_TEXTS_MAX = 1000000,
	KL_GRAM_TEXT_SIZE_MAX = 4096,   /* bytes of one text */
	KL_GRAM_SIZE_MAX = 1 << 30,     /* bytes of all of them */
	KL_GRAM_TERMS_MAX = 8,          /* of one question */
	KL_GRAM_QUESTION_SIZE_MAX = 256 /* bytes */
};

struct kl_grams {
	size_t count;           /* texts */
	struct kl_buf texts;    /* folded, one after another */
	struct kl_buf starts;   /* size_t of each text, and the end */
	struct kl_buf keys;     /* uint64_t of each gram, ascending */
	struct kl_buf places;   /* uint32_t of each key, and the end */
	struct kl_buf postings; /* uint32_t: the texts of a gram, ascending */
};

/*
 * Make the index of `count` texts, which are not kept. To be given back with
 * kl_grams_clear(), which does nothing the second time.
 *
 * KL_MALFORMED   a text is no UTF-8
 * KL_TOO_LARGE   over a limit above
 * KL_NO_MEMORY
 */
enum kl_result kl_grams_make(struct kl_grams *grams, const char *const texts[],
    size_t count) KL_MUST_CHECK;
void kl_grams_clear(struct kl_grams *grams);

/* What is looked for: terms, folded, of which each must be found. */
struct kl_question {
	size_t count;
	struct {
		size_t start, size;
	} terms[KL_GRAM_TERMS_MAX];
	char folded[KL_GRAM_QUESTION_SIZE_MAX];
};

/*
 * Cut a question into terms at its blanks. None at all asks for everything.
 *
 * KL_MALFORMED   no UTF-8
 * KL_TOO_LARGE   over KL_GRAM_QUESTION_SIZE_MAX or KL_GRAM_TERMS_MAX
 */
enum kl_result kl_question_read(
    const char *text, size_t size, struct kl_question *question) KL_MUST_CHECK;

/* A text has a term of a question: both by their number. */
typedef void kl_gram_hit(void *context, size_t term, uint32_t text);

/*
 * Tell which terms are in which texts, each pair once. O(texts that have the
 * rarest gram of a term).
 */
void kl_grams_find(const struct kl_grams *grams,
    const struct kl_question *question, kl_gram_hit *hit, void *context);

#endif
