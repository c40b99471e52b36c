#include "error.h"

#include <assert.h>

#define ERROR_INFO(code, status, slug, zh, en)                                 \
	[code] = { status, slug, { [LANGUAGE_ZH] = zh, [LANGUAGE_EN] = en } },
static const struct error_info infos[ERR_COUNT] = { ERRORS(ERROR_INFO) };
#undef ERROR_INFO

const struct error_info *error_info(enum error error)
{
	assert(error > ERR_OK && error < ERR_COUNT);
	return &infos[error];
}

/* No default: a new result must be given its meaning here to compile. */
enum error error_of_lib(enum kl_result result)
{
	switch (result) {
	case KL_OK:
		return ERR_OK;
	case KL_MALFORMED:
	case KL_RANGE:
	case KL_MISMATCH:
		return ERR_INVALID;
	case KL_TOO_LARGE:
		return ERR_TOO_LARGE;
	case KL_NO_MEMORY:
		return ERR_INTERNAL;
	}
	return ERR_INTERNAL;
}
