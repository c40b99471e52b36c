/* kl_roster.h -- who takes part: roster.txt, names.txt, excluded.txt. */
#ifndef KL_ROSTER_H
#define KL_ROSTER_H

#include "kl_text.h"

/*
 * These three can be long. Reading keeps their lists in `memory`, to be given
 * back with _clear(), which does nothing the second time. Who wants to write
 * one points at an array of his own and leaves `memory` zero.
 * How reading, writing and failures work is told in kl_text.h. protocol §2.
 */

struct kl_entry {
	struct kl_span id; /* a credit code, or another token */
	uint32_t weight;   /* 1 to KL_WEIGHT_MAX */
};

/* roster.txt and draft.txt: 1 to KL_ENTRIES_MAX, ascending by bytes of id. */
struct kl_roster {
	struct kl_span draw;
	const struct kl_entry *entries;
	size_t count;
	struct kl_buf memory;
};

enum kl_result kl_roster_read(struct kl_roster *roster, const char *text,
    size_t size, struct kl_fault *fault) KL_MUST_CHECK;
enum kl_result kl_roster_write(
    const struct kl_roster *roster, struct kl_buf *out) KL_MUST_CHECK;
void kl_roster_clear(struct kl_roster *roster);

/* The entry with this id, or NULL. Searches by halves. */
const struct kl_entry *kl_roster_find(
    const struct kl_roster *roster, struct kl_span id);

struct kl_named {
	struct kl_span id;
	struct kl_span name; /* kl_is_name() */
};

/* names.txt: as many lines as the roster, in its order. Line i + 1 is i. */
struct kl_names {
	const struct kl_named *entries;
	size_t count;
	struct kl_buf memory;
};

enum kl_result kl_names_read(struct kl_names *names, const char *text,
    size_t size, struct kl_fault *fault) KL_MUST_CHECK;
enum kl_result kl_names_write(
    const struct kl_names *names, struct kl_buf *out) KL_MUST_CHECK;
void kl_names_clear(struct kl_names *names);

struct kl_exclusion {
	struct kl_span id;
	struct kl_span reason; /* a token, such as those of kl_eligible.h */
	bool has_evidence;     /* false: `-` */
	struct kl_hash evidence;
};

/* excluded.txt: 0 to KL_ENTRIES_MAX, ascending by bytes of id. */
struct kl_excluded {
	struct kl_span draw;
	const struct kl_exclusion *entries;
	size_t count;
	struct kl_buf memory;
};

enum kl_result kl_excluded_read(struct kl_excluded *excluded, const char *text,
    size_t size, struct kl_fault *fault) KL_MUST_CHECK;
enum kl_result kl_excluded_write(
    const struct kl_excluded *excluded, struct kl_buf *out) KL_MUST_CHECK;
void kl_excluded_clear(struct kl_excluded *excluded);

/* The line of entry `index` in roster.txt and excluded.txt, from 1. */
static inline size_t kl_entry_line(size_t index)
{
	return index + 4;
}

#endif
