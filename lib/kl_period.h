/* kl_period.h -- from one day until another. */
#ifndef KL_PERIOD_H
#define KL_PERIOD_H

#include "kl_base.h"

#define KL_PERIOD_EVER INT32_MIN /* from: it has always been */
#define KL_PERIOD_OPEN INT32_MAX /* until: no end is known */

/* Days are counted from 1970-01-01, in local dates. Both are within it: what
 * is valid until a day is valid to the end of it. 民法典 §203. */
struct kl_period {
	int32_t from, until;
};

static inline bool kl_period_holds(struct kl_period period, int32_t day)
{
	return period.from <= day && day <= period.until;
}

#endif
