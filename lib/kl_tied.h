/* kl_tied.h -- institutions that are not decoupled from who approves. */
#ifndef KL_TIED_H
#define KL_TIED_H

#include "kl_affiliation.h"

/*
 * 红顶中介, 脱钩: an authority's own bodies, and the enterprises that those
 * run, must not serve what it approves. 优化营商环境条例 §43, 环境影响评价法
 * §19. So an institution is tied to an authority when the authority, or
 * somebody above it, is the institution or is above it. Above one is its
 * holder, of any kind that counts, and whoever is above that; above a person
 * the bodies in which he holds an office. A holder that is of the State ends
 * the way, unless it is the authority itself.
 */

/* How; the first that fits. */
enum kl_tied_reason {
	KL_UNTIED,
	KL_TIED_OFFICIAL,    /* tied-official: by one who holds an office in
				it, or in a body above or below it */
	KL_TIED_SUPERIOR,    /* tied-superior: who is above it is above both */
	KL_TIED_SUBORDINATE, /* tied-subordinate: by one that is below it */
	KL_TIED_AUTHORITY,   /* tied-authority: held by it, or it itself */
	KL_TIED_REASONS,
};

/* What each is called; NULL for KL_UNTIED. */
const struct kl_words *kl_tied_words(enum kl_tied_reason reason);

struct kl_tied {
	enum kl_tied_reason reason;
	size_t authority; /* the index of the one that it is tied to */
	struct kl_affiliation_path path; /* from the institution up, and then
					    down to the authority */
};

enum { KL_AUTHORITIES_MAX = 100 };

/*
 * Is `institution` tied to one of the `count` authorities that approve what a
 * category serves? Of all ways the shortest is told; of these the one to the
 * authority first by bytes, least far above it, and first as in kl_group.h: the
 * same whatever the order of lists. Borrows; the caller clears `tied`, which
 * does nothing the second time.
 *
 * KL_TOO_LARGE   more than KL_AUTHORITIES_MAX
 * KL_NO_MEMORY
 */
enum kl_result kl_tied(const struct kl_affiliations *affiliations,
    const char *institution, const char *const authorities[], size_t count,
    struct kl_tied *tied) KL_MUST_CHECK;
void kl_tied_clear(struct kl_tied *tied);

#endif
