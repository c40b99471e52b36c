/* kl_scan.h -- canonical JSON read where it stands, without a tree of values.
 */
#ifndef KL_SCAN_H
#define KL_SCAN_H

#include "kl_text.h"

/*
 * The same form as kl_canon_check() accepts, some ten times faster: for those
 * who read a log from its first entry to its last.
 */

/*
 * How many bytes the canonical value takes that `text` begins with; 0 when it
 * begins with none. `depth` arrays and objects are around it already.
 */
size_t kl_scan_value(const char *text, size_t size, unsigned depth);

/* The value of a member of a canonical object; false if it has none of this
 * name, which needs no escapes. */
bool kl_scan_member(
    struct kl_span object, const char *name, struct kl_span *value);

/* Append what a canonical value says; false if it is not one text. */
bool kl_scan_text(struct kl_span value, struct kl_buf *out);

#endif
