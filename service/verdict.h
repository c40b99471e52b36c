/* verdict.h -- what was found about a pack, as people and programs read it. */
#ifndef VERDICT_H
#define VERDICT_H

#include "kl_pack.h"

#include <jansson.h>

enum verdict_language { VERDICT_CHINESE, VERDICT_ENGLISH, VERDICT_LANGUAGES };

/*
 * Append the report in words: the verdict, the level and what it rests on,
 * how many secrets were revealed, who was selected, each warning, and what
 * the proof does not show. protocol §5.
 */
void verdict_write(const struct kl_pack_report *report,
    enum verdict_language language, struct kl_buf *out);

/* The same as JSON, to be given back with json_decref(). NULL: no memory. */
json_t *verdict_json(const struct kl_pack_report *report);

/* What no pack can show, one line each; ends with NULL. */
extern const char *const verdict_limits[][VERDICT_LANGUAGES];

#endif
