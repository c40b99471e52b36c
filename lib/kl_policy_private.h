/* kl_policy_private.h -- what the files of kl_policy.c share. */
#ifndef KL_POLICY_PRIVATE_H
#define KL_POLICY_PRIVATE_H

#include "kl_policy.h"

#include <string.h>

/* --- the rows, in three files --------------------------------------------- */

enum {
	KL_POLICY_DRAW_ROWS = 20,      /* what it is, draw */
	KL_POLICY_PROCEDURE_ROWS = 26, /* entry, notice, gate, result */
	KL_POLICY_SERVICE_ROWS = 28,   /* all that follows */
	KL_POLICY_TIME_S_MAX = 366 * KL_POLICY_DAY_S /* the longest time */
};

extern const struct kl_policy_member kl_policy_draw_rows[KL_POLICY_DRAW_ROWS];
extern const struct kl_policy_member
    kl_policy_procedure_rows[KL_POLICY_PROCEDURE_ROWS];
extern const struct kl_policy_member
    kl_policy_service_rows[KL_POLICY_SERVICE_ROWS];

/* Where a number is from that no rule prescribes. */
#define KL_POLICY_OURS                                                         \
	{                                                                      \
		"本系统缺省值,无上位规定",                                     \
		    "a default of this system; no rule prescribes it"          \
	}

/* --- paths ---------------------------------------------------------------- */

enum kl_policy_known {
	KL_POLICY_UNKNOWN,
	KL_POLICY_IS_MEMBER,
	KL_POLICY_IS_FOLDER
};

/* A path of the table, with a NUL. */
struct kl_policy_path {
	char text[KL_POLICY_POINTER_SIZE];
};

/* What `name` is in the folder `in`, whose text is "" at the top; `path` says
 * where, unless it is unknown. */
enum kl_policy_known kl_policy_find(const struct kl_policy_path *in,
    const char *name, struct kl_policy_path *path);

/* --- values --------------------------------------------------------------- */

enum kl_policy_flaw {
	KL_POLICY_SOUND,
	KL_POLICY_ILL_FORMED, /* or missing */
	KL_POLICY_OUT_OF_BOUNDS
};

enum kl_policy_flaw kl_policy_judge(
    const struct kl_policy_member *member, const json_t *value);

/* YYYY-MM-DD, and there is such a day. */
bool kl_policy_is_date(const char *text, size_t size);

bool kl_policy_is_workdays(const json_t *duration);

/* Is `word` in this array of texts? */
bool kl_policy_holds(const json_t *words, const char *word);

/* --- a check -------------------------------------------------------------- */

struct kl_policy_trial {
	const json_t *profile;
	struct kl_policy_fault *faults;
	size_t limit, count;
	bool faulty[KL_POLICY_MEMBERS];
};

/* Something is wrong with the member at `path`; "" is none of the table. */
void kl_policy_tell(struct kl_policy_trial *trial, const char *path,
    const char *code, const struct kl_policy_words *what, int64_t minimum,
    int64_t maximum);

/* The member at `path`, which is in the table; NULL if anything is wrong. */
const json_t *kl_policy_sound(
    const struct kl_policy_trial *trial, const char *path);

/* The rules between members. In kl_policy_rules.c. */
void kl_policy_compare(struct kl_policy_trial *trial);

#endif
