/* kl_affiliation.h -- who stands behind whom: affiliations as one graph. */
#ifndef KL_AFFILIATION_H
#define KL_AFFILIATION_H

#include "kl_buf.h"
#include "kl_period.h"
#include "kl_words.h"

/* What the holder is to the held. 招标投标法实施条例 §34 and 政府采购法实施条例
 * §18: one head, holding, management. 公司法 §265 (四): directors, too. */
enum kl_affiliation_kind {
	KL_BY_LEGAL_REPRESENTATIVE,
	KL_BY_SHAREHOLDER, /* who counts from a share on that policy says */
	KL_BY_CONTROLLER,
	KL_BY_DIRECTOR,
	KL_BY_PARENT, /* a parent company, 举办单位, 主管单位 */
	KL_BY_OFFICE, /* the held is a person, the holder a public body */
	KL_AFFILIATION_KINDS,
};

const struct kl_words *kl_affiliation_words(enum kl_affiliation_kind kind);

/* All is borrowed. Identifiers are compared byte by byte: of a body its credit
 * code, of a person a digest that is nobody else's, and no body's code. */
struct kl_affiliation {
	const char *held, *holder;
	enum kl_affiliation_kind kind;
	uint32_t share_bp;    /* SHAREHOLDER: 1 to 10000, which is all */
	bool holder_is_state; /* a government, or who holds for the State: it
				 alone affiliates nobody. 公司法 §265 (四) */
	struct kl_period period;
};

/* NULL when it can be used, else why not, an English phrase that lives for
 * ever. */
const char *kl_affiliation_fault(const struct kl_affiliation *affiliation);

/* Which of them count. */
struct kl_affiliation_rule {
	int32_t day;
	uint32_t share_min_bp; /* policy: 500 are 5 %, and count */
};

bool kl_affiliation_counts(const struct kl_affiliation *affiliation,
    const struct kl_affiliation_rule *rule);

enum { KL_AFFILIATIONS_MAX = 1000000 };

/* Those that count, sorted, to be asked by kl_group.h and kl_tied.h. */
struct kl_affiliations {
	const struct kl_affiliation *list; /* as given, borrowed */
	size_t name_count;                 /* who is in one that counts */
	struct kl_buf names, links, starts;
};

/*
 * Sort `count` affiliations. `affiliations` is to be given back with _clear(),
 * which does nothing the second time. O(n log n).
 *
 * KL_RANGE       kl_affiliation_fault() finds a fault in one of them
 * KL_TOO_LARGE   more than KL_AFFILIATIONS_MAX
 * KL_NO_MEMORY
 */
enum kl_result kl_affiliations_make(const struct kl_affiliation list[],
    size_t count, const struct kl_affiliation_rule *rule,
    struct kl_affiliations *affiliations) KL_MUST_CHECK;
void kl_affiliations_clear(struct kl_affiliations *affiliations);

/* One step of an explanation. */
struct kl_affiliation_step {
	size_t index; /* in the list that was given */
	bool up;      /* from the held to the holder; else the other way */
};

/*
 * How one came from here to there: each step begins where the last one ended.
 * Two steps, up and down, by the same kind say "have the same …".
 */
struct kl_affiliation_path {
	const struct kl_affiliation_step *steps;
	size_t count;
	struct kl_buf memory;
};
void kl_affiliation_path_clear(struct kl_affiliation_path *path);

#endif
