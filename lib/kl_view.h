/* kl_view.h -- one entry of the log, read where it stands. protocol §7. */
#ifndef KL_VIEW_H
#define KL_VIEW_H

#include "kl_scan.h"

/* What struct kl_leaf has, as parts of the entry's own bytes. */
struct kl_view {
	int64_t at;
	struct kl_span organisation, role; /* both empty: by is {} */
	struct kl_span data;               /* a canonical object */
	struct kl_event_id id;
	struct kl_span kind, subject;
	uint64_t seq;
};

/*
 * Exactly what kl_leaf_read() accepts and finds, without its tree of values,
 * and its errors. Borrows `bytes`.
 */
enum kl_result kl_view_read(
    const char *bytes, size_t size, struct kl_view *view) KL_MUST_CHECK;

#endif
