/* policies_private.h -- what the files of policies.c share. */
#ifndef POLICIES_PRIVATE_H
#define POLICIES_PRIVATE_H

#include "policies.h"

/* Is `word` in this array of texts? */
bool policy_words_have(const json_t *words, const char *word);

/*
 * Does the member `draw`, each of its members being well formed, make a draw
 * that can be held? Each fault is a complaint.
 * ERR_INVALID
 */
enum error policy_check_draw(
    struct request *request, const json_t *draw) MUST_CHECK;

#endif
