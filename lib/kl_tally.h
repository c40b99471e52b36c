/* kl_tally.h -- sums for everybody: form checks in time, what is offered. */
#ifndef KL_TALLY_H
#define KL_TALLY_H

#include "kl_base.h"

/* --- form checks ---------------------------------------------------------- */

enum kl_form_step {
	KL_FORM_OVERDUE, /* its time has passed, and nobody has decided */
	KL_FORM_DECIDED, /* somebody passed, returned or rejected it */
	KL_FORM_DEEMED,  /* it passed by silence */
};

/* What happened to one submission of one registration. */
struct kl_form_event {
	const char *registration; /* borrowed; compared byte by byte */
	uint64_t round;           /* which submission */
	uint64_t index;           /* its entry of the log */
	enum kl_form_step step;
	int64_t used_s; /* since it was submitted */
};

struct kl_form_checks {
	size_t decided; /* by somebody */
	size_t on_time; /* of these, before their time had passed */
	size_t deemed;  /* by silence */
	size_t overdue; /* their time has passed, and nobody has decided yet */
	/* Of the decided: half of them took no longer. The lower one of two in
	 * the middle; 0 without any. */
	int64_t median_s;
};

enum { KL_FORM_EVENTS_MAX = 1000000 };

/*
 * Sum up what happened before the entry `size`; puts the events in order. The
 * first decision of a submission counts: what is rejected after it was passed
 * or returned was checked before.
 *
 * KL_TOO_LARGE   more than KL_FORM_EVENTS_MAX
 * KL_NO_MEMORY
 */
enum kl_result kl_form_checks(struct kl_form_event events[], size_t count,
    uint64_t size, struct kl_form_checks *checks) KL_MUST_CHECK;

/* --- what is offered ------------------------------------------------------ */

/* A published listing of an institution that is active. */
struct kl_tally_offer {
	const char *category; /* NULL: of none that is in force */
	const char *institution;
	int64_t workdays; /* promised; 0: in other days */
};

struct kl_offers {
	size_t listings, suppliers;
	size_t categories; /* that somebody serves */
	size_t single;     /* of these, that one institution alone serves */
	/* Of what is promised in working days, as kl_form_checks.median_s. */
	int64_t median_workdays;
};

enum { KL_TALLY_OFFERS_MAX = 1000000 };

/* Likewise; puts the offers in order. */
enum kl_result kl_offers_sum(struct kl_tally_offer offers[], size_t count,
    struct kl_offers *sum) KL_MUST_CHECK;

#endif
