#include "kl_scope.h"

#include <string.h>

#define KL_SCOPE_WORD(code, word) word,
static const char *const scope_words[] = { KL_SCOPES(KL_SCOPE_WORD) };
#undef KL_SCOPE_WORD

static unsigned scope_of(const char *word, size_t size)
{
	for (unsigned i = 0; i < KL_SCOPE_COUNT; i++)
		if (strlen(scope_words[i]) == size &&
		    memcmp(scope_words[i], word, size) == 0)
			return 1u << i;
	return 0;
}

enum kl_result kl_scopes_read(const char *words, unsigned *set)
{
	unsigned found = 0, one;

	for (;;) {
		size_t size = strcspn(words, " ");

		if (size == 0)
			return KL_MALFORMED;
		one = scope_of(words, size);
		if (!one || (found & one))
			return KL_RANGE;
		found |= one;
		words += size;
		if (!*words)
			break;
		words++;
	}
	*set = found;
	return KL_OK;
}
