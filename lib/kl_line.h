/* kl_line.h -- lines and numbers of the texts that C2SP describes. */
#ifndef KL_LINE_H
#define KL_LINE_H

#include "kl_text.h"

#include <string.h>

/*
 * Take the next line from `rest`, without its newline. False when nothing is
 * left, or when no newline ends it.
 */
bool kl_line_take(struct kl_span *rest, struct kl_span *line);

/*
 * Take a word `line` begins with; false, and nothing taken, if it does not.
 * Here, as words are constants: the compiler knows their sizes.
 */
static inline bool kl_line_take_word(struct kl_span *line, const char *word)
{
	size_t size = strlen(word);

	if (line->size < size || memcmp(line->at, word, size) != 0)
		return false;
	line->at += size;
	line->size -= size;
	return true;
}

/*
 * Read a decimal number: digits alone, no leading zero but in `0`.
 *
 * KL_MALFORMED   another form
 * KL_RANGE       more than `max`
 */
enum kl_result kl_decimal_read(
    struct kl_span digits, uint64_t max, uint64_t *number) KL_MUST_CHECK;

/* Append a number in that form. */
void kl_decimal_add(struct kl_buf *out, uint64_t number);

#endif
