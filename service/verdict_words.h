/* verdict_words.h -- the words of a report, Chinese and English. */
#ifndef VERDICT_WORDS_H
#define VERDICT_WORDS_H

#include "verdict.h"

/* What somebody is in the end. */
enum verdict_role {
	VERDICT_SELECTED,
	VERDICT_PROMOTED, /* selected by replacement */
	VERDICT_REPLACED, /* was selected */
	VERDICT_ALTERNATE,
	VERDICT_SHADOW, /* would have been selected */
	VERDICT_SHADOW_ALTERNATE,
	VERDICT_ROLES,
};

enum verdict_role verdict_role_of(const struct kl_award *award);

typedef const char *const verdict_words[VERDICT_LANGUAGES];

extern verdict_words verdict_level_words[];
extern verdict_words verdict_cap_words[KL_CAP_COUNT];
extern verdict_words verdict_warning_words[KL_WARNING_CODES];
extern verdict_words verdict_outcome_words[];
extern verdict_words verdict_role_words[VERDICT_ROLES];
extern verdict_words verdict_replace_words[];

#endif
